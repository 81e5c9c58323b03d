"""Rule sets whose compiled fold this process has loaded, so that single histories run through it too; see `warm`."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from journey.history import Recorded
from journey_projections.encoding import Encoder
from journey_projections.rule_sets import RuleSet, rule_set


class Folded(NamedTuple):
    """Where a fold of a whole history stands: a state, the names that it has met, and the time of the last touchpoint in µs."""

    state: Any
    names: Encoder
    now: int


Fold = Callable[[Sequence[Recorded], RuleSet], Folded | None]
"""Folds the records of a history, in their order, from the start; None where a rule set cannot be run so, or fails."""

# INVARIANT (warm or not, the same bits): what is in here makes replay faster and changes nothing else.
_FOLDS: dict[tuple[Any, ...], Fold] = {}


def warm(rules: str | RuleSet = "goodwill", notice: Callable[[str], object] | None = None) -> None:
    """Have this process replay single histories by compiled rules from now on, to the same bits, some ten times faster.

    For processes that live long: it loads numba and the compiled rules, which takes a second or two, or compiles them, which takes
    about half a minute, once, since they are kept on disk; `notice` is then told, in a sentence. It counts for every RuleSet of the same
    functions, with whatever parameters, and for `replay`, `snapshot` and all that call them, on all threads.
    Raises UnknownName for rules, UnusableRules for those that cannot be compiled; they run interpreted, as before.
    """
    from journey_projections.bulk.alone import Alone  # numba is imported where it is used only

    loaded = rule_set(rules) if isinstance(rules, str) else rules
    if _functions(loaded) not in _FOLDS:
        _FOLDS[_functions(loaded)] = Alone(loaded, notice).fold


def warm_fold(rules: RuleSet) -> Fold | None:
    """The compiled fold of a rule set, if it is loaded."""
    return _FOLDS.get(_functions(rules)) if _FOLDS else None


def _functions(rules: RuleSet) -> tuple[Any, ...]:
    return rules.initial, rules.apply, rules.advance, rules.trust, rules.view, rules.party, rules.room, rules.takes_touchpoints
