"""Workbooks: cells are the text that the sheet shows, hours included, and what a reader would take for empty is refused."""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.errors import InvalidTouchpoint, UnreadableSource
from journey.formats.source_rows import Row
from journey.formats.tables.excel import excel_rows
from journey.reading import read_fact

# What XML can hold, and a carriage return does not survive.
texts = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=10).filter(lambda text: text[:1] not in ("=", "#"))
# As many digits as Excel keeps.
numbers = st.floats(allow_nan=False, allow_infinity=False).map(lambda number: float(f"{number:.14g}")) | st.integers(-(10**15), 10**15)
times = st.datetimes(datetime.fromisoformat("1900-03-01"), datetime.fromisoformat("9999-12-30")).map(lambda at: at.replace(microsecond=0))
MIDNIGHT, MORNING = datetime.fromisoformat("2024-03-01T00:00:00"), datetime.fromisoformat("2024-03-01T09:30:00")


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cell in (cell for cells in sheet.iter_rows() for cell in cells):
            if isinstance(cell.value, str) and cell.value.startswith("#"):
                cell.data_type = "e"
    book.save(path)
    return path


def ods(path: Path, *rows: str) -> Path:
    """An OpenDocument spreadsheet of these rows of cells, written by hand."""
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    spaces += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    table = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with ZipFile(path, "w") as file:
        file.writestr("mimetype", kind)
        manifest = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
        entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        file.writestr("META-INF/manifest.xml", f"<manifest:manifest {manifest}>{entry}</manifest:manifest>")
        sheet = f'<table:table table:name="S">{table}</table:table>'
        body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
        file.writestr("content.xml", f"<office:document-content {spaces}>{body}</office:document-content>")
    return path


def ods_cell(type: str, text: str, **attributes: str) -> str:
    given = "".join(f' office:{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<table:table-cell office:value-type="{type}"{given}><text:p>{text}</text:p></table:table-cell>'


def read(path: Path, sheet: str | None = None) -> list[Row]:
    return list(excel_rows(path, sheet))


# Laws


@given(st.lists(st.tuples(st.none() | texts, st.none() | numbers, st.none() | times, st.none() | st.booleans()), max_size=5))
def test_a_sheet_gives_each_cell_as_text_that_reads_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, ...]]
) -> None:
    path = workbook(tmp_path_factory.mktemp("excel") / "a.xlsx", S=[["word", "number", "at", "yes"], *map(list, rows)])
    gotten = {row.line: row.fields for row in excel_rows(path)}
    for line, (word, number, at, yes) in enumerate(rows, start=2):
        cells = gotten.get(line, {})
        assert cells.get("word", "") == (word or "")
        assert ("number" in cells) is (number is not None)
        assert number is None or float(cells["number"]) == number
        assert at is None or datetime.fromisoformat(cells["at"]) == at
        assert cells.get("yes") == (None if yes is None else str(yes).lower())


# Contracts


def test_numbers_and_times_are_written_as_they_are_meant(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        S=[
            ["at", "n", "hours", "yes", "word"],
            [MIDNIGHT, 12, time(9, 30), True, "0012"],
            [MORNING, 12.5, timedelta(hours=36, minutes=5), False, "  "],
            [],
            [date(2024, 3, 1), 1e300, None, None, "12.0"],
        ],
    )
    assert [(row.line, row.fields) for row in read(path)] == [
        (2, {"at": "2024-03-01T00:00:00", "n": "12", "hours": "09:30:00", "yes": "true", "word": "0012"}),
        (3, {"at": "2024-03-01T09:30:00", "n": "12.5", "hours": "36:05:00", "yes": "false", "word": "  "}),
        (5, {"at": "2024-03-01T00:00:00", "n": "1e+300", "word": "12.0"}),
    ]


def test_a_time_of_a_sheet_has_no_offset_and_is_refused_with_a_mend(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", S=[["kind", "id", "relationship", "occurred_at"], ["interaction", "a", "m@x", MIDNIGHT]])
    with pytest.raises(InvalidTouchpoint, match="`2024-03-01T00:00:00` has no UTC offset"):
        read_fact(read(path)[0].fields)


def test_errors_and_formulas_without_values_are_refused(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        S=[["id", "severity", "note"], ["a", "#N/A", None], ["b", "=1/2", "#DIV/0!"], ["c", 0.5, "fine"], [None, "#REF!"], [None, "=1/2"]],
    )
    problems = {row.line: row.problem for row in read(path)}
    assert {line: str(problem) for line, problem in problems.items() if problem} == {
        2: "severity: cell B2 is the error `#N/A`",
        3: "severity: cell B3 has a formula without its value; note: cell C3 is the error `#DIV/0!`",
        5: "severity: cell B5 is the error `#REF!`",
        6: "severity: cell B6 has a formula without its value",
    }
    assert problems[2] is not None
    assert problems[2].mend == "correct the cell, or clear it"
    assert problems[4] is None


def test_a_formula_with_its_value_is_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", S=[["id", "n", "text"], ["a", "=1+1", '=""']])
    edited = BytesIO()
    with ZipFile(path) as book, ZipFile(edited, "w") as other:
        for name in book.namelist():
            content = book.read(name).replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(b"<f>1+1</f><v/>", b"<f>1+1</f><v>2</v>")
            content = content.replace(b'<c r="C2">', b'<c r="C2" t="str">')
            other.writestr(name, content)
    path.write_bytes(edited.getvalue())
    assert read(path) == [Row(str(path), 2, {"id": "a", "n": "2"})]


def test_a_large_sheet_names_the_place_of_each_error(tmp_path: Path) -> None:
    rows = [[f"touchpoint {number}", "#N/A" if number % 5000 == 0 else number / 7] for number in range(1, 20_001)]
    path = workbook(tmp_path / "a.xlsx", S=[["id", "n"], *rows])
    assert [row.line for row in read(path) if row.problem] == [5001, 10_001, 15_001, 20_001]


def test_one_of_several_sheets_is_asked_for(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", Empty=[], Orders=[["id"], ["a"]], Notes=[["id"], ["#N/A"]])
    with pytest.raises(UnreadableSource, match="holds 2 sheets: `Orders`, `Notes`") as asked:
        excel_rows(path)
    assert asked.value.mend == f"name one, as in `{path}#Orders`"
    assert read(path, "Orders") == [Row(str(path), 2, {"id": "a"})]
    assert str(read(path, "Notes")[0].problem) == "id: cell A2 is the error `#N/A`"
    with pytest.raises(UnreadableSource, match="no sheet `orders`") as missing:
        excel_rows(path, "orders")
    assert missing.value.mend == "did you mean `Orders`?"


def test_the_only_sheet_with_data_is_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", Empty=[], Orders=[["id"], ["a"]])
    assert [row.fields for row in read(path)] == [{"id": "a"}]


@pytest.mark.parametrize(
    ("rows", "message", "mend"),
    [
        ([["id", "n", "n"], ["a", 1, 2]], "columns B and C are both named `n`", "rename one, or delete it"),
        ([["id", None, "n"], ["a", 1, 2]], "column B has no name", "name every column, or delete it"),
        ([["id"], ["a", 1]], "column B has no name", "name every column, or delete it"),
        ([[], ["id"], ["a"]], "row 1 is empty", "write the names of the columns into row 1"),
        ([], "row 1 is empty", "write the names of the columns into row 1"),
    ],
)
def test_columns_without_names_of_their_own_are_refused(tmp_path: Path, rows: list[list[Any]], message: str, mend: str) -> None:
    path = workbook(tmp_path / "a.xlsx", S=rows)
    with pytest.raises(UnreadableSource) as refused:
        excel_rows(path)
    assert str(refused.value) == f"{path}#S: {message}"
    assert refused.value.mend == mend


def test_a_table_may_start_at_any_column(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", S=[[None, None, "id", "n"], [None, None, "a", "#N/A"]])
    (row,) = read(path)
    assert (row.fields, str(row.problem)) == ({"id": "a"}, "n: cell D2 is the error `#N/A`")


@pytest.mark.parametrize(
    ("name", "content"), [("a.xlsx", b"kind,id"), ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), ("a.xlsx", b"PK\3\4")]
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableSource, match=name):
        excel_rows(tmp_path / name)
    with pytest.raises(UnreadableSource, match=r"nosuch\.xlsx"):
        excel_rows(tmp_path / "nosuch.xlsx")


def test_an_open_document_is_read_alike(tmp_path: Path) -> None:
    header = "".join(ods_cell("string", name) for name in ("at", "n", "yes", "word"))
    first = ods_cell("date", "1.3.24", date_value="2024-03-01") + ods_cell("float", "12", value="12")
    first += ods_cell("boolean", "TRUE", boolean_value="true") + ods_cell("string", "0012")
    second = ods_cell("date", "1.3.24", date_value="2024-03-01T09:30:00") + ods_cell("percentage", "50%", value="0.5")
    path = ods(tmp_path / "a.ods", header, first, second)
    assert [(row.line, row.fields) for row in read(path)] == [
        (2, {"at": "2024-03-01T00:00:00", "n": "12", "yes": "true", "word": "0012"}),
        (3, {"at": "2024-03-01T09:30:00", "n": "0.5"}),
    ]


def test_an_open_document_with_errors_is_refused(tmp_path: Path) -> None:
    error = ods_cell("string", "#N/A", string_value="").replace(" office:string", ' calcext:value-type="error" office:string')
    with pytest.raises(UnreadableSource, match="a cell is an error"):
        excel_rows(ods(tmp_path / "a.ods", ods_cell("string", "id"), error))
