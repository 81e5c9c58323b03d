"""`journey import`: a bad row is told with its line, reason and mend, and never takes a good one with it."""

import json
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from journey import Journal, UnreadableSource
from journey.formats import importing
from journey.formats.rejects import Rejects
from journey.formats.source_rows import Row

if TYPE_CHECKING:
    from .conftest import Journey, Visit

VISIT = {"kind": "interaction", "relationship": "r", "occurred_at": "2024-01-01T00:00:00Z"}


def ids(journey: "Journey") -> set[str]:
    return {line["id"] for line in journey.in_json("history", "r").lines}


def test_good_rows_are_kept_and_bad_ones_told_with_line_reason_and_mend(journey: "Journey", visit: "Visit") -> None:
    source = journey.file(
        "mixed.jsonl",
        visit("good-1"),
        visit("bad-kind", kind="interacton"),
        "",
        visit("good-2"),
        visit("bad-range", benevolence=1.5),
        "{not json",
        '["no", "object"]',
        visit("bad-time", occurred_at="2024-01-01T10:00:00"),
        {"kind": "interaction", "id": "bad-missing"},
        visit("good-3"),
    )
    run = journey.imported(source)
    assert run.code == 1
    assert run.counts == (9, 3, 0, 6)
    assert ids(journey) == {"good-1", "good-2", "good-3"}
    refused = journey.read("mixed.rejects.jsonl")
    assert [one["line"] for one in refused] == [2, 5, 6, 7, 8, 9]
    assert all(one["path"] == str(source) for one in refused)
    assert all(one["reason"] and one["mend"] for one in refused)
    reasons = [f"{one['reason']} / {one['mend']}" for one in refused]
    for text, words in zip(
        reasons,
        [
            "kind: `interacton` is not a kind of touchpoint / did you mean `interaction`?",
            "benevolence: must be a number from -1 to 1, got `1.5` / give `benevolence` a number from -1 to 1",
            "this is not JSON",
            "a JSON object is needed, not list",
            "has no UTC offset",
            "relationship: is missing; occurred_at: is missing",
        ],
        strict=True,
    ):
        assert words in text


def test_csv_rows_are_refused_alike(journey: "Journey") -> None:
    source = journey.file(
        "mixed.csv",
        "kind,id,relationship,occurred_at,benevolence",
        "interaction,good-1,r,2024-01-01T10:00:00Z,0.5",
        "interaction,bad-range,r,2024-01-01T10:00:00Z,7",
        "interaction,bad-number,r,2024-01-01T10:00:00Z,kind",
        "interaction,bad-nan,r,2024-01-01T10:00:00Z,nan",
        "interaction,bad-cells,r,2024-01-01T10:00:00Z,0.5,more",
        "interaction,bad-time,r,2024-01-01 10:00,0.5",
        "interaction,bad-end",
        "interaction,good-2,r,2024-01-02T10:00:00+01:00,",
    )
    run = journey.imported(source)
    assert run.code == 1
    assert run.counts == (8, 2, 0, 6)
    assert ids(journey) == {"good-1", "good-2"}
    refused = journey.read("mixed.rejects.jsonl")
    assert [one["line"] for one in refused] == [3, 4, 5, 6, 7, 8]
    assert all(one["reason"] and one["mend"] for one in refused)
    assert "6 cells under 5 columns" in refused[3]["reason"]


def test_the_rejects_go_where_they_are_asked_to(journey: "Journey") -> None:
    run = journey.imported("--rejects", "bad/refused.jsonl", journey.file("visits.jsonl", "{"))
    assert run.code == 1
    assert "bad/refused.jsonl" in run.err
    (journey.folder / "bad").mkdir()
    assert journey.imported("--rejects", "bad/refused.jsonl", "visits.jsonl").json["rejects_file"] == "bad/refused.jsonl"
    assert [one["line"] for one in journey.read("bad/refused.jsonl")] == [1]


def test_the_rejects_lie_in_the_current_folder_wherever_the_source_lies(journey: "Journey") -> None:
    (journey.folder / "far").mkdir()
    journey.imported(journey.file("far/visits.jsonl", "{"))
    assert "visits.rejects.jsonl" in journey.names()


def test_no_rejects_file_without_a_reject(journey: "Journey", visit: "Visit") -> None:
    journey.imported("--rejects", "refused.jsonl", journey.file("visits.jsonl", visit("a")))
    assert "refused.jsonl" not in journey.names()


def test_a_reject_holds_its_row_in_strict_json(journey: "Journey", visit: "Visit") -> None:
    bad = visit("a", benevolence=float("nan"))
    journey.imported(journey.file("visits.jsonl", bad))
    (refused,) = journey.read("visits.rejects.jsonl")
    assert refused["row"]["id"] == "a"
    assert "got `nan`" in refused["reason"]


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_a_row_that_is_no_utf8_is_refused_and_takes_nobody_with_it(journey: "Journey", visit: "Visit", suffix: str) -> None:
    rows = [visit("a"), visit("latin", note="Straße"), visit("c")]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    if suffix == "csv":
        names = list(rows[1])
        lines = [",".join(names), *(",".join(str(row.get(name, "")) for name in names) for row in rows)]
    run = journey.imported(journey.file(f"visits.{suffix}", *(line.encode("latin-1") for line in lines)))
    assert run.code == 1
    assert run.counts == (3, 2, 0, 1)
    assert ids(journey) == {"a", "c"}


def test_half_a_surrogate_pair_takes_nobody_with_it(journey: "Journey", visit: "Visit") -> None:
    run = journey.imported(journey.file("visits.jsonl", visit("a"), visit("b", note="\ud83d"), visit("c")))
    assert run.code == 1
    assert run.counts == (3, 2, 0, 1)


@pytest.mark.parametrize("field", ["note", "kind"])
def test_a_row_nested_however_deep_takes_nobody_with_it(journey: "Journey", visit: "Visit", field: str) -> None:
    depths = [*range(800, 1000), 5_000, 100_000]
    deep = (json.dumps({**visit("deep"), field: "HERE"}).replace('"HERE"', "[" * depth + "]" * depth) for depth in depths)
    run = journey.imported(journey.file("visits.jsonl", visit("a"), *deep, visit("c")))
    assert run.code == 1
    assert run.counts == (len(depths) + 2, 2, 0, len(depths))


# Conflicts


@pytest.mark.parametrize("place", [0, 750, 1499])
def test_a_conflict_amid_a_large_batch_takes_nobody_with_it(journey: "Journey", visit: "Visit", place: int) -> None:
    journey.record(visit(f"row-{place}", benevolence=-0.125))
    run = journey.imported(journey.file("visits.jsonl", *(visit(f"row-{number}") for number in range(1500))))
    assert run.code == 1
    assert run.counts == (1500, 1499, 0, 1)
    (refused,) = journey.read("visits.rejects.jsonl")
    assert refused["line"] == place + 1
    assert f"`row-{place}` of `r` is already recorded with other content" in refused["reason"]
    assert "`-0.125`" in refused["reason"]
    assert "an id of its own" in refused["mend"]


def test_many_conflicts_are_refused_one_by_one(journey: "Journey", visit: "Visit") -> None:
    taken = range(0, 1500, 100)
    journey.record(*(visit(f"row-{number}", benevolence=-0.125) for number in taken))
    run = journey.imported(journey.file("visits.jsonl", *(visit(f"row-{number}") for number in range(1500))))
    assert run.counts == (1500, 1500 - len(taken), 0, len(taken))
    assert [one["line"] for one in journey.read("visits.rejects.jsonl")] == [number + 1 for number in taken]


def test_of_two_contents_in_one_file_the_first_stays(journey: "Journey", visit: "Visit") -> None:
    run = journey.imported(journey.file("visits.jsonl", visit("a", benevolence=0.25), visit("b"), visit("a", benevolence=0.75)))
    assert run.counts == (3, 2, 0, 1)
    assert journey.read("visits.rejects.jsonl")[0]["line"] == 3
    assert {line["id"]: line["benevolence"] for line in journey.in_json("history", "r").lines} == {"a": 0.25, "b": 0.5}


def test_rows_are_recorded_in_the_order_of_the_file(journey: "Journey", visit: "Visit") -> None:
    names = [f"row-{number}" for number in range(1200)]
    journey.imported(journey.file("visits.jsonl", *map(visit, names)))
    lines = sorted(journey.in_json("history", "r").lines, key=lambda line: int(line["position"]))
    assert [line["id"] for line in lines] == names


def test_refusals_are_told_in_the_order_of_the_rows_though_the_next_are_read_while_some_are_written(
    journey: "Journey", visit: "Visit", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    lines = [visit("a"), visit("a", benevolence=0.75), visit("b", benevolence=7), visit("b"), visit("c", kind="x"), visit("b", topic="t")]
    run = journey.imported(journey.file("visits.jsonl", *lines))
    assert run.counts == (6, 2, 0, 4)
    assert [one["line"] for one in journey.read("visits.rejects.jsonl")] == [2, 3, 5, 6]


def test_what_was_read_before_the_source_broke_is_recorded_and_its_refusals_told(tmp_path: Path) -> None:
    def rows() -> Iterator[Row]:
        for number in range(importing.BATCH):
            yield Row("source", number + 1, {**VISIT, "id": f"{number}"})
        yield Row("source", importing.BATCH + 1, {**VISIT, "id": "0", "competence": 0.5})
        for number in range(importing.BATCH - 1):
            yield Row("source", importing.BATCH + 2 + number, {**VISIT, "id": f"{number}"})
        raise UnreadableSource("the disk is gone")

    with Journal.open(f"sqlite:///{tmp_path / 'j.db'}") as journal, Rejects(tmp_path / "rejects.jsonl") as rejects:
        with pytest.raises(UnreadableSource):
            list(importing.import_rows(journal, rows(), rejects))
        assert journal.last_position() == importing.BATCH
    (refused,) = (tmp_path / "rejects.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(refused)["line"] == importing.BATCH + 1


@pytest.mark.parametrize("interrupted", [KeyboardInterrupt, OSError])
def test_an_import_that_is_interrupted_leaves_whole_batches(tmp_path: Path, interrupted: type[BaseException]) -> None:
    rows = [Row("source", number + 1, {**VISIT, "id": f"{number}"}) for number in range(20)]

    def some() -> Iterator[Row]:
        yield from rows[:10]
        raise interrupted

    importing_threads = [thread.name for thread in threading.enumerate()]
    with Journal.open(f"sqlite:///{tmp_path / 'j.db'}") as journal, Rejects(tmp_path / "rejects.jsonl") as rejects:
        with pytest.MonkeyPatch.context() as patching, pytest.raises(interrupted):
            patching.setattr(importing, "BATCH", 4)
            list(importing.import_rows(journal, some(), rejects))
        assert journal.last_position() == 8
        (last,) = deque(importing.import_rows(journal, iter(rows), rejects), maxlen=1)
        assert (last.recorded, last.unchanged) == (12, 8)
    assert [thread.name for thread in threading.enumerate()] == importing_threads


def test_a_refusal_that_could_not_be_told_is_not_told_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = list[int]()

    def write(_: Rejects, row: Row, error: Exception) -> None:
        lines.append(row.line)
        if row.line == 2:
            raise OSError

    monkeypatch.setattr(importing, "BATCH", 3)
    monkeypatch.setattr(Rejects, "write", write)
    rows = iter([Row("source", number + 1, {"id": f"{number}"}) for number in range(9)])
    with Journal.open("memory:") as journal, Rejects(tmp_path / "rejects.jsonl") as rejects, pytest.raises(OSError):
        list(importing.import_rows(journal, rows, rejects))
    assert lines == [1, 2]
