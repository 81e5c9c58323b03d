-- Two roles with the least rights that work: `journey_writer` appends, `journey_reader` reads. Neither can change or remove anything
-- of the journal; `journey_writer` can destroy keys, as forgetting does. Take the keys from whoever needs no texts about people.
--
-- Run it in the journal's database and schema, as the owner of the journal, once the journal is there. Again is harmless.
--
--     psql "$URL" -v ON_ERROR_STOP=1 -f roles.sql
--     psql "$URL" -c 'GRANT journey_writer TO the_service'

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'journey_reader') THEN
        CREATE ROLE journey_reader NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'journey_writer') THEN
        CREATE ROLE journey_writer NOLOGIN;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO journey_reader, journey_writer', current_schema());
END
$$;

REVOKE ALL ON touchpoints, journey_seals, journey_counters, touchpoints_as_events FROM PUBLIC, journey_reader, journey_writer;
GRANT SELECT ON touchpoints, journey_seals, journey_counters, touchpoints_as_events TO journey_reader, journey_writer;
GRANT INSERT ON touchpoints, journey_seals TO journey_writer;
-- Locking the counters needs the right to update them; a trigger lets them only go up.
GRANT UPDATE (position, recorded_at, seal) ON journey_counters TO journey_writer;

-- Where named subscriptions are: no facts. Made here, since neither role may create a table.
CREATE TABLE IF NOT EXISTS journey_subscriptions (
    name text COLLATE "C" PRIMARY KEY, position bigint NOT NULL, turn bigint NOT NULL);
REVOKE ALL ON journey_subscriptions FROM PUBLIC, journey_reader, journey_writer;
GRANT SELECT ON journey_subscriptions TO journey_reader, journey_writer;
GRANT INSERT, UPDATE, DELETE ON journey_subscriptions TO journey_writer;

-- The keys to texts about people, beside the journal; made here, since neither role may create a schema.
DO $$
DECLARE
    beside text := current_schema() || '_keys';
BEGIN
    EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', beside);
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS %I.keys (id text COLLATE "C" PRIMARY KEY, owner text COLLATE "C" NOT NULL, '
        'number bigint NOT NULL, secret bytea NOT NULL, UNIQUE (owner, number))', beside);
    EXECUTE format('REVOKE ALL ON %I.keys FROM PUBLIC, journey_reader, journey_writer', beside);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO journey_reader, journey_writer', beside);
    EXECUTE format('GRANT SELECT ON %I.keys TO journey_reader, journey_writer', beside);
    EXECUTE format('GRANT INSERT, DELETE ON %I.keys TO journey_writer', beside);
END
$$;
