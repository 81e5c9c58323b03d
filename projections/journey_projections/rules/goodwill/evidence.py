"""Evidence that re-reads an episode: innocence clears, guilt exposes."""

from journey_projections.encoding.codes import ADMIT, DENIED, NOTHING
from journey_projections.rules.goodwill.breaches import readiness_to_leave_cools_slowly, relational_breach_grows_with_goodwill, warn
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.recovery import restore
from journey_projections.rules.goodwill.responses import met_badly
from journey_projections.rules.goodwill.state import ANSWERED, PROMISE, State, Wound
from journey_projections.rules.goodwill.waiting import note_what_is_awaited, stop_waiting, wait_for
from journey_projections.rules.goodwill.wounds import close


def evidence_rereads_the_response(state: State, latest: int, side: int, innocent: int, certainty: float, p: GoodwillParameters) -> None:
    """T20. Evidence re-reads an episode: innocence clears who denied more than who admitted; guilt exposes a denial, once.

    A verdict takes back what an opposite one did, as far as it is certain; told again it changes nothing.
    """
    other = latest
    while other != NOTHING:
        wound = state.episodes[other]
        if innocent:
            clear(state, other, certainty * (p.cleared_admitted if wound.steps & (1 << ADMIT) else 1.0), p)
        else:
            wound.cleared = min(wound.cleared, 1.0 - certainty)
            restore(state, other, p)
            if wound.manner == DENIED and certainty > wound.exposed:
                harm = p.deceived * relational_breach_grows_with_goodwill(state, side, wound.actor, p.exposed_denial, p)
                met_badly(state, other, (certainty - wound.exposed) * harm, p)
                wound.exposed = certainty
        other = wound.sibling


def clear(state: State, number: int, share: float, p: GoodwillParameters) -> None:
    """Give back a share of a wound, of the alarm that it raised, and of what waits for it; one that is given back whole closes."""
    wound = state.episodes[number]
    more = share - wound.cleared
    if more <= 0.0 or wound.nature == PROMISE:
        return
    innocence_calms(state, wound, more / (1.0 - wound.cleared), p)
    wound.cleared = share
    restore(state, number, p)
    if wound.waits != ANSWERED:
        note_what_is_awaited(state, number, p)
        competence, goodwill, starts = wound.awaited_competence, wound.awaited_goodwill, wound.starts
        stop_waiting(state, number, p)
        if share < 1.0:
            wait_for(state, number, starts, competence * (1.0 - share), goodwill * (1.0 - share), p)
    if share >= p.cleared_admitted:
        close(state, number)


def innocence_calms(state: State, wound: Wound, share: float, p: GoodwillParameters) -> None:
    """T60. Innocence takes back the readiness to leave that the accusation raised."""
    now = state.relationship[0].now
    wound.alarm = readiness_to_leave_cools_slowly(wound.alarm, wound.alarm_at, now, p)
    wound.alarm_at = now
    warn(state, -share * wound.alarm, p)
    wound.alarm *= 1.0 - share
