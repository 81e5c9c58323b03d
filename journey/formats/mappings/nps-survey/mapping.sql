-- Survey answers as touchpoints: a score, and what somebody read in its text. README.md says what each line assumes.
SET VARIABLE organisation = 'survey';  -- who the relationship is with: it is named CUSTOMER@ORGANISATION
SET VARIABLE instrument = 'nps';  -- nps, csat, ces or free, where no column says it
SET VARIABLE lowest = 0;  -- the worst score there is: 0 of NPS, 1 of most CSAT
SET VARIABLE highest = 10;  -- the best score there is: 10 of NPS, 5 of most CSAT
SET VARIABLE complaint_severity = 0.5;  -- how serious a text is that was coded as a complaint
SET VARIABLE praise_size = 0.7;  -- how large a text is that was coded as praise

SELECT
    CASE WHEN part = 'score' THEN 'feedback_given' WHEN lower(s.coded) IN ('praise', 'positive') THEN 'praise_given'
        ELSE 'complaint_voiced' END AS kind,
    'survey-' || coalesce(s.id, s.customer || '-' || s.occurred_at || '-' || coalesce(s.instrument, getvariable('instrument')))
        || CASE WHEN part = 'score' THEN '' ELSE '-text' END AS id,
    s.customer || '@' || getvariable('organisation') AS relationship,
    -- Of a day alone, its end is sure: the answer came by then.
    CASE WHEN length(s.occurred_at) = 10 THEN s.occurred_at || 'T23:59:59' ELSE s.occurred_at END AS occurred_at,
    CASE WHEN part = 'score' THEN 0 ELSE 1 END AS sequence,
    s.customer AS contact,
    s.representative,
    s.episode,
    CASE WHEN part = 'score' THEN lower(coalesce(s.instrument, getvariable('instrument'))) END AS instrument,
    CASE WHEN part = 'score' THEN (s.score::DOUBLE - getvariable('lowest')) / (getvariable('highest') - getvariable('lowest')) END AS score,
    CASE WHEN part = 'text' AND lower(s.coded) IN ('complaint', 'negative') THEN getvariable('complaint_severity') END AS severity,
    CASE WHEN part = 'text' AND lower(s.coded) IN ('praise', 'positive') THEN getvariable('praise_size') END AS size,
    CASE WHEN part = 'text' THEN s.certainty::DOUBLE END AS certainty,
    CASE WHEN part = 'text' THEN 'coded by ' || coalesce(s.coder, 'hand') ELSE 'survey' END AS source
FROM source s CROSS JOIN (VALUES ('score'), ('text')) parts(part)
WHERE part = 'score' AND s.score IS NOT NULL OR part = 'text' AND lower(s.coded) IN ('complaint', 'negative', 'praise', 'positive')
