"""Who the customer deals with: first meetings, handovers, departures."""

from journey_projections.codes import COLD, INSTITUTION, NOBODY, WARM
from journey_projections.goodwill.levels import competence_of, goodwill_of
from journey_projections.goodwill.parameters import GoodwillParameters
from journey_projections.goodwill.state import State
from journey_projections.goodwill.wounds import touch


def meet(state: State, index: int, p: GoodwillParameters) -> None:
    """A representative seen for the first time starts from the institution's trust, or takes the empty chair."""
    relationship = state.relationship[0]
    if index == NOBODY:
        return
    if relationship.vacant and relationship.current != index:
        a_newcomer_starts_below_the_predecessor(state, index, p.introduced_none, p)
    elif not state.parties[index].known:
        arrive(state, index, competence_of(state, INSTITUTION, p), goodwill_of(state, INSTITUTION, p))
    if relationship.current == NOBODY:
        relationship.current = index


def arrive(state: State, index: int, competence: float, goodwill: float) -> None:
    """Somebody new is met, at these levels."""
    party = state.parties[index]
    party.known = 1
    party.touched_at = state.relationship[0].now
    party.competence = competence
    party.goodwill = goodwill


def introduction_carries_the_bond(introduction: int, p: GoodwillParameters) -> float:
    """T26. What an introduction hands on of the bond with the predecessor."""
    if introduction == WARM:
        return p.introduced_warm
    return p.introduced_cold if introduction == COLD else p.introduced_none


def a_newcomer_starts_below_the_predecessor(state: State, newcomer: int, factor: float, p: GoodwillParameters) -> None:
    """T27. Who takes over is trusted no more than the institution and the predecessor, and only as far as introduced.

    Whoever the customer knows already loses less by it. What rises later, the newcomer earns.
    """
    relationship = state.relationship[0]
    competence = competence_of(state, INSTITUTION, p)
    goodwill = goodwill_of(state, INSTITUTION, p)
    if relationship.current != NOBODY:
        competence = min(competence, competence_of(state, relationship.current, p))
        goodwill = min(goodwill, goodwill_of(state, relationship.current, p))
    if state.parties[newcomer].known:
        factor = 1.0 - p.introduced_known * (1.0 - factor)
        own_competence = competence_of(state, newcomer, p)
        own_goodwill = goodwill_of(state, newcomer, p)
        party = touch(state, newcomer, p)
        party.competence *= factor * min(competence, own_competence) / own_competence
        party.goodwill *= factor * min(goodwill, own_goodwill) / own_goodwill
    else:
        arrive(state, newcomer, competence * factor, goodwill * factor)
    relationship.current = newcomer
    relationship.vacant = 0


def handover_made(state: State, predecessor: int, newcomer: int, factor: float, p: GoodwillParameters) -> None:
    """The newcomer takes over from whoever is current, else from the named predecessor."""
    relationship = state.relationship[0]
    if newcomer == predecessor or (newcomer == relationship.current and not relationship.vacant):
        return
    if relationship.current == NOBODY and predecessor != NOBODY and state.parties[predecessor].known:
        relationship.current = predecessor
    a_newcomer_starts_below_the_predecessor(state, newcomer, factor, p)


def representative_left(state: State, index: int) -> None:
    """The person is gone; if it was the current one, the chair is empty."""
    relationship = state.relationship[0]
    if relationship.current == index:
        relationship.vacant = 1
