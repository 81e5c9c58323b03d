"""Early warnings of one relationship: what each touchpoint opens, worsens and closes, in one table.

A fold of its own beside the rules, of which it is given the trust. It uses only numbers, records and each other's functions, so that the
same source also compiles; see `state`.
"""

from journey_projections.early_warnings.falls import ends, trust_moves
from journey_projections.early_warnings.parameters import WarningParameters
from journey_projections.early_warnings.people import met, people_change
from journey_projections.early_warnings.silence import falls_silent, heard, nothing_is_expected, was_there
from journey_projections.early_warnings.state import CONTACTS, PURCHASES, UNTOLD, Watch, Watching
from journey_projections.early_warnings.voices import scored, seen, spoken_of
from journey_projections.early_warnings.waiting import (
    answered,
    complaint_waits,
    failure_is_noticed,
    failure_waits,
    promise_delivered,
    promise_made,
    request_waits,
    response_failed,
)
from journey_projections.early_warnings.watches import DAY, closed, days_on, is_open, severity_at, since_of
from journey_projections.encoding import codes
from journey_projections.encoding.codes import NEVER, NOBODY, NOTHING, ORGANISATION
from journey_projections.encoding.numbering import Counts, Encoded


def observe(state: Watching, touchpoint: Encoded, counts: Counts, trust: float, p: WarningParameters) -> None:
    """Let one touchpoint open, worsen and close warnings; `trust` is what the rules say after it. Call in order."""
    relationship = state.relationship[0]
    begin_names(state, counts)
    relationship.place = counts.touchpoints - 1
    relationship.now = touchpoint.at
    if touchpoint.episode != NOTHING and touchpoint.episode != touchpoint.refers:
        state.slots[touchpoint.episode].before = touchpoint.refers
    kind = touchpoint.kind
    before = relationship.trust
    relationship.trust = trust
    if kind == codes.RELATIONSHIP_OPENED and relationship.origin == UNTOLD:
        relationship.origin = touchpoint.code
    if touchpoint.certainty <= 0.0 or kind == codes.NOTE_ADDED or kind == codes.FEEDBACK_REQUESTED:
        return
    if kind == codes.RELATIONSHIP_ENDED:
        if not relationship.ended:
            ends(state, touchpoint, p)
        return
    if kind == codes.RELATIONSHIP_RESUMED:
        relationship.ended = 0
        closed(state, relationship.left)
    is_ours = touchpoint.side == ORGANISATION
    if touchpoint.refers != NOTHING and is_ours and is_an_answer(touchpoint):
        answered(state, touchpoint, p)
    happened(state, touchpoint, is_ours, trust, p)
    if not relationship.ended:
        came_and_bought(state, touchpoint, is_ours, p)
        trust_moves(state, touchpoint, before, trust, p)


def begin_names(state: Watching, counts: Counts) -> None:
    """Make what belongs to new names fresh."""
    relationship = state.relationship[0]
    while relationship.slots < counts.episodes:
        slot = state.slots[relationship.slots]
        slot.before, slot.watch, slot.doubled, slot.steps, slot.settled = NOTHING, NOTHING, NOTHING, 0, 0
        relationship.slots += 1
    while relationship.promises < counts.promises:
        state.promises[relationship.promises].watch = NOTHING
        relationship.promises += 1
    while relationship.parties < counts.parties:
        state.parties[codes.FIRST_REPRESENTATIVE + relationship.parties].contacts = 0
        relationship.parties += 1


def is_an_answer(touchpoint: Encoded) -> bool:
    """Whether an act in an episode answers what waits there: any but a bad one."""
    kind = touchpoint.kind
    if kind == codes.INTERACTION:
        is_bad = touchpoint.amount < 0.0 or touchpoint.second < 0.0 or touchpoint.third < 0.0
        return not is_bad and touchpoint.flag != codes.UNRECOGNISED
    if kind == codes.ENGAGEMENT_DECLINED:
        return touchpoint.flag != 0
    if kind == codes.DELIVERY:
        return touchpoint.amount > 0.0
    is_expected = kind == codes.PROMISE_MADE or kind == codes.RISK_DISCLOSED or kind == codes.CHECK_IN_HELD
    return is_expected or kind == codes.GESTURE_MADE or kind == codes.RECOVERY_STEP_TAKEN


def happened(state: Watching, touchpoint: Encoded, is_ours: bool, trust: float, p: WarningParameters) -> None:
    """What a touchpoint opens and closes, by its kind."""
    relationship, kind = state.relationship[0], touchpoint.kind
    if kind == codes.FEEDBACK_GIVEN:
        scored(state, touchpoint, p)
    elif kind == codes.COMPLAINT_VOICED:
        complaint_waits(state, touchpoint, p)
    elif kind == codes.REQUEST_MADE:
        request_waits(state, touchpoint, p)
    elif kind == codes.FAILURE_NOTICED:
        failure_is_noticed(state, touchpoint, p)
    elif kind == codes.WORD_OF_MOUTH_HEARD:
        spoken_of(state, touchpoint, p)
    elif kind == codes.PRAISE_GIVEN:
        closed(state, relationship.weak)
    elif codes.REPRESENTATIVE_ASSIGNED <= kind <= codes.REPRESENTATIVE_LEFT:
        people_change(state, touchpoint, trust, p)
    elif is_ours:
        done(state, touchpoint, p)


def done(state: Watching, touchpoint: Encoded, p: WarningParameters) -> None:
    """What the organisation did."""
    relationship, kind = state.relationship[0], touchpoint.kind
    if kind == codes.DELIVERY:
        if touchpoint.subject != NOTHING:
            promise_delivered(state, touchpoint)
        seen(state, touchpoint, p)
    elif kind == codes.FAILURE_OCCURRED or kind == codes.DECEPTION_EXPOSED:
        failure_waits(state, touchpoint, p)
        if touchpoint.flag & codes.UNNOTICED == 0 and not relationship.ended:
            falls_silent(state, touchpoint, p)
    elif kind == codes.RESPONSE_FAILED:
        response_failed(state, touchpoint, p)
    elif kind == codes.PROMISE_MADE:
        promise_made(state, touchpoint, p)
    elif kind == codes.CHECK_IN_HELD:
        closed(state, relationship.weak)
        closed(state, relationship.gap)


def came_and_bought(state: Watching, touchpoint: Encoded, is_ours: bool, p: WarningParameters) -> None:
    """Whether the customer was there: what they say and do, and every meeting."""
    kind = touchpoint.kind
    if kind == codes.PURCHASE_MADE:
        heard(state)
        was_there(state, touchpoint, PURCHASES, p)
        return
    is_meeting = kind == codes.INTERACTION or kind == codes.CHECK_IN_HELD
    is_said = kind == codes.REQUEST_MADE or (
        codes.FEEDBACK_GIVEN <= kind <= codes.ENGAGEMENT_COMPLETED and kind != codes.WORD_OF_MOUTH_HEARD
    )
    if is_meeting or kind == codes.DELIVERY:
        met(state, touchpoint, p)
    if is_meeting or is_said or not (is_ours or kind == codes.WORD_OF_MOUTH_HEARD):
        heard(state)
    if is_meeting or is_said or kind == codes.DELIVERY:
        was_there(state, touchpoint, CONTACTS, p)
    if kind == codes.ENGAGEMENT_COMPLETED:
        nothing_is_expected(state)


def urgency(state: Watching, at: int, p: WarningParameters) -> float:
    """How much needs somebody, 0 to 1: what is at stake, the trust there was of late, times how surely the open warnings cost it.

    Each counts by how grave and sure it is, less while there is much time left, and less the longer it is open: what was not saved in
    months can wait another day.
    """
    relationship, stale, spared = state.relationship[0], days_on(p.stale_days), 1.0
    for number in range(relationship.watches):
        watch = state.watches[number]
        if is_open(watch, at, stale):
            spared *= 1.0 - severity_at(watch, at, p) * watch.certainty * soon(watch, at, p)
    return max(relationship.trust, relationship.high) * (1.0 - spared)


def soon(watch: Watch, at: int, p: WarningParameters) -> float:
    """How soon something must be done about an open watch, 0 to 1."""
    days = (at - since_of(watch)) / DAY
    return 1.0 / (1.0 - days / p.ahead_days) if days < 0.0 else 1.0 / (1.0 + days / p.cools_days)


def owner(state: Watching) -> int:
    """Whom the customer deals with, a party; NOBODY where they left, or the relationship ended."""
    relationship = state.relationship[0]
    return NOBODY if relationship.vacant or relationship.ended else relationship.current


def last_heard(state: Watching) -> int:
    """When the customer was last heard or met; NEVER where they were not."""
    return state.relationship[0].heard_at


def forget(state: Watching) -> None:
    """Forget everything: the state before anything happened, in records that were used."""
    r = state.relationship[0]
    r.watches, r.settled, r.slots, r.promises, r.parties, r.place, r.now = 0, 0, 0, 0, 0, NOTHING, 0
    r.ended, r.acts, r.current, r.vacant, r.told, r.steady, r.heard_at = 0, 0, NOBODY, 0, 0, 0, NEVER
    r.handover, r.bond, r.quiet, r.low, r.weak, r.gap, r.fell = NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING
    r.best_score, r.high, r.high_at, r.origin, r.trust, r.left = 0.0, 0.0, NEVER, UNTOLD, 0.0, NOTHING
    for which in range(2):
        rhythm = state.rhythms[which]
        rhythm.at, rhythm.gaps, rhythm.watch = NEVER, 0, NOTHING
