"""Rows of one time and sequence are replayed in the order of their ids, however many tie, on however many threads."""

import dataclasses
import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from column_logs import RELATIONSHIPS, Log, Plain, assert_same, bulk, logs
from hypothesis import given, settings
from hypothesis import strategies as st

from journey import Interaction, Recorded, Touchpoint
from journey.testing import START
from journey.times import from_microseconds
from journey_projections import replay
from journey_projections.compiled import replay_all
from journey_projections.encoding.columns import Columns, Dictionaries, columns_of
from journey_projections.rules.gallery import rule_set

IDS = st.text(st.sampled_from("aAzé~\uffff\U0001f600"), min_size=1, max_size=4)
"""Such as are prefixes of each other, and such that UTF-16 would put in another order."""


@st.composite
def logs_of_days(draw: st.DrawFn) -> Log:
    """What happened on a few days, no times of day told, with ids in any order."""
    log = draw(logs())
    days = draw(st.integers(1, 3))
    ids = draw(st.lists(IDS, min_size=len(log.touchpoints), max_size=len(log.touchpoints), unique=True))
    # A correction is about the same day, as it has the same id.
    known: dict[str, tuple[str, Any, int]] = {}

    def cut(one: Touchpoint, id: str) -> Touchpoint:
        drawn = id, START + timedelta(days=draw(st.integers(1, days))), draw(st.integers(0, 1))
        id, at, sequence = known.setdefault(one.id, drawn)
        return one.model_copy(update={"id": id, "occurred_at": at, "sequence": sequence})

    return dataclasses.replace(log, touchpoints=[cut(one, id) for one, id in zip(log.touchpoints, ids, strict=True)])


@pytest.mark.parametrize("rules", ["goodwill", "beta"])
@settings(max_examples=25)
@given(logs_of_days(), st.integers(1, 4), st.none() | st.integers(1, 20))
def test_what_ties_is_replayed_in_the_order_of_ids(rules: str, log: Log, threads: int, rows_at_once: int | None) -> None:
    assert_same(log, rules, None, threads, rows_at_once)


@settings(max_examples=20)
@given(logs_of_days())
def test_interpreted_in_bulk_too(log: Log) -> None:
    own = dataclasses.replace(rule_set("goodwill"), apply=Plain(rule_set("goodwill").apply))
    assert_same(log, own, None, threads=2, rows_at_once=5)


@settings(max_examples=15)
@given(logs_of_days(), st.integers(1, 3))
def test_contributions_parties_and_trajectories_are_those_of_replay_too(log: Log, threads: int) -> None:
    dates = [START + timedelta(days=day) for day in range(4)]
    replays, names = bulk(log, "goodwill", contributions=True, parties=True, dates=dates, threads=threads)
    histories, causes = log.histories(), rule_set("goodwill").causes
    assert replays.contributions is not None
    assert replays.parties is not None
    expected = [one for name in names for one in replay(histories[name]).contributions if one.touchpoint]
    assert [(one.touchpoint, one.occurred_at, one.cause, one.before, one.after) for one in expected] == [
        (log.touchpoints[row].id, from_microseconds(at), causes[cause][0], before, after)
        for row, at, cause, before, after in replays.contributions.tolist()
    ]
    courses = [[replay(histories[name], at=date) for date in dates] for name in names]
    trusts = [[math.nan if not one.touchpoints else one.trust for one in course] for course in courses]
    assert np.array_equal(replays.trajectories, np.array(trusts).reshape(replays.trajectories.shape), equal_nan=True)
    institutions = replays.parties["trust"][replays.parties["party"] == 0]
    assert institutions.tolist() == [replay(histories[name]).parties.institution.trust for name in names]


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("as_arrow", [True, False])
def test_thousands_of_rows_that_tie_are_put_in_order(threads: int, *, as_arrow: bool) -> None:
    random, size = np.random.default_rng(3), 6_000
    ids = [f"{number:x}" for number in random.permutation(size).tolist()]
    days, sequences = random.integers(0, 3, size), random.integers(0, 2, size)
    columns = made(ids, (random.random(size) < 0.1).astype(np.int32), days, sequences)
    if as_arrow:
        held = pa.array(ids)
        columns = dataclasses.replace(columns, ids=lambda rows: held.take(pa.array(rows)))
    replays = replay_all(columns, "beta", contributions=True, threads=threads, rows_at_once=5_500).contributions
    assert replays is not None
    keys = zip(columns.relationship.tolist(), days.tolist(), sequences.tolist(), ids, range(size), strict=True)
    assert replays["row"].tolist() == [row for *_, row in sorted(keys)]


@given(st.data())
def test_ids_are_asked_for_only_where_no_stretch_says_that_they_rise(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 12))
    ids = data.draw(st.permutations([f"{number:02}" for number in range(size)]))
    days, codes = (np.array(data.draw(st.lists(st.integers(0, 1), min_size=size, max_size=size))) for _ in range(2))
    columns = made(ids, codes.astype(np.int32), days, np.zeros(size, np.int64))
    cuts = sorted(data.draw(st.lists(st.integers(0, size), max_size=6)))
    within = [(first, last) for first, last in zip(cuts[::2], cuts[1::2], strict=False) if rises(ids, codes, days, first, last)]
    read: list[int] = []

    def ids_of(rows: Any) -> Sequence[str]:
        read.extend(rows.tolist())
        return [ids[row] for row in rows]

    stretches = np.array([end for one in within for end in one], np.int64)
    runs = [dataclasses.replace(columns, ids=ids_of, stretches=stretches)]
    replays = replay_all(runs, "beta", contributions=True).contributions
    assert replays is not None
    keys = list(zip(codes.tolist(), days.tolist(), ids, range(size), strict=True))
    assert replays["row"].tolist() == [row for *_, row in sorted(keys)]
    if within == [(0, size)]:
        assert not read


def test_of_merged_relationships_what_ties_need_not_rise_in_a_stretch() -> None:
    columns = made(["b", "a"], np.array([0, 1], np.int32), np.zeros(2, np.int64), np.zeros(2, np.int64))
    known = dataclasses.replace(columns, stretches=np.array([0, 2]))
    replays = replay_all(known, "beta", united=np.array([0, 0], np.int32), contributions=True).contributions
    assert replays is not None
    assert replays["row"].tolist() == [1, 0]


def made(ids: Sequence[str], relationship: Any, days: Any, sequences: Any) -> Columns:
    """Columns of meetings on some days."""
    one = columns_of(
        [Recorded(Interaction(id="i", relationship=RELATIONSHIPS[0], occurred_at=START, competence=0.5), START)], Dictionaries()
    )
    arrays = {name: getattr(one, name).repeat(len(ids)) for name in Columns.__slots__ if name not in ("ids", "kept", "stretches")}
    arrays |= {"relationship": relationship, "occurred_at": arrays["occurred_at"] + days * 86_400_000_000, "sequence": sequences}
    return Columns(**arrays, ids=lambda rows: [ids[row] for row in rows])


def rises(ids: Sequence[str], codes: Any, days: Any, first: int, last: int) -> bool:
    """Whether the rows of one relationship and day rise by id."""
    keys = [(codes[row], days[row], ids[row]) for row in range(first, last)]
    return all(one[2] < other[2] for place, one in enumerate(keys) for other in keys[place + 1 :] if one[:2] == other[:2])
