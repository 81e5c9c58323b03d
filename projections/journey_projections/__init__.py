"""journey_projections: the pure read side. Replays histories to trust, under any rule set, and says what moved it."""

from journey_projections.goodwill import GOODWILL, GoodwillParameters, goodwill
from journey_projections.replay import Contribution, Replay, RuleSetId, Snapshot, replay, resume, snapshot
from journey_projections.reports import EpisodeReport, Parties, PartyTrust, PromiseReport
from journey_projections.rule_sets import RuleSet, View, rule_set
from journey_projections.warming import warm

__all__ = [
    "GOODWILL",
    "Contribution",
    "EpisodeReport",
    "GoodwillParameters",
    "Parties",
    "PartyTrust",
    "PromiseReport",
    "Replay",
    "RuleSet",
    "RuleSetId",
    "Snapshot",
    "View",
    "goodwill",
    "replay",
    "resume",
    "rule_set",
    "snapshot",
    "warm",
]
