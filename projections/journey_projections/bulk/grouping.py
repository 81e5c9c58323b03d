"""Rows of columns brought together by relationship, without comparing any: counted, then put where they belong, in their order."""

from typing import Any, NamedTuple

import numpy as np

ROW = np.dtype(
    [
        *((name, np.int64) for name in ("at", "sequence", "row")),
        *((name, np.float64) for name in ("certainty", "amount", "second", "third")),
        *((name, np.int32) for name in ("representative", "other", "episode", "promise", "topic")),
        *((name, np.int8) for name in ("kind", "side", "code", "flag", "cause")),
    ],
    align=True,
)
"""One row as the fold reads it: a Mention in codes, and its number among all rows."""


def count(relationship: Any, occurred_at: Any, kept: Any, united: Any, reach: Any, counts: Any) -> None:
    """Add up the rows within reach of each relationship that count."""
    for row in range(reach.first, reach.last):
        if counted(row, occurred_at, kept, reach.at):
            counts[one_of(relationship[row], united)] += 1


def scatter(columns: Any, kept: Any, united: Any, reach: Any, number: int, places: Any, rows: Any) -> None:
    """Put each row within reach that counts at the next of its relationship's `places`; row 0 is numbered `number`."""
    for row in range(reach.first, reach.last):
        relationship = one_of(columns.relationship[row], united)
        if reach.low <= relationship < reach.high and counted(row, columns.occurred_at, kept, reach.at):
            to = rows[places[relationship]]
            places[relationship] += 1
            to.at = columns.occurred_at[row]
            to.sequence = columns.sequence[row]
            to.row = number + row
            to.certainty = columns.certainty[row]
            to.amount = columns.amount[row]
            to.second = columns.second[row]
            to.third = columns.third[row]
            to.representative = columns.representative[row]
            to.other = columns.other[row]
            to.episode = columns.episode[row]
            to.promise = columns.promise[row]
            to.topic = columns.topic[row]
            to.kind = columns.kind[row]
            to.side = columns.side[row]
            to.code = columns.code[row]
            to.flag = columns.flag[row]
            to.cause = columns.cause[row]


class Reach(NamedTuple):
    """The rows from `first` up to `last` that occurred by `at`, of relationships from `low` up to `high`."""

    first: int
    last: int
    at: int
    low: int
    high: int


def counted(row: int, occurred_at: Any, kept: Any, at: int) -> bool:
    """Whether a row is kept and had happened."""
    return occurred_at[row] <= at and (len(kept) == 0 or kept[row])


def one_of(relationship: int, united: Any) -> int:
    """The relationship that one counts as."""
    return united[relationship] if len(united) else relationship
