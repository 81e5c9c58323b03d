"""How much a party is trusted now. These functions only read."""

import math

from journey_projections.encoding.codes import INSTITUTION, NOBODY, ORGANISATION
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.state import Party, Relationship, Side, State

DAY = 86_400_000_000
DAYS = 1.0 / DAY
HALF = math.log(2.0)


def shrunk(x: float) -> float:
    """e to the -x, for x of 0 and more: by plain arithmetic where x is small, as it mostly is, which takes a third of the time."""
    if x > 0.125:
        return math.exp(-x)
    return 1.0 - x * (1.0 - x * (1 / 2 - x * (1 / 6 - x * (1 / 24 - x * (1 / 120 - x * (1 / 720 - x * (1 / 5040 - x * (1 / 40320))))))))


def days_between(earlier: int, later: int) -> float:
    """Days from one time in microseconds to another, never negative."""
    return float(max(0, later - earlier)) * DAYS


def silence_erodes_slowly(level: float, prior: float, before: float, days: float, p: GoodwillParameters) -> float:
    """T30. After a long silence, trust above the prior drifts back towards it; below it, time heals nothing.

    `level` is that of a silence of `before` days; it has lasted `days` by now.
    """
    if level <= prior or days <= p.fade_grace_days:
        return level
    return prior + (level - prior) * math.exp(-HALF * (days - max(before, p.fade_grace_days)) / p.fade_days)


def part_of_a_good_name_fades(state: State, p: GoodwillParameters) -> float:
    """T2. What is left of the part of a referral's or a good name's lift that fades."""
    relationship = state.relationship[0]
    if relationship.lift_fading == 0.0:
        return 0.0
    return relationship.lift_fading * math.exp(-days_between(relationship.lift_at, relationship.now) / p.origin_fading_days)


def lifted(level: float, lift: float) -> float:
    """A level raised by a share of its distance to 1, or lowered by one of its distance to 0."""
    return level + (1.0 - level) * lift if lift >= 0.0 else level * (1.0 + lift)


def spared(side: Side, now: int, p: GoodwillParameters) -> float:
    """The share that is left by now of what the waiting had not yet cost."""
    return math.exp(-days_between(side.waited_at, now) / p.waiting_days)


def talked_over(relationship: Relationship, since: float, p: GoodwillParameters) -> float:
    """The share of a miss that the check-ins since a reading of the talk take away."""
    return min(p.check_in_max, relationship.talk - since)


def waiting_keeps_costing(awaited: float, not_yet: float, left: float) -> float:
    """T11. What waiting obligations cost by now, in log shares: nothing at first, most of it within a month, never more than if refused."""
    return max(0.0, awaited - not_yet * left)


def level_of_competence(state: State, party: Party, p: GoodwillParameters) -> float:
    """A party's competence now, without its wounds."""
    before, days = days_between(party.heard_at, party.touched_at), days_between(party.heard_at, state.relationship[0].now)
    return silence_erodes_slowly(party.competence, p.prior_competence, before, days, p)


def level_of_goodwill(state: State, party: Party, p: GoodwillParameters) -> float:
    """A party's goodwill now, without its wounds."""
    before, days = days_between(party.heard_at, party.touched_at), days_between(party.heard_at, state.relationship[0].now)
    return silence_erodes_slowly(party.goodwill, p.prior_goodwill, before, days, p)


def worth(level: float, lift: float, harm: float) -> float:
    """What is left of a level, raised or lowered by a name, under harms in log shares."""
    if lift != 0.0:
        level = lifted(level, lift)
    return level * math.exp(-harm) if harm > 0.0 else level


def neither_dimension_makes_up_for_the_other(competence: float, goodwill: float, p: GoodwillParameters) -> float:
    """T36. A party's trust is a geometric mean of its dimensions: little of one pulls the whole down."""
    trust: float = competence**p.competence_weight * goodwill ** (1.0 - p.competence_weight)
    return trust


def trust_of(state: State, index: int, p: GoodwillParameters) -> float:
    """A party's trust now, 0 to 1; a side's own with its good name and what it lets wait."""
    competence, goodwill = dimensions_of(state, index, p)
    return neither_dimension_makes_up_for_the_other(competence, goodwill, p)


def dimensions_of(state: State, index: int, p: GoodwillParameters) -> tuple[float, float]:
    """Competence and goodwill behind that trust."""
    party, lift = state.parties[index], 0.0
    harm_competence = party.harm_competence + party.earning_competence
    harm_goodwill = party.harm_goodwill + party.earning_goodwill
    if index == INSTITUTION:
        lift = part_of_a_good_name_fades(state, p)
    if index <= 1 and state.sides[index].waiting:
        side = state.sides[index]
        left = spared(side, state.relationship[0].now, p)
        harm_competence += waiting_keeps_costing(side.awaited_competence, side.spared_competence, left)
        harm_goodwill += waiting_keeps_costing(side.awaited_goodwill, side.spared_goodwill, left)
    competence = worth(level_of_competence(state, party, p), lift, harm_competence)
    return competence, worth(level_of_goodwill(state, party, p), lift, harm_goodwill)


def departure_loses_the_bond(p: GoodwillParameters) -> float:
    """T28. With the person gone the bond counts as handed to nobody: what that takes of it, in log shares."""
    return -math.log(p.introduced_none)


def side_trust(state: State, side: int, p: GoodwillParameters) -> float:
    """Trust in one side now, 0 to 1: the institution, and whoever the customer deals with, who can only bring it down."""
    return relationship_trust(state, side, trust_of(state, side, p), p)


def relationship_trust(state: State, side: int, trust: float, p: GoodwillParameters) -> float:
    """That trust, from the trust in the side's own party."""
    if side == ORGANISATION:
        trust *= people_carry_a_part(state, p)
    return deception_leaves_a_ceiling(trust, state.sides[side].ceiling)


def people_carry_a_part(state: State, p: GoodwillParameters) -> float:
    """T61. The share that is left of the institution's trust by what people did worse than it, by a newcomer, or by an empty chair."""
    relationship = state.relationship[0]
    strain = relationship.strain
    if relationship.vacant:
        strain += departure_loses_the_bond(p)
    return math.exp(-p.representative_weight * strain) if strain > 0.0 else 1.0


def is_current(state: State, index: int) -> bool:
    """Whether the customer deals with this party."""
    return index != NOBODY and index == state.relationship[0].current and state.relationship[0].vacant == 0


def deception_leaves_a_ceiling(trust: float, ceiling: float) -> float:
    """T10. Trust under a ceiling: close to itself far below, never above, and never flat, so that every later act still counts."""
    if ceiling >= 1.0:
        return trust
    fourth, bound = trust * trust * trust * trust, ceiling * ceiling * ceiling * ceiling
    if fourth + bound <= 0.0:
        return min(trust, ceiling)  # too small for their fourth powers
    under: float = trust * ceiling / (fourth + bound - fourth * bound) ** 0.25
    return under
