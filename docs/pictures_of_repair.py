"""The pictures of conduct, repair, people, what the customer says, and ends: T51 to T67. See `pictures`."""

from collections.abc import Callable
from math import exp, log

from drawing import Curve, Picture, over
from picture_material import HIM, STEPS, P, after, contact, failed, lost, said, state_of, steps

from journey import Touchpoint
from journey_projections.encoding import codes as c
from journey_projections.rules.goodwill import conduct, levels, people, recovery, voice, wounds
from journey_projections.rules.goodwill.state import Party, Wound
from journey_projections.rules.rule_set import COMMUNAL_FROM, EXIT_LINE, TRANSITIONAL_FROM

COUNTS = range(31)


def t51() -> Picture:
    """Quality → the level that it lifts towards."""
    curves = [Curve("the level", over(0, 1, conduct.mediocrity_earns_no_devotion))]
    return Picture("quality of the contacts", "competence or goodwill that they lift towards", curves, low=0.4, high=1.0)


def t52() -> Picture:
    """Number of slights → share of trust lost."""

    def taken(*slights: tuple[float, float]) -> float:
        result = after(*(said(day, "interaction", benevolence=-size) for day, size in slights))
        return 1.0 - result.trust / result.prior

    several = [(float(count), taken(*((number / 100, 0.1) for number in range(count)))) for count in range(1, 9)]
    single = [(float(count), taken((0.0, 0.1 * count))) for count in range(1, 9)]
    curves = [Curve("one as large as all", single), Curve("so many of 0.1", several)]
    return Picture("slights within a day", "share of trust that they take", curves)


def t53() -> Picture:
    """Good contacts → what is left of a harm."""

    def course(quality: float) -> list[tuple[float, float]]:
        party, points = Party(harm_goodwill=1.0), []
        for count in COUNTS:
            points.append((float(count), party.harm_goodwill))
            wounds.good_conduct_mends(party, 0.0, quality, P)
        return points

    curves = [Curve(f"of quality {quality:g}", course(quality)) for quality in (0.3, 0.6, 1.0)]
    return Picture("good contacts", "what is left of a harm", curves, high=1.0)


def t54() -> Picture:
    """Good contacts → what is left to earn."""

    def course(quality: float) -> list[tuple[float, float]]:
        party, points = Party(), []
        wounds.move_to_earning(party, 0.0, 1.0, P)
        for count in COUNTS:
            points.append((float(count), party.earning_goodwill))
            wounds.good_conduct_mends(party, 0.0, quality, P)
        return points

    curves = [Curve(f"of quality {quality:g}", course(quality)) for quality in (0.3, 0.6, 1.0)]
    return Picture("good contacts", "what is left of a harm that all steps could not restore", curves, high=1.0)


def wound_after(*names: str, **fields: int) -> float:
    """The share of a wound that such steps restore."""
    wound = Wound(severity=0.6)
    for name, value in fields.items():
        setattr(wound, name, value)
    for name in names:
        recovery.count_step(wound, c.STEPS[name], recovery.responsibility_outweighs_help_and_help_explanation(c.STEPS[name], P))
        wound.steps |= 1 << c.STEPS[name]
    return recovery.acknowledgement_opens_recovery(wound, 0.0, P)


def t55() -> Picture:
    """Steps → share restored, having spoken first and not."""
    counts = range(len(STEPS) + 1)
    return Picture("steps taken so far", "share of the wound that is restored", [
        Curve("the firm spoke first", [(float(count), wound_after(*STEPS[:count], spoke_first=1)) for count in counts]),
        Curve("after the complaint", [(float(count), wound_after(*STEPS[:count])) for count in counts]),
    ], ticks=("none", *STEPS))  # fmt: skip


def t56() -> Picture:
    """How a step came about → its worth."""
    bars = [(name, recovery.what_is_wrung_out_is_worth_less(free, P)) for name, free in (("freely", 1), ("wrung out", 0))]
    return Picture("how the step came about", "worth of the step", bars=bars)


def t57() -> Picture:
    """Whose fault, and which steps → share restored."""
    without = [step for step in STEPS if step != "admit"]
    return Picture("whose fault, and what was done", "share of the wound that is restored", bars=[
        ("nobody's, all but admit", wound_after(*without, exogenous=1)), ("one's own, all but admit", wound_after(*without)),
        ("one's own, all five", wound_after(*STEPS)),
    ])  # fmt: skip


def t58() -> Picture:
    """Share of the harm that bad responses did → share restored."""
    curves = [Curve("all steps", over(0, 1, lambda share: recovery.a_bad_start_is_forgiven_in_part(Wound(badly_met=share), P)))]
    return Picture("part of the harm that a bad response did", "the most that is restored", curves, high=1.0)


def t59() -> Picture:
    """Severity → share restored."""

    def most(is_relational: int) -> Callable[[float], float]:
        return lambda severity: recovery.no_procedure_undoes_an_insult(Wound(severity=severity, is_relational=is_relational), P)

    curves = [Curve("poor work", over(0, 1, most(0))), Curve("treated badly", over(0, 1, most(1)))]
    return Picture("severity of the breach", "the most that steps restore", curves, high=1.0)


def t60() -> Picture:
    """What followed an accusation → exit risk."""
    good = [contact(-20.0 + number) for number in range(20)]
    charged = failed(0, 0.6, breach="integrity")

    def risk(*told: Touchpoint) -> float:
        return after(*good, *told, day=3).exit_risk

    return Picture("what followed a charge of bad faith", "exit risk", bars=[
        ("no charge", risk()), ("charged", risk(charged)), ("made good by all steps", risk(charged, *steps(1))),
        ("proven innocent", risk(charged, said(2, "evidence_emerged", verdict="innocent", episode="e"))),
    ])  # fmt: skip


def t61() -> Picture:
    """Trust in the person against the institution → share of trust left."""

    def left(share: float) -> float:
        state = state_of(people_known=1)
        state.relationship[0].strain = -log(share)
        return levels.people_carry_a_part(state, P)

    curves = [Curve("in the relationship", over(0.05, 1, left))]
    return Picture(
        "worth of the person, as a share of the institution's", "share of the institution's trust that is left", curves, high=1.0
    )


def t62() -> Picture:
    """Good contacts after a handover → what is left of the strangeness."""

    def course(quality: float) -> list[tuple[float, float]]:
        state, points = state_of(people_known=1), []
        state.relationship[0].strain = 1.0
        for count in COUNTS:
            points.append((float(count), state.relationship[0].strain))
            conduct.the_bond_is_earned(state, quality, P)
        return points

    curves = [Curve(f"of quality {quality:g}", course(quality)) for quality in (0.3, 0.6, 1.0)]
    return Picture("good contacts after a handover", "what is left of the strain", curves, high=1.0)


def t63() -> Picture:
    """Days until the introduction → share of the bond."""

    def bond(made_by: int | None) -> Callable[[float], float]:
        def effect(late: float) -> float:
            state = state_of(people_known=2)
            relationship = state.relationship[0]
            relationship.current, state.parties[HIM + 1].known = HIM, 0
            people.handover_made(state, HIM + 1, c.NONE, P)
            relationship.now = round(late * levels.DAY)
            if made_by is not None:
                people.introduction_made(state, HIM + 1, c.WARM, made_by, 1.0, P)
            return exp(-relationship.strain)

        return effect

    return Picture("days after the handover", "share of the bond that is handed on, introduced warmly", [
        Curve("by the predecessor", over(0, 120, bond(c.BY_PREDECESSOR))), Curve("by somebody else", over(0, 120, bond(c.BY_OTHER))),
        Curve("by the newcomer", over(0, 120, bond(c.BY_SELF))), Curve("never", over(0, 120, bond(None))),
    ], low=0.7, high=1.0)  # fmt: skip


def t64() -> Picture:
    """Score → readiness to leave."""

    def warned(last: float) -> Callable[[float], float]:
        def effect(score: float) -> float:
            state = state_of()
            state.relationship[0].last_score = last
            voice.falling_scores_warn(state, score, 1.0, P)
            return lost(state.relationship[0].alarm)

        return effect

    curves = [Curve(f"after one of {last:g}", over(0, 1, warned(last))) for last in (1.0, 0.8, 0.5)]
    return Picture("score that the customer gives", "readiness to leave, at once", curves)


def t65() -> Picture:
    """How bad the word is → exit risk and confidence."""
    good = [contact(30.0 * month, 0.6) for month in range(24)]

    def heard(valence: float) -> Touchpoint:
        return said(700, "word_of_mouth_heard", valence=-valence)

    return Picture("how badly the customer is heard to speak", "after two good years", [
        Curve("confidence", over(0, 1, lambda valence: after(*good, heard(valence)).confidence, 20)),
        Curve("exit risk", over(0, 1, lambda valence: after(*good, heard(valence)).exit_risk, 20)),
    ], high=1.0)  # fmt: skip


def t66() -> Picture:
    """How it ended → confidence."""
    good = [contact(30.0 * month, 0.6) for month in range(24)]
    ends = ("satisfied", "exit")
    told = [(f"ended: {outcome}", after(*good, said(700, "relationship_ended", outcome=outcome)).confidence) for outcome in ends]
    insulted = [*good, said(699, "interaction", benevolence=-0.9)]
    return Picture("what happened after two good years", "confidence", bars=[
        ("goes on", after(*good, day=700).confidence), *told,
        ("an insult, then exit", after(*insulted, said(700, "relationship_ended", outcome="exit")).confidence),
    ])  # fmt: skip


def t67() -> Picture:
    """State → the trust up to which it is called so."""
    return Picture("state of a relationship that goes on", "trust below which it is called so, when nothing else is broken", bars=[
        ("damaged", EXIT_LINE), ("transactional", TRANSITIONAL_FROM), ("transitional", COMMUNAL_FROM), ("communal", 1.0),
    ])  # fmt: skip
