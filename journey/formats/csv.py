"""CSV, read strictly: every cell as it is given, or its row refused.

Python's reader, made strict, refuses text behind a closing quote. What it cannot see is a quote that is never closed: it takes the rows
that follow for one long cell. So a row that is wrong, or that swallowed what looks like rows, costs its first line alone, and reading
goes on with the next.
"""

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from journey.amendments import FACTS
from journey.errors import InvalidTouchpoint, UnreadableSource
from journey.formats.opening import Source
from journey.formats.source_rows import Row, Table, bad_row, fact_rows
from journey.formats.tables.parts import check_names

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_TOO_LONG = "too long"
_NEVER_CLOSED, _AT_THE_END = "a quote is never closed", "unexpected end of data"
_LOOKED_AT = 20
"""How many lines of a row that may have begun too early are looked at."""
_QUOTE_MEND = "close the quote, and double a quote that stands in a quoted cell"


def csv_rows(source: Source, file: io.BufferedReader) -> Iterator[Row]:
    """The rows of a file whose columns are touchpoint fields; the header is checked at once, the rows stream."""
    return fact_rows(source.name, csv_table(source, file))


def csv_table(source: Source, file: io.BufferedReader) -> Table:
    """Any table. Raises UnreadableSource where its header cannot be read, or names a column twice."""
    csv.field_size_limit(max(csv.field_size_limit(), source.options.row_limit))  # of this process: only ever raised
    lines = _Lines(source.text(file), source.options.row_limit)
    lines.pass_over_blanks()
    delimiter = source.options.delimiter or _delimiter(source, lines)
    first, header = next(_records(lines, delimiter), (1, _NO_HEADER))
    place = f"{source.name}:{first}"
    if isinstance(header, _Bad):
        raise UnreadableSource(f"{place}: the header cannot be read: {header.reason}", header.mend)
    columns = [name.strip() or f"column{number}" for number, name in enumerate(header, start=1)]
    check_names(place, columns, [str(number) for number, _ in enumerate(columns, start=1)])
    return Table(columns, _rows(source, lines, delimiter, columns))


def _rows(source: Source, lines: "_Lines", delimiter: str, columns: Sequence[str]) -> Iterator[Row]:
    with lines.text:
        for first, cells in _records(lines, delimiter, columns):
            if isinstance(cells, _Bad):
                yield bad_row(source.name, first, cells.text, InvalidTouchpoint([("", cells.reason)], cells.mend))
            elif any(cells):
                yield Row(source.name, first, {name: cell for name, cell in zip(columns, cells, strict=True) if cell != ""})
        if lines.is_cut:
            source.tell("the last line has no line end: if the file was cut off, its last cell may be too short")


def _delimiter(source: Source, lines: "_Lines") -> str:
    """The delimiter that parts the header into most columns; told if it is not the comma."""
    header = lines.peek()
    best = max(_DELIMITERS, key=lambda one: _width(header, one))
    if best != ",":
        source.tell(f"cells are parted by {_DELIMITERS[best]}; give --delimiter if they are not")
    return best


# Records


@dataclass(frozen=True)
class _Bad:
    """A record that cannot be read: what is wrong, how to fix it, and its first line."""

    reason: str
    mend: str
    text: str


_NO_HEADER = _Bad("it is blank", "name the columns in the first line", "")


@dataclass
class _Lines:
    """The physical lines of a text; those of the last record, but for its first, can be given back."""

    text: io.TextIOWrapper
    limit: int
    number: int = 0
    is_cut: bool = False
    record: list[str] = field(default_factory=list)
    length: int = 0
    _again: deque[str] = field(default_factory=deque)

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self.record.append(line)
        self.length += len(line)
        if self.length > self.limit:
            raise csv.Error(_TOO_LONG)
        return line

    def begin_record(self) -> None:
        """Take the next line as the first of a record."""
        self.record.clear()
        self.length = 0

    def plain(self, delimiter: str) -> list[str] | None:
        """The cells of the next line, if it has no quotes, as most have none; these take a third of the time."""
        line = self._read()
        if not line or '"' in line or len(line) > self.limit:
            self._again.appendleft(line)
            return None
        self.number += 1
        self.record.append(line)
        text = line.rstrip("\r\n")
        return text.split(delimiter) if text else []

    def peek(self) -> str:
        """The next line, which stays the next."""
        line = self._read()
        self._again.appendleft(line)
        return line

    def pass_over_blanks(self) -> None:
        """Begin with the first line that is not blank."""
        while self.peek().isspace():
            self._again.clear()
            self.number += 1

    def give_back(self) -> None:
        """Of the record that was read last, take only the first line."""
        self.number -= len(self.record) - 1
        self._again.extendleft(reversed(self.record[1:]))
        del self.record[1:]

    def _read(self) -> str:
        if self._again:
            return self._again.popleft()
        line = self.text.readline(self.limit + 1)
        if line and not line.endswith(("\n", "\r")):
            rest = line
            while rest and not rest.endswith(("\n", "\r")):
                rest = self.text.readline(self.limit + 1)
            self.is_cut = not rest
        return line


def _records(lines: _Lines, delimiter: str, columns: Sequence[str] = ()) -> Iterator[tuple[int, Sequence[str] | _Bad]]:
    """Each record that is not blank, with the number of its first line: the cells, as many as the columns, or what is wrong with it."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    width, kind = len(columns), columns.index("kind") if "kind" in columns else None
    while True:
        lines.begin_record()
        first = lines.number + 1
        try:
            cells = lines.plain(delimiter)
            if cells is None:
                cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            cells = []
            bad: _Bad | None = _wrong(error, lines.record[0], lines.limit)
        else:
            if not cells or (width > 1 and len(cells) == 1 and not cells[0].strip()):
                continue
            bad = _Bad(*_miscounted(len(cells), width, delimiter), lines.record[0]) if width and len(cells) != width else None
            if len(lines.record) == 1:
                yield first, bad or cells
                continue
            if bad is None and _swallowed_rows(lines.record[1:], delimiter, width, kind):
                bad = _Bad("a quoted cell holds what look like rows of their own", _QUOTE_MEND, lines.record[0])
        if bad is not None and (width < 2 or bad.reason == _NEVER_CLOSED or _holds_rows(lines.record[1:], delimiter, width)):
            lines.give_back()
        if bad is not None:
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
        yield first, bad or cells


def _swallowed_rows(lines: Sequence[str], delimiter: str, width: int, kind: int | None) -> bool:
    """Whether the lines inside a quoted cell are rows: one of a known kind, or several of just as many cells, and nothing else."""
    if width < 3:
        return False
    if kind is not None:
        return any(len(cells) == width and cells[kind] in FACTS for cells in (_cells(line, delimiter) for line in lines))
    whole = lines[:-1]
    return len(whole) > 2 and all(_width(line, delimiter) == width for line in whole)


def _holds_rows(lines: Sequence[str], delimiter: str, width: int) -> bool:
    """Whether any of these lines may begin a row of its own."""
    return any(_may_be_row(lines[number : number + _LOOKED_AT], delimiter, width) for number in range(len(lines)))


def _may_be_row(lines: Sequence[str], delimiter: str, width: int) -> bool:
    try:
        return len(next(csv.reader(lines, delimiter=delimiter, strict=True), [])) == width
    except csv.Error as error:
        # A row may go on behind these lines; but a quote at the beginning of a line rather ends what came before, if no cell follows.
        return _AT_THE_END in str(error) and (not lines[0].startswith('"') or _width(lines[0], delimiter) > 1)


def _cells(line: str, delimiter: str) -> Sequence[str]:
    """The cells of a line by itself, however it is quoted; none if it is too long to be looked at."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return ()


def _width(line: str, delimiter: str) -> int:
    return len(_cells(line, delimiter))


def _miscounted(cells: int, columns: int, delimiter: str) -> tuple[str, str]:
    mend = f"quote a cell that holds `{delimiter}`" if cells > columns else "give every row a cell for each column, if only an empty one"
    return f"{cells} cells under {columns} columns", mend


def _wrong(error: csv.Error, text: str, limit: int) -> _Bad:
    if str(error) == _TOO_LONG:
        quote, mend = ("a quote is not closed, or ", f"{_QUOTE_MEND}, or ") if '"' in text else ("", "")
        return _Bad(f"{quote}the row is longer than {limit:,} characters", f"{mend}raise --row-limit", text)
    if _AT_THE_END in str(error):
        return _Bad(_NEVER_CLOSED, _QUOTE_MEND, text)
    return _Bad(f"this is not CSV: {error}", _QUOTE_MEND, text)
