"""Good conduct: what everyday contacts build and mend."""

from journey_projections.encoding.codes import NOBODY, ORGANISATION
from journey_projections.rules.goodwill.levels import is_current, shrunk
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.state import Party, State
from journey_projections.rules.goodwill.waiting import good_conduct_eases_waiting
from journey_projections.rules.goodwill.wounds import good_conduct_lifts_the_cap, good_conduct_mends, touch


def good(state: State, side: int, actor: int, competence: float, goodwill: float, deserved: float, p: GoodwillParameters) -> None:
    """A good contact of a quality per dimension: it reaches who acted and, a little less, the institution.

    `deserved` is the level that it lifts towards at the least.
    """
    if competence <= 0.0 and goodwill <= 0.0:
        return
    reach = 1.0
    if actor != NOBODY:
        gains_shrink_as_trust_grows(state, side, state.parties[actor], competence, goodwill, deserved, p)
        reach = p.gain_reach
    if side == ORGANISATION and (actor == NOBODY or is_current(state, actor)):
        the_bond_is_earned(state, max(competence, goodwill), p)
    counted = gains_shrink_as_trust_grows(state, side, state.parties[side], competence * reach, goodwill * reach, deserved, p)
    good_conduct_eases_waiting(state.sides[side], counted[0], counted[1], p)
    if max(competence, goodwill) >= p.good_enough:
        good_conduct_lifts_the_cap(state, side)


def gains_shrink_as_trust_grows(
    state: State, side: int, party: Party, competence: float, goodwill: float, deserved: float, p: GoodwillParameters
) -> tuple[float, float]:
    """T3. A good contact closes a share of the distance to what its quality deserves, within a budget that refills by the day.

    While an episode is open nothing rises above its level at the opening: good contacts only mend wounds. Returns what the budget let
    count of the contact.
    """
    touch(state, party, p)
    competence = min(competence, party.purse_competence)
    goodwill = min(goodwill, party.purse_goodwill)
    party.purse_competence -= competence
    party.purse_goodwill -= goodwill
    party.history += max(competence, goodwill)
    a_word_ends_the_silence(party, max(competence, goodwill), p)
    if state.sides[side].open_episodes == 0:
        party.competence = raised(party.competence, competence, deserved, p)
        party.goodwill = raised(party.goodwill, goodwill, deserved, p)
    good_conduct_mends(party, competence, goodwill, p)
    return competence, goodwill


def a_word_ends_the_silence(party: Party, quality: float, p: GoodwillParameters) -> None:
    """End a party's silence, by a contact too faint to count as good only in part: what is next to nothing starts no years anew."""
    if quality >= p.good_enough:
        party.heard_at = party.touched_at
    else:
        party.heard_at += int(quality / p.good_enough * (party.touched_at - party.heard_at))


def raised(level: float, quality: float, deserved: float, p: GoodwillParameters) -> float:
    """A level after a contact of a quality."""
    return max(level, min(level + p.gain * quality * (1.0 - level), max(deserved, mediocrity_earns_no_devotion(quality))))


def mediocrity_earns_no_devotion(quality: float) -> float:
    """T51. The level that contacts of a quality lift towards, and never past: the middle for nothing, 1 for perfection."""
    short = 1.0 - quality
    return 1.0 - 0.5 * short * short * short * short


def the_bond_is_earned(state: State, quality: float, p: GoodwillParameters) -> None:
    """T62. Good contacts take off what people strained: what they did, and what an introduction left strange about a newcomer."""
    relationship = state.relationship[0]
    if relationship.strain > 0.0:
        relationship.strain *= shrunk(p.mend_gain * min(1.0, quality))
        relationship.strain_clock += min(1.0, quality)
