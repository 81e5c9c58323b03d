"""Whatever ends a writer, the ledger goes on from where it was: nothing lost, nothing doubled, nobody in the way of another."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from logs import rows_of_journal, rows_of_ledger

from journey import DamagedLedger, FailureOccurred, Journal
from journey.testing import START
from journey_projections.ledger import Ledger, ledger
from journey_projections.ledger.checking import check
from journey_projections.ledger.layout import TOUCHPOINTS

SIZE = 600
WRITER = """
import sys
from pathlib import Path

from journey import Journal
from journey_projections.ledger import Ledger, ledger

ledger.PAGE, ledger.SLICE, ledger.MOST_SEGMENTS = 5, 10, 3
print("ready", flush=True)
with Journal.open(f"sqlite:///{sys.argv[1]}", read_only=True) as journal:
    Ledger(Path(sys.argv[2])).catch_up(journal)
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("crash") / "journey.db"
    with Journal.open(f"sqlite:///{path}") as journal:
        for start in range(0, SIZE, 3):
            journal.record(*(failure(number) for number in range(start, start + 3)))
        journal.correct("f-7", {"severity": 0.25})
        journal.merge("r-1", "r-2")
    return path


def failure(number: int) -> FailureOccurred:
    return FailureOccurred(id=f"f-{number}", relationship=f"r-{number % 7}", occurred_at=START + timedelta(hours=number), severity=0.5)


@pytest.fixture
def journal(file: Path) -> Iterator[Journal]:
    with Journal.open(f"sqlite:///{file}", read_only=True) as journal:
        yield journal


def writer(file: Path, place: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", WRITER, str(file), str(place)], stdout=subprocess.PIPE)


def assert_whole(place: Path, journal: Journal) -> None:
    own = Ledger(place)
    own.catch_up(journal)
    assert list(check(place, journal)) == []
    assert rows_of_ledger(own.open(), None) == rows_of_journal(journal, None)
    # What is no part of it is gone.
    for folder in ("touchpoints", "names", "facts"):
        rows = [pq.read_metadata(path).num_rows for path in (place / folder).iterdir()]
        assert folder != "touchpoints" or sum(rows) == SIZE + 1


def test_a_writer_that_is_killed_at_any_moment_leaves_a_ledger_that_goes_on(file: Path, journal: Journal, tmp_path: Path) -> None:
    place, random = tmp_path / "kept", Random(1)
    positions = set()
    for _ in range(6):
        with writer(file, place) as running:
            assert running.stdout is not None
            running.stdout.readline()
            time.sleep(random.uniform(0.0, 0.25))
            running.kill()
        note = Ledger(place).note()
        positions.add(note.last if note else 0)
    assert max(positions) <= SIZE + 2
    assert_whole(place, journal)


def test_writers_at_once_take_turns(file: Path, journal: Journal, tmp_path: Path) -> None:
    place = tmp_path / "kept"
    for one in [writer(file, place) for _ in range(3)]:
        with one:
            assert one.wait() == 0
    assert_whole(place, journal)


def test_reading_goes_on_while_others_catch_up_and_compact(file: Path, journal: Journal, tmp_path: Path) -> None:
    place = tmp_path / "kept"
    Ledger(place).catch_up(journal, until=9)
    opened = Ledger(place).open()
    rows = rows_of_ledger(opened, None)
    with writer(file, place) as one:
        while one.poll() is None:
            seen = Ledger(place).open()
            assert sum(len(chunk.columns) for chunk in seen.chunks(10**6)) == seen.rows
    assert rows_of_ledger(opened, None) == rows
    assert_whole(place, journal)


@pytest.mark.parametrize("folder", ["touchpoints", "names", "facts"])
def test_what_a_writer_did_not_finish_does_not_count(
    folder: str, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of a segment that never came, and halves of files, as power cuts leave them."""
    monkeypatch.setattr(ledger, "ROWS_PER_SEGMENT", 100)
    monkeypatch.setattr(ledger, "PAGE", 30)
    monkeypatch.setattr(ledger, "MOST_SEGMENTS", 100)
    place = tmp_path / "kept"
    own = Ledger(place)
    own.catch_up(journal, until=300)
    segments = sorted((place / "touchpoints").iterdir())
    if folder == "touchpoints":
        (place / folder / "000000000301-000000000390.unfinished").write_bytes(segments[-1].read_bytes()[:200])
    else:
        # Written before the touchpoints that should have followed.
        last = sorted((place / folder).iterdir())[-1]
        last.with_name("000000000301-000000000390.parquet").write_bytes(last.read_bytes())
    assert own.status().position == 300
    assert_whole(place, journal)


def test_what_compacting_left_behind_counts_once(journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "ROWS_PER_SEGMENT", 100)
    monkeypatch.setattr(ledger, "PAGE", 30)
    place = tmp_path / "kept"
    own = Ledger(place)
    own.catch_up(journal)
    before = {path: path.read_bytes() for path in (place / "touchpoints").iterdir()}
    assert len(before) > 3
    own.compact()
    for path, content in before.items():
        path.write_bytes(content)
    assert own.open().rows == SIZE + 1
    assert_whole(place, journal)


def test_a_file_that_was_cut_or_is_missing_is_named_with_the_mend(journal: Journal, tmp_path: Path) -> None:
    place = tmp_path / "kept"
    own = Ledger(place)
    own.catch_up(journal, until=300)
    own.catch_up(journal)
    first, last = sorted((place / "touchpoints").iterdir())
    content = last.read_bytes()
    last.write_bytes(content[: len(content) // 2])
    with pytest.raises(DamagedLedger, match="is not a whole segment") as refused:
        own.open()
    assert "journey ledger rebuild" in refused.value.mend
    assert len(list(check(place, journal))) == 1
    last.write_bytes(content)
    assert list(check(place, journal)) == []
    first.unlink()
    with pytest.raises(DamagedLedger, match="lacks what follows position 0"):
        own.catch_up(journal)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), folder=st.sampled_from(("touchpoints", "names", "facts")), bit=st.integers(0, 7))
@example(place=1 / 3, folder="touchpoints", bit=0)
def test_a_changed_bit_is_found_or_changes_nothing(journal: Journal, intact: Path, place: float, folder: str, bit: int) -> None:
    (path,) = (intact / folder).iterdir()
    content = path.read_bytes()
    changed = bytearray(content)
    changed[int(place * len(content))] ^= 1 << bit
    path.write_bytes(changed)
    try:
        with suppress(DamagedLedger):
            assert rows_of_ledger(Ledger(intact).open(), None) == rows_of_journal(journal, None)
        with suppress(DamagedLedger):
            Ledger(intact).open().span()
        for problem in check(intact, journal):
            assert problem
    finally:
        path.write_bytes(content)


@pytest.fixture(scope="module")
def intact(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("intact") / "kept"
    with Journal.open(f"sqlite:///{file}", read_only=True) as journal:
        Ledger(place).catch_up(journal)
    return place


@pytest.mark.parametrize(
    ("before", "after"),
    [(b'"amended": 1', b'"amended": 0'), (b'"unknown": 0', b'"unknown": 1'), (b"\x04\6\0\0\0", b"\x04\5\0\0\0")],
    ids=["tellings", "unknown kinds", "the greatest relationship of a row group"],
)
def test_a_check_finds_a_footer_that_would_change_an_answer(
    journal: Journal, intact: Path, tmp_path: Path, before: bytes, after: bytes
) -> None:
    place = Path(shutil.copytree(intact, tmp_path / "kept"))
    (path,) = (place / "touchpoints").iterdir()
    content, start = path.read_bytes(), -8 - pq.read_metadata(path).serialized_size
    assert before in content[start:]
    path.write_bytes(content[:start] + content[start:].replace(before, after))
    assert len(list(check(place, journal))) == 1


def test_a_changed_byte_of_a_row_is_told_by_whoever_reads_it(journal: Journal, intact: Path, tmp_path: Path) -> None:
    place = Path(shutil.copytree(intact, tmp_path / "kept"))
    (path,) = (place / "touchpoints").iterdir()
    content = bytearray(path.read_bytes())
    content[pq.read_metadata(path).row_group(0).column(TOUCHPOINTS.get_field_index("occurred_at")).data_page_offset + 100] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedLedger, match="is not a whole segment"):
        rows_of_ledger(Ledger(place).open(), None)
    assert len(list(check(place, journal))) == 1
