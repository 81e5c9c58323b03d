"""Importing: every good row is recorded once, every bad one is told with its place, reason and mend."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Self

from journey.errors import ConflictingTouchpoint, InvalidTouchpoint, JourneyError
from journey.journal import Journal
from journey.reading import read_touchpoint
from journey.touchpoints import Touchpoint
from journey_cli.sources import Row

BATCH = 1_000
"""How many rows go into one transaction."""


@dataclass
class Outcome:
    """What an import did, in rows: `recorded` anew, `unchanged` since an earlier import, `refused` into `rejects_file`."""

    read: int = 0
    recorded: int = 0
    unchanged: int = 0
    refused: int = 0
    rejects_file: str | None = None


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
            self._file = self.path.open("w", encoding="utf-8")
        rejected = {"path": row.path, "line": row.line, "reason": str(error), "mend": error.mend, "row": row.fields}
        self._file.write(json.dumps(rejected, ensure_ascii=False, default=str) + "\n")


def import_rows(journal: Journal, rows: Iterable[Row], rejects: Rejects) -> Iterator[Outcome]:
    """Record rows in batches; yields the outcome so far after each. Rows that were recorded stay so, whatever follows."""
    outcome = Outcome()
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        good = []
        for row in batch:
            try:
                if row.problem is not None:
                    raise row.problem
                good.append((row, read_touchpoint(row.fields)))
            except InvalidTouchpoint as error:
                _refuse(outcome, rejects, row, error)
        outcome.read += len(batch)
        _record(journal, good, outcome, rejects)
        yield outcome


def _record(journal: Journal, good: Sequence[tuple[Row, Touchpoint]], outcome: Outcome, rejects: Rejects) -> None:
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
