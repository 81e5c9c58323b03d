"""`journey demo`: bundled stories, told without a journal."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from journey_cli.stories import NAMES, story

if TYPE_CHECKING:
    from .conftest import Journey

WITH_EDITS = [name for name in NAMES if story(name).counterfactual]
WITHOUT_EDITS = [name for name in NAMES if not story(name).counterfactual]


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ask(journey: "Journey", name: str, journal_of: Callable[[str], Path]) -> Callable[..., Any]:
    """Asks a journal that holds the story about its relationship."""

    def run(command: str, *arguments: str) -> Any:
        relationship = str(story(name).history.relationship)
        return journey.in_json("--store", f"sqlite:///{journal_of(name)}", command, relationship, *arguments).json

    return run


@pytest.mark.parametrize("columns", [80, 120])
def test_the_cold_meeting_is_told_as_it_was(
    journey: "Journey", golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    run = journey("demo", "cold-meeting")
    assert (run.code, run.err) == (0, "")
    assert max(map(len, run.out.splitlines())) <= columns
    golden(f"demo-cold-meeting-{columns}", run.out)


def test_the_cold_meeting_is_told_unasked(journey: "Journey") -> None:
    assert journey("demo").out == journey("demo", "cold-meeting").out


def test_every_story_is_told_with_title_turn_and_lesson(journey: "Journey", name: str) -> None:
    run = journey("demo", name)
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(story(name).title)
    assert "The turning point" in run.out
    assert " ".join(story(name).lesson.split()) in " ".join(run.out.split())


def test_every_story_has_the_same_shape(journey: "Journey", name: str) -> None:
    answer = journey.in_json("demo", name).json
    assert set(answer) == {"story", "relationship", "trust_before", "trust_after", "turning_point", "state", "counterfactual"}
    assert set(answer["turning_point"]) == {"touchpoint", "kind", "occurred_at", "cause", "delta"}
    assert answer["story"] == name


@pytest.mark.parametrize("name", WITH_EDITS)
def test_a_counterfactual_has_its_edit_and_its_trust(journey: "Journey", name: str) -> None:
    assert set(journey.in_json("demo", name).json["counterfactual"]) == {"edit", "trust_after"}


@pytest.mark.parametrize("name", WITHOUT_EDITS)
def test_a_story_without_edits_tells_none(journey: "Journey", name: str) -> None:
    assert not (journey.in_json("demo", name).json["counterfactual"] or {}).get("edit")
    assert "Had it gone otherwise" not in journey("demo", name).out


def test_the_turning_point_is_the_touchpoint_that_cost_most_trust(journey: "Journey", name: str, ask: Callable[..., Any]) -> None:
    answer = journey.in_json("demo", name).json
    turn = min((one for one in ask("explain")["contributions"] if one["touchpoint"]), key=lambda one: float(one["delta"]))
    assert answer["trust_before"] == turn.pop("before")
    assert answer["trust_after"] == turn.pop("after")
    assert answer["turning_point"] == {name: value for name, value in turn.items() if name != "words"}


def test_the_state_is_that_of_the_whole_history(journey: "Journey", name: str, ask: Callable[..., Any]) -> None:
    assert journey.in_json("demo", name).json["state"] == ask("replay")["state"]


@pytest.mark.parametrize("name", WITH_EDITS)
def test_the_edit_can_be_given_to_whatif(journey: "Journey", name: str, ask: Callable[..., Any]) -> None:
    otherwise = journey.in_json("demo", name).json["counterfactual"]
    assert ask("whatif", *otherwise["edit"])["counterfactual"]["trust"] == otherwise["trust_after"]


def test_a_demo_leaves_no_file_behind(journey: "Journey") -> None:
    for store in ("sqlite:///journey.db", "memory:"):
        assert journey("--store", store, "demo").code == 0
    assert journey.names() == set()


def test_an_unknown_story_is_answered_with_the_nearest(journey: "Journey") -> None:
    run = journey("demo", "cold-meting")
    assert (run.code, run.out) == (1, "")
    assert "no story `cold-meting`" in run.err
    assert "did you mean `cold-meeting`?" in run.err
