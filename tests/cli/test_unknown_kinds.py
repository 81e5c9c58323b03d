"""Touchpoints of kinds that this journey does not know: refused with the mend, read past with `--allow-unknown`."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Journey, Visit

READING = [
    *(("history", "r"), ("replay", "r"), ("replay", "--all"), ("replay", "--all", "--ledger", "kept")),
    *(("explain", "r"), ("compare", "r"), ("whatif", "r", "--without", "a")),
]


@pytest.fixture
def newer(journey: "Journey", visit: "Visit") -> "Journey":
    """A journal in which a newer journey recorded `b`."""
    journey.record(visit("a"), visit("b", day=2))
    with closing(sqlite3.connect(journey.folder / "journey.db")) as file:
        file.execute("DROP TRIGGER touchpoints_are_never_updated")
        file.execute("UPDATE touchpoints SET kind = 'loyalty_tier_changed' WHERE id = 'b'")
        file.commit()
    return journey


@pytest.mark.parametrize("arguments", READING)
def test_they_are_refused_by_name_with_the_mend(newer: "Journey", arguments: tuple[str, ...]) -> None:
    run = newer(*arguments)
    assert run.code == 1
    assert "touchpoint `b` is a `loyalty_tier_changed`" in run.err and "--allow-unknown" in run.err


@pytest.mark.parametrize("arguments", READING)
def test_they_are_read_past_on_request_and_reported(newer: "Journey", arguments: tuple[str, ...]) -> None:
    run = newer("--format", "json", *arguments, "--allow-unknown")
    assert run.code == 0
    assert "journey: r: 1 touchpoint not known, moving nothing: `loyalty_tier_changed`" in run.err
    assert run.lines


def test_a_ledger_holds_them_and_a_replay_of_it_refuses_them_all_the_same(newer: "Journey") -> None:
    assert newer.in_json("ledger", "catch-up").json["rows"] == 2
    assert newer.in_json("ledger", "check").json["holds"]
    assert newer("replay", "--all", "--ledger", "journey.ledger").code == 1
    assert newer("replay", "--all", "--ledger", "journey.ledger", "--allow-unknown").code == 0


def test_a_file_of_touchpoints_is_read_past_likewise(journey: "Journey") -> None:
    lines = [
        '{"kind": "interaction", "id": "a", "relationship": "r", "occurred_at": "2024-01-01T00:00:00Z", "benevolence": 0.5}',
        '{"kind": "loyalty_tier_changed", "id": "b", "relationship": "r", "occurred_at": "2024-01-02T00:00:00Z", "tier": "gold"}',
    ]
    Path(journey.folder, "told.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert "told.jsonl:2: kind: `loyalty_tier_changed` is not a kind" in journey("replay", "told.jsonl").err
    answer = journey("--format", "json", "replay", "told.jsonl", "--allow-unknown")
    assert answer.json["touchpoints"] == 2


def test_they_are_never_imported(journey: "Journey") -> None:
    Path(journey.folder, "told.jsonl").write_text(
        '{"kind": "loyalty_tier_changed", "id": "b", "relationship": "r", "occurred_at": "2024-01-02T00:00:00Z"}', encoding="utf-8"
    )
    assert journey("--format", "json", "import", "told.jsonl").counts == (1, 0, 0, 1)


def test_an_export_leaves_them_out_on_request_and_says_so(newer: "Journey") -> None:
    assert newer("export", "all.jsonl").code == 1
    assert newer.names() == {"journey.db"}
    run = newer("export", "all.jsonl", "--allow-unknown")
    assert (run.code, run.err) == (0, "journey: left out 1 fact of kinds not known\n")
    assert [row["id"] for row in newer.read("all.jsonl")] == ["a"]
