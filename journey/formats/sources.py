"""Where imported touchpoints come from: files of a format, or what an SQL query makes of them. All of them stream."""

import io
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from journey.errors import UnreadableSource
from journey.extras import extra
from journey.formats.csv import csv_rows
from journey.formats.jsonl import jsonl_rows
from journey.formats.source_rows import Row

if TYPE_CHECKING:
    pass

FORMATS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv"}


def rows_from(paths: Sequence[Path], mapping: Path | None = None, input_format: str | None = None) -> Iterator[Row]:
    """The rows of files one after the other, or of the query in the file `mapping` over them; see `rows_of` and `sql.mapped_rows`.

    Raises UnreadableSource at once where the first of them cannot be read.
    """
    rows: Iterator[Row]
    if mapping is None:
        rows = chain.from_iterable([rows_of(path, input_format) for path in paths])
    else:
        with extra("sql", "mapping by SQL"):
            from journey.formats.sql import mapped_rows

        rows = mapped_rows(paths, mapping)
    first = next(rows, None)
    return rows if first is None else chain([first], rows)


def rows_of(path: Path, input_format: str | None = None) -> Iterator[Row]:
    """The rows of a JSONL or CSV file. Raises UnreadableSource before the first row when the file is not one."""
    if path.is_dir():
        raise UnreadableSource(f"{path}: is a directory", "name the files in it")
    kind = input_format or FORMATS.get(path.suffix.lower())
    if kind is None:
        raise UnreadableSource(
            f"{path}: the suffix `{path.suffix}` is not a known format", "give --input-format jsonl or csv, or map the file with --sql FILE"
        )
    # Opened once, since what was read of a pipe cannot be read again.
    file = _opened(path)
    return jsonl_rows(path, file) if kind == "jsonl" else csv_rows(path, file)


def _opened(path: Path) -> io.BufferedReader:
    try:
        file = path.open("rb")
        head = file.peek(8192)[:8192]
    except OSError as error:
        raise UnreadableSource(f"{path}: {(error.strerror or str(error)).lower()}", "name a file that can be read") from None
    if head.strip() and b"\x00" not in head:
        return file
    file.close()
    if not head.strip():
        raise UnreadableSource(f"{path}: is empty", "there is nothing to import")
    raise UnreadableSource(f"{path}: is a binary file, not lines of text", "export it as JSONL or CSV, or map it with --sql FILE")
