"""The statements of a SQLite journal: upstream's recorder over the table `touchpoints`, and what the journal asks besides.

Positions come from AUTOINCREMENT, so that no position is ever used twice, and every append is one BEGIN IMMEDIATE
transaction, so that positions are given out in the order in which they become visible.
"""

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import fields
from functools import lru_cache
from itertools import chain
from logging import getLogger
from typing import Any
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder, Notification, StoredEvent, Subscription
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteCursor, SQLiteDatastore

from journey.amendments import LOG_FACTS
from journey.seals import Seal
from journey.stores.appending import plan
from journey.stores.notifications import events_refused, touchpoints_refused, with_rows
from journey.stores.protocol import Counters, Polling, Summary
from journey.stores.rows import COLUMNS, Receipt, StoredTouchpoint, row_of
from journey.stores.sqlite.schema import FORMAT_VERSION, GUARD_NAMES, MIGRATIONS, SCHEMA
from journey.stores.subscriptions import WatchingSubscription

_log = getLogger(__name__)
_COLUMNS = ", ".join(COLUMNS)
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
_NAMES_FROM = """WITH RECURSIVE found(name, count) AS (
        SELECT (SELECT relationship FROM touchpoints WHERE relationship >= value ORDER BY relationship LIMIT 1), 1 FROM json_each(?)
        UNION ALL
        SELECT (SELECT relationship FROM touchpoints WHERE relationship > name ORDER BY relationship LIMIT 1), count + 1
        FROM found WHERE name IS NOT NULL AND count < ?)
    SELECT DISTINCT name FROM found WHERE name IS NOT NULL ORDER BY name"""
"""Each step leaps over all rows of a relationship, by the index."""
_DIGESTS = """SELECT group_concat(position || ':' || hex(digest), ' ') FROM
    (SELECT position, digest FROM touchpoints WHERE id IS NOT NULL AND position > ? ORDER BY position LIMIT ?)"""


_SEAL_COLUMNS = ", ".join(field.name for field in fields(Seal))
UNDECODABLE = "Could not decode"
"""What Python says of a text that is no UTF-8."""


class SQLiteRecorder(SQLiteApplicationRecorder):
    """Upstream's recorder over the table `touchpoints`, taking touchpoints once each."""

    def __init__(self, datastore: SQLiteDatastore, **_: Any) -> None:
        super().__init__(datastore, events_table_name=_EVENTS)
        self.insert_events_statement = "INSERT INTO touchpoints (relationship, version, kind, payload) VALUES (?, ?, ?, ?)"

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """As upstream on the stores where it can."""
        return WatchingSubscription(self, Polling(), gt, topics)

    def select_notifications(self, *bounds: Any, **more: Any) -> Sequence[Notification]:
        """As upstream; those of touchpoints carry their rows."""
        notifications = super().select_notifications(*bounds, **more)
        positions = json.dumps([one.id for one in notifications])
        return (
            with_rows(notifications, self.touchpoints("position IN (SELECT value FROM json_each(?))", positions))
            if notifications
            else notifications
        )

    def convert_originator_id(self, originator_id: str) -> UUID | str:
        """As upstream; where ids are UUIDs, a relationship is still called by its name."""
        try:
            return super().convert_originator_id(originator_id)
        except ValueError:
            return originator_id

    def _insert_events(self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        if stored_events and self._one(c, "SELECT EXISTS (SELECT 1 FROM touchpoints WHERE id > '')"):
            raise events_refused(self.datastore.pool.db_name)
        return super()._insert_events(c, stored_events, **kwargs)

    def construct_create_table_statements(self) -> list[str]:
        return list(SCHEMA)

    def create_table(self) -> None:
        """Create the tables, or bring those of an older format up to date; all or nothing, whoever else tries too."""
        with self.datastore.transaction(commit=True) as cursor:
            is_new = not self._one(cursor, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'journey_format'")
            format = FORMAT_VERSION if is_new else self._one(cursor, "SELECT MAX(version) FROM journey_format")
            for version in range(format, FORMAT_VERSION):
                MIGRATIONS[version](cursor)
                _log.info("brought %s from format %d to %d", self.datastore.pool.db_name, version, version + 1)
            self._create_table(cursor)

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        """Append all rows or none, once each; see `appending.plan`."""
        with self.datastore.transaction(commit=True) as cursor:
            last_position, last_recorded_at, present, versions = self._known(cursor, rows)
            if last_position and last_recorded_at is None and self._one(cursor, "SELECT EXISTS (SELECT 1 FROM touchpoints)"):
                raise touchpoints_refused(self.datastore.pool.db_name)
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
                if UNDECODABLE not in str(error):
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
            last_numbers = dict(cursor.fetchall())
            return Counters(last_numbers.get("touchpoints") or 0, last_numbers.get("journey_seals") or 0)

    def missing_guards(self) -> list[str]:
        """The triggers of the schema that are not there."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
            triggers = {row["name"] for row in cursor.fetchall()}
            return [name for name in GUARD_NAMES if name not in triggers]

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

    def stored(self, ids: Sequence[str]) -> list[StoredTouchpoint]:
        """The stored touchpoints with these ids."""
        with self.datastore.transaction(commit=False) as cursor:
            return list(self._present(cursor, ids).values())

    def names_from(self, starts: Sequence[str], limit: int) -> list[str]:
        """The first names of relationships from each of these on."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(_NAMES_FROM, (json.dumps(starts), limit))
            return [name for (name,) in cursor.fetchall()]

    def summaries(self) -> list[Summary]:
        """Every relationship, by name."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT relationship, COUNT(*), MIN(occurred_at), MAX(occurred_at) FROM touchpoints "
                f"WHERE id IS NOT NULL AND kind NOT IN ({','.join('?' * len(LOG_FACTS))}) GROUP BY relationship ORDER BY relationship",
                tuple(LOG_FACTS),
            )
            return [Summary.of(*row) for row in cursor.fetchall()]

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
