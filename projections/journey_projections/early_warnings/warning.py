"""A warning in words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from typing_extensions import TypedDict

from journey.json_shapes import Time, served_as
from journey.times import from_microseconds, instant_at, to_microseconds
from journey_projections.early_warnings.parameters import WarningParameters
from journey_projections.early_warnings.state import (
    CONTACTS,
    KINDS,
    PROMISE_DUE,
    PROMISE_OVERDUE,
    Watch,
)
from journey_projections.early_warnings.watches import DAY, days_on, is_open, severity_at
from journey_projections.encoding import codes
from journey_projections.encoding.codes import NEVER


class WarningShape(TypedDict):
    """A warning as plain data."""

    kind: str
    since: Time
    due: Time | None
    words: str
    touchpoints: list[str]
    severity: float
    certainty: float


@served_as(WarningShape)
@dataclass(frozen=True, slots=True)
class Warning:
    """What is the matter with a relationship: one of KINDS, open since an instant (UTC).

    There is time until `due`; None where there is none, or it has passed. `certainty` and `severity` go from 0 to 1. `words` say it in a
    sentence; `touchpoints` are the ids of the first and the last that it is about. `until` is when it closed, None while open.
    """

    kind: str
    since: datetime
    due: datetime | None
    certainty: float
    words: str
    touchpoints: tuple[str, ...]
    severity: float
    until: datetime | None = None

    def to_dict(self) -> WarningShape:
        """Plain data, as `journey attention` writes it in JSON."""
        return {
            "kind": self.kind,
            "since": self.since.isoformat(),
            "due": None if self.due is None else self.due.isoformat(),
            "words": self.words,
            "touchpoints": list(self.touchpoints),
            "severity": self.severity,
            "certainty": self.certainty,
        }


class About(NamedTuple):
    """What the words need of the touchpoints that a watch is about, and the name of its subject: a person or a promise."""

    first: str
    latest: str
    occurred_at: datetime
    episode: str | None
    subject: str | None


class Pledged(NamedTuple):
    """One promise of the organisation: its level (0 to 1), when it was made and due (UTC), and what became of it.

    `state` is open, due (within days), overdue, kept (within the tolerance, in time), broken (less, or later), or void (replaced, or the
    relationship ended first). `delivered` is the level that was, None while nothing was.
    """

    promise: str
    level: float
    made: datetime
    due: datetime | None
    state: str
    delivered: float | None


def pledged(
    promise: str, level: float, made: int, opens: int, due: int, closes: int, delivered: float, at: int, tolerance: float
) -> Pledged:
    """A promise at an instant, from what its watch says; `delivered` is negative while nothing was."""
    if delivered >= 0.0:
        state = "kept" if level - delivered <= tolerance and closes <= due else "broken"
    elif closes != NEVER:
        state = "void"
    elif at > due:
        state = "overdue"
    else:
        state = "due" if at >= opens else "open"
    day = None if due == NEVER else instant_at(due)
    return Pledged(promise, level, from_microseconds(made), day, state, delivered if delivered >= 0.0 else None)


def kind_at(watch: Watch, at: int) -> int:
    """The kind of a watch at an instant: what is due becomes overdue."""
    return PROMISE_OVERDUE if watch.kind == PROMISE_DUE and at > watch.due else watch.kind


def is_warning(watch: Watch, at: int, p: WarningParameters) -> bool:
    """Whether a watch is an open warning at an instant."""
    return is_open(watch, at, days_on(p.stale_days))


def told(watch: Watch, about: About, at: int, p: WarningParameters, until: int = NEVER) -> Warning:
    """A watch as a warning, as of an instant; where it closed `until` then or before, as it was last."""
    at, has_closed = (until - 1, True) if until <= at else (at, False)
    kind = kind_at(watch, at)
    has_time = watch.due != NEVER and at <= watch.due
    return Warning(
        KINDS[kind],
        from_microseconds(watch.due if kind == PROMISE_OVERDUE else watch.opens),
        instant_at(watch.due) if has_time else None,
        watch.certainty,
        _WORDS[KINDS[kind]](watch, about, at, has_time),
        tuple(dict.fromkeys((about.first, about.latest))),
        severity_at(watch, at, p),
        from_microseconds(until) if has_closed else None,
    )


def in_order(warnings: Iterable[Warning]) -> tuple[Warning, ...]:
    """The gravest first; of equals, the one that is open for longest."""
    return tuple(sorted(warnings, key=lambda one: (-one.severity, one.since, one.kind, one.touchpoints)))


def _waiting(called: str) -> Callable[[Watch, About, int, bool], str]:
    def words(watch: Watch, about: About, at: int, has_time: bool) -> str:
        name = f"{called} `{about.episode or about.first}` of {about.occurred_at.date()}"
        again = f", asked for {watch.times} times" if watch.times > 2 else ", asked for again" if watch.times == 2 else ""
        if watch.due == NEVER:
            return f"the customer has not noticed {name} yet: tell them first"
        if has_time:
            return f"{name} waits for an answer{again}: there is time until {_day(watch.due)}"
        return f"{name} has had no answer for {days(at - watch.opens)}{again}"

    return words


def _double(watch: Watch, about: About, _at: int, _time: bool) -> str:
    manner = {number: name for name, number in codes.MANNERS.items()}[watch.subject]
    more = f", and {watch.times - 1} more" if watch.times > 1 else ""
    return f"`{about.episode or about.first}` was {manner} on {about.occurred_at.date()}{more}, and this is not put right yet"


def _promise(watch: Watch, about: About, at: int, has_time: bool) -> str:
    name = f"promise `{about.subject}` of {about.occurred_at.date()}"
    return f"{name} is due on {_day(watch.due)}" if has_time else f"{name} was due on {_day(watch.due)}: {days(at - watch.due)} overdue"


def _handover(watch: Watch, about: About, _at: int, has_time: bool) -> str:
    done = f"{about.subject} took over on {about.occurred_at.date()}, and nobody introduced them"
    return f"{done}: an introduction is of use until {_day(watch.due)}" if has_time else done


def _bond(watch: Watch, about: About, _at: int, _time: bool) -> str:
    share = "all" if watch.value == 1.0 else f"{watch.value:.0%}"
    return f"{about.subject}, with whom the customer had {share} of their contacts, left or was moved on {about.occurred_at.date()}"


def _silence(watch: Watch, about: About, at: int, _time: bool) -> str:
    last = f"the last on {about.occurred_at.date()}, {days(at - to_microseconds(about.occurred_at))} ago"
    what = "there was a contact" if watch.subject == CONTACTS else "the customer bought"
    return f"silence: {what} about every {days(int(watch.value * DAY))}, {last}"


def _quiet(_watch: Watch, about: About, at: int, _time: bool) -> str:
    since = days(at - to_microseconds(about.occurred_at))
    return f"nothing was heard of the customer for {since} since failure `{about.episode or about.first}` of {about.occurred_at.date()}"


def _scores(watch: Watch, _about: About, _at: int, _time: bool) -> str:
    count = "a score was low or falling:" if watch.times == 1 else f"{watch.times} scores were low or falling, down to"
    return f"{count} {watch.value:.2f} of 1"


def _weak(watch: Watch, about: About, _at: int, _time: bool) -> str:
    count = "it was" if watch.times == 1 else f"{watch.times} times it was"
    return f"{count} heard that the customer speaks badly of us, since {about.occurred_at.date()}; certainty {watch.certainty:.2f}"


def _gap(watch: Watch, about: About, _at: int, _time: bool) -> str:
    return f"the customer saw {watch.severity:.2f} less than what was delivered on {about.occurred_at.date()}"


def _fell(watch: Watch, about: About, _at: int, _time: bool) -> str:
    return f"trust fell by {watch.value:.2f} from {about.occurred_at.date()} on"


def _exit(_watch: Watch, about: About, _at: int, _time: bool) -> str:
    return f"the customer left on {about.occurred_at.date()}, and nothing recorded explains it: ask them"


_WORDS: dict[str, Callable[[Watch, About, int, bool], str]] = {
    "unanswered_failure": _waiting("failure"),
    "unanswered_complaint": _waiting("complaint"),
    "unanswered_request": _waiting("request"),
    "double_deviation": _double,
    "promise_due": _promise,
    "promise_overdue": _promise,
    "unintroduced_handover": _handover,
    "bond_at_risk": _bond,
    "silence_against_rhythm": _silence,
    "silence_after_failure": _quiet,
    "falling_scores": _scores,
    "weak_signals": _weak,
    "perception_gap": _gap,
    "trust_fell": _fell,
    "unexplained_exit": _exit,
}


def days(microseconds: int) -> str:
    """A length of time in words: hours below two days, then days."""
    hours = microseconds // (DAY // 24)
    if hours < 48:
        return f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{hours // 24} days"


def _day(instant: int) -> str:
    at = instant_at(instant)
    return "a day after the year 9999" if at is None else at.date().isoformat()
