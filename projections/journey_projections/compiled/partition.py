"""The rows of columns by relationship, a block of relationships at a time."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np

from journey_projections.compiled import partition_kernels
from journey_projections.compiled.compile_cache import Function
from journey_projections.compiled.compiler import compiled
from journey_projections.compiled.partition_kernels import ROW, Reach, Read
from journey_projections.encoding.codes import NOTHING
from journey_projections.encoding.columns import Array, Columns, ids_of

FOREVER = 2**63 - 1
NO_STRETCHES = np.empty(0, np.int64)


class Partition:
    """Runs of columns, counted by relationship.

    `starts` has the place of each relationship's first row among all that count, in the order of codes, and the number of all.
    """

    def __init__(self, runs: Sequence[Columns], united: Array | None, people: Array | None, at: int | None, threads: int) -> None:
        self.runs = runs
        self.united, self.people = (np.empty(0, np.int32) if codes is None else codes.astype(np.int32) for codes in (united, people))
        for run in runs:
            self._check(run)
        self.at = FOREVER if at is None else at
        self.offsets = np.cumsum([0, *(len(run) for run in runs)])
        codes = self.united if united is not None else [run.relationship.max(initial=-1) for run in runs]
        # Of relationships that are one by `united`, rows that tie need not rise by id.
        known = zip(runs, self.offsets, strict=False) if united is None else ()
        stretches = (run.stretches + offset for run, offset in known if run.stretches is not None)
        self.stretches = np.concatenate([NO_STRETCHES, *stretches])
        self.relationships = 1 + int(max(codes, default=-1))
        self.threads = threads
        self._counts = np.zeros((threads, self.relationships), np.int64)
        self._each(self._count)
        self.starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(self._counts.sum(axis=0))])
        self._rows = np.empty(0, ROW)

    def blocks(self, rows_at_once: int | None) -> Iterator[tuple[int, int]]:
        """Ranges of relationships that have so many rows at the most, or one relationship."""
        low = 0
        while low < self.relationships or low == 0:
            high = self.relationships
            if rows_at_once is not None:
                high = max(low + 1, int(np.searchsorted(self.starts, self.starts[low] + rows_at_once, side="right")) - 1)
            yield low, min(high, self.relationships)
            low = max(1, high)

    def rows(self, low: int, high: int) -> Array:
        """The rows of the relationships from `low` up to `high`, by relationship, in the order of the columns."""
        size = self.starts[high] - self.starts[low]
        if len(self._rows) < size:
            self._rows = np.empty(size, ROW)
        rows = self._rows[:size]
        before = np.cumsum(self._counts, axis=0) - self._counts + self.starts[:-1] - self.starts[low]

        def put(thread: int, run: int, first: int, last: int) -> None:
            reach = Reach(first, last, self.at, low, high)
            _scatter()(self._read(run), reach, int(self.offsets[run]), before[thread], rows)

        self._each(put)
        return rows

    def ids(self, numbers: Array) -> tuple[Array, Array]:
        """The ids of rows by their numbers, counted through all runs: where each starts, and behind the last one, in UTF-8."""
        ids = ids_of([(len(run), run.ids) for run in self.runs], numbers)
        _, starts, data = ids.buffers()
        return np.frombuffer(starts, np.int64)[ids.offset : ids.offset + len(ids) + 1], np.frombuffer(data, np.uint8)

    def _check(self, run: Columns) -> None:
        """Refuse numbers that compiled code would follow out of an array. Raises ValueError."""
        most = {"relationship": len(self.united), "representative": len(self.people), "other": len(self.people), "side": 2}
        for name, size in most.items():
            column = getattr(run, name)
            least, top = column.min(initial=0), column.max(initial=0)
            lowest = NOTHING if name in ("representative", "other") else 0
            if least < lowest or (size and top >= size):
                known = f"up to {size - 1}" if size else "on"
                raise ValueError(f"column `{name}` has numbers from {least} to {top}; only those from {lowest} {known} mean something here")

    def _count(self, thread: int, run: int, first: int, last: int) -> None:
        _count()(self._read(run), Reach(first, last, self.at, 0, self.relationships), self._counts[thread])

    def _read(self, run: int) -> Read:
        columns = self.runs[run]
        kept = np.empty(0, np.bool_) if columns.kept is None else columns.kept
        names = [name for name in Read._fields if hasattr(columns, name) and name != "kept"]
        return Read(*(readable(array) for array in (*(getattr(columns, name) for name in names), kept, self.united, self.people)))

    def _each(self, work: Callable[[int, int, int, int], None]) -> None:
        """Let every thread work on its share of the rows: the first on the first ones, run by run."""

        def share(thread: int) -> None:
            total = int(self.offsets[-1])
            first, last = total * thread // self.threads, total * (thread + 1) // self.threads
            for run in range(len(self.runs)):
                start = int(self.offsets[run])
                mine = max(first, start) - start, min(last, int(self.offsets[run + 1])) - start
                if mine[0] < mine[1]:
                    work(thread, run, *mine)

        in_threads(share, range(self.threads), self.threads)


def in_threads(work: Callable[[Any], Any], over: Sequence[Any], threads: int) -> list[Any]:
    """The results of work over something, in order, by some threads."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, over))


@cache
def _count() -> Function:
    return compiled(partition_kernels.count)


@cache
def _scatter() -> Function:
    return compiled(partition_kernels.scatter)


def readable(array: Array) -> Array:
    """The array as numba knows it whatever it is backed by: contiguous, aligned, not to be written."""
    view = np.require(array, requirements=["C", "A"]).view()
    view.flags.writeable = False
    return view
