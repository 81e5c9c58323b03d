"""Where files are imported: a folder of files, the journal that they go to, and rows to write."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from journey import Journal
from journey.formats import Outcome, ReadOptions, import_files

FAILURE = {"kind": "failure_occurred", "relationship": "m@x", "occurred_at": "2024-03-01T09:00:00Z"}
HEADER = "kind,id,relationship,occurred_at,severity"
ORDERS = """SELECT 'interaction' AS kind, 'o-' || "order" AS id, customer || '@shop' AS relationship, timezone('UTC', t) AS occurred_at,
    0.5 AS competence FROM source"""


class Door:
    """A folder with files to import, and a journal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = Journal.open("memory:")

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def imported(self, *paths: Path, sql: str | None = None, **options: Any) -> Outcome:
        mapping = None if sql is None else self.file("z.sql", sql)
        return import_files(self.journal, paths, mapping=mapping, options=ReadOptions(**options))

    def refused(self, outcome: Outcome) -> list[dict[str, Any]]:
        assert outcome.rejects_file is not None
        return [json.loads(line) for line in Path(outcome.rejects_file).read_text(encoding="utf-8").splitlines()]

    def facts(self) -> dict[str, Any]:
        return {record.touchpoint.id: record.touchpoint for record in self.journal.read()}

    def relationships(self) -> dict[str, int]:
        return {summary.relationship: summary.touchpoints for summary in self.journal.relationships()}


def csv(*rows: str, header: str = HEADER) -> str:
    return "\n".join((header, *rows)) + "\n"


def failures(*lines: str) -> Sequence[str]:
    """Good rows of a CSV, one for each id."""
    return [f"failure_occurred,{id},m@x,2024-03-01T09:00:00Z,0.9" for id in lines]
