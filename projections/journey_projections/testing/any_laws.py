"""The laws that hold from ANY history: every kind of touchpoint, in any order."""

import itertools
from collections.abc import Callable, Sequence
from datetime import timedelta

from hypothesis import assume
from hypothesis import strategies as st

from journey.history import History
from journey.testing.strategies import at_day, gaps, histories, levels, qualities, touchpoints
from journey.touchpoints import (
    ComplaintVoiced,
    DeceptionExposed,
    Delivery,
    FailureOccurred,
    HandoverMade,
    Interaction,
    NoteAdded,
    PromiseMade,
    RepresentativeAssigned,
    RepresentativeLeft,
    ResponseFailed,
    Touchpoint,
)
from journey_projections.testing.law import (
    CONTINUITY_MAX,
    CONTINUITY_STEP,
    CONTINUITY_THRESHOLDS,
    EXIT_LINE,
    SEVERE,
    Draw,
    Judge,
    breaches,
    common,
    contact,
    episodes_of,
    failure,
    goods,
    holds,
    last_day,
    law,
    people,
    people_of,
    recovery,
    relational,
    severities,
)


@law("L01", "any")
def trust_is_bounded(judge: Judge, draw: Draw) -> None:
    """Trust lies between 0 and 1."""
    told = draw(histories())
    trust = judge.trust(told, last_day(told) + draw(gaps))
    holds(0.0 <= trust <= 1.0, told, f"trust is {trust}")


@law("L02", "any")
def replay_is_deterministic(judge: Judge, draw: Draw) -> None:
    """The same history gives the same trust, bit for bit."""
    told = draw(histories())
    first, second = judge.trust(told), judge.trust(told)
    holds(first == second, told, f"{first} once, {second} again")


@law("L03", "any")
def the_future_does_not_change_the_past(judge: Judge, draw: Draw) -> None:
    """Touchpoints after a day never change the view as of that day."""
    told = draw(histories(min_size=1))
    day = last_day(told[: draw(st.integers(1, len(told)))])
    past = [touchpoint for touchpoint in told if touchpoint.occurred_at <= at_day(day)]
    whole, cut = judge.trust(told, day), judge.trust(past, day)
    holds(whole == cut, told, f"as of day {day} trust is {whole} with the future in the log, {cut} without")


@law("L04", "any")
def a_duplicate_changes_nothing(judge: Judge, draw: Draw) -> None:
    """A touchpoint that arrives twice counts once."""
    told = draw(histories(min_size=1))
    twice = [*told, draw(st.sampled_from(told))]
    once, doubled = judge.trust(told), judge.trust(twice)
    holds(once == doubled, twice, f"{once} once, {doubled} with `{twice[-1].id}` twice")


@law("L05", "any")
def arrival_order_changes_nothing(judge: Judge, draw: Draw) -> None:
    """Only when things happened counts, not in which order the news arrived."""
    told = draw(histories())
    shuffled = draw(st.permutations(told))
    one, other = judge.trust(told), judge.trust(shuffled)
    holds(one == other, shuffled, f"{one} in order, {other} shuffled")


@law("L06", "any")
def shifting_all_times_changes_nothing(judge: Judge, draw: Draw) -> None:
    """The same journey a while later, due dates too, gives the same trust."""
    told = draw(histories())
    shift = timedelta(microseconds=draw(st.integers(1, 400 * 86_400_000_000)))
    later = [_shifted(touchpoint, shift) for touchpoint in told]
    now, then = judge.trust(told), judge.trust(later)
    holds(now == then, told, f"{now} here, {then} when everything happens {shift} later")


def _shifted(touchpoint: Touchpoint, shift: timedelta) -> Touchpoint:
    times = {"occurred_at": touchpoint.occurred_at + shift}
    if isinstance(touchpoint, PromiseMade) and touchpoint.due is not None:
        times["due"] = touchpoint.due + shift
    return touchpoint.model_copy(update=times)


@law("L07", "any")
def a_better_last_touchpoint_never_lowers_trust(judge: Judge, draw: Draw) -> None:
    """Of two histories that differ in the quality of their last touchpoint, the better one never has less trust."""
    told = draw(histories())
    day = last_day(told) + draw(gaps)
    last = draw(touchpoints(id="z", day=day, kinds=tuple(_BETTER)))
    field, towards = draw(st.sampled_from(_BETTER[last.kind]))
    values = sorted(
        (draw(qualities if field in _QUALITIES else levels), draw(qualities if field in _QUALITIES else levels)), reverse=towards < 0
    )
    worse, better = (last.model_copy(update={field: value}) for value in values)
    low, high = judge.trust([*told, worse]), judge.trust([*told, better])
    holds(low <= high, [*told, better], f"{field} {values[0]} leaves {low}, the better {values[1]} leaves {high}")


_QUALITIES = ("competence", "benevolence", "integrity")
_BETTER: dict[str, tuple[tuple[str, int], ...]] = {
    "interaction": (("competence", 1), ("benevolence", 1), ("integrity", 1)),
    "failure_occurred": (("severity", -1),),
    "response_failed": (("severity", -1),),
    "deception_exposed": (("severity", -1),),
    "delivery": (("delivered", 1), ("perceived", 1), ("promised", -1)),
    "gesture_made": (("size", 1),),
    "praise_given": (("size", 1),),
    "feedback_given": (("score", 1),),
    "recovery_step_taken": (("size", 1),),
}


@law("L10", "any")
def a_relational_breach_costs_more_than_an_equal_competence_breach(judge: Judge, draw: Draw) -> None:
    """From any history, a failure of benevolence or integrity costs more than an equal failure of competence."""
    told = draw(histories())
    day, severity, kind = last_day(told) + draw(gaps), draw(severities), draw(relational)
    who, episode = draw(people_of(told)), draw(episodes_of(told))
    cold = [*told, failure("z", day, severity, kind, episode=episode, representative=who)]
    clumsy = [*told, failure("z", day, severity, "competence", episode=episode, representative=who)]
    less, more = judge.trust(cold), judge.trust(clumsy)
    holds(less < more, cold, f"{kind} leaves {less}, competence leaves {more}")


@law("L13", "any")
def one_severe_relational_breach_crosses_the_exit_line(judge: Judge, draw: Draw) -> None:
    """One severe relational breach by the institution or the current representative takes trust under 0.35, from any history."""
    told = draw(histories())
    day = last_day(told) + draw(gaps)
    who, severity, kind = draw(st.sampled_from((None, current_of(told)))), draw(st.sampled_from((SEVERE, 1.0))), draw(relational)
    breaches: tuple[Touchpoint, ...] = (
        failure("z", day, severity, kind, episode=draw(episodes_of(told)), representative=who),
        Interaction(**common("z", day, representative=who, **{kind: -severity})),
        DeceptionExposed(**common("z", day, representative=who, severity=severity)),
    )
    whole = [*told, draw(st.sampled_from(breaches))]
    trust = judge.trust(whole)
    holds(trust < EXIT_LINE, whole, f"trust is still {trust}")


def current_of(told: Sequence[Touchpoint]) -> str | None:
    """The current representative: handed to or assigned, else the first seen; None where there is none, or they left."""
    current: str | None = None
    for touchpoint in History.of(told):
        if isinstance(touchpoint, HandoverMade):
            current = touchpoint.to_representative
        elif isinstance(touchpoint, RepresentativeAssigned):
            current = touchpoint.representative
        elif isinstance(touchpoint, RepresentativeLeft):
            current = None if current == touchpoint.representative else current
        elif touchpoint.kind == "praise_given" or (touchpoint.by == "organisation" and touchpoint.kind in _ACTS):
            current = current or (touchpoint.representative if touchpoint.certainty > 0 else None)
    return current


@law("L18", "any")
def a_bad_response_costs_more_than_an_unrelated_failure(judge: Judge, draw: Draw) -> None:
    """A bad response to an open failure costs more than an unrelated failure of equal severity.

    To a failure of competence: in any manner; of benevolence too; of integrity: in any but denial (Kim 2004).
    """
    told = draw(histories())
    day, who, severity, episode = last_day(told) + draw(gaps), draw(people_of(told)), draw(severities), draw(episodes_of(told))
    first = draw(breaches)
    manners = ("ignored", "deflected", "delayed") if first == "integrity" else ("ignored", "deflected", "denied", "delayed")
    told = [*told, failure("y", day, 0.5, first, episode=episode, representative=draw(people_of(told)))]
    bad = ResponseFailed(
        **common("z", day + 2, episode=episode, manner=draw(st.sampled_from(manners)), severity=severity, representative=who)
    )
    unrelated = failure("z", day + 2, severity, draw(breaches), episode="other", representative=who)
    less, more = judge.trust([*told, bad]), judge.trust([*told, unrelated])
    holds(less < more, [*told, bad], f"the {bad.manner} response leaves {less}, an unrelated {unrelated.breach} failure {more}")


@law("L19", "any")
def a_deception_leaves_a_scar_for_good(judge: Judge, draw: Draw) -> None:
    """After an exposed deception, full recovery and 500 good touchpoints trust stays below where it was."""
    told = draw(histories())
    day, who = last_day(told) + draw(gaps), draw(people_of(told))
    before = judge.trust(told, day)
    lie = DeceptionExposed(**common("z", day, episode="lie", severity=draw(severities), representative=who))
    many, newcomer = draw(st.sampled_from((0, 20, 500))), draw(people_of(told))
    handed = [_handed_to(newcomer, day + 9)] if newcomer is not None and draw(st.booleans()) else []
    whole = [*told, lie, *recovery(day + 1, "lie"), *handed, *goods(day + 10, many, 5.0, 1.0, newcomer)]
    after = judge.trust(whole)
    holds(after < before, whole, f"trust was {before}, and is {after} again")


def _handed_to(newcomer: str, day: float) -> HandoverMade:
    return HandoverMade(**common("x", day, from_representative="anna", to_representative=newcomer, introduction="warm"))


@law("L22", "any")
def silence_never_raises_trust(judge: Judge, draw: Draw) -> None:
    """Trust never rises while nothing happens."""
    told = draw(histories())
    day = last_day(told)
    trusts = [judge.trust(told, day + wait) for wait in (0.0, 0.5, 1.0, 20.0, 45.0, 120.0, 400.0, 3000.0)]
    holds(all(later <= earlier for earlier, later in itertools.pairwise(trusts)), told, f"in silence trust goes {trusts}")


@law("L23", "any")
def a_complaint_is_not_a_failure(judge: Judge, draw: Draw) -> None:
    """Recording the complaint about a failure never lowers trust against the same failure unvoiced."""
    told = draw(histories())
    day, wait = last_day(told) + draw(gaps), draw(st.sampled_from((0.0, 1.0, 30.0, 400.0)))
    silent = [*told, failure("y", day, draw(severities), draw(breaches), episode="voiced", representative=draw(people))]
    spoken = [*silent, ComplaintVoiced(**common("z", day + 1, episode="voiced", severity=draw(levels)))]
    low, high = judge.trust(silent, day + 1 + wait), judge.trust(spoken, day + 1 + wait)
    holds(high >= low, spoken, f"{high} with the complaint, {low} without")


@law("L24", "any")
def a_persons_act_stays_theirs(judge: Judge, draw: Draw) -> None:
    """An act of B leaves A's trust exactly unchanged, and takes a smaller share from the institution than from B.

    A step of recovery is no act of B alone: it makes the episode good, whoever's failure it was.
    """
    told = draw(histories())
    day = last_day(told) + draw(gaps)
    told = [*told, contact("y1", day, 0.5, "anna"), contact("y2", day, 0.5, "b")]
    before = judge.replay(told, day + 1).parties
    holds("b" in before.representatives, told, "no trust is told of `b`")
    b = draw(st.sampled_from(sorted(before.representatives)))
    act = draw(touchpoints(id="z", day=day + 1, kinds=_ACTS_OF_ONE)).model_copy(update={"representative": b, "by": "organisation"})
    after = judge.replay([*told, act]).parties
    for name, party in before.representatives.items():
        if name != b:
            holds(
                party == after.representatives.get(name), [*told, act], f"`{name}` went from {party} to {after.representatives.get(name)}"
            )
    breach = [*told, draw(_breaches_by(b, day + 1))]
    hurt = judge.replay(breach).parties
    of_b = 1 - hurt.representatives[b].trust / before.representatives[b].trust
    of_all = 1 - hurt.institution.trust / before.institution.trust
    holds(0 < of_all < of_b, breach, f"the institution loses {of_all}, `{b}` loses {of_b}")


_ACTS_OF_ONE = (
    "engagement_declined",
    "promise_made",
    "risk_disclosed",
    "check_in_held",
    "interaction",
    "delivery",
    "gesture_made",
    "failure_occurred",
    "response_failed",
    "deception_exposed",
)
_ACTS = (*_ACTS_OF_ONE, "recovery_step_taken")


def _breaches_by(who: str, day: float) -> st.SearchStrategy[Touchpoint]:
    fields = common("z", day, representative=who)
    return st.one_of(
        st.builds(lambda severity, kind: failure("z", day, severity, kind, representative=who), severities, breaches),
        st.builds(lambda severity, kind: Interaction(**{**fields, kind: -severity}), severities, breaches),
        st.builds(lambda severity: ResponseFailed(**fields, manner="ignored", severity=severity), severities),
        st.builds(lambda severity: DeceptionExposed(**fields, severity=severity), severities),
    )


@law("L27", "any")
def trust_is_continuous_in_severity(judge: Judge, draw: Draw) -> None:
    """A little more severity costs a little more trust, except at declared thresholds."""
    told = draw(histories())
    day, severity = last_day(told) + draw(gaps), draw(st.integers(2, 98).map(lambda percent: percent / 100))
    assume(all(abs(severity - threshold) > CONTINUITY_STEP for threshold in CONTINUITY_THRESHOLDS))
    kind, episode = draw(breaches), draw(episodes_of(told))
    fields = common("z", day, episode=episode, representative=draw(people_of(told)))
    manner = draw(st.sampled_from(("ignored", "deflected", "denied", "delayed")))
    harms: tuple[Callable[[float], Touchpoint], ...] = (
        lambda value: FailureOccurred(**{**fields, "severity": value, "breach": kind}),
        lambda value: ResponseFailed(**{**fields, "severity": value, "manner": manner}),
        lambda value: DeceptionExposed(**fields, severity=value),
        lambda value: Interaction(**{**fields, kind: -value}),
        lambda value: Delivery(**fields, promised=1.0, delivered=1.0 - value),
    )
    harm, half = draw(st.sampled_from(harms)), CONTINUITY_STEP / 2
    milder, harder = ([*told, harm(value)] for value in (severity - half, severity + half))
    jump = abs(judge.trust(milder) - judge.trust(harder))
    holds(jump < CONTINUITY_MAX, harder, f"{CONTINUITY_STEP} of severity around {severity} moves trust by {jump}")


@law("L29", "any")
def confidence_grows_with_evidence(judge: Judge, draw: Draw) -> None:
    """A confidence exists, apart from trust, and grows with evidence."""
    told = draw(histories())
    day = last_day(told)
    more = [*told, contact("z", day, draw(qualities))]
    before, after = judge.replay(told, day).confidence, judge.replay(more).confidence
    holds(0.0 <= before < after <= 1.0, more, f"confidence goes from {before} to {after}")


@law("L30", "any")
def a_note_changes_nothing(judge: Judge, draw: Draw) -> None:
    """Time is a semigroup: a note between two touchpoints changes no bit."""
    told = draw(histories(min_size=2))
    place = draw(st.integers(1, len(told) - 1))
    earlier, later = last_day(told[:place]), last_day(told[: place + 1])
    noted = [*told, NoteAdded(**common(told[place - 1].id + "n", earlier + (later - earlier) * draw(st.sampled_from((0.0, 0.3, 0.5)))))]
    day = last_day(told) + draw(gaps)
    without, with_note = judge.trust(told, day), judge.trust(noted, day)
    holds(without == with_note, noted, f"{without} without the note, {with_note} with it")
