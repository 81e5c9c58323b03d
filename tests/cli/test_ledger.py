"""`journey ledger`, and `journey replay --all` by way of it: the same answers as history by history."""

import csv
import json
from errno import ENOSPC
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from journey import Journal
from journey.formats.whole_file import whole

if TYPE_CHECKING:
    from .conftest import Journey, Visit


@pytest.fixture
def shop(journey: "Journey", visit: "Visit") -> "Journey":
    """A journal of a few relationships with everything that can happen to facts."""
    failure = {"kind": "failure_occurred", "relationship": "b", "occurred_at": "2024-02-01T10:00:00+00:00", "severity": 0.7}
    journey.record(visit("a-1", "a", day=2, representative="anna"), visit("b-1", "b", day=3, representative="bob"), visit("c-1", "c"))
    journey.record({**failure, "id": "b-2", "representative": "bob"}, visit("late", "b", day=1, note="of the past"))
    journey.record(visit("c-2", "c", day=9), visit("d-1", "d", day=10, representative="roberto"))
    journey.in_json("correct", "b-2", "severity=0.2", "--reason", "misread")
    journey.in_json("retract", "c-2")
    journey.in_json("merge", "a", "d")
    journey.in_json("merge", "--people", "bob", "roberto")
    return journey


BOUNDS = [(), ("--as-of", "2024-01-31"), ("--as-of", "2020-01-01")]


@pytest.mark.parametrize("bounds", BOUNDS, ids=" ".join)
def test_the_ledger_answers_as_the_journal_does(shop: "Journey", bounds: tuple[str, ...]) -> None:
    plain = shop.in_json("replay", "--all", *bounds)
    assert shop.in_json("replay", "--all", *bounds, "--ledger", "kept").out == plain.out
    one, other = (shop("replay", "--all", *bounds, *way).out for way in (("--ledger", "kept"), ()))
    assert one.rpartition("; ")[0] == other.rpartition("; ")[0]  # the time that it took comes last


def test_what_was_known_is_told_by_the_ledger_too(shop: "Journey") -> None:
    for line in shop.in_json("history", "b").lines:
        known = ("--known-at", line["recorded_at"])
        plain = shop.in_json("replay", "--all", *known)
        assert shop.in_json("replay", "--all", *known, "--ledger", "kept").out == plain.out


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet", "arrow"])
@pytest.mark.parametrize("more", [(), ("--every", "week")], ids=["standings", "course"])
def test_files_are_the_same_either_way(shop: "Journey", suffix: str, more: tuple[str, ...]) -> None:
    for name, way in (("plain", ()), ("by-ledger", ("--ledger", "kept"))):
        run = shop("replay", "--all", *more, "--output", f"{name}.{suffix}", "--contributions", f"{name}-moved.{suffix}", *way)
        assert (run.code, run.out, run.err) == (0, "", "")
    for stem in ("", "-moved"):
        plain, by_ledger = (rows_in(shop.folder / f"{name}{stem}.{suffix}") for name in ("plain", "by-ledger"))
        assert by_relationship(plain) == by_relationship(by_ledger)
        assert plain
    assert not [name for name in shop.names() if name.endswith(".partial")]


def rows_in(path: Path) -> list[dict[str, object]]:
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()  # type: ignore[no-any-return]
    if path.suffix == ".arrow":
        import pyarrow as pa

        with pa.ipc.open_file(str(path)) as file:
            return file.read_all().to_pylist()  # type: ignore[no-any-return]
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines)) if path.suffix == ".csv" else [json.loads(line) for line in lines]


def by_relationship(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Sorted by relationship, each one's rows in the order in which they are."""
    return sorted(rows, key=lambda row: str(row["relationship"]))


def test_the_course_of_trust_ends_each_period_and_at_the_last_touchpoint(bank: "Journey") -> None:
    course = bank.in_json("replay", "--all", "--every", "year").lines
    assert [line["at"][:10] for line in course][-2:] == ["2023-12-31", "2024-03-26"]
    for line in course[-2:]:
        assert line["trust"] == bank.in_json("replay", "m@bank", "--as-of", line["at"]).json["trust"]
    assert "m@bank" in bank("replay", "--all", "--every", "month").out


def test_contributions_are_those_of_explain(bank: "Journey") -> None:
    bank.in_json("replay", "--all", "--ledger", "kept", "--output", "trust.jsonl", "--contributions", "moved.jsonl")
    rows = [{name: value for name, value in row.items() if name != "relationship"} for row in bank.read("moved.jsonl")]
    explained = bank.in_json("explain", "m@bank").json["contributions"]
    assert rows == [{name: value for name, value in one.items() if name != "words"} for one in explained]


def test_nothing_is_kept_of_a_small_journal_unless_asked(shop: "Journey") -> None:
    shop.in_json("replay", "--all")
    assert not [name for name in shop.names() if "ledger" in name]


def test_a_large_journal_is_read_by_its_ledger(shop: "Journey", monkeypatch: pytest.MonkeyPatch) -> None:
    plain = shop.in_json("replay", "--all").out
    monkeypatch.setattr("journey_projections.questions.everyone.LARGE", 3)
    assert shop.in_json("replay", "--all", "--memory", "512MB").out == plain
    assert "journey.ledger" in shop.names()


def test_where_the_ledger_cannot_be_kept_it_is_said_and_the_answer_is_the_same(shop: "Journey", monkeypatch: pytest.MonkeyPatch) -> None:
    plain = shop.in_json("replay", "--all").out
    monkeypatch.setattr("journey_projections.questions.everyone.LARGE", 3)
    (shop.folder / "journey.ledger").write_text("in the way")
    run = shop("--format", "json", "replay", "--all")
    assert (run.code, run.out) == (0, plain)
    assert "the ledger is not kept" in run.err
    assert shop("replay", "--all", "--ledger", "journey.ledger").code != 0


def test_status_catch_up_compact_check_and_rebuild(shop: "Journey", visit: "Visit") -> None:
    assert shop("ledger").code == 1
    first = shop.in_json("ledger", "catch-up").json
    shop.record(visit("e-1", "e"))
    second = shop.in_json("ledger", "catch-up").json
    assert (second["position"], second["segments"]) == (first["position"] + 1, 2)
    assert shop.in_json("ledger").json == shop.in_json("ledger", "status").json == second
    assert shop.in_json("ledger", "compact").json["segments"] == 1
    assert shop.in_json("ledger", "check").json == {
        "ledger": "journey.ledger",
        "position": second["position"],
        "holds": True,
        "violations": [],
    }
    assert shop.in_json("ledger", "rebuild").json["position"] == second["position"]
    assert "as the journal says" in shop("ledger", "check").out


def test_a_check_finds_what_is_not_in_the_journal_and_exits_with_3(shop: "Journey") -> None:
    shop.in_json("ledger", "catch-up")
    (path,) = (shop.folder / "journey.ledger" / "touchpoints").glob("*.parquet")
    file = pq.ParquetFile(path)
    changed = file.read()
    trust = changed["amount"].to_numpy().copy()
    trust[0] = 0.125
    pq.write_table(changed.set_column(changed.schema.get_field_index("amount"), changed.schema.field("amount"), [trust]), path)
    run = shop("--format", "json", "ledger", "check")
    assert run.code == 3
    assert "has another `amount` than in the journal" in run.json["violations"][0]
    assert shop("ledger", "rebuild").code == shop("ledger", "check").code == 0


def test_a_file_that_is_not_whole_is_no_failure_of_the_check_but_what_it_finds(shop: "Journey") -> None:
    shop.in_json("ledger", "catch-up")
    (path,) = (shop.folder / "journey.ledger" / "touchpoints").glob("*.parquet")
    path.write_bytes(path.read_bytes()[:100])
    run = shop("--format", "json", "ledger", "check")
    assert (run.code, run.json["position"], run.json["holds"]) == (3, None, False)
    assert "is not a whole segment" in run.json["violations"][0]
    assert shop("ledger", "check").code == 3
    assert shop("ledger").code == shop("replay", "--all", "--ledger", "journey.ledger").code == 1


def test_a_ledger_of_another_journal_is_refused(shop: "Journey", visit: "Visit") -> None:
    shop.in_json("ledger", "catch-up")
    shop("--store", "sqlite:///other.db", "record", json.dumps(visit("x")))
    run = shop("--store", "sqlite:///other.db", "replay", "--all", "--ledger", "journey.ledger")
    assert run.code == 1
    assert "is not the ledger of this journal" in run.err


def test_an_empty_journal_has_an_empty_ledger(journey: "Journey") -> None:
    Journal.open(f"sqlite:///{journey.folder / 'journey.db'}").close()
    assert journey.in_json("ledger", "catch-up").json["position"] == 0
    assert journey.in_json("ledger", "check").json["holds"]
    assert journey.in_json("replay", "--all", "--ledger", "journey.ledger").out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("ledger", "polish"),
        ("ledger", "catch-up", "--ledger", ""),
        ("replay", "--all", "--memory", "much"),
        ("replay", "--all", "--contributions", "x.txt"),
        ("replay", "--all", "--output", "nowhere/x.csv"),
        ("replay", "--all", "--output", "x.csv", "--contributions", "./x.csv"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_a_usage_error(shop: "Journey", arguments: tuple[str, ...]) -> None:
    assert shop(*arguments).code == 2


def test_memory_without_end_is_a_bound_too(shop: "Journey") -> None:
    assert shop("replay", "--all", "--memory", "9" * 400 + "T").code == 0


def test_a_full_disk_is_told_of_the_file_that_does_not_fit(tmp_path: Path) -> None:
    for names_it in (False, True):
        with pytest.raises(OSError, match=r"No space left on device: .*trust.csv'$"), whole(tmp_path / "trust.csv") as partial:
            partial.write_text("relationship")
            raise OSError(ENOSPC, "No space left on device", *([str(partial)] if names_it else []))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_segment_stays_and_is_named(shop: "Journey") -> None:
    shop.in_json("ledger", "catch-up")
    foreign = shop.folder / "journey.ledger" / "touchpoints" / "copy.parquet"
    foreign.write_bytes(b"mine")
    for task in ("status", "catch-up", "rebuild"):
        run = shop("ledger", task)
        assert run.code == 1
        assert "copy.parquet` is not a segment of a ledger\n  mend: move it elsewhere\n" in run.err
    assert foreign.read_bytes() == b"mine"


def test_a_store_that_is_no_file_needs_a_place_for_its_ledger(journey: "Journey") -> None:
    run = journey("--store", "postgresql://nobody@nowhere/nothing", "ledger")
    assert run.code == 2
    assert "--ledger" in run.err
