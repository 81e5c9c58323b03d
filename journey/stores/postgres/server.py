"""Reaching a PostgreSQL server: its address, a pool of connections, and its refusals in the journal's words."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging import getLogger
from time import monotonic, sleep
from typing import Any, Literal, TypeVar

import psycopg
from eventsourcing.postgres import ConnectionPool, PostgresDatastore
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg_pool import PoolClosed

from journey.errors import DamagedJournal, InvalidStoreUrl, InvalidTouchpoint, JourneyError, StoreUnavailable
from journey.stores.addresses import without_password

_log = getLogger(__name__)
LOCK_TIMEOUT_SECONDS = 30
IDLE_TIMEOUT_SECONDS = 20
"""A writer that falls asleep loses the lock before those behind it give up."""
RETRY_SECONDS = 30
POOL_SIZE = 8
_DEFAULTS = {"connect_timeout": "10", "keepalives_idle": "30", "application_name": "journey"}

Connection = psycopg.Connection[Any]
T = TypeVar("T")


class Server:
    """The server behind a `postgresql://…` address. `shown` is the address without its password."""

    def __init__(self, url: str) -> None:
        self.conninfo, self.shown = _conninfo(url), without_password(url)

    def connect(self) -> Connection:
        """A connection outside the pool."""
        return psycopg.connect(self.conninfo, autocommit=True)

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Tell the server's refusals in the journal's words."""
        try:
            yield
        except psycopg.Error as error:
            raise self.told(error) from error
        except UnicodeEncodeError as error:
            raise _unholdable(error) from error

    def told(self, error: psycopg.Error) -> JourneyError:
        """One of the server's refusals in the journal's words."""
        state, text = error.sqlstate or "", " ".join(str(error).split())
        if isinstance(error, psycopg.DataError):
            return _unholdable(error)
        if state in _DAMAGE or isinstance(error, psycopg.IntegrityError):
            return DamagedJournal(f"the journal `{self.shown}` is damaged: {text}", "restore it from a backup")
        for clue, words, mend in _REFUSALS:
            if clue == state or (not state and clue in text):
                return StoreUnavailable(f"the journal `{self.shown}` {words}: {text}", mend)
        if state:
            return StoreUnavailable(f"the journal `{self.shown}` cannot be used: {text}", "see what the server's log says, and retry")
        return StoreUnavailable(
            f"the journal `{self.shown}` cannot be reached: {text}", "start the server, or check host, user and password of its address"
        )


_DAMAGE = {"XX001", "XX002", "42P01", "42703"}
_REFUSALS = (
    ("is already closed", "was closed", "open it again"),
    ("couldn't get a connection", "has no connection free", "use it from fewer threads at once"),
    ("does not exist", "is on no database", "create the database, with `createdb`"),
    ("53100", "is on a full disk; nothing of this batch was recorded", "free some space and retry"),
    ("55P03", "is held by another writer", "see that no other program holds it, and retry"),
    ("25P03", "lost its place, since recording took too long", "retry with fewer at once"),
    ("25006", "is read-only", "connect to the server that takes writes"),
    ("42501", "is closed to this user", "grant it the role `journey_writer` or `journey_reader`; see `roles.sql`"),
    ("57014", "was too slow for the server's time limit", "raise `statement_timeout` for this user"),
    ("3F000", "has no schema to be in", "create the schema, or set another `search_path`"),
)


def _unholdable(error: Exception) -> InvalidTouchpoint:
    return InvalidTouchpoint([("", f"PostgreSQL cannot hold this text: {error}")], "leave the character out")


def is_lost(error: psycopg.Error) -> bool:
    """Whether only the connection failed, so that another one may do."""
    if isinstance(error, PoolClosed) or not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    return error.sqlstate is None or error.sqlstate[:2] == "08" or error.sqlstate in ("57P01", "57P02", "57P03")


def reason_for_log(error: psycopg.Error) -> str:
    """What a log may hold of an error: neither its details, which may quote a row, nor libpq's words, which may quote an address."""
    return f"{type(error).__name__} {error.sqlstate}" if error.sqlstate else type(error).__name__


class Datastore(PostgresDatastore):
    """Upstream's datastore over any address; with `read_only`, the server refuses every write."""

    def __init__(self, server: Server, *, read_only: bool = False, originator_id_type: Literal["uuid", "text"] = "text") -> None:
        super().__init__("", "", "", "", "", originator_id_type=originator_id_type)
        self.server = server
        self.pool = ConnectionPool(
            server.conninfo,
            connection_class=psycopg.Connection[DictRow],
            kwargs={"row_factory": dict_row},
            min_size=1,
            max_size=POOL_SIZE,
            open=False,
            configure=lambda connection: _configure(connection, read_only=read_only),
            timeout=1.0,
            # Whoever asks for a connection has a new one tried at once, rather than when the pool's own pauses are over.
            reconnect_timeout=0.5,
        )
        self.pool.open()

    def register_type_adapters(self) -> None:
        """Nothing: the types are for upstream's own way to insert."""

    def persistently(self, work: Callable[[Connection], T]) -> T:
        """What `work` gives, begun anew on another connection while only connections fail. Raises psycopg.Error."""
        began = monotonic()
        deadline = began + RETRY_SECONDS
        is_retry = False
        while True:
            try:
                with self.pool.connection() as connection:
                    done = work(connection)
            except psycopg.Error as error:
                if not is_lost(error):
                    raise
                if not is_retry:
                    _log.warning("no connection to %s: %s; retrying", self.server.shown, reason_for_log(error))
                is_retry = True
                self._await_server(deadline)
                if monotonic() > deadline:
                    raise
            else:
                if is_retry:
                    _log.info("reached %s again after %.1f s", self.server.shown, monotonic() - began)
                return done

    def _await_server(self, deadline: float) -> None:
        """Return when the server answers; raise why it does not when it is too late."""
        pause = 0.01
        while True:
            sleep(pause)
            try:
                return self.server.connect().close()
            except psycopg.OperationalError:
                pause = min(2 * pause, 1.0)
                if monotonic() + pause > deadline:
                    raise


def _configure(connection: Connection, *, read_only: bool) -> None:
    connection.autocommit = True
    settings = {
        # Each statement must see what was committed before it began: see INVARIANT (one order) in `recorder`.
        "default_transaction_isolation": sql.Literal("read committed"),
        "lock_timeout": sql.Literal(f"{LOCK_TIMEOUT_SECONDS}s"),
        "idle_in_transaction_session_timeout": sql.Literal(f"{IDLE_TIMEOUT_SECONDS}s"),
        # What is acknowledged is durable; a server's stricter choice stays.
        "synchronous_commit": sql.SQL("coalesce(nullif(current_setting('synchronous_commit'), 'off'), 'on')"),
    }
    if read_only:
        settings["default_transaction_read_only"] = sql.Literal("on")
    calls = [sql.SQL("set_config({}, {}, false)").format(name, value) for name, value in settings.items()]
    connection.execute(sql.SQL("SELECT {}").format(sql.SQL(", ").join(calls)))


def _conninfo(url: str) -> str:
    """What libpq takes. Error texts repeat nothing of the address, since any part of it may belong to a password."""
    mend = (
        "write it as `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`, with `%40` for an `@` in a password, `%2F` for a `/`, `%3F` for a `?`"
    )
    try:
        given = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except psycopg.ProgrammingError:
        given = {"port": "unreadable"}
    if without_password(url) == "…" or not re.fullmatch("[0-9,]*", given.get("port", "")):
        raise InvalidStoreUrl("the store's address is no PostgreSQL address", mend)
    return make_conninfo("", **{**_DEFAULTS, **given, "client_encoding": "utf8"})
