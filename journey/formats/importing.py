"""Importing: every good row is recorded once, every bad one goes to a file with its place, reason and how to fix it."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from journey import clock
from journey.amendments import LOG_FACTS, Fact
from journey.errors import ConflictingTouchpoint, InvalidTouchpoint, JourneyError, UnknownName, UnreadableSource
from journey.formats.amendments import ids_needed, refusals
from journey.formats.mappings.ready import ReadyMapping
from journey.formats.opening import DEFAULTS, ReadOptions
from journey.formats.rejects import Rejects
from journey.formats.report import Report
from journey.formats.source_rows import Row, contents_of, fact_of, has_blank_ends, record_time_of
from journey.formats.sources import Rows, rows_from
from journey.history import History, Recorded
from journey.recording import Prepared
from journey.stores.rows import Receipt

BATCH = 10_000
"""How many rows go into one transaction."""
_LOOKED_UP = 1_000
"""In so many relationships, what the report misses is looked for."""


@dataclass
class Outcome:
    """What an import did, in rows: `recorded` anew, `unchanged` since an earlier import, `refused` into `rejects_file`.

    `report` says what the good rows are, and what about them may be a mistake.
    """

    read: int = 0
    recorded: int = 0
    unchanged: int = 0
    refused: int = 0
    rejects_file: str | None = None
    report: Report = field(default_factory=lambda: Report(clock.now()))

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {**vars(self), "report": self.report.to_dict()}


class Recorder(Protocol):
    """Where an import goes: a journal, or a rehearsal of one."""

    def prepare(
        self, touchpoints: Iterable[Fact | dict[str, Any] | bytes], known_at: datetime | Iterable[datetime] | None = None
    ) -> Prepared:
        """As `Journal.prepare`."""
        ...

    def record_prepared(self, ready: Prepared) -> list[Receipt]:
        """As `Journal.record_prepared`."""
        ...

    def conflicts(self, ready: Prepared) -> dict[int, ConflictingTouchpoint]:
        """As `Journal.conflicts`."""
        ...

    def find(self, ids: Iterable[str]) -> dict[str, Recorded[Fact]]:
        """As `Journal.find`."""
        ...

    def version(self, relationship: str) -> int:
        """As `Journal.version`."""
        ...

    def history(self, relationship: str) -> History:
        """As `Journal.history`."""
        ...


def import_files(
    journal: Recorder,
    paths: Sequence[Path],
    *,
    mapping: Path | ReadyMapping | None = None,
    settings: Mapping[str, str] | None = None,
    options: ReadOptions = DEFAULTS,
    rejects: Path | None = None,
    keep_record_times: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Outcome:
    """Import files into a journal; importing again changes nothing, and a refused row never loses the good ones.

    `mapping` is a file with one SELECT over the first path as `source`, or a ready one, see `read_mapping`, of which the paths are tables
    or a folder of them; `settings` are values of its parameters, as text. `options` say how files are read. Refused rows go to the file
    `rejects` (default: `NAME.rejects.jsonl` here, NAME that of the first path), which is written only when needed. All that is imported
    becomes known now; with `keep_record_times`, each row when its `recorded_at` says, see `Journal.prepare`. `progress` is called with
    the number of rows that were done since the last call. Raises UnreadableSource; what was recorded until then stays.
    """
    with rows_from(paths, mapping, options, settings) as rows, Rejects(rejects, rows.sources) as refused:
        return import_opened(journal, rows, refused, keep_record_times=keep_record_times, progress=progress)


def import_opened(
    journal: Recorder,
    rows: Rows,
    rejects: Rejects,
    *,
    keep_record_times: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Outcome:
    """As `import_files`, once the sources are open."""
    outcome, done = Outcome(), 0
    for outcome in import_rows(journal, rows, rejects, keep_record_times=keep_record_times):
        if progress is not None:
            progress(outcome.read - done)
        done = outcome.read
    rejects.remove_old()
    outcome.report.notes += [note for source in rows.sources for note in source.notes]
    _settle(journal, outcome.report)
    return outcome


def import_rows(journal: Recorder, rows: Iterable[Row], rejects: Rejects, *, keep_record_times: bool = False) -> Iterator[Outcome]:
    """Record rows in batches, each read and checked while the one before is written; yields the outcome so far after each.

    Rows that were recorded stay so, whatever follows.
    """
    outcome = Outcome()
    times = _RecordTimes(outcome.report.now, are_kept=keep_record_times)
    writing: tuple[_Batch, Future[_Written]] | None = None
    with _few_collections(), ThreadPoolExecutor(1, "journey-importing") as writer:
        try:
            for batch in _batches(rows):
                checked = _checked(journal, batch, times)
                if writing is not None:
                    before, writing = writing, None
                    _count(outcome, rejects, *before)
                writing = checked, writer.submit(_write, journal, checked, outcome.report, are_times_kept=keep_record_times)
                yield outcome
        finally:
            if writing is not None:
                _count(outcome, rejects, *writing)
        yield outcome


class _Batch(NamedTuple):
    """Rows that were read: the good ones, ready to be recorded, and the others, each with what is wrong with it."""

    good: Sequence[Row]
    ready: Prepared
    refused: Sequence[tuple[Row, JourneyError]]


class _Written(NamedTuple):
    recorded: int
    unchanged: int
    refused: Sequence[tuple[Row, JourneyError]]


def _batches(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    """The rows in batches; those before a source breaks off are one, too."""
    rows = iter(rows)
    while True:
        batch = list[Row]()
        try:
            batch.extend(islice(rows, BATCH))
        except UnreadableSource as error:
            # What is before a cut is right; what is before damage may not be.
            if batch and isinstance(error.__cause__, EOFError):
                yield batch
            raise
        if not batch:
            return
        yield batch


@contextmanager
def _few_collections() -> Iterator[None]:
    """Look for garbage in cycles seldom: rows make none, and to look among thousands of them takes an eighth of an import."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class _RecordTimes(NamedTuple):
    """When rows became known: `now`, or when their `recorded_at` says."""

    now: datetime
    are_kept: bool

    def of(self, row: Row) -> datetime:
        """When a row became known. Raises InvalidTouchpoint if it does not say so."""
        return record_time_of(row, self.now) if self.are_kept else self.now


def _checked(journal: Recorder, batch: Sequence[Row], times: _RecordTimes) -> _Batch:
    if not any(row.problem for row in batch):
        with suppress(InvalidTouchpoint, RecursionError):
            ready = journal.prepare(contents_of(batch), map(times.of, batch) if times.are_kept else times.now)
            if not any(map(has_blank_ends, ready.facts)):
                return _Batch(batch, ready, ())
    # Something in it is wrong: see which of it is good.
    good, refused = list[tuple[Row, Fact, datetime]](), list[tuple[Row, JourneyError]]()
    for row in batch:
        try:
            row = row.parsed()
            good.append((row, fact_of(row), times.of(row)))
        except InvalidTouchpoint as error:
            refused.append((row, error))
        except RecursionError:
            refused.append((row, InvalidTouchpoint([("", "this is nested too deep")], "a touchpoint's fields are plain values")))
    ready = journal.prepare((fact for _, fact, _ in good), (time for *_, time in good))
    return _Batch([row for row, *_ in good], ready, refused)


def _write(journal: Recorder, batch: _Batch, report: Report, *, are_times_kept: bool) -> _Written:
    """Record a batch, without what cannot be recorded."""
    good, ready = batch.good, batch.ready
    refused = list[tuple[Row, JourneyError]]()

    def refuse(errors: Mapping[int, JourneyError]) -> None:
        nonlocal good, ready
        refused.extend((good[number].parsed(), error) for number, error in errors.items())
        good, ready = [row for number, row in enumerate(good) if number not in errors], ready.without(errors)

    if not LOG_FACTS.keys().isdisjoint(row.kind for row in ready.rows):
        recorded = {id: record.touchpoint for id, record in journal.find(ids_needed(ready.facts)).items()}
        refuse(refusals(ready.facts, recorded, lambda name: journal.version(name) > 0, report.waiting))
    while ready.facts:
        try:
            receipts = journal.record_prepared(ready)
        except ConflictingTouchpoint:
            if not (conflicts := journal.conflicts(ready)):
                raise
            refuse(conflicts)
        else:
            report.add(ready)
            if are_times_kept:
                report.compare_times(ready, receipts)
            new = sum(receipt.is_new for receipt in receipts)
            return _Written(new, len(receipts) - new, refused)
    return _Written(0, 0, refused)


def _count(outcome: Outcome, rejects: Rejects, batch: _Batch, writing: "Future[_Written]") -> None:
    """Wait until a batch is written, add it to the outcome, and write its refused rows to the rejects."""
    written = writing.result()
    for row, error in sorted((*batch.refused, *written.refused), key=lambda refusal: refusal[0].line):
        rejects.write(row, error)
        outcome.report.refuse(error)
        outcome.rejects_file = str(rejects.path)
    outcome.read += len(batch.good) + len(batch.refused)
    outcome.recorded += written.recorded
    outcome.unchanged += written.unchanged
    outcome.refused += len(batch.refused) + len(written.refused)


def _settle(journal: Recorder, report: Report) -> None:
    """Look up in the journal what the report misses: it may have been recorded later in this import, or long before it."""
    present = journal.find(report.waiting.values())
    came = [id for id, about in report.waiting.items() if about in present]
    for id, record in journal.find(came).items():
        about = present[report.waiting[id]].touchpoint
        for error in refusals([record.touchpoint], {about.id: about}, bool, {}).values():
            report.impossible[id] = str(error)
    report.waiting = {id: about for id, about in report.waiting.items() if about not in present and about not in report.relationships.all}
    unknown = dict.fromkeys(name for name, _ in (*report.episodes.unknown(), *report.promises.unknown()))
    for name in list(unknown)[:_LOOKED_UP]:
        if journal.version(name) > report.facts_of[name]:
            with suppress(UnknownName):  # in a rehearsal: only facts about facts are there
                report.look_up(journal.history(name))
