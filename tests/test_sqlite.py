"""The SQLite store: what the file holds, what the database refuses, and the upstream defects that it does not share."""

import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from journey import DamagedJournal, Interaction, Journal, StoreUnavailable, UnknownName, UnsupportedSchema
from journey.stores.sqlite import SQLiteStore
from journey.testing import START


def contact(id: str, relationship: str = "r", note: str | None = "hello") -> Interaction:
    return Interaction(id=id, relationship=relationship, occurred_at=START + timedelta(days=1), competence=0.5, note=note)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "odd name %41?.db"


def opened(path: Path, *, read_only: bool = False) -> Journal:
    return Journal.open(f"sqlite:///{path}", read_only=read_only)


def test_the_file_is_named_as_asked_and_leaves_no_others(path: Path) -> None:
    with opened(path) as journal:
        journal.record(contact("a", note=None))
    with opened(path, read_only=True) as journal:
        assert len(journal.history("r")) == 1
    assert list(path.parent.iterdir()) == [path]


def test_columns_are_plain_but_for_personal_fields(path: Path) -> None:
    with opened(path) as journal:
        journal.record(contact("a"))
    statement = "SELECT position, id, relationship, version, kind, schema_version, payload, personal FROM touchpoints"
    with closing(sqlite3.connect(path)) as file:
        (row,) = file.execute(statement)
    assert row[:6] == (1, "a", "r", 1, "interaction", 1)
    assert row[6] == '{"sequence":0,"by":"organisation","certainty":1.0,"competence":0.5}'
    assert re.fullmatch("[0-9a-f]{32}:[A-Za-z0-9+/=]+", row[7])


REPLACEMENTS = [
    f"INSERT OR REPLACE INTO touchpoints (position, id, relationship, version, kind, payload) VALUES {values}"
    for values in ("(1, 'b', 'r', 2, 'k', '{}')", "(2, 'a', 'r', 2, 'k', '{}')", "(2, 'b', 'r', 1, 'k', '{}')")
]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE touchpoints SET kind = 'x'", "UPDATE touchpoints SET position = 9", "DELETE FROM touchpoints", *REPLACEMENTS],
)
def test_the_database_itself_refuses_to_change_facts(path: Path, statement: str) -> None:
    with opened(path) as journal:
        journal.record(contact("a"))
    with closing(sqlite3.connect(path)) as file, pytest.raises(sqlite3.IntegrityError, match="touchpoints are facts"):
        file.execute(statement)


def test_positions_are_never_used_twice_unlike_upstream(path: Path, tmp_path: Path) -> None:
    """Upstream's positions are implicit rowids: after a deletion the next event takes the old number."""
    stock = SQLiteApplicationRecorder(SQLiteDatastore(str(tmp_path / "stock.db"), originator_id_type="text"))
    store = SQLiteStore(str(path))
    ours = store.recorder
    stock.create_table()
    reused = []
    for recorder, table in ((stock, "stored_events"), (ours, "touchpoints")):
        first = recorder.insert_events([StoredEvent("s", 1, "topic", b"{}")])
        with recorder.datastore.transaction(commit=True) as cursor:
            cursor.execute("DROP TRIGGER IF EXISTS touchpoints_are_never_deleted")
            cursor.execute(f"DELETE FROM {table}")
        reused.append(recorder.insert_events([StoredEvent("s", 1, "topic", b"{}")]) == first)
    assert reused == [True, False]
    stock.datastore.close()
    store.close()


def test_positions_survive_dump_and_restore_unlike_upstream(path: Path, tmp_path: Path) -> None:
    """Upstream's rowids are renumbered by a dump; ours are a column."""
    with opened(path) as journal:
        journal.record(contact("a"), contact("b"))
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(tmp_path / "restored.db")) as restored:
        source.execute("DROP TRIGGER touchpoints_are_never_deleted")
        source.execute("DELETE FROM touchpoints WHERE id = 'a'")
        source.commit()
        restored.executescript("\n".join(source.iterdump()))
    with opened(tmp_path / "restored.db") as journal:
        assert [record.position for record in journal.read()] == [2]
        assert journal.record(contact("c"))[0].position == 3


def _by_backup(source: sqlite3.Connection, target: Path) -> None:
    with closing(sqlite3.connect(target)) as copy:
        source.backup(copy, pages=5)


def _by_vacuum(source: sqlite3.Connection, target: Path) -> None:
    source.execute("VACUUM INTO ?", (str(target),))


def _by_dump(source: sqlite3.Connection, target: Path) -> None:
    source.execute("BEGIN")
    with closing(sqlite3.connect(target)) as copy:
        copy.executescript("\n".join(source.iterdump()))


@pytest.mark.parametrize("backup", [_by_backup, _by_vacuum, _by_dump])
def test_a_backup_taken_while_others_record_keeps_positions_and_seals(
    path: Path, tmp_path: Path, backup: Callable[[sqlite3.Connection, Path], None]
) -> None:
    with opened(path) as journal:
        journal.record(*(contact(f"{number:05}") for number in range(1_500)))
    stop = threading.Event()

    def record() -> None:
        with opened(path) as writing:
            for number in range(1_500, 100_000):
                if stop.is_set():
                    return
                writing.record(contact(f"{number:05}"))

    writer = threading.Thread(target=record)
    writer.start()
    try:
        with closing(sqlite3.connect(path)) as source:
            backup(source, tmp_path / "restored.db")
    finally:
        stop.set()
        writer.join()
    shutil.copy(f"{path}.keys", tmp_path / "restored.db.keys")
    with opened(path) as original, opened(tmp_path / "restored.db") as restored:
        restored_records = list(restored.read())
        assert len(restored_records) >= 1_500
        assert restored_records == list(islice(original.read(), len(restored_records)))
        assert restored.verify().holds and restored.verify().seals >= 1
        (receipt,) = restored.record(contact("next"))
        assert receipt.position == restored_records[-1].position + 1  # type: ignore[operator]


def test_upstreams_plain_events_leave_the_touchpoint_columns_empty(path: Path) -> None:
    store = SQLiteStore(str(path))
    store.recorder.insert_events([StoredEvent("plain", 1, "some:Topic", b"\x00\x01")])
    assert [(event.topic, event.state) for event in store.recorder.select_events("plain")] == [("some:Topic", b"\x00\x01")]
    assert list(store.read(0, 10)) == []
    assert list(store.relationships()) == []


_WRITER = """
import sys
from journey import Interaction, Journal
with Journal.open(sys.argv[1]) as journal:
    for number in range(200):
        journal.record(Interaction(id=f"{sys.argv[2]}-{number}", relationship="r", occurred_at="2024-01-01T00:00:00Z"))
"""


def test_a_subscription_follows_other_processes_without_missing_or_repeating_one(path: Path) -> None:
    with opened(path) as journal, journal.subscribe(poll_seconds=0.005) as subscription:
        writers = [subprocess.Popen([sys.executable, "-c", _WRITER, f"sqlite:///{path}", name]) for name in ("a", "b", "c")]
        seen = [record.touchpoint.id for record in islice(subscription, 600)]
        assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    assert len(seen) == len(set(seen)) == 600
    for name in ("a", "b", "c"):
        assert [id for id in seen if id.startswith(name)] == [f"{name}-{number}" for number in range(200)]


def test_opening_waits_for_whoever_holds_a_file_that_is_no_journal_yet(path: Path) -> None:
    """As where several programs open a new journal at once: SQLite gives up at once when it is to make the write-ahead log."""
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    letting_go = threading.Timer(0.2, holder.execute, ["COMMIT"])
    letting_go.start()
    with opened(path) as journal:
        journal.record(contact("a"))
    letting_go.join()
    holder.close()


def test_upstreams_recorder_cannot_subscribe_and_ours_is_followed(path: Path, tmp_path: Path) -> None:
    stock = SQLiteApplicationRecorder(SQLiteDatastore(str(tmp_path / "stock.db"), originator_id_type="text"))
    with pytest.raises(NotImplementedError):
        stock.subscribe()
    with opened(path) as journal:
        journal.record(contact("a"))
        assert next(journal.subscribe()).touchpoint.id == "a"


def test_a_reader_never_creates_a_file(path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="there is no journal"):
        opened(path, read_only=True)
    assert not path.exists()


def _text(path: Path) -> None:
    path.write_text("this is no database, only some words in a file")


def _directory(path: Path) -> None:
    path.mkdir()


def _changed(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.executescript(script)


def _foreign(path: Path) -> None:
    _changed(path, "CREATE TABLE touchpoints (a, b)")


def _newer(path: Path) -> None:
    opened(path).close()
    _changed(path, "UPDATE journey_format SET version = 99")


def _torn(path: Path) -> None:
    with opened(path) as journal:
        journal.record(*(contact(f"{number:05}") for number in range(2000)))
    content = bytearray(path.read_bytes())
    content[4096:-4096] = b"\xff" * (len(content) - 8192)
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "error", "words"),
    [
        (_text, StoreUnavailable, "is not a SQLite file"),
        (_directory, StoreUnavailable, "is a directory"),
        (_foreign, DamagedJournal, "is not a journal's"),
        (_newer, UnsupportedSchema, "journal format 99"),
        (_torn, DamagedJournal, "damaged"),
    ],
)
def test_what_is_no_journal_is_told_in_words(path: Path, spoil: Callable[[Path], None], error: type[Exception], words: str) -> None:
    spoil(path)
    with pytest.raises(error, match=words), opened(path) as journal:
        list(journal.read())


@pytest.mark.parametrize("spoil", [_foreign, _newer])
def test_a_file_that_is_refused_is_closed_again(path: Path, spoil: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(path)
    made, connect = list[sqlite3.Connection](), sqlite3.connect

    def connecting(*arguments: Any, **options: Any) -> sqlite3.Connection:
        made.append(connect(*arguments, **options))
        return made[-1]

    monkeypatch.setattr(sqlite3, "connect", connecting)
    with pytest.raises((DamagedJournal, UnsupportedSchema)):
        opened(path)
    assert made
    for connection in made:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")


def test_a_payload_that_is_no_touchpoint_is_damage(path: Path) -> None:
    with opened(path) as journal:
        journal.record(contact("a"))
    _changed(path, "DROP TRIGGER touchpoints_are_never_updated; UPDATE touchpoints SET payload = '{\"competence\": 7}'")
    with opened(path) as journal, pytest.raises(DamagedJournal, match="touchpoint `a` at position 1"):
        journal.history("r")


@pytest.mark.parametrize("takes_many", [True, False])
def test_a_batch_is_whole_however_many_rows_a_statement_takes(path: Path, takes_many: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("journey.stores.sqlite.recorder._ROWS_AT_ONCE", (500, 50) if takes_many else (1_000_000,))
    last = 0
    with opened(path) as journal:
        for size in (1, 499, 500, 501, 1_250):
            receipts = journal.record(*(contact(f"{last + number}", note=None) for number in range(size)))
            assert [receipt.position for receipt in receipts] == list(range(last + 1, last + size + 1))
            last += size
        assert [record.touchpoint.id for record in journal.read()] == [f"{number}" for number in range(last)]
        assert journal.verify().holds


def test_an_unknown_relationship_takes_as_many_steps_in_a_large_journal(path: Path, tmp_path: Path) -> None:
    """Steps of SQLite's machine, which are the same on every machine."""

    def steps(path: Path, others: int, touchpoints: int) -> int:
        with opened(path) as journal:
            journal.record(*(contact(f"{number}", f"customer-{number:05}") for number in range(others)))
            journal.record(*(contact(f"long-{number}", "customer-0002") for number in range(touchpoints)))
        with closing(SQLiteStore(str(path), read_only=True)) as store:
            counted = count()
            with store.recorder.datastore.transaction(commit=False) as cursor:
                cursor.sqlite_cursor.connection.set_progress_handler(lambda: next(counted) < 0, 1)
            with pytest.raises(UnknownName) as refused:
                Journal(store).history("customer-00q20")
            assert refused.value.mend.startswith("did you mean `customer-0")
            return next(counted)

    small = steps(path, 50, 1)
    assert small > 100
    assert steps(tmp_path / "large.db", 3_000, 3_000) < 1.5 * small


def test_other_tables_may_share_the_file(path: Path) -> None:
    _changed(path, "CREATE TABLE services_own (a); INSERT INTO services_own VALUES (1)")
    with opened(path) as journal:
        journal.record(contact("a"))
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT a FROM services_own").fetchall() == [(1,)]
