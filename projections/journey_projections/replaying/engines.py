"""The engines that this process has loaded: compiled folds, which `replay` uses for the rule sets that have one.

`compiled.warm` adds its folds here; replaying does not know how they are made.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from journey.history import Recorded
from journey_projections.encoding.numbering import Encoder
from journey_projections.rules.rule_set import RuleSet


class Folded(NamedTuple):
    """Where a fold of a whole history stands: a state, the names in its touchpoints, and the time of the last touchpoint in µs."""

    state: Any
    names: Encoder
    now: int


Fold = Callable[[Sequence[Recorded], RuleSet], Folded | None]
"""Folds the records of a history, in their order, from the start; None where a rule set cannot run compiled, or fails."""

# INVARIANT (warm or not, the same bits): an engine makes replay faster and changes nothing else.
_FOLDS: dict[tuple[Any, ...], Fold] = {}


def is_warm(rules: RuleSet) -> bool:
    """Whether the compiled fold of a rule set is loaded."""
    return _functions(rules) in _FOLDS


def add_fold(rules: RuleSet, fold: Fold) -> None:
    """Let every RuleSet of the same functions, with whatever parameters, be folded by this from now on."""
    _FOLDS[_functions(rules)] = fold


def warm_fold(rules: RuleSet) -> Fold | None:
    """The compiled fold of a rule set, if it is loaded."""
    return _FOLDS.get(_functions(rules)) if _FOLDS else None


def _functions(rules: RuleSet) -> tuple[Any, ...]:
    return rules.initial, rules.apply, rules.advance, rules.trust, rules.view, rules.party, rules.room, rules.takes_touchpoints
