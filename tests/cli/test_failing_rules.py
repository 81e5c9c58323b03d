"""One history that the rules cannot judge takes no other with it: the others are given, it is named on stderr, and the exit code is 1."""

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Journey, Run, Visit

RULES = """
from dataclasses import replace
from journey_projections.encoding.codes import GESTURE_MADE
from journey_projections.rules.published import beta

class Apply:
    # Not compiled, which would take longer than all the rest.
    def __call__(self, state, touchpoint, p):
        return beta.apply(state, touchpoint, p) + 0 // (touchpoint.kind - GESTURE_MADE)

rules = replace(beta.BETA, name="mine", apply=Apply())
"""
WAYS: tuple[tuple[str, ...], ...] = (("--all",), ("--all", "--ledger", "columns"))


@pytest.fixture
def stumbling(journey: "Journey", visit: "Visit") -> "Journey":
    """A journal of twelve relationships, on seven of which the rules of `mine.py` fail."""
    journey.file("mine.py", RULES)
    for number in range(12):
        later = visit(f"v{number:02}", f"r{number:02}", day=9)
        if number < 7:
            later["kind"] = "gesture_made"
            del later["benevolence"]
        journey.record(visit(f"first{number:02}", f"r{number:02}"), later)
    return journey


def _names_five(shown: "Run") -> None:
    assert shown.code == 1
    failed = [
        f"journey: r0{number}: rule set `mine` fails on touchpoint `v0{number}` (gesture_made): ZeroDivisionError" for number in range(5)
    ]
    lines = shown.err.splitlines()
    assert [line.rpartition(":")[0] for line in lines[:-1:2]] == failed
    assert set(lines[1:-1:2]) == {"  mend: mend its `apply`"}
    assert lines[-1] == "journey: the rules fail on 7 relationships, 2 more than are named; the others are given"


@pytest.mark.parametrize("way", WAYS)
def test_all_others_are_replayed(stumbling: "Journey", way: tuple[str, ...]) -> None:
    shown = stumbling("--format", "json", "replay", *way, "--rules", "mine.py")
    _names_five(shown)
    assert shown.lines == [stumbling.in_json("replay", f"r{number:02}", "--rules", "mine.py").json for number in range(7, 12)]
    _names_five(stumbling("replay", *way, "--rules", "mine.py"))
    course = stumbling("--format", "json", "replay", *way, "--rules", "mine.py", "--every", "year")
    _names_five(course)
    assert [row["relationship"] for row in course.lines] == [f"r{number:02}" for number in range(7, 12)]


@pytest.mark.parametrize("way", WAYS)
def test_files_hold_all_others(stumbling: "Journey", way: tuple[str, ...]) -> None:
    _names_five(stumbling("replay", *way, "--rules", "mine.py", "--output", "out.jsonl", "--contributions", "why.jsonl"))
    for name in ("out.jsonl", "why.jsonl"):
        assert {row["relationship"] for row in stumbling.read(name)} == {f"r{number:02}" for number in range(7, 12)}


@pytest.mark.parametrize("way", WAYS)
def test_all_others_are_compared(stumbling: "Journey", way: tuple[str, ...]) -> None:
    compared = stumbling("--format", "json", "compare", *way, "--rules", "beta", "--rules", "mine.py")
    _names_five(compared)
    assert compared.json["relationships"] == 5


def test_relationships_that_were_named_are_no_different(stumbling: "Journey") -> None:
    shown = stumbling("--format", "json", "replay", "r09", "r03", "r08", "--rules", "mine.py")
    assert shown.code == 1
    assert [one["relationship"] for one in shown.lines] == ["r09", "r08"]
    assert "journey: r03: rule set `mine` fails on touchpoint `v03`" in shown.err
    assert "the rules fail on 1 relationship; the others are given" in shown.err


def test_all_are_exported_and_the_others_have_trust(stumbling: "Journey") -> None:
    shown = stumbling("export", "log.jsonocel", "--rules", "mine.py")
    _names_five(shown)
    assert shown.out == "24 facts, of histories: ocel in log.jsonocel\n"
    objects = json.loads((stumbling.folder / "log.jsonocel").read_text(encoding="utf-8"))["objects"]
    assert sum(bool(one["attributes"]) for one in objects) == 5
