"""Files to import: rows that are good and rows that are not, written as CSV or JSON in any of the ways in which others write them."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from formats.any_facts import facts
from hypothesis import strategies as st

from journey.amendments import Fact
from journey.formats.source_rows import NAMES
from journey.touchpoints import KINDS, fields_of


class AnyRow(NamedTuple):
    """A row: the fields of a good one, or the text of one that no reader takes (for CSV and JSON); `fact` is what the good one says."""

    fact: Fact | None
    csv: str = ""
    json: str = ""


class Table(NamedTuple):
    """Rows, and the columns that a CSV of them needs."""

    rows: list[AnyRow]
    columns: list[str]

    @property
    def facts(self) -> dict[str, Fact]:
        """What is to be recorded."""
        return {row.fact.id: row.fact for row in self.rows if row.fact is not None}

    @property
    def refused(self) -> int:
        """How many are to be refused."""
        return sum(row.fact is None for row in self.rows)


class Dialect(NamedTuple):
    """A way to write CSV."""

    delimiter: str = ","
    line_end: str = "\n"
    quotes_all: bool = False
    blank_lines: bool = False


PLAIN = Dialect()
dialects = st.builds(Dialect, st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.booleans())
"""Any way to write CSV."""

_BAD = [
    AnyRow(None, "failure_occurred,bad", '{"kind": "failure_occurred", "id": "bad"}'),
    AnyRow(None, "{width}", "17"),
    AnyRow(None, "{width},too,many", '{"kind": }'),
    AnyRow(None, 'failure_occurred,"bad" he said', "nonsense"),
    AnyRow(None, 'failure_occurred,"never closed', '{"kind": "note_added", "kind": "note_added"}'),
    AnyRow(None, "failure", '{"kind": "failure", "id": "bad", "relationship": "m", "occurred_at": "2024-03-01T09:00:00Z"}'),
    AnyRow(None, "note_added,bad\x00", '{"kind": "note_added", "id": "bad", "relationship": "m\\u0000", "occurred_at": "2024-03-01"}'),
]
"""Rows that are wrong, each in another way."""


def _is_clean(fact: Fact) -> bool:
    values = fields_of(fact)
    return fact.kind in KINDS and all(values[name] == values[name].strip() for name in NAMES & values.keys())


def _without_empty(fact: Fact) -> Fact:
    """CSV has no empty texts: an empty cell is a missing field."""
    return fact.model_copy(update={name: None for name, value in fields_of(fact).items() if value == ""})


good_rows = facts().filter(_is_clean).map(_without_empty).map(AnyRow)
"""Touchpoints of any kind."""


@st.composite
def tables(draw: st.DrawFn, *, bad: bool = True, max_size: int = 6) -> Table:
    """Rows with ids of their own, bad ones among them."""
    rows = draw(st.lists(st.one_of(good_rows, good_rows, st.sampled_from(_BAD)) if bad else good_rows, min_size=1, max_size=max_size))
    ids = [row.fact and row.fact.id for row in rows]
    rows = [row for number, row in enumerate(rows) if row.fact is None or ids.index(row.fact.id) == number]
    names = {name for row in rows if row.fact for name in fields_of(row.fact)}
    first = ["kind", "id", "relationship", "occurred_at"]
    return Table(rows, [*first, *draw(st.permutations(sorted(names.difference(first))))])


def as_csv(table: Table, dialect: Dialect = PLAIN) -> str:
    """The table as CSV, a line end behind each row."""
    return "".join(csv_lines(table, dialect))


def csv_lines(table: Table, dialect: Dialect = PLAIN) -> Sequence[str]:
    """The header and the rows, each with its line end."""
    lines = [dialect.delimiter.join(table.columns)]
    for row in table.rows:
        if row.fact is None:
            lines.append(_bad_cells(row.csv, len(table.columns), dialect.delimiter))
        else:
            cells = texts_of(row.fact)
            lines.append(dialect.delimiter.join(_cell(cells.get(name, ""), dialect) for name in table.columns))
    end = dialect.line_end * (2 if dialect.blank_lines else 1)
    return [line + end for line in lines]


def texts_of(fact: Fact) -> dict[str, str]:
    """What a fact says, all of it as text."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields_of(fact).items()}


def _cell(text: str, dialect: Dialect) -> str:
    needs_quotes = dialect.quotes_all or any(one in text for one in (dialect.delimiter, '"', "\r", "\n"))
    return '"' + text.replace('"', '""') + '"' if needs_quotes and text else text


def _bad_cells(pattern: str, width: int, delimiter: str) -> str:
    """A bad row with as many cells as there are columns, if its pattern does not say that it has more."""
    if "{width}" in pattern:
        return pattern.replace("{width}", "x," * (width - 1)).replace(",", delimiter)
    given = pattern.split(",")
    return delimiter.join(given + [""] * (width - len(given)))


def json_texts(table: Table, **layout: Any) -> list[str]:
    """Each row as JSON."""
    return [row.json if row.fact is None else json.dumps(fields_of(row.fact), **layout) for row in table.rows]
