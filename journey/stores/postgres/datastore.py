"""Upstream's datastore over connections of our own, or of the caller's."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from logging import getLogger
from time import monotonic, sleep
from typing import Literal, Protocol, Self, TypeVar

import psycopg
from eventsourcing.postgres import PostgresDatastore

from journey.stores.postgres.connections import OwnConnections
from journey.stores.postgres.server import Connection, Server, is_lost, reason_for_log

_log = getLogger(__name__)
T = TypeVar("T")


class Connections(Protocol):
    """Where connections come from."""

    is_in_callers_transaction: bool
    """Whether what is done is part of a transaction that the caller ends."""

    def open(self, wait: bool = False, timeout: float = 0.0) -> None:
        """Nothing has to be opened; upstream asks for it."""
        ...

    def connection(self, deadline: float | None = None, /) -> AbstractContextManager[Connection]:
        """A connection whose statements wait until the deadline, as far as it is ours to say."""
        ...

    def transaction(self, connection: Connection, is_small: bool = False, /) -> AbstractContextManager[object]:
        """One transaction, or a part of the caller's that fails or succeeds as a whole."""
        ...

    def close(self) -> None:
        """Close what is our own."""
        ...


class Datastore(PostgresDatastore):
    """Upstream's datastore over any address, or over connections that are there; with `read_only`, the server refuses every write."""

    pool: Connections  # type: ignore[assignment]

    def __init__(
        self,
        server: Server,
        connections: Connections | None = None,
        *,
        read_only: bool = False,
        originator_id_type: Literal["uuid", "text"] = "text",
    ) -> None:
        super().__init__("", "", "", "", "", originator_id_type=originator_id_type)
        self.server = server
        self.pool = connections or OwnConnections(server, read_only=read_only)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def register_type_adapters(self) -> None:
        """Nothing: the types are for upstream's own way to insert."""

    def persistently(self, work: Callable[[Connection], T]) -> T:
        """What `work` gives, begun anew on another connection while only connections fail and the call may wait.

        Raises psycopg.Error, StoreUnavailable.
        """
        began = monotonic()
        deadline = began + self.server.limits.timeout
        pause, is_retry = 0.01, False
        while True:
            try:
                with self.pool.connection(deadline) as connection:
                    done = work(connection)
            except psycopg.Error as error:
                if not is_lost(error) or self.pool.is_in_callers_transaction or monotonic() + pause > deadline:
                    raise
                if not is_retry:
                    _log.warning("no connection to %s: %s; retrying", self.server.shown, reason_for_log(error))
                is_retry = True
            else:
                if is_retry:
                    _log.info("reached %s again after %.1f s", self.server.shown, monotonic() - began)
                return done
            sleep(pause)
            pause = min(2 * pause, 1.0)
