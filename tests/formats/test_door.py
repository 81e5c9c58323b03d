"""The door: what comes in is recorded exactly as it was given, or refused with its value, its place and a mend that works."""

import gzip
import json
import random
import zlib
from pathlib import Path

import pytest
from formats.door import FAILURE, HEADER, Door, csv, failures

from journey import JourneyError, UnreadableSource
from journey.formats import import_files

# CSV: quotes


def test_a_quote_that_is_never_closed_costs_its_own_line(door: Door) -> None:
    row = 'failure_occurred,a,m@x,2024-03-01T09:00:00Z,0.2,"wants the 20'
    outcome = door.imported(
        door.file("a1.csv", csv(row, "failure_occurred,b,m@x,2024-03-02T09:00:00Z,0.9,card refused", header=HEADER + ",note"))
    )
    assert (outcome.recorded, outcome.refused) == (1, 1)
    assert door.facts()["b"].severity == 0.9
    (refused,) = door.refused(outcome)
    assert (refused["line"], refused["reason"]) == (2, "a quote is never closed")


@pytest.mark.parametrize("closing", ['the 20" she said', 'the 20"', '"', '"the 20"'])
@pytest.mark.parametrize("between", [0, 1, 90])
def test_rows_between_two_stray_quotes_are_not_swallowed(door: Door, closing: str, between: int) -> None:
    rows = [f"{row},fine" for row in failures(*(f"b{number}" for number in range(between)))]
    first, last = (row + "," for row in failures("first", "last"))
    outcome = door.imported(
        door.file(
            "a.csv", csv(first + '"wants the 20', *rows, last + closing, *(f"{row}," for row in failures("z")), header=HEADER + ",note")
        )
    )
    assert set(door.facts()) >= {"z", *(f"b{number}" for number in range(between))}
    assert outcome.read == between + 3
    assert "first" not in door.facts()


def test_a_row_of_several_lines_behind_a_quote_that_is_never_closed_is_not_swallowed(door: Door) -> None:
    row, header = "failure_occurred,{0},{1},m@x,2024-03-01T09:00:00Z", "kind,id,note,relationship,occurred_at"
    outcome = door.imported(door.file("a.csv", csv(row.format("a", '"open'), row.format("b", '"two\nlines"'), header=header)))
    assert (outcome.recorded, outcome.refused) == (1, 1)
    assert door.facts()["b"].note == "two\nlines"


def test_text_behind_a_closing_quote_is_refused(door: Door) -> None:
    note = HEADER + ",note"
    outcome = door.imported(door.file("a4.csv", csv(f'{failures("a")[0]},"ok" he said', f"{failures('b')[0]},ok", header=note)))
    assert (outcome.recorded, outcome.refused) == (1, 1)
    assert door.refused(outcome)[0]["line"] == 2


@pytest.mark.parametrize(
    "note", ["one\ntwo", 'she said ""no""', "a,b,c,d,e\nf,g,h,i,j", "\r\n", "card\n\n\nrefused", "2024-03-01T09:00:00Z,0.9"]
)
def test_a_cell_that_is_quoted_right_is_kept_exactly(door: Door, note: str) -> None:
    outcome = door.imported(door.file("a.csv", csv(f'{failures("a")[0]},"{note}"', f"{failures('b')[0]},x", header=HEADER + ",note")))
    assert outcome.recorded == 2
    assert door.facts()["a"].note == note.replace('""', '"')


def test_a_quote_inside_a_plain_cell_is_a_character(door: Door) -> None:
    door.imported(door.file("a.csv", csv(f'{failures("a")[0]},19" rack', header=HEADER + ",note")))
    assert door.facts()["a"].note == '19" rack'


# CSV: columns


@pytest.mark.parametrize("names", [("severity", "severity"), ("severity", "Severity")])
def test_a_column_given_twice_is_refused_and_both_are_named(door: Door, names: tuple[str, str]) -> None:
    path = door.file(
        "b1.csv", csv("failure_occurred,a,m@x,2024-03-01T09:00:00Z,0.9,0.1", header=HEADER.replace("severity", ",".join(names)))
    )
    with pytest.raises(UnreadableSource, match="columns 5 and 6 are both named"):
        door.imported(path)
    with pytest.raises(UnreadableSource, match="columns 5 and 6 are both named"):
        door.imported(path, sql="SELECT * FROM source")


def test_short_and_long_rows_are_refused_with_their_cells(door: Door) -> None:
    short, long = "failure_occurred,a,m@x,2024-03-01T09:00:00Z", "failure_occurred,b,m@x,2024-03-01T09:00:00Z,0.9,x"
    outcome = door.imported(door.file("b2.csv", csv(short, long, *failures("c"))))
    assert [one["reason"] for one in door.refused(outcome)] == ["4 cells under 5 columns", "6 cells under 5 columns"]
    assert set(door.facts()) == {"c"}


def test_an_unfinished_last_line_is_refused_or_told(door: Door) -> None:
    whole = csv(*failures("a", "b")).rstrip("\n")
    outcome = door.imported(door.file("cut.csv", whole))
    assert outcome.recorded == 2
    assert any("the last line has no line end" in note for note in outcome.report.notes)
    assert door.imported(door.file("short.csv", whole.rpartition(",")[0])).refused == 1


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_another_delimiter_is_found_told_and_settable(door: Door, delimiter: str) -> None:
    text = csv(*failures("a")).replace(",", delimiter)
    outcome = door.imported(door.file("a.csv", text))
    assert outcome.recorded == 1
    assert any("--delimiter" in note for note in outcome.report.notes)
    assert door.imported(door.file("a.csv", text), delimiter=delimiter).report.notes == []


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig", "utf-16-le"])
def test_an_encoding_is_told_by_its_mark_or_set(door: Door, encoding: str) -> None:
    note = HEADER + ",note"
    path = door.file("a.csv", csv(f"{failures('a')[0]},Straße", header=note).encode(encoding))
    marked = encoding in ("utf-16", "utf-8-sig")
    assert door.imported(path, encoding=None if marked else encoding).recorded == 1
    assert door.facts()["a"].note == "Straße"
    lines = door.file("b.jsonl", json.dumps({**FAILURE, "id": "b", "note": "Straße"}, ensure_ascii=False).encode(encoding))
    assert door.imported(lines, encoding=None if marked else encoding).recorded == 1
    assert door.facts()["b"].note == "Straße"


# JSON


@pytest.mark.parametrize("name", ["severity", "sev\\u0065rity", "kind"])
@pytest.mark.parametrize("suffix", ["jsonl", "json"])
def test_a_name_given_twice_is_refused(door: Door, name: str, suffix: str) -> None:
    line = json.dumps({**FAILURE, "id": "a", "severity": 0.9})[:-1] + f', "{name}": 0.1}}'
    outcome = door.imported(door.file(f"c1.{suffix}", f"{line}\n"))
    (refused,) = door.refused(outcome)
    assert refused["reason"].endswith("is given twice")
    assert outcome.recorded == 0


def test_names_alike_in_different_objects_are_fine(door: Door) -> None:
    correction = {"kind": "touchpoint_corrected", "id": "c", "relationship": "m@x", "occurred_at": "2024-03-02T09:00:00Z"}
    lines = [{**FAILURE, "id": "a"}, {**correction, "corrects": "a", "fields": {"severity": 0.1, "occurred_at": "2024-03-01T09:00:00Z"}}]
    assert door.imported(door.file("a.jsonl", "\n".join(map(json.dumps, lines)))).recorded == 2


ROWS = [{**FAILURE, "id": f"j{number}", "note": 'a ] } { [ " \\ , é\u2028'} for number in range(5)]


@pytest.mark.parametrize("suffix", ["json", "jsonl", "json.gz", "jsonl.gz"])
@pytest.mark.parametrize("layout", ["lines", "array", "pretty", "pretty array", "one line array", "concatenated"])
def test_json_is_read_however_it_is_laid_out(door: Door, layout: str, suffix: str) -> None:
    if suffix.startswith("jsonl") and layout != "lines":
        pytest.skip("JSONL is lines")
    text = {
        "lines": "\n".join(map(json.dumps, ROWS)),
        "array": "[" + ",\n".join(map(json.dumps, ROWS)) + "]",
        "pretty": "\n".join(json.dumps(row, indent=2) for row in ROWS),
        "pretty array": json.dumps(ROWS, indent=2),
        "one line array": json.dumps(ROWS, separators=(",", ":")),
        "concatenated": "".join(map(json.dumps, ROWS)),
    }[layout]
    content = gzip.compress(text.encode()) if suffix.endswith("gz") else text.encode()
    assert door.imported(door.file(f"a.{suffix}", content)).recorded == 5
    assert all(fact.note == ROWS[0]["note"] for fact in door.facts().values())


@pytest.mark.parametrize("bad", ['{"kind": }', "{'kind': 1}", "17", '"text"', "[1, 2]", "nonsense", "{} trailing", '{"kind": "note_added"'])
@pytest.mark.parametrize("layout", ["lines", "array", "one line array"])
def test_one_bad_value_of_an_array_is_one_refusal(door: Door, bad: str, layout: str) -> None:
    parts = [*map(json.dumps, ROWS[:2]), bad, *map(json.dumps, ROWS[2:])]
    if layout == "one line array" and bad.count("{") != bad.count("}"):
        pytest.skip("nobody can tell where it ends")
    text = {"lines": "\n".join(parts), "array": "[\n" + ",\n".join(parts) + "\n]", "one line array": "[" + ",".join(parts) + "]"}[layout]
    outcome = door.imported(door.file("a.json", text))
    assert set(door.facts()) == {row["id"] for row in ROWS}
    assert outcome.refused == (2 if bad == "{} trailing" else 1)


@pytest.mark.parametrize("cut", [1, 40, -1, -2, -60])
def test_an_array_that_is_cut_off_is_told(door: Door, cut: int) -> None:
    outcome = door.imported(door.file("a.json", json.dumps(ROWS)[:cut]))
    assert outcome.refused == 1
    assert outcome.recorded >= 4 if cut in (-1, -2, -60) else outcome.recorded == 0


def test_a_row_beyond_the_limit_is_refused_in_little_memory_and_quoted_shortly(door: Door) -> None:
    huge = json.dumps({**FAILURE, "id": "huge", "note": "x" * 5_000_000})
    for name, text in {
        "a.jsonl": "\n".join((json.dumps(ROWS[0]), huge, json.dumps(ROWS[1]))),
        "a.json": "[\n" + ",\n".join((json.dumps(ROWS[2]), huge, json.dumps(ROWS[3]))) + "\n]",
        "a.csv": csv(*failures("c1"), f"{failures('c2')[0]}{'0' * 5_000_000}", *failures("c3")),
    }.items():
        outcome = door.imported(door.file(name, text))
        assert (outcome.recorded, outcome.refused) == (2, 1)
        assert Path(str(outcome.rejects_file)).stat().st_size < 2_000


# Values


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("severity", "0_1"),
        ("severity", "infinity"),
        ("severity", "nan"),
        ("severity", "1e400"),
        ("sequence", "1_0"),
        ("sequence", "99999999999999999999"),
        ("occurred_at", "infinity"),
        ("occurred_at", "0000-01-01T00:00:00Z"),
        ("occurred_at", "10000-01-01T00:00:00Z"),
        ("occurred_at", "2024-03-01T09:00:00.123456789Z"),
        ("occurred_at", "1709283600"),
        ("relationship", "m@x "),
        ("relationship", " m@x"),
        ("relationship", "m@x\u00a0"),
        ("id", "a\u2003"),
        ("representative", "anna "),
    ],
)
@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_what_would_be_changed_is_refused_with_its_value(door: Door, field: str, value: str, format: str) -> None:
    row = {**FAILURE, "id": "a", "severity": "0.5", "sequence": "0", "representative": "anna", field: value}
    text = ",".join(row) + "\n" + ",".join(row.values()) + "\n" if format == "csv" else json.dumps(row)
    outcome = door.imported(door.file(f"a.{format}", text))
    (refused,) = door.refused(outcome)
    assert refused["reason"].startswith(f"{field}: ")
    assert f"`{value}`" in refused["reason"]
    assert refused["mend"]


# Times without an offset


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2024-03-01T09:00:00", "2024-03-01T08:00:00+00:00"),
        ("2024-07-01 09:00:00.5", "2024-07-01T07:00:00.500000+00:00"),
        ("2024-07-01T09:00:00Z", "2024-07-01T09:00:00+00:00"),
        ("2024-07-01T09:00:00-05:00", "2024-07-01T14:00:00+00:00"),
        ("2024-03-31T02:30:00", "was skipped"),
        ("2024-10-27T02:30:00", "came twice"),
        ("2024-07-01", "has no UTC offset"),
        ("1/7/2024 09:00", "is not a date or time"),
    ],
)
@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_a_time_zone_is_that_of_times_without_an_offset(door: Door, time: str, expected: str, format: str) -> None:
    row = {**FAILURE, "id": "a", "occurred_at": time}
    text = csv(f"failure_occurred,a,m@x,{time},0.5") if format == "csv" else json.dumps(row)
    outcome = door.imported(door.file(f"a.{format}", text), time_zone="Europe/Rome")
    if outcome.recorded:
        assert door.facts()["a"].occurred_at.isoformat() == expected
    else:
        assert expected in door.refused(outcome)[0]["reason"]


def test_a_time_zone_that_is_not_one_is_refused(door: Door) -> None:
    with pytest.raises(UnreadableSource, match="`Rome` is not a time zone"):
        door.imported(door.file("a.csv", csv(*failures("a"))), time_zone="Rome")


# Streams


def test_gzip_that_is_cut_off_keeps_what_was_read(door: Door) -> None:
    rows = [json.dumps({**FAILURE, "id": f"g{number}", "note": str(random.Random(number).random())}) for number in range(30_000)]
    whole = gzip.compress("\n".join(rows).encode())
    cut = whole[: len(whole) * 2 // 3]
    readable = zlib.decompressobj(31).decompress(cut).count(b"\n")
    with pytest.raises(JourneyError, match="cut off"):
        door.imported(door.file("g.jsonl.gz", cut))
    assert len(door.facts()) == readable > 10_000
    assert door.imported(door.file("g.jsonl.gz", whole)).recorded == 30_000 - readable


# Rejects


def test_rejects_are_replaced_and_removed_only_by_their_own_source(door: Door) -> None:
    bad, good = csv("failure_occurred,a,m@x,never,0.5"), csv(*failures("b"))
    first = door.imported(door.file("p/o.csv", bad))
    assert door.imported(door.file("q/o.csv", good)).rejects_file is None
    assert len(door.refused(first)) == 1
    second = door.imported(door.file("r/o.csv", bad))
    assert second.rejects_file == "o.2.rejects.jsonl"
    assert door.refused(first)[0]["path"] != door.refused(second)[0]["path"]
    door.imported(door.file("p/o.csv", csv(*failures("c"))))
    assert not Path("o.rejects.jsonl").exists()
    assert Path("o.2.rejects.jsonl").exists()


def test_a_file_of_somebody_elses_is_never_replaced_by_rejects(door: Door) -> None:
    mine = door.file("mine.txt", "dear diary")
    with pytest.raises(UnreadableSource, match="does not tell of this source"):
        import_files(door.journal, [door.file("a.csv", csv("failure_occurred,a,m@x,never,0.5"))], rejects=mine)
    assert mine.read_text() == "dear diary"


# Options


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"format": "xml"}, "`xml` is not a format"),
        ({"format": "segment", "relationship": "case"}, "`case` is not a relationship in Segment"),
    ],
)
def test_an_option_that_says_nothing_known_is_refused(door: Door, options: dict[str, str], reason: str) -> None:
    with pytest.raises(UnreadableSource, match=reason):
        door.imported(door.file("a.json", '{"type": "page"}'), **options)
