"""A ledger in a folder: catching up with the journal, compacting, checking."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from journey.errors import DamagedLedger, StoreUnavailable
from journey.journal import Journal
from journey.stores.rows import StoredTouchpoint
from journey_projections.encoding.columns import FAMILIES, LAYOUT
from journey_projections.ledger.encoder import SegmentContent, SegmentEncoder
from journey_projections.ledger.layout import FACT_ROWS, FOLDERS, ROW_GROUP, TOUCHPOINTS, Note, made_by
from journey_projections.ledger.names import Names
from journey_projections.ledger.open_ledger import OpenLedger, facts_in, in_order, whole
from journey_projections.ledger.revisions import AmendmentIndex, FactRow
from journey_projections.ledger.segments import REBUILD, clear, leftovers, segments, write
from journey_projections.locks import claimed

ROWS_PER_SEGMENT = 500_000
"""How many rows of the journal go into one segment, about, while catching up."""
PAGE = 8_192
"""How many rows of the journal are read at once."""
Progress = Callable[[int], object]
"""Takes how many more of the journal's rows are in the ledger now."""
COMPACTED_AT_ONCE = 1_000_000
"""How many rows are sorted at once while compacting."""
MOST_SEGMENTS = 8
"""Catching up compacts the last segments where there are more than this."""
MAKE = "`journey ledger catch-up` makes one"
NO_CHAIN = bytes(32).hex()
"""The digest of an empty journal."""


@dataclass(frozen=True)
class Status:
    """Where a ledger stands: the last `position` in it, how many `rows` of touchpoints in how many `segments`, its `size` in bytes."""

    position: int
    rows: int
    segments: int
    names: Mapping[str, int]
    size: int


class Ledger:
    """The ledger in folder `path`, there or not."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self) -> Note | None:
        """What its last segment says of itself, None where there is none. Raises DamagedLedger."""
        listed = segments(self.path / "touchpoints")
        return listed[-1].note() if listed else None

    def own_note(self) -> Note | None:
        """As `note`, but None also where another version of journey made it. Raises DamagedLedger."""
        note = self.note()
        return note if note is not None and note.made_by == made_by() else None

    def open(self, until: int | None = None) -> OpenLedger:
        """Its state now, or when it went up to position `until`, to be read.

        Raises DamagedLedger; StoreUnavailable where there is no ledger.
        """
        while True:
            try:
                return OpenLedger(self.path, until=until)
            except FileNotFoundError:
                # Compacted meanwhile, unless there is none.
                if not segments(self.path / "touchpoints"):
                    raise StoreUnavailable(f"there is no ledger at `{self.path}`", MAKE) from None

    def catch_up(self, journal: Journal, progress: Progress = lambda _: None, *, until: int | None = None) -> Note | None:
        """Add what was recorded since, as far as position `until`; returns the last segment's note then.

        A ledger of another format, or of a journey that knew other kinds, is rebuilt. Others who catch up at the same time wait.
        Nothing is written where nothing is new, so that a ledger can be read where nobody can write. Raises
        DamagedLedger where the ledger is not of this journal, StoreUnavailable where it cannot be written.
        """
        current = self._current(journal, until)
        if current is not None:
            return current
        with self._writing():
            for folder in FOLDERS:
                (self.path / folder).mkdir(parents=True, exist_ok=True)
            with claimed(self.path / "lock"):
                note = self.own_note()
                if note is None:
                    self._remove()
                clear(self.path, note.last if note else 0)
                note = self._add(journal, note, progress, until)
                self._compact_last()
                return note

    def _current(self, journal: Journal, until: int | None) -> Note | None:
        """Its note, where a writer would have nothing to do; else None."""
        try:
            note = self.own_note()
            if note is None or any(leftovers(self.path, note.last)):
                return None
        except (FileNotFoundError, DamagedLedger):
            # Somebody may be writing right now: look again once alone.
            return None
        _of_same(self.path, journal, note)
        behind = journal.stored(note.last, 1)
        return None if behind and (until is None or behind[0].position <= until) else note

    def compact(self, progress: Progress = lambda _: None) -> None:
        """Write many segments of touchpoints as one, sorted by relationship; `progress` takes how many more rows are done.

        Raises DamagedLedger; StoreUnavailable where there is no ledger, or it cannot be written.
        """
        if self.status().segments > 1:
            with self._writing(), claimed(self.path / "lock"):
                self._compact(1, progress)

    def status(self) -> Status:
        """Where it stands. Raises DamagedLedger; StoreUnavailable where there is no ledger."""
        if not self.exists:
            raise StoreUnavailable(f"there is no ledger at `{self.path}`", MAKE)
        if self.note() is None:
            return Status(0, 0, 0, {}, 0)
        opened = self.open()
        by_folder = {folder: segments(self.path / folder) for folder in FOLDERS}
        size = sum(segment.path.stat().st_size for listed in by_folder.values() for segment in listed)
        return Status(opened.note.last, opened.rows, len(by_folder["touchpoints"]), dict(opened.note.names), size)

    @property
    def exists(self) -> bool:
        """Whether there is one, perhaps with nothing in it."""
        return (self.path / "lock").exists()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreUnavailable(f"the ledger `{self.path}` cannot be written: {error}", "name another place with --ledger") from error

    def _compact(self, start: int, progress: Progress) -> None:
        """Write the touchpoints from position `start` on as one segment; names and facts are few, and written whole."""
        opened = OpenLedger(self.path, start)
        clear(self.path, opened.note.last)

        def tables() -> Iterator[pa.Table]:
            for table in opened.tables(opened.ranges(COMPACTED_AT_ONCE)):
                yield table
                progress(table.num_rows)

        everything = replace(opened.note, first=1)
        write(self.path / "names", everything, opened.names.tables())
        write(self.path / "facts", everything, [_facts(opened.facts)])
        write(self.path / "touchpoints", opened.total(start), tables())
        clear(self.path, opened.note.last)

    def _compact_last(self) -> None:
        """Write the last segments as one where they are many; each row is written a few times at the most."""
        listed = segments(self.path / "touchpoints")
        if len(listed) <= MOST_SEGMENTS:
            return
        rows = [segment.note().rows for segment in listed]
        first, total = len(listed) - 1, rows[-1]
        while first and rows[first - 1] <= ROW_GROUP + 3 * total:
            first -= 1
            total += rows[first]
        if first < len(listed) - 1:
            self._compact(listed[first].first, lambda _: None)

    def remove(self) -> None:
        """Delete it, where there is one; nothing else that is in its folder. Raises StoreUnavailable where it cannot be deleted."""
        if self.exists:
            with self._writing(), claimed(self.path / "lock"):
                self._remove()

    def _remove(self) -> None:
        # The touchpoints first: without them the rest does not count.
        for folder in FOLDERS:
            for path in (self.path / folder).glob("[0-9]*-[0-9]*.parquet"):
                path.unlink()

    def _add(self, journal: Journal, note: Note | None, progress: Progress, until: int | None) -> Note | None:
        if note is not None:
            _of_same(self.path, journal, note)
        encoder, names = None, None
        for rows in pages(journal, note.last if note else 0, until):
            if encoder is None or names is None:
                names, amendments = self._names_and_amendments(note)
                encoder = SegmentEncoder(note.last if note else 0, note.chain if note else NO_CHAIN, amendments, journal.find)
            encoder.add(rows)
            if len(encoder) >= ROWS_PER_SEGMENT:
                note = self._write(encoder.take(), names)
            progress(len(rows))
        return self._write(encoder.take(), names) if encoder and names and len(encoder) else note

    def _names_and_amendments(self, note: Note | None) -> tuple[Names, AmendmentIndex]:
        """The names and amendments that the ledger has."""
        until = note.last if note else 0
        names = Names(segments(self.path / "names", until), note.names if note else {})
        return names, AmendmentIndex(facts_in(whole(segments(self.path / "facts", until), FACT_ROWS)))

    def _write(self, content: SegmentContent, names: Names) -> Note:
        codes, added = names.coded(content.names)
        columns = {name: codes[FAMILIES[name]][column] if name in FAMILIES else column for name, column in content.touchpoints.items()}
        note = Note(
            first=content.first,
            last=content.last,
            rows=len(content.touchpoints["id"]),
            amended=content.revisions,
            unknown=content.unknown,
            digest=content.digest,
            chain=content.chain,
            names=dict(names.counts),
            made_by=made_by(),
        )
        for folder, tables in (("names", added), ("facts", [_facts(content.facts)]), ("touchpoints", [_table(columns)])):
            write(self.path / folder, note, tables)
        return note


def _of_same(path: Path, journal: Journal, note: Note) -> None:
    """Raise DamagedLedger where the ledger at `path` is another journal's."""
    last = journal.stored(note.last - 1, 1)
    if not last or last[0].position != note.last or last[0].digest.hex() != note.digest:
        raise DamagedLedger(
            f"`{path}` is not the ledger of this journal: they differ at position {note.last}",
            f"name another with --ledger, or {REBUILD}",
        )


def pages(journal: Journal, after: int, last: int | None = None) -> Iterator[Sequence[StoredTouchpoint]]:
    """The rows behind a position, up to `last`, in pages; rows that were recorded together are never parted."""
    waiting: Sequence[StoredTouchpoint] = ()
    while rows := journal.stored(waiting[-1].position if waiting else after, PAGE):
        if last is not None and rows[-1].position > last:
            waiting = [*waiting, *(row for row in rows if row.position <= last)]
            break
        waiting = [*waiting, *rows]
        until = next((number for number in range(len(waiting), 0, -1) if waiting[number - 1].recorded_at != waiting[-1].recorded_at), 0)
        if until:
            yield waiting[:until]
            after = waiting[until - 1].position
            waiting = waiting[until:]
    if waiting:
        yield waiting


def _facts(facts: Sequence[FactRow]) -> pa.Table:
    return pa.Table.from_pylist([one._asdict() for one in facts], FACT_ROWS)


def _table(columns: Mapping[str, Any]) -> pa.Table:
    """Columns as a table of TOUCHPOINTS, in order."""
    arrays = [pa.array(columns[field.name]).cast(field.type) if field.name in LAYOUT else columns[field.name] for field in TOUCHPOINTS]
    return in_order(pa.table(arrays, schema=TOUCHPOINTS))
