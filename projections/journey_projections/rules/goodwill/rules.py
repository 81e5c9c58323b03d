"""The rule set `goodwill`: what each touchpoint does, in one table.

`advance` and `apply` use only numbers, records and each other, so that the same source also compiles; see `state`.
"""

from math import exp, isnan

from journey_projections.encoding import codes
from journey_projections.encoding.codes import INSTITUTION, NOBODY, NOTHING, ORGANISATION
from journey_projections.encoding.numbering import Encoded
from journey_projections.rules.goodwill import causes
from journey_projections.rules.goodwill.conduct import (
    being_treated_as_a_number_hurts_old_customers,
    breach,
    good,
    prior_trust,
    relational_breach_grows_with_goodwill,
)
from journey_projections.rules.goodwill.levels import days_between, side_trust, trust_of
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.people import handover_made, introduction_carries_the_bond, meet, representative_left, see
from journey_projections.rules.goodwill.recovery import (
    deception_wounds_and_scars,
    evidence_rereads_the_response,
    recovery_step_taken,
    response_failed,
)
from journey_projections.rules.goodwill.state import COURTESY, FAILURE, SLIP, State
from journey_projections.rules.goodwill.views import confidence_grows_with_evidence
from journey_projections.rules.goodwill.wounds import answer, answer_one_more, lower, touch


def advance(state: State, elapsed: int, p: GoodwillParameters) -> None:  # noqa: ARG001 - the protocol's signature
    """Let time pass, in microseconds. Only the clock moves; each record catches up when something acts on it."""
    state.relationship[0].now += elapsed


def apply(state: State, touchpoint: Encoded, p: GoodwillParameters) -> int:
    """Let one touchpoint act; returns the cause that spoke loudest, a number of `causes`."""
    kind = touchpoint.kind
    if touchpoint.episode != NOTHING:
        state.episodes[touchpoint.episode].sibling = touchpoint.refers
    if kind in (codes.NOTE_ADDED, codes.FEEDBACK_REQUESTED) or touchpoint.certainty <= 0.0:
        return causes.NO_EFFECT
    evidence(state, touchpoint.certainty, p)
    side = touchpoint.side
    actor = touchpoint.actor if side == ORGANISATION or kind == codes.PRAISE_GIVEN else NOBODY
    if kind == codes.RECOVERY_STEP_TAKEN and actor != NOBODY:
        see(state, actor)
    elif codes.ENGAGEMENT_DECLINED <= kind <= codes.DECEPTION_EXPOSED and side == ORGANISATION:
        state.relationship[0].acts += kind != codes.PROMISE_MADE
        meet(state, actor, p)
    if kind == codes.INTERACTION:
        return interaction(state, touchpoint, side, actor, p)
    if kind == codes.DELIVERY:
        return delivery(state, touchpoint, side, actor, p)
    if kind == codes.FAILURE_OCCURRED:
        return failure_occurred(state, touchpoint, side, actor, p)
    if kind == codes.RECOVERY_STEP_TAKEN:
        return recovery(state, touchpoint, side, actor, p)
    if kind == codes.RESPONSE_FAILED:
        is_second = response_failed(
            state, touchpoint.episode, touchpoint.refers, side, actor, touchpoint.code, touchpoint.amount, touchpoint.certainty, p
        )
        return causes.BAD_RESPONSE if is_second else causes.RELATIONAL_BREACH
    if kind == codes.DECEPTION_EXPOSED:
        before = side_trust(state, side, p)
        deception_wounds_and_scars(state, touchpoint.episode, side, actor, touchpoint.amount, touchpoint.certainty, before, p)
        answer(state, side, p)
        return causes.DECEPTION
    if kind == codes.EVIDENCE_EMERGED:
        evidence_rereads_the_response(
            state, touchpoint.episode, touchpoint.refers, side, touchpoint.code == codes.INNOCENT, touchpoint.certainty, p
        )
        return causes.EVIDENCE
    if codes.REPRESENTATIVE_ASSIGNED <= kind <= codes.REPRESENTATIVE_LEFT:
        return people(state, touchpoint, p)
    if codes.FEEDBACK_GIVEN <= kind <= codes.WORD_OF_MOUTH_HEARD:
        return voice(state, touchpoint, p)
    if kind <= codes.GESTURE_MADE:
        return expectation(state, touchpoint, side, actor, p)
    return ending(state, touchpoint)


def evidence(state: State, certainty: float, p: GoodwillParameters) -> None:
    """Every touchpoint is evidence; evidence ages."""
    relationship = state.relationship[0]
    relationship.evidence = confidence_grows_with_evidence(state, p) + certainty
    relationship.evidence_at = relationship.now


def interaction(state: State, touchpoint: Encoded, side: int, actor: int, p: GoodwillParameters) -> int:
    """A contact judged by dimension; of two relational qualities the worse breach and the larger gain count."""
    competence = 0.0 if isnan(touchpoint.amount) else touchpoint.amount
    benevolence = 0.0 if isnan(touchpoint.second) else touchpoint.second
    integrity = 0.0 if isnan(touchpoint.third) else touchpoint.third
    certainty = touchpoint.certainty
    worst = max(0.0, -benevolence, -integrity)
    unseen = being_treated_as_a_number_hurts_old_customers(state, side, p) if touchpoint.flag else 0.0
    prior = prior_trust(state, side, actor, p) if worst > 0.0 or unseen > 0.0 else 0.0
    rude = relational_breach_grows_with_goodwill(prior, worst, p)
    ignored = relational_breach_grows_with_goodwill(prior, unseen, p)
    clumsy = max(0.0, -competence)
    breach(state, side, actor, touchpoint.episode, SLIP, certainty * clumsy, certainty * (rude + ignored), max(clumsy, worst, unseen), p)
    good(state, side, actor, certainty * max(0.0, competence), certainty * max(0.0, benevolence, integrity), p)
    if side != ORGANISATION:
        return causes.CUSTOMERS_SIDE
    if ignored > rude:
        return causes.UNRECOGNISED
    if rude > 0.0:
        return causes.RELATIONAL_BREACH
    if clumsy > 0.0:
        return causes.COMPETENCE_BREACH
    return causes.GOOD_CONDUCT if max(competence, benevolence, integrity) > 0.0 else causes.NO_EFFECT


def delivery(state: State, touchpoint: Encoded, side: int, actor: int, p: GoodwillParameters) -> int:
    """What was perceived, else delivered, against what was promised, inside or outside the zone of tolerance."""
    relationship = state.relationship[0]
    promised = 0.5 if isnan(touchpoint.second) else touchpoint.second
    zone = p.zone
    if touchpoint.subject != NOTHING and state.promises[touchpoint.subject].made:
        promise = state.promises[touchpoint.subject]
        if isnan(touchpoint.second):
            promised = promise.level
        if promise.elicited:
            zone += p.zone_elicited
    gap = (touchpoint.amount if isnan(touchpoint.third) else touchpoint.third) - promised
    miss = a_foretold_risk_softens(state, touchpoint.topic, beyond_the_zone_a_miss_is_a_breach(gap, zone), p)
    if side == ORGANISATION:
        miss = honest_talk_softens_a_miss(miss, relationship.course)
        relationship.course = 0.0
    breach(state, side, actor, touchpoint.episode, SLIP, touchpoint.certainty * miss, 0.0, miss, p)
    if miss <= 0.0:
        good(state, side, actor, touchpoint.certainty * delivery_is_judged_by_the_promise(gap, zone, p), 0.0, p)
    if side != ORGANISATION:
        return causes.CUSTOMERS_SIDE
    return causes.BROKEN_PROMISE if miss > 0.0 else causes.KEPT_PROMISE


def delivery_is_judged_by_the_promise(gap: float, zone: float, p: GoodwillParameters) -> float:
    """T21. The quality of a delivery, by how far it lies above or below the promise; inside the zone the slope is small."""
    return min(1.0, max(0.0, p.kept + p.kept_slope * (gap + zone)))


def beyond_the_zone_a_miss_is_a_breach(gap: float, zone: float) -> float:
    """T22. The severity of a miss: what lies below the zone of tolerance."""
    return min(1.0, max(0.0, -gap - zone))


def a_foretold_risk_softens(state: State, topic: int, severity: float, p: GoodwillParameters) -> float:
    """T23. What is left of a severity when the risk was disclosed beforehand."""
    return severity if topic == NOTHING else severity * (1.0 - p.disclosed * state.topics[topic].disclosed)


def honest_talk_softens_a_miss(miss: float, course: float) -> float:
    """T24. What is left of a miss after the check-ins along the way."""
    return miss * (1.0 - course)


def blame_scales_a_failure(severity: float, cause: int, lasting: int, p: GoodwillParameters) -> float:
    """T25. What nobody in the relationship caused weighs less; what will happen again weighs more."""
    if cause == codes.EXOGENOUS:
        severity *= p.exogenous_share
    return min(1.0, severity * (1.0 + p.lasting_cause_extra)) if lasting else severity


def failure_occurred(state: State, touchpoint: Encoded, side: int, actor: int, p: GoodwillParameters) -> int:
    """A failure opens an episode, by whose fault it was, what was foretold, and whether its cause will stay."""
    cause = touchpoint.subject
    episode = state.episodes[touchpoint.episode]
    if cause == codes.BY_CUSTOMER:
        episode.nature = COURTESY
        return causes.CUSTOMERS_FAULT
    severity = blame_scales_a_failure(touchpoint.amount, cause, touchpoint.flag, p)
    severity = a_foretold_risk_softens(state, touchpoint.topic, severity, p)
    competence = 0.0
    relational = 0.0
    if touchpoint.code == codes.COMPETENCE:
        competence = touchpoint.certainty * severity
    else:
        relational = touchpoint.certainty * relational_breach_grows_with_goodwill(prior_trust(state, side, actor, p), severity, p)
    breach(state, side, actor, touchpoint.episode, FAILURE, competence, relational, severity * touchpoint.certainty, p)
    if episode.open:
        episode.breach = touchpoint.code
        episode.exogenous = cause == codes.EXOGENOUS
        answer_one_more(state, touchpoint.episode, p)
    if side != ORGANISATION:
        return causes.CUSTOMERS_SIDE
    if cause == codes.EXOGENOUS:
        return causes.NOT_OUR_FAULT
    return causes.COMPETENCE_BREACH if touchpoint.code == codes.COMPETENCE else causes.RELATIONAL_BREACH


def recovery(state: State, touchpoint: Encoded, side: int, actor: int, p: GoodwillParameters) -> int:
    """A step of service recovery, on every wound of the episode it names."""
    if touchpoint.refers == NOTHING:
        return causes.NO_EFFECT
    latest = state.episodes[touchpoint.refers]
    step, steps_before = touchpoint.code, latest.steps
    recovery_step_taken(state, touchpoint.refers, side, actor, step, touchpoint.amount, touchpoint.flag, touchpoint.certainty, p)
    if latest.nature == COURTESY:
        return causes.CUSTOMERS_FAULT
    if latest.severity <= 0.0:
        return causes.NO_EFFECT
    if latest.steps == codes.ALL_STEPS and steps_before != codes.ALL_STEPS:
        return causes.FULL_RECOVERY
    if step == codes.COMPENSATE:
        return causes.COMPENSATION
    if latest.acknowledged <= 0.0:
        return causes.UNACKNOWLEDGED
    return causes.APOLOGY if step == codes.APOLOGISE else causes.RECOVERY


def people(state: State, touchpoint: Encoded, p: GoodwillParameters) -> int:
    """Who the customer deals with from now on."""
    if touchpoint.kind == codes.REPRESENTATIVE_LEFT:
        was_current = touchpoint.actor == state.relationship[0].current
        representative_left(state, touchpoint.actor)
        return causes.DEPARTURE if was_current else causes.NO_EFFECT
    if touchpoint.kind == codes.HANDOVER_MADE:
        factor = introduction_carries_the_bond(touchpoint.code, p)
        handover_made(state, touchpoint.subject, factor, p)
    elif state.relationship[0].current == NOBODY:
        meet(state, touchpoint.actor, p)
        return causes.NO_EFFECT
    else:
        handover_made(state, touchpoint.actor, p.introduced_none, p)
    return causes.INTRODUCTION


def voice(state: State, touchpoint: Encoded, p: GoodwillParameters) -> int:
    """What the customer says: praise and scores move a little, complaints and word of mouth nothing."""
    if touchpoint.kind == codes.FEEDBACK_GIVEN:
        return feedback_corrects_slowly(state, touchpoint, p)
    if touchpoint.kind == codes.PRAISE_GIVEN:
        meet(state, touchpoint.actor, p)
        good(state, ORGANISATION, touchpoint.actor, 0.0, p.praise_gain * touchpoint.amount * touchpoint.certainty, p)
        return causes.KINDNESS
    number = touchpoint.refers
    while touchpoint.kind == codes.COMPLAINT_VOICED and number != NOTHING:
        if state.episodes[number].open and not state.episodes[number].voiced:
            state.episodes[number].voiced = 1
            answer(state, state.episodes[number].side, p)
        number = state.episodes[number].sibling
    return causes.WORD_OF_MOUTH if touchpoint.kind == codes.WORD_OF_MOUTH_HEARD else causes.VOICE


def feedback_corrects_slowly(state: State, touchpoint: Encoded, p: GoodwillParameters) -> int:
    """T29. A score is information: it corrects trust a little, unless a failure explains it already."""
    lead = state.parties[INSTITUTION]
    explained = lead.failed and days_between(lead.failed_at, state.relationship[0].now) < p.explained_days
    if explained or state.sides[ORGANISATION].open_episodes > 0:
        return causes.FEEDBACK
    surprise = touchpoint.certainty * (touchpoint.amount - trust_of(state, INSTITUTION, p))
    if surprise > 0.0:
        good(state, ORGANISATION, NOBODY, 0.0, p.feedback * surprise, p)
    elif surprise < 0.0:
        party = touch(state, INSTITUTION, p)
        heard = min(-surprise, party.purse_goodwill)
        party.purse_goodwill -= heard
        lower(state, INSTITUTION, 1.0, exp(-p.feedback_loss * heard), p)
    return causes.FEEDBACK


def expectation(state: State, touchpoint: Encoded, side: int, actor: int, p: GoodwillParameters) -> int:
    """Openings, promises, disclosed risks, check-ins, gestures and refusals."""
    relationship = state.relationship[0]
    kind = touchpoint.kind
    certainty = touchpoint.certainty
    if kind == codes.RELATIONSHIP_OPENED:
        origin_sets_the_prior(state, touchpoint, p)
        return causes.ORIGIN
    if kind == codes.PROMISE_MADE:
        promise = state.promises[touchpoint.subject]
        promise.made = 1
        promise.level = touchpoint.amount
        promise.elicited = touchpoint.flag
        return causes.NO_EFFECT
    if kind == codes.RISK_DISCLOSED:
        topic = state.topics[touchpoint.topic]
        topic.disclosed = max(topic.disclosed, touchpoint.amount * certainty)
        good(state, side, actor, 0.0, p.candour_gain * certainty, p)
        return causes.CANDOUR
    if kind == codes.CHECK_IN_HELD:
        softened = p.check_in_corrected if touchpoint.flag else p.check_in
        relationship.course = min(p.check_in_max, relationship.course + softened * certainty)
        good(state, side, actor, 0.0, (p.correction_gain if touchpoint.flag else p.candour_gain) * certainty, p)
        return causes.CANDOUR
    if kind == codes.GESTURE_MADE:
        good(state, side, actor, 0.0, p.gesture_gain * touchpoint.amount * certainty, p)
        return causes.KINDNESS
    if touchpoint.flag:
        return causes.NO_EFFECT
    harm = certainty * a_refusal_without_reasons_costs_a_little(prior_trust(state, side, actor, p), p)
    breach(state, side, actor, touchpoint.episode, SLIP, 0.0, harm, p.unexplained_refusal, p)
    return causes.REFUSAL


def a_refusal_without_reasons_costs_a_little(prior: float, p: GoodwillParameters) -> float:
    """T37. The harm of declining an engagement without saying why; with reasons it costs nothing."""
    return relational_breach_grows_with_goodwill(prior, p.unexplained_refusal, p)


def origin_sets_the_prior(state: State, touchpoint: Encoded, p: GoodwillParameters) -> None:
    """T1. A stranger starts in the middle; a good name or a referral lifts the start, and a part of that lift fades."""
    relationship = state.relationship[0]
    institution = state.parties[INSTITUTION]
    if relationship.opened or relationship.acts > 0 or institution.history > 0.0 or institution.failed:
        return
    relationship.opened = 1
    lift = 0.0
    if touchpoint.code == codes.REPUTATION:
        lift = p.origin_reputation
    elif touchpoint.code == codes.REFERRAL:
        lift = p.origin_referral
    elif touchpoint.code == codes.RETURNING:
        lift = p.origin_returning
    lift *= touchpoint.amount * touchpoint.certainty
    if lift <= 0.0:
        return
    touch(state, INSTITUTION, p)
    institution.competence += (1.0 - p.origin_fading) * lift * (1.0 - institution.competence)
    institution.goodwill += (1.0 - p.origin_fading) * lift * (1.0 - institution.goodwill)
    relationship.lift_fading = p.origin_fading * lift
    relationship.lift_at = relationship.now


def ending(state: State, touchpoint: Encoded) -> int:
    """Ends and returns change the state of the relationship, not the trust in it."""
    relationship = state.relationship[0]
    if touchpoint.kind == codes.RELATIONSHIP_ENDED:
        relationship.ended = touchpoint.code
    elif touchpoint.kind == codes.RELATIONSHIP_RESUMED:
        relationship.ended = codes.GOING
    elif touchpoint.kind == codes.ENGAGEMENT_COMPLETED:
        relationship.course = 0.0
    return causes.NO_EFFECT
