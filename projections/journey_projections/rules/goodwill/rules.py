"""The rule set `goodwill`: what each touchpoint does, in one table.

`advance` and `apply` use only numbers, records and each other, so that the same source also compiles; see `state`.
"""

from math import exp, isnan

from journey_projections.encoding import codes
from journey_projections.encoding.codes import INSTITUTION, NEVER, NOBODY, NOTHING, ORGANISATION
from journey_projections.encoding.numbering import Encoded
from journey_projections.rules.goodwill import causes
from journey_projections.rules.goodwill.breaches import (
    being_treated_as_a_number_hurts_old_customers,
    betrayed,
    breach,
    impulse_to_leave_comes_at_once,
    relational_breach_grows_with_goodwill,
    slights_of_a_day_add_up,
    stake,
    warn,
)
from journey_projections.rules.goodwill.conduct import good
from journey_projections.rules.goodwill.levels import HALF, days_between, lifted, side_trust, trust_of
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.people import handover_made, introduction_made, meet, representative_left
from journey_projections.rules.goodwill.recovery import (
    an_answer_stops_the_clock,
    deception_wounds_and_scars,
    deepen_by_waiting,
    evidence_rereads_the_response,
    recovery_step_taken,
    response_failed,
    restore,
)
from journey_projections.rules.goodwill.state import (
    ANSWERED,
    COMPLAINT,
    COSTLY,
    COURTESY,
    DECEPTION,
    FAILURE,
    PATIENT,
    PROMISE,
    REQUEST,
    RESPONSE,
    SLIP,
    Promise,
    State,
)
from journey_projections.rules.goodwill.views import confidence_grows_with_evidence, exit_risk
from journey_projections.rules.goodwill.waiting import (
    PASSED,
    awaited_in,
    fall_due,
    forget_answered,
    patience_shortens,
    read,
    stop_waiting,
    wait_for,
)
from journey_projections.rules.goodwill.wounds import deepen, is_open


def advance(state: State, elapsed: int, p: GoodwillParameters) -> None:
    """Let time pass, in microseconds: the clock moves, and what falls due on the way begins to cost. Records catch up when used."""
    relationship = state.relationship[0]
    relationship.now += elapsed
    if relationship.due != NOTHING and state.episodes[relationship.due].queued_at < relationship.now:
        fall_due(state, p)


def apply(state: State, touchpoint: Encoded, p: GoodwillParameters) -> int:
    """Let one touchpoint act; returns the cause that spoke loudest, a number of `causes`."""
    kind = touchpoint.kind
    if touchpoint.episode != NOTHING and touchpoint.episode != touchpoint.refers:
        state.episodes[touchpoint.episode].sibling = touchpoint.refers
        state.episodes[touchpoint.episode].awaited_in_all = awaited_in(state, touchpoint.refers)
    if kind in (codes.NOTE_ADDED, codes.FEEDBACK_REQUESTED):
        return causes.NO_EFFECT
    is_first = not state.relationship[0].begun
    if kind != codes.RELATIONSHIP_OPENED or touchpoint.certainty > 0.0:
        state.relationship[0].begun = 1
    if touchpoint.certainty <= 0.0:
        return causes.NO_EFFECT
    evidence(state, touchpoint.certainty, p)
    side = touchpoint.side
    actor = touchpoint.actor if side == ORGANISATION or kind == codes.PRAISE_GIVEN else NOBODY
    if codes.ENGAGEMENT_DECLINED <= kind <= codes.DECEPTION_EXPOSED and side == ORGANISATION:
        acted(state, kind, actor, p)
    if touchpoint.refers != NOTHING and is_an_answer(touchpoint):
        acknowledges = kind != codes.RECOVERY_STEP_TAKEN or touchpoint.code == codes.ACKNOWLEDGE
        an_answer_stops_the_clock(state, touchpoint.refers, acknowledges, p)
    cause = judged(state, touchpoint, side, actor, p)
    if is_first and kind == codes.RELATIONSHIP_OPENED:
        origin_sets_the_prior(state, touchpoint, p)
    forget_answered(state)
    return cause


def acted(state: State, kind: int, actor: int, p: GoodwillParameters) -> None:
    """The organisation did something: the customer meets whoever did it; steps come from anybody who helps."""
    if kind != codes.PROMISE_MADE and kind != codes.RECOVERY_STEP_TAKEN:
        state.relationship[0].acts += 1
    if kind != codes.RECOVERY_STEP_TAKEN:
        meet(state, actor, p)


def is_an_answer(touchpoint: Encoded) -> bool:
    """Whether a touchpoint in an episode answers what waits there: any act but a bad one. Deliveries are judged first."""
    kind = touchpoint.kind
    if kind == codes.INTERACTION:
        is_bad = touchpoint.amount < 0.0 or touchpoint.second < 0.0 or touchpoint.third < 0.0
        return not is_bad and touchpoint.flag != codes.UNRECOGNISED
    if kind == codes.ENGAGEMENT_DECLINED:
        return touchpoint.flag != 0
    return (
        kind == codes.RECOVERY_STEP_TAKEN
        or kind == codes.PROMISE_MADE
        or kind == codes.RISK_DISCLOSED
        or kind == codes.CHECK_IN_HELD
        or kind == codes.GESTURE_MADE
    )


def judged(state: State, touchpoint: Encoded, side: int, actor: int, p: GoodwillParameters) -> int:
    """What a touchpoint does, by its kind."""
    kind = touchpoint.kind
    if kind == codes.INTERACTION:
        return interaction(state, touchpoint, side, actor, p)
    if kind == codes.DELIVERY:
        return delivery(state, touchpoint, side, actor, p)
    if kind == codes.FAILURE_OCCURRED:
        return failure_occurred(state, touchpoint, side, actor, p)
    if kind == codes.FAILURE_NOTICED:
        return failure_noticed(state, touchpoint, p)
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
        an_open_failure_waits(state, touchpoint.episode, touchpoint.refers, state.relationship[0].now, p)
        return causes.DECEPTION
    if kind == codes.EVIDENCE_EMERGED:
        evidence_rereads_the_response(state, touchpoint.refers, side, touchpoint.code == codes.INNOCENT, touchpoint.certainty, p)
        return causes.EVIDENCE
    if codes.REPRESENTATIVE_ASSIGNED <= kind <= codes.REPRESENTATIVE_LEFT:
        return people(state, touchpoint, p)
    if kind >= codes.FEEDBACK_GIVEN or kind == codes.REQUEST_MADE or kind == codes.PURCHASE_MADE:
        return voice(state, touchpoint, side, p)
    if kind <= codes.GESTURE_MADE:
        return expectation(state, touchpoint, side, actor, p)
    return causes.NO_EFFECT


def evidence(state: State, certainty: float, p: GoodwillParameters) -> None:
    """Every touchpoint is evidence; evidence ages."""
    relationship = state.relationship[0]
    relationship.evidence = confidence_grows_with_evidence(state, p) + certainty
    relationship.evidence_at = relationship.now


def doubt(state: State, share: float) -> None:
    """Take a share off the evidence: what is known explains less than was thought."""
    state.relationship[0].evidence *= 1.0 - share


def interaction(state: State, touchpoint: Encoded, side: int, actor: int, p: GoodwillParameters) -> int:
    """A contact judged by dimension; of two relational qualities the worse breach and the larger gain count."""
    competence = 0.0 if isnan(touchpoint.amount) else touchpoint.amount
    benevolence = 0.0 if isnan(touchpoint.second) else touchpoint.second
    integrity = 0.0 if isnan(touchpoint.third) else touchpoint.third
    certainty = touchpoint.certainty
    worst = max(0.0, -benevolence, -integrity)
    unseen = being_treated_as_a_number_hurts_old_customers(state, side, p) if touchpoint.flag == codes.UNRECOGNISED else 0.0
    rude = slights_of_a_day_add_up(state, side, actor, worst, p)
    ignored = slights_of_a_day_add_up(state, side, actor, unseen, p)
    clumsy = max(0.0, -competence)
    severity = max(clumsy, worst, unseen)
    slighted = certainty * (worst + unseen)
    breach(state, side, actor, touchpoint.episode, SLIP, certainty * clumsy, certainty * (rude + ignored), severity, slighted, p)
    known = p.recognised_gain if touchpoint.flag == codes.RECOGNISED else 0.0
    good(state, side, actor, certainty * max(0.0, competence), certainty * max(0.0, benevolence, integrity, known), 0.0, p)
    if side != ORGANISATION:
        return causes.CUSTOMERS_SIDE
    if rude > 0.0:
        return causes.RELATIONAL_BREACH
    if unseen > 0.0:
        return causes.UNRECOGNISED
    if clumsy > 0.0:
        return causes.COMPETENCE_BREACH
    if competence > 0.0 or benevolence > 0.0 or integrity > 0.0 or known > 0.0:
        return causes.GOOD_CONDUCT
    return causes.NO_EFFECT


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
        miss = honest_talk_softens_a_miss(miss, relationship.course)
        relationship.course = 0.0
    competence, relational, broken = miss, 0.0, 0.0
    if known != NOTHING:
        broken = max(miss, late * promised)
        relational = a_broken_word_is_a_breach_of_integrity(state, side, actor, broken, p)
    certainty = touchpoint.certainty
    number = NOTHING if known == NOTHING else state.promises[known].wound
    if number != NOTHING and state.episodes[number].waits == COSTLY:
        settle(state, number, actor, miss, broken, certainty, p)
    else:
        slighted = certainty * p.broken_word * broken
        severity = max(miss, broken)
        breach(state, side, actor, touchpoint.episode, SLIP, certainty * competence, certainty * relational, severity, slighted, p)
    if number != NOTHING:
        stop_waiting(state, number, p)
    if miss <= 0.0:
        good(state, side, actor, touchpoint.certainty * delivery_is_judged_by_the_promise(gap, zone, p), 0.0, 1.0, p)
        if touchpoint.refers != NOTHING:
            an_answer_stops_the_clock(state, touchpoint.refers, True, p)
    if side != ORGANISATION:
        return causes.CUSTOMERS_SIDE
    if miss > 0.0:
        return causes.BROKEN_PROMISE
    return causes.LATE if known != NOTHING and relationship.now > state.promises[known].due else causes.KEPT_PROMISE


def late_is_less(made_at: int, due: int, now: int, p: GoodwillParameters) -> float:
    """T47. What is left of a delivery that came late, by how late against how long it was promised ahead; before its date all of it."""
    if now <= due:
        return 1.0
    ahead = max(p.lateness_days, days_between(made_at, due))
    return ahead / (ahead + days_between(due, now))


def a_broken_word_is_a_breach_of_integrity(state: State, side: int, actor: int, miss: float, p: GoodwillParameters) -> float:
    """T48. The relational harm of a miss of what was promised: a word was given."""
    return slights_of_a_day_add_up(state, side, actor, p.broken_word * miss, p)


def promise_waits(state: State, number: int, promise: Promise, p: GoodwillParameters) -> None:
    """Let what was promised wait for its delivery from its date on."""
    wound = state.episodes[number]
    wound.nature = PROMISE
    wound.unfelt = beyond_the_zone_a_miss_is_a_breach(-promise.level, p.zone + p.zone_elicited * promise.elicited)
    if promise.due < NEVER and wound.unfelt > 0.0:
        promise.wound = number
        wait_for(state, number, max(promise.due, promise.made_at), 0.0, 0.0, p)


def settle(state: State, number: int, actor: int, miss: float, broken: float, certainty: float, p: GoodwillParameters) -> None:
    """What arrives late is charged its share of what it would have cost never to arrive, as far as good conduct has left that."""
    wound = state.episodes[number]
    read(state, number, p)
    if wound.unfelt <= 0.0:
        return
    competence = certainty * min(1.0, miss / wound.unfelt) * wound.awaited_competence
    goodwill = certainty * min(1.0, broken / wound.unfelt) * wound.awaited_goodwill
    wound.actor = actor
    wound.severity = max(wound.severity, broken)
    deepen(state, number, competence, goodwill, competence, goodwill, p)
    impulse_to_leave_comes_at_once(state, number, competence, goodwill, p)


def delivery_is_judged_by_the_promise(gap: float, zone: float, p: GoodwillParameters) -> float:
    """T21. The quality of a delivery, by how far it lies above or below the promise; inside the zone it is little."""
    if gap < 0.0:
        return max(0.0, p.kept * (1.0 + gap / zone))
    return min(1.0, p.kept + p.kept_slope * gap)


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
    """T25. What nobody in the relationship caused weighs less, a supplier's fault nearly as much; what will happen again weighs more."""
    if cause == codes.EXOGENOUS:
        severity *= p.exogenous_share
    elif cause == codes.BY_SUPPLIER:
        severity *= p.supplier_share
    return min(1.0, severity * (1.0 + p.lasting_cause_extra)) if lasting else severity


def failure_occurred(state: State, touchpoint: Encoded, side: int, actor: int, p: GoodwillParameters) -> int:
    """A failure opens an episode, by whose fault it was, what was foretold, and whether its cause will stay; unnoticed, it waits."""
    cause = touchpoint.subject
    wound = state.episodes[touchpoint.episode]
    if cause == codes.BY_CUSTOMER:
        wound.nature = COURTESY
        return causes.CUSTOMERS_FAULT
    severity = blame_scales_a_failure(touchpoint.amount, cause, touchpoint.flag & codes.LASTING, p)
    wound.nature = FAILURE
    wound.side = side
    wound.actor = actor
    wound.certainty = touchpoint.certainty
    wound.breach = touchpoint.code
    wound.exogenous = int(cause == codes.EXOGENOUS)
    wound.unfelt = a_foretold_risk_softens(state, touchpoint.topic, severity, p)
    wound.opened_at = state.relationship[0].now
    if touchpoint.flag & codes.UNNOTICED:
        return causes.UNNOTICED
    felt(state, touchpoint.episode, touchpoint.refers, wound.unfelt, wound.opened_at, p)
    if side != ORGANISATION:
        return causes.CUSTOMERS_SIDE
    if cause == codes.EXOGENOUS:
        return causes.NOT_OUR_FAULT
    return causes.COMPETENCE_BREACH if touchpoint.code == codes.COMPETENCE else causes.RELATIONAL_BREACH


def felt(state: State, number: int, refers: int, severity: float, waits_since: int, p: GoodwillParameters) -> None:
    """Let a failure hurt, and wait for an answer from then on."""
    wound = state.episodes[number]
    competence = 0.0
    relational = 0.0
    if wound.breach == codes.COMPETENCE:
        competence = wound.certainty * severity
    else:
        relational = wound.certainty * relational_breach_grows_with_goodwill(state, wound.side, wound.actor, severity, p)
    breach(state, wound.side, wound.actor, number, FAILURE, competence, relational, severity * wound.certainty, 0.0, p)
    an_open_failure_waits(state, number, refers, waits_since, p)


def failure_noticed(state: State, touchpoint: Encoded, p: GoodwillParameters) -> int:
    """T49. A failure hurts when the customer learns of it: less if told, and more, as a concealment, if found out."""
    number, noticed = touchpoint.refers, False
    while number != NOTHING:
        wound = state.episodes[number]
        if wound.nature == FAILURE and wound.severity <= 0.0 and wound.unfelt > 0.0:
            noticed = True
            learnt(state, number, touchpoint.code, p)
        elif wound.starts == PASSED:
            wound.starts = 0  # an answer from now on looks again at what came before
        number = wound.sibling
    return causes.NOTICED if noticed else causes.NO_EFFECT


def learnt(state: State, number: int, through: int, p: GoodwillParameters) -> None:
    """Let a hidden failure be known; found out, it has kept the customer waiting since it happened, and was concealed."""
    wound, now = state.episodes[number], state.relationship[0].now
    concealed = p.concealed * wound.unfelt if through == codes.FOUND else 0.0
    severity = candour_softens(wound.unfelt, p) if through == codes.TOLD else wound.unfelt
    hidden = wound.certainty * relational_breach_grows_with_goodwill(state, wound.side, wound.actor, concealed, p)
    opened_at = wound.opened_at if through == codes.FOUND else now
    felt(state, number, wound.sibling, severity, opened_at, p)
    if hidden > 0.0:
        breach(state, wound.side, wound.actor, number, FAILURE, 0.0, hidden, wound.severity, 0.0, p)
    wound.opened_at = opened_at
    wound.restored_competence = 0.0
    wound.restored_goodwill = 0.0
    restore(state, number, p)


def candour_softens(severity: float, p: GoodwillParameters) -> float:
    """T50. The severity of a failure that the organisation told of itself."""
    return p.candour * severity


def an_open_failure_waits(state: State, number: int, refers: int, since: int, p: GoodwillParameters) -> None:
    """T39. What is not done is a second failure: an open failure waits, and costs in the end what ignoring it would."""
    wound = state.episodes[number]
    if is_open(state, number):
        lets_wait(state, number, refers, since + patience_shortens(p.patience_failure, wound.severity, p), p.ignored, wound.severity, p)


def lets_wait(state: State, number: int, refers: int, starts: int, factor: float, severity: float, p: GoodwillParameters) -> None:
    """Let something of that severity wait, and cost from an instant on what goes beyond what waits in its episode already."""
    wound = state.episodes[number]
    prior = trust_of(state, wound.side, p)
    harm = stake(state, wound.side, prior, p) * factor * betrayed(prior, severity, p) - awaited_in(state, refers)
    if harm > 0.0:
        wait_for(state, number, starts, 0.0, harm, p)
        wound.awaited_in_all = awaited_in(state, refers) + harm


def recovery(state: State, touchpoint: Encoded, side: int, actor: int, p: GoodwillParameters) -> int:
    """A step of service recovery, on every wound of the episode it names."""
    if touchpoint.refers == NOTHING:
        return causes.NO_EFFECT
    latest = state.episodes[touchpoint.refers]
    step, was_whole = touchpoint.code, latest.is_whole
    recovery_step_taken(state, touchpoint.refers, side, actor, step, touchpoint.amount, touchpoint.flag, touchpoint.certainty, p)
    if latest.nature == COURTESY:
        return causes.CUSTOMERS_FAULT
    if latest.severity <= 0.0:
        return causes.NO_EFFECT
    if latest.is_whole and not was_whole:
        return causes.FULL_RECOVERY
    if step == codes.COMPENSATE:
        return causes.COMPENSATION
    if latest.acknowledged <= 0.0:
        return causes.UNACKNOWLEDGED
    return causes.APOLOGY if step == codes.APOLOGISE else causes.RECOVERY


def people(state: State, touchpoint: Encoded, p: GoodwillParameters) -> int:
    """Who the customer deals with from now on."""
    relationship = state.relationship[0]
    if touchpoint.kind == codes.REPRESENTATIVE_LEFT:
        was_current = touchpoint.actor == relationship.current
        representative_left(state, touchpoint.actor)
        return causes.DEPARTURE if was_current else causes.NO_EFFECT
    if touchpoint.kind == codes.INTRODUCTION_MADE:
        is_owed = introduction_made(state, touchpoint.actor, touchpoint.code, touchpoint.subject, touchpoint.certainty, p)
        return causes.LATE_INTRODUCTION if is_owed else causes.NO_EFFECT
    if touchpoint.kind == codes.HANDOVER_MADE:
        handover_made(state, touchpoint.subject, touchpoint.code, p)
    elif relationship.current == NOBODY:
        relationship.told = 1
        meet(state, touchpoint.actor, p)
        return causes.NO_EFFECT
    else:
        handover_made(state, touchpoint.actor, codes.NONE, p)
    return causes.INTRODUCTION


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
    """T40. Once the customer has spoken up, waiting costs less than it would in silence."""
    wound = state.episodes[number]
    if wound.waits == PATIENT:
        wound.awaited_goodwill *= p.voiced
    elif wound.waits == COSTLY:
        cost = stop_waiting(state, number, p)
        deepen_by_waiting(state, number, cost, p)
        wait_for(state, number, state.relationship[0].now, 0.0, p.voiced * (1.0 - cost) * wound.awaited_goodwill, p)


def asks(state: State, number: int, nature: int, starts: int, severity: float, p: GoodwillParameters) -> None:
    """Let the customer wait for an answer to something of that severity; asked again in one episode, the larger of the two holds."""
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


def request_made(state: State, touchpoint: Encoded, p: GoodwillParameters) -> int:
    """T42. A request waits for an answer: until it is due, else by patience; left unanswered it is a slight by its urgency."""
    now = state.relationship[0].now
    starts = now + patience_shortens(p.patience_request, touchpoint.amount, p)
    if touchpoint.due < NEVER:
        starts = now + max(0, touchpoint.due - touchpoint.at)
    asks(state, touchpoint.episode, REQUEST, starts, p.request_severity * touchpoint.amount * touchpoint.certainty, p)
    return causes.REQUEST


def expectation(state: State, touchpoint: Encoded, side: int, actor: int, p: GoodwillParameters) -> int:
    """Openings, promises, disclosed risks, check-ins, gestures and refusals."""
    relationship = state.relationship[0]
    kind = touchpoint.kind
    certainty = touchpoint.certainty
    if kind == codes.RELATIONSHIP_OPENED:
        return causes.ORIGIN
    if kind == codes.PROMISE_MADE:
        promise_made(state, touchpoint, side, p)
        return causes.NO_EFFECT
    if kind == codes.RISK_DISCLOSED:
        topic = state.topics[touchpoint.topic]
        topic.disclosed = max(topic.disclosed, touchpoint.amount * certainty)
        good(state, side, actor, 0.0, p.candour_gain * certainty, 0.0, p)
        return causes.CANDOUR
    if kind == codes.CHECK_IN_HELD:
        softened = p.check_in_corrected if touchpoint.flag else p.check_in
        relationship.course = min(p.check_in_max, relationship.course + softened * certainty)
        good(state, side, actor, 0.0, (p.correction_gain if touchpoint.flag else p.candour_gain) * certainty, 0.0, p)
        return causes.CANDOUR
    if kind == codes.GESTURE_MADE:
        good(state, side, actor, 0.0, p.gesture_gain * touchpoint.amount * certainty, 0.0, p)
        return causes.KINDNESS
    if touchpoint.flag:
        return causes.NO_EFFECT
    harm = certainty * a_refusal_without_reasons_costs_a_little(state, side, actor, p)
    breach(state, side, actor, touchpoint.episode, SLIP, 0.0, harm, p.unexplained_refusal, certainty * p.unexplained_refusal, p)
    return causes.REFUSAL


def a_refusal_without_reasons_costs_a_little(state: State, side: int, actor: int, p: GoodwillParameters) -> float:
    """T37. The harm of declining an engagement without saying why; with reasons it costs nothing."""
    return slights_of_a_day_add_up(state, side, actor, p.unexplained_refusal, p)


def promise_made(state: State, touchpoint: Encoded, side: int, p: GoodwillParameters) -> None:
    """A promise, or the same one anew: its date may be put off until it is overdue, and no longer."""
    promise, now = state.promises[touchpoint.subject], state.relationship[0].now
    is_overdue = promise.wound != NOTHING and state.episodes[promise.wound].waits == COSTLY
    promise.level = touchpoint.amount
    promise.elicited = touchpoint.flag
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


def origin_sets_the_prior(state: State, touchpoint: Encoded, p: GoodwillParameters) -> None:
    """T1. A stranger starts in the middle; a good name or a referral lifts the start, and a part of that fades; a bad name lowers it."""
    relationship = state.relationship[0]
    institution = state.parties[INSTITUTION]
    lift = 0.0
    if touchpoint.code == codes.REPUTATION:
        lift = p.origin_reputation
    elif touchpoint.code == codes.REFERRAL:
        lift = p.origin_referral
    elif touchpoint.code == codes.RETURNING:
        lift = p.origin_returning
    lift *= touchpoint.amount * touchpoint.certainty
    fading = p.origin_fading if lift > 0.0 else 0.0
    institution.touched_at = relationship.now
    institution.competence = lifted(institution.competence, (1.0 - fading) * lift)
    institution.goodwill = lifted(institution.goodwill, (1.0 - fading) * lift)
    relationship.lift_fading = fading * lift
    relationship.lift_at = relationship.now


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
        relationship.course = 0.0
    return causes.NO_EFFECT


def exit_was_a_surprise(state: State, p: GoodwillParameters) -> bool:
    """T66. An exit of which nothing recorded warned: the loudest sign that something is not known."""
    return exit_risk(state, side_trust(state, ORGANISATION, p), p) < 0.5
