"""Promises: what was promised for a date, what arrived, and how late."""

from math import isnan

from journey_projections.encoding.codes import NEVER, NOTHING, ORGANISATION
from journey_projections.encoding.numbering import Encoded
from journey_projections.rules.goodwill import causes
from journey_projections.rules.goodwill.breaches import (
    Trusted,
    charges,
    impulse_to_leave_comes_at_once,
    little_trust_leaves_little_to_lose,
    slights_of_a_day_add_up,
    slip,
    trusted,
)
from journey_projections.rules.goodwill.conduct import good
from journey_projections.rules.goodwill.failures import a_foretold_risk_softens
from journey_projections.rules.goodwill.levels import days_between, talked_over
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.responses import an_answer_stops_the_clock
from journey_projections.rules.goodwill.state import COSTLY, PROMISE, Promise, State
from journey_projections.rules.goodwill.waiting import stop_waiting, wait_for
from journey_projections.rules.goodwill.wounds import deepen, rest


def promise_made(state: State, touchpoint: Encoded, side: int, p: GoodwillParameters) -> None:
    """A promise, or the same one anew: its date may be put off until it is overdue, and no longer."""
    relationship, promise = state.relationship[0], state.promises[touchpoint.subject]
    now = relationship.now
    is_overdue = promise.wound != NOTHING and state.episodes[promise.wound].waits == COSTLY
    promise.level = touchpoint.amount
    promise.elicited = touchpoint.flag
    if not promise.made:
        promise.talked = relationship.talked
    promise.made = 1
    if is_overdue:
        return
    if promise.wound != NOTHING:
        stop_waiting(state, promise.wound, p)
    promise.wound = NOTHING
    promise.made_at = now
    promise.due = NEVER if touchpoint.due == NEVER else now + (touchpoint.due - touchpoint.at)
    wound = state.episodes[touchpoint.episode]
    wound.side = side
    wound.certainty = touchpoint.certainty
    promise_waits(state, touchpoint.episode, promise, p)


def promise_waits(state: State, number: int, promise: Promise, p: GoodwillParameters) -> None:
    """Let what was promised wait for its delivery from its date on."""
    wound = state.episodes[number]
    wound.nature = PROMISE
    wound.talked = promise.talked
    wound.unfelt = beyond_the_zone_a_miss_is_a_breach(-promise.level, p.zone + p.zone_elicited * promise.elicited)
    if promise.due < NEVER and wound.unfelt > 0.0:
        promise.wound = number
        wait_for(state, number, max(promise.due, promise.made_at), 0.0, 0.0, p)


def delivery(state: State, touchpoint: Encoded, side: int, actor: int, p: GoodwillParameters) -> int:
    """What was perceived, else delivered, and how late, against what was promised, inside or outside the zone of tolerance."""
    relationship = state.relationship[0]
    promised = 0.5 if isnan(touchpoint.second) else touchpoint.second
    zone, known, late = p.zone, NOTHING, 0.0
    received = touchpoint.amount if isnan(touchpoint.third) else touchpoint.third
    if touchpoint.subject != NOTHING and state.promises[touchpoint.subject].made:
        known = touchpoint.subject
        promise = state.promises[known]
        late = 1.0 - late_is_less(promise.made_at, promise.due, relationship.now, p)
        received *= 1.0 - late
        if isnan(touchpoint.second):
            promised = promise.level
        if promise.elicited:
            zone += p.zone_elicited
    gap = received - promised
    miss = a_foretold_risk_softens(state, touchpoint.topic, beyond_the_zone_a_miss_is_a_breach(gap, zone), p)
    if side == ORGANISATION:
        since = relationship.talked if known == NOTHING else state.promises[known].talked
        miss = honest_talk_softens_a_miss(miss, talked_over(relationship, since, p))
        relationship.talked = relationship.talk
        if known != NOTHING:
            state.promises[known].talked = relationship.talk
    certainty, broken, number = touchpoint.certainty, 0.0, NOTHING
    if known != NOTHING:
        broken, number = max(miss, late * promised), state.promises[known].wound
    if number != NOTHING and state.episodes[number].waits == COSTLY:
        settle(state, number, actor, miss, broken, certainty, p)
    else:
        before = trusted(state, side, actor, max(miss, broken), p)
        word = certainty * a_broken_word_is_a_breach_of_integrity(state, side, before, broken, p)
        slighted = certainty * p.broken_word * broken
        slip(state, side, actor, touchpoint.episode, certainty * miss, word, max(miss, broken), slighted, before, p)
    if number != NOTHING:
        stop_waiting(state, number, p)
    if miss <= 0.0:
        good(state, side, actor, certainty * delivery_is_judged_by_the_promise(gap, zone, p), 0.0, 1.0, p)
        if touchpoint.refers != NOTHING:
            an_answer_stops_the_clock(state, touchpoint.refers, True, p)
    if side != ORGANISATION:
        return causes.CUSTOMERS_SIDE
    if miss > 0.0:
        return causes.BROKEN_PROMISE
    return causes.LATE if known != NOTHING and relationship.now > state.promises[known].due else causes.KEPT_PROMISE


def settle(state: State, number: int, actor: int, miss: float, broken: float, certainty: float, p: GoodwillParameters) -> None:
    """What arrives late is charged its share of what it would have cost never to arrive, as far as good conduct has left that.

    That is no less than the same miss by the same person would have cost in time: of somebody who is trusted more than the institution
    it disappoints more.
    """
    wound = state.episodes[number]
    party = state.parties[wound.side]
    left_competence = rest(1.0, wound.awaited_clock_competence, party.mended_competence, p)
    left_goodwill = rest(1.0, wound.awaited_clock_goodwill, party.mended_goodwill, p)
    stop_waiting(state, number, p)
    if wound.unfelt <= 0.0:
        return
    competence = certainty * min(1.0, miss / wound.unfelt) * wound.awaited_competence
    goodwill = certainty * min(1.0, broken / wound.unfelt) * wound.awaited_goodwill
    severity = max(miss, min(broken, wound.unfelt))
    before = trusted(state, wound.side, actor, severity, p)
    word = a_broken_word_is_a_breach_of_integrity(state, wound.side, before, severity, p)
    scale = certainty * little_trust_leaves_little_to_lose(state, wound.side, before.lead, p)
    lead, own = charges(state, wound.side, actor, miss, word, scale, p)
    competence_lead, goodwill_lead = max(competence, left_competence * lead[0]), max(goodwill, left_goodwill * lead[1])
    competence, goodwill = max(competence, left_competence * own[0]), max(goodwill, left_goodwill * own[1])
    wound.actor = actor
    wound.severity = max(wound.severity, broken)
    deepen(state, number, competence_lead, goodwill_lead, competence, goodwill, p)
    impulse_to_leave_comes_at_once(state, number, competence_lead, goodwill_lead, p)


def late_is_less(made_at: int, due: int, now: int, p: GoodwillParameters) -> float:
    """T47. What is left of a delivery that came late, by how late against how long it was promised ahead; before its date all of it."""
    if now <= due:
        return 1.0
    ahead = max(p.lateness_days, days_between(made_at, due))
    return ahead / (ahead + days_between(due, now))


def a_broken_word_is_a_breach_of_integrity(state: State, side: int, before: Trusted, miss: float, p: GoodwillParameters) -> float:
    """T48. The relational harm of a miss of what was promised: a word was given."""
    return slights_of_a_day_add_up(state, side, before, p.broken_word * miss, p)


def delivery_is_judged_by_the_promise(gap: float, zone: float, p: GoodwillParameters) -> float:
    """T21. The quality of a delivery, by how far it lies above or below the promise; inside the zone it is little."""
    if gap < 0.0:
        return max(0.0, p.kept * (1.0 + gap / zone))
    return min(1.0, p.kept + p.kept_slope * gap)


def beyond_the_zone_a_miss_is_a_breach(gap: float, zone: float) -> float:
    """T22. The severity of a miss: what lies below the zone of tolerance."""
    return min(1.0, max(0.0, -gap - zone))


def honest_talk_softens_a_miss(miss: float, talked: float) -> float:
    """T24. What is left of a miss after the check-ins along the way."""
    return miss * (1.0 - talked)
