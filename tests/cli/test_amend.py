"""`journey correct` and `journey retract`, and how the past is told afterwards."""

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Journey, Visit


@pytest.fixture
def amended(journey: "Journey", visit: "Visit") -> "Journey":
    """Three visits, the second corrected and the third retracted."""
    journey.record(visit("a", day=1), visit("b", day=2), visit("c", day=3))
    assert journey("correct", "b", "benevolence=-0.5", "note=null", "--reason", "wrong form", "--actor", "carla").code == 0
    assert journey("retract", "c", "--reason", "never came").code == 0
    return journey


def before(journey: "Journey") -> str:
    """The instant of the first recording."""
    return str(journey("--format", "json", "history", "r", "--as-recorded").lines[0]["recorded_at"])


def test_the_receipt_names_the_new_fact(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a"))
    assert journey("correct", "a", "competence=0.1").out.startswith("a.corrected-1: recorded, position 2, ")
    assert journey("--format", "json", "retract", "a", "--id", "oops").json["id"] == "oops"


def test_the_history_shows_what_is_right_and_the_text_what_was_said(amended: "Journey") -> None:
    a, b = amended("--format", "json", "history", "r").lines
    assert (a["id"], b["id"], b["benevolence"], b["corrected_by"]) == ("a", "b", -0.5, ["b.corrected-1"])
    assert "corrected_by" not in a
    text = amended("history", "r").out
    assert "b corrected: benevolence " in text and " → -0.5" in text and "by carla (wrong form) [b.corrected-1]" in text
    assert "c retracted (never came) [c.retracted-1]" in text


def test_before_it_was_said_nobody_knew(amended: "Journey") -> None:
    known = ("--known-at", before(amended))
    assert [line["id"] for line in amended("--format", "json", "history", "r", *known).lines] == ["a", "b", "c"]
    assert "corrected" not in amended("history", "r", *known).out
    trusts = [amended("--format", "json", "replay", "r", *bound).json["trust"] for bound in ((), known)]
    assert trusts[0] < trusts[1]


def test_as_recorded_tells_everything_in_order(amended: "Journey") -> None:
    lines = amended("--format", "json", "history", "r", "--as-recorded").lines
    assert [line["id"] for line in lines] == ["a", "b", "c", "b.corrected-1", "c.retracted-1"]
    assert lines[3]["fields"] == {"benevolence": -0.5, "note": None}
    text = amended("history", "r", "--as-recorded").out
    assert "touchpoint_corrected" in text and text.endswith("5 facts\n")


def test_explain_says_what_changed_the_past(amended: "Journey", visit: "Visit") -> None:
    amended.record(visit("late", day=1))
    text = amended("explain", "r", "--full").out
    assert "(as corrected)" in text and "(known since " in text
    assert "late became known, " in text and "what followed it was known before" in text
    assert "c retracted" in text


def test_a_retraction_is_taken_back_by_retracting_it(amended: "Journey") -> None:
    assert amended("retract", "c.retracted-1").code == 0
    assert [line["id"] for line in amended("--format", "json", "history", "r").lines] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("correct", "a", "competence=7"), 1, "competence: must be a number from -1 to 1, got `7`"),
        (("correct", "a", "id=b"), 1, "cannot be replaced"),
        (("correct", "a", "severity=1"), 1, "`interaction` has no such field"),
        (("correct", "a", "competence"), 2, "is not a correction; write field=value"),
        (("correct", "a"), 2, "FIELD=VALUE"),
        (("correct", "a", "competence=0.1", "competence=0.2"), 2, "`competence` is given twice"),
        (("correct", "a", "bogus=null"), 1, "`interaction` has no such field"),
        (("correct", "c", "competence=0.1"), 1, "retract `c.retracted-1` to have it back"),
        (("correct", "nobody", "competence=0.1"), 1, "no touchpoint `nobody`"),
        (("retract", "nobody"), 1, "no touchpoint `nobody`"),
    ],
)
def test_what_cannot_be_said_is_refused_with_the_mend(amended: "Journey", arguments: tuple[str, ...], code: int, words: str) -> None:
    run = amended(*arguments)
    assert run.code == code and words in run.err
    assert len(amended("--format", "json", "history", "r", "--as-recorded").lines) == 5


def test_amendments_are_recorded_and_imported_as_json_too(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a"), visit("b", day=2))
    common = {"id": "oops", "relationship": "r", "occurred_at": "2024-03-01T00:00:00Z"}
    assert journey("record", json.dumps({"kind": "touchpoint_retracted", "retracts": "b", **common})).code == 0
    corrected = {"kind": "touchpoint_corrected", "corrects": "a", "fields": {"competence": -1}, **common, "id": "more"}
    (journey.folder / "more.jsonl").write_text(json.dumps(corrected), encoding="utf-8")
    assert journey("--format", "json", "import", "more.jsonl").counts == (1, 1, 0, 0)
    (line,) = journey("--format", "json", "history", "r").lines
    assert (line["id"], line["competence"]) == ("a", -1)
    assert journey.in_json("relationships").lines[0]["touchpoints"] == 2


def test_a_correction_of_a_correction_is_told_from_what_it_was_by_then(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", benevolence=0.5))
    journey("correct", "a", "benevolence=0.25")
    journey("correct", "a", "benevolence=-0.5")
    text = journey("history", "r").out
    assert "benevolence 0.5 → 0.25" in text and "benevolence 0.25 → -0.5" in text


def test_an_imported_correction_to_nonsense_is_refused_or_where_it_came_first_does_not_count(journey: "Journey", visit: "Visit") -> None:
    common = {"kind": "touchpoint_corrected", "id": "c", "relationship": "r", "occurred_at": "2024-03-01T00:00:00Z", "corrects": "a"}
    lines = [json.dumps({**common, "fields": {"benevolence": 9}}), json.dumps({**common, "id": "d", "fields": {"benevolence": [1]}})]
    (journey.folder / "more.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert journey("--format", "json", "import", "more.jsonl").counts == (2, 1, 0, 1)
    journey.record(visit("a", benevolence=0.5))
    lines = [json.dumps({**common, "id": "e", "fields": {"benevolence": 9}})]
    (journey.folder / "again.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert journey("--format", "json", "import", "again.jsonl").counts == (1, 0, 0, 1)
    assert journey("replay", "--all").code == 0
    assert "it does not count: benevolence: must be a number from -1 to 1, got `9`" in journey("history", "r").out


@pytest.mark.parametrize("arguments", [("correct", "a", "topic=x"), ("retract", "a"), ("merge", "a", "b"), ("unmerge", "a", "b")])
def test_where_there_is_no_journal_none_is_made(journey: "Journey", arguments: tuple[str, ...]) -> None:
    run = journey(*arguments)
    assert run.code == 1 and "there is no journal" in run.err
    assert list(journey.folder.iterdir()) == []
