"""Keys in a PostgreSQL schema of their own, next to the journal's: `NAME_keys` for a journal in the schema `NAME`.

STORAGE FORMAT: the table below.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from journey.errors import StoreUnavailable
from journey.stores.keys import Key, newest
from journey.stores.limits import Limits
from journey.stores.postgres.datastore import Datastore
from journey.stores.postgres.server import Connection, Server

T = TypeVar("T")
_LONGEST_NAME = 63
_FORGET_APART = "forget by a journal that is opened at its address"
_WHERE = """SELECT name, to_regclass(format('%I.keys', name)) IS NOT NULL FROM (SELECT current_schema() || '_keys') AS beside (name)"""
_SCHEMA = """CREATE TABLE IF NOT EXISTS {keys} (
    id text COLLATE "C" PRIMARY KEY,
    owner text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    secret bytea NOT NULL,
    UNIQUE (owner, number))"""
_NEWEST = "SELECT DISTINCT ON (owner) owner, id, secret FROM {keys} WHERE owner = ANY(%s) ORDER BY owner, number DESC"
_INSERT = """INSERT INTO {keys} (id, owner, number, secret)
    SELECT %s, %s, 1 + coalesce(max(number), 0), %s FROM {keys} WHERE owner = %s"""


class PostgresKeystore:
    """The `Keystore` in one schema, which is made when the first key is; `read_only` never makes it."""

    def __init__(self, server: Server, datastore: Datastore, *, read_only: bool = False) -> None:
        """The keys next to the journal that `datastore` reaches; its creator closes it."""
        self._server = server
        self._datastore = datastore
        self._read_only = read_only
        self._keys: sql.Identifier | None = None

    def current(self, owners: Collection[str]) -> Mapping[str, Key]:
        if self._read_only:
            raise StoreUnavailable(f"the journal is read-only, and so are its keys in `{self._server.shown}`", "open it for writing")

        def work(connection: Connection) -> Mapping[str, Key]:
            if not self._is_there(connection):
                self._create(connection)
            there = newest(self._rows(connection, _NEWEST, [*owners]))
            if len(there) == len(set(owners)):
                return there
            with self._datastore.pool.transaction(connection):
                self._lock(connection)
                there = newest(self._rows(connection, _NEWEST, [*owners]))
                made = {owner: Key.new() for owner in owners if owner not in there}
                self._insert(connection, made)
            return {**there, **made}

        return self._persistently(work)

    def find(self, ids: Collection[str]) -> Mapping[str, bytes]:
        def work(connection: Connection) -> Mapping[str, bytes]:
            if not self._is_there(connection):
                return {}
            return {id: bytes(secret) for id, secret in self._rows(connection, "SELECT id, secret FROM {keys} WHERE id = ANY(%s)", [*ids])}

        def work_in_part(connection: Connection) -> Mapping[str, bytes]:
            with self._datastore.pool.transaction(connection):  # a refusal must not spoil the rest of the caller's
                return work(connection)

        try:
            return self._datastore.persistently(work_in_part if self._datastore.pool.is_in_callers_transaction else work)
        except psycopg.errors.InsufficientPrivilege:
            return {}  # without access to the keys, texts stay unreadable
        except psycopg.Error as error:
            raise self._server.journey_error(error) from error

    def rotate(self, owners: Collection[str] | None = None) -> int:
        def work(connection: Connection) -> int:
            if not self._is_there(connection):
                return 0
            with self._datastore.pool.transaction(connection):
                self._lock(connection)
                known = [owner for (owner,) in self._rows(connection, "SELECT DISTINCT owner FROM {keys}")]
                made = {owner: Key.new() for owner in known if owners is None or owner in owners}
                self._insert(connection, made)
            return len(made)

        return self._persistently(work)

    def destroy(self, owners: Collection[str]) -> int:
        def work(connection: Connection) -> int:
            if not self._is_there(connection):
                return 0
            if not connection.autocommit or connection.pgconn.transaction_status != TransactionStatus.IDLE:
                raise StoreUnavailable("a key is destroyed for good, which a transaction that may be rolled back cannot do", _FORGET_APART)
            destroyed = connection.execute(self._with_schema("DELETE FROM {keys} WHERE owner = ANY(%s)"), ([*owners],)).rowcount
            # A deleted row stays in its page until then; where vacuuming is not granted, the server only warns.
            connection.execute(self._with_schema("VACUUM FULL {keys}"))
            return destroyed

        return self._persistently(work)

    def copies(self) -> Mapping[str, str]:
        shown = self._server.shown
        return {
            f"backups of the keys in `{shown}`": "they hold the keys that were destroyed here: delete them, or take new ones",
            f"the write-ahead log of `{shown}`, its archive and its replicas": "a destroyed key leaves them when they are recycled; "
            "it leaves the table itself when its owner, if that was not who forgot, runs VACUUM FULL",
        }

    def close(self) -> None:
        pass

    def _persistently(self, work: Callable[[Connection], T]) -> T:
        with self._server.explained():
            return self._datastore.persistently(work)

    def _is_there(self, connection: Connection) -> bool:
        """Whether there are keys; from then on, `_with_schema` knows where, except that the caller may take back that they were made."""
        if self._keys is None or self._datastore.pool.is_in_callers_transaction:
            self._keys = None
            schema, is_there = connection.cursor(row_factory=tuple_row).execute(_WHERE).fetchall()[0]
            if schema is None:
                raise StoreUnavailable(
                    f"the keys of `{self._server.shown}` need a schema, and the search path names none",
                    "create the schema, or set another `search_path`",
                )
            if len(schema.encode()) > _LONGEST_NAME:
                raise StoreUnavailable(f"`{schema}` is too long for a schema's name", "keep the keys elsewhere, at an address of their own")
            if is_there:
                self._keys = sql.Identifier(schema, "keys")
        return self._keys is not None

    def _create(self, connection: Connection) -> None:
        (schema, _) = connection.cursor(row_factory=tuple_row).execute(_WHERE).fetchall()[0]
        with self._datastore.pool.transaction(connection):
            # Two that create at once would both find nothing there. The number is only ever used for this.
            connection.execute("SELECT pg_advisory_xact_lock(7015208937414)")
            # Whether it is there is read from the table: the server's memory of what is not there may be older than the lock.
            if not connection.execute("SELECT FROM pg_namespace WHERE nspname = %s", [schema]).rowcount:
                connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
            connection.execute(sql.SQL(_SCHEMA).format(keys=sql.Identifier(schema, "keys")))
        self._keys = sql.Identifier(schema, "keys")

    def _lock(self, connection: Connection) -> None:
        """Let nobody else make keys until the transaction ends; who reads goes on."""
        if self._datastore.pool.is_in_callers_transaction:
            # It may have the counters already, or take them next: whoever takes both takes these first, or two would wait for each other.
            connection.execute("SELECT 1 FROM journey_counters FOR UPDATE")
        connection.execute(self._with_schema("LOCK TABLE {keys} IN SHARE ROW EXCLUSIVE MODE"))

    def _insert(self, connection: Connection, made: Mapping[str, Key]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(self._with_schema(_INSERT), [(key.id, owner, key.secret, owner) for owner, key in made.items()])

    def _rows(self, connection: Connection, statement: str, *values: object) -> list[tuple[Any, ...]]:
        return connection.cursor(row_factory=tuple_row).execute(self._with_schema(statement), values or None).fetchall()

    def _with_schema(self, statement: str) -> sql.Composed:
        """A statement about the keys that are there."""
        return sql.SQL(statement).format(keys=self._keys)  # pyright: ignore[reportArgumentType]


class SeparateKeystore(PostgresKeystore):
    """The `Keystore` at an address of its own, `postgresql://…`."""

    def __init__(self, url: str, *, read_only: bool = False, limits: Limits | None = None) -> None:
        server = Server(url, limits)
        super().__init__(server, Datastore(server, read_only=read_only), read_only=read_only)

    def close(self) -> None:
        self._datastore.close()
