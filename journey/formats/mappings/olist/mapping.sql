-- A shop's orders as touchpoints: bought, promised for a day, delivered, reviewed. README.md says what each line assumes.
SET VARIABLE organisation = 'olist';  -- who the relationship is with: it is named CUSTOMER@ORGANISATION
SET VARIABLE by_seller = false;  -- whether a relationship is that of a seller with all who buy from them: SELLER@ORGANISATION
SET VARIABLE level = 0.7;  -- the level of service that an order promises
SET VARIABLE currency = 'BRL';  -- the currency of prices

WITH items AS (
    SELECT order_id, sum(TRY_CAST(price AS DOUBLE) + coalesce(TRY_CAST(freight_value AS DOUBLE), 0)) AS amount,
        arg_min(seller_id, TRY_CAST(order_item_id AS INTEGER)) AS seller
    FROM order_item GROUP BY order_id
), orders AS (
    SELECT o.order_id, coalesce(c.customer_unique_id, o.customer_id) AS customer, i.seller, i.amount,
        CASE WHEN getvariable('by_seller') THEN i.seller ELSE coalesce(c.customer_unique_id, o.customer_id) END
            || '@' || getvariable('organisation') AS relationship,
        TRY_CAST(o.order_purchase_timestamp AS TIMESTAMPTZ) AS bought,
        -- A promise for a day is kept on that day.
        TRY_CAST(o.order_estimated_delivery_date AS TIMESTAMP)::DATE + INTERVAL 1 DAY AS due,
        o.order_delivered_customer_date AS arrived
    FROM "order" o LEFT JOIN customer c USING (customer_id) LEFT JOIN items i USING (order_id)
    WHERE NOT getvariable('by_seller') OR i.seller IS NOT NULL
), facts AS (
    SELECT 'purchase_made' AS kind, 'bought' AS part, order_id, bought AS moment, 0 AS sequence,
        round(amount, 2) AS amount, CASE WHEN amount IS NOT NULL THEN getvariable('currency') END AS currency
    FROM orders
    UNION ALL BY NAME
    SELECT 'promise_made' AS kind, 'promised' AS part, order_id, bought AS moment, 1 AS sequence,
        'olist-' || order_id AS promise, getvariable('level') AS level, due::TIMESTAMPTZ AS due
    FROM orders WHERE due IS NOT NULL
    UNION ALL BY NAME
    -- What was ordered came: late or not is what the dates say.
    SELECT 'delivery' AS kind, 'delivered' AS part, order_id, TRY_CAST(arrived AS TIMESTAMPTZ) AS moment, 2 AS sequence,
        CASE WHEN due IS NOT NULL THEN 'olist-' || order_id END AS promise,
        CASE WHEN due IS NULL THEN getvariable('level') END AS promised, getvariable('level') AS delivered
    FROM orders WHERE arrived IS NOT NULL
    UNION ALL BY NAME
    SELECT 'feedback_given' AS kind, 'review-' || review_id AS part, order_id, TRY_CAST(review_answer_timestamp AS TIMESTAMPTZ) AS moment,
        3 AS sequence, 'csat' AS instrument, (TRY_CAST(review_score AS DOUBLE) - 1) / 4 AS score
    FROM order_review
)
SELECT f.kind,
    'olist-' || f.order_id || '-' || f.part AS id,
    o.relationship,
    f.moment AS occurred_at,
    f.sequence,
    o.customer AS contact,
    CASE WHEN NOT getvariable('by_seller') THEN o.seller END AS representative,
    f.* EXCLUDE (kind, part, order_id, moment, sequence),
    'olist' AS source
FROM facts f JOIN orders o USING (order_id)
ORDER BY occurred_at, sequence, id
