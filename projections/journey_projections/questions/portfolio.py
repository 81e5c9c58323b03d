"""How everybody moved: states and trust per period, movers with their reasons, cohorts by origin."""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import dropwhile
from math import fsum
from typing import Any

from typing_extensions import TypedDict

from journey.history import History
from journey.json_shapes import Time
from journey_projections.early_warnings.outlook import Outlook
from journey_projections.questions.owners import checking_owners
from journey_projections.replaying.replay import replay
from journey_projections.rules.rule_set import STATES, RuleSet

MOVERS = 3
"""How many movers up and down a period names."""
MOVED = 0.02
"""Who moved by less did not move."""


class MoverShape(TypedDict):
    """Who moved, as plain data."""

    relationship: str
    trust: float
    change: float
    touchpoint: str | None
    words: str


class CohortShape(TypedDict):
    """Relationships of one origin, as plain data."""

    relationships: int
    trust: float


class PeriodShape(TypedDict):
    """A period, as plain data."""

    until: Time
    relationships: int
    trust: float | None
    states: dict[str, int]
    up: list[MoverShape]
    down: list[MoverShape]
    origins: dict[str, CohortShape]


@dataclass(frozen=True, slots=True)
class Mover:
    """A relationship whose trust moved in a period, to what, by how much, and the touchpoint that did most of it, in words (None: time)."""

    relationship: str
    trust: float
    change: float
    touchpoint: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Relationships of one origin: how many, and their mean trust."""

    relationships: int
    trust: float


@dataclass(frozen=True, slots=True)
class Period:
    """Where everybody stood at the end of a period (UTC).

    `relationships` counts all that had begun, ended ones too, and `states` those in each state. `trust` is the mean of those who go on,
    None where nobody does; `origins` are those who go on, by how they began. `up` and `down` are who moved most in the period.
    """

    until: datetime
    relationships: int
    trust: float | None
    states: Mapping[str, int]
    up: tuple[Mover, ...]
    down: tuple[Mover, ...]
    origins: Mapping[str, Cohort]

    def to_dict(self) -> PeriodShape:
        """Plain data, as `journey portfolio` writes it in JSON."""

        def movers(some: Iterable[Mover]) -> list[MoverShape]:
            return [
                {
                    "relationship": one.relationship,
                    "trust": one.trust,
                    "change": one.change,
                    "touchpoint": one.touchpoint,
                    "words": one.words,
                }
                for one in some
            ]

        return {
            "until": self.until.isoformat(),
            "relationships": self.relationships,
            "trust": self.trust,
            "states": dict(self.states),
            "up": movers(self.up),
            "down": movers(self.down),
            "origins": {name: {"relationships": one.relationships, "trust": one.trust} for name, one in self.origins.items()},
        }

    def row(self) -> dict[str, Any]:
        """One flat row of PORTFOLIO."""
        counts = {state: self.states.get(state, 0) for state in STATES}
        return {"until": self.until, "relationships": self.relationships, "trust": self.trust, **counts}


PORTFOLIO: Mapping[str, str] = {"until": "instant", "relationships": "count", "trust": "number", **dict.fromkeys(STATES, "count")}
"""The columns of a table of periods, each with what it holds."""


@dataclass
class _Sums:
    """What is counted of one period, in one pass over everybody."""

    movers: int
    trust: dict[str, list[float]] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    up: list[tuple[float, str, float]] = field(default_factory=list)
    down: list[tuple[float, str, float]] = field(default_factory=list)

    def move(self, relationship: str, change: float, trust: float) -> None:
        """Keep those who moved most."""
        if abs(change) >= MOVED:
            most = self.up if change > 0.0 else self.down
            heapq.heappush(most, (abs(change), relationship, trust))
            if len(most) > self.movers:
                heapq.heappop(most)


def portfolio(
    outlooks: Iterable[Outlook],
    dates: Sequence[datetime],
    rules: RuleSet,
    history: Callable[[str], History],
    *,
    states: Iterable[str] = (),
    owners: Iterable[str] = (),
    top: int = MOVERS,
) -> tuple[Period, ...]:
    """A Period for each of `dates` but the first, at which the first period begins; outlooks have the course at all of them.

    Periods before anybody had begun are left out. `history` reads the history of a relationship; the reasons of those who moved are from
    a replay of it. `states` and `owners` keep only relationships that are so now; `top` is how many movers up and down a period names.
    Raises UnknownName for an owner with whom no customer deals.
    """
    wanted_states, wanted_owners = frozenset(states), frozenset(owners)
    sums = [_Sums(top) for _ in dates]
    for one in checking_owners(outlooks, wanted_owners):
        if (wanted_states and one.state not in wanted_states) or (wanted_owners and one.owner not in wanted_owners):
            continue
        before = None
        for place, level in enumerate(one.course):
            if level is None:
                continue
            here = sums[place]
            here.states[level.state] = here.states.get(level.state, 0) + 1
            if not level.state.startswith("ended_"):
                here.trust.setdefault(one.origin or "unknown", []).append(level.trust)
            if before is not None:
                here.move(one.relationship, level.trust - before.trust, level.trust)
            before = level
    periods = zip(sums[1:], dates[:-1], dates[1:], strict=True)
    begun = dropwhile(lambda one: not one[0].states, periods)
    return tuple(_period(here, since, until, rules, history) for here, since, until in begun)


def _period(here: _Sums, since: datetime, until: datetime, rules: RuleSet, history: Callable[[str], History]) -> Period:
    origins = {name: Cohort(len(some), fsum(some) / len(some)) for name, some in sorted(here.trust.items())}
    going = sum(len(some) for some in here.trust.values())

    def movers(most: list[tuple[float, str, float]], sign: float) -> tuple[Mover, ...]:
        ranked = sorted(most, key=lambda one: (-one[0], one[1]))
        return tuple(_mover(Mover(name, trust, sign * size), history(name), since, until, rules) for size, name, trust in ranked)

    return Period(
        until,
        sum(here.states.values()),
        fsum(level for some in here.trust.values() for level in some) / going if going else None,
        {state: here.states[state] for state in STATES if state in here.states},
        movers(here.up, 1.0),
        movers(here.down, -1.0),
        origins,
    )


def _mover(mover: Mover, history: History, since: datetime, until: datetime, rules: RuleSet) -> Mover:
    """A mover with the touchpoint that moved it most its way."""
    moved = [one for one in replay(history, rules, until).contributions if one.occurred_at > since]
    most = max(moved, key=lambda one: one.delta if mover.change > 0.0 else -one.delta, default=None)
    return mover if most is None else Mover(mover.relationship, mover.trust, mover.change, most.touchpoint, most.words)
