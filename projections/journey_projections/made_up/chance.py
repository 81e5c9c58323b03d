"""Chance that is the same for the same seed, whatever the version of Python: only `random()` itself is promised to stay."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """Draws, in an order that decides what comes next."""

    def __init__(self, seed: str) -> None:
        self._next = Random(seed).random

    def happens(self, share: float) -> bool:
        """Whether something happens that does so in this share of all cases, 0 to 1."""
        return self._next() < share

    def between(self, low: float, high: float) -> float:
        """A number between two."""
        return low + (high - low) * self._next()

    def about(self, middle: float, spread: float) -> float:
        """A quality near the middle, in whole percents, at most 1; it lies within thrice the spread."""
        return min(1.0, round(middle + spread * 2 * (self._next() + self._next() + self._next() - 1.5), 2))

    def one_of(self, things: Sequence[T]) -> T:
        """One of some things."""
        return things[int(self._next() * len(things))]

    def by_share(self, shares: Mapping[T, float]) -> T:
        """One of some things, each as often as its share of the sum."""
        left = self._next() * sum(shares.values())
        for thing, share in shares.items():
            left -= share
            if left < 0:
                return thing
        return next(reversed(list(shares)))
