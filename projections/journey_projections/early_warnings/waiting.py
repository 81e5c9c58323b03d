"""What waits for the organisation: failures, complaints, requests and promises; and answers, good and bad."""

from journey_projections.early_warnings.parameters import WarningParameters
from journey_projections.early_warnings.state import (
    DOUBLE_DEVIATION,
    PROMISE_DUE,
    UNANSWERED_COMPLAINT,
    UNANSWERED_FAILURE,
    UNANSWERED_REQUEST,
    Watching,
)
from journey_projections.early_warnings.watches import closed, days_on, is_pending, opened, worsened
from journey_projections.encoding import codes
from journey_projections.encoding.codes import NEVER, NOTHING
from journey_projections.encoding.numbering import Encoded

OWNED = 1 << codes.ACKNOWLEDGE | 1 << codes.ADMIT | 1 << codes.APOLOGISE
MENDED = 1 << codes.HELP | 1 << codes.EXPLAIN | 1 << codes.PREVENT | 1 << codes.COMPENSATE
"""A bad response is put right by one step of each of these."""


def patience(days: float, weight: float, p: WarningParameters) -> int:
    """How long something may wait, in microseconds: the graver or more urgent, the shorter."""
    return days_on(days * (1.0 - p.urgency * weight))


def failure_waits(state: Watching, touchpoint: Encoded, p: WarningParameters) -> None:
    """A failure or a deception waits for an answer; one that the customer has not noticed has time until they do."""
    if touchpoint.kind == codes.FAILURE_OCCURRED and touchpoint.subject == codes.BY_CUSTOMER:
        return
    slot, now = state.slots[touchpoint.episode], touchpoint.at
    is_unnoticed = touchpoint.kind == codes.FAILURE_OCCURRED and touchpoint.flag & codes.UNNOTICED != 0
    due = NEVER if is_unnoticed else now + patience(p.failure_days, touchpoint.amount, p)
    slot.watch = opened(state, UNANSWERED_FAILURE, now, due, touchpoint.amount, touchpoint.certainty)
    slot.settled = 0


def failure_is_noticed(state: Watching, touchpoint: Encoded, p: WarningParameters) -> None:
    """From now on the failures of the episode that nobody had noticed wait."""
    number = touchpoint.refers
    while number != NOTHING and not state.slots[number].settled:
        slot = state.slots[number]
        if is_pending(state, slot.watch, p) and state.watches[slot.watch].due == NEVER:
            worsened(state, slot.watch, 0.0, 0.0)
            watch = state.watches[slot.watch]
            watch.due = touchpoint.at + patience(p.failure_days, watch.severity, p)
        number = slot.before


def complaint_waits(state: Watching, touchpoint: Encoded, p: WarningParameters) -> None:
    """A complaint makes what waits in its episode graver; where nothing does, it waits itself."""
    asked_for(
        state, touchpoint, UNANSWERED_COMPLAINT, touchpoint.amount, touchpoint.at + patience(p.complaint_days, touchpoint.amount, p), p
    )


def request_waits(state: Watching, touchpoint: Encoded, p: WarningParameters) -> None:
    """A request waits until its date, or for as long as its urgency lets it."""
    due = touchpoint.due if touchpoint.due != NEVER else touchpoint.at + patience(p.request_days, touchpoint.amount, p)
    severity = p.request_grave + (p.request_gravest - p.request_grave) * touchpoint.amount
    asked_for(state, touchpoint, UNANSWERED_REQUEST, severity, max(due, touchpoint.at), p)


def asked_for(state: Watching, touchpoint: Encoded, kind: int, severity: float, due: int, p: WarningParameters) -> None:
    """The customer wants an answer in an episode, by some time."""
    number = touchpoint.episode
    while number != NOTHING and not state.slots[number].settled:
        slot = state.slots[number]
        if is_pending(state, slot.watch, p):
            worsened(state, slot.watch, severity, touchpoint.certainty)
            watch = state.watches[slot.watch]
            watch.due = min(watch.due, due)
            return
        number = slot.before
    slot = state.slots[touchpoint.episode]
    slot.watch = opened(state, kind, touchpoint.at, due, severity, touchpoint.certainty)
    slot.settled = 0


def response_failed(state: Watching, touchpoint: Encoded, p: WarningParameters) -> None:
    """A bad response to what waits is a second failure, on top of the first."""
    if touchpoint.refers == NOTHING:
        return
    slot = state.slots[touchpoint.refers]
    if is_pending(state, slot.doubled, p):
        worsened(state, slot.doubled, touchpoint.amount, touchpoint.certainty)
    else:
        slot.doubled = opened(state, DOUBLE_DEVIATION, touchpoint.at, NEVER, touchpoint.amount, touchpoint.certainty)
        state.watches[slot.doubled].subject = touchpoint.code
        slot.settled = 0
    slot.steps = 0


def answered(state: Watching, touchpoint: Encoded, p: WarningParameters) -> None:
    """An act of the organisation answers what waits in its episode."""
    is_step = touchpoint.kind == codes.RECOVERY_STEP_TAKEN
    number, left = touchpoint.refers, 0
    while number != NOTHING and not state.slots[number].settled:
        slot = state.slots[number]
        closed(state, slot.watch)
        if is_pending(state, slot.doubled, p):
            slot.steps |= 1 << touchpoint.code if is_step else 0
            if slot.steps & OWNED and slot.steps & MENDED:
                closed(state, slot.doubled)
            else:
                left += 1
        number = slot.before
    if left == 0:
        state.slots[touchpoint.refers].settled = 1


def promise_made(state: Watching, touchpoint: Encoded, p: WarningParameters) -> None:
    """A promise with a date is due some days before it; made anew, it counts in place of the earlier one."""
    if touchpoint.subject == NOTHING:
        return
    pledge = state.promises[touchpoint.subject]
    closed(state, pledge.watch)
    is_dated = touchpoint.due != NEVER
    opens = max(touchpoint.at, touchpoint.due - days_on(p.promise_days)) if is_dated else NEVER
    severity = p.promise_grave + (p.promise_gravest - p.promise_grave) * touchpoint.amount
    pledge.watch = opened(state, PROMISE_DUE, opens, touchpoint.due, severity, touchpoint.certainty)
    state.watches[pledge.watch].subject = touchpoint.subject
    state.watches[pledge.watch].value = -1.0


def promise_delivered(state: Watching, touchpoint: Encoded) -> None:
    """A delivery ends the waiting for its promise; what it was worth is kept."""
    number = state.promises[touchpoint.subject].watch
    if number == NOTHING:
        return
    watch = state.watches[number]
    if watch.value < 0.0:
        closed(state, number)
        watch.latest = state.relationship[0].place
    watch.value = max(watch.value, touchpoint.amount)
