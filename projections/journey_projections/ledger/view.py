"""One state of a ledger, to be read: what was there when it was opened, whatever is written meanwhile."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from journey.amendments import MERGES, PEOPLE_MERGES, Merge, PeopleMerge
from journey.merging import merged_pairs, names_of_united
from journey.times import EPOCH, to_microseconds
from journey_projections.codes import NOTE_ADDED, NOTHING
from journey_projections.columns import FAMILIES, LAYOUT, Array, Columns, Ids
from journey_projections.ledger.amending import Said
from journey_projections.ledger.layout import SAID, TOUCHPOINTS, UNKNOWN_KIND, Note
from journey_projections.ledger.names import Names
from journey_projections.ledger.segments import Opened, Segment, segments

_TELLING = ("position", "recorded_at", "amends", "retracted")
"""The columns that say which telling of a touchpoint counts."""
_KINDS = {**LAYOUT, "amends": np.dtype(np.int64), "retracted": np.dtype(np.bool_)}
_FOLDED = tuple(name for name in LAYOUT if name not in (*_TELLING, "relationship"))


class Cluster(NamedTuple):
    """Every row of some relationships: those whose codes go from `first` up to `last`, counted from `first` in `columns`.

    Merged relationships count as the one that they are. `present` says which of them have touchpoints at all, known or not.
    """

    columns: Columns
    first: int
    last: int
    present: Array


class _Group(NamedTuple):
    """A row group: in which file, its number there, its least and greatest relationship, and how many rows it has."""

    file: int
    number: int
    least: int
    greatest: int
    rows: int


class View:
    """A ledger as it was when this was made."""

    def __init__(self, path: Path, start: int = 1, until: int | None = None) -> None:
        """Open every file, of touchpoints those from position `start` on; as it was when it went up to position `until`, if given.

        Raises DamagedLedger, and FileNotFoundError where there is no ledger or it was compacted meanwhile.
        """
        found = [segment for segment in segments(path / "touchpoints", until) if segment.first >= start]
        if not found:
            raise FileNotFoundError(path)
        self.path = path
        self._notes = [segment.note() for segment in found]
        self.note: Note = self._notes[-1]
        self.last = self.note.last if until is None else until
        self._files = [segment.open() for segment in found]
        self.names = Names(segments(path / "names", self.note.last), self.note.names)
        facts = whole(segments(path / "facts", self.note.last), SAID)
        self.said = [one for one in said_in(facts) if one.position <= self.last]

    @property
    def rows(self) -> int:
        """How many rows of touchpoints there are, later tellings included."""
        return sum(note.rows for note in self._notes)

    def span(self) -> tuple[datetime, datetime] | None:
        """When the first and the last touchpoint occurred, as they were recorded; None where there is none."""
        first, last = [], []
        for file, note in zip(self._files, self._notes, strict=True):
            if note.amended:
                table = file.read(["occurred_at", "amends"])
                column = table["occurred_at"].filter(table["amends"].is_null())
                bounds = [(column.sort()[0].as_py(), column.sort()[-1].as_py())] if len(column) else []
            else:
                bounds = file.bounds("occurred_at")
            first += [one for one, _ in bounds]
            last += [one for _, one in bounds]
        return (min(first), max(last)) if first else None

    def total(self, first: int) -> Note:
        """What one segment of all these rows, from position `first` on, would say of itself."""
        amended = sum(note.amended for note in self._notes)
        return replace(self.note, first=first, rows=self.rows, amended=amended, unknown=self.unknown)

    @property
    def amended(self) -> bool:
        """Whether any touchpoint is told otherwise later."""
        return any(note.amended for note in self._notes)

    @property
    def unknown(self) -> int:
        """How many of them are of a kind that was not known."""
        return sum(note.unknown for note in self._notes)

    def united(self, family: str, known_at: datetime | None = None) -> Array | None:
        """For each relationship, or each of people, the code of the one that it counts as, as far as was known; None if none are merged."""
        kinds = {"relationships": MERGES, "people": PEOPLE_MERGES}[family]
        known = (one for one in self.said if known_at is None or one.recorded_at <= to_microseconds(known_at))
        names = names_of_united(merged_pairs(_merge(one) for one in known if one.kind in kinds))
        if not names:
            return None
        codes = np.arange(self.note.names[family], dtype="i4")
        codes[self.names.places(family, list(names))] = self.names.places(family, list(names.values()))
        return codes

    def clusters(self, rows: int, known_at: datetime | None = None) -> Iterator[Cluster]:
        """All touchpoints as known by a time, brought together by relationship, at most about so many rows at once.

        A cluster's columns are good until the next one is asked for, which is put in the same place.
        """
        united = self.united("relationships", known_at)
        buffers: dict[str, Array] = {}
        for first, last in self.cuts(rows, united):
            yield self._cluster(first, last, united, known_at, buffers)

    def cluster(self, first: int, last: int, known_at: datetime | None = None) -> Cluster:
        """All touchpoints, as known by a time, of the relationships that count as one from `first` up to `last`."""
        return self._cluster(first, last, self.united("relationships", known_at), known_at, {})

    def tables(self, cuts: Iterable[tuple[int, int]], recoded: Mapping[str, Array] | None = None) -> Iterator[pa.Table]:
        """Every row as it is in the files, by ranges of relationships and in order; with the codes of another ledger, by family."""
        for first, last in cuts:
            parts = []
            for group in self._needed(first, last, None if recoded is None else recoded["relationships"]):
                table = self._read(group, TOUCHPOINTS.names)
                if recoded is not None:
                    table = _recoded(table, recoded)
                codes = table["relationship"].to_numpy()
                parts.append(table.filter(pa.array((codes >= first) & (codes < last))))
            yield in_order(pa.concat_tables((TOUCHPOINTS.empty_table(), *parts)))

    def cuts(self, rows: int, united: Array | None = None) -> list[tuple[int, int]]:
        """Ranges of relationships of at most so many rows, or of one relationship."""
        count = self.note.names["relationships"]
        if self.rows <= rows:
            return [(0, count)]
        totals = np.zeros(count, np.int64)
        for group in self._groups:
            codes = self._read(group, ["relationship"])["relationship"].to_numpy()
            totals[group.least : group.greatest + 1] += np.bincount(codes - group.least, minlength=group.greatest - group.least + 1)
        if united is not None:
            totals = np.bincount(united, weights=totals, minlength=count).astype(np.int64)
        ends = np.cumsum(totals)
        cuts = [0]
        while cuts[-1] < count:
            before = ends[cuts[-1] - 1] if cuts[-1] else 0
            cuts.append(max(int(np.searchsorted(ends, before + rows, side="right")), cuts[-1] + 1))
        return list(pairwise(cuts))

    @cached_property
    def _groups(self) -> list[_Group]:
        found = []
        for file, opened in enumerate(self._files):
            of_groups = zip(opened.bounds("relationship"), opened.rows, strict=True)
            found += [_Group(file, number, least, greatest, rows) for number, ((least, greatest), rows) in enumerate(of_groups)]
        return found

    def _cluster(self, first: int, last: int, united: Array | None, known_at: datetime | None, buffers: dict[str, Array]) -> Cluster:
        """The rows of the relationships that count as one from `first` up to `last`, put into `buffers`."""
        wanted = columns_needed(amended=self.amended, known_at=known_at)
        beyond = self.last < self.note.last
        wanted += ["position"] if beyond and "position" not in wanted else []
        groups = self._needed(first, last, united)
        room = sum(group.rows for group in groups)
        for name in wanted:
            if name not in buffers or len(buffers[name]) < room:
                buffers[name] = np.empty(room, _KINDS[name])
        parts: list[_Part] = []
        size = 0
        for group, table in zip(groups, _ahead(lambda group: self._read(group, wanted), groups), strict=True):
            codes = array_of(table["relationship"])
            ones = (codes if united is None else united[codes]) - np.int32(first)
            meant = (ones >= 0) & (ones < last - first)
            if beyond:
                meant &= array_of(table["position"]) <= self.last
            count = int(np.count_nonzero(meant))
            for name in wanted:
                column = ones if name == "relationship" else array_of(table[name])
                buffers[name][size : size + count] = column if count == group.rows else column[meant]
            parts.append(_Part(self._files[group.file], group.number, count, None if count == group.rows else np.packbits(meant)))
            size += count
        arrays = {name: buffers[name][:size] for name in wanted}
        people = self.united("people", known_at)
        return cluster_of(arrays, _Ids(parts), first, last, people, known_at)

    def _read(self, group: _Group, columns: Sequence[str]) -> pa.Table:
        return self._files[group.file].read(columns, [group.number])

    def _needed(self, first: int, last: int, united: Array | None) -> list[_Group]:
        """The row groups that may hold rows of relationships that count as one from `first` up to `last`."""
        moved = np.empty(0, np.int64)
        if united is not None:
            moved = np.flatnonzero((united != np.arange(len(united))) & (united >= first) & (united < last))
        return [
            group
            for group in self._groups
            if (group.least < last and group.greatest >= first)
            or np.searchsorted(moved, group.least) < np.searchsorted(moved, group.greatest, side="right")
        ]


def columns_needed(*, amended: bool, known_at: datetime | None) -> list[str]:
    """The columns of touchpoints, without ids, that a replay takes: where some were amended, and as known by a time."""
    return ["relationship", *_FOLDED, *(_TELLING if amended else ("recorded_at",) if known_at is not None else ())]


def cluster_of(arrays: dict[str, Array], ids: Ids, first: int, last: int, people: Array | None, known_at: datetime | None) -> Cluster:
    """Every row of the relationships from `first` up to `last`, from the `columns_needed` of them, with relationships counted from `first`.

    `people` are those `united`, and `ids` as Columns have them.
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
    kept = None if known_at is None else arrays["recorded_at"] <= to_microseconds(known_at)
    if "amends" in arrays:
        kept = _effective(arrays, np.ones(size, np.bool_) if kept is None else kept)
    # What nobody asks for takes no memory: pages of zeros that are never touched.
    columns = {name: arrays[name] if name in arrays else np.zeros(size, kind) for name, kind in LAYOUT.items()}
    return Cluster(Columns(**columns, ids=ids, kept=kept), first, last, present)


class _Part(NamedTuple):
    """A row group, how many of its rows are meant, and which, a bit for each; all where None."""

    file: Opened
    group: int
    size: int
    meant: Array | None

    def ids(self, rows: Array) -> list[str]:
        """The ids of some of the rows that are meant."""
        if self.meant is not None:
            rows = np.flatnonzero(np.unpackbits(self.meant))[rows]
        found: list[str] = self.file.read(["id"], [self.group])["id"].take(pa.array(rows)).to_pylist()
        return found


class _Ids:
    """The ids of the rows of several parts, read when they are asked for."""

    def __init__(self, parts: Sequence[_Part]) -> None:
        self._parts = parts

    def __call__(self, rows: npt.NDArray[np.int64]) -> Sequence[str]:
        ends = np.cumsum([part.size for part in self._parts])
        found = np.empty(len(rows), object)
        at = np.searchsorted(ends, rows, side="right")
        for place in np.unique(at):
            mine = at == place
            found[mine] = self._parts[place].ids(np.asarray(rows)[mine] - (ends[place - 1] if place else 0))
        return list(found)


def _ahead(work: Callable[[_Group], pa.Table], over: Sequence[_Group]) -> Iterator[pa.Table]:
    """The results of work, each begun while the one before is used."""
    with ThreadPoolExecutor(1) as pool:
        coming = [pool.submit(work, one) for one in over[:1]]
        for number in range(len(over)):
            coming += [pool.submit(work, one) for one in over[number + 1 : number + 2]]
            yield coming.pop(0).result()


def _recoded(table: pa.Table, codes: Mapping[str, Array]) -> pa.Table:
    """Rows with other codes, by family; the last of them is that of NOTHING."""
    for name, family in FAMILIES.items():
        column = pa.array(codes[family][table[name].to_numpy()])
        table = table.set_column(table.schema.get_field_index(name), TOUCHPOINTS.field(name), column)
    return table


def _effective(arrays: Mapping[str, Array], known: Array) -> Array:
    """Which rows count: of each touchpoint the last telling that is known, unless it says that the touchpoint is told no longer."""
    amends, position = arrays["amends"], arrays["position"]
    again = np.flatnonzero((amends > 0) & known)
    again = again[np.lexsort((position[again], arrays["recorded_at"][again]))]
    # Of the tellings of one touchpoint the last one wins, by being met first from behind.
    touchpoints, from_behind = np.unique(amends[again][::-1], return_index=True)
    last = again[::-1][from_behind]
    kept: Array = known & (amends == 0) & ~np.isin(position, touchpoints)
    kept[last[~arrays["retracted"][last]]] = True
    return kept


def in_order(table: pa.Table) -> pa.Table:
    """Rows of TOUCHPOINTS by relationship, in the order in which they are replayed."""
    keys = [array_of(table[name]) for name in ("amends", "position", "sequence", "occurred_at", "relationship")]
    return table.take(pa.array(np.lexsort(keys)))


def said_in(table: pa.Table) -> list[Said]:
    """The rows of a table of facts."""
    plain = table.set_column(1, "recorded_at", table["recorded_at"].cast(pa.int64()))
    return [Said(**row) for row in plain.to_pylist()]


def whole(found: Iterable[Segment], schema: pa.Schema) -> pa.Table:
    """All rows of some segments of a table."""
    return pa.concat_tables((schema.empty_table(), *(segment.read() for segment in found)))


def _merge(one: Said) -> Merge | PeopleMerge:
    """A merge or unmerge as it was recorded, as far as it says what is one."""
    said = {"id": one.id, "other": one.about, "occurred_at": EPOCH}
    if one.kind in MERGES:
        return MERGES[one.kind].model_validate({**said, "relationship": one.relationship})
    return PEOPLE_MERGES[one.kind].model_validate({**said, "person": one.person})


def array_of(column: pa.ChunkedArray) -> Array:
    """A column as an array: times in µs, 0 where there is nothing."""
    if column.null_count:
        column = column.fill_null(0)
    array: Array = column.to_numpy()
    return array.view(np.int64) if pa.types.is_timestamp(column.type) else array
