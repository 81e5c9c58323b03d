"""The statements of a PostgreSQL journal: upstream's recorder over the table `touchpoints`, and what the journal asks besides.

INVARIANT (one order): positions have no gaps and become visible in their order. A writer locks the one row of
`journey_counters`, by a statement of its own, before it looks anything up, and holds it until it has committed. PostgreSQL
lets go of a transaction's locks only after its rows are visible, and under READ COMMITTED each statement sees what was
committed before it began; so the next writer sees all earlier rows, and a reader that sees a position sees every smaller one.
A sequence gives no such order: its numbers become visible in the order of commits.
"""

from collections.abc import Sequence
from dataclasses import fields, replace
from logging import getLogger
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from eventsourcing.persistence import ApplicationRecorder, Notification, StoredEvent, Subscription
from eventsourcing.postgres import PostgresApplicationRecorder
from psycopg.rows import tuple_row

from journey.seals import Seal
from journey.stores.appending import plan
from journey.stores.notifications import events_refused, touchpoints_refused, with_rows
from journey.stores.postgres.datastore import Datastore
from journey.stores.postgres.listening import Listening
from journey.stores.postgres.schema import CHANNEL, EVENTS, SCHEMA
from journey.stores.postgres.server import Connection
from journey.stores.rows import COLUMNS, Receipt, StoredTouchpoint, row_of
from journey.stores.subscriptions import WatchingSubscription

_log = getLogger(__name__)
COLUMN_NAMES = (*COLUMNS, "state")
_COLUMNS = ", ".join("payload::text" if name == "payload" else name for name in COLUMNS)
SEAL_COLUMNS = ", ".join(field.name for field in fields(Seal))
_LOCK = "SELECT position, recorded_at, seal FROM journey_counters FOR UPDATE"
_PRESENT = f"SELECT {_COLUMNS} FROM touchpoints WHERE id = ANY(%s)"
VERSIONS = (
    "SELECT name, (SELECT version FROM touchpoints WHERE relationship = name ORDER BY version DESC LIMIT 1) FROM unnest(%s::text[]) AS name"
)


E = TypeVar("E", bound=StoredEvent)
_SLOW_SECONDS = 1.0
"""A longer wait for the lock is logged."""
_TYPES = {
    **dict.fromkeys(("position", "version", "occurred_at", "recorded_at", "number", "first_position", "last_position"), "int8"),
    **dict.fromkeys(("digest", "state", "digests", "root", "previous"), "bytea"),
    "schema_version": "int4",
}
"""How columns are sent in bulk, where not as text."""
_SMALL_BYTES = 16_000
"""More than this is not sent without listening for answers: with both buffers full, each side would wait for the other."""


class PostgresRecorder(PostgresApplicationRecorder):
    """Upstream's recorder over the table `touchpoints`, taking touchpoints once each."""

    datastore: Datastore

    def __init__(self, datastore: Datastore, **options: Any) -> None:
        super().__init__(datastore, **{**options, "events_table_name": EVENTS})
        self.channel_name = CHANNEL
        self.sql_create_statements = []

    def create(self, cursor: psycopg.Cursor[Any]) -> None:
        """Create what is missing of the tables, in the cursor's transaction."""
        for statement in SCHEMA:
            cursor.execute(statement.encode())

    def _create_table(self, curs: psycopg.Cursor[Any]) -> None:
        # Where a journal is, nobody needs the right to create one.
        curs.execute(b"SELECT to_regclass('touchpoints') IS NULL AS is_missing")
        if (row := curs.fetchone()) and row["is_missing"]:
            self.create(curs)
        super()._create_table(curs)

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        """Append all rows or none, once each; see `appending.plan`. Sending it again after a lost connection is harmless."""
        ids, relationships = [row.id for row in rows], sorted({row.relationship for row in rows})
        is_small = sum(200 + 4 * len(row.id + row.relationship + (row.personal or "")) + len(row.payload) for row in rows) <= _SMALL_BYTES

        def work(connection: Connection) -> Sequence[Receipt]:
            with self.datastore.pool.transaction(connection, is_small):
                began = monotonic()
                lock = _execute(connection, _LOCK)
                present, versions = _execute(connection, _PRESENT, ids), _execute(connection, VERSIONS, relationships)
                position, recorded_at, _ = lock.fetchall()[0]
                if position and not recorded_at:
                    raise touchpoints_refused(self.datastore.server.shown)
                if (waited := monotonic() - began) > _SLOW_SECONDS:
                    _log.warning("waited %.1f s for other writers to %s", waited, self.datastore.server.shown)
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
        with self.datastore.get_connection() as connection, self.datastore.pool.transaction(connection):
            ((position, recorded_at, _),) = _execute(connection, _LOCK).fetchall()
            if stored_events and recorded_at:
                raise events_refused(self.datastore.server.shown)
            self._insert_events(connection.cursor(), stored_events, **kwargs)
            positions = range(position + 1, position + 1 + len(stored_events))
            rows = [
                (position, _name(event.originator_id), event.originator_version, event.topic, bytes(event.state))
                for position, event in zip(positions, stored_events, strict=True)
            ]
            _insert(connection, "touchpoints", ("position", "relationship", "version", "kind", "state"), rows, is_small=False)
            self._give_out(connection, position + len(rows), recorded_at)
        return list(positions) or None

    def select_events(self, originator_id: UUID | str, **bounds: Any) -> Sequence[StoredEvent]:
        """As upstream."""
        return [self._named(event) for event in super().select_events(_name(originator_id), **bounds)]

    def select_notifications(self, *bounds: Any, **more: Any) -> Sequence[Notification]:
        """As upstream; those of touchpoints carry their rows."""
        notifications = super().select_notifications(*bounds, **more)
        rows = self.rows("id IS NOT NULL AND position = ANY(%s)", [one.id for one in notifications]) if notifications else []
        return with_rows([self._named(one) for one in notifications], rows)

    def _named(self, event: E) -> E:
        """The event with the id that its application knows; where ids are UUIDs, a relationship is still called by its name."""
        if self.datastore.originator_id_type == "text":
            return event
        try:
            return replace(event, originator_id=UUID(str(event.originator_id)))
        except ValueError:
            return event

    def _give_out(self, connection: Connection, position: int, recorded_at: int) -> None:
        _execute(connection, "UPDATE journey_counters SET position = %s, recorded_at = %s", position, recorded_at)
        _execute(connection, f"NOTIFY {CHANNEL}")

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """As upstream, listening beside the pool."""
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
            with self.datastore.pool.transaction(connection):
                ((_, _, last),) = _execute(connection, _LOCK).fetchall()
                if last + 1 != seals[0].number:
                    return False
                _insert(
                    connection, "journey_seals", SEAL_COLUMNS.split(", "), [tuple(vars(seal).values()) for seal in seals], is_small=False
                )
                _execute(connection, "UPDATE journey_counters SET seal = %s", seals[-1].number)
                return True

        return self.datastore.persistently(work)


def _name(originator_id: UUID | str) -> str:
    return originator_id.hex if isinstance(originator_id, UUID) else originator_id


def _execute(connection: Connection, statement: str, *values: object) -> psycopg.Cursor[tuple[Any, ...]]:
    cursor = connection.cursor(row_factory=tuple_row, binary=True)
    return cursor.execute(statement.encode(), values or None)


def _insert(connection: Connection, table: str, names: Sequence[str], rows: Sequence[Sequence[object]], *, is_small: bool) -> None:
    columns = f"{table} ({', '.join(names)})"
    if is_small:
        for row in rows:
            _execute(connection, f"INSERT INTO {columns} VALUES ({', '.join(['%s'] * len(names))})", *row)
    elif rows:
        # As text, bytes would be stored wrongly where `standard_conforming_strings` is off.
        with connection.cursor().copy(f"COPY {columns} FROM STDIN WITH (FORMAT BINARY)".encode()) as copy:
            copy.set_types(
                ["uuid" if isinstance(value, UUID) else _TYPES.get(name, "text") for name, value in zip(names, rows[0], strict=True)]
            )
            for row in rows:
                copy.write_row(row)
