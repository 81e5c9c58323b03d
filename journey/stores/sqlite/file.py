"""Reaching a SQLite file: connections by path, a pool of them that closes when what runs has run, and writers that take turns."""

import sqlite3
from contextlib import AbstractContextManager
from logging import getLogger
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Literal

from eventsourcing.persistence import ConnectionPoolClosedError
from eventsourcing.sqlite import SQLiteConnection, SQLiteConnectionPool, SQLiteCursor, SQLiteDatastore, SQLiteTransaction

_log = getLogger(__name__)
LOCK_TIMEOUT_SECONDS = 30
_SLOW_SECONDS = 1.0
"""To wait longer for the lock is told in the log."""
_FOR_MANY_ROWS = ("PRAGMA cache_size = -16000", "PRAGMA wal_autocheckpoint = 4000")
"""16 MB each of pages in memory, which hold what a large batch changes, and of log before it is copied into the file.

A page that changes again and again is then written once; commits reach the disk as ever.
"""


class _Transaction(SQLiteTransaction):
    """One transaction on a connection of a pool, without upstream's four layers of generators around it.

    A writer takes the write lock at once, so that it never has to give up halfway for another writer.
    """

    def __init__(self, pool: SQLiteConnectionPool, *, commit: bool) -> None:
        super().__init__(pool.get_connection(is_writer=commit), commit=commit)
        self._pool = pool

    def __enter__(self) -> SQLiteCursor:
        self._cursor = self.connection.cursor()
        began = monotonic()
        try:
            self._cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        except BaseException:
            self._pool.put_connection(self.connection)
            raise
        if (waited := monotonic() - began) > _SLOW_SECONDS:
            _log.warning("waited %.1f s for other writers to %s", waited, self._pool.db_name)
        return self._cursor

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            super().__exit__(kind, error, trace)
        finally:
            self._cursor.sqlite_cursor.close()
            self._pool.put_connection(self.connection)


class _Pool(SQLiteConnectionPool):
    """Connections to one file by path, so that no `?` or `%` in a name is taken for a URI's."""

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self._path = path
        self._read_only = read_only
        self._is_closing = False
        super().__init__(db_name=str(path))

    def close(self) -> None:
        """Close when what runs has run: to close a connection below another thread's statement crashes the process."""
        deadline = monotonic() + LOCK_TIMEOUT_SECONDS
        with self._put_condition:
            self._is_closing = True
            while self._in_use and monotonic() < deadline:
                self._put_condition.wait(0.05)
            self._in_use.clear()
            super().close()

    def _get_connection(self, timeout: float = 0.0) -> SQLiteConnection:
        with self._put_condition:
            if self._is_closing:
                raise ConnectionPoolClosedError
            return super()._get_connection(timeout)

    def _create_connection(self) -> SQLiteConnection:
        deadline = monotonic() + LOCK_TIMEOUT_SECONDS
        while True:
            try:
                connection = self._reader() if self._read_only else self._writer()
                break
            except sqlite3.OperationalError as error:
                # SQLite waits for a lock by itself, but not while another connection makes, or leaves, the write-ahead log.
                if "locked" not in str(error) or monotonic() > deadline:
                    raise
            sleep(0.01)
        connection.row_factory = sqlite3.Row
        return SQLiteConnection(connection, max_age=None)

    def _writer(self) -> sqlite3.Connection:
        return self._connect("mode=rwc", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", *_FOR_MANY_ROWS)

    def _reader(self) -> sqlite3.Connection:
        """Opened for writing where that is possible, only so that SQLite can clear its side files away when it closes."""
        try:
            return self._connect("mode=rw", "PRAGMA query_only = ON", "SELECT 1 FROM sqlite_schema")
        except sqlite3.OperationalError as error:
            # On a read-only disk there can be no side files; without a write-ahead log the file alone is the whole truth.
            if "locked" in str(error) or self._path.with_name(self._path.name + "-wal").exists():
                raise
            return self._connect("immutable=1", "SELECT 1 FROM sqlite_schema")

    def _connect(self, mode: str, *statements: str) -> sqlite3.Connection:
        uri = f"{self._path.absolute().as_uri()}?{mode}"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None, timeout=LOCK_TIMEOUT_SECONDS)
        try:
            for statement in statements:
                connection.execute(statement).fetchall()
        except sqlite3.Error:
            connection.close()
            raise
        return connection


class Datastore(SQLiteDatastore):
    """Upstream's datastore over a file by its path; with `read_only`, nothing is ever written."""

    def __init__(self, path: Path, *, read_only: bool, originator_id_type: Literal["uuid", "text"] = "text") -> None:
        super().__init__(str(path), originator_id_type=originator_id_type)
        self.pool.close()
        self.pool = _Pool(path, read_only=read_only)

    # Upstream promises a generator, and only ever enters and leaves it.
    def transaction(self, *, commit: bool) -> AbstractContextManager[SQLiteCursor]:  # type: ignore[override]
        return _Transaction(self.pool, commit=commit)
