"""Recorded facts as CSV for spreadsheets: a column for each field that occurs, and no cell that is a formula.

A spreadsheet takes a text that begins with `=` for a formula, and runs it. As [OWASP](https://owasp.org/www-community/attacks/CSV_Injection)
advises, such a text gets a `'` in front. A program that parts cells at semicolons, tabs or line ends, as spreadsheets do in some
countries, may take the middle of a text for the beginning of a cell, so what follows these counts as a beginning too.
"""

import codecs
import csv
import json
import re
from collections.abc import Iterable
from tempfile import TemporaryFile
from typing import Any

from journey.amendments import FACTS, Fact
from journey.formats.process_logs.documents import Writable
from journey.records import Recorded

_FIRST = ("kind", "id", "relationship", "occurred_at")
_COLUMNS = tuple(
    dict.fromkeys(
        [*_FIRST, *(name for model in FACTS.values() for name in model.model_fields), "position", "recorded_at", "corrected_by", "withheld"]
    )
)
"""Every column in its order."""
_BEGINNING = re.compile(r'^(?=[\t\r\n])|(?:^|(?<=[;\t\r\n]))(?=[\s"]*[=+\-@＝＋－＠])')


def write_csv(file: Writable, records: Iterable[Recorded[Fact]]) -> None:
    """Write facts as rows of text in UTF-8, with a mark by which spreadsheets know it; numbers are as they are, objects are JSON.

    Which columns there are is known at the end, so the rows wait in a temporary file.
    """
    used: set[str] = set(_FIRST)
    with TemporaryFile("w+", encoding="utf-8") as rows:
        for record in records:
            fields = record.to_dict()
            used.update(fields)
            rows.write(json.dumps(fields) + "\n")
        rows.seek(0)
        columns = [name for name in _COLUMNS if name in used]
        table = csv.writer(codecs.getwriter("utf-8-sig")(file))  # type: ignore[arg-type]  # it calls `write` alone
        table.writerow(columns)
        for row in rows:
            fields = json.loads(row)
            table.writerow([_cell(fields.get(name)) for name in columns])


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return defused(value)
        case int() | float():
            return json.dumps(value)
        case _:
            return defused(json.dumps(value, ensure_ascii=False))


def defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula: `'` before each place where one could begin."""
    return _BEGINNING.sub("'", text)
