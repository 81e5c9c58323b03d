"""Two rule sets on one log: differences are exact, and the reasons sum to them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import History, Touchpoint
from journey.testing import histories
from journey_projections import GOODWILL, replay
from journey_projections.questions.comparison import Levels, compare_levels, ranks
from journey_projections.replaying.comparison import PRIOR, reasons
from journey_projections.replaying.replay import TIME
from journey_projections.rules.derived import derived
from journey_projections.rules.gallery import NAMES

PATIENT = derived(GOODWILL, name="patient", version="1", parameters={"betrayal": 1.55, "gain": 0.1, "fade_days": 3650})
levels = st.lists(st.tuples(st.sampled_from((0.0, 0.25, 0.5, 1.0)), st.sampled_from((0.0, 0.25, 0.5, 1.0))), max_size=8)


@given(histories(), st.sampled_from((*NAMES, PATIENT)))
def test_the_reasons_sum_to_the_difference_exactly(touchpoints: list[Touchpoint], rules: str) -> None:
    first, second = replay(History.of(touchpoints)), replay(History.of(touchpoints), rules)
    why = reasons(first, second)
    assert sum(one.difference for one in why) == second.trust - first.trust
    assert [abs(one.difference) for one in why] == sorted((abs(one.difference) for one in why), reverse=True)
    ids = {one.id for one in touchpoints}
    assert all(one.touchpoint in ids for one in why if one.first_cause not in (PRIOR, TIME))


@given(histories())
def test_a_rule_set_differs_from_itself_in_nothing(touchpoints: list[Touchpoint]) -> None:
    result = replay(History.of(touchpoints))
    assert reasons(result, result) == []


@given(levels)
def test_ranks_are_places_and_a_change_of_sides_turns_every_difference_round(pairs: list[tuple[float, float]]) -> None:
    names = [f"r{number}" for number in range(len(pairs))]
    one = Levels(names, [first for first, _ in pairs], ["communal"] * len(pairs))
    other = Levels(names[::-1], [second for _, second in pairs][::-1], ["damaged"] * len(pairs))
    there, back = compare_levels(one, other), compare_levels(other, one)
    assert list(there.relationships) == names
    assert (there.difference == -back.difference).all()
    assert (there.moves == -back.moves).all()
    assert sum(there.ranks[0]) == len(pairs) * (len(pairs) + 1) / 2
    assert there.changed_states == ([("communal", "damaged", len(pairs))] if pairs else [])
    assert (
        there.most(there.difference, 3)
        == sorted(
            (place for place in range(len(pairs)) if there.difference[place]), key=lambda place: (-abs(there.difference[place]), place)
        )[:3]
    )
    if there.rank_correlation is not None:
        assert math.isclose(there.rank_correlation, float(np.corrcoef(*there.ranks)[0, 1]), abs_tol=1e-9)


def test_equals_share_a_place() -> None:
    assert ranks(np.array([0.5, 0.9, 0.5, 0.1])).tolist() == [2.5, 1.0, 2.5, 4.0]


@pytest.mark.parametrize(("second", "expected"), [([0.1, 0.5, 0.9], 1.0), ([0.9, 0.5, 0.1], -1.0), ([0.5, 0.5, 0.5], None)])
def test_rank_correlation_is_spearmans(second: list[float], expected: float | None) -> None:
    names, states = ["a", "b", "c"], ["damaged"] * 3
    assert compare_levels(Levels(names, [0.2, 0.3, 0.4], states), Levels(names, second, states)).rank_correlation == expected


def test_who_is_told_of_by_one_alone_is_left_out() -> None:
    comparison = compare_levels(Levels(["a", "b"], [0.1, 0.2], ["", ""]), Levels(["b", "c"], [0.4, 0.5], ["", ""]))
    assert (list(comparison.relationships), comparison.first.tolist(), comparison.second.tolist()) == (["b"], [0.2], [0.4])
