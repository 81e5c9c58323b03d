"""Where the rules fail on one relationship, all others are replayed to the same bits, and the failing one is named."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from column_logs import RELATIONSHIPS, Log, Plain, assert_equal, bulk
from hypothesis import given, settings
from hypothesis import strategies as st

from journey import GestureMade, Interaction, Recorded, Touchpoint, UnusableRules
from journey.testing import START, touchpoints
from journey_projections import RuleSet, replay
from journey_projections.compiled import replay_all
from journey_projections.encoding.codes import GESTURE_MADE, PRAISE_GIVEN
from journey_projections.encoding.columns import Dictionaries, columns_of
from journey_projections.encoding.numbering import Encoded
from journey_projections.rules.published import beta
from journey_projections.rules.rule_set import View

KINDS = ("gesture_made", "praise_given", "interaction", "failure_occurred")


def stumbles(state: beta.State, touchpoint: Encoded, p: beta.BetaParameters) -> int:
    """As beta, but fails on a gesture, by a division by nothing, and has no cause for praise."""
    return beta.apply(state, touchpoint, p) + 0 // (touchpoint.kind - GESTURE_MADE) + (9 if touchpoint.kind == PRAISE_GIVEN else 0)


def blurs(state: beta.State, p: beta.BetaParameters) -> View:
    """As beta, but no number where much spoke for trust, and no state where much spoke against it."""
    level = float("nan") if state.evidence[0].positive > 1.0 else beta.trust(state, p)
    return View(level, 0.0, 1.0 - level, -1 if state.evidence[0].negative > 1.0 else 1)


STUMBLING = dataclasses.replace(beta.BETA, name="mine", apply=stumbles, view=blurs)
RULES: dict[str, RuleSet] = {"compiled": STUMBLING, "interpreted": dataclasses.replace(STUMBLING, apply=Plain(stumbles))}


@st.composite
def logs(draw: st.DrawFn) -> Log:
    """Touchpoints of few kinds in some relationships, many at the same time."""
    facts: list[Touchpoint] = []
    for number in range(draw(st.integers(1, 30))):
        one = draw(touchpoints(id=f"t{number:02}", day=float(draw(st.integers(0, 3))), kinds=KINDS))
        facts.append(one.model_copy(update={"relationship": draw(st.sampled_from(RELATIONSHIPS))}))
    return Log(facts, [True] * len(facts), {name: name for name in RELATIONSHIPS})


def _judged(log: Log, rules: RuleSet) -> tuple[dict[str, Any], set[str]]:
    """What each history gives by itself, and those on which the rules fail."""
    good, failing = {}, set()
    for name, history in log.histories().items():
        try:
            result = replay(history, rules)
            good[name] = result, [(one.touchpoint, one.before, one.after) for one in result.contributions if one.touchpoint]
        except UnusableRules:
            failing.add(name)
    return good, failing


@pytest.mark.parametrize("rules", RULES.values(), ids=list(RULES))
@settings(max_examples=60)
@given(log=logs(), threads=st.integers(1, 2), rows_at_once=st.sampled_from((None, 4)))
def test_the_others_are_replayed_to_the_same_bits(rules: RuleSet, log: Log, threads: int, rows_at_once: int | None) -> None:
    good, failing = _judged(log, rules)
    errors: dict[int, UnusableRules] = {}
    options: dict[str, Any] = {"threads": threads, "rows_at_once": rows_at_once, "contributions": True, "parties": True}
    replays, names = bulk(log, rules, failed=errors.__setitem__, **options)
    assert names == sorted(good)
    assert [RELATIONSHIPS[code] for code in errors] == sorted(failing)
    assert all("`mine` " in str(error) and error.mend for error in errors.values())
    for place, name in enumerate(names):
        assert_equal(replays, place, good[name][0])
    assert replays.contributions is not None
    assert replays.parties is not None
    made = [(log.touchpoints[row].id, before, after) for row, _, _, before, after in replays.contributions.tolist()]
    assert made == [one for name in names for one in good[name][1]]
    assert sorted(np.unique(replays.parties["relationship"])) == sorted(replays.relationship)
    if failing:
        with pytest.raises(UnusableRules, match="rule set `mine` "):
            bulk(log, rules, **options)


def test_one_among_hundreds_is_found_by_halving() -> None:
    names = [f"r{number:04}" for number in range(300)]
    facts = [(GestureMade if name == "r0177" else Interaction)(id=name, relationship=name, occurred_at=START) for name in names]
    calls: list[int] = []

    def counted(state: beta.State, touchpoint: Encoded, p: beta.BetaParameters) -> int:
        calls.append(1)
        return stumbles(state, touchpoint, p)

    errors: dict[int, UnusableRules] = {}
    columns = columns_of([Recorded(one, START) for one in facts], Dictionaries())
    replays = replay_all(columns, dataclasses.replace(STUMBLING, apply=counted), failed=errors.__setitem__, threads=1)
    assert (list(errors), len(replays)) == ([177], 299)
    assert len(calls) < 3 * len(names)
