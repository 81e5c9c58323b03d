"""What documents that are read and written as streams have in common, whatever their format."""

from typing import Any, Protocol

from journey.errors import InvalidTouchpoint
from journey.formats.source_rows import Row


class Readable(Protocol):
    """A file of bytes to read, packed or not."""

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes; none at the end."""
        ...


class Writable(Protocol):
    """A file of bytes to write, packed or not."""

    def write(self, data: bytes, /) -> Any:
        """Append some bytes."""
        ...


class BrokenOff(Exception):
    """Raised where a document stops making sense, after everything before that has been given."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line

    def row(self, path: str) -> Row:
        """The refused row that stands for the rest of the document."""
        problem = InvalidTouchpoint([("", f"the log breaks off here: {self}")], "get the whole file again; all before this is kept")
        return Row(path, self.line, {}, problem)
