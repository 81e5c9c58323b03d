"""The rows of a sheet in a workbook (.xlsx, .xlsm, .ods), as text."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from journey.errors import InvalidTouchpoint, UnreadableSource
from journey.formats.source_rows import Row
from journey.formats.tables.excel_cells import UnreadCells, check_span, unread_cells
from journey.formats.tables.parts import check_names, chosen, together

_MEND = "name a workbook that can be read, or save it as .xlsx without a password"
_DIGITS_MAX = 10**16
"""From here on a number is not exact to its last digit, and is written with an exponent."""


def excel_rows(path: Path, sheet: str | None = None) -> Iterator[Row]:
    """The rows below the names of the columns, which are in row 1 of the sheet; by default of the only one that has data.

    Numbers that are whole have no `.0`, dates have their time (`2024-03-01T00:00:00`) and no offset, since a workbook knows none. Empty
    cells are left out, and so are empty rows. A row with an error such as `#N/A` comes with that problem, and so does one with a formula
    whose value was never computed. `line` is the number of the row in the sheet. The sheet is read into memory.
    Raises UnreadableSource at once.
    """
    try:
        with CalamineWorkbook.from_path(path) as book:
            worksheets = [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
            if sheet is None and len(worksheets) > 1:
                worksheets = [name for name in worksheets if _cells(book, path, name).start is not None]
            name = chosen(str(path), "sheet", worksheets, sheet)
            cells = _cells(book, path, name)
            unread = unread_cells(path, name)
    except (CalamineError, OSError) as error:
        raise UnreadableSource(f"{path}: {error}", _MEND) from None
    rows = cells.iter_rows()
    names = [_text(value) for value in next(rows, [])]
    columns = _letters(cells)
    if not any(names):
        raise UnreadableSource(f"{path}#{name}: row 1 is empty", "write the names of the columns into row 1")
    check_names(f"{path}#{name}", names, columns)
    return _rows(str(path), rows, dict(zip(columns, names, strict=True)), unread)


def _cells(book: CalamineWorkbook, path: Path, sheet: str) -> CalamineSheet:
    check_span(path, sheet)
    return book.get_sheet_by_name(sheet)


def _rows(path: str, rows: Iterator[Sequence[Any]], names: Mapping[str, str], unread: UnreadCells) -> Iterator[Row]:
    line = 1
    for line, values in enumerate(rows, start=2):
        content = {name: _text(value) for name, value in zip(names.values(), values, strict=True) if value != ""}
        problem = _problem(names, unread.get(line, {}))
        if content or problem:
            yield Row(path, line, content, problem)
    # The reader's sheet ends with the last cell that has a value.
    for after in sorted(unread):
        if after > line and (problem := _problem(names, unread[after])):
            yield Row(path, after, {}, problem)


def _problem(names: Mapping[str, str], unread: Mapping[str, tuple[str, str]]) -> InvalidTouchpoint | None:
    return together([InvalidTouchpoint([(names[column], fault)], mend) for column, (fault, mend) in unread.items() if column in names])


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _DIGITS_MAX else repr(value)
    if isinstance(value, timedelta):
        minutes, seconds = divmod(value // timedelta(seconds=1), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, date) and not isinstance(value, datetime):
        # Of the same column, this is the cell at midnight.
        return datetime.combine(value, time()).isoformat()
    return value.isoformat() if isinstance(value, datetime | time) else str(value)


def _letters(cells: CalamineSheet) -> Sequence[str]:
    """What Excel calls the columns."""
    first = cells.start[1] if cells.start else 0
    return [_letter(number) for number in range(first, first + cells.width)]


def _letter(number: int) -> str:
    return (_letter(number // 26 - 1) if number > 25 else "") + chr(ord("A") + number % 26)
