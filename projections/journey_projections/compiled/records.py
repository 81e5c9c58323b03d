"""What compiled replay works on and writes: records of numbers, and the tuples of arrays that hold them."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, NamedTuple

import numpy as np

from journey_projections.compiled.compile_cache import Function
from journey_projections.early_warnings.state import Watch

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


OUTLOOK = np.dtype(
    [*((name, np.int64) for name in ("owner", "heard_at", "origin")), *((name, np.float64) for name in ("urgency", "at_stake"))]
)
"""Whom the customer deals with (a code, NOBODY), when they were last heard (NEVER), the origin (a code, UNTOLD), how much the relationship
needs somebody, and the trust that would fall if whoever is in charge left."""
WATCH = np.dtype([("relationship", np.int64), *((one.name, np.float64 if one.type is float else np.int64) for one in fields(Watch))])
"""A watch; `touchpoint` and `latest` are row numbers, and a person or promise as `subject` is a code."""
SLOT = np.dtype([("place", np.int64), ("actor", np.int64)])
"""A slot for a wound: the number of the touchpoint that opened it, and who acted. There is room for one slot a touchpoint."""


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
    """What the fold needs of a rule set: parameters, the state at the start, a fresh record of each kind, and parameters of warnings."""

    parameters: Any
    start: Any
    blank: Any
    warnings: Any


class Scratch(NamedTuple):
    """What one thread writes over from relationship to relationship.

    `previous_counts` counts the names before the current touchpoint; `written` the rows of `Out.parties` and of `Out.watches` so far.
    `watching` is the state of the early warnings.
    """

    state: Any
    spare: Any
    names: Any
    previous_counts: Any
    touchpoint: Any
    people: Array
    written: Array
    watching: Any


class WarningOptions(NamedTuple):
    """What to say besides the trust: whether warnings are open, every promise too, and what would fall if whoever is in charge left."""

    are_asked: bool = False
    promises: bool = False
    stakes: bool = False


class FoldOptions(NamedTuple):
    """What the fold computes besides the standings.

    `at` is the bound if `is_bounded`, `dates` those of trajectories, `parties` whether to write them. In each of the `stretches` of
    rows, by number, rows that tie rise by id. `warnings` are as in `WarningOptions`.
    """

    at: int
    is_bounded: bool
    dates: Array
    parties: bool
    stretches: Array
    warnings: WarningOptions


class Out(NamedTuple):
    """Where the fold writes."""

    results: Array
    trajectories: Array
    states: Array
    contributions: Array
    parties: Array
    slots: Array
    outlooks: Array
    watches: Array


class Program(NamedTuple):
    """A rule set ready to run: `fold` as in `journey_projections.compiled.fold`, and what it works on.

    `scratch(n)` makes the scratch for relationships of at most n touchpoints; memory is taken only as far as it is used.
    """

    fold: Function
    rules: Rules
    scratch: Callable[[int], Scratch]
