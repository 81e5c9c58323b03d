"""JSON as an array, or as objects one after another, however they are laid out: one object at a time, in little memory.

An object that cannot be read costs itself alone, as long as its brackets show where it ends. Where they do not, the rest of the file is
read line by line, so that the objects behind it are not lost.
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from journey.errors import InvalidTouchpoint
from journey.formats.opening import Source
from journey.formats.source_rows import Row, bad_row

_PIECE = 1 << 16
_BETWEEN = re.compile(r"[ \t\r\n,]*")
_OTHER = re.compile(r"[^{}\[\]\n]*[}\]]?")
_REST = re.compile(r"[^{}\[\]\n]*")
_TOKEN = re.compile(r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"|["{}\[\]]')
"""A whole string, or a bracket; a quote alone begins a string that does not end on its line."""
_OBJECT_LINE = re.compile(r"\n[ \t]*\{.*\}[ \t]*,?[ \t\r]*(?=\n|\Z)")
"""A line that is an object by itself."""
_CLOSING = {"{": "}", "[": "]"}
_MEND = "write one JSON array of objects, or one object a line"


def json_rows(source: Source, file: io.BufferedReader) -> Iterator[Row]:
    """The objects in a file, or in the array that it is. What else it holds is refused."""
    with source.text(file) as text:
        yield from _Reader(source, text).rows()


@dataclass
class _Reader:
    """What was read, how far of it was used (`at`), and the number of the line that this is."""

    source: Source
    text: io.TextIOWrapper
    buffer: str = ""
    at: int = 0
    line: int = 1

    def rows(self) -> Iterator[Row]:
        """Every object, and every refusal."""
        is_array = self._next() == "["
        self._use(self.at + is_array)
        while mark := self._next():
            if mark in "{[":
                row = self._value()
                if row is None:
                    yield from self._lines()
                    return
                yield row
            elif is_array and mark == "]":
                is_array = False
                self._use(self.at + 1)
            else:
                match = _OTHER.match(self.buffer, self.at)
                assert match is not None
                yield self._refused("this is not a JSON object", max(match.end(), self.at + 1))
                self._pass_over_more()
        if is_array:
            yield self._refused("the array is not closed: the file may be cut off", self.at)

    def _pass_over_more(self) -> None:
        """Pass over what goes on behind the buffer of a line that was refused."""
        while self.at == len(self.buffer) and self._more():
            match = _REST.match(self.buffer)
            assert match is not None
            self._use(match.end())

    def _next(self) -> str:
        """The first character behind blanks and commas; none at the end."""
        while True:
            match = _BETWEEN.match(self.buffer, self.at)
            assert match is not None
            self._use(match.end())
            if self.at < len(self.buffer) or not self._more():
                return self.buffer[self.at : self.at + 1]

    def _use(self, end: int) -> None:
        self.line += self.buffer.count("\n", self.at, end)
        self.at = end

    def _more(self) -> bool:
        """Read on; False at the end."""
        piece = self.text.read(max(_PIECE, len(self.buffer) - self.at))
        self.buffer, self.at = self.buffer[self.at :] + piece, 0
        return bool(piece)

    def _value(self) -> Row | None:
        """The object or array that is next; None if its brackets do not end."""
        limit = self.source.options.row_limit
        while (end := _end_of_value(self.buffer, self.at)) <= 0:
            if end < 0 or len(self.buffer) - self.at > limit or not self._more():
                return None
        if end - self.at > limit:
            return self._refused(f"it is longer than {limit:,} characters", end, f"{_MEND}, or raise --row-limit")
        text = self.buffer[self.at : end]
        if _OBJECT_LINE.search(text) and not _is_object(text):
            # A stray bracket took in the lines that follow, up to another one.
            return self._refused("this is not a JSON object", self.at + text.index("\n"))
        row = Row(self.source.name, self.line, text.encode("utf-8", "surrogateescape"))
        self._use(end)
        return row

    def _refused(self, reason: str, end: int, mend: str = _MEND) -> Row:
        row = bad_row(self.source.name, self.line, self.buffer[self.at : end], InvalidTouchpoint([("", reason)], mend))
        self._use(end)
        return row

    def _lines(self) -> Iterator[Row]:
        """The rest, line by line: what is not an object by itself is refused, as one where such lines follow each other."""
        begun, text, number = self.line, "", self.line
        for number, line in enumerate(self._physical_lines(), start=self.line):
            line = line.strip().removesuffix(",")
            if line.startswith("{") and number > self.line:
                if begun:
                    yield self._lost(begun, number - 1, text)
                    begun = 0
                yield Row(self.source.name, number, line.encode("utf-8", "surrogateescape"))
            elif not begun and line not in ("", "]"):
                begun, text = number, line
            elif number == self.line:
                text = line
        if begun:
            yield self._lost(begun, number, text)

    def _physical_lines(self) -> Iterator[str]:
        limit = self.source.options.row_limit
        *whole, last = self.buffer[self.at :].split("\n")
        yield from whole
        line = last + self.text.readline(limit)
        while line:
            yield line
            while len(line) >= limit and not line.endswith("\n"):
                line = self.text.readline(limit)  # the rest of what is too long to be an object
            line = self.text.readline(limit)

    def _lost(self, first: int, last: int, text: str) -> Row:
        lines = f"; lines {first} to {last} belong to nothing that does" if last > first else ""
        return bad_row(self.source.name, first, text, InvalidTouchpoint([("", f"this is not a JSON object that ends{lines}")], _MEND))


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _end_of_value(text: str, start: int) -> int:
    """Where the value's brackets are all closed; 0 if they are not yet, -1 if they never can be."""
    open_brackets = list[str]()
    for token in _TOKEN.finditer(text, start):
        mark = token[0]
        if mark == '"':
            return -1 if text.find("\n", token.start()) >= 0 else 0
        if mark in _CLOSING:
            open_brackets.append(_CLOSING[mark])
        elif mark in "}]":
            if open_brackets.pop() != mark:
                return -1
            if not open_brackets:
                return token.end()
    return 0
