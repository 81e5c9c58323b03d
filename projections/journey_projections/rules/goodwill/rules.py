"""The rule set `goodwill`: what each touchpoint does, in one table.

`advance` and `apply` use only numbers, records and each other, so that the same source also compiles; see `state`.
"""

from math import isnan

from journey_projections.encoding import codes
from journey_projections.encoding.codes import INSTITUTION, NOBODY, NOTHING, ORGANISATION
from journey_projections.encoding.numbering import Encoded
from journey_projections.rules.goodwill import causes
from journey_projections.rules.goodwill.breaches import (
    Trusted,
    being_treated_as_a_number_hurts_old_customers,
    slights_of_a_day_add_up,
    slip,
    trusted,
)
from journey_projections.rules.goodwill.conduct import good
from journey_projections.rules.goodwill.evidence import evidence_rereads_the_response
from journey_projections.rules.goodwill.failures import an_open_failure_waits, failure_noticed, failure_occurred
from journey_projections.rules.goodwill.levels import lifted, side_trust
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.people import handover_made, introduction_made, meet, representative_left
from journey_projections.rules.goodwill.promises import delivery, promise_made
from journey_projections.rules.goodwill.recovery import recovery_step_taken
from journey_projections.rules.goodwill.responses import an_answer_stops_the_clock, deception_wounds_and_scars, response_failed
from journey_projections.rules.goodwill.state import COURTESY, State
from journey_projections.rules.goodwill.views import confidence_grows_with_evidence
from journey_projections.rules.goodwill.voice import voice
from journey_projections.rules.goodwill.waiting import awaited_in, fall_due, forget_answered


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
    if touchpoint.certainty <= 0.0:
        state.relationship[0].begun |= int(kind != codes.RELATIONSHIP_OPENED)
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
    state.relationship[0].begun = 1
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


def interaction(state: State, touchpoint: Encoded, side: int, actor: int, p: GoodwillParameters) -> int:
    """A contact judged by dimension; of two relational qualities the worse breach and the larger gain count."""
    competence = 0.0 if isnan(touchpoint.amount) else touchpoint.amount
    benevolence = 0.0 if isnan(touchpoint.second) else touchpoint.second
    integrity = 0.0 if isnan(touchpoint.third) else touchpoint.third
    certainty = touchpoint.certainty
    worst = max(0.0, -benevolence, -integrity)
    unseen = being_treated_as_a_number_hurts_old_customers(state, side, p) if touchpoint.flag == codes.UNRECOGNISED else 0.0
    clumsy = max(0.0, -competence)
    severity = max(clumsy, worst, unseen)
    before = trusted(state, side, actor, severity, p)
    rude = slights_of_a_day_add_up(state, side, before, worst, p)
    ignored = slights_of_a_day_add_up(state, side, before, unseen, p)
    slighted = certainty * (worst + unseen)
    slip(state, side, actor, touchpoint.episode, certainty * clumsy, certainty * (rude + ignored), severity, slighted, before, p)
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


def expectation(state: State, touchpoint: Encoded, side: int, actor: int, p: GoodwillParameters) -> int:
    """Openings, promises, disclosed risks, check-ins, gestures and refusals."""
    relationship = state.relationship[0]
    kind = touchpoint.kind
    certainty = touchpoint.certainty
    if kind == codes.RELATIONSHIP_OPENED:
        if not relationship.begun:
            origin_sets_the_prior(state, touchpoint, p)
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
        relationship.talk += softened * certainty
        good(state, side, actor, 0.0, (p.correction_gain if touchpoint.flag else p.candour_gain) * certainty, 0.0, p)
        return causes.CANDOUR
    if kind == codes.GESTURE_MADE:
        good(state, side, actor, 0.0, p.gesture_gain * touchpoint.amount * certainty, 0.0, p)
        return causes.KINDNESS
    if touchpoint.flag:
        return causes.NO_EFFECT
    before = trusted(state, side, actor, p.unexplained_refusal, p)
    harm = certainty * a_refusal_without_reasons_costs_a_little(state, side, before, p)
    slip(state, side, actor, touchpoint.episode, 0.0, harm, p.unexplained_refusal, certainty * p.unexplained_refusal, before, p)
    return causes.REFUSAL


def a_refusal_without_reasons_costs_a_little(state: State, side: int, before: Trusted, p: GoodwillParameters) -> float:
    """T37. The harm of declining an engagement without saying why; with reasons it costs nothing."""
    return slights_of_a_day_add_up(state, side, before, p.unexplained_refusal, p)


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
    institution.heard_at = relationship.now
    institution.competence = lifted(institution.competence, (1.0 - fading) * lift)
    institution.goodwill = lifted(institution.goodwill, (1.0 - fading) * lift)
    relationship.lift_fading = fading * lift
    relationship.lift_at = relationship.now
