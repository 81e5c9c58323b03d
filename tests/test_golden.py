"""Golden histories: the trust that each version of the rules gives the bundled stories.

A number that changes here is a change of what people were told: it needs a new version of the rule set and a ★ line in the
changelog. UPDATE_GOLDEN=1 writes the file anew.
"""

import json
import os
from pathlib import Path

import pytest

from journey_cli.stories import NAMES, story
from journey_projections import replay
from journey_projections.rules.gallery import NAMES as RULE_SETS
from journey_projections.rules.gallery import rule_set

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("rules", RULE_SETS)
def test_every_story_replays_to_the_same_trust_as_ever(rules: str) -> None:
    judged_by = rule_set(rules)
    path = GOLDEN / f"{rules}-{judged_by.version}.json"
    results = {}
    for name in NAMES:
        result = replay(story(name).history, judged_by)
        results[name] = {"trust": result.trust, "after": [one.after for one in result.contributions if one.touchpoint]}
        results[name] |= {"confidence": round(result.confidence, 12), "exit_risk": round(result.exit_risk, 12), "state": result.state}
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"hash": judged_by.hash, "stories": results}, indent=1) + "\n")
    recorded = json.loads(path.read_text())
    assert recorded["hash"] == judged_by.hash
    for name, values in results.items():
        assert recorded["stories"][name] == values, name
