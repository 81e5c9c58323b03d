"""Reaching a SQLite file: connections by path, writers that take turns, and none that a forked child inherits."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from logging import getLogger
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from types import TracebackType
from typing import Literal

from eventsourcing.sqlite import SQLiteConnection, SQLiteCursor, SQLiteDatastore, SQLiteTransaction

from journey.stores.limits import Limits
from journey.stores.pool import Pool
from journey.stores.process_forks import heed_forks

_log = getLogger(__name__)
_SLOW_SECONDS = 1.0
"""A longer wait for the lock is logged."""
_FOR_MANY_ROWS = ("PRAGMA cache_size = -16000", "PRAGMA wal_autocheckpoint = 4000")
"""16 MB each of pages in memory, which hold what a large batch changes, and of log before it is copied into the file.

A page that changes again and again is then written once; commits reach the disk as ever.
"""


class _Transaction(SQLiteTransaction):
    """One transaction on a connection of a pool, without upstream's four layers of generators around it.

    A writer takes the write lock at once, so that it never has to give up halfway for another writer.
    """

    def __init__(self, datastore: "Datastore", *, commit: bool) -> None:
        self._datastore = datastore
        self._deadline = monotonic() + datastore.limits.timeout
        self.connection: _Connection
        super().__init__(datastore.take(self._deadline, commit=commit), commit=commit)

    def __enter__(self) -> SQLiteCursor:
        self._cursor = self.connection.cursor()
        began = monotonic()
        try:
            self._datastore.wait_until(self._deadline, self.connection)
            self._cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        except BaseException:
            self._datastore.give_back(self.connection, commit=self.commit)
            raise
        if (waited := monotonic() - began) > _SLOW_SECONDS:
            _log.warning("waited %.1f s for other writers to %s", waited, self._datastore.pool.db_name)
        return self._cursor

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            super().__exit__(kind, error, trace)
        finally:
            self._cursor.sqlite_cursor.close()
            self._datastore.give_back(self.connection, commit=self.commit)


class _Connection(SQLiteConnection):
    """One that knows how many seconds it waits for a lock."""

    def __init__(self, connection: sqlite3.Connection, patience: float) -> None:
        super().__init__(connection, max_age=None)
        self.patience = patience


class _Turns:
    """A lock that is handed on: who lets go of it and wants it again comes after one who waits."""

    def __init__(self) -> None:
        self._next = Lock()
        self._lock = Lock()

    def take(self, deadline: float) -> bool:
        """Whether it was had by the deadline."""
        if not self._next.acquire(timeout=max(deadline - monotonic(), 0.0)):
            return False
        try:
            return self._lock.acquire(timeout=max(deadline - monotonic(), 0.0))
        finally:
            self._next.release()

    def give_back(self) -> None:
        self._lock.release()


class _File:
    """Makes connections to one file by path, so that no `?` or `%` in a name is taken for a URI's."""

    def __init__(self, path: Path, limits: Limits, *, read_only: bool) -> None:
        self._path = path
        self._limits = limits
        self._read_only = read_only

    def connection(self, deadline: float) -> "_Connection":
        while True:
            try:
                connection = self._reader(deadline) if self._read_only else self._writer(deadline)
                break
            except sqlite3.OperationalError as error:
                # SQLite waits for a lock by itself, but not while another connection makes, or leaves, the write-ahead log.
                if "locked" not in str(error) or monotonic() > deadline:
                    raise
            sleep(0.01)
        connection.row_factory = sqlite3.Row
        return _Connection(connection, self._limits.timeout)

    def _writer(self, deadline: float) -> sqlite3.Connection:
        return self._connect(deadline, "mode=rwc", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", *_FOR_MANY_ROWS)

    def _reader(self, deadline: float) -> sqlite3.Connection:
        """Opened for writing where that is possible, only so that SQLite can clear its side files away when it closes."""
        try:
            return self._connect(deadline, "mode=rw", "PRAGMA query_only = ON", "SELECT 1 FROM sqlite_schema")
        except sqlite3.OperationalError as error:
            # On a read-only disk there can be no side files; without a write-ahead log the file alone is the whole truth.
            if "locked" in str(error) or self._path.with_name(self._path.name + "-wal").exists():
                raise
            return self._connect(deadline, "immutable=1", "SELECT 1 FROM sqlite_schema")

    def _connect(self, deadline: float, mode: str, *statements: str) -> sqlite3.Connection:
        uri = f"{self._path.absolute().as_uri()}?{mode}"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None, timeout=max(deadline - monotonic(), 0.0))
        try:
            for statement in (*statements, busy_timeout(self._limits.timeout)):
                connection.execute(statement).fetchall()
        except sqlite3.Error:
            connection.close()
            raise
        return connection


class Datastore(SQLiteDatastore):
    """Upstream's datastore over a file by its path; with `read_only`, nothing is ever written.

    INVARIANT (no connection across a fork): SQLite remembers per process which locks it holds on a file. A child that
    inherits this memory takes no lock of its own, not even for connections that it opens itself, and what it commits is lost
    when the parent closes the file. So the parent closes its connections before it forks, and either opens new ones.
    """

    def __init__(
        self, path: Path, *, read_only: bool, limits: Limits | None = None, originator_id_type: Literal["uuid", "text"] = "text"
    ) -> None:
        super().__init__(str(path), originator_id_type=originator_id_type)
        self.pool.close()  # upstream's, which makes readers wait behind writers
        self.limits = limits or Limits()
        file = _File(path, self.limits, read_only=read_only)
        self._connections = Pool(f"the journal `{path}`", file.connection, _Connection.close, self.limits.pool_size)
        self._writing = _Turns()
        heed_forks(self)

    # Upstream promises a generator, and only ever enters and leaves it.
    def transaction(self, *, commit: bool) -> AbstractContextManager[SQLiteCursor]:  # type: ignore[override]
        return _Transaction(self, commit=commit)

    @contextmanager
    def get_connection(self, *, commit: bool) -> Iterator[SQLiteConnection]:
        connection = self.take(monotonic() + self.limits.timeout, commit=commit)
        try:
            yield connection
        finally:
            self.give_back(connection, commit=commit)

    def take(self, deadline: float, *, commit: bool) -> _Connection:
        """A connection; whoever is to `commit` has it while no other thread writes."""
        if commit and not self._writing.take(deadline):
            raise sqlite3.OperationalError("database is locked")
        try:
            return self._connections.take(deadline)
        except BaseException:
            if commit:
                self._writing.give_back()
            raise

    def give_back(self, connection: _Connection, *, commit: bool) -> None:
        """Let another thread have the connection."""
        self._connections.give_back(connection)
        if commit:
            self._writing.give_back()

    def wait_until(self, deadline: float, connection: _Connection) -> None:
        """Let the connection wait for a lock until then, at most; what was waited before counts."""
        seconds = max(deadline - monotonic(), 0.0)
        patience = self.limits.timeout if seconds > 0.9 * self.limits.timeout else seconds
        if patience != connection.patience:
            connection.cursor().execute(busy_timeout(patience))
            connection.patience = patience

    def close(self) -> None:
        """Close when what runs has run: to close a connection below another thread's statement crashes the process."""
        self._connections.close(self.limits.timeout)

    def before_fork(self) -> None:
        self._connections.pause(self.limits.timeout)

    def after_fork(self, *, in_child: bool) -> None:
        if in_child:
            self._writing = _Turns()
            self._connections.inherit()
        else:
            self._connections.go_on()


def busy_timeout(seconds: float) -> str:
    """The statement that sets how long a connection waits for a lock."""
    return f"PRAGMA busy_timeout = {int(1000 * seconds)}"
