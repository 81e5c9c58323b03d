"""The rows that replays give: standings, the course of trust, contributions.

Columns are in their order, each with what it holds: `text`, `number`, `count` or `instant`. No name is a reserved word of a database,
so what is `at` in JSON is `as_of` in a table.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from journey.history import History
from journey.times import to_microseconds
from journey_projections.replaying.replay import Replay
from journey_projections.replaying.run import Run, checked_trust
from journey_projections.rules.rule_set import RuleSet

STANDINGS: Mapping[str, str] = {
    "relationship": "text",
    "trust": "number",
    "confidence": "number",
    "state": "text",
    "exit_risk": "number",
    "as_of": "instant",
    "known_at": "instant",
    "touchpoints": "count",
    "rules": "text",
}
"""Where each relationship stands; `rules` is the hash of the rule set."""
COURSE: Mapping[str, str] = {"relationship": "text", "as_of": "instant", "trust": "number"}
"""The trust of a relationship at an instant; none before its first touchpoint."""
CONTRIBUTIONS: Mapping[str, str] = {
    "relationship": "text",
    "touchpoint": "text",
    "occurred_at": "instant",
    "kind": "text",
    "cause": "text",
    "before": "number",
    "after": "number",
    "delta": "number",
}
"""What moved trust, as a `Contribution` has it: where time passed, there is no touchpoint and no kind."""


def standing_row(result: Any) -> dict[str, Any]:
    """Where one relationship stands, a Replay or a Standing, as a row of STANDINGS."""
    own = {"as_of": result.at, "rules": result.rules.hash}
    return {name: own[name] if name in own else getattr(result, name) for name in STANDINGS}


def course_in(history: History, rules: RuleSet, dates: Iterable[datetime]) -> Iterator[dict[str, Any]]:
    """The trust of one history at each date, as rows of COURSE, in one walk; dates rise. Each is that of `replay` at the date."""
    run, records = Run(rules), history.records
    for at in dates:
        instant = to_microseconds(at)
        while run.count < len(records) and records[run.count].at <= instant:
            run.step(records[run.count])
        if run.count:
            then = run.twin()
            then.pass_until(instant)
            yield {"relationship": history.relationship, "as_of": at, "trust": checked_trust(then.view().trust, rules)}


def contributions_in(result: Replay) -> list[dict[str, Any]]:
    """What moved the trust of one relationship, as rows of CONTRIBUTIONS."""
    fields = [name for name in CONTRIBUTIONS if name != "relationship"]
    return [{"relationship": result.relationship, **{name: getattr(one, name) for name in fields}} for one in result.contributions]
