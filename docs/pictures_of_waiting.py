"""The pictures of what waits, of what was promised, and of what is not noticed yet: T38 to T50. See `pictures`."""

from collections.abc import Callable

from drawing import Curve, Picture, over
from picture_material import P, after, contact, days, failed, lost, said, state_of, steps

from journey import Touchpoint
from journey.testing import at_day
from journey_projections.encoding import codes as c
from journey_projections.rules.goodwill import breaches, failures, levels, promises, waiting


def t38() -> Picture:
    """Severity or urgency → days of patience."""

    def patience(most: float) -> Callable[[float], float]:
        return lambda weight: waiting.patience_shortens(most, weight, P) / levels.DAY

    return Picture("severity or urgency", "days until waiting begins to cost", [
        Curve("a request", over(0, 1, patience(P.patience_request))),
        Curve("failure, complaint", over(0, 1, patience(P.patience_failure))),
    ])  # fmt: skip


def t39() -> Picture:
    """Severity → trust a year later."""

    def later(*answers: Touchpoint) -> Callable[[float], float]:
        return lambda severity: after(failed(0, severity), *answers, day=365).trust

    def ignored(severity: float) -> float:
        return after(failed(0, severity), said(0.1, "response_failed", manner="ignored", severity=severity, episode="e"), day=365).trust

    return Picture("severity of the failure", "trust a year later", [
        Curve("made good", over(0, 1, later(*steps(0)), 40)), Curve("never answered", over(0, 1, later(), 40)),
        Curve("ignored openly", over(0, 1, ignored, 40)),
    ], high=0.6)  # fmt: skip


def t40() -> Picture:
    """Days without an answer → trust, voiced and not."""
    voiced = said(2, "complaint_voiced", severity=0.5, episode="e")
    return Picture("days without an answer to a failure of 0.5", "trust", [
        Curve("complained on day 2", days(60, 2, lambda day: after(failed(0), voiced, day=max(2, day)).trust)),
        Curve("said nothing", days(60, 2, lambda day: after(failed(0), day=day).trust)),
    ], high=0.6)  # fmt: skip


def t41() -> Picture:
    """Days after a complaint → trust."""

    def course(severity: float, *answers: Touchpoint) -> Callable[[int], float]:
        complaint = said(0, "complaint_voiced", severity=severity, episode="e")
        return lambda day: after(complaint, *answers, day=day).trust

    return Picture("days after a complaint about nothing that is recorded", "trust", [
        Curve("0.8, answered day 8", days(60, 1, course(0.8, *steps(8, "acknowledge")))),
        Curve("0.3, never answered", days(60, 1, course(0.3))), Curve("0.8, never answered", days(60, 1, course(0.8))),
    ], high=0.6)  # fmt: skip


def t42() -> Picture:
    """Days after a request → trust."""

    def course(**fields: object) -> Callable[[int], float]:
        return lambda day: after(said(0, "request_made", **fields), day=day).trust

    return Picture("days after a request that nobody answers", "trust", [
        Curve("urgency 0.3", days(60, 1, course(urgency=0.3))),
        Curve("1, due on day 20", days(60, 1, course(urgency=1.0, due=at_day(20)))),
        Curve("urgency 1", days(60, 1, course(urgency=1.0))),
    ], high=0.6)  # fmt: skip


def t43() -> Picture:
    """Day of the answer → trust in the end."""

    def answered(*names: str) -> Callable[[int], float]:
        return lambda day: after(failed(0), *steps(day, *names), day=100).trust

    return Picture("day of the answer to a failure of 0.5", "trust on day 100", [
        Curve("all five steps", days(60, 2, answered())), Curve("acknowledged only", days(60, 2, answered("acknowledge"))),
        Curve("never answered", days(60, 2, lambda _: after(failed(0), day=100).trust)),
    ], high=0.6)  # fmt: skip


def t44() -> Picture:
    """What was recorded of the answer → trust."""

    def told(day: float, manner: str) -> float:
        return after(failed(0), said(day, "response_failed", manner=manner, severity=0.5, episode="e"), day=90).trust

    return Picture("what is recorded of the answer to a failure of 0.5", "trust on day 90", bars=[
        ("nothing", after(failed(0), day=90).trust), ("ignored, at once", told(0.1, "ignored")), ("ignored, day 10", told(10, "ignored")),
        ("delayed, day 10", told(10, "delayed")), ("deflected, day 10", told(10, "deflected")),
    ])  # fmt: skip


def t45() -> Picture:
    """Weeks → trust, with contacts and without."""

    def course(every: int) -> Callable[[int], float]:
        def effect(day: int) -> float:
            return after(failed(0), *(contact(visit) for visit in range(every, day + 1, every)), day=day).trust

        return effect

    return Picture("days without an answer to a failure of 0.5", "trust", [
        Curve("a contact each day", days(60, 2, course(1))), Curve("… each week", days(60, 2, course(7))),
        Curve("no contact", days(60, 2, course(100))),
    ], high=0.6)  # fmt: skip


def t46() -> Picture:
    """Days after the date → trust."""

    def course(level: float) -> Callable[[int], float]:
        return lambda day: after(said(0, "promise_made", promise="p", level=level, due=at_day(10)), day=day).trust

    curves = [Curve(f"promised {level:g}", days(80, 1, course(level))) for level in (0.3, 0.5, 0.8)]
    return Picture("days since a promise for day 10 that nobody keeps", "trust", curves, high=0.6)


def t47() -> Picture:
    """Days late → what is left of the delivery."""

    def left(ahead: int) -> Callable[[float], float]:
        due = ahead * levels.DAY
        return lambda late: promises.late_is_less(0, due, due + round(late * levels.DAY), P)

    curves = [Curve(f"{ahead} days ahead", over(-10, 90, left(ahead))) for ahead in (90, 30, 7)]
    return Picture("days after the date, by how long ahead it was promised", "share of the delivery that counts", curves, high=1.0)


def t48() -> Picture:
    """Miss → share of goodwill lost."""

    def taken(prior: float) -> Callable[[float], float]:
        def effect(miss: float) -> float:
            state = state_of(prior)
            before = breaches.trusted(state, c.ORGANISATION, c.NOBODY, miss, P)
            return lost(promises.a_broken_word_is_a_breach_of_integrity(state, c.ORGANISATION, before, miss, P))

        return effect

    curves = [Curve(f"trust {prior:g} before", over(0, 1, taken(prior))) for prior in (0.8, 0.5)]
    return Picture("how far a promise was missed, beyond the zone of tolerance", "share of goodwill that it takes", curves)


def t49() -> Picture:
    """How the customer learnt of it → change in trust."""
    hidden = failed(0, noticed=False)

    def change(*told: Touchpoint) -> float:
        result = after(*told, day=5)
        return result.trust - result.prior

    return Picture("a failure of 0.5, and how the customer learnt of it", "change in trust", bars=[
        ("not at all", change(hidden)), ("told", change(hidden, said(5, "failure_noticed", episode="e", through="told"))),
        ("noticed at once", change(failed(5))), ("heard of it", change(hidden, said(5, "failure_noticed", episode="e", through="heard"))),
        ("found out", change(hidden, said(5, "failure_noticed", episode="e", through="found"))),
    ])  # fmt: skip


def t50() -> Picture:
    """Severity → severity that counts."""
    curves = [
        Curve("noticed", over(0, 1, lambda severity: severity)),
        Curve("told of by the firm", over(0, 1, lambda severity: failures.candour_softens(severity, P))),
    ]
    return Picture("severity of the failure", "severity that counts", curves)
