"""Parquet whose columns are touchpoint fields."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from datetime import date, time, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from journey.amendments import FACTS
from journey.errors import InvalidTouchpoint, UnreadableSource, did_you_mean, shown
from journey.formats.source_rows import Row
from journey.formats.tables.parts import binary, check_names, together
from journey.reading import object_of
from journey.times import from_microseconds

_CHUNK = 10_000
_COLUMNS = frozenset(["position", "recorded_at", *(name for model in FACTS.values() for name in model.model_fields)])
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_PLAIN = (
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
)
_MAP = "name the columns as touchpoint fields, or map the file with --sql FILE"
_MEND = "name a Parquet file that can be read"


def parquet_rows(path: Path) -> Iterator[Row]:
    """The rows of a Parquet file, null left out. The columns are checked at once, the rows stream.

    Times with a zone become text in UTC, others text without an offset; decimals become text; `fields` is a struct or JSON text,
    and what is null in a struct is not among them. A row with bytes, or a time of no whole microseconds, comes with that problem.
    `line` is the number of the row. `recorded_at` and `position` are left in. Raises UnreadableSource.
    """
    try:
        with ExitStack() as opened:
            file = opened.enter_context(pq.ParquetFile(path))
            names = file.schema_arrow.names
            check_names(str(path), names, [str(number) for number, _ in enumerate(names, start=1)])
            for name in names:
                if name not in _COLUMNS:
                    raise UnreadableSource(f"{path}: {shown(name)} is not a field of any touchpoint", did_you_mean(name, _COLUMNS) or _MAP)
            if "kind" not in names:
                raise UnreadableSource(f"{path}: there is no column `kind`", _MAP)
            return _rows(str(path), opened.pop_all(), file)
    except (pa.ArrowException, OSError) as error:
        raise UnreadableSource(f"{path}: {error}", _MEND) from None


def _rows(path: str, opened: ExitStack, file: pq.ParquetFile) -> Iterator[Row]:
    with opened:
        line = 0
        try:
            for batch in file.iter_batches(_CHUNK):
                problems: dict[int, list[InvalidTouchpoint]] = {}
                columns = {
                    name: _values(name, column, problems)
                    for name, column in zip(batch.schema.names, batch.columns, strict=True)
                    if name == "kind" or column.null_count < len(column)
                }
                names = list(columns)
                for number, values in enumerate(zip(*columns.values(), strict=True)):
                    line += 1
                    content = {name: value for name, value in zip(names, values, strict=True) if value is not None}
                    yield Row(path, line, content, together(problems.get(number, ())))
        except (pa.ArrowException, OSError) as error:
            raise UnreadableSource(f"{path}: {error}", _MEND) from None


def _values(name: str, column: pa.Array, problems: dict[int, list[InvalidTouchpoint]]) -> list[Any]:
    """The plain values of a column, None where there is none or not a good one; what is wrong goes to the problems of its row."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_timestamp(column.type):
        read = partial(_time, name, per_second=_PER_SECOND[column.type.unit], offset="" if column.type.tz is None else "+00:00")
        return _each(column.cast(pa.int64()).to_pylist(), read, problems)
    if name != "fields" and any(is_plain(column.type) for is_plain in _PLAIN):
        # Text that is not Unicode is one row's fault.
        with suppress(UnicodeDecodeError):
            return list(column.to_pylist())
    return _each(column, partial(_other, name), problems)


def _each(raw: Iterable[Any], read: Callable[[Any], Any], problems: dict[int, list[InvalidTouchpoint]]) -> list[Any]:
    values = []
    for number, one in enumerate(raw):
        try:
            values.append(read(one))
        except InvalidTouchpoint as error:
            values.append(None)
            problems.setdefault(number, []).append(error)
    return values


def _time(name: str, value: int | None, per_second: int, offset: str) -> str | None:
    if value is None:
        return None
    microseconds, rest = divmod(value * 10**6, per_second)
    try:
        text = from_microseconds(microseconds).replace(tzinfo=None).isoformat()
    except OverflowError:
        problem = f"`{value}`, in {per_second} a second since 1970, falls outside the years 1 to 9999"
        raise InvalidTouchpoint([(name, problem)], "correct the time, or its unit") from None
    if rest:
        exact = f"{text[:19]}.{value % per_second:09}{offset}"
        raise InvalidTouchpoint([(name, f"`{exact}` is not a whole number of microseconds")], "round it to microseconds")
    return text + offset


def _other(name: str, scalar: pa.Scalar) -> Any:
    try:
        value = scalar.as_py()
    except (ValueError, OverflowError) as error:
        raise InvalidTouchpoint([(name, f"cannot be read as {scalar.type}: {error}")], "correct the value") from None
    match value:
        case bytes():
            raise binary(name, len(value))
        case str() if name == "fields":
            return object_of(value, name)
        case dict():
            return {field: one for field, one in value.items() if one is not None}
        case Decimal():
            return format(value, "f")
        case date() | time():
            return value.isoformat()
        case timedelta() | UUID():
            return str(value)
        case _:
            return value
