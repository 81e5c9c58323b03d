"""What waits for the organisation: failures, complaints, requests and promises, and what it costs to let them wait.

INVARIANT (one clock): all that waits past its patience costs by one exponential, so that a side needs only two sums for it: what it
will cost in the end, and how much of that it did not yet cost at an instant. INVARIANT (due): what is still within its patience
stands in a heap by the instant at which that ends, so that `advance` meets it at that very instant, however time is cut; what was
answered is never at its front, since `forget_answered` ends whatever changes it.
"""

import math

from journey_projections.encoding.codes import NEVER, NOBODY, NOTHING, ORGANISATION
from journey_projections.rules.goodwill.breaches import (
    good_history_buffers_competence_breach,
    little_trust_leaves_little_to_lose,
    relational_breach_grows_with_goodwill,
)
from journey_projections.rules.goodwill.levels import DAY, days_between, shrunk, spared, talked_over, trust_of
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.state import ANSWERED, COSTLY, PATIENT, PROMISE, Side, State, Wound
from journey_projections.rules.goodwill.wounds import rest


def patience_shortens(days: float, weight: float, p: GoodwillParameters) -> int:
    """T38. How long something may wait, in microseconds: the graver or more urgent, the shorter."""
    return int(days * (1.0 - p.urgency * weight) * DAY)


def wait_for(state: State, number: int, starts: int, competence: float, goodwill: float, p: GoodwillParameters) -> None:
    """Let something wait: from `starts` on it costs, in the end these log shares. One that started in the past costs at once.

    What stands in the heap already starts no earlier than it stands there.
    """
    wound = state.episodes[number]
    if wound.is_queued:
        starts = max(starts, wound.queued_at)
    wound.awaited_competence = competence
    wound.awaited_goodwill = goodwill
    wound.starts = starts
    wound.waits = PATIENT
    if starts < state.relationship[0].now:
        begin(state, number, p)
    elif not wound.is_queued:
        queue(state, number)


def queue(state: State, number: int) -> None:
    """Put a wound into the heap of what falls due."""
    wound, relationship = state.episodes[number], state.relationship[0]
    wound.is_queued = 1
    wound.queued_at = wound.starts
    wound.left = NOTHING
    wound.right = NOTHING
    relationship.due = melded(state, relationship.due, number)


def melded(state: State, one: int, other: int) -> int:
    """Two skew heaps as one; ties go by number. Each costs the logarithm of its size, in the long run."""
    root, above = NOTHING, NOTHING
    while one != NOTHING and other != NOTHING:
        if is_before(state, other, one):
            one, other = other, one
        wound = state.episodes[one]
        if above == NOTHING:
            root = one
        else:
            state.episodes[above].left = one
        above = one
        one = wound.right
        wound.right = wound.left
    rest = other if one == NOTHING else one
    if above == NOTHING:
        return rest
    state.episodes[above].left = rest
    return root


def is_before(state: State, one: int, other: int) -> bool:
    """Whether one of two wounds falls due before the other."""
    earlier, later = state.episodes[one].queued_at, state.episodes[other].queued_at
    return earlier < later or (earlier == later and one < other)


def fall_due(state: State, p: GoodwillParameters) -> None:
    """Let everything begin to cost whose patience has run out by now, each at its own instant."""
    relationship = state.relationship[0]
    now = relationship.now
    while relationship.due != NOTHING and state.episodes[relationship.due].queued_at < now:
        number = taken(state)
        relationship.now = state.episodes[number].starts
        begin(state, number, p)
        relationship.now = now
        forget_answered(state)


def taken(state: State) -> int:
    """Take the first out of the heap."""
    relationship = state.relationship[0]
    number = relationship.due
    wound = state.episodes[number]
    wound.is_queued = 0
    relationship.due = melded(state, wound.left, wound.right)
    return number


def begin(state: State, number: int, p: GoodwillParameters) -> None:
    """Let a wound cost what goes from now on; what started earlier has cost already."""
    wound = state.episodes[number]
    side = state.sides[wound.side]
    now = state.relationship[0].now
    if wound.nature == PROMISE:
        broken_promise_costs_what_delivering_nothing_would(state, number, p)
    catch_up(state, wound.side, p)
    wound.waits = COSTLY
    lead = state.parties[wound.side]
    wound.awaited_clock_competence = lead.mended_competence
    wound.awaited_clock_goodwill = lead.mended_goodwill
    left = wound.yet_to_cost * math.exp(-days_between(wound.starts, now) / p.waiting_days)
    side.waiting += 1
    side.awaited_competence += wound.awaited_competence
    side.awaited_goodwill += wound.awaited_goodwill
    side.spared_competence += wound.awaited_competence * left
    side.spared_goodwill += wound.awaited_goodwill * left


def broken_promise_costs_what_delivering_nothing_would(state: State, number: int, p: GoodwillParameters) -> None:
    """T46. A promise has a date: what is not delivered then costs, in the end, what delivering nothing would."""
    wound = state.episodes[number]
    if wound.side == ORGANISATION:
        wound.unfelt *= 1.0 - talked_over(state.relationship[0], wound.talked, p)
    scale = wound.certainty * little_trust_leaves_little_to_lose(state, wound.side, trust_of(state, wound.side, p), p)
    party = state.parties[wound.side]
    wound.awaited_competence = scale * good_history_buffers_competence_breach(state, party, wound.unfelt, p)
    wound.awaited_goodwill = scale * relational_breach_grows_with_goodwill(state, wound.side, NOBODY, p.broken_word * wound.unfelt, p)


def catch_up(state: State, side: int, p: GoodwillParameters) -> None:
    """Bring a side's sums up to the present."""
    record, now = state.sides[side], state.relationship[0].now
    if record.waited_at != now:
        if record.waiting:
            left = spared(record, now, p)
            record.spared_competence *= left
            record.spared_goodwill *= left
        record.waited_at = now


def spent(wound: Wound, now: int, p: GoodwillParameters) -> float:
    """The share that a wound has cost by now of what it will cost by waiting."""
    return 1.0 - wound.yet_to_cost * math.exp(-days_between(wound.starts, now) / p.waiting_days) if wound.waits == COSTLY else 0.0


def still_awaited(state: State, number: int, p: GoodwillParameters) -> tuple[float, float]:
    """What good conduct has left of what a wound will cost by waiting, in log shares of competence and goodwill."""
    wound = state.episodes[number]
    if wound.waits != COSTLY:
        return wound.awaited_competence, wound.awaited_goodwill
    lead = state.parties[wound.side]
    competence = rest(wound.awaited_competence, wound.awaited_clock_competence, lead.mended_competence, p)
    return competence, rest(wound.awaited_goodwill, wound.awaited_clock_goodwill, lead.mended_goodwill, p)


def note_what_is_awaited(state: State, number: int, p: GoodwillParameters) -> None:
    """Write that into the wound."""
    wound, lead = state.episodes[number], state.parties[state.episodes[number].side]
    wound.awaited_competence, wound.awaited_goodwill = still_awaited(state, number, p)
    wound.awaited_clock_competence = lead.mended_competence
    wound.awaited_clock_goodwill = lead.mended_goodwill


def good_conduct_eases_waiting(side: Side, competence: float, goodwill: float, p: GoodwillParameters) -> None:
    """T45. Good conduct mends what waiting costs as it mends wounds."""
    if side.waiting:
        left_competence, left_goodwill = shrunk(p.mend_gain * competence), shrunk(p.mend_gain * goodwill)
        side.awaited_competence *= left_competence
        side.spared_competence *= left_competence
        side.awaited_goodwill *= left_goodwill
        side.spared_goodwill *= left_goodwill


def stop_waiting(state: State, number: int, p: GoodwillParameters) -> float:
    """Let a wound wait no longer; returns the share of `awaited_…` that it has cost, which its caller accounts for from here."""
    wound = state.episodes[number]
    cost = spent(wound, state.relationship[0].now, p)
    if wound.waits == COSTLY:
        note_what_is_awaited(state, number, p)
        catch_up(state, wound.side, p)
        side = state.sides[wound.side]
        side.waiting -= 1
        keep = 1.0 if side.waiting else 0.0
        side.awaited_competence = keep * (side.awaited_competence - wound.awaited_competence)
        side.awaited_goodwill = keep * (side.awaited_goodwill - wound.awaited_goodwill)
        side.spared_competence = keep * (side.spared_competence - wound.awaited_competence * (1.0 - cost))
        side.spared_goodwill = keep * (side.spared_goodwill - wound.awaited_goodwill * (1.0 - cost))
    wound.waits = ANSWERED
    return cost


def awaited_in(state: State, latest: int) -> float:
    """What an episode waits for, in log shares of goodwill, as it was when it began to wait."""
    if latest == NOTHING or is_answered(state.episodes[latest]):
        return 0.0
    return state.episodes[latest].awaited_in_all


def is_answered(wound: Wound) -> bool:
    """Whether a wound waited, and was answered: so is whatever came before it in its episode, since an answer answers all of it."""
    return bool(wound.starts != 0 and wound.waits == ANSWERED)


PASSED = -1
"""In the place of when a wound starts to cost: it never did, and an answer has passed it."""


def next_due(state: State) -> int:
    """The next instant, in microseconds since the first touchpoint, at which something begins to cost by itself; NEVER without one."""
    due = state.relationship[0].due
    return NEVER if due == NOTHING else state.episodes[due].queued_at


def forget_answered(state: State) -> None:
    """Take out of the heap's front what waits no longer, or longer than it stands there. Upholds INVARIANT (due)."""
    relationship = state.relationship[0]
    while relationship.due != NOTHING:
        wound = state.episodes[relationship.due]
        if wound.waits == PATIENT and wound.starts == wound.queued_at:
            return
        number = taken(state)
        if state.episodes[number].waits == PATIENT:
            queue(state, number)
