"""Where imported touchpoints come from: lines of JSON, rows of CSV, rows of an SQL query. All of them stream."""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from journey.errors import InvalidTouchpoint, JourneyError
from journey.times import from_microseconds
from journey.touchpoints import KINDS

if TYPE_CHECKING:
    import duckdb

FORMATS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv"}
_CHUNK = 10_000
_INSTANT = "TIMESTAMP WITH TIME ZONE"


class UnreadableSource(JourneyError):
    """A whole file cannot be read as what it should be."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a source: where it stands (`path:line`), what it holds, and what is wrong with it as a row."""

    path: str
    line: int
    fields: dict[str, Any]
    problem: InvalidTouchpoint | None = None


def rows_of(path: Path, input_format: str | None) -> Iterator[Row]:
    """The rows of a JSONL or CSV file. Raises UnreadableSource before the first row when the file is not one."""
    if path.is_dir():
        raise UnreadableSource(f"{path}: is a directory", "name the files in it")
    kind = input_format or FORMATS.get(path.suffix.lower())
    if kind is None:
        raise UnreadableSource(
            f"{path}: the suffix `{path.suffix}` says no format", "give --input-format jsonl or csv, or map the file with --sql FILE"
        )
    _check(path)
    return _jsonl(path) if kind == "jsonl" else _csv(path)


def _check(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(8192)
    except OSError as error:
        raise UnreadableSource(f"{path}: {(error.strerror or str(error)).lower()}", "name a file that can be read") from None
    if not head.strip():
        raise UnreadableSource(f"{path}: is empty", "there is nothing to import")
    if b"\x00" in head:
        raise UnreadableSource(f"{path}: is a binary file, not lines of text", "export it as JSONL or CSV, or map it with --sql FILE")


def _jsonl(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        for line, raw in enumerate(file, start=1):
            if not raw.strip():
                continue
            text = raw.decode("utf-8-sig" if line == 1 else "utf-8", errors="surrogateescape").strip()
            try:
                fields = json.loads(text)
                problem = "" if isinstance(fields, dict) else f"a JSON object is needed, not {type(fields).__name__}"
            except (ValueError, RecursionError) as error:
                fields, problem = {}, f"this is no JSON: {error}"
            if problem:
                fields = {"text": raw.decode("utf-8", errors="replace").strip()}
                yield Row(str(path), line, fields, InvalidTouchpoint([("", problem)], "write one JSON object a line"))
            else:
                yield Row(str(path), line, fields)


def _csv(path: Path) -> Iterator[Row]:
    with path.open("r", encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        _check_header(path, header)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Row(
                    str(path), reader.line_num, {}, InvalidTouchpoint([("", f"this is no CSV: {error}")], "quote the cell, or its quotes")
                )
                continue
            if not any(cells):
                continue
            fields = {name: cell for name, cell in zip(header, cells, strict=False) if cell != ""}
            problem = None
            if len(cells) > len(header):
                message = f"{len(cells)} cells under {len(header)} columns"
                problem = InvalidTouchpoint([("", message)], "quote a cell that holds a comma")
            yield Row(str(path), reader.line_num, fields, problem)


def _check_header(path: Path, header: Sequence[str]) -> None:
    known = {name for model in KINDS.values() for name in model.model_fields}
    unknown = [name for name in header if name not in known]
    if unknown or "kind" not in header:
        wrong = f"`{unknown[0]}` is no field of any touchpoint" if unknown else "there is no column `kind`"
        raise UnreadableSource(f"{path}:1: {wrong}", "name the columns as touchpoint fields, or map the file with --sql FILE")


def mapped_rows(paths: Sequence[Path], mapping: Path) -> Iterator[Row]:
    """The rows of the query in `mapping`, run by DuckDB over the first path as `source` and the others by their stems.

    Raises UnreadableSource when a file cannot be read or the query cannot be run.
    """
    import duckdb

    try:
        sql = mapping.read_text(encoding="utf-8").strip().rstrip(";")
    except OSError as error:
        raise UnreadableSource(f"{mapping}: {(error.strerror or str(error)).lower()}", "name a file with one SELECT") from None
    except ValueError:
        raise UnreadableSource(f"{mapping}: is no text", "name a file with one SELECT") from None
    if not sql:
        raise UnreadableSource(f"{mapping}: is empty", "write one SELECT whose columns are touchpoint fields")
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name, path in [("source", paths[0]), *((path.stem, path) for path in paths[1:])]:
        _view(connection, name, path)
    try:
        columns = _columns(connection, sql, mapping)
        instants = {name for name, kind in columns.items() if kind == _INSTANT}
        selected = ", ".join(f'epoch_us("{name}")' if name in instants else f'"{name}"' for name in columns)
        yield from _fetch(connection.execute(f"SELECT {selected} FROM ({sql}\n)"), list(columns), instants, str(paths[0]))
    except duckdb.Error as error:
        raise UnreadableSource(f"{mapping}: {_first_lines(error)}", "mend the query; the source is the view `source`") from None


def _view(connection: "duckdb.DuckDBPyConnection", name: str, path: Path) -> None:
    import duckdb

    if path.is_dir():
        raise UnreadableSource(f"{path}: is a directory", "name the files in it")
    if not path.exists():
        raise UnreadableSource(f"{path}: no such file", "name a file that can be read")
    suffixes = {suffix.lower() for suffix in path.suffixes}
    reader = (
        "read_parquet" if ".parquet" in suffixes else "read_json_auto" if suffixes & {".json", ".jsonl", ".ndjson"} else "read_csv_auto"
    )
    quoted = str(path).replace("'", "''")
    try:
        connection.execute(f"CREATE VIEW \"{name}\" AS SELECT * FROM {reader}('{quoted}')")
    except duckdb.Error as error:
        raise UnreadableSource(f"{path}: {_first_lines(error)}", "DuckDB reads CSV, JSON and Parquet here") from None


def _columns(connection: "duckdb.DuckDBPyConnection", sql: str, mapping: Path) -> dict[str, str]:
    """The columns of the query and their types, once each is known to be a field and each time an instant."""
    columns = {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE ({sql}\n)").fetchall()}
    known = {name for model in KINDS.values() for name in model.model_fields}
    for name, kind in columns.items():
        if name not in known:
            raise UnreadableSource(
                f"{mapping}: the column `{name}` is no field of any touchpoint", "rename it, or leave it out of the SELECT"
            )
        if kind == "DATE" or (kind.startswith("TIMESTAMP") and kind != _INSTANT):
            mend = f"say where its clock stood: timezone('Europe/Rome', {name}) AS {name}"
            raise UnreadableSource(f"{mapping}: `{name}` is a {kind}, which has no offset and so names no instant", mend)
    return columns


def _fetch(result: "duckdb.DuckDBPyConnection", names: Sequence[str], instants: set[str], path: str) -> Iterator[Row]:
    line = 0
    while rows := result.fetchmany(_CHUNK):
        for values in rows:
            line += 1
            fields = {name: _plain(value) for name, value in zip(names, values, strict=True) if value is not None}
            for name in instants & fields.keys():
                fields[name] = from_microseconds(fields[name])
            yield Row(path, line, fields)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _first_lines(error: Exception) -> str:
    return " ".join(part.strip() for part in str(error).split("\n\n")[0].splitlines())
