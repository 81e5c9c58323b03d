"""The reader of each format: the rows of a source as touchpoints' fields, or as a table of text for a query.

What few imports need is imported where it is used.
"""

import codecs
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec

from journey.errors import InvalidTouchpoint, UnreadableSource
from journey.extras import extra
from journey.formats.cloudevents import fields_of_event
from journey.formats.csv import csv_rows, csv_table
from journey.formats.json import json_rows
from journey.formats.jsonl import jsonl_rows
from journey.formats.opening import STDIN, SUFFIXES, Source, format_of, read_through, reading
from journey.formats.segment import calls_of, fields_of_call
from journey.formats.source_rows import Row, Table, fact_rows

if TYPE_CHECKING:
    from journey.formats.process_logs.ocel_log import Encoding

_HEAD = 8192
_START = 16
"""How much of a file shows that it is no text: a NUL later than here is one row's fault."""
_TEXT = ("jsonl", "json", "csv", "cloudevents", "segment")
_ENVELOPES = (
    ("cloudevents", "CloudEvents", re.compile(rb'\s*[\[{][^}]*"specversion"\s*:')),
    ("ocel", "OCEL", re.compile(rb'\s*\{\s*"(objectTypes|eventTypes|objects|events|ocel:[\w-]+)"\s*:')),
    ("segment", "Segment's calls", re.compile(rb'\s*[\[{][^}]*"(messageId|batch|anonymousId)"\s*:')),
)
"""What objects of a format have near their beginning."""


def rows_of(source: Source) -> Iterator[Row]:
    """The rows of one source, as touchpoints' fields. Raises UnreadableSource before the first when it is not of its format."""
    if source.database:
        return _facts(source.name, _database(source))
    kind, file = _opened(source)
    with reading(source):
        rows = _rows(source, kind, file)
    return read_through(source, rows)


def table_of(source: Source) -> Table:
    """One source as a table of text. Raises as `rows_of`."""
    table = Table([], iter(()))
    if source.database:
        table.rows = _grown(table, _database(source))
        return table
    kind, file = _opened(source, as_table=True)
    if kind == "csv":
        with reading(source):
            table = csv_table(source, file)
    else:
        table.rows = _grown(table, _texts(source, kind, file))
    table.rows = read_through(source, table.rows)
    return table


def _database(source: Source) -> Iterator[Row]:
    with extra("postgres", "reading from PostgreSQL"):
        from journey.formats.tables.postgres import postgres_rows

    return postgres_rows(source.database, source.part)


def _opened(source: Source, *, as_table: bool = False) -> tuple[str, io.BufferedReader]:
    """The format of a source that is a file, and the file; as a table, envelopes are objects like any other."""
    file = source.open()
    kind = format_of(source, file, "csv" if as_table else None)
    head = file.peek(_HEAD)[:_HEAD]
    if kind in _TEXT and b"\x00" in head[:_START] and source.options.encoding is None and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableSource(f"{source.name}: is a binary file, not lines of text", "give --encoding or --input-format")
    if kind == "sqlite" and source.part is None and _is_ocel(source.path):
        return "ocel", file
    if kind in ("jsonl", "json") and source.options.format is None:
        for envelope, name, beginning in _ENVELOPES:
            if beginning.match(head.removeprefix(codecs.BOM_UTF8)) and (envelope == "ocel" or not as_table):
                source.tell(f"is read as {name}; give --input-format {kind} if it is not")
                return envelope, file
    return kind, file


def _rows(source: Source, kind: str, file: io.BufferedReader) -> Iterator[Row]:
    name, relationship = source.name, source.options.relationship
    match kind:
        case "csv":
            return csv_rows(source, file)
        case "cloudevents":
            return _mapped(_objects(source, file), lambda fields: [fields_of_event(fields)])
        case "segment":
            if relationship not in (None, "user", "group"):
                raise UnreadableSource(f"{name}: `{relationship}` is not a relationship in Segment's calls", "give user or group")
            whose = cast(Any, relationship or "user")
            return _mapped(_objects(source, file), lambda body: [fields_of_call(call, whose) for call in calls_of(body)])
        case "xes":
            from journey.formats.process_logs.xes import xes_rows

            return xes_rows(name, file, relationship=relationship or "case")
        case "ocel":
            from journey.formats.process_logs.ocel import ocel_rows

            log, encoding = _log(source, file)
            return ocel_rows(name, log, encoding=encoding, relationship=relationship)
        case "jsonl" | "json":
            return _objects(source, file)
    return _facts(name, _table_rows(source, kind, file))


def _texts(source: Source, kind: str, file: io.BufferedReader) -> Iterator[Row]:
    """The rows of any format but CSV, as a table."""
    match kind:
        case "xes":
            from journey.formats.process_logs.xes import xes_tables

            return xes_tables(source.name, file)
        case "ocel":
            from journey.formats.process_logs.ocel import ocel_tables

            log, encoding = _log(source, file)
            return ocel_tables(source.name, log, encoding=encoding)
    return _objects(source, file) if kind in _TEXT else _table_rows(source, kind, file)


def _objects(source: Source, file: io.BufferedReader) -> Iterator[Row]:
    """Objects of JSON, in lines or however they are laid out."""
    are_lines = "jsonl" in (source.options.format, SUFFIXES.get(source.suffix))
    return jsonl_rows(source, file) if are_lines else json_rows(source, file)


def _table_rows(source: Source, kind: str, file: io.BufferedReader) -> Iterator[Row]:
    """The rows of a source that is a table with columns, and a file that must be one."""
    path = _path(source, file)
    match kind:
        case "excel":
            with extra("excel", "reading workbooks"):
                from journey.formats.tables.excel import excel_rows

            return excel_rows(path, source.part)
        case "parquet":
            with extra("bulk", "reading Parquet"):
                from journey.formats.tables.parquet import parquet_rows

            return parquet_rows(path)
    from journey.formats.tables.sqlite import sqlite_rows

    return sqlite_rows(path, source.part)


def _facts(name: str, rows: Iterator[Row]) -> Iterator[Row]:
    """The rows of a table, if the first of them has touchpoint fields. Raises UnreadableSource."""
    first = next(rows, None)
    if first is None:
        return rows
    if first.problem is None and "kind" not in first.fields:
        fact_rows(name, Table(list(first.fields), rows))
    return chain([first], rows)


def _mapped(rows: Iterator[Row], fields_of: Callable[[dict[str, Any]], Iterable[dict[str, Any]]]) -> Iterator[Row]:
    """Rows of envelopes as the fields that they hold."""
    for row in rows:
        row = row.parsed()
        if row.problem is None:
            try:
                yield from [row._replace(content=fields) for fields in fields_of(row.fields)]
                continue
            except InvalidTouchpoint as problem:
                row = row._replace(problem=problem)
        yield row


def _path(source: Source, file: io.BufferedReader) -> Path:
    """The path of a file that is not read as a stream. Raises UnreadableSource for a stream, or a packed file."""
    if source.path == STDIN or source.is_packed:
        raise UnreadableSource(f"{source.name}: a file of this format is not read as a stream", "save it unpacked, and name that file")
    file.close()
    return source.path


def _is_ocel(path: Path) -> bool:
    from journey.formats.process_logs.ocel_sqlite import is_log

    return is_log(path)


def _log(source: Source, file: io.BufferedReader) -> "tuple[Path | io.BufferedReader, Encoding]":
    """An OCEL log, and in which of its encodings it is."""
    start = file.peek(64)[:64].removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith(b"SQLite format 3"):
        return _path(source, file), "sqlite"
    return file, "json" if start.startswith(b"{") else "xml"


def _grown(table: Table, rows: Iterator[Row]) -> Iterator[Row]:
    """The rows with their values as text, while the table learns its columns."""
    for row in rows:
        raw = row.content
        row = row.parsed()
        if row.problem is None and isinstance(raw, bytes):
            try:
                values = msgspec.json.decode(raw.removeprefix(codecs.BOM_UTF8), type=dict[str, msgspec.Raw])
                row = row._replace(content=_as_texts(values, table.quoted))
            except ValueError as error:
                row = row._replace(problem=InvalidTouchpoint([("", f"this is not UTF-8: {error}")], "give --encoding, such as cp1252"))
        if row.problem is None:
            table.columns += [name for name in row.fields if name not in table.columns]
        yield row


def _as_texts(values: Mapping[str, msgspec.Raw], quoted: set[str]) -> dict[str, str]:
    """The values of a JSON object: a string is what it says, anything else what is written."""
    texts = dict[str, str]()
    for name, value in values.items():
        written = bytes(value)
        if written.startswith(b'"'):
            texts[name] = msgspec.json.decode(written)
            quoted.add(name)
        elif written != b"null":
            texts[name] = written.decode()
    return texts
