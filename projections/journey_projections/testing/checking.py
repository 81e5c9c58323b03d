"""Running laws on a rule set: search for the smallest history that breaks each."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from journey.errors import UnusableRules
from journey.touchpoints import Touchpoint
from journey_projections.rules.rule_set import RuleSet
from journey_projections.testing.law import Judge, Law, LawBroken
from journey_projections.testing.laws import LAWS


@dataclass(frozen=True)
class Verdict:
    """What the search found: whether a law `holds`, after how many `examples`, and else the smallest counterexample.

    `examples` counts the cases up to the first that broke the law, without those that made it smaller. `seed` is the search's;
    None is the search that is always the same.
    """

    law: Law
    rules: RuleSet
    holds: bool
    examples: int
    message: str = ""
    counterexample: tuple[Touchpoint, ...] = ()
    seed: int | None = None

    def in_words(self) -> str:
        """The verdict in words, with the counterexample as JSONL that `journey replay FILE.jsonl` accepts."""
        searched = f"{self.examples} examples" + ("" if self.seed is None else f" of seed {self.seed}")
        if self.holds:
            return f"{self.law.id} holds in {searched}: {self.law.statement}"
        lines = (touchpoint.model_dump_json(exclude_none=True) for touchpoint in self.counterexample)
        return "\n".join((f"{self.law.id} is broken within {searched}: {self.law.statement}", self.message, *lines))


def check_law(law: Law, rules: RuleSet, *, examples: int = 200, seed: int | None = None) -> Verdict:
    """Search `examples` cases for one that breaks `law` under `rules`: those of a seed, or always the same for the same law."""
    judge = Judge(rules)
    tried = 0
    is_broken = False

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=seed is None,
        database=None,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large),
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
    )
    @given(st.data())
    def search(data: st.DataObject) -> None:
        nonlocal tried, is_broken
        tried += not is_broken
        try:
            law.check(judge, data.draw)
        except (LawBroken, UnusableRules):
            is_broken = True
            raise

    try:
        (search if seed is None else seeded(seed)(search))()
    except LawBroken as broken:
        return Verdict(law, rules, False, tried, str(broken), broken.touchpoints, seed)
    except UnusableRules as failed:
        return Verdict(law, rules, False, tried, str(failed), seed=seed)
    return Verdict(law, rules, True, tried, seed=seed)


def check_laws(rules: RuleSet, laws: Iterable[Law] = LAWS, *, examples: int = 200, seed: int | None = None) -> Iterator[Verdict]:
    """`check_law` for each of `laws`, one verdict at a time."""
    return (check_law(law, rules, examples=examples, seed=seed) for law in laws)


def law_tests(rules: RuleSet, laws: Iterable[Law] = LAWS, *, examples: int = 200, seed: int | None = None) -> Callable[[Law], None]:
    """A pytest test for each of `laws` on one's own rule set: `test_laws = law_tests(MY_RULES)` in a test module."""
    import pytest

    @pytest.mark.parametrize("law", laws, ids=lambda law: law.id)
    def test_law(law: Law) -> None:
        verdict = check_law(law, rules, examples=examples, seed=seed)
        assert verdict.holds, verdict.in_words()

    return test_law
