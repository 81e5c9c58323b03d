-- A process log as touchpoints: who waits, who works, by when it was due and when it was done. README.md says what each line assumes.
SET VARIABLE organisation = 'log';  -- who the relationship is with: it is named CASE@ORGANISATION
SET VARIABLE automatic = '';  -- activities that no customer notices, as a regular expression
SET VARIABLE waits = '';  -- activities in which the customer asks for something, besides the first
SET VARIABLE failed = '';  -- activities in which something went wrong for the customer
SET VARIABLE delivers = '';  -- activities in which the customer gets what the case is about
SET VARIABLE ends = '';  -- activities in which the customer leaves
SET VARIABLE handover_certainty = 0.0;  -- how sure it is that the customer notices another person at work; 0 for no handovers
SET VARIABLE level = 0.7;  -- the level of service that a deadline promises

WITH events AS (
    SELECT rowid AS row, "case:concept:name" AS name, "concept:name" AS activity, "org:resource" AS person,
        "case:channel" AS channel, TRY_CAST("time:timestamp" AS TIMESTAMPTZ) AS moment,
        row_number() OVER (PARTITION BY "case:concept:name" ORDER BY rowid) AS number,
        TRY_CAST("case:deadline" AS TIMESTAMPTZ) AS deadline, TRY_CAST("case:startdate" AS TIMESTAMPTZ) AS started,
        TRY_CAST("case:enddate" AS TIMESTAMPTZ) AS ended
    FROM source
    WHERE (getvariable('automatic') = '' OR NOT regexp_matches("concept:name", getvariable('automatic')))
        -- What is planned or begun has not reached the customer.
        AND lower(coalesce("lifecycle:transition", '')) NOT IN ('schedule', 'assign', 'reassign', 'start', 'suspend', 'resume')
), meant AS (
    SELECT *,
        CASE WHEN getvariable('ends') <> '' AND regexp_matches(activity, getvariable('ends')) THEN 'ends'
            WHEN getvariable('failed') <> '' AND regexp_matches(activity, getvariable('failed')) THEN 'failed'
            WHEN getvariable('delivers') <> '' AND regexp_matches(activity, getvariable('delivers')) THEN 'delivers'
            WHEN number = 1 OR getvariable('waits') <> '' AND regexp_matches(activity, getvariable('waits')) THEN 'waits'
            ELSE 'works' END AS means
    FROM events
), people AS (
    SELECT name, row, moment, person, lag(person) OVER (PARTITION BY name ORDER BY row) AS before
    FROM meant WHERE person IS NOT NULL AND means <> 'waits'
), cases AS (
    SELECT name, any_value(deadline) AS deadline, any_value(ended) AS ended, min(coalesce(started, moment)) AS started, min(row) AS row
    FROM events GROUP BY name
), facts AS (
    SELECT CASE means WHEN 'ends' THEN 'relationship_ended' WHEN 'failed' THEN 'failure_occurred' WHEN 'delivers' THEN 'delivery'
            WHEN 'waits' THEN 'request_made' ELSE 'interaction' END AS kind,
        number::VARCHAR AS part, name, row, moment, 2 * row + 1 AS sequence, channel, activity AS topic,
        CASE WHEN means NOT IN ('ends', 'waits') THEN person END AS representative,
        CASE WHEN means = 'failed' THEN 0.3 END AS severity,
        CASE WHEN means = 'ends' THEN 'unknown' END AS outcome,
        CASE WHEN means = 'delivers' AND deadline IS NOT NULL THEN 'log-' || name END AS promise,
        CASE WHEN means = 'delivers' AND deadline IS NULL THEN getvariable('level') END AS promised,
        CASE WHEN means = 'delivers' THEN getvariable('level') END AS delivered
    FROM meant
    UNION ALL BY NAME
    -- Another person goes on with the case, and nobody says so.
    SELECT 'handover_made' AS kind, 'handover-' || row AS part, name, row, moment, 2 * row AS sequence,
        before AS from_representative, person AS to_representative, getvariable('handover_certainty') AS certainty
    FROM people WHERE before <> person AND getvariable('handover_certainty') > 0
    UNION ALL BY NAME
    -- A deadline is a promise, made when the case began.
    SELECT 'promise_made' AS kind, 'promised' AS part, name, row, started AS moment, 2 * row - 1 AS sequence,
        'log-' || name AS promise, getvariable('level') AS level, deadline AS due
    FROM cases WHERE deadline IS NOT NULL
    UNION ALL BY NAME
    -- A case that has an end of its own was done then.
    SELECT 'delivery' AS kind, 'done' AS part, name, row, ended AS moment, 2 * row AS sequence,
        CASE WHEN deadline IS NOT NULL THEN 'log-' || name END AS promise,
        CASE WHEN deadline IS NULL THEN getvariable('level') END AS promised, getvariable('level') AS delivered
    FROM cases WHERE ended IS NOT NULL AND getvariable('delivers') = ''
)
SELECT kind, 'log-' || name || '-' || part AS id, name || '@' || getvariable('organisation') AS relationship, moment AS occurred_at,
    'log-' || name AS episode, * EXCLUDE (kind, part, name, row, moment), 'xes' AS source
FROM facts
ORDER BY occurred_at, sequence, id
