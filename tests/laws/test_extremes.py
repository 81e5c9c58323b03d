"""However extreme the numbers of a history are, every rule set judges it, compiled to the same bits."""

from typing import Any

import pytest
from column_logs import RELATIONSHIPS, Log, assert_same
from hypothesis import HealthCheck, example, given, note, settings
from hypothesis import strategies as st
from short_histories import contact, failure, replayed, touchpoint, trust

from journey import History, Touchpoint
from journey.reading import validated
from journey.testing import histories
from journey_projections import replay
from journey_projections.rules.gallery import NAMES
from journey_projections.rules.goodwill.levels import deception_leaves_a_ceiling

ALONE = {name: name for name in RELATIONSHIPS}
SIZES = (0.0, 5e-324, 1e-310, 1e-308, 2.3e-308, 1e-300, 1e-170, 1e-162, 1e-81, 1e-17, 1e-9, 0.5, 1.0 - 2.0**-53, 1.0)
SHARES = (*SIZES, 1.0 + 2.0**-52, 2.0, 100.0)
OVERPAID = ("recovery_step_taken", "size")
"""The number that may be one of SHARES: what was given may be more than was owed."""
QUALITIES = (*SIZES, *(-one for one in SIZES))
GRAVE = failure(0.0, 0.5, "benevolence", certainty=5e-324)


@st.composite
def extreme_histories(draw: st.DrawFn) -> list[Touchpoint]:
    """ANY history whose numbers are at the ends of what a double, or a field, can hold."""
    return [_extreme(draw, one) for one in draw(histories(min_size=1))]


def _extreme(draw: st.DrawFn, one: Touchpoint) -> Touchpoint:
    fields: dict[str, Any] = one.model_dump()
    for name, value in fields.items():
        if isinstance(value, float):
            is_signed, may_exceed = name in ("competence", "benevolence", "integrity", "valence"), (one.kind, name) == OVERPAID
            fields[name] = draw(st.sampled_from(QUALITIES if is_signed else SHARES if may_exceed else SIZES))
    return validated(type(one), fields)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(extreme_histories())
@example([GRAVE])
@example([failure(0.0, 1.0), GRAVE])
def test_every_rule_set_judges_extreme_numbers_to_the_same_bits_compiled(touchpoints: list[Touchpoint]) -> None:
    history = History.of(touchpoints)
    log = Log([one.model_copy(update={"relationship": "a"}) for one in touchpoints], [True] * len(touchpoints), ALONE)
    for rules in NAMES:
        note(rules)
        result = replay(history, rules)
        assert 0.0 <= result.trust <= 1.0
        assert 0.0 <= result.confidence <= 1.0
        assert result.contributions
        assert_same(log, rules, None)


@pytest.mark.parametrize("breach", ["competence", "benevolence", "integrity"])
def test_a_failure_whose_severity_times_certainty_is_no_number_moves_as_little_as_one_of_no_certainty(breach: str) -> None:
    slight, none = (replayed(contact(0, 0.5), failure(1, 0.5, breach, certainty=certainty)) for certainty in (5e-324, 0.0))
    assert (slight.trust, slight.confidence, slight.episodes) == (none.trust, none.confidence, ())


def _rude_among_good_ones(times: int) -> list[Touchpoint]:
    """One representative is rude time and again, while another one keeps the trust in the organisation high."""
    months = [[touchpoint(61.0 * month, "interaction", benevolence=-1.0, representative="rude")] for month in range(times)]
    return [
        contact(-1.0, 1.0, "kind"),
        *(one for month, rude in enumerate(months) for one in (*rude, *(contact(61.0 * month + day, 1.0, "kind") for day in range(1, 61)))),
    ]


def test_a_representative_may_be_rude_without_end() -> None:
    often = _rude_among_good_ones(30)
    result = replayed(often)
    assert result.trust > 0.9
    assert result.parties.representatives["rude"].trust < 1e-6
    handed_over = [*often, touchpoint(2000.0, "handover_made", from_representative="kind", to_representative="rude")]
    assert 0.0 < trust(handed_over) < result.trust
    assert trust(handed_over, touchpoint(2001.0, "deception_exposed", severity=1.0)) < trust(handed_over)


def test_where_no_trust_is_left_nothing_is_divided_by_it() -> None:
    assert deception_leaves_a_ceiling(0.0, 0.0) == 0.0
    assert deception_leaves_a_ceiling(1e-90, 1e-100) == 1e-100
