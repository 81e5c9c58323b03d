"""What the tests of process logs share: histories to export with the wildest texts, real logs, and reading rows back as facts."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from logs import logs

from journey import Fact, Interaction, PersonNamed
from journey.formats.source_rows import Row, content_of
from journey.reading import read_fact
from journey.records import Recorded

LOGS = Path(__file__).resolve().parents[2] / "shared" / "data" / "process_logs"
Histories = list[tuple[str, list[Recorded[Fact]]]]

_characters = st.one_of(st.characters(codec="utf-8"), st.sampled_from("\x00\x0b\x1f\r\n\t\x7f\x85\ufffe\uffff<&>'\"\\ "))
_texts = st.text(_characters, max_size=12)
_names = st.text(
    st.one_of(st.sampled_from("ab/%:<&>\"' \ufffe"), st.characters(categories=("L", "N", "P", "S"))), min_size=1, max_size=12
).filter(str.strip)
_qualities = st.one_of(st.none(), st.floats(-1, 1))


@st.composite
def exports(draw: st.DrawFn) -> Histories:
    """Histories by relationship, as a journal gives them for an export: every kind of fact, some with texts and ids from anywhere."""
    facts: list[Fact] = [fact for batch in draw(logs()) for fact in batch]
    for number in range(draw(st.integers(0, 3))):
        named: dict[str, Any] = {name: draw(st.one_of(st.none(), _names)) for name in ("representative", "contact", "episode", "topic")}
        texts: dict[str, Any] = {name: draw(st.one_of(st.none(), _texts)) for name in ("note", "channel", "source", "correlation_id")}
        when = draw(st.datetimes(timezones=st.just(UTC)))
        fact = Interaction(id=f"wild-{number}", relationship=draw(_names), occurred_at=when, competence=draw(_qualities), **named, **texts)
        facts.append(fact)
    if draw(st.booleans()):
        facts.append(PersonNamed(id="named", person=draw(_names), occurred_at=datetime(2024, 1, 1, tzinfo=UTC), name=draw(_texts) or None))
    records = [Recorded(fact, datetime(2026, 1, 1, tzinfo=UTC), number) for number, fact in enumerate(facts, start=1)]
    records.sort(key=lambda record: record.touchpoint.relationship)
    return [(name, list(of_one)) for name, of_one in groupby(records, lambda record: record.touchpoint.relationship)]


def facts_of(rows: Iterable[Row]) -> Iterator[Fact]:
    """The facts of rows that are all good."""
    for row in rows:
        assert row.problem is None, (row.line, row.problem)
        yield read_fact(content_of(row))


def real_log(name: str) -> Path:
    """The path of a log among the shared data; skips where it is not there."""
    if not (LOGS / name).exists():
        pytest.skip(f"{name} is not among the shared data")
    return LOGS / name
