"""`journey demo`: bundled stories, told without a journal."""

import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from journey import Journal, clock
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


def keep(journey: "Journey", *arguments: str) -> Any:
    return journey.in_json(*arguments, "demo", "--keep").json


def test_keeping_records_all_stories_and_a_branch_that_ends_today(journey: "Journey") -> None:
    answer = keep(journey)
    assert (answer["stories"], answer["customers"], answer["unchanged"]) == (10, 300, 0)
    assert answer["end"] == clock.now().date().isoformat()
    with Journal.open("sqlite:///journey.db", read_only=True) as journal:
        assert journal.last_position() == answer["recorded"]
        assert len(list(journal.relationships())) == 310
        assert max(one.last for one in journal.relationships()) < clock.now()


def test_kept_stories_are_told_as_they_are_by_themselves(journey: "Journey") -> None:
    keep(journey)
    for name in NAMES:
        alone = story(name).history
        kept = [one for one in (str(alone.relationship), f"{name}-{alone.relationship}") if journey("history", one).code == 0]
        trust = [journey.in_json("replay", one).json["trust"] for one in kept]
        assert journey.in_json("demo", name).json["state"] in {journey.in_json("replay", one).json["state"] for one in kept}
        assert len(trust) == 1


def test_keeping_twice_records_nothing_twice_on_whatever_day(journey: "Journey", monkeypatch: pytest.MonkeyPatch) -> None:
    first = keep(journey)
    monkeypatch.setattr(clock, "now", lambda: datetime(2199, 1, 1, tzinfo=UTC))
    again = keep(journey)
    assert (again["recorded"], again["unchanged"], again["end"]) == (0, first["recorded"], first["end"])
    assert "unchanged" in journey("demo", "--keep").out


def test_what_is_kept_was_known_when_it_happened(journey: "Journey") -> None:
    keep(journey)
    early = journey.in_json("replay", "m@bank", "--known-at", "2020-01-01").json
    assert 0 < early["touchpoints"] < journey.in_json("replay", "m@bank").json["touchpoints"]


def test_keeping_needs_a_place_and_takes_no_story(journey: "Journey") -> None:
    assert journey("--store", "memory:", "demo", "--keep").code == 2
    assert journey("demo", "cold-meeting", "--keep").code == 2
    assert journey.names() == set()


@pytest.mark.parametrize("arguments", [(), ("--store", "sqlite:///else where.db")], ids=["default store", "named store"])
def test_a_demo_ends_with_two_next_commands_that_work(journey: "Journey", arguments: tuple[str, ...]) -> None:
    for demo in (["demo"], ["demo", "--keep"]):
        calls = re.findall(r"^  journey (.*?)(?:  .*)?$", journey(*arguments, *demo).out, flags=re.MULTILINE)
        assert len(calls) == 2
        for call in map(shlex.split, calls):
            assert tuple(call[: len(arguments)]) == arguments
            assert journey(*call).code == 0
