"""Connections that threads take in turns. Each call waits for one until its own deadline, whatever the others wait for."""

from collections.abc import Callable, Iterable
from threading import Condition
from time import monotonic
from typing import Generic, TypeVar

from journey.errors import StoreUnavailable

C = TypeVar("C")
_IDLE_SECONDS = 600.0
"""A connection that nobody needed for so long is closed."""


class Pool(Generic[C]):
    """At most `size` connections, each made when a thread needs one more. Deadlines are times of `monotonic`."""

    def __init__(self, name: str, connect: Callable[[float], C], close: Callable[[C], None], size: int) -> None:
        """`name` is what refusals call it; `connect` is given the deadline by which it must have connected."""
        self._name = name
        self._connect = connect
        self._close = close
        self._size = size
        self._changed = Condition()
        self._idle: list[tuple[C, float]] = []
        self._taken = 0
        self._is_closed = self._is_paused = self._is_inherited = False

    def take(self, deadline: float) -> C:
        """A connection for the caller alone. Raises StoreUnavailable, and what connecting raises."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed or (self._taken < self._size and not self._is_paused), deadline - monotonic())
            if self._is_closed:
                raise StoreUnavailable(f"{self._name} was closed", "open it again")
            if self._is_inherited:
                raise StoreUnavailable(f"{self._name} was in use while this process was forked", "fork while no thread uses it")
            if self._taken >= self._size or self._is_paused:
                raise StoreUnavailable(f"{self._name} has no connection free", "use it from fewer threads at once, or raise `pool_size`")
            self._taken += 1
            if self._idle:
                return self._idle.pop()[0]
        try:
            return self._connect(deadline)
        except BaseException:
            self._give_up()
            raise

    def give_back(self, connection: C) -> None:
        """Let another thread have the connection."""
        now = monotonic()
        with self._changed:
            superfluous = [connection] if self._is_closed else []
            if not self._is_closed:
                self._idle.append((connection, now))
                if self._idle[0][1] < now - _IDLE_SECONDS:
                    superfluous.append(self._idle.pop(0)[0])
        self._close_all(superfluous)
        self._give_up()

    def discard(self, connection: C) -> None:
        """Close a connection that cannot be used any more."""
        self._close(connection)
        self._give_up()

    def drain(self) -> None:
        """Close the connections that are not in use."""
        with self._changed:
            idle, self._idle = self._idle, []
        self._close_all(connection for connection, _ in idle)

    def close(self, seconds: float = 0.0) -> None:
        """Give out no more; close what is not in use, once all is given back or the seconds are over, and the rest when it is."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._taken, seconds)
        self.drain()

    def pause(self, seconds: float) -> None:
        """Close every connection, waiting so long for those in use, and give out none until `go_on`, which the same thread calls."""
        self._changed.acquire()
        self._is_paused = True
        self._changed.wait_for(lambda: not self._taken, seconds)
        self.drain()

    def go_on(self) -> None:
        """End a pause."""
        self._is_paused = False
        self._changed.notify_all()
        self._changed.release()

    def forget(self) -> None:
        """Begin anew in a forked child: what the parent opened is neither used nor closed."""
        self._changed = Condition()
        self._idle = []
        self._taken = 0
        self._is_paused = False

    def inherit(self) -> None:
        """As `forget`, after a pause. Where a connection was in use even so, no new one is safe, and none is given out."""
        self._is_inherited = self._taken > 0
        self.forget()

    def _give_up(self) -> None:
        with self._changed:
            self._taken -= 1
            self._changed.notify_all()

    def _close_all(self, connections: Iterable[C]) -> None:
        for connection in connections:
            self._close(connection)
