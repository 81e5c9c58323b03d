"""Rows of columns grouped by relationship without comparing any: first counted, then put in their places, in their order."""

from typing import Any, NamedTuple

import numpy as np

from journey_projections.compiled.array_pointers import fetch, window
from journey_projections.encoding.codes import NOTHING

ROW = np.dtype(
    [
        *((name, np.int64) for name in ("at", "sequence", "row", "due")),
        *((name, np.float64) for name in ("certainty", "amount", "second", "third")),
        *((name, np.int32) for name in ("representative", "other", "episode", "promise", "topic")),
        *((name, np.int8) for name in ("kind", "side", "code", "flag", "cause")),
    ],
    align=True,
)
"""One row as the fold reads it: a Mention in codes, and its number among all rows."""
AHEAD = 16
"""So many rows ahead the place of a row is fetched: long enough for memory to answer."""


class Reach(NamedTuple):
    """The rows from `first` up to `last` that occurred by `at`, of relationships from `low` up to `high`."""

    first: int
    last: int
    at: int
    low: int
    high: int


class Read(NamedTuple):
    """The columns that replay reads, `kept` (empty where all rows count), and for the code of each relationship, and of each of the
    `people`, that of the one it is (or empty, where each is its own)."""

    occurred_at: Any
    sequence: Any
    due: Any
    relationship: Any
    representative: Any
    other: Any
    episode: Any
    promise: Any
    topic: Any
    kind: Any
    side: Any
    code: Any
    flag: Any
    cause: Any
    certainty: Any
    amount: Any
    second: Any
    third: Any
    kept: Any
    united: Any
    people: Any


def count(columns: Read, reach: Reach, counts: Any) -> None:
    """Add up the rows within reach of each relationship that count."""
    opened, sums = windows(columns), window(counts)
    for row in range(reach.first, reach.last):
        if counted(row, opened, reach):
            sums[one_of(opened.relationship[row], opened.united)] += 1


def scatter(columns: Read, reach: Reach, number: int, places: Any, rows: Any) -> None:
    """Put each row within reach that counts at the next of its relationship's `places`; row 0 is numbered `number`."""
    put(windows(columns), reach, number, window(places), window(rows))


def put(columns: Read, reach: Reach, number: int, places: Any, rows: Any) -> None:
    """As `scatter`, through windows."""
    for row in range(reach.first, reach.last):
        if row + AHEAD < reach.last:
            later = one_of(columns.relationship[row + AHEAD], columns.united)
            if reach.low <= later < reach.high:
                fetch(rows, places[later])
        relationship = one_of(columns.relationship[row], columns.united)
        if reach.low <= relationship < reach.high and counted(row, columns, reach):
            to = rows[places[relationship]]
            places[relationship] += 1
            to.at = columns.occurred_at[row]
            to.sequence = columns.sequence[row]
            to.row = number + row
            to.due = columns.due[row]
            to.certainty = columns.certainty[row]
            to.amount = columns.amount[row]
            to.second = columns.second[row]
            to.third = columns.third[row]
            to.representative = one_of(columns.representative[row], columns.people)
            to.other = one_of(columns.other[row], columns.people)
            to.episode = columns.episode[row]
            to.promise = columns.promise[row]
            to.topic = columns.topic[row]
            to.kind = columns.kind[row]
            to.side = columns.side[row]
            to.code = columns.code[row]
            to.flag = columns.flag[row]
            to.cause = columns.cause[row]


def counted(row: int, columns: Read, reach: Reach) -> bool:
    """Whether a row counts and had happened by then."""
    return columns.occurred_at[row] <= reach.at and (len(columns.kept) == 0 or columns.kept[row])


def one_of(code: int, united: Any) -> int:
    """The code of the one that a relationship or a person is."""
    return united[code] if len(united) and code != NOTHING else code


def windows(columns: Read) -> Read:
    """Windows on all of them."""
    return Read(
        window(columns.occurred_at),
        window(columns.sequence),
        window(columns.due),
        window(columns.relationship),
        window(columns.representative),
        window(columns.other),
        window(columns.episode),
        window(columns.promise),
        window(columns.topic),
        window(columns.kind),
        window(columns.side),
        window(columns.code),
        window(columns.flag),
        window(columns.cause),
        window(columns.certainty),
        window(columns.amount),
        window(columns.second),
        window(columns.third),
        window(columns.kept),
        window(columns.united),
        window(columns.people),
    )
