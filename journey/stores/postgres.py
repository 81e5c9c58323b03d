"""A journal in a PostgreSQL database, shared by many processes.

STORAGE FORMAT: the schema below is what journals hold; `journey_counters` tells its version.

INVARIANT (one order): positions have no gaps and become visible in their order. A writer locks the one row of
`journey_counters`, by a statement of its own, before it looks anything up, and holds it until it has committed. PostgreSQL
lets go of a transaction's locks only after its rows are visible, and under READ COMMITTED each statement sees what was
committed before it began; so the next writer sees all earlier rows, and a reader that sees a position sees every smaller one.
A sequence gives no such order: its numbers become visible in the order of commits.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import fields
from typing import Any

import psycopg
from eventsourcing.persistence import ApplicationRecorder, StoredEvent, Subscription
from eventsourcing.postgres import PostgresApplicationRecorder
from psycopg.rows import tuple_row

from journey.amendments import LOG_FACTS, MERGES, PEOPLE_FACTS
from journey.errors import DamagedJournal, StoreUnavailable, UnsupportedSchema
from journey.seals import Seal
from journey.stores import Counters, Summary, Watch
from journey.stores.keys import Keystore
from journey.stores.postgres_keys import PostgresKeystore
from journey.stores.postgres_server import Connection, Datastore, Listening, Server
from journey.stores.rows import COLUMNS, Receipt, StoredTouchpoint, plan, row_of
from journey.stores.subscriptions import WatchingSubscription

FORMAT_VERSION = 1
CHANNEL = "touchpoints"
_EVENTS = "touchpoints_as_events"
_COLUMN_NAMES = (*COLUMNS, "state")
_COLUMNS = ", ".join("payload::text" if name == "payload" else name for name in COLUMNS)
_SEAL_COLUMNS = ", ".join(field.name for field in fields(Seal))
_MERGES = f"kind IN {tuple(MERGES)}"
_OTHER = "(payload ->> 'other')"
_PEOPLE_FACTS = f"kind IN {tuple(PEOPLE_FACTS)}"
_PERSON = "(payload ->> 'person')"
_NAMING = """position > %s AND strpos(payload::text, %s) > 0
    AND EXISTS (SELECT FROM unnest(ARRAY[payload, payload -> 'fields']) AS told, unnest(%s::text[]) AS field WHERE told ->> field = %s)
    ORDER BY position LIMIT %s"""
"""The text is looked for first, before every payload is taken apart."""
SCHEMA = (
    # Two that create at once would both find nothing there. The number is only ever used for this.
    "SELECT pg_advisory_xact_lock(7015208937413)",
    # Names sort by their bytes: as in every store, and whatever the system's library thinks of a language next year.
    """CREATE TABLE IF NOT EXISTS touchpoints (
        position bigint PRIMARY KEY,
        id text COLLATE "C" UNIQUE,
        relationship {relationship} NOT NULL,
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
    f"CREATE INDEX IF NOT EXISTS touchpoints_that_merge ON touchpoints (relationship) WHERE {_MERGES}",
    f"CREATE INDEX IF NOT EXISTS touchpoints_that_merge_others ON touchpoints ({_OTHER}) WHERE {_MERGES}",
    f"CREATE INDEX IF NOT EXISTS facts_about_people ON touchpoints ({_PERSON}) WHERE {_PEOPLE_FACTS}",
    f"CREATE INDEX IF NOT EXISTS facts_about_others ON touchpoints ({_OTHER}) WHERE {_PEOPLE_FACTS}",
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
    f"""CREATE OR REPLACE VIEW {_EVENTS} AS SELECT relationship AS originator_id, version AS originator_version, kind AS topic,
        coalesce(state, convert_to(payload::text, 'UTF8')) AS state, position AS notification_id FROM touchpoints""",
)
_GUARDS = ("touchpoints_are_never_changed", "seals_are_never_changed", "counters_are_never_changed", "counters_only_go_up")
_GUARDS_ON = """SELECT tgname::text FROM pg_trigger WHERE tgenabled IN ('O', 'A')
    AND tgrelid IN (to_regclass('touchpoints'), to_regclass('journey_seals'), to_regclass('journey_counters'))"""
_LOCK = "SELECT position, recorded_at, seal FROM journey_counters FOR UPDATE"
_PRESENT = f"SELECT {_COLUMNS} FROM touchpoints WHERE id = ANY(%s)"
_VERSIONS = (
    "SELECT name, (SELECT version FROM touchpoints WHERE relationship = name ORDER BY version DESC LIMIT 1) FROM unnest(%s::text[]) AS name"
)
_SMALL_BYTES = 16_000
"""More than this is not sent without listening for answers: with both buffers full, each side would wait for the other."""


class PostgresRecorder(PostgresApplicationRecorder):
    """Upstream's recorder over the table `touchpoints`, taking touchpoints once each."""

    datastore: Datastore

    def __init__(self, datastore: Datastore, **options: Any) -> None:
        super().__init__(datastore, **{**options, "events_table_name": _EVENTS})
        self.channel_name = CHANNEL
        self.sql_create_statements = []

    def create(self, cursor: psycopg.Cursor[Any]) -> None:
        """Create what is missing of the tables, in the cursor's transaction."""
        relationship = 'text COLLATE "C"' if self.datastore.originator_id_type == "text" else "uuid"
        for statement in SCHEMA:
            cursor.execute(statement.replace("{relationship}", relationship).encode())

    def _create_table(self, curs: psycopg.Cursor[Any]) -> None:
        self.create(curs)
        super()._create_table(curs)

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        """Append all rows or none, once each; see `rows.plan`. Sending it again after a lost connection is harmless."""
        ids, relationships = [row.id for row in rows], sorted({row.relationship for row in rows})
        is_small = sum(200 + 4 * len(row.id + row.relationship + (row.personal or "")) + len(row.payload) for row in rows) <= _SMALL_BYTES

        def work(connection: Connection) -> Sequence[Receipt]:
            with _transaction(connection, is_small=is_small):
                lock = _execute(connection, _LOCK)
                present, versions = _execute(connection, _PRESENT, ids), _execute(connection, _VERSIONS, relationships)
                position, recorded_at, _ = lock.fetchall()[0]
                planned = plan(
                    rows,
                    present={row[1]: StoredTouchpoint(*row) for row in present.fetchall()},
                    versions={name: version or 0 for name, version in versions.fetchall()},
                    last_position=position,
                    last_recorded_at=recorded_at,
                    now=now,
                    expected_version=expected_version,
                )
                if planned.rows:
                    last = planned.rows[-1]
                    _insert(connection, "touchpoints", COLUMNS, planned.rows, is_small=is_small)
                    self._give_out(connection, last.position, last.recorded_at or 0)
                return planned.receipts

        return self.datastore.persistently(work)

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """As upstream, with positions that have no gaps; such rows are no touchpoints, and their columns stay empty."""
        with self.datastore.get_connection() as connection, _transaction(connection, is_small=False):
            ((position, recorded_at, _),) = _execute(connection, _LOCK).fetchall()
            self._insert_events(connection.cursor(), stored_events, **kwargs)
            positions = range(position + 1, position + 1 + len(stored_events))
            rows = [
                (position, event.originator_id, event.originator_version, event.topic, bytes(event.state))
                for position, event in zip(positions, stored_events, strict=True)
            ]
            _insert(connection, "touchpoints", ("position", "relationship", "version", "kind", "state"), rows, is_small=False)
            self._give_out(connection, position + len(rows), recorded_at)
        return list(positions) or None

    def _give_out(self, connection: Connection, position: int, recorded_at: int) -> None:
        _execute(connection, "UPDATE journey_counters SET position = %s, recorded_at = %s", position, recorded_at)
        _execute(connection, f"NOTIFY {CHANNEL}")

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """As upstream, listening on a connection outside the pool."""
        return WatchingSubscription(self, Listening(self.datastore.server, CHANNEL), gt, topics)

    def rows(self, where: str, *values: object) -> list[StoredTouchpoint]:
        """The rows that a condition selects."""
        return list(map(row_of, self.query(f"SELECT {_COLUMNS} FROM touchpoints WHERE {where}", *values)))

    def query(self, statement: str, *values: object) -> list[Any]:
        """The rows of any other question."""
        return self.datastore.persistently(lambda connection: _execute(connection, statement, *values).fetchall())

    def seal(self, *seals: Seal) -> bool:
        """Keep seals, unless the first's number is taken."""

        def work(connection: Connection) -> bool:
            with _transaction(connection, is_small=False):
                ((_, _, last),) = _execute(connection, _LOCK).fetchall()
                if last + 1 != seals[0].number:
                    return False
                _insert(
                    connection, "journey_seals", _SEAL_COLUMNS.split(", "), [tuple(vars(seal).values()) for seal in seals], is_small=False
                )
                _execute(connection, "UPDATE journey_counters SET seal = %s", seals[-1].number)
                return True

        return self.datastore.persistently(work)


class PostgresStore:
    """The `Store` over a `PostgresRecorder`. `url` is `postgresql://…`; `read_only` never creates or changes anything."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self._server = Server(url)
        self._read_only = read_only
        with self._server.explained():
            is_there = self._is_there()
            if read_only and not is_there:
                raise StoreUnavailable(
                    f"`{self._server.shown}` holds no journal", "record or import something first, or name another store"
                )
            self._datastore = Datastore(self._server, read_only=read_only)
            self.recorder = PostgresRecorder(self._datastore)
            if not is_there:
                self._datastore.persistently(self._create)

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        with self._server.explained():
            return self.recorder.append(rows, now, expected_version)

    def select(self, relationship: str) -> Sequence[StoredTouchpoint]:
        return self._touchpoints("relationship = ANY(%s) ORDER BY version", _askable([relationship]))

    def version(self, relationship: str) -> int:
        with self._server.explained():
            return sum(version or 0 for _, version in self.recorder.query(_VERSIONS, _askable([relationship])))

    def find(self, ids: Sequence[str]) -> Sequence[StoredTouchpoint]:
        return self._touchpoints("id = ANY(%s)", _askable(ids))

    def read(self, after: int, limit: int) -> Sequence[StoredTouchpoint]:
        return self._touchpoints("position > %s ORDER BY position LIMIT %s", after, limit)

    def merges(self, relationship: str | None = None) -> Sequence[StoredTouchpoint]:
        if relationship is None:
            return self._touchpoints(f"{_MERGES} ORDER BY position")
        names = _askable([relationship])
        return self._touchpoints(f"{_MERGES} AND (relationship = ANY(%s) OR {_OTHER} = ANY(%s)) ORDER BY position", names, names)

    def people_facts(self, people: Collection[str]) -> Sequence[StoredTouchpoint]:
        names = _askable(people)
        return self._touchpoints(f"{_PEOPLE_FACTS} AND ({_PERSON} = ANY(%s) OR {_OTHER} = ANY(%s)) ORDER BY position", names, names)

    def naming(self, name: str, fields: Collection[str], after: int, limit: int) -> Sequence[StoredTouchpoint]:
        if not _askable([name]):
            return []
        return self._touchpoints(_NAMING, after, json.dumps(name, ensure_ascii=False), [*fields], name, limit)

    def relationships(self) -> Iterator[Summary]:
        statement = (
            "SELECT relationship, count(*), min(occurred_at), max(occurred_at) FROM touchpoints "
            "WHERE id IS NOT NULL AND kind <> ALL(%s) GROUP BY 1 ORDER BY 1"
        )
        with self._server.explained():
            return (Summary(*row) for row in self.recorder.query(statement, list(LOG_FACTS)))

    def columns(self, after: int, limit: int) -> Sequence[StoredTouchpoint]:
        with self._server.explained():
            return self.recorder.rows("position > %s ORDER BY position LIMIT %s", after, limit)

    def digests(self, after: int, limit: int) -> Mapping[int, bytes]:
        found = "SELECT position, digest FROM touchpoints WHERE id IS NOT NULL AND position > %s ORDER BY position LIMIT %s"
        with self._server.explained():
            return dict(self.recorder.query(found, after, limit))

    def counters(self) -> Counters:
        with self._server.explained():
            return Counters(*self.recorder.query("SELECT position, seal FROM journey_counters")[0])

    def seals(self, after: int, limit: int) -> Sequence[Seal]:
        return self._seals("WHERE number > %s ORDER BY number LIMIT %s", after, limit)

    def last_seal(self) -> Seal | None:
        return next(iter(self._seals("ORDER BY number DESC LIMIT 1")), None)

    def seal(self, *seals: Seal) -> bool:
        with self._server.explained():
            return self.recorder.seal(*seals)

    def missing_guards(self) -> Sequence[str]:
        with self._server.explained():
            found = {name for (name,) in self.recorder.query(_GUARDS_ON)}
        return [name for name in _GUARDS if name not in found]

    def watch(self) -> Watch:
        return Listening(self._server, CHANNEL)

    def keystore(self) -> Keystore:
        return PostgresKeystore(self._server, self._datastore, read_only=self._read_only)

    def close(self) -> None:
        self._datastore.close()

    def _touchpoints(self, where: str, *values: object) -> list[StoredTouchpoint]:
        with self._server.explained():
            return self.recorder.rows(f"id IS NOT NULL AND {where}", *values)

    def _seals(self, condition: str, *values: object) -> list[Seal]:
        with self._server.explained():
            return [Seal(*row) for row in self.recorder.query(f"SELECT {_SEAL_COLUMNS} FROM journey_seals {condition}", *values)]

    def _create(self, connection: Connection) -> None:
        with connection.transaction():
            self.recorder.create(connection.cursor())

    def _is_there(self) -> bool:
        """Whether the database holds a journal that this journey knows. Raises what `open_store` does."""
        shown = self._server.shown
        with self._server.connect() as connection:
            encoding, columns = connection.execute(
                "SELECT current_setting('server_encoding'), array(SELECT attname::text FROM pg_attribute "
                "WHERE attrelid = to_regclass('touchpoints') AND attnum > 0 AND NOT attisdropped ORDER BY attnum)"
            ).fetchall()[0]
            if encoding != "UTF8":
                raise StoreUnavailable(f"the database of `{shown}` holds {encoding}, not every text", "create one with the encoding UTF8")
            if not columns:
                return False
            if tuple(columns) != _COLUMN_NAMES:
                raise DamagedJournal(f"the table `touchpoints` in `{shown}` is not a journal's", "name another database or schema")
            ((format,),) = connection.execute("SELECT format FROM journey_counters").fetchall() or [(0,)]
        if format > FORMAT_VERSION:
            raise UnsupportedSchema(f"`{shown}` has journal format {format}; this journey knows {FORMAT_VERSION}", "upgrade journey")
        if not format:
            raise DamagedJournal(f"the table `journey_counters` in `{shown}` is empty", "restore the journal from a backup")
        return True


@contextmanager
def _transaction(connection: Connection, *, is_small: bool) -> Iterator[None]:
    """One transaction; a small one sends its statements without waiting for each answer."""
    mode: AbstractContextManager[object] = connection.pipeline() if is_small else nullcontext()
    try:
        with mode:
            _execute(connection, "BEGIN")
            yield
            _execute(connection, "COMMIT")
    except BaseException:
        if not connection.closed:
            connection.rollback()
        raise


def _execute(connection: Connection, statement: str, *values: object) -> psycopg.Cursor[tuple[Any, ...]]:
    cursor = connection.cursor(row_factory=tuple_row, binary=True)
    return cursor.execute(statement.encode(), values or None)


def _insert(connection: Connection, table: str, names: Sequence[str], rows: Sequence[Sequence[object]], *, is_small: bool) -> None:
    columns = f"{table} ({', '.join(names)})"
    if is_small:
        for row in rows:
            _execute(connection, f"INSERT INTO {columns} VALUES ({', '.join(['%s'] * len(names))})", *row)
    else:
        with connection.cursor().copy(f"COPY {columns} FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)


def _askable(texts: Iterable[str]) -> list[str]:
    """Those that PostgreSQL can hold, and so be asked for."""
    return [text for text in texts if "\0" not in text and text == text.encode("utf-8", "ignore").decode()]
