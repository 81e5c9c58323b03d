"""Exports: what is written imports as the same facts, histories are as they stand, no text that was forgotten comes out, and a file is
there whole or not at all."""

import codecs
import csv
import gzip
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from formats.any_facts import exactly, facts
from hypothesis import example, given
from hypothesis import strategies as st
from logs import logs, recorded
from process_logs import real_log

from journey import (
    Fact,
    History,
    Interaction,
    Journal,
    NoteAdded,
    PersonNamed,
    RelationshipOpened,
    RelationshipsMerged,
    TouchpointCorrected,
    UnknownName,
    UnwritableTarget,
)
from journey.formats import Outcome, ReadOptions, export_journal, import_files
from journey.formats.csv_writing import defused
from journey.stores.keys import MemoryKeystore
from journey.testing import START

LOSSLESS = [("a.jsonl", None), ("a.ndjson.gz", None), ("a.events", "cloudevents"), ("a.json", "cloudevents"), ("a.parquet", None)]
"""The files that import as the same facts, each with its format where its suffix does not say it."""
LOGS = ["a.xes", "a.xes.gz", "a.jsonocel", "a.jsonocel.gz", "a.xmlocel", "a.sqlite"]
EVERY = [*LOSSLESS, ("a.csv", None), *((name, None) for name in LOGS)]


@st.composite
def any_log(draw: st.DrawFn) -> list[Fact]:
    """Facts in the order of recording: a log with corrections, retractions and merges, and facts of every kind with the wildest fields."""
    wild = draw(st.lists(facts(), max_size=6, unique_by=lambda fact: fact.id))
    told = list(chain.from_iterable(draw(logs())))
    return [*told, *(fact for fact in wild if fact.id not in {one.id for one in told})]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


def imported(journal: Journal, path: Path, format: str | None = None) -> Outcome:
    """Import a file; what is refused is forgotten."""
    outcome = import_files(journal, [path], options=ReadOptions(format), rejects=path.with_name("rejects"))
    path.with_name("rejects").unlink(missing_ok=True)
    return outcome


def lines_of(folder: Path, told: Sequence[Fact]) -> Path:
    """Facts as a source has them."""
    path = folder / "source.jsonl"
    path.write_text("".join(f"{exactly(fact)}\n" for fact in told), encoding="utf-8")
    return path


def told_by(journal: Journal) -> list[str]:
    """All that a journal's facts say, in the order of recording."""
    return [exactly(record.touchpoint) for record in journal.read()]


def times_told_by(journal: Journal) -> list[tuple[int | None, datetime]]:
    """Where in the order of recording each fact stands, and when it was recorded."""
    return [(record.position, record.recorded_at) for record in journal.read()]


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# As recorded


@given(any_log(), st.data())
def test_with_its_record_times_an_export_imports_as_the_same_journal(folder: Path, told: list[Fact], data: st.DataObject) -> None:
    moments = sorted(
        START - timedelta(days=day) for day in data.draw(st.sets(st.integers(0, 5_000), min_size=len(told), max_size=len(told)))
    )
    clock = iter(moments)
    with Journal.open("memory:") as door, Journal.open("memory:", now=lambda: next(clock)) as journal:
        if told:
            imported(door, lines_of(folder, told), "jsonl")
        for record in door.read():
            journal.record(record.touchpoint)
        for name, format in LOSSLESS:
            assert_exports_with_its_record_times(journal, folder / name, format)


def assert_exports_with_its_record_times(journal: Journal, path: Path, format: str | None) -> None:
    export_journal(journal, path, format=format)
    with Journal.open("memory:") as other:
        if told_by(journal):
            rejects = path.with_name(f"{path.name}.rejects")
            outcome = import_files(other, [path], options=ReadOptions(format), rejects=rejects, keep_record_times=True)
            assert outcome.report.reasons == {}, path
        assert times_told_by(other) == times_told_by(journal), path
        assert told_by(other) == told_by(journal), path


@pytest.mark.parametrize("name", LOGS)
def test_process_logs_say_when_each_touchpoint_became_known(folder: Path, name: str) -> None:
    moments = [START + timedelta(days=day) for day in (1, 5, 9)]
    clock = iter(moments)
    with Journal.open("memory:", now=lambda: next(clock)) as journal, Journal.open("memory:") as other:
        for number in range(3):
            journal.record(Interaction(id=f"v{number}", relationship="r", occurred_at=START, competence=0.5))
        export_journal(journal, folder / name)
        outcome = import_files(other, [folder / name], rejects=folder / f"{name}.rejects", keep_record_times=True)
        assert (outcome.recorded, outcome.report.known_later) == (3, 0)
        assert [one.recorded_at for one in other.read()] == moments


@given(any_log())
@example([NoteAdded(id="a", relationship="r", occurred_at=START, note='\u2028\r\n\x00"{', channel="", source="urn:crm:1")])
def test_what_is_exported_imports_as_the_same_facts(folder: Path, told: list[Fact]) -> None:
    with Journal.open("memory:") as journal:
        if told:
            imported(journal, lines_of(folder, told), "jsonl")
        for name, format in LOSSLESS:
            assert_exports_the_same_facts(journal, folder / name, format)


def assert_exports_the_same_facts(journal: Journal, path: Path, format: str | None) -> None:
    exported = export_journal(journal, path, format=format)
    count = exported.facts
    assert (exported.view, count) == ("facts", len(told_by(journal))), path
    with Journal.open("memory:") as other:
        if count:
            into_same, into_other = imported(journal, path, format), imported(other, path, format)
            assert (into_same.unchanged, into_same.refused) == (count, 0), path
            assert (into_other.recorded, into_other.refused) == (count, 0), path
        assert told_by(other) == told_by(journal), path
        again = path.with_name(f"again-{path.name}")
        export_journal(other, again, format=format)
        if format is None and path.name.endswith(("jsonl", "gz")):
            assert [fields(row) for row in lines_in(again)] == [fields(row) for row in lines_in(path)], path


def lines_in(path: Path) -> list[dict[str, Any]]:
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in text.decode().split("\n") if line]


def fields(row: dict[str, Any]) -> dict[str, Any]:
    """What a line says, without when and where the journal took it."""
    return {name: value for name, value in row.items() if name not in ("recorded_at", "position")}


def test_a_line_is_a_fact_as_its_record_gives_it(tmp_path: Path) -> None:
    with recorded([[OPENED, MET], [CORRECTED]]) as journal:
        export_journal(journal, tmp_path / "a.jsonl")
        assert rows_of(tmp_path / "a.jsonl") == [record.to_dict() for record in journal.read()]


def test_an_export_of_a_journal_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    with recorded([[OPENED, MET], [CORRECTED]]) as journal:
        for name, format in EVERY:
            if not name.endswith("sqlite"):
                contents = set()
                for _ in range(2):
                    export_journal(journal, tmp_path / name, format=format)
                    contents.add((tmp_path / name).read_bytes())
                assert len(contents) == 1, name


def test_named_relationships_bring_all_that_their_histories_are_made_of(tmp_path: Path) -> None:
    other = Interaction(id="other", relationship="s", occurred_at=START, competence=0.3)
    stranger = Interaction(id="stranger", relationship="t", occurred_at=START, competence=0.3)
    merged = RelationshipsMerged(id="merged", relationship="s", other="r", occurred_at=START)
    with recorded([[OPENED, stranger, other, MET], [CORRECTED, merged]]) as journal, Journal.open("memory:") as copy:
        assert export_journal(journal, tmp_path / "a.jsonl", relationships=["r", "s"]).facts == 5
        assert [row["id"] for row in rows_of(tmp_path / "a.jsonl")] == ["opened", "other", "met", "corrected", "merged"]
        imported(copy, tmp_path / "a.jsonl")
        assert list(copy.history("r")) == list(journal.history("r"))


def test_kinds_choose_facts_in_every_view(tmp_path: Path) -> None:
    with recorded([[OPENED, MET], [CORRECTED]]) as journal:
        assert export_journal(journal, tmp_path / "a.jsonl", kinds=["interaction", "touchpoint_corrected"]).facts == 2
        assert export_journal(journal, tmp_path / "a.xes", kinds=["interaction"]).facts == 1


# Histories


@given(logs(), st.sampled_from([None, START + timedelta(days=300)]), st.sampled_from([None, START + timedelta(days=2002)]))
def test_histories_are_as_they_stand_under_one_name_each(folder: Path, batches: list[list[Fact]], as_of: Any, known_at: Any) -> None:
    with recorded(batches) as journal:
        bounds = {"as_of": as_of or "9999-12-31", "known_at": known_at}
        expected = [
            replace(record, touchpoint=record.touchpoint.model_copy(update={"relationship": history.relationship})).to_dict()
            for summary in journal.relationships(known_at=known_at)
            for history in [journal.history(summary.relationship).seen(**bounds)]
            for record in history.records
        ]
        assert export_journal(journal, folder / "h.jsonl", **bounds).view == "histories"
        assert rows_of(folder / "h.jsonl") == expected


@given(logs())
def test_a_process_log_imports_as_the_touchpoints_of_the_histories(folder: Path, batches: list[list[Fact]]) -> None:
    with recorded(batches) as journal:
        expected = [
            (history.relationship, [fact.model_copy(update={"relationship": history.relationship}) for fact in history])
            for history in histories_in(journal)
        ]
        for name in LOGS:
            exported = export_journal(journal, folder / name)
            with Journal.open("memory:") as other:
                if exported.facts:
                    outcome = imported(other, folder / name)
                    assert (outcome.recorded, outcome.refused) == (exported.facts, 0), name
                assert [(one.relationship, list(other.history(one.relationship))) for one in other.relationships()] == expected, name


def histories_in(journal: Journal) -> list[History]:
    histories = [journal.history(summary.relationship) for summary in journal.relationships()]
    return [history for history in histories if history.records]


def test_trust_is_asked_of_each_history_as_it_stands_at_the_bounds(tmp_path: Path) -> None:
    asked: list[History] = []

    def trust(history: History) -> Iterator[tuple[Any, float]]:
        asked.append(history)
        yield from ((START + timedelta(days=number), number / 10) for number in range(3))

    with recorded([[OPENED, MET], [CORRECTED]]) as journal:
        export_journal(journal, tmp_path / "a.jsonocel", trust=trust, as_of="2015-02-01")
        assert asked == [journal.history("r").as_of("2015-02-01")]
    (relationship,) = (one for one in json.loads((tmp_path / "a.jsonocel").read_text())["objects"] if one["type"] == "relationship")
    assert [(one["time"][:10], one["value"]) for one in relationship["attributes"]] == [
        ("1970-01-01", "0.0"),
        ("2015-01-02", "0.1"),
        ("2015-01-03", "0.2"),
    ]


def test_a_log_in_ocel_is_valid_by_the_schema(tmp_path: Path) -> None:
    validator = pytest.importorskip("jsonschema")
    with recorded([[OPENED, MET], [CORRECTED]]) as journal:
        export_journal(journal, tmp_path / "a.jsonocel", trust=lambda _: [(START, 0.5), (START, 0.6)])
    validator.validate(json.loads((tmp_path / "a.jsonocel").read_text()), json.loads(real_log("ocel/schema_ocel2.json").read_text()))


# CSV


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\tx", '"=1', " =1", "＝1+1", "x;=1", "x\n=1", 'x;"=1'])
def test_no_cell_can_become_a_formula(text: str) -> None:
    assert defused(text) != text
    assert defused(text).replace("'", "") == text
    for delimiter in ";\t\n\r":
        assert all(cell.strip().strip('"')[:1] not in tuple("=+-@＝") for cell in defused(text).split(delimiter) if cell)


@pytest.mark.parametrize("text", ["", "a = b", "5 - 3", "m@bank", "a, -5", "2024-01-01", "'=1", "ü"])
def test_other_texts_are_as_they_are(text: str) -> None:
    assert defused(text) == text


def test_a_table_has_the_columns_that_occur_and_numbers_stay_numbers(tmp_path: Path) -> None:
    met = Interaction(
        id="-1", relationship="r", occurred_at=START, competence=-0.5, recognised=True, note="=HYPERLINK(1)", channel="a,\n b"
    )
    with recorded([[met, CORRECTED]]) as journal:
        export_journal(journal, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().startswith(codecs.BOM_UTF8)
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert {name: cell for name, cell in first.items() if cell and name not in ("recorded_at", "position")} == {
        "kind": "interaction",
        "id": "'-1",
        "relationship": "r",
        "occurred_at": "2015-01-01T09:00:00+00:00",
        "sequence": "0",
        "channel": "a,\n b",
        "by": "organisation",
        "note": "'=HYPERLINK(1)",
        "certainty": "1.0",
        "competence": "-0.5",
        "recognised": "true",
    }
    assert second["fields"] == '{"competence": 0.2}'


@given(logs())
def test_a_table_without_such_texts_imports_as_the_same_facts(folder: Path, batches: list[list[Fact]]) -> None:
    with Journal.open("memory:") as journal, Journal.open("memory:") as other:
        imported(journal, lines_of(folder, list(chain.from_iterable(batches))), "jsonl")
        export_journal(journal, folder / "a.csv")
        assert imported(other, folder / "a.csv").refused == 0
        assert [record.touchpoint for record in other.read()] == [record.touchpoint for record in journal.read()]


# What must not come out


@pytest.mark.parametrize(("name", "format"), EVERY)
@pytest.mark.parametrize("bounds", [{}, {"as_of": "2030-01-01"}], ids=["facts", "histories"])
def test_what_was_forgotten_is_in_no_export(tmp_path: Path, name: str, format: str | None, bounds: dict[str, Any]) -> None:
    private = {"note": "SECRET of contact"}
    told: list[Fact] = [
        RelationshipOpened(id="opened", relationship="r", occurred_at=START, customer="ann", note="SECRET of customer"),
        Interaction(id="met", relationship="r", occurred_at=START, contact="ann", competence=0.5, note="SECRET"),
        PersonNamed(id="named", person="ann", occurred_at=START, name="SECRET name"),
        TouchpointCorrected(id="more", relationship="r", corrects="met", occurred_at=START, reason="SECRET reason", fields=private),
    ]
    keystore = MemoryKeystore()
    with Journal.open(f"sqlite:///{tmp_path / 'journey.db'}", keys=keystore) as journal:
        journal.record(*told)
        keys = keystore.current({"person:ann", "fact:more"}).values()
        journal.forget("ann")
        with closing(sqlite3.connect(tmp_path / "journey.db")) as file:
            stored = [text for (text,) in file.execute("SELECT personal FROM touchpoints WHERE personal IS NOT NULL")]
        exported = export_journal(journal, tmp_path / name, format=format, **bounds)
    assert len(stored) == 4
    assert exported.withheld == (4 if exported.view == "facts" else 2)
    content = plain_content(tmp_path / name)
    assert not any(leak in content for leak in ("SECRET", *(part for text in stored for part in text.split(":"))))
    assert not any(key.id in content or key.secret in content.encode("utf-8", "surrogateescape") for key in keys)
    if name.endswith("jsonl"):
        assert sum(row.get("withheld", False) for row in rows_of(tmp_path / name)) == exported.withheld


def plain_content(path: Path) -> str:
    """All that a file holds, unpacked, as text."""
    data = path.read_bytes()
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        return str(pq.read_table(path).to_pylist()) + data.decode("utf-8", "surrogateescape")
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8", "surrogateescape")


# Files


class Interrupted(Exception):
    pass


@pytest.mark.parametrize(("name", "format"), EVERY)
def test_an_interrupted_export_leaves_what_was_there_and_no_half_file(tmp_path: Path, name: str, format: str | None) -> None:
    def interrupt(_: int) -> None:
        raise Interrupted

    with recorded([MANY]) as journal:
        export_journal(journal, tmp_path / name, format=format)
        before = (tmp_path / name).read_bytes()
        with pytest.raises(Interrupted):
            export_journal(journal, tmp_path / name, format=format, progress=interrupt)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == before


@pytest.mark.parametrize(("name", "format"), EVERY)
def test_two_exports_to_one_file_do_not_mix(tmp_path: Path, name: str, format: str | None) -> None:
    with recorded([MANY]) as journal:
        export_journal(journal, tmp_path / f"alone-{name}", format=format)

        def another(_: int) -> None:
            export_journal(journal, tmp_path / name, format=format)

        export_journal(journal, tmp_path / name, format=format, progress=another)
    assert {path.name for path in tmp_path.iterdir()} == {name, f"alone-{name}"}
    assert len((tmp_path / name).read_bytes()) == len((tmp_path / f"alone-{name}").read_bytes())


@pytest.mark.parametrize(("name", "format"), EVERY)
def test_an_empty_journal_exports_to_a_file_without_facts(tmp_path: Path, name: str, format: str | None) -> None:
    with Journal.open("memory:") as journal:
        assert export_journal(journal, tmp_path / name, format=format).facts == 0
    assert (tmp_path / name).exists()


def test_a_database_that_is_no_export_is_never_replaced(tmp_path: Path) -> None:
    with Journal.open(f"sqlite:///{tmp_path / 'a.sqlite'}") as journal:
        journal.record(OPENED)
        for name, format in (("a.sqlite", None), ("a.sqlite", "jsonl"), ("a.sqlite.keys", "csv")):
            with pytest.raises(UnwritableTarget, match="is a database"):
                export_journal(journal, tmp_path / name, format=format)
        assert export_journal(journal, tmp_path / "b.sqlite").facts == export_journal(journal, tmp_path / "b.sqlite").facts == 1


@pytest.mark.parametrize(
    ("name", "format", "wrong"),
    [
        ("a.jsnol", None, "the suffix `.jsnol` is not a known format"),
        ("a", None, "it has no suffix"),
        ("a.json", None, "the suffix `.json` is not a known format"),
        ("a.jsonl", "xml", "`xml` is not a format"),
        ("a.parquet.gz", None, "not written as a stream"),
        ("-", "parquet", "standard output: a file of this format is not written as a stream"),
        ("nowhere/a.jsonl", None, "there is no folder"),
        (".", "jsonl", "is a folder"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_read(tmp_path: Path, name: str, format: str | None, wrong: str) -> None:
    def unread(_: object) -> Iterator[Any]:
        raise AssertionError

    path = Path(name) if name == "-" else tmp_path / name
    with Journal.open("memory:") as journal, pytest.MonkeyPatch.context() as patched:
        patched.setattr(Journal, "read", unread)
        with pytest.raises(UnwritableTarget, match=wrong):
            export_journal(journal, path, format=format)


@pytest.mark.parametrize(
    ("options", "wrong", "mend"),
    [
        ({"relationships": ["q"]}, "no relationship `q`", ""),
        ({"kinds": ["interactoin"]}, "no kind `interactoin`", "did you mean `interaction`?"),
        ({"kinds": ["touchpoint_corrected"], "as_of": "2024-01-01"}, "histories hold touchpoints alone", "without bounds"),
    ],
)
def test_unknown_names_are_refused_and_nothing_is_written(tmp_path: Path, options: dict[str, Any], wrong: str, mend: str) -> None:
    with recorded([[OPENED]]) as journal:
        for name in ("a.jsonl", "a.xes") if "kinds" not in options else ("a.jsonl",):
            with pytest.raises(UnknownName, match=wrong) as caught:
                export_journal(journal, tmp_path / name, **options)
            assert mend in caught.value.mend
    assert list(tmp_path.iterdir()) == []


def test_facts_are_read_page_by_page(tmp_path: Path) -> None:
    alive = 0

    class Watched(Journal):
        def page(self, after: int = 0) -> Any:
            nonlocal alive
            page = super().page(after)
            alive = max(alive, len(page))
            return page

    with Watched.open("memory:", page_size=10) as journal:
        journal.record(*(NoteAdded(id=f"n-{number}", relationship="r", occurred_at=START) for number in range(95)))
        assert export_journal(journal, tmp_path / "a.jsonl").facts == 95
    assert alive == 10


OPENED = RelationshipOpened(id="opened", relationship="r", occurred_at=START, customer="ann", note="ü")
MET = Interaction(id="met", relationship="r", occurred_at=START, competence=0.5, representative="bob")
CORRECTED = TouchpointCorrected(id="corrected", relationship="r", corrects="met", occurred_at=START, fields={"competence": 0.2})
MANY = [NoteAdded(id=f"n-{number}", relationship="r", occurred_at=START) for number in range(1_500)]
