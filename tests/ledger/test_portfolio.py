"""Replaying a ledger is replaying every history: the same bits, whatever was amended, merged or late, as of and as known at any day."""

import json
import pickle
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pytest
from amended_log import AmendedLog, amended_log
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import day, folder, logs, recorded
from pydantic import TypeAdapter

from journey import Fact, Interaction, Journal
from journey.testing import START
from journey_projections import replay
from journey_projections.ledger import Ledger, ReplayedChunk, Standing, bounded_replay, replay_ledger
from journey_projections.ledger.result_tables import contributions_of, course_of
from journey_projections.replaying.result_rows import contributions_in, course_in
from journey_projections.rules.gallery import NAMES, rule_set

NOBODY = {"trust": None, "competence": None, "goodwill": None}
"""A party that nobody asked for, as plain data."""


@pytest.mark.parametrize("store", ["memory:", "sqlite:///"])
@settings(max_examples=25)
@given(batches=logs(), data=st.data())
def test_every_standing_is_the_replay_of_its_history(store: str, batches: list[list[Fact]], data: st.DataObject) -> None:
    with folder() as place, recorded(batches, f"{store}{place}/journey.db" if store != "memory:" else store) as journal:
        ledger = Ledger(place / "journey.ledger")
        ledger.catch_up(journal)
        number = data.draw(st.none() | st.integers(-1, len(batches)))
        known = None if number is None else day(number)
        as_of = data.draw(st.none() | st.integers(-1, 400).map(lambda days: START + timedelta(days=days)))
        with patch.multiple(bounded_replay, LEAST=data.draw(st.integers(1, 20)), PROCESS=2**40):
            standings = list(replay_ledger(ledger.open(), as_of=as_of, known_at=known, parties=True))
        names = [summary.relationship for summary in journal.relationships(known_at=known)]
        assert [standing.relationship for standing in standings] == names
        for name, standing in zip(names, standings, strict=True):
            history = journal.history(name)
            history = history if known is None else history.known_at(known)
            for other in {record.outline.relationship for record in history.records}:
                by_other_name = journal.history(other)
                assert history == (by_other_name if known is None else by_other_name.known_at(known))
            single = replay(history if as_of is None else history.as_of(as_of))
            assert standing._asdict() == {field: getattr(single, field) for field in Standing._fields}


@pytest.fixture(scope="module")
def log() -> Iterator[AmendedLog]:
    with amended_log() as log:
        yield log


@pytest.mark.parametrize("rules", NAMES)
def test_under_every_rule_set_every_standing_is_the_replay_of_its_history(log: AmendedLog, rules: str) -> None:
    log.assert_replayed_by(replay_ledger, rules)


@pytest.mark.parametrize("parties", [True, False])
def test_standings_pickle_without_the_ledger_and_are_plain_data(log: AmendedLog, parties: bool) -> None:
    standings = replay_ledger(log.opened, parties=parties)
    again = pickle.loads(pickle.dumps(standings))
    assert again.table() == standings.table()
    assert list(map(repr, again)) == list(map(repr, standings))
    histories = log.histories[None, None]
    for standing, history in zip(standings, histories, strict=True):
        plain = standing.to_dict()
        assert pickle.loads(pickle.dumps(standing)).to_dict() == json.loads(json.dumps(plain, allow_nan=False)) == plain
        alone = replay(history).to_dict()
        assert TypeAdapter(Standing).dump_python(standing) == plain
        assert plain["parties"] == (
            alone["parties"] if parties else {"representatives": {}, **dict.fromkeys(("institution", "customer"), NOBODY)}
        )
        assert {**plain, "parties": None} == {**alone, "parties": None}


@pytest.mark.parametrize("rules", NAMES)
def test_under_every_rule_set_courses_and_contributions_are_those_of_each_history(log: AmendedLog, rules: str) -> None:
    dates = [START + timedelta(days=days) for days in range(0, 2_000, 200)]
    courses, contributions = list[pa.Table](), list[pa.Table]()

    def take(replayed: ReplayedChunk) -> None:
        courses.append(course_of(replayed, log.opened.names))
        contributions.append(contributions_of(replayed, log.opened.names, rule_set(rules)))

    for (as_of, known_at), histories in log.histories.items():
        courses.clear()
        contributions.clear()
        replay_ledger(log.opened, rules, as_of=as_of, known_at=known_at, dates=dates, contributions=True, on_chunk=take)
        assert by_relationship(courses) == by_relationship([list(course_in(history, rule_set(rules), dates)) for history in histories])
        assert by_relationship(contributions) == by_relationship([contributions_in(replay(history, rules)) for history in histories])


def by_relationship(tables: list[Any]) -> list[tuple[Any, ...]]:
    """Rows, those of tables too, by relationship, otherwise in their order."""
    rows = (tuple(row.values()) for table in tables for row in (table if isinstance(table, list) else table.to_pylist()))
    return sorted(rows, key=lambda row: str(row[0]))


def test_memory_bounds_the_course_of_trust_too() -> None:
    room = bounded_replay.rows_within(2**30)
    assert (
        bounded_replay.rows_within(2**30, courses=30.0) * (bounded_replay.ROW + 30.0 * bounded_replay.AT_DATE)
        <= 2**30 - bounded_replay.PROCESS
    )
    assert bounded_replay.rows_within(2**30, courses=30.0) < room / 4
    assert bounded_replay.rows_within(0, courses=1e6) == bounded_replay.LEAST_COURSES


def test_where_trust_is_told_at_many_dates_fewer_relationships_are_at_hand_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bounded_replay, "LEAST_COURSES", 1)
    with Journal.open("memory:") as journal:
        journal.record(*(Interaction(id=f"i-{n}", relationship=f"r-{n}", occurred_at=START, competence=0.5) for n in range(40)))
        ledger = Ledger(tmp_path)
        ledger.catch_up(journal)
    dates = [START + timedelta(days=day) for day in range(1_000)]
    sizes: list[int] = []
    replay_ledger(
        ledger.open(),
        "beta",
        dates=dates,
        memory=bounded_replay.PROCESS + 10 * 1_000 * bounded_replay.AT_DATE,
        on_chunk=lambda one: sizes.append(len(one.replays.trust)),
    )
    assert len(sizes) > 3
    assert sum(sizes) == 40
