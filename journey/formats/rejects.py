"""The file of refused rows: each with its place, what is wrong and how to fix it."""

import json
from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import IO, Self

from journey.errors import JourneyError, UnreadableSource
from journey.formats.opening import STDIN, Source
from journey.formats.source_rows import Row


class Rejects:
    """The refused rows of some sources; the file is made with the first of them.

    INVARIANT (own rejects): a file that is there is replaced, or removed, only if it tells of one of these sources.
    """

    def __init__(self, path: Path | None, sources: Sequence[Source] = ()) -> None:
        """Into `path`; None is `NAME.rejects.jsonl` in this folder, NAME that of the first source. Raises UnreadableSource.

        If that file tells of another source, it is `NAME.2.rejects.jsonl`, and so on.
        """
        self._sources = {source.name for source in sources}
        self._file: IO[str] | None = None
        self.path = self._free_path(sources[0]) if path is None else path
        if any(source.path.resolve() == self.path.resolve() for source in sources):
            raise UnreadableSource(f"{self.path}: is being read, so that the rejects cannot go there", "give --rejects another FILE")
        if not self.path.parent.is_dir():
            raise UnreadableSource(f"{self.path}: there is no folder `{self.path.parent}`", "make it, or give --rejects another FILE")
        if not self._may_replace(self.path):
            raise UnreadableSource(f"{self.path}: does not tell of this source, and would be lost", "give --rejects another FILE")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            try:
                self._file.close()
            except OSError as error:
                raise self._unwritable(error) from None

    def write(self, row: Row, error: JourneyError) -> None:
        """Add one refused row."""
        rejected = {"path": row.path, "line": row.line, "reason": str(error), "mend": error.mend}
        try:
            fields = {name: str(value) if isinstance(value, float) and not isfinite(value) else value for name, value in row.fields.items()}
            line = json.dumps({**rejected, "row": fields}, ensure_ascii=False, default=str, allow_nan=False)
        except (ValueError, RecursionError):
            # Nested deeper than JSON is written, or not JSON inside: the place in the source says which row it was.
            line = json.dumps({**rejected, "row": None}, ensure_ascii=False)
        try:
            if self._file is None:
                self._file = self.path.open("w", encoding="utf-8", errors="backslashreplace")
            self._file.write(line + "\n")
        except OSError as fault:
            raise self._unwritable(fault) from None

    def remove_old(self) -> None:
        """Remove what an earlier import of these sources left, if this one refused nothing."""
        if self._file is None and self.path.exists():
            self.path.unlink()

    def _unwritable(self, error: OSError) -> UnreadableSource:
        reason = (error.strerror or str(error)).lower()
        return UnreadableSource(f"{self.path}: the rejects cannot be written: {reason}", "give --rejects another FILE")

    def _free_path(self, first: Source) -> Path:
        stem = "stdin" if first.path == STDIN else first.path.stem
        path, number = Path(f"{stem}.rejects.jsonl"), 2
        while not self._may_replace(path):
            path, number = Path(f"{stem}.{number}.rejects.jsonl"), number + 1
        return path

    def _may_replace(self, path: Path) -> bool:
        try:
            if not path.exists():
                return True
            with path.open(encoding="utf-8") as file:
                return json.loads(file.readline(1 << 20))["path"] in self._sources
        except (OSError, ValueError, KeyError, TypeError):
            return False
