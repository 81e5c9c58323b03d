"""The journal for asyncio: what the synchronous one promises, while the loop goes on."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from journey import (
    AsyncJournal,
    AsyncSubscription,
    ConflictingHistory,
    ConflictingTouchpoint,
    Interaction,
    InvalidTouchpoint,
    Journal,
    Overloaded,
    StoreUnavailable,
    Subscription,
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


def public(kind: type) -> dict[str, Callable[..., Any]]:
    return {name: getattr(kind, name) for name in dir(kind) if not name.startswith("_") and callable(getattr(kind, name))}


def parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    return list(inspect.signature(function).parameters.values())


@pytest.mark.parametrize(
    ("ours", "theirs", "name"),
    [(ours, theirs, name) for ours, theirs in ((AsyncJournal, Journal), (AsyncSubscription, Subscription)) for name in public(theirs)],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_whatever_the_synchronous_one_has_is_there_awaited_with_the_same_parameters(ours: type, theirs: type, name: str) -> None:
    method = getattr(ours, name, None)
    assert method is not None, f"{ours.__name__} lacks `{name}`: add it, mostly as `{name} = _reads(Journal.{name})`"
    is_context = inspect.isasyncgenfunction(inspect.unwrap(method))
    assert inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method) or is_context, f"`{name}` is not awaited"
    expected = parameters(getattr(theirs, name))
    if name == "open":  # it takes what the face itself takes, too
        expected += [one for one in parameters(ours) if one.name != "journal"]
    assert parameters(method) == expected


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
            batches = [[contact(f"good-{number}")] for number in range(50)]
            batches[17] = [contact("lost"), contact("taken", competence=0.1)]
            batches[31] = [contact("bad").model_copy(update={"certainty": 7.0})]
            outcomes = await asyncio.gather(*(journal.record(*facts) for facts in batches), return_exceptions=True)
            assert isinstance(outcomes[17], ConflictingTouchpoint) and isinstance(outcomes[31], InvalidTouchpoint)
            assert sum(isinstance(outcome, list) for outcome in outcomes) == 48
            assert len((await journal.history("r")).records) == 49

    asyncio.run(record())


def test_what_is_nobodys_fault_is_told_to_all_at_once() -> None:
    class Locked(Slow):
        def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
            super().append((), now)
            batch_sizes.append(len(rows))
            raise StoreUnavailable("the journal is locked")

    async def record() -> None:
        store = Locked()
        async with AsyncJournal(Journal(store)) as journal:
            first = asyncio.ensure_future(journal.record(contact("first")))
            await until(store.asked)
            recordings = [asyncio.ensure_future(journal.record(contact(f"{number}"))) for number in range(100)]
            await asyncio.sleep(0)
            store.let.set()
            outcomes = await asyncio.gather(first, *recordings, return_exceptions=True)
            assert all(isinstance(outcome, StoreUnavailable) for outcome in outcomes)

    batch_sizes: list[int] = []
    asyncio.run(record())
    assert batch_sizes == [1, 100]


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
            ids = [record.touchpoint.id async for record in journal.read()]
            assert ids == ["a1", "a2", "c1", "c2"]  # the first was on its way, the second had not begun
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
                ids = [(await asyncio.wait_for(anext(records), timeout=20)).touchpoint.id for _ in range(2)]
                assert ids == [f"{number}-a", f"{number}-b"]

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


# The queue


def test_a_full_queue_refuses_at_once_and_takes_calls_again_when_there_is_room() -> None:
    async def record() -> None:
        store = Slow()
        async with AsyncJournal(Journal(store), queue=3) as journal:
            begun = asyncio.ensure_future(journal.record(contact("begun")))
            await until(store.asked)
            waiting = [asyncio.ensure_future(journal.record(contact(f"{number}"))) for number in range(2)]
            waiting.append(asyncio.ensure_future(journal.record(contact("alone"), expected_version=3)))
            await asyncio.sleep(0)
            for refused in (journal.record(contact("refused")), journal.retract("begun")):
                with pytest.raises(Overloaded, match="3 calls wait for the journal's writer already") as error:
                    await refused
                assert error.value.mend == "nothing was done; retry in a moment"
            assert await journal.version("r") == 0  # who reads has a queue of their own
            waiting[0].cancel()
            await asyncio.sleep(0)
            waiting.append(asyncio.ensure_future(journal.record(contact("instead"))))
            await asyncio.sleep(0)
            store.let.set()
            await asyncio.gather(begun, *waiting[1:], return_exceptions=True)
            await journal.record(contact("later"))
            assert {"begun", "1", "instead", "later"} == {record.outline.id async for record in journal.read()} - {"alone"}

    asyncio.run(record())


def test_readers_too_have_a_queue_of_limited_length() -> None:
    class SlowToRead(Slow):
        def version(self, relationship: str) -> int:
            self.asked.set()
            assert self.let.wait(timeout=20)
            return 7

    async def read() -> None:
        store = SlowToRead()
        async with AsyncJournal(Journal(store), readers=1, queue=2) as journal:
            begun = asyncio.ensure_future(journal.version("r"))
            await until(store.asked)
            waiting = [asyncio.ensure_future(journal.version("r")) for _ in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(Overloaded, match="readers"):
                await journal.version("r")
            store.let.set()
            assert await asyncio.gather(begun, *waiting) == [7, 7, 7]

    asyncio.run(read())


def test_each_waits_for_its_own_limit_and_not_for_that_of_those_before_it() -> None:
    """A store that is down keeps each group for as long as it tries; who waits behind ends while the first is still tried."""

    async def record() -> None:
        store = Slow()
        async with AsyncJournal(Journal(store), wait_seconds=0.1, readers=1) as journal:
            begun = asyncio.ensure_future(journal.record(contact("begun")))
            await until(store.asked)
            late: list[Awaitable[Any]] = [journal.record(contact(f"{number}")) for number in range(20)]
            late += [journal.record(contact("alone"), expected_version=0), journal.name("ana", "Ana Rossi")]
            outcomes = await asyncio.gather(*late, return_exceptions=True)
            assert [type(outcome) for outcome in outcomes] == [Overloaded] * 22
            assert "waited 0.1 s for the journal's writer" in str(outcomes[0])
            assert not begun.done()  # what has begun is the store's to end
            store.let.set()
            assert (await begun)[0].is_new
            assert [record.outline.id async for record in journal.read()] == ["begun"]
            assert (await journal.record(contact("0")))[0].is_new

    asyncio.run(record())


def test_a_group_is_as_large_as_was_asked_for() -> None:
    class Counting(Slow):
        def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
            sizes.append(len(rows))
            return super().append(rows, now, expected_version)

    async def record() -> None:
        store = Counting()
        async with AsyncJournal(Journal(store), group=10) as journal:
            begun = asyncio.ensure_future(journal.record(contact("begun")))
            await until(store.asked)
            waiting = [asyncio.ensure_future(journal.record(contact(f"{number}"))) for number in range(25)]
            await asyncio.sleep(0)
            store.let.set()
            await asyncio.gather(begun, *waiting)

    sizes: list[int] = []
    asyncio.run(record())
    assert sizes == [1, 10, 10, 5]


@pytest.mark.parametrize("options", [{"readers": 0}, {"group": 0}, {"queue": 0}])
def test_a_size_that_is_none_is_refused(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        AsyncJournal(Journal(MemoryStore()), **options)


# Named subscriptions


def test_a_named_subscription_is_acknowledged_one_by_one_also_where_waits_are_cancelled(url: str) -> None:
    async def follow() -> None:
        async with await AsyncJournal.open(url) as journal:
            await journal.record(*(contact(f"{number}") for number in range(5)))
            async with journal.subscribe(name="n") as records:
                assert [(await anext(records)).position for _ in range(3)] == [1, 2, 3]
            async with journal.subscribe(name="n") as records:
                assert records.position == 2
                assert [(await anext(records)).position for _ in range(2)] == [3, 4]
                cancelled = asyncio.ensure_future(anext(records))
                await asyncio.sleep(0)
                cancelled.cancel()
                await asyncio.sleep(0.05)
                await records.acknowledge()  # 5 may be on its way, but nobody has it yet
            async with journal.subscribe(name="n") as records:
                assert [record.position for record in await records.page()] == [5]
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(anext(records), timeout=0.2)  # to ask acknowledges, though nothing comes
            await journal.record(contact("new"))
            async with journal.subscribe(name="n") as records:
                assert (await anext(records)).position == 6

    asyncio.run(asyncio.wait_for(follow(), timeout=60))
