"""Lines of JSON, one touchpoint each."""

import io
from collections.abc import Iterator

from journey.errors import InvalidTouchpoint
from journey.formats.opening import Source
from journey.formats.source_rows import Row, bad_row


def jsonl_rows(source: Source, file: io.BufferedReader) -> Iterator[Row]:
    """The lines that are not blank, as they are."""
    name, limit = source.name, source.options.row_limit
    with source.utf8(file) as file:
        line = 0
        while raw := file.readline(limit + 1):
            line += 1
            if len(raw) > limit and not raw.endswith(b"\n"):
                yield too_long(source, line, raw)
                while raw and not raw.endswith(b"\n"):
                    raw = file.readline(limit)
            elif not raw.isspace():
                yield Row(name, line, raw)


def too_long(source: Source, line: int, start: bytes) -> Row:
    """A row of which only the start was kept."""
    limit = source.options.row_limit
    problem = InvalidTouchpoint([("", f"it is longer than {limit:,} bytes")], "write one touchpoint a line, or raise --row-limit")
    return bad_row(source.name, line, start[:1000].decode("utf-8", "replace"), problem)
