"""The rows of relationships put in the order of time, sequence and id, where some tie in the first two."""

from typing import Any, NamedTuple

from journey_projections.compiled.array_pointers import window
from journey_projections.compiled.fold import put_in_order, tie


class Texts(NamedTuple):
    """Texts in UTF-8, one behind the other: number n goes from `starts[n]` up to `starts[n + 1]` in `data`."""

    starts: Any
    data: Any


class Spare(NamedTuple):
    """Room to sort in, each of it for as many rows as the largest relationship has; and no stretches."""

    order: Any
    merged: Any
    rows: Any
    stretches: Any


def put_in_order_of_time(rows: Any, starts: Any, first: int, last: int, results: Any, tied: Any, spare: Spare) -> None:
    """Put the rows of the pending relationships from `first` up to `last` in the order of time and sequence, and mark those that tie."""
    for relationship in range(first, last):
        begin, count = starts[relationship], starts[relationship + 1] - starts[relationship]
        if not results[relationship].pending:
            continue
        put_in_order(rows, begin, count, spare.order, spare.stretches)
        rearrange(rows, begin, count, spare.order, spare.rows)
        for place in range(begin + 1, begin + count):
            if tie(rows[place - 1], rows[place]):
                tied[place - 1] = tied[place] = True


def put_in_order_of_ids(rows: Any, starts: Any, first: int, last: int, tied: Any, ids: Texts, number: int, spare: Spare) -> None:
    """Put what ties of the relationships from `first` up to `last` in the order of ids; the first `tied` row's is number `number`."""
    texts = Texts(window(ids.starts), window(ids.data))
    for relationship in range(first, last):
        place, end = starts[relationship], starts[relationship + 1]
        while place < end:
            count = 1
            if tied[place]:
                while place + count < end and tie(rows[place], rows[place + count]):
                    count += 1
                if not rise(texts, number, count):
                    sort(texts, number, count, spare.order, spare.merged)
                    for one in range(count):
                        spare.order[one] += place
                    rearrange(rows, place, count, spare.order, spare.rows)
                number += count
            place += count


def rearrange(rows: Any, begin: int, count: int, order: Any, spare: Any) -> None:
    """Put `count` rows from `begin` on in this order of places among all rows."""
    for place in range(count):
        spare[place] = rows[order[place]]
    for place in range(count):
        rows[begin + place] = spare[place]


def rise(texts: Texts, number: int, count: int) -> bool:
    """Whether `count` texts from a number on rise."""
    one = number + 1
    while one < number + count and not is_before(texts, one, one - 1):
        one += 1
    return one >= number + count


def sort(texts: Texts, number: int, count: int, order: Any, merged: Any) -> None:
    """Fill `order` with the numbers, counted from `number`, of so many texts as they rise; equal ones as they come.

    Sorted runs are merged into runs of double length, until there is one.
    """
    for one in range(count):
        order[one] = one
    length = 1
    while length < count:
        for low in range(0, count, 2 * length):
            middle, high = min(low + length, count), min(low + 2 * length, count)
            left, right = low, middle
            for to in range(low, high):
                if left < middle and (right == high or not is_before(texts, number + order[right], number + order[left])):
                    merged[to] = order[left]
                    left += 1
                else:
                    merged[to] = order[right]
                    right += 1
        for one in range(count):
            order[one] = merged[one]
        length *= 2


def is_before(texts: Texts, one: int, other: int) -> bool:
    """Whether one text is before another by its bytes, which is by its code points."""
    first, second = texts.starts[one], texts.starts[other]
    size, other_size = texts.starts[one + 1] - first, texts.starts[other + 1] - second
    for place in range(min(size, other_size)):
        if texts.data[first + place] != texts.data[second + place]:
            return bool(texts.data[first + place] < texts.data[second + place])
    return bool(size < other_size)
