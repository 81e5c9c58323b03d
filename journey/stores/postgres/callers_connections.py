"""Connections of the caller's, so that what is recorded can be part of the caller's own transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool, PoolClosed

from journey.errors import StoreUnavailable
from journey.stores.limits import Limits
from journey.stores.postgres.server import Connection
from journey.stores.process_forks import process

_OURS = """SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    SELECT set_config('lock_timeout', '{}ms', true),
        set_config('synchronous_commit', coalesce(nullif(current_setting('synchronous_commit'), 'off'), 'on'), true)"""
"""As `OwnConnections` sets them for good, for one transaction that we begin and end."""


class CallersConnection:
    """One connection of the caller's. Within a transaction its settings and time limits are the caller's too."""

    is_in_callers_transaction = True

    def __init__(self, connection: Connection, limits: Limits) -> None:
        self._connection = connection
        self._limits = limits
        self._process = process()

    def open(self, wait: bool = False, timeout: float = 0.0) -> None:
        """Nothing."""

    @contextmanager
    def connection(self, _deadline: float | None = None, /) -> Iterator[Connection]:
        """The connection. Raises StoreUnavailable in a forked child, whose parent would be disturbed."""
        if self._process != process():
            raise StoreUnavailable("this connection belongs to the process that was forked", "open another one in the child")
        cursor_factory, self._connection.cursor_factory = self._connection.cursor_factory, psycopg.Cursor
        try:
            yield self._connection
        finally:
            self._connection.cursor_factory = cursor_factory

    @contextmanager
    def transaction(self, connection: Connection, _is_small: bool = False, /) -> Iterator[None]:
        """A savepoint in the caller's transaction, which begins here where none has; in autocommit, a transaction."""
        is_idle = connection.pgconn.transaction_status == TransactionStatus.IDLE
        if is_idle and not connection.autocommit:
            connection.execute("SELECT")
        with connection.transaction():
            if is_idle and connection.autocommit:
                connection.execute(_OURS.format(int(1000 * self._limits.timeout)).encode())
            yield

    def close(self) -> None:
        """Nothing: the connection is the caller's."""


class CallersPool:
    """A pool of the caller's, whose connections are given back as they were."""

    is_in_callers_transaction = False

    def __init__(self, pool: ConnectionPool[Any], limits: Limits) -> None:
        self._pool = pool
        self._limits = limits

    def open(self, wait: bool = False, timeout: float = 0.0) -> None:
        """Nothing: whether the pool is open is the caller's to say."""

    @contextmanager
    def connection(self, deadline: float | None = None, /) -> Iterator[Connection]:
        """A connection of the pool, in autocommit."""
        seconds = self._limits.timeout if deadline is None else max(deadline - monotonic(), 0.001)
        try:
            with self._pool.connection(timeout=seconds) as connection:
                autocommit = connection.autocommit
                connection.autocommit = True
                try:
                    yield connection
                finally:
                    if connection.pgconn.transaction_status == TransactionStatus.IDLE:
                        connection.autocommit = autocommit
        except PoolClosed as error:
            raise StoreUnavailable("the caller's pool of connections is closed", "open it") from error

    @contextmanager
    def transaction(self, connection: Connection, _is_small: bool = False, /) -> Iterator[None]:
        """A transaction."""
        with connection.transaction():
            connection.execute(_OURS.format(int(1000 * self._limits.timeout)).encode())
            yield

    def close(self) -> None:
        """Nothing: the pool is the caller's."""


def address_of(connection: Connection) -> str:
    """The address of the database that a connection leads to, without a password. Raises StoreUnavailable where it cannot be used."""
    if connection.closed:
        raise StoreUnavailable("the caller's connection is closed", "open another one")
    info = connection.info
    if info.encoding != "utf-8":
        raise StoreUnavailable(
            f"the caller's connection speaks {info.encoding}, which cannot hold every text", "set client_encoding to UTF8"
        )
    user, database = quote(info.user, safe=""), quote(info.dbname, safe="")
    return f"postgresql://{user}@/{database}?host={quote(info.host, safe='')}&port={info.port}"


def connections_of(source: Connection | ConnectionPool[Any], limits: Limits) -> tuple[CallersConnection | CallersPool, str]:
    """The caller's connection or pool as a journal uses it, and the address it leads to. Raises StoreUnavailable."""
    if isinstance(source, psycopg.Connection):
        return CallersConnection(source, limits), address_of(source)
    pool = CallersPool(source, limits)
    try:
        with pool.connection() as connection:
            return pool, address_of(connection)
    except psycopg.Error as error:
        raise StoreUnavailable(f"the caller's pool gives no connection: {error}", "see that it is open and its server there") from error
