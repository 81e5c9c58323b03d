-- Zendesk Support as touchpoints: what a ticket's life means to the customer. README.md says what each line assumes.
SET VARIABLE organisation = 'zendesk';  -- who the relationship is with: it is named REQUESTER@ORGANISATION
SET VARIABLE by_organization = false;  -- whether the customer is the ticket's organization, not its requester
SET VARIABLE current_values = false;  -- whether the row's type and priority hold where the history has none: they are today's
SET VARIABLE business_week_hours = 0;  -- hours that you are open in a week; 0 leaves SLA targets in business hours out
SET VARIABLE refund_tag = 'refund';  -- the tag that agents set when money was given back; '' for none
SET VARIABLE reopened_certainty = 0.5;  -- how sure it is that a reopened incident failed again: some customers only say thanks
SET VARIABLE solved_competence = 0.4;  -- how well the work was done where an agent calls a ticket solved, half sure

WITH changes AS (
    -- Only what a field became, and when. Two rows that say the same are one.
    SELECT DISTINCT ticket_id, lower(field_name) AS field, value, TRY_CAST(updated AS TIMESTAMPTZ) AS moment FROM ticket_field_history
), as_opened AS (
    -- A field as it was when the ticket was opened, and never as it is today.
    SELECT t.id,
        arg_max(c.value, c.moment) FILTER (WHERE c.field = 'type') AS type,
        arg_max(c.value, c.moment) FILTER (WHERE c.field = 'priority') AS priority
    FROM ticket t JOIN changes c ON c.ticket_id = t.id AND c.moment <= TRY_CAST(t.created_at AS TIMESTAMPTZ)
    GROUP BY t.id
), tickets AS (
    SELECT t.id, t.requester_id,
        CASE WHEN getvariable('by_organization') THEN coalesce(t.organization_id, t.requester_id) ELSE t.requester_id END
            || '@' || getvariable('organisation') AS relationship,
        TRY_CAST(t.created_at AS TIMESTAMPTZ) AS moment,
        t.via_channel AS channel,
        t.solved_at,
        lower(coalesce(o.type, CASE WHEN getvariable('current_values') THEN t.type END)) IN ('problem', 'incident') AS is_failure,
        lower(coalesce(o.priority, CASE WHEN getvariable('current_values') THEN t.priority END)) AS priority
    FROM ticket t LEFT JOIN as_opened o USING (id)
    WHERE lower(coalesce(t.status, '')) <> 'deleted'
), priorities AS (
    SELECT id AS ticket_id, moment, priority FROM tickets
    UNION ALL
    SELECT t.id, c.moment, lower(c.value)
    FROM tickets t JOIN changes c ON c.ticket_id = t.id AND c.field = 'priority' AND c.moment > t.moment
), failed AS (
    -- When a ticket was one of an incident or problem: as it was opened, or once somebody set its type.
    SELECT id, moment AS failed_at FROM tickets WHERE is_failure
    UNION ALL
    SELECT t.id, min(c.moment)
    FROM tickets t JOIN changes c ON c.ticket_id = t.id AND c.field = 'type' AND lower(c.value) IN ('problem', 'incident')
    WHERE t.is_failure IS NOT TRUE AND c.moment > t.moment
    GROUP BY t.id
), failures AS (
    SELECT f.id, f.failed_at, p.priority FROM failed f ASOF JOIN priorities p ON p.ticket_id = f.id AND p.moment <= f.failed_at
), comments AS (
    SELECT c.id, c.ticket_id, c.user_id, TRY_CAST(c.created AS TIMESTAMPTZ) AS moment,
        coalesce(u.role NOT IN ('end-user', 'end_user'), c.user_id <> t.requester_id) AS is_ours
    FROM ticket_comment c JOIN tickets t ON t.id = c.ticket_id LEFT JOIN user u ON u.id = c.user_id
    WHERE lower(coalesce(c.public, 'true')) IN ('true', '1', 'yes')
), turns AS (
    -- Who spoke before, so that a customer who writes twice waits once.
    SELECT *, lag(is_ours) OVER (PARTITION BY ticket_id ORDER BY moment, id) AS was_ours FROM comments
), statuses AS (
    SELECT c.ticket_id, c.moment, lower(c.value) AS status, lower(c.value) IN ('solved', 'closed') AS is_solved,
        lag(lower(c.value) IN ('solved', 'closed')) OVER (PARTITION BY c.ticket_id ORDER BY c.moment) AS was_solved
    FROM changes c WHERE c.field = 'status'
), reopenings AS (
    SELECT s.ticket_id, s.moment, f.id IS NOT NULL AS is_failure, p.priority
    FROM statuses s LEFT JOIN failures f ON f.id = s.ticket_id AND f.failed_at <= s.moment
    ASOF LEFT JOIN priorities p ON p.ticket_id = s.ticket_id AND p.moment <= s.moment
    -- To pending or on hold, it is an agent who sets it.
    WHERE s.was_solved AND s.status = 'open'
), failings AS (
    SELECT id AS ticket_id, failed_at FROM failures
    UNION
    SELECT ticket_id, moment FROM reopenings WHERE is_failure
), replies AS (
    -- With the failure that went before, and whether it is the first of ours since.
    SELECT c.*,
        f.failed_at IS NOT NULL AND row_number() OVER (PARTITION BY c.ticket_id, f.failed_at ORDER BY c.moment, c.id) = 1 AS is_first
    FROM comments c ASOF LEFT JOIN failings f ON f.ticket_id = c.ticket_id AND f.failed_at <= c.moment
    WHERE c.is_ours
), solutions AS (
    SELECT ticket_id, moment FROM statuses WHERE is_solved AND was_solved IS NOT TRUE
    UNION ALL
    -- Where there is no history of the status, the row's time of the last solution.
    SELECT id, TRY_CAST(solved_at AS TIMESTAMPTZ) FROM tickets
    WHERE solved_at IS NOT NULL AND id NOT IN (SELECT ticket_id FROM statuses WHERE ticket_id IS NOT NULL)
), first_solutions AS (
    -- The first solution after each failure.
    SELECT f.ticket_id, f.failed_at, min(s.moment) AS moment
    FROM solutions s ASOF JOIN failings f ON f.ticket_id = s.ticket_id AND f.failed_at <= s.moment
    GROUP BY ALL
), assignments AS (
    SELECT ticket_id, moment, value AS to_agent, lag(value) OVER (PARTITION BY ticket_id ORDER BY moment) AS from_agent
    FROM changes WHERE field = 'assignee_id' AND coalesce(value, '') NOT IN ('', '0')
), targets AS (
    -- The target for the first reply, as the policy and the priority were when it was applied.
    SELECT p.ticket_id,
        TRY_CAST(p.policy_applied_at AS TIMESTAMPTZ) AS moment,
        TRY_CAST(m.target AS DOUBLE) * CASE WHEN lower(coalesce(m.business_hours, 'false')) <> 'true' THEN 1
            WHEN getvariable('business_week_hours') > 0 THEN 168.0 / getvariable('business_week_hours') END AS minutes
    FROM ticket_sla_policy p
    JOIN tickets t ON t.id = p.ticket_id AND TRY_CAST(p.policy_applied_at AS TIMESTAMPTZ) <= t.moment
    JOIN sla_policy_metric_history m ON m.sla_policy_id = p.sla_policy_id
        AND m.metric = 'first_reply_time' AND lower(m.priority) = coalesce(t.priority, 'normal')
        AND TRY_CAST(m.sla_policy_updated_at AS TIMESTAMPTZ) <= TRY_CAST(p.policy_applied_at AS TIMESTAMPTZ)
    QUALIFY row_number() OVER (PARTITION BY p.ticket_id ORDER BY moment DESC, TRY_CAST(m.sla_policy_updated_at AS TIMESTAMPTZ) DESC) = 1
), ratings AS (
    SELECT ticket_id, TRY_CAST(created_at AS TIMESTAMPTZ) AS moment, score FROM satisfaction_rating
    UNION
    SELECT ticket_id, moment, value FROM changes
    WHERE field = 'satisfaction_score' AND ticket_id NOT IN (SELECT ticket_id FROM satisfaction_rating WHERE ticket_id IS NOT NULL)
), facts AS (
    -- Opened: a request that waits, due when the service level says.
    SELECT 'request_made' AS kind, 'opened' AS part, t.id AS ticket_id, t.moment, 0 AS sequence,
        CASE WHEN t.priority = 'urgent' THEN 0.9 ELSE 0.5 END AS urgency,
        t.moment + to_microseconds((s.minutes * 60000000)::BIGINT) AS due
    FROM tickets t LEFT JOIN targets s ON s.ticket_id = t.id
    WHERE t.is_failure IS NOT TRUE
    UNION ALL BY NAME
    -- An incident or a problem: something went wrong.
    SELECT 'failure_occurred' AS kind, 'failed' AS part, id AS ticket_id, failed_at AS moment, 0 AS sequence,
        CASE priority WHEN 'low' THEN 0.1 WHEN 'high' THEN 0.5 WHEN 'urgent' THEN 0.8 ELSE 0.3 END AS severity
    FROM failures
    UNION ALL BY NAME
    -- The customer writes after one of ours did: they wait again.
    SELECT 'request_made' AS kind, 'comment-' || id AS part, ticket_id, moment, 1 AS sequence, 0.5 AS urgency
    FROM turns WHERE NOT is_ours AND was_ours
    UNION ALL BY NAME
    -- One of ours writes: an answer. The first after a failure acknowledges it.
    SELECT CASE WHEN is_first THEN 'recovery_step_taken' ELSE 'interaction' END AS kind,
        'comment-' || id AS part, ticket_id, moment, 3 AS sequence, user_id AS representative,
        CASE WHEN is_first THEN 'acknowledge' END AS step
    FROM replies
    UNION ALL BY NAME
    -- Pending waits for the customer, so one of ours answered: where no comment until then is there to show it.
    SELECT 'interaction' AS kind, 'pending-' || strftime(moment, '%Y%m%dT%H%M%S') AS part, ticket_id, moment, 3 AS sequence,
        0.5 AS certainty
    FROM changes p
    WHERE field = 'status' AND lower(value) = 'pending'
        AND NOT EXISTS (FROM comments c WHERE c.ticket_id = p.ticket_id AND c.moment <= p.moment)
    UNION ALL BY NAME
    -- Reassigned, and the customer had heard of the one who goes: named if that one wrote within the hour before, else no word.
    SELECT 'handover_made' AS kind, 'assigned-' || to_agent || '-' || strftime(a.moment, '%Y%m%dT%H%M%S') AS part, a.ticket_id, a.moment,
        2 AS sequence, from_agent AS from_representative, to_agent AS to_representative,
        CASE WHEN bool_or(r.moment >= a.moment - INTERVAL 1 HOUR) THEN 'cold' ELSE 'none' END AS introduction
    FROM assignments a JOIN replies r ON r.ticket_id = a.ticket_id AND r.user_id = a.from_agent AND r.moment <= a.moment
    WHERE from_agent <> to_agent
    GROUP BY ALL
    UNION ALL BY NAME
    -- Comes back after it was solved: a failure again, or a question that waits again.
    SELECT CASE WHEN is_failure THEN 'failure_occurred' ELSE 'request_made' END AS kind,
        'reopened-' || strftime(moment, '%Y%m%dT%H%M%S') AS part, ticket_id, moment, 1 AS sequence,
        CASE WHEN NOT is_failure THEN 0.5 END AS urgency,
        CASE WHEN NOT is_failure THEN NULL WHEN priority = 'low' THEN 0.1 WHEN priority = 'high' THEN 0.5
            WHEN priority = 'urgent' THEN 0.8 ELSE 0.3 END AS severity,
        CASE WHEN is_failure THEN getvariable('reopened_certainty') ELSE 1 END AS certainty
    FROM reopenings s
    WHERE is_failure OR NOT EXISTS (FROM turns c WHERE c.ticket_id = s.ticket_id AND NOT c.is_ours AND c.was_ours
        AND c.moment BETWEEN s.moment - INTERVAL 1 MINUTE AND s.moment)
    UNION ALL BY NAME
    -- Solved, as an agent says: help for a failure, else work that was done.
    SELECT CASE WHEN f.id IS NULL THEN 'interaction' ELSE 'recovery_step_taken' END AS kind,
        'solved-' || strftime(s.moment, '%Y%m%dT%H%M%S') AS part, s.ticket_id, s.moment, 5 AS sequence,
        CASE WHEN f.id IS NULL THEN getvariable('solved_competence') END AS competence,
        CASE WHEN f.id IS NULL THEN NULL ELSE 'help' END AS step, 0.5 AS certainty, a.to_agent AS representative
    FROM solutions s LEFT JOIN failures f ON f.id = s.ticket_id AND f.failed_at <= s.moment
    ASOF LEFT JOIN assignments a ON a.ticket_id = s.ticket_id AND a.moment <= s.moment
    UNION ALL BY NAME
    -- A failure that was solved and never written about: that mail is the first word the customer had of it.
    SELECT 'recovery_step_taken' AS kind, 'told-' || strftime(moment, '%Y%m%dT%H%M%S') AS part, ticket_id, moment, 4 AS sequence,
        'acknowledge' AS step, 0.5 AS certainty
    FROM first_solutions s
    WHERE NOT EXISTS (FROM replies r WHERE r.ticket_id = s.ticket_id AND r.moment BETWEEN s.failed_at AND s.moment)
    UNION ALL BY NAME
    -- Money given back, by the tag of it.
    SELECT 'recovery_step_taken' AS kind, 'refunded' AS part, c.ticket_id, min(c.moment) AS moment, 4 AS sequence, 'compensate' AS step,
        1.0 AS size
    FROM changes c JOIN failures f ON f.id = c.ticket_id AND f.failed_at <= c.moment
    WHERE field = 'tags' AND getvariable('refund_tag') <> ''
        AND list_contains(regexp_split_to_array(lower(value), '[^\w-]+'), lower(getvariable('refund_tag')))
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT 'feedback_given' AS kind, 'rated-' || strftime(moment, '%Y%m%dT%H%M%S') AS part, ticket_id, moment, 6 AS sequence,
        'csat' AS instrument, CASE WHEN lower(score) LIKE 'good%' THEN 1.0 ELSE 0.25 END AS score
    FROM ratings WHERE lower(score) LIKE 'good%' OR lower(score) LIKE 'bad%'
)
SELECT f.kind,
    'zendesk-' || f.ticket_id || '-' || f.part AS id,
    t.relationship,
    f.moment AS occurred_at,
    f.sequence,
    'zendesk-ticket-' || f.ticket_id AS episode,
    t.requester_id AS contact,
    t.channel,
    f.* EXCLUDE (kind, part, ticket_id, moment, sequence),
    'zendesk' AS source
FROM facts f JOIN tickets t ON t.id = f.ticket_id
ORDER BY occurred_at, sequence, id
