"""The published models are what their papers say they are."""

import math
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from short_histories import contact, touchpoint

from journey import History, Touchpoint
from journey.testing import START, histories
from journey_projections import replay
from journey_projections.encoding.numbering import Encoder
from journey_projections.replaying.run import Run
from journey_projections.rules.derived import derived
from journey_projections.rules.published import BETA, FIRE, GLICKO, HMM
from journey_projections.rules.published.glicko import PER_POINT

DAY = 86_400e6
rated = st.lists(st.tuples(st.floats(0.01, 60.0), st.floats(-1.0, 1.0)), min_size=1, max_size=12)


def ratings(qualities: list[tuple[float, float]]) -> list[tuple[float, Touchpoint]]:
    """Contacts of those qualities, so many days after one another, each with its day."""
    days, made = 0.0, []
    for gap, quality in qualities:
        days += gap
        made.append((days, contact(days, quality)))
    return made


def state_after(rules: Any, touchpoints: list[Touchpoint]) -> Any:
    run = Run(rules)
    run.feed(History.of(touchpoints).records)
    return run.state


@given(rated)
def test_fire_is_the_mean_of_all_ratings_weighed_by_age(qualities: list[tuple[float, float]]) -> None:
    made = ratings(qualities)
    last = made[-1][0]
    weights = [math.exp(-(last - day) / FIRE.parameters.recency_days) for day, _ in made]  # type: ignore[attr-defined]
    mean = sum(weight * quality for weight, (_, quality) in zip(weights, qualities, strict=True)) / sum(weights)
    result = replay(History.of([touchpoint for _, touchpoint in made]), "fire")
    assert result.trust == pytest.approx((1 + mean) / 2, abs=1e-9)
    square = sum(weight * (quality - mean) ** 2 for weight, (_, quality) in zip(weights, qualities, strict=True)) / sum(weights)
    reliability = (1 - 0.5 ** sum(weights)) * (1 - math.sqrt(square) / 2)
    assert result.confidence == pytest.approx(reliability, abs=1e-6)


def test_in_fire_and_glicko_silence_costs_confidence_and_not_trust() -> None:
    history = History.of([contact(day, 0.8) for day in range(20)])
    for rules in ("fire", "glicko"):
        soon, late = (replay(history, rules, at=START + timedelta(days=days)) for days in (20, 2000))
        assert late.trust == soon.trust
        assert late.confidence < soon.confidence
    assert replay(history, "glicko", at=START + timedelta(days=20_000)).confidence == 0.0


@given(st.floats(-1.0, 1.0))
def test_a_glicko_game_is_glickmans(quality: float) -> None:
    rating = state_after(GLICKO, [contact(0, quality)]).rating[0]
    expected, games = 0.5, PER_POINT**2 * 0.25
    variance = 1 / (1 / 350**2 + games)
    assert rating.points == pytest.approx(PER_POINT * variance * ((1 + quality) / 2 - expected))
    assert rating.variance == pytest.approx(variance)


def test_a_glicko_deviation_never_falls_below_its_least() -> None:
    rating = state_after(GLICKO, [contact(day / 100, 0.0) for day in range(1000)]).rating[0]
    assert math.sqrt(rating.variance) >= 30.0


@given(histories())
def test_the_belief_of_hmm_stays_a_distribution(touchpoints: list[Touchpoint]) -> None:
    belief = state_after(HMM, touchpoints).belief[0]
    assert min(belief.weak, belief.fair, belief.strong) >= 0.0
    assert belief.weak + belief.fair + belief.strong == pytest.approx(1.0)


@given(st.floats(0.05, 1.0), st.floats(0.0, 1.0))
def test_in_hmm_a_better_encounter_and_a_better_score_both_speak_for_a_stronger_state(low: float, more: float) -> None:
    high = low + more * (1.0 - low)
    for kind, field in (("interaction", "benevolence"), ("feedback_given", "score")):
        worse, better = (replay(History.of([touchpoint(0, kind, **{field: value})]), "hmm").trust for value in (low, high))
        assert worse <= better


def test_beta_can_weigh_bad_news_and_count_signs_alone() -> None:
    signs = derived(BETA, name="signs", version="1", parameters={"negative_weight": 4, "by_size": 0, "forgetting": 1})
    assert replay(History.of([contact(0, 0.1), contact(1, -0.1)]), signs).trust == pytest.approx((1 + 1) / (1 + 4 + 2))


@pytest.mark.parametrize("rules", [FIRE, GLICKO, HMM], ids=lambda rules: rules.name)
def test_one_more_touchpoint_takes_no_more_room(rules: Any) -> None:
    few, many = (state_after(rules, [contact(day, 0.5) for day in range(count)]) for count in (1, 50))
    rules.make_room(many, Encoder().counts[0])
    assert [len(records) for records in few] == [len(records) for records in many]
