"""One state of a ledger, to be read: its content when it was opened, whatever is written meanwhile."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from journey.amendments import MERGES, PEOPLE_MERGES, Merge, PeopleMerge
from journey.errors import DamagedLedger
from journey.merging import merged_pairs, names_of_united
from journey.times import EPOCH, to_microseconds
from journey_projections.encoding.columns import FAMILIES, Array
from journey_projections.ledger.chunks import (
    KINDS,
    Chunk,
    RowGroup,
    RowIds,
    SelectedRows,
    array_of,
    breaks_between,
    chunk_of,
    columns_needed,
    read_ahead,
    stretches_of,
)
from journey_projections.ledger.layout import FACT_ROWS, TOUCHPOINTS, Note, made_by
from journey_projections.ledger.names import Names
from journey_projections.ledger.revisions import FactRow
from journey_projections.ledger.segments import Segment, segments


class OpenLedger:
    """A ledger as it was when this was made."""

    def __init__(self, path: Path, start: int = 1, until: int | None = None) -> None:
        """Open every file, of touchpoints those from position `start` on; as it was when it went up to position `until`, if given.

        INVARIANT (never misread): rows that another version of journey made are not read, since their numbers may mean something else.
        Raises DamagedLedger, and FileNotFoundError where there is no ledger or it was compacted meanwhile.
        """
        listed = [segment for segment in segments(path / "touchpoints", until) if segment.first >= start]
        if not listed:
            raise FileNotFoundError(path)
        self.path = path
        self._notes = [segment.note() for segment in listed]
        self.note: Note = self._notes[-1]
        if any(note.made_by != made_by() for note in self._notes):
            raise DamagedLedger(
                f"the ledger at `{path}` was made by another version of journey", "`journey ledger catch-up` builds it again"
            )
        self.last = self.note.last if until is None else until
        self._files = [segment.open() for segment in listed]
        self.names = Names(segments(path / "names", self.note.last), self.note.names)
        facts = whole(segments(path / "facts", self.note.last), FACT_ROWS)
        self.facts = [one for one in facts_in(facts) if one.position <= self.last]

    @property
    def rows(self) -> int:
        """How many rows of touchpoints there are, revisions included."""
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
        """Whether any touchpoint was revised."""
        return any(note.amended for note in self._notes)

    @property
    def unknown(self) -> int:
        """How many of them are of a kind that was not known."""
        return sum(note.unknown for note in self._notes)

    def united(self, family: str, known_at: datetime | None = None) -> Array | None:
        """For each relationship, or each of people, the code of the one that it counts as, as far as was known; None if none are merged."""
        kinds = {"relationships": MERGES, "people": PEOPLE_MERGES}[family]
        known = (one for one in self.facts if known_at is None or one.recorded_at <= to_microseconds(known_at))
        names = names_of_united(merged_pairs(_merge(one) for one in known if one.kind in kinds))
        if not names:
            return None
        codes = np.arange(self.note.names[family], dtype="i4")
        codes[self.names.places(family, list(names))] = self.names.places(family, list(names.values()))
        return codes

    def chunks(self, rows: int, known_at: datetime | None = None) -> Iterator[Chunk]:
        """All touchpoints as known by a time, in chunks of at most about so many rows.

        The next chunk overwrites the columns of the previous one.
        """
        united = self.united("relationships", known_at)
        buffers: dict[str, Array] = {}
        for first, last in self.ranges(rows, united):
            yield self._chunk(first, last, united, known_at, buffers)

    def chunk(self, first: int, last: int, known_at: datetime | None = None) -> Chunk:
        """All touchpoints, as known by a time, of the relationships that count as one from `first` up to `last`."""
        return self._chunk(first, last, self.united("relationships", known_at), known_at, {})

    def tables(self, ranges: Iterable[tuple[int, int]], recoded: Mapping[str, Array] | None = None) -> Iterator[pa.Table]:
        """Every row as it is in the files, in order, a table for each range of relationships; `recoded` by another ledger's codes."""
        for first, last in ranges:
            tables = []
            for group in self._needed(first, last, None if recoded is None else recoded["relationships"]):
                table = self._read(group, TOUCHPOINTS.names)
                if recoded is not None:
                    table = _recoded(table, recoded)
                codes = table["relationship"].to_numpy()
                tables.append(table.filter(pa.array((codes >= first) & (codes < last))))
            yield in_order(pa.concat_tables((TOUCHPOINTS.empty_table(), *tables)))

    def ranges(self, rows: int, united: Array | None = None) -> list[tuple[int, int]]:
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
        bounds = [0]
        while bounds[-1] < count:
            before = ends[bounds[-1] - 1] if bounds[-1] else 0
            bounds.append(max(int(np.searchsorted(ends, before + rows, side="right")), bounds[-1] + 1))
        return list(pairwise(bounds))

    @cached_property
    def _groups(self) -> list[RowGroup]:
        groups = []
        for file, opened in enumerate(self._files):
            of_groups = zip(opened.bounds("relationship"), opened.rows, strict=True)
            groups += [RowGroup(file, number, least, greatest, rows) for number, ((least, greatest), rows) in enumerate(of_groups)]
        return groups

    def _chunk(self, first: int, last: int, united: Array | None, known_at: datetime | None, buffers: dict[str, Array]) -> Chunk:
        """The rows of the relationships that count as one from `first` up to `last`, put into `buffers`."""
        columns = columns_needed(amended=self.amended, known_at=known_at)
        beyond = self.last < self.note.last
        columns += ["position"] if beyond and "position" not in columns else []
        groups = self._needed(first, last, united)
        room = sum(group.rows for group in groups)
        for name in columns:
            if name not in buffers or len(buffers[name]) < room:
                buffers[name] = np.empty(room, KINDS[name])
        selections: list[SelectedRows] = []
        stored: list[Array] = []
        size = 0
        for group, table in zip(groups, read_ahead(lambda group: self._read(group, columns), groups), strict=True):
            codes = array_of(table["relationship"])
            ones = (codes if united is None else united[codes]) - np.int32(first)
            selected = (ones >= 0) & (ones < last - first)
            if beyond:
                selected &= array_of(table["position"]) <= self.last
            count = int(np.count_nonzero(selected))
            if united is not None:
                stored.append(codes[selected])
            for name in columns:
                column = ones if name == "relationship" else array_of(table[name])
                buffers[name][size : size + count] = column if count == group.rows else column[selected]
            selections.append(
                SelectedRows(self._files[group.file], group.number, count, None if count == group.rows else np.packbits(selected))
            )
            size += count
        arrays = {name: buffers[name][:size] for name in columns}
        people = self.united("people", known_at)
        breaks = breaks_between(np.concatenate(stored), united) if united is not None and stored else np.empty(0, np.int64)
        return chunk_of(arrays, RowIds(selections), first, last, people, known_at, stretches_of(selections, breaks))

    def _read(self, group: RowGroup, columns: Sequence[str]) -> pa.Table:
        return self._files[group.file].read(columns, [group.number])

    def _needed(self, first: int, last: int, united: Array | None) -> list[RowGroup]:
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


def _recoded(table: pa.Table, codes: Mapping[str, Array]) -> pa.Table:
    """Rows with other codes, by family; the last of them is that of NOTHING."""
    for name, family in FAMILIES.items():
        column = pa.array(codes[family][table[name].to_numpy()])
        table = table.set_column(table.schema.get_field_index(name), TOUCHPOINTS.field(name), column)
    return table


def in_order(table: pa.Table) -> pa.Table:
    """Rows of TOUCHPOINTS in ORDER."""
    return table.take(pa.array(order_of(table)))


def order_of(table: pa.Table) -> Array:
    """The places of rows of TOUCHPOINTS in ORDER; the revisions of one touchpoint as they were recorded."""
    keys = [array_of(table[name]) for name in ("amends", "position", "sequence", "occurred_at", "relationship")]
    order = np.lexsort(keys)
    ties = np.zeros(len(order), np.bool_)
    ties[1:] = np.logical_and.reduce([key[order][1:] == key[order][:-1] for key in keys[2:]])
    tied = ties.copy()
    tied[:-1] |= ties[1:]
    places = order[tied]
    by_id = pc.call_function("rank", [table["id"].take(pa.array(places))], pc.RankOptions(tiebreaker="dense")).to_numpy()
    order[tied] = places[np.lexsort((by_id, np.cumsum(~ties)[tied]))]
    return order


def facts_in(table: pa.Table) -> list[FactRow]:
    """The rows of a table of facts."""
    plain = table.set_column(1, "recorded_at", table["recorded_at"].cast(pa.int64()))
    return [FactRow(**row) for row in plain.to_pylist()]


def whole(listed: Iterable[Segment], schema: pa.Schema) -> pa.Table:
    """All rows of some segments of a table."""
    return pa.concat_tables((schema.empty_table(), *(segment.read() for segment in listed)))


def _merge(one: FactRow) -> Merge | PeopleMerge:
    """A merge or unmerge, as far as it says who is one with whom."""
    fields = {"id": one.id, "other": one.about, "occurred_at": EPOCH}
    if one.kind in MERGES:
        return MERGES[one.kind].model_validate({**fields, "relationship": one.relationship})
    return PEOPLE_MERGES[one.kind].model_validate({**fields, "person": one.person})
