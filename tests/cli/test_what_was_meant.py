"""A command that is nearly right is answered with what was meant."""

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.near_names import one_slip_from

if TYPE_CHECKING:
    from .conftest import Journey, Visit


def refused(run: object, code: int, *words: str) -> None:
    assert (run.code, run.out) == (code, "")  # type: ignore[attr-defined]
    for word in words:
        assert word in run.err  # type: ignore[attr-defined]


# Help


def test_help_is_the_help_of_all(journey: "Journey") -> None:
    assert journey("help").out == journey("--help").out


@pytest.mark.parametrize("names", [("replay",), ("ledger",), ("ledger", "check")], ids=" ".join)
def test_help_of_a_command_is_its_help(journey: "Journey", names: tuple[str, ...]) -> None:
    assert journey("help", *names).out == journey(*names, "--help").out


def test_help_of_what_is_no_command_says_so(journey: "Journey") -> None:
    refused(journey("help", "rpelay"), 2, "there is no command `rpelay`; did you mean `replay`?")
    refused(journey("help", "replay", "all"), 2, "`journey replay` has no command `all`")


# Files


@pytest.mark.parametrize("name", ["visits.jsonl", "my visits.csv", "visits"])
def test_a_file_given_to_record_is_to_be_imported(journey: "Journey", name: str) -> None:
    journey.file(name, "{}")
    quoted = f"'{name}'" if " " in name else name
    refused(
        journey("record", name), 1, f"`{name}` is not JSON, but the name of a file", f"`journey import {quoted}`", "nothing was recorded"
    )


def test_what_is_no_file_is_only_not_json(journey: "Journey") -> None:
    run = journey("record", "visit")
    refused(run, 1, "this is not JSON")
    assert "import" not in run.err


def test_json_given_to_import_is_to_be_recorded(journey: "Journey") -> None:
    refused(journey("import", '{"kind": "x"}'), 2, "is JSON, not the name of a file; `journey record` takes it")


def test_an_export_without_a_file_asks_for_one(bank: "Journey") -> None:
    refused(bank("export"), 2, "`journey export journey.jsonl`", "`-` is standard output")


def test_a_relationship_in_the_place_of_the_file_is_told(bank: "Journey") -> None:
    refused(bank("export", "m@bank"), 2, "`m@bank` is a relationship", "`journey export FILE.jsonl m@bank`")
    refused(bank("export", "m@bank", "bank.csv"), 2, "`m@bank` is a relationship", "`journey export bank.csv m@bank`")
    refused(bank("export", "nobody"), 2, "no suffix that says its format")


# Corrections


@pytest.mark.parametrize("value", ["-0.5", "0.5", "-.5", "-1"])
def test_a_value_apart_from_its_field_is_joined(bank: "Journey", value: str) -> None:
    refused(bank("correct", "meeting-131", "benevolence", value), 2, f"write field=value, as in benevolence={value}")


def test_a_correction_below_zero_is_taken(bank: "Journey") -> None:
    assert bank("correct", "meeting-131", "benevolence=-0.5", "--reason", "-1 would be too much").code == 0


def test_an_option_of_correct_that_is_unknown_stays_one(bank: "Journey") -> None:
    refused(bank("correct", "meeting-131", "benevolence=-0.5", "--reson", "x"), 2, "--reson", "--reason")


@pytest.mark.parametrize("typed", ["meeting-13", "meeting-1311", "metting-131", "meeitng-131", "meeting_131", "MEETING-131"])
@pytest.mark.parametrize("command", [("retract",), ("correct",)])
def test_a_mistyped_id_is_answered_with_the_nearest(bank: "Journey", command: tuple[str, ...], typed: str) -> None:
    fields = ("note=",) if command == ("correct",) else ()
    refused(bank(*command, typed, *fields), 1, f"no touchpoint `{typed}`", "did you mean `meeting-131`?")


def test_an_id_that_is_like_none_is_only_missing(bank: "Journey") -> None:
    refused(bank("retract", "nothing"), 1, "no touchpoint `nothing`", "`journey history` lists the ids")


@given(st.text("abcz09-._@", min_size=1, max_size=12), st.data())
def test_every_slip_is_undone(id: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(id) - 1))
    letter = data.draw(st.sampled_from("abcz09-._@"))
    swapped = id[:place] + id[place : place + 2][::-1] + id[place + 2 :]
    for slip in (id[:place] + id[place + 1 :], id[:place] + letter + id[place:], id[:place] + letter + id[place + 1 :], swapped):
        assert not slip or slip == id or id in one_slip_from(slip)


def test_a_long_id_has_no_near_ones() -> None:
    assert one_slip_from("x" * 200) == one_slip_from("") == ()


# JSON


@pytest.mark.parametrize("text", ['{"kind": "interaction"', '{"kind": ', '{"a": {"b": 1}', '{"a": [1, 2', "{", '{"kind": "interaction",\n'])
def test_an_object_that_is_not_closed_is_told(bank: "Journey", text: str) -> None:
    for run in (bank("record", text), bank("whatif", "m@bank", "--insert", text)):
        refused(run, 1, "the object is not closed", "close it with `}`")


def test_a_text_that_is_not_closed_is_told(journey: "Journey") -> None:
    refused(journey("record", '{"kind": "inter'), 1, "the text that begins at character 10 is not closed", 'close it with `"`')


@pytest.mark.parametrize("text", ['{"a": 1}}', "{kind: 1}", '{"a" 1}', "[1", "hello"])
def test_other_json_is_not_told_to_be_closed(journey: "Journey", text: str) -> None:
    run = journey("record", text)
    refused(run, 1, "touchpoint 1: ")
    assert "not closed" not in run.err


# Ids that are taken


def test_an_id_that_is_taken_says_whose_it_is(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("opened-1", "anna@shop"))
    other = json.dumps(visit("opened-1", "berta@shop"))
    refused(journey("record", other), 1, "the id `opened-1` is taken by a touchpoint of `anna@shop`", "unique in the whole journal")
    changed = json.dumps(visit("opened-1", "anna@shop", benevolence=0.1, note="new"))
    refused(journey("record", changed), 1, "touchpoint `opened-1` of `anna@shop` is already recorded", "note nothing against `new`")


# Two names for one


def test_two_names_of_one_relationship_are_told_once(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", "anna@shop"), visit("b", "a.rossi@shop"), visit("c", "berta@shop"))
    journey.in_json("merge", "anna@shop", "a.rossi@shop")
    both = ("anna@shop", "a.rossi@shop", "berta@shop", "anna@shop")
    assert [line["relationship"] for line in journey.in_json("replay", *both).lines] == ["anna@shop", "berta@shop"]
    assert len(journey.in_json("compare", *both, "--rules", "beta").lines) == 2
    assert journey("replay", *both).out.count("@shop") == 2


def test_two_names_are_two_where_the_merge_is_not_known(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", "anna@shop"))
    (last,) = journey.record(visit("b", "a.rossi@shop"))
    journey.in_json("merge", "anna@shop", "a.rossi@shop")
    assert len(journey.in_json("replay", "anna@shop", "a.rossi@shop", "--known-at", last["recorded_at"]).lines) == 2


# SQL


def test_a_mapping_that_fails_shows_the_place_in_its_file(journey: "Journey") -> None:
    source = journey.file("people.csv", "name,age", "anna,50")
    lines = ("-- a mapping", "", "SELECT name AS id,", "  agee AS benevolence", "FROM source;")
    run = journey("import", "--sql", journey.file("mapping.sql", *lines), source)
    refused(run, 1, "\n  LINE 4:   agee AS benevolence\n            ^^^^\n  mend: ")


def test_a_mapping_that_is_no_sql_shows_the_place(journey: "Journey") -> None:
    source = journey.file("people.csv", "name,age", "anna,50")
    run = journey("import", "--sql", journey.file("mapping.sql", "SELECT name AS id", "FROM FROM source"), source)
    refused(run, 1, "\n  LINE 2: FROM FROM source\n               ^^^^\n  mend: ")
