"""A connection of the caller's to a SQLite file, so that what is recorded can be part of the caller's own transaction."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from eventsourcing.sqlite import SQLiteCursor, SQLiteDatastore

from journey.errors import StoreUnavailable
from journey.stores.process_forks import process


class CallersFile(SQLiteDatastore):
    """Upstream's datastore over one connection, whose settings and time limit are the caller's."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(str(path_of(connection)), originator_id_type="text")
        self.pool.close()
        self._connection = connection
        self._process = process()

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        if self._process != process():
            raise StoreUnavailable("this connection belongs to the process that was forked", "open another one in the child")
        cursor = self._connection.cursor()
        cursor.row_factory = sqlite3.Row
        try:
            with _part_of_transaction(self._connection) if commit else nullcontext():
                yield SQLiteCursor(cursor)
        finally:
            cursor.close()

    def close(self) -> None:
        """Nothing: the connection is the caller's."""


def path_of(connection: sqlite3.Connection) -> Path:
    """The file that a connection is to. Raises StoreUnavailable where it is to none, or reads texts otherwise than as `str`."""
    if connection.text_factory is not str:
        raise StoreUnavailable("the caller's connection reads texts as something else", "leave its `text_factory` as it is")
    cursor = connection.cursor()
    cursor.row_factory = None
    ((path,),) = cursor.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchall()
    if not path:
        raise StoreUnavailable("the caller's connection is to no file", "connect to the file of a journal")
    return Path(path)


@contextmanager
def _part_of_transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """A savepoint in the caller's transaction, which begins here, as Python's would, where none has; in autocommit, a transaction."""
    begins = not connection.in_transaction
    # From Python 3.12 on there is `autocommit`; where it is no bool, `isolation_level` says it.
    autocommit = getattr(connection, "autocommit", None)
    commits = begins and (autocommit if isinstance(autocommit, bool) else connection.isolation_level is None)
    connection.execute("BEGIN IMMEDIATE" if begins else "SAVEPOINT journey")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK" if begins else "ROLLBACK TO journey")
        raise
    finally:
        if not begins and connection.in_transaction:
            connection.execute("RELEASE journey")
    if commits:
        connection.execute("COMMIT")
