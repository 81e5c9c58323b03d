"""`journey merge` and `journey unmerge`."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Journey, Visit


def ids(journey: "Journey", relationship: str) -> list[str]:
    return [line["id"] for line in journey("--format", "json", "history", relationship).lines]


def test_merged_relationships_are_told_as_one_until_they_are_unmerged(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", "m@bank", day=1), visit("b", "em@bank", day=2))
    run = journey("merge", "m@bank", "em@bank", "--reason", "she married", "--actor", "carla")
    assert run.out.startswith("m@bank+em@bank.merged-1: recorded, position 3, ")
    assert ids(journey, "m@bank") == ids(journey, "em@bank") == ["a", "b"]
    assert [line["relationship"] for line in journey.in_json("relationships").lines] == ["m@bank"]
    assert [line["touchpoints"] for line in journey("--format", "json", "replay", "--all").lines] == [2]
    assert "em@bank merged with m@bank by carla (she married) [m@bank+em@bank.merged-1]" in journey("history", "em@bank").out
    assert journey("--format", "json", "unmerge", "em@bank", "m@bank").json["id"] == "em@bank+m@bank.unmerged-1"
    assert (ids(journey, "m@bank"), ids(journey, "em@bank")) == (["a"], ["b"])
    assert len(journey.in_json("relationships").lines) == 2
    assert journey("verify").code == 0


def test_every_command_tells_a_merged_relationship_by_its_one_name(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", "m@bank", day=1), visit("b", "em@bank", day=2))
    journey("merge", "m@bank", "em@bank")
    for command in ("replay", "explain"):
        by_other_name = journey.in_json(command, "em@bank").json
        assert by_other_name["relationship"] == "m@bank"
        assert by_other_name == journey.in_json(command, "m@bank").json
    assert journey.in_json("replay", "em@bank").json == journey.in_json("replay", "--all").lines[0]
    assert journey.in_json("replay", "em@bank", "--known-at", "2000-01-01").json["relationship"] == "em@bank"
    for name in ("m@bank", "em@bank"):
        inserted = json.dumps(visit("c", "em@bank", day=3))
        assert journey.in_json("whatif", name, "--insert", inserted).json["counterfactual"]["touchpoints"] == 3
    refused = journey("whatif", "em@bank", "--insert", json.dumps(visit("c", "other", day=3)))
    assert refused.code == 1 and "insert a touchpoint of `m@bank`" in refused.err


def test_merged_people_are_told_by_one_name_until_they_are_unmerged(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", day=1, representative="ana"), visit("b", day=2, representative="ana-2", contact="zoe"))
    run = journey("merge", "--people", "ana", "ana-2", "--reason", "two logins", "--actor", "carla")
    assert run.out.startswith("ana+ana-2.merged-1: recorded, position 3, ")
    lines = journey("--format", "json", "history", "r").lines
    assert [line["representative"] for line in lines] == ["ana", "ana"]
    recorded = journey("--format", "json", "history", "r", "--as-recorded").lines
    assert [line.get("representative") for line in recorded] == ["ana", "ana-2", None]
    assert [*journey("--format", "json", "replay", "r").json["parties"]["representatives"]] == ["ana"]
    for command in ("history", "explain"):
        assert "ana-2 merged with ana by carla (two logins) [ana+ana-2.merged-1]" in journey(command, "r").out
    assert [line["relationship"] for line in journey("--format", "json", "relationships", "--naming", "ana-2").lines] == ["r"]
    assert journey("relationships", "--naming", "nobody").out.endswith("0 relationships\n")
    assert journey("--format", "json", "unmerge", "--people", "ana", "ana-2", "--id", "two").json["id"] == "two"
    assert "ana-2 unmerged from ana [two]" in journey("history", "r").out
    assert [line["representative"] for line in journey("--format", "json", "history", "r").lines] == ["ana", "ana-2"]


def test_a_file_may_tell_who_is_one(journey: "Journey", visit: "Visit") -> None:
    merge = {"kind": "people_merged", "id": "m", "person": "ana", "other": "ana-2", "occurred_at": "2024-03-01T00:00:00Z"}
    lines = [json.dumps(line) for line in (merge, visit("a", representative="ana-2"))]
    (journey.folder / "told.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert journey("--format", "json", "history", "told.jsonl").json["representative"] == "ana"
    assert journey("--format", "json", "import", "told.jsonl").counts == (2, 2, 0, 0)
    assert journey("--format", "json", "history", "r").json["representative"] == "ana"


def test_what_cannot_be_merged_is_refused_with_the_mend(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", "m@bank"), visit("b", "em@bank"))
    assert "did you mean `em@bank`?" in journey("merge", "m@bank", "em@bnk").err
    assert "is the relationship itself" in journey("merge", "m@bank", "m@bank").err
    run = journey("unmerge", "m@bank", "em@bank")
    assert run.code == 1 and "are not merged with each other" in run.err


def test_people_who_cannot_be_merged_are_refused_with_the_mend(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", representative="anna"), visit("b", contact="bob"))
    assert "no person `ana`" in (run := journey("merge", "--people", "bob", "ana")).err and "did you mean `anna`?" in run.err
    assert "is the person itself" in journey("merge", "--people", "bob", "bob").err
    assert "are not merged with each other" in journey("unmerge", "--people", "anna", "bob").err
