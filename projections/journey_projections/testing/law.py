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
from journey.testing.strategies import RELATIONSHIP, START, at_day
from journey.touchpoints import (
    Breach,
    FailureOccurred,
    HandoverMade,
    Interaction,
    Manner,
    RecoveryStepTaken,
    RepresentativeAssigned,
    RepresentativeLeft,
    Touchpoint,
)
from journey_projections.replaying.replay import Replay, replay
from journey_projections.rules.rule_set import RuleSet
from journey_projections.testing.edges import edge_clean_histories

EXIT_LINE = 0.35
"""L13: the trust that one severe relational breach must cross. Under it domain practice counts a relationship as lost."""
PARADOX_MAX = 0.03
"""L17: how far a recovered first minor failure may lift trust. Small, since the recovery paradox is (de Matos 2007)."""
MINOR = 0.45
"""L17: below this a failure is minor for every rule set compared."""
LEAST_GAIN = 2.0**-30
"""L09: below this, gains are too close to the grid on which trust is reported to be told apart."""
SEVERE = 0.9
"""L13, L45: a breach this severe ends it. A milder one need not: a long history holds some of it."""
CONTINUITY_STEP, CONTINUITY_MAX = 0.0002, 0.0006
"""L27: a change by the step may move trust by at most the maximum: three times as much."""
SAME = 1e-9
"""Two computations of what should be equal may differ by this much: far more than the grid of 2**-40 on which trust is reported."""
FULL_BUDGET = 3.0
"""L33, L36: days after which any budget for gains is full."""
LATER_BETRAYAL = 0.003
"""L23, L34, L55: what a later breach may destroy more (L12) where more trust was left for it."""
LATER_SILENCE = 0.0045
"""L33: what full trust keeps in the long run where a silence begins ninety days later, at a half-life of twenty years."""
LATER_MISS = 0.015
"""L36: what a later miss costs more as the second failure in a row: .012 for a promise of 1 due the same day; several would add up."""
HOURS_OF_FADING = 1e-5
"""L36: what a few hours more or less of silence may move in the long run."""

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
Pair = tuple[list[Touchpoint], list[Touchpoint], float]
"""Two histories, of which the first must leave no more trust than the second, and the day of the last touchpoint."""


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
    """Recovery steps, some hours apart, by whoever helps; at one instant with the failure `y` they come after it."""
    taken = enumerate(steps)
    return [step(f"z-{episode}-{kind}", day + 0.1 * number, kind, episode, representative=representative) for number, kind in taken]


def goods(day: float, count: int, cadence: float, quality: float, representative: str | None) -> list[Touchpoint]:
    """Equal good contacts at a cadence in days."""
    return [contact(f"c{number:03}", day + number * cadence, quality, representative) for number in range(count)]


breaches: st.SearchStrategy[Breach] = st.sampled_from(("competence", "benevolence", "integrity"))
manners: st.SearchStrategy[Manner] = st.sampled_from(("ignored", "deflected", "denied", "delayed"))
relational = st.sampled_from(("benevolence", "integrity"))
people = st.sampled_from((None, "anna", "bob"))


def people_of(touchpoints: Sequence[Touchpoint]) -> st.SearchStrategy[str | None]:
    """Nobody, somebody new, or one of the history's own representatives."""
    return st.sampled_from((None, "new", *sorted({one.representative for one in touchpoints if one.representative})))


def episodes_of(touchpoints: Sequence[Touchpoint]) -> st.SearchStrategy[str]:
    """A new episode, or one of the history's own."""
    return st.sampled_from(("new", *sorted({one.episode for one in touchpoints if one.episode})))


_ACTS = (
    "engagement_declined",
    "risk_disclosed",
    "check_in_held",
    "interaction",
    "delivery",
    "gesture_made",
    "failure_occurred",
    "recovery_step_taken",
    "response_failed",
    "deception_exposed",
)


def current_of(touchpoints: Sequence[Touchpoint]) -> str | None:
    """The current representative: handed to or assigned; where nobody ever was, who acted last; None where they left."""
    told: str | None = None
    acted: str | None = None
    is_told = False
    for touchpoint in History.of(touchpoints):
        if isinstance(touchpoint, HandoverMade):
            told, is_told = touchpoint.to_representative, True
        elif isinstance(touchpoint, RepresentativeAssigned):
            told, is_told = touchpoint.representative, True
        elif isinstance(touchpoint, RepresentativeLeft):
            told, acted = (None if touchpoint.representative == one else one for one in (told, acted))
        elif touchpoint.kind == "praise_given" or (touchpoint.by == "organisation" and touchpoint.kind in _ACTS):
            acted = touchpoint.representative if touchpoint.representative and touchpoint.certainty > 0 else acted
    return told if is_told else acted


def clean_case(draw: Draw, *, least: int = 0, most: int = 60) -> tuple[list[Touchpoint], float, str | None]:
    """A CLEAN history, a day after it with every budget full, and who acted in it."""
    touchpoints = draw(edge_clean_histories(least, most))
    return (
        touchpoints,
        last_day(touchpoints) + draw(st.sampled_from((1.0, 2.0, 20.0))),
        touchpoints[0].representative if touchpoints else None,
    )
