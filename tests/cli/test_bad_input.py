"""What is wrong is told in words: the value, the place, the mend; never a traceback."""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .conftest import Journey, Process, Run, Visit


def fails_with(run: "Run", code: int, *words: str) -> None:
    """The run failed with that code and these words, and wrote nothing else."""
    assert (run.code, run.out) == (code, "")
    assert run.err.startswith("journey: ")
    assert "Traceback" not in run.err
    assert "journey: unexpected" not in run.err
    for word in words:
        assert word in run.err


# Touchpoints


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "interacton"}, ("kind: `interacton` is not a kind of touchpoint", "did you mean `interaction`?")),
        ({"kind": None}, ("kind: is missing", "`handover_made`")),
        ({"kind": 5}, ("kind: `5` is not a kind of touchpoint", "mend:")),
        ({"kind": ["interaction"]}, ("is not a kind of touchpoint", "mend:")),
        ({"kind": "handover_made", "benevolence": ...}, ("from_representative: is missing", "`handover_made` needs `to_representative`")),
        ({"id": ...}, ("id: is missing", "`interaction` needs `id`")),
        ({"relationship": ...}, ("relationship: is missing", "`interaction` needs `relationship`")),
        ({"occurred_at": ...}, ("occurred_at: is missing", "`interaction` needs `occurred_at`")),
        ({"occurred_at": "2024-01-01T10:00:00"}, ("`2024-01-01T10:00:00` has no UTC offset", "add one, as in")),
        ({"occurred_at": "2024-01-01"}, ("`2024-01-01` has no UTC offset", "add one, as in `2024-01-01T00:00:00Z`")),
        ({"occurred_at": "yesterday"}, ("`yesterday` is not a date or time", "ISO 8601 with a UTC offset")),
        ({"occurred_at": 1704103200}, ("`1704103200` is not a date or time", "ISO 8601 with a UTC offset")),
        ({"occurred_at": "0001-01-01T00:00+14:00"}, ("`0001-01-01T00:00+14:00` falls outside the years 1 to 9999",)),
        (
            {"benevolence": float("nan")},
            ("benevolence: must be a number from -1 to 1, got `nan`", "give `benevolence` a number from -1 to 1"),
        ),
        (
            {"benevolence": float("inf")},
            ("benevolence: must be a number from -1 to 1, got `inf`", "give `benevolence` a number from -1 to 1"),
        ),
        ({"benevolence": 1.01}, ("benevolence: must be a number from -1 to 1, got `1.01`", "give `benevolence` a number from -1 to 1")),
        ({"benevolence": "good"}, ("benevolence: must be a number from -1 to 1, got `good`", "give `benevolence` a number from -1 to 1")),
        ({"certainty": -0.1}, ("certainty: must be a number from 0 to 1, got `-0.1`", "give `certainty` a number from 0 to 1")),
        ({"by": "bank"}, ("by: `bank` is not allowed", "`organisation`", "`customer`")),
        ({"benevolance": 0.5}, ("benevolance: `interaction` has no such field", "did you mean `benevolence`?")),
        ({"id": ""}, ("id: ``", "200 characters")),
        ({"id": "x" * 201}, ("id: `xxx", "200 characters")),
        ({"id": "a\u0007"}, ("id: `a", "control characters")),
        ({"note": 5}, ("note: `5`",)),
    ],
    ids=lambda value: " ".join(f"{name}={one!s:.20}" for name, one in value.items()) if isinstance(value, dict) else "",
)
def test_a_bad_touchpoint_is_told_with_its_mend(
    journey: "Journey", visit: "Visit", changes: dict[str, Any], words: tuple[str, ...]
) -> None:
    fields = {name: value for name, value in {**visit("a"), **changes}.items() if value is not ...}
    fails_with(journey("record", json.dumps(fields)), 1, "touchpoint 1: ", *words, "nothing was recorded")
    assert journey.names() == set()


def test_all_problems_of_a_touchpoint_are_told_at_once(journey: "Journey", visit: "Visit") -> None:
    run = journey("record", json.dumps(visit("", benevolence=3, competence=-3, by="us", colour="red", occurred_at="now")))
    fails_with(
        run,
        1,
        "id: ",
        "benevolence: must be a number from -1 to 1, got `3`",
        "competence: must be",
        "by: `us`",
        "colour: ",
        "occurred_at: `now`",
    )


# Names


@pytest.mark.parametrize("command", ["history", "replay", "explain", "whatif"])
def test_an_unknown_relationship_is_answered_with_the_nearest(bank: "Journey", command: str) -> None:
    fails_with(bank(command, "m@bnak"), 1, "no relationship `m@bnak`", "mend: did you mean `m@bank`?")
    fails_with(bank(command, "somebody else"), 1, "no relationship `somebody else`", "mend: `journey relationships` lists them")


@pytest.mark.parametrize("command", ["history", "replay", "explain", "whatif"])
def test_an_unknown_rule_set_is_answered_with_the_known(bank: "Journey", command: str) -> None:
    fails_with(bank(command, "m@bank", "--rules", "godwill"), 1, "no rule set `godwill`", "`goodwill`")


# Usage


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--store", "", "relationships"), ("the store's URL is empty", "sqlite:///journey.db")),
        (("--store", "sqlite:///", "relationships"), ("`sqlite:///` is not the address of a store", "sqlite:///PATH")),
        (("--store", "journey.db", "relationships"), ("`journey.db` is not the address of a store", "sqlite:///PATH")),
        (("--store", "mysql://host/db", "relationships"), ("`mysql://host/db` is not the address of a store", "sqlite:///PATH")),
        (("--format", "xml", "relationships"), ("'xml'", "'json'")),
        (("history",), ("RELATIONSHIP",)),
        (("history", "m@bank", "more"), ("more",)),
        (("history", "m@bank", "--as-off", "2024-01-01"), ("--as-off", "--as-of")),
        (
            ("history", "m@bank", "--as-of", "2024-01-01T10:00"),
            ("`2024-01-01T10:00` has no UTC offset", "add one, as in `2024-01-01T10:00:00Z`"),
        ),
        (("replay", "m@bank", "--as-of", "last week"), ("`last week` is not a date or time", "ISO 8601")),
        (("explain", "m@bank", "--known-at", "2024-13-01"), ("`2024-13-01` is not a date or time", "ISO 8601")),
        (("whatif", "m@bank", "--known-at", ""), ("--known-at", "ISO 8601")),
        (("record",), ("JSON",)),
        (("import",), ("PATHS",)),
        (("import", "a.csv", "--input-format", "xml"), ("'xml'", "'csv'")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_usage_error_names_the_fault_and_the_help(bank: "Journey", arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    fails_with(bank(*arguments), 2, *words, "\n  mend: ")


def test_an_empty_store_is_refused_even_where_none_is_needed(journey: "Journey") -> None:
    fails_with(journey("--store", "", "demo"), 2, "the store's URL is empty")


# Files to import


def test_files_that_hold_no_rows_are_reported(journey: "Journey") -> None:
    (journey.folder / "folder.jsonl").mkdir()
    for source, words in [
        (journey.file("binary.jsonl", bytes(range(256)) * 20), "is a binary file"),
        (journey.file("binary.csv", bytes(range(256)) * 20), "is a binary file"),
        (journey.file("empty.jsonl"), "is empty"),
        (journey.file("empty.csv"), "is empty"),
        (journey.file("blank.jsonl", "", "  ", ""), "is empty"),
        (Path("folder.jsonl"), "is a directory"),
        (Path("missing.jsonl"), "no such file"),
        (Path("missing.csv"), "no such file"),
        (Path("missing"), "no such file"),
        (journey.file("odd.visits", "x"), "is not a known format"),
        (journey.file("odd", "x"), "no suffix that says its format"),
        (journey.file("headless.csv", "interaction,a,r,2024-01-01T10:00:00Z"), "is not a field of any touchpoint"),
        (journey.file("kindless.csv", "id,relationship", "a,r"), "there is no column `kind`"),
    ]:
        fails_with(journey("import", source), 1, str(source), words, "\n  mend: ")
    assert "journey.db" not in journey.names()


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELEC 1", ("syntax error", "SELEC")),
        ("SELECT nothing FROM source", ("nothing",)),
        ("SELECT name AS id, 1 AS colour FROM source", ("`colour` is not a field of any touchpoint",)),
        ("SELECT name AS id, TIMESTAMP '2024-01-01 10:00:00' AS occurred_at FROM source", ("`occurred_at` is a TIMESTAMP", "timezone(")),
        ("SELECT name AS id, DATE '2024-01-01' AS occurred_at FROM source", ("`occurred_at` is a DATE", "timezone(")),
        ("SELECT name AS id FROM elsewhere", ("elsewhere",)),
        ("DROP VIEW source", ("DROP",)),
        ("", ("is empty",)),
    ],
)
def test_a_bad_mapping_is_told_before_anything_is_recorded(journey: "Journey", sql: str, words: tuple[str, ...]) -> None:
    source = journey.file("people.csv", "name,age", "anna,50")
    mapping = journey.file("mapping.sql", sql)
    fails_with(journey("import", "--sql", mapping, source), 1, "mapping.sql", *words, "\n  mend: ")
    assert "journey.db" not in journey.names()


def test_a_missing_column_is_told_by_its_name(journey: "Journey") -> None:
    source = journey.file("people.csv", "name,age", "anna,50")
    fails_with(journey("import", "--sql", journey.file("mapping.sql", "SELECT nam AS id FROM source"), source), 1, "nam", "name")


def test_a_mapping_needs_its_files(journey: "Journey") -> None:
    source = journey.file("people.csv", "name,age", "anna,50")
    mapping = journey.file("mapping.sql", "SELECT name AS id FROM source")
    fails_with(journey("import", "--sql", "missing.sql", source), 1, "missing.sql: no such file")
    fails_with(journey("import", "--sql", journey.folder, source), 1, "is a directory")
    fails_with(journey("import", "--sql", journey.file("binary.sql", bytes(range(256))), source), 1, "binary.sql: is not text")
    fails_with(journey("import", "--sql", mapping, "missing.csv"), 1, "missing.csv: no such file")
    fails_with(journey("import", "--sql", mapping, journey.folder), 1, "is a directory")


def test_a_naive_time_in_a_mapped_text_is_refused_row_by_row(journey: "Journey") -> None:
    source = journey.file("people.csv", "name,age", "anna,50", "berta,60")
    times = "CASE name WHEN 'anna' THEN '2024-01-01T10:00:00' ELSE '2024-01-01T10:00:00Z' END AS occurred_at"
    mapping = journey.file("mapping.sql", f"SELECT 'note_added' AS kind, name AS id, 'r' AS relationship, {times} FROM source")
    run = journey.imported("--sql", mapping, source)
    assert (run.code, run.counts) == (1, (2, 1, 0, 1))
    assert "has no UTC offset" in (journey.folder / "people.rejects.jsonl").read_text(encoding="utf-8")


# Stores


WRITING = ("record", '{"kind": "note_added", "id": "a", "relationship": "r", "occurred_at": "2024-01-01T10:00:00Z"}')


@pytest.fixture(params=[("relationships",), ("replay", "--all"), ("history", "r"), WRITING], ids=lambda arguments: arguments[0])
def command(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return tuple(request.param)


def test_a_store_that_is_no_sqlite_file_is_left_alone(journey: "Journey", command: tuple[str, ...]) -> None:
    path = journey.file("diary.db", "Dear diary, this is no database.")
    before = path.read_bytes()
    fails_with(journey("--store", "sqlite:///diary.db", *command), 1, "`diary.db` is not a SQLite file", "\n  mend: ")
    assert path.read_bytes() == before
    assert journey.names() == {"diary.db"}


def test_a_damaged_store_is_reported(bank: "Journey", command: tuple[str, ...]) -> None:
    path = bank.folder / "journey.db"
    path.write_bytes(path.read_bytes()[:100] + bytes(range(256)) * 40)
    fails_with(bank(*command), 1, "`journey.db`", "\n  mend: ")


def test_another_programs_table_is_no_journal(journey: "Journey", command: tuple[str, ...]) -> None:
    other = sqlite3.connect("other.db")
    other.execute("CREATE TABLE touchpoints (finger TEXT)")
    other.close()
    fails_with(journey("--store", "sqlite:///other.db", *command), 1, "`other.db` is not a journal's", "\n  mend: ")


def test_a_database_without_a_journal_holds_none_to_read(journey: "Journey") -> None:
    other = sqlite3.connect("other.db")
    other.execute("CREATE TABLE fingers (finger TEXT)")
    other.close()
    fails_with(journey("--store", "sqlite:///other.db", "relationships"), 1, "`other.db` holds no journal", "\n  mend: ")


def test_a_folder_is_no_store(journey: "Journey", command: tuple[str, ...]) -> None:
    (journey.folder / "folder").mkdir()
    fails_with(journey("--store", "sqlite:///folder", *command), 1, "`folder` is a directory", "\n  mend: ")


def test_a_store_in_a_missing_folder_is_not_created(journey: "Journey", command: tuple[str, ...]) -> None:
    fails_with(journey("--store", "sqlite:///missing/journey.db", *command), 1, "missing", "journey.db", "\n  mend: ")
    assert journey.names() == set()


@contextmanager
def read_only(folder: Path, content: Path) -> Iterator[None]:
    """A new folder with this moved into it, where nobody can write."""
    folder.mkdir()
    lock, unlock = ["chmod", "-R", "a-w", str(folder)], ["chmod", "-R", "u+w", str(folder)]
    if os.geteuid() == 0:  # modes do not bind root, a read-only disk does
        lock, unlock = ["mount", "-o", "remount,ro", str(folder)], ["umount", str(folder)]
        if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(folder)], capture_output=True).returncode:
            pytest.skip("this root may not mount a disk, so it cannot make one read-only")
    try:
        shutil.move(content, folder / content.name)
        subprocess.run(lock, check=True)
        yield
    finally:
        subprocess.run(unlock, check=True)


@pytest.fixture
def locked(bank: "Journey") -> Iterator["Journey"]:
    """The bank's journal in the folder `locked`, where nobody can write."""
    with read_only(bank.folder / "locked", bank.folder / "journey.db"):
        yield bank


def test_a_read_only_store_can_be_read(locked: "Journey") -> None:
    run = locked.in_json("--store", "sqlite:///locked/journey.db", "replay", "--all")
    assert run.json["touchpoints"] == 134
    assert [path.name for path in (locked.folder / "locked").iterdir()] == ["journey.db"]


def test_a_read_only_store_takes_nothing(locked: "Journey") -> None:
    for store in ("locked/journey.db", "locked/new.db"):
        fails_with(locked("--store", f"sqlite:///{store}", *WRITING), 1, f"`{store}` is read-only", "\n  mend: ")
    assert [path.name for path in (locked.folder / "locked").iterdir()] == ["journey.db"]


def test_a_read_only_ledger_is_used_unless_it_is_behind(bank: "Journey") -> None:
    bank.in_json("ledger", "catch-up", "--ledger", "kept")
    by_ledger = ("replay", "--all", "--ledger", "locked/kept")
    with read_only(bank.folder / "locked", bank.folder / "kept"):
        assert bank.in_json(*by_ledger).out == bank.in_json("replay", "--all").out
        bank.in_json("ledger", "catch-up", "--ledger", "locked/kept")
        bank.in_json(*WRITING)
        fails_with(bank(*by_ledger), 1, "the ledger `locked/kept` cannot be written: ", "\n  mend: ")


# No traceback


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("record", "{"), 1),
        (("import", "mixed.jsonl", "--rejects", "missing/rejects.jsonl"), 1),
        (("--store", "sqlite:///binary.jsonl", "import", "mixed.jsonl"), 1),
        (("history", "r", "--as-of", "soon"), 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_no_traceback_reaches_the_user(journey: "Journey", process: "Process", arguments: tuple[str, ...], code: int) -> None:
    journey.file("binary.jsonl", bytes(range(256)) * 20)
    journey.file("mixed.jsonl", WRITING[1], "{")
    fails_with(process(journey.folder, *arguments), code)
