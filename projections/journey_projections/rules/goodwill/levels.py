"""How much a party is trusted now. These functions only read."""

import math

from journey_projections.encoding.codes import INSTITUTION, NOBODY, ORGANISATION
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.state import State

DAY = 86_400_000_000
HALF = math.log(2.0)


def days_between(earlier: int, later: int) -> float:
    """Days from one time in microseconds to another, never negative."""
    return float(max(0, later - earlier)) / float(DAY)


def silence_erodes_slowly(level: float, days: float, p: GoodwillParameters) -> float:
    """T30. After a long silence, trust above the middle drifts back towards it; below the middle, time heals nothing."""
    if level <= 0.5 or days <= p.fade_grace_days:
        return level
    return 0.5 + (level - 0.5) * math.exp(-HALF * (days - p.fade_grace_days) / p.fade_days)


def part_of_a_good_name_fades(state: State, p: GoodwillParameters) -> float:
    """T2. What is left of the part of a referral's or a good name's lift that fades."""
    relationship = state.relationship[0]
    if relationship.lift_fading <= 0.0:
        return 0.0
    return relationship.lift_fading * math.exp(-days_between(relationship.lift_at, relationship.now) / p.origin_fading_days)


def unanswered_failure_keeps_costing(state: State, side: int, p: GoodwillParameters) -> float:
    """T11. The share of goodwill that an unanswered failure has left by now; it stops at a floor."""
    record = state.sides[side]
    if record.neglect_rate <= 0.0 or record.neglect <= p.neglect_floor:
        return record.neglect
    days = days_between(record.neglect_at, state.relationship[0].now)
    return max(p.neglect_floor, record.neglect * math.exp(-record.neglect_rate * days))


def competence_of(state: State, index: int, p: GoodwillParameters) -> float:
    """A party's competence as trusted now, 0 to 1."""
    party = state.parties[index]
    level = silence_erodes_slowly(party.competence, days_between(party.touched_at, state.relationship[0].now), p)
    if index == INSTITUTION:
        level += (1.0 - level) * part_of_a_good_name_fades(state, p)
    return level * party.wound_competence


def goodwill_of(state: State, index: int, p: GoodwillParameters) -> float:
    """A party's goodwill as trusted now, 0 to 1."""
    party = state.parties[index]
    level = silence_erodes_slowly(party.goodwill, days_between(party.touched_at, state.relationship[0].now), p)
    if index == INSTITUTION:
        level += (1.0 - level) * part_of_a_good_name_fades(state, p)
    level *= party.wound_goodwill
    if index <= 1:
        level *= unanswered_failure_keeps_costing(state, index, p)
    return level


def neither_dimension_makes_up_for_the_other(competence: float, goodwill: float, p: GoodwillParameters) -> float:
    """T36. A party's trust is a geometric mean of its dimensions: little of one pulls the whole down."""
    trust: float = competence**p.competence_weight * goodwill ** (1.0 - p.competence_weight)
    return trust


def trust_of(state: State, index: int, p: GoodwillParameters) -> float:
    """A party's trust now, 0 to 1."""
    return neither_dimension_makes_up_for_the_other(competence_of(state, index, p), goodwill_of(state, index, p), p)


def bond(state: State, p: GoodwillParameters) -> float:
    """The trust in the current representative as such: the person's, as far as they were introduced; the institution's without one."""
    return state.relationship[0].seat * trust_of(state, person(state), p)


def person(state: State) -> int:
    """Whom the customer deals with: the current representative, or the institution while there is none whose own acts they know."""
    current = state.relationship[0].current
    return current if current != NOBODY and state.parties[current].known else INSTITUTION


def chair(state: State, p: GoodwillParameters) -> float:
    """The trust of whoever the customer now deals with: the current representative, or an empty chair."""
    if state.relationship[0].vacant:
        return departure_loses_the_bond(bond(state, p), trust_of(state, INSTITUTION, p), p)
    return bond(state, p)


def departure_loses_the_bond(bond: float, institution: float, p: GoodwillParameters) -> float:
    """T28. With the person gone the bond counts as handed to nobody, and never for more than the institution."""
    return min(bond, institution) * p.introduced_none


def side_trust(state: State, side: int, p: GoodwillParameters) -> float:
    """Trust in one side now, 0 to 1: the institution and the representative blended so that either alone can bring it down."""
    lead = trust_of(state, side, p)
    if side == ORGANISATION and lead > 0.0:
        lead = lead * (chair(state, p) / lead) ** p.representative_weight
    return deception_leaves_a_ceiling(lead, state.sides[side].ceiling)


def deception_leaves_a_ceiling(trust: float, ceiling: float) -> float:
    """T10. Trust under a ceiling: close to itself far below, never above, and never flat, so that every later act still counts."""
    if ceiling >= 1.0:
        return trust
    fourth, bound = trust * trust * trust * trust, ceiling * ceiling * ceiling * ceiling
    if fourth + bound <= 0.0:
        return min(trust, ceiling)  # too small for their fourth powers
    under: float = trust * ceiling / (fourth + bound - fourth * bound) ** 0.25
    return under
