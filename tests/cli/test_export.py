"""`journey export`: the journal as a file, or on standard output."""

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Journey, Process, Visit


def test_it_says_what_it_wrote(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a"), visit("b"))
    run = journey("export", "all.jsonl")
    assert (run.code, run.out, run.err) == (0, "2 facts, as recorded: jsonl in all.jsonl\n", "")
    assert journey("export", "all.xes").out == "2 facts, of histories: xes in all.xes\n"
    answer = journey.in_json("export", "all.csv").json
    assert answer == {"file": "all.csv", "format": "csv", "view": "facts", "facts": 2, "withheld": 0, "unknown": 0}


def test_texts_that_cannot_be_read_are_counted(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", contact="marta", note="private"), visit("b"))
    journey("forget", "marta")
    assert journey("export", "all.jsonl").out == "3 facts, 1 of them with texts that cannot be read, as recorded: jsonl in all.jsonl\n"
    assert journey("export", "-").out.count("withheld") == 1


@pytest.mark.parametrize(
    ("format", "first"),
    [(None, '{"kind": "interaction"'), ("csv", "\ufeffkind,id,"), ("cloudevents", '{"specversion"'), ("ocel", "{"), ("xes", "<?xml")],
)
def test_standard_output_takes_every_format_of_text_and_nothing_else(
    journey: "Journey", visit: "Visit", format: str | None, first: str
) -> None:
    journey.record(visit("a"))
    run = journey("export", "-", *(["--output-format", format] if format else []))
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(first)
    assert "facts" not in run.out


def test_standard_output_can_be_piped_into_another_journal(journey: "Journey", visit: "Visit", process: "Process") -> None:
    journey.record(visit("a"), visit("b", "s"))
    out = process(journey.folder, "export", "-").out
    run = process(journey.folder, "--store", "sqlite:///other.db", "--format", "json", "import", "-", stdin=out)
    assert run.counts == (2, 2, 0, 0)


def test_a_history_in_json_can_be_imported_into_another_journal(bank: "Journey") -> None:
    lines = bank.in_json("history", "m@bank").out
    (bank.folder / "r.jsonl").write_text(lines, encoding="utf-8")
    other = ("--store", "sqlite:///other.db", "--format", "json")
    assert bank(*other, "import", "r.jsonl").counts == (134, 134, 0, 0)
    assert bank(*other, "replay", "m@bank").json["trust"] == bank.in_json("replay", "m@bank").json["trust"]


def test_relationships_and_kinds_are_chosen(journey: "Journey", visit: "Visit") -> None:
    journey.record(
        visit("a"), visit("b", "s"), {"kind": "praise_given", "id": "c", "relationship": "s", "occurred_at": "2024-02-01T00:00:00Z"}
    )
    assert [row["id"] for row in lines(journey, "s")] == ["b", "c"]
    assert [row["id"] for row in lines(journey, "--kinds", "interaction")] == ["a", "b"]
    assert [row["id"] for row in lines(journey, "s", "--kinds", "praise_given, note_added")] == ["c"]


def lines(journey: "Journey", *arguments: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in journey("export", "-", *arguments).out.splitlines()]


def test_bounds_export_histories_as_they_stand(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", day=1), visit("b", day=2), visit("c", day=9))
    journey("correct", "a", "benevolence=0.9")
    journey("retract", "b")
    (row,) = lines(journey, "--as-of", "2024-01-05")
    assert (row["id"], row["benevolence"], row["corrected_by"]) == ("a", 0.9, ["a.corrected-1"])
    assert [row["id"] for row in lines(journey, "--histories")] == ["a", "c"]
    assert [row["kind"] for row in lines(journey)] == ["interaction"] * 3 + ["touchpoint_corrected", "touchpoint_retracted"]


def test_ocel_has_the_course_of_trust_by_the_rules_named(bank: "Journey") -> None:
    courses = []
    for rules in ("goodwill", "beta"):
        assert bank("export", "log.jsonocel", "--rules", rules).code == 0
        objects = json.loads((bank.folder / "log.jsonocel").read_text(encoding="utf-8"))["objects"]
        (one,) = (one for one in objects if one["type"] == "relationship")
        courses.append([float(value["value"]) for value in one["attributes"]])
        explained = bank.in_json("explain", "m@bank", "--rules", rules).json
        assert courses[-1] == [explained["prior"], *(share["after"] for share in explained["contributions"])]
        assert one["attributes"][0]["time"] == "1970-01-01T00:00:00Z"
    assert courses[0] != courses[1]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("a.jsnol",), 2, "did you mean `.jsonl`?"),
        (("journey.db",), 2, "the suffix `.db` is not a known format"),
        (("journey.db", "--output-format", "jsonl"), 2, "is a database, perhaps your journal"),
        (("-", "--output-format", "parquet"), 2, "not written as a stream"),
        (("nowhere/a.csv",), 2, "there is no folder `nowhere`"),
        (("a.jsonl", "q"), 1, "no relationship `q`"),
        (("a.jsonl", "--kinds", "interactoin"), 1, "did you mean `interaction`?"),
        (("a.jsonl", "--as-of", "yesterday-ish"), 2, "is not a date or time"),
        (("a.jsonocel", "--rules", "goodwil"), 1, "did you mean `goodwill`?"),
    ],
)
def test_what_cannot_be_is_refused_with_its_mend_and_leaves_no_file(
    journey: "Journey", visit: "Visit", arguments: tuple[str, ...], code: int, words: str
) -> None:
    journey.record(visit("a"))
    before = journey.names()
    run = journey("export", *arguments)
    assert (run.code, run.out) == (code, "")
    assert words in run.err
    assert journey.names() == before


def test_without_a_journal_nothing_is_made(journey: "Journey") -> None:
    run = journey("export", "a.jsonl")
    assert run.code == 1
    assert "there is no journal" in run.err
    assert journey.names() == set()


def test_a_full_disk_is_one_line_and_a_reader_that_leaves_is_none(journey: "Journey", visit: "Visit", process: "Process") -> None:
    journey.record(*(visit(f"v-{number}", note="x" * 500) for number in range(500)))
    with process.start(journey.folder, "export", "-", stdout=subprocess.PIPE) as running:
        assert running.stdout is not None and running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert (running.wait(60), running.stderr.read()) == (1, b"")
    if Path("/dev/full").exists():
        with Path("/dev/full").open("wb") as full, process.start(journey.folder, "export", "-", stdout=full) as running:
            assert running.stderr is not None
            assert running.wait(60) == 1
            assert b"no space left" in running.stderr.read().lower()
