"""What upstream's suites need beside our recorders: factories that build them, and a view for the projections."""

from pathlib import Path
from typing import Any, Literal

from eventsourcing.persistence import InfrastructureFactory, Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresFactory, PostgresProcessRecorder, PostgresTrackingRecorder
from eventsourcing.sqlite import SQLiteFactory, SQLiteProcessRecorder, SQLiteTrackingRecorder
from eventsourcing.tests.projection import EventCountersView
from eventsourcing.utils import Environment
from psycopg.sql import SQL

from journey.stores.postgres.recorder import PostgresRecorder
from journey.stores.postgres.server import Datastore, Server
from journey.stores.sqlite.file import Datastore as SQLiteFile
from journey.stores.sqlite.recorder import SQLiteRecorder

URL = "JOURNEY_CONFORMANCE_URL"
"""The environment's name for where the journal is: a path, or the address of a database."""


def url_in(env: Environment) -> str:
    return env.get(URL, "")


def id_type_in(env: Environment) -> Literal["uuid", "text"]:
    return "text" if env.get("ORIGINATOR_ID_TYPE") == "text" else "uuid"


class OurSQLiteProcessRecorder(SQLiteProcessRecorder, SQLiteRecorder):
    """Upstream's process recorder, over ours."""


class OurSQLiteFactory(SQLiteFactory):
    application_recorder_class = SQLiteRecorder  # type: ignore[assignment]
    process_recorder_class = OurSQLiteProcessRecorder

    def __init__(self, env: Any) -> None:
        InfrastructureFactory.__init__(self, env)
        self.datastore = SQLiteFile(Path(url_in(self.env)), read_only=False, originator_id_type=id_type_in(self.env))


class OurPostgresProcessRecorder(PostgresProcessRecorder, PostgresRecorder):
    """Upstream's process recorder, over ours."""


class _WithTypes(Datastore):
    """With the types that upstream's own aggregate recorder, which keeps the snapshots, inserts by."""

    register_type_adapters = PostgresDatastore.register_type_adapters


class OurPostgresFactory(PostgresFactory):
    application_recorder_class = PostgresRecorder  # type: ignore[assignment]
    process_recorder_class = OurPostgresProcessRecorder

    def __init__(self, env: Any) -> None:
        InfrastructureFactory.__init__(self, env)
        self.datastore = _WithTypes(Server(url_in(self.env)), originator_id_type=id_type_in(self.env))


class _EventCounters(EventCountersView):
    """Counts in a table of the datastore, each count in one transaction with its tracking."""

    datastore: Any
    _insert_tracking: Any

    def get_created_event_counter(self) -> int:
        return self._count("created")

    def get_subsequent_event_counter(self) -> int:
        return self._count("subsequent")

    def incr_created_event_counter(self, tracking: Tracking) -> None:
        self._increment("created", tracking)

    def incr_subsequent_event_counter(self, tracking: Tracking) -> None:
        self._increment("subsequent", tracking)

    def _count(self, name: str) -> int:
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(f"SELECT value FROM counts WHERE name = '{name}'")
            row = cursor.fetchone()
            return row["value"] if row else 0

    def _increment(self, name: str, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(f"INSERT INTO counts VALUES ('{name}', 1) ON CONFLICT (name) DO UPDATE SET value = counts.value + 1")


_COUNTS = "CREATE TABLE IF NOT EXISTS counts (name text PRIMARY KEY, value integer)"


class SQLiteEventCounters(_EventCounters, SQLiteTrackingRecorder):
    def construct_create_table_statements(self) -> list[str]:
        return [*super().construct_create_table_statements(), _COUNTS]


class PostgresEventCounters(_EventCounters, PostgresTrackingRecorder):
    def __init__(self, datastore: PostgresDatastore, **options: Any) -> None:
        super().__init__(datastore, **options)
        self.sql_create_statements.append(SQL(_COUNTS).format())
