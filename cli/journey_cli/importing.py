"""Importing: every good row is recorded once, every bad one is told with its place, reason and mend."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import IO, Any, Protocol, Self

from journey.amendments import Fact
from journey.errors import ConflictingTouchpoint, InvalidTouchpoint, JourneyError
from journey.history import Recorded
from journey.journal import Journal
from journey.reading import read_fact, recordable
from journey.stores.rows import Receipt
from journey.touchpoints import fields_of
from journey_cli.sources import Row

BATCH = 5_000
"""How many rows go into one transaction."""


@dataclass
class Outcome:
    """What an import did, in rows: `recorded` anew, `unchanged` since an earlier import, `refused` into `rejects_file`."""

    read: int = 0
    recorded: int = 0
    unchanged: int = 0
    refused: int = 0
    rejects_file: str | None = None


class Recorder(Protocol):
    """Where an import goes: a journal, or a rehearsal of one."""

    def record(self, *touchpoints: Fact | dict[str, Any]) -> list[Receipt]:
        """As `Journal.record`."""
        ...


class Rehearsal:
    """What recording would do to a journal (None: to an empty one), without writing to it."""

    def __init__(self, journal: Journal | None) -> None:
        self._journal = journal
        self._rehearsed = Journal.open("memory:")

    def record(self, *touchpoints: Fact | dict[str, Any]) -> list[Receipt]:
        """The receipts that recording would give, as to what is new. Raises ConflictingTouchpoint and InvalidTouchpoint as it would."""
        facts = [recordable(touchpoint) for touchpoint in touchpoints]
        recorded = {} if self._journal is None else self._journal.find(fact.id for fact in facts)
        for touchpoint in facts:
            if touchpoint.id in recorded and _other(recorded[touchpoint.id], touchpoint):
                raise ConflictingTouchpoint(touchpoint.id, fields_of(recorded[touchpoint.id].touchpoint), fields_of(touchpoint))
        receipts = self._rehearsed.record(*facts)
        return [receipt._replace(is_new=receipt.is_new and receipt.id not in recorded) for receipt in receipts]


def _other(recorded: Recorded[Fact], offered: Fact) -> bool:
    """Whether a fact is recorded with other content, as far as it can be read."""
    if recorded.withheld and recorded.touchpoint.kind == offered.kind:
        without = dict.fromkeys(name for name in ("note", "reason") if hasattr(offered, name))
        return recorded.touchpoint != offered.model_copy(update=without)
    return recorded.touchpoint != offered


class Rejects:
    """The file of refused rows; created with the first of them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, row: Row, error: JourneyError) -> None:
        """Add one refused row."""
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", errors="backslashreplace")
        rejected = {"path": row.path, "line": row.line, "reason": str(error), "mend": error.mend}
        try:
            fields = {name: str(value) if isinstance(value, float) and not isfinite(value) else value for name, value in row.fields.items()}
            line = json.dumps({**rejected, "row": fields}, ensure_ascii=False, default=str, allow_nan=False)
        except (ValueError, RecursionError):
            # Nested deeper than JSON is written, or not JSON inside: the place in the source says which row it was.
            line = json.dumps({**rejected, "row": None}, ensure_ascii=False)
        self._file.write(line + "\n")


def import_rows(journal: Recorder, rows: Iterable[Row], rejects: Rejects) -> Iterator[Outcome]:
    """Record rows in batches; yields the outcome so far after each. Rows that were recorded stay so, whatever follows."""
    outcome = Outcome()
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        outcome.read += len(batch)
        try:
            _record(journal, [(row, _fields(row)) for row in batch], outcome, rejects)
        except (InvalidTouchpoint, RecursionError):
            # Recording refused the batch as a whole: see which of it is good.
            _record(journal, list(_good(batch, outcome, rejects)), outcome, rejects)
        yield outcome


def _fields(row: Row) -> dict[str, Any]:
    if row.problem is not None:
        raise row.problem
    return row.fields


def _good(batch: Iterable[Row], outcome: Outcome, rejects: Rejects) -> Iterator[tuple[Row, Fact]]:
    """The rows that hold touchpoints; the others are refused."""
    for row in batch:
        try:
            yield row, read_fact(_fields(row))
        except InvalidTouchpoint as error:
            _refuse(outcome, rejects, row, error)
        except RecursionError:
            deep = InvalidTouchpoint([("", "this is nested too deep")], "a touchpoint's fields are plain values")
            _refuse(outcome, rejects, row, deep)


def _record(journal: Recorder, good: Sequence[tuple[Row, Fact | dict[str, Any]]], outcome: Outcome, rejects: Rejects) -> None:
    """Record a batch; where one touchpoint conflicts, halve until it stands alone, so that it takes nobody with it."""
    if not good:
        return
    try:
        receipts = journal.record(*(touchpoint for _, touchpoint in good))
    except ConflictingTouchpoint as error:
        if len(good) == 1:
            _refuse(outcome, rejects, good[0][0], error)
            return
        half = len(good) // 2
        _record(journal, good[:half], outcome, rejects)
        _record(journal, good[half:], outcome, rejects)
        return
    new = sum(receipt.is_new for receipt in receipts)
    outcome.recorded += new
    outcome.unchanged += len(receipts) - new


def _refuse(outcome: Outcome, rejects: Rejects, row: Row, error: JourneyError) -> None:
    outcome.refused += 1
    rejects.write(row, error)
    outcome.rejects_file = str(rejects.path)
