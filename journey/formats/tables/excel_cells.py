"""Cells of a workbook that its reader takes for empty: errors such as `#N/A`, and formulas whose values were never computed."""

import posixpath
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile

from journey.errors import UnreadableSource

_CHUNK = 1 << 20
_SPAN_MAX = 2**25
"""So many cells a sheet may span from its first to its last, if fewer than a tenth of them have a value."""
_PLACE_MAX = 12
"""More letters or digits than the place of any cell has."""
_FILLED = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r=["']([A-Za-z]+)([0-9]+)["'][^>]*(?<!/)>""")
_CANDIDATE = re.compile(rb"""t=["']e["']|<(?:\w+:)?f[\s/>]""")
_CELL = re.compile(rb"<(?:\w+:)?c((?:\s[^>]*)?(?<!/))>(.*?)</(?:\w+:)?c>", re.DOTALL)
_PLACE = re.compile(rb"""\sr=["']([A-Z]+)([0-9]+)["']""")
_TYPE = re.compile(rb"""\st=["'](\w+)["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v[^>]*>([^<]+)<")
_ODS_ERROR = b'calcext:value-type="error"'
_CORRECT = "correct the cell, or clear it"
_COMPUTE = "open the workbook in a spreadsheet program and save it, so that its formulas are computed"

_DAMAGE = (BadZipFile, ET.ParseError, LookupError, ValueError, RuntimeError, EOFError, zlib.error)
"""What reading a damaged workbook raises."""

UnreadCells = Mapping[int, Mapping[str, tuple[str, str]]]
"""By the number of the row and the letters of the column: what is wrong with a cell, and how to fix it."""


def check_span(path: Path, sheet: str) -> None:
    """Raise UnreadableSource if a cell stands far from all others: a sheet is read with every cell in between, which takes memory."""
    try:
        with ZipFile(path) as book:
            if "xl/workbook.xml" not in book.namelist():
                return
            cells, last, columns = 0, 0, {b"A"}
            with book.open(_worksheet(book, sheet)) as file:
                for rows in _whole_rows(file):
                    places = _FILLED.findall(rows)
                    cells += len(places)
                    last = max(last, *(int(row[:_PLACE_MAX]) for _, row in places), 0)
                    columns.update(column for column, _ in places)
    except _DAMAGE as error:
        raise UnreadableSource(f"{path}: {error}", "save it as .xlsx") from None
    column = max(columns, key=_number)
    if (span := _number(column) * last) > max(_SPAN_MAX, 10 * cells):
        raise UnreadableSource(
            f"{path}#{sheet}: has {cells:,} cells with values, and spans {span:,}, up to row {last} and column {column.decode()}",
            "delete the cells that stand far from the others",
        )


def _number(column: bytes) -> int:
    """The number of a column, from 1."""
    number = 0
    for letter in column[:_PLACE_MAX].upper():
        number = 26 * number + letter - ord("A") + 1
    return number


def unread_cells(path: Path, sheet: str) -> UnreadCells:
    """The cells of this sheet that have no value to read. Raises UnreadableSource if a workbook has some and does not say where."""
    try:
        with ZipFile(path) as book:
            if "xl/workbook.xml" in book.namelist():
                return _in_worksheet(path, book, sheet)
            if "content.xml" in book.namelist():
                _refuse_errors(path, book)
                return {}
    except _DAMAGE as error:
        raise UnreadableSource(f"{path}: {error}", "save it as .xlsx") from None
    raise UnreadableSource(f"{path}: is not an .xlsx or .ods workbook", "save it as .xlsx")


def _in_worksheet(path: Path, book: ZipFile, sheet: str) -> UnreadCells:
    unread: dict[int, dict[str, tuple[str, str]]] = {}
    with book.open(_worksheet(book, sheet)) as file:
        for rows in _whole_rows(file):
            if not _CANDIDATE.search(rows):
                continue
            for attributes, content in _CELL.findall(rows):
                type, value = _TYPE.search(attributes), _VALUE.search(content)
                if type and type[1] == b"e":
                    fault = f"is the error `{value[1].decode() if value else '#N/A'}`", _CORRECT
                elif value is None and not (type and type[1] in (b"str", b"inlineStr")) and re.search(rb"<(?:\w+:)?f[\s/>]", content):
                    fault = "has a formula without its value", _COMPUTE
                else:
                    continue
                if not (place := _PLACE.search(attributes)):
                    raise UnreadableSource(f"{path}#{sheet}: a cell, whose place it does not say, {fault[0]}", fault[1])
                column, row = place[1].decode(), int(place[2])
                unread.setdefault(row, {})[column] = (f"cell {column}{row} {fault[0]}", fault[1])
    return unread


def _worksheet(book: ZipFile, sheet: str) -> str:
    """The file of a sheet in a workbook."""
    workbook = ET.fromstring(book.read("xl/workbook.xml"))
    relations = ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    files = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for element in workbook.iter():
        if element.tag.endswith("}sheet") and element.get("name") == sheet:
            relation = next((value for name, value in element.items() if name.endswith("}id")), None)
            return posixpath.normpath(posixpath.join("/xl", files[relation])).lstrip("/")
    raise BadZipFile(f"has no file of the sheet `{sheet}`")


def _whole_rows(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a sheet in pieces, none of which ends within a row."""
    rest = b""
    while chunk := file.read(_CHUNK):
        rows, end, rest = (rest + chunk).rpartition(b"row>")
        yield rows + end
    yield rest


def _refuse_errors(path: Path, book: ZipFile) -> None:
    with book.open("content.xml") as file:
        before = b""
        while chunk := file.read(_CHUNK):
            if _ODS_ERROR in before + chunk:
                raise UnreadableSource(f"{path}: a cell is an error, such as `#N/A`", "correct the cells with errors, or save it as .xlsx")
            before = chunk[-len(_ODS_ERROR) :]
