"""Following a journal: what is recorded from a position on, by this process or another, in order and once each."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from threading import Event
from types import TracebackType
from typing import Self

from journey.amendments import Fact
from journey.history import Recorded
from journey.stores.codec import decode_all
from journey.stores.protocol import Store
from journey.stores.rows import StoredTouchpoint

_PAGE = 1_000


class Subscription(Iterator[Recorded[Fact]]):
    """An endless iterator over what is recorded behind position `after`; `stop`, from any thread, ends it.

    Positions become visible in their order, so that reading on from the last one seen neither misses nor repeats a
    touchpoint. Where nothing is new it looks again every `poll_seconds`. Use as a context manager, or call `stop`.
    """

    def __init__(
        self,
        store: Store,
        after: int = 0,
        *,
        poll_seconds: float = 0.05,
        decode: Callable[[Sequence[StoredTouchpoint]], list[Recorded[Fact]]] = decode_all,
    ) -> None:
        self.position = after
        """The position of the last touchpoint that was given out: where to go on later."""
        self._store = store
        self._poll_seconds = poll_seconds
        self._decode = decode
        self._watch = store.watch()
        self._stopped = Event()
        self._read_to = after
        self._page: deque[Recorded[Fact]] = deque()

    def __next__(self) -> Recorded[Fact]:
        if not self._page:
            self._page.extend(self._fetched())
        if not self._page or self._stopped.is_set():
            raise StopIteration
        record = self._page.popleft()
        self.position = record.position or self.position
        return record

    def page(self) -> list[Recorded[Fact]]:
        """All that is there now, up to a thousand, once there is something; nothing when stopped."""
        records = list(self._page) or self._fetched()
        self._page.clear()
        self.position = records[-1].position or self.position if records else self.position
        return records

    def _fetched(self) -> list[Recorded[Fact]]:
        while not self._stopped.is_set():
            rows = self._store.read(self._read_to, _PAGE)
            if rows:
                records = self._decode(rows)
                self._read_to = rows[-1].position
                return records
            while not self._watch.wait(self._stopped, self._poll_seconds) and not self._stopped.is_set():
                pass
        return []

    def stop(self) -> None:
        """End the iteration, also while it waits; stopping twice is harmless."""
        self._stopped.set()
        self._watch.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
