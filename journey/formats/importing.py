"""Importing: every good row is recorded once, every bad one goes to a file with its place, reason and how to fix it."""

import gc
import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol, Self

from journey.amendments import Fact
from journey.errors import ConflictingTouchpoint, InvalidTouchpoint, JourneyError
from journey.formats.source_rows import Row
from journey.formats.sources import rows_from
from journey.history import Recorded
from journey.journal import Journal
from journey.reading import read_fact
from journey.recording import Prepared
from journey.stores.rows import Receipt
from journey.touchpoints import fields_of

BATCH = 10_000
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

    def prepare(self, touchpoints: Iterable[Fact | dict[str, Any] | bytes]) -> Prepared:
        """As `Journal.prepare`."""
        ...

    def record_prepared(self, ready: Prepared) -> list[Receipt]:
        """As `Journal.record_prepared`."""
        ...


class Rehearsal:
    """What recording would do to a journal (None: to an empty one), without writing to it."""

    def __init__(self, journal: Journal | None) -> None:
        self._journal = journal
        self._rehearsed = Journal.open("memory:")
        self.prepare = self._rehearsed.prepare

    def record_prepared(self, ready: Prepared) -> list[Receipt]:
        """The receipts that recording would give, as to what is new. Raises ConflictingTouchpoint as it would."""
        recorded = {} if self._journal is None else self._journal.find(fact.id for fact in ready.facts)
        for touchpoint in ready.facts:
            if touchpoint.id in recorded and _conflicts(recorded[touchpoint.id], touchpoint):
                raise ConflictingTouchpoint(touchpoint.id, fields_of(recorded[touchpoint.id].touchpoint), fields_of(touchpoint))
        receipts = self._rehearsed.record_prepared(ready)
        return [receipt._replace(is_new=receipt.is_new and receipt.id not in recorded) for receipt in receipts]


def _conflicts(recorded: Recorded[Fact], offered: Fact) -> bool:
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


class _Batch(NamedTuple):
    """Rows that were read: the good ones, ready to be recorded, and the others, each with what is wrong with it."""

    good: Sequence[Row]
    ready: Prepared
    refused: Sequence[tuple[Row, JourneyError]]


class _Written(NamedTuple):
    recorded: int
    unchanged: int
    refused: Sequence[tuple[Row, JourneyError]]


def import_files(
    journal: Recorder,
    paths: Sequence[Path],
    *,
    mapping: Path | None = None,
    input_format: str | None = None,
    rejects: Path | None = None,
) -> Outcome:
    """Import files into a journal; importing again changes nothing, and a refused row never loses the good ones.

    `mapping` is a file with one SELECT over the first path as `source`, `input_format` is `jsonl` or `csv` where the suffix does not
    say. Refused rows go to the file `rejects` (default: `NAME.rejects.jsonl` here, NAME that of the first path), which is written only
    when needed. Raises UnreadableSource.
    """
    rows = rows_from(paths, mapping, input_format)
    with Rejects(rejects or default_rejects(paths)) as refused:
        (outcome,) = deque(import_rows(journal, rows, refused), maxlen=1)
    return outcome


def default_rejects(paths: Sequence[Path]) -> Path:
    """Where the refused rows of an import go by default: into this folder, by the name of the first file."""
    return Path(f"{paths[0].stem}.rejects.jsonl")


def import_rows(journal: Recorder, rows: Iterable[Row], rejects: Rejects) -> Iterator[Outcome]:
    """Record rows in batches, each read and checked while the one before is written; yields the outcome so far after each.

    Rows that were recorded stay so, whatever follows.
    """
    outcome, rows = Outcome(), iter(rows)
    writing: tuple[_Batch, Future[_Written]] | None = None
    with _few_collections(), ThreadPoolExecutor(1, "journey-importing") as writer:
        try:
            while batch := list(islice(rows, BATCH)):
                checked = _checked(journal, batch)
                if writing is not None:
                    before, writing = writing, None
                    _count(outcome, rejects, *before)
                writing = checked, writer.submit(_write, journal, checked.good, checked.ready)
                yield outcome
        finally:
            if writing is not None:
                _count(outcome, rejects, *writing)
        yield outcome


@contextmanager
def _few_collections() -> Iterator[None]:
    """Look for garbage in cycles seldom: rows make none, and to look among thousands of them takes an eighth of an import."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _checked(journal: Recorder, batch: Sequence[Row]) -> _Batch:
    if not any(row.problem for row in batch):
        with suppress(InvalidTouchpoint, RecursionError):
            return _Batch(batch, journal.prepare(row.content for row in batch), ())
    # Something in it is wrong: see which of it is good.
    good, facts, refused = list[Row](), list[Fact](), list[tuple[Row, JourneyError]]()
    for row in batch:
        try:
            row = row.parsed()
            if row.problem is not None:
                raise row.problem
            facts.append(read_fact(row.fields))
            good.append(row)
        except InvalidTouchpoint as error:
            refused.append((row, error))
        except RecursionError:
            refused.append((row, InvalidTouchpoint([("", "this is nested too deep")], "a touchpoint's fields are plain values")))
    return _Batch(good, journal.prepare(facts), refused)


def _write(journal: Recorder, good: Sequence[Row], ready: Prepared) -> _Written:
    """Record a batch; where one touchpoint conflicts, halve until it stands alone, so that it takes nobody with it."""
    if not good:
        return _Written(0, 0, ())
    try:
        receipts = journal.record_prepared(ready)
    except ConflictingTouchpoint as error:
        if len(good) == 1:
            return _Written(0, 0, [(good[0].parsed(), error)])
        half = len(good) // 2
        one = _write(journal, good[:half], ready.part(0, half))
        other = _write(journal, good[half:], ready.part(half, len(good)))
        return _Written(one.recorded + other.recorded, one.unchanged + other.unchanged, [*one.refused, *other.refused])
    new = sum(receipt.is_new for receipt in receipts)
    return _Written(new, len(receipts) - new, ())


def _count(outcome: Outcome, rejects: Rejects, batch: _Batch, writing: "Future[_Written]") -> None:
    """Wait until a batch is written, add it to the outcome, and write its refused rows to the rejects."""
    written = writing.result()
    for row, error in (*batch.refused, *written.refused):
        rejects.write(row, error)
        outcome.rejects_file = str(rejects.path)
    outcome.read += len(batch.good) + len(batch.refused)
    outcome.recorded += written.recorded
    outcome.unchanged += written.unchanged
    outcome.refused += len(batch.refused) + len(written.refused)
