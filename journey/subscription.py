"""Following a journal: what is recorded from a position on, by this process or another, in order and once each."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from logging import getLogger
from threading import Event
from types import TracebackType
from typing import Self

from journey.amendments import Fact
from journey.errors import ConflictingSubscription, shown
from journey.history import Recorded
from journey.stores.codec import decode_all
from journey.stores.protocol import Store
from journey.stores.rows import StoredTouchpoint

_log = getLogger(__name__)
_PAGE = 1_000
_LONGEST_NAME = 200


class Subscription(Iterator[Recorded[Fact]]):
    """An endless iterator over what is recorded behind position `after`; `stop`, from any thread, ends it.

    Positions become visible in their order, so that reading on from the last one seen neither misses nor repeats a
    touchpoint. Where nothing is new it looks again every `poll_seconds`. After a StoreUnavailable, the next call goes on where it was.
    Use as a context manager, or call `stop`.

    With a `name`, the store keeps how far it has come, and a later subscription of that name goes on from there; `after` is where a new
    name begins. To ask for the next record, or page, acknowledges all that was given out before, so that after a crash only what was
    in hand comes again. One subscription follows under a name at a time: the last to begin.
    """

    def __init__(
        self,
        store: Store,
        after: int = 0,
        *,
        name: str | None = None,
        poll_seconds: float = 0.05,
        decode: Callable[[Sequence[StoredTouchpoint]], list[Recorded[Fact]]] = decode_all,
    ) -> None:
        """Raises ValueError for a name that is empty, longer than 200 characters or not printable; else what the store raises."""
        self._store = store
        self._bookmark = None if name is None else store.take_bookmark(_checked(name), after)
        self.position = after if self._bookmark is None else self._bookmark.position
        """The position of the last touchpoint that was given out: where to go on later."""
        self._poll_seconds = poll_seconds
        self._decode = decode
        self._watch = store.watch()
        self._stopped = Event()
        self._read_to = self.position
        self._page: deque[Recorded[Fact]] = deque()
        if self._bookmark is not None:
            _log.info("following as `%s` behind position %d, turn %d", name, self.position, self._bookmark.turn)

    def __next__(self) -> Recorded[Fact]:
        for record in self.page(limit=1):
            return record
        raise StopIteration

    def page(self, limit: int = _PAGE) -> list[Recorded[Fact]]:
        """All that is there now, up to `limit`, at most a thousand, once there is something; nothing when stopped."""
        self.acknowledge()
        if not self._page:
            self._page.extend(self._fetched())
        if self._stopped.is_set():
            return []
        records = [self._page.popleft() for _ in range(min(limit, len(self._page)))]
        self.position = records[-1].position or self.position
        return records

    def acknowledge(self, position: int | None = None) -> None:
        """Keep under the subscription's name that it is done up to `position`, by default with all that was given out.

        Without a name this does nothing. Raises ConflictingSubscription where a later subscription has taken the name over.
        """
        bookmark = self._bookmark
        position = self.position if position is None else min(position, self.position)
        if bookmark is None or position <= bookmark.position:
            return
        moved = replace(bookmark, position=position)
        if not self._store.move_bookmark(moved):
            _log.warning("`%s` was taken over by a later subscription, at position %d", bookmark.name, bookmark.position)
            raise ConflictingSubscription(
                f"a later subscription goes on as `{bookmark.name}`", "stop this one, or give each subscription a name of its own"
            )
        self._bookmark = moved

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
        """End the iteration, also while it waits; stopping twice is harmless. What is in hand stays to be acknowledged."""
        self._stopped.set()
        self._watch.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def _checked(name: str) -> str:
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise ValueError(f"{shown(name)} cannot be a subscription's name: use 1 to {_LONGEST_NAME} printable characters")
    return name
