"""The strategies draw what the laws rely on."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from journey import KINDS, History, Touchpoint
from journey.testing import clean_histories, histories, journeys
from journey_projections import replay
from journey_projections.rules.goodwill.causes import CAUSES

QUICK = settings(
    max_examples=2000,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
GOOD_KINDS = {"interaction", "delivery", "gesture_made", "praise_given", "check_in_held"}


@pytest.mark.parametrize("kind", KINDS)
def test_any_history_meets_every_kind(kind: str) -> None:
    find(histories(), lambda history: any(touchpoint.kind == kind for touchpoint in history), settings=QUICK)


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


@pytest.mark.parametrize("state", ["prospect", "transactional", "transitional", "communal", "damaged", "ended"])
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
