"""journey_projections: the pure read side. Replays histories to trust, under any rule set, and says what moved it."""

from typing import TYPE_CHECKING, Any

from journey_projections.replaying.replay import Contribution, Replay, RuleSetId, Snapshot, explain, replay, resume, snapshot
from journey_projections.rules.gallery import rule_set
from journey_projections.rules.goodwill.rule_set import GOODWILL, GoodwillParameters, goodwill
from journey_projections.rules.reports import EpisodeReport, Parties, PartyTrust, PromiseReport
from journey_projections.rules.rule_set import RuleSet, View

if TYPE_CHECKING:
    from journey_projections.compiled.warm import warm
    from journey_projections.early_warnings import (
        WARNING_PARAMETERS,
        Warning,  # noqa: A004 - so it is called in the field
        WarningParameters,
        warning_course,
        warnings,
    )
    from journey_projections.questions.check import Finding, check
    from journey_projections.replaying.comparison import Reason, compare, reasons
    from journey_projections.rules.loading import load_rules

__all__ = [
    "GOODWILL",
    "WARNING_PARAMETERS",
    "Contribution",
    "EpisodeReport",
    "Finding",
    "GoodwillParameters",
    "Parties",
    "PartyTrust",
    "PromiseReport",
    "Reason",
    "Replay",
    "RuleSet",
    "RuleSetId",
    "Snapshot",
    "View",
    "Warning",
    "WarningParameters",
    "check",
    "compare",
    "explain",
    "goodwill",
    "load_rules",
    "reasons",
    "replay",
    "resume",
    "rule_set",
    "snapshot",
    "warm",
    "warning_course",
    "warnings",
]


_LATER = {
    "Finding": "questions.check",
    "Reason": "replaying.comparison",
    "WARNING_PARAMETERS": "early_warnings",
    "Warning": "early_warnings",
    "WarningParameters": "early_warnings",
    "check": "questions.check",
    "compare": "replaying.comparison",
    "load_rules": "rules.loading",
    "reasons": "replaying.comparison",
    "warm": "compiled.warm",
    "warning_course": "early_warnings",
    "warnings": "early_warnings",
}
"""What is loaded on first use, by module: most programs do without."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module `journey_projections` has no attribute `{name}`")
    from importlib import import_module

    return getattr(import_module(f"journey_projections.{_LATER[name]}"), name)
