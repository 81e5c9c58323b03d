"""A folder for files to import, and the journal that they are imported into."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from formats.any_facts import exactly

from journey import Journal
from journey.formats import Outcome, ReadOptions, import_files


class Desk:
    """What every import must keep is checked with each: the counts add up, and each refused row has a reason and a mend."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = Journal.open("memory:")
        self.rejects = folder / "rejects.jsonl"

    def file(self, name: str, content: str | bytes) -> Path:
        """Write a file."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def imported(self, name: str, content: str | bytes, sql: str | None = None, **options: Any) -> Outcome:
        """Write a file and import it."""
        return self.imported_all(self.file(name, content), sql=sql, **options)

    def imported_all(self, *paths: Path, sql: str | None = None, **options: Any) -> Outcome:
        """Import files."""
        mapping = None if sql is None else self.file("map.sql", sql)
        outcome = import_files(self.journal, paths, mapping=mapping, options=ReadOptions(**options), rejects=self.rejects)
        assert outcome.read == outcome.recorded + outcome.unchanged + outcome.refused
        refused = self.refused()
        assert len(refused) == outcome.refused
        assert all(one["reason"] and one["mend"] for one in refused), refused
        return outcome

    def refused(self) -> list[dict[str, Any]]:
        """The refused rows of the last import."""
        return [json.loads(line) for line in self.rejects.read_bytes().splitlines()] if self.rejects.exists() else []

    def refused_lines(self) -> list[int]:
        """Their lines."""
        return [one["line"] for one in self.refused()]

    def facts(self) -> dict[str, str]:
        """All that is recorded, exactly, by id."""
        return {record.touchpoint.id: exactly(record.touchpoint) for record in self.journal.read()}


@contextmanager
def desk() -> Iterator[Desk]:
    """A desk that is gone afterwards."""
    with TemporaryDirectory() as folder:
        yield Desk(Path(folder))
