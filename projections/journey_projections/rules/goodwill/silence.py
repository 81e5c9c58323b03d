"""What the passing of time is in `goodwill`, in words: what waits and costs, a name that fades, or silence."""

import math
from collections.abc import Iterator

from journey.times import instant_at
from journey_projections.encoding.codes import ORGANISATION
from journey_projections.encoding.numbering import Encoder
from journey_projections.rules.goodwill.levels import days_between
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.state import COMPLAINT, COSTLY, DECEPTION, FAILURE, PROMISE, REQUEST, RESPONSE, State
from journey_projections.rules.goodwill.waiting import spent, still_awaited
from journey_projections.rules.rule_set import SILENCE

FADES = "time passed: what the customer had heard beforehand fades"
SOMETHING_WAITS = "time passed: something still waits for an answer"
LOOKED_AT = 100
"""So many wounds are looked at, the latest first, so that a long history is explained in linear time."""
DUST = 1e-4
"""A log share too small to be what moved trust, unless nothing else did."""
_CALLED = {FAILURE: "failure", RESPONSE: "bad response", DECEPTION: "deception", REQUEST: "request", COMPLAINT: "complaint"}


def passed(state: State, names: Encoder, elapsed: int, p: GoodwillParameters) -> str:
    """What cost most while these microseconds passed."""
    faded = name_faded(state, elapsed, p)
    if state.sides[ORGANISATION].waiting:
        costs = sorted(((cost, number) for number, cost in waited(state, elapsed, p) if cost > 0.0), reverse=True)
        if costs and costs[0][0] >= max(faded, DUST):
            more = sum(cost >= DUST for cost, _ in costs[1:])
            others = f", and {more} more {'waits' if more == 1 else 'wait'}" if more else ""
            return f"time passed: {what_waits(state, costs[0][1], names)}{others}"
        if not costs and faded < DUST:
            return SOMETHING_WAITS
    return FADES if faded >= DUST else SILENCE


def waited(state: State, elapsed: int, p: GoodwillParameters) -> Iterator[tuple[int, float]]:
    """What the organisation lets wait at a cost: each wound, and what it cost in the time that just passed, in log shares."""
    now, left = state.relationship[0].now, state.sides[ORGANISATION].waiting
    for number in range(len(state.episodes) - 1, max(-1, len(state.episodes) - 1 - LOOKED_AT), -1):
        wound = state.episodes[number]
        if wound.waits == COSTLY and wound.side == ORGANISATION:
            competence, goodwill = still_awaited(state, number, p)
            share = spent(wound, now, p) - spent(wound, now - elapsed, p)
            yield number, share * (p.competence_weight * competence + (1.0 - p.competence_weight) * goodwill)
            left -= 1
        if not left:
            return


def what_waits(state: State, number: int, names: Encoder) -> str:
    """What one wound waits for."""
    wound = state.episodes[number]
    if wound.nature == PROMISE:
        name, promise = next((name, state.promises[at]) for name, at in names.promises.items() if state.promises[at].wound == number)
        return f"promise `{name}` is overdue since {_day(promise.due, names)}"
    name = names.episodes[number][0] or ""
    called = _CALLED.get(wound.nature, "failure")
    return f"{called} `{name.removeprefix('=')}` of {_day(wound.opened_at, names)} still waits for an answer"


def _day(instant: int, names: Encoder) -> str:
    at = instant_at(names.started + instant)
    return "a day after the year 9999" if at is None else at.date().isoformat()


def name_faded(state: State, elapsed: int, p: GoodwillParameters) -> float:
    """How much of the lift that a name gave has faded in the time that just passed; what a bad name took never comes back by itself."""
    relationship = state.relationship[0]
    if relationship.lift_fading <= 0.0:
        return 0.0
    before = days_between(relationship.lift_at, relationship.now - elapsed)
    after = days_between(relationship.lift_at, relationship.now)
    return relationship.lift_fading * (math.exp(-before / p.origin_fading_days) - math.exp(-after / p.origin_fading_days))
