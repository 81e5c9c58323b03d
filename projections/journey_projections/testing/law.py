"""What a law is: a property of any rule set, over histories that it draws.

A law draws its case from the histories it names: ANY (every kind of touchpoint, in any order) or CLEAN (good touchpoints
only, budget full, severities of .05 and more, at most 200 touchpoints), and raises `LawBroken` with the history that broke it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

from journey.history import History
from journey.testing.strategies import RELATIONSHIP, START, at_day, clean_histories
from journey.touchpoints import (
    FailureOccurred,
    Interaction,
    RecoveryStepTaken,
    Touchpoint,
)
from journey_projections.replaying.replay import Replay, replay
from journey_projections.rules.rule_set import RuleSet

EXIT_LINE = 0.35
"""L13: the trust that one severe relational breach must cross. Under it domain practice counts a relationship as lost."""
PARADOX_MAX = 0.03
"""L17: how far a recovered first minor failure may lift trust. Small, since the recovery paradox is (de Matos 2007)."""
LEAST_SEVERITY = 0.05
"""CLEAN laws speak of failures that a customer would notice."""
MINOR = 0.45
"""L17: below this a failure is minor for every rule set compared."""
LEAST_GAIN = 2.0**-30
"""L09: below this, gains are too close to the grid on which trust is reported to be told apart."""
SEVERE = 0.95
"""L13: a breach this severe ends it. A milder one need not: the loss grows faster than severity, and a long history holds some of it."""
CONTINUITY_STEP, CONTINUITY_MAX = 0.001, 0.003
"""L27: a change of severity by the step may move trust by at most the maximum."""
CONTINUITY_THRESHOLDS = (0.05, 0.5)
"""L27: severities at which a rule set may jump, because it declares a threshold there."""

T = TypeVar("T")


class Draw(Protocol):
    """How a law draws: hypothesis's `draw`."""

    def __call__(self, strategy: st.SearchStrategy[T]) -> T:
        """Draw a value."""
        ...


class LawBroken(AssertionError):
    """A case that breaks a law: `touchpoints` is its history, the message says what happened."""

    def __init__(self, message: str, touchpoints: Sequence[Touchpoint]) -> None:
        super().__init__(message)
        self.touchpoints = tuple(touchpoints)


class Judge:
    """Replays under one rule set, for laws."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules

    def replay(self, touchpoints: Sequence[Touchpoint], day: float | None = None) -> Replay:
        """The replay of touchpoints, `day` days after START (default: at the last touchpoint)."""
        return replay(History.of(touchpoints), self.rules, at=None if day is None else at_day(day))

    def trust(self, touchpoints: Sequence[Touchpoint], day: float | None = None) -> float:
        """The trust of that replay."""
        return self.replay(touchpoints, day).trust


Check = Callable[[Judge, Draw], None]


@dataclass(frozen=True)
class Law:
    """One law: its id, its statement, the histories it speaks of (`any` or `clean`), and its check."""

    id: str
    statement: str
    histories: str
    check: Check


def law(id: str, histories: str) -> Callable[[Check], Law]:
    """Make a check a law; the first line of its docstring is the statement."""

    def make(check: Check) -> Law:
        return Law(id, (check.__doc__ or "").strip().splitlines()[0], histories, check)

    return make


def holds(condition: bool, touchpoints: Sequence[Touchpoint], message: str) -> None:
    """Raise LawBroken unless the condition holds."""
    if not condition:
        raise LawBroken(message, touchpoints)


# What laws append


def last_day(touchpoints: Sequence[Touchpoint]) -> float:
    """Days from START to the last touchpoint."""
    return (touchpoints[-1].occurred_at - START) / timedelta(days=1) if touchpoints else 0.0


def common(id: str, day: float, **fields: Any) -> dict[str, Any]:
    """The fields that every touchpoint of a law needs, and others."""
    return {"id": id, "relationship": RELATIONSHIP, "occurred_at": at_day(day), **fields}


def contact(id: str, day: float, quality: float, representative: str | None = None, **fields: Any) -> Interaction:
    """A contact of that competence and benevolence."""
    return Interaction(**common(id, day, **{"competence": quality, "benevolence": quality, "representative": representative, **fields}))


def failure(id: str, day: float, severity: float, breach: str, **fields: Any) -> FailureOccurred:
    """A failure of the organisation."""
    return FailureOccurred(**common(id, day, severity=severity, breach=breach, **fields))


def step(id: str, day: float, kind: str, episode: str, **fields: Any) -> RecoveryStepTaken:
    """A recovery step on an episode."""
    return RecoveryStepTaken(**common(id, day, step=kind, episode=episode, **fields))


FULL = ("acknowledge", "admit", "help", "explain", "prevent")


def recovery(day: float, episode: str, steps: Sequence[str] = FULL, representative: str | None = None) -> list[Touchpoint]:
    """Recovery steps, some hours apart, by whoever helps."""
    taken = enumerate(steps)
    return [step(f"s-{episode}-{kind}", day + 0.1 * number, kind, episode, representative=representative) for number, kind in taken]


def goods(day: float, count: int, cadence: float, quality: float, representative: str | None) -> list[Touchpoint]:
    """Equal good contacts at a cadence in days."""
    return [contact(f"c{number:03}", day + number * cadence, quality, representative) for number in range(count)]


severities = st.integers(round(100 * LEAST_SEVERITY), 100).map(lambda percent: percent / 100)
breaches = st.sampled_from(("competence", "benevolence", "integrity"))
relational = st.sampled_from(("benevolence", "integrity"))
people = st.sampled_from((None, "anna", "bob"))


def people_of(touchpoints: Sequence[Touchpoint]) -> st.SearchStrategy[str | None]:
    """Nobody, somebody new, or one of the history's own representatives."""
    return st.sampled_from((None, "new", *sorted({one.representative for one in touchpoints if one.representative})))


def episodes_of(touchpoints: Sequence[Touchpoint]) -> st.SearchStrategy[str]:
    """A new episode, or one of the history's own."""
    return st.sampled_from(("new", *sorted({one.episode for one in touchpoints if one.episode})))


def clean_case(draw: Draw, *, most: int = 60) -> tuple[list[Touchpoint], float, str | None]:
    """A CLEAN history, a day after it with every budget full, and who acted in it."""
    touchpoints = draw(clean_histories(max_size=most))
    return (
        touchpoints,
        last_day(touchpoints) + draw(st.sampled_from((1.0, 2.0, 20.0))),
        touchpoints[0].representative if touchpoints else None,
    )
