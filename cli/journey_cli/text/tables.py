"""Tables that fit: no word and no id is broken; a narrow screen loses the bars, then columns, then the middle of long ids."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from journey_cli.text.plain_console import PlainConsole

GAP = 2
"""Blanks between two columns."""
READABLE = 16
"""The width that a column of sentences keeps before others are dropped, where it has as much to say."""
LONGEST_WORD = 30
"""Longer words, such as addresses of web pages, go on in the next line."""
SHORTEST_ID = 8
"""An id is never shortened below this width."""
SAMPLE = 200
"""From so many rows a table that is written row by row takes the widths of its columns."""

Cell = str | Text


@dataclass(frozen=True)
class Column:
    """A column: numbers stand to the right; whole cells are never wrapped; ids are whole and may be shortened; bars are dropped first."""

    title: str
    is_number: bool = False
    is_whole: bool = False
    is_id: bool = False
    is_bar: bool = False

    def least(self, cells: Sequence[str]) -> int:
        """The width below which something would break."""
        words = max((cell_len(word) for word in self.title.split()), default=0)
        widest = max(map(_widest, cells), default=0)
        if self.is_whole:
            return max(words, widest)
        return max(words, self.longest_word(cells), min(widest, READABLE))

    def longest_word(self, cells: Sequence[str]) -> int:
        """The width of the longest word that is not broken, in the cells of a text."""
        return min(LONGEST_WORD, max((cell_len(word) for cell in cells for word in cell.split()), default=1))

    @property
    def shortest(self) -> int:
        """The width to which ids may be shortened."""
        return max(SHORTEST_ID, *(cell_len(word) for word in self.title.split()), 0)

    def natural(self, cells: Sequence[str]) -> int:
        """The width at which nothing needs a second line."""
        return max(cell_len(self.title), max(map(_widest, cells), default=0))


@dataclass
class Table:
    """Rows under titles. `spare` are the titles of the columns that a narrow screen drops, the first one first."""

    columns: tuple[Column, ...]
    spare: Sequence[str] = ()
    is_ruled: bool = False
    show_header: bool = True
    _rows: list[tuple[Cell, ...]] = field(default_factory=list)

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def add_row(self, *cells: Cell) -> None:
        """Add a row, a cell for each column."""
        self._rows.append(cells)

    def write(self, out: Console, rows: Iterable[Sequence[Cell]]) -> int:
        """Print more rows as they come, with the widths that the first of them need; returns how many there were."""
        coming = iter(rows)
        self._rows += (tuple(row) for row in islice(coming, SAMPLE))
        if not self._rows:
            return 0
        out.print(self)
        widths, count = self._widths(out, out.width), len(self._rows)
        for row in coming:
            for line in self._lines(row, widths, is_cut=_cuts_ids(out)):
                out.print(line)
            count += 1
        return count

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The whole table."""
        widths = self._widths(console, options.max_width)
        yield from self._head(widths)
        for row in self._rows:
            yield from self._lines(row, widths, is_cut=_cuts_ids(console))

    def _head(self, widths: dict[int, int]) -> Iterator[Text]:
        titles = {place: wrapped(self.columns[place].title, width) for place, width in widths.items()}
        height = max(map(len, titles.values()), default=0)
        if self.show_header and any(any(lines) for lines in titles.values()):
            # Titles stand at the bottom, next to what they are about.
            from_top = {place: [""] * (height - len(lines)) + lines for place, lines in titles.items()}
            yield from self._joined(from_top, widths, dict.fromkeys(widths, "bold"))
            if self.is_ruled:
                yield Text("─" * (sum(widths.values()) + GAP * (len(widths) - 1)), no_wrap=True, overflow="ignore")

    def _lines(self, row: Sequence[Cell], widths: dict[int, int], *, is_cut: bool) -> Iterator[Text]:
        cells, styles = {}, {}
        for place, width in widths.items():
            cell, column = row[place], self.columns[place]
            text = _plain(cell)
            cells[place] = [shortened(text, width) if is_cut and column.is_id else text] if column.is_whole else wrapped(text, width)
            styles[place] = "" if isinstance(cell, str) else str(cell.style)
        yield from self._joined(cells, widths, styles)

    def _joined(self, cells: dict[int, list[str]], widths: dict[int, int], styles: dict[int, str]) -> Iterator[Text]:
        last = max(widths, default=None)
        for number in range(max(map(len, cells.values()), default=0)):
            line = Text(no_wrap=True, overflow="ignore")
            for place, width in widths.items():
                text = cells[place][number] if number < len(cells[place]) else ""
                pad = " " * max(0, width - cell_len(text))
                before, after = (pad, "") if self.columns[place].is_number else ("", pad)
                line.append(before).append(text, styles[place]).append("" if place == last else after + " " * GAP)
            line.rstrip()
            yield line

    def _widths(self, console: Console, width: int) -> dict[int, int]:
        """The width of each column that is shown, by its place."""
        columns = self.columns if self.show_header else tuple(replace(column, title="") for column in self.columns)
        cells = [[_plain(row[place]) for row in self._rows] for place in range(len(columns))]
        widths = {place: column.least(cells[place]) for place, column in enumerate(columns)}
        if _is_measured(console):
            for title in (*(column.title for column in self.columns if column.is_bar), *self.spare):
                if _total(widths) > width:
                    widths.pop(next((place for place in widths if self.columns[place].title == title), -1), None)
            texts = {place: columns[place].longest_word(cells[place]) for place in widths if not columns[place].is_whole}
            for floors in (texts, {place: columns[place].shortest for place in widths if columns[place].is_id and _cuts_ids(console)}):
                for place, floor in floors.items():
                    widths[place] = max(min(floor, widths[place]), widths[place] - max(0, _total(widths) - width))
        for is_whole in (True, False):
            for place in [place for place in widths if columns[place].is_whole == is_whole]:
                wanted = columns[place].natural(cells[place])
                if is_whole or _total(widths) < width:
                    widths[place] = max(widths[place], min(wanted, widths[place] + max(0, width - _total(widths))))
        return widths


def columns_of(
    titles: Sequence[str], right: Collection[str], whole: Collection[str], ids: Collection[str], bars: Collection[str]
) -> tuple[Column, ...]:
    """Columns of these titles; numbers, ids and bars are whole, too."""
    return tuple(Column(title, title in right, title in {*right, *whole, *ids, *bars}, title in ids, title in bars) for title in titles)


def shortened(text: str, width: int) -> str:
    """A text in so many columns, with `…` for its middle where it is longer: ids often differ in their end."""
    if cell_len(text) <= width:
        return text
    end = (width - 1) // 2
    tail = text[-end:] if end else ""
    while cell_len(tail) > end:
        tail = tail[1:]
    head = set_cell_size(text, width - 1 - cell_len(tail)).rstrip()
    return f"{head}…{tail}"


def _total(widths: dict[int, int]) -> int:
    return sum(widths.values()) + GAP * (len(widths) - 1)


def _is_measured(console: Console) -> bool:
    """Whether somebody looks at this width: a terminal, or a pager in one."""
    return not isinstance(console, PlainConsole) or console.is_measured


def _cuts_ids(console: Console) -> bool:
    """Whether ids may be shortened, which nobody can search for."""
    return not isinstance(console, PlainConsole) or not console.keeps_ids


def _plain(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell.plain


def _widest(cell: str) -> int:
    return max(map(cell_len, cell.split("\n")))


def wrapped(text: str, width: int) -> list[str]:
    """The lines of a text, broken at blanks; only what is longer than a line is broken elsewhere."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line: str | None = None
        for word in paragraph.split(" "):
            if line is not None and cell_len(line) + 1 + cell_len(word) <= width:
                line = f"{line} {word}"
                continue
            if line is not None:
                if not word:
                    continue  # blanks at the end of a line
                lines.append(line)
            *parts, line = chop_cells(word, max(1, width)) or [""]
            lines += parts
        lines.append(line or "")
    return lines
