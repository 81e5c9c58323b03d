"""What a state of `goodwill` says: confidence, readiness to leave, the relationship's state. These functions only read."""

import math

from journey_projections.encoding import codes
from journey_projections.encoding.codes import ORGANISATION
from journey_projections.rules.goodwill.conduct import readiness_to_leave_cools_slowly
from journey_projections.rules.goodwill.levels import (
    HALF,
    competence_of,
    days_between,
    goodwill_of,
    side_trust,
    trust_of,
    unanswered_failure_keeps_costing,
)
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.state import State
from journey_projections.rules.rule_set import ENDED, EXIT_LINE, PROSPECT, PartyLevels, View, state_by_trust


def confidence_grows_with_evidence(state: State, p: GoodwillParameters) -> float:
    """T35. The evidence that counts now: one for each sure touchpoint, ageing."""
    relationship = state.relationship[0]
    days = days_between(relationship.evidence_at, relationship.now)
    return relationship.evidence * math.exp(-HALF * days / p.evidence_days)


def confidence(state: State, p: GoodwillParameters) -> float:
    """How sure the trust is, 0 to 1: by how much evidence there is and how fresh."""
    counted = confidence_grows_with_evidence(state, p)
    return counted / (counted + p.evidence_half)


def exit_risk(state: State, trust: float, p: GoodwillParameters) -> float:
    """How ready the customer is to leave, 0 to 1: little trust, a fresh breach, an unanswered failure; 1 once gone."""
    if state.relationship[0].ended == codes.EXIT:
        return 1.0
    staying = 1.0 - (1.0 - trust) * (1.0 - trust)
    staying *= 1.0 - readiness_to_leave_cools_slowly(state, p)
    return 1.0 - staying * unanswered_failure_keeps_costing(state, ORGANISATION, p)


def state_of(state: State, trust: float) -> int:
    """The state of the relationship, a number of STATES."""
    relationship = state.relationship[0]
    if relationship.ended != codes.GOING:
        return ENDED
    return PROSPECT if trust >= EXIT_LINE and relationship.acts == 0 else state_by_trust(trust)


def trust(state: State, p: GoodwillParameters) -> float:
    """The relationship's trust now, 0 to 1."""
    return side_trust(state, ORGANISATION, p)


FINE = 2.0**50
"""Party levels are reported in multiples of its inverse: finer than any rule can tell, and ½ is ½."""


def party(state: State, index: int, p: GoodwillParameters) -> PartyLevels:
    """What one party is trusted with now."""
    levels = trust_of(state, index, p), competence_of(state, index, p), goodwill_of(state, index, p)
    return PartyLevels(state.parties[index].known, finely(levels[0]), finely(levels[1]), finely(levels[2]))


def finely(level: float) -> float:
    """A level as it is reported."""
    return round(level * FINE) / FINE


def view(state: State, p: GoodwillParameters) -> View:
    """All of it."""
    now = trust(state, p)
    return View(now, confidence(state, p), exit_risk(state, now, p), state_of(state, now))
