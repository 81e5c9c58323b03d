-- Mails of a support mailbox as touchpoints: who waits for an answer, and when it came. README.md says what each line assumes.
SET VARIABLE ours = NULL;  -- our domains or addresses, parted by commas: example.com, help@example.org
SET VARIABLE organisation = 'mailbox';  -- who the relationship is with: it is named CUSTOMER@ORGANISATION
SET VARIABLE plain_addresses = false;  -- whether people are named by their addresses, not by a code made of these
SET VARIABLE salt = '';  -- a secret text, so that nobody can try which address makes a code
SET VARIABLE thanks = '^\W*(ok(ay)?|thanks?|thank you|thx|cheers|grazie|danke|merci|gracias)\b';  -- how a mail begins that only thanks
SET VARIABLE thanks_length = 120;  -- a mail that begins so and is no longer than this waits for no answer

WITH wanted AS (
    SELECT regexp_split_to_array(lower(getvariable('ours')), '[\s,;]+') AS ours
), mails AS (
    SELECT rowid AS row, id, thread, body,
        regexp_extract(lower("from"), '[^\s<>,;"]+@[^\s<>,;"]+') AS sender,
        regexp_extract_all(lower("to"), '[^\s<>,;"]+@[^\s<>,;"]+') AS recipients,
        coalesce(
            TRY_CAST(date AS TIMESTAMPTZ),
            try_strptime(regexp_replace(date, '\s*\(.*\)$', ''), ['%a, %d %b %Y %H:%M:%S %z', '%d %b %Y %H:%M:%S %z'])
        ) AS moment
    FROM source
), sided AS (
    SELECT m.*, list_contains(ours, sender) OR list_contains(ours, split_part(sender, '@', 2)) AS is_ours,
        list_filter(recipients, lambda one: NOT (list_contains(ours, one) OR list_contains(ours, split_part(one, '@', 2))))[1] AS outside
    FROM mails m CROSS JOIN wanted
), whose AS (
    SELECT *, CASE WHEN is_ours THEN outside ELSE sender END AS customer FROM sided
), turns AS (
    SELECT *,
        lag(is_ours) OVER (PARTITION BY thread, customer ORDER BY moment, row) AS was_ours,
        NOT is_ours AND regexp_matches(lower(coalesce(body, '')), getvariable('thanks')) AND length(body) <= getvariable('thanks_length')
            AS is_thanks
    FROM whose WHERE customer IS NOT NULL
), named AS (
    SELECT *,
        CASE WHEN getvariable('plain_addresses') THEN customer ELSE left(sha256(getvariable('salt') || customer), 16) END AS who,
        CASE WHEN getvariable('plain_addresses') THEN sender ELSE left(sha256(getvariable('salt') || sender), 16) END AS author
    FROM turns
)
SELECT
    CASE WHEN is_ours THEN 'interaction' ELSE 'request_made' END AS kind,
    'mail-' || coalesce(id, left(sha256(thread || '/' || sender || '/' || epoch_us(moment)), 20)) AS id,
    who || '@' || getvariable('organisation') AS relationship,
    moment AS occurred_at,
    CASE WHEN is_ours THEN 1 ELSE 0 END AS sequence,
    'mail-' || thread AS episode,
    who AS contact,
    'e-mail' AS channel,
    CASE WHEN is_ours THEN author END AS representative,
    'mailbox' AS source
FROM named
-- Who writes twice waits once, and who only says thanks does not wait.
WHERE is_ours OR (NOT is_thanks AND was_ours IS NOT FALSE)
