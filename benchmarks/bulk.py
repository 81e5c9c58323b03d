"""How fast all relationships are replayed at once, compared with reading the same bytes, eventsourcing's repository, polars and pandas.

    python benchmarks/bulk.py [TOUCHPOINTS …]        (default: 1 million and 20 million; the latter takes some 6 GB)

Touchpoints are in memory, in the order of a journal. Peers replay a part of them by the same rules, which are interpreted for them;
ratios are per touchpoint. Where times are only days, what happened on one day is put in the
order of ids. All take turns, so that a noisy minute is noisy for all. Wall time
says what was reached on this machine now, processor time what it took. A peer that is not installed is left out.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from journey_projections.compiled import replay_all
from journey_projections.encoding.columns import LAYOUT, Columns
from journey_projections.encoding.mentions import Mention
from journey_projections.encoding.numbering import Encoded, Encoder, number
from journey_projections.rules.gallery import rule_set
from journey_projections.testing.made_up_logs import MadeUpLog, made_up_log

ROUNDS = 5
JUDGES = ("goodwill", "beta")
"""The default rules, and a model that remembers two numbers."""
IN_DAYS = ", only days"
PER_RELATIONSHIP = 50
PART = 4_000
"""How many touchpoints the peers fold."""
GOODWILL = rule_set("goodwill")


class Fold:
    """The interpreted fold, as a peer calls it for each of its rows."""

    def __init__(self) -> None:
        self.state, self.names, self.now = GOODWILL.initial(GOODWILL.parameters), Encoder(), 0

    def step(self, row: dict[str, Any]) -> None:
        """Let the next row act."""
        self.now = self.now or row["at"]
        mention, record = Mention(**row), Encoded()
        number(self.names, mention, record)
        GOODWILL.make_room(self.state, self.names.counts[0])
        if mention.at > self.now:
            GOODWILL.advance(self.state, mention.at - self.now, GOODWILL.parameters)
            self.now = mention.at
        GOODWILL.apply(self.state, record, GOODWILL.parameters)

    @property
    def trust(self) -> float:
        """The trust now."""
        return GOODWILL.trust(self.state, GOODWILL.parameters)


class Relationship(Aggregate):
    """An aggregate of eventsourcing that is rebuilt by the same rules."""

    @event("Began")
    def __init__(self) -> None:
        self.fold = Fold()

    @event("Met")
    def meet(self, row: dict[str, Any]) -> None:
        """Let the next row act."""
        self.fold.step(row)


def rows_of(columns: Columns) -> list[tuple[int, dict[str, Any]]]:
    """Rows in the order of time, as plain values."""
    names = {"at": "occurred_at", **{name: name for name in Mention.__slots__ if name != "at"}}
    values = zip(*(getattr(columns, column).tolist() for column in names.values()), strict=True)
    rows = [dict(zip(names, row, strict=True)) for row in values]
    return sorted(zip(columns.relationship.tolist(), rows, strict=True), key=lambda row: row[1]["at"])


def eventsourcing_repository(columns: Columns) -> Callable[[], object]:
    """Rebuild every relationship from eventsourcing's repository, in memory."""
    application = Application[Any]()
    aggregates: dict[int, Relationship] = {}
    for relationship, row in rows_of(columns):
        if relationship not in aggregates:
            aggregates[relationship] = Relationship()
        aggregates[relationship].meet(row)
    application.save(*aggregates.values())
    ids = [aggregate.id for aggregate in aggregates.values()]
    return lambda: [application.repository.get(id).fold.trust for id in ids]


def polars_with_a_python_fold(columns: Columns) -> Callable[[], object] | None:
    """Group the rows with polars and fold each group in Python; None without polars."""
    try:
        import polars as pl
    except ImportError:
        return None
    frame = pl.DataFrame([{"relationship": relationship, **row} for relationship, row in rows_of(columns)])

    def folded(group: Any) -> Any:
        fold = Fold()
        for row in group.sort("at", maintain_order=True).drop("relationship").iter_rows(named=True):
            fold.step(row)
        return pl.DataFrame({"trust": [fold.trust]})

    return lambda: frame.group_by("relationship").map_groups(folded)


def pandas_with_a_python_fold(columns: Columns) -> Callable[[], object] | None:
    """Group the rows with pandas and fold each group in Python; None without pandas."""
    try:
        import pandas as pd
    except ImportError:
        return None
    frame = pd.DataFrame([{"relationship": relationship, **row} for relationship, row in rows_of(columns)])

    def folded(group: Any) -> float:
        fold = Fold()
        for row in group.sort_values("at", kind="stable").to_dict("records"):
            fold.step(row)
        return fold.trust

    return lambda: frame.groupby("relationship")[list(Mention.__slots__)].apply(folded)


def scan(columns: Columns) -> None:
    """Read every byte once, on two threads."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: getattr(columns, name).view(np.uint8).max(), LAYOUT))


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def told(name: str, times: list[tuple[float, float]], touchpoints: int) -> float:
    """Print the median and the spread; returns the median seconds per touchpoint."""
    walls = sorted(wall for wall, _ in times)
    median, processor = statistics.median(walls), statistics.median(processor for _, processor in times)
    spread = f"{touchpoints / walls[-1] / 1e6:.3g}–{touchpoints / walls[0] / 1e6:.3g}"
    print(f"{name:<44} {touchpoints / median / 1e6:>9.3g} M/s ({spread}), {processor / touchpoints * 1e9:,.0f} ns of processor each")
    return median / touchpoints


def cold_compile(rules: str) -> float:
    """Seconds that a first replay takes in a fresh process without anything kept, less those of the second."""
    program = "import time; from journey_projections.compiled import replay_all; "
    program += "from journey_projections.testing.made_up_logs import made_up_log; "
    program += "c = made_up_log(100, 2).columns; t = time.perf_counter(); "
    program += f"replay_all(c, {rules!r}); print(time.perf_counter() - t)"

    def run(folder: str) -> float:
        environment = {**os.environ, "NUMBA_CACHE_DIR": folder}
        return float(subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True).stdout)

    with tempfile.TemporaryDirectory() as folder:
        first, second = run(folder), run(folder)
    print(f"cold compile, `{rules}`: {first:.1f} s once; {second:.1f} s in every further process (numba included)")
    return first


def peers() -> None:
    """All take turns on the same touchpoints."""
    small, part = made_up_log(1_000_000, 1_000_000 // PER_RELATIONSHIP), made_up_log(PART, PART // PER_RELATIONSHIP)
    contenders: dict[str, tuple[Callable[[], object] | None, int]] = {
        "bulk replay, goodwill": (lambda: replay_all(small.columns), len(small.columns)),
        "eventsourcing repository, goodwill": (eventsourcing_repository(part.columns), PART),
        "polars, Python fold, goodwill": (polars_with_a_python_fold(part.columns), PART),
        "pandas, Python fold, goodwill": (pandas_with_a_python_fold(part.columns), PART),
    }
    for name in [name for name, (work, _) in contenders.items() if work is None]:
        print(f"{name}: left out, as it is not installed (`pip install {name.split(',')[0]}`)")
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, (work, _) in contenders.items():
            if work is not None:
                times[name].append(measured(work))
    medians = {name: told(name, times[name], contenders[name][1]) for name in contenders if times[name]}
    ours = medians.pop("bulk replay, goodwill")
    for name, seconds in medians.items():
        print(f"    {name}: bulk replay is {seconds / ours:,.0f} times as fast per touchpoint")


def growing(sizes: list[int]) -> None:
    """Each size beside reading its bytes; and what a touchpoint costs in the largest log against the smallest."""
    costs: dict[str, list[float]] = {}
    for size in sizes:
        log: MadeUpLog = made_up_log(size, size // PER_RELATIONSHIP)
        works: dict[str, Callable[[], object]] = {"reading the bytes": partial(scan, log.columns)}
        works |= {f"bulk replay, {name}": partial(replay_all, log.columns, name) for name in JUDGES}
        works |= {f"bulk replay, {name}{IN_DAYS}": partial(replay_all, log.in_days().columns, name) for name in JUDGES}
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
        for _ in range(ROUNDS):
            for name, work in works.items():
                times[name].append(measured(work))
        for name in works:
            costs.setdefault(name, []).append(told(f"{size / 1e6:g} M: {name}", times[name], size))
    for name, cost in costs.items():
        growth, distance = cost[-1] / cost[0], cost[-1] / costs["reading the bytes"][-1]
        print(f"{name}: in the largest log a touchpoint costs {growth:.2f} times that of the smallest, {distance:.1f} times reading it")
    for name in JUDGES:
        tied, exact = (costs[f"bulk replay, {name}{what}"][-1] for what in (IN_DAYS, ""))
        print(f"bulk replay, {name}: where times are only days, {tied / exact:.2f} times the time of exact instants")


if __name__ == "__main__":
    cold_compile("goodwill")
    for name in JUDGES:
        replay_all(made_up_log(100, 2).columns, name)
    peers()
    growing([int(size) for size in sys.argv[1:]] or [1_000_000, 20_000_000])
