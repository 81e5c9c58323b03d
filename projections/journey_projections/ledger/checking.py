"""Checks a ledger against its journal: every digest is recomputed, and every row is made again."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from journey.errors import DamagedLedger
from journey.journal import Journal
from journey_projections.encoding.codes import NOTHING
from journey_projections.encoding.columns import Array
from journey_projections.ledger.chunks import array_of
from journey_projections.ledger.layout import BOUNDED, FOLDERS
from journey_projections.ledger.ledger import COMPACTED_AT_ONCE, NO_CHAIN, PAGE, Ledger
from journey_projections.ledger.open_ledger import OpenLedger, order_of
from journey_projections.ledger.segments import segments


def check(path: Path, journal: Journal, progress: Callable[[int], object] = lambda _: None) -> Iterator[str]:
    """The faults of the ledger at `path`, in words; none where all is well.

    Every page of its files is compared with its checksum, and its digests with the journal's. Its rows are compared with those of a
    second ledger, which is built from the journal in a temporary folder, of touchpoints that are validated again. `progress` takes
    how many more of the journal's rows are done, twice over. Raises StoreUnavailable where there is no ledger.
    """
    try:
        yield from _wrong(path, journal, progress)
    except DamagedLedger as error:
        yield str(error)


def _wrong(path: Path, journal: Journal, progress: Callable[[int], object]) -> Iterator[str]:
    if not Ledger(path).status().position:
        return
    opened = Ledger(path).open()
    if problems := list(_broken_files(path)) or list(_unlike_the_journal(path, journal, progress)):
        yield from problems
        return
    with TemporaryDirectory() as folder:
        rebuilt = Ledger(Path(folder))
        rebuilt.catch_up(journal, progress, until=opened.note.last)
        yield from _unlike(opened, rebuilt.open())


def _broken_files(path: Path) -> Iterator[str]:
    for folder in FOLDERS:
        for segment in segments(path / folder):
            try:
                file = segment.open()
                bounds = {column: file.bounds(column) for column in BOUNDED[folder]}
                for number in range(len(file.rows)):
                    table = file.read(groups=[number])
                    if folder == "touchpoints" and file.is_in_order and not np.array_equal(order_of(table), np.arange(len(table))):
                        yield f"`{segment.path}` says that its rows are in the order of replay, and in its row group {number} they are not"
                    for column in bounds:
                        actual = pc.call_function("min_max", [table[column]]).as_py()
                        if bounds[column][number] != (actual["min"], actual["max"]):
                            yield f"`{segment.path}` does not say from where to where `{column}` goes in its row group {number}"
            except DamagedLedger as error:
                yield str(error)


def _unlike_the_journal(path: Path, journal: Journal, progress: Callable[[int], object]) -> Iterator[str]:
    """Where the journal's digests differ from those that the ledger was made of."""
    link, position = bytes.fromhex(NO_CHAIN), 0
    for segment in segments(path / "touchpoints"):
        note = segment.note()
        while position < note.last:
            rows = journal.stored(position, min(PAGE, note.last - position))
            if not rows or rows[-1].position > note.last:
                yield f"the ledger goes to position {note.last}, where the journal has nothing"
                return
            for row in rows:
                link = hashlib.sha256(link + row.digest).digest()
            position = rows[-1].position
            progress(len(rows))
        if link.hex() != note.chain:
            yield f"`{segment.path}` was made of other touchpoints than the journal has at positions {note.first} to {note.last}"
            return


def _unlike(opened: OpenLedger, rebuilt: OpenLedger) -> Iterator[str]:
    """How a ledger differs from a fresh one of the same journal; codes may differ, their names may not."""
    recoded = rebuilt.names.recoded(opened.names)
    for family, codes in recoded.items():
        if rebuilt.note.names[family] != opened.note.names[family] or (codes[:-1] == NOTHING).any():
            yield f"the names of {family} are not those in the journal"
            return
    if _counted(opened) != _counted(rebuilt):
        yield "row counts (all, revised, or of unknown kinds) differ from the journal"
    if opened.facts != rebuilt.facts:
        yield "the amendments and merges are not those in the journal"
    ranges = opened.ranges(COMPACTED_AT_ONCE)
    for (first, last), mine, other in zip(ranges, opened.tables(ranges), rebuilt.tables(ranges, recoded), strict=True):
        if mine.num_rows != other.num_rows:
            relationships = f"`{opened.names.of('relationships')[first]}` to `{opened.names.of('relationships')[last - 1]}`"
            yield f"of the relationships {relationships} there are {mine.num_rows} rows, and should be {other.num_rows}"
            continue
        for name in mine.schema.names:
            places = np.flatnonzero(_bits(mine[name]) != _bits(other[name]))
            if len(places):
                id = mine["id"][int(places[0])]
                yield f"touchpoint `{id}` has another `{name}` than in the journal, as have {len(places) - 1} more"


def _counted(opened: OpenLedger) -> tuple[int, int, int]:
    """How many rows the files have, how many are revisions, and how many are of unknown kinds."""
    total = opened.total(1)
    return total.rows, total.amended, total.unknown


def _bits(column: pa.ChunkedArray) -> Array:
    """Values that are equal where their bits are, NaN included."""
    values = array_of(column)
    return values.view(np.int64) if values.dtype == np.float64 else values
