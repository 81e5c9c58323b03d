"""Running laws on a rule set: search for the smallest history that breaks each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from journey.touchpoints import Touchpoint
from journey_projections.rule_sets import RuleSet
from journey_projections.testing.laws import LAWS, Judge, Law, LawBroken


@dataclass(frozen=True)
class Verdict:
    """What the search found: whether a law `holds`, after how many `examples`, and else the smallest counterexample."""

    law: Law
    rules: RuleSet
    holds: bool
    examples: int
    message: str = ""
    counterexample: tuple[Touchpoint, ...] = ()


def check_law(law: Law, rules: RuleSet, *, examples: int = 200) -> Verdict:
    """Search `examples` cases for one that breaks `law` under `rules`; always the same cases for the same law."""
    judge = Judge(rules)
    tried = 0

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large),
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
    )
    @given(st.data())
    def search(data: st.DataObject) -> None:
        nonlocal tried
        tried += 1
        law.check(judge, data.draw)

    try:
        search()
    except LawBroken as broken:
        return Verdict(law, rules, False, tried, str(broken), broken.touchpoints)
    return Verdict(law, rules, True, tried)


def check_laws(rules: RuleSet, laws: Iterable[Law] = LAWS, *, examples: int = 200) -> Iterator[Verdict]:
    """`check_law` for each of `laws`, one verdict at a time."""
    return (check_law(law, rules, examples=examples) for law in laws)
