"""Having a process replay single histories by compiled rules."""

from collections.abc import Callable

from journey.extras import extra
from journey_projections.early_warnings.parameters import WarningParameters
from journey_projections.replaying.engines import add_fold, is_warm
from journey_projections.rules.gallery import rule_set
from journey_projections.rules.rule_set import RuleSet


def warm(rules: str | RuleSet = "goodwill", notice: Callable[[str], object] | None = None) -> None:
    """Have this process replay single histories by compiled rules from now on, to the same bits, some ten times faster.

    For processes that live long: it loads numba and the compiled rules, which takes a second or two, or compiles them, which takes
    about a minute, once, since they are kept on disk; `notice` then gets a sentence. It counts for every RuleSet of the same
    functions, with whatever parameters, and for `replay`, `snapshot` and all that call them, on all threads.
    Raises UnknownName for rules, UnusableRules for those that cannot be compiled; they run interpreted, as before.
    """
    with extra("bulk", "compiled replay"):
        from journey_projections.compiled.single_history import SingleFold

    loaded = rule_set(rules) if isinstance(rules, str) else rules
    if not is_warm(loaded):
        add_fold(loaded, SingleFold(loaded, notice).fold)


def is_compiled(rules: RuleSet, warnings: WarningParameters | None = None) -> bool:
    """Whether bulk replay by some rules, with warnings if there are parameters of them, was compiled on this machine before.

    Raises MissingExtra.
    """
    with extra("bulk", "compiled replay"):
        from journey_projections.compiled.blocks import is_compiled_for_bulk

    return is_compiled_for_bulk(rules, warnings)
