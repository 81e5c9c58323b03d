"""Keys in a SQLite file of their own, next to the journal's.

STORAGE FORMAT: the table below. What is deleted is overwritten, and there is no write-ahead log in which it could stay.
"""

import json
import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic

from journey.errors import DamagedJournal, StoreUnavailable
from journey.stores.keys import Key, newest
from journey.stores.limits import Limits
from journey.stores.pool import Pool
from journey.stores.process_forks import heed_forks
from journey.stores.sqlite.file import busy_timeout

_TABLE = """CREATE TABLE IF NOT EXISTS journey_keys (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, number INTEGER NOT NULL, secret BLOB NOT NULL, UNIQUE (owner, number))"""
_NEWEST = (
    "SELECT owner, id, secret FROM (SELECT owner, id, secret, MAX(number) FROM journey_keys "
    "WHERE owner IN (SELECT value FROM json_each(?)) GROUP BY owner)"
)
_INSERT = """INSERT INTO journey_keys (id, owner, number, secret)
    VALUES (:id, :owner, 1 + (SELECT COALESCE(MAX(number), 0) FROM journey_keys WHERE owner = :owner), :secret)"""


class SQLiteKeystore:
    """The `Keystore` in one file, which only its owner may read. It is made when the first key is; `read_only` never makes it."""

    def __init__(self, path: str | Path, *, read_only: bool = False, limits: Limits | None = None) -> None:
        self.path = Path(path)
        self._read_only = read_only
        self._timeout = (limits or Limits()).timeout
        self._connections = Pool(f"the keystore `{self.path}`", self._connect, sqlite3.Connection.close, size=1)
        heed_forks(self)

    def current(self, owners: Collection[str]) -> Mapping[str, Key]:
        with self._connected(for_writing=True) as connection:
            there = newest(connection.execute(_NEWEST, (json.dumps([*owners]),)))
            if len(there) == len(set(owners)):
                return there
            with _transaction(connection):
                there = newest(connection.execute(_NEWEST, (json.dumps([*owners]),)))
                made = {owner: Key.new() for owner in owners if owner not in there}
                _insert(connection, made)
            return {**there, **made}

    def find(self, ids: Collection[str]) -> Mapping[str, bytes]:
        if not self.path.exists():
            return {}
        statement = "SELECT id, secret FROM journey_keys WHERE id IN (SELECT value FROM json_each(?))"
        with self._connected() as connection:
            return dict(connection.execute(statement, (json.dumps([*ids]),)).fetchall())

    def rotate(self, owners: Collection[str] | None = None) -> int:
        if not self.path.exists():
            return 0
        with self._connected(for_writing=True) as connection, _transaction(connection):
            known = [owner for (owner,) in connection.execute("SELECT DISTINCT owner FROM journey_keys")]
            rotated = {owner: Key.new() for owner in known if owners is None or owner in owners}
            _insert(connection, rotated)
            return len(rotated)

    def destroy(self, owners: Collection[str]) -> int:
        if not self.path.exists():
            return 0
        with self._connected(for_writing=True) as connection, _transaction(connection):
            statement = "DELETE FROM journey_keys WHERE owner IN (SELECT value FROM json_each(?))"
            return connection.execute(statement, (json.dumps([*owners]),)).rowcount

    def copies(self) -> Mapping[str, str]:
        return {f"backups and copies of `{self.path}`": "they hold the keys that were destroyed here: delete them, or take new ones"}

    def close(self) -> None:
        self._connections.close(self._timeout)

    def before_fork(self) -> None:
        self._connections.pause(self._timeout)

    def after_fork(self, *, in_child: bool) -> None:
        if in_child:
            self._connections.inherit()
        else:
            self._connections.go_on()

    @contextmanager
    def _connected(self, *, for_writing: bool = False) -> Iterator[sqlite3.Connection]:
        """The connection, one thread at a time; its refusals in the journal's words."""
        if for_writing and self._read_only:
            raise StoreUnavailable(f"the journal is read-only, and so are its keys `{self.path}`", "open it for writing")
        deadline = monotonic() + self._timeout
        try:
            connection = self._connections.take(deadline)
            try:
                connection.execute(busy_timeout(max(deadline - monotonic(), 0.0)))
                yield connection
            finally:
                self._connections.give_back(connection)
        except (sqlite3.Error, OSError) as error:
            if "no such table" in str(error) or "not a database" in str(error) or "malformed" in str(error):
                raise DamagedJournal(f"`{self.path}` holds no keys: {error}", "restore it from a backup, or name another file") from error
            raise StoreUnavailable(
                f"the keys `{self.path}` cannot be used: {error}", "make the file and its folder readable and writable"
            ) from error

    def _connect(self, deadline: float) -> sqlite3.Connection:
        if not self._read_only:
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        uri = f"{self.path.absolute().as_uri()}?mode={'ro' if self._read_only else 'rw'}"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None, timeout=max(deadline - monotonic(), 0.0))
        try:
            if not self._read_only:
                connection.execute("PRAGMA secure_delete = ON").fetchall()
                connection.execute("PRAGMA synchronous = EXTRA")
                connection.execute(_TABLE)
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _insert(connection: sqlite3.Connection, keys: Mapping[str, Key]) -> None:
    """Add a key for each owner."""
    connection.executemany(_INSERT, [{"id": key.id, "owner": owner, "secret": key.secret} for owner, key in keys.items()])


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction that holds the write lock from its beginning."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
