"""Rule sets of other people: errors name their mistakes as theirs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from journey import FailureOccurred, History, UnusableRules
from journey.testing import START
from journey_projections import RuleSet, replay, rule_set
from journey_projections.testing import LAWS, check_law


class Parameters(BaseModel, frozen=True):
    """None."""


def rules(*, apply: Any = lambda *_: None, trust: Any = lambda *_: 0.5, initial: Any = lambda _: {}, **more: Any) -> RuleSet:
    return RuleSet("mine", "1", Parameters(), initial, apply, trust, takes_touchpoints=True, **more)


FAILED = History.of([FailureOccurred(id="f-1", relationship="r", occurred_at=START)])


def test_a_failing_apply_is_told_with_its_touchpoint() -> None:
    with pytest.raises(UnusableRules, match=r"`mine` fails on touchpoint `f-1` .*KeyError: 'oops'"):
        replay(FAILED, rules(apply=lambda state, *_: state["oops"]))


def ends(*_: Any) -> Any:
    raise SystemExit(0)


@pytest.mark.parametrize(
    ("faulty", "message", "mend"),
    [
        (rules(initial=lambda _: 1 // 0), "`mine` fails before the first touchpoint: ZeroDivisionError: ", "mend its `initial`"),
        (rules(initial=lambda _: None), "`mine` starts with no state", "let its `initial` return one"),
        (
            rules(initial=lambda _: 5, trust=lambda state, _: state.trust),
            "`mine` fails to tell the trust of a state: Attr",
            "mend its `trust`, or the state that its `initial` returns",
        ),
        (rules(initial=ends), "`mine` fails before the first touchpoint: SystemExit: 0", "mend its `initial`"),
        (rules(apply=ends), "`mine` fails on touchpoint `f-1` .*: SystemExit: 0", "mend its `apply`"),
        (rules(advance=ends), "`mine` fails when 86400000000 microseconds pass: SystemExit: 0", "mend its `advance`"),
        (
            rules(trust=ends),
            "`mine` fails to tell the trust of a state: SystemExit: 0",
            "mend its `trust`, or the state that its `initial` returns",
        ),
        (rules(view=lambda *_: None), "`mine` fails to tell what a state says: TypeError: ", "mend its `view`"),
    ],
)
def test_whichever_function_fails_is_told_by_its_name(faulty: RuleSet, message: str, mend: str) -> None:
    with pytest.raises(UnusableRules, match=message) as refused:
        replay(FAILED, faulty, at=START + timedelta(days=1))
    assert refused.value.mend == mend


def test_an_interruption_is_no_failure_of_the_rules() -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay(FAILED, rules(apply=interrupted))


@pytest.mark.parametrize("trust", [float("nan"), float("inf"), None, "much"])
def test_a_trust_that_is_no_number_is_reported(trust: object) -> None:
    with pytest.raises(UnusableRules, match=f"gives the trust `{trust}`"):
        replay(FAILED, rules(trust=lambda *_: trust))


def test_a_rule_set_that_cannot_be_used_keeps_no_law() -> None:
    verdict = check_law(LAWS[0], rules(trust=lambda *_: float("nan")), examples=5)
    assert not verdict.holds
    assert "gives the trust `nan`" in verdict.in_words()


def test_a_rule_set_of_two_functions_replays_everywhere() -> None:
    result = replay(FAILED, rules())
    assert (result.trust, result.state, result.confidence, result.parties.institution.trust) == (0.5, "transactional", 0.0, 0.5)
    assert [one.cause for one in result.contributions] == ["moved_by_the_rules"]


def test_what_a_rule_set_reports_is_computed_when_it_is_asked_for() -> None:
    replayed = replay(FAILED, replace(rule_set("beta"), report=_fails))
    assert replayed.trust < replayed.prior
    with pytest.raises(UnusableRules, match="`beta` fails to report on a state: ZeroDivisionError: "):
        _ = replayed.episodes


def _fails(*_: Any) -> Any:
    return 1 // 0
