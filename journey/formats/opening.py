"""Opening a source: a file or standard input, unpacked, with what is known of its format and encoding."""

import codecs
import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self, TypeVar

from journey.errors import UnreadableSource
from journey.formats.tables.parts import path_and_part
from journey.stores.addresses import without_password

STDIN = Path("-")
SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xls": "excel",
    ".ods": "excel",
    ".parquet": "parquet",
    ".xes": "xes",
    ".jsonocel": "ocel",
    ".xmlocel": "ocel",
    ".xml": "xml",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
}
FORMATS = ("jsonl", "json", "csv", "cloudevents", "segment", "ocel", "xes", "excel", "parquet", "sqlite")
"""What `--input-format` takes."""
_PACKED = {b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_UNDECODABLE = "journey.undecodable"
_UNREADABLE = (OSError, EOFError, zlib.error, UnicodeError)


@dataclass(frozen=True)
class ReadOptions:
    """How sources are read where they do not say it themselves; None is found out, and told where it is a guess.

    `format` is one of `FORMATS`; `encoding` one of Python's, for CSV and JSON; `delimiter` parts the cells of a CSV; `row_limit` is the
    most bytes of one row, and so of memory for it; `relationship` is what of an event log is the relationship, see `docs/importing.md`;
    `all_text` leaves every column that a query reads as text. `time_zone` is that of times without an offset, such as Europe/Rome.
    """

    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    row_limit: int = 2**20
    relationship: str | None = None
    all_text: bool = False
    time_zone: str | None = None

    def __post_init__(self) -> None:
        if self.format is not None and self.format not in FORMATS:
            raise UnreadableSource(f"`{self.format}` is not a format", f"name one of {', '.join(FORMATS)}")
        if self.encoding is not None:
            try:
                b"a".decode(self.encoding, "replace")
            except (LookupError, ValueError):
                raise UnreadableSource(
                    f"`{self.encoding}` is not an encoding", "name one of Python's, such as utf-8, cp1252, utf-16"
                ) from None
        if self.delimiter is not None and (len(self.delimiter) != 1 or self.delimiter in '"\r\n'):
            raise UnreadableSource(f"`{self.delimiter}` is not a delimiter", "give one character, such as `;`")


def _as_surrogates(error: UnicodeError) -> tuple[str, int]:
    """What cannot be decoded as surrogates, as `surrogateescape` has them; but of any encoding, of which a bad byte may be below 128."""
    assert isinstance(error, UnicodeDecodeError)
    return "".join(chr(0xDC00 | max(byte, 0x80)) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_UNDECODABLE, _as_surrogates)

DEFAULTS = ReadOptions()


@dataclass
class Source:
    """One source: its path, how it is read, and what had to be guessed.

    `part` is a sheet or table in it, given as `PATH#PART`. The path may be the address of a PostgreSQL database.
    """

    path: Path
    options: ReadOptions = DEFAULTS
    part: str | None = None
    notes: list[str] = field(default_factory=list)
    _file: io.BufferedReader | None = None

    def open(self) -> io.BufferedReader:
        """Its bytes, unpacked, until `close`; once, since what was read of a pipe is gone. Raises UnreadableSource."""
        if self.path.is_dir():
            raise UnreadableSource(f"{self.name}: is a directory", "name the files in it")
        try:
            self._file = _unpacked(self)
            head = self._file.peek(8192)[:8192]
        except _UNREADABLE as error:
            raise _unreadable(self, error) from None
        if not head.strip(b" \t\r\n\x00") or head in _MARKS:
            raise UnreadableSource(f"{self.name}: is empty", "there is nothing to import")
        return self._file

    def close(self) -> None:
        """Close it, if it is open; closing twice is harmless."""
        if self._file is not None and self.path != STDIN:
            self._file.close()

    @classmethod
    def of(cls, path: Path, options: ReadOptions = DEFAULTS) -> Self:
        """The source that a path names, perhaps with a part."""
        file, part = path_and_part(path)
        return cls(file, options, part=part)

    @property
    def suffix(self) -> str:
        """The suffix that says its format; see `suffix_of`."""
        return suffix_of(self.path)

    @property
    def is_packed(self) -> bool:
        """Whether its file is in gzip."""
        return isinstance(self._file, io.BufferedReader) and isinstance(self._file.raw, _Unzipped)

    @cached_property
    def name(self) -> str:
        """What it is called in messages; each of its rows is."""
        return "standard input" if self.path == STDIN else without_password(self.database) if self.database else str(self.path)

    @property
    def database(self) -> str:
        """The address of the PostgreSQL database that it is; empty if it is none."""
        # A path has no double slash.
        scheme, _, rest = str(self.path).partition(":/")
        return f"{scheme}://{rest}" if scheme in ("postgresql", "postgres") else ""

    def tell(self, note: str) -> None:
        """Note a guess for the report."""
        self.notes.append(f"{self.name}: {note}")

    def text(self, file: io.BufferedReader) -> io.TextIOWrapper:
        """The file as text; bytes that are not of its encoding become surrogates, which no touchpoint may hold."""
        return _decoded(file, self._encoding(file))

    def utf8(self, file: io.BufferedReader) -> io.BufferedReader:
        """The file in UTF-8; bytes that are not of its encoding stay what is not UTF-8."""
        encoding = self._encoding(file)
        if encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig"):
            return file
        return io.BufferedReader(_Recoded(_decoded(file, encoding)))

    def _encoding(self, file: io.BufferedReader) -> str:
        if self.options.encoding is not None:
            return self.options.encoding
        start = file.peek(4)[:4]
        encoding = next((name for mark, name in _MARKS.items() if start.startswith(mark)), "utf-8")
        if encoding == "utf-16":
            self.tell("is read as UTF-16, by the mark at its beginning; give --encoding if it is not")
        return encoding


def _decoded(file: io.BufferedReader, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(file, encoding=encoding, errors=_UNDECODABLE, newline="")


def suffix_of(path: Path) -> str:
    """The suffix that says a file's format, in lower case, that of gzip left aside; empty if there is none."""
    return next((suffix.lower() for suffix in reversed(path.suffixes) if suffix.lower() != ".gz"), "")


class _Unzipped(gzip.GzipFile):
    """Closes the file that it reads, too; gives all that is in a file before it is cut off."""

    def __init__(self, file: io.BufferedReader) -> None:
        super().__init__(fileobj=file)
        self._file = file

    def readinto(self, buffer: Any) -> int:
        piece = self.read1(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        super().close()
        self._file.close()


class _Recoded(io.RawIOBase):
    """A text as bytes of UTF-8."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._text.read(len(buffer) // 4).encode("utf-8", "surrogatepass")
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._text.close()
        super().close()


def _unpacked(source: Source) -> io.BufferedReader:
    given: Any = sys.stdin.buffer if source.path == STDIN else source.path.open("rb")
    # The caller may have put something else in the place of standard input.
    file = given if isinstance(given, io.BufferedReader) else io.BufferedReader(given)
    start = file.peek(6)[:6]
    if start.startswith(b"\x1f\x8b"):
        return io.BufferedReader(_Unzipped(file))
    if packed := next((name for mark, name in _PACKED.items() if start.startswith(mark)), None):
        file.close()
        raise UnreadableSource(f"{source.name}: is packed with {packed}", "unpack it, or pack it with gzip")
    return file


def format_of(source: Source, file: io.BufferedReader, otherwise: str | None = None) -> str:
    """The format of a source: by its options, its suffix, or how standard input begins; or `otherwise`. Raises UnreadableSource."""
    if source.options.format is not None:
        return source.options.format
    found = SUFFIXES.get(source.suffix)
    if found == "xml":
        found = "ocel" if b"<object" in file.peek(8192)[:8192] else "xes"
    if found is None and source.path == STDIN:
        start = file.peek(64)[:64].lstrip(b"".join(_MARKS) + b"\x00 \t\r\n")
        found = "json" if start[:1] in (b"{", b"[") else "xes" if start[:1] == b"<" else "csv"
        source.tell(f"is read as {found.upper()}, by how it begins; give --input-format if it is not")
    if found is None and otherwise is not None:
        source.tell(f"is read as {otherwise.upper()}; give --input-format if it is not")
        found = otherwise
    if found is None:
        suffix = source.path.suffix
        wrong = f"the suffix `{suffix}` is not a known format" if suffix else "it has no suffix that says its format"
        raise UnreadableSource(f"{source.name}: {wrong}", f"give --input-format, one of {', '.join(FORMATS)}")
    return found


T = TypeVar("T")


def read_through(source: Source, items: Iterator[T]) -> Iterator[T]:
    """The items of a source; where its bytes cannot be read on, as in a gzip file that is cut off, that is an UnreadableSource."""
    with reading(source):
        yield from items


@contextmanager
def reading(source: Source) -> Iterator[None]:
    """Where the bytes of a source cannot be read, raise UnreadableSource, from the EOFError if it is cut off."""
    try:
        yield
    except _UNREADABLE as error:
        raise _unreadable(source, error) from error


def _unreadable(source: Source, error: BaseException) -> UnreadableSource:
    match error:
        case EOFError():
            return UnreadableSource(f"{source.name}: the gzip file is cut off: {error}", "fetch it again")
        case zlib.error() | gzip.BadGzipFile():
            return UnreadableSource(f"{source.name}: the gzip file is damaged: {error}", "fetch it again")
        case UnicodeError():
            return UnreadableSource(f"{source.name}: {error}", "give --encoding the encoding that it is in")
        case OSError():
            return UnreadableSource(f"{source.name}: {(error.strerror or str(error)).lower()}", "name a file that can be read")
    raise error
