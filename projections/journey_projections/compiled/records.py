"""What compiled replay works on and writes: records of numbers, and the tuples of arrays that hold them."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from journey_projections.compiled.compile_cache import Function

Array = np.ndarray[Any, Any]
RESULT = np.dtype(
    [
        *((name, np.float64) for name in ("trust", "confidence", "exit_risk")),
        *((name, np.int64) for name in ("at", "touchpoints", "state", "pending")),
    ]
)


CONTRIBUTION = np.dtype([*((name, np.int64) for name in ("row", "at", "cause")), *((name, np.float64) for name in ("before", "after"))])
PARTY = np.dtype(
    [
        *((name, np.int64) for name in ("relationship", "party", "representative")),
        *((name, np.float64) for name in ("trust", "competence", "goodwill")),
    ]
)


SLOT = np.dtype([("place", np.int64), ("actor", np.int64)])
"""Of a slot for a wound: which touchpoint opened it, counted in their order, and who acted; room for as many as there are touchpoints."""


class NotCompilable(Exception):
    """A rule set cannot be compiled; says why."""


class Tables(NamedTuple):
    """The names of one relationship, as `encoding.Names`."""

    counts: Array
    parties: Array
    promises: Array
    topics: Array
    latest: tuple[Array, Array]
    shared: tuple[Array, Array]


class Rules(NamedTuple):
    """What the fold needs of a rule set: parameters, the state at the start, and a fresh record of each kind."""

    parameters: Any
    start: Any
    blank: Any


class Scratch(NamedTuple):
    """What one thread writes and forgets from relationship to relationship."""

    state: Any
    spare: Any
    names: Any
    had: Any
    touchpoint: Any
    people: Array
    told: Array


class Wanted(NamedTuple):
    """What the fold is asked: whether there is a bound and which, the dates of trajectories, and whether to tell of parties; and the
    stretches of rows, by number, in which those that tie rise by id."""

    at: int
    is_bounded: bool
    dates: Array
    parties: bool
    stretches: Array


class Out(NamedTuple):
    """Where the fold writes."""

    results: Array
    trajectories: Array
    contributions: Array
    parties: Array
    slots: Array


class Program(NamedTuple):
    """A rule set ready to run: `fold` as in `journey_projections.compiled.fold`, and what it works on.

    `scratch` gives it for relationships of at most so many touchpoints; memory is taken only as far as it is used.
    """

    fold: Function
    rules: Rules
    scratch: Callable[[int], Scratch]
