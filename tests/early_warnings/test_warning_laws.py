"""Early warnings as laws: they never know the future, they never touch the trust, and they are told the same at both speeds."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from column_logs import Log, bulk, logs
from hypothesis import given, settings
from hypothesis import strategies as st

from journey import History, RelationshipEnded, Touchpoint
from journey.testing import START, histories
from journey.times import to_microseconds
from journey_projections import replay, rule_set
from journey_projections.early_warnings import WARNING_PARAMETERS, Warning, warning_course, warnings  # noqa: A004
from journey_projections.early_warnings.outlook import Outlook
from journey_projections.early_warnings.state import KINDS, Watch
from journey_projections.early_warnings.watched_run import WatchedRun
from journey_projections.early_warnings.watches import days_on, is_open
from journey_projections.encoding.codes import NEVER, NOTHING
from journey_projections.rules.rule_set import STATES

LATER = "2040-01-01"
RULES = rule_set("beta")
"""A small rule set, which compiles in seconds: warnings are the same source under all."""

instants = st.one_of(st.integers(-5, 800).map(float), st.floats(0.0, 60.0)).map(lambda day: START + timedelta(days=day))


def apart(some: Iterable[Warning]) -> list[tuple[str, datetime, str]]:
    """What tells warnings apart, whatever came later."""
    return sorted((one.kind, one.since, one.touchpoints[0]) for one in some)


@given(histories(), instants)
def test_what_is_open_at_an_instant_is_what_the_whole_course_says_of_it(touchpoints: list[Touchpoint], at: datetime) -> None:
    history = History.of(touchpoints)
    course = [one for one in warning_course(history, LATER) if one.since <= at and (one.until is None or at < one.until)]
    assert apart(warnings(history, at)) == apart(course)


@given(histories(), instants)
def test_a_warning_is_stated_in_full(touchpoints: list[Touchpoint], at: datetime) -> None:
    history = History.of(touchpoints)
    known = {one.id for one in touchpoints}
    for one in (*warnings(history, at), *warning_course(history, at)):
        assert one.kind in KINDS
        assert 0.0 <= one.severity <= 1.0
        assert 0.0 < one.certainty <= 1.0
        assert one.since <= at
        assert one.due is None or one.due >= one.since
        assert one.until is None or one.since < one.until <= at
        assert one.words
        assert one.touchpoints
        assert known.issuperset(one.touchpoints)


@given(histories())
def test_a_note_and_what_is_not_certain_at_all_open_and_close_nothing(touchpoints: list[Touchpoint]) -> None:
    certain = [one for one in touchpoints if one.certainty > 0.0 and one.kind not in ("note_added", "feedback_requested")]
    # They still name people, episodes and promises, and stand for the end of the history.
    assert apart(warnings(History.of(certain), LATER)) == apart(warnings(History.of(touchpoints), LATER))


@given(histories(), st.sampled_from((0.0, 1.0, 400.0)), st.sampled_from(("satisfied", "dormant", "unknown", "exit")))
def test_an_end_ends_every_warning(touchpoints: list[Touchpoint], wait: float, outcome: Any) -> None:
    going = [one for one in touchpoints if one.kind != "relationship_ended"]
    at = max((one.occurred_at for one in going), default=START) + timedelta(days=wait)
    end = RelationshipEnded(id="zz-end", relationship="r", occurred_at=at, sequence=9, outcome=outcome)
    assert [one.kind for one in warnings(History.of([*going, end]), at) if one.kind != "unexplained_exit"] == []


@given(histories(), instants)
def test_the_trust_is_that_of_a_replay(touchpoints: list[Touchpoint], at: datetime) -> None:
    history = History.of(touchpoints).as_of(at)
    watched, alone = WatchedRun(history, at, rule_set("goodwill"), WARNING_PARAMETERS, [at]), replay(history)
    assert watched.run.trust() == alone.trust
    assert watched.levels == [None if not alone.touchpoints else (alone.trust, alone.state)]


@given(histories(min_size=1), instants)
def test_what_is_at_stake_is_what_a_replay_without_the_owner_loses(touchpoints: list[Touchpoint], at: datetime) -> None:
    history = History.of(touchpoints).as_of(at)
    watched = WatchedRun(history, at, rule_set("goodwill"), WARNING_PARAMETERS)
    owner = watched.owner
    if owner is None:
        assert watched.at_stake() == 0.0
        return
    left = {"kind": "representative_left", "id": "zzz", "relationship": "r", "occurred_at": at.isoformat(), "representative": owner}
    assert watched.at_stake() == replay(history, at=at).trust - replay(history.inserting(left), at=at).trust


@settings(max_examples=40)
@given(logs(), st.integers(-5, 800), st.integers(1, 2))
def test_compiled_warnings_are_those_of_each_history(log: Log, day: int, threads: int) -> None:
    at = START + timedelta(days=day)
    options = {"warnings": WARNING_PARAMETERS, "promises": True, "stakes": True, "states": True, "dates": [at, at - timedelta(days=30)]}
    replays, names = bulk(log, RULES, at=at, threads=threads, **options)
    histories = log.histories()
    assert replays.outlooks is not None
    assert replays.watches is not None
    assert replays.course_of_states is not None
    for number, name in enumerate(names):
        watched = WatchedRun(histories[name].as_of(at), at, RULES, WARNING_PARAMETERS, [at - timedelta(days=30), at])
        rows = replays.watches[replays.watches["relationship"] == replays.relationship[number]]
        expected = [
            one
            for one in watched.state.watches[: watched.state.relationship[0].watches]
            if one.kind == KINDS.index("promise_due") or is_open(one, to_microseconds(at), days_on(WARNING_PARAMETERS.stale_days))
        ]
        assert [plain(row) for row in rows] == [plain(one) for one in expected]
        outlook = replays.outlooks[number]
        alone = Outlook.of(watched, promises=True, stakes=True)
        assert (outlook["urgency"], outlook["at_stake"]) == (alone.urgency, alone.at_stake)
        assert (outlook["heard_at"] != NEVER) == (alone.last_heard is not None)
        assert (outlook["owner"] != NOTHING) == (alone.owner is not None)
        states = [None if state < 0 else STATES[state] for state in replays.course_of_states[number].tolist()]
        assert states == [None if level is None else level.state for level in reversed(alone.course)]


def plain(watch: "Watch | object") -> tuple[object, ...]:
    """The fields of a watch that do not name places or names, which the two number each their own way."""
    fields = ("kind", "opens", "due", "closes", "severity", "certainty", "times", "value")
    return tuple(getattr(watch, name) if isinstance(watch, Watch) else watch[name].item() for name in fields)  # type: ignore[index]
