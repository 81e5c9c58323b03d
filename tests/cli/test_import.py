"""`journey import`: what it answers, files and their formats, and that a second import changes nothing."""

import csv
import io
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .conftest import Journey, Visit

SHAPE = {"read", "recorded", "unchanged", "refused", "rejects_file", "report"}


def as_csv(*rows: Mapping[str, Any]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, sorted({name for row in rows for name in row}), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().rstrip("\n")


def ids(journey: "Journey") -> set[str]:
    return {line["id"] for line in journey.in_json("history", "r").lines}


# What an import answers


def test_a_clean_import_has_its_shape_and_no_rejects(journey: "Journey", visit: "Visit") -> None:
    source = journey.file("visits.jsonl", visit("a"), visit("b"))
    answer = journey.in_json("import", source).json
    assert set(answer) == SHAPE
    del answer["report"]
    assert answer == {"read": 2, "recorded": 2, "unchanged": 0, "refused": 0, "rejects_file": None}
    assert journey.names() == {"visits.jsonl", "journey.db"}


def test_an_import_with_a_bad_row_has_the_same_shape_and_fails(journey: "Journey", visit: "Visit") -> None:
    run = journey.imported(journey.file("visits.jsonl", visit("a"), "{"))
    assert run.code == 1
    assert set(run.json) == SHAPE
    assert run.json["rejects_file"] == "visits.rejects.jsonl"


def test_the_text_counts_rows_and_names_the_rejects(journey: "Journey", visit: "Visit") -> None:
    run = journey("import", journey.file("visits.jsonl", visit("a"), visit("b"), visit("a"), "{"))
    assert (run.code, run.err) == (1, "")
    assert "4 read: 2 recorded, 1 already recorded, 1 refused" in run.out
    assert "visits.rejects.jsonl" in run.out


# Once each


def test_importing_twice_changes_nothing(journey: "Journey", visit: "Visit") -> None:
    source = journey.file("visits.jsonl", *(visit(f"v{day}", day=day) for day in range(1, 31)))
    assert journey.imported(source).counts == (30, 30, 0, 0)
    before = journey.in_json("history", "r").out
    assert journey.imported(source).counts == (30, 0, 30, 0)
    assert journey.in_json("history", "r").out == before


def test_importing_a_csv_twice_changes_nothing(journey: "Journey", visit: "Visit") -> None:
    source = journey.file("visits.csv", as_csv(visit("a"), visit("b", recognised="true", note="two\nlines, one cell")))
    assert journey.imported(source).counts == (2, 2, 0, 0)
    assert journey.imported(source).counts == (2, 0, 2, 0)


def test_an_import_that_changed_nothing_says_so(journey: "Journey", visit: "Visit") -> None:
    source = journey.file("visits.jsonl", visit("a"))
    journey("import", source)
    assert "nothing changed" in journey("import", source).out


def test_csv_and_jsonl_say_the_same(journey: "Journey", visit: "Visit") -> None:
    rows = [visit("a", sequence=2, recognised=False), visit("b", competence=-0.25, note='très, "bien"')]
    assert journey.imported(journey.file("visits.jsonl", *rows)).counts == (2, 2, 0, 0)
    assert journey.imported(journey.file("visits.csv", as_csv(*rows))).counts == (2, 0, 2, 0)


def test_a_longer_file_adds_only_what_is_new(journey: "Journey", visit: "Visit") -> None:
    journey.imported(journey.file("visits.jsonl", visit("a")))
    assert journey.imported(journey.file("visits.jsonl", visit("a"), visit("b"))).counts == (2, 1, 1, 0)


# Files


def test_several_files_are_imported_together(journey: "Journey", visit: "Visit") -> None:
    first, second = journey.file("first.jsonl", visit("a")), journey.file("second.csv", as_csv(visit("b")))
    assert journey.imported(first, second).counts == (2, 2, 0, 0)
    assert ids(journey) == {"a", "b"}


def test_an_odd_suffix_needs_the_input_format(journey: "Journey", visit: "Visit") -> None:
    source = journey.file("visits.log", visit("a"))
    run = journey.imported(source)
    assert (run.code, run.out) == (1, "")
    assert "--input-format" in run.err
    assert journey.imported(source, "--input-format", "jsonl").counts == (1, 1, 0, 0)


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_a_byte_order_mark_and_windows_line_ends_are_no_matter(journey: "Journey", visit: "Visit", suffix: str) -> None:
    text = json.dumps(visit("a")) if suffix == "jsonl" else as_csv(visit("a"))
    source = journey.file(f"visits.{suffix}", b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() + b"\r")
    assert journey.imported(source).counts == (1, 1, 0, 0)


def test_empty_cells_are_no_values(journey: "Journey", visit: "Visit") -> None:
    source = journey.file("visits.csv", as_csv(visit("a", competence=""), visit("b", competence=0.5)))
    assert journey.imported(source).code == 0
    first, second = journey.in_json("history", "r").lines
    assert "competence" not in first
    assert second["competence"] == 0.5


def test_a_dry_run_records_nothing(journey: "Journey", visit: "Visit") -> None:
    source = journey.file("visits.jsonl", visit("a"), "{")
    run = journey("import", "--dry-run", source)
    assert run.code == 1
    assert "1 would be recorded" in run.out
    assert "journey.db" not in journey.names()


def test_a_dry_run_shows_what_would_come_of_it(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", benevolence=0.5))
    bad, other = visit("b", benevolence=-0.8, representative="anna"), visit("d", relationship="s")
    silent = {name: value for name, value in visit("c").items() if name != "benevolence"}
    source = journey.file("visits.jsonl", bad, silent, other)
    run = journey("import", "--dry-run", source)
    text = " ".join(run.out.split())
    assert "r: anna: interaction; humiliating (-0.8)" in text
    assert f"r: {journey.in_json('replay', 'r').json['trust']:.3f} -> " in text
    assert "s: new -> " in text
    assert "1 would move nothing, of 4 touchpoints in 2 relationships" in text
    assert "does not say how it went" in text
    again = journey("import", "--dry-run", journey.file("same.jsonl", visit("a", benevolence=0.5)))
    assert "in words" not in again.out


def test_a_dry_run_leaves_a_journal_as_it_was(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a"))
    before = (journey.folder / "journey.db").read_bytes()
    assert journey.imported("--dry-run", journey.file("visits.jsonl", visit("b"))).code == 0
    assert (journey.folder / "journey.db").read_bytes() == before
