"""The journal for asyncio: what the synchronous one promises, while the loop goes on."""

import asyncio
from collections.abc import Sequence
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
    UnknownName,
)
from journey.stores.memory import MemoryStore
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


class Slow(MemoryStore):
    """A store that answers an append only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.let = Event(), Event()

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        self.asked.set()
        assert self.let.wait(timeout=20)
        return super().append(rows, now, expected_version)


def test_the_loop_goes_on_while_the_store_works() -> None:
    async def record() -> list[Receipt]:
        store = Slow()
        async with AsyncJournal(Journal(store)) as journal:
            recording = asyncio.ensure_future(journal.record(contact("a")))
            # Were the loop blocked, nobody would come to let the store go on.
            while not store.asked.is_set():
                await asyncio.sleep(0)
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
            while not store.asked.is_set():
                await asyncio.sleep(0)
            second = asyncio.ensure_future(journal.record(contact("b1"), contact("b2")))
            third = asyncio.ensure_future(journal.record(contact("c1"), contact("c2")))
            await asyncio.sleep(0)
            for task in (first, second):
                task.cancel()
            store.let.set()
            await third
            assert [await asyncio.gather(task, return_exceptions=True) for task in (first, second)]
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
            assert (await journal.unmerge("r", "s")).is_new
            assert (await journal.retract("b")).is_new
            with pytest.raises(UnknownName):
                await journal.history("nobody")
            assert await journal.version("r") == 4
        async with await AsyncJournal.open(url) as journal:
            if url != "memory:":
                assert (await journal.prove("a"))["touchpoint"] == "a"
            await journal.close()
            await journal.close()

    asyncio.run(ask())
