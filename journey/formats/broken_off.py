"""A document that was read up to a line and makes no sense from there on: cut off, damaged, or malformed."""

from journey.errors import InvalidTouchpoint
from journey.formats.source_rows import Row


class BrokenOff(Exception):
    """Raised where a document stops making sense, after everything before that has been given."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line

    def row(self, path: str) -> Row:
        """The refused row that stands for the rest of the document."""
        problem = InvalidTouchpoint([("", f"the log breaks off here: {self}")], "get the whole file again; all before this is kept")
        return Row(path, self.line, {}, problem)
