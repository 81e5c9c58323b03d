"""Recorded facts as Parquet, one typed column for each field of any kind.

STORAGE FORMAT: the names and types of the columns are what others read. `parquet_rows` gives the same facts again.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import NoneType
from typing import Any, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from journey.amendments import FACTS, Fact
from journey.errors import UnknownKind
from journey.formats.whole_file import whole
from journey.records import Recorded

_CHUNK = 20_000
"""How many rows are in memory at a time, and in a row group."""
_MOMENT = pa.timestamp("us", "UTC")
_TYPES = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), datetime: _MOMENT}


def write_parquet(path: Path, records: Iterable[Recorded[Fact]]) -> int:
    """Write recorded facts to a Parquet file, and return how many they are. The file is there once all are written.

    A field that a kind does not have, or that was not given, is null; `fields` of a correction is JSON text. `position` and
    `recorded_at` are columns too; `corrected_by` and `withheld` are not written. Raises UnknownKind for a fact read with `allow_unknown`.
    """
    schema, count, rest = _schema(), 0, iter(records)
    with whole(path) as partial, pq.ParquetWriter(partial, schema, compression="zstd") as file:
        while chunk := list(islice(rest, _CHUNK)):
            file.write_batch(_batch(chunk, schema))
            count += len(chunk)
    return count


def _schema() -> pa.Schema:
    fields = {"kind": pa.string()}
    for model in FACTS.values():
        fields |= {name: _type(field.annotation) for name, field in model.model_fields.items() if name != "kind"}
    return pa.schema({**fields, "position": pa.int64(), "recorded_at": _MOMENT})


def _type(annotation: Any) -> pa.DataType:
    """The type of a field: what it holds beside None, and text for what is no number, time or switch."""
    if isinstance(annotation, type):
        return _TYPES.get(annotation, pa.string())
    parts = [part for part in get_args(annotation) if part is not NoneType]
    return _type(parts[0]) if parts else pa.string()


def _batch(records: Sequence[Recorded[Fact]], schema: pa.Schema) -> pa.RecordBatch:
    rows = [_row(record) for record in records]
    return pa.RecordBatch.from_arrays([pa.array([row.get(field.name) for row in rows], field.type) for field in schema], schema=schema)


def _row(record: Recorded[Fact]) -> dict[str, Any]:
    fact = record.touchpoint
    if type(fact) is not FACTS.get(fact.kind):
        raise UnknownKind([("kind", f"`{fact.kind}` can be read, not written")], "upgrade journey to a version that knows it")
    row = {**vars(fact), "position": record.position, "recorded_at": record.recorded_at}
    if "fields" in row:
        row["fields"] = json.dumps(row["fields"], ensure_ascii=False)
    return row
