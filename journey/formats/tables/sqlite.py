"""The rows of a table in an SQLite file, as text."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from journey.errors import UnreadableSource
from journey.formats.source_rows import Row
from journey.formats.tables.parts import binary, check_names, chosen, together

_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY rowid"
_VIEWS = "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY rowid"
_MEND = "name an SQLite file that can be read"
_DAMAGE = (sqlite3.Error, UnicodeDecodeError)
"""What reading a damaged file raises: SQLite may quote bytes of it that are not UTF-8."""


def sqlite_rows(path: Path, table: str | None = None) -> Iterator[Row]:
    """The rows of a table or view, by default of the only table: whole numbers by their digits, NULL left out; nothing is written.

    A row with binary data comes with that problem. `line` is the number of the row. Raises UnreadableSource, at once where the file
    is no SQLite file, or has no such table.
    """
    place = str(path)
    try:
        with ExitStack() as opened:
            connection = opened.enter_context(closing(_opened(path)))
            tables = [name for (name,) in connection.execute(_TABLES)]
            views = [] if table is None else [name for (name,) in connection.execute(_VIEWS)]
            name = chosen(place, "table", [*tables, *views], table)
            quoted = name.replace('"', '""')
            cursor = connection.execute(f'SELECT * FROM "{quoted}"')
            names = [column[0] for column in cursor.description]
            check_names(f"{place}#{name}", names, [str(number) for number, _ in enumerate(names, start=1)])
            return _rows(place, opened.pop_all(), cursor, names)
    except _DAMAGE as error:
        raise UnreadableSource(f"{place}: {error}", _MEND) from None


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
    # Text that is not Unicode is one row's fault; validation refuses it.
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    return connection


def _rows(place: str, opened: ExitStack, cursor: sqlite3.Cursor, names: list[str]) -> Iterator[Row]:
    with opened:
        try:
            for line, values in enumerate(cursor, start=1):
                content: dict[str, Any] = {}
                problems = []
                for name, value in zip(names, values, strict=True):
                    if isinstance(value, str):
                        content[name] = value
                    elif isinstance(value, bytes):
                        problems.append(binary(name, len(value)))
                    elif value is not None:
                        content[name] = repr(value)
                yield Row(place, line, content, together(problems))
        except _DAMAGE as error:
            raise UnreadableSource(f"{place}: {error}", _MEND) from None
