"""Service recovery: the steps that repair an episode, and the money that does not."""

import math

from journey_projections.encoding.codes import (
    ACKNOWLEDGE,
    ADMIT,
    ALL_STEPS,
    APOLOGISE,
    COMPENSATE,
    EXPLAIN,
    HELP,
    NOTHING,
    PREVENT,
)
from journey_projections.rules.goodwill.conduct import good
from journey_projections.rules.goodwill.levels import HALF, days_between
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.people import meet
from journey_projections.rules.goodwill.state import COURTESY, DECEPTION, FAILURE, RESPONSE, Party, State, Wound
from journey_projections.rules.goodwill.wounds import close, conduct_earns_the_rest, is_first_wound, restored_to


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


def what_is_wrung_out_is_worth_less(voluntary: int, p: GoodwillParameters) -> float:
    """T56. The worth of a step that was not given freely."""
    return 1.0 if voluntary else p.involuntary_step


def recovery_step_taken(
    state: State, latest: int, side: int, actor: int, step: int, size: float, voluntary: int, certainty: float, p: GoodwillParameters
) -> None:
    """A step on every wound of one episode; on an unknown episode it does nothing."""
    number = latest
    while number != NOTHING:
        wound = state.episodes[number]
        if wound.nature == COURTESY:
            meet(state, actor, p)
            good(state, side, actor, 0.0, helping_with_the_customers_own_mistake_earns(size, p) * certainty, 0.0, p)
        elif wound.severity > 0.0 or wound.unfelt > 0.0:
            take_step(state, number, step, size, voluntary, certainty, p)
        number = wound.sibling


def helping_with_the_customers_own_mistake_earns(size: float, p: GoodwillParameters) -> float:
    """T33. The quality of a step that was not owed."""
    return p.courtesy * min(1.0, size)


def take_step(state: State, number: int, step: int, size: float, voluntary: int, certainty: float, p: GoodwillParameters) -> None:
    """One step on one wound."""
    wound = state.episodes[number]
    if step == COMPENSATE:
        paid = min(1.0, size) * certainty * (1.0 if voluntary else p.involuntary)
        wound.paid = max(wound.paid, paid)
    elif step == APOLOGISE:
        wound.apologised = max(wound.apologised, min(1.0, size) * certainty * what_is_wrung_out_is_worth_less(voluntary, p))
    else:
        days = days_between(wound.opened_at, state.relationship[0].now)
        worth = responsibility_outweighs_help_and_help_explanation(step, p) * early_help_counts_more(step, days, p)
        strength = min(1.0, size) * certainty
        if strength >= p.step_taken:
            wound.steps |= 1 << step
        count_step(wound, step, worth * strength * what_is_wrung_out_is_worth_less(voluntary, p))
    recover(state, number, p)


def recover(state: State, number: int, p: GoodwillParameters) -> None:
    """Give back what was done so far for a wound, and once it is all that was asked for, let it be made good."""
    wound = state.episodes[number]
    restore(state, number, p)
    if is_recovered(wound) and not wound.is_whole and wound.severity > 0.0:
        full_recovery_vouches(state, number, p)


def count_step(wound: Wound, step: int, worth: float) -> None:
    """A step counts for the best that was done of it."""
    if step == ACKNOWLEDGE:
        wound.acknowledged = max(wound.acknowledged, worth)
    elif step == ADMIT:
        wound.admitted = max(wound.admitted, worth)
    elif step == HELP:
        wound.helped = max(wound.helped, worth)
    elif step == EXPLAIN:
        wound.explained = max(wound.explained, worth)
    elif step == PREVENT:
        wound.prevented = max(wound.prevented, worth)


def is_recovered(wound: Wound) -> bool:
    """Whether every step was taken that a wound asks for."""
    return bool(wound.steps | nobodys_fault_asks_for_no_admission(wound) == ALL_STEPS)


def nobodys_fault_asks_for_no_admission(wound: Wound) -> int:
    """T57. The step, as a bit, that a failure does not ask for: where nobody is at fault there is nothing to admit."""
    return 1 << ADMIT if wound.exogenous else 0


def acknowledgement_opens_recovery(wound: Wound, apology: float, p: GoodwillParameters) -> float:
    """T14. The share of a wound that the steps so far, and an apology, restore: nothing before the failure is acknowledged."""
    if wound.acknowledged <= 0.0:
        return 0.0
    done = wound.acknowledged + wound.helped + wound.explained + wound.prevented
    owed = p.acknowledge + p.help + p.explain + p.prevent
    if not wound.exogenous:
        done += wound.admitted
        owed += p.admit
    restored = done / owed
    if is_recovered(wound) and restored > 1.0 - 1e-9:
        restored = 1.0
    restored *= 1.0 + acting_first_counts_more(wound, p)
    restored = min(1.0, restored + apology) * (1.0 - (1.0 - p.recurrence) * wound.recurrence)
    if wound.nature == DECEPTION:
        restored *= p.deception_recovery
    return restored


def acting_first_counts_more(wound: Wound, p: GoodwillParameters) -> float:
    """T55. What the steps gain where the customer came to complain and the firm had spoken already."""
    return p.first_to_speak if wound.spoke_first else 0.0


def apology_counts_once(wound: Wound, p: GoodwillParameters) -> float:
    """T16. One sincere apology adds a little; repeated without change, or at a recurrence, it adds nothing."""
    return p.apologise * wound.apologised * (1.0 - wound.recurrence)


def no_procedure_undoes_an_insult(wound: Wound, p: GoodwillParameters) -> float:
    """T59. The most that steps restore of a wound's goodwill: all of a minor one, a part of a severe relational breach."""
    if not wound.is_relational or wound.nature == RESPONSE:
        return 1.0
    above = min(1.0, max(0.0, wound.severity - p.minor) / (SEVERE - p.minor))
    return 1.0 - (1.0 - p.insult_restored) * above


def a_bad_start_is_forgiven_in_part(wound: Wound, p: GoodwillParameters) -> float:
    """T58. What all steps restore where the first response was bad: the greater part of it."""
    return 1.0 - (1.0 - p.bad_start) * wound.badly_met


SEVERE = 0.8
"""The severity of a relational breach from which no more than its part is restored."""


def money_repairs_competence_only(wound: Wound, restored: float, p: GoodwillParameters) -> float:
    """T15. How much of a competence wound is restored, money included; money never reaches the relational part."""
    return max(restored, min(1.0, restored + p.compensate * wound.paid))


def restore(state: State, number: int, p: GoodwillParameters) -> None:
    """Give back what the steps, the money and the evidence so far restore of a wound; steps never take anything back."""
    wound = state.episodes[number]
    steps = acknowledgement_opens_recovery(wound, apology_counts_once(wound, p), p)
    goodwill = steps * no_procedure_undoes_an_insult(wound, p) * a_bad_start_is_forgiven_in_part(wound, p)
    goodwill = max(goodwill, wound.cleared)
    competence = money_repairs_competence_only(wound, max(steps, wound.cleared), p)
    restored_to(state, number, competence, goodwill, p)


def full_recovery_vouches(state: State, number: int, p: GoodwillParameters) -> None:
    """T17. All steps close the episode, and speak a little for older grievances, unless the like was made good before."""
    wound = state.episodes[number]
    conduct_earns_the_rest(state, number, p)
    close(state, number)
    if wound.nature == FAILURE:
        vouched = p.vouching * wound.severity * (1.0 - wound.recurrence)
        made_good(state.parties[wound.side], wound, vouched)
        if wound.actor != NOTHING:
            made_good(state.parties[wound.actor], wound, vouched)
        well_met_crisis_deepens_the_bond(state, number, p)


def made_good(party: Party, wound: Wound, vouched: float) -> None:
    """Give a party back, of the harms of other wounds, what this one vouches for, and remember that it was made good."""
    party.harm_competence = max(0.0, party.harm_competence - vouched)
    party.harm_goodwill = max(0.0, party.harm_goodwill - vouched)
    if wound.is_relational:
        party.relational_failed = max(party.relational_failed, wound.severity)
    else:
        party.competence_failed = max(party.competence_failed, wound.severity)


def well_met_crisis_deepens_the_bond(state: State, number: int, p: GoodwillParameters) -> None:
    """T18. A first, minor failure fully recovered, or a disaster nobody caused met in full, leaves goodwill above where it was."""
    wound = state.episodes[number]
    well_met = max(0.0, 1.0 - FALLS_SHORT * (1.0 - acknowledgement_opens_recovery(wound, 0.0, p)))
    if well_met <= 0.0 or not is_first_wound(state, number):
        return
    share = 0.0
    if wound.exogenous:
        share = p.crisis_met * wound.severity
    elif wound.severity < p.minor:
        share = p.paradox * wound.severity
    if wound.spoke_first:
        share += p.first_to_speak * wound.severity
    share *= well_met
    deepened(state.parties[wound.side], share)
    if wound.actor != NOTHING:
        deepened(state.parties[wound.actor], share)


FALLS_SHORT = 10.0
"""A recovery that restores a tenth less than all, since steps came late or were wrung out, deepens nothing."""


def deepened(party: Party, share: float) -> None:
    """Raise a party's goodwill, most in the middle, where there is both a bond to deepen and room to deepen it."""
    party.goodwill += share * party.goodwill * (1.0 - party.goodwill)
