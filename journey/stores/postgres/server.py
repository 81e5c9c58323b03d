"""Reaching a PostgreSQL server: its address, connections that end in time, and its refusals in the journal's words."""

import re
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread
from time import monotonic
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from journey.errors import DamagedJournal, InvalidStoreUrl, InvalidTouchpoint, JourneyError, StoreUnavailable
from journey.stores.addresses import without_password
from journey.stores.limits import Limits

_LEAST_SECONDS = 0.5
"""A server that works hard is given so long to answer, whatever is left of the limit."""
_DEFAULTS = {"connect_timeout": "10", "keepalives_idle": "30", "application_name": "journey"}

Connection = psycopg.Connection[Any]


class PatientConnection(psycopg.Connection[Any]):
    """Waits while the server works, however long, but not for one that is silent and does not answer another connection either."""

    server: "Server"
    patience = float("inf")
    """How many seconds of silence are enough."""
    lock_timeout = 0.0

    def wait(self, gen: Generator[Any, Any, Any], *arguments: Any, **options: Any) -> Any:
        return super().wait(self._heard(gen), *arguments, **options)

    def __del__(self, *_: Any) -> None:
        """Nothing: psycopg would warn of a connection that nobody closed, also in a child that may not close its parent's."""

    def _heard(self, gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        heard_at = monotonic()
        try:
            ready = yield next(gen)
            while True:
                if ready:
                    heard_at = monotonic()
                elif monotonic() - heard_at > self.patience / 2:
                    self.server.must_answer(max(heard_at + self.patience, monotonic() + _LEAST_SECONDS))
                    heard_at = monotonic()
                ready = yield gen.send(ready)
        except StopIteration as done:
            return done.value


class Server:
    """The server behind a `postgresql://…` address. `shown` is the address without its password."""

    def __init__(self, url: str, limits: Limits | None = None) -> None:
        self.conninfo, self.shown = _conninfo(url), without_password(url)
        self.limits = limits or Limits()

    def connect(self, deadline: float | None = None, prepare: Callable[[PatientConnection], object] = lambda _: None) -> PatientConnection:
        """A connection outside the pool, after `prepare`, by the deadline (of `monotonic`) or within the limit. Raises psycopg.Error."""

        def connect() -> PatientConnection:
            connection = PatientConnection.connect(self.conninfo, autocommit=True)
            connection.server = self
            try:
                prepare(connection)
            except BaseException:
                connection.close()
                raise
            return connection

        return _made_by(monotonic() + self.limits.timeout if deadline is None else deadline, connect)

    def must_answer(self, deadline: float) -> None:
        """Raise OperationalError where the server is silent on a new connection too."""
        try:
            self.connect(deadline, lambda connection: connection.execute("SELECT 1")).close()
        except psycopg.errors.ConnectionTimeout:
            raise psycopg.OperationalError("the server is silent") from None
        except psycopg.Error:
            pass  # a refusal is an answer

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn the server's errors into the journal's."""
        try:
            yield
        except psycopg.Error as error:
            raise self.journey_error(error) from error
        except UnicodeEncodeError as error:
            raise _unholdable(error) from error

    def journey_error(self, error: psycopg.Error) -> JourneyError:
        """The journal's error for one of the server's."""
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
    ("does not exist", "needs a database that does not exist", "create the database, with `createdb`"),
    ("53100", "is on a full disk; nothing of this batch was recorded", "free some space and retry"),
    ("55P03", "is held by another writer", "see that no other program holds it, and retry"),
    ("40001", "was recorded to since this transaction began", "roll back, and retry or use READ COMMITTED"),
    ("25P03", "lost its place, since recording took too long", "retry with fewer at once"),
    ("25006", "is read-only", "connect to the server that takes writes"),
    ("42501", "is closed to this user", "grant it the role `journey_writer` or `journey_reader`; see `roles.sql`"),
    ("57014", "was too slow for the server's time limit", "raise `statement_timeout` for this user"),
    ("3F000", "needs a schema, and the search path names none", "create the schema, or set another `search_path`"),
)


def _unholdable(error: Exception) -> InvalidTouchpoint:
    return InvalidTouchpoint([("", f"PostgreSQL cannot hold this text: {error}")], "leave the character out")


def is_lost(error: psycopg.Error) -> bool:
    """Whether only the connection failed, so that another one may do."""
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    return error.sqlstate is None or error.sqlstate[:2] == "08" or error.sqlstate in ("57P01", "57P02", "57P03")


def reason_for_log(error: psycopg.Error) -> str:
    """What a log may hold of an error: neither its details, which may quote a row, nor libpq's words, which may quote an address."""
    return f"{type(error).__name__} {error.sqlstate}" if error.sqlstate else type(error).__name__


def _made_by(deadline: float, connect: Callable[[], PatientConnection]) -> PatientConnection:
    """What `connect` gives, on a thread of its own: to look a name up, or to try several hosts, may take longer than a call may wait."""
    made = Future[PatientConnection]()

    def make() -> None:
        try:
            connection = connect()
        except BaseException as error:
            if made.set_running_or_notify_cancel():
                made.set_exception(error)
            return
        if made.set_running_or_notify_cancel():
            made.set_result(connection)
        else:
            connection.close()

    Thread(target=make, name="journey-connecting", daemon=True).start()
    try:
        return made.result(max(deadline - monotonic(), 0.0))
    except TimeoutError:
        if not made.cancel():
            return made.result()
    raise psycopg.errors.ConnectionTimeout("connection timeout expired")


def _conninfo(url: str) -> str:
    """What libpq takes. Error texts repeat nothing of the address, since any part of it may belong to a password."""
    mend = (
        "write it as `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`, with `%40` for an `@` in a password, `%2F` for a `/`, `%3F` for a `?`"
    )
    try:
        parameters = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except psycopg.ProgrammingError:
        parameters = {"port": "unreadable"}
    if without_password(url) == "…" or not re.fullmatch("[0-9,]*", parameters.get("port", "")):
        raise InvalidStoreUrl("the store's address is not a PostgreSQL address", mend)
    return make_conninfo("", **{**_DEFAULTS, **parameters, "client_encoding": "utf8"})
