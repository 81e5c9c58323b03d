-- Intercom's conversations as touchpoints: who waits, who answered when, how it was rated. README.md says what each line assumes.
SET VARIABLE organisation = 'intercom';  -- who the relationship is with: it is named CONTACT@ORGANISATION
SET VARIABLE by_company = false;  -- whether the customer is the contact's company, where one is known
SET VARIABLE bots_answer = false;  -- whether what a bot writes is an answer
SET VARIABLE closed_competence = 0.4;  -- how well the work was done where a teammate closes a conversation, half sure
SET VARIABLE missed_severity = 0.3;  -- how bad it is that a service level was missed

WITH versions AS (
    -- What a conversation was at each of its versions, and at the one before.
    SELECT id, TRY_CAST(updated_at AS TIMESTAMPTZ) AS moment, lower(state) AS state, lower(sla_status) AS sla,
        TRY_CAST(waiting_since AS TIMESTAMPTZ) AS waiting,
        lag(lower(state)) OVER each AS state_before, lag(lower(sla_status)) OVER each AS sla_before,
        lag(TRY_CAST(waiting_since AS TIMESTAMPTZ)) OVER each AS waiting_before
    FROM (SELECT DISTINCT id, updated_at, state, sla_status, waiting_since FROM conversation_history)
    WINDOW each AS (PARTITION BY id ORDER BY TRY_CAST(updated_at AS TIMESTAMPTZ))
), firsts AS (
    -- What never changes: when and by whom it was begun.
    SELECT id, arg_min(created_at, updated_at) AS created, arg_min(source_author_id, updated_at) AS author,
        arg_min(lower(source_author_type), updated_at) AS author_type, arg_min(source_type, updated_at) AS channel
    FROM conversation_history GROUP BY id
), companies AS (
    SELECT contact_id, min(company_id) AS company FROM contact_company_history GROUP BY contact_id
), contacts AS (
    SELECT conversation_id, min(contact_id) AS contact FROM conversation_contact_history GROUP BY conversation_id
), conversations AS (
    SELECT f.id, TRY_CAST(f.created AS TIMESTAMPTZ) AS moment, f.channel, f.author_type IN ('admin', 'team') AS is_ours, f.author,
        f.author_type IN ('bot', 'operator') AS is_bots,
        coalesce(c.contact, CASE WHEN f.author_type IN ('user', 'lead', 'contact') THEN f.author END, 'conversation-' || f.id) AS customer
    FROM firsts f LEFT JOIN contacts c ON c.conversation_id = f.id
), parts AS (
    SELECT DISTINCT p.id, p.conversation_id, TRY_CAST(p.created_at AS TIMESTAMPTZ) AS moment, lower(p.part_type) AS type, p.author_id,
        lower(p.author_type) IN ('admin', 'team') OR (getvariable('bots_answer') AND lower(p.author_type) IN ('bot', 'operator'))
            AS is_ours,
        lower(p.author_type) IN ('user', 'lead', 'contact') AS is_theirs,
        CASE WHEN lower(p.assigned_to_type) = 'admin' THEN p.assigned_to_id END AS assigned
    FROM conversation_part_history p JOIN conversations c ON c.id = p.conversation_id
), turns AS (
    -- Who spoke or closed, and who did before.
    SELECT *, lag(is_ours) OVER (PARTITION BY conversation_id ORDER BY moment, id) AS was_ours
    FROM (
        SELECT conversation_id, id, moment, type, author_id, is_ours FROM parts
        WHERE (is_ours OR is_theirs) AND type IN ('comment', 'close', 'open')
        UNION ALL
        SELECT id, '', moment, 'comment', author, is_ours FROM conversations
    )
), assignments AS (
    SELECT conversation_id, id, moment, assigned AS to_admin,
        lag(assigned) OVER (PARTITION BY conversation_id ORDER BY moment, id) AS from_admin
    FROM parts WHERE assigned IS NOT NULL
), facts AS (
    SELECT CASE WHEN is_ours THEN 'interaction' ELSE 'request_made' END AS kind, 'opened' AS part, id AS conversation_id, moment,
        0 AS sequence, CASE WHEN is_ours THEN author END AS representative, CASE WHEN NOT is_ours THEN 0.5 END AS urgency
    FROM conversations WHERE NOT is_bots
    UNION ALL BY NAME
    -- The customer writes after one of ours did: they wait again.
    SELECT 'request_made' AS kind, 'part-' || id AS part, conversation_id, moment, 1 AS sequence, 0.5 AS urgency
    FROM turns WHERE NOT is_ours AND was_ours AND id <> ''
    UNION ALL BY NAME
    SELECT 'interaction' AS kind, 'part-' || id AS part, conversation_id, moment, 3 AS sequence, author_id AS representative
    FROM turns WHERE is_ours AND type = 'comment' AND id <> ''
    UNION ALL BY NAME
    -- Closed by one of ours, as the parts say, else the versions.
    SELECT 'interaction' AS kind, 'closed-' || id AS part, conversation_id, moment, 5 AS sequence, author_id AS representative,
        getvariable('closed_competence') AS competence, 0.5 AS certainty
    FROM parts WHERE type = 'close' AND is_ours
    UNION ALL BY NAME
    SELECT 'interaction' AS kind, 'closed-' || strftime(moment, '%Y%m%dT%H%M%S') AS part, id AS conversation_id, moment, 5 AS sequence,
        getvariable('closed_competence') AS competence, 0.5 AS certainty
    FROM versions v WHERE state = 'closed' AND state_before IS DISTINCT FROM 'closed'
        AND NOT EXISTS (FROM parts p WHERE p.conversation_id = v.id AND p.moment <= v.moment)
    UNION ALL BY NAME
    -- A version that waits no longer: one of ours had answered by then.
    SELECT 'interaction' AS kind, 'answered-' || strftime(moment, '%Y%m%dT%H%M%S') AS part, id AS conversation_id, moment, 3 AS sequence,
        0.5 AS certainty
    FROM versions v WHERE waiting IS NULL AND waiting_before IS NOT NULL AND state <> 'closed'
        AND NOT EXISTS (FROM parts p WHERE p.conversation_id = v.id AND p.moment <= v.moment)
    UNION ALL BY NAME
    -- A version that waits since another time: the customer wrote then.
    SELECT 'request_made' AS kind, 'waits-' || strftime(waiting, '%Y%m%dT%H%M%S') AS part, v.id AS conversation_id, min(waiting) AS moment,
        1 AS sequence, 0.5 AS urgency
    FROM versions v JOIN conversations c ON c.id = v.id
    WHERE waiting > c.moment + INTERVAL 1 MINUTE AND waiting IS DISTINCT FROM waiting_before
        AND NOT EXISTS (FROM parts p WHERE p.conversation_id = v.id AND p.moment <= v.moment)
    GROUP BY ALL
    UNION ALL BY NAME
    -- Reassigned, and the customer had heard of the one who goes: named if that one wrote within the hour before, else no word.
    SELECT 'handover_made' AS kind, 'assigned-' || a.id AS part, a.conversation_id, a.moment, 2 AS sequence,
        from_admin AS from_representative, to_admin AS to_representative,
        CASE WHEN bool_or(t.moment >= a.moment - INTERVAL 1 HOUR) THEN 'cold' ELSE 'none' END AS introduction
    FROM assignments a JOIN turns t ON t.conversation_id = a.conversation_id AND t.author_id = a.from_admin
        AND t.is_ours AND t.type = 'comment' AND t.moment <= a.moment
    WHERE from_admin <> to_admin
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT 'response_failed' AS kind, 'missed-' || strftime(moment, '%Y%m%dT%H%M%S') AS part, id AS conversation_id, moment, 4 AS sequence,
        'delayed' AS manner, getvariable('missed_severity') AS severity
    FROM versions WHERE sla = 'missed' AND sla_before IS DISTINCT FROM 'missed'
    UNION ALL BY NAME
    SELECT 'feedback_given' AS kind, 'rated-' || strftime(TRY_CAST(conversation_rating_created_at AS TIMESTAMPTZ), '%Y%m%dT%H%M%S') AS part,
        id AS conversation_id, TRY_CAST(conversation_rating_created_at AS TIMESTAMPTZ) AS moment, 6 AS sequence, 'csat' AS instrument,
        (TRY_CAST(conversation_rating_value AS DOUBLE) - 1) / 4 AS score
    FROM (SELECT DISTINCT id, conversation_rating_created_at, conversation_rating_value FROM conversation_history)
    WHERE conversation_rating_value IS NOT NULL
)
SELECT f.kind,
    'intercom-' || f.conversation_id || '-' || f.part AS id,
    CASE WHEN getvariable('by_company') THEN coalesce(m.company, c.customer) ELSE c.customer END || '@' || getvariable('organisation')
        AS relationship,
    f.moment AS occurred_at,
    f.sequence,
    'intercom-conversation-' || f.conversation_id AS episode,
    c.customer AS contact,
    c.channel,
    f.* EXCLUDE (kind, part, conversation_id, moment, sequence),
    'intercom' AS source
FROM facts f JOIN conversations c ON c.id = f.conversation_id LEFT JOIN companies m ON m.contact_id = c.customer
ORDER BY occurred_at, sequence, id
