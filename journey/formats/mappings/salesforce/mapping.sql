-- Salesforce as touchpoints: cases, tasks that were done, opportunities that were won. README.md says what each line assumes.
SET VARIABLE organisation = 'salesforce';  -- who the relationship is with: it is named ACCOUNT@ORGANISATION
SET VARIABLE by_contact = false;  -- whether the customer is the contact, not their account
SET VARIABLE failures = '(?i)problem|bug|defect|incident|outage|complaint|mechanical|electrical|electronic|structural';  -- failing types
SET VARIABLE closed = '(?i)^(closed|solved|resolved)';  -- the statuses in which a case is done
SET VARIABLE tasks = '(?i)^(call|email)$';  -- the subtypes of tasks in which the customer hears from you; '.' for all
SET VARIABLE current_values = false;  -- whether the row's type and priority hold where the history has none: they are today's
SET VARIABLE reopened_certainty = 0.5;  -- how sure it is that a reopened failure failed again: some customers only say thanks
SET VARIABLE solved_competence = 0.4;  -- how well the work was done where a case is closed, half sure

WITH changes AS (
    SELECT DISTINCT case_id, lower(replace(replace(field, '_', ''), ' ', '')) AS field, old_value, new_value,
        TRY_CAST(created_date AS TIMESTAMPTZ) AS moment
    FROM case_history
), as_opened AS (
    -- A field as it was when the case was opened: what the first change of it took away, never what it is today.
    SELECT case_id,
        arg_min(coalesce(old_value, ''), moment) FILTER (WHERE field = 'type') AS type,
        arg_min(coalesce(old_value, ''), moment) FILTER (WHERE field = 'priority') AS priority
    FROM changes GROUP BY case_id
), cases AS (
    SELECT c.id, TRY_CAST(c.created_date AS TIMESTAMPTZ) AS moment, c.contact_id AS contact, c.closed_date, lower(c.origin) AS channel,
        coalesce(CASE WHEN NOT getvariable('by_contact') THEN c.account_id END, c.contact_id, c.account_id, 'case-' || c.id) AS customer,
        regexp_matches(coalesce(o.type, CASE WHEN getvariable('current_values') THEN c.type END), getvariable('failures')) AS is_failure,
        lower(coalesce(o.priority, CASE WHEN getvariable('current_values') THEN c.priority END)) AS priority
    FROM "case" c LEFT JOIN as_opened o ON o.case_id = c.id
    WHERE lower(coalesce(c.is_deleted, 'false')) <> 'true'
), priorities AS (
    SELECT id AS case_id, moment, priority FROM cases
    UNION ALL
    SELECT c.id, h.moment, lower(h.new_value)
    FROM cases c JOIN changes h ON h.case_id = c.id AND h.field = 'priority' AND h.moment > c.moment
), failed AS (
    SELECT id, moment AS failed_at FROM cases WHERE is_failure
    UNION ALL
    SELECT c.id, min(h.moment)
    FROM cases c JOIN changes h ON h.case_id = c.id AND h.field = 'type' AND regexp_matches(h.new_value, getvariable('failures'))
    WHERE c.is_failure IS NOT TRUE
    GROUP BY c.id
), failures AS (
    SELECT f.id, f.failed_at, p.priority FROM failed f ASOF JOIN priorities p ON p.case_id = f.id AND p.moment <= f.failed_at
), statuses AS (
    SELECT case_id, moment, regexp_matches(new_value, getvariable('closed')) AS is_closed,
        coalesce(regexp_matches(old_value, getvariable('closed')), false) AS was_closed
    FROM changes WHERE field = 'status'
), solutions AS (
    SELECT case_id, moment FROM statuses WHERE is_closed AND NOT was_closed
    UNION ALL
    -- Where there is no history of the status, the row's date of the last closing.
    SELECT id, TRY_CAST(closed_date AS TIMESTAMPTZ) FROM cases c
    WHERE closed_date IS NOT NULL AND NOT EXISTS (FROM statuses s WHERE s.case_id = c.id)
), done AS (
    SELECT *, TRY_CAST(completed_date_time AS TIMESTAMPTZ) AS moment, lower(task_subtype) AS channel FROM task
    WHERE completed_date_time IS NOT NULL AND regexp_matches(task_subtype, getvariable('tasks'))
        AND lower(coalesce(is_deleted, 'false')) <> 'true'
), turns AS (
    SELECT m.id, m.parent_id AS case_id, TRY_CAST(m.created_date AS TIMESTAMPTZ) AS moment, m.created_by_id AS author,
        coalesce(regexp_matches(u.user_type, '(?i)portal|customer|guest'), false) AS is_theirs, NULL AS channel
    FROM case_comment m JOIN cases c ON c.id = m.parent_id LEFT JOIN user u ON u.id = m.created_by_id
    WHERE lower(coalesce(m.is_published, 'true')) = 'true' AND lower(coalesce(m.is_deleted, 'false')) <> 'true'
    UNION ALL
    SELECT m.id, m.parent_id, TRY_CAST(m.message_date AS TIMESTAMPTZ), m.created_by_id, lower(coalesce(m.incoming, 'false')) = 'true',
        'e-mail'
    FROM email_message m JOIN cases c ON c.id = m.parent_id
    WHERE lower(coalesce(m.is_deleted, 'false')) <> 'true'
    UNION ALL
    SELECT t.id, t.what_id, t.moment, t.owner_id, false, t.channel FROM done t JOIN cases c ON c.id = t.what_id
), spoken AS (
    SELECT *, lag(is_theirs) OVER (PARTITION BY case_id ORDER BY moment, id) AS were_theirs FROM turns
), reopenings AS (
    SELECT s.case_id, s.moment, f.id IS NOT NULL AS is_failure, p.priority
    FROM statuses s LEFT JOIN failures f ON f.id = s.case_id AND f.failed_at <= s.moment
    ASOF LEFT JOIN priorities p ON p.case_id = s.case_id AND p.moment <= s.moment
    WHERE s.was_closed AND NOT s.is_closed
), failings AS (
    SELECT id AS case_id, failed_at FROM failures
    UNION
    SELECT case_id, moment FROM reopenings WHERE is_failure
), replies AS (
    SELECT t.*,
        f.failed_at IS NOT NULL AND row_number() OVER (PARTITION BY t.case_id, f.failed_at ORDER BY t.moment, t.id) = 1 AS is_first
    FROM turns t ASOF LEFT JOIN failings f ON f.case_id = t.case_id AND f.failed_at <= t.moment
    WHERE NOT t.is_theirs
), owners AS (
    -- Queues (00G…) are nobody; the history also has a row with the names of the owners.
    SELECT case_id, moment, old_value AS from_owner, new_value AS to_owner FROM changes
    WHERE field IN ('owner', 'ownerid') AND old_value LIKE '005%' AND new_value LIKE '005%'
), facts AS (
    SELECT CASE WHEN is_failure THEN 'failure_occurred' ELSE 'request_made' END AS kind, 'opened' AS part, id AS case_id, moment,
        0 AS sequence, channel,
        CASE WHEN is_failure THEN NULL WHEN priority IN ('high', 'critical', 'urgent') THEN 0.9 ELSE 0.5 END AS urgency,
        CASE WHEN NOT coalesce(is_failure, false) THEN NULL WHEN priority = 'low' THEN 0.1 WHEN priority = 'high' THEN 0.5
            WHEN priority IN ('critical', 'urgent') THEN 0.8 ELSE 0.3 END AS severity
    FROM cases
    UNION ALL BY NAME
    -- Its type was set later: a failure from then on.
    SELECT 'failure_occurred' AS kind, 'failed' AS part, f.id AS case_id, f.failed_at AS moment, 0 AS sequence,
        CASE WHEN f.priority = 'low' THEN 0.1 WHEN f.priority = 'high' THEN 0.5
            WHEN f.priority IN ('critical', 'urgent') THEN 0.8 ELSE 0.3 END AS severity
    FROM failures f JOIN cases c ON c.id = f.id AND c.is_failure IS NOT TRUE
    UNION ALL BY NAME
    -- The customer writes after one of yours did: they wait again.
    SELECT 'request_made' AS kind, id AS part, case_id, moment, 1 AS sequence, channel, 0.5 AS urgency
    FROM spoken WHERE is_theirs AND NOT were_theirs
    UNION ALL BY NAME
    -- One of yours writes or calls: an answer. The first after a failure acknowledges it.
    SELECT CASE WHEN is_first THEN 'recovery_step_taken' ELSE 'interaction' END AS kind, id AS part, case_id, moment, 3 AS sequence,
        channel, author AS representative, CASE WHEN is_first THEN 'acknowledge' END AS step
    FROM replies
    UNION ALL BY NAME
    -- Another owner, and the customer had heard of the one who goes: named if that one wrote within the hour before, else no word.
    SELECT 'handover_made' AS kind, 'owned-' || to_owner || '-' || strftime(o.moment, '%Y%m%dT%H%M%S') AS part, o.case_id, o.moment,
        2 AS sequence, from_owner AS from_representative, to_owner AS to_representative,
        CASE WHEN bool_or(r.moment >= o.moment - INTERVAL 1 HOUR) THEN 'cold' ELSE 'none' END AS introduction
    FROM owners o JOIN replies r ON r.case_id = o.case_id AND r.author = o.from_owner AND r.moment <= o.moment
    WHERE from_owner <> to_owner
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT CASE WHEN is_failure THEN 'failure_occurred' ELSE 'request_made' END AS kind,
        'reopened-' || strftime(moment, '%Y%m%dT%H%M%S') AS part, case_id, moment, 1 AS sequence,
        CASE WHEN NOT is_failure THEN 0.5 END AS urgency,
        CASE WHEN NOT is_failure THEN NULL WHEN priority = 'low' THEN 0.1 WHEN priority = 'high' THEN 0.5
            WHEN priority IN ('critical', 'urgent') THEN 0.8 ELSE 0.3 END AS severity,
        CASE WHEN is_failure THEN getvariable('reopened_certainty') ELSE 1 END AS certainty
    FROM reopenings
    UNION ALL BY NAME
    -- Closed, as somebody says: help for a failure, else work that was done.
    SELECT CASE WHEN f.id IS NULL THEN 'interaction' ELSE 'recovery_step_taken' END AS kind,
        'closed-' || strftime(s.moment, '%Y%m%dT%H%M%S') AS part, s.case_id, s.moment, 5 AS sequence,
        CASE WHEN f.id IS NULL THEN getvariable('solved_competence') END AS competence,
        CASE WHEN f.id IS NULL THEN NULL ELSE 'help' END AS step, 0.5 AS certainty
    FROM solutions s LEFT JOIN failures f ON f.id = s.case_id AND f.failed_at <= s.moment
), versions AS (
    -- Changes of a stage, or versions of an opportunity: of these the first tells when it was copied, not when it was won.
    SELECT coalesce(opportunity_id, id) AS id, TRY_CAST(coalesce(created_date, '') AS TIMESTAMPTZ) AS changed,
        TRY_CAST(_fivetran_start AS TIMESTAMPTZ) AS since, opportunity_id IS NOT NULL AS is_change, TRY_CAST(amount AS DOUBLE) AS amount,
        CASE WHEN opportunity_id IS NULL THEN lower(is_won) = 'true' ELSE regexp_matches(stage_name, '(?i)closed.?won') END AS is_won,
        lag(lower(is_won) = 'true') OVER (PARTITION BY id ORDER BY TRY_CAST(_fivetran_start AS TIMESTAMPTZ)) AS was_won
    FROM opportunity_history
), stages AS (
    SELECT id, min(CASE WHEN is_change THEN changed ELSE since END) AS moment,
        arg_min(amount, CASE WHEN is_change THEN changed ELSE since END) AS amount
    FROM versions WHERE is_won AND (is_change OR NOT was_won) GROUP BY id
), won AS (
    SELECT o.id, o.account_id AS customer, s.amount,
        -- Of a day alone, its end is sure.
        coalesce(s.moment, TRY_CAST(o.close_date AS TIMESTAMP)::DATE::TIMESTAMPTZ + INTERVAL '23:59:59') AS moment
    FROM opportunity o LEFT JOIN stages s ON s.id = o.id
    WHERE (lower(coalesce(o.is_won, 'false')) = 'true' OR s.id IS NOT NULL)
        AND lower(coalesce(o.is_deleted, 'false')) <> 'true' AND o.account_id IS NOT NULL
), everything AS (
    SELECT f.kind, 'salesforce-' || f.case_id || '-' || f.part AS id, c.customer, c.contact, f.moment,
        'salesforce-case-' || f.case_id AS episode, f.* EXCLUDE (kind, part, case_id, moment)
    FROM facts f JOIN cases c ON c.id = f.case_id
    UNION ALL BY NAME
    -- A call or mail outside of cases: it happened, and nobody says how it went.
    SELECT 'interaction' AS kind, 'salesforce-' || t.id AS id,
        coalesce(CASE WHEN NOT getvariable('by_contact') THEN t.account_id END, t.who_id, t.account_id) AS customer, t.who_id AS contact,
        t.moment, t.owner_id AS representative, t.channel
    FROM done t WHERE NOT EXISTS (FROM cases c WHERE c.id = t.what_id) AND coalesce(t.account_id, t.who_id) IS NOT NULL
    UNION ALL BY NAME
    SELECT 'purchase_made' AS kind, 'salesforce-' || id || '-won' AS id, customer, moment, amount FROM won
)
SELECT * EXCLUDE (customer, moment), customer || '@' || getvariable('organisation') AS relationship, moment AS occurred_at,
    'salesforce' AS source
FROM everything
ORDER BY occurred_at, sequence, id
