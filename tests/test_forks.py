"""A journal in a process that forks: parent and child each go on with connections of their own, and neither hurts the other."""

import asyncio
import multiprocessing
import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from journey import AsyncJournal, Interaction, Journal, NoteAdded, StoreUnavailable
from journey.testing import START

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
    # Python warns of what is the very thing tested here.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]
PATIENCE_SECONDS = 60


def contact(id: str) -> Interaction:
    return Interaction(id=id, relationship="r", occurred_at=START, competence=0.5)


def note(id: str) -> NoteAdded:
    return NoteAdded(id=id, relationship="r", occurred_at=START, contact=id, note=f"what {id} said")


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/journey.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


def forked(work: Callable[[], object]) -> int:
    """The number of a child that does this, and ends without leaving a trace of Python's."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(code)


def ended(child: int) -> int:
    """How a child ended; one that hangs is killed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -signal.SIGKILL


@contextmanager
def busy(journal: Journal) -> Iterator[list[str]]:
    """Threads that record and read all the while; what they recorded."""
    stopped, recorded = threading.Event(), list[str]()

    def record(name: str) -> None:
        for number in count():
            if stopped.is_set():
                return
            id = f"{name}-{number}"
            journal.record(note(id) if number % 5 == 0 else contact(id))
            recorded.append(id)

    def read() -> None:
        while not stopped.is_set():
            journal.history("r")

    threads = [threading.Thread(target=record, args=(name,)) for name in ("x", "y")] + [threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    try:
        yield recorded
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


def use(journal: Journal, name: str) -> None:
    """What a worker does with a journal: from threads of its own, with texts, following it, and closing it or not."""
    threads = [threading.Thread(target=journal.record, args=(note(f"{name}-{number}"),)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorded = {f"{name}-{number}" for number in range(3)}
    assert recorded <= {record.touchpoint.id for record in journal.read()}
    assert journal.history("r")[f"{name}-1"].note == f"what {name}-1 said"
    with journal.subscribe() as subscription:
        next(subscription)


def test_children_of_a_busy_parent_record_and_read_and_so_does_the_parent(url: str) -> None:
    children = []
    with Journal.open(url) as journal, journal.subscribe() as following:
        journal.record(note("first"))
        assert next(following).touchpoint.id == "first"
        with busy(journal) as recorded:
            for number in range(4):
                time.sleep(0.05)
                children.append(forked(lambda name=f"child{number}": use(journal, name)))  # type: ignore[misc]
            assert [ended(child) for child in children] == [0] * 4
            before = len(recorded)
            while len(recorded) < before + 4:
                time.sleep(0.01)
        seen = set[str]()
        while len(seen) < len(recorded) + 12:
            seen.add(next(following).touchpoint.id)
    with Journal.open(url) as journal:
        ids = [record.touchpoint.id for record in journal.read()]
        verified = journal.verify()
    assert sorted(ids) == sorted(["first", *recorded, *(f"child{child}-{number}" for child in range(4) for number in range(3))])
    assert (verified.holds, verified.sealed) == (True, len(ids))


def test_what_a_child_records_stays_when_the_parent_closes_first(url: str) -> None:
    """SQLite believes a child to hold the parent's locks: the parent's close then took the file from under it, and rows with it."""
    go_on, closed = os.pipe()
    journal = Journal.open(url)
    journal.record(contact("before"))

    def work() -> None:
        journal.record(contact("one"))
        os.read(go_on, 1)
        journal.record(contact("two"))

    child = forked(work)
    while journal.version("r") < 2:
        time.sleep(0.01)
    journal.close()
    os.write(closed, b".")
    assert ended(child) == 0
    with Journal.open(url) as journal:
        assert [record.touchpoint.id for record in journal.read()] == ["before", "one", "two"]
        assert journal.verify().holds


def test_a_child_neither_uses_nor_ends_its_parents_session(postgres_url: str) -> None:
    with Journal.open(postgres_url, pool_size=1) as journal:
        recorder: Any = journal._store.recorder  # type: ignore[attr-defined]
        ours = recorder.query("SELECT pg_backend_pid()")

        def work() -> None:
            assert recorder.query("SELECT pg_backend_pid()") != ours
            journal.close()

        assert ended(forked(work)) == 0
        assert recorder.query("SELECT pg_backend_pid()") == ours


def test_what_the_parent_recorded_is_the_parents_to_seal(url: str) -> None:
    with Journal.open(url) as journal:
        journal.record(contact("a"), contact("b"))
        assert ended(forked(journal.close)) == 0
        assert journal.verify().seals == 0
    with Journal.open(url) as journal:
        assert (journal.verify().seals, journal.verify().sealed) == (1, 2)


def test_a_child_may_fork_again(url: str) -> None:
    with Journal.open(url) as journal:
        journal.record(contact("a"))

        def work() -> None:
            journal.record(contact("b"))
            assert ended(forked(lambda: journal.record(contact("c")))) == 0
            journal.record(contact("d"))

        assert ended(forked(work)) == 0
        assert [record.touchpoint.id for record in journal.read()] == ["a", "b", "c", "d"]


def test_a_child_has_a_copy_of_a_journal_in_memory() -> None:
    with Journal.open("memory:") as journal:
        journal.record(note("first"))
        with busy(journal):
            children = [forked(lambda: use(journal, "child")) for _ in range(3)]
            assert [ended(child) for child in children] == [0] * 3
        assert not journal.find(["child-0"])


def test_a_child_of_a_parent_that_would_not_let_go_is_refused(tmp_path: Path) -> None:
    with Journal.open(f"sqlite:///{tmp_path}/journey.db", timeout=0.2) as journal:
        journal.record(contact("a"))
        datastore = journal._store.recorder.datastore  # type: ignore[attr-defined]

        def work() -> None:
            with pytest.raises(StoreUnavailable, match="in use while this process was forked"):
                journal.record(contact("b"))
            journal.close()

        with datastore.transaction(commit=True):
            child = forked(work)
        assert ended(child) == 0
        journal.record(contact("c"))


def test_multiprocessing_by_fork_passes_a_journal_on(url: str) -> None:
    with Journal.open(url) as journal:
        journal.record(note("first"))
        context = multiprocessing.get_context("fork")
        workers = [context.Process(target=use, args=(journal, f"child{number}")) for number in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(PATIENCE_SECONDS)
        assert [worker.exitcode for worker in workers] == [0, 0]
        assert journal.version("r") == 7


def _record_at(url: str) -> None:
    with Journal.open(url) as journal:
        journal.record(contact("child"))


def test_multiprocessing_by_spawn_refuses_a_journal_and_takes_its_address(url: str) -> None:
    context = multiprocessing.get_context("spawn")
    with Journal.open(url) as journal:
        journal.record(contact("a"))
        for attempt in (lambda: pickle.dumps(journal), context.Process(target=use, args=(journal, "child")).start):
            with pytest.raises(TypeError, match="pass its address, and open it in the other process"):
                attempt()
        worker = context.Process(target=_record_at, args=(url,))
        worker.start()
        worker.join(PATIENCE_SECONDS)
        assert worker.exitcode == 0
        assert [record.touchpoint.id for record in journal.read()] == ["a", "child"]


def test_an_async_journal_is_refused_in_a_child(tmp_path: Path) -> None:
    async def opened() -> AsyncJournal:
        journal = await AsyncJournal.open(f"sqlite:///{tmp_path}/journey.db", timeout=5.0)
        await journal.record(contact("a"))
        return journal

    journal = asyncio.run(opened())

    async def used() -> None:
        for attempt in (lambda: journal.record(contact("b")), lambda: journal.history("r"), journal.ping):
            with pytest.raises(StoreUnavailable, match="a forked child has not") as refused:
                await attempt()
            assert refused.value.mend == "open it in the child"
        await journal.close()

    assert ended(forked(lambda: asyncio.run(used()))) == 0

    async def closed() -> None:
        await journal.ping()
        await journal.close()

    asyncio.run(closed())


_PRELOADING = """
import os, sys, threading, time
from journey import Interaction, Journal

def contact(id):
    return Interaction(id=id, relationship="r", occurred_at="2024-01-01T00:00:00Z", actor="x")

journal = Journal.open(sys.argv[1])   # as an application that is loaded before the workers are forked
journal.record(contact("first"))
stopped = threading.Event()
def follow():
    with journal.subscribe() as records:
        for record in records:
            if stopped.is_set():
                return
following = threading.Thread(target=follow)
following.start()
children = []
for number in range(3):
    child = os.fork()
    if not child:
        for turn in range(5):
            journal.record(contact(f"{number}-{turn}"))
            journal.history("r")
        if number == 0:
            journal.close()
        if number == 1:
            os._exit(0)
        sys.exit()                        # finalisers run, exit handlers too
    children.append(child)
    journal.record(contact(f"master-{number}"))
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
stopped.set()
journal.record(contact("last"))
following.join()
journal.close()
sys.exit(max(codes))
"""


def test_workers_forked_from_a_loaded_application_end_in_any_way_and_leave_the_master_whole(url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "ignore::DeprecationWarning", "-c", _PRELOADING, url],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    with Journal.open(url) as journal:
        assert journal.version("r") == 1 + 3 + 15 + 1
        assert (journal.verify().holds, journal.verify().sealed) == (True, 20)


def test_a_connection_of_the_callers_stays_in_its_process(url: str) -> None:
    Journal.open(url).close()
    connection = sqlite3.connect(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else psycopg.connect(url)
    with Journal.over(connection) as journal:

        def work() -> None:
            with pytest.raises(StoreUnavailable, match="belongs to the process that was forked"):
                journal.record(contact("a"))

        assert ended(forked(work)) == 0
        journal.record(contact("b"))
    connection.close()
