"""The files of a ledger: segments that are written whole or not at all, by one writer at a time.

A segment appears by being renamed, once its bytes are on disk. Of what one catch-up writes, the touchpoints appear last: they
commit the rest. Where one segment covers others, as after compaction, these no longer count, whether they are still there or not.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from journey.errors import DamagedLedger
from journey_projections.ledger.layout import FOLDERS, METADATA_KEY, ROW_GROUP, SORTED, WRITING, Note

REBUILD = "`journey ledger rebuild` builds it again from the journal"
_UNFINISHED = ".unfinished"


@dataclass(frozen=True)
class Segment:
    """A file of one table: what was recorded from position `first` to `last`."""

    path: Path
    first: int
    last: int

    def open(self) -> "Opened":
        """The file. Raises DamagedLedger where it is not whole."""
        return Opened(self)

    def note(self) -> Note:
        """What it says of itself. Raises DamagedLedger."""
        with self.explained():
            return Note(**json.loads(pq.read_metadata(self.path).metadata[METADATA_KEY]))

    def read(self) -> pa.Table:
        """Its rows. Raises DamagedLedger."""
        return self.open().read()

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Raise DamagedLedger for what reading the file raises where it is not whole."""
        try:
            yield
        except FileNotFoundError:
            raise
        except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as error:
            raise DamagedLedger(f"`{self.path}` is not a whole segment of a ledger: {error}", REBUILD) from error


class Opened:
    """The open file of a segment; it stays readable if the file is removed. Raises DamagedLedger.

    Every page that is read is checked against its checksum; the footer has none.
    """

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        with segment.explained():
            self._file = pq.ParquetFile(segment.path, page_checksum_verification=True)
            if self._file.schema_arrow.remove_metadata() != (schema := FOLDERS[segment.path.parent.name]):
                raise ValueError(f"its columns are {self._file.schema_arrow.names}, not {schema.names}")

    @cached_property
    def rows(self) -> list[int]:
        """How many rows each row group has."""
        with self._segment.explained():
            return [self._file.metadata.row_group(number).num_rows for number in range(self._file.num_row_groups)]

    def bounds(self, column: str) -> list[tuple[Any, Any]]:
        """The least and the greatest value of a column in each row group."""
        place = FOLDERS[self._segment.path.parent.name].get_field_index(column)
        with self._segment.explained():
            statistics = [self._file.metadata.row_group(number).column(place).statistics for number in range(len(self.rows))]
            # A comparison by == with what pyarrow has here ends the process.
            if any(of_group is None for of_group in statistics):
                raise ValueError(f"it does not say from where to where `{column}` goes")
            return [(of_group.min, of_group.max) for of_group in statistics]

    @cached_property
    def is_in_order(self) -> bool:
        """Whether the file says that its rows of touchpoints are in the order of replay."""
        with self._segment.explained():
            metadata = self._file.metadata
            return all(list(metadata.row_group(number).sorting_columns) == SORTED for number in range(metadata.num_row_groups))

    def read(self, columns: Sequence[str] | None = None, groups: Sequence[int] | None = None) -> pa.Table:
        """Some columns of some row groups, in order; by default all."""
        with self._segment.explained():
            return self._file.read_row_groups(range(len(self.rows)) if groups is None else groups, columns)


def segments(folder: Path, until: int | None = None) -> list[Segment]:
    """The segments of a table that count, by position, as far as position `until`. Raises DamagedLedger where one is missing."""
    listed: list[Segment] = []
    covered = 0
    for segment in sorted(map(_named, folder.glob("*.parquet")), key=lambda one: (one.first, -one.last)):
        if segment.last <= covered or (until is not None and segment.first > until):
            continue
        if segment.first != covered + 1:
            raise DamagedLedger(f"`{folder}` lacks what follows position {covered}", REBUILD)
        listed.append(segment)
        covered = segment.last
    if until is not None and covered < until:
        raise DamagedLedger(f"`{folder}` ends at position {covered}, not at {until}", REBUILD)
    return listed


def write(folder: Path, note: Note, tables: Iterable[pa.Table]) -> Segment:
    """Write one segment of the table that `folder` is named for. It is there, whole and durable, when this returns."""
    segment = Segment(folder / f"{note.first:012}-{note.last:012}.parquet", note.first, note.last)
    unfinished = segment.path.with_suffix(_UNFINISHED)
    with unfinished.open("wb") as file:
        with pq.ParquetWriter(file, FOLDERS[folder.name], write_page_checksum=True, **WRITING[folder.name]) as writer:
            for table in tables:
                if table.num_rows:
                    writer.write_table(table, row_group_size=ROW_GROUP)
            writer.add_key_value_metadata(note.metadata())
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(segment.path)
    sync(folder)
    return segment


def leftovers(ledger: Path, until: int) -> Iterator[Path]:
    """Files that do not count: unfinished ones, segments that others cover, segments behind position `until`."""
    for name in FOLDERS:
        folder = ledger / name
        counting = {segment.path for segment in segments(folder, until)}
        yield from (path for path in folder.iterdir() if path.suffix in (_UNFINISHED, ".parquet") and path not in counting)


def clear(ledger: Path, until: int) -> None:
    """Remove the leftovers. Only the process that holds the lock may call this."""
    for path in list(leftovers(ledger, until)):
        # Another program may hold it open where that forbids removing; the next writer tries again.
        with suppress(PermissionError):
            path.unlink()


def sync(folder: Path) -> None:
    """Make durable which files a folder holds, where the system can."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _named(path: Path) -> Segment:
    try:
        first, last = map(int, path.stem.split("-"))
    except ValueError:
        raise DamagedLedger(f"`{path}` is not a segment of a ledger", "move it elsewhere") from None
    return Segment(path, first, last)
