"""Change files of every format at random and import them, to see that the door holds: `make fuzz`.

Each input is a good file in which bytes or tokens were changed; it is imported into a journal in memory. Whatever the file holds, an
import raises nothing but a JourneyError, ends, counts what it read, and writes each refused row to the rejects with its reason. Where a
line is a row, every line that was not changed is recorded exactly, and every fact that is recorded says what its line says. The exit code
is 1 when something else was seen; what was imported is then kept beside its story.
"""

import argparse
import gzip
import io
import json
import random
import re
import signal
import sqlite3
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from csv import reader
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from journey import Journal, JourneyError
from journey.amendments import FACTS
from journey.formats import Outcome, ReadOptions, import_files
from journey.formats.cloudevents import event_of
from journey.formats.process_logs.ocel_writing import write_ocel
from journey.formats.process_logs.xes_writing import write_xes
from journey.reading import read_fact
from journey.records import Recorded
from journey.touchpoints import fields_of

SECONDS = 5
"""So long an import of a few rows may take."""
_TOKENS = [
    *(b'"', b'""', b'","', b"\n", b"\r", b"\r\n", b"\n\n", b",", b";", b"\t", b"|", b" ", b"{", b"}", b"[", b"]", b"[[", b":", b"\\", b"'"),
    *(b"\x00", b"\xef\xbb\xbf", b"\xff\xfe", b"\xe9", b"\xc3", b"\xed\xa0\x80", "\u2028".encode(), "\u00a0".encode(), b"\x1a", b"\x0c"),
    *(
        b"null",
        b"true",
        b"NaN",
        b"Infinity",
        b"1e400",
        b"-0",
        b"0x10",
        b"1_0",
        b"1E5",
        "１２".encode(),
        "٣".encode(),
        b"99999999999999999999",
    ),
    *(b"T24:00:00Z", b"0000-01-01T00:00:00Z", b"10000-01-01", b"09:00:60Z", b".123456789Z", b"infinity", b"epoch", b"+25:00"),
    *(b"\\ud800", b"\\u0000", b'{"a":', b'"kind":"note_added",', b"<", b">", b"&lt;", b"&#0;", b"<!DOCTYPE a>", b"]]>", b"<event>", b"/>"),
]
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


class Failed(Exception):
    """Raised where an import did not do what it promises."""


class _TooSlow(BaseException):
    """Raised in an import that takes too long."""


# Good files


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


def _objects_in(text: str) -> Iterator[Mapping[str, Any]]:
    """Every object that begins anywhere in a text, whatever is behind it."""
    for found in re.finditer("{", text):
        with suppress(ValueError):
            yield json.JSONDecoder().raw_decode(text, found.start())[0]


def _records_in(text: str, read_line: Callable[[str], Mapping[str, Any] | None]) -> Iterator[Mapping[str, Any]]:
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


# Changes


def changed(content: bytes, chance: random.Random) -> bytes:
    """The content with one change, or with a few."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        content = chance.choice(_CHANGES)(content, chance)
    return content


def _insert(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(_TOKENS) + content[at:]


def _replace(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(_TOKENS) + content[at + chance.choice((1, 1, 2, 10)) :]


def _flip(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + bytes([byte ^ 1 << chance.randrange(8) for byte in content[at : at + 1]]) + content[at + 1 :]


def _remove(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + content[at + chance.choice((1, 1, 2, 30)) :]


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _repeat(content: bytes, chance: random.Random) -> bytes:
    at, size = chance.randrange(len(content) + 1), chance.choice((1, 5, 50, 200))
    return content[: at + size] + content[at:]


def _value(content: bytes, chance: random.Random) -> bytes:
    """Put a token in the place of whatever is between two delimiters."""
    marks = [at for at, byte in enumerate(content) if byte in b",:;\n>="]
    if len(marks) < 2:
        return content
    number = chance.randrange(len(marks) - 1)
    return content[: marks[number] + 1] + chance.choice(_TOKENS) + content[marks[number + 1] :]


def _shuffle(content: bytes, chance: random.Random) -> bytes:
    """Put a line into another place."""
    lines = content.splitlines(keepends=True)
    line = lines.pop(chance.randrange(len(lines))) if lines else b""
    lines.insert(chance.randrange(len(lines) + 1), line)
    return b"".join(lines)


_CHANGES = (_insert, _insert, _replace, _value, _flip, _remove, _cut, _repeat, _shuffle)


# Imports


@contextmanager
def _limited() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise _TooSlow

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def try_import(folder: Path, seed: Seed, content: bytes) -> Outcome | str:
    """Import a changed file: the outcome, or why it cannot be read. Raises Failed."""
    path, rejects, mapping = folder / seed.name, folder / "rejects.jsonl", None
    path.write_bytes(seed.repack(content))
    rejects.unlink(missing_ok=True)
    if seed.mapping is not None:
        mapping = folder / "map.sql"
        mapping.write_text(seed.mapping)
    with Journal.open("memory:") as journal:
        try:
            with _limited():
                outcome = import_files(journal, [path], mapping=mapping, options=seed.options, rejects=rejects)
        except JourneyError as error:
            if not str(error) or not error.mend:
                raise Failed(f"without text or mend: {error!r}") from error
            return str(error)
        except _TooSlow as error:
            raise Failed(f"not done in {SECONDS} s") from error
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            raise Failed(f"{type(error).__name__}: {error}") from error
        facts = {record.touchpoint.id: fields_of(record.touchpoint) for record in journal.read()}
    _check_counts(outcome, len(facts), rejects)
    if seed.read_line is not None:
        _check_lines(seed, content, facts, rejects)
    return outcome


def _check_counts(outcome: Outcome, facts: int, rejects: Path) -> None:
    if outcome.read != outcome.recorded + outcome.unchanged + outcome.refused or outcome.recorded != facts:
        raise Failed(f"counts do not add up: {outcome}; {facts} facts")
    refused = [json.loads(line) for line in rejects.read_bytes().splitlines()] if outcome.refused else []
    if len(refused) != outcome.refused or rejects.exists() != bool(refused):
        raise Failed(f"{len(refused)} rejects of {outcome.refused}")
    for one in refused:
        if not one["reason"] or not one["mend"]:
            raise Failed(f"without reason or mend: {one}")
    json.dumps(outcome.to_dict())


def _check_lines(seed: Seed, content: bytes, facts: Mapping[str, Mapping[str, Any]], rejects: Path) -> None:
    assert seed.read_line is not None
    if not content.startswith(seed.content[: 1 if content[:1] in b"{[" else seed.content.index(b"\n") + 1]):
        return
    text = content.decode(errors="surrogateescape")
    good = {line.strip(): seed.read_line(line) for line in seed.content.decode().split("\n")}
    taken = rejects.read_text(encoding="utf-8") if rejects.exists() else ""
    lines = [(line, seed.read_line(line)) for line in re.split("\n" if ".json" in seed.name else "[\r\n]", text)]
    for line, fields in lines:
        if not fields or good.get(line.strip()) != fields or fields["id"] in ("id", *facts) or "corrects" in fields:
            continue
        if f"`{fields['id']}` is already recorded" not in taken:
            raise Failed(f"a good row was lost: {line}")
    given: dict[str, list[Mapping[str, Any]]] = {}
    for fields in _objects_in(text) if ".json" in seed.name else _records_in(text, seed.read_line):
        given.setdefault(str(fields.get("id")), []).append(fields)
    for id, fact in facts.items():
        if not any(_is_said(fields, fact) for fields in given.get(id, ())):
            raise Failed(f"no line says this: {fact}")


def _is_said(fields: Mapping[str, Any], fact: Mapping[str, Any]) -> bool:
    defaults = {name: field.default for name, field in FACTS[fact["kind"]].model_fields.items()}
    extra = {name for name, value in fields.items() if name not in fact and value is not None} - {"position", "recorded_at"}
    return not extra and all(
        says(fields[name], value) if fields.get(name) is not None else value == defaults[name] for name, value in fact.items()
    )


def run(count: int, seed: int, keep: Path, only: str) -> Counter[str]:
    """Import so many changed files. Returns what was seen, and how often."""
    chance, seen, stories = random.Random(seed), Counter[str](), set[str]()
    with TemporaryDirectory() as place:
        folder = Path(place)
        files = [one for one in seeds(folder) if only in one.name]
        for one in files:
            outcome = try_import(folder, one, one.content)
            assert isinstance(outcome, Outcome) or "damaged" in outcome, (one.name, outcome)
        for number in range(count):
            one = chance.choices(files, [file.weight for file in files])[0]
            content = changed(one.content, chance)
            try:
                outcome = try_import(folder, one, content)
            except Failed as failure:
                seen["failed"] += 1
                frames = traceback.extract_tb(failure.__cause__.__traceback__) if failure.__cause__ else ()
                where = next(
                    (
                        f"{frame.name} ({Path(frame.filename).name}:{frame.lineno})"
                        for frame in reversed(frames)
                        if "/journey/" in frame.filename
                    ),
                    "",
                )
                story = f"{one.name}: {str(failure)[:60]} in {where}"
                if story not in stories:
                    stories.add(story)
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{seed}-{number}-{one.name}").write_bytes(one.repack(content))
                    print(f"{seed}-{number}-{one.name}: {failure} {where}", flush=True)
            else:
                seen["unreadable" if isinstance(outcome, str) else "with refusals" if outcome.refused else "all good"] += 1
            seen[one.name] += 1
    return seen


def main() -> int:
    """Run as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=20_000, help="how many files")
    parser.add_argument("seed", nargs="?", type=int, default=1, help="of the random changes")
    parser.add_argument("--keep", type=Path, default=Path("fuzzed"), help="the folder for files that failed")
    parser.add_argument("--only", default="", help="only files with this in their name, such as .csv")
    arguments = parser.parse_args()
    seen = run(arguments.count, arguments.seed, arguments.keep, arguments.only)
    print(", ".join(f"{name} {number}" for name, number in seen.most_common()))
    return 1 if seen["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
