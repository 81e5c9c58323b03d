"""Chunks of a ledger: every row of some relationships at a time, in memory."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from journey.times import to_microseconds
from journey_projections.encoding.codes import NOTE_ADDED, NOTHING
from journey_projections.encoding.columns import LAYOUT, Array, Columns, Ids, ids_of
from journey_projections.ledger.layout import UNKNOWN_KIND
from journey_projections.ledger.segments import Opened

_REVISION_COLUMNS = ("position", "recorded_at", "amends", "retracted")
"""The columns that say which revision of a touchpoint counts."""
KINDS = {**LAYOUT, "amends": np.dtype(np.int64), "retracted": np.dtype(np.bool_)}
_FOLDED = tuple(name for name in LAYOUT if name not in (*_REVISION_COLUMNS, "relationship"))


class Chunk(NamedTuple):
    """Every row of some relationships: those whose codes go from `first` up to `last`, counted from `first` in `columns`.

    Merged relationships count as the one that they are. `present` says which of them have touchpoints at all, known or not.
    """

    columns: Columns
    first: int
    last: int
    present: Array


class RowGroup(NamedTuple):
    """A row group: in which file, its number there, its least and greatest relationship, and how many rows it has."""

    file: int
    number: int
    least: int
    greatest: int
    rows: int


def columns_needed(*, amended: bool, known_at: datetime | None) -> list[str]:
    """The columns of touchpoints, without ids, that a replay takes: where some were amended, and as known by a time."""
    return ["relationship", *_FOLDED, *(_REVISION_COLUMNS if amended else ("recorded_at",) if known_at is not None else ())]


def chunk_of(
    arrays: dict[str, Array],
    ids: Ids,
    first: int,
    last: int,
    people: Array | None,
    known_at: datetime | None,
    stretches: Array | None = None,
) -> Chunk:
    """Every row of the relationships from `first` up to `last`, from the `columns_needed` of them, with relationships counted from `first`.

    `people` are those `united`, `ids` and `stretches` as Columns have them.
    """
    size = len(arrays["relationship"])
    present = np.zeros(last - first, np.bool_)
    present[arrays["relationship"]] = True
    unknown = arrays["kind"] == UNKNOWN_KIND
    if unknown.any():
        arrays["kind"] = np.where(unknown, np.int8(NOTE_ADDED), arrays["kind"])
    if people is not None:
        for name in ("representative", "other"):
            arrays[name] = np.append(people, np.int32(NOTHING))[arrays[name]]
    counting = None if known_at is None else arrays["recorded_at"] <= to_microseconds(known_at)
    if "amends" in arrays:
        counting = _effective(arrays, np.ones(size, np.bool_) if counting is None else counting)
    # Columns that are not read take no memory: pages of zeros that are never touched.
    columns = {name: arrays[name] if name in arrays else np.zeros(size, kind) for name, kind in LAYOUT.items()}
    return Chunk(Columns(**columns, ids=ids, kept=counting, stretches=stretches), first, last, present)


class SelectedRows(NamedTuple):
    """Some rows of a row group: how many, and which, as a bit for each row of the group; None selects all."""

    file: Opened
    group: int
    size: int
    selected: Array | None

    def ids(self, rows: Array) -> pa.Array:
        """The ids of some of the selected rows, by their numbers among these."""
        if self.selected is not None:
            rows = np.flatnonzero(np.unpackbits(self.selected))[rows]
        return self.file.read(["id"], [self.group])["id"].take(pa.array(rows)).combine_chunks().cast(pa.large_string())


class RowIds:
    """The ids of selected rows, read when they are needed."""

    def __init__(self, selections: Sequence[SelectedRows]) -> None:
        self._selections = selections

    def __call__(self, rows: npt.NDArray[np.int64]) -> pa.LargeStringArray:
        """By their numbers in the chunk."""
        return ids_of([(selection.size, selection.ids) for selection in self._selections], rows)


def stretches_of(selections: Sequence[SelectedRows], breaks: Array) -> Array:
    """The stretches of selected rows, as Columns have them: what a file has in the order of replay, between `breaks`."""
    ends = np.cumsum([0, *(selection.size for selection in selections)])
    files = [selection.file for selection in selections]
    begins = [end for end, file, before in zip(ends[:-1], files, (None, *files), strict=False) if file is not before]
    cuts = np.unique(np.concatenate([np.array(begins, np.int64), breaks, ends[-1:]]))
    in_order = np.array([file.is_in_order for file in files], np.bool_)
    pairs: Array = np.stack([cuts[:-1], cuts[1:]], axis=1)[in_order[np.searchsorted(ends, cuts[:-1], side="right") - 1]]
    return pairs.ravel()


def breaks_between(codes: Array, united: Array) -> Array:
    """Where the rows of a merged relationship begin or end, by the codes that the files have."""
    is_merged = united[codes] != codes
    return 1 + np.flatnonzero((codes[1:] != codes[:-1]) & (is_merged[1:] | is_merged[:-1]))


def read_ahead(work: Callable[[RowGroup], pa.Table], over: Sequence[RowGroup]) -> Iterator[pa.Table]:
    """The results of work, in order; each is begun while the previous one is used."""
    with ThreadPoolExecutor(1) as pool:
        coming = [pool.submit(work, one) for one in over[:1]]
        for number in range(len(over)):
            coming += [pool.submit(work, one) for one in over[number + 1 : number + 2]]
            yield coming.pop(0).result()


def _effective(arrays: Mapping[str, Array], known: Array) -> Array:
    """Which rows count: of each touchpoint the last known revision, unless it retracts the touchpoint."""
    amends, position = arrays["amends"], arrays["position"]
    revisions = np.flatnonzero((amends > 0) & known)
    revisions = revisions[np.lexsort((position[revisions], arrays["recorded_at"][revisions]))]
    # The last revision of a touchpoint wins: it comes first from behind.
    touchpoints, from_behind = np.unique(amends[revisions][::-1], return_index=True)
    last = revisions[::-1][from_behind]
    counting: Array = known & (amends == 0) & ~np.isin(position, touchpoints)
    counting[last[~arrays["retracted"][last]]] = True
    return counting


def array_of(column: pa.ChunkedArray) -> Array:
    """A column as an array: times in µs, 0 where there is nothing."""
    if column.null_count:
        column = column.fill_null(0)
    array: Array = column.to_numpy()
    return array.view(np.int64) if pa.types.is_timestamp(column.type) else array
