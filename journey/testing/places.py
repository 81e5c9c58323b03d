"""What the laws of a store are tried on: new places, a touchpoint to record there, and following without waiting for ever."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Event, Thread, Timer
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings

from journey.amendments import Fact
from journey.history import Recorded
from journey.journal import Journal
from journey.stores.protocol import Store
from journey.stores.rows import StoredTouchpoint
from journey.testing.strategies import RELATIONSHIP, at_day
from journey.touchpoints import Interaction

Opener = Callable[[], Store]
"""Opens a store over the same place whenever it is called; picklable, where other processes are to open it."""

STUCK_SECONDS = 120
"""What takes longer than this hangs."""

each_in_a_new_place = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors, HealthCheck.too_slow],
    max_examples=15,
    deadline=None,
)
"""For laws over random histories: every example makes a place of its own, and every store runs them."""


class Places:
    """Gives the laws their stores; the parts of `StoreContract` stand on it."""

    lives_in_one_process: ClassVar[bool] = False

    def new_opener(self, folder: Path) -> Opener:
        """The opener of a new, empty store; `folder` is an empty folder for its files, if it has any."""
        raise NotImplementedError("give `new_opener` in your subclass of StoreContract")

    @pytest.fixture
    def new_place(self, tmp_path: Path) -> Callable[[], Opener]:
        """Makes new, empty places, each with its opener."""

        def making() -> Opener:
            folder = tmp_path / f"place-{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            return self.new_opener(folder)

        return making

    @pytest.fixture
    def opener(self, new_place: Callable[[], Opener]) -> Opener:
        """One new, empty place."""
        return new_place()

    @pytest.fixture
    def journal(self, opener: Opener) -> Iterator[Journal]:
        """A journal over one new, empty place."""
        with Journal(opener()) as journal:
            yield journal


def contact(id: str, *, relationship: str = RELATIONSHIP, day: float = 0.0, **fields: Any) -> Interaction:
    """A contact, `day` days after START."""
    return Interaction(id=id, relationship=relationship, occurred_at=at_day(day), **fields)


def contacts(count: int, *, prefix: str = "") -> list[Interaction]:
    """That many contacts, with ids in their order."""
    return [contact(f"{prefix}{number:05}") for number in range(count)]


def in_schema_1(row: StoredTouchpoint) -> StoredTouchpoint:
    """The row as it was before its kind had a second schema."""
    payload = {name: value for name, value in json.loads(row.payload).items() if name != "noticed"}
    return row._replace(schema_version=1, payload=json.dumps(payload, ensure_ascii=False, separators=(",", ":")))


def records(journal: Journal, after: int = 0) -> list[Recorded[Fact]]:
    """What is recorded behind a position, in that order; a store that comes back to a position is not read for ever."""
    read: list[Recorded[Fact]] = []
    for record in journal.read(after):
        assert (record.position or 0) > after, f"position {record.position} is read behind position {after}"
        after = record.position or 0
        read.append(record)
    return read


def ids(journal: Journal, after: int = 0) -> list[str]:
    """The ids of what is recorded behind a position, in that order."""
    return [record.touchpoint.id for record in records(journal, after)]


def followed(journal: Journal, count: int, after: int = 0) -> list[Recorded[Fact]]:
    """The next `count` that a subscription gives; fewer where it stops giving any."""
    with journal.subscribe(after, poll_seconds=0.005) as subscription:
        guard = Timer(STUCK_SECONDS, subscription.stop)
        guard.start()
        try:
            return list(islice(subscription, count))
        finally:
            guard.cancel()


class Impatient:
    """A store whose subscriptions refuse to wait: all that they are to give is recorded already."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def watch(self) -> "Impatient":
        """The watch of a subscription."""
        return self

    def wait(self, stopped: Event, seconds: float) -> bool:
        """Refuse."""
        del stopped, seconds
        raise AssertionError("the subscription waits for something that is recorded already")

    def close(self) -> None:
        """Nothing is held."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@contextmanager
def beside(*tasks: Callable[[], object]) -> Iterator[None]:
    """Run tasks on threads of their own until they end; what one of them raises is raised at the end."""
    raised: list[BaseException] = []

    def run(task: Callable[[], object]) -> None:
        try:
            task()
        except BaseException as error:
            raised.append(error)

    threads = [Thread(target=run, args=(task,), daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join(STUCK_SECONDS)
    assert not any(thread.is_alive() for thread in threads), f"still running after {STUCK_SECONDS} seconds"
    for error in raised:
        raise error
