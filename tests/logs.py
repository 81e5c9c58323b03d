"""Logs of several relationships, as journals hold them: late facts, amendments, merges, in batches; and their rows in a ledger."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from journey import (
    Fact,
    Journal,
    PeopleMerged,
    PeopleUnmerged,
    RelationshipsMerged,
    RelationshipsUnmerged,
    Touchpoint,
    TouchpointCorrected,
    TouchpointRetracted,
)
from journey.testing import START, histories
from journey_projections.encoding.columns import FAMILIES, LAYOUT, Dictionaries, columns_of
from journey_projections.ledger import OpenLedger

NAMES = ("a", "b", "c")
CORRECTIONS: list[dict[str, Any]] = [
    {"certainty": 0.5},
    {"certainty": 0.25, "note": "seen later"},
    {"topic": None, "occurred_at": (START + timedelta(days=90)).isoformat()},
    {"sequence": 4, "episode": "e7"},
    {"severity": 3},
]
"""Some fit every kind, some only a few, the last none."""


@st.composite
def logs(draw: st.DrawFn, max_size: int = 8) -> list[list[Fact]]:
    """Batches of facts in the order of recording."""
    facts: list[Fact] = []
    for name in NAMES[: draw(st.integers(1, len(NAMES)))]:
        some: list[Touchpoint] = draw(histories(min_size=1, max_size=max_size))
        facts += [one.model_copy(update={"relationship": name, "id": f"{name}-{one.id}"}) for one in some[-max_size:]]
    facts = list(draw(st.permutations(facts)))
    ids = [one.id for one in facts]
    for number in range(draw(st.integers(0, 7))):
        facts.insert(draw(st.integers(0, len(facts))), draw(_facts_about_facts(f"said-{number}", ids)))
        ids.append(f"said-{number}")
    batches = []
    while facts:
        size = draw(st.integers(1, 5))
        batches.append(facts[:size])
        facts = facts[size:]
    return batches


@st.composite
def _facts_about_facts(draw: st.DrawFn, id: str, ids: Sequence[str]) -> Fact:
    about = draw(st.sampled_from(ids))
    # Mostly of the relationship that it is about, as the journal's own verbs have it; `record` takes any.
    own = about.split("-")[0] if about[0] in NAMES else "a"
    common: dict[str, Any] = {"id": id, "relationship": draw(st.sampled_from((own, own, own, *NAMES))), "occurred_at": START}
    match draw(st.integers(0, 5)):
        case 0 | 1:
            return TouchpointCorrected(**common, corrects=about, fields=draw(st.sampled_from(CORRECTIONS)))
        case 2:
            return TouchpointRetracted(**common, retracts=about)
        case 3:
            one, other = draw(st.permutations(NAMES).map(lambda names: names[:2]))
            return RelationshipsMerged(id=id, occurred_at=START, relationship=one, other=other)
        case 4:
            one, other = draw(st.permutations(("anna", "bob", "ugo", "nina")).map(lambda names: names[:2]))
            if draw(st.booleans()):
                return PeopleUnmerged(id=id, occurred_at=START, person=one, other=other)
            return PeopleMerged(id=id, occurred_at=START, person=one, other=other)
        case _:
            one, other = draw(st.permutations(NAMES).map(lambda names: names[:2]))
            return RelationshipsUnmerged(id=id, occurred_at=START, relationship=one, other=other)


def day(number: int) -> datetime:
    """When the batch of that number is recorded."""
    return START + timedelta(days=2000 + number)


@contextmanager
def recorded(batches: Iterable[Sequence[Fact]], url: str = "memory:") -> Iterator[Journal]:
    """A journal of these batches, each recorded a day after the one before."""
    times = iter(range(10**6))
    with Journal.open(url, now=lambda: day(next(times))) as journal:
        for batch in batches:
            journal.record(*batch)
        yield journal


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for one example."""
    with TemporaryDirectory() as name:
        yield Path(name)


Rows = dict[str, list[tuple[Any, ...]]]


def rows_of_ledger(view: OpenLedger, known_at: datetime | None, rows: int = 10**6) -> Rows:
    """The rows of a ledger by relationship, in order, with names in place of codes."""
    by_name: Rows = {}
    for chunk in view.chunks(rows, known_at):
        columns = chunk.columns
        effective = np.flatnonzero(columns.kept) if columns.kept is not None else np.arange(len(columns))
        ids = pa.array(columns.ids(effective)).to_pylist()
        names = {column: view.names.of(family) for column, family in FAMILIES.items()}
        for code in np.flatnonzero(chunk.present):
            by_name[names["relationship"][int(code) + chunk.first].as_py()] = []
        for row, id in zip(effective, ids, strict=True):
            values = {name: getattr(columns, name)[row].item() for name in LAYOUT if name not in ("position", "recorded_at")}
            values["relationship"] += chunk.first
            name = names["relationship"][values["relationship"]].as_py()
            by_name[name].append((id, *_plain(values, {column: array.to_pylist() for column, array in names.items()})))
    return {name: sorted(some, key=str) for name, some in by_name.items()}


def rows_of_journal(journal: Journal, known_at: datetime | None) -> Rows:
    """The same rows from the journal's own histories."""
    by_name: Rows = {}
    for summary in journal.relationships(known_at=known_at):
        history = journal.history(summary.relationship)
        records = (history if known_at is None else history.known_at(known_at)).records
        dictionaries = Dictionaries()
        columns = columns_of(records, dictionaries)
        names = {column: getattr(dictionaries, family).names for column, family in FAMILIES.items()}
        rows = [
            {name: getattr(columns, name)[row].item() for name in LAYOUT if name not in ("position", "recorded_at")}
            for row in range(len(records))
        ]
        # A ledger has merged relationships under the one that they count as.
        by_name[summary.relationship] = sorted(
            (
                (record.touchpoint.id, *_plain({**row, "relationship": 0}, {**names, "relationship": [summary.relationship]}))
                for record, row in zip(records, rows, strict=True)
            ),
            key=str,
        )
    return by_name


def _plain(values: dict[str, Any], names: dict[str, list[str]]) -> list[Any]:
    return [
        (names[name][value] if value >= 0 else None)
        if name in FAMILIES
        else None
        if isinstance(value, float) and math.isnan(value)
        else value
        for name, value in values.items()
    ]
