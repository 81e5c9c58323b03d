"""The journal for asyncio services: the same names, awaited; the loop goes on while the store works.

Recording is grouped: what many tasks record at one time becomes one transaction, so that a thousand of them wait for a few
flushes of the disk and not for a thousand.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from datetime import date, datetime
from functools import partial
from itertools import islice
from threading import Lock
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from journey import clock
from journey.amendments import Fact
from journey.errors import ConflictingTouchpoint, InvalidTouchpoint, StoreUnavailable
from journey.history import History, Recorded
from journey.integrity.verification import Verification
from journey.journal import Journal
from journey.privacy.forgetting import Forgotten
from journey.stores.keys import Keystore
from journey.stores.protocol import Summary
from journey.stores.rows import Receipt
from journey.subscription import Subscription
from journey.touchpoints import PARTIES

P = ParamSpec("P")
T = TypeVar("T")
_Entry = tuple[tuple[Fact | dict[str, Any], ...], Future[list[Receipt]]]
_READERS = 8
_GROUP = 1_000
"""How many facts, about, are recorded in one transaction."""


class AsyncJournal:
    """A `Journal` for asyncio. Use as an async context manager, or await `close`.

    Cancelling a task that waits for `record` leaves its facts recorded, all of them, or not, none of them; recording them
    again is harmless either way.
    """

    def __init__(self, journal: Journal) -> None:
        """An asyncio face on `journal`, which it closes when it is closed."""
        self._journal = journal
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="journey-reader")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="journey-writer")
        self._lock = Lock()
        self._waiting: deque[_Entry] = deque()
        self._is_closed = False
        self._closing = Lock()

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        read_only: bool = False,
        now: Callable[[], datetime] = clock.now,
        keys: str | Keystore | None = None,
        allow_unknown: bool = False,
    ) -> Self:
        """As `Journal.open`."""
        opening = partial(Journal.open, url, read_only=read_only, now=now, keys=keys, allow_unknown=allow_unknown)
        return cls(await asyncio.to_thread(opening))

    async def record(self, *facts: Fact | dict[str, Any], expected_version: int | None = None) -> list[Receipt]:
        """As `Journal.record`. Tasks that record at one time share a transaction, yet each succeeds or fails alone."""
        if expected_version is not None:
            return await self._writing(self._journal.record, *facts, expected_version=expected_version)
        done: Future[list[Receipt]] = Future()
        with self._while_open():
            self._waiting.append((facts, done))
            self._writer.submit(self._record_waiting)
        return await asyncio.wrap_future(done)

    async def correct(
        self, id: str, fields: Mapping[str, Any], *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """As `Journal.correct`."""
        return await self._writing(self._journal.correct, id, fields, reason=reason, actor=actor, as_id=as_id)

    async def retract(self, id: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None) -> Receipt:
        """As `Journal.retract`."""
        return await self._writing(self._journal.retract, id, reason=reason, actor=actor, as_id=as_id)

    async def merge(
        self, relationship: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """As `Journal.merge`."""
        return await self._writing(self._journal.merge, relationship, other, reason=reason, actor=actor, as_id=as_id)

    async def unmerge(
        self, relationship: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """As `Journal.unmerge`."""
        return await self._writing(self._journal.unmerge, relationship, other, reason=reason, actor=actor, as_id=as_id)

    async def merge_people(
        self, person: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """As `Journal.merge_people`."""
        return await self._writing(self._journal.merge_people, person, other, reason=reason, actor=actor, as_id=as_id)

    async def unmerge_people(
        self, person: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """As `Journal.unmerge_people`."""
        return await self._writing(self._journal.unmerge_people, person, other, reason=reason, actor=actor, as_id=as_id)

    async def name(
        self, person: str, name: str | None, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """As `Journal.name`."""
        return await self._writing(self._journal.name, person, name, reason=reason, actor=actor, as_id=as_id)

    async def names(self, people: Iterable[str]) -> dict[str, str]:
        """As `Journal.names`."""
        return await self._reading(self._journal.names, list(people))

    async def forget(self, person: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None) -> Forgotten:
        """As `Journal.forget`."""
        return await self._writing(self._journal.forget, person, reason=reason, actor=actor, as_id=as_id)

    async def rotate_keys(self, *people: str) -> int:
        """As `Journal.rotate_keys`."""
        return await self._writing(self._journal.rotate_keys, *people)

    async def version(self, relationship: str) -> int:
        """As `Journal.version`."""
        return await self._reading(self._journal.version, relationship)

    async def history(self, relationship: str, *, after: int = 0) -> History:
        """As `Journal.history`."""
        return await self._reading(self._journal.history, relationship, after=after)

    async def canonical_name(self, relationship: str, *, known_at: str | date | datetime | None = None) -> str:
        """As `Journal.canonical_name`."""
        return await self._reading(self._journal.canonical_name, relationship, known_at=known_at)

    async def find(self, ids: Iterable[str]) -> dict[str, Recorded[Fact]]:
        """As `Journal.find`."""
        return await self._reading(self._journal.find, list(ids))

    async def relationships(self, naming: str | None = None) -> list[Summary]:
        """As `Journal.relationships`, as a list."""
        return await self._reading(lambda: list(self._journal.relationships(naming)))

    async def naming(self, name: str, fields: Collection[str] = PARTIES) -> AsyncIterator[Recorded[Fact]]:
        """As `Journal.naming`."""
        records = self._journal.naming(name, fields)
        while some := await self._reading(lambda: list(islice(records, _GROUP))):
            for record in some:
                yield record

    async def verify(self, against: str | None = None) -> Verification:
        """As `Journal.verify`."""
        return await self._reading(self._journal.verify, against)

    async def prove(self, id: str, against: str | None = None) -> dict[str, Any]:
        """As `Journal.prove`."""
        return await self._reading(self._journal.prove, id, against)

    async def read(self, after: int = 0) -> AsyncIterator[Recorded[Fact]]:
        """As `Journal.read`."""
        while page := await self._reading(self._journal.page, after):
            for record in page:
                yield record
            after = page[-1].position or after

    @asynccontextmanager
    async def subscribe(self, after: int = 0, *, poll_seconds: float = 0.05) -> AsyncIterator[AsyncIterator[Recorded[Fact]]]:
        """As `Journal.subscribe`: `async with journal.subscribe() as records: async for record in records: …`."""
        with self._while_open():
            records = _Records(self._journal.subscribe(after, poll_seconds=poll_seconds))
        try:
            yield records
        finally:
            await records.leave()

    async def close(self) -> None:
        """Wait for what is being recorded, then close the journal; closing twice is harmless.

        From the call on, every other method raises StoreUnavailable. Cancelling a task that waits for this stops only the waiting.
        """
        await self._close(self._journal.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._close(partial(self._journal.__exit__, kind, error, trace))

    async def _close(self, close: Callable[[], None]) -> None:
        with self._lock:
            self._is_closed = True
        await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, self._shut_down, close))

    def _shut_down(self, close: Callable[[], None]) -> None:
        # One at a time: to leave `async with` while a close goes on must not take the store from under it.
        with self._closing:
            self._writer.shutdown()
            self._readers.shutdown()
            close()

    @contextmanager
    def _while_open(self) -> Iterator[None]:
        """Hold the lock, under which the journal stays open. Raises StoreUnavailable where it was closed."""
        with self._lock:
            if self._is_closed:
                raise StoreUnavailable("the journal was closed", "open it again")
            yield

    async def _reading(self, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        with self._while_open():
            done = self._readers.submit(function, *arguments, **options)
        return await asyncio.wrap_future(done)

    async def _writing(self, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        with self._while_open():
            done = self._writer.submit(function, *arguments, **options)
        return await asyncio.wrap_future(done)

    def _record_waiting(self) -> None:
        """Record what waits, as one group; nothing where the group before took it all."""
        with self._lock:
            group: list[_Entry] = []
            size = 0
            while self._waiting and size < _GROUP:
                facts, done = self._waiting.popleft()
                if done.set_running_or_notify_cancel():
                    group.append((facts, done))
                    size += len(facts)
        self._record_group(group)

    def _record_group(self, group: list[_Entry]) -> None:
        """Record a group; where somebody's facts are refused, halve it until these stand alone, so that they take nobody with them."""
        if not group:
            return
        try:
            receipts = iter(self._journal.record(*(fact for facts, _ in group for fact in facts)))
        except (ConflictingTouchpoint, InvalidTouchpoint) as error:
            if len(group) == 1:
                group[0][1].set_exception(error)
                return
            half = len(group) // 2
            self._record_group(group[:half])
            self._record_group(group[half:])
            return
        except Exception as error:
            # Nobody's facts are at fault: to try the halves would only take as long again, for each of them.
            for _, done in group:
                done.set_exception(error)
            return
        for facts, done in group:
            done.set_result(list(islice(receipts, len(facts))))


class _Records(AsyncIterator[Recorded[Fact]]):
    """What a subscription gives out, awaited. A wait that is cancelled loses nothing: the next goes on with the page it waited for."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription
        # A thread of its own: one that waits must not keep readers waiting.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journey-subscription")
        self._records: deque[Recorded[Fact]] = deque()
        self._coming: asyncio.Future[list[Recorded[Fact]]] | None = None
        self._is_left = False

    async def __anext__(self) -> Recorded[Fact]:
        while not self._is_left:
            if self._records:
                return self._records.popleft()
            if self._coming is None:
                self._coming = asyncio.get_running_loop().run_in_executor(self._thread, self._subscription.page)
            page = self._coming
            await asyncio.wait([page])  # whoever is cancelled here leaves the page to come
            if page is self._coming and not self._is_left:
                self._coming = None
                self._records.extend(page.result())
        raise StopAsyncIteration

    async def leave(self) -> None:
        """End the iteration, also for a task that waits in it."""
        self._is_left = True
        if self._coming is not None:
            self._coming.cancel()
        self._thread.shutdown(wait=False)
        # Off the loop: stopping waits for what the store's watch is doing.
        await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, self._subscription.stop))
