"""The journal for asyncio: what the synchronous one promises, while the loop goes on."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from journey import (
    AsyncJournal,
    ConflictingHistory,
    ConflictingTouchpoint,
    Interaction,
    InvalidTouchpoint,
    Journal,
    StoreUnavailable,
    UnknownName,
)
from journey.seals import Seal
from journey.stores.memory import MemoryStore
from journey.stores.protocol import Polling, Watch
from journey.stores.rows import Receipt, StoredTouchpoint
from journey.testing import START


def contact(id: str, relationship: str = "r", **fields: Any) -> Interaction:
    return Interaction(id=id, relationship=relationship, occurred_at=START + timedelta(days=1), **fields)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return "memory:" if request.param == "memory" else f"sqlite:///{tmp_path / 'journey.db'}"


def test_a_thousand_tasks_record_at_once_and_nothing_is_lost_or_doubled(url: str) -> None:
    async def record() -> None:
        async with await AsyncJournal.open(url) as journal:
            batches = [[contact(f"{task}-{number}", f"r{task % 7}") for number in range(task % 3 + 1)] for task in range(1_000)]
            receipts = await asyncio.gather(*(journal.record(*batch) for batch in batches))
            for batch, given in zip(batches, receipts, strict=True):
                assert [one.id for one in given] == [one.id for one in batch]
                assert [one.position for one in given] == list(range(given[0].position, given[0].position + len(batch)))
            read = [record.touchpoint.id async for record in journal.read()]
            assert sorted(read) == sorted(one.id for batch in batches for one in batch)
            assert (await journal.verify()).holds

    asyncio.run(record())


def test_of_tasks_that_record_at_once_each_fails_alone(url: str) -> None:
    async def record() -> None:
        async with await AsyncJournal.open(url) as journal:
            await journal.record(contact("taken"))
            told = [[contact(f"good-{number}")] for number in range(50)]
            told[17] = [contact("lost"), contact("taken", competence=0.1)]
            told[31] = [contact("bad").model_copy(update={"certainty": 7.0})]
            outcomes = await asyncio.gather(*(journal.record(*facts) for facts in told), return_exceptions=True)
            assert isinstance(outcomes[17], ConflictingTouchpoint) and isinstance(outcomes[31], InvalidTouchpoint)
            assert sum(isinstance(outcome, list) for outcome in outcomes) == 48
            assert len((await journal.history("r")).records) == 49

    asyncio.run(record())


def test_what_is_nobodys_fault_is_told_to_all_at_once() -> None:
    class Locked(Slow):
        def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
            super().append((), now)
            asked.append(len(rows))
            raise StoreUnavailable("the journal is locked")

    async def record() -> None:
        store = Locked()
        async with AsyncJournal(Journal(store)) as journal:
            first = asyncio.ensure_future(journal.record(contact("first")))
            await until(store.asked)
            told = [asyncio.ensure_future(journal.record(contact(f"{number}"))) for number in range(100)]
            await asyncio.sleep(0)
            store.let.set()
            outcomes = await asyncio.gather(first, *told, return_exceptions=True)
            assert all(isinstance(outcome, StoreUnavailable) for outcome in outcomes)

    asked: list[int] = []
    asyncio.run(record())
    assert asked == [1, 100]


async def until(event: Event) -> None:
    """Wait for what a thread does. Were the loop blocked, nobody would come to let the store go on."""
    while not event.is_set():
        await asyncio.sleep(0)


class Slow(MemoryStore):
    """A store that answers an append only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.let, self.closed = Event(), Event(), Event()

    def close(self) -> None:
        self.closed.set()

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        self.asked.set()
        assert self.let.wait(timeout=20)
        return super().append(rows, now, expected_version)


def test_the_loop_goes_on_while_the_store_works() -> None:
    async def record() -> list[Receipt]:
        store = Slow()
        async with AsyncJournal(Journal(store)) as journal:
            recording = asyncio.ensure_future(journal.record(contact("a")))
            await until(store.asked)
            assert await journal.version("r") == 0
            store.let.set()
            return await recording

    (receipt,) = asyncio.run(record())
    assert receipt.is_new


def test_cancelling_leaves_all_of_a_batch_or_nothing() -> None:
    async def record() -> None:
        store = Slow()
        async with AsyncJournal(Journal(store)) as journal:
            first = asyncio.ensure_future(journal.record(contact("a1"), contact("a2")))
            await until(store.asked)
            second = asyncio.ensure_future(journal.record(contact("b1"), contact("b2")))
            third = asyncio.ensure_future(journal.record(contact("c1"), contact("c2")))
            await asyncio.sleep(0)
            for task in (first, second):
                task.cancel()
            assert len(await asyncio.gather(first, second, return_exceptions=True)) == 2
            store.let.set()
            await third
            told = [record.touchpoint.id async for record in journal.read()]
            assert told == ["a1", "a2", "c1", "c2"]  # the first was on its way, the second had not begun
            assert [one.is_new for one in await journal.record(contact("a1"), contact("b1"))] == [False, True]

    asyncio.run(record())


def test_a_subscription_follows_and_ends(url: str) -> None:
    async def follow() -> None:
        async with await AsyncJournal.open(url) as journal:
            await journal.record(contact("a"))
            seen: list[str] = []
            async with journal.subscribe(poll_seconds=0.001) as records:

                async def collect() -> None:
                    async for record in records:
                        seen.append(record.touchpoint.id)
                        if record.touchpoint.id == "last":
                            return

                collecting = asyncio.ensure_future(collect())
                for number in range(20):
                    await journal.record(contact(f"{number:02}"))
                await journal.record(contact("last"))
                await asyncio.wait_for(collecting, timeout=20)
            assert seen == ["a", *(f"{number:02}" for number in range(20)), "last"]
            async with journal.subscribe(after=22) as records:
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(anext(aiter(records)), timeout=0.05)

    asyncio.run(follow())


def test_a_cancelled_wait_loses_nothing_of_a_subscription(url: str) -> None:
    async def follow() -> None:
        async with await AsyncJournal.open(url) as journal, journal.subscribe(poll_seconds=0.001) as records:
            for number in range(3):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(anext(records), timeout=0.01)
                await journal.record(contact(f"{number}-a"), contact(f"{number}-b"))
                told = [(await asyncio.wait_for(anext(records), timeout=20)).touchpoint.id for _ in range(2)]
                assert told == [f"{number}-a", f"{number}-b"]

    asyncio.run(follow())


def test_waits_cancelled_at_any_moment_and_waits_side_by_side_share_a_subscription() -> None:
    async def follow() -> None:
        expected = [f"{number:03}" for number in range(200)]
        async with await AsyncJournal.open("memory:") as journal, journal.subscribe(poll_seconds=0.0001) as records:

            async def collect() -> None:
                async for record in records:
                    seen.append(record.touchpoint.id)

            seen: list[str] = []
            for id in expected:
                collecting = [asyncio.ensure_future(collect()) for _ in range(2)]
                await journal.record(contact(id))
                for one in collecting:
                    one.cancel()
                await asyncio.gather(*collecting, return_exceptions=True)
            while len(seen) < len(expected):
                seen.append((await asyncio.wait_for(anext(records), timeout=20)).touchpoint.id)
            assert seen == expected

    asyncio.run(follow())


def test_leaving_a_subscription_ends_it_for_whoever_waits(url: str) -> None:
    async def follow() -> None:
        async with await AsyncJournal.open(url) as journal:
            async with journal.subscribe() as records:

                async def collect() -> list[Any]:
                    return [record async for record in records]

                collecting = asyncio.ensure_future(collect())
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(anext(records), timeout=0.01)
            assert await asyncio.wait_for(collecting, timeout=20) == []
            await journal.record(contact("a"))
            with pytest.raises(StopAsyncIteration):
                await anext(records)

    asyncio.run(follow())


def test_the_loop_goes_on_while_a_subscription_stops() -> None:
    class SlowWatch(Polling):
        def close(self) -> None:
            store.asked.set()
            assert store.let.wait(timeout=20)

    class Watched(Slow):
        def watch(self) -> Watch:
            return SlowWatch()

    async def leave() -> None:
        async with AsyncJournal(Journal(store)) as journal:

            async def subscribe() -> None:
                async with journal.subscribe():
                    pass

            leaving = asyncio.ensure_future(subscribe())
            await until(store.asked)
            store.let.set()
            await leaving

    store = Watched()
    asyncio.run(leave())


def test_what_comes_after_close_is_refused_and_not_recorded() -> None:
    async def close() -> None:
        store = Slow()
        journal = AsyncJournal(Journal(store))
        before = asyncio.ensure_future(journal.record(contact("before")))
        await until(store.asked)
        closing = asyncio.ensure_future(journal.close())
        await asyncio.sleep(0)
        for method in methods(journal):
            with pytest.raises(StoreUnavailable, match="the journal was closed"):
                await method
        store.let.set()
        await closing
        assert (await before)[0].is_new
        for method in methods(journal):
            with pytest.raises(StoreUnavailable, match="the journal was closed"):
                await method
        assert [row.id for row in store.read(0, 10)] == ["before"]

    def methods(journal: AsyncJournal) -> list[Awaitable[Any]]:
        return [
            journal.record(contact("after")),
            journal.record(contact("after"), expected_version=1),
            journal.correct("before", {"competence": 0.5}),
            journal.retract("before"),
            journal.merge("r", "s"),
            journal.unmerge("r", "s"),
            journal.merge_people("ana", "bob"),
            journal.unmerge_people("ana", "bob"),
            journal.version("r"),
            journal.history("r"),
            journal.history("r", after=1),
            journal.canonical_name("r"),
            journal.find(["before"]),
            journal.relationships(),
            journal.verify(),
            journal.prove("before"),
            anext(journal.read()),
            anext(journal.naming("ana")),
            journal.subscribe().__aenter__(),
        ]

    asyncio.run(close())


@pytest.mark.parametrize("leave", [AsyncJournal.close, lambda journal: journal.__aexit__(None, None, None)], ids=["close", "exit"])
def test_a_close_goes_on_though_nobody_waits_for_it(leave: Callable[[AsyncJournal], Coroutine[Any, Any, None]]) -> None:
    async def close() -> None:
        store = Slow()
        journal = AsyncJournal(Journal(store))
        recording = asyncio.ensure_future(journal.record(contact("a")))
        await until(store.asked)
        closing = asyncio.ensure_future(leave(journal))
        await asyncio.sleep(0)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        store.let.set()
        await recording
        assert await asyncio.to_thread(store.closed.wait, 20)
        seal = store.last_seal()
        assert seal is not None and seal.last_position == 1

    asyncio.run(close())


def test_a_second_close_waits_for_the_first() -> None:
    class SlowToSeal(Slow):
        def seal(self, *seals: Seal) -> bool:
            self.asked.set()
            assert self.let.wait(timeout=20)
            done.append("sealed")
            return super().seal(*seals)

        def close(self) -> None:
            done.append("closed")

    async def close() -> None:
        store = SlowToSeal()
        store.let.set()
        journal = AsyncJournal(Journal(store))
        await journal.record(contact("a"))
        store.asked.clear()
        store.let.clear()
        first = asyncio.ensure_future(journal.close())
        await until(store.asked)
        first.cancel()
        second = asyncio.ensure_future(journal.__aexit__(asyncio.CancelledError, asyncio.CancelledError(), None))
        await asyncio.sleep(0.05)  # time for it to overtake, if it could
        store.let.set()
        await second

    done: list[str] = []
    asyncio.run(close())
    assert done == ["sealed", "closed", "closed"]


def test_closing_again_after_a_failure_is_harmless(url: str) -> None:
    async def close() -> None:
        journal = await AsyncJournal.open(url)
        with pytest.raises(RuntimeError):
            async with journal:
                await journal.record(contact("a"))
                raise RuntimeError
        await journal.close()

    asyncio.run(close())


def test_every_other_method_answers_as_the_synchronous_one(url: str) -> None:
    async def ask() -> None:
        async with await AsyncJournal.open(url) as journal:
            await journal.record(contact("a"), contact("b", "s"), expected_version=0)
            with pytest.raises(ConflictingHistory):
                await journal.record(contact("c"), expected_version=0)
            assert set(await journal.find(["a", "x"])) == {"a"}
            assert (await journal.correct("a", {"competence": 0.5}, reason="x")).id == "a.corrected-1"
            assert (await journal.merge("r", "s")).is_new
            assert [one.touchpoints for one in await journal.relationships()] == [2]
            assert (await journal.history("s")).relationship == await journal.canonical_name("s") == "r"
            assert [one.touchpoint.about for one in (await journal.history("r", after=1)).amendments] == ["a"]
            assert (await journal.unmerge("r", "s")).is_new
            assert (await journal.retract("b")).is_new
            await journal.record(contact("d", "t", representative="ana", contact="bob"))
            assert (await journal.merge_people("ana", "bob")).is_new
            assert [one.relationship for one in await journal.relationships("bob")] == ["t"]
            assert (await journal.history("t"))["d"].contact == "ana"
            assert (await journal.name("bob", "Ana Rossi")).is_new
            assert await journal.names({"ana"}) == {"ana": "Ana Rossi"}
            assert (await journal.unmerge_people("ana", "bob")).is_new
            assert [one.touchpoint.id async for one in journal.naming("bob")] == ["d"]
            with pytest.raises(UnknownName):
                await journal.history("nobody")
            assert await journal.version("r") == 4
        async with await AsyncJournal.open(url) as journal:
            if url != "memory:":
                assert (await journal.prove("a"))["touchpoint"] == "a"
            await journal.close()
            await journal.close()

    asyncio.run(ask())
