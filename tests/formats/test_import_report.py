"""What an import comes to: facts about facts, conflicts, what was known when, and what is told at its end."""

import json
import random
import time
from typing import Any

import pytest
from formats.door import FAILURE, HEADER, Door, csv

from journey import Receipt
from journey.formats import import_files, importing
from journey.recording import Prepared
from journey.touchpoints import fields_of

# Facts about facts


def correction(id: str, **fields: Any) -> dict[str, Any]:
    of = {"kind": "touchpoint_corrected", "relationship": "m@x", "occurred_at": "2024-03-02T09:00:00Z", "corrects": "b1"}
    return {**of, "id": id, "fields": fields}


def test_corrections_are_checked_as_correct_checks_them(door: Door) -> None:
    interaction = {**FAILURE, "kind": "interaction", "id": "b1", "benevolence": -0.5}
    door.imported(door.file("k0.jsonl", json.dumps(interaction)))
    rows = [
        correction("k1", benevolence=7),
        correction("k2", relationship="Z"),
        correction("k3", severity=0.7),
        {**correction("k4", benevolence=0.5), "relationship": "other"},
        {**correction("k5", benevolence=0.1), "corrects": "nosuch"},
        correction("k6", benevolence=0.5),
        {"kind": "relationships_merged", "id": "k7", "relationship": "m@x", "other": "m@x", "occurred_at": "2024-03-02T09:00:00Z"},
        {"kind": "relationships_merged", "id": "k8", "relationship": "m@x", "other": "nobody", "occurred_at": "2024-03-02T09:00:00Z"},
    ]
    outcome = door.imported(door.file("k.jsonl", "\n".join(map(json.dumps, rows))))
    assert (outcome.recorded, outcome.refused) == (3, 5)
    assert outcome.report.waiting == {"k5": "nosuch", "k8": "nobody"}
    assert fields_of(door.journal.history("m@x")["b1"])["benevolence"] == 0.5


def test_facts_about_facts_come_in_any_order_and_by_csv(door: Door) -> None:
    text = """kind,id,relationship,occurred_at,corrects,fields,severity
touchpoint_corrected,k1,m@x,2024-03-02T09:00:00Z,b1,"{""severity"": 0.25}",
failure_occurred,b1,m@x,2024-03-01T09:00:00Z,,,0.5"""
    outcome = door.imported(door.file("k.csv", text + "\n"))
    assert (outcome.recorded, outcome.report.waiting) == (2, {})
    (failure,) = door.journal.history("m@x")
    assert fields_of(failure)["severity"] == 0.25


# Conflicts


def test_many_changed_rows_are_refused_by_few_questions(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{**FAILURE, "id": f"c{number}", "note": "text"} for number in range(2_000)]
    door.imported(door.file("c0.jsonl", "\n".join(map(json.dumps, rows))))
    asked = list[int]()
    record = door.journal.record_prepared

    def counting(ready: Prepared) -> list[Receipt]:
        asked.append(len(ready.facts))
        return record(ready)

    monkeypatch.setattr(door.journal, "record_prepared", counting)
    random.Random(5).shuffle(rows)
    changed = [{**row, "channel": "mail"} if place % 7 else row for place, row in enumerate(rows)]
    outcome = door.imported(door.file("c1.jsonl", "\n".join(map(json.dumps, changed))))
    assert (outcome.recorded, outcome.unchanged, outcome.refused) == (0, 286, 1_714)
    assert asked == [2_000, 286]


# What was known when


def dated(id: str, occurred_at: str, recorded_at: str | None) -> dict[str, Any]:
    return {**FAILURE, "id": id, "occurred_at": occurred_at, **({"recorded_at": recorded_at} if recorded_at else {})}


def test_a_first_import_of_the_past_is_known_at_once_in_whatever_order(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 3)
    rows = [dated(f"d{day}", f"2020-01-{day:02}T00:00:00Z", None) for day in range(28, 0, -1)]
    assert door.imported(door.file("a.jsonl", "\n".join(map(json.dumps, rows)))).recorded == 28
    history = door.journal.history("m@x")
    assert history.late == frozenset()
    assert len({record.recorded_at for record in history.records}) > 1
    time.sleep(0.01)
    door.imported(door.file("b.jsonl", json.dumps(dated("late", "2020-01-02T12:00:00Z", None))))
    assert door.journal.history("m@x").late == {"late"}


def test_a_sources_own_record_times_are_kept(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    times = ["2024-03-01T00:00:00Z", "2024-03-01T00:00:00Z", "2024-03-05T00:00:00Z", "2024-04-01T00:00:00Z", "2024-04-02T00:00:00Z"]
    rows = [dated(f"r{number}", "2024-02-01T00:00:00Z", moment) for number, moment in enumerate(times)]
    path = door.file("a.jsonl", "\n".join(map(json.dumps, rows)))
    outcome = import_files(door.journal, [path], keep_record_times=True)
    assert (outcome.recorded, outcome.report.known_later) == (5, 0)
    history = door.journal.history("m@x")
    assert [record.recorded_at.isoformat() for record in sorted(history.records, key=lambda one: one.position or 0)] == [
        moment.replace("Z", "+00:00") for moment in times
    ]
    assert [len(history.known_at(time)) for time in ("2024-02-29", "2024-03-01", "2024-03-05", "2024-04-01", "2024-04-02")] == [
        0,
        2,
        3,
        4,
        5,
    ]
    assert import_files(door.journal, [path], keep_record_times=True).unchanged == 5
    assert door.imported(path).unchanged == 5


def test_what_was_known_at_a_time_never_changes(door: Door) -> None:
    import_files(
        door.journal, [door.file("a.jsonl", json.dumps(dated("a", "2024-02-01T00:00:00Z", "2024-05-01T00:00:00Z")))], keep_record_times=True
    )
    earlier = door.file("b.jsonl", json.dumps(dated("b", "2024-02-01T00:00:00Z", "2024-04-01T00:00:00Z")))
    outcome = import_files(door.journal, [earlier], keep_record_times=True)
    assert (outcome.recorded, outcome.report.known_later) == (1, 1)
    assert len(door.journal.history("m@x").known_at("2024-05-01T00:00:00Z")) == 1
    door.journal.verify()


@pytest.mark.parametrize(
    ("time", "reason"), [(None, "is missing"), ("never", "is not a date or time"), ("2999-01-01T00:00:00Z", "lies in the future")]
)
def test_a_record_time_that_cannot_be_is_refused(door: Door, time: str | None, reason: str) -> None:
    path = door.file(
        "a.jsonl",
        "\n".join(map(json.dumps, (dated("a", "2024-02-01T00:00:00Z", time), dated("b", "2024-02-01T00:00:00Z", "2024-02-02T00:00:00Z")))),
    )
    outcome = import_files(door.journal, [path], keep_record_times=True)
    assert (outcome.recorded, outcome.refused) == (1, 1)
    assert reason in door.refused(outcome)[0]["reason"]


def test_a_row_of_quoted_cells_over_two_lines_is_not_lost_behind_a_quote_that_is_never_closed(door: Door) -> None:
    bad = 'failure_occurred,a,m@x,2024-03-01T09:00:00Z,"0.9,x'
    good = '"failure_occurred","b","m@x","2024-03-01T09:00:00Z","0.9","one\ntwo"'
    outcome = door.imported(door.file("a.csv", csv(bad, good, header=HEADER + ",note")))
    assert (outcome.recorded, outcome.refused) == (1, 1)
    assert door.facts()["b"].note == "one\ntwo"


def test_a_correction_that_came_before_its_touchpoint_and_cannot_be_is_told(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    rows = [correction("k1", severity=7), correction("k2", severity=0.25), {**FAILURE, "id": "b1"}]
    outcome = door.imported(door.file("k.jsonl", "\n".join(map(json.dumps, rows))))
    assert (outcome.recorded, outcome.refused, outcome.report.waiting) == (3, 0, {})
    assert outcome.report.impossible == {"k1": "severity: must be a number from 0 to 1, got `7`"}
    assert fields_of(door.journal.history("m@x")["b1"])["severity"] == 0.25


# The report


def test_names_alike_are_told(door: Door) -> None:
    names = ["m@x", "M@x", "m @ x", "m  @ x", "caf\u00e9", "cafe\u0301", "other"]
    rows = [{**FAILURE, "id": f"h{number}", "relationship": name} for number, name in enumerate(names)]
    outcome = door.imported(door.file("h.jsonl", "\n".join(map(json.dumps, rows))))
    assert outcome.report.relationships.alike == [
        ("m@x", "M@x"),
        ("m@x", "m @ x"),
        ("m@x", "m  @ x"),
        ("caf\u00e9", "cafe\u0301"),
    ]


def test_touchpoints_of_one_instant_are_told_where_their_ids_are_not_in_the_sources_order(door: Door) -> None:
    rows = [{**FAILURE, "id": f"t-{number}"} for number in range(9, 15)]
    assert door.imported(door.file("m1.jsonl", "\n".join(map(json.dumps, rows)))).report.same_instant == 6
    ordered = [{**FAILURE, "id": f"u-{number:02}"} for number in range(9, 15)]
    assert door.imported(door.file("m2.jsonl", "\n".join(map(json.dumps, ordered)))).report.same_instant == 0
    numbered = [{**FAILURE, "id": f"v-{number}", "sequence": number} for number in range(9, 15)]
    assert door.imported(door.file("m3.jsonl", "\n".join(map(json.dumps, numbered)))).report.same_instant == 0


def test_the_report_says_what_came_and_what_may_be_a_mistake(door: Door) -> None:
    rows: list[dict[str, Any]] = [
        {**FAILURE, "id": "f", "episode": "card", "contact": "ana"},
        {**FAILURE, "id": "r1", "kind": "recovery_step_taken", "step": "help", "episode": "card", "representative": "ugo"},
        {**FAILURE, "id": "r2", "kind": "recovery_step_taken", "step": "help", "episode": "crad"},
        {**FAILURE, "id": "d", "kind": "delivery", "promise": "p", "delivered": 0.5},
        {**FAILURE, "id": "i", "kind": "interaction"},
        {**FAILURE, "id": "n", "kind": "note_added"},
        {**FAILURE, "id": "far", "occurred_at": "2999-01-01T00:00:00Z"},
        {**FAILURE, "id": "zero", "occurred_at": "1970-01-01T00:00:00Z"},
    ]
    report = door.imported(door.file("r.jsonl", "\n".join(map(json.dumps, rows)))).report.to_dict()
    assert (report["relationships"], report["people"]) == (1, 2)
    assert (report["first"], report["last"]) == ("1970-01-01T00:00:00+00:00", "2999-01-01T00:00:00+00:00")
    assert report["kinds"]["failure_occurred"] == 3
    assert report["far_off"] == ["far", "zero"]
    assert sum(report["moves_nothing"].values()) == 2
    assert [one["id"] for one in report["unknown_episodes"]] == ["crad"]
    assert [one["id"] for one in report["unknown_promises"]] == ["p"]


def test_what_waits_for_an_answer_begins_an_episode_and_what_comes_in_it_is_one(door: Door) -> None:
    rows: list[dict[str, Any]] = [
        {**FAILURE, "id": "c", "kind": "complaint_voiced", "episode": "noise"},
        {**FAILURE, "id": "s", "kind": "recovery_step_taken", "step": "help", "episode": "noise"},
        {**FAILURE, "id": "q", "kind": "request_made", "severity": None, "due": "2024-03-04T09:00:00Z"},
        {**FAILURE, "id": "i", "kind": "interaction", "episode": "q"},
        {**FAILURE, "id": "h", "episode": "hidden", "noticed": False},
        {**FAILURE, "id": "n1", "kind": "failure_noticed", "episode": "hidden", "through": "heard"},
        {**FAILURE, "id": "n2", "kind": "failure_noticed", "episode": "hiden"},
    ]
    rows = [{name: value for name, value in row.items() if value is not None} for row in rows]
    report = door.imported(door.file("w.jsonl", "\n".join(map(json.dumps, rows)))).report.to_dict()
    assert [one["id"] for one in report["unknown_episodes"]] == ["hiden"]
    assert report["moves_nothing"] == {}


def test_an_episode_that_began_in_an_earlier_import_is_known(door: Door) -> None:
    door.imported(door.file("a.jsonl", json.dumps({**FAILURE, "id": "f", "episode": "card"})))
    step = {**FAILURE, "id": "r", "kind": "recovery_step_taken", "step": "help", "episode": "card"}
    assert door.imported(door.file("b.jsonl", json.dumps(step))).report.to_dict()["unknown_episodes"] == []
