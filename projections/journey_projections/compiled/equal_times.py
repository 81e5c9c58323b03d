"""Putting rows that tie in time and sequence in the order of their ids, which are read all at once."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from journey_projections.compiled import equal_times_kernels
from journey_projections.compiled.compile_cache import Function
from journey_projections.compiled.compiler import compiled
from journey_projections.compiled.equal_times_kernels import Spare, Texts
from journey_projections.compiled.partition import NO_STRETCHES, Partition, in_threads, readable
from journey_projections.compiled.partition_kernels import ROW
from journey_projections.encoding.columns import Array


def settle(partition: Partition, rows: Array, starts: Array, ranges: Sequence[tuple[int, int]], results: Array, threads: int) -> None:
    """Put the rows of all pending relationships in the order of time, sequence and id.

    `ranges` are those of relationships, each for one thread at a time.
    """
    tied = np.zeros(len(rows), np.bool_)

    def by_time(bounds: tuple[int, int]) -> int:
        _by_time()(rows, starts, *bounds, results, tied, _spare(starts, *bounds))
        return int(np.count_nonzero(tied[starts[bounds[0]] : starts[bounds[1]]]))

    counts = in_threads(by_time, ranges, threads)
    texts = partition.ids(rows["row"][tied])
    ids = Texts(*(readable(array) for array in texts))
    numbers = np.cumsum([0, *counts])

    def by_id(number: int) -> None:
        _by_id()(rows, starts, *ranges[number], tied, ids, int(numbers[number]), _spare(starts, *ranges[number]))

    in_threads(by_id, range(len(ranges)), threads)


def _spare(starts: Array, first: int, last: int) -> Spare:
    most = int(np.diff(starts[first : last + 1]).max(initial=1))
    return Spare(np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, ROW), NO_STRETCHES)


@cache
def _by_time() -> Function:
    return compiled(equal_times_kernels.put_in_order_of_time)


@cache
def _by_id() -> Function:
    return compiled(equal_times_kernels.put_in_order_of_ids)
