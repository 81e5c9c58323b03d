"""The laws of waiting: what nobody did counts, and the sooner somebody does it the better."""

from collections.abc import Callable

from hypothesis import strategies as st

from journey.testing.strategies import at_day, gaps
from journey.touchpoints import ComplaintVoiced, Delivery, FailureOccurred, PromiseMade, RequestMade, ResponseFailed, Touchpoint
from journey_projections.testing.edges import edge_histories, edge_levels, edge_severities, edge_waits
from journey_projections.testing.law import (
    FULL,
    FULL_BUDGET,
    LATER_BETRAYAL,
    LATER_SILENCE,
    SAME,
    Draw,
    Judge,
    breaches,
    common,
    contact,
    failure,
    holds,
    last_day,
    law,
    people_of,
    recovery,
)

LONG = 400.0
"""L34: days after which every patience is over and what waiting costs has come."""


@law("L31", "any")
def the_first_to_speak_never_has_less(judge: Judge, draw: Draw) -> None:
    """The same steps never leave less trust when the acknowledgement precedes the complaint than when it follows it."""
    history = draw(edge_histories())
    day, severity, who = last_day(history) + draw(gaps), draw(edge_severities(judge.rules)), draw(people_of(history))
    failed = [*history, failure("y", day, severity, draw(breaches), episode="k", representative=who)]
    others = draw(st.lists(st.sampled_from((*FULL[1:], "apologise", "compensate")), unique=True))
    steps = recovery(day + 2, "k", ("acknowledge", *others), draw(people_of(history)))
    loudness = draw(edge_levels(judge.rules))
    first, second = (
        [*failed, *steps, ComplaintVoiced(**common("z", day + at, episode="k", severity=loudness))]
        for at in (draw(st.sampled_from((2.05, 2.95))), draw(st.sampled_from((0.0, 1.0, 1.95))))
    )
    now = day + 3 + draw(edge_waits(judge.rules))
    more, less = judge.trust(first, now), judge.trust(second, now)
    holds(more >= less - SAME, first, f"{more} where the organisation spoke first, {less} where the customer did")


@law("L32", "any")
def a_later_answer_never_leaves_more(judge: Judge, draw: Draw) -> None:
    """A later answer to an open failure, a complaint or a request never leaves more trust than an earlier one."""
    history = draw(edge_histories())
    day = last_day(history) + draw(gaps)
    waits = edge_waits(judge.rules)
    waiting = [*history, _obligation(judge, draw, day, history)]
    answer = draw(_answers(draw(people_of(history))))
    early, late = sorted((min(90.0, draw(waits)), min(90.0, draw(waits))))
    now = day + late + 1 + draw(waits)
    sooner, later = ([*waiting, *answer(day + wait)] for wait in (early, late))
    more, less = judge.trust(sooner, now), judge.trust(later, now)
    holds(more >= less - SAME, later, f"answered after {late} days trust is {less}, after {early} days {more}")


def _obligation(judge: Judge, draw: Draw, day: float, history: list[Touchpoint]) -> FailureOccurred | ComplaintVoiced | RequestMade:
    """What waits for the organisation, in an episode of its own: a failure, a complaint or a request."""
    size, breach, cause = draw(edge_severities(judge.rules)), draw(breaches), draw(_CAUSES)
    fields = common("y", day, episode="k")
    due = draw(st.sampled_from((None, 0.0, 1.0, 30.0)))
    obligations: tuple[FailureOccurred | ComplaintVoiced | RequestMade, ...] = (
        failure("y", day, size, breach, episode="k", cause=cause, representative=draw(people_of(history))),
        ComplaintVoiced(**fields, severity=size),
        RequestMade(**fields, urgency=size, due=None if due is None else at_day(day + due)),
    )
    return draw(st.sampled_from(obligations))


_CAUSES = st.sampled_from(("organisation", "supplier", "exogenous"))
"""Of a failure that the organisation has to answer; the customer's own is theirs."""


def _answers(who: str | None) -> st.SearchStrategy[Callable[[float], list[Touchpoint]]]:
    """An answer in the episode `k` as a function of its day: all steps, the first of them, or a contact of no quality."""
    return st.sampled_from(
        (
            lambda day: recovery(day, "k", FULL, who),
            lambda day: recovery(day, "k", ("acknowledge",), who),
            lambda day: [contact("z", day, 0.0, who, episode="k")],
        )
    )


@law("L33", "any")
def a_later_delivery_never_leaves_more(judge: Judge, draw: Draw) -> None:
    """The later after its due date, the less trust the same delivery leaves, at least no more; before that its hour is no lateness.

    Of something, as nothing is no less for coming late; and with a full budget for gains, which half a day would else refill. Up to ninety
    days late, and after ninety more within what the later delivery spares by ending the silence later (m1): after three contacts of .2
    and an unexplained refusal, .05 on a promise of .1001 seven days late leaves .51092 a year and more later, on its day .51091.
    """
    history = draw(edge_histories())
    day, ahead = last_day(history) + FULL_BUDGET + draw(gaps), draw(st.sampled_from((0.0, 1.0, 10.0, 60.0)))
    level = draw(edge_severities(judge.rules))
    delivered, who = draw(edge_severities(judge.rules)), draw(people_of(history))
    waits = edge_waits(judge.rules, ahead)

    def after(wait: float, due: float | None) -> list[Touchpoint]:
        date = None if due is None else at_day(day + due)
        made = PromiseMade(**common("y", day, promise="k", level=level, due=date))
        return [*history, made, Delivery(**common("z", day + wait, promise="k", delivered=delivered, representative=who))]

    early, late = sorted((min(90.0, draw(waits)), min(90.0, draw(waits))))
    now = day + late + draw(waits)
    if early <= ahead:
        dated, undated = judge.trust(after(early, ahead), now), judge.trust(after(early, None), now)
        holds(dated == undated, after(early, ahead), f"in time trust is {dated}, and {undated} had there been no date")
    if late > ahead:
        early = max(early, ahead)
        more, less = judge.trust(after(early, ahead), now), judge.trust(after(late, ahead), now)
        allowed = SAME if now <= day + early + 90.0 else LATER_SILENCE
        holds(
            more >= less - allowed, after(late, ahead), f"after {late} days, due after {ahead}, trust is {less}, after {early} days {more}"
        )


@law("L34", "any")
def silence_costs_no_more_than_being_ignored(judge: Judge, draw: Draw) -> None:
    """An obligation that is never answered costs trust, and never more than the same recorded as ignored at once."""
    history = draw(edge_histories())
    day, wait = last_day(history) + draw(gaps), draw(edge_waits(judge.rules))
    waiting = _obligation(judge, draw, day, history)
    silent = [*history, waiting]
    size = waiting.urgency if isinstance(waiting, RequestMade) else waiting.severity
    ignored = ResponseFailed(**common("z", day, episode="k", manner="ignored", severity=size))
    answered = contact("z", day, 0.0, None, episode="k")
    kept, lost = judge.trust([*silent, answered], day + LONG), judge.trust(silent, day + LONG)
    holds(lost < kept, silent, f"{lost} after {LONG} days without an answer, {kept} answered at once")
    high, low = judge.trust(silent, day + wait), judge.trust([*silent, ignored], day + wait)
    holds(high >= low - LATER_BETRAYAL, silent, f"{high} after {wait} days without an answer, {low} recorded as ignored")
    size = max(size, 0.25)  # under its zone of tolerance nothing is as good as what was promised
    promised = [*history, PromiseMade(**common("y", day, promise="k", level=size, due=at_day(day)))]
    nothing = Delivery(**common("z", day, promise="k", delivered=0.0))
    high, low = judge.trust(promised, day + wait), judge.trust([*promised, nothing], day + wait)
    low = min(low, judge.trust(history, day + wait))  # nothing may be near enough to what was promised, and then is a promise kept
    holds(high >= low - SAME, promised, f"{high} where a promise of {size} is {wait} days overdue, {low} had nothing been delivered")
