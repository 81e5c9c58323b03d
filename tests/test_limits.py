"""Every call ends within its own limit, in an outage of any length and whatever other threads wait for."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from postgres_server import PostgresServer
from relay import Relay

from journey import Interaction, Journal, NoteAdded, StoreUnavailable
from journey.stores.limits import Limits
from journey.testing import START

LIMIT = 1.0
MANY = 20
"""More threads than connections."""
LATEST = 6.0
"""A generous deadline, and far below what `MANY` threads take that wait one behind the other."""


def contact(id: str) -> Interaction:
    return Interaction(id=id, relationship="r", occurred_at=START, competence=0.5)


def outcomes(attempts: list[Callable[[], object]]) -> list[tuple[Exception | None, float]]:
    """What each attempt raised, and how many seconds it took, all of them begun at once."""
    results: list[tuple[Exception | None, float]] = []

    def run(attempt: Callable[[], object]) -> None:
        began, raised = time.monotonic(), None
        try:
            attempt()
        except Exception as error:
            raised = error
        results.append((raised, time.monotonic() - began))

    threads = [threading.Thread(target=run, args=(attempt,), daemon=True) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def many(journal: Journal, name: str = "a") -> list[Callable[[], object]]:
    """Threads that record and read."""
    return [*recording(journal, MANY // 2, name), *([lambda: journal.history("r")] * (MANY // 2))]


def recording(journal: Journal, threads: int, name: str = "a") -> list[Callable[[], object]]:
    """Threads that record."""
    return [partial(journal.record, contact(f"{name}-{number}")) for number in range(threads)]


def all_are_refused_in_time(journal: Journal) -> bool:
    results = outcomes(many(journal))
    assert [type(raised) for raised, _ in results] == [StoreUnavailable] * MANY
    assert max(seconds for _, seconds in results) < LATEST
    return True


@pytest.mark.parametrize("timeout", [0, -1, 0.01, float("nan"), float("inf"), 100_000, True])
def test_a_timeout_out_of_range_is_refused(timeout: float, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"`timeout` must be from 0\.05 to 86,400 seconds"):
        Journal.open(f"sqlite:///{tmp_path}/journey.db", timeout=timeout)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [0, -1, 1_001, 2.0, True])
def test_sizes_out_of_range_are_refused(size: Any) -> None:
    with pytest.raises(ValueError, match="`pool_size` must be a whole number from 1 to 1,000"):
        Journal.open("memory:", pool_size=size)
    if size != 1_001:
        with pytest.raises(ValueError, match="`page_size` must be a whole number from 1 to 100,000"):
            Journal.open("memory:", page_size=size)


@given(st.floats(0.05, 86_400), st.integers(1, 1_000))
def test_limits_in_range_are_taken_as_they_are(timeout: float, pool_size: int) -> None:
    assert (Limits(timeout, pool_size).timeout, Limits(timeout, pool_size).pool_size) == (timeout, pool_size)


@pytest.mark.parametrize("page_size", [1, 7, 100_000])
def test_a_journal_reads_the_same_in_pages_of_any_size(page_size: int) -> None:
    with Journal.open("memory:", page_size=page_size) as journal:
        journal.record(*(contact(f"{number}") for number in range(20)))
        assert [record.position for record in journal.read()] == list(range(1, 21))
        assert len(journal.page()) == min(page_size, 20)


@pytest.mark.parametrize("pool_size", [1, 3])
def test_threads_share_as_many_connections_as_there_may_be(pool_size: int, postgres_url: str) -> None:
    with Journal.open(postgres_url, pool_size=pool_size) as journal:
        journal.record(contact("first"))
        assert [raised for raised, _ in outcomes(many(journal))] == [None] * MANY
        sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'journey' AND datname = current_database()"
        with psycopg.connect(postgres_url) as connection:
            assert connection.execute(sessions).fetchall()[0][0] <= pool_size


# SQLite


@contextmanager
def held(path: Path) -> Iterator[None]:
    """The write lock of a file is another program's."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_writers_of_a_file_that_another_holds_end_in_time(tmp_path: Path) -> None:
    with Journal.open(f"sqlite:///{tmp_path}/journey.db", timeout=LIMIT) as journal:
        with held(tmp_path / "journey.db"):
            results = outcomes(recording(journal, MANY, "refused"))
        assert [type(raised) for raised, _ in results] == [StoreUnavailable] * MANY
        assert max(seconds for _, seconds in results) < LATEST
        journal.record(contact("first"))
        assert [raised for raised, _ in outcomes(many(journal))] == [None] * MANY


def test_readers_of_a_file_do_not_wait_behind_writers(tmp_path: Path) -> None:
    with Journal.open(f"sqlite:///{tmp_path}/journey.db") as journal:
        journal.record(contact("first"))
        writers = [threading.Thread(target=journal.record, args=(contact(f"{number}"),)) for number in range(4)]
        with held(tmp_path / "journey.db"):
            for writer in writers:
                writer.start()
            assert [raised for raised, _ in outcomes([lambda: journal.history("r")] * 10)] == [None] * 10
            journal.ping()
            assert all(writer.is_alive() for writer in writers)
        for writer in writers:
            writer.join()
        assert journal.version("r") == 5


def test_texts_whose_keys_another_holds_end_in_time(tmp_path: Path) -> None:
    with Journal.open(f"sqlite:///{tmp_path}/journey.db", timeout=LIMIT) as journal:
        note = NoteAdded(id="n", relationship="r", occurred_at=START, note="She likes roses.")
        journal.record(note)
        with held(tmp_path / "journey.db.keys"):
            notes = [note.model_copy(update={"id": f"{number}", "contact": f"{number}"}) for number in range(8)]
            results = outcomes([partial(journal.record, one) for one in notes])
        assert [type(raised) for raised, _ in results] == [StoreUnavailable] * 8
        assert max(seconds for _, seconds in results) < LATEST
        assert len(journal.record(*notes)) == 8


def test_ping_sees_whether_the_file_is_there(tmp_path: Path) -> None:
    path = tmp_path / "journey.db"
    with Journal.open(f"sqlite:///{path}") as journal:
        journal.ping()
        path.rename(tmp_path / "away")
        with pytest.raises(StoreUnavailable, match="there is no journal"):
            journal.ping()
        (tmp_path / "away").rename(path)
        journal.ping()
    with pytest.raises(StoreUnavailable, match="was closed"):
        journal.ping()


def test_ping_of_a_journal_in_memory() -> None:
    Journal.open("memory:").ping()


# PostgreSQL


def test_calls_to_a_server_that_was_stopped_end_in_time_and_go_on_when_it_is_back() -> None:
    with PostgresServer(fsync=False) as server, Journal.open(server.new_database(), timeout=LIMIT) as journal:
        journal.record(contact("first"))
        journal.ping()
        server.stop()
        assert all_are_refused_in_time(journal)
        with pytest.raises(StoreUnavailable, match="cannot be reached"):
            journal.ping()
        server.start()
        assert [raised for raised, _ in outcomes(many(journal))] == [None] * MANY
        journal.ping()


def test_calls_to_a_server_that_falls_silent_end_in_time_and_go_on_when_it_speaks(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    database = psycopg.conninfo.conninfo_to_dict(postgres_url)["dbname"]
    with (
        Relay(f"{postgres_server.folder}/.s.PGSQL.5432") as relay,
        Journal.open(f"postgresql://postgres@127.0.0.1:{relay.port}/{database}?sslmode=disable", timeout=LIMIT) as journal,
    ):
        outcomes(many(journal, "before"))
        relay.be_silent()
        assert all_are_refused_in_time(journal)
        with pytest.raises(StoreUnavailable):
            journal.ping()
        relay.speak()
        assert [raised for raised, _ in outcomes(many(journal))] == [None] * MANY
        assert len({record.touchpoint.id for record in journal.read()}) == MANY


def test_to_open_a_journal_at_a_server_that_is_silent_ends_in_time(postgres_server: PostgresServer) -> None:
    with Relay(f"{postgres_server.folder}/.s.PGSQL.5432") as relay:
        relay.be_silent()
        began = time.monotonic()
        with pytest.raises(StoreUnavailable, match="cannot be reached"):
            Journal.open(f"postgresql://postgres@127.0.0.1:{relay.port}/postgres", timeout=0.3)
        assert time.monotonic() - began < LATEST


def test_a_server_that_works_for_longer_than_the_limit_is_waited_for(postgres_url: str) -> None:
    with Journal.open(postgres_url, timeout=0.8) as journal:
        recorder: Any = journal._store.recorder  # type: ignore[attr-defined]
        assert recorder.query("SELECT 'done' FROM pg_sleep(1.5)") == [("done",)]


def test_threads_behind_a_writer_that_keeps_the_lock_end_in_time(postgres_url: str) -> None:
    with Journal.open(postgres_url, timeout=LIMIT, pool_size=3) as journal, psycopg.connect(postgres_url) as other:
        journal.record(contact("first"))
        other.execute("SELECT 1 FROM journey_counters FOR UPDATE")
        results = outcomes(recording(journal, MANY, "refused"))
        assert [type(raised) for raised, _ in results] == [StoreUnavailable] * MANY
        assert max(seconds for _, seconds in results) < LATEST
        other.rollback()
        assert [raised for raised, _ in outcomes(many(journal))] == [None] * MANY
