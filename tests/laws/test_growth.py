"""What moved trust costs as much by touchpoint after a long history as after a short one, under every rule set: lines run are counted."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import journey_projections.rules
from journey import History, Touchpoint
from journey.testing import at_day
from journey.touchpoints import KINDS
from journey_projections import explain
from journey_projections.rules.gallery import NAMES

RULES = str(Path(journey_projections.rules.__file__).parent)
ACTS: dict[str, dict[str, Any]] = {
    "contacts": {"kind": "interaction", "competence": 0.5},
    "contacts in a window": {"kind": "interaction", "competence": 0.5, "days": 0.001},
    "tickets in a window": {"kind": "interaction", "competence": -0.02, "days": 0.001},
    "new representatives": {"kind": "interaction", "competence": 0.5, "representative": "p{}"},
    "handovers": {"kind": "handover_made", "from_representative": "p{}", "to_representative": "q{}"},
    "open episodes": {"kind": "failure_occurred", "severity": 0.3, "episode": "e{}"},
    "one open episode": {"kind": "failure_occurred", "severity": 0.3, "episode": "e"},
    "bad responses": {"kind": "response_failed", "manner": "denied", "episode": "e"},
    "evidence of what nobody mentioned": {"kind": "evidence_emerged", "verdict": "guilty", "episode": "nowhere"},
    "promises": {"kind": "promise_made", "promise": "p{}", "level": 0.6},
    "deliveries": {"kind": "delivery", "delivered": 0.3, "promised": 0.6},
    "complaints": {"kind": "complaint_voiced", "severity": 0.4},
}
"""What happens again and again, every so many `days`; `{}` stands for a further number each time."""


def _history(act: dict[str, Any], size: int) -> History:
    facts: list[Touchpoint] = []
    for number in range(size):
        fields = {name: value.format(number) if isinstance(value, str) else value for name, value in act.items() if name != "days"}
        fields |= {"id": f"t{number:05}", "relationship": "r", "occurred_at": at_day(number * act.get("days", 0.5))}
        facts.append(KINDS[act["kind"]].model_validate(fields))
    return History.of(facts)


def _lines_of_rules(work: Callable[[], object]) -> int:
    """How many lines of the rules run."""
    lines = 0

    def count(_: FrameType, event: str, __: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(lambda frame, *_: count if frame.f_code.co_filename.startswith(RULES) else None)
    try:
        work()
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("rules", NAMES)
@pytest.mark.parametrize("act", ACTS.values(), ids=list(ACTS))
def test_a_history_of_twice_the_length_takes_twice_the_work(rules: str, act: dict[str, Any]) -> None:
    short, long = (_lines_of_rules(lambda size=size: explain(_history(act, size), rules)) for size in (250, 500))  # type: ignore[misc]
    assert 0 < long < 2.2 * short
