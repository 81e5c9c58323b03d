"""Following a journal from asyncio."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

from journey.amendments import Fact
from journey.history import Recorded
from journey.subscription import Subscription

_PAGE = 1_000


class AsyncSubscription(AsyncIterator[Recorded[Fact]]):
    """A `Subscription` for asyncio. A wait that is cancelled loses nothing: the next goes on with the page that was awaited."""

    def __init__(self, subscription: Subscription, *, is_named: bool) -> None:
        self.position = subscription.position
        """The position of the last touchpoint that was given out: where to go on later."""
        self._subscription = subscription
        # To fetch the next is to acknowledge those before: under a name, only when the next is really asked for.
        self._fetched_at_once = 1 if is_named else _PAGE
        # A thread of its own: one that waits must not keep readers waiting.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journey-subscription")
        self._records: deque[Recorded[Fact]] = deque()
        self._coming: asyncio.Future[list[Recorded[Fact]]] | None = None
        self._is_stopped = False

    async def __anext__(self) -> Recorded[Fact]:
        for record in await self._next(self._fetched_at_once, limit=1):
            return record
        raise StopAsyncIteration

    async def page(self, limit: int = _PAGE) -> list[Recorded[Fact]]:
        """As `Subscription.page`."""
        return await self._next(limit, limit)

    async def acknowledge(self, position: int | None = None) -> None:
        """As `Subscription.acknowledge`."""
        await asyncio.to_thread(self._subscription.acknowledge, self.position if position is None else min(position, self.position))

    async def stop(self) -> None:
        """End the iteration, also for a task that waits in it; leaving `async with` does."""
        self._is_stopped = True
        if self._coming is not None and not self._coming.cancel():
            self._coming.exception()  # else asyncio writes it to its log, with what it quotes
        self._thread.shutdown(wait=False)
        # Off the loop: stopping waits for what the store's watch is doing.
        await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, self._subscription.stop))

    async def _next(self, fetched_at_once: int, limit: int) -> list[Recorded[Fact]]:
        """At least one record and at most `limit`; nothing when stopped."""
        while not self._is_stopped:
            if self._records:
                records = [self._records.popleft() for _ in range(min(limit, len(self._records)))]
                self.position = records[-1].position or self.position
                return records
            if self._coming is None:
                self._coming = asyncio.get_running_loop().run_in_executor(self._thread, self._subscription.page, fetched_at_once)
            page = self._coming
            await asyncio.wait([page])  # whoever is cancelled here leaves the page to come
            if page is self._coming and not self._is_stopped:
                self._coming = None
                self._records.extend(page.result())
        return []
