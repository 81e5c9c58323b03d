"""What each trust rule does, as a picture: its input against its effect, by running the rule under the default parameters."""

import textwrap
from collections.abc import Callable, Mapping
from math import exp, log
from typing import Any

import pictures_of_repair
import pictures_of_waiting
from drawing import Curve, Picture, over, svg
from picture_material import HIM, STEPS, P, after, contact, days, failed, lost, passed, restored, said, state_of, steps

from journey import Touchpoint
from journey_projections.encoding import codes as c
from journey_projections.encoding.numbering import Encoded
from journey_projections.rules.goodwill import (
    breaches,
    conduct,
    failures,
    levels,
    people,
    promises,
    recovery,
    responses,
    rules,
    views,
)
from journey_projections.rules.goodwill.catalogue import Rule
from journey_projections.rules.goodwill.state import DECEPTION, FAILURE, Topic, Wound


def drawn(rule: Rule) -> str:
    """The picture of a rule as SVG."""
    told = " · ".join(f"{name} {getattr(P, name):g}" for name in rule.parameters)
    return svg(PICTURES[rule.id](), f"{rule.id}: {rule.claim}", textwrap.wrap(f"Defaults: {told}", 96) if told else ())


def t1() -> Picture:
    """Strength of the name → trust at the start."""

    def start(origin: int) -> Callable[[float], float]:
        def effect(strength: float) -> float:
            state = state_of()
            rules.origin_sets_the_prior(state, Encoded(code=origin, amount=strength), P)
            return views.trust(state, P)

        return effect

    return Picture("strength of the referral or the name", "trust at the start", [
        Curve("a referral", over(0, 1, start(c.REFERRAL))), Curve("returning", over(0, 1, start(c.RETURNING))),
        Curve("a good or bad name", over(-1, 1, start(c.REPUTATION))), Curve("a stranger", over(0, 1, start(c.STRANGER))),
    ], low=0.4, high=0.6)  # fmt: skip


def t2() -> Picture:
    """Years since the start → trust, nothing happening."""

    def later(origin: int, strength: float) -> Callable[[float], float]:
        def effect(years: float) -> float:
            state = state_of()
            rules.origin_sets_the_prior(state, Encoded(code=origin, amount=strength), P)
            return views.trust(passed(state, 365 * years), P)

        return effect

    return Picture("years since the start, nothing happening", "trust", [
        Curve("a referral", over(0, 5, later(c.REFERRAL, 1.0))), Curve("a good name", over(0, 5, later(c.REPUTATION, 1.0))),
        Curve("a bad name", over(0, 5, later(c.REPUTATION, -1.0))),
    ], low=0.4, high=0.6)  # fmt: skip


def t3() -> Picture:
    """Days of good contacts → trust."""

    def course(times: int, is_open: bool) -> list[tuple[float, float]]:
        state, points = state_of(), [(0.0, 0.5)]
        state.sides[c.ORGANISATION].open_episodes = int(is_open)
        for day in range(1, 61):
            passed(state, 1)
            for _ in range(times):
                conduct.gains_shrink_as_trust_grows(state, c.ORGANISATION, state.parties[c.INSTITUTION], 1.0, 1.0, 0.0, P)
            points.append((float(day), views.trust(state, P)))
        return points

    return Picture("days with perfect contacts", "trust", [
        Curve("one a day", course(1, False)), Curve("twenty a day", course(20, False)),
        Curve("a failure is open", course(1, True)),
    ], low=0.4, high=1.0)  # fmt: skip


def t4() -> Picture:
    """Good contacts before → share of competence lost."""

    def share(is_close: bool) -> Callable[[float], float]:
        def effect(history: float) -> float:
            state = state_of()
            state.parties[c.INSTITUTION].history, state.parties[c.INSTITUTION].failed = history, int(is_close)
            return lost(breaches.good_history_buffers_competence_breach(state, state.parties[c.INSTITUTION], 1.0, P))

        return effect

    return Picture("good contacts before", "share of competence that a full failure takes", [
        Curve("right after another", over(0, 60, share(True))), Curve("the first", over(0, 60, share(False))),
    ])  # fmt: skip


def t5() -> Picture:
    """Trust before → share of goodwill lost."""

    def share(severity: float) -> Callable[[float], float]:
        def effect(prior: float) -> float:
            return lost(breaches.relational_breach_grows_with_goodwill(state_of(prior), c.ORGANISATION, c.NOBODY, severity, P))

        return effect

    curves = [Curve(f"severity {severity:g}", over(0, 1, share(severity))) for severity in (1.0, 0.5, 0.25)]
    return Picture("trust before", "share of goodwill that the breach takes", curves, high=1.0)


def t6() -> Picture:
    """Good contacts before → severity of not being recognised."""

    def severity(history: float) -> float:
        state = state_of()
        state.parties[c.INSTITUTION].history = history
        return breaches.being_treated_as_a_number_hurts_old_customers(state, c.ORGANISATION, P)

    return Picture("good contacts before", "severity of not being recognised", [Curve("not recognised", over(0, 100, severity))], high=0.6)


def t7() -> Picture:
    """Severity of a representative's breach → shares lost."""

    def share(index: int) -> Callable[[float], float]:
        def effect(severity: float) -> float:
            state = state_of(people_known=2)
            harm = breaches.relational_breach_grows_with_goodwill(state, c.ORGANISATION, HIM, severity, P)
            breaches.breach(state, c.ORGANISATION, HIM, 0, FAILURE, 0.0, harm, severity, P)
            return lost(state.parties[index].harm_goodwill)

        return effect

    return Picture("severity of a representative's relational breach", "share of goodwill that it takes", [
        Curve("from that person", over(0, 1, share(HIM))), Curve("from the institution", over(0, 1, share(c.INSTITUTION))),
        Curve("from a colleague", over(0, 1, share(HIM + 1))),
    ])  # fmt: skip


def t8() -> Picture:
    """Manner of the response → its harm against an unrelated breach."""
    charged = Wound(breach=c.INTEGRITY)

    def factor(manner: str, episode: Wound) -> float:
        return responses.bad_response_is_a_second_failure(episode, c.MANNERS[manner], P)

    bars = [(manner, factor(manner, Wound())) for manner in c.MANNERS]
    return Picture("the response to an open failure", "harm, where an unrelated breach of the same severity has 1", bars=[
        *bars, ("denied an integrity charge", factor("denied", charged)),
    ])  # fmt: skip


def t9() -> Picture:
    """Severity → share of goodwill lost to a deception and to another breach."""

    def deceived(severity: float) -> float:
        state = state_of()
        responses.deception_wounds_and_scars(state, 0, c.ORGANISATION, c.NOBODY, severity, 1.0, 0.5, P)
        return lost(state.parties[c.INSTITUTION].harm_goodwill)

    def breached(severity: float) -> float:
        return lost(breaches.relational_breach_grows_with_goodwill(state_of(), c.ORGANISATION, c.NOBODY, severity, P))

    curves = [Curve("a deception exposed", over(0, 1, deceived)), Curve("another breach", over(0, 1, breached))]
    return Picture("severity", "share of goodwill that it takes, at trust ½", curves)


def t10() -> Picture:
    """Trust that conduct would earn → trust under the ceiling."""

    def ceiling(severity: float) -> float:
        state = state_of(0.8)
        responses.deception_wounds_and_scars(state, 0, c.ORGANISATION, c.NOBODY, severity, 1.0, 0.8, P)
        return state.sides[c.ORGANISATION].ceiling

    def under(severity: float) -> Callable[[float], float]:
        bound = ceiling(severity)
        return lambda trust: levels.deception_leaves_a_ceiling(trust, bound)

    curves = [Curve("none", over(0, 1, lambda trust: levels.deception_leaves_a_ceiling(trust, 1.0)))]
    curves += [Curve(f"exposed, severity {severity:g}", over(0, 1, under(severity))) for severity in (0.2, 1.0)]
    return Picture("trust that later conduct would earn", "trust after a deception at trust 0.8", curves, high=1.0)


def t11() -> Picture:
    """Days without an answer → trust."""

    def left(severity: float) -> Callable[[int], float]:
        return lambda day: after(failed(0, severity), day=day).trust

    return Picture("days without an answer", "trust", [
        Curve("a failure of 0.3", days(60, 1, left(0.3))), Curve("a failure of 0.6", days(60, 1, left(0.6))),
        Curve("a failure of 1", days(60, 1, left(1.0))),
    ], high=0.6)  # fmt: skip


def t12() -> Picture:
    """Step → its weight."""
    weights = [(step, recovery.responsibility_outweighs_help_and_help_explanation(c.STEPS[step], P)) for step in STEPS]
    return Picture("the step", "share of the wound that it restores, once acknowledged", bars=weights)


def t13() -> Picture:
    """Days until the step → what is left of its worth."""

    def worth(step: int) -> Callable[[float], float]:
        return lambda days: recovery.early_help_counts_more(step, days, P)

    curves = [Curve("the other steps", over(0, 90, worth(c.ADMIT))), Curve("help", over(0, 90, worth(c.HELP)))]
    return Picture("days from the failure to the step", "worth of the step", curves)


def t14() -> Picture:
    """Steps in a row → share restored."""
    taken = ("none", *STEPS)

    def course(first: int, **fields: Any) -> list[tuple[float, float]]:
        points = []
        for count in range(len(taken)):
            episode = Wound(nature=FAILURE, severity=0.5)
            for key, value in fields.items():
                setattr(episode, key, value)
            for step in STEPS[first:count]:
                recovery.count_step(episode, c.STEPS[step], recovery.responsibility_outweighs_help_and_help_explanation(c.STEPS[step], P))
                episode.steps |= 1 << c.STEPS[step]
            points.append((float(count), recovery.acknowledgement_opens_recovery(episode, 0.0, P)))
        return points

    return Picture("steps taken so far", "share of the wound that is restored", [
        Curve("a first failure", course(0)), Curve("one like it before", course(0, recurrence=1.0)),
        Curve("a deception", course(0, nature=DECEPTION)), Curve("not acknowledged", course(1)),
    ], ticks=taken)  # fmt: skip


def t15() -> Picture:
    """Size of the compensation → share restored."""

    def paid(voluntary: bool, breach: str) -> Callable[[float], float]:
        def effect(size: float) -> float:
            return restored(failed(0, breach=breach), *steps(0, "compensate", size=size, voluntary=voluntary))

        return effect

    return Picture("compensation, as a share of the customer's loss", "share of the lost trust that comes back", [
        Curve("poor work, voluntary", over(0, 2, paid(True, "competence"), 20)),
        Curve("poor work, wrung out", over(0, 2, paid(False, "competence"), 20)),
        Curve("bad faith", over(0, 2, paid(True, "integrity"), 20)),
    ])  # fmt: skip


def t16() -> Picture:
    """Number of apologies → what they add."""

    def added(recurrence: float) -> list[tuple[float, float]]:
        def effect(count: float) -> float:
            return recovery.apology_counts_once(Wound(apologised=min(1.0, count), recurrence=recurrence), P)

        return [(float(count), effect(count)) for count in range(5)]

    curves = [Curve("a first failure", added(0.0)), Curve("the same again", added(1.0))]
    return Picture("sincere apologies", "share of the wound that they add", curves, ticks=("0", "1", "2", "3", "4"))


def t17() -> Picture:
    """Severity of the failure made good → what older grievances give back."""

    def older(recurrence: float) -> Callable[[float], float]:
        def effect(severity: float) -> float:
            state = state_of()
            state.parties[c.INSTITUTION].harm_goodwill = levels.HALF
            state.episodes[0] = Wound(
                nature=FAILURE, severity=severity, recurrence=recurrence, restored_competence=1.0, restored_goodwill=1.0
            )
            recovery.full_recovery_vouches(state, 0, P)
            return exp(-state.parties[c.INSTITUTION].harm_goodwill) - 0.5

        return effect

    return Picture("severity of the failure made good", "goodwill given back, where older grievances took half", [
        Curve("a first failure", over(0, 1, older(0.0), 40)), Curve("the same again", over(0, 1, older(1.0), 40)),
    ])  # fmt: skip


def t18() -> Picture:
    """Severity of a failure made good → trust against before."""

    def change(cause: str) -> Callable[[float], float]:
        def effect(severity: float) -> float:
            result = after(failed(0, severity, cause=cause), *steps(0))
            return result.trust - result.prior

        return effect

    return Picture("severity of a first failure, made good at once", "trust against before the failure", [
        Curve("nobody's fault", over(0, 1, change("exogenous"), 60)),
        Curve("the organisation's", over(0, 0.499, change("organisation"), 60)),
        Curve("… no longer minor", over(0.5, 1, change("organisation"), 30)),
    ])  # fmt: skip


def t19() -> Picture:
    """Days since a failure that nobody made good → trust."""

    def course(every: int) -> list[tuple[float, float]]:
        told = [failed(0, 0.3), *steps(0, "acknowledge"), *(contact(day + 0.5) for day in range(every, 61, every))]
        return [(float(day), after(*told, day=day + 0.6).trust) for day in range(0, 61, 2)]

    curves = [Curve("a contact each day", course(1)), Curve("every fourth day", course(4))]
    return Picture("days since a failure that was acknowledged, no more", "trust; ten good days lift the cap", curves, low=0.4)


def t20() -> Picture:
    """What had been answered, and the verdict → change in trust."""
    denied = [failed(0, breach="integrity"), said(1, "response_failed", manner="denied", severity=0.5, episode="e")]
    admitted = [failed(0, breach="integrity"), *steps(1, "acknowledge", "admit")]

    def change(told: list[Touchpoint], verdict: str) -> float:
        return after(*told, said(2, "evidence_emerged", verdict=verdict, episode="e")).trust - after(*told).trust

    return Picture("what evidence says, and what had been answered", "change in trust", bars=[
        ("innocent, had denied", change(denied, "innocent")), ("innocent, had admitted", change(admitted, "innocent")),
        ("guilty, had admitted", change(admitted, "guilty")), ("guilty, had denied", change(denied, "guilty")),
    ])  # fmt: skip


def t21() -> Picture:
    """Delivered → quality, by promise."""

    def quality(promised: float) -> Callable[[float], float]:
        return lambda delivered: promises.delivery_is_judged_by_the_promise(delivered - promised, P.zone, P)

    curves = [Curve(f"promised {promised:g}", over(promised - P.zone, 1, quality(promised))) for promised in (0.3, 0.5, 0.8)]
    return Picture("what was delivered, from the zone's lower edge", "quality of the contact", curves)


def t22() -> Picture:
    """Delivered → severity of the miss."""

    def miss(zone: float) -> Callable[[float], float]:
        return lambda delivered: promises.beyond_the_zone_a_miss_is_a_breach(delivered - 0.8, zone)

    curves = [Curve("as promised", over(0, 1, miss(P.zone))), Curve("drawn out before", over(0, 1, miss(P.zone + P.zone_elicited)))]
    return Picture("what was delivered, 0.8 being promised", "severity of the breach", curves)


def t23() -> Picture:
    """Risk disclosed → severity left."""

    def left(severity: float) -> Callable[[float], float]:
        def effect(disclosed: float) -> float:
            state = state_of()
            state.topics.append(Topic(disclosed))
            return failures.a_foretold_risk_softens(state, 0, severity, P)

        return effect

    curves = [Curve(f"a failure of {severity:g}", over(0, 1, left(severity))) for severity in (1.0, 0.5)]
    return Picture("severity of the risk that was disclosed", "severity that is left when it comes true", curves)


def t24() -> Picture:
    """Check-ins → what is left of a miss."""

    def left(corrected: int) -> list[tuple[float, float]]:
        state, points = state_of(), []
        for count in range(9):
            points.append((float(count), promises.honest_talk_softens_a_miss(1.0, levels.talked_over(state.relationship[0], 0.0, P))))
            rules.apply(state, Encoded(kind=c.CHECK_IN_HELD, flag=corrected), P)
        return points

    curves = [Curve("just talking", left(0)), Curve("correcting the course", left(1))]
    return Picture("check-ins held", "what is left of a later miss", curves, ticks=[str(count) for count in range(9)])


def t25() -> Picture:
    """Severity → severity that counts."""

    def counted(cause: int, lasting: int) -> Callable[[float], float]:
        return lambda severity: failures.blame_scales_a_failure(severity, cause, lasting, P)

    return Picture("severity of the failure", "severity that counts", [
        Curve("will happen again", over(0, 1, counted(c.BY_ORGANISATION, 1))), Curve("a fault", over(0, 1, counted(c.BY_ORGANISATION, 0))),
        Curve("a supplier's", over(0, 1, counted(c.BY_SUPPLIER, 0))), Curve("nobody's fault", over(0, 1, counted(c.EXOGENOUS, 0))),
    ])  # fmt: skip


def t26() -> Picture:
    """Introduction → share of the bond handed on."""
    bars = [(name, people.introduction_carries_the_bond(c.INTRODUCTIONS[name], P)) for name in ("warm", "cold", "none")]
    return Picture("the introduction", "share of the bond that is handed on", bars=bars)


def t27() -> Picture:
    """What the customer thinks of who takes over → trust in the relationship."""

    def taken_over(is_known: bool, introduction: int) -> Callable[[float], float]:
        def effect(level: float) -> float:
            state = state_of(0.7, people_known=2)
            state.relationship[0].current = HIM
            newcomer = state.parties[HIM + 1]
            newcomer.known, newcomer.competence, newcomer.goodwill = int(is_known), level, level
            people.handover_made(state, HIM + 1, introduction, P)
            return views.trust(state, P)

        return effect

    return Picture("trust in who takes over, as a person; the institution has 0.7", "trust in the relationship", [
        Curve("known, warmly", over(0.05, 1, taken_over(True, c.WARM))),
        Curve("known, none", over(0.05, 1, taken_over(True, c.NONE))),
        Curve("new, none", over(0.05, 1, taken_over(False, c.NONE))),
    ], high=0.8)  # fmt: skip


def t28() -> Picture:
    """Trust in the institution → trust, with the person gone."""

    def trust(vacant: int) -> Callable[[float], float]:
        def effect(level: float) -> float:
            state = state_of(level, people_known=1)
            state.relationship[0].current = HIM
            state.relationship[0].vacant = vacant
            return views.trust(state, P)

        return effect

    curves = [Curve("before", over(0, 1, trust(0))), Curve("the person has left", over(0, 1, trust(1)))]
    return Picture("trust in the institution", "trust in the relationship", curves, high=1.0)


def t29() -> Picture:
    """Score → change in trust."""

    def change(before: list[Touchpoint], runs: int) -> Callable[[float], float]:
        def effect(score: float) -> float:
            told = [*before, *(said(30 * (run + 1), "feedback_given", score=score) for run in range(runs))]
            return after(*told).trust - after(*told[:-1], day=30 * runs).trust

        return effect

    explained, good = [failed(0, 0.3), *steps(0)], [contact(0, 0.5)]
    return Picture("score that the customer gives", "change in trust, about ½ before", [
        Curve("a failure explains it", over(0, 1, change(explained, 1), 20)), Curve("nothing explains it", over(0, 1, change(good, 1), 20)),
        Curve("the fourth like it", over(0, 1, change(good, 4), 20)),
    ])  # fmt: skip


def t30() -> Picture:
    """Years of silence → level."""

    def level(start: float) -> Callable[[float], float]:
        return lambda years: levels.silence_erodes_slowly(start, 0.5, 0.0, 365 * years, P)

    curves = [Curve(f"from {start:g}", over(0, 40, level(start))) for start in (0.9, 0.7, 0.4)]
    return Picture("years of silence", "competence or goodwill", curves, high=1.0)


def t31() -> Picture:
    """Severity → readiness to leave, at once."""

    def alarm(is_relational: bool) -> Callable[[float], float]:
        def effect(severity: float) -> float:
            state = state_of()
            clumsy = breaches.good_history_buffers_competence_breach(state, state.parties[c.INSTITUTION], severity, P)
            rude = breaches.relational_breach_grows_with_goodwill(state, c.ORGANISATION, c.NOBODY, severity, P)
            breaches.impulse_to_leave_comes_at_once(state, 0, *((0.0, rude) if is_relational else (clumsy, 0.0)), P)
            return lost(state.relationship[0].alarm)

        return effect

    curves = [Curve("treated badly", over(0, 1, alarm(True))), Curve("poor work", over(0, 1, alarm(False)))]
    return Picture("severity of the breach, at trust ½", "readiness to leave, at once", curves)


def t32() -> Picture:
    """Years since the breach → readiness to leave."""

    def left(alarm: float) -> Callable[[float], float]:
        return lambda years: lost(breaches.readiness_to_leave_cools_slowly(-log(1.0 - alarm), 0, round(365 * years * levels.DAY), P))

    curves = [Curve(f"from {alarm:g}", over(0, 6, left(alarm))) for alarm in (0.8, 0.3)]
    return Picture("years since the breach, whatever was done", "readiness to leave", curves, high=1.0)


def t33() -> Picture:
    """Size of the help → its quality as a contact."""
    curves = [Curve("the customer's slip", over(0, 1, lambda size: recovery.helping_with_the_customers_own_mistake_earns(size, P)))]
    return Picture("size of the help", "quality, as of a good contact", curves)


def t34() -> Picture:
    """Trust left → share of a harm that finds something."""

    def found(trust: float) -> float:
        state = state_of(trust)
        return breaches.little_trust_leaves_little_to_lose(state, c.ORGANISATION, levels.trust_of(state, c.INSTITUTION, P), P)

    curves = [Curve("any breach", over(0, 0.4, found))]
    return Picture("trust that is left", "share of a harm that still destroys", curves)


def t35() -> Picture:
    """Years → confidence."""
    told = [contact(30 * month, 0.5) for month in range(25)]
    points = [(days / 365, after(*told, day=days).confidence) for days in range(0, 3651, 30)]
    return Picture("years: monthly contacts for two, then silence", "confidence", [Curve("confidence", points)], high=1.0)


def t36() -> Picture:
    """Competence → trust, by goodwill."""

    def trust(goodwill: float) -> Callable[[float], float]:
        return lambda competence: levels.neither_dimension_makes_up_for_the_other(competence, goodwill, P)

    curves = [Curve(f"goodwill {goodwill:g}", over(0, 1, trust(goodwill))) for goodwill in (0.9, 0.5, 0.1)]
    return Picture("competence", "trust", curves, high=1.0)


def t37() -> Picture:
    """Trust before → share of goodwill lost to a refusal."""

    def refused(prior: float) -> float:
        state = state_of(prior)
        before = breaches.trusted(state, c.ORGANISATION, c.NOBODY, P.unexplained_refusal, P)
        return lost(rules.a_refusal_without_reasons_costs_a_little(state, c.ORGANISATION, before, P))

    explained = after(said(0, "engagement_declined", reasons_given=True))
    curves = [Curve("without reasons", over(0, 1, refused)), Curve("with reasons", over(0, 1, lambda _: explained.prior - explained.trust))]
    return Picture("trust before", "share of goodwill that it takes", curves)


_BY_NAME = {**globals(), **vars(pictures_of_waiting), **vars(pictures_of_repair)}
PICTURES: Mapping[str, Callable[[], Picture]] = {name.upper(): value for name, value in _BY_NAME.items() if name[1:].isdigit()}
"""The picture of each rule, by its id."""
