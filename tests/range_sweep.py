"""Both ends of every parameter's range, for `make laws`: each parameter of `goodwill` alone at its low and at its high end, and every law
that it can touch. The same cases each time. Ends with 1 where a law breaks, after a report of what breaks where.

    python tests/range_sweep.py [--examples N] [--seed N] [--workers N] [--law ID]… [PARAMETER…]

A parameter can touch a law if the rules read it in any of the law's cases.
"""

import argparse
import dataclasses
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

from pydantic import ValidationError

from journey_projections import GOODWILL, GoodwillParameters, RuleSet, goodwill
from journey_projections.rules.parameters import Parameter, parameters_of
from journey_projections.testing import LAWS, Law, check_law

TRACED = 40
"""How many cases of a law show which parameters it reads."""
_READERS = ("initial", "apply", "advance", "trust", "view", "party", "report")
BY_ID = {law.id: law for law in LAWS}


class Try(NamedTuple):
    """One law with one parameter at one value, and how to search."""

    parameter: str
    value: float
    law: str
    examples: int
    seed: int | None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parameter", nargs="*", choices=[[], *(one.name for one in parameters_of(GOODWILL))])
    parser.add_argument("--examples", type=int, default=100)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--law", action="append", choices=list(BY_ID), default=[])
    arguments = parser.parse_args()
    wanted = [one for one in parameters_of(GOODWILL) if not arguments.parameter or one.name in arguments.parameter]
    laws = [law for law in LAWS if not arguments.law or law.id in arguments.law]
    tries, broken = list(_tries(wanted, laws, arguments.examples, arguments.seed)), 0
    report(f"{len(wanted)} parameters, {len(laws)} laws: {len(tries)} searches of {arguments.examples} examples each")
    with ProcessPoolExecutor(arguments.workers) as pool:
        for one, problem in zip(tries, pool.map(tried, tries, chunksize=8), strict=True):
            if problem:
                broken += 1
                report(f"{one.parameter} = {one.value:g}: {one.law} {problem}")
    report(f"{broken} of {len(tries)} broken")
    return 1 if broken else 0


def _tries(parameters: Sequence[Parameter], laws: Sequence[Law], examples: int, seed: int | None) -> Iterator[Try]:
    touched = {law.id: read_by(law) for law in laws}
    for one in parameters:
        for value in sorted({end for end in (one.low, one.high) if end is not None and end != one.value}):
            for law in laws:
                if one.name in touched[law.id]:
                    yield Try(one.name, value, law.id, examples, seed)


def read_by(law: Law) -> frozenset[str]:
    """The parameters that the rules read in some cases of a law."""
    read: set[str] = set()

    class Traced:
        def __getattr__(self, name: str) -> Any:
            read.add(name)
            return getattr(GOODWILL.parameters, name)

    def traced(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *arguments: function(*arguments[:-1], Traced())

    given: dict[str, Any] = {name: traced(function) for name in _READERS if (function := getattr(GOODWILL, name)) is not None}
    check_law(law, dataclasses.replace(GOODWILL, name="traced", **given), examples=TRACED)
    return frozenset(read)


def tried(one: Try) -> str:
    """What is wrong, if anything."""
    values: dict[str, Any] = {one.parameter: one.value}
    try:
        rules: RuleSet = goodwill(GoodwillParameters(**values))
    except ValidationError as refused:
        return f"cannot be tried: {refused.errors()[0]['msg']}"
    verdict = check_law(BY_ID[one.law], rules, examples=one.examples, seed=one.seed)
    return "" if verdict.holds else f"is broken, by {len(verdict.counterexample)} touchpoints: {verdict.message}"


def report(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
