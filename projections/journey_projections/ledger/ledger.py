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
from journey_projections.ledger.encoder import Slice, Tail
from journey_projections.ledger.layout import FOLDERS, ROW_GROUP, SAID, TOUCHPOINTS, Note, made_by
from journey_projections.ledger.names import Names
from journey_projections.ledger.open_ledger import OpenLedger, in_order, said_in, whole
from journey_projections.ledger.revisions import Amending, Said
from journey_projections.ledger.segments import REBUILD, clear, leftovers, segments, write
from journey_projections.locks import claimed

SLICE = 500_000
"""From how many rows of the journal on a segment is written before all are read."""
PAGE = 8_192
"""How many rows of the journal are read at once."""
Told = Callable[[int], object]
"""Takes how many more of the journal's rows are in the ledger now."""
COMPACTED_AT_ONCE = 1_000_000
"""How many rows are brought together at once."""
MOST_SEGMENTS = 8
"""From how many segments on catching up compacts some."""
MAKE = "`journey ledger catch-up` makes one"
NO_CHAIN = bytes(32).hex()
"""The digest of a journal in which nothing was recorded yet."""


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
        """What is in it, None where nothing is. Raises DamagedLedger."""
        found = segments(self.path / "touchpoints")
        return found[-1].note() if found else None

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

    def catch_up(self, journal: Journal, told: Told = lambda _: None, *, until: int | None = None) -> Note | None:
        """Add what was recorded since, as far as position `until`; returns what is in the ledger then.

        One that was made under another format or by a journey that knew other kinds is made anew. Others who catch up at the same
        time wait. Where nothing is behind, nothing is written, so that a ledger may be read where nobody can write. Raises
        DamagedLedger where the ledger is not of this journal, StoreUnavailable where it cannot be written.
        """
        current = self._current(journal, until)
        if current is not None:
            return current
        with self._writing():
            for folder in FOLDERS:
                (self.path / folder).mkdir(parents=True, exist_ok=True)
            with claimed(self.path / "lock"):
                note = self.note()
                if note is not None and note.made_by != made_by():
                    self._remove()
                    note = None
                clear(self.path, note.last if note else 0)
                note = self._add(journal, note, told, until)
                self._compact_tail()
                return note

    def _current(self, journal: Journal, until: int | None) -> Note | None:
        """What is in it, where no writer has anything to do; else None."""
        try:
            note = self.note()
            if note is None or note.made_by != made_by() or any(leftovers(self.path, note.last)):
                return None
        except (FileNotFoundError, DamagedLedger):
            # Somebody may be writing right now: what it is shows once one is alone.
            return None
        _of_same(self.path, journal, note)
        behind = journal.stored(note.last, 1)
        return None if behind and (until is None or behind[0].position <= until) else note

    def compact(self, told: Told = lambda _: None) -> None:
        """Write many segments of touchpoints as one, brought together by relationship; tells how many rows are done.

        Raises DamagedLedger; StoreUnavailable where there is no ledger, or it cannot be written.
        """
        if self.status().segments > 1:
            with self._writing(), claimed(self.path / "lock"):
                self._compact(1, told)

    def status(self) -> Status:
        """Where it stands. Raises DamagedLedger; StoreUnavailable where there is no ledger."""
        if not self.exists:
            raise StoreUnavailable(f"there is no ledger at `{self.path}`", MAKE)
        if self.note() is None:
            return Status(0, 0, 0, {}, 0)
        opened = self.open()
        found = {folder: segments(self.path / folder) for folder in FOLDERS}
        size = sum(segment.path.stat().st_size for some in found.values() for segment in some)
        return Status(opened.note.last, opened.rows, len(found["touchpoints"]), dict(opened.note.names), size)

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

    def _compact(self, start: int, told: Told) -> None:
        """Write everything from position `start` on as one segment; names and facts are few, and written whole."""
        opened = OpenLedger(self.path, start)
        clear(self.path, opened.note.last)

        def tables() -> Iterator[pa.Table]:
            for table in opened.tables(opened.cuts(COMPACTED_AT_ONCE)):
                yield table
                told(table.num_rows)

        everything = replace(opened.note, first=1)
        write(self.path / "names", everything, opened.names.tables())
        write(self.path / "facts", everything, [_facts(opened.said)])
        write(self.path / "touchpoints", opened.total(start), tables())
        clear(self.path, opened.note.last)

    def _compact_tail(self) -> None:
        """Write the last segments as one where they have become many, so that each row is written a few times at the most."""
        found = segments(self.path / "touchpoints")
        if len(found) <= MOST_SEGMENTS:
            return
        rows = [segment.note().rows for segment in found]
        first, total = len(found) - 1, rows[-1]
        while first and rows[first - 1] <= ROW_GROUP + 3 * total:
            first -= 1
            total += rows[first]
        if first < len(found) - 1:
            self._compact(found[first].first, lambda _: None)

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

    def _add(self, journal: Journal, note: Note | None, told: Told, until: int | None) -> Note | None:
        if note is not None:
            _of_same(self.path, journal, note)
        tail, names = None, None
        for rows in batches(journal, note.last if note else 0, until):
            if tail is None or names is None:
                names, amending = self._known(note)
                tail = Tail(note.last if note else 0, note.chain if note else NO_CHAIN, amending, journal.find)
            tail.add(rows)
            if len(tail) >= SLICE:
                note = self._write(tail.take(), names)
            told(len(rows))
        return self._write(tail.take(), names) if tail and names and len(tail) else note

    def _known(self, note: Note | None) -> tuple[Names, Amending]:
        """What the ledger knows of names and amendments."""
        until = note.last if note else 0
        names = Names(segments(self.path / "names", until), note.names if note else {})
        return names, Amending(said_in(whole(segments(self.path / "facts", until), SAID)))

    def _write(self, new: Slice, names: Names) -> Note:
        codes, added = names.coded(new.names)
        columns = {name: codes[FAMILIES[name]][column] if name in FAMILIES else column for name, column in new.touchpoints.items()}
        note = Note(
            first=new.first,
            last=new.last,
            rows=len(new.touchpoints["id"]),
            amended=new.tellings,
            unknown=new.unknown,
            digest=new.digest,
            chain=new.chain,
            names=dict(names.counts),
            made_by=made_by(),
        )
        for folder, tables in (("names", added), ("facts", [_facts(new.said)]), ("touchpoints", [_table(columns)])):
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


def batches(journal: Journal, after: int, last: int | None = None) -> Iterator[Sequence[StoredTouchpoint]]:
    """What was recorded behind a position, up to `last`, in pages that end where something that was recorded at once ends."""
    held: Sequence[StoredTouchpoint] = ()
    while rows := journal.stored(held[-1].position if held else after, PAGE):
        if last is not None and rows[-1].position > last:
            held = [*held, *(row for row in rows if row.position <= last)]
            break
        held = [*held, *rows]
        until = next((number for number in range(len(held), 0, -1) if held[number - 1].recorded_at != held[-1].recorded_at), 0)
        if until:
            yield held[:until]
            after = held[until - 1].position
            held = held[until:]
    if held:
        yield held


def _facts(said: Sequence[Said]) -> pa.Table:
    return pa.Table.from_pylist([one._asdict() for one in said], SAID)


def _table(columns: Mapping[str, Any]) -> pa.Table:
    """Columns as a table of TOUCHPOINTS, in order."""
    arrays = [pa.array(columns[field.name]).cast(field.type) if field.name in LAYOUT else columns[field.name] for field in TOUCHPOINTS]
    return in_order(pa.table(arrays, schema=TOUCHPOINTS))
