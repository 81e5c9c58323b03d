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
    history = draw(histories())
    trust = judge.trust(history, last_day(history) + draw(gaps))
    holds(0.0 <= trust <= 1.0, history, f"trust is {trust}")


@law("L02", "any")
def replay_is_deterministic(judge: Judge, draw: Draw) -> None:
    """The same history gives the same trust, bit for bit."""
    history = draw(histories())
    first, second = judge.trust(history), judge.trust(history)
    holds(first == second, history, f"{first} once, {second} again")


@law("L03", "any")
def the_future_does_not_change_the_past(judge: Judge, draw: Draw) -> None:
    """Touchpoints after a day never change the view as of that day."""
    history = draw(histories(min_size=1))
    day = last_day(history[: draw(st.integers(1, len(history)))])
    past = [touchpoint for touchpoint in history if touchpoint.occurred_at <= at_day(day)]
    whole, cut = judge.trust(history, day), judge.trust(past, day)
    holds(whole == cut, history, f"as of day {day} trust is {whole} with the future in the log, {cut} without")


@law("L04", "any")
def a_duplicate_changes_nothing(judge: Judge, draw: Draw) -> None:
    """A touchpoint that arrives twice counts once."""
    history = draw(histories(min_size=1))
    twice = [*history, draw(st.sampled_from(history))]
    once, doubled = judge.trust(history), judge.trust(twice)
    holds(once == doubled, twice, f"{once} once, {doubled} with `{twice[-1].id}` twice")


@law("L05", "any")
def arrival_order_changes_nothing(judge: Judge, draw: Draw) -> None:
    """Only when things happened counts, not in which order the news arrived."""
    history = draw(histories())
    shuffled = draw(st.permutations(history))
    one, other = judge.trust(history), judge.trust(shuffled)
    holds(one == other, shuffled, f"{one} in order, {other} shuffled")


@law("L06", "any")
def shifting_all_times_changes_nothing(judge: Judge, draw: Draw) -> None:
    """The same journey a while later, due dates too, gives the same trust."""
    history = draw(histories())
    shift = timedelta(microseconds=draw(st.integers(1, 400 * 86_400_000_000)))
    later = [_shifted(touchpoint, shift) for touchpoint in history]
    now, then = judge.trust(history), judge.trust(later)
    holds(now == then, history, f"{now} here, {then} when everything happens {shift} later")


def _shifted(touchpoint: Touchpoint, shift: timedelta) -> Touchpoint:
    times = {"occurred_at": touchpoint.occurred_at + shift}
    if isinstance(touchpoint, PromiseMade) and touchpoint.due is not None:
        times["due"] = touchpoint.due + shift
    return touchpoint.model_copy(update=times)


@law("L07", "any")
def a_better_last_touchpoint_never_lowers_trust(judge: Judge, draw: Draw) -> None:
    """Of two histories that differ in the quality of their last touchpoint, the better one never has less trust."""
    history = draw(histories())
    day = last_day(history) + draw(gaps)
    last = draw(touchpoints(id="z", day=day, kinds=tuple(_BETTER)))
    field, towards = draw(st.sampled_from(_BETTER[last.kind]))
    values = sorted(
        (draw(qualities if field in _QUALITIES else levels), draw(qualities if field in _QUALITIES else levels)), reverse=towards < 0
    )
    worse, better = (last.model_copy(update={field: value}) for value in values)
    low, high = judge.trust([*history, worse]), judge.trust([*history, better])
    holds(low <= high, [*history, better], f"{field} {values[0]} leaves {low}, the better {values[1]} leaves {high}")


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
    history = draw(histories())
    day, severity, kind = last_day(history) + draw(gaps), draw(severities), draw(relational)
    who, episode = draw(people_of(history)), draw(episodes_of(history))
    cold = [*history, failure("z", day, severity, kind, episode=episode, representative=who)]
    clumsy = [*history, failure("z", day, severity, "competence", episode=episode, representative=who)]
    less, more = judge.trust(cold), judge.trust(clumsy)
    holds(less < more, cold, f"{kind} leaves {less}, competence leaves {more}")


@law("L13", "any")
def one_severe_relational_breach_crosses_the_exit_line(judge: Judge, draw: Draw) -> None:
    """One severe relational breach by the institution or the current representative takes trust under 0.35, from any history."""
    history = draw(histories())
    day = last_day(history) + draw(gaps)
    who, severity, kind = draw(st.sampled_from((None, current_of(history)))), draw(st.sampled_from((SEVERE, 1.0))), draw(relational)
    breaches: tuple[Touchpoint, ...] = (
        failure("z", day, severity, kind, episode=draw(episodes_of(history)), representative=who),
        Interaction(**common("z", day, representative=who, **{kind: -severity})),
        DeceptionExposed(**common("z", day, representative=who, severity=severity)),
    )
    whole = [*history, draw(st.sampled_from(breaches))]
    trust = judge.trust(whole)
    holds(trust < EXIT_LINE, whole, f"trust is still {trust}")


def current_of(touchpoints: Sequence[Touchpoint]) -> str | None:
    """The current representative: handed to or assigned, else the first seen; None where there is none, or they left."""
    current: str | None = None
    for touchpoint in History.of(touchpoints):
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
    history = draw(histories())
    day, who, severity, episode = last_day(history) + draw(gaps), draw(people_of(history)), draw(severities), draw(episodes_of(history))
    first = draw(breaches)
    manners = ("ignored", "deflected", "delayed") if first == "integrity" else ("ignored", "deflected", "denied", "delayed")
    history = [*history, failure("y", day, 0.5, first, episode=episode, representative=draw(people_of(history)))]
    bad = ResponseFailed(
        **common("z", day + 2, episode=episode, manner=draw(st.sampled_from(manners)), severity=severity, representative=who)
    )
    unrelated = failure("z", day + 2, severity, draw(breaches), episode="other", representative=who)
    less, more = judge.trust([*history, bad]), judge.trust([*history, unrelated])
    holds(less < more, [*history, bad], f"the {bad.manner} response leaves {less}, an unrelated {unrelated.breach} failure {more}")


@law("L19", "any")
def a_deception_leaves_a_scar_for_good(judge: Judge, draw: Draw) -> None:
    """After an exposed deception, full recovery and 500 good touchpoints trust stays below where it was."""
    history = draw(histories())
    day, who = last_day(history) + draw(gaps), draw(people_of(history))
    before = judge.trust(history, day)
    lie = DeceptionExposed(**common("z", day, episode="lie", severity=draw(severities), representative=who))
    many, newcomer = draw(st.sampled_from((0, 20, 500))), draw(people_of(history))
    handed = [_handed_to(newcomer, day + 9)] if newcomer is not None and draw(st.booleans()) else []
    whole = [*history, lie, *recovery(day + 1, "lie"), *handed, *goods(day + 10, many, 5.0, 1.0, newcomer)]
    after = judge.trust(whole)
    holds(after < before, whole, f"trust was {before}, and is {after} again")


def _handed_to(newcomer: str, day: float) -> HandoverMade:
    return HandoverMade(**common("x", day, from_representative="anna", to_representative=newcomer, introduction="warm"))


@law("L22", "any")
def silence_never_raises_trust(judge: Judge, draw: Draw) -> None:
    """Trust never rises while nothing happens."""
    history = draw(histories())
    day = last_day(history)
    trusts = [judge.trust(history, day + wait) for wait in (0.0, 0.5, 1.0, 20.0, 45.0, 120.0, 400.0, 3000.0)]
    holds(all(later <= earlier for earlier, later in itertools.pairwise(trusts)), history, f"in silence trust goes {trusts}")


@law("L23", "any")
def a_complaint_is_not_a_failure(judge: Judge, draw: Draw) -> None:
    """Recording the complaint about a failure never lowers trust against the same failure unvoiced."""
    history = draw(histories())
    day, wait = last_day(history) + draw(gaps), draw(st.sampled_from((0.0, 1.0, 30.0, 400.0)))
    silent = [*history, failure("y", day, draw(severities), draw(breaches), episode="voiced", representative=draw(people))]
    spoken = [*silent, ComplaintVoiced(**common("z", day + 1, episode="voiced", severity=draw(levels)))]
    low, high = judge.trust(silent, day + 1 + wait), judge.trust(spoken, day + 1 + wait)
    holds(high >= low, spoken, f"{high} with the complaint, {low} without")


@law("L24", "any")
def a_persons_act_stays_theirs(judge: Judge, draw: Draw) -> None:
    """An act of B leaves A's trust exactly unchanged, and takes a smaller share from the institution than from B.

    A step of recovery is not an act of B alone: it makes the episode good, no matter whose failure it was.
    """
    history = draw(histories())
    day = last_day(history) + draw(gaps)
    history = [*history, contact("y1", day, 0.5, "anna"), contact("y2", day, 0.5, "b")]
    before = judge.replay(history, day + 1).parties
    holds("b" in before.representatives, history, "`b` has no trust")
    b = draw(st.sampled_from(sorted(before.representatives)))
    act = draw(touchpoints(id="z", day=day + 1, kinds=_ACTS_OF_ONE)).model_copy(update={"representative": b, "by": "organisation"})
    after = judge.replay([*history, act]).parties
    for name, party in before.representatives.items():
        if name != b:
            holds(
                party == after.representatives.get(name),
                [*history, act],
                f"`{name}` went from {party} to {after.representatives.get(name)}",
            )
    breach = [*history, draw(_breaches_by(b, day + 1))]
    hurt = judge.replay(breach).parties
    own_loss = 1 - hurt.representatives[b].trust / before.representatives[b].trust
    institution_loss = 1 - hurt.institution.trust / before.institution.trust
    holds(0 < institution_loss < own_loss, breach, f"the institution loses {institution_loss}, `{b}` loses {own_loss}")


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
    history = draw(histories())
    day, severity = last_day(history) + draw(gaps), draw(st.integers(2, 98).map(lambda percent: percent / 100))
    assume(all(abs(severity - threshold) > CONTINUITY_STEP for threshold in CONTINUITY_THRESHOLDS))
    kind, episode = draw(breaches), draw(episodes_of(history))
    fields = common("z", day, episode=episode, representative=draw(people_of(history)))
    manner = draw(st.sampled_from(("ignored", "deflected", "denied", "delayed")))
    harms: tuple[Callable[[float], Touchpoint], ...] = (
        lambda value: FailureOccurred(**{**fields, "severity": value, "breach": kind}),
        lambda value: ResponseFailed(**{**fields, "severity": value, "manner": manner}),
        lambda value: DeceptionExposed(**fields, severity=value),
        lambda value: Interaction(**{**fields, kind: -value}),
        lambda value: Delivery(**fields, promised=1.0, delivered=1.0 - value),
    )
    harm, half = draw(st.sampled_from(harms)), CONTINUITY_STEP / 2
    milder, harder = ([*history, harm(value)] for value in (severity - half, severity + half))
    jump = abs(judge.trust(milder) - judge.trust(harder))
    holds(jump < CONTINUITY_MAX, harder, f"{CONTINUITY_STEP} of severity around {severity} moves trust by {jump}")


@law("L29", "any")
def confidence_grows_with_evidence(judge: Judge, draw: Draw) -> None:
    """A confidence exists, apart from trust, and grows with evidence."""
    history = draw(histories())
    day = last_day(history)
    more = [*history, contact("z", day, draw(qualities))]
    before, after = judge.replay(history, day).confidence, judge.replay(more).confidence
    holds(0.0 <= before < after <= 1.0, more, f"confidence goes from {before} to {after}")


@law("L30", "any")
def a_note_changes_nothing(judge: Judge, draw: Draw) -> None:
    """Time is a semigroup: a note between two touchpoints changes no bit."""
    history = draw(histories(min_size=2))
    place = draw(st.integers(1, len(history) - 1))
    earlier, later = last_day(history[:place]), last_day(history[: place + 1])
    noted = [
        *history,
        NoteAdded(**common(history[place - 1].id + "n", earlier + (later - earlier) * draw(st.sampled_from((0.0, 0.3, 0.5))))),
    ]
    day = last_day(history) + draw(gaps)
    without, with_note = judge.trust(history, day), judge.trust(noted, day)
    holds(without == with_note, noted, f"{without} without the note, {with_note} with it")
