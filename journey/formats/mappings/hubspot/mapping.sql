-- HubSpot as touchpoints: tickets, what was said about them, deals that were won, contacts that are one. README.md says what is assumed.
SET VARIABLE organisation = 'hubspot';  -- who the relationship is with: it is named CONTACT@ORGANISATION
SET VARIABLE by_company = false;  -- whether the customer is the company, where one is known
SET VARIABLE failures = '(?i)bug|defect|incident|problem|outage|issue|complaint';  -- categories of tickets in which something went wrong
SET VARIABLE current_values = false;  -- whether the row's category and priority hold where the history has none: they are today's
SET VARIABLE reopened_certainty = 0.5;  -- how sure it is that a reopened failure failed again: some customers only say thanks
SET VARIABLE solved_competence = 0.4;  -- how well the work was done where a ticket is closed, half sure

WITH changes AS (
    SELECT DISTINCT ticket_id, lower(name) AS name, value, TRY_CAST("timestamp" AS TIMESTAMPTZ) AS moment FROM ticket_property_history
), as_opened AS (
    -- A property as it was when the ticket was opened, and never as it is today.
    SELECT t.id,
        arg_max(c.value, c.moment) FILTER (WHERE c.name = 'hs_ticket_category') AS category,
        arg_max(c.value, c.moment) FILTER (WHERE c.name = 'hs_ticket_priority') AS priority
    FROM ticket t JOIN changes c ON c.ticket_id = t.id AND c.moment <= TRY_CAST(t.property_createdate AS TIMESTAMPTZ)
    GROUP BY t.id
), contacts_of_tickets AS (
    SELECT ticket_id, min(contact_id) AS contact FROM ticket_contact GROUP BY ticket_id
), companies_of_tickets AS (
    SELECT ticket_id, min(company_id) AS company FROM ticket_company GROUP BY ticket_id
), tickets AS (
    SELECT t.id, TRY_CAST(t.property_createdate AS TIMESTAMPTZ) AS moment, c.contact,
        coalesce(CASE WHEN getvariable('by_company') THEN 'company-' || m.company END, c.contact, 'ticket-' || t.id) AS customer,
        t.property_closed_date AS closed, t.property_first_agent_reply_date AS replied,
        regexp_matches(coalesce(o.category, CASE WHEN getvariable('current_values') THEN t.property_hs_ticket_category END),
            getvariable('failures')) AS is_failure,
        lower(coalesce(o.priority, CASE WHEN getvariable('current_values') THEN t.property_hs_ticket_priority END)) AS priority
    FROM ticket t LEFT JOIN as_opened o USING (id) LEFT JOIN contacts_of_tickets c ON c.ticket_id = t.id
        LEFT JOIN companies_of_tickets m ON m.ticket_id = t.id
    WHERE lower(coalesce(t.is_deleted, 'false')) <> 'true'
), priorities AS (
    SELECT id AS ticket_id, moment, priority FROM tickets
    UNION ALL
    SELECT t.id, c.moment, lower(c.value)
    FROM tickets t JOIN changes c ON c.ticket_id = t.id AND c.name = 'hs_ticket_priority' AND c.moment > t.moment
), failed AS (
    SELECT id, moment AS failed_at FROM tickets WHERE is_failure
    UNION ALL
    SELECT t.id, min(c.moment)
    FROM tickets t JOIN changes c ON c.ticket_id = t.id AND c.name = 'hs_ticket_category'
        AND regexp_matches(c.value, getvariable('failures')) AND c.moment > t.moment
    WHERE t.is_failure IS NOT TRUE
    GROUP BY t.id
), failures AS (
    SELECT f.id, f.failed_at, p.priority FROM failed f ASOF JOIN priorities p ON p.ticket_id = f.id AND p.moment <= f.failed_at
), stages AS (
    SELECT c.ticket_id, c.moment, s.ticket_state = 'CLOSED' AS is_closed,
        lag(s.ticket_state = 'CLOSED') OVER (PARTITION BY c.ticket_id ORDER BY c.moment) AS was_closed
    FROM changes c JOIN ticket_pipeline_stage s ON s.stage_id = c.value
    WHERE c.name = 'hs_pipeline_stage'
), solutions AS (
    SELECT ticket_id, moment FROM stages WHERE is_closed AND was_closed IS NOT TRUE
    UNION ALL
    -- Where there is no history of the stage, the row's date of the last closing.
    SELECT id, TRY_CAST(closed AS TIMESTAMPTZ) FROM tickets t
    WHERE TRY_CAST(closed AS TIMESTAMPTZ) >= moment AND NOT EXISTS (FROM stages s WHERE s.ticket_id = t.id)
), engagements AS (
    SELECT engagement_id, TRY_CAST(property_hs_timestamp AS TIMESTAMPTZ) AS moment, property_hubspot_owner_id AS owner, 'e-mail' AS channel,
        upper(coalesce(property_hs_email_direction, '')) = 'INCOMING_EMAIL' AS is_theirs, _fivetran_deleted AS deleted
    FROM engagement_email
    UNION ALL BY NAME
    SELECT engagement_id, TRY_CAST(property_hs_timestamp AS TIMESTAMPTZ) AS moment, property_hubspot_owner_id AS owner, 'phone' AS channel,
        false AS is_theirs, _fivetran_deleted AS deleted
    FROM engagement_call
    UNION ALL BY NAME
    SELECT engagement_id, TRY_CAST(coalesce(start_time, property_hs_timestamp) AS TIMESTAMPTZ) AS moment,
        property_hubspot_owner_id AS owner, 'meeting' AS channel, false AS is_theirs, _fivetran_deleted AS deleted
    FROM engagement_meeting WHERE upper(coalesce(meeting_outcome, '')) = 'COMPLETED'
), about AS (
    -- A contact may be about a ticket, or about nothing that is named.
    SELECT e.engagement_id, e.moment, e.owner, e.channel, e.is_theirs, min(t.id) AS ticket_id
    FROM engagements e LEFT JOIN ticket_engagement l USING (engagement_id)
        LEFT JOIN tickets t ON t.id = l.ticket_id AND t.moment <= e.moment
    WHERE lower(coalesce(e.deleted, 'false')) <> 'true'
    GROUP BY ALL
), turns AS (
    SELECT ticket_id, moment, is_theirs, owner, channel, 'engagement-' || engagement_id AS part FROM about WHERE ticket_id IS NOT NULL
    UNION ALL
    -- The first reply's date is set once; a mail of that minute is the same.
    SELECT id, TRY_CAST(replied AS TIMESTAMPTZ), false, NULL, NULL, 'first-reply' FROM tickets t
    WHERE TRY_CAST(replied AS TIMESTAMPTZ) >= moment AND NOT EXISTS (FROM about a WHERE a.ticket_id = t.id AND NOT a.is_theirs
        AND a.moment BETWEEN TRY_CAST(t.replied AS TIMESTAMPTZ) - INTERVAL 1 MINUTE AND TRY_CAST(t.replied AS TIMESTAMPTZ))
), spoken AS (
    SELECT *, lag(is_theirs) OVER (PARTITION BY ticket_id ORDER BY moment, part) AS was_theirs FROM turns
), reopenings AS (
    SELECT s.ticket_id, s.moment, f.id IS NOT NULL AS is_failure, p.priority
    FROM stages s LEFT JOIN failures f ON f.id = s.ticket_id AND f.failed_at <= s.moment
    ASOF LEFT JOIN priorities p ON p.ticket_id = s.ticket_id AND p.moment <= s.moment
    WHERE s.was_closed AND NOT s.is_closed
), failings AS (
    SELECT id AS ticket_id, failed_at FROM failures
    UNION
    SELECT ticket_id, moment FROM reopenings WHERE is_failure
), replies AS (
    SELECT t.*,
        f.failed_at IS NOT NULL AND row_number() OVER (PARTITION BY t.ticket_id, f.failed_at ORDER BY t.moment, t.part) = 1 AS is_first
    FROM turns t ASOF LEFT JOIN failings f ON f.ticket_id = t.ticket_id AND f.failed_at <= t.moment
    WHERE NOT t.is_theirs
), owners AS (
    SELECT ticket_id, moment, value AS to_owner, lag(value) OVER (PARTITION BY ticket_id ORDER BY moment) AS from_owner
    FROM changes WHERE name = 'hubspot_owner_id' AND coalesce(value, '') <> ''
), facts AS (
    SELECT CASE WHEN is_failure THEN 'failure_occurred' ELSE 'request_made' END AS kind, 'opened' AS part, id AS ticket_id, moment,
        0 AS sequence,
        CASE WHEN is_failure THEN NULL WHEN priority IN ('urgent', 'high') THEN 0.9 ELSE 0.5 END AS urgency,
        CASE WHEN NOT coalesce(is_failure, false) THEN NULL WHEN priority = 'low' THEN 0.1 WHEN priority = 'high' THEN 0.5
            WHEN priority = 'urgent' THEN 0.8 ELSE 0.3 END AS severity
    FROM tickets
    UNION ALL BY NAME
    -- Its category was set later: a failure from then on.
    SELECT 'failure_occurred' AS kind, 'failed' AS part, f.id AS ticket_id, f.failed_at AS moment, 0 AS sequence,
        CASE f.priority WHEN 'low' THEN 0.1 WHEN 'high' THEN 0.5 WHEN 'urgent' THEN 0.8 ELSE 0.3 END AS severity
    FROM failures f JOIN tickets t ON t.id = f.id AND t.is_failure IS NOT TRUE
    UNION ALL BY NAME
    -- The customer writes after one of ours did: they wait again.
    SELECT 'request_made' AS kind, part, ticket_id, moment, 1 AS sequence, channel, 0.5 AS urgency
    FROM spoken WHERE is_theirs AND NOT was_theirs
    UNION ALL BY NAME
    -- One of ours writes, calls or meets them: an answer. The first after a failure acknowledges it.
    SELECT CASE WHEN is_first THEN 'recovery_step_taken' ELSE 'interaction' END AS kind, part, ticket_id, moment, 3 AS sequence,
        owner AS representative, channel, CASE WHEN is_first THEN 'acknowledge' END AS step
    FROM replies
    UNION ALL BY NAME
    -- Another owner, and the customer had heard of the one who goes: named if that one wrote within the hour before, else no word.
    SELECT 'handover_made' AS kind, 'owned-' || to_owner || '-' || strftime(o.moment, '%Y%m%dT%H%M%S') AS part, o.ticket_id, o.moment,
        2 AS sequence, from_owner AS from_representative, to_owner AS to_representative,
        CASE WHEN bool_or(r.moment >= o.moment - INTERVAL 1 HOUR) THEN 'cold' ELSE 'none' END AS introduction
    FROM owners o JOIN replies r ON r.ticket_id = o.ticket_id AND r.owner = o.from_owner AND r.moment <= o.moment
    WHERE from_owner <> to_owner
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT CASE WHEN is_failure THEN 'failure_occurred' ELSE 'request_made' END AS kind,
        'reopened-' || strftime(moment, '%Y%m%dT%H%M%S') AS part, ticket_id, moment, 1 AS sequence,
        CASE WHEN NOT is_failure THEN 0.5 END AS urgency,
        CASE WHEN NOT is_failure THEN NULL WHEN priority = 'low' THEN 0.1 WHEN priority = 'high' THEN 0.5
            WHEN priority = 'urgent' THEN 0.8 ELSE 0.3 END AS severity,
        CASE WHEN is_failure THEN getvariable('reopened_certainty') ELSE 1 END AS certainty
    FROM reopenings
    UNION ALL BY NAME
    -- Closed, as somebody says: help for a failure, else work that was done.
    SELECT CASE WHEN f.id IS NULL THEN 'interaction' ELSE 'recovery_step_taken' END AS kind,
        'closed-' || strftime(s.moment, '%Y%m%dT%H%M%S') AS part, s.ticket_id, s.moment, 5 AS sequence,
        CASE WHEN f.id IS NULL THEN getvariable('solved_competence') END AS competence,
        CASE WHEN f.id IS NULL THEN NULL ELSE 'help' END AS step, 0.5 AS certainty, o.to_owner AS representative
    FROM solutions s LEFT JOIN failures f ON f.id = s.ticket_id AND f.failed_at <= s.moment
    ASOF LEFT JOIN owners o ON o.ticket_id = s.ticket_id AND o.moment <= s.moment
), customers_of_deals AS (
    SELECT deal_id, any_value(contact) AS contact,
        coalesce(CASE WHEN getvariable('by_company') THEN 'company-' || any_value(company) END, any_value(contact)) AS customer
    FROM (
        SELECT deal_id, min(contact_id) AS contact, NULL AS company FROM deal_contact GROUP BY deal_id
        UNION ALL
        SELECT deal_id, NULL, min(company_id) FROM deal_company GROUP BY deal_id
    ) GROUP BY deal_id
), won AS (
    SELECT s.deal_id, min(TRY_CAST(s.date_entered AS TIMESTAMPTZ)) AS moment
    FROM deal_stage s JOIN deal_pipeline_stage p ON p.stage_id = s.value
    WHERE lower(coalesce(p.closed_won, 'false')) = 'true'
    GROUP BY s.deal_id
), amounts AS (
    SELECT w.deal_id, arg_max(TRY_CAST(h.value AS DOUBLE), TRY_CAST(h."timestamp" AS TIMESTAMPTZ)) AS amount
    FROM won w JOIN deal_property_history h ON h.deal_id = w.deal_id AND h.name = 'amount'
        AND TRY_CAST(h."timestamp" AS TIMESTAMPTZ) <= w.moment
    GROUP BY w.deal_id
), others AS (
    SELECT engagement_id, any_value(contact) AS contact,
        coalesce(CASE WHEN getvariable('by_company') THEN 'company-' || any_value(company) END, any_value(contact)) AS customer
    FROM (
        SELECT engagement_id, min(contact_id) AS contact, NULL AS company FROM engagement_contact GROUP BY engagement_id
        UNION ALL
        SELECT engagement_id, NULL, min(company_id) FROM engagement_company GROUP BY engagement_id
    ) GROUP BY engagement_id
), everything AS (
    SELECT f.kind, 'hubspot-' || f.ticket_id || '-' || f.part AS id, t.customer, t.contact, f.moment,
        'hubspot-ticket-' || f.ticket_id AS episode, f.* EXCLUDE (kind, part, ticket_id, moment)
    FROM facts f JOIN tickets t ON t.id = f.ticket_id
    UNION ALL BY NAME
    -- A contact about no ticket: it happened, and nobody says how it went.
    SELECT 'interaction' AS kind, 'hubspot-engagement-' || a.engagement_id AS id, o.customer, o.contact, a.moment, a.channel,
        CASE WHEN a.is_theirs THEN 'customer' ELSE 'organisation' END AS by, CASE WHEN NOT a.is_theirs THEN a.owner END AS representative
    FROM about a JOIN others o USING (engagement_id) WHERE a.ticket_id IS NULL AND o.customer IS NOT NULL
    UNION ALL BY NAME
    SELECT 'purchase_made' AS kind, 'hubspot-deal-' || w.deal_id || '-won' AS id, c.customer, c.contact, w.moment, m.amount
    FROM won w JOIN customers_of_deals c USING (deal_id) LEFT JOIN amounts m USING (deal_id) WHERE c.customer IS NOT NULL
    UNION ALL BY NAME
    SELECT 'relationships_merged' AS kind, 'hubspot-merged-' || canonical_vid || '-' || vid_to_merge AS id, canonical_vid AS customer,
        vid_to_merge || '@' || getvariable('organisation') AS other, TRY_CAST("timestamp" AS TIMESTAMPTZ) AS moment
    FROM contact_merge_audit WHERE NOT getvariable('by_company')
)
SELECT * EXCLUDE (customer, moment), customer || '@' || getvariable('organisation') AS relationship, moment AS occurred_at,
    'hubspot' AS source
FROM everything
ORDER BY occurred_at, sequence, id
