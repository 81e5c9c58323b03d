"""Lines of JSON, one touchpoint each."""

import io
from collections.abc import Iterator
from pathlib import Path

from journey.formats.source_rows import Row


def jsonl_rows(path: Path, file: io.BufferedReader) -> Iterator[Row]:
    """The lines that are not blank, as they are."""
    name = str(path)
    with file:
        for line, raw in enumerate(file, start=1):
            if not raw.isspace():
                yield Row(name, line, raw)
