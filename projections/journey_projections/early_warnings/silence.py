"""Silence: against the customer's own rhythm, and after a failure."""

from journey_projections.early_warnings.parameters import WarningParameters
from journey_projections.early_warnings.state import CONTACTS, GAPS, SILENCE_AFTER_FAILURE, SILENCE_AGAINST_RHYTHM, Watching
from journey_projections.early_warnings.watches import DAY, closed, days_on, is_pending, is_unused, opened
from journey_projections.encoding.codes import NEVER, NOTHING
from journey_projections.encoding.numbering import Encoded


def was_there(state: Watching, touchpoint: Encoded, which: int, p: WarningParameters) -> None:
    """The customer dealt with the organisation, or bought: the silence of before ends, and a new one begins. A day counts once."""
    rhythm, now = state.rhythms[which], touchpoint.at
    days = 0.0 if rhythm.at == NEVER else (now - rhythm.at) / DAY
    if days >= 1.0:
        state.gaps[which * GAPS + rhythm.gaps % GAPS].days = days
        rhythm.gaps += 1
    if rhythm.at == NEVER or days >= 1.0:
        rhythm.at = now
    wait, usual = long_silence(state, which, p)
    unused = rhythm.watch if is_unused(state, rhythm.watch) else NOTHING
    if unused == NOTHING:
        closed(state, rhythm.watch)
    if usual <= 0.0:
        return
    if unused == NOTHING:
        rhythm.watch = opened(state, SILENCE_AGAINST_RHYTHM, now + wait, NEVER, p.rhythm_grave, 1.0)
    watch = state.watches[rhythm.watch]
    watch.opens = now + wait
    watch.closes = NEVER
    watch.touchpoint = state.relationship[0].place
    watch.latest = watch.touchpoint
    watch.subject = which
    watch.value = usual


def nothing_is_expected(state: Watching) -> None:
    """What was agreed is done: the contacts of that time say nothing of the next ones."""
    rhythm = state.rhythms[CONTACTS]
    closed(state, rhythm.watch)
    rhythm.gaps = 0


def long_silence(state: Watching, which: int, p: WarningParameters) -> tuple[int, float]:
    """How long a silence is against the rhythm, in microseconds, and the usual gap in days; 0 of both where there is no rhythm yet.

    The usual gap is the median of the last ones, so that one long holiday does not change it.
    """
    known = min(state.rhythms[which].gaps, GAPS)
    if known < p.rhythm_gaps:
        return 0, 0.0
    first = which * GAPS
    usual, longest = 0.0, 0.0
    for one in range(first, first + known):
        days = state.gaps[one].days
        longest = max(longest, days)
        below, equal = 0, 0
        for other in range(first, first + known):
            below += int(state.gaps[other].days < days)
            equal += int(state.gaps[other].days == days)
        if below <= known // 2 < below + equal:
            usual = days
    long = max(p.rhythm_times * usual, p.rhythm_longest * longest) * (1.0 + p.rhythm_few / known)
    return days_on(max(long, p.rhythm_least_days)), usual


def heard(state: Watching) -> None:
    """The customer was heard, or met: they did not fall silent after a failure."""
    relationship = state.relationship[0]
    relationship.heard_at = relationship.now
    closed(state, relationship.quiet)


def falls_silent(state: Watching, touchpoint: Encoded, p: WarningParameters) -> None:
    """From a failure on, silence is no satisfaction."""
    relationship = state.relationship[0]
    if touchpoint.amount < p.quiet_from or is_pending(state, relationship.quiet, p):
        return
    opens = touchpoint.at + days_on(p.quiet_days)
    relationship.quiet = opened(state, SILENCE_AFTER_FAILURE, opens, NEVER, touchpoint.amount, touchpoint.certainty)
