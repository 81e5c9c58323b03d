"""The rules that come with journey compile as they stand: numba leaves the same bits in every field of the state as the interpreter."""

import dataclasses
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, note, settings
from numba import njit

from journey import History, Touchpoint
from journey.testing import histories
from journey_cli.stories import NAMES as STORIES
from journey_cli.stories import story
from journey_projections.compiled import blocks
from journey_projections.compiled.array_pointers import window
from journey_projections.compiled.blocks import ReplayOptions, ThreadedFold
from journey_projections.compiled.compile_cache import compile_lock
from journey_projections.compiled.compiler import compiled
from journey_projections.compiled.partition import Partition
from journey_projections.compiled.program import program_of
from journey_projections.compiled.tuple_pointers import pointed, refilled
from journey_projections.encoding.columns import Dictionaries, columns_of
from journey_projections.replaying.run import Run
from journey_projections.rules.gallery import NAMES, rule_set

OPTIONS = ReplayOptions(None, np.empty(0, np.int64), parties=False, contributions=False)


def assert_same_bits(history: History, rules: str) -> None:
    run = Run(rule_set(rules))
    run.feed(history.records)
    groups = Partition([columns_of(history.records, Dictionaries())], np.zeros(8, np.int32), None, None, 1)
    ready = ThreadedFold.of(run.rules, OPTIONS, 1, None)
    rows = groups.rows(0, 1)
    rows["sequence"] = np.arange(len(rows))  # in the order of the history, whatever ties
    scratch, out = ready.program.scratch(len(rows)), ready.out(1, len(rows))
    ready.program.fold(*ready.arguments(rows, groups.starts, scratch, out, 0, 1))
    assert out.results["touchpoints"][0] == len(history)
    for name, records in run.state._asdict().items() if len(history) else ():
        compiled = getattr(scratch.state, name)[: len(records)]
        assert [dataclasses.astuple(record) for record in records] == compiled.tolist(), name


@pytest.mark.parametrize("rules", NAMES)
def test_every_story_compiles_to_the_same_bits(rules: str) -> None:
    for name in STORIES:
        assert_same_bits(story(name).history, rules)


@settings(max_examples=60)
@given(histories())
def test_any_history_compiles_to_the_same_bits(touchpoints: list[Touchpoint]) -> None:
    for rules in NAMES:
        note(rules)
        assert_same_bits(History.of(touchpoints), rules)


_PROGRAM = """
from journey_projections.encoding import codes
from journey_projections.compiled.compile_cache import is_cached
from journey_projections.compiled.compiler import compiled

def inner(value):
    return {inner}

def outer(value):
    return inner(value) + 1.0

function = compiled(outer)
print("kept" if is_cached(function, (2.0,)) else "compiled", function(2.0))
"""


def test_what_was_compiled_is_cached_for_other_processes_until_something_that_it_calls_changes(tmp_path: Path) -> None:
    def run(inner: str) -> str:
        environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
        program = [sys.executable, "-c", _PROGRAM.format(inner=inner)]
        return subprocess.run(program, env=environment, capture_output=True, text=True, check=True).stdout.strip()

    assert run("value * 2.0") == "compiled 5.0"
    assert run("value * 2.0") == "kept 5.0"
    assert run("value * 3.0") == "compiled 7.0"
    assert run("value * codes.CUSTOMER") == "compiled 3.0"
    assert run("value * 2.0") == "kept 5.0"


def test_machine_code_is_named_by_its_content_so_that_none_from_the_cache_stands_in_for_another() -> None:
    def named(worth: float) -> str:
        names: dict[str, Any] = {"__name__": "rules"}
        exec(f"def worth(value): return {worth}\ndef judge(value): return worth(value)", names)
        judge: Any = compiled(names["judge"])
        return str(judge.py_func.__qualname__)

    assert named(2.0) == named(2.0) != named(3.0)


@pytest.mark.parametrize(
    ("first", "other"),
    [
        (np.array([2.0]), np.array([3.0])),
        ((np.zeros(2_000), 1), (np.arange(2_000.0), 1)),
        (np.int64(2), np.int64(3)),
        (2j, 3j),
        (IntEnum("Worth", {"GOOD": 2}), IntEnum("Worth", {"GOOD": 3})),
        (njit(lambda value: value * 2.0), njit(lambda value: value * 3.0)),
        (SimpleNamespace, len),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_cached_is_known_by_the_constants_that_were_compiled_into_it(first: object, other: object) -> None:
    contents = []
    for constant in (first, first, other):
        here = ModuleType("here")
        vars(here)["TABLE"] = constant
        names: dict[str, Any] = {"__name__": "made", "TABLE": constant, "here": here}
        exec("def plain(value): return TABLE\ndef dotted(value): return here.TABLE", names)
        touchpoints: list[Any] = [compiled(names[name]) for name in ("plain", "dotted")]
        contents.append([one.py_func.content for one in touchpoints])
    assert contents[0] == contents[1]
    assert all(one != changed for one, changed in zip(contents[0], contents[2], strict=True))


def test_a_place_outside_is_an_error_where_that_is_asked_for() -> None:
    def beyond(array: Any, place: int) -> float:
        return float(window(array)[place])

    checked = compiled(beyond, checked=True)
    assert checked(np.ones(2), 1) == 1.0
    for place in (2, -1):
        with pytest.raises(IndexError):
            checked(np.ones(2), place)


class _Pair(NamedTuple):
    one: Any
    other: Any


def _swapped(one: Any, other: Any) -> tuple[float, float, float]:
    pair = pointed(_Pair(window(one), window(other)))
    before = pair.one[0]
    same = refilled(pair, _Pair(pair.other, pair.one))
    return before, pair.one[0], same.other[0]


def test_a_named_tuple_behind_a_pointer_reads_as_what_was_put_there_last() -> None:
    assert compiled(_swapped)(np.array([1.0]), np.array([2.0])) == (1.0, 2.0, 1.0)


def _rare(value: float) -> float:
    return value + 1.0


def _often(value: float) -> float:
    return value * 2.0


def _judge(value: float) -> float:
    return _often(_rare(_often(value)))


def test_only_what_one_place_calls_is_compiled_into_it() -> None:
    judge: Any = compiled(_judge)
    assert judge(1.0) == 6.0
    called = judge.py_func.__globals__
    assert [called[name].targetoptions["forceinline"] for name in ("_rare", "_often")] == [True, False]


def test_rules_of_ones_own_are_checked_and_those_that_come_with_journey_need_not_be() -> None:
    beta = rule_set("beta")
    own = dataclasses.replace(beta, name="own", trust=lambda state, _: state.evidence[0].positive)
    derived = dataclasses.replace(beta, name="derived", version="2")
    folds: list[Any] = [program_of(rules).fold for rules in (beta, derived, own)]
    assert [fold.targetoptions["boundscheck"] for fold in folds] == [False, False, True]


def test_where_nothing_can_be_kept_it_is_compiled_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "file" / "folder")}
    program = [sys.executable, "-c", _PROGRAM.format(inner="value")]
    assert subprocess.run(program, env=environment, capture_output=True, text=True, check=True).stdout == "compiled 3.0\n"


def test_rules_are_compiled_by_one_at_a_time() -> None:
    apply = rule_set("beta").apply
    assert isinstance(apply, FunctionType)
    twin = FunctionType(apply.__code__, apply.__globals__)  # of the same content, and not loaded in this process
    rules, order = dataclasses.replace(rule_set("beta"), apply=twin), list[str]()

    @contextmanager
    def watched(function: Any) -> Iterator[None]:
        with compile_lock(function):
            order.append(f"{len(function.overloads)} loaded")
            yield
            order.append(f"{len(function.overloads)} loaded")

    def wait_for_it() -> None:
        with compile_lock(program_of(rules).fold):
            order.append("another")

    with patch.object(blocks, "compile_lock", watched):
        ThreadedFold.compiled(rules, OPTIONS, 1, None)
        ThreadedFold.compiled(rules, OPTIONS, 1, None)
    assert order == ["0 loaded", "1 loaded"]
    with ThreadPoolExecutor(1) as pool, compile_lock(program_of(rules).fold):
        wait([pool.submit(wait_for_it)], timeout=0.3)
        order.append("one")
    assert order[2:] == ["one", "another"]
