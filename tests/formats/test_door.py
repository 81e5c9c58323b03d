"""The door: what comes in is recorded exactly as it was given, or refused with its value, its place and a mend that works."""

import gzip
import json
import random
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from journey import Journal, JourneyError, Receipt, UnreadableSource
from journey.formats import Outcome, ReadOptions, import_files, importing
from journey.recording import Prepared
from journey.touchpoints import fields_of

FAILURE = {"kind": "failure_occurred", "relationship": "m@x", "occurred_at": "2024-03-01T09:00:00Z"}
HEADER = "kind,id,relationship,occurred_at,severity"
ORDERS = """SELECT 'interaction' AS kind, 'o-' || "order" AS id, customer || '@shop' AS relationship, timezone('UTC', t) AS occurred_at,
    0.5 AS competence FROM source"""


class Door:
    """A folder with files to import, and a journal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = Journal.open("memory:")

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def imported(self, *paths: Path, sql: str | None = None, **options: Any) -> Outcome:
        mapping = None if sql is None else self.file("z.sql", sql)
        return import_files(self.journal, paths, mapping=mapping, options=ReadOptions(**options))

    def refused(self, outcome: Outcome) -> list[dict[str, Any]]:
        assert outcome.rejects_file is not None
        return [json.loads(line) for line in Path(outcome.rejects_file).read_text(encoding="utf-8").splitlines()]

    def facts(self) -> dict[str, Any]:
        return {record.touchpoint.id: record.touchpoint for record in self.journal.read()}

    def relationships(self) -> dict[str, int]:
        return {summary.relationship: summary.touchpoints for summary in self.journal.relationships()}


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return Door(tmp_path)


def csv(*rows: str, header: str = HEADER) -> str:
    return "\n".join((header, *rows)) + "\n"


def failures(*lines: str) -> Sequence[str]:
    """Good rows of a CSV, one for each id."""
    return [f"failure_occurred,{id},m@x,2024-03-01T09:00:00Z,0.9" for id in lines]


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


# By SQL


def test_a_column_of_numbers_and_texts_keeps_each_as_it_is(door: Door) -> None:
    rows = [f"{number},{1000 + number % 50},2024-05-02 18:00:00" for number in range(25_000)]
    odd = [f"{25_000 + place},{customer},2024-05-02 18:00:00" for place, customer in enumerate(("0012", "12", "7.6", "8"))]
    outcome = door.imported(door.file("big.csv", csv(*rows, *odd, header="order,customer,t")), sql=ORDERS)
    assert (outcome.recorded, outcome.refused) == (25_004, 0)
    assert {name: count for name, count in door.relationships().items() if count == 1} == dict.fromkeys(
        ("0012@shop", "12@shop", "7.6@shop", "8@shop"), 1
    )


def test_a_bad_line_among_many_is_one_refusal_with_its_line(door: Door) -> None:
    rows = [f"{number},{1000 + number % 50},2024-05-02 18:00:00" for number in range(25_000)]
    outcome = door.imported(door.file("big.csv", csv(*rows, "x,y,z", header="order,customer,t")), sql=ORDERS)
    assert (outcome.read, outcome.recorded, outcome.refused) == (25_001, 25_000, 1)
    (refused,) = door.refused(outcome)
    assert refused["line"] == 25_002
    assert "`z` is not a TIMESTAMP" in refused["reason"]
    assert door.imported(door.folder / "big.csv", sql=ORDERS.replace(", t)", ", TRY_CAST(t AS TIMESTAMP))"), all_text=True).refused == 1


@pytest.mark.parametrize(
    "customers", [("12E3", "1200E1", "12000"), ("1", "01", "1.0"), ("7.60", "7.6"), ("-0", "0"), ("9" * 25, "9" * 24 + "8")]
)
@pytest.mark.parametrize("format", ["csv", "jsonl", "json"])
def test_customers_that_are_written_differently_are_different(door: Door, customers: tuple[str, ...], format: str) -> None:
    rows = [{"order": str(place), "customer": customer, "t": "2024-05-02 18:00:00"} for place, customer in enumerate(customers)]
    text = (
        csv(*(",".join(row.values()) for row in rows), header="order,customer,t") if format == "csv" else "\n".join(map(json.dumps, rows))
    )
    assert door.imported(door.file(f"e2.{format}", text), sql=ORDERS).recorded == len(customers)
    assert set(door.relationships()) == {f"{customer}@shop" for customer in customers}


def test_numbers_of_json_are_as_they_are_written(door: Door) -> None:
    lines = [
        f'{{"order": {place}, "customer": {number}, "t": "2024-05-02 18:00:00"}}'
        for place, number in enumerate(("12E3", "12000", "7.60", "1e400"))
    ]
    door.imported(door.file("e.jsonl", "\n".join(lines)), sql=ORDERS)
    assert set(door.relationships()) == {"12E3@shop", "12000@shop", "7.60@shop", "1e400@shop"}


def test_a_name_that_comes_late_is_a_column(door: Door) -> None:
    rows = [{"order": number, "customer": "c", "t": "2024-05-02 18:00:00"} for number in range(25_000)]
    query = ORDERS.replace("0.5 AS", "coalesce(rude, 0.5) AS")
    assert (
        door.imported(
            door.file("e7.jsonl", "\n".join(map(json.dumps, [*rows, {**rows[0], "order": 25_000, "rude": -0.9}]))), sql=query
        ).recorded
        == 25_001
    )
    assert door.facts()["o-25000"].competence == -0.9


def test_seconds_that_are_milliseconds_are_refused_with_their_value(door: Door) -> None:
    query = ORDERS.replace("timezone('UTC', t)", "make_timestamptz((t * 1000000)::BIGINT)")
    path = door.file("d1.csv", csv("1,c,1714557600", "2,c,1714557600000", "3,c,1714657600", header="order,customer,t"))
    outcome = door.imported(path, sql=query)
    assert outcome.recorded == 2
    (refused,) = door.refused(outcome)
    assert refused["line"] == 3
    assert "`1714557600000`" in refused["reason"]
    assert "milliseconds" in refused["mend"]


def test_infinity_is_not_missing(door: Door) -> None:
    path = door.file("d3.csv", csv("1,c,infinity", "2,c,2024-05-02 18:00:00+00", header="order,customer,t"))
    outcome = door.imported(path, sql=ORDERS.replace("timezone('UTC', t)", "t::VARCHAR::TIMESTAMPTZ"))
    assert outcome.recorded == 1
    assert "infinity" in door.refused(outcome)[0]["reason"]


@pytest.mark.parametrize("value", ["x", "", "99999999999999999999", "2024-13-01"])
def test_where_a_cast_fails_the_row_is_refused_and_no_other(door: Door, value: str) -> None:
    rows = [f"{number},c,2024-05-02 18:00:00,{value if number == 3 else number}" for number in range(7)]
    query = ORDERS.replace("0.5 AS competence", "(stars::BIGINT - 5) / 10.0 AS competence")
    outcome = door.imported(door.file("s.csv", csv(*rows, header="order,customer,t,stars")), sql=query)
    assert outcome.recorded + outcome.refused == 7
    if value:
        (refused,) = door.refused(outcome)
        assert refused["line"] == 5
        assert value in refused["reason"]


@pytest.mark.parametrize(
    "query", ["SELECT DISTINCT * FROM ({0})", "{0} ORDER BY id DESC", "WITH q AS ({0}) SELECT * FROM q", "{0} UNION ALL {0}"]
)
def test_queries_of_any_form_run(door: Door, query: str) -> None:
    path = door.file("a.csv", csv("1,c,2024-05-02 18:00:00", "2,c,2024-05-02 19:00:00", header="order,customer,t"))
    assert door.imported(path, sql=query.format(ORDERS)).recorded == 2


@pytest.mark.parametrize("name", ["orders[1].csv", "w?.csv", "v*.csv", "it's.csv", "year=2024/a.csv", "{a,b}.csv", "a%20b.csv", "né.csv"])
def test_a_path_is_a_name_and_not_a_pattern(door: Door, name: str) -> None:
    for decoy in ("orders1.csv", "wA.csv", "vB.csv", "a.csv"):
        door.file(decoy, csv("9,SOMEBODY,2024-05-02 18:00:00", header="order,customer,t"))
    path = door.file(name, csv("1,marta,2024-05-02 18:00:00", header="order,customer,t"))
    assert door.imported(path, sql=ORDERS).recorded == 1
    assert set(door.relationships()) == {"marta@shop"}


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


# Facts about facts


def correction(id: str, **fields: Any) -> dict[str, Any]:
    of = {"kind": "touchpoint_corrected", "relationship": "m@x", "occurred_at": "2024-03-02T09:00:00Z", "corrects": "b1"}
    return {**of, "id": id, "fields": fields}


def test_corrections_are_checked_as_correct_checks_them(door: Door) -> None:
    interaction = {**FAILURE, "kind": "interaction", "id": "b1", "benevolence": -0.5}
    door.imported(door.file("k0.jsonl", json.dumps(interaction)))
    rows = [
        correction("k1", benevolence=7),
        correction("k2", relationship="Z"),
        correction("k3", severity=0.7),
        {**correction("k4", benevolence=0.5), "relationship": "other"},
        {**correction("k5", benevolence=0.1), "corrects": "nosuch"},
        correction("k6", benevolence=0.5),
        {"kind": "relationships_merged", "id": "k7", "relationship": "m@x", "other": "m@x", "occurred_at": "2024-03-02T09:00:00Z"},
        {"kind": "relationships_merged", "id": "k8", "relationship": "m@x", "other": "nobody", "occurred_at": "2024-03-02T09:00:00Z"},
    ]
    outcome = door.imported(door.file("k.jsonl", "\n".join(map(json.dumps, rows))))
    assert (outcome.recorded, outcome.refused) == (3, 5)
    assert outcome.report.waiting == {"k5": "nosuch", "k8": "nobody"}
    assert fields_of(door.journal.history("m@x")["b1"])["benevolence"] == 0.5


def test_facts_about_facts_come_in_any_order_and_by_csv(door: Door) -> None:
    text = """kind,id,relationship,occurred_at,corrects,fields,severity
touchpoint_corrected,k1,m@x,2024-03-02T09:00:00Z,b1,"{""severity"": 0.25}",
failure_occurred,b1,m@x,2024-03-01T09:00:00Z,,,0.5"""
    outcome = door.imported(door.file("k.csv", text + "\n"))
    assert (outcome.recorded, outcome.report.waiting) == (2, {})
    (failure,) = door.journal.history("m@x")
    assert fields_of(failure)["severity"] == 0.25


# The report


def test_names_alike_are_told(door: Door) -> None:
    names = ["m@x", "M@x", "m @ x", "m  @ x", "caf\u00e9", "cafe\u0301", "other"]
    rows = [{**FAILURE, "id": f"h{number}", "relationship": name} for number, name in enumerate(names)]
    outcome = door.imported(door.file("h.jsonl", "\n".join(map(json.dumps, rows))))
    assert outcome.report.relationships.alike == [
        ("m@x", "M@x"),
        ("m@x", "m @ x"),
        ("m@x", "m  @ x"),
        ("caf\u00e9", "cafe\u0301"),
    ]


def test_touchpoints_of_one_instant_are_told_where_their_ids_are_not_in_the_sources_order(door: Door) -> None:
    rows = [{**FAILURE, "id": f"t-{number}"} for number in range(9, 15)]
    assert door.imported(door.file("m1.jsonl", "\n".join(map(json.dumps, rows)))).report.same_instant == 6
    ordered = [{**FAILURE, "id": f"u-{number:02}"} for number in range(9, 15)]
    assert door.imported(door.file("m2.jsonl", "\n".join(map(json.dumps, ordered)))).report.same_instant == 0
    numbered = [{**FAILURE, "id": f"v-{number}", "sequence": number} for number in range(9, 15)]
    assert door.imported(door.file("m3.jsonl", "\n".join(map(json.dumps, numbered)))).report.same_instant == 0


def test_the_report_says_what_came_and_what_may_be_a_mistake(door: Door) -> None:
    rows: list[dict[str, Any]] = [
        {**FAILURE, "id": "f", "episode": "card", "contact": "ana"},
        {**FAILURE, "id": "r1", "kind": "recovery_step_taken", "step": "help", "episode": "card", "representative": "ugo"},
        {**FAILURE, "id": "r2", "kind": "recovery_step_taken", "step": "help", "episode": "crad"},
        {**FAILURE, "id": "d", "kind": "delivery", "promise": "p", "delivered": 0.5},
        {**FAILURE, "id": "i", "kind": "interaction"},
        {**FAILURE, "id": "n", "kind": "note_added"},
        {**FAILURE, "id": "far", "occurred_at": "2999-01-01T00:00:00Z"},
        {**FAILURE, "id": "zero", "occurred_at": "1970-01-01T00:00:00Z"},
    ]
    report = door.imported(door.file("r.jsonl", "\n".join(map(json.dumps, rows)))).report.to_dict()
    assert (report["relationships"], report["people"]) == (1, 2)
    assert (report["first"], report["last"]) == ("1970-01-01T00:00:00+00:00", "2999-01-01T00:00:00+00:00")
    assert report["kinds"]["failure_occurred"] == 3
    assert report["far_off"] == ["far", "zero"]
    assert sum(report["moves_nothing"].values()) == 2
    assert [one["id"] for one in report["unknown_episodes"]] == ["crad"]
    assert [one["id"] for one in report["unknown_promises"]] == ["p"]


def test_an_episode_that_began_in_an_earlier_import_is_known(door: Door) -> None:
    door.imported(door.file("a.jsonl", json.dumps({**FAILURE, "id": "f", "episode": "card"})))
    step = {**FAILURE, "id": "r", "kind": "recovery_step_taken", "step": "help", "episode": "card"}
    assert door.imported(door.file("b.jsonl", json.dumps(step))).report.to_dict()["unknown_episodes"] == []


# Conflicts


def test_many_changed_rows_are_refused_by_few_questions(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{**FAILURE, "id": f"c{number}", "note": "text"} for number in range(2_000)]
    door.imported(door.file("c0.jsonl", "\n".join(map(json.dumps, rows))))
    asked = list[int]()
    record = door.journal.record_prepared

    def counting(ready: Prepared) -> list[Receipt]:
        asked.append(len(ready.facts))
        return record(ready)

    monkeypatch.setattr(door.journal, "record_prepared", counting)
    random.Random(5).shuffle(rows)
    changed = [{**row, "channel": "mail"} if place % 7 else row for place, row in enumerate(rows)]
    outcome = door.imported(door.file("c1.jsonl", "\n".join(map(json.dumps, changed))))
    assert (outcome.recorded, outcome.unchanged, outcome.refused) == (0, 286, 1_714)
    assert asked == [2_000, 286]


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


# What was known when


def dated(id: str, occurred_at: str, recorded_at: str | None) -> dict[str, Any]:
    return {**FAILURE, "id": id, "occurred_at": occurred_at, **({"recorded_at": recorded_at} if recorded_at else {})}


def test_a_first_import_of_the_past_is_known_at_once_in_whatever_order(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 3)
    rows = [dated(f"d{day}", f"2020-01-{day:02}T00:00:00Z", None) for day in range(28, 0, -1)]
    assert door.imported(door.file("a.jsonl", "\n".join(map(json.dumps, rows)))).recorded == 28
    history = door.journal.history("m@x")
    assert history.late == frozenset()
    assert len({record.recorded_at for record in history.records}) > 1
    time.sleep(0.002)
    door.imported(door.file("b.jsonl", json.dumps(dated("late", "2020-01-02T12:00:00Z", None))))
    assert door.journal.history("m@x").late == {"late"}


def test_a_sources_own_record_times_are_kept(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    times = ["2024-03-01T00:00:00Z", "2024-03-01T00:00:00Z", "2024-03-05T00:00:00Z", "2024-04-01T00:00:00Z", "2024-04-02T00:00:00Z"]
    rows = [dated(f"r{number}", "2024-02-01T00:00:00Z", moment) for number, moment in enumerate(times)]
    path = door.file("a.jsonl", "\n".join(map(json.dumps, rows)))
    outcome = import_files(door.journal, [path], keep_record_times=True)
    assert (outcome.recorded, outcome.report.known_later) == (5, 0)
    history = door.journal.history("m@x")
    assert [record.recorded_at.isoformat() for record in sorted(history.records, key=lambda one: one.position or 0)] == [
        moment.replace("Z", "+00:00") for moment in times
    ]
    assert [len(history.known_at(time)) for time in ("2024-02-29", "2024-03-01", "2024-03-05", "2024-04-01", "2024-04-02")] == [
        0,
        2,
        3,
        4,
        5,
    ]
    assert import_files(door.journal, [path], keep_record_times=True).unchanged == 5
    assert door.imported(path).unchanged == 5


def test_what_was_known_at_a_time_never_changes(door: Door) -> None:
    import_files(
        door.journal, [door.file("a.jsonl", json.dumps(dated("a", "2024-02-01T00:00:00Z", "2024-05-01T00:00:00Z")))], keep_record_times=True
    )
    earlier = door.file("b.jsonl", json.dumps(dated("b", "2024-02-01T00:00:00Z", "2024-04-01T00:00:00Z")))
    outcome = import_files(door.journal, [earlier], keep_record_times=True)
    assert (outcome.recorded, outcome.report.known_later) == (1, 1)
    assert len(door.journal.history("m@x").known_at("2024-05-01T00:00:00Z")) == 1
    door.journal.verify()


@pytest.mark.parametrize(
    ("time", "reason"), [(None, "is missing"), ("never", "is not a date or time"), ("2999-01-01T00:00:00Z", "lies in the future")]
)
def test_a_record_time_that_cannot_be_is_refused(door: Door, time: str | None, reason: str) -> None:
    path = door.file(
        "a.jsonl",
        "\n".join(map(json.dumps, (dated("a", "2024-02-01T00:00:00Z", time), dated("b", "2024-02-01T00:00:00Z", "2024-02-02T00:00:00Z")))),
    )
    outcome = import_files(door.journal, [path], keep_record_times=True)
    assert (outcome.recorded, outcome.refused) == (1, 1)
    assert reason in door.refused(outcome)[0]["reason"]


def test_a_row_of_quoted_cells_over_two_lines_is_not_lost_behind_a_quote_that_is_never_closed(door: Door) -> None:
    bad = 'failure_occurred,a,m@x,2024-03-01T09:00:00Z,"0.9,x'
    good = '"failure_occurred","b","m@x","2024-03-01T09:00:00Z","0.9","one\ntwo"'
    outcome = door.imported(door.file("a.csv", csv(bad, good, header=HEADER + ",note")))
    assert (outcome.recorded, outcome.refused) == (1, 1)
    assert door.facts()["b"].note == "one\ntwo"


def test_a_correction_that_came_before_its_touchpoint_and_cannot_be_is_told(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    rows = [correction("k1", severity=7), correction("k2", severity=0.25), {**FAILURE, "id": "b1"}]
    outcome = door.imported(door.file("k.jsonl", "\n".join(map(json.dumps, rows))))
    assert (outcome.recorded, outcome.refused, outcome.report.waiting) == (3, 0, {})
    assert outcome.report.impossible == {"k1": "severity: must be a number from 0 to 1, got `7`"}
    assert fields_of(door.journal.history("m@x")["b1"])["severity"] == 0.25
