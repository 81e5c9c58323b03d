"""Touchpoints of many relationships as columns of numbers, in the order of the journal: what a ledger holds and bulk replay takes.

One row is one touchpoint as `encoding.mention` encodes it, its names replaced by codes. A code is a place in one of five
dictionaries of plain names: relationships, people (representatives), episodes, promises, topics; -1 (NOTHING) is no name. The
dictionaries belong to a whole log, not to a relationship or a segment: what a name means within its relationship is settled when
rows are replayed, so that merged relationships share an episode of one name. A failure or deception without an episode has its
own id in the dictionary of episodes. Layout, in this order:

    position        i8  place in the journal, rising            relationship    i4  code
    recorded_at     i8  µs since 1970-01-01T00:00Z              representative  i4  code (people); of a handover: who handed over
    occurred_at     i8  µs since 1970-01-01T00:00Z              other           i4  code (people); of a handover: who took over
    sequence        i8  the source's own order                  episode         i4  code
    certainty       f8  0 to 1                                  promise         i4  code
    amount          f8  NaN where there is none                 topic           i4  code
    second, third   f8  as amount                               kind, side, code, flag, cause  i1  see `codes` and `encoding.mention`
    due             i8  µs since 1970-01-01T00:00Z, NEVER where there is none

`ids` gives the ids of some rows, by their numbers in these columns. Touchpoints are in the order of (occurred_at, sequence, id),
and replay reads the ids only of those rows that tie on the first two and are in none of the `stretches`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Union

import numpy as np
import numpy.typing as npt

from journey.history import Recorded
from journey.times import to_microseconds
from journey_projections.encoding.codes import NOTHING
from journey_projections.encoding.mentions import Name, mention

if TYPE_CHECKING:
    import pyarrow as pa

Array = npt.NDArray[Any]
Ids = Callable[[npt.NDArray[np.int64]], Union[Sequence[str], "pa.Array"]]
"""From row numbers to the ids of those rows, as a sequence or, which is faster, as an Arrow array."""

LAYOUT: dict[str, np.dtype[Any]] = {
    name: np.dtype(kind)
    for kind, names in {
        "i8": ("position", "recorded_at", "occurred_at", "sequence", "due"),
        "i4": ("relationship", "representative", "other", "episode", "promise", "topic"),
        "i1": ("kind", "side", "code", "flag", "cause"),
        "f8": ("certainty", "amount", "second", "third"),
    }.items()
    for name in names
}
"""Every column with its type."""
FAMILIES = {
    "relationship": "relationships",
    "representative": "people",
    "other": "people",
    "episode": "episodes",
    "promise": "promises",
    "topic": "topics",
}
"""The columns that hold codes, with the dictionary that each is from."""


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Rows of touchpoints, one array for each name of LAYOUT, all of one length; see the module."""

    position: Array
    recorded_at: Array
    occurred_at: Array
    sequence: Array
    due: Array
    relationship: Array
    representative: Array
    other: Array
    episode: Array
    promise: Array
    topic: Array
    kind: Array
    side: Array
    code: Array
    flag: Array
    cause: Array
    certainty: Array
    amount: Array
    second: Array
    third: Array
    ids: Ids
    kept: Array | None = None
    """Which rows count (bool); all when None. Others are there, but were retracted or replaced, or are not known yet."""
    stretches: Array | None = None
    """Row numbers, rising: from the first up to the second, from the third up to the fourth, … the rows of one relationship, time and
    sequence rise by id. Nothing is known when None."""

    def __post_init__(self) -> None:
        for name, kind in LAYOUT.items():
            column = getattr(self, name)
            if column.dtype != kind or column.shape != self.position.shape:
                shape = f"{column.dtype} of shape {column.shape}"
                raise ValueError(f"column `{name}` is {shape}; give {kind} of shape {self.position.shape}, as `position` has")
        if self.kept is not None and (self.kept.dtype != np.bool_ or self.kept.shape != self.position.shape):
            raise ValueError(f"`kept` is {self.kept.dtype} of shape {self.kept.shape}; give bool of shape {self.position.shape}")

    def __len__(self) -> int:
        return len(self.position)


class _Codes(dict[Name, int]):
    """Codes for names and for NOTHING; a new name gets the next code when it is looked up."""

    def __missing__(self, name: Name) -> int:
        self[name] = code = len(self) - 1
        return code


class Dictionary:
    """Codes for names, counted up in the order of their first mention."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        known: dict[Name, int] = {name: code for code, name in enumerate(names)}
        self._codes = _Codes({NOTHING: NOTHING, **known})
        self.code: Callable[[Name], int] = self._codes.__getitem__
        """The code of a name, a new one if it is new; NOTHING of NOTHING."""

    def __len__(self) -> int:
        return len(self._codes) - 1

    @property
    def names(self) -> list[str]:
        """The names, by code."""
        return [str(name) for name in self._codes][1:]


@dataclass(frozen=True, slots=True)
class Dictionaries:
    """The names behind the codes of a log."""

    relationships: Dictionary = field(default_factory=Dictionary)
    people: Dictionary = field(default_factory=Dictionary)
    episodes: Dictionary = field(default_factory=Dictionary)
    promises: Dictionary = field(default_factory=Dictionary)
    topics: Dictionary = field(default_factory=Dictionary)


def columns_of(records: Iterable[Recorded], dictionaries: Dictionaries) -> Columns:
    """Recorded touchpoints (of any relationships, in any order) as columns; names that are new are added to the dictionaries.

    A record without a position gets its place among `records`.
    """
    rows: list[tuple[Any, ...]] = []
    ids: list[str] = []
    coded = {name: getattr(dictionaries, family).code for name, family in FAMILIES.items()}
    for place, record in enumerate(records):
        touchpoint, row = record.outline, mention(record.outline, record.at)
        rows.append(
            (
                place if record.position is None else record.position,
                to_microseconds(record.recorded_at),
                row.at,
                touchpoint.sequence,
                row.due,
                coded["relationship"](touchpoint.relationship),
                *(coded[name](getattr(row, name)) for name in FAMILIES if name != "relationship"),
                *(row.kind, row.side, row.code, row.flag, row.cause, row.certainty, row.amount, row.second, row.third),
            )
        )
        ids.append(touchpoint.id)
    # Transposed by column, since no number may pass through another's type.
    transposed = zip(*rows, strict=True) if rows else ((),) * len(LAYOUT)
    arrays = {name: np.array(values, dtype=LAYOUT[name]) for name, values in zip(LAYOUT, transposed, strict=True)}
    return Columns(**arrays, ids=lambda numbers: [ids[number] for number in numbers])


def ids_of(sources: Sequence[tuple[int, Ids]], rows: Array) -> "pa.LargeStringArray":
    """The ids of rows by their numbers, which count through several sources; each source is its number of rows and its ids."""
    import pyarrow as pa

    ends = np.cumsum([size for size, _ in sources])
    source = np.searchsorted(ends, rows, side="right")
    is_rising = bool(np.all(source[1:] >= source[:-1]))
    order = np.arange(len(rows)) if is_rising else np.argsort(source, kind="stable")
    cuts = np.searchsorted(source[order], np.arange(len(sources) + 1))
    arrays = [pa.array((), pa.large_string())]
    for (size, ids), end, first, last in zip(sources, ends, cuts[:-1], cuts[1:], strict=True):
        if first < last:
            arrays.append(pa.array(ids(rows[order[first:last]] - (end - size)), pa.large_string()))
    joined = pa.concat_arrays(arrays)
    return joined if is_rising else joined.take(pa.array(np.argsort(order)))
