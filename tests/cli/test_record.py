"""`journey record`: touchpoints as JSON, all or none, once each."""

import json
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Journey, Visit


def test_a_receipt_has_id_position_and_record_time(journey: "Journey", visit: "Visit") -> None:
    (receipt,) = journey.record(visit("a"))
    assert set(receipt) == {"id", "position", "recorded_at"}
    assert receipt["id"] == "a"
    assert datetime.fromisoformat(receipt["recorded_at"]).tzinfo is not None


def test_receipts_come_in_the_order_given(journey: "Journey", visit: "Visit") -> None:
    receipts = journey.record(visit("b", day=2), visit("a", day=1), visit("c", day=3))
    assert [receipt["id"] for receipt in receipts] == ["b", "a", "c"]
    assert [receipt["position"] for receipt in receipts] == sorted({receipt["position"] for receipt in receipts})


def test_recording_twice_returns_the_first_receipt(journey: "Journey", visit: "Visit") -> None:
    first = journey.record(visit("a"))
    journey.record(visit("b"))
    assert journey.record(visit("a")) == first
    assert journey.in_json("relationships").json["touchpoints"] == 2


def test_one_id_twice_in_a_batch_counts_once(journey: "Journey", visit: "Visit") -> None:
    first, second = journey.record(visit("a"), visit("a"))
    assert first == second
    assert len(journey.in_json("history", "r").lines) == 1


def test_the_same_instant_under_another_offset_is_the_same_touchpoint(journey: "Journey", visit: "Visit") -> None:
    first = journey.record(visit("a", occurred_at="2024-01-01T10:00:00+01:00"))
    assert journey.record(visit("a", occurred_at="2024-01-01T09:00:00Z")) == first


def test_text_says_what_is_new_and_what_was_there(journey: "Journey", visit: "Visit") -> None:
    assert journey("record", json.dumps(visit("a"))).out.startswith("a: recorded, position 1, ")
    assert journey("record", json.dumps(visit("a"))).out.startswith("a: already recorded, position 1, ")


def test_a_dash_reads_one_touchpoint_a_line(journey: "Journey", visit: "Visit") -> None:
    lines = f"{json.dumps(visit('a'))}\n\n{json.dumps(visit('b'))}\n"
    assert [receipt["id"] for receipt in journey.in_json("record", "-", stdin=lines).lines] == ["a", "b"]


def test_one_bad_touchpoint_keeps_all_others_out(journey: "Journey", visit: "Visit") -> None:
    run = journey("record", json.dumps(visit("a")), json.dumps(visit("b", benevolence=7)))
    assert (run.code, run.out) == (1, "")
    assert "nothing was recorded" in run.err
    assert journey.names() == set()


def test_every_problem_is_told_with_its_place(journey: "Journey", visit: "Visit") -> None:
    lines = f"{json.dumps(visit('a'))}\n[1]\n{json.dumps(visit('c', kind='complaint'))}\n"
    run = journey("record", "{", "-", stdin=lines)
    assert run.code == 1
    for place in ("touchpoint 1: this is not JSON", "<stdin>:2: a JSON object is needed", "<stdin>:3: kind: `complaint`"):
        assert place in run.err


def test_a_conflict_names_both_contents_and_records_nothing(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", benevolence=0.25))
    run = journey("record", json.dumps(visit("b")), json.dumps(visit("a", benevolence=0.75)))
    assert (run.code, run.out) == (1, "")
    assert "touchpoint `a` of `r` is already recorded" in run.err
    assert "`0.25`" in run.err
    assert "`0.75`" in run.err
    assert journey.in_json("relationships").json["touchpoints"] == 1


def test_the_default_journal_lies_in_the_current_folder(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a"))
    assert journey.names() == {"journey.db"}


def test_the_environment_names_the_journal(journey: "Journey", visit: "Visit", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNEY_STORE", "sqlite:///named.db")
    journey.record(visit("a"))
    assert journey.names() == {"named.db"}


def test_the_option_wins_over_the_environment(journey: "Journey", visit: "Visit", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNEY_STORE", "sqlite:///named.db")
    journey.in_json("--store", "sqlite:///other.db", "record", json.dumps(visit("a")))
    assert journey.names() == {"other.db"}


def test_four_slashes_name_an_absolute_path(journey: "Journey", visit: "Visit", monkeypatch: pytest.MonkeyPatch) -> None:
    path = journey.folder / "absolute.db"
    elsewhere = journey.folder / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert path.is_absolute()
    journey.in_json("--store", f"sqlite:///{path}", "record", json.dumps(visit("a")))
    assert path.exists()


def test_a_journal_in_memory_leaves_no_file(journey: "Journey", visit: "Visit") -> None:
    journey.in_json("--store", "memory:", "record", json.dumps(visit("a")))
    assert journey.names() == set()


def test_recording_leaves_one_file_and_no_side_files(journey: "Journey", visit: "Visit") -> None:
    for name in "abc":
        journey.record(visit(name))
    assert journey.names() == {"journey.db"}
