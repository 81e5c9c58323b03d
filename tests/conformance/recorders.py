"""What upstream's suites need beside our factories: their places in an environment, and a view for the projections."""

from pathlib import Path
from typing import Any

from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.sqlite import SQLiteTrackingRecorder
from eventsourcing.tests.projection import EventCountersView
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL


def sqlite_environment(path: Path) -> dict[str, str]:
    """What a user of eventsourcing sets to have our recorders over a file."""
    return {"PERSISTENCE_MODULE": "journey.stores.sqlite", "SQLITE_DBNAME": str(path)}


def postgres_environment(url: str) -> dict[str, str]:
    """As `sqlite_environment`, over a database."""
    place = conninfo_to_dict(url)
    return {
        "PERSISTENCE_MODULE": "journey.stores.postgres",
        "POSTGRES_DBNAME": str(place["dbname"]),
        "POSTGRES_HOST": str(place["host"]),
        "POSTGRES_USER": str(place["user"]),
        "POSTGRES_PASSWORD": "",
    }


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
