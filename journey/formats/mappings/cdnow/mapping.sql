-- CDNOW's purchases (Fader & Hardie: customer, day, CDs, dollars) as touchpoints. README.md says what each line assumes.
SET VARIABLE organisation = 'cdnow';  -- who the relationship is with: it is named CUSTOMER@ORGANISATION

WITH purchases AS (
    SELECT rowid AS row, regexp_split_to_array(trim("customer_id date number_of_cds dollar_value"), '\s+') AS cells FROM source
)
SELECT 'purchase_made' AS kind,
    -- Two orders of one customer on one day are two, even if all else is the same.
    format('cdnow-{}-{}-{}', cells[1], cells[2], row_number() OVER (PARTITION BY cells[1], cells[2] ORDER BY row)) AS id,
    cells[1] || '@' || getvariable('organisation') AS relationship,
    timezone('UTC', strptime(cells[2], '%Y%m%d')) AS occurred_at,
    row AS sequence,
    cells[1] AS contact,
    cells[4]::DOUBLE AS amount,
    'USD' AS currency,
    'cdnow' AS source
FROM purchases
