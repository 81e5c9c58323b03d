"""How fast each format is imported, and in how much memory: whole processes of `journey import`, into a new SQLite journal each.

The same made-up touchpoints are written in every format, and a real log is imported where it is there. Arguments are the number of rows
(1,000,000), and optionally some formats.
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
from itertools import groupby, islice
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
LOG = Path(__file__).resolve().parents[2] / "shared" / "data" / "process_logs" / "bpic2012.xes.gz"
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


def imported(target: Path, *arguments: str) -> tuple[float, int, int]:
    """Import a file into a new journal: how long it took, how many rows were recorded, and the largest process until now, in MiB."""
    journal = target.parent / "new.db"
    command = [JOURNEY, "--store", f"sqlite:///{journal}", "--format", "json", "import", str(target), *arguments]
    start = time.perf_counter()
    answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    seconds = time.perf_counter() - start
    for left in target.parent.glob("new*"):
        left.unlink()
    return seconds, answer["recorded"], resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def measure(name: str, source: Path) -> None:
    """Write the rows in a format and import them, first a tenth of them."""
    file, into = FORMATS[name]
    target, tenth = source.parent / file, source.parent / "tenth.jsonl"
    count = sum(1 for _ in lines(source))
    with source.open() as all_lines, tenth.open("w") as some:
        some.writelines(islice(all_lines, count // 10))
    peaks = []
    for rows in (tenth, source):
        into(rows, target)
        mapping = target.with_suffix(".sql")
        seconds, recorded, peak = imported(target, *(("--sql", str(mapping)) if mapping.exists() else ()))
        assert recorded == (count if rows is source else count // 10)
        peaks.append(peak)
        size = target.stat().st_size / 2**20
        target.unlink()
    print(f"{name:14} {count / seconds:9,.0f} rows/s, {size:6,.0f} MiB; peak {peaks[1]:5,} MiB, of a tenth {peaks[0]:5,} MiB", flush=True)


def measure_log() -> None:
    """A real log, where it is among the shared data."""
    if not LOG.exists():
        return
    with tempfile.TemporaryDirectory() as place:
        target = Path(place) / LOG.name
        target.symlink_to(LOG)
        seconds, events, peak = imported(target)
    print(f"BPIC 2012, XES {events / seconds:9,.0f} events/s, {events:,} events; peak {peak:5,} MiB", flush=True)


def main() -> None:
    """Each format in turn."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "source.jsonl"
        write(source, count)
        for name in sys.argv[2:] or FORMATS:
            # Another process, whose children have a peak of their own.
            subprocess.run([sys.executable, __file__, "--one", name, str(source)], check=True)
    if not sys.argv[2:]:
        subprocess.run([sys.executable, __file__, "--log"], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2], Path(sys.argv[3]))
    elif sys.argv[1:2] == ["--log"]:
        measure_log()
    else:
        main()
