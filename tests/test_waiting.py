"""What waits is told: in words where time passed, in the reports, and by the instant at which it next begins to cost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import History, Touchpoint, read_touchpoint
from journey.testing import at_day, histories
from journey_projections import Replay, RuleSet, replay, rule_set
from journey_projections.encoding.codes import NEVER
from journey_projections.rules.goodwill import silence

MICROSECOND = timedelta(microseconds=1)


def fact(id: str, kind: str, day: float, **fields: Any) -> Touchpoint:
    return read_touchpoint({"id": id, "kind": kind, "relationship": "r", "occurred_at": at_day(day).isoformat(), **fields})


def due(day: float) -> str:
    return at_day(day).isoformat()


FAILURE = fact("f", "failure_occurred", 0, severity=0.5, episode="card")
REQUEST = fact("q", "request_made", 0, urgency=0.8, episode="statement")
COMPLAINT = fact("c", "complaint_voiced", 0, severity=0.6)
PROMISE = fact("p", "promise_made", 0, promise="by-may", level=0.7, due=due(10))
WAITING = {
    "failure `card` of 2015-01-01 still waits for an answer": FAILURE,
    "request `statement` of 2015-01-01 still waits for an answer": REQUEST,
    "complaint `c` of 2015-01-01 still waits for an answer": COMPLAINT,
    "promise `by-may` is overdue since 2015-01-11": PROMISE,
}


def words_of_time(result: Replay) -> list[str]:
    return [one.words for one in result.contributions if one.touchpoint is None]


def all_trust(result: Replay) -> tuple[float, ...]:
    return result.trust, result.parties.institution.trust, result.parties.customer.trust


@pytest.mark.parametrize("words", WAITING)
def test_time_that_costs_names_what_waits(words: str) -> None:
    assert words_of_time(replay(History.of([WAITING[words]]), at=at_day(40))) == [f"time passed: {words}"]


def test_of_several_that_wait_the_dearest_is_named_and_the_others_are_counted() -> None:
    three = History.of([FAILURE, REQUEST, fact("f2", "failure_occurred", 0, severity=0.9)])
    assert words_of_time(replay(three, at=at_day(40))) == [
        "time passed: failure `f2` of 2015-01-01 still waits for an answer, and 2 more wait"
    ]
    two = three.without("q")
    assert words_of_time(replay(two, at=at_day(40))) == [
        "time passed: failure `f2` of 2015-01-01 still waits for an answer, and 1 more waits"
    ]


def test_time_in_which_nothing_waits_is_silence_or_a_name_that_fades() -> None:
    visits = [fact(f"v{day}", "interaction", day, competence=0.8) for day in range(20)]
    assert words_of_time(replay(History.of(visits), at=at_day(3000))) == ["time passed: silence"]
    opened = fact("o", "relationship_opened", 0, customer="c", organisation="o", origin="referral", strength=1.0)
    assert words_of_time(replay(History.of([opened]), at=at_day(300))) == [silence.FADES]


def test_what_was_answered_costs_no_more_and_is_not_named() -> None:
    answered = History.of([FAILURE, fact("a", "recovery_step_taken", 10, step="acknowledge", episode="card")])
    result = replay(answered, at=at_day(400))
    assert words_of_time(result)[0].endswith("still waits for an answer")
    assert set(words_of_time(result)[1:]) <= {"time passed: silence"}
    assert result.falls_due is None


def test_what_waits_behind_a_long_history_is_still_said_to_wait() -> None:
    many = [fact(f"d{number}", "promise_made", 1, promise=f"d{number}") for number in range(silence.LOOKED_AT)]
    assert words_of_time(replay(History.of([FAILURE, *many]), at=at_day(40)))[-1] == silence.SOMETHING_WAITS


def test_a_rule_set_that_knows_of_no_waiting_says_silence_and_no_date() -> None:
    result = replay(History.of([FAILURE, fact("late", "interaction", 400, competence=0.5)]), "health_score")
    assert (words_of_time(result), result.falls_due) == (["time passed: silence"], None)


def test_a_rule_set_of_ones_own_says_what_time_was() -> None:
    beta = rule_set("beta")
    mine = RuleSet(
        "mine",
        "1",
        beta.parameters,
        initial=lambda _: [0.5],
        apply=lambda *_: None,
        advance=lambda state, *_: state.__setitem__(0, 0.25),
        trust=lambda state, _: state[0],
        passed=lambda _state, _names, elapsed, _p: f"{elapsed} went by",
        falls_due=lambda state: 5_000_000 if state == [0.5] else NEVER,
    )
    assert replay(History.of([FAILURE]), mine).falls_due == at_day(0) + timedelta(seconds=5)
    later = replay(History.of([FAILURE]), mine, at=at_day(0) + timedelta(seconds=1))
    assert (words_of_time(later), later.falls_due) == (["1000000 went by"], None)


@pytest.mark.parametrize("words", WAITING)
def test_the_next_due_date_is_exact(words: str) -> None:
    history = History.of([WAITING[words]])
    falls_due = replay(history).falls_due
    assert falls_due is not None
    assert replay(history, at=falls_due).trust == replay(history).trust
    assert replay(history, at=falls_due).falls_due == falls_due
    assert replay(history, at=falls_due + timedelta(minutes=1)).trust < replay(history).trust
    assert replay(history, at=falls_due + MICROSECOND).falls_due is None


def test_what_was_answered_does_not_fall_due_though_something_else_did() -> None:
    first, second = fact("f1", "failure_occurred", 0, severity=0.9), fact("q", "request_made", 0.5, urgency=0.5, episode="q")
    answer = fact("a", "interaction", 1, benevolence=0.2, episode="q")
    result = replay(History.of([first, second, answer]), at=at_day(4))
    assert result.falls_due is None


@given(histories(), st.floats(0, 60))
def test_nothing_begins_to_cost_before_the_next_due_date(touchpoints: list[Touchpoint], days: float) -> None:
    history = History.of(touchpoints)
    if history.at is None or history.at > datetime(9990, 1, 1, tzinfo=UTC):
        return
    at = history.at + timedelta(days=days)
    now = replay(history, at=at)
    waiting = {(one.episode, one.costs_from) for one in now.episodes if one.costs_from is not None and one.costs_from >= at}
    overdue = {one.promise for one in now.promises if one.is_overdue}
    if now.falls_due is None:
        assert not waiting
        assert not [one for one in now.promises if one.is_delivered is False and not one.is_overdue]
    else:
        assert now.falls_due >= at
        assert {one.promise for one in replay(history, at=now.falls_due).promises if one.is_overdue} == overdue


def test_an_episode_says_what_waits_since_when() -> None:
    (asked,) = replay(History.of([REQUEST])).episodes
    assert (asked.episode, asked.nature, asked.by, asked.waits_since) == ("statement", "request", "customer", at_day(0))
    assert asked.costs_from == replay(History.of([REQUEST])).falls_due
    answered = replay(History.of([REQUEST, fact("a", "interaction", 1, benevolence=0.2, episode="statement")]))
    assert answered.episodes == ()
    (failed,) = replay(History.of([FAILURE, fact("a", "recovery_step_taken", 1, step="acknowledge", episode="card")])).episodes
    assert (failed.waits_since, failed.costs_from) == (None, None)


def test_a_promise_says_whether_it_is_overdue_or_delivered() -> None:
    (made,) = replay(History.of([PROMISE])).promises
    assert (made.made_at, made.due, made.is_overdue, made.is_delivered) == (at_day(0), at_day(10), False, False)
    (overdue,) = replay(History.of([PROMISE]), at=at_day(11)).promises
    assert (overdue.is_overdue, overdue.is_delivered) == (True, False)
    (kept,) = replay(History.of([PROMISE, fact("d", "delivery", 9, promise="by-may", delivered=0.7)]), at=at_day(11)).promises
    assert (kept.is_overdue, kept.is_delivered) == (False, True)
    (undated,) = replay(History.of([fact("p", "promise_made", 0, promise="some-day")])).promises
    assert (undated.due, undated.is_overdue, undated.is_delivered) == (None, False, None)
