"""Breaches: what failures, slights and bad responses do, to trust and to the readiness to stay."""

import math
from typing import NamedTuple

from journey_projections.encoding.codes import NOBODY, ORGANISATION
from journey_projections.rules.goodwill.levels import DAY, HALF, days_between, relationship_trust, trust_of
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.state import FAILURE, SLIP, Party, State, Wound
from journey_projections.rules.goodwill.wounds import deepen, open_wound


class Trusted(NamedTuple):
    """The trust that a breach finds: in the side's own party, and the larger of that and the actor's, which it betrays."""

    lead: float
    prior: float


def trusted(state: State, side: int, actor: int, severity: float, p: GoodwillParameters) -> Trusted:
    """What a breach of a severity finds; without any it finds nothing."""
    if severity <= 0.0:
        return Trusted(0.0, 0.0)
    lead = trust_of(state, side, p)
    return Trusted(lead, lead if actor == NOBODY else max(lead, trust_of(state, actor, p)))


def good_history_buffers_competence_breach(state: State, party: Party, severity: float, p: GoodwillParameters) -> float:
    """T4. The harm, in log shares, of a competence breach: it shrinks with good history and grows right after another failure."""
    buffer = 1.0 - p.buffer_max * party.history / (party.history + p.buffer_half)
    harm = p.competence_loss * severity * buffer
    if party.failed:
        harm *= 1.0 + p.close_failure_extra * math.exp(-days_between(party.failed_at, state.relationship[0].now) / p.close_failure_days)
    return harm


def relational_breach_grows_with_goodwill(state: State, side: int, actor: int, severity: float, p: GoodwillParameters) -> float:
    """T5. The harm, in log shares, of a breach of benevolence or integrity: the more trust there was, the more it destroys."""
    if severity <= 0.0:
        return 0.0
    return betrayed(trusted(state, side, actor, severity, p).prior, severity, p)


def betrayed(prior: float, severity: float, p: GoodwillParameters) -> float:
    """The harm of a relational breach of a trust."""
    return p.relational_loss * weight_of(severity, p) * (1.0 + p.betrayal * prior)


def weight_of(severity: float, p: GoodwillParameters) -> float:
    """How much a relational breach weighs: more than in proportion up to 1, and as steeply beyond."""
    mild = p.relational_convexity
    if severity <= 1.0:
        return severity * (mild + (1.0 - mild) * severity)
    return 1.0 + (severity - 1.0) * (2.0 - mild)


def slights_of_a_day_add_up(state: State, side: int, before: Trusted, severity: float, p: GoodwillParameters) -> float:
    """T52. The harm of a slight, judged with those of the day before it, so that they do not come cheaper by the dozen."""
    if severity <= 0.0:
        return 0.0
    record = state.sides[side]
    prior, slipped = before.prior, 0.0
    if state.relationship[0].now - record.slipped_at < DAY:
        prior, slipped = max(prior, record.betrayed), record.slipped
    return p.relational_loss * (weight_of(slipped + severity, p) - weight_of(slipped, p)) * (1.0 + p.betrayal * prior)


def remember_slight(state: State, side: int, before: Trusted, severity: float, stake: float) -> float:
    """Add a slight to the day's; returns the stake that the day's slights find, the largest of it."""
    record, now = state.sides[side], state.relationship[0].now
    if now - record.slipped_at >= DAY:
        record.slipped = 0.0
        record.betrayed = 0.0
        record.stake = 0.0
    record.betrayed = max(record.betrayed, before.prior)
    record.stake = max(record.stake, stake)
    record.slipped += severity
    record.slipped_at = now
    return record.stake


def being_treated_as_a_number_hurts_old_customers(state: State, side: int, p: GoodwillParameters) -> float:
    """T6. The severity of not recognising somebody: none for a stranger, growing with the history."""
    history = state.parties[side].history
    return p.unrecognised * history / (history + p.unrecognised_half)


def little_trust_leaves_little_to_lose(state: State, side: int, lead: float, p: GoodwillParameters) -> float:
    """T34. The share of a harm that still finds something to destroy, by the trust in a side's own party: all, until it is very little."""
    return min(1.0, relationship_trust(state, side, lead, p) / p.stake_floor)


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

    `severity` is what the episode is remembered by. A severity times a certainty too small for a double is none.
    """
    if severity > 0.0 and (competence > 0.0 or relational > 0.0):
        scale = little_trust_leaves_little_to_lose(state, side, trust_of(state, side, p), p)
        wounded(state, side, actor, number, nature, competence, relational, severity, scale, p)


def slip(
    state: State,
    side: int,
    actor: int,
    number: int,
    competence: float,
    relational: float,
    severity: float,
    slighted: float,
    before: Trusted,
    p: GoodwillParameters,
) -> None:
    """Take a breach within a contact: as `breach`, and `slighted` is what the day's slights grow by."""
    if severity > 0.0 and (competence > 0.0 or relational > 0.0):
        scale = little_trust_leaves_little_to_lose(state, side, before.lead, p)
        scale = remember_slight(state, side, before, slighted, scale)
        wounded(state, side, actor, number, SLIP, competence, relational, severity, scale, p)


def wounded(
    state: State,
    side: int,
    actor: int,
    number: int,
    nature: int,
    competence: float,
    relational: float,
    severity: float,
    scale: float,
    p: GoodwillParameters,
) -> None:
    """Charge a share of a breach and open its wound; a slip below the threshold of an episode opens nothing."""
    wound = state.episodes[number]
    wound.side = side
    wound.actor = actor
    charge(state, number, actor, competence, relational, scale, p)
    if nature != SLIP or severity >= p.trifle:
        open_wound(state, number, side, actor, nature, p)
        wound.severity = max(wound.severity, severity)
        wound.is_relational = int(relational > 0.0)
        remember_failure(state, wound, state.parties[side], competence > 0.0)
        if actor != NOBODY:
            remember_failure(state, wound, state.parties[actor], competence > 0.0)


def charge(state: State, number: int, actor: int, competence: float, relational: float, scale: float, p: GoodwillParameters) -> None:
    """Charge a wound's parties with so much of a severity and of a relational harm, and warn of leaving."""
    lead, own = charges(state, state.episodes[number].side, actor, competence, relational, scale, p)
    deepen(state, number, lead[0], lead[1], own[0], own[1], p)
    impulse_to_leave_comes_at_once(state, number, lead[0], lead[1], p)


def charges(
    state: State, side: int, actor: int, competence: float, relational: float, scale: float, p: GoodwillParameters
) -> tuple[tuple[float, float], tuple[float, float]]:
    """What so much of a severity and of a relational harm take of the side's own party, and of who acted: (competence, goodwill) each."""
    competence_lead = scale * good_history_buffers_competence_breach(state, state.parties[side], competence, p)
    relational_lead = scale * relational
    competence_actor = 0.0
    relational_actor = 0.0
    if actor != NOBODY:
        competence_actor = scale * good_history_buffers_competence_breach(state, state.parties[actor], competence, p)
        relational_actor = relational_lead
        competence_lead = a_persons_act_is_charged_to_the_institution(min(competence_lead, competence_actor), p)
        relational_lead = a_persons_act_is_charged_to_the_institution(relational_lead, p)
    return (competence_lead, relational_lead), (competence_actor, relational_actor)


def a_persons_act_is_charged_to_the_institution(harm: float, p: GoodwillParameters) -> float:
    """T7. What the institution takes of a representative's breach: most of it, never all."""
    return p.institution_reach * harm


def remember_failure(state: State, wound: Wound, party: Party, of_competence: bool) -> None:
    """Hold a failure against a party, so that a later one of the same kind, or close in time, is known for what it is.

    A failure recurs as far as the worst that was made good before it, and was to be prevented from then on, weighs up to it.
    """
    party.failed = 1
    party.failed_at = state.relationship[0].now
    if wound.nature == FAILURE:
        before = party.competence_failed if of_competence else party.relational_failed
        wound.recurrence = max(wound.recurrence, min(1.0, before / wound.severity))


def impulse_to_leave_comes_at_once(state: State, number: int, competence: float, relational: float, p: GoodwillParameters) -> None:
    """T31. A breach, above all a relational one, raises the readiness to leave at the moment it happens."""
    wound = state.episodes[number]
    if wound.side != ORGANISATION:
        return
    staying = (1.0 - p.alarm_competence * (1.0 - math.exp(-competence))) * (1.0 - p.alarm_relational * (1.0 - math.exp(-relational)))
    alarm = -math.log(max(staying, LEAST_STAYING))
    now = state.relationship[0].now
    wound.alarm = readiness_to_leave_cools_slowly(wound.alarm, wound.alarm_at, now, p) + alarm
    wound.alarm_at = now
    warn(state, alarm, p)


LEAST_STAYING = 1e-9
"""Nobody is surer to leave than this leaves of staying."""


def warn(state: State, alarm: float, p: GoodwillParameters) -> None:
    """Raise the readiness to leave, by a log share."""
    relationship = state.relationship[0]
    relationship.alarm = max(0.0, readiness_to_leave_cools_slowly(relationship.alarm, relationship.alarm_at, relationship.now, p) + alarm)
    relationship.alarm_at = relationship.now


def readiness_to_leave_cools_slowly(alarm: float, since: int, now: int, p: GoodwillParameters) -> float:
    """T32. What is left of a readiness to leave; no recovery lowers it, only time and innocence do."""
    return alarm * math.exp(-HALF * days_between(since, now) / p.alarm_days) if alarm > 0.0 else 0.0
