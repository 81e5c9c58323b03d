"""A large JSON object as a stream: the elements of its arrays and the members of its objects, one by one, in constant memory."""

import codecs
import json
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from journey.errors import UnreadableSource
from journey.formats.process_logs.documents import BrokenOff, Readable

_CHUNK = 1 << 16
_LONGEST_TOKEN = 16
"""An error nearer to the end of what was read than this may come from a token that is cut there: `-Infinity`, `\\ud83d\\ude00`."""
_AFTER_A_NUMBER = (*",]} \t\r\n",)


class GivenTwice(str):
    """Stands for an object that gives this name twice."""


def _once(pairs: list[tuple[str, Any]]) -> "dict[str, Any] | GivenTwice":
    names = [name for name, _ in pairs]
    fields = dict(pairs)
    return fields if len(fields) == len(names) else GivenTwice(next(name for name in names if names.count(name) > 1))


_decoder = json.JSONDecoder(object_pairs_hook=_once)


class Element(NamedTuple):
    """An element of the array, or member `name` of the object, under `key`, with the line where it begins.

    An object in it that gives a name twice is a `GivenTwice`.
    """

    key: str
    name: str | None
    line: int
    value: Any


class JsonDocument:
    """One JSON object to be read once; `keys` holds its keys as far as it was read."""

    def __init__(self, path: str, file: Readable) -> None:
        self.keys: list[str] = []
        self._path, self._file = path, file
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape").decode
        self._text, self._at, self._line = "", 0, 1

    def elements(self) -> Iterator[Element]:
        """What the top-level arrays and objects hold; other values are passed over.

        Raises UnreadableSource for what is not a JSON object, BrokenOff where one that began does not go on.
        """
        try:
            is_object = self._next() == "{"
        except BrokenOff:
            is_object = False
        if not is_object:
            raise UnreadableSource(f"{self._path}:{self._line}: is not a JSON object", "name a log in JSON")
        yield from self._members()

    def _members(self) -> Iterator[Element]:
        self._at += 1
        while self._next() != "}":
            self.keys.append(str(self._value()))
            self._take(":")
            yield from self._inside(self.keys[-1])
            self._take_comma("}")

    def _inside(self, key: str) -> Iterator[Element]:
        opener = self._next()
        if opener not in "[{":
            self._value()
            return
        closer = "]" if opener == "[" else "}"
        self._at += 1
        while self._next() != closer:
            name = None
            if opener == "{":
                name = str(self._value())
                self._take(":")
            self._next()
            yield Element(key, name, self._line, self._value())
            self._take_comma(closer)
        self._at += 1

    def _take(self, character: str) -> None:
        if self._next() != character:
            raise BrokenOff(self._line, f"this is not JSON: `{character}` is missing")
        self._at += 1

    def _take_comma(self, closer: str) -> None:
        if self._next() != closer:
            self._take(",")

    def _next(self) -> str:
        """The next character that is not blank, which is not yet taken."""
        while True:
            rest = self._text[self._at : self._at + 1]
            if not rest and not self._read_on():
                raise BrokenOff(self._line, "the file ends too early")
            if rest and not rest.isspace():
                return rest
            if rest:
                self._advance(self._at + 1)

    def _value(self) -> Any:
        """Take one whole value, reading on as long as it may only be cut off."""
        self._next()
        while True:
            try:
                value, end = _decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                is_cut = error.msg.startswith("Unterminated string") or error.pos > len(self._text) - _LONGEST_TOKEN
                if not is_cut or not self._read_on():
                    line = self._line + self._text.count("\n", self._at, error.pos)
                    raise BrokenOff(line, f"this is not JSON: {error.msg.lower()}") from None
            except (ValueError, RecursionError) as error:
                raise BrokenOff(self._line, f"this is not JSON that can be read: {error}") from None
            else:
                # A number may go on where the text does.
                if len(self._text) - end > _LONGEST_TOKEN or not self._read_on():
                    return self._taken(value, end)

    def _taken(self, value: Any, end: int) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool) and self._text[end : end + 1] not in _AFTER_A_NUMBER:
            raise BrokenOff(self._line, "a number is cut off")
        self._advance(end)
        return value

    def _advance(self, to: int) -> None:
        self._line += self._text.count("\n", self._at, to)
        self._at = to

    def _read_on(self) -> bool:
        """Read as much again as there is, so that a long value is not tried too often; whether there was more."""
        try:
            data = self._file.read(max(_CHUNK, len(self._text) - self._at))
        except (EOFError, OSError, zlib.error) as error:
            raise BrokenOff(self._line, str(error).lower()) from None
        if not data:
            self._text += self._decode(b"", final=True)
            return False
        self._text = self._text[self._at :] + self._decode(data)
        self._at = 0
        return True
