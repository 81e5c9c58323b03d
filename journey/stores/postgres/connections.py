"""A pool of connections to a PostgreSQL server, set to what a journal needs."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import monotonic

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row

from journey.stores.pool import Pool
from journey.stores.postgres.server import Connection, PatientConnection, Server
from journey.stores.process_forks import renew_in_children


class OwnConnections(Pool[PatientConnection]):
    """Connections to one server, in autocommit."""

    is_in_callers_transaction = False

    def __init__(self, server: Server, *, read_only: bool) -> None:
        self._server = server
        self._read_only = read_only
        super().__init__(f"the journal `{server.shown}`", self._made, PatientConnection.close, server.limits.pool_size)
        renew_in_children(self)

    def open(self, wait: bool = False, timeout: float = 0.0) -> None:
        """Nothing: connections are made when they are needed. (Upstream opens its pools.)"""

    @contextmanager
    def connection(self, deadline: float | None = None, /) -> Iterator[PatientConnection]:
        """A connection whose statements wait for locks, or for a silent server, until the deadline; by default the server's limit."""
        deadline = monotonic() + self._server.limits.timeout if deadline is None else deadline
        connection = self.take(deadline)
        try:
            self._let_wait(connection, deadline - monotonic())
            yield connection
        finally:
            if _is_usable(connection):
                self.give_back(connection)
            else:
                self.discard(connection)
                self.drain()  # what one lost, the others probably lost too

    @contextmanager
    def transaction(self, connection: Connection, is_small: bool = False, /) -> Iterator[None]:
        """One transaction; a small one sends its statements without waiting for each answer."""
        mode: AbstractContextManager[object] = connection.pipeline() if is_small else nullcontext()
        try:
            with mode:
                connection.execute("BEGIN")
                yield
                connection.execute("COMMIT")
        except BaseException:
            if not connection.closed:
                connection.rollback()
            raise

    def renew(self) -> None:
        self.forget()

    def _made(self, deadline: float) -> PatientConnection:
        return self._server.connect(deadline, self._configure)

    def _configure(self, connection: PatientConnection) -> None:
        timeout = self._server.limits.timeout
        connection.row_factory = dict_row
        settings = {
            # Each statement must see what was committed before it began: see INVARIANT (one order) in `recorder`.
            "default_transaction_isolation": sql.Literal("read committed"),
            "lock_timeout": sql.Literal(_milliseconds(timeout)),
            # A writer that falls asleep loses the lock before those behind it give up.
            "idle_in_transaction_session_timeout": sql.Literal(_milliseconds(max(1.0, timeout * 2 / 3))),
            # What is acknowledged is durable; a server's stricter choice stays.
            "synchronous_commit": sql.SQL("coalesce(nullif(current_setting('synchronous_commit'), 'off'), 'on')"),
        }
        if self._read_only:
            settings["default_transaction_read_only"] = sql.Literal("on")
        calls = [sql.SQL("set_config({}, {}, false)").format(name, value) for name, value in settings.items()]
        connection.execute(sql.SQL("SELECT {}").format(sql.SQL(", ").join(calls)))
        connection.lock_timeout = timeout

    def _let_wait(self, connection: PatientConnection, seconds: float) -> None:
        """What was waited for a connection counts."""
        limit = self._server.limits.timeout
        connection.patience = max(seconds, 0.1)
        lock_timeout = limit if seconds > 0.9 * limit else max(seconds, 0.001)
        if lock_timeout != connection.lock_timeout:
            connection.execute("SELECT set_config('lock_timeout', %s, false)", [_milliseconds(lock_timeout)])
            connection.lock_timeout = lock_timeout


def _milliseconds(seconds: float) -> str:
    return f"{max(1, int(1000 * seconds))}ms"


def _is_usable(connection: Connection) -> bool:
    """Whether another call may use the connection; what is left of a transaction is rolled back."""
    if connection.pgconn.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
        try:
            connection.rollback()
        except psycopg.Error:
            return False
    return connection.pgconn.transaction_status == TransactionStatus.IDLE
