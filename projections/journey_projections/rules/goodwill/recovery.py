"""Service recovery: the steps that repair an episode, the money that does not, and the evidence that re-reads it."""

import math

from journey_projections.encoding.codes import (
    ACKNOWLEDGE,
    ADMIT,
    ALL_STEPS,
    APOLOGISE,
    COMPENSATE,
    DEFLECTED,
    DENIED,
    EXPLAIN,
    HELP,
    IGNORED,
    INTEGRITY,
    NOBODY,
    NOTHING,
    PREVENT,
)
from journey_projections.rules.goodwill.conduct import breach, good, lead_of, prior_trust, relational_breach_grows_with_goodwill
from journey_projections.rules.goodwill.levels import HALF, days_between
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.people import meet
from journey_projections.rules.goodwill.state import COURTESY, DECEPTION, FAILURE, RESPONSE, State, Wound
from journey_projections.rules.goodwill.wounds import answer, close, is_first_wound, open_one_of, rewound_all, touch


def responsibility_outweighs_help_and_help_explanation(step: int, p: GoodwillParameters) -> float:
    """T12. The share of the wound that each step restores: responsibility before help, help before explanation."""
    if step == ACKNOWLEDGE:
        return p.acknowledge
    if step == ADMIT:
        return p.admit
    if step == HELP:
        return p.help
    if step == EXPLAIN:
        return p.explain
    if step == PREVENT:
        return p.prevent
    return 0.0


def early_help_counts_more(step: int, days: float, p: GoodwillParameters) -> float:
    """T13. What is left of a step's worth when it comes late."""
    late = max(0.0, days - p.step_grace_days)
    if late <= 0.0:
        return 1.0
    return math.exp(-HALF * late / (p.help_late_days if step == HELP else p.step_late_days))


def recovery_step_taken(
    state: State, latest: int, side: int, actor: int, step: int, size: float, voluntary: int, certainty: float, p: GoodwillParameters
) -> None:
    """A step on every wound of one episode; on an unknown episode it does nothing."""
    number = latest
    while number != NOTHING:
        episode = state.episodes[number]
        if episode.nature == COURTESY:
            meet(state, actor, p)
            good(state, side, actor, 0.0, helping_with_the_customers_own_mistake_earns(size, p) * certainty, p)
        elif episode.severity > 0.0:
            take_step(state, number, step, size, voluntary, certainty, p)
        number = episode.sibling


def helping_with_the_customers_own_mistake_earns(size: float, p: GoodwillParameters) -> float:
    """T33. The quality of a step that was not owed."""
    return p.courtesy * min(1.0, size)


def take_step(state: State, number: int, step: int, size: float, voluntary: int, certainty: float, p: GoodwillParameters) -> None:
    """One step on one wound."""
    episode = state.episodes[number]
    steps_before = episode.steps
    if step == COMPENSATE:
        paid = min(1.0, size) * certainty * (1.0 if voluntary else p.involuntary)
        if paid > episode.paid:
            episode.paid = paid
            rewound_all(state, episode, p)
    elif step == APOLOGISE:
        episode.apologised = max(episode.apologised, min(1.0, size) * certainty)
    else:
        days = days_between(episode.opened_at, state.relationship[0].now)
        worth = responsibility_outweighs_help_and_help_explanation(step, p) * early_help_counts_more(step, days, p)
        strength = min(1.0, size) * certainty
        if strength >= p.step_taken:
            episode.steps |= 1 << step
        count_step(episode, step, worth * strength)
    restore(state, episode, acknowledgement_opens_recovery(episode, p), p)
    if step == ACKNOWLEDGE:
        answer(state, episode.side, p)
    if episode.steps == ALL_STEPS and steps_before != ALL_STEPS:
        full_recovery_vouches(state, number, p)


def count_step(episode: Wound, step: int, worth: float) -> None:
    """A step counts for the best that was done of it."""
    if step == ACKNOWLEDGE:
        episode.acknowledged = max(episode.acknowledged, worth)
    elif step == ADMIT:
        episode.admitted = max(episode.admitted, worth)
    elif step == HELP:
        episode.helped = max(episode.helped, worth)
    elif step == EXPLAIN:
        episode.explained = max(episode.explained, worth)
    elif step == PREVENT:
        episode.prevented = max(episode.prevented, worth)


def acknowledgement_opens_recovery(episode: Wound, p: GoodwillParameters) -> float:
    """T14. The share of a wound that the steps so far restore: nothing before the failure is acknowledged."""
    if episode.acknowledged <= 0.0:
        return 0.0
    done = episode.acknowledged + episode.admitted + episode.helped + episode.explained + episode.prevented
    restored = done / (p.acknowledge + p.admit + p.help + p.explain + p.prevent)
    if episode.steps == ALL_STEPS and restored > 1.0 - 1e-9:
        restored = 1.0
    restored = min(1.0, restored + apology_counts_once(episode, p))
    restored *= 1.0 - (1.0 - p.recurrence) * episode.recurrence
    if episode.nature == DECEPTION:
        restored *= p.deception_recovery
    return restored


def apology_counts_once(episode: Wound, p: GoodwillParameters) -> float:
    """T16. One sincere apology adds a little; repeated without change, or at a recurrence, it adds nothing."""
    return p.apologise * episode.apologised * (1.0 - episode.recurrence)


def restore(state: State, episode: Wound, share: float, p: GoodwillParameters) -> None:
    """Restore a wound up to a share of it; never takes anything back."""
    if share > episode.restored:
        episode.restored = share
        rewound_all(state, episode, p)


def full_recovery_vouches(state: State, number: int, p: GoodwillParameters) -> None:
    """T17. All five steps close the episode, and speak for older grievances: as far as it weighs up to them, half is restored."""
    episode = state.episodes[number]
    other = state.relationship[0].first_wound
    while other != NOTHING:
        older = state.episodes[other]
        is_older = older.open and older.side == episode.side and older.opened_at <= episode.opened_at
        if other != number and is_older and older.nature != DECEPTION:
            weighed = min(1.0, episode.severity / older.severity) if older.severity > 0.0 else 1.0
            restore(state, older, older.restored + p.vouching * episode.restored * weighed * (1.0 - older.restored), p)
        other = older.next
    forgive_neglect(state, episode.side, episode.restored, p)
    close(state, number, p)
    well_met_crisis_deepens_the_bond(state, number, p)


def well_met_crisis_deepens_the_bond(state: State, number: int, p: GoodwillParameters) -> None:
    """T18. A first, minor failure fully recovered, or a disaster nobody caused met in full, leaves goodwill above where it was."""
    episode = state.episodes[number]
    if episode.restored < 1.0 or episode.nature != FAILURE or not is_first_wound(state, number):
        return
    share = 0.0
    if episode.exogenous:
        share = p.crisis_met * episode.severity
    elif episode.severity < p.minor:
        share = p.paradox * episode.severity
    lead = touch(state, lead_of(episode.side), p)
    lead.goodwill += share * (1.0 - lead.goodwill)
    if episode.actor != NOBODY:
        actor = touch(state, episode.actor, p)
        actor.goodwill += share * (1.0 - actor.goodwill)


def response_failed(
    state: State, number: int, latest: int, side: int, actor: int, manner: int, severity: float, certainty: float, p: GoodwillParameters
) -> bool:
    """A failed response: a relational breach, and a worse one while the episode that it answers is open; returns whether it is."""
    factor = 1.0
    answered = open_one_of(state, latest)
    if answered != NOTHING:
        factor = bad_response_is_a_second_failure(state.episodes[answered], manner, p)
    harm = certainty * factor * relational_breach_grows_with_goodwill(prior_trust(state, side, actor, p), severity, p)
    breach(state, side, actor, number, RESPONSE, 0.0, harm, severity, p)
    state.episodes[number].manner = manner
    return answered != NOTHING


def bad_response_is_a_second_failure(episode: Wound, manner: int, p: GoodwillParameters) -> float:
    """T8. How much worse a bad response to an open failure is than an unrelated breach, by its manner."""
    if manner == IGNORED:
        return p.ignored
    if manner == DEFLECTED:
        return p.deflected
    if manner == DENIED:
        return p.denied_integrity if episode.breach == INTEGRITY else p.denied
    return p.delayed


def deception_wounds_and_scars(
    state: State, number: int, side: int, actor: int, severity: float, certainty: float, before: float, p: GoodwillParameters
) -> None:
    """T9. A deception wounds more than another breach, and leaves a ceiling below the trust that it betrayed."""
    if severity <= 0.0 or certainty <= 0.0:
        return
    scale = min(1.0, before / p.stake_floor)
    harm = certainty * p.deceived * relational_breach_grows_with_goodwill(prior_trust(state, side, actor, p), severity, p)
    breach(state, side, actor, number, DECEPTION, 0.0, harm, severity, p)
    record = state.sides[side]
    ceiling = before * (1.0 - scale * (p.scar_least + p.scar * severity))
    record.ceiling = min(record.ceiling, 1.0 - certainty * (1.0 - ceiling))


def evidence_rereads_the_response(
    state: State, number: int, latest: int, side: int, innocent: int, certainty: float, p: GoodwillParameters
) -> None:
    """T20. Evidence re-reads the response: innocence clears who denied more than who admitted; guilt exposes a denial, once.

    A verdict takes back what an opposite one did, as far as it is certain.
    """
    if latest == NOTHING:
        return
    unexposed = 0.0
    for other in range(earliest_of(state, latest), len(state.episodes)):
        episode = state.episodes[other]
        is_denial = episode.nature == RESPONSE and episode.manner == DENIED and is_about(state, latest, episode.sibling)
        if innocent and (is_denial or is_about(state, latest, other)):
            clear(state, other, certainty * (p.cleared_admitted if episode.steps & (1 << ADMIT) else 1.0), p)
        elif is_denial or is_about(state, latest, other):
            episode.cleared *= 1.0 - certainty
            rewound_all(state, episode, p)
        if is_denial and not innocent:
            unexposed = max(unexposed, certainty - episode.exposed)
            episode.exposed = max(episode.exposed, certainty)
    if unexposed > 0.0:
        actor = state.episodes[latest].actor
        harm = unexposed * p.deceived * relational_breach_grows_with_goodwill(prior_trust(state, side, actor, p), p.exposed_denial, p)
        breach(state, side, actor, number, RESPONSE, 0.0, harm, p.exposed_denial, p)
        state.episodes[number].manner = DENIED
        state.episodes[number].exposed = 1.0


def clear(state: State, number: int, share: float, p: GoodwillParameters) -> None:
    """Give back a share of a wound, and of the cost of the silence around it; one that is given back whole closes."""
    episode = state.episodes[number]
    episode.cleared = max(episode.cleared, share)
    rewound_all(state, episode, p)
    forgive_neglect(state, episode.side, share, p)
    if share >= p.cleared_admitted:
        close(state, number, p)


def forgive_neglect(state: State, side: int, share: float, p: GoodwillParameters) -> None:
    """Give back a share of the cost of silence, once no other failure is left unanswered."""
    answer(state, side, p)
    record = state.sides[side]
    if record.neglect_rate <= 0.0:
        record.neglect = 1.0 - (1.0 - record.neglect) * (1.0 - min(1.0, share))


def earliest_of(state: State, latest: int) -> int:
    """The first wound of the chain that starts at `latest`: what is about the chain has no smaller number."""
    while state.episodes[latest].sibling != NOTHING:
        latest = state.episodes[latest].sibling
    return latest


def is_about(state: State, latest: int, number: int) -> bool:
    """Whether an episode's number is in the chain that starts at `latest`, whose numbers fall."""
    while latest > number:
        latest = state.episodes[latest].sibling
    return latest != NOTHING and latest == number
