"""The laws that hold from ANY history: every kind of touchpoint, in any order."""

import itertools
from datetime import datetime, timedelta

from hypothesis import assume
from hypothesis import strategies as st

from journey.testing.strategies import at_day, gaps, qualities, touchpoints
from journey.touchpoints import (
    ComplaintVoiced,
    DeceptionExposed,
    Delivery,
    HandoverMade,
    Interaction,
    NoteAdded,
    ResponseFailed,
    Touchpoint,
)
from journey_projections.testing.edges import (
    declared_thresholds,
    edge_histories,
    edge_levels,
    edge_qualities,
    edge_severities,
    edge_waits,
    zone_of,
)
from journey_projections.testing.law import (
    CONTINUITY_MAX,
    CONTINUITY_STEP,
    LATER_BETRAYAL,
    Draw,
    Judge,
    Pair,
    breaches,
    common,
    contact,
    episodes_of,
    failure,
    goods,
    holds,
    last_day,
    law,
    manners,
    people,
    people_of,
    recovery,
    relational,
)


@law("L01", "any")
def trust_is_bounded(judge: Judge, draw: Draw) -> None:
    """Trust lies between 0 and 1."""
    history = draw(edge_histories())
    trust = judge.trust(history, last_day(history) + draw(gaps))
    holds(0.0 <= trust <= 1.0, history, f"trust is {trust}")


@law("L02", "any")
def replay_is_deterministic(judge: Judge, draw: Draw) -> None:
    """The same history gives the same trust, bit for bit."""
    history = draw(edge_histories())
    first, second = judge.trust(history), judge.trust(history)
    holds(first == second, history, f"{first} once, {second} again")


@law("L03", "any")
def the_future_does_not_change_the_past(judge: Judge, draw: Draw) -> None:
    """Touchpoints after a day never change the view as of that day."""
    history = draw(edge_histories(min_size=1))
    day = last_day(history[: draw(st.integers(1, len(history)))])
    past = [touchpoint for touchpoint in history if touchpoint.occurred_at <= at_day(day)]
    whole, cut = judge.trust(history, day), judge.trust(past, day)
    holds(whole == cut, history, f"as of day {day} trust is {whole} with the future in the log, {cut} without")


@law("L04", "any")
def a_duplicate_changes_nothing(judge: Judge, draw: Draw) -> None:
    """A touchpoint that arrives twice counts once."""
    history = draw(edge_histories(min_size=1))
    twice = [*history, draw(st.sampled_from(history))]
    once, doubled = judge.trust(history), judge.trust(twice)
    holds(once == doubled, twice, f"{once} once, {doubled} with `{twice[-1].id}` twice")


@law("L05", "any")
def arrival_order_changes_nothing(judge: Judge, draw: Draw) -> None:
    """Only when things happened counts, not in which order the news arrived."""
    history = draw(edge_histories())
    shuffled = draw(st.permutations(history))
    one, other = judge.trust(history), judge.trust(shuffled)
    holds(one == other, shuffled, f"{one} in order, {other} shuffled")


@law("L06", "any")
def shifting_all_times_changes_nothing(judge: Judge, draw: Draw) -> None:
    """The same journey a while later, due dates too, gives the same trust."""
    history = draw(edge_histories())
    shift = timedelta(microseconds=draw(st.integers(1, 400 * 86_400_000_000)))
    later = [_shifted(touchpoint, shift) for touchpoint in history]
    now, then = judge.trust(history), judge.trust(later)
    holds(now == then, history, f"{now} here, {then} when everything happens {shift} later")


def _shifted(touchpoint: Touchpoint, shift: timedelta) -> Touchpoint:
    return touchpoint.model_copy(update={name: value + shift for name, value in touchpoint if isinstance(value, datetime)})


@law("L07", "any")
def a_better_last_touchpoint_never_lowers_trust(judge: Judge, draw: Draw) -> None:
    """Of two histories that differ in the quality of their last touchpoint, the better one never has less trust, after any wait."""
    worse, better, day = better_last(judge, draw)
    wait = draw(edge_waits(judge.rules))
    low, high = judge.trust(worse, day + wait), judge.trust(better, day + wait)
    holds(low <= high, better, f"after {wait} days the worse leaves {low}, the better {high}")


def better_last(judge: Judge, draw: Draw) -> Pair:
    """Two histories, the second with a better last touchpoint, and its day."""
    history = draw(edge_histories())
    day = last_day(history) + draw(gaps)
    last = draw(touchpoints(id="z", day=day, kinds=(*_BETTER, *_OFTEN)))
    field, towards = draw(st.sampled_from(_BETTER[last.kind]))
    drawn = edge_qualities(judge.rules) if field in _QUALITIES else edge_levels(judge.rules)
    worse, better = sorted((draw(drawn), draw(drawn)), reverse=towards < 0)
    return [*history, last.model_copy(update={field: worse})], [*history, last.model_copy(update={field: better})], day


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


_OFTEN = ("interaction", "failure_occurred") * 3
"""What most of a journal is."""


@law("L10", "any")
def a_relational_breach_costs_more_than_an_equal_competence_breach(judge: Judge, draw: Draw) -> None:
    """From any history, a failure of benevolence or integrity costs more than an equal failure of competence."""
    history = draw(edge_histories())
    day, severity, kind = last_day(history) + draw(gaps), draw(edge_severities(judge.rules)), draw(relational)
    who, episode = draw(people_of(history)), draw(episodes_of(history))
    cold = [*history, failure("z", day, severity, kind, episode=episode, representative=who)]
    clumsy = [*history, failure("z", day, severity, "competence", episode=episode, representative=who)]
    less, more = judge.trust(cold), judge.trust(clumsy)
    holds(less < more, cold, f"{kind} leaves {less}, competence leaves {more}")


@law("L18", "any")
def a_bad_response_costs_more_than_an_unrelated_failure(judge: Judge, draw: Draw) -> None:
    """A bad response to an open failure costs more than an unrelated failure of equal severity.

    To a failure of competence: in any manner; of benevolence too; of integrity: in any but denial (Kim 2004). To be ignored or kept
    waiting is to wait, and that costs only once, the larger of the two: for these the failure is the only one of its episode, and no
    graver. A severity of .05 two days after a failure of .5 adds nothing to the wait.
    """
    history = draw(edge_histories())
    day, who, severity = last_day(history) + draw(gaps), draw(people_of(history)), draw(edge_severities(judge.rules))
    first, episode = draw(breaches), draw(episodes_of(history))
    manner = draw(manners.filter(lambda one: one != "denied" or first != "integrity"))
    if manner in ("ignored", "delayed"):
        severity, episode = max(severity, 0.5), "new"
    history = [*history, failure("y", day, 0.5, first, episode=episode, representative=draw(people_of(history)))]
    bad = ResponseFailed(**common("z", day + 2, episode=episode, manner=manner, severity=severity, representative=who))
    unrelated = failure("z", day + 2, severity, draw(breaches), episode="other", representative=who)
    less, more = judge.trust([*history, bad]), judge.trust([*history, unrelated])
    holds(less < more, [*history, bad], f"the {bad.manner} response leaves {less}, an unrelated {unrelated.breach} failure {more}")


@law("L19", "any")
def a_deception_leaves_a_scar_for_good(judge: Judge, draw: Draw) -> None:
    """After an exposed deception, full recovery and 500 good touchpoints trust stays below where it was."""
    history = draw(edge_histories())
    day, who = last_day(history) + draw(gaps), draw(people_of(history))
    before = judge.trust(history, day)
    lie = DeceptionExposed(**common("z", day, episode="lie", severity=draw(edge_severities(judge.rules)), representative=who))
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
    history = draw(edge_histories())
    day = last_day(history)
    trusts = [judge.trust(history, day + wait) for wait in (0.0, 0.5, 1.0, 20.0, 45.0, 120.0, 400.0, 3000.0)]
    holds(all(later <= earlier for earlier, later in itertools.pairwise(trusts)), history, f"in silence trust goes {trusts}")


@law("L23", "any")
def a_complaint_is_not_a_failure(judge: Judge, draw: Draw) -> None:
    """Recording the complaint about a failure, whenever it came, never lowers trust against the same failure unvoiced."""
    silent, spoken, day = voiced(judge, draw)
    wait = draw(edge_waits(judge.rules))
    low, high = judge.trust(silent, day + wait), judge.trust(spoken, day + wait)
    holds(high >= low - LATER_BETRAYAL, spoken, f"{high} with the complaint, {low} without")


def voiced(judge: Judge, draw: Draw) -> Pair:
    """A history with a failure somewhere, the same with a complaint about it somewhere after it, and the last day of both."""
    history = draw(edge_histories())
    place = draw(st.integers(0, len(history)))
    day = last_day(history[:place])
    severity, who = draw(edge_levels(judge.rules).filter(bool)), draw(people)  # of a failure of 0 there is nothing to complain
    failed = failure("y", day, severity, draw(breaches), episode=draw(st.sampled_from(("voiced", "e0"))), representative=who)
    silent = [*history[:place], failed, *history[place:]]
    end = last_day(silent)
    said = day + (end - day) * draw(st.sampled_from((0.0, 0.1, 0.5, 1.0))) + draw(st.sampled_from((0.0, 0.0, 1.0, 30.0)))
    spoken = [*silent, ComplaintVoiced(**common("z", said, episode=failed.episode, severity=draw(edge_levels(judge.rules))))]
    return silent, spoken, max(end, said)


@law("L27", "any")
def trust_is_continuous_in_severity(judge: Judge, draw: Draw) -> None:
    """A little more of any severity, quality, level, size or score moves trust a little, except at thresholds that the rules declare.

    A contact or delivery is judged outside any episode: in one that waits for an answer a good act answers and a bad one does not (L51).
    """
    history = draw(edge_histories())
    day, half = last_day(history) + draw(gaps), CONTINUITY_STEP / 2
    kind, field = draw(st.sampled_from(_GRADED))
    last = draw(touchpoints(id="z", day=day, kinds=(kind,)))
    drawn = edge_qualities(judge.rules) if field in _QUALITIES else edge_levels(judge.rules)
    if isinstance(last, Delivery | Interaction):
        last = last.model_copy(update={"episode": None})
    if isinstance(last, Delivery):
        last = last.model_copy(update={"perceived": None, "promised": draw(edge_levels(judge.rules))})
        drawn = st.one_of(drawn, st.just((last.promised or 0.0) - zone_of(judge.rules)))
    least = half - 1.0 if field in _QUALITIES else CONTINUITY_STEP  # between nothing and something there may be a step: a lie of 0 is none
    value = min(max(draw(drawn), least), 1.0 - half)
    assume(all(abs(abs(value) - threshold) > CONTINUITY_STEP for threshold in declared_thresholds(judge.rules)))
    milder, harder = ([*history, last.model_copy(update={field: near})] for near in (value - half, value + half))
    now = day + draw(edge_waits(judge.rules))
    jump = abs(judge.trust(milder, now) - judge.trust(harder, now))
    holds(jump < CONTINUITY_MAX, harder, f"{CONTINUITY_STEP} of {field} around {value} moves trust by {jump}")


_GRADED = (
    *((kind, "severity") for kind in ("failure_occurred", "response_failed", "deception_exposed", "complaint_voiced")),
    *(("interaction", quality) for quality in _QUALITIES),
    *(("delivery", field) for field in ("delivered", "delivered", "perceived")),
    *((kind, "size") for kind in ("gesture_made", "praise_given", "recovery_step_taken")),
    ("feedback_given", "score"),
    ("relationship_opened", "strength"),
)
"""L27: what of which kind has degrees."""


@law("L29", "any")
def confidence_grows_with_evidence(judge: Judge, draw: Draw) -> None:
    """A confidence exists, apart from trust, and grows with evidence."""
    history = draw(edge_histories())
    day = last_day(history)
    more = [*history, contact("z", day, draw(qualities))]
    before, after = judge.replay(history, day).confidence, judge.replay(more).confidence
    holds(0.0 <= before < after <= 1.0, more, f"confidence goes from {before} to {after}")


@law("L30", "any")
def a_note_changes_nothing(judge: Judge, draw: Draw) -> None:
    """Time is a semigroup: a note between two touchpoints changes no bit."""
    history = draw(edge_histories(min_size=2))
    place = draw(st.integers(1, len(history) - 1))
    earlier, later = last_day(history[:place]), last_day(history[: place + 1])
    noted = [
        *history,
        NoteAdded(**common(history[place - 1].id + "n", earlier + (later - earlier) * draw(st.sampled_from((0.0, 0.3, 0.5))))),
    ]
    day = last_day(history) + draw(gaps)
    without, with_note = judge.trust(history, day), judge.trust(noted, day)
    holds(without == with_note, noted, f"{without} without the note, {with_note} with it")
