"""The journal: record touchpoints, read histories back."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Self

from journey import clock
from journey.errors import UnknownName
from journey.history import History, Recorded
from journey.reading import revalidated
from journey.sealing import Sealing
from journey.stores import Store, Summary, open_store
from journey.stores.rows import Receipt, decode, encode
from journey.subscription import Subscription
from journey.times import to_microseconds
from journey.touchpoints import Touchpoint
from journey.verification import Verification, verify

_PAGE = 10_000


class Journal:
    """An append-only log of touchpoints over a store. Use as a context manager, or call `close`."""

    def __init__(self, store: Store, now: Callable[[], datetime] = clock.now, *, allow_unknown: bool = False) -> None:
        """A journal over any `store`; `now` is the clock that says when a touchpoint is recorded (aware).

        With `allow_unknown`, what is stored of a kind or schema that this journey does not know is read as an
        UnknownTouchpoint, which moves nothing; otherwise reading it raises UnsupportedSchema.
        """
        self._store = store
        self._now = now
        self._decode = partial(decode, allow_unknown=allow_unknown)
        self._sealing = Sealing(store)

    @classmethod
    def open(cls, url: str, *, read_only: bool = False, now: Callable[[], datetime] = clock.now, allow_unknown: bool = False) -> Self:
        """Open the journal at `url` (`memory:`, `sqlite:///PATH`), creating it unless `read_only`; see `Journal` for the rest.

        Raises InvalidStoreUrl, StoreUnavailable, DamagedJournal, UnsupportedSchema.
        """
        return cls(open_store(url, read_only=read_only), now, allow_unknown=allow_unknown)

    def record(self, *touchpoints: Touchpoint, expected_version: int | None = None) -> list[Receipt]:
        """Record touchpoints, all or none, and return their receipts in the same order.

        Recording an equal touchpoint again returns its first receipt; other content under the same id raises
        ConflictingTouchpoint. With `expected_version`, every new touchpoint must belong to a relationship that has that
        many touchpoints (`version`) until now, else ConflictingHistory: somebody recorded in between. Once this returns,
        the touchpoints are durable. Raises InvalidTouchpoint for one that was changed past its model, as `model_copy` can.
        """
        rows = [encode(revalidated(touchpoint)) for touchpoint in touchpoints]
        receipts = list(self._store.append(rows, to_microseconds(self._now()), expected_version))
        self._sealing.recorded(receipts)
        return receipts

    def version(self, relationship: str) -> int:
        """How many touchpoints of a relationship are recorded; 0 where there is none."""
        return self._store.version(relationship)

    def history(self, relationship: str) -> History:
        """The history of one relationship. Raises UnknownName when the journal has no touchpoint of it."""
        rows = self._store.select(relationship)
        if not rows:
            known = (summary.relationship for summary in self._store.relationships())
            raise UnknownName.of("relationship", relationship, known, "`journey relationships` lists them")
        return History.of_records(map(self._decode, rows), relationship)

    def find(self, ids: Iterable[str]) -> dict[str, Recorded]:
        """Those of the touchpoints with these ids that are recorded, by id."""
        return {row.id: self._decode(row) for row in self._store.find(list(ids))}

    def relationships(self) -> Iterator[Summary]:
        """Every relationship by name, with its number of touchpoints and its first and last (µs since 1970)."""
        return self._store.relationships()

    def read(self, after: int = 0) -> Iterator[Recorded]:
        """Everything recorded behind position `after`, in the order of recording, page by page."""
        while rows := self._store.read(after, _PAGE):
            yield from map(self._decode, rows)
            after = rows[-1].position

    def subscribe(self, after: int = 0, *, poll_seconds: float = 0.05) -> Subscription:
        """Follow what is recorded behind position `after`, also by other processes, in order and once each, until stopped."""
        return Subscription(self._store, after, poll_seconds=poll_seconds, decode=self._decode)

    def verify(self) -> Verification:
        """Check that everything is as it was recorded: nothing edited, deleted, inserted or reordered. Others may go on recording."""
        return verify(self._store)

    def close(self) -> None:
        """Seal what this journal recorded and release the store; closing twice is harmless."""
        try:
            self._sealing.finish()
        finally:
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None:
            self.close()
        else:
            # What failed is told already; the next to close seals the rest.
            self._sealing.abandon()
            self._store.close()
