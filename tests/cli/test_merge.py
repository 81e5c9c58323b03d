"""`journey merge` and `journey unmerge`."""

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
    assert [line["relationship"] for line in journey.asked("relationships").lines] == ["m@bank"]
    assert [line["touchpoints"] for line in journey("--format", "json", "replay", "--all").lines] == [2]
    assert "em@bank merged with m@bank by carla (she married) [m@bank+em@bank.merged-1]" in journey("history", "em@bank").out
    assert journey("--format", "json", "unmerge", "em@bank", "m@bank").json["id"] == "em@bank+m@bank.unmerged-1"
    assert (ids(journey, "m@bank"), ids(journey, "em@bank")) == (["a"], ["b"])
    assert len(journey.asked("relationships").lines) == 2
    assert journey("verify").code == 0


def test_what_cannot_be_merged_is_refused_with_the_mend(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", "m@bank"), visit("b", "em@bank"))
    assert "did you mean `em@bank`?" in journey("merge", "m@bank", "em@bnk").err
    assert "is the relationship itself" in journey("merge", "m@bank", "m@bank").err
    run = journey("unmerge", "m@bank", "em@bank")
    assert run.code == 1 and "are not merged with each other" in run.err
