"""The journal for asyncio services: the same names, awaited; the loop goes on while the store works.

Recording is grouped: what many tasks record at one time becomes one transaction, so that a thousand of them wait for a few
flushes of the disk and not for a thousand.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from itertools import islice
from threading import Lock
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from journey import clock
from journey.amendments import Fact
from journey.history import History, Recorded
from journey.journal import Journal
from journey.stores import Summary
from journey.stores.rows import Receipt
from journey.verification import Verification

P = ParamSpec("P")
T = TypeVar("T")
_Entry = tuple[tuple[Fact, ...], Future[list[Receipt]]]
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

    @classmethod
    async def open(cls, url: str, *, read_only: bool = False, now: Callable[[], datetime] = clock.now, allow_unknown: bool = False) -> Self:
        """As `Journal.open`."""
        opening = partial(Journal.open, url, read_only=read_only, now=now, allow_unknown=allow_unknown)
        return cls(await asyncio.to_thread(opening))

    async def record(self, *facts: Fact, expected_version: int | None = None) -> list[Receipt]:
        """As `Journal.record`. Tasks that record at one time share a transaction, yet each succeeds or fails alone."""
        if expected_version is not None:
            return await self._writing(self._journal.record, *facts, expected_version=expected_version)
        done: Future[list[Receipt]] = Future()
        with self._lock:
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

    async def version(self, relationship: str) -> int:
        """As `Journal.version`."""
        return await self._reading(self._journal.version, relationship)

    async def history(self, relationship: str) -> History:
        """As `Journal.history`."""
        return await self._reading(self._journal.history, relationship)

    async def find(self, ids: Iterable[str]) -> dict[str, Recorded[Fact]]:
        """As `Journal.find`."""
        return await self._reading(self._journal.find, list(ids))

    async def relationships(self) -> list[Summary]:
        """As `Journal.relationships`, as a list."""
        return await self._reading(lambda: list(self._journal.relationships()))

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
        # A thread of its own: one that waits must not keep readers waiting.
        thread = ThreadPoolExecutor(1, thread_name_prefix="journey-subscription")
        with self._journal.subscribe(after, poll_seconds=poll_seconds) as subscription:

            async def records() -> AsyncIterator[Recorded[Fact]]:
                loop = asyncio.get_running_loop()
                while page := await loop.run_in_executor(thread, subscription.page):
                    for record in page:
                        yield record

            try:
                yield records()
            finally:
                subscription.stop()
                thread.shutdown(wait=False)

    async def close(self) -> None:
        """Wait for what is being recorded, then close the journal; closing twice is harmless."""
        await asyncio.to_thread(self._shut_down)
        await asyncio.to_thread(self._journal.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await asyncio.to_thread(self._shut_down)
        await asyncio.to_thread(self._journal.__exit__, kind, error, trace)

    def _shut_down(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()

    async def _reading(self, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, partial(function, *arguments, **options))

    async def _writing(self, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writer, partial(function, *arguments, **options))

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
        except Exception as error:
            if len(group) == 1:
                group[0][1].set_exception(error)
                return
            half = len(group) // 2
            self._record_group(group[:half])
            self._record_group(group[half:])
            return
        for facts, done in group:
            done.set_result(list(islice(receipts, len(facts))))
