"""Break each trust rule by hand, in three ways, and see that a test fails: `make mutants`.

A mutant replaces one rule function of the catalogue everywhere in `goodwill`: *dropped* (it has no effect), *flipped* (its
effect has the opposite sign) or *doubled*; a rule that answers yes or no answers always no, the opposite, or always yes. Each runs in
a process of its own, first against laws, oracles and stories, then against the golden histories. Beforehand each rule is *kept*: replaced
by itself in the same way, which no test may notice. A mutant counts as killed only if a test fails; a run that breaks otherwise, or a
kept rule that is noticed, is an error of this script. The exit code is 1 when there is such an error or a mutant survives.
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

from journey_projections.rules.rule_set import state_by_trust

ROOT = Path(__file__).parent
TESTS = ("oracles", "test_stories.py", "laws/test_laws.py")
KINDS = ("dropped", "flipped", "doubled")
SURVIVED, KILLED, BY_GOLDEN_ONLY = 10, 11, 12
"""Exit codes of a run; none is one with which Python or pytest end when they fail."""

# What each rule's value would be if the rule did not exist: a number, or the argument that it passes on.
NEUTRAL: dict[str, Callable[..., float]] = {
    "silence_erodes_slowly": lambda level, *_: level,
    "deception_leaves_a_ceiling": lambda trust, _: trust,
    "a_persons_act_is_charged_to_the_institution": lambda harm, _: harm,
    "a_foretold_risk_softens": lambda _state, _topic, severity, _p: severity,
    "honest_talk_softens_a_miss": lambda miss, _: miss,
    "blame_scales_a_failure": lambda severity, *_: severity,
    "candour_softens": lambda severity, _: severity,
    "silence_is_not_charged_twice": lambda _state, _latest, harm, *_: harm,
    "early_help_counts_more": lambda *_: 1.0,
    "what_is_wrung_out_is_worth_less": lambda *_: 1.0,
    "a_bad_start_is_forgiven_in_part": lambda *_: 1.0,
    "no_procedure_undoes_an_insult": lambda *_: 1.0,
    "late_is_less": lambda *_: 1.0,
    "mediocrity_earns_no_devotion": lambda *_: 1.0,
    "people_carry_a_part": lambda *_: 1.0,
    "money_repairs_competence_only": lambda _, restored, *__: restored,
    "bad_response_is_a_second_failure": lambda *_: 1.0,
    "little_trust_leaves_little_to_lose": lambda *_: 1.0,
    "introduction_carries_the_bond": lambda *_: 1.0,
    "neither_dimension_makes_up_for_the_other": lambda competence, goodwill, _: (competence + goodwill) / 2,
    "readiness_to_leave_cools_slowly": lambda alarm, *_: alarm,
    "confidence_grows_with_evidence": lambda state, _: state.relationship[0].evidence,
    "patience_shortens": lambda days, *_: days * 86_400_000_000,
    "nobodys_fault_asks_for_no_admission": lambda _: 0,
    "state_of": lambda _state, trust, *_: state_by_trust(trust),
}
FACTOR = {"kept": 1.0, "dropped": 0.0, "flipped": -1.0, "doubled": 2.0}


def mutant(function: Callable[..., Any], kind: str) -> Callable[..., Any]:
    """The function with its effect multiplied by 0, -1 or 2."""

    @functools.wraps(function)
    def mutated(*arguments: Any) -> Any:
        first = arguments[0]
        before = copy.deepcopy(first) if hasattr(first, "relationship") or dataclasses.is_dataclass(first) else None
        value = function(*arguments)
        if before is not None:
            _rescale(before, first, FACTOR[kind])
        if isinstance(value, bool):
            return {"kept": value, "dropped": False, "flipped": not value, "doubled": True}[kind]
        if isinstance(value, float) or (isinstance(value, int) and function.__name__ in NEUTRAL):
            neutral = NEUTRAL[function.__name__](*arguments) if function.__name__ in NEUTRAL else 0.0
            return value if kind == "kept" else type(value)(neutral + FACTOR[kind] * (value - neutral))
        return value

    return mutated


def _rescale(before: Any, after: Any, factor: float) -> None:
    """Multiply what a function did to a state or a record; counters and flags go back where the effect is dropped or flipped."""
    if dataclasses.is_dataclass(after):
        _rescale_record(before, after, factor)
        return
    for old_records, records in zip(before, after, strict=True):
        for old, record in zip(old_records, records, strict=True):
            _rescale_record(old, record, factor)


def _rescale_record(old: Any, record: Any, factor: float) -> None:
    for field in dataclasses.fields(record):
        was, now = getattr(old, field.name), getattr(record, field.name)
        if isinstance(now, float):
            setattr(record, field.name, now if factor == 1.0 else was + factor * (now - was))
        elif factor <= 0.0:
            setattr(record, field.name, was)


def run_one(name: str, kind: str) -> int:
    """Break one rule in this process, or none, and run the tests; returns SURVIVED, KILLED or BY_GOLDEN_ONLY."""
    import pytest

    def fails(*tests: str) -> bool:
        code = pytest.main(["-x", "-q", "--no-header", "-p", "no:cacheprovider", *(str(ROOT / test) for test in tests)])
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            raise SystemExit(code)
        return code != pytest.ExitCode.OK

    if kind in FACTOR:
        _replace(name, kind)
    if fails(*(TESTS[:-1] if kind == "kept" else TESTS)):
        return KILLED
    return BY_GOLDEN_ONLY if fails("test_golden.py") else SURVIVED


def _replace(name: str, kind: str) -> None:
    """Replace a rule by its mutant in every module of the rule set."""
    package = importlib.import_module("journey_projections.rules.goodwill")
    modules = [importlib.import_module(f"{package.__name__}.{one.name}") for one in pkgutil.iter_modules(package.__path__)]
    original = next(vars(module)[name] for module in modules if name in vars(module))
    changed = mutant(original, kind)
    for module in modules:
        if vars(module).get(name) is original:
            setattr(module, name, changed)


def main() -> int:
    """Run every mutant, two at a time."""
    from journey_projections.rules.goodwill.catalogue import RULES

    def outcome(pair: tuple[str, str]) -> tuple[tuple[str, str], int]:
        return pair, subprocess.run([sys.executable, __file__, *pair], capture_output=True, check=False).returncode

    if outcome(("the rules", "as they are"))[1] != SURVIVED:
        sys.stdout.write("the tests fail under the rules as they are: mend that first\n")
        return 1
    names = [rule.name for rule in RULES]
    pairs = [(name, "kept") for name in names] + [(name, kind) for name in names for kind in KINDS]
    words = {SURVIVED: "survived", BY_GOLDEN_ONLY: "killed by a golden history only"}
    counts = dict.fromkeys((SURVIVED, KILLED, BY_GOLDEN_ONLY), 0)
    errors = 0
    with ThreadPoolExecutor(2) as pool:
        for (name, kind), code in pool.map(outcome, pairs):
            if code not in counts or (kind == "kept" and code != SURVIVED):
                errors += 1
                sys.stdout.write(f"this script is in error, exit code {code}: {name} {kind}\n")
            elif kind != "kept":
                counts[code] += 1
                if code in words:
                    sys.stdout.write(f"{words[code]}: {name} {kind}\n")
            sys.stdout.flush()
    summary = f"{counts[KILLED]} killed by laws, oracles and stories, {counts[BY_GOLDEN_ONLY]} by golden histories only"
    sys.stdout.write(f"{sum(counts.values())} mutants: {summary}, {counts[SURVIVED]} survived; {errors} errors\n")
    return 1 if counts[SURVIVED] or errors else 0


if __name__ == "__main__":
    sys.exit(run_one(*sys.argv[1:]) if len(sys.argv) == 3 else main())
