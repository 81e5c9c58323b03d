"""Who the customer deals with: first meetings, handovers, departures.

Whoever takes over sits in a chair: what the customer trusts them with there is a share of what they trust the person with. The
person's own levels stay as they earned them; good conduct in the chair earns the rest of the share.
"""

from journey_projections.encoding.codes import COLD, INSTITUTION, NOBODY, WARM
from journey_projections.rules.goodwill.levels import bond, chair, competence_of, goodwill_of, person, trust_of
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.state import State


def see(state: State, index: int) -> None:
    """The first representative seen is the one whom the customer deals with."""
    if state.relationship[0].current == NOBODY:
        state.relationship[0].current = index


def meet(state: State, index: int, p: GoodwillParameters) -> None:
    """A representative acts: one whom the customer did not know is trusted like the institution."""
    if index == NOBODY:
        return
    see(state, index)
    if not state.parties[index].known:
        arrive(state, index, competence_of(state, INSTITUTION, p), goodwill_of(state, INSTITUTION, p))
    if state.relationship[0].vacant and state.relationship[0].current != index:
        an_empty_chair_lends_no_trust(state, index, p)


def arrive(state: State, index: int, competence: float, goodwill: float) -> None:
    """Add somebody new, at these levels."""
    party = state.parties[index]
    party.known = 1
    party.touched_at = state.relationship[0].now
    party.competence = competence
    party.goodwill = goodwill


def an_empty_chair_lends_no_trust(state: State, index: int, p: GoodwillParameters) -> None:
    """Who acts in the place of one who left is trusted there for what the empty chair was worth; trusted less, they leave it empty."""
    worth = chair(state, p)
    own = trust_of(state, index, p)
    if own >= worth:
        take_the_chair(state, index, share_of(worth, own), p.introduced_none)


def share_of(lent: float, own: float) -> float:
    """Which share of somebody's own trust is lent them; all of it where many wounds left none."""
    return lent / own if own > 0.0 else 1.0


def take_the_chair(state: State, index: int, seat: float, introduced: float) -> None:
    """The customer deals with this person from now on, and trusts them there with that share of what they trust the person with."""
    relationship = state.relationship[0]
    relationship.current = index
    relationship.vacant = 0
    relationship.seat = seat
    relationship.seated_at = relationship.now
    relationship.introduced = introduced


def the_chair_is_earned(state: State, share: float) -> None:
    """A good contact with whoever took over earns a share of what the introduction did not hand on."""
    relationship = state.relationship[0]
    relationship.seat += share * (1.0 - relationship.seat)


def introduction_carries_the_bond(introduction: int, p: GoodwillParameters) -> float:
    """T26. What an introduction hands on of the bond with the predecessor."""
    if introduction == WARM:
        return p.introduced_warm
    return p.introduced_cold if introduction == COLD else p.introduced_none


def a_newcomer_starts_below_the_predecessor(state: State, newcomer: int, factor: float, p: GoodwillParameters) -> None:
    """T27. Who takes over is trusted no more than the institution and the predecessor, and only as far as introduced.

    Whom the customer knows already loses less by it, and in the chair only. What rises later, the newcomer earns.
    """
    if state.parties[newcomer].known:
        own = trust_of(state, newcomer, p)
        lent = min(own, bond(state, p), trust_of(state, INSTITUTION, p))
        take_the_chair(state, newcomer, share_of(acquaintance_softens(factor, p) * lent, own), factor)
        return
    predecessor, seat = person(state), state.relationship[0].seat
    competence = min(competence_of(state, INSTITUTION, p), seat * competence_of(state, predecessor, p))
    goodwill = min(goodwill_of(state, INSTITUTION, p), seat * goodwill_of(state, predecessor, p))
    arrive(state, newcomer, competence * factor, goodwill * factor)
    take_the_chair(state, newcomer, 1.0, factor)


def acquaintance_softens(factor: float, p: GoodwillParameters) -> float:
    """What is handed on of the bond to somebody whom the customer knows already."""
    return 1.0 - p.introduced_known * (1.0 - factor)


def handover_made(state: State, newcomer: int, factor: float, p: GoodwillParameters) -> None:
    """The newcomer takes over from whoever is current. Who took over at this very instant may still be introduced better."""
    relationship = state.relationship[0]
    if newcomer != relationship.current or relationship.vacant:
        a_newcomer_starts_below_the_predecessor(state, newcomer, factor, p)
    elif relationship.seated_at == relationship.now and factor > relationship.introduced:
        if relationship.seat < 1.0:
            relationship.seat *= acquaintance_softens(factor, p) / acquaintance_softens(relationship.introduced, p)
        else:
            party = state.parties[newcomer]
            party.competence *= factor / relationship.introduced
            party.goodwill *= factor / relationship.introduced
        relationship.introduced = factor


def representative_left(state: State, index: int) -> None:
    """The person is gone; if it was the current one, the chair is empty."""
    relationship = state.relationship[0]
    if relationship.current == index:
        relationship.vacant = 1
