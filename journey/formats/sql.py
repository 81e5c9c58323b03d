"""Any source that DuckDB reads, mapped to touchpoints by one SELECT."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from journey.errors import InvalidTouchpoint, UnreadableSource
from journey.formats.source_rows import FIELDS, Row
from journey.times import from_microseconds

_CHUNK = 10_000
_INSTANT = "TIMESTAMP WITH TIME ZONE"


def mapped_rows(paths: Sequence[Path], mapping: Path) -> Iterator[Row]:
    """The rows of the query in `mapping`, run by DuckDB over the first path as `source` and the others by their stems.

    A line of a CSV that does not fit its columns' types comes as a row with a problem. Raises UnreadableSource when a file cannot
    be read or the query cannot be run.
    """
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    sql = _query(mapping)
    views = [("source", paths[0]), *((path.stem, path) for path in paths[1:])]
    for place, (name, path) in enumerate(views):
        if name in dict(views[:place]):
            raise UnreadableSource(f"{path}: its view `{name}` is `{dict(views[:place])[name]}` already", "rename the file")
        _view(connection, name.replace('"', '""'), path)
    try:
        connection.execute(f"CREATE VIEW __mapped AS {sql}")
        columns = _columns(connection, mapping)
        instants = {name for name, kind in columns.items() if kind == _INSTANT}
        selected = ", ".join(f'epoch_us("{name}")' if name in instants else f'"{name}"' for name in columns)
        yield from _fetch(connection.execute(f"SELECT {selected} FROM __mapped"), list(columns), instants, str(paths[0]))
        yield from _refused_by_duckdb(connection)
    except duckdb.Error as error:
        raise UnreadableSource(f"{mapping}: {_first_lines(error)}", "fix the query; the source is the view `source`") from None


def _query(mapping: Path) -> str:
    try:
        text = mapping.read_text(encoding="utf-8")
    except OSError as error:
        raise UnreadableSource(f"{mapping}: {(error.strerror or str(error)).lower()}", "name a file with one SELECT") from None
    except ValueError:
        raise UnreadableSource(f"{mapping}: is not text", "name a file with one SELECT") from None
    try:
        statements = [one for one in duckdb.extract_statements(text) if one.query.strip()]
    except duckdb.Error as error:
        raise UnreadableSource(f"{mapping}: {_first_lines(error)}", "fix the query; the source is the view `source`") from None
    if not statements:
        raise UnreadableSource(f"{mapping}: is empty", "write one SELECT whose columns are touchpoint fields")
    if len(statements) > 1:
        raise UnreadableSource(f"{mapping}: holds {len(statements)} statements", "write one SELECT whose columns are touchpoint fields")
    return statements[0].query


def _view(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    if path.is_dir():
        raise UnreadableSource(f"{path}: is a directory", "name the files in it")
    if not path.exists():
        raise UnreadableSource(f"{path}: no such file", "name a file that can be read")
    suffixes = {suffix.lower() for suffix in path.suffixes}
    quoted = "'" + str(path).replace("'", "''") + "'"
    if ".parquet" in suffixes:
        reader = f"read_parquet({quoted})"
    elif suffixes & {".json", ".jsonl", ".ndjson"}:
        reader = f"read_json_auto({quoted})"
    else:
        reader = f"read_csv_auto({quoted}, store_rejects = true)"
    try:
        connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM {reader}')
    except duckdb.Error as error:
        raise UnreadableSource(f"{path}: {_first_lines(error)}", "DuckDB reads CSV, JSON and Parquet here") from None


def _columns(connection: duckdb.DuckDBPyConnection, mapping: Path) -> dict[str, str]:
    """The columns of the query and their types, once each is known to be a field and each time an instant."""
    columns = {name: kind for name, kind, *_ in connection.execute("DESCRIBE __mapped").fetchall()}
    for name, kind in columns.items():
        if name not in FIELDS:
            raise UnreadableSource(
                f"{mapping}: the column `{name}` is not a field of any touchpoint", "rename it, or leave it out of the SELECT"
            )
        if kind == "DATE" or (kind.startswith("TIMESTAMP") and kind != _INSTANT):
            mend = f"give its time zone: timezone('Europe/Rome', {name}) AS {name}"
            raise UnreadableSource(f"{mapping}: `{name}` is a {kind}, which has no UTC offset", mend)
    return columns


def _fetch(result: duckdb.DuckDBPyConnection, names: Sequence[str], instants: set[str], path: str) -> Iterator[Row]:
    line = 0
    while rows := result.fetchmany(_CHUNK):
        for values in rows:
            line += 1
            fields = {name: _plain(value) for name, value in zip(names, values, strict=True) if value is not None}
            for name in instants & fields.keys():
                fields[name] = from_microseconds(fields[name])
            yield Row(path, line, fields)


def _refused_by_duckdb(connection: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    """The lines of CSV files that DuckDB could not fit into the types of their columns."""
    if not connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'reject_errors'").fetchall():
        return
    refused = connection.execute(
        "SELECT DISTINCT scans.file_path, errors.line, errors.csv_line, errors.error_message "
        "FROM reject_errors AS errors JOIN reject_scans AS scans USING (scan_id, file_id) ORDER BY ALL"
    )
    for path, line, text, message in refused.fetchall():
        yield Row(path, line, {"text": text}, InvalidTouchpoint([("", " ".join(message.split()))], "fix the line, or the columns' types"))


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _first_lines(error: Exception) -> str:
    return " ".join(part.strip() for part in str(error).split("\n\n")[0].splitlines())
