"""The laws of crises that version 2 brought: who noticed, whose fault it was, and how much the steps can restore."""

from collections.abc import Sequence

from hypothesis import strategies as st

from journey.testing.strategies import gaps
from journey.touchpoints import EvidenceEmerged, FailureNoticed, Interaction, ResponseFailed, Touchpoint
from journey_projections.testing.edges import edge_histories, edge_levels, edge_severities, edge_waits
from journey_projections.testing.law import (
    FULL,
    MINOR,
    SAME,
    SEVERE,
    Draw,
    Judge,
    breaches,
    clean_case,
    common,
    failure,
    holds,
    last_day,
    law,
    manners,
    people_of,
    recovery,
    relational,
    step,
)

LIFT_MAX, TRIFLE_LIFT_MAX, TRIFLE = 0.05, 0.01, 0.1
"""L48: how far a failure made good may lift trust; how far one of at most that severity, which is easy to stage."""
CLEARED_WITHIN = 0.01
"""L50: how near to what it was innocence brings trust and exit risk of a clean history back."""
BAD_START_RESTORED = 0.5
"""L44: the least part of what a failure and the bad response to it cost that all five steps restore."""
INSULT_RESTORED = 0.6
"""L45: the largest part of a severe relational wound that steps restore where a rule set has no parameter that says how much."""
INSULT_PARAMETER = "insult_restored"
MONTH = 30.0
"""L45: within these days no conduct has earned the rest."""
_CAUSES = st.sampled_from(("organisation", "organisation", "supplier", "exogenous", "customer"))
EVERY_STEP = (*FULL, "apologise", "compensate")


@law("L35", "any")
def found_is_worse_than_noticed_and_told_better(judge: Judge, draw: Draw) -> None:
    """A hidden failure that the customer found out leaves no more trust than one noticed at once, one that they were told no less."""
    history = draw(edge_histories())
    day, severity, kind, who = last_day(history) + draw(gaps), draw(edge_levels(judge.rules)), draw(breaches), draw(people_of(history))
    learned = day + draw(edge_waits(judge.rules))
    now = learned + draw(edge_waits(judge.rules))
    hidden = failure("y", day, severity, kind, episode="k", representative=who, noticed=False)
    found, told = (
        [*history, hidden, FailureNoticed(**common("z", learned, episode="k", through=through))] for through in ("found", "told")
    )
    noticed = [*history, failure("y", learned, severity, kind, episode="k", representative=who)]
    low, middle, high = judge.trust(found, now), judge.trust(noticed, now), judge.trust(told, now)
    holds(low <= middle + SAME, found, f"found leaves {low}, noticed at once {middle}")
    holds(middle <= high + SAME, told, f"noticed at once leaves {middle}, told {high}")


@law("L41", "any")
def a_suppliers_failure_lies_between(judge: Judge, draw: Draw) -> None:
    """A supplier's failure costs no more than one's own and no less than nobody's."""
    history = draw(edge_histories())
    day, severity, kind = last_day(history) + draw(gaps), draw(edge_levels(judge.rules)), draw(breaches)
    who, episode, wait = draw(people_of(history)), draw(st.sampled_from((None, "k"))), draw(edge_waits(judge.rules))
    own, suppliers, nobodys = (
        [*history, failure("z", day, severity, kind, cause=cause, episode=episode, representative=who)]
        for cause in ("organisation", "supplier", "exogenous")
    )
    low, middle, high = (judge.trust(whole, day + wait) for whole in (own, suppliers, nobodys))
    holds(low <= middle + SAME, suppliers, f"one's own leaves {low}, a supplier's {middle}")
    holds(middle <= high + SAME, suppliers, f"a supplier's leaves {middle}, nobody's {high}")


@law("L43", "clean")
def nothing_to_admit_where_nobody_is_at_fault(judge: Judge, draw: Draw) -> None:
    """A failure that nobody caused, met with all steps but `admit`, leaves trust no lower than before it."""
    history, day, who = clean_case(draw)
    struck = failure("y", day, draw(edge_severities(judge.rules)), draw(breaches), cause="exogenous", episode="k")
    steps = [kind for kind in FULL if kind != "admit"]
    whole = [*history, struck, *recovery(day + draw(st.sampled_from((0.0, 0.1, 1.0, 2.0))), "k", steps, draw(st.sampled_from((None, who))))]
    now = day + draw(st.sampled_from((2.4, 3.0, 30.0)))
    before, after = judge.trust(history, now), judge.trust(whole, now)
    holds(after >= before - SAME, whole, f"{before} without it, {after} after it was met")


@law("L44", "clean")
def a_bad_start_can_be_made_good(judge: Judge, draw: Draw) -> None:
    """All five steps after one bad response restore at least half of what failure and response cost together.

    To a failure of competence, or a minor one of another kind: of a severe relational one L45 speaks.
    """
    history, day, who = clean_case(draw)
    kind = draw(breaches)
    severity = draw(edge_severities(judge.rules).filter(lambda value: kind == "competence" or value <= MINOR))
    failed = failure("y", day, severity, kind, episode="k", representative=who)
    manner, rude = draw(manners), draw(edge_severities(judge.rules))
    fields = common("z", day + draw(st.sampled_from((0.1, 1.0, 2.0))), episode="k", representative=who)
    hurt = [*history, failed, ResponseFailed(**fields, manner=manner, severity=rude)]
    mended = [*hurt, *recovery(day + draw(st.sampled_from((2.1, 3.0, 4.0))), "k", representative=draw(st.sampled_from((None, who))))]
    now = day + 5
    before, low, after = judge.trust(history, now), judge.trust(hurt, now), judge.trust(mended, now)
    part = (after - low) / (before - low) if before > low else 1.0
    holds(part >= BAD_START_RESTORED, mended, f"{before} without either, {low} after both, {after} after the steps: {part:.3f} is restored")


@law("L45", "clean")
def no_procedure_undoes_an_insult(judge: Judge, draw: Draw) -> None:
    """No steps restore more than the stated part of a severe relational wound within thirty days."""
    history, day, who = clean_case(draw)
    severity, kind = draw(st.sampled_from((SEVERE, 0.95, 1.0))), draw(relational)
    insults: tuple[Touchpoint, ...] = (
        failure("y", day, severity, kind, episode="k", representative=who),
        Interaction(**common("y", day, episode="k", representative=who, **{kind: -severity})),
    )
    hurt = [*history, draw(st.sampled_from(insults))]
    steps = draw(st.lists(st.sampled_from(EVERY_STEP), max_size=12))
    start = day + draw(st.sampled_from((0.0, 0.1, 3.0)))
    mended = [*hurt, *recovery(start, "k", FULL, who), *_more(start + 1, steps)]
    now = day + draw(st.sampled_from((6.0, MONTH)))
    before, low, after = judge.trust(history, day), judge.trust(hurt, day), judge.trust(mended, now)
    most = float(getattr(judge.rules.parameters, INSULT_PARAMETER, INSULT_RESTORED))
    part = (after - low) / (before - low) if before > low else 0.0
    holds(part <= most + SAME, mended, f"{before} without it, {low} after it, {after} after the steps: {part:.3f} is restored, of {most}")


def _more(day: float, steps: Sequence[str]) -> list[Touchpoint]:
    """Further steps on the episode `k`, two hours apart."""
    return [step(f"z{number:02}", day + number / 12, kind, "k", size=2.0) for number, kind in enumerate(steps)]


@law("L48", "any")
def a_failure_is_no_way_to_win_trust(judge: Judge, draw: Draw) -> None:
    """A failure, however well made good, lifts trust by at most .05 above the same history without it, a trivial one by at most .01."""
    history = draw(edge_histories())
    severity = draw(st.one_of(edge_levels(judge.rules), st.sampled_from((0.05, TRIFLE))))
    day, cause = (
        last_day(history) + draw(gaps),
        draw(_CAUSES),
    )
    staged = failure("y", day, severity, draw(breaches), cause=cause, episode="k", representative=draw(people_of(history)))
    extra = draw(st.lists(st.sampled_from(EVERY_STEP), max_size=4))
    start = day + draw(st.sampled_from((0.0, 0.1, 1.0)))
    whole = [*history, staged, *recovery(start, "k", draw(st.permutations(FULL)), draw(people_of(history))), *_more(start + 0.5, extra)]
    now = start + 1 + draw(edge_waits(judge.rules))
    without, with_it = judge.trust(history, now), judge.trust(whole, now)
    # The customer's own mistake costs nothing, however grave, and help with it is a kindness: nobody can stage it.
    most = TRIFLE_LIFT_MAX if severity <= TRIFLE and cause != "customer" else LIFT_MAX
    holds(with_it - without <= most, whole, f"{without} without it, {with_it} after a failure of {severity} made good")


@law("L50", "any")
def innocence_clears(judge: Judge, draw: Draw) -> None:
    """A verdict of innocence restores trust and exit risk of what it clears, and a verdict told again moves nothing.

    From a clean history within .01; from any it never lowers trust.
    """
    _is_cleared(judge, draw)
    history = draw(edge_histories())
    day, kind, episode = last_day(history) + draw(gaps), draw(breaches), draw(st.sampled_from(("k", "e0", "e1")))
    accused = [*history, failure("y", day, draw(edge_levels(judge.rules)), kind, episode=episode, representative=draw(people_of(history)))]
    verdict, told, again = draw(st.sampled_from(("innocent", "guilty"))), day + draw(edge_waits(judge.rules)), draw(edge_waits(judge.rules))
    once = [*accused, EvidenceEmerged(**common("z1", told, episode=episode, verdict=verdict))]
    twice = [*once, EvidenceEmerged(**common("z2", told + again, episode=episode, verdict=verdict))]
    now = told + again + draw(edge_waits(judge.rules))
    one, two = judge.trust(once, now), judge.trust(twice, now)
    holds(abs(one - two) <= SAME, twice, f"{verdict} once leaves {one}, told again {two}")
    if verdict == "innocent":
        before = judge.trust(accused, now)
        holds(one >= before - SAME, once, f"{before} accused, {one} cleared")


def _is_cleared(judge: Judge, draw: Draw) -> None:
    history, day, who = clean_case(draw)
    accused = [*history, failure("y", day, draw(edge_levels(judge.rules)), draw(breaches), episode="k", representative=who)]
    told = day + draw(st.sampled_from((0.0, 0.5, 2.0, 20.0)))
    cleared = [*accused, EvidenceEmerged(**common("z", told, episode="k", verdict="innocent"))]
    now = told + draw(st.sampled_from((0.0, 1.0, 30.0)))
    before, after = judge.replay(history, now), judge.replay(cleared, now)
    holds(abs(after.trust - before.trust) <= CLEARED_WITHIN, cleared, f"trust is {before.trust} never accused, {after.trust} cleared")
    holds(
        abs(after.exit_risk - before.exit_risk) <= CLEARED_WITHIN,
        cleared,
        f"the exit risk is {before.exit_risk} never accused, {after.exit_risk} cleared",
    )


@law("L52", "any")
def steps_at_one_instant_have_no_order(judge: Judge, draw: Draw) -> None:
    """The order of steps within one instant does not matter."""
    history = draw(edge_histories())
    day, episode = last_day(history) + draw(gaps), draw(st.sampled_from(("k", "e0", "e1")))
    failed = failure("y", day, draw(edge_levels(judge.rules)), draw(breaches), episode=episode, representative=draw(people_of(history)))
    at, who = day + draw(edge_waits(judge.rules)), draw(people_of(history))
    kinds = draw(st.lists(st.sampled_from(EVERY_STEP), unique=True, min_size=2))
    shuffled = draw(st.permutations(kinds))
    one, other = (
        [*history, failed, *(step(f"z{number}", at, kind, episode, representative=who) for number, kind in enumerate(order))]
        for order in (kinds, shuffled)
    )
    now = at + draw(edge_waits(judge.rules))
    first, second = judge.trust(one, now), judge.trust(other, now)
    holds(abs(first - second) <= SAME, other, f"{first} in the order {', '.join(kinds)}, {second} in the order {', '.join(shuffled)}")
