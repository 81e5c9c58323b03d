"""`journey whatif`: a history with edits, beside the facts."""

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Journey, Visit

WARM = ("--replace", "handover-2:introduction=warm")
SPARED = ("--without", "meeting-131")


def test_the_answer_has_its_shape(bank: "Journey") -> None:
    answer = bank.in_json("whatif", "m@bank", *SPARED).json
    assert set(answer) == {"facts", "counterfactual", "edit", "difference"}


def test_the_facts_are_the_replay(bank: "Journey") -> None:
    answer = bank.in_json("whatif", "m@bank", *SPARED).json
    assert answer["facts"] == bank.in_json("replay", "m@bank").json
    assert set(answer["counterfactual"]) == set(answer["facts"])


def test_the_difference_is_exactly_that_of_trust(bank: "Journey") -> None:
    answer = bank.in_json("whatif", "m@bank", *SPARED).json
    assert answer["difference"] == answer["counterfactual"]["trust"] - answer["facts"]["trust"]
    assert answer["difference"] > 0


def test_the_answer_says_the_edit(bank: "Journey", visit: "Visit") -> None:
    inserted = ("--insert", json.dumps(visit("call-200", "m@bank")))
    assert bank.in_json("whatif", "m@bank", *SPARED, *WARM, *inserted).json["edit"] == [*SPARED, *WARM, *inserted]


def test_facts_and_edits_are_compared_on_the_same_day(bank: "Journey") -> None:
    answer = bank.in_json("whatif", "m@bank", "--without", "exit-1").json
    assert answer["facts"]["at"] == answer["counterfactual"]["at"]
    assert answer["counterfactual"]["touchpoints"] == answer["facts"]["touchpoints"] - 1
    assert not answer["counterfactual"]["state"].startswith("ended")


def test_without_is_the_history_that_never_held_it(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", day=1), visit("b", day=2, benevolence=-0.9), visit("c", day=3))
    spared = journey.in_json("whatif", "r", "--without", "b").json["counterfactual"]
    other = ("--store", "sqlite:///other.db")
    journey.in_json(*other, "record", json.dumps(visit("a", day=1)), json.dumps(visit("c", day=3)))
    assert journey.in_json(*other, "replay", "r").json == spared


def test_replacing_several_fields_of_one_touchpoint_goes_together(bank: "Journey") -> None:
    one = ("--replace", "meeting-131:benevolence=0.6")
    other = ("--replace", "meeting-131:recognised=true")
    trust = [bank.in_json("whatif", "m@bank", *edits).json["counterfactual"]["trust"] for edits in (one, other, one + other)]
    assert trust[2] > max(bank.in_json("replay", "m@bank").json["trust"], *trust[:2])


def test_an_empty_value_takes_a_field_away(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a"))
    answer = journey.in_json("whatif", "r", "--replace", "a:benevolence=").json
    assert answer == {**journey.in_json("whatif", "r", "--replace", "a:benevolence=null").json, "edit": answer["edit"]}
    assert answer["difference"] < 0


def test_an_id_may_hold_colons(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("crm:visit:1"))
    assert journey.in_json("whatif", "r", "--replace", "crm:visit:1:benevolence=-0.5").json["difference"] < 0


def test_an_insertion_counts_on_its_day(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", day=1), visit("c", day=9))
    answer = journey.in_json("whatif", "r", "--insert", json.dumps(visit("b", day=5))).json
    assert answer["counterfactual"]["touchpoints"] == 3
    assert answer["difference"] > 0


def test_as_of_bounds_both_sides(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", day=1), visit("b", day=9))
    later = json.dumps(visit("c", day=5))
    answer = journey.in_json("whatif", "r", "--as-of", "2024-01-03", "--insert", later).json
    assert answer["facts"] == answer["counterfactual"]
    assert answer["facts"]["touchpoints"] == 1
    assert answer["difference"] == 0


def test_known_at_bounds_what_can_be_edited(journey: "Journey", visit: "Visit") -> None:
    (first,) = journey.record(visit("a", day=1))
    journey.record(visit("b", day=2))
    assert journey("whatif", "r", "--without", "b").code == 0
    run = journey("whatif", "r", "--without", "b", "--known-at", first["recorded_at"])
    assert run.code == 1
    assert "no touchpoint `b`" in run.err


def test_without_an_edit_it_asks_for_one(bank: "Journey") -> None:
    run = bank("whatif", "m@bank")
    assert (run.code, run.out) == (2, "")
    assert "--without ID, --replace ID:FIELD=VALUE or --insert JSON" in run.err


def test_nothing_is_written(bank: "Journey", visit: "Visit") -> None:
    before = bank.in_json("history", "m@bank").out
    bank.in_json("whatif", "m@bank", *SPARED, *WARM, "--insert", json.dumps(visit("call-200", "m@bank")))
    assert bank.in_json("history", "m@bank").out == before
    assert bank.names() == {"journey.db", "journey.db.keys"}


def test_the_text_sets_both_side_by_side(bank: "Journey") -> None:
    run = bank("whatif", "m@bank", *WARM, *SPARED)
    assert (run.code, run.err) == (0, "")
    for word in ("facts", "what if", "difference +", "2 edits"):
        assert word in run.out


@pytest.mark.parametrize(
    ("edit", "code", "words"),
    [
        (("--without", "meeting-13"), 1, ("no touchpoint `meeting-13`", "did you mean `meeting-131`?")),
        (("--replace", "meeting-13:benevolence=0.5"), 1, ("no touchpoint `meeting-13`", "did you mean `meeting-131`?")),
        (("--replace", "meeting-131:benevolence=5"), 1, ("benevolence: must be a number from -1 to 1, got `5`", "from -1 to 1")),
        (("--replace", "meeting-131:benevolence=nan"), 1, ("benevolence: must be a number from -1 to 1, got `nan`", "from -1 to 1")),
        (("--replace", "meeting-131:benevolance=0.5"), 1, ("no such field", "did you mean `benevolence`?")),
        (("--replace", "meeting-131:kind=note_added"), 1, ("cannot be replaced", "insert another")),
        (("--replace", "meeting-131:occurred_at=2024-03-05T10:00:00"), 1, ("has no UTC offset", "add one, as in")),
        (("--replace", "meeting-131"), 2, ("`meeting-131` is not a replacement", "ID:field=value")),
        (("--replace", "benevolence=0.5"), 2, ("is not a replacement", "ID:field=value")),
        (("--insert", "{"), 1, ("not JSON", "mend:")),
        (("--insert", '{"kind": "interaction"}'), 1, ("id: is missing", "`interaction` needs `id`")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_an_edit_that_cannot_be_made_is_reported(bank: "Journey", edit: tuple[str, ...], code: int, words: tuple[str, ...]) -> None:
    run = bank("whatif", "m@bank", *edit)
    assert (run.code, run.out) == (code, "")
    assert all(word in run.err for word in words)


def test_an_insertion_under_a_taken_id_is_refused(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a"))
    run = journey("whatif", "r", "--insert", json.dumps(visit("a", benevolence=-0.5)))
    assert (run.code, run.out) == (1, "")
    assert "touchpoint `a` of `r` is already recorded with other content" in run.err
