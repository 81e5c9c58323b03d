"""Who the customer deals with: first meetings, handovers, introductions, departures.

Whoever the customer deals with carries a part of the trust. They can only bring it down: by what they did worse than the institution,
and as newcomers, as far as nobody introduced them. That is the relationship's strain; good contacts take it off. The people's own
levels stay as they earned them.
"""

import math

from journey_projections.encoding.codes import BY_OTHER, BY_SELF, COLD, INSTITUTION, NOBODY, WARM
from journey_projections.rules.goodwill.levels import days_between, departure_loses_the_bond, trust_of
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.state import Party, State
from journey_projections.rules.goodwill.wounds import rest


def meet(state: State, index: int, p: GoodwillParameters) -> None:
    """A representative acts: one whom the customer did not know is trusted like the institution.

    Where nobody ever told of an assignment or a handover, the customer deals with whoever acted last: a change that costs nothing by
    itself. Who acts in the place of one who left leaves the bond as lost as it was.
    """
    if index == NOBODY:
        return
    relationship = state.relationship[0]
    if not state.parties[index].known:
        arrive(state, state.parties[index])
    if relationship.vacant:
        take_over(state, index, departure_loses_the_bond(p))
    elif relationship.current == NOBODY or not relationship.told:
        relationship.current = index


def arrive(state: State, party: Party) -> None:
    """Let somebody be known, trusted as the institution is, but for what it lets wait."""
    institution = state.parties[INSTITUTION]
    party.known = 1
    party.touched_at = institution.touched_at
    party.heard_at = institution.heard_at
    party.competence = institution.competence
    party.goodwill = institution.goodwill
    party.harm_competence = institution.harm_competence
    party.harm_goodwill = institution.harm_goodwill
    party.earning_competence = institution.earning_competence
    party.earning_goodwill = institution.earning_goodwill
    party.pace_competence = institution.pace_competence
    party.pace_goodwill = institution.pace_goodwill


def take_over(state: State, index: int, strange: float) -> None:
    """The customer deals with this person from now on, who is so strange to them."""
    relationship = state.relationship[0]
    relationship.current = index
    relationship.vacant = 0
    relationship.strain += strange
    relationship.introduced = strange
    relationship.introduced_clock = relationship.strain_clock
    relationship.handed_at = relationship.now


def introduction_carries_the_bond(introduction: int, p: GoodwillParameters) -> float:
    """T26. What an introduction hands on of the bond with the predecessor."""
    if introduction == WARM:
        return p.introduced_warm
    return p.introduced_cold if introduction == COLD else p.introduced_none


def acquaintance_softens(factor: float, p: GoodwillParameters) -> float:
    """What is handed on of the bond to somebody whom the customer knows already."""
    return 1.0 - p.introduced_known * (1.0 - factor)


def handover_made(state: State, newcomer: int, introduction: int, p: GoodwillParameters) -> None:
    """The newcomer takes over from whoever is current. Who took over at this very instant may still be introduced better."""
    relationship = state.relationship[0]
    relationship.told = 1
    if newcomer != relationship.current or relationship.vacant:
        a_newcomer_starts_below_the_predecessor(state, newcomer, introduction_carries_the_bond(introduction, p), p)
    elif relationship.handed_at == relationship.now:
        late_introduction_lifts_less(state, introduction, 1.0, p)


def a_newcomer_starts_below_the_predecessor(state: State, newcomer: int, factor: float, p: GoodwillParameters) -> None:
    """T27. Who takes over is trusted no more than the institution, the predecessor and they themselves, and only as far as introduced.

    Whom the customer knows already loses less by it. What rises later, the newcomer earns.
    """
    relationship, party = state.relationship[0], state.parties[newcomer]
    relationship.acquainted = party.known
    strange = 0.0
    if party.known:
        factor = acquaintance_softens(factor, p)
        own, institution = trust_of(state, newcomer, p), trust_of(state, INSTITUTION, p)
        if own < institution:
            strange = max(0.0, -math.log(max(own, LEAST) / institution) - relationship.strain)
    else:
        arrive(state, party)
    introduced = -math.log(factor)
    if relationship.vacant:
        introduced = max(introduced, departure_loses_the_bond(p))
    take_over(state, newcomer, introduced)
    relationship.strain += strange


LEAST = 1e-9
"""Less than this of somebody's trust is not told apart."""


def late_introduction_lifts_less(state: State, introduction: int, share: float, p: GoodwillParameters) -> None:
    """T63. An introduction after the handover takes off what it would have spared then, the less the later."""
    relationship = state.relationship[0]
    if relationship.introduced <= 0.0:
        return
    factor = introduction_carries_the_bond(introduction, p)
    if relationship.acquainted:
        factor = acquaintance_softens(factor, p)
    spared = max(0.0, relationship.introduced + math.log(factor)) * share
    days = days_between(relationship.handed_at, relationship.now)
    spared *= math.exp(-days / p.introduced_late_days)
    relationship.introduced -= spared
    spared = rest(spared, relationship.introduced_clock, relationship.strain_clock, p)
    relationship.strain = max(0.0, relationship.strain - spared)


def introduction_made(state: State, index: int, manner: int, made_by: int, certainty: float, p: GoodwillParameters) -> bool:
    """Somebody who took over is introduced after all; returns whether that was open."""
    relationship = state.relationship[0]
    if index != relationship.current or relationship.vacant or relationship.strain <= 0.0:
        return False
    share = p.introduced_by_self if made_by == BY_SELF else p.introduced_by_other if made_by == BY_OTHER else 1.0
    late_introduction_lifts_less(state, manner, certainty * share, p)
    return True


def representative_left(state: State, index: int) -> None:
    """The person is gone; if it was the current one, the bond with them is lost."""
    relationship = state.relationship[0]
    if index != NOBODY and relationship.current == index:
        relationship.vacant = 1
