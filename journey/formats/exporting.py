"""Exporting: a journal's facts as they were recorded, or its histories, as a file in one of the formats."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from errno import EIO
from pathlib import Path
from typing import Any

from journey.amendments import Fact
from journey.extras import extra
from journey.formats.csv_writing import write_csv
from journey.formats.jsonl_writing import write_cloudevents, write_jsonl
from journey.formats.process_logs.ocel_writing import write_ocel
from journey.formats.process_logs.xes_writing import write_xes
from journey.formats.selection import Selection, When
from journey.formats.targets import PROCESS_LOGS, STDOUT, Target
from journey.formats.whole_file import whole
from journey.history import History
from journey.journal import Journal
from journey.records import Recorded

_STEP = 1_000
"""After so many facts each, progress is told."""
Course = Callable[[History], Iterable[tuple[datetime, float]]]
"""The course of trust in a history in order of time, the prior first."""


@dataclass
class Exported:
    """What an export wrote: how many `facts`, and of these how many with texts that are `withheld`, since nobody can read them.

    `view` is `facts`, as they were recorded, or `histories`. `unknown` facts were left out, since this journey does not know their kinds.
    """

    file: str | None
    format: str
    view: str
    facts: int = 0
    withheld: int = 0
    unknown: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain data; `file` is null for standard output."""
        return dict(vars(self))


def export_journal(
    journal: Journal,
    path: Path,
    *,
    format: str | None = None,
    relationships: Sequence[str] = (),
    kinds: Sequence[str] = (),
    as_of: When | None = None,
    known_at: When | None = None,
    histories: bool = False,
    trust: Course | None = None,
    progress: Callable[[int], None] | None = None,
) -> Exported:
    """Export a journal to a file, or with `-` to standard output, in the format of its suffix or `format`, one of `targets.FORMATS`.

    Without bounds these are the facts as they were recorded, all of them, in the order of recording: what another journal can import.
    With `histories`, `as_of` or `known_at`, and in process logs always, they are the histories as they stand then: corrected, without
    what was retracted, merged under one name. `relationships` and `kinds` choose among them. In OCEL, relationships have their `trust`.

    A file is there once it is whole, and replaces one of that name. `progress` is called now and then with the number of facts done
    since the last call. Raises UnwritableTarget, UnknownName, MissingExtra, OSError.
    """
    target = Target.of(path, format)
    is_log = target.format in PROCESS_LOGS
    as_histories = histories or is_log or as_of is not None or known_at is not None
    selection = Selection(journal, relationships, kinds)
    exported = Exported(None if path == STDOUT else str(path), target.format, "histories" if as_histories else "facts")

    def counted(records: Iterable[Recorded[Fact]]) -> Iterator[Recorded[Fact]]:
        for record in records:
            yield record
            exported.facts += 1
            exported.withheld += record.withheld
            if progress is not None and exported.facts % _STEP == 0:
                progress(_STEP)

    if is_log:
        _write_log(target, ((history, counted(records)) for history, records in selection.as_histories(as_of, known_at)), trust)
    elif as_histories:
        _write_facts(target, counted(one for _, records in selection.as_histories(as_of, known_at) for one in records))
    else:
        _write_facts(target, counted(selection.as_recorded()))
    exported.unknown = selection.unknown
    return exported


def _write_facts(target: Target, records: Iterable[Recorded[Fact]]) -> None:
    if target.format == "parquet":
        with extra("bulk", "writing Parquet"):
            from journey.formats.tables.parquet_writing import write_parquet
        write_parquet(target.path, records)
        return
    with target.file() as file:
        match target.format:
            case "csv":
                write_csv(file, records)
            case "cloudevents":
                write_cloudevents(file, records, is_batch=target.is_batch)
            case _:
                write_jsonl(file, records)


def _write_log(target: Target, histories: Iterable[tuple[History, Iterable[Recorded[Fact]]]], trust: Course | None) -> None:
    current: dict[str, History] = {}

    def by_name() -> Iterator[tuple[str, Iterable[Recorded[Fact]]]]:
        for history, records in histories:
            name = history.relationship or ""
            current.clear()
            current[name] = history
            yield name, records

    if target.format == "xes":
        with target.file() as file:
            write_xes(file, by_name())
        return
    course = None if trust is None else lambda name: trust(current[name])
    try:
        if target.is_stream:
            with target.file() as file:
                write_ocel(file, by_name(), encoding=target.encoding, trust=course)
        else:
            with whole(target.path) as partial:
                write_ocel(partial, by_name(), encoding=target.encoding, trust=course)
    except sqlite3.Error as error:
        raise OSError(EIO, str(error), str(target.path)) from error
