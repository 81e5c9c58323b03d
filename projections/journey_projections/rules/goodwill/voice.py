"""What the customer says and does: praise, scores, complaints, requests, word of mouth, and the end."""

from math import exp

from journey_projections.encoding import codes
from journey_projections.encoding.codes import INSTITUTION, NEVER, NOBODY, NOTHING, ORGANISATION
from journey_projections.encoding.numbering import Encoded
from journey_projections.rules.goodwill import causes
from journey_projections.rules.goodwill.breaches import warn
from journey_projections.rules.goodwill.conduct import good
from journey_projections.rules.goodwill.failures import lets_wait
from journey_projections.rules.goodwill.levels import HALF, days_between, side_trust, trust_of
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.people import meet
from journey_projections.rules.goodwill.recovery import restore
from journey_projections.rules.goodwill.responses import an_answer_stops_the_clock
from journey_projections.rules.goodwill.state import (
    ANSWERED,
    COMPLAINT,
    COSTLY,
    COURTESY,
    DECEPTION,
    FAILURE,
    PATIENT,
    REQUEST,
    RESPONSE,
    SLIP,
    State,
)
from journey_projections.rules.goodwill.views import exit_risk
from journey_projections.rules.goodwill.waiting import patience_shortens, stop_waiting, wait_for


def voice(state: State, touchpoint: Encoded, side: int, p: GoodwillParameters) -> int:
    """What the customer says and does: praise, scores and purchases move a little; complaints and requests wait for an answer."""
    kind = touchpoint.kind
    if kind == codes.FEEDBACK_GIVEN:
        return scores_are_testimony(state, touchpoint, p)
    if kind == codes.PRAISE_GIVEN:
        meet(state, touchpoint.actor, p)
        good(state, ORGANISATION, touchpoint.actor, 0.0, p.praise_gain * touchpoint.amount * touchpoint.certainty, 0.0, p)
        return causes.KINDNESS
    if kind == codes.WORD_OF_MOUTH_HEARD:
        word_of_mouth_warns(state, max(0.0, -touchpoint.amount) * touchpoint.certainty, p)
        return causes.WORD_OF_MOUTH
    if kind == codes.COMPLAINT_VOICED:
        return complaint_voiced(state, touchpoint, p)
    if kind == codes.REQUEST_MADE and side != ORGANISATION:
        return request_made(state, touchpoint, p)
    if kind == codes.PURCHASE_MADE and side != ORGANISATION:
        good(state, side, NOBODY, p.purchase_gain * touchpoint.certainty, 0.0, 0.0, p)
        return causes.CUSTOMERS_SIDE
    return ending(state, touchpoint, p)


def scores_are_testimony(state: State, touchpoint: Encoded, p: GoodwillParameters) -> int:
    """T29. A score corrects trust a little unless a failure explains it already; low ones in a row are testimony, and weigh ever more."""
    relationship, lead = state.relationship[0], state.parties[INSTITUTION]
    falling_scores_warn(state, touchpoint.amount, touchpoint.certainty, p)
    explained = lead.failed and days_between(lead.failed_at, relationship.now) < p.explained_days
    if explained or state.sides[ORGANISATION].open_episodes > 0:
        return causes.FEEDBACK
    trust = trust_of(state, INSTITUTION, p)
    if touchpoint.amount > trust:
        good(state, ORGANISATION, NOBODY, 0.0, p.feedback * touchpoint.certainty * (touchpoint.amount - trust), touchpoint.amount, p)
        relationship.low_scores = 0.0
        relationship.heard = 0.0
    elif touchpoint.amount < trust:
        hear_a_low_score(state, touchpoint.amount, touchpoint.certainty, trust, p)
    return causes.FEEDBACK


def hear_a_low_score(state: State, score: float, certainty: float, trust: float, p: GoodwillParameters) -> None:
    """Take a score below the trust there was; those of one day count as one at the most, against the trust that the day began with."""
    relationship, lead = state.relationship[0], state.parties[INSTITUTION]
    days = days_between(relationship.scored_at, relationship.now)
    if days >= 1.0:
        relationship.low_scores = (relationship.low_scores + relationship.heard) * exp(-HALF * days / p.scores_days)
        relationship.heard = 0.0
        relationship.heard_trust = 0.0
    relationship.heard_trust = max(relationship.heard_trust, trust)
    relationship.scored_at = relationship.now
    heard = min(certainty * (relationship.heard_trust - score), 1.0 - relationship.heard)
    relationship.heard += heard
    harm = p.feedback_loss * heard * (1.0 + p.scores_grow * relationship.low_scores)
    lead.harm_competence += harm
    lead.harm_goodwill += harm


def falling_scores_warn(state: State, score: float, certainty: float, p: GoodwillParameters) -> None:
    """T64. A score below the last one raises the readiness to leave, by how far it fell."""
    relationship = state.relationship[0]
    if relationship.last_score > score:
        warn(state, p.falling_scores * certainty * (relationship.last_score - score), p)
    relationship.last_score = score


def word_of_mouth_warns(state: State, against: float, p: GoodwillParameters) -> None:
    """T65. What the customer says against the organisation, as far as it is sure, warns of leaving, and makes what is known less sure."""
    warn(state, p.word_alarm * against, p)
    doubt(state, p.word_doubt * against)


def complaint_voiced(state: State, touchpoint: Encoded, p: GoodwillParameters) -> int:
    """T41. A complaint costs nothing: about a known failure it is a chance to have acted first, else it waits for an answer itself."""
    number, is_known = touchpoint.refers, False
    while number != NOTHING:
        wound = state.episodes[number]
        if wound.nature in (FAILURE, RESPONSE, DECEPTION, COURTESY) or (wound.nature == SLIP and wound.severity > 0.0):
            is_known = True
            if not wound.voiced:
                who_complains_still_cares(state, number, p)
            wound.voiced = 1
            wound.spoke_first |= int(wound.acknowledged > 0.0)
            restore(state, number, p)
        number = wound.sibling
    if not is_known:
        severity = touchpoint.amount * touchpoint.certainty
        starts = state.relationship[0].now + patience_shortens(p.patience_complaint, severity, p)
        asks(state, touchpoint.episode, COMPLAINT, starts, severity, p)
    return causes.VOICE


def who_complains_still_cares(state: State, number: int, p: GoodwillParameters) -> None:
    """T40. Once the customer has spoken up, waiting costs less than it would in silence.

    What it has cost stays its cost, so that whoever is told later that they were ignored is not charged for it again.
    """
    wound = state.episodes[number]
    if wound.waits == PATIENT:
        wound.awaited_goodwill *= p.voiced
    elif wound.waits == COSTLY:
        cost = stop_waiting(state, number, p)
        left = p.voiced * (1.0 - cost)
        wound.yet_to_cost *= p.voiced / (cost + left)
        wait_for(state, number, wound.starts, 0.0, (cost + left) * wound.awaited_goodwill, p)


def asks(state: State, number: int, nature: int, starts: int, severity: float, p: GoodwillParameters) -> None:
    """Let the customer wait for an answer to something of that severity; asked again in one episode, the larger of the two holds."""
    number = asked_before(state, number)
    wound = state.episodes[number]
    if wound.waits != ANSWERED and wound.unfelt >= severity:
        return
    if wound.waits != ANSWERED:
        an_answer_stops_the_clock(state, number, True, p)
    if wound.severity <= 0.0:
        wound.nature = nature
        wound.opened_at = state.relationship[0].now
    wound.unfelt = severity
    lets_wait(state, number, NOTHING, starts, 1.0, severity, p)


def asked_before(state: State, number: int) -> int:
    """What the customer asked for in an episode and still waits for; the slot itself where nothing is."""
    one = number
    while one != NOTHING:
        wound = state.episodes[one]
        if wound.waits != ANSWERED and (wound.nature == COMPLAINT or wound.nature == REQUEST):
            return one
        one = wound.sibling
    return number


def request_made(state: State, touchpoint: Encoded, p: GoodwillParameters) -> int:
    """T42. A request waits for an answer: until it is due, else by patience; left unanswered it is a slight by its urgency."""
    now = state.relationship[0].now
    starts = now + patience_shortens(p.patience_request, touchpoint.amount, p)
    if touchpoint.due < NEVER:
        starts = now + max(0, touchpoint.due - touchpoint.at)
    asks(state, touchpoint.episode, REQUEST, starts, p.request_severity * touchpoint.amount * touchpoint.certainty, p)
    return causes.REQUEST


def ending(state: State, touchpoint: Encoded, p: GoodwillParameters) -> int:
    """Ends and returns change the state of the relationship, not the trust in it."""
    relationship = state.relationship[0]
    if touchpoint.kind == codes.RELATIONSHIP_ENDED:
        unexplained = touchpoint.code == codes.EXIT and relationship.ended != codes.EXIT and exit_was_a_surprise(state, p)
        relationship.ended = touchpoint.code
        if unexplained:
            doubt(state, touchpoint.certainty * p.unexplained_exit)
            return causes.UNEXPLAINED_EXIT
    elif touchpoint.kind == codes.RELATIONSHIP_RESUMED:
        relationship.ended = codes.GOING
    elif touchpoint.kind == codes.ENGAGEMENT_COMPLETED:
        relationship.talked = relationship.talk
    return causes.NO_EFFECT


def exit_was_a_surprise(state: State, p: GoodwillParameters) -> bool:
    """T66. An exit of which nothing recorded warned: the loudest sign that something is not known."""
    return exit_risk(state, side_trust(state, ORGANISATION, p), p) < 0.5


def doubt(state: State, share: float) -> None:
    """Take a share off the evidence: what is known explains less than was thought."""
    state.relationship[0].evidence *= 1.0 - share
