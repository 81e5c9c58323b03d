"""The reader of each format: the rows of a source as touchpoints' fields, or as a table of text for a query."""

import codecs
import io
from collections.abc import Callable, Iterator

import msgspec

from journey.errors import InvalidTouchpoint, UnreadableSource
from journey.formats.csv import csv_rows, csv_table
from journey.formats.json import json_rows
from journey.formats.jsonl import jsonl_rows
from journey.formats.opening import Source, format_of, read_through
from journey.formats.source_rows import Row, Table

_ROWS: dict[str, Callable[[Source, io.BufferedReader], Iterator[Row]]] = {"jsonl": jsonl_rows, "json": json_rows, "csv": csv_rows}
_TEXT = ("jsonl", "json", "csv")


def rows_of(source: Source) -> Iterator[Row]:
    """The rows of one source, as touchpoints' fields. Raises UnreadableSource before the first when it is not of its format."""
    file, kind = _opened(source)
    return read_through(source, _ROWS[kind](source, file))


def table_of(source: Source) -> Table:
    """One source as a table of text. Raises as `rows_of`."""
    file, kind = _opened(source, otherwise="csv")
    if kind == "csv":
        table = csv_table(source, file)
    else:
        table = Table([], iter(()))
        table.rows = _texts(table, _ROWS[kind](source, file))
    table.rows = read_through(source, table.rows)
    return table


def _opened(source: Source, otherwise: str | None = None) -> tuple[io.BufferedReader, str]:
    file = source.open()
    kind = format_of(source, file, otherwise)
    head = file.peek(8192)[:8192]
    if kind in _TEXT and b"\x00" in head and source.options.encoding is None and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableSource(f"{source.name}: is a binary file, not lines of text", "give --encoding or --input-format")
    return file, kind


def _texts(table: Table, rows: Iterator[Row]) -> Iterator[Row]:
    """Rows of JSON with their values as text: a string is what it says, anything else what is written."""
    for row in rows:
        raw = row.content
        row = row.parsed()
        if row.problem is None and isinstance(raw, bytes):
            try:
                row = row._replace(
                    content=_as_texts(table, msgspec.json.decode(raw.removeprefix(codecs.BOM_UTF8), type=dict[str, msgspec.Raw]))
                )
            except ValueError as error:
                row = row._replace(problem=InvalidTouchpoint([("", f"this is not UTF-8: {error}")], "give --encoding, such as cp1252"))
        yield row


def _as_texts(table: Table, values: dict[str, msgspec.Raw]) -> dict[str, str]:
    texts = dict[str, str]()
    for name, value in values.items():
        written = bytes(value)
        if written == b"null":
            continue
        texts[name] = msgspec.json.decode(written) if (is_text := written.startswith(b'"')) else written.decode()
        if is_text:
            table.quoted.add(name)
        if name not in table.columns:
            table.columns.append(name)
    return texts
