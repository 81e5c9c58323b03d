"""Good files of every format to be changed, and what their lines say, read in the simplest way: for `fuzz_imports`."""

import gzip
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from csv import reader
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl  # type: ignore[import-untyped]
import pyarrow as pa
import pyarrow.parquet as pq

from journey.formats import ReadOptions
from journey.formats.cloudevents import event_of
from journey.formats.process_logs.ocel_writing import write_ocel
from journey.formats.process_logs.xes_writing import write_xes
from journey.reading import read_fact
from journey.records import Recorded

_START = {"relationship": "m@x", "occurred_at": "2024-03-01T09:00:00Z"}
ROWS: list[dict[str, Any]] = [
    {"kind": "relationship_opened", "id": "0012", "origin": "referral", "strength": 0.5, **_START},
    {"kind": "interaction", "id": "12E3", **_START, "competence": -0.25, "recognised": False, "note": "plain"},
    {"kind": "interaction", "id": "visit", **_START, "benevolence": 1e-7, "note": 'she said "no", twice; a|b'},
    {"kind": "failure_occurred", "id": "f", **_START, "severity": 0.9, "episode": "card", "representative": "Ülkü"},
    {"kind": "recovery_step_taken", "id": "r", **_START, "step": "help", "episode": "card", "sequence": 3},
    {"kind": "promise_made", "id": "p", **_START, "promise": "p1", "level": 0.75, "due": "2024-04-01T09:00:00.5+02:00"},
    {"kind": "touchpoint_corrected", "id": "c", **_START, "corrects": "f", "fields": {"severity": 0.25}},
    {"kind": "note_added", "id": "n", **_START, "note": "{[\u2028 '"},
]
_COLUMNS = ["kind", "id", "relationship", "occurred_at", *sorted({name for row in ROWS for name in row} - {"kind", "id", *_START})]


_SHEET = "xl/worksheets/sheet1.xml"


class Seed(NamedTuple):
    """A good file, and how it is imported; `read_line` reads a line of it, if lines are rows."""

    name: str
    content: bytes
    options: ReadOptions = ReadOptions()
    mapping: str | None = None
    read_line: Callable[[str], Mapping[str, Any] | None] | None = None
    weight: int = 10
    repack: Callable[[bytes], bytes] = bytes
    """What is done to the changed content before it is a file."""


def seeds(folder: Path) -> list[Seed]:
    """A file of each format."""
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()
    table = _csv(",")
    events = "".join(json.dumps(event_of(record)) + "\n" for record in _records()).encode()
    xes, ocel_json, ocel_xml = io.BytesIO(), io.BytesIO(), io.BytesIO()
    history = [("m@x", _records())]
    write_xes(xes, history)
    write_ocel(ocel_json, history, encoding="json")
    write_ocel(ocel_xml, history, encoding="xml")
    write_ocel(folder / "log.sqlite", history, encoding="sqlite")
    same = "SELECT * FROM source"
    return [
        Seed("a.csv", table, read_line=_cells, weight=60),
        Seed("b.csv", _csv(";"), ReadOptions(delimiter=";"), read_line=lambda line: _cells(line, ";")),
        Seed("c.csv", table.decode().encode("utf-16")),
        Seed("d.csv", table.replace(b"plain", b'"two\r\nlines"').replace(b"\n", b"\r\n"), weight=30),
        Seed("e.csv.gz", gzip.compress(table)),
        Seed("f.csv.gz", table, read_line=_cells, repack=_members),
        Seed("a.jsonl", lines, read_line=_object, weight=60),
        Seed("b.jsonl.gz", gzip.compress(lines)),
        Seed("c.jsonl", lines, ReadOptions(row_limit=200)),
        Seed("d.jsonl", lines.decode().encode("utf-16-le"), ReadOptions(encoding="utf-16-le")),
        Seed("a.json", json.dumps(ROWS, indent=1).encode(), weight=30),
        Seed("b.json", b"[\n" + lines.rstrip().replace(b"\n", b",\n") + b"\n]\n", read_line=_element, weight=40),
        Seed("c.json", lines, read_line=_object, weight=30),
        Seed("d.json", json.dumps(ROWS, separators=(",", ":")).encode(), ReadOptions(row_limit=300), weight=30),
        Seed("events.jsonl", events, weight=30),
        Seed("calls.json", json.dumps({"batch": _calls()}).encode(), weight=20),
        Seed("calls.jsonl", "".join(json.dumps(call) + "\n" for call in _calls()).encode(), weight=20),
        Seed("log.xes", xes.getvalue(), weight=20),
        Seed("log.xes.gz", xes.getvalue(), repack=gzip.compress),
        Seed("log.jsonocel", ocel_json.getvalue(), weight=20),
        Seed("log.xmlocel", ocel_xml.getvalue(), weight=20),
        Seed("log.sqlite", (folder / "log.sqlite").read_bytes(), weight=3),
        Seed("table.sqlite", _sqlite(folder), weight=5),
        Seed("book.xlsx", _workbook(), weight=2),
        Seed("sheet.xlsx", _sheet(), weight=2, repack=_with_sheet),
        Seed("rows.parquet", _parquet(), weight=5),
        Seed("sql.csv", table, mapping=same, weight=1),
        Seed("sql.jsonl", lines, mapping=same, weight=1),
        Seed("sql.parquet", _parquet(), mapping=same, weight=1),
    ]


def _records() -> list[Recorded[Any]]:
    facts = [read_fact(row) for row in ROWS]
    return [Recorded(fact, datetime.fromisoformat("2024-05-01T00:00:00Z"), place) for place, fact in enumerate(facts, start=1)]


def _texts() -> list[dict[str, str]]:
    return [{name: value if isinstance(value, str) else json.dumps(value) for name, value in row.items()} for row in ROWS]


def _csv(delimiter: str) -> bytes:
    rows = [dict.fromkeys(_COLUMNS, "") | row for row in _texts()]
    quoted = [
        [f'"{row[name].replace(chr(34), chr(34) * 2)}"' if set(row[name]) & {'"', delimiter} else row[name] for name in _COLUMNS]
        for row in rows
    ]
    return "".join(delimiter.join(cells) + "\n" for cells in (_COLUMNS, *quoted)).encode()


def _calls() -> list[dict[str, Any]]:
    who = {"userId": "u-1", "timestamp": "2024-03-01T09:00:00Z"}
    return [
        {"type": "track", "messageId": "t", "event": "Failure Occurred", "properties": {"severity": 0.4}, **who},
        {"type": "page", "messageId": "p", "name": "Home", "context": {"groupId": "g"}, **who},
        {"type": "identify", "messageId": "i", "traits": {"name": "Ülkü"}, **who},
        {"type": "alias", "messageId": "a", "previousId": "old", **who},
        {"type": "group", "messageId": "g", "groupId": "g", **who},
    ]


def _sqlite(folder: Path) -> bytes:
    path = folder / "table.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TABLE facts ({', '.join(f'{chr(34)}{name}{chr(34)}' for name in _COLUMNS)})")
        marks = ", ".join("?" * len(_COLUMNS))
        connection.executemany(f"INSERT INTO facts VALUES ({marks})", [[row.get(name) for name in _COLUMNS] for row in _texts()])
    return path.read_bytes()


def _workbook() -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for cells in (_COLUMNS, *([row.get(name) for name in _COLUMNS] for row in _texts())):
        book.active.append(cells)
    book.save(file)
    return file.getvalue()


def _sheet() -> bytes:
    with zipfile.ZipFile(io.BytesIO(_workbook())) as book:
        return book.read(_SHEET)


def _with_sheet(sheet: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_workbook())) as book, zipfile.ZipFile(file, "w") as changed:
        for name in book.namelist():
            changed.writestr(name, sheet if name == _SHEET else book.read(name))
    return file.getvalue()


def _parquet() -> bytes:
    file = io.BytesIO()
    table = pa.table({name: [row.get(name) for row in _texts()] for name in _COLUMNS})
    pq.write_table(table, file, compression="none")
    return file.getvalue()


def _members(content: bytes) -> bytes:
    return b"".join(gzip.compress(part) for part in (content[:100], content[100:]))


# What a line says, read in the simplest way


def _cells(line: str, delimiter: str = ",") -> Mapping[str, Any] | None:
    records = list(reader(io.StringIO(line, newline=""), delimiter=delimiter))
    is_row = len(records) == 1 and len(records[0]) == len(_COLUMNS)
    return {name: cell for name, cell in zip(_COLUMNS, records[0], strict=True) if cell} if is_row else None


def _object(line: str) -> Mapping[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def objects_in(text: str) -> Iterator[Mapping[str, Any]]:
    """Every object that begins anywhere in a text, whatever is behind it."""
    for found in re.finditer("{", text):
        with suppress(ValueError):
            yield json.JSONDecoder().raw_decode(text, found.start())[0]


def records_in(text: str, read_line: Callable[[str], Mapping[str, Any] | None]) -> Iterator[Mapping[str, Any]]:
    """The records that any few lines, one after the other, are."""
    lines = re.findall("[^\r\n]*(?:\r\n?|\n|$)", text)
    for first in range(len(lines)):
        for last in range(first + 1, first + 5):
            if fields := read_line("".join(lines[first:last])):
                yield fields


def _element(line: str) -> Mapping[str, Any] | None:
    return _object(line.strip().removesuffix(","))


def says(given: Any, recorded: Any) -> bool:
    """Whether what is recorded is what was given: the same text, number, instant or truth."""
    if isinstance(recorded, dict):
        return bool((_object(given) if isinstance(given, str) else given) == recorded)
    if isinstance(recorded, bool):
        return bool(
            given is recorded
            or str(given).lower()
            in ({"true", "1", "1.0", "t", "y", "yes", "on"} if recorded else {"false", "0", "0.0", "-0", "f", "n", "no", "off"})
        )
    if isinstance(recorded, int | float):
        return _number(given) == float(recorded)
    if given == recorded:
        return True
    try:
        return datetime.fromisoformat(given.strip()) == datetime.fromisoformat(recorded)
    except (AttributeError, TypeError, ValueError):
        return False


def _number(given: Any) -> float | None:
    try:
        return float(given)
    except (TypeError, ValueError):
        return None
