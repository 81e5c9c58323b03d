"""Good conduct and breaches: what everyday contacts and failures do."""

import math

from journey_projections.encoding.codes import CUSTOMER, INSTITUTION, NOBODY, NOTHING, ORGANISATION
from journey_projections.rules.goodwill.levels import days_between, side_trust, trust_of
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.people import the_chair_is_earned
from journey_projections.rules.goodwill.state import FAILURE, SLIP, State, Wound
from journey_projections.rules.goodwill.wounds import deepen, good_conduct_lifts_the_cap, lower, mended, open_episode, open_one_of, touch


def lead_of(side: int) -> int:
    """The party that stands for a side: the institution, or the customer."""
    return INSTITUTION if side == ORGANISATION else CUSTOMER


def good(state: State, side: int, actor: int, competence: float, goodwill: float, p: GoodwillParameters) -> None:
    """A good contact of a quality per dimension: it reaches who acted and, a little less, the institution."""
    if competence <= 0.0 and goodwill <= 0.0:
        return
    reach = 1.0
    if actor != NOBODY:
        gains_shrink_as_trust_grows(state, side, actor, competence, goodwill, p)
        reach = p.gain_reach
    gains_shrink_as_trust_grows(state, side, lead_of(side), competence * reach, goodwill * reach, p)
    if max(competence, goodwill) >= p.good_enough:
        good_conduct_lifts_the_cap(state, side, p)


def gains_shrink_as_trust_grows(state: State, side: int, index: int, competence: float, goodwill: float, p: GoodwillParameters) -> None:
    """T3. A good contact closes a share of the distance that remains, within a budget that refills by the day.

    While an episode is open nothing rises above its level at the opening: good contacts only mend wounds.
    """
    party = touch(state, index, p)
    competence = min(competence, party.purse_competence)
    goodwill = min(goodwill, party.purse_goodwill)
    party.purse_competence -= competence
    party.purse_goodwill -= goodwill
    party.history += max(competence, goodwill)
    if state.sides[side].open_episodes == 0:
        party.competence += p.gain * competence * (1.0 - party.competence)
        party.goodwill += p.gain * goodwill * (1.0 - party.goodwill)
        if index == state.relationship[0].current:
            the_chair_is_earned(state, p.gain * max(competence, goodwill))
    if party.wound_competence < 1.0 or party.wound_goodwill < 1.0:
        mended(state, index, side, p.mend_gain * competence, p.mend_gain * goodwill, p)


def good_history_buffers_competence_breach(state: State, index: int, severity: float, p: GoodwillParameters) -> float:
    """T4. The harm, in log shares, of a competence breach: it shrinks with good history and grows right after another failure."""
    party = state.parties[index]
    buffer = 1.0 - p.buffer_max * party.history / (party.history + p.buffer_half)
    harm = p.competence_loss * severity * buffer
    if party.failed:
        harm *= 1.0 + p.close_failure_extra * math.exp(-days_between(party.failed_at, state.relationship[0].now) / p.close_failure_days)
    return harm


def relational_breach_grows_with_goodwill(prior: float, severity: float, p: GoodwillParameters) -> float:
    """T5. The harm, in log shares, of a breach of benevolence or integrity: the more trust there was, the more it destroys."""
    mild = p.relational_convexity
    return p.relational_loss * severity * (mild + (1.0 - mild) * severity) * (1.0 + p.betrayal * prior)


def being_treated_as_a_number_hurts_old_customers(state: State, side: int, p: GoodwillParameters) -> float:
    """T6. The severity of not recognising somebody: none for a stranger, growing with the history."""
    history = state.parties[lead_of(side)].history
    return p.unrecognised * history / (history + p.unrecognised_half)


def prior_trust(state: State, side: int, actor: int, p: GoodwillParameters) -> float:
    """The trust that a breach betrays: the larger of the actor's and the side's own."""
    trust = trust_of(state, lead_of(side), p)
    return trust if actor == NOBODY else max(trust, trust_of(state, actor, p))


def little_trust_leaves_little_to_lose(state: State, side: int, p: GoodwillParameters) -> float:
    """T34. The share of a harm that still finds something to destroy: all of it, until very little trust is left."""
    return min(1.0, side_trust(state, side, p) / p.stake_floor)


def breach(
    state: State,
    side: int,
    actor: int,
    number: int,
    nature: int,
    competence: float,
    relational: float,
    severity: float,
    p: GoodwillParameters,
) -> None:
    """Take a breach: `competence` is a severity, `relational` a harm; both are charged to the actor and, less, to the institution.

    A slip below the threshold of an episode lowers the levels at once and opens nothing. A further failure in an open
    episode is not a recurrence of itself. A severity times a certainty too small for a double is none.
    """
    if severity <= 0.0 or (competence <= 0.0 and relational <= 0.0):
        return
    lead = lead_of(side)
    touch(state, lead, p)
    scale = little_trust_leaves_little_to_lose(state, side, p)
    competence_lead = scale * good_history_buffers_competence_breach(state, lead, competence, p)
    relational_lead = scale * relational
    competence_actor = 0.0
    relational_actor = 0.0
    if actor != NOBODY:
        touch(state, actor, p)
        competence_actor = scale * good_history_buffers_competence_breach(state, actor, competence, p)
        relational_actor = relational_lead
        competence_lead = a_persons_act_is_charged_to_the_institution(min(competence_lead, competence_actor), p)
        relational_lead = a_persons_act_is_charged_to_the_institution(relational_lead, p)
    if nature == SLIP and severity < p.trifle:
        lower(state, lead, math.exp(-competence_lead), math.exp(-relational_lead), p)
        if actor != NOBODY:
            lower(state, actor, math.exp(-competence_actor), math.exp(-relational_actor), p)
    else:
        episode = open_episode(state, number, side, actor, nature)
        episode.severity = max(episode.severity, severity)
        episode.competence_lead += competence_lead
        episode.goodwill_lead += relational_lead
        episode.competence_actor += competence_actor
        episode.goodwill_actor += relational_actor
        deepen(state, lead, competence_lead, relational_lead)
        remember_failure(state, episode, lead, competence > 0.0)
        if actor != NOBODY:
            deepen(state, actor, competence_actor, relational_actor)
            remember_failure(state, episode, actor, competence > 0.0)
    impulse_to_leave_comes_at_once(state, side, competence_lead, relational_lead, p)


def a_persons_act_is_charged_to_the_institution(harm: float, p: GoodwillParameters) -> float:
    """T7. What the institution takes of a representative's breach: most of it, never all."""
    return p.institution_reach * harm


def remember_failure(state: State, episode: Wound, index: int, of_competence: bool) -> None:
    """Hold a failure against a party, so that a later one of the same kind, or close in time, is known for what it is.

    A failure recurs as far as the worst before it weighs up to it; a further one in an episode still open, as far as that one did.
    """
    party = state.parties[index]
    party.failed = 1
    party.failed_at = state.relationship[0].now
    if episode.nature == FAILURE:
        before = party.competence_failed if of_competence else party.relational_failed
        recurrence = min(1.0, before / episode.severity)
        earlier = open_one_of(state, episode.sibling)
        if earlier != NOTHING and state.episodes[earlier].nature == FAILURE:
            recurrence = state.episodes[earlier].recurrence
        episode.recurrence = max(episode.recurrence, recurrence)
        if of_competence:
            party.competence_failed = max(party.competence_failed, episode.severity)
        else:
            party.relational_failed = max(party.relational_failed, episode.severity)


def impulse_to_leave_comes_at_once(state: State, side: int, competence: float, relational: float, p: GoodwillParameters) -> None:
    """T31. A breach, above all a relational one, raises the readiness to leave at the moment it happens."""
    if side != ORGANISATION:
        return
    relationship = state.relationship[0]
    relationship.alarm = readiness_to_leave_cools_slowly(state, p)
    relationship.alarm_at = relationship.now
    relationship.alarm += (1.0 - relationship.alarm) * p.alarm_competence * (1.0 - math.exp(-competence))
    relationship.alarm += (1.0 - relationship.alarm) * p.alarm_relational * (1.0 - math.exp(-relational))


def readiness_to_leave_cools_slowly(state: State, p: GoodwillParameters) -> float:
    """T32. The readiness to leave that is left by now; no recovery lowers it, only time does."""
    relationship = state.relationship[0]
    if relationship.alarm <= 0.0:
        return relationship.alarm
    return relationship.alarm * math.exp(-math.log(2.0) * days_between(relationship.alarm_at, relationship.now) / p.alarm_days)
