"""Calls of asyncio tasks that wait for a thread: not too many at one time, and none for too long."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from logging import getLogger
from typing import Any, TypeVar

from journey.errors import Overloaded

_log = getLogger(__name__)
T = TypeVar("T")
_MEND = "nothing was done; retry in a moment"


class CallQueue:
    """Threads that take calls in turn. So many calls may wait, each so many seconds for its turn to begin; `who` does them, in words."""

    def __init__(self, who: str, threads: int, *, queue: int, wait_seconds: float) -> None:
        self._who = who
        self._queue = queue
        self._wait_seconds = wait_seconds
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=f"journey-{who.split()[-1]}")
        self._waiting: set[Future[Any]] = set()
        self._is_overloaded = False

    def call(self, function: Callable[[], T]) -> Future[T]:
        """Queue a call. Raises Overloaded."""
        done: Future[T] = self.queued()
        self.then(lambda: self._run(done, function))
        return done

    def queued(self) -> Future[Any]:
        """A place in the queue, for a call that somebody else will `begin` and end. Raises Overloaded."""
        if len(self._waiting) >= self._queue:
            raise self._refusal(f"{self._queue:,} calls wait for {self._who} already")
        done: Future[Any] = Future()
        self._waiting.add(done)
        done.add_done_callback(self._waiting.discard)
        return done

    def then(self, function: Callable[[], None]) -> None:
        """Run something on a thread, behind all that waits."""
        self._threads.submit(function)

    def begin(self, done: Future[T]) -> bool:
        """Whether a call is to be done now; nobody waits for one that was cancelled, or came too late."""
        self._waiting.discard(done)
        if len(self._waiting) <= self._queue // 2:
            self._is_overloaded = False
        return done.set_running_or_notify_cancel()

    async def result(self, done: Future[T]) -> T:
        """Wait for what a call gives. Raises Overloaded where its turn does not come in time; to cancel this takes it out of the queue."""
        is_late = False

        def give_up() -> None:
            nonlocal is_late
            is_late = done.cancel()  # unless it has begun

        timer = asyncio.get_running_loop().call_later(self._wait_seconds, give_up)
        waiting = asyncio.wrap_future(done)
        try:
            return await waiting
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not is_late or (task and task.cancelling()):
                raise
            raise self._refusal(f"the call waited {self._wait_seconds:g} s for {self._who}") from None
        finally:
            timer.cancel()
            if waiting.done() and not waiting.cancelled():
                waiting.exception()  # of a task cancelled just now; else asyncio writes it to its log, with what it quotes

    def shut_down(self) -> None:
        """Wait for all that was queued."""
        self._threads.shutdown()

    def _run(self, done: Future[T], function: Callable[[], T]) -> None:
        if not self.begin(done):
            return
        try:
            done.set_result(function())
        except BaseException as error:
            done.set_exception(error)

    def _refusal(self, message: str) -> Overloaded:
        if not self._is_overloaded:
            _log.warning("%s; such calls are refused until the queue is half empty", message)
        self._is_overloaded = True
        return Overloaded(message, _MEND)
