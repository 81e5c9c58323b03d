"""Where an export goes: a file, or standard output, and in which format."""

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from journey.errors import UnwritableTarget, did_you_mean
from journey.formats.opening import suffix_of
from journey.formats.process_logs.documents import Writable
from journey.formats.process_logs.ocel_log import Encoding
from journey.formats.process_logs.ocel_sqlite import is_log
from journey.formats.whole_file import whole

STDOUT = Path("-")
FORMATS = ("jsonl", "csv", "cloudevents", "parquet", "ocel", "xes")
"""What `--output-format` takes."""
PROCESS_LOGS = ("ocel", "xes")
"""The formats that hold histories, never facts about facts."""
SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".jsonocel": "ocel",
    ".xmlocel": "ocel",
    ".sqlite": "ocel",
    ".xes": "xes",
}
_ENCODINGS: dict[str, Encoding] = {".xmlocel": "xml", ".xml": "xml", ".sqlite": "sqlite"}
"""The suffixes of logs in OCEL that are not in JSON."""


@dataclass(frozen=True)
class Target:
    """A path to export to, `-` being standard output, and its format."""

    path: Path
    format: str

    @classmethod
    def of(cls, path: Path, format: str | None = None) -> Self:
        """The target that a path names, in the format that its suffix says, `.gz` left aside. Raises UnwritableTarget.

        What has no suffix for its format is told by `format`; without that, standard output is `jsonl`.
        """
        known = "jsonl" if path == STDOUT else SUFFIXES.get(suffix_of(path))
        chosen = format or known
        if chosen is None:
            wrong = f"the suffix `{path.suffix}` is not a known format" if path.suffix else "it has no suffix that says its format"
            raise UnwritableTarget(
                f"{path}: {wrong}", did_you_mean(path.suffix, SUFFIXES) or f"give its format, one of {', '.join(FORMATS)}"
            )
        if chosen not in FORMATS:
            raise UnwritableTarget(f"`{chosen}` is not a format", did_you_mean(chosen, FORMATS) or f"the formats are {', '.join(FORMATS)}")
        target = cls(path, chosen)
        target._check()
        return target

    @property
    def encoding(self) -> Encoding:
        """In which of its encodings a log in OCEL is."""
        return _ENCODINGS.get(suffix_of(self.path), "json")

    @property
    def is_batch(self) -> bool:
        """Whether CloudEvents are one array, and not lines."""
        return suffix_of(self.path) == ".json"

    @property
    def is_stream(self) -> bool:
        """Whether it is written from its beginning to its end."""
        return self.format != "parquet" and not (self.format == "ocel" and self.encoding == "sqlite")

    @contextmanager
    def file(self) -> Iterator[Writable]:
        """A file to write a stream to, which is there whole when all went well. Raises OSError."""
        if self.path == STDOUT:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
            return
        with whole(self.path) as partial, partial.open("wb") as file:
            if not _is_packed(self.path):
                yield file
                return
            with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
                yield packed

    def _check(self) -> None:
        """Raise UnwritableTarget for what could not be written, or must not be lost."""
        if not self.is_stream and (self.path == STDOUT or _is_packed(self.path)):
            place = "standard output" if self.path == STDOUT else str(self.path)
            raise UnwritableTarget(f"{place}: a file of this format is not written as a stream", "name a file without `.gz`")
        if self.path == STDOUT:
            return
        if not self.path.parent.is_dir():
            raise UnwritableTarget(f"{self.path}: there is no folder `{self.path.parent}`", "make it, or name another file")
        if self.path.exists() and not self.path.is_file():
            what = "a folder" if self.path.is_dir() else "not a file"
            raise UnwritableTarget(f"{self.path}: is {what}", "name a file; `-` is standard output")
        if _is_database(self.path) and not is_log(self.path):
            raise UnwritableTarget(f"{self.path}: is a database, perhaps your journal; an export does not replace it", "name another file")


def _is_packed(path: Path) -> bool:
    return path.suffix.lower() == ".gz"


def _is_database(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\x00"
