"""The laws of conduct that version 2 brought: no sum, name, doubt or return is worth more than what was done."""

from collections.abc import Callable
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from journey.testing.strategies import gaps
from journey.touchpoints import (
    PARTIES,
    Cause,
    DeceptionExposed,
    Delivery,
    EngagementDeclined,
    FailureOccurred,
    FeedbackGiven,
    GestureMade,
    Interaction,
    PraiseGiven,
    PromiseMade,
    RecoveryStepTaken,
    RelationshipEnded,
    RelationshipResumed,
    ResponseFailed,
    Touchpoint,
)
from journey_projections.testing.edges import NOTICED, declared_thresholds, edge_histories, edge_levels, edge_severities, edge_waits
from journey_projections.testing.law import (
    EXIT_LINE,
    FULL,
    FULL_BUDGET,
    HOURS_OF_FADING,
    LATER_MISS,
    SAME,
    Draw,
    Judge,
    breaches,
    clean_case,
    common,
    contact,
    episodes_of,
    holds,
    last_day,
    law,
    manners,
    people_of,
)

WORST_SCORES = 6
"""L47: so many customers' worst marks in a row are no chance."""
FAINT, FAINT_LEVEL = 0.1, 0.8
"""L53: contacts of this quality or less never lift trust past this level, the trust from which a relationship is communal."""
YEAR = 365


@law("L36", "any")
def splitting_gains_nothing(judge: Judge, draw: Draw) -> None:
    """One gesture, praise, score or slip split into many of the same sum on one day never gains.

    Not against the better of one at the beginning of that day and one at its end: good conduct eases what fell due before it, and not
    what falls due an hour later. Slips under a declared threshold are no failure, however many (else L27 would have a step wherever a day's
    slips reach it), so that what is missed later comes right after none: .05 of competence in halves.
    Scores have no sum: a score is split into many of the same height and together its certainty.
    """
    history = draw(edge_histories())
    day, who = last_day(history) + FULL_BUDGET + draw(gaps), draw(people_of(history))
    size, many = draw(edge_levels(judge.rules)), draw(st.integers(2, 20))
    kind = draw(st.sampled_from(("competence", "benevolence", "integrity")))

    def fields(number: int, at: float) -> dict[str, Any]:
        return common(f"z{number:02}", at, representative=who)

    acts: tuple[Callable[[int, float, float], Touchpoint], ...] = (
        lambda number, at, part: GestureMade(**fields(number, at), size=part * size),
        lambda number, at, part: GestureMade(**fields(number, at), size=size, certainty=part),
        lambda number, at, part: PraiseGiven(**fields(number, at), size=part * size),
        lambda number, at, part: PraiseGiven(**fields(number, at), size=size, certainty=part),
        lambda number, at, part: FeedbackGiven(**fields(number, at), score=size, certainty=part),
        lambda number, at, part: Interaction(**{**fields(number, at), kind: -part * size}),
    )
    act, length = draw(st.sampled_from(acts)), draw(st.sampled_from((0.0, 0.2, 0.9)))
    ones = [[*history, act(0, at, 1.0)] for at in (day, day + length)]
    split = [*history, *(act(number, day + length * number / (many - 1), 1.0 / many) for number in range(many))]
    now = day + length + draw(edge_waits(judge.rules))
    threshold = min(declared_thresholds(judge.rules), default=0.0)
    is_none = act is acts[-1] and size / many < threshold <= size
    allowed = LATER_MISS if is_none else HOURS_OF_FADING
    whole, parts = max(judge.trust(one, now) for one in ones), judge.trust(split, now)
    holds(parts <= whole + allowed, split, f"{whole} in one, {parts} in {many} parts")


@law("L37", "any")
def names_are_only_names(judge: Judge, draw: Draw) -> None:
    """Renaming people, episodes, promises and topics changes no bit."""
    history = draw(edge_histories())
    prefix = draw(st.sampled_from(("a", "zz", "é")))
    renamed = [_renamed(touchpoint, prefix) for touchpoint in history]
    day = last_day(history) + draw(gaps)
    before, after = judge.replay(history, day), judge.replay(renamed, day)
    told = [(one.trust, one.confidence, one.exit_risk, one.state) for one in (before, after)]
    holds(told[0] == told[1], history, f"{told[0]}, and renamed {told[1]}")


_NAMES = {*PARTIES, "promise", "topic"} - {"relationship"}


def _renamed(touchpoint: Touchpoint, prefix: str) -> Touchpoint:
    """The same with every name turned round, so that the order of names turns too, under a prefix."""
    names = {name: prefix + "".join(chr(0x250 - ord(one)) for one in value) for name, value in touchpoint if name in _NAMES and value}
    return touchpoint.model_copy(update=names)


@law("L38", "any")
def certainty_helps_the_good_and_hurts_the_bad(judge: Judge, draw: Draw) -> None:
    """More certainty in a bad last touchpoint never raises trust, in a good one never lowers it."""
    history = draw(edge_histories())
    day, size = last_day(history) + draw(gaps), draw(edge_levels(judge.rules))
    is_good = draw(st.booleans())
    fields = {"representative": draw(people_of(history)), "episode": draw(episodes_of(history))}
    act = (_good_act if is_good else bad_act)(draw, day, size, fields)
    doubtful, certain = sorted((draw(edge_levels(judge.rules)), draw(edge_levels(judge.rules))))
    now = day + draw(edge_waits(judge.rules))
    less, more = ([*history, act.model_copy(update={"certainty": certainty})] for certainty in (doubtful, certain))
    unsure, sure = judge.trust(less, now), judge.trust(more, now)
    holds(sure >= unsure - SAME if is_good else sure <= unsure + SAME, more, f"{unsure} at certainty {doubtful}, {sure} at {certain}")


_CAUSES: st.SearchStrategy[Cause] = st.sampled_from(("organisation", "supplier", "exogenous"))


def bad_act(draw: Draw, day: float, size: float, fields: dict[str, str | None]) -> Touchpoint:
    """Something bad of that size by the organisation, with these fields: a failure, a bad response, a lie, a rude contact, a miss …"""
    common_fields = common("z", day, **fields)
    acts: tuple[Callable[[], Touchpoint], ...] = (
        lambda: FailureOccurred(**common_fields, severity=size, breach=draw(breaches), cause=draw(_CAUSES)),
        lambda: FailureOccurred(**common_fields, severity=size, breach=draw(breaches), noticed=False),
        lambda: ResponseFailed(**common_fields, severity=size, manner=draw(manners)),
        lambda: DeceptionExposed(**common_fields, severity=size),
        lambda: Interaction(**{**common_fields, draw(breaches): -size}),
        lambda: Interaction(**common_fields, recognised=False),
        lambda: Delivery(**common_fields, promised=1.0, delivered=(1.0 - size) / 2),
        lambda: EngagementDeclined(**common_fields, reasons_given=False),
    )
    return draw(st.sampled_from(acts))()


def _good_act(draw: Draw, day: float, size: float, fields: dict[str, str | None]) -> Touchpoint:
    common_fields = common("z", day, **fields)
    acts: tuple[Callable[[], Touchpoint], ...] = (
        lambda: Interaction(**{**common_fields, draw(breaches): size}),
        lambda: Delivery(**common_fields, promised=0.5, delivered=(1.0 + size) / 2),
        lambda: GestureMade(**common_fields, size=size),
        lambda: PraiseGiven(**common_fields, size=size),
        lambda: RecoveryStepTaken(**common_fields, step=draw(st.sampled_from((*FULL, "apologise", "compensate")))),
    )
    return draw(st.sampled_from(acts))()


@law("L39", "any")
def leaving_and_coming_back_heals_nothing(judge: Judge, draw: Draw) -> None:
    """An end and a return on the same day heal nothing: they never raise trust or lower the exit risk."""
    history = draw(edge_histories())
    day, away = last_day(history) + draw(gaps), draw(st.sampled_from((0.0, 0.1, 0.9)))
    outcome = draw(st.sampled_from(("exit", "satisfied", "dormant", "unknown")))
    history = [*history, RelationshipResumed(**common("y", day))]  # who has left already may come back; that is no leaving
    whole = [*history, RelationshipEnded(**common("y1", day, outcome=outcome)), RelationshipResumed(**common("z", day + away))]
    now = day + away + draw(edge_waits(judge.rules))
    stayed, back = judge.replay(history, now), judge.replay(whole, now)
    holds(back.trust <= stayed.trust + SAME, whole, f"trust is {stayed.trust} without leaving, {back.trust} after coming back")
    holds(back.exit_risk >= stayed.exit_risk - SAME, whole, f"the exit risk is {stayed.exit_risk} without, {back.exit_risk} after it")


@law("L42", "clean")
def declining_beats_delivering_nothing(judge: Judge, draw: Draw) -> None:
    """Declining without reasons costs less than accepting and delivering nothing."""
    history, day, who = clean_case(draw)
    promised, wait = draw(st.sampled_from((0.5, 0.8, 1.0))), draw(st.sampled_from((0.0, 1.0, 30.0)))
    declined = [*history, EngagementDeclined(**common("y", day, reasons_given=False, representative=who))]
    accepted = [
        *history,
        PromiseMade(**common("y", day, promise="k", level=promised, representative=who)),
        Delivery(**common("z", day + wait, promise="k", delivered=0.0, representative=who)),
    ]
    now = day + wait
    curt, failed = judge.trust(declined, now), judge.trust(accepted, now)
    holds(curt > failed, accepted, f"{curt} declined, {failed} accepted and not delivered")


@law("L47", "clean")
def six_worst_scores_say_it(judge: Judge, draw: Draw) -> None:
    """Six worst scores in a row take trust under the exit line, one does not."""
    history, day, _ = clean_case(draw)
    cadence = draw(st.sampled_from((1.0, 7.0, 30.0)))
    scores = [FeedbackGiven(**common(f"z{number}", day + number * cadence, score=0.0)) for number in range(WORST_SCORES)]
    once, often = judge.trust([*history, scores[0]]), judge.trust([*history, *scores])
    holds(once >= EXIT_LINE, [*history, scores[0]], f"one worst score leaves {once}")
    holds(often < EXIT_LINE, [*history, *scores], f"six worst scores leave {often}")


@law("L51", "any")
def a_bad_act_never_raises_trust(judge: Judge, draw: Draw) -> None:
    """A bad act as the last never raises trust, at once or after any wait."""
    history = draw(edge_histories())
    day, size = last_day(history) + draw(gaps), draw(edge_levels(judge.rules))
    bad = bad_act(draw, day, size, {"representative": draw(people_of(history)), "episode": draw(episodes_of(history))})
    whole = [*history, bad]
    for now in (day, day + draw(edge_waits(judge.rules))):
        without, with_it = judge.trust(history, now), judge.trust(whole, now)
        holds(with_it <= without + SAME, whole, f"after {now - day} days {without} without it, {with_it} with it")


@law("L53", "any")
def trust_rises_to_what_the_contacts_are_worth(judge: Judge, draw: Draw) -> None:
    """Contacts lift trust towards a level that rises with their quality, never past it: a year of daily .1 leaves a stranger below .8.

    The level is that of clean histories: where something went wrong, contacts mend it too, which lifts trust from .807 to .827 at .05.
    """
    history, day, who = clean_case(draw)
    before, faint = judge.trust(history, day), draw(st.sampled_from((NOTICED, FAINT)))
    lifted = _year(history, day, faint, who)
    after = judge.trust(lifted)
    holds(after <= max(before, FAINT_LEVEL), lifted, f"a year of daily {faint} lifts trust from {before} to {after}")
    history = draw(edge_histories())
    day, who = last_day(history) + draw(gaps), draw(st.sampled_from((None, "new", "anna")))
    low, high = sorted((draw(edge_severities(judge.rules)), draw(edge_severities(judge.rules))))
    assume(high - low >= FAINT)
    worse, better = (judge.trust(_year(history, day, quality, who)) for quality in (low, high))
    before = judge.trust(history, day)  # where trust stands above both levels, neither moves it
    holds(
        better > worse or better == worse <= before,
        _year(history, day, high, who),
        f"a year of daily {low} leaves {worse}, of {high} {better}",
    )


def _year(history: list[Touchpoint], day: float, quality: float, who: str | None) -> list[Touchpoint]:
    return [*history, *(contact(f"z{number:03}", day + number, quality, who) for number in range(YEAR))]
