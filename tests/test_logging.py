"""What the library logs: what an operator needs, and never what was written about a person, nor a password."""

import asyncio
import logging
import sqlite3
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Event, Timer
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from journey import AsyncJournal, Interaction, Journal, JourneyError, StoreUnavailable
from journey.seals import SEALED_AT_ONCE, Seal
from journey.stores.memory import MemoryStore
from journey.stores.postgres import recorder
from journey.stores.rows import Receipt, StoredTouchpoint
from journey.stores.sqlite import SQLiteStore
from journey.stores.sqlite import file as sqlite_file
from journey.testing import START

_MARK = "m4rk3d"
_OF_FORMAT_1 = Path(__file__).parent / "formats" / "1.sql"


def contact(id: str, **fields: Any) -> Interaction:
    return Interaction(id=id, relationship="r", occurred_at=START + timedelta(days=1), **fields)


def log_of(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(record.levelname, record.getMessage()) for record in caplog.records if record.name.startswith("journey.")]


class Collecting(logging.Handler):
    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__()
        self._records = records

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record)


@contextmanager
def logged() -> Iterator[list[logging.LogRecord]]:
    """Whatever any library logs."""
    records: list[logging.LogRecord] = []
    handler = Collecting(records)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel("DEBUG")
    try:
        yield records
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def test_nothing_is_written_anywhere_unless_the_program_says_so() -> None:
    # A package that is loaded twice, as by tests of the documentation, adds its handler twice.
    assert {type(handler) for handler in logging.getLogger("journey").handlers} == {logging.NullHandler}


# What an operator needs


def test_opening_and_bringing_up_to_date_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "journey.db"
    with closing(sqlite3.connect(path)) as file:
        file.executescript(_OF_FORMAT_1.read_text(encoding="utf-8"))
    caplog.set_level("INFO")
    Journal.open(f"sqlite:///{path}").close()
    Journal.open(f"sqlite:///{path}", read_only=True).close()
    assert log_of(caplog) == [
        ("INFO", f"brought {path} from format 1 to 2"),
        ("INFO", f"brought {path} from format 2 to 3"),
        ("INFO", f"opened sqlite:///{path} for writing"),
        ("INFO", f"opened sqlite:///{path} read-only"),
    ]


def test_seals_that_could_not_be_written_are_told(caplog: pytest.LogCaptureFixture) -> None:
    class Unsealed(MemoryStore):
        is_full = True

        def seal(self, *seals: Seal) -> bool:
            if self.is_full:
                raise StoreUnavailable("the disk is full", "free some space and retry")
            return super().seal(*seals)

    store = Unsealed()
    with Journal(store) as journal:
        journal.record(*(contact(f"{number}") for number in range(SEALED_AT_ONCE)))
        journal._recording.sealing.abandon()
        store.is_full = False
    assert log_of(caplog) == [("WARNING", "could not seal behind position 0 (StoreUnavailable): free some space and retry")]


def test_a_lost_connection_and_its_return_are_told_once_each(postgres_url: str, caplog: pytest.LogCaptureFixture) -> None:
    with Journal.open(postgres_url) as journal:
        caplog.set_level("INFO")
        _end_connections(postgres_url)
        journal.record(contact("a"))
    levels, words = zip(*log_of(caplog), strict=True)
    assert levels == ("WARNING", "INFO")
    assert words[0].startswith("no connection to postgresql://") and "again after" in words[1]


def test_a_long_wait_for_other_writers_is_told(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "journey.db"
    with Journal.open(f"sqlite:///{path}") as journal, Journal.open(postgres_url) as other:
        journal.record(contact("a"))
        other.record(contact("a"))
        assert log_of(caplog) == []
        for module in (sqlite_file, recorder):
            monkeypatch.setattr(module, "_SLOW_SECONDS", 0.1)
        file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        file.execute("BEGIN IMMEDIATE")
        with _released(lambda: file.execute("ROLLBACK")):
            journal.record(contact("b"))
        file.close()
        with psycopg.connect(postgres_url) as connection:
            connection.execute("SELECT 1 FROM journey_counters FOR UPDATE")
            with _released(connection.rollback):
                other.record(contact("b"))
    levels, words = zip(*log_of(caplog), strict=True)
    assert levels == ("WARNING", "WARNING")
    assert [text.partition(" s for other writers to ")[2] for text in words] == [str(path), f"postgresql://postgres@/{_name(postgres_url)}"]


def test_a_full_queue_is_told_once_until_it_is_half_empty(caplog: pytest.LogCaptureFixture) -> None:
    async def record() -> None:
        store = Slow()
        async with AsyncJournal(Journal(store), queue=2) as journal:
            for round in range(2):
                store.let.clear()
                store.asked.clear()
                calls = [asyncio.ensure_future(journal.record(contact(f"{round}-0")))]
                while not store.asked.is_set():
                    await asyncio.sleep(0)
                calls += [asyncio.ensure_future(journal.record(contact(f"{round}-{number}"))) for number in range(1, 9)]
                await asyncio.sleep(0)
                store.let.set()
                await asyncio.gather(*calls, return_exceptions=True)

    asyncio.run(record())
    warning = "2 calls wait for the journal's writer already; such calls are refused until the queue is half empty"
    assert log_of(caplog) == [("WARNING", warning)] * 2


# What nobody needs


@pytest.mark.parametrize("kind", ["memory", "sqlite", "postgres"])
@settings(max_examples=5, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=20))
def test_whatever_fails_nothing_is_logged_of_what_was_written_about_people(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, kind: str, text: str
) -> None:
    if kind == "postgres":
        url = f"{request.getfixturevalue('postgres_url')}&password={_MARK}"
    else:
        url = "memory:" if kind == "memory" else f"sqlite:///{tmp_path_factory.mktemp('log') / 'journey.db'}"
    with logged() as records:
        _fail_in_every_way(url, f"{_MARK} {text}")
    assert any(record.name.startswith("journey.") for record in records)
    for record in records:
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        assert _MARK not in f"{record.getMessage()} {record.args!r} {trace} {record.exc_text} {record.stack_info}", record


def _fail_in_every_way(url: str, text: str) -> None:
    with Journal.open(url) as journal:
        touchpoint = contact(f"{journal.last_position()}-a", note=text, contact="ana")
        attempts: list[Callable[[], object]] = [
            lambda: journal.record(touchpoint, contact(f"{touchpoint.id}-b", representative="bob")),
            lambda: journal.record(touchpoint.model_copy(update={"note": f"another {text}"})),
            lambda: journal.record(touchpoint.model_copy(update={"certainty": 7.0})),
            lambda: journal.record({"kind": "interaction", "id": "\0", "note": text, text: text}),
            lambda: journal.record(touchpoint.model_copy(update={"note": text * 10_000})),
            lambda: journal.record(touchpoint, expected_version=77),
            lambda: journal.name("ana", text),
            lambda: journal.name("ana", "x" + text, as_id=touchpoint.id),
            lambda: journal.name(text, text),
            lambda: journal.correct(touchpoint.id, {"competence": 9.0}, reason=text),
            lambda: journal.correct(touchpoint.id, {"competence": 0.5}, reason=text),
            lambda: journal.correct(touchpoint.id, {"note": f"{text}!"}, reason=text, as_id=touchpoint.id),
            lambda: journal.merge_people("ana", "bob", reason=text),
            lambda: journal.retract("nothing", reason=text),
            lambda: _take_over(journal),
            lambda: _lose_connections(url, journal, contact(f"{touchpoint.id}-c", note=text)),
            lambda: asyncio.run(_overload(touchpoint)),
            lambda: Journal(Broken(text)).record(touchpoint),
            lambda: asyncio.run(_record(AsyncJournal(Journal(Broken(text))), touchpoint)),
            lambda: journal.forget("ana", reason=text),
            lambda: list(journal.read()),
        ]
        for attempt in attempts:
            with suppress(JourneyError):
                attempt()
    with suppress(JourneyError):
        journal.record(contact(f"{touchpoint.id}-d", note=text))  # it was closed


class Broken(MemoryStore):
    """A store whose refusals, and seals' refusals, quote what it was given."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        raise StoreUnavailable(f"the disk is full; it holds {self._text}", "free some space")


class Slow(MemoryStore):
    """A store that answers an append only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.let = Event(), Event()

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        self.asked.set()
        assert self.let.wait(timeout=20)
        return super().append(rows, now, expected_version)


async def _record(journal: AsyncJournal, touchpoint: Interaction) -> None:
    async with journal:
        await asyncio.gather(*(journal.record(touchpoint) for _ in range(3)), return_exceptions=True)
        cancelled = asyncio.ensure_future(journal.record(touchpoint))
        await asyncio.sleep(0)
        cancelled.cancel()


async def _overload(touchpoint: Interaction) -> None:
    store = Slow()
    async with AsyncJournal(Journal(store), queue=1, wait_seconds=0.01) as journal:
        calls = [asyncio.ensure_future(journal.record(touchpoint)) for _ in range(5)]
        await asyncio.sleep(0.02)
        store.let.set()
        await asyncio.gather(*calls, return_exceptions=True)


def _take_over(journal: Journal) -> None:
    with journal.subscribe(name="n") as first, journal.subscribe(name="n"):
        first.page()
        first.acknowledge()


def _lose_connections(url: str, journal: Journal, touchpoint: Interaction) -> None:
    if url.startswith("postgresql:"):
        with journal.subscribe(journal.last_position(), poll_seconds=0.01) as subscription:
            stop = Timer(0.1, subscription.stop)
            stop.start()
            list(subscription)
            _end_connections(url)
            journal.record(touchpoint)


def _end_connections(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@contextmanager
def _released(release: Callable[[], object]) -> Iterator[None]:
    """Let go of what is held, in a while."""
    timer = Timer(0.5, release)
    timer.start()
    yield
    timer.join()


def _name(url: str) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])


def test_a_damaged_row_and_damaged_keys_are_raised_and_not_logged(tmp_path: Path) -> None:
    path = tmp_path / "journey.db"
    with logged() as records:
        with Journal.open(f"sqlite:///{path}") as journal:
            journal.record(contact("a", note=f"{_MARK} of hers", contact="ana"))
        with sqlite3.connect(path) as file:
            file.execute("DROP TRIGGER touchpoints_are_never_updated")
            file.execute("UPDATE touchpoints SET payload = ?", (f'{{"certainty": "{_MARK}"}}',))
        file.close()
        (tmp_path / "journey.db.keys").write_text(_MARK)
        journal = Journal(SQLiteStore(str(path), read_only=True))
        for attempt in (lambda: list(journal.read()), lambda: journal.verify(), lambda: journal.history("r")):
            with suppress(JourneyError):
                attempt()
        journal.close()
    assert not [record for record in records if _MARK in f"{record.getMessage()} {record.args!r}"]
