-- Bitcoin OTC trust ratings (SNAP soc-sign-bitcoinotc: from, to, feature, time) as touchpoints.
-- Each member is a relationship with the market; each rating from -10 to 10 is one contact, judged by another member.
SELECT
    'interaction'                                                    AS kind,
    format('{}-{}', "from", "to")                                    AS id,
    "to"::VARCHAR                                                    AS relationship,
    "from"::VARCHAR                                                  AS contact,
    make_timestamptz((time::DOUBLE * 1000000)::BIGINT)               AS occurred_at,
    feature::DOUBLE / 10.0                                           AS competence,
    feature::DOUBLE / 10.0                                           AS benevolence,
    'bitcoin-otc'                                                    AS source
FROM source
