"""Files that somebody made by mistake or on purpose: what is wrong costs its own row, and each mend works when it is followed."""

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from formats.desk import Desk

from journey import UnreadableSource
from journey.formats import ReadOptions, import_files

HEADER = "kind,id,relationship,occurred_at,severity"
GOOD = {"kind": "failure_occurred", "id": "good", "relationship": "m@x", "occurred_at": "2024-03-01T09:00:00Z"}
SAME = "SELECT * FROM source"
ORDERS = "SELECT 'note_added' AS kind, id, 'm@x' AS relationship, {} AS occurred_at FROM source"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path)


def row(id: str, time: str = "2024-03-01T09:00:00Z") -> str:
    return f"failure_occurred,{id},m@x,{time},0.9\n"


def line(**fields: Any) -> str:
    return json.dumps({**GOOD, **fields}) + "\n"


def table(*rows: str, header: str = HEADER) -> str:
    return header + "\n" + "".join(rows)


# Bytes


@pytest.mark.parametrize(
    "field",
    [
        *(
            {"kind": "Q"},
            {"id": "Q"},
            {"occurred_at": "2024-03-01Q"},
            {"severity": "1_Q"},
            {"sequence": "1_Q"},
            {"breach": "Q"},
            {"stable": "Q"},
        ),
        {"note": "Q"},
    ],
)
@pytest.mark.parametrize("format", ["csv", "jsonl", "json"])
@pytest.mark.parametrize("sql", [None, SAME])
def test_bytes_of_no_encoding_cost_their_row_whatever_field_they_are_in(
    desk: Desk, field: dict[str, str], format: str, sql: str | None
) -> None:
    bad = {**GOOD, "id": "bad", **field}
    good = {**dict.fromkeys(bad, ""), **GOOD}
    text = f"{','.join(bad)}\n{','.join(bad.values())}\n{','.join(good.values())}\n" if format == "csv" else json.dumps(bad) + "\n" + line()
    outcome = desk.imported(f"a.{format}", text.encode().replace(b"Q", b"\xe9"), sql=sql)
    assert set(desk.facts()) == {"good"}
    assert outcome.refused == 1


@pytest.mark.parametrize("format", ["csv", "jsonl", "json"])
def test_half_a_character_of_utf_16_costs_its_row(desk: Desk, format: str) -> None:
    first, bad, last = (row(id) if format == "csv" else line(id=id) for id in ("a", "b\ud800", "c"))
    if format != "csv":
        bad = bad.replace("\\ud800", "\ud800")
    whole = (table(first) if format == "csv" else first).encode("utf-16") + (bad + last).encode("utf-16-le", "surrogatepass")
    outcome = desk.imported(f"a.{format}", whole)
    assert (outcome.recorded, outcome.refused) == (2, 1)
    assert desk.imported(f"a.{format}", whole[:-3]).unchanged == 1


@pytest.mark.parametrize("encoding", ["hex", "rot13", "zlib", "mbcs", "undefined", "idna", "", "utf-8\x00", "nonsense"])
def test_what_is_not_an_encoding_of_text_is_refused(encoding: str) -> None:
    with pytest.raises(UnreadableSource, match="is not an encoding"):
        ReadOptions(encoding=encoding)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
@pytest.mark.parametrize("sql", [None, SAME])
def test_a_nul_in_a_row_costs_that_row(desk: Desk, name: str, sql: str | None) -> None:
    rows = [row(id) if name == "a.csv" else line(id=id) for id in ("a", "Q", "c")]
    text = (HEADER + "\n" if name == "a.csv" else "") + "".join(rows)
    assert desk.imported(name, text.replace("Q", "\x00"), sql=sql).refused == 1
    assert set(desk.facts()) == {"a", "c"}


# Shapes


@pytest.mark.parametrize("before", ["\n", "\r\n\r\n", " \n\t\n"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_blank_lines_before_the_header_are_passed_over(desk: Desk, before: str, delimiter: str) -> None:
    outcome = desk.imported("a.csv", before + table(row("a"), row("b")[:-5] + "\n").replace(",", delimiter))
    assert (outcome.recorded, outcome.refused) == (1, 1)
    assert desk.refused_lines() == [before.count("\n") + 3]


def test_a_cell_of_very_many_lines_takes_no_longer_than_as_many_rows(desk: Desk) -> None:
    lines = "x\n" * 300_000
    outcome = desk.imported("a.csv", table(f'a,b,"{lines}",c,d,e,f\n', row("good")))
    assert (outcome.recorded, outcome.refused) == (1, 1)


@pytest.mark.parametrize("opening", ["{", "[", '{"kind": [', "[["])
@pytest.mark.parametrize("closing", ["}", "]", "]}", "]]"])
@pytest.mark.parametrize("layout", ["lines", "array"])
def test_rows_between_two_stray_brackets_are_not_swallowed(desk: Desk, opening: str, closing: str, layout: str) -> None:
    lines = [line(id=id).strip() for id in "abcd"]
    lines[0:0] = [line(id="first").strip().replace('"id"', f'"id"{opening}')]
    lines[4:4] = [line(id="last").strip() + closing]
    text = "\n".join(lines) if layout == "lines" else "[\n" + ",\n".join(lines) + "\n]\n"
    desk.imported("a.json", text)
    assert set("abcd") <= set(desk.facts())


@pytest.mark.parametrize("deep", ["[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000])
@pytest.mark.parametrize("format", ["json", "jsonl"])
@pytest.mark.parametrize("sql", [None, "SELECT kind, id, relationship, occurred_at FROM source"])
def test_whatever_is_nested_too_deep_is_one_refusal(desk: Desk, deep: str, format: str, sql: str | None) -> None:
    outcome = desk.imported(f"a.{format}", line(id="a") + deep + "\n" + line(id="b"), sql=sql)
    assert (outcome.recorded, outcome.refused) == (2, 1)


def test_a_long_line_that_is_no_json_is_one_refusal(desk: Desk) -> None:
    outcome = desk.imported("a.json", line(id="a") + "x" * 500_000 + "\n" + line(id="b"))
    assert (outcome.recorded, outcome.refused) == (2, 1)


def test_lines_end_where_the_format_says_and_nowhere_else(desk: Desk) -> None:
    note = "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg"
    desk.imported("a.csv", table(row("a").strip() + f",{note}\n", header=HEADER + ",note"))
    desk.imported("a.jsonl", json.dumps({**GOOD, "id": "b", "note": note}, ensure_ascii=False))
    assert all(json.loads(fact)["note"] == note for fact in desk.facts().values())
    assert desk.imported("b.csv", table(row("c"), row("d")).replace("\n", "\r")).recorded == 2


# Values


@pytest.mark.parametrize("value", ["x", "2", "1.5", "wahr", "true ", "", "\u0661"])
@pytest.mark.parametrize("field", ["stable", "sequence"])
def test_a_value_of_another_type_is_refused_with_a_mend(desk: Desk, field: str, value: str) -> None:
    outcome = desk.imported("a.jsonl", line(**{field: value}))
    assert outcome.refused or (field, value) == ("sequence", "2")


@pytest.mark.parametrize("fields", ["5", "{}", "[1]", '{"severity": [1]}', '{"severity": NaN}', '{"severity": 1, "severity": 2}'])
def test_a_correction_without_usable_fields_is_refused_with_a_mend(desk: Desk, fields: str) -> None:
    text = line(kind="touchpoint_corrected", corrects="f", fields="Q").replace('"Q"', fields)
    assert desk.imported("a.jsonl", text).refused == 1


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00", "9999-12-31T23:59:59"])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_a_time_zone_at_the_edge_of_time_costs_at_most_its_row(desk: Desk, time: str, zone: str) -> None:
    outcome = desk.imported("a.csv", table(row("a", time), row("b")), time_zone=zone)
    assert outcome.refused == 1 or "a" in desk.facts()
    assert "b" in desk.facts()


def test_a_cloudevent_with_what_is_not_a_number_is_refused(desk: Desk) -> None:
    event = {"specversion": "1.0", "id": "a", "source": "x", "type": "journey.note_added", "subject": "m", "time": GOOD["occurred_at"]}
    outcome = desk.imported("a.jsonl", json.dumps({**event, "certainty": float("nan")}))
    assert outcome.refused == 1


# Documents


@pytest.mark.parametrize("encoding", ["UTF-9", "nonsense", "shift_jis", "hex"])
@pytest.mark.parametrize("name", ["a.xes", "a.xmlocel"])
def test_xml_in_an_encoding_that_is_not_read_is_refused(desk: Desk, encoding: str, name: str) -> None:
    with pytest.raises(UnreadableSource) as refusal:
        desk.imported(name, f'<?xml version="1.0" encoding="{encoding}"?>\n<log></log>')
    assert refusal.value.mend


def test_a_database_whose_names_are_not_text_is_refused(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.folder / "a.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE facts (kind, id)")
    content = (desk.folder / "a.sqlite").read_bytes()
    with pytest.raises(UnreadableSource):
        desk.imported("b.sqlite", content.replace(b"TABLE facts (", b"TABLE fact\xa2 ("))


@pytest.mark.parametrize("place", ["XFD1048576", "AAA99999"])
def test_a_cell_far_from_all_others_is_refused_in_little_memory(desk: Desk, place: str) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(list(GOOD))
    book.active.append(list(GOOD.values()))
    book.active[place] = "stray"
    book.save(desk.folder / "a.xlsx")
    with pytest.raises(UnreadableSource, match=f"up to row {place.lstrip('AXFD')} and column {place.rstrip('0123456789')}") as refusal:
        desk.imported_all(desk.folder / "a.xlsx")
    assert "far from the others" in refusal.value.mend


def test_a_workbook_that_lacks_a_part_is_refused(desk: Desk) -> None:
    book = openpyxl.Workbook()
    book.save(desk.folder / "a.xlsx")
    for part in ("xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml", "xl/workbook.xml"):
        with zipfile.ZipFile(desk.folder / "a.xlsx") as whole, zipfile.ZipFile(desk.folder / "b.xlsx", "w") as damaged:
            for name in set(whole.namelist()) - {part}:
                damaged.writestr(name, whole.read(name))
        with pytest.raises(UnreadableSource):
            desk.imported_all(desk.folder / "b.xlsx")


# Names by SQL


@pytest.mark.parametrize(
    "name", ["texts.csv", "mapped.csv", "source.lines.csv", "journey.csv", "lines.csv", "select.csv", 'a"b.csv', "a b.csv"]
)
def test_a_second_source_may_have_any_name(desk: Desk, name: str) -> None:
    stem = name.removesuffix(".csv").replace('"', '""')
    paths = desk.file("s.csv", table(row("a"))), desk.file(name, "x\n1\n")
    assert desk.imported_all(*paths, sql=f'SELECT source.* FROM source, "{stem}" AS other WHERE other.x = 1').recorded == 1


def test_two_sources_of_one_name_are_refused_whatever_their_case(desk: Desk) -> None:
    for first, second in (("p/o.csv", "q/o.csv"), ("p/o.csv", "q/O.csv")):
        paths = [desk.file(name, table(row("a"))) for name in ("s.csv", first, second)]
        with pytest.raises(UnreadableSource, match="already"):
            desk.imported_all(*paths, sql=SAME)
    with pytest.raises(UnreadableSource, match="already"):
        desk.imported_all(desk.file("s.csv", table(row("a"))), desk.file("Source.csv", table(row("a"))), sql=SAME)


def test_columns_may_have_the_names_that_a_database_gives(desk: Desk) -> None:
    text = table("1,x,2,y\n", "3,z,4,w\n", header="line.,rowid,c0,line")
    query = ORDERS.format("'2024-03-01T09:00:00Z'").replace("id,", "'i' || c0 || rowid || \"line.\" || line AS id,")
    assert desk.imported("a.csv", text, sql=query).recorded == 2
    assert set(desk.facts()) == {"i2x1y", "i4z3w"}


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_a_column_whose_name_is_not_text_is_refused_by_sql(desk: Desk, name: str) -> None:
    text = b"k\xe9nd,id\na,b\n" if name == "a.csv" else b'{"": 1, "id": 2}\n'
    with pytest.raises(UnreadableSource) as refusal:
        desk.imported(name, text, sql=SAME)
    assert refusal.value.mend


def test_a_field_that_a_query_gives_twice_is_refused_and_the_mend_works(desk: Desk) -> None:
    text = table(row("a"))
    with pytest.raises(UnreadableSource, match="`severity` is given twice") as refusal:
        desk.imported("a.csv", text, sql="SELECT *, 0.1 AS severity FROM source")
    desk.imported("a.csv", text, sql=f"SELECT {refusal.value.mend.removeprefix('give it once, as in ')}, 0.1 AS severity FROM source")
    assert json.loads(desk.facts()["a"])["severity"] == 0.1


def test_the_fields_of_a_correction_may_be_decimals(desk: Desk) -> None:
    query = ORDERS.format("'2024-03-01T09:00:00Z'").replace(
        "'note_added' AS kind", "'touchpoint_corrected' AS kind, 'f' AS corrects, {severity: 0.25} AS fields"
    )
    assert desk.imported("a.csv", "id\na\n", sql=query).recorded == 1
    assert json.loads(desk.facts()["a"])["fields"] == {"severity": 0.25}


# Mends that are followed


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"])
@pytest.mark.parametrize("time", ["2024-03-01 00:00:00", "2024-03-01 00:00:00.123456789"])
def test_the_mend_for_a_time_without_an_offset_works_for_every_type(desk: Desk, kind: str, time: str) -> None:
    text, query = "id\na\n", ORDERS.format(f"'{time}'::{kind}")
    with pytest.raises(UnreadableSource, match=f"is a {kind}, which has no UTC offset") as refusal:
        desk.imported("a.csv", text, sql=query)
    mended = f"SELECT * REPLACE ({refusal.value.mend.partition(': ')[2]}) FROM ({query})"
    if desk.imported("a.csv", text, sql=mended).refused:
        assert (kind, len(time)) == ("TIMESTAMP_NS", 29)
        cut = f"SELECT * REPLACE ({desk.refused()[0]['mend'].partition(': ')[2]} AS occurred_at) FROM ({mended})"
        assert desk.imported("a.csv", text, sql=cut).recorded == 1
    assert json.loads(desk.facts()["a"])["occurred_at"].startswith("2024-02-29T23:00:00")


@pytest.mark.parametrize("kind", ["TIMESTAMPTZ", "TIMESTAMPTZ_NS"])
@pytest.mark.parametrize("time", ["infinity", "-infinity"])
def test_an_infinite_time_is_named_in_its_refusal(desk: Desk, kind: str, time: str) -> None:
    assert desk.imported("a.csv", "id\na\n", sql=ORDERS.format(f"'{time}'::{kind}")).refused == 1
    assert desk.refused()[0]["reason"] == f"occurred_at: `{time}` is not a date or time"


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.json"])
def test_a_raised_limit_takes_a_long_row(desk: Desk, name: str) -> None:
    long = "x" * 5_000
    text = table(row("a").strip() + f",{long}\n", header=HEADER + ",note") if name == "a.csv" else line(id="a", note=long)
    assert desk.imported(name, text, row_limit=1_000).refused == 1
    assert "raise --row-limit" in desk.refused()[0]["mend"]
    assert desk.imported(name, text, row_limit=10_000).recorded == 1


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
@pytest.mark.parametrize("sql", [None, SAME])
def test_a_named_encoding_takes_what_was_refused(desk: Desk, name: str, sql: str | None) -> None:
    text = (
        table(row("a").strip() + ",Straße\n", header=HEADER + ",note")
        if name == "a.csv"
        else line() + line(id="a", note="Q").replace("Q", "Straße")
    )
    assert desk.imported(name, text.encode("cp1252"), sql=sql).refused == 1
    assert "--encoding, such as cp1252" in desk.refused()[0]["mend"]
    assert desk.imported(name, text.encode("cp1252"), sql=sql, encoding="cp1252").recorded
    assert json.loads(desk.facts()["a"])["note"] == "Straße"


def test_all_text_takes_what_did_not_fit_its_column(desk: Desk) -> None:
    text, query = "id\n" + "".join(f"{number}\n" for number in range(300)) + "x\n", ORDERS.format("'2024-03-01T09:00:00Z'")
    assert desk.imported("a.csv", text, sql=query).refused == 1
    assert "--all-text" in desk.refused()[0]["mend"]
    assert desk.imported("a.csv", text, sql=query, all_text=True).recorded == 1


# Rejects and standard input


@pytest.mark.parametrize("rejects", ["folder", "nowhere/r.jsonl", "s.csv", "s.csv/r.jsonl", "dangling", "x" * 300])
def test_rejects_that_cannot_be_written_are_refused(desk: Desk, rejects: str) -> None:
    source = desk.file("s.csv", table(row("a"), row("b", "never")))
    (desk.folder / "folder").mkdir()
    (desk.folder / "dangling").symlink_to("nowhere/r.jsonl")
    with pytest.raises(UnreadableSource) as refusal:
        import_files(desk.journal, [source], rejects=Path(rejects))
    assert "--rejects" in refusal.value.mend
    assert source.read_text() == table(row("a"), row("b", "never"))


def test_standard_input_is_read_once(desk: Desk) -> None:
    with pytest.raises(UnreadableSource, match="named twice"):
        import_files(desk.journal, [Path("-"), Path("-")])
