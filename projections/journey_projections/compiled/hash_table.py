"""A table of numbers by code, for compiled numbering: what `find` and `put` of `encoding` do with dicts, over arrays of records.

Open addressing in the first power of two of places that is more than half empty. The first record is the table's own: `code` its
last place, `number` how many codes it holds. A place with the number NOTHING is empty.
"""

from typing import Any

import numpy as np

from journey_projections.encoding.codes import NOTHING

ENTRY = np.dtype([("code", np.int64), ("number", np.int64)])
_FEW = 16
"""So many places a table has at first, which is enough for most: to clear them costs less than to let tables grow."""


def table(names: int) -> Any:
    """An array with room for a table of so many names; memory is taken only as far as it fills."""
    return np.empty(1 + max(_FEW, 4 * names), ENTRY)


def clear(table: Any) -> None:
    """Make a table hold nothing."""
    table[0].code = _FEW
    table[0].number = 0
    for place in range(1, _FEW + 1):
        table[place].number = NOTHING


def find(table: Any, code: int) -> int:
    """The number of a code, NOTHING if it is missing."""
    number: int = table[_place(table, code)].number
    return number


def put(table: Any, code: int, number: int) -> None:
    """Hold a number for a code."""
    place = _place(table, code)
    if table[place].number == NOTHING:
        table[0].number += 1
        if 2 * table[0].number > table[0].code:
            _grow(table)
            place = _place(table, code)
    table[place].code = code
    table[place].number = number


def entries(table: Any) -> list[tuple[int, int]]:
    """The codes in a table with their numbers, by number; not compiled."""
    last, count = table[0].item()
    places = table[1 : 1 + (last if count else 0)]
    used = places[places["number"] != NOTHING]
    pairs: list[tuple[int, int]] = used[used["number"].argsort()].tolist()
    return pairs


def _place(table: Any, code: int) -> int:
    """Where a code is, or belongs."""
    last = table[0].code
    place: int = (code * 0x9E3779B1 >> 7) & (last - 1)
    while table[place + 1].number != NOTHING and table[place + 1].code != code:
        place = (place + 1) & (last - 1)
    return place + 1


def _grow(table: Any) -> None:
    last = table[0].code
    codes, numbers = np.empty(last, np.int64), np.empty(last, np.int64)
    for place in range(last):
        codes[place] = table[place + 1].code
        numbers[place] = table[place + 1].number
    table[0].code = 2 * last
    for place in range(1, 2 * last + 1):
        table[place].number = NOTHING
    for entry in range(last):
        if numbers[entry] != NOTHING:
            place = _place(table, codes[entry])
            table[place].code = codes[entry]
            table[place].number = numbers[entry]
