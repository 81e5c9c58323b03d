"""A journal in a PostgreSQL database, shared by many processes."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from psycopg.rows import tuple_row
from psycopg_pool import ConnectionPool

from journey.amendments import LOG_FACTS
from journey.errors import DamagedJournal, StoreUnavailable, UnsupportedSchema
from journey.seals import Seal
from journey.stores.keys import Keystore
from journey.stores.limits import Limits
from journey.stores.postgres import bookmarks
from journey.stores.postgres.callers_connections import connections_of
from journey.stores.postgres.connections import OwnConnections
from journey.stores.postgres.datastore import Connections, Datastore
from journey.stores.postgres.keys import PostgresKeystore
from journey.stores.postgres.listening import Listening
from journey.stores.postgres.recorder import COLUMN_NAMES, SEAL_COLUMNS, VERSIONS, PostgresRecorder
from journey.stores.postgres.schema import ARE_ABOUT_PEOPLE, ARE_MERGES, CHANNEL, FORMAT_VERSION, GUARDS, GUARDS_ON, OTHER, PERSON
from journey.stores.postgres.server import Connection, Server
from journey.stores.protocol import Bookmark, Counters, Polling, Summary, Watch
from journey.stores.rows import FIRST_NAME, Receipt, StoredTouchpoint

_NAMING = """position > %s AND strpos(payload::text, %s) > 0
    AND EXISTS (SELECT FROM unnest(ARRAY[payload, payload -> 'fields']) AS told, unnest(%s::text[]) AS field WHERE told ->> field = %s)
    ORDER BY position LIMIT %s"""
"""The text is looked for first, before every payload is taken apart."""
_COLUMNS_THERE = """SELECT current_setting('server_encoding'), array(SELECT attname::text FROM pg_attribute
    WHERE attrelid = to_regclass('touchpoints') AND attnum > 0 AND NOT attisdropped ORDER BY attnum)"""

_NAMES_FROM = """WITH RECURSIVE found(name, count) AS (
        SELECT (SELECT relationship FROM touchpoints WHERE relationship >= start ORDER BY relationship LIMIT 1), 1
        FROM unnest(%s::text[]) AS start
        UNION ALL
        SELECT (SELECT relationship FROM touchpoints WHERE relationship > name ORDER BY relationship LIMIT 1), count + 1
        FROM found WHERE name IS NOT NULL AND count < %s)
    SELECT DISTINCT name FROM found WHERE name IS NOT NULL ORDER BY name"""
"""Each step leaps over all rows of a relationship, by the index."""


class PostgresStore:
    """The `Store` over a `PostgresRecorder`. `place` is `postgresql://…`, or a connection or pool of the caller's, see `Journal.over`.

    `read_only` never creates or changes anything; over what is the caller's, nothing is created either.
    """

    def __init__(self, place: str | Connection | ConnectionPool[Any], *, read_only: bool = False, limits: Limits | None = None) -> None:
        limits = limits or Limits()
        connections, address = (None, place) if isinstance(place, str) else connections_of(place, limits)
        self._server = Server(address, limits)
        self._read_only = read_only
        with self._server.explained():
            is_there = self._is_there_at_all(connections)
            if not is_there and (read_only or connections):
                raise StoreUnavailable(
                    f"`{self._server.shown}` holds no journal", "record or import something first, or name another store"
                )
            self._datastore = Datastore(self._server, connections, read_only=read_only)
            self.recorder = PostgresRecorder(self._datastore)
            if not is_there:
                self._datastore.persistently(self._create)

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        with self._server.explained():
            return self.recorder.append(rows, now, expected_version)

    def select(self, relationship: str, after: int = 0) -> Sequence[StoredTouchpoint]:
        return self._touchpoints("relationship = ANY(%s) AND version > %s ORDER BY version", _askable([relationship]), after)

    def version(self, relationship: str) -> int:
        with self._server.explained():
            return sum(version or 0 for _, version in self.recorder.query(VERSIONS, _askable([relationship])))

    def find(self, ids: Sequence[str]) -> Sequence[StoredTouchpoint]:
        return self._touchpoints("id = ANY(%s)", _askable(ids))

    def read(self, after: int, limit: int) -> Sequence[StoredTouchpoint]:
        return self._touchpoints("position > %s ORDER BY position LIMIT %s", after, limit)

    def merges(self, relationship: str | None = None) -> Sequence[StoredTouchpoint]:
        if relationship is None:
            return self._touchpoints(f"{ARE_MERGES} ORDER BY position")
        names = _askable([relationship])
        return self._touchpoints(f"{ARE_MERGES} AND (relationship = ANY(%s) OR {OTHER} = ANY(%s)) ORDER BY position", names, names)

    def people_facts(self, people: Collection[str]) -> Sequence[StoredTouchpoint]:
        names = _askable(people)
        return self._touchpoints(f"{ARE_ABOUT_PEOPLE} AND ({PERSON} = ANY(%s) OR {OTHER} = ANY(%s)) ORDER BY position", names, names)

    def naming(self, name: str, fields: Collection[str], after: int, limit: int) -> Sequence[StoredTouchpoint]:
        if not _askable([name]):
            return []
        return self._touchpoints(_NAMING, after, json.dumps(name, ensure_ascii=False), [*fields], name, limit)

    def names_from(self, starts: Collection[str], limit: int) -> Sequence[str]:
        with self._server.explained():
            return [name for (name,) in self.recorder.query(_NAMES_FROM, [start or FIRST_NAME for start in _askable(starts)], limit)]

    def relationships(self) -> Iterator[Summary]:
        statement = (
            "SELECT relationship, count(*), min(occurred_at), max(occurred_at) FROM touchpoints "
            "WHERE id IS NOT NULL AND kind <> ALL(%s) GROUP BY 1 ORDER BY 1"
        )
        with self._server.explained():
            return (Summary.of(*row) for row in self.recorder.query(statement, list(LOG_FACTS)))

    def columns(self, after: int, limit: int) -> Sequence[StoredTouchpoint]:
        with self._server.explained():
            return self.recorder.rows("position > %s ORDER BY position LIMIT %s", after, limit)

    def digests(self, after: int, limit: int) -> Mapping[int, bytes]:
        statement = "SELECT position, digest FROM touchpoints WHERE id IS NOT NULL AND position > %s ORDER BY position LIMIT %s"
        with self._server.explained():
            return dict(self.recorder.query(statement, after, limit))

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
            guards = {name for (name,) in self.recorder.query(GUARDS_ON)}
        return [name for name in GUARDS if name not in guards]

    def watch(self) -> Watch:
        return Listening(self._server, CHANNEL) if isinstance(self._datastore.pool, OwnConnections) else Polling()

    def take_bookmark(self, name: str, after: int) -> Bookmark:
        if self._read_only:
            raise StoreUnavailable(
                f"`{self._server.shown}` is open read-only, and cannot keep where `{name}` is", "open it for writing, or give no name"
            )
        with self._server.explained():
            return self._datastore.persistently(lambda connection: bookmarks.take(connection, name, after))

    def move_bookmark(self, bookmark: Bookmark) -> bool:
        with self._server.explained():
            return self._datastore.persistently(lambda connection: bookmarks.move(connection, bookmark))

    def keystore(self) -> Keystore:
        return PostgresKeystore(self._server, self._datastore, read_only=self._read_only)

    def ping(self) -> None:
        with self._server.explained():
            self.recorder.query("SELECT 1")

    def close(self) -> None:
        self._datastore.close()

    def _touchpoints(self, where: str, *values: object) -> list[StoredTouchpoint]:
        with self._server.explained():
            return self.recorder.rows(f"id IS NOT NULL AND {where}", *values)

    def _seals(self, condition: str, *values: object) -> list[Seal]:
        with self._server.explained():
            return [Seal(*row) for row in self.recorder.query(f"SELECT {SEAL_COLUMNS} FROM journey_seals {condition}", *values)]

    def _create(self, connection: Connection) -> None:
        with self._datastore.pool.transaction(connection):
            self.recorder.create(connection.cursor())

    def _is_there_at_all(self, connections: Connections | None) -> bool:
        with self._server.connect() if connections is None else connections.connection() as connection:
            return self._is_there(connection)

    def _is_there(self, connection: Connection) -> bool:
        """Whether the database holds a journal that this journey knows. Raises what `open_store` does."""
        shown = self._server.shown
        cursor = connection.cursor(row_factory=tuple_row)
        encoding, columns = cursor.execute(_COLUMNS_THERE).fetchall()[0]
        if encoding != "UTF8":
            raise StoreUnavailable(f"the database of `{shown}` holds {encoding}, not every text", "create one with the encoding UTF8")
        if not columns:
            return False
        if tuple(columns) != COLUMN_NAMES:
            raise DamagedJournal(f"the table `touchpoints` in `{shown}` is not a journal's", "name another database or schema")
        ((format,),) = cursor.execute("SELECT format FROM journey_counters").fetchall() or [(0,)]
        if format > FORMAT_VERSION:
            raise UnsupportedSchema(f"`{shown}` has journal format {format}; this journey knows {FORMAT_VERSION}", "upgrade journey")
        if not format:
            raise DamagedJournal(f"the table `journey_counters` in `{shown}` is empty", "restore the journal from a backup")
        return True


def _askable(texts: Iterable[str]) -> list[str]:
    """Those that PostgreSQL can hold, and so be asked for."""
    return [text for text in texts if "\0" not in text and text == text.encode("utf-8", "ignore").decode()]
