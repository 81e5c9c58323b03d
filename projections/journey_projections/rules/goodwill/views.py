"""What a state of `goodwill` says: confidence, readiness to leave, the relationship's state. These functions only read."""

import math

from journey_projections.encoding import codes
from journey_projections.encoding.codes import INSTITUTION, ORGANISATION
from journey_projections.rules.goodwill.breaches import readiness_to_leave_cools_slowly
from journey_projections.rules.goodwill.levels import (
    HALF,
    days_between,
    dimensions_of,
    neither_dimension_makes_up_for_the_other,
    shrunk,
    side_trust,
    spared,
    waiting_keeps_costing,
)
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.state import State
from journey_projections.rules.rule_set import DAMAGED, ENDED_EXIT, EXIT_LINE, PROSPECT, PartyLevels, View, state_by_trust


def confidence_grows_with_evidence(state: State, p: GoodwillParameters) -> float:
    """T35. The evidence that counts now: one for each sure touchpoint, ageing."""
    relationship = state.relationship[0]
    days = days_between(relationship.evidence_at, relationship.now)
    return relationship.evidence * shrunk(HALF * days / p.evidence_days)


def confidence(state: State, p: GoodwillParameters) -> float:
    """How sure the trust is, 0 to 1: by how much evidence there is and how fresh."""
    counted = confidence_grows_with_evidence(state, p)
    return counted / (counted + p.evidence_half)


def exit_risk(state: State, trust: float, p: GoodwillParameters) -> float:
    """How ready the customer is to leave, 0 to 1: little trust, a fresh breach, an unanswered failure; 1 once gone."""
    if state.relationship[0].ended == codes.EXIT:
        return 1.0
    relationship, side = state.relationship[0], state.sides[ORGANISATION]
    staying = 1.0 - (1.0 - trust) * (1.0 - trust)
    alarm = readiness_to_leave_cools_slowly(relationship.alarm, relationship.alarm_at, relationship.now, p)
    if side.waiting:
        left = spared(side, relationship.now, p)
        alarm += waiting_keeps_costing(side.awaited_competence, side.spared_competence, left)
        alarm += waiting_keeps_costing(side.awaited_goodwill, side.spared_goodwill, left)
    return 1.0 - staying * math.exp(-alarm)


def state_of(state: State, trust: float, risk: float, p: GoodwillParameters) -> int:
    """T67. The state of the relationship, a number of STATES: how it ended, else what was broken and not made good, else by its trust."""
    relationship = state.relationship[0]
    if relationship.ended != codes.GOING:
        return ENDED_EXIT + relationship.ended - codes.EXIT
    if trust < EXIT_LINE or risk > 0.5 or a_breach_took_half(state, p):
        return DAMAGED
    return PROSPECT if relationship.acts == 0 else state_by_trust(trust)


def a_breach_took_half(state: State, p: GoodwillParameters) -> bool:
    """Whether relational breaches that are not made good take half of the trust there was, or more."""
    institution = state.parties[INSTITUTION]
    harm = institution.harm_goodwill + institution.earning_goodwill
    return (1.0 - p.competence_weight) * harm >= HALF


def trust(state: State, p: GoodwillParameters) -> float:
    """The relationship's trust now, 0 to 1."""
    return side_trust(state, ORGANISATION, p)


FINE = 2.0**50
"""Party levels are reported in multiples of its inverse: finer than any rule can tell, and ½ is ½."""


def party(state: State, index: int, p: GoodwillParameters) -> PartyLevels:
    """What one party is trusted with now."""
    competence, goodwill = dimensions_of(state, index, p)
    trust = neither_dimension_makes_up_for_the_other(competence, goodwill, p)
    return PartyLevels(state.parties[index].known, finely(trust), finely(competence), finely(goodwill))


def finely(level: float) -> float:
    """A level as it is reported."""
    return round(level * FINE) / FINE


def view(state: State, p: GoodwillParameters) -> View:
    """All of it."""
    now = trust(state, p)
    risk = exit_risk(state, now, p)
    return View(now, confidence(state, p), risk, state_of(state, now, risk, p))
