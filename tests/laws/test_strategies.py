"""The strategies draw what the laws rely on."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from journey import (
    KINDS,
    Delivery,
    FailureNoticed,
    FailureOccurred,
    HandoverMade,
    History,
    IntroductionMade,
    PromiseMade,
    RelationshipOpened,
    RequestMade,
    Touchpoint,
)
from journey.testing import clean_histories, histories, journeys
from journey_projections import replay
from journey_projections.rules.goodwill.causes import CAUSES
from journey_projections.rules.rule_set import STATES

QUICK = settings(
    max_examples=2000,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
GOOD_KINDS = {"interaction", "delivery", "gesture_made", "praise_given", "check_in_held"}


def test_any_histories_meet_every_kind() -> None:
    kinds_met = set[str]()

    def has_met_every(history: list[Touchpoint]) -> bool:
        kinds_met.update(touchpoint.kind for touchpoint in history)
        return kinds_met >= set(KINDS)

    with suppress(NoSuchExample):
        find(histories(), has_met_every, settings=QUICK)
    assert kinds_met == set(KINDS)


def hidden(history: list[Touchpoint]) -> set[str | None]:
    return {one.episode for one in history if isinstance(one, FailureOccurred) and not one.noticed}


def waits_for(history: list[Touchpoint]) -> set[timedelta]:
    dues = {one.promise: one.due for one in history if isinstance(one, PromiseMade) and one.due is not None}
    return {one.occurred_at - dues[one.promise] for one in history if isinstance(one, Delivery) and one.promise in dues}


INSTANT = timedelta(microseconds=1)
WHAT_BELONGS_TOGETHER: dict[str, Callable[[list[Touchpoint]], bool]] = {
    "a hidden failure, noticed later": lambda history: any(
        isinstance(one, FailureNoticed) and one.episode in hidden(history[:place]) for place, one in enumerate(history)
    ),
    "a delivery on the instant": lambda history: timedelta(0) in waits_for(history),
    "a delivery an instant before it is due": lambda history: -INSTANT in waits_for(history),
    "a delivery an instant late": lambda history: INSTANT in waits_for(history),
    "a promise that was due before it was made": lambda history: any(
        isinstance(one, PromiseMade) and one.due is not None and one.due < one.occurred_at for one in history
    ),
    "a request without a date or an episode": lambda history: any(
        isinstance(one, RequestMade) and one.due is None and one.episode is None for one in history
    ),
    "a request with a date, and an answer": lambda history: any(
        isinstance(one, RequestMade)
        and one.due is not None
        and any(later.kind == "interaction" and later.episode == one.episode for later in history[place:])
        for place, one in enumerate(history)
    ),
    "an introduction after a handover": lambda history: any(
        isinstance(one, IntroductionMade)
        and any(isinstance(earlier, HandoverMade) and earlier.to_representative == one.representative for earlier in history[:place])
        for place, one in enumerate(history)
    ),
    "a bad name": lambda history: any(isinstance(one, RelationshipOpened) and one.strength < 0 for one in history),
}


@pytest.mark.parametrize("claim", WHAT_BELONGS_TOGETHER)
def test_any_histories_meet_what_belongs_together(claim: str) -> None:
    find(histories(), WHAT_BELONGS_TOGETHER[claim], settings=QUICK)


@pytest.mark.parametrize("nature", ["slip", "failure", "response", "deception", "courtesy"])
def test_any_history_opens_episodes_of_every_nature(nature: str) -> None:
    find(histories(), lambda history: any(one.nature == nature for one in replay(History.of(history)).episodes), settings=QUICK)


def test_any_histories_meet_every_cause() -> None:
    causes_met, every = set[str](), {name for name, _ in CAUSES} | {"time"}

    def has_met_every(history: list[Touchpoint]) -> bool:
        causes_met.update(one.cause for one in replay(History.of(history)).contributions)
        return causes_met >= every

    with suppress(NoSuchExample):
        find(histories(), has_met_every, settings=settings(QUICK, max_examples=3000))
    assert causes_met == every


@pytest.mark.parametrize("state", STATES)
def test_any_history_reaches_every_state(state: str) -> None:
    find(histories(), lambda history: replay(History.of(history)).state == state, settings=QUICK)


@given(clean_histories())
def test_clean_histories_hold_good_touchpoints_only(history: list[Touchpoint]) -> None:
    assert {touchpoint.kind for touchpoint in history} <= GOOD_KINDS
    result = replay(History.of(history))
    assert result.episodes == () and all(one.delta >= 0 for one in result.contributions if one.touchpoint)


@given(st.one_of(histories(), clean_histories(), journeys()))
def test_drawn_histories_have_unique_ids_in_order_of_time(history: list[Touchpoint]) -> None:
    assert len({touchpoint.id for touchpoint in history}) == len(history)
    assert history == sorted(history, key=lambda touchpoint: touchpoint.occurred_at)


@given(journeys())
def test_a_journey_has_its_crisis(history: list[Touchpoint]) -> None:
    assert "failure" in History.of(history)
