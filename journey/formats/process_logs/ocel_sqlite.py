"""OCEL 2.0 in SQLite, to read: one table per type of event and object, and tables of who is related to whom.

Everything is read in the order of the rows of `event` and `object`, merged from ordered streams, so that a log needs no index.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from heapq import merge
from itertools import count
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from journey.errors import UnreadableSource
from journey.formats.process_logs.documents import BrokenOff
from journey.formats.process_logs.ocel_log import Event, Related

_OCEL_TYPES = {"TEXT": "string", "TIMESTAMP": "time", "INTEGER": "integer", "REAL": "float", "BOOLEAN": "boolean"}
"""The types of attributes by the types of their columns."""
_OWN_COLUMNS = ("ocel_id", "ocel_time", "ocel_changed_field")
_TABLES = {"event", "object", "event_object", "event_map_type", "object_map_type"}
_DAMAGE = (sqlite3.Error, UnicodeDecodeError)
"""What reading a damaged file raises: SQLite may quote bytes of it that are not UTF-8."""


class Type(NamedTuple):
    """A type of event or object, with the types of its attributes; `table` holds them."""

    name: str
    table: str
    attributes: Mapping[str, str]


class StoredObject(NamedTuple):
    """An object with the values of its attributes, each from a time on: (name, time, value)."""

    id: str
    type: str
    values: list[tuple[str, str, str]]
    related: list[Related]


def open_log(path: str, file: Path) -> "SqliteLog":
    """The log in a database, which is not written to. Raises UnreadableSource."""
    try:
        connection = sqlite3.connect(f"file:{quote(str(file.resolve()))}?mode=ro", uri=True)
    except _DAMAGE as error:
        raise UnreadableSource(f"{path}: {error}", "name a log in SQLite") from None
    if problem := _problem(connection):
        connection.close()
        raise UnreadableSource(f"{path}: {problem}", "name a log in OCEL 2.0, in SQLite")
    return SqliteLog(connection)


def is_log(file: Path) -> bool:
    """Whether a file is a log in a database."""
    try:
        open_log(str(file), file).close()
    except UnreadableSource:
        return False
    return True


def _problem(connection: sqlite3.Connection) -> str | None:
    try:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    except _DAMAGE as error:
        return str(error)
    missing = sorted(_TABLES - tables)
    return f"is SQLite, but not OCEL 2.0: it has no table `{missing[0]}`" if missing else None


class SqliteLog:
    """A log in an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.text_factory = lambda stored: stored.decode("utf-8", "surrogateescape")

    def types(self) -> list[str]:
        """As `Log.types`."""
        try:
            return [type.name for type in self.object_types() if type.name]
        except _DAMAGE as error:
            raise BrokenOff(0, f"this is not OCEL 2.0 that can be read: {error}") from None

    def close(self) -> None:
        """As `Log.close`."""
        self._connection.close()

    def event_types(self) -> list[Type]:
        """The types of events."""
        return self._types("event")

    def object_types(self) -> list[Type]:
        """The types of objects."""
        return self._types("object")

    def events(self) -> Iterator[Event]:
        """As `Log.events`."""
        numbers = count(1)
        try:
            related = _InOrder(
                self._connection.execute(
                    "SELECT event.rowid, object.ocel_id, object.ocel_type, ocel_qualifier FROM event "
                    "JOIN event_object ON ocel_event_id = event.ocel_id JOIN object ON ocel_object_id = object.ocel_id ORDER BY 1"
                )
            )
            for row, id, type, values in merge(*(self._rows("event", one) for one in self.event_types()), key=itemgetter(0)):
                time = values.pop("ocel_time", "")
                objects = [Related(_text(other), _text(its_type), _text(how)) for _, other, its_type, how in related.of(row)]
                yield Event(next(numbers), id, type, time, values, objects)
        except _DAMAGE as error:
            raise BrokenOff(next(numbers), f"this is not OCEL 2.0 that can be read: {error}") from None

    def objects(self) -> Iterator[StoredObject]:
        """Every object with its attributes in order of time, and what it is related to."""
        related = _InOrder(
            self._connection.execute(
                "SELECT object.rowid, ocel_target_id, ocel_qualifier FROM object "
                "JOIN object_object ON ocel_source_id = object.ocel_id ORDER BY 1"
            )
        )
        values = _InOrder(merge(*(self._rows("object", one) for one in self.object_types()), key=itemgetter(0)))
        for row, id, type in self._connection.execute("SELECT rowid, ocel_id, ocel_type FROM object ORDER BY rowid"):
            versions = [(version, version.pop("ocel_time", "")) for _, _, _, version in values.of(row)]
            changes = [(name, time, value) for version, time in versions for name, value in version.items()]
            yield StoredObject(id, type, changes, [Related(other, "", how) for _, other, how in related.of(row)])

    def _types(self, family: str) -> list[Type]:
        """The types that occur, whether the log gives them a table or not."""
        named = self._connection.execute(
            f"SELECT DISTINCT {family}.ocel_type, ocel_type_map FROM {family} LEFT JOIN {family}_map_type USING (ocel_type) ORDER BY 1"
        )
        return [Type(_text(name), f"{family}_{place}" if place else "", self._columns(family, place)) for name, place in named.fetchall()]

    def _columns(self, family: str, place: str | None) -> dict[str, str]:
        columns = self._connection.execute("SELECT name, type FROM pragma_table_info(?)", (f"{family}_{place}",)).fetchall()
        return {name: _OCEL_TYPES.get(type.upper(), "string") for name, type in columns if name not in _OWN_COLUMNS}

    def _rows(self, family: str, type: Type) -> Iterator[tuple[int, str, str, dict[str, str]]]:
        """(row in the table of the family, id, type, values that are not NULL) in the order of that table."""
        own = f"LEFT JOIN {_quoted(type.table)}" if type.table else "LEFT JOIN (SELECT NULL AS ocel_id, 0 AS rowid)"
        cursor = self._connection.execute(
            f"SELECT {family}.rowid, {family}.ocel_id, own.* FROM {family} {own} AS own ON own.ocel_id = {family}.ocel_id "
            f"WHERE coalesce({family}.ocel_type, '') = ? ORDER BY {family}.rowid, own.rowid",
            (type.name,),
        )
        names = [name for name, *_ in cursor.description[2:]]
        for row, id, *values in cursor:
            held = {name: _text(value) for name, value in zip(names, values, strict=True) if value is not None}
            for name in ("ocel_id", "ocel_changed_field"):
                held.pop(name, None)
            yield row, _text(id), type.name, held


class _InOrder:
    """Rows in order of their first column, taken as far as they are asked for, in the same order."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def of(self, number: int) -> list[Any]:
        """The rows of that number."""
        taken = []
        while self._next is not None and self._next[0] <= number:
            taken.append(self._next)
            self._next = next(self._rows, None)
        return taken


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return str(value)
