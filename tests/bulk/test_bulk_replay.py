"""Bulk replay tells of every relationship what `replay` of its history tells, to the bit."""

import dataclasses
import math
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pytest
from column_logs import RELATIONSHIPS, Log, Plain, assert_equal, assert_same, bulk, logs
from hypothesis import example, given, note, settings
from hypothesis import strategies as st

from journey import FailureOccurred, History, Interaction, Recorded, Touchpoint, UnusableRules
from journey.testing import START
from journey.times import from_microseconds
from journey_projections import replay
from journey_projections.compiled import replay_all
from journey_projections.encoding.columns import Dictionaries, columns_of
from journey_projections.rules.gallery import NAMES, rule_set

bounds = st.one_of(st.none(), st.integers(0, 400).map(lambda day: START + timedelta(days=day)))
TIED = Log(
    [FailureOccurred(id=id, relationship="a", occurred_at=START, severity=part) for id, part in (("z", 0.2), ("y", 0.9), ("x", 0.5))],
    [True] * 3,
    {name: name for name in RELATIONSHIPS},
)


@settings(max_examples=40)
@given(logs(), bounds, st.integers(1, 2), st.one_of(st.none(), st.integers(1, 20)))
@example(TIED, None, 1, None)
def test_bulk_replay_equals_replay(log: Log, at: datetime | None, threads: int, rows_at_once: int | None) -> None:
    for rules in NAMES:
        note(rules)
        assert_same(log, rules, at, threads, rows_at_once)


@settings(max_examples=30)
@given(logs(), st.lists(st.integers(-10, 600), max_size=4))
def test_trajectories_are_the_trust_at_those_dates(log: Log, days: list[int]) -> None:
    dates = [START + timedelta(days=day) for day in days]
    replays, names = bulk(log, "goodwill", dates=dates)
    histories = log.histories()
    for row, name in zip(replays.trajectories, names, strict=True):
        for trust, date in zip(row, dates, strict=True):
            alone = replay(histories[name], at=date)
            assert trust == alone.trust if alone.touchpoints else math.isnan(trust)


@settings(max_examples=30)
@given(logs())
def test_contributions_are_those_of_replay(log: Log) -> None:
    replays, names = bulk(log, "goodwill", contributions=True)
    histories, causes = log.histories(), rule_set("goodwill").causes
    assert replays.contributions is not None
    expected = [one for name in names for one in replay(histories[name]).contributions if one.touchpoint]
    bits = [(one.touchpoint, one.occurred_at, one.cause, one.before, one.after) for one in expected]
    assert bits == [
        (log.touchpoints[row].id, from_microseconds(at), causes[cause][0], before, after)
        for row, at, cause, before, after in replays.contributions.tolist()
    ]


@pytest.mark.parametrize("rules", NAMES)
@settings(max_examples=15)
@given(logs())
def test_parties_are_those_of_replay(rules: str, log: Log) -> None:
    dictionaries = Dictionaries()
    columns = log.columns(dictionaries)
    people = np.array([dictionaries.people.code(log.people.get(name, name)) for name in dictionaries.people.names])
    parties = replay_all(columns, rules, people=people, parties=True).parties
    assert parties is not None
    alone = Log(log.touchpoints, log.counting, {name: name for name in RELATIONSHIPS}, people=log.people)
    levels_by_name: dict[str, dict[str, tuple[float, ...]]] = {}
    for relationship, party, person, *trusts in parties.tolist():
        key = f"={dictionaries.people.names[person]}" if party == 2 else ("institution", "customer")[party]
        levels_by_name.setdefault(dictionaries.relationships.names[relationship], {})[key] = tuple(trusts)
    expected = {}
    for name, history in alone.histories().items():
        report = replay(history, rules).parties
        known = {f"={person}": trusts for person, trusts in report.representatives.items()}
        everybody = {"institution": report.institution, "customer": report.customer, **known}
        expected[name] = {key: tuple(math.nan if v is None else v for v in dataclasses.astuple(one)) for key, one in everybody.items()}
    assert repr(sorted((name, sorted(one.items())) for name, one in levels_by_name.items())) == repr(
        sorted((name, sorted(one.items())) for name, one in expected.items())
    )


def _counted(state: dict[str, int], *_: object) -> None:
    state["n"] = state.get("n", 0) + 1


def test_a_rule_set_that_does_not_compile_is_interpreted_with_a_notice() -> None:
    notices: list[str] = []
    beta = rule_set("beta")
    own = dataclasses.replace(
        beta, name="mine", initial=lambda _: {}, apply=_counted, trust=lambda state, _: 1 / (1 + len(state)), view=None
    )
    log = Log([Interaction(id="i", relationship="a", occurred_at=START)], [True], {name: name for name in RELATIONSHIPS})
    replays, _ = bulk(log, own, notice=notices.append, parties=True, contributions=True, dates=[START])
    assert_equal(replays, 0, replay(History.of(log.touchpoints), own))
    assert len(notices) == 1
    assert "`mine` does not compile, so it is interpreted" in notices[0]


@settings(max_examples=20)
@given(logs(), bounds)
def test_interpreted_in_bulk_is_the_same_too(log: Log, at: datetime | None) -> None:
    own = dataclasses.replace(rule_set("goodwill"), apply=Plain(rule_set("goodwill").apply))
    assert_same(log, own, at, threads=2, rows_at_once=5)


def test_a_rule_set_that_takes_touchpoints_is_refused() -> None:
    own = dataclasses.replace(rule_set("beta"), name="mine", takes_touchpoints=True)
    with pytest.raises(UnusableRules, match="`mine` takes touchpoints, which columns do not hold"):
        replay_all([], own)


def test_results_are_a_table() -> None:
    log = Log([Interaction(id="i", relationship="b", occurred_at=START)], [True], {name: name for name in RELATIONSHIPS})
    replays, _ = bulk(log, "health_score")
    alone = replay(History.of(log.touchpoints), "health_score")
    expected = {"relationship": "b", "trust": alone.trust, "confidence": alone.confidence, "state": alone.state}
    expected |= {"exit_risk": alone.exit_risk, "as_of": START, "touchpoints": 1}
    assert replays.table(RELATIONSHIPS).to_pylist() == [expected]


@pytest.mark.parametrize("column", ["relationship", "side", "representative"])
def test_numbers_that_lead_nowhere_are_refused(column: str) -> None:
    columns = columns_of([Recorded(Interaction(id="i", relationship="a", occurred_at=START), START)], Dictionaries())
    wrong = dataclasses.replace(columns, **{column: getattr(columns, column) + np.array(5, getattr(columns, column).dtype)})
    with pytest.raises(ValueError, match=f"column `{column}` has numbers from 0 to [45]; only those from"):
        replay_all(wrong, "health_score", united=np.zeros(2, np.int32), people=np.zeros(2, np.int32))


def test_nothing_replays_to_nothing() -> None:
    for columns in ([], [columns_of([], Dictionaries())]):
        assert len(replay_all(columns, "health_score")) == 0


def many(sizes: Sequence[int]) -> list[Touchpoint]:
    """Touchpoints of one relationship in reverse, with many names."""
    return [
        FailureOccurred(id=f"f{n}", relationship="a", occurred_at=START - timedelta(hours=n), representative=f"p{n % 37}", topic=f"t{n}")
        for n in range(sizes[0])
    ]


def test_no_number_of_names_is_too_many_and_no_order_too_bad() -> None:
    log = Log(many([300]), [True] * 300, {name: name for name in RELATIONSHIPS})
    assert_same(log, "goodwill", None)
