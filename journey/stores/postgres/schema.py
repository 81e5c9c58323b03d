"""The tables of a journal in PostgreSQL, and what guards them.

STORAGE FORMAT: this schema is what journals hold; `journey_counters` tells its version.
"""

from journey.amendments import MERGES, PEOPLE_FACTS

FORMAT_VERSION = 1
CHANNEL = "touchpoints"
EVENTS = "touchpoints_as_events"
ARE_MERGES = f"kind IN {tuple(MERGES)}"
OTHER = "(payload ->> 'other')"
ARE_ABOUT_PEOPLE = f"kind IN {tuple(PEOPLE_FACTS)}"
PERSON = "(payload ->> 'person')"
SCHEMA = (
    # Two that create at once would both find nothing there. The number is only ever used for this.
    "SELECT pg_advisory_xact_lock(7015208937413)",
    # Names sort by their bytes: as in every store, and whatever the system's library thinks of a language next year.
    """CREATE TABLE IF NOT EXISTS touchpoints (
        position bigint PRIMARY KEY,
        id text COLLATE "C" UNIQUE,
        relationship text COLLATE "C" NOT NULL,
        version bigint NOT NULL,
        occurred_at bigint,
        recorded_at bigint,
        kind text NOT NULL,
        schema_version integer,
        payload json,
        personal text,
        digest bytea,
        state bytea,
        UNIQUE (relationship, version))""",
    f"CREATE INDEX IF NOT EXISTS touchpoints_that_merge ON touchpoints (relationship) WHERE {ARE_MERGES}",
    f"CREATE INDEX IF NOT EXISTS touchpoints_that_merge_others ON touchpoints ({OTHER}) WHERE {ARE_MERGES}",
    f"CREATE INDEX IF NOT EXISTS facts_about_people ON touchpoints ({PERSON}) WHERE {ARE_ABOUT_PEOPLE}",
    f"CREATE INDEX IF NOT EXISTS facts_about_others ON touchpoints ({OTHER}) WHERE {ARE_ABOUT_PEOPLE}",
    """CREATE TABLE IF NOT EXISTS journey_seals (
        number bigint PRIMARY KEY,
        first_position bigint NOT NULL,
        last_position bigint NOT NULL,
        digests bytea NOT NULL,
        root bytea NOT NULL,
        previous bytea NOT NULL,
        digest bytea NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS journey_counters (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        format integer NOT NULL,
        position bigint NOT NULL DEFAULT 0,
        recorded_at bigint NOT NULL DEFAULT 0,
        seal bigint NOT NULL DEFAULT 0)""",
    f"INSERT INTO journey_counters (format) VALUES ({FORMAT_VERSION}) ON CONFLICT DO NOTHING",
    """CREATE OR REPLACE FUNCTION journey_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% are facts: none is ever %', TG_ARGV[0], lower(TG_OP) || 'd' USING ERRCODE = 'restrict_violation';
        END $$""",
    """CREATE OR REPLACE FUNCTION journey_counts_up() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.position < OLD.position OR NEW.recorded_at < OLD.recorded_at OR NEW.seal < OLD.seal OR NEW.format < OLD.format THEN
                RAISE EXCEPTION 'the counters of a journal only go up' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$""",
    *(
        f"""CREATE OR REPLACE TRIGGER {name}_are_never_changed BEFORE {statements} ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION journey_refuses('{name}')"""
        for name, table, statements in (
            ("touchpoints", "touchpoints", "UPDATE OR DELETE OR TRUNCATE"),
            ("seals", "journey_seals", "UPDATE OR DELETE OR TRUNCATE"),
            ("counters", "journey_counters", "DELETE OR TRUNCATE"),
        )
    ),
    """CREATE OR REPLACE TRIGGER counters_only_go_up BEFORE UPDATE ON journey_counters
        FOR EACH ROW EXECUTE FUNCTION journey_counts_up()""",
    # The names under which upstream reads.
    f"""CREATE OR REPLACE VIEW {EVENTS} AS SELECT relationship AS originator_id, version AS originator_version, kind AS topic,
        coalesce(state, convert_to(payload::text, 'UTF8')) AS state, position AS notification_id FROM touchpoints""",
)


GUARDS = ("touchpoints_are_never_changed", "seals_are_never_changed", "counters_are_never_changed", "counters_only_go_up")
GUARDS_ON = """SELECT tgname::text FROM pg_trigger WHERE tgenabled IN ('O', 'A')
    AND tgrelid IN (to_regclass('touchpoints'), to_regclass('journey_seals'), to_regclass('journey_counters'))"""
