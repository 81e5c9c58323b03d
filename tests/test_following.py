"""Following across processes and outages: one connection that listens, names whose position is kept."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any, NoReturn

import psycopg
import pytest
from postgres_server import PostgresServer

from journey import Interaction, Journal, StoreUnavailable
from journey.stores.postgres import listening
from journey.stores.postgres.listening import Listening
from journey.stores.postgres.server import PatientConnection, Server
from journey.testing import START

_PATIENCE_SECONDS = 30


def contact(id: str) -> Interaction:
    return Interaction(id=id, relationship="r", occurred_at=START + timedelta(days=1))


def listeners(url: str, selected: str = "count(*)") -> int:
    """How many connections to this database listen; or what is done with each, counted."""
    with psycopg.connect(url, autocommit=True) as connection:
        query = f"SELECT {selected} FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'"
        return sum(int(one) for (one,) in connection.execute(query.encode()).fetchall())


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def only_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks by themselves: what is seen was heard."""
    monkeypatch.setattr(listening, "_LOOK_AGAIN_SECONDS", 1000.0)


@pytest.mark.usefixtures("only_news")
def test_all_subscriptions_of_a_process_share_one_connection(postgres_url: str) -> None:
    with Journal.open(postgres_url) as one, Journal.open(postgres_url) as other:
        subscriptions = [journal.subscribe(poll_seconds=60) for journal in (one, other) for _ in range(15)]
        with ThreadPoolExecutor(30) as threads:
            for id in ("a", "b"):
                seen = [threads.submit(next, subscription) for subscription in subscriptions]
                until(lambda: listeners(postgres_url) > 0)
                one.record(contact(id))
                assert [one.result(timeout=_PATIENCE_SECONDS).outline.id for one in seen] == [id] * 30
                assert listeners(postgres_url) == 1
        for subscription in subscriptions[1:]:
            subscription.stop()
        one.record(contact("c"))
        assert (next(subscriptions[0]).outline.id, listeners(postgres_url)) == ("c", 1)
        subscriptions[0].stop()
        until(lambda: listeners(postgres_url) == 0)


@pytest.mark.usefixtures("only_news")
def test_who_listens_is_connected_again_after_the_connection_was_lost(postgres_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "journey")
    with Journal.open(postgres_url) as journal, journal.subscribe(poll_seconds=60) as subscription, ThreadPoolExecutor(1) as threads:
        for number in range(3):
            seen = threads.submit(next, subscription)
            until(lambda: listeners(postgres_url) == 1)
            journal.record(contact(f"{number}"))
            assert seen.result(timeout=_PATIENCE_SECONDS).outline.id == f"{number}"
            assert listeners(postgres_url, selected="pg_terminate_backend(pid)::int") == 1
            until(lambda: [record.message[:9] for record in caplog.records].count("listening") > number)  # noqa: B023
    words = [record.message.split(" ")[0] for record in caplog.records if record.name == "journey.stores.postgres.listening"]
    assert words == ["lost", "listening"] * 3


def test_a_subscription_goes_on_after_an_outage_longer_than_its_limit() -> None:
    with PostgresServer(fsync=False) as server, Journal.open(server.new_database(), timeout=1.0) as journal:
        with journal.subscribe(name="n") as subscription:
            journal.record(contact("before"))
            assert next(subscription).outline.id == "before"
            server.stop()
            for _ in range(2):
                with pytest.raises(StoreUnavailable):
                    next(subscription)
            server.start()
            journal.record(contact("after"))
            assert next(subscription).outline.id == "after"
        with journal.subscribe(name="n") as subscription:
            assert next(subscription).outline.id == "after"


def test_where_nobody_may_listen_readers_look_by_themselves(caplog: pytest.LogCaptureFixture) -> None:
    class Standby(Server):
        def connect(self, deadline: float | None = None, prepare: Callable[[PatientConnection], object] = lambda _: None) -> NoReturn:
            raise psycopg.errors.FeatureNotSupported("cannot execute LISTEN during recovery")

    watch = Listening(Standby("postgresql://host/db"), "touchpoints")
    assert all(watch.wait(Event(), 60) for _ in range(3))
    watch.close()
    assert [record.levelname for record in caplog.records] == ["WARNING"]


_FORKED = """
import os, sys
from journey import Interaction, Journal
from journey.stores.postgres import listening

listening._LOOK_AGAIN_SECONDS = 1000.0


def contact(id):
    return Interaction(id=id, relationship="r", occurred_at="2024-01-01T00:00:00Z")


with Journal.open(sys.argv[1]) as journal:
    subscription = journal.subscribe(poll_seconds=60)
    journal.record(contact("a"))
    assert next(subscription).outline.id == "a"
    assert subscription._watch.wait(subscription._stopped, 60)  # it listens
    child = os.fork()
    if not child:
        with Journal.open(sys.argv[1]) as own, own.subscribe(1, poll_seconds=60) as following:
            watch = subscription._watch
            assert watch.wait(subscription._stopped, 60)  # the parent's, taken over: it listens anew
            own.record(contact("b"))
            assert next(following).outline.id == "b" and watch.wait(subscription._stopped, 60)
            watch.close()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert next(subscription).outline.id == "b"
    subscription.stop()
"""


def test_a_forked_child_listens_by_itself_and_takes_nothing_from_its_parent(postgres_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _FORKED, postgres_url], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


# Names


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'journey.db'}" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


def test_a_read_only_journal_keeps_no_name(url: str) -> None:
    with Journal.open(url) as journal:
        journal.record(contact("a"))
    with Journal.open(url, read_only=True) as journal:
        with pytest.raises(StoreUnavailable, match="is open read-only, and cannot keep where `n` is") as refused:
            journal.subscribe(name="n")
        assert "give no name" in refused.value.mend
        with journal.subscribe() as subscription:
            assert next(subscription).outline.id == "a"


def test_many_begin_under_new_names_at_once(url: str) -> None:
    def follow(number: int) -> int | None:
        with Journal.open(url) as journal, journal.subscribe(name=f"{number % 3}") as subscription:
            return next(subscription).position

    with Journal.open(url) as journal:
        journal.record(contact("a"))
    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(follow, range(6))) == [1] * 6


def test_a_journal_with_names_is_as_intact_as_before(url: str) -> None:
    with Journal.open(url) as journal, journal.subscribe(name="n") as subscription:
        journal.record(contact("a"))
        next(subscription)
        subscription.acknowledge()
    with Journal.open(url) as journal:
        assert journal.verify().holds
        with journal.subscribe(name="n") as subscription:
            assert subscription.position == 1


_CRASHING = """
import os, sys
from journey import Journal
with Journal.open(sys.argv[1]) as journal, journal.subscribe(name="n") as subscription:
    for record in subscription:
        print(record.position, flush=True)
        if record.position % 3 == 0:
            os._exit(0)
"""


def test_after_a_crash_only_what_was_in_hand_comes_again(url: str) -> None:
    with Journal.open(url) as journal:
        journal.record(*(contact(f"{number}") for number in range(7)))
    runs: Iterator[Any] = (
        subprocess.run([sys.executable, "-c", _CRASHING, url], capture_output=True, text=True, timeout=60) for _ in range(2)
    )
    assert [run.stdout.split() for run in runs] == [["1", "2", "3"], ["3"]]
    with Journal.open(url) as journal, journal.subscribe(name="n") as subscription:
        assert next(subscription).position == 3
