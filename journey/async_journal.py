"""The journal for asyncio services: the same names, awaited; the event loop is never blocked.

Recording is grouped: what many tasks record at one time becomes one transaction, so that a thousand of them wait for a few
flushes of the disk and not for a thousand.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from datetime import date, datetime
from functools import partial, wraps
from itertools import islice
from threading import Lock
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from journey import clock
from journey.amendments import Fact
from journey.async_subscription import AsyncSubscription
from journey.call_queue import CallQueue
from journey.errors import ConflictingTouchpoint, InvalidTouchpoint, StoreUnavailable
from journey.history import Recorded
from journey.journal import Journal
from journey.lookup import PAGE
from journey.recording import Prepared
from journey.stores.keys import Keystore
from journey.stores.limits import DEFAULTS
from journey.stores.process_forks import process
from journey.stores.protocol import Summary
from journey.stores.rows import Receipt
from journey.touchpoints import PARTIES

P = ParamSpec("P")
T = TypeVar("T")
_Entry = tuple[tuple[Fact | dict[str, Any], ...], Future[list[Receipt]]]
_PAGE = 1_000


def _reads(method: Callable[Concatenate[Journal, P], T]) -> Callable[Concatenate["AsyncJournal", P], Coroutine[Any, Any, T]]:
    """A method of `Journal`, awaited while one of the readers runs it."""

    @wraps(method)
    async def awaited(self: "AsyncJournal", /, *arguments: P.args, **options: P.kwargs) -> T:
        return await self._reading(partial(method, self._journal, *arguments, **options))

    return awaited


def _writes(method: Callable[Concatenate[Journal, P], T]) -> Callable[Concatenate["AsyncJournal", P], Coroutine[Any, Any, T]]:
    """A method of `Journal`, awaited while the writer runs it."""

    @wraps(method)
    async def awaited(self: "AsyncJournal", /, *arguments: P.args, **options: P.kwargs) -> T:
        return await self._writing(partial(method, self._journal, *arguments, **options))

    return awaited


class AsyncJournal:
    """A `Journal` for asyncio, method by method. Use as an async context manager, or await `close`.

    Cancelling a task that waits for `record` leaves its facts recorded, all of them, or not, none of them; recording them
    again is harmless either way. Each method raises Overloaded where too many calls wait, or its turn does not come in time.
    """

    def __init__(self, journal: Journal, *, readers: int = 8, group: int = 1_000, queue: int = 10_000, wait_seconds: float = 30.0) -> None:
        """An asyncio face on `journal`, which it closes when it is closed.

        So many `readers` work at once, beside one writer, which records about `group` facts in a transaction. As many calls as `queue`
        may wait to read, and as many to write, each `wait_seconds` for its turn; from then on only the store limits how long it takes.
        """
        if min(readers, group, queue) < 1:
            raise ValueError(f"readers, group and queue must be at least 1, got {readers}, {group}, {queue}")
        self._journal = journal
        self._group = group
        self._readers = CallQueue("the journal's readers", readers, queue=queue, wait_seconds=wait_seconds)
        self._writer = CallQueue("the journal's writer", 1, queue=queue, wait_seconds=wait_seconds)
        self._lock = Lock()
        self._waiting: deque[_Entry] = deque()
        self._is_closed = False
        self._closing = Lock()
        self._process = process()

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        read_only: bool = False,
        now: Callable[[], datetime] = clock.now,
        keys: str | Keystore | None = None,
        allow_unknown: bool = False,
        timeout: float = DEFAULTS.timeout,
        pool_size: int = DEFAULTS.pool_size,
        page_size: int = PAGE,
        readers: int = 8,
        group: int = 1_000,
        queue: int = 10_000,
        wait_seconds: float = 30.0,
    ) -> Self:
        """As `Journal.open`, then as `AsyncJournal`."""
        opening = partial(Journal.open, url, read_only=read_only, now=now, keys=keys, allow_unknown=allow_unknown)
        opening = partial(opening, timeout=timeout, pool_size=pool_size, page_size=page_size)
        journal = await asyncio.to_thread(opening)
        return cls(journal, readers=readers, group=group, queue=queue, wait_seconds=wait_seconds)

    @classmethod
    async def over(
        cls,
        source: Any,
        *,
        now: Callable[[], datetime] = clock.now,
        keys: str | Keystore | None = None,
        allow_unknown: bool = False,
        timeout: float = DEFAULTS.timeout,
        page_size: int = PAGE,
    ) -> Self:
        """As `Journal.over`. The journal's own threads use `source`: a `sqlite3.Connection` must allow them (`check_same_thread=False`)."""
        opening = partial(Journal.over, source, now=now, keys=keys, allow_unknown=allow_unknown, timeout=timeout, page_size=page_size)
        return cls(await asyncio.to_thread(opening))

    async def record(self, *touchpoints: Fact | dict[str, Any], expected_version: int | None = None) -> list[Receipt]:
        """As `Journal.record`. Tasks that record at one time share a transaction, yet each succeeds or fails alone."""
        if expected_version is not None:
            return await self._writing(partial(self._journal.record, *touchpoints, expected_version=expected_version))
        with self._while_open():
            done: Future[list[Receipt]] = self._writer.queued()
            self._waiting.append((touchpoints, done))
            self._writer.then(self._record_waiting)
        return await self._writer.result(done)

    correct = _writes(Journal.correct)
    retract = _writes(Journal.retract)
    merge = _writes(Journal.merge)
    unmerge = _writes(Journal.unmerge)
    merge_people = _writes(Journal.merge_people)
    unmerge_people = _writes(Journal.unmerge_people)
    name = _writes(Journal.name)
    forget = _writes(Journal.forget)
    rotate_keys = _writes(Journal.rotate_keys)
    seal = _writes(Journal.seal)
    record_prepared = _writes(Journal.record_prepared)
    conflicts = _reads(Journal.conflicts)
    version = _reads(Journal.version)
    history = _reads(Journal.history)
    canonical_name = _reads(Journal.canonical_name)
    page = _reads(Journal.page)
    last_position = _reads(Journal.last_position)
    stored = _reads(Journal.stored)
    verify = _reads(Journal.verify)
    prove = _reads(Journal.prove)
    ping = _reads(Journal.ping)

    async def prepare(
        self, touchpoints: Iterable[Fact | dict[str, Any] | bytes], known_at: datetime | Iterable[datetime] | None = None
    ) -> Prepared:
        """As `Journal.prepare`."""
        return await self._reading(partial(self._journal.prepare, list(touchpoints), known_at))

    async def names(self, people: Iterable[str]) -> dict[str, str]:
        """As `Journal.names`."""
        return await self._reading(partial(self._journal.names, list(people)))

    async def find(self, ids: Iterable[str]) -> dict[str, Recorded[Fact]]:
        """As `Journal.find`."""
        return await self._reading(partial(self._journal.find, list(ids)))

    async def relationships(self, naming: str | None = None, *, known_at: str | date | datetime | None = None) -> list[Summary]:
        """As `Journal.relationships`, as a list."""
        return await self._reading(lambda: list(self._journal.relationships(naming, known_at=known_at)))

    async def naming(self, name: str, fields: Collection[str] = PARTIES) -> AsyncIterator[Recorded[Fact]]:
        """As `Journal.naming`."""
        records = self._journal.naming(name, fields)
        while some := await self._reading(lambda: list(islice(records, _PAGE))):
            for record in some:
                yield record

    async def read(self, after: int = 0) -> AsyncIterator[Recorded[Fact]]:
        """As `Journal.read`."""
        while page := await self.page(after):
            for record in page:
                yield record
            after = page[-1].position or after

    @asynccontextmanager
    async def subscribe(self, after: int = 0, *, name: str | None = None, poll_seconds: float = 0.05) -> AsyncIterator[AsyncSubscription]:
        """As `Journal.subscribe`: `async with journal.subscribe() as records: async for record in records: …`."""
        subscription = await self._reading(partial(self._journal.subscribe, after, name=name, poll_seconds=poll_seconds))
        records = AsyncSubscription(subscription, is_named=name is not None)
        try:
            yield records
        finally:
            await records.stop()

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
        if self._process != process():
            return  # all that is open is the parent's
        with self._lock:
            self._is_closed = True
        await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, self._shut_down, close))

    def _shut_down(self, close: Callable[[], None]) -> None:
        # One at a time: to leave `async with` while a close goes on must not take the store from under it.
        with self._closing:
            self._writer.shut_down()
            self._readers.shut_down()
            close()

    @contextmanager
    def _while_open(self) -> Iterator[None]:
        """Hold the lock, under which the journal stays open. Raises StoreUnavailable where it was closed, or this is a forked child."""
        if self._process != process():
            raise StoreUnavailable("an AsyncJournal has threads, which a forked child has not", "open it in the child")
        with self._lock:
            if self._is_closed:
                raise StoreUnavailable("the journal was closed", "open it again")
            yield

    async def _reading(self, function: Callable[[], T]) -> T:
        with self._while_open():
            done = self._readers.call(function)
        return await self._readers.result(done)

    async def _writing(self, function: Callable[[], T]) -> T:
        with self._while_open():
            done = self._writer.call(function)
        return await self._writer.result(done)

    def _record_waiting(self) -> None:
        """Record what waits, as one group; nothing where the group before took it all."""
        with self._lock:
            group: list[_Entry] = []
            size = 0
            while self._waiting and size < self._group:
                facts, done = self._waiting.popleft()
                if self._writer.begin(done):
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
