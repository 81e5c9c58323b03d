"""What eventsourcing builds from `PERSISTENCE_MODULE=journey.stores.sqlite`."""

from pathlib import Path
from typing import Any, Literal, cast

from eventsourcing import sqlite
from eventsourcing.persistence import ApplicationRecorder, ProcessRecorder

from journey.errors import InvalidStoreUrl
from journey.stores.notifications import ReadingTouchpoints
from journey.stores.sqlite.file import Datastore
from journey.stores.sqlite.recorder import SQLiteRecorder
from journey.stores.sqlite.store import SQLiteStore


class SQLiteProcessRecorder(sqlite.SQLiteProcessRecorder, SQLiteRecorder):
    """Upstream's process recorder over ours: events and how far another application was followed, in one transaction."""


class SQLiteFactory(ReadingTouchpoints, sqlite.SQLiteFactory):
    """Upstream's factory over our recorder; `SQLITE_DBNAME` is the path of a file. Snapshots and tracking are upstream's own tables in it.

    Raises InvalidStoreUrl for a database in memory, and what opening a journal raises.
    """

    application_recorder_class = SQLiteRecorder  # type: ignore[assignment]
    process_recorder_class = SQLiteProcessRecorder

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        upstream = self.datastore
        upstream.close()
        name = upstream.pool.db_name
        if upstream.pool.is_sqlite_memory_mode or name.startswith("file:"):
            raise InvalidStoreUrl(
                f"{self.SQLITE_DBNAME} `{name}` is not the path of a file", "give a path, or use `PERSISTENCE_MODULE=eventsourcing.popo`"
            )
        self._path = name
        id_type = cast(Literal["uuid", "text"], upstream.originator_id_type.lower())
        self.datastore = Datastore(Path(name), read_only=False, originator_id_type=id_type)
        self.datastore.single_row_tracking = upstream.single_row_tracking

    def application_recorder(self) -> ApplicationRecorder:
        """Our recorder, over a file that is a journal or becomes one."""
        self._check()
        return super().application_recorder()

    def process_recorder(self) -> ProcessRecorder:
        """As `application_recorder`."""
        self._check()
        return super().process_recorder()

    def _check(self) -> None:
        """Refuse a file that is something else, or of a later format, before anything is written."""
        SQLiteStore(self._path, read_only=not self.env_create_table()).close()
