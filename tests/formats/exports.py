"""Made-up exports in the shapes of real ones, imported by ready mappings."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from journey import Journal
from journey.formats import Outcome, ReadOptions, import_files, read_mapping

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data"
"""Where real exports lie, if they are there."""

Tables = Mapping[str, str]
"""The text of each table by its name: a line is a row, its cells are parted by blanks, `-` is an empty one, and `~` a blank."""


class Export:
    """A folder of tables, the journal that they are imported into, and what the last import did."""

    def __init__(self, folder: Path, mapping: str) -> None:
        self.folder = folder
        self.mapping = mapping
        self.journal = Journal.open("memory:")

    def write(self, tables: Tables) -> None:
        """Write tables, each in place of the one that was there."""
        self.folder.mkdir(exist_ok=True)
        for name, text in tables.items():
            rows = [[_cell(cell) for cell in line.split()] for line in text.strip().splitlines()]
            (self.folder / f"{name}.csv").write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")

    def imported(self, tables: Tables | None = None, /, *, zone: str | None = None, **settings: str) -> Outcome:
        """Write tables, if any are given, and import the folder; `zone` is the time zone of times without an offset."""
        self.write(tables or {})
        return import_files(
            self.journal,
            [self.folder],
            mapping=read_mapping(self.mapping),
            settings=settings,
            options=ReadOptions(time_zone=zone),
            rejects=self.folder.parent / "rejects.jsonl",
        )

    def told(self, tables: Tables | None = None, /, **settings: str) -> list[str]:
        """The same, where no row may be refused: what is recorded, a line a fact in the order of history, as `line` writes it."""
        outcome = self.imported(tables, **settings)
        assert outcome.refused == 0, (self.folder.parent / "rejects.jsonl").read_text(encoding="utf-8")
        return self.lines()

    def real(self, *paths: str, **settings: str) -> dict[str, int]:
        """Import paths of the real data twice: how often which kind was recorded. The test is skipped where they are absent."""
        files = [REAL / path for path in paths]
        for file in files:
            if not file.exists():
                pytest.skip(f"there is no real export beside this repository: shared/data/{file.relative_to(REAL)}")
        rejects = self.folder.parent / "rejects.jsonl"
        first, second = (
            import_files(self.journal, files, mapping=read_mapping(self.mapping), settings=settings, rejects=rejects) for _ in range(2)
        )
        assert first.refused == second.refused == second.recorded == 0, rejects.read_text(encoding="utf-8")
        return dict(Counter(record.touchpoint.kind for record in self.journal.read()))

    def lines(self) -> list[str]:
        """What is recorded."""
        names = [one.relationship for one in self.journal.relationships()]
        return [line(fact) for name in names for fact in self.journal.history(name)]


_SAID_ELSEWHERE = {"kind", "id", "occurred_at", "sequence", "schema_version", "source", "relationship", "contact", "channel"}


def line(fact: Any) -> str:
    """A fact in a line: when, what, and the fields that are not as they are by default; ids of episodes without their system."""
    fields = {
        name: value
        for name, value in fact.model_dump(exclude_defaults=True).items()
        if name not in _SAID_ELSEWHERE and (name, value) != ("by", "customer")
    }
    said = " ".join(f"{name}={_written(value)}" for name, value in sorted(fields.items()))
    return f"{fact.occurred_at:%m-%d %H:%M} {fact.kind} {said}".rstrip()


def _written(value: Any) -> str:
    return f"{value:%m-%d_%H:%M}" if hasattr(value, "hour") else str(value)


def _cell(cell: str) -> str:
    text = "" if cell == "-" else cell.replace("~", " ")
    return f'"{text}"' if "," in text else text
