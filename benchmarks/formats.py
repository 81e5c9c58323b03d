"""How fast each format is imported, and in how much memory: whole processes of `journey import`, into a new SQLite journal each.

The same made-up touchpoints are written in every format. Arguments are the number of rows (1,000,000), and optionally some formats.
"""

import csv
import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from importing import write
from openpyxl import Workbook

from journey.formats.cloudevents import event_of
from journey.formats.process_logs.ocel_writing import write_ocel
from journey.formats.process_logs.xes_writing import write_xes
from journey.formats.tables.parquet_writing import write_parquet
from journey.history import Recorded
from journey.reading import read_json

JOURNEY = str(Path(sys.executable).parent / "journey")
ORDERS = """SELECT 'interaction' AS kind, 'o-' || "order" AS id, customer || '@shop' AS relationship,
    timezone('UTC', t) AS occurred_at, (stars - 2) / 2 AS competence FROM source"""


def lines(source: Path) -> Iterator[dict[str, Any]]:
    """The rows, as plain fields."""
    with source.open() as file:
        yield from map(json.loads, file)


def records(source: Path) -> Iterator[Recorded[Any]]:
    """The rows, as recorded facts."""
    with source.open("rb") as file:
        for position, line in enumerate(file, start=1):
            fact = read_json(line)
            yield Recorded(fact, fact.occurred_at, position)


def by_relationship(source: Path) -> Iterator[tuple[str, Iterator[Recorded[Any]]]]:
    """The rows in runs of one relationship."""
    return groupby(records(source), key=lambda record: record.touchpoint.relationship)


def as_array(source: Path, target: Path) -> None:
    """One JSON array."""
    with source.open() as file, target.open("w") as array:
        array.write("[")
        for number, line in enumerate(file):
            array.write(f"{',' * bool(number)}{line}")
        array.write("]")


def as_gzip(source: Path, target: Path) -> None:
    """Lines of JSON, packed."""
    with source.open("rb") as file, gzip.open(target, "wb", compresslevel=1) as packed:
        packed.writelines(file)


def as_csv(source: Path, target: Path) -> None:
    """A column for each field that occurs."""
    names = sorted({name for row in lines(source) for name in row})
    with target.open("w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(lines(source))


def as_orders(source: Path, target: Path) -> None:
    """A table of orders, with the query that maps it beside it."""
    target.with_suffix(".sql").write_text(ORDERS)
    with source.open() as file, target.open("w") as table:
        table.write("order,customer,t,stars\n")
        table.writelines(f"{number},{number % 997},2024-05-02 18:00:{number % 60:02},{number % 5}\n" for number, _ in enumerate(file))


def as_workbook(source: Path, target: Path) -> None:
    """One sheet, all cells as text."""
    names = sorted({name for row in lines(source) for name in row})
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(names)
    for row in lines(source):
        sheet.append([None if name not in row else str(row[name]).lower() if isinstance(row[name], bool) else row[name] for name in names])
    book.save(target)


def as_events(source: Path, target: Path) -> None:
    """CloudEvents, one a line."""
    with target.open("w") as file:
        file.writelines(json.dumps(event_of(record), ensure_ascii=False) + "\n" for record in records(source))


def as_xes(source: Path, target: Path) -> None:
    """A log in XES."""
    with target.open("wb") as file:
        write_xes(file, by_relationship(source))


def as_ocel(source: Path, target: Path) -> None:
    """A log in OCEL, in SQLite."""
    write_ocel(target, by_relationship(source), encoding="sqlite")


def as_parquet(source: Path, target: Path) -> None:
    """Typed columns."""
    write_parquet(target, records(source))


FORMATS: dict[str, tuple[str, Callable[[Path, Path], None]]] = {
    "JSONL": ("a.jsonl", lambda source, target: target.symlink_to(source)),
    "JSONL, gzip": ("a.jsonl.gz", as_gzip),
    "JSON array": ("a.json", as_array),
    "CSV": ("a.csv", as_csv),
    "CSV by SQL": ("orders.csv", as_orders),
    "Excel": ("a.xlsx", as_workbook),
    "Parquet": ("a.parquet", as_parquet),
    "CloudEvents": ("events.jsonl", as_events),
    "XES": ("a.xes", as_xes),
    "OCEL, SQLite": ("a.sqlite", as_ocel),
}


def measure(name: str, source: Path, count: int) -> None:
    """Write the rows in a format, and import them once."""
    file, into = FORMATS[name]
    target = source.parent / file
    into(source, target)
    command = [JOURNEY, "--store", f"sqlite:///{source.parent / 'new.db'}", "--format", "json", "import", str(target)]
    if target.with_suffix(".sql").exists():
        command += ["--sql", str(target.with_suffix(".sql"))]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    answer = json.loads(process.communicate()[0])
    seconds = time.perf_counter() - start
    assert answer["recorded"] == count, answer
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"{name:14} {count / seconds:9,.0f} rows/s, {target.stat().st_size / 2**20:6,.0f} MiB, peak {peak:5,} MiB", flush=True)
    for left in (target, *source.parent.glob("new*")):
        left.unlink()


def main() -> None:
    """Each format in turn."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "source.jsonl"
        write(source, count)
        for name in sys.argv[2:] or FORMATS:
            # Another process, whose children have a peak of their own.
            subprocess.run([sys.executable, __file__, "--one", name, str(source), str(count)], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
