"""One row of a source, whatever its format: its place, its content, and what is wrong with it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from journey.amendments import FACTS, Fact
from journey.errors import InvalidTouchpoint, UnreadableSource, did_you_mean
from journey.reading import object_of, read_fact
from journey.times import utc
from journey.touchpoints import PARTIES, PEOPLE

FIELDS = frozenset(name for model in FACTS.values() for name in model.model_fields)
RECORD_FIELDS = frozenset(("position", "recorded_at", "corrected_by", "withheld"))
"""What a journal adds to a fact when it writes it out; see `Recorded.to_dict`."""
NAMES = frozenset(("id", "relationship", *PEOPLE, *PARTIES, "topic", "promise", "person", "other", "corrects", "retracts", "actor"))
SHOWN = 200
"""How many characters of a line that cannot be read are shown."""


class Row(NamedTuple):
    """One row of a source: its place (`path:line`), its content, and what is wrong with it as a row.

    The content of a JSON line is its bytes until `parsed` reads them.
    """

    path: str
    line: int
    content: dict[str, Any] | bytes
    problem: InvalidTouchpoint | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of a parsed row."""
        assert not isinstance(self.content, bytes)
        return self.content

    def parsed(self) -> "Row":
        """The row with its fields, or with what is wrong with its line."""
        if not isinstance(self.content, bytes):
            return self
        text = self.content.decode("utf-8-sig" if self.line == 1 else "utf-8", errors="surrogateescape").strip()
        try:
            return self._replace(content=object_of(text))
        except InvalidTouchpoint as problem:
            return bad_row(self.path, self.line, text, problem)


@dataclass
class Table:
    """A table of text: the names of its columns, which may grow as its rows are read, and its rows, without what is empty in them.

    `quoted` are the columns whose source marks their values as text.
    """

    columns: list[str]
    rows: Iterator[Row]
    quoted: set[str] = field(default_factory=set)


def fact_rows(name: str, table: Table) -> Iterator[Row]:
    """The rows of a table, once its columns are known to be touchpoint fields, `kind` among them. Raises UnreadableSource."""
    unknown = [column for column in table.columns if column not in FIELDS and column not in RECORD_FIELDS]
    mend = "name the columns as touchpoint fields, or map the file with --sql FILE"
    if unknown:
        mend = f"{did_you_mean(unknown[0], FIELDS)} {mend}".lstrip()
        raise UnreadableSource(f"{name}:1: `{unknown[0]}` is not a field of any touchpoint", mend)
    if "kind" not in table.columns:
        raise UnreadableSource(f"{name}:1: there is no column `kind`", mend)
    return table.rows


def contents_of(rows: Sequence[Row]) -> Iterable[dict[str, Any] | bytes]:
    """What good rows say, as `Journal.prepare` takes it: without what a journal adds to a fact, if the first of them has it."""
    first = rows[0].content
    if isinstance(first, bytes) and b'"recorded_at"' not in first:
        return (row.content for row in rows)
    return map(content_of, rows)


def content_of(row: Row) -> dict[str, Any]:
    """The fields of a good row, without what a journal adds to a fact."""
    content = row.parsed().fields
    if RECORD_FIELDS.isdisjoint(content) and "fields" not in content:
        return content
    fields = {name: value for name, value in content.items() if name not in RECORD_FIELDS}
    if isinstance(fields.get("fields"), str):
        fields["fields"] = object_of(fields["fields"], "fields")
    return fields


def fact_of(row: Row, *, allow_unknown: bool = False) -> Fact:
    """The fact that a row is. Raises InvalidTouchpoint, whatever is wrong with it."""
    row = row.parsed()
    if row.problem is not None:
        raise row.problem
    fact = read_fact(content_of(row), allow_unknown=allow_unknown)
    if has_blank_ends(fact):
        blank = {name: value for name in _names_of(type(fact)) if (value := getattr(fact, name)) and value != value.strip()}
        problems = [(name, f"`{value}` begins or ends with a blank") for name, value in blank.items()]
        raise InvalidTouchpoint(problems, "cut the blanks off at the source")
    return fact


def record_time_of(row: Row, now: datetime) -> datetime:
    """When a row was recorded, as its `recorded_at` says. Raises InvalidTouchpoint, also for a time after `now`."""
    value = row.parsed().fields.get("recorded_at")
    if value is None:
        raise InvalidTouchpoint([("recorded_at", "is missing")], "give it, or import without --keep-record-times")
    try:
        time = utc(value)
    except ValueError as error:
        message, _, mend = str(error).rpartition("; ")
        raise InvalidTouchpoint([("recorded_at", message)], mend) from None
    if time > now:
        raise InvalidTouchpoint([("recorded_at", f"`{value}` lies in the future")], "give the time at which it was recorded")
    return time


def has_blank_ends(fact: Fact) -> bool:
    """Whether an id or name in a fact begins or ends with a blank: it would be another than the one without."""
    # `strip` gives the same text where there is nothing to strip.
    return any(value is not None and value.strip() is not value for value in _values_of(type(fact))(fact))


@cache
def _names_of(model: type[Fact]) -> Sequence[str]:
    """The fields of a kind that hold ids and names."""
    return [name for name in model.model_fields if name in NAMES]


@cache
def _values_of(model: type[Fact]) -> Callable[[Fact], tuple[str | None, ...]]:
    """What gives the ids and names in a fact; there are two at least."""
    return attrgetter(*_names_of(model))


def bad_row(path: str, line: int, text: str, problem: InvalidTouchpoint) -> Row:
    """A row that cannot be read: of its text, the beginning is kept."""
    text = text.strip()
    return Row(path, line, {"text": text if len(text) <= SHOWN else f"{text[:SHOWN]}…"}, problem)
