"""Parquet: every fact survives the way out and in, and what other programs write is read exactly or refused."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from formats.any_facts import exactly, records
from hypothesis import example, given
from hypothesis import strategies as st

from journey.amendments import FACTS, Fact
from journey.errors import InvalidTouchpoint, UnknownKind, UnreadableSource
from journey.formats.tables.parquet import parquet_rows
from journey.formats.tables.parquet_writing import write_parquet
from journey.reading import read_fact, unknown_touchpoint
from journey.records import Recorded
from journey.times import EPOCH
from journey.touchpoints import Interaction

MARCH = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)


def written(path: Path, **columns: Any) -> Path:
    arrays = {name: values if isinstance(values, pa.Array) else pa.array(values) for name, values in columns.items()}
    length = len(next(iter(arrays.values())))
    pq.write_table(pa.table({"kind": pa.array(["interaction"] * length), **arrays}), path)
    return path


def values(path: Path, name: str) -> list[Any]:
    return [row.fields.get(name) for row in parquet_rows(path)]


def problems(path: Path) -> dict[int, str]:
    return {row.line: str(row.problem) for row in parquet_rows(path) if row.problem}


def fact_of(fields: dict[str, Any]) -> Fact:
    return read_fact({name: value for name, value in fields.items() if name not in ("recorded_at", "position")})


# Laws


@given(st.lists(records(), max_size=5))
@example([Recorded(Interaction(id="a", relationship="r", occurred_at=EPOCH, competence=-0.0, benevolence=5e-324), EPOCH, 1)])
def test_what_is_written_is_read_as_the_same_facts(tmp_path_factory: pytest.TempPathFactory, written: list[Recorded[Fact]]) -> None:
    path = tmp_path_factory.mktemp("parquet") / "a.parquet"
    assert write_parquet(path, written) == len(written)
    rows = list(parquet_rows(path))
    assert [row.line for row in rows] == list(range(1, len(written) + 1))
    for row, record in zip(rows, written, strict=True):
        assert row.problem is None
        assert fact_of(row.fields) == record.touchpoint
        assert exactly(fact_of(row.fields)) == exactly(record.touchpoint)
        assert (row.fields["recorded_at"], row.fields.get("position")) == (record.recorded_at.isoformat(), record.position)


@given(st.integers(-(2**63), 2**63 - 1), st.sampled_from(["s", "ms", "us", "ns"]))
@example(1_709_283_600_123_456_789, "ns")
@example(253_402_300_800, "s")
def test_a_time_is_read_to_its_last_digit_or_refused(tmp_path_factory: pytest.TempPathFactory, value: int, unit: str) -> None:
    path = tmp_path_factory.mktemp("parquet") / "a.parquet"
    per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    # Parquet has no seconds: what does not fit as milliseconds cannot be written.
    kept = value if unit != "s" else value % 10**15
    written(path, occurred_at=pa.array([kept], pa.timestamp(unit, "Europe/Rome")))
    (row,) = parquet_rows(path)
    if row.problem is None:
        since = datetime.fromisoformat(row.fields["occurred_at"]) - EPOCH
        assert ((since.days * 86_400 + since.seconds) * 10**6 + since.microseconds) * per_second == kept * 10**6
    else:
        whole, rest = divmod(kept * 10**6, per_second)
        assert rest or not -62_135_596_800 * 10**6 <= whole < 253_402_300_800 * 10**6


# Contracts: reading


def test_times_are_in_utc_if_they_have_a_zone(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.parquet",
        occurred_at=pa.array([MARCH, None], pa.timestamp("ns", "Europe/Rome")),
        due=pa.array([MARCH.replace(tzinfo=None), None], pa.timestamp("ms")),
    )
    assert values(path, "occurred_at") == ["2024-03-01T09:30:00+00:00", None]
    assert values(path, "due") == ["2024-03-01T09:30:00", None]
    assert problems(path) == {}


def test_a_time_between_microseconds_and_a_far_one_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", occurred_at=pa.array([1_709_285_400_123_456_789, 0], pa.timestamp("ns", "UTC")))
    assert problems(path) == {1: "occurred_at: `2024-03-01T09:30:00.123456789+00:00` is not a whole number of microseconds"}
    path = written(tmp_path / "b.parquet", occurred_at=pa.array([1_709_285_400_000_000], pa.timestamp("ms", "UTC")))
    assert problems(path) == {1: "occurred_at: `1709285400000000`, in 1000 a second since 1970, falls outside the years 1 to 9999"}


@pytest.mark.parametrize(
    ("column", "read"),
    [
        (pa.array([0.1, float("inf"), None]), [0.1, float("inf"), None]),
        (pa.array([0.5], pa.float32()), [0.5]),
        (pa.array([Decimal("0.10"), Decimal("1E-9")], pa.decimal128(20, 10)), ["0.1000000000", "0.0000000010"]),
        (pa.array([1, 2**53 + 1]), [1, 2**53 + 1]),
        (pa.array([True, None, False]), [True, None, False]),
        (pa.array(["a", "", None, "a"]).dictionary_encode(), ["a", "", None, "a"]),
        (pa.array([MARCH], pa.timestamp("us", "UTC")).dictionary_encode(), ["2024-03-01T09:30:00+00:00"]),
        (pa.array(["ü"], pa.large_string()), ["ü"]),
        (pa.array([date(2024, 3, 1)]), ["2024-03-01"]),
        (pa.array([time(9, 30)]), ["09:30:00"]),
        (pa.array([None, None]), [None, None]),
        (pa.array([UUID(int=1).bytes], pa.uuid()), [str(UUID(int=1))]),
    ],
)
def test_values_are_plain(tmp_path: Path, column: pa.Array, read: list[Any]) -> None:
    path = written(tmp_path / "a.parquet", note=column)
    assert values(path, "note") == read
    assert problems(path) == {}


def test_the_fields_of_a_correction_are_a_struct_or_json(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", fields=pa.array([{"severity": 0.5, "note": None}, {"severity": None, "note": "x"}, None]))
    assert values(path, "fields") == [{"severity": 0.5}, {"note": "x"}, None]
    path = written(tmp_path / "b.parquet", fields=['{"severity": 0.5, "note": null}', "[1]", "{", '{"a":1,"a":2}'])
    assert values(path, "fields") == [{"severity": 0.5, "note": None}, None, None, None]
    assert [problem.split(":")[0] for problem in problems(path).values()] == ["fields"] * 3


def test_bytes_and_broken_text_are_one_rows_fault(tmp_path: Path) -> None:
    broken = pa.Array.from_buffers(pa.string(), 2, [None, pa.array([0, 1, 2], pa.int32()).buffers()[1], pa.py_buffer(b"\xffa")])
    path = written(tmp_path / "a.parquet", note=broken, contact=pa.array([b"\x00\xff", None]))
    told = problems(path)
    assert list(told) == [1]
    assert told[1].startswith("note: cannot be read as string: ")
    assert told[1].endswith("; contact: is binary data of 2 bytes")
    assert values(path, "note") == [None, "a"]


def test_a_number_that_is_none_is_left_for_validation_to_refuse(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", id=["a"], relationship=["m@x"], occurred_at=pa.array([MARCH]), competence=[float("nan")])
    with pytest.raises(InvalidTouchpoint, match="competence: must be a number from -1 to 1, got `nan`"):
        read_fact(next(parquet_rows(path)).fields)


def test_rows_are_numbered_across_batches(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", id=[str(number) for number in range(1, 25_001)])
    assert all(row.line == int(row.fields["id"]) for row in parquet_rows(path))


def test_a_row_of_nothing_is_a_row_without_a_kind(tmp_path: Path) -> None:
    pq.write_table(pa.table({"kind": pa.array([None, None], pa.string()), "note": pa.array([None, None])}), tmp_path / "a.parquet")
    assert [(row.line, row.fields) for row in parquet_rows(tmp_path / "a.parquet")] == [(1, {}), (2, {})]


def test_columns_that_are_no_fields_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="`severty` is not a field of any touchpoint") as refused:
        parquet_rows(written(tmp_path / "a.parquet", severty=[0.5]))
    assert refused.value.mend == "did you mean `severity`?"
    pq.write_table(pa.table({"id": ["a"]}), tmp_path / "b.parquet")
    with pytest.raises(UnreadableSource, match="there is no column `kind`"):
        parquet_rows(tmp_path / "b.parquet")
    pq.write_table(pa.table([pa.array(["a"]), pa.array(["b"])], names=["kind", "kind"]), tmp_path / "c.parquet")
    with pytest.raises(UnreadableSource, match="columns 1 and 2 are both named `kind`"):
        parquet_rows(tmp_path / "c.parquet")


def test_what_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"kind,id\n" * 100)
    for name in ("a.parquet", "nosuch.parquet"):
        with pytest.raises(UnreadableSource, match=name):
            parquet_rows(tmp_path / name)


def test_a_file_that_breaks_off_is_refused_where_it_does(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", id=[f"touchpoint {number * 7919 % 10_007}" for number in range(10_000)])
    content = bytearray(path.read_bytes())
    content[200:-2000] = bytes(len(content) - 2200)
    path.write_bytes(content)
    with pytest.raises(UnreadableSource, match=r"a\.parquet"):
        list(parquet_rows(path))


# Contracts: writing


def test_each_field_has_a_column_of_its_type(tmp_path: Path) -> None:
    assert write_parquet(tmp_path / "a.parquet", []) == 0
    schema = pq.read_schema(tmp_path / "a.parquet")
    fields = {name for model in FACTS.values() for name in model.model_fields}
    assert set(schema.names) == fields | {"position", "recorded_at"}
    types = {
        name: str(schema.field(name).type)
        for name in ("kind", "certainty", "stable", "sequence", "due", "fields", "position", "recorded_at")
    }
    assert types == {
        "kind": "string",
        "certainty": "double",
        "stable": "bool",
        "sequence": "int64",
        "due": "timestamp[us, tz=UTC]",
        "fields": "string",
        "position": "int64",
        "recorded_at": "timestamp[us, tz=UTC]",
    }


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    def broken() -> Iterator[Recorded[Fact]]:
        yield Recorded(Interaction(id="a", relationship="r", occurred_at=EPOCH), EPOCH)
        raise KeyError

    path = tmp_path / "a.parquet"
    path.write_bytes(b"before")
    with pytest.raises(KeyError):
        write_parquet(path, broken())
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a.parquet", b"before")]


@pytest.mark.parametrize("kind", ["smile_seen", "interaction"])
def test_a_fact_that_cannot_be_recorded_is_not_written(tmp_path: Path, kind: str) -> None:
    fact = unknown_touchpoint({"kind": kind, "id": "a", "relationship": "r", "occurred_at": EPOCH, "size": 3}, 2)
    with pytest.raises(UnknownKind, match="can be read, not written"):
        write_parquet(tmp_path / "a.parquet", [Recorded(fact, EPOCH)])
