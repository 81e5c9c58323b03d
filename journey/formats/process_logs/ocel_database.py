"""The tables of OCEL 2.0 in SQLite, to fill: each type's table and columns are made when they are first met."""

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

from journey.amendments import FACTS
from journey.formats.process_logs.ocel_log import Related
from journey.formats.process_logs.own_attributes import Attribute

_ALWAYS = "1970-01-01T00:00:00Z"
"""From when on an object has its first values. Some readers drop the time of the first value, so it must not matter."""
_TYPES = {"string": "TEXT", "date": "TIMESTAMP", "int": "INTEGER", "float": "REAL", "boolean": "BOOLEAN"}
_COMMON = """
CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT REFERENCES event_map_type (ocel_type));
CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT REFERENCES object_map_type (ocel_type));
CREATE TABLE event_object (
    ocel_event_id TEXT REFERENCES event (ocel_id), ocel_object_id TEXT REFERENCES object (ocel_id), ocel_qualifier TEXT,
    PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier)
);
CREATE TABLE object_object (
    ocel_source_id TEXT REFERENCES object (ocel_id), ocel_target_id TEXT REFERENCES object (ocel_id), ocel_qualifier TEXT,
    PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier)
);
"""


class OcelDatabase:
    """A log that is being written to an empty database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._tables: dict[tuple[str, str], str] = {}
        self._columns: dict[str, set[str]] = {}
        connection.executescript(_COMMON)

    def add_event(self, id: str, type: str, time: str, attributes: Iterable[Attribute], related: Iterable[Related]) -> bool:
        """Add an event with what it is related to, unless there is one of that id; whether it was added."""
        if not self._connection.execute("INSERT OR IGNORE INTO event VALUES (?, ?)", (id, type)).rowcount:
            return False
        columns = {one.name: (_TYPES[one.type], one.text if isinstance(one.value, bool) else one.value) for one in attributes}
        self._insert("event", type, {"ocel_id": ("TEXT", id), "ocel_time": ("TIMESTAMP", time), **columns})
        for one in related:
            self._add_object(one)
            self._connection.execute("INSERT OR IGNORE INTO event_object VALUES (?, ?, ?)", (id, one.id, one.qualifier))
        return True

    def tie(self, source: Related, target: Related, qualifier: str) -> None:
        """Relate an object to another."""
        self._connection.execute("INSERT OR IGNORE INTO object_object VALUES (?, ?, ?)", (source.id, target.id, qualifier))

    def add_values(self, one: Related, name: str, values: Iterable[tuple[datetime, float]]) -> None:
        """Give an object an attribute that changes; the time of its first value is not kept."""
        self._add_object(one)
        time, changed = _ALWAYS, None
        for at, value in values:
            if changed is not None:
                time = at.isoformat()
            row = {"ocel_id": ("TEXT", one.id), "ocel_time": ("TIMESTAMP", time), "ocel_changed_field": ("TEXT", changed)}
            self._insert("object", one.type, {**row, name: ("REAL", value)})
            changed = name

    def finish(self) -> None:
        """Give every object the row of its type that it still lacks."""
        for (type,) in self._connection.execute("SELECT DISTINCT ocel_type FROM object ORDER BY 1").fetchall():
            table = self._table("object", type, {"ocel_id": "TEXT", "ocel_time": "TIMESTAMP", "ocel_changed_field": "TEXT"})
            self._connection.execute(
                f"INSERT INTO {table} (ocel_id, ocel_time) "
                f"SELECT ocel_id, ? FROM object WHERE ocel_type = ? AND ocel_id NOT IN (SELECT ocel_id FROM {table}) ORDER BY rowid",
                (_ALWAYS, type),
            )

    def _add_object(self, one: Related) -> None:
        self._connection.execute("INSERT OR IGNORE INTO object VALUES (?, ?)", (one.id, one.type))

    def _insert(self, family: str, type: str, values: Mapping[str, tuple[str, object]]) -> None:
        """Add a row, of values with the types of their columns, to the table of a type."""
        table = self._table(family, type, {name: kind for name, (kind, _) in values.items()})
        names, holes = ", ".join(f'"{name}"' for name in values), ", ".join("?" * len(values))
        self._connection.execute(f"INSERT INTO {table} ({names}) VALUES ({holes})", [value for _, value in values.values()])

    def _table(self, family: str, type: str, columns: Mapping[str, str]) -> str:
        """The table of a type, with these columns at least."""
        if (table := self._tables.get((family, type))) is None:
            # A type that this journey does not know may have any name, that of another table of the log too.
            place = type if type in FACTS or family == "object" else f"unknown_{len(self._tables)}"
            table = self._tables[family, type] = f"{family}_{place}"
            self._connection.execute(f"INSERT INTO {family}_map_type VALUES (?, ?)", (type, place))
            own = ", ".join(f"{name} {kind}" for name, kind in columns.items() if name.startswith("ocel_"))
            self._connection.execute(f"CREATE TABLE {table} ({own}, FOREIGN KEY (ocel_id) REFERENCES {family} (ocel_id))")
            self._columns[table] = {name for name in columns if name.startswith("ocel_")}
        for name in [name for name in columns if name not in self._columns[table]]:
            self._connection.execute(f'ALTER TABLE {table} ADD COLUMN "{name}" {columns[name]}')
            self._columns[table].add(name)
        return table
