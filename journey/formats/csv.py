"""CSV whose columns are touchpoint fields."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from journey.errors import InvalidTouchpoint, UnreadableSource
from journey.formats.source_rows import FIELDS, Row


def csv_rows(path: Path, file: io.BufferedReader) -> Iterator[Row]:
    """The header is checked at once, the rows stream."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    header = next(csv.reader(text), [])
    unknown = [name for name in header if name not in FIELDS]
    if unknown or "kind" not in header:
        text.close()
        wrong = f"`{unknown[0]}` is not a field of any touchpoint" if unknown else "there is no column `kind`"
        raise UnreadableSource(f"{path}:1: {wrong}", "name the columns as touchpoint fields, or map the file with --sql FILE")
    return _csv_rows(path, text, header)


def _csv_rows(path: Path, text: io.TextIOWrapper, header: Sequence[str]) -> Iterator[Row]:
    with text:
        reader = csv.reader(text)
        line = 1
        while True:
            first, problem = line + 1, None
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                cells, problem = [], InvalidTouchpoint([("", f"this is not CSV: {error}")], "quote the cell, or its quotes")
            line = 1 + reader.line_num
            if len(cells) > len(header):
                problem = InvalidTouchpoint([("", f"{len(cells)} cells under {len(header)} columns")], "quote a cell that holds a comma")
            if any(cells) or problem:
                yield Row(str(path), first, {name: cell for name, cell in zip(header, cells, strict=False) if cell != ""}, problem)
