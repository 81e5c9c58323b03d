"""Two rule sets on one log: whose trust differs and why, and how the ranking of the relationships changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from journey_projections.encoding.columns import Array
from journey_projections.replaying.replay import TIME, Contribution, Replay

PRIOR = "prior"
"""The cause of what differs before the first touchpoint."""


class Levels(NamedTuple):
    """The trust and the state of relationships under one rule set, in the same order as their names."""

    relationships: Sequence[str]
    trust: Sequence[float] | Array
    state: Sequence[str] | Array


class Reason(NamedTuple):
    """What moved trust by `first` under one rule set and by `second` under the other: touchpoints that each gives one cause.

    `first_words` and `second_words` say these causes; `touchpoint` is the one that differs most of `touchpoints`. The start (cause
    `prior`) and the passing of time (cause `time`) have none.
    """

    first_cause: str
    second_cause: str
    first_words: str
    second_words: str
    first: float
    second: float
    touchpoints: int = 0
    touchpoint: str | None = None

    @property
    def difference(self) -> float:
        """How much more trust the second rule set gives for it."""
        return self.second - self.first


@dataclass(frozen=True, eq=False)
class Comparison:
    """Relationships under two rule sets: `first` and `second` trust and state, by rising name. Ranks begin at 1, the most trusted."""

    relationships: Sequence[str]
    first: Array
    second: Array
    first_state: Array
    second_state: Array

    def __len__(self) -> int:
        return len(self.relationships)

    @cached_property
    def difference(self) -> Array:
        """How much more trust the second rule set gives."""
        return self.second - self.first

    @cached_property
    def ranks(self) -> tuple[Array, Array]:
        """The places in the ranking under either; who is trusted alike shares the mean of their places."""
        return ranks(self.first), ranks(self.second)

    @property
    def rank_correlation(self) -> float | None:
        """Spearman's ρ, from -1 to 1; None where either ranking has all on one place."""
        first, second = (places - (len(self) + 1) / 2 for places in self.ranks)
        spread = float(np.sqrt((first * first).sum() * (second * second).sum()))
        return float((first * second).sum()) / spread if spread > 0.0 else None

    @property
    def moves(self) -> Array:
        """How many places each goes up in the ranking."""
        return self.ranks[0] - self.ranks[1]

    @property
    def changed_states(self) -> list[tuple[str, str, int]]:
        """Which state becomes which under the second rule set, and for how many, the most first."""
        moved = self.first_state != self.second_state
        pairs = zip(self.first_state[moved].tolist(), self.second_state[moved].tolist(), strict=True)
        counts: dict[tuple[str, str], int] = {}
        for pair in pairs:
            counts[pair] = counts.get(pair, 0) + 1
        return sorted(((*pair, count) for pair, count in counts.items()), key=lambda one: (-one[2], one))

    def most(self, of: Array, count: int) -> list[int]:
        """The places of those with the largest sizes of something, at most `count` and none with nothing; ties by name."""
        order = np.argsort(-np.abs(of), kind="stable")[:count]
        return [int(place) for place in order if of[place] != 0.0]


def compared(first: Levels, second: Levels) -> Comparison:
    """Compare what two rule sets say of the same relationships; who is told of by one alone is left out."""
    places = {name: place for place, name in enumerate(second.relationships)}
    names = sorted(name for name in first.relationships if name in places)
    own = {name: place for place, name in enumerate(first.relationships)}
    left = np.array([own[name] for name in names], np.int64)
    right = np.array([places[name] for name in names], np.int64)
    return Comparison(
        names,
        np.asarray(first.trust, np.float64)[left],
        np.asarray(second.trust, np.float64)[right],
        np.asarray(first.state, object)[left],
        np.asarray(second.state, object)[right],
    )


def ranks(trust: Array) -> Array:
    """The places in a ranking by trust, from 1, the most trusted; equals share the mean of their places."""
    _, where, count = np.unique(-trust, return_inverse=True, return_counts=True)
    places: Array = (np.cumsum(count) - (count - 1) / 2)[where]
    return places


def reasons(first: Replay, second: Replay) -> list[Reason]:
    """Why two rule sets trust differently after one history, the weightiest first.

    What all of them differ by sums to the difference in trust, exactly.
    """
    told = {PRIOR: Reason(PRIOR, PRIOR, _PRIOR_WORDS, _PRIOR_WORDS, first.prior, second.prior)}
    told[TIME] = Reason(TIME, TIME, _TIME_WORDS, _TIME_WORDS, _of_time(first), _of_time(second))
    most: dict[str, float] = {}
    pairs = zip(_touchpoints(first), _touchpoints(second), strict=True)
    for before, after in pairs:
        key, apart = f"{before.cause} {after.cause}", abs(after.delta - before.delta)
        had = told.get(key, Reason(before.cause, after.cause, before.words, after.words, 0.0, 0.0))
        worst = before.touchpoint if had.touchpoint is None or apart > most[key] else had.touchpoint
        most[key] = max(apart, most.get(key, 0.0))
        told[key] = had._replace(
            first=had.first + before.delta, second=had.second + after.delta, touchpoints=had.touchpoints + 1, touchpoint=worst
        )
    return sorted((one for one in told.values() if one.difference != 0.0), key=lambda one: -abs(one.difference))


_PRIOR_WORDS, _TIME_WORDS = "before the first touchpoint", "time passed"


def _of_time(result: Replay) -> float:
    return sum((one.delta for one in result.contributions if one.cause == TIME), 0.0)


def _touchpoints(result: Replay) -> Iterable[Contribution]:
    return (one for one in result.contributions if one.touchpoint is not None)
