"""The ledger: how fast it catches up, is read, and is replayed, and in how much memory; medians and ratios of one run.

    python benchmarks/ledger.py [MILLIONS…]    by default 1 5 20

The rows are made up (`journey_projections.testing.made_up_logs`), about fifty a relationship, and written as catching up writes them,
in segments, then compacted. Each replay runs in a process of its own, which reports its peak memory. Where times are only days, what
happened on one day is put in the order of ids; such a ledger and that of exact instants take turns.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from journey import Journal
from journey_projections.encoding.columns import LAYOUT, Array, Columns
from journey_projections.ledger import Ledger, OpenLedger, replay_ledger
from journey_projections.ledger.layout import FAMILY_NAMES, FOLDERS, TOUCHPOINTS, Note, made_by
from journey_projections.ledger.names import table_of
from journey_projections.ledger.open_ledger import in_order
from journey_projections.ledger.segments import write
from journey_projections.testing.made_up_logs import MadeUpLog, made_up_log

MEMORY = 512 * 2**20
SEGMENT = 1_000_000
ROUNDS = 5


def main() -> None:
    """Measure and print."""
    if sys.argv[1:2] == ["replay"]:
        replay_in_this_process(Path(sys.argv[2]), int(sys.argv[3]))
        return
    if sys.argv[1:2] == ["days"]:
        replay_in_turns(Path(sys.argv[2]), Path(sys.argv[3]))
        return
    with tempfile.TemporaryDirectory(prefix="journey-benchmark-") as folder:
        catching_up(Path(folder), 100_000)
        for millions in map(int, sys.argv[1:] or ("1", "5", "20")):
            size = millions * 1_000_000
            made = made_up_log(size, size // 50)
            ledger, in_days = (
                written(Path(folder) / f"{millions}{name}", log) for name, log in ((".ledger", made), (".days", made.in_days()))
            )
            print(f"\n{millions} M touchpoints, {size // 50:,} relationships, {ledger.status().size / size:.1f} bytes a touchpoint")
            seconds = timed(lambda ledger=ledger: scanned(ledger))
            print(f"  only reading the same columns     {size / seconds / 1e6:6.1f} M/s")
            for memory in (MEMORY, 64 * 2**30):
                subprocess.run([sys.executable, __file__, "replay", str(ledger.path), str(memory)], check=True)
            subprocess.run([sys.executable, __file__, "days", str(ledger.path), str(in_days.path)], check=True)


def catching_up(folder: Path, size: int) -> None:
    """From a SQLite journal, beside recording it."""
    told = [record.touchpoint for record in made_up_log(size, size // 50).touchpoints()]
    with Journal.open(f"sqlite:///{folder / 'journal.db'}") as journal:
        began = time.perf_counter()
        for start in range(0, size, 5_000):
            journal.record(*told[start : start + 5_000])
        recording = time.perf_counter() - began
        seconds = timed(lambda: Ledger(Path(tempfile.mkdtemp(dir=folder))).catch_up(journal), rounds=3)
        print(f"catching up {size:,} touchpoints: {size / seconds / 1e3:.0f} k/s; recording them {size / recording / 1e3:.0f} k/s")


def written(path: Path, made: MadeUpLog) -> Ledger:
    """A ledger of made-up rows, in segments and then compacted."""
    for folder in FOLDERS:
        (path / folder).mkdir(parents=True)
    (path / "lock").touch()
    size, dictionaries = len(made.columns), made.dictionaries()
    names = {family: getattr(dictionaries, family).names for family in FAMILY_NAMES}
    counts = {family: len(some) for family, some in names.items()}
    for start in range(0, size, SEGMENT):
        rows = np.arange(start, min(start + SEGMENT, size))
        note = Note(start + 1, start + len(rows), len(rows), 0, 0, "", "", counts, made_by())
        told = names if not start else {}
        write(path / "names", note, [table_of(family, pa.array(some), 0) for family, some in told.items()])
        write(path / "facts", note, [])
        write(path / "touchpoints", note, [in_order(as_table(made.columns, rows))])
    began = time.perf_counter()
    ledger = Ledger(path)
    ledger.compact()
    if size > SEGMENT:
        print(f"\ncompacting {size:,} rows: {size / (time.perf_counter() - began) / 1e6:.1f} M/s")
    return ledger


def as_table(columns: Columns, rows: Array) -> pa.Table:
    """Some rows as a ledger has them."""
    arrays = [pa.array(getattr(columns, name)[rows]).cast(TOUCHPOINTS.field(name).type) for name in LAYOUT]
    told = [pa.array(columns.ids(rows)), pa.nulls(len(rows), pa.int64()), pa.array(np.zeros(len(rows), np.bool_))]
    return pa.table([*arrays, *told], schema=TOUCHPOINTS)


def scanned(ledger: Ledger) -> int:
    """Read the columns that a replay reads, and do nothing with them."""
    columns = [name for name in LAYOUT if name not in ("position", "recorded_at")]
    files = map(pq.ParquetFile, (ledger.path / "touchpoints").glob("*.parquet"))
    return sum(file.read_row_group(group, columns).num_rows for file in files for group in range(file.num_row_groups))


def replay_in_this_process(path: Path, memory: int) -> None:
    """Replay a ledger a few times, and tell how fast and in how much memory."""
    opened = OpenLedger(path)
    replay_ledger(opened, memory=memory, notice=print)  # compiles
    seconds = timed(lambda: replay_ledger(opened, memory=memory), rounds=3)
    allowed = f"{memory / 2**20:.0f} MB" if memory < 2**34 else "no bound"
    print(f"  replayed, {allowed:>8}: {opened.rows / seconds / 1e6:6.1f} M/s, {seconds:.2f} s, peak {peak():.0f} MB")


def replay_in_turns(exact: Path, in_days: Path) -> None:
    """Replay two ledgers, one of whose times are only days, and tell the ratio of their times."""
    works = [partial(replay_ledger, OpenLedger(path), memory=MEMORY) for path in (exact, in_days)]
    times = list(zip(*([timed(work, rounds=1) for work in works] for _ in range(ROUNDS)), strict=True))
    first, second = map(statistics.median, times)
    print(f"  where times are only days:     {OpenLedger(in_days).rows / second / 1e6:6.1f} M/s, {second / first:.2f} times the time")


def peak() -> float:
    """The most memory that this process had, in MB."""
    # What getrusage tells would be the parent's, if that was larger.
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(told["VmHWM"].split()[0]) / 1024


def timed(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median seconds of a few runs."""
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
