"""A journal in one SQLite file, whose tables `sqlite_schema` tells.

Positions come from AUTOINCREMENT, so that no position is ever used twice, and every append is one BEGIN IMMEDIATE
transaction, so that positions are given out in the order in which they become visible.
"""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from eventsourcing.persistence import ApplicationRecorder, ConnectionPoolClosedError, PersistenceError, Subscription
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteCursor, SQLiteDatastore

from journey.amendments import LOG_FACTS
from journey.errors import DamagedJournal, StoreUnavailable, UnsupportedSchema
from journey.seals import Seal
from journey.stores import Counters, Polling, Summary, Watch
from journey.stores.keys import Keystore
from journey.stores.rows import COLUMNS, Receipt, StoredTouchpoint, plan, row_of
from journey.stores.sqlite_file import Datastore
from journey.stores.sqlite_keys import SQLiteKeystore
from journey.stores.sqlite_schema import ARE_ABOUT_PEOPLE, ARE_MERGES, FORMAT_VERSION, GUARD_NAMES, MIGRATIONS, OTHER, PERSON, SCHEMA
from journey.stores.subscriptions import WatchingSubscription

_COLUMNS = ", ".join(COLUMNS)
_MERGING = f"touchpoints INDEXED BY touchpoints_that_merge WHERE {ARE_MERGES}"
_MERGING_OTHERS = f"touchpoints INDEXED BY touchpoints_that_merge_others WHERE {ARE_MERGES}"
_NAMED = "(SELECT value FROM json_each(?))"
_OF_PEOPLE = " UNION ".join(
    f"SELECT position FROM touchpoints INDEXED BY {index} WHERE {ARE_ABOUT_PEOPLE} AND {name} IN {_NAMED}"
    for index, name in (("facts_about_people", PERSON), ("facts_about_others", OTHER))
)
_NAMING = f"""position > ? AND instr(payload, ?)
    AND EXISTS (SELECT 1 FROM json_tree(payload) WHERE atom = ? AND key IN {_NAMED}) ORDER BY position LIMIT ?"""
"""The text is looked for first: to take every payload apart would take ten times as long."""
_EVENTS = """(SELECT position AS rowid, relationship AS originator_id, version AS originator_version, kind AS topic,
    CAST(payload AS BLOB) AS state FROM touchpoints)"""
"""The table as upstream's reading methods name it."""
_LAST = """SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'touchpoints'),
    (SELECT recorded_at FROM touchpoints WHERE id IS NOT NULL ORDER BY position DESC LIMIT 1)"""
_LAST_AND_ONE = f"""{_LAST},
    EXISTS (SELECT 1 FROM touchpoints WHERE id = ?), (SELECT MAX(version) FROM touchpoints WHERE relationship = ?)"""
_ROWS_AT_ONCE = (2_500, 250)
"""So many rows one statement inserts: other threads run meanwhile, and a row costs a fifth less than in one of its own."""
_ROW = f"({','.join('?' * len(COLUMNS))})"
_INSERT = f"INSERT INTO touchpoints ({_COLUMNS}) VALUES {_ROW}"
_PRESENT = f"SELECT {_COLUMNS} FROM touchpoints WHERE id IN (SELECT value FROM json_each(?))"
_VERSIONS = "SELECT value, (SELECT MAX(version) FROM touchpoints WHERE relationship = value) FROM json_each(?)"
_DIGESTS = """SELECT group_concat(position || ':' || hex(digest), ' ') FROM
    (SELECT position, digest FROM touchpoints WHERE id IS NOT NULL AND position > ? ORDER BY position LIMIT ?)"""
_SEAL_COLUMNS = ", ".join(field.name for field in fields(Seal))
_UNDECODABLE = "Could not decode"
"""What Python says of a text that is no UTF-8."""
_DAMAGE = ("malformed", "not a database", "no such table", "no such column", _UNDECODABLE)
_SQLITE_MAGIC = b"SQLite format 3\x00"


class SQLiteRecorder(SQLiteApplicationRecorder):
    """Upstream's recorder over the table `touchpoints`, taking touchpoints once each."""

    def __init__(self, datastore: SQLiteDatastore, **_: Any) -> None:
        super().__init__(datastore, events_table_name=_EVENTS)
        self.insert_events_statement = "INSERT INTO touchpoints (relationship, version, kind, payload) VALUES (?, ?, ?, ?)"

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """As upstream on the stores where it can."""
        return WatchingSubscription(self, Polling(), gt, topics)

    def construct_create_table_statements(self) -> list[str]:
        return list(SCHEMA)

    def create_table(self) -> None:
        """Create the tables, or bring those of an older format up to date; all or nothing, whoever else tries too."""
        with self.datastore.transaction(commit=True) as cursor:
            is_new = not self._one(cursor, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'journey_format'")
            format = FORMAT_VERSION if is_new else self._one(cursor, "SELECT MAX(version) FROM journey_format")
            for version in range(format, FORMAT_VERSION):
                MIGRATIONS[version](cursor)
            self._create_table(cursor)

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        """Append all rows or none, once each; see `rows.plan`."""
        with self.datastore.transaction(commit=True) as cursor:
            last_position, last_recorded_at, present, versions = self._known(cursor, rows)
            planned = plan(
                rows,
                present=present,
                versions=versions,
                last_position=last_position or 0,
                last_recorded_at=last_recorded_at or 0,
                now=now,
                expected_version=expected_version,
            )
            _insert(cursor, planned.rows)
            return planned.receipts

    def _known(
        self, cursor: SQLiteCursor, rows: Sequence[StoredTouchpoint]
    ) -> tuple[int | None, int | None, dict[str, StoredTouchpoint], dict[str, int]]:
        """What an append must know: the last position and record time, which rows are there, the versions of their relationships."""
        if len(rows) == 1:
            # One question instead of three, since a single append waits for each.
            id, relationship = rows[0].id, rows[0].relationship
            cursor.execute(_LAST_AND_ONE, (id, relationship))
            ((last_position, last_recorded_at, is_there, version),) = cursor.fetchall()
            return last_position, last_recorded_at, self._present(cursor, [id]) if is_there else {}, {relationship: version or 0}
        cursor.execute(_LAST)
        ((last_position, last_recorded_at),) = cursor.fetchall()
        present = self._present(cursor, [row.id for row in rows])
        return last_position, last_recorded_at, present, self.versions(cursor, {row.relationship for row in rows})

    def touchpoints(self, where: str, *values: object) -> list[StoredTouchpoint]:
        """The stored touchpoints that a condition selects, by position."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.sqlite_cursor.row_factory = None
            cursor.execute(f"SELECT {_COLUMNS} FROM touchpoints WHERE id IS NOT NULL AND {where}", values)
            return list(map(row_of, cursor.sqlite_cursor))

    def columns(self, after: int, limit: int) -> list[StoredTouchpoint]:
        """The rows behind a position as they are, by position."""

        def rows(cursor: SQLiteCursor) -> list[StoredTouchpoint]:
            cursor.execute(f"SELECT {_COLUMNS} FROM touchpoints WHERE position > ? ORDER BY position LIMIT ?", (after, limit))
            return list(map(row_of, cursor.fetchall()))

        with self.datastore.transaction(commit=False) as cursor:
            try:
                return rows(cursor)
            except sqlite3.OperationalError as error:
                if _UNDECODABLE not in str(error):
                    raise
            connection = cursor.sqlite_cursor.connection
            connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
            try:
                return rows(cursor)
            finally:
                connection.text_factory = str

    def digests(self, after: int, limit: int) -> dict[int, bytes]:
        """The digests of the touchpoints behind a position, by position.

        They come as one text: Python lets other threads go first at each row that it fetches, and would wait for them a thousand times.
        """
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(_DIGESTS, (after, limit))
            ((text,),) = cursor.fetchall()
            pairs = [pair.split(":") for pair in (text or "").split()]
            return {position: bytes.fromhex(digest) for position, digest in sorted((int(place), digest) for place, digest in pairs)}

    def counters(self) -> Counters:
        """What AUTOINCREMENT gave out until now."""
        with self.datastore.transaction(commit=False) as cursor:
            # The column has no type: whatever is no number counts as 0.
            cursor.execute("SELECT name, CAST(seq AS INTEGER) FROM sqlite_sequence WHERE name IN ('touchpoints', 'journey_seals')")
            given = dict(cursor.fetchall())
            return Counters(given.get("touchpoints") or 0, given.get("journey_seals") or 0)

    def missing_guards(self) -> list[str]:
        """The triggers of the schema that are not there."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
            found = {row["name"] for row in cursor.fetchall()}
            return [name for name in GUARD_NAMES if name not in found]

    def seals(self, condition: str, *values: object) -> list[Seal]:
        """The seals that a condition selects."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(f"SELECT {_SEAL_COLUMNS} FROM journey_seals {condition}", values)
            return [Seal(*row) for row in cursor.fetchall()]

    def seal(self, *seals: Seal) -> bool:
        """Keep seals, unless the first's number is taken."""
        with self.datastore.transaction(commit=True) as cursor:
            if self._one(cursor, "SELECT seq FROM sqlite_sequence WHERE name = 'journey_seals'") + 1 != seals[0].number:
                return False
            values = [tuple(vars(seal).values()) for seal in seals]
            cursor.executemany(f"INSERT INTO journey_seals ({_SEAL_COLUMNS}) VALUES (?,?,?,?,?,?,?)", values)
            return True

    def found(self, ids: Sequence[str]) -> list[StoredTouchpoint]:
        """The stored touchpoints with these ids."""
        with self.datastore.transaction(commit=False) as cursor:
            return list(self._present(cursor, ids).values())

    def summaries(self) -> list[Summary]:
        """Every relationship, by name."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT relationship, COUNT(*), MIN(occurred_at), MAX(occurred_at) FROM touchpoints "
                f"WHERE id IS NOT NULL AND kind NOT IN ({','.join('?' * len(LOG_FACTS))}) GROUP BY relationship ORDER BY relationship",
                tuple(LOG_FACTS),
            )
            return [Summary(*row) for row in cursor.fetchall()]

    def _present(self, cursor: SQLiteCursor, ids: Sequence[str]) -> dict[str, StoredTouchpoint]:
        cursor.execute(_PRESENT, (json.dumps(ids),))
        return {row["id"]: StoredTouchpoint(*row) for row in cursor.fetchall()}

    def versions(self, cursor: SQLiteCursor, relationships: Collection[str]) -> dict[str, int]:
        """The last version of each relationship, 0 where there is none."""
        cursor.execute(_VERSIONS, (json.dumps([*relationships]),))
        return {name: version or 0 for name, version in cursor.fetchall()}

    @staticmethod
    def _one(cursor: SQLiteCursor, statement: str, *values: object) -> int:
        cursor.execute(statement, values)
        row = cursor.fetchone()
        return int(row[0]) if row is not None and row[0] is not None else 0


def _insert(cursor: SQLiteCursor, rows: Sequence[StoredTouchpoint]) -> None:
    # SQLite before 3.32 takes fewer values than these in one statement.
    most = cursor.sqlite_cursor.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // len(COLUMNS)
    done = 0
    for count in _ROWS_AT_ONCE:
        while count <= min(most, len(rows) - done):
            cursor.execute(_inserting(count), tuple(chain.from_iterable(rows[done : done + count])))
            done += count
    cursor.executemany(_INSERT, rows[done:])


@lru_cache
def _inserting(count: int) -> str:
    """The statement that inserts so many rows."""
    return _INSERT + f",{_ROW}" * (count - 1)


class SQLiteStore:
    """The `Store` over a `SQLiteRecorder`. `path` is the file; `read_only` never creates or changes it."""

    def __init__(self, path: str, *, read_only: bool = False) -> None:
        self.path = Path(path)
        self._read_only = read_only
        self._check(read_only=read_only)
        with self._explained():
            self._datastore = Datastore(self.path, read_only=read_only)
            self.recorder = SQLiteRecorder(self._datastore)
            self.format = self._known_format(read_only=read_only)
            if not read_only:
                self.recorder.create_table()
                self.format = FORMAT_VERSION

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        with self._explained():
            return self.recorder.append(rows, now, expected_version)

    def select(self, relationship: str) -> Sequence[StoredTouchpoint]:
        with self._explained():
            return self.recorder.touchpoints("relationship = ? ORDER BY version", relationship) if _is_askable(relationship) else []

    def version(self, relationship: str) -> int:
        with self._explained(), self._datastore.transaction(commit=False) as cursor:
            return self.recorder.versions(cursor, [relationship])[relationship] if _is_askable(relationship) else 0

    def find(self, ids: Sequence[str]) -> Sequence[StoredTouchpoint]:
        with self._explained():
            return self.recorder.found([*filter(_is_askable, ids)])

    def read(self, after: int, limit: int) -> Sequence[StoredTouchpoint]:
        with self._explained():
            return self.recorder.touchpoints("position > ? ORDER BY position LIMIT ?", after, limit)

    def merges(self, relationship: str | None = None) -> Sequence[StoredTouchpoint]:
        if self.format < 2:
            return []  # there were none then, nor the indexes
        with self._explained():
            if relationship is None:
                return self.recorder.touchpoints(f"position IN (SELECT position FROM {_MERGING}) ORDER BY position")
            if not _is_askable(relationship):
                return []
            # Each side by its own index: left to itself, SQLite would go through every touchpoint.
            named = f"SELECT position FROM {_MERGING} AND relationship = ? UNION SELECT position FROM {_MERGING_OTHERS} AND {OTHER} = ?"
            return self.recorder.touchpoints(f"position IN ({named}) ORDER BY position", relationship, relationship)

    def people_facts(self, people: Collection[str]) -> Sequence[StoredTouchpoint]:
        if self.format < 2:
            return []  # as for merges
        named = json.dumps([*filter(_is_askable, people)])
        with self._explained():
            return self.recorder.touchpoints(f"position IN ({_OF_PEOPLE}) ORDER BY position", named, named)

    def naming(self, name: str, fields: Collection[str], after: int, limit: int) -> Sequence[StoredTouchpoint]:
        if not _is_askable(name):
            return []
        with self._explained():
            return self.recorder.touchpoints(_NAMING, after, json.dumps(name, ensure_ascii=False), name, json.dumps([*fields]), limit)

    def relationships(self) -> Iterator[Summary]:
        with self._explained():
            return iter(self.recorder.summaries())

    def columns(self, after: int, limit: int) -> Sequence[StoredTouchpoint]:
        with self._explained():
            return self.recorder.columns(after, limit)

    def digests(self, after: int, limit: int) -> Mapping[int, bytes]:
        with self._explained():
            return self.recorder.digests(after, limit)

    def counters(self) -> Counters:
        if self.format < 2:
            raise UnsupportedSchema(
                f"`{self.path}` has journal format {self.format}, which has no seals",
                "open it once for writing, as `journey record` does; that brings it up to date",
            )
        with self._explained():
            return self.recorder.counters()

    def seals(self, after: int, limit: int) -> Sequence[Seal]:
        with self._explained():
            return self.recorder.seals("WHERE number > ? ORDER BY number LIMIT ?", after, limit)

    def last_seal(self) -> Seal | None:
        with self._explained():
            return next(iter(self.recorder.seals("ORDER BY number DESC LIMIT 1")), None)

    def seal(self, *seals: Seal) -> bool:
        with self._explained():
            return self.recorder.seal(*seals)

    def missing_guards(self) -> Sequence[str]:
        with self._explained():
            return self.recorder.missing_guards()

    def watch(self) -> Watch:
        return Polling()

    def keystore(self) -> Keystore:
        return SQLiteKeystore(self.path.with_name(self.path.name + ".keys"), read_only=self._read_only)

    def close(self) -> None:
        self._datastore.close()

    def _check(self, *, read_only: bool) -> None:
        """Refuse what cannot be a journal before SQLite touches it."""
        mend = "name a journal with --store or JOURNEY_STORE"
        try:
            if self.path.is_dir():
                raise StoreUnavailable(f"`{self.path}` is a directory, not a journal", mend)
            if not self.path.exists():
                if read_only:
                    raise StoreUnavailable(f"there is no journal at `{self.path}`", f"record or import something first, or {mend}")
                if not self.path.parent.is_dir():
                    raise StoreUnavailable(f"there is no folder `{self.path.parent}` for the journal `{self.path.name}`", "create it first")
                return
            with self.path.open("rb") as file:
                head = file.read(len(_SQLITE_MAGIC))
        except (OSError, ValueError) as error:
            raise StoreUnavailable(f"the journal `{self.path}` cannot be opened: {error}", mend) from None
        if head and head != _SQLITE_MAGIC:
            raise StoreUnavailable(f"`{self.path}` is no SQLite file", mend)

    def _known_format(self, *, read_only: bool) -> int:
        """The format of the journal in the file, 0 where there is none yet."""
        with self._datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT name FROM pragma_table_info('touchpoints')")
            columns = tuple(row["name"] for row in cursor.fetchall())
            if columns not in ((), COLUMNS):
                raise DamagedJournal(f"the table `touchpoints` in `{self.path}` is not a journal's", "name another file with --store")
            cursor.execute("SELECT name FROM sqlite_schema WHERE name IN ('touchpoints', 'journey_format', 'journey_seals')")
            tables = {row["name"] for row in cursor.fetchall()}
            if not tables and read_only:
                raise StoreUnavailable(f"`{self.path}` holds no journal", "name a journal with --store or JOURNEY_STORE")
            if not tables:
                return 0
            if "journey_format" in tables:
                cursor.execute("SELECT MAX(version) FROM journey_format")
                version = cursor.fetchone()[0] or 0
            else:
                version = 0
        if version > FORMAT_VERSION:
            raise UnsupportedSchema(f"`{self.path}` has journal format {version}; this journey knows {FORMAT_VERSION}", "upgrade journey")
        if version < 1 or "touchpoints" not in tables or (version > 1 and "journey_seals" not in tables):
            raise DamagedJournal(f"the journal `{self.path}` lacks a table, or tells no format", "restore it from a backup")
        return version

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Tell SQLite's refusals in the journal's words."""
        try:
            yield
        except ConnectionPoolClosedError as error:
            raise StoreUnavailable(f"the journal `{self.path}` was closed", "open it again") from error
        except (PersistenceError, sqlite3.Error) as error:
            text = str(error)
            if any(clue in text for clue in _DAMAGE):
                raise DamagedJournal(f"the journal `{self.path}` is damaged: {text}", "restore it from a backup") from error
            if "readonly" in text or "unable to open" in text:
                raise StoreUnavailable(
                    f"the journal `{self.path}` is read-only", "make the file and its folder writable, or use a copy"
                ) from error
            if "full" in text:
                raise StoreUnavailable(
                    f"the disk under `{self.path}` is full; nothing of this batch was recorded", "free some space and retry"
                ) from error
            raise StoreUnavailable(
                f"the journal `{self.path}` cannot be used: {text}", "see that no other program holds it, and retry"
            ) from error


def _is_askable(name: str) -> bool:
    """Whether a name could be anybody's: one with NUL, or with half a character, as of a command line in bytes, is nobody's."""
    return "\0" not in name and name == name.encode("utf-8", "ignore").decode()
