"""Responses: what answers the customer, and what is done badly or not at all."""

import math

from journey_projections.encoding.codes import (
    DEFLECTED,
    DELAYED,
    DENIED,
    IGNORED,
    INTEGRITY,
    NOTHING,
)
from journey_projections.rules.goodwill.breaches import (
    a_persons_act_is_charged_to_the_institution,
    breach,
    charge,
    little_trust_leaves_little_to_lose,
    relational_breach_grows_with_goodwill,
)
from journey_projections.rules.goodwill.levels import DAY, trust_of
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.state import ANSWERED, DECEPTION, FAILURE, RESPONSE, State, Wound
from journey_projections.rules.goodwill.waiting import PASSED, is_answered, note_what_is_awaited, spent, stop_waiting, wait_for
from journey_projections.rules.goodwill.wounds import add_harm, open_one_of, rest


def an_answer_stops_the_clock(state: State, latest: int, acknowledges: bool, p: GoodwillParameters) -> None:
    """T43. An act of the organisation in an episode answers what waits there; what the waiting cost stays part of the wound.

    Steps answer a failure only once it is acknowledged; whatever else is done, answers.
    """
    number = latest
    while number != NOTHING and not is_answered(state.episodes[number]):
        wound = state.episodes[number]
        if wound.waits != ANSWERED and (acknowledges or (wound.nature != FAILURE and wound.nature != DECEPTION)):
            deepen_by_waiting(state, number, stop_waiting(state, number, p), p)
        elif acknowledges and wound.starts == 0:
            wound.starts = PASSED
        wound.awaited_in_all = 0.0
        number = wound.sibling


def deepen_by_waiting(state: State, number: int, share: float, p: GoodwillParameters) -> None:
    """Let this share of what a wound waited to cost be part of its harm from now on; nobody in particular let it wait."""
    wound = state.episodes[number]
    if share > 0.0:
        if wound.severity <= 0.0:
            wound.severity = wound.unfelt
        add_harm(
            state,
            number,
            state.on_lead[number],
            state.parties[wound.side],
            share * wound.awaited_competence,
            share * wound.awaited_goodwill,
            p,
        )


def response_failed(
    state: State, number: int, latest: int, side: int, actor: int, manner: int, severity: float, certainty: float, p: GoodwillParameters
) -> bool:
    """A failed response: a relational breach, and a worse one while the episode that it answers is open; returns whether it is.

    It deepens the wound that it answers, or where somebody else failed, opens one beside it. What the same waiting has cost, or will,
    is not charged twice.
    """
    factor, answered = 1.0, open_one_of(state, latest)
    if answered != NOTHING:
        factor = bad_response_is_a_second_failure(state.episodes[answered], manner, p)
    harm = certainty * factor * relational_breach_grows_with_goodwill(state, side, actor, severity, p)
    scale = little_trust_leaves_little_to_lose(state, side, trust_of(state, side, p), p)
    reach = a_persons_act_is_charged_to_the_institution(scale, p) if actor != NOTHING else scale
    if reach > 0.0:
        harm = silence_is_not_charged_twice(state, latest, harm * reach, manner in (IGNORED, DELAYED), p) / reach
    if answered != NOTHING and state.episodes[answered].actor == actor:
        met_badly(state, answered, harm, p)
        state.episodes[answered].manner = manner
    else:
        breach(state, side, actor, number, RESPONSE, 0.0, harm, severity, p)
        state.episodes[number].badly_met = 1.0
        state.episodes[number].manner = manner
        if latest != NOTHING:
            state.episodes[number].sibling = state.episodes[latest].sibling
            state.episodes[latest].sibling = number
    return answered != NOTHING


def met_badly(state: State, number: int, harm: float, p: GoodwillParameters) -> None:
    """Deepen a wound by a response to it, and remember what share of it the responses did."""
    wound, on_lead = state.episodes[number], state.on_lead[number]
    before = rest(on_lead.goodwill, on_lead.clock_goodwill, state.parties[wound.side].mended_goodwill, p)
    scale = little_trust_leaves_little_to_lose(state, wound.side, trust_of(state, wound.side, p), p)
    charge(state, number, wound.actor, 0.0, harm, scale, p)
    if on_lead.goodwill > 0.0:
        wound.badly_met = 1.0 - before * (1.0 - wound.badly_met) / on_lead.goodwill


def bad_response_is_a_second_failure(wound: Wound, manner: int, p: GoodwillParameters) -> float:
    """T8. How much worse a bad response to an open failure is than an unrelated breach, by its manner."""
    if manner == IGNORED:
        return p.ignored
    if manner == DEFLECTED:
        return p.deflected
    if manner == DENIED:
        return p.denied_integrity if wound.breach == INTEGRITY else p.denied
    return p.delayed


def silence_is_not_charged_twice(state: State, latest: int, harm: float, is_silence: bool, p: GoodwillParameters) -> float:
    """T44. What is left to charge of a bad response where something waits: of silence, what goes beyond the cost of waiting so far.

    From then on waiting costs only what goes beyond all that was charged.
    """
    number, left = latest, harm
    now = state.relationship[0].now
    while number != NOTHING and not is_answered(state.episodes[number]):
        wound = state.episodes[number]
        if wound.waits != ANSWERED:
            note_what_is_awaited(state, number, p)
            cost = wound.awaited_goodwill * spent(wound, now, p)
            if not is_silence:
                leave_the_rest_waiting(state, number, cost + left, p)
            elif left > cost:
                leave_the_rest_waiting(state, number, left, p)
                left -= cost
            else:
                left = 0.0
        number = wound.sibling
    return left


def leave_the_rest_waiting(state: State, number: int, charged: float, p: GoodwillParameters) -> None:
    """Let a wound wait on for what goes beyond a harm that was charged, from the instant at which waiting would have cost as much."""
    wound = state.episodes[number]
    note_what_is_awaited(state, number, p)
    now, awaited, starts = state.relationship[0].now, wound.awaited_goodwill, wound.starts
    deepen_by_waiting(state, number, stop_waiting(state, number, p), p)
    if awaited > charged:
        days = -p.waiting_days * math.log((1.0 - charged / awaited) / wound.yet_to_cost)
        wound.yet_to_cost = 1.0
        wait_for(state, number, max(now, starts + int(days * DAY)), 0.0, awaited - charged, p)


def deception_wounds_and_scars(
    state: State, number: int, side: int, actor: int, severity: float, certainty: float, before: float, p: GoodwillParameters
) -> None:
    """T9. A deception wounds more than another breach, and leaves a ceiling below the trust that it betrayed."""
    if severity <= 0.0 or certainty <= 0.0:
        return
    scale = min(1.0, before / p.stake_floor)
    harm = certainty * p.deceived * relational_breach_grows_with_goodwill(state, side, actor, severity, p)
    breach(state, side, actor, number, DECEPTION, 0.0, harm, severity, p)
    record = state.sides[side]
    ceiling = before * (1.0 - scale * (p.scar_least + p.scar * severity))
    record.ceiling = min(record.ceiling, 1.0 - certainty * (1.0 - ceiling))
