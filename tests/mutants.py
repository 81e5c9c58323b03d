"""Break each trust rule by hand, in three ways, and see that a test fails: `make mutants`.

A mutant replaces one rule function of the catalogue everywhere in `goodwill`: *dropped* (it has no effect), *flipped* (its
effect has the opposite sign) or *doubled*. Each runs in a process of its own, first against laws, oracles and stories, then
against the golden histories. The exit code is 1 when one survives both.
"""

import copy
import dataclasses
import functools
import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent
TESTS = ("oracles", "test_stories.py", "laws/test_laws.py")
KINDS = ("dropped", "flipped", "doubled")

# What each rule's value would be if the rule did not exist: a number, or the argument that it passes on.
NEUTRAL: dict[str, Callable[..., float]] = {
    "silence_erodes_slowly": lambda level, *_: level,
    "deception_leaves_a_ceiling": lambda trust, _: trust,
    "departure_loses_the_bond": lambda bond, *_: bond,
    "a_persons_act_is_charged_to_the_institution": lambda harm, _: harm,
    "a_foretold_risk_softens": lambda _state, _topic, severity, _p: severity,
    "honest_talk_softens_a_miss": lambda miss, _: miss,
    "blame_scales_a_failure": lambda severity, *_: severity,
    "early_help_counts_more": lambda *_: 1.0,
    "money_repairs_competence_only": lambda episode, _: episode.restored,
    "bad_response_is_a_second_failure": lambda *_: 1.0,
    "unanswered_failure_keeps_costing": lambda *_: 1.0,
    "little_trust_leaves_little_to_lose": lambda *_: 1.0,
    "introduction_carries_the_bond": lambda *_: 1.0,
    "neither_dimension_makes_up_for_the_other": lambda competence, goodwill, _: (competence + goodwill) / 2,
    "readiness_to_leave_cools_slowly": lambda state, _: state.relationship[0].alarm,
    "confidence_grows_with_evidence": lambda state, _: state.relationship[0].evidence,
}
FACTOR = {"dropped": 0.0, "flipped": -1.0, "doubled": 2.0}


def mutant(function: Callable[..., Any], kind: str) -> Callable[..., Any]:
    """The function with its effect multiplied by 0, -1 or 2."""

    @functools.wraps(function)
    def mutated(*arguments: Any) -> Any:
        before = copy.deepcopy(arguments[0]) if hasattr(arguments[0], "relationship") else None
        value = function(*arguments)
        if isinstance(value, float):
            neutral = NEUTRAL[function.__name__](*arguments) if function.__name__ in NEUTRAL else 0.0
            return neutral + FACTOR[kind] * (value - neutral)
        if before is not None:
            _rescale(before, arguments[0], FACTOR[kind])
        return value

    return mutated


def _rescale(before: Any, after: Any, factor: float) -> None:
    """Multiply what a function did to the state; counters and flags go back where the effect is dropped or flipped."""
    for old_records, records in zip(before, after, strict=True):
        for old, record in zip(old_records, records, strict=True):
            for field in dataclasses.fields(record):
                was, now = getattr(old, field.name), getattr(record, field.name)
                if isinstance(now, float):
                    setattr(record, field.name, was + factor * (now - was))
                elif factor <= 0.0:
                    setattr(record, field.name, was)


def run_one(name: str, kind: str) -> int:
    """Patch one rule in this process and run the tests: 0 all pass, 1 a law or oracle fails, 2 only a golden history does."""
    import pytest

    package = importlib.import_module("journey_projections.rules.goodwill.rule_set")
    modules = [importlib.import_module(f"{package.__name__}.{one.name}") for one in pkgutil.iter_modules(package.__path__)]
    original = next(vars(module)[name] for module in modules if name in vars(module))
    changed = mutant(original, kind)
    for module in modules:
        if vars(module).get(name) is original:
            setattr(module, name, changed)
    options = ["-x", "-q", "--no-header", "-p", "no:cacheprovider"]
    if pytest.main([*options, *(str(ROOT / test) for test in TESTS)]):
        return 1
    return 2 if pytest.main([*options, str(ROOT / "test_golden.py")]) else 0


def main() -> int:
    """Run every mutant, two at a time."""
    from journey_projections.rules.goodwill.catalogue import RULES

    def outcome(pair: tuple[str, str]) -> tuple[tuple[str, str], int]:
        return pair, subprocess.run([sys.executable, __file__, *pair], capture_output=True, check=False).returncode

    pairs = [(rule.name, kind) for rule in RULES for kind in KINDS]
    counts = {0: 0, 1: 0, 2: 0}
    with ThreadPoolExecutor(2) as pool:
        for (name, kind), code in pool.map(outcome, pairs):
            counts[code] += 1
            if code != 1:
                sys.stdout.write(f"{'killed by a golden history only' if code else 'survived'}: {name} {kind}\n")
                sys.stdout.flush()
    summary = f"{counts[1]} killed by laws, oracles and stories, {counts[2]} by golden histories only, {counts[0]} survived"
    sys.stdout.write(f"{len(pairs)} mutants: {summary}\n")
    return 1 if counts[0] else 0


if __name__ == "__main__":
    sys.exit(run_one(*sys.argv[1:]) if len(sys.argv) == 3 else main())
