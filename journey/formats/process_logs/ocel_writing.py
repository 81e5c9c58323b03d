"""Histories as an object-centric event log in OCEL 2.0.

A fact is an event, related to the relationship, people, episodes and promises that it names. All encodings are written from the
tables of the encoding in SQLite, which JSON and XML fill in a temporary database: types of objects come first in a document, and
are known last.
"""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from journey.amendments import Fact
from journey.formats.process_logs.documents import Writable
from journey.formats.process_logs.ocel_database import OcelDatabase
from journey.formats.process_logs.ocel_json import write_json
from journey.formats.process_logs.ocel_log import Encoding, Related
from journey.formats.process_logs.ocel_sqlite import SqliteLog
from journey.formats.process_logs.ocel_xml import write_xml
from journey.formats.process_logs.own_attributes import attributes_of, legible
from journey.records import Recorded

Trust = Callable[[str], Iterable[tuple[datetime, float]]]
"""The course of trust of a relationship in order of time, the prior first."""

_OBJECTS = {
    "relationship": "relationship",
    "other": "relationship",
    "customer": "customer",
    "organisation": "organisation",
    "representative": "representative",
    "from_representative": "representative",
    "to_representative": "representative",
    "contact": "contact",
    "episode": "episode",
    "promise": "promise",
}
"""The fields that name objects, with the type of these. The field is how the event is related to the object."""
_OF_A_RELATIONSHIP = ("episode", "promise")
"""Types whose names count within one relationship."""
_TIES = {
    ("relationship_opened", "customer"): "has",
    ("relationship_opened", "organisation"): "keeps",
    ("representative_assigned", "representative"): "serves",
    ("handover_made", "to_representative"): "serves",
}
"""How the objects that a fact of a kind names in a field are related to its relationship. Episodes and promises are `part of` it."""


def write_ocel(
    place: Writable | Path, histories: Iterable[tuple[str, Iterable[Recorded[Fact]]]], *, encoding: Encoding, trust: Trust | None = None
) -> int:
    """Write histories, each with the name of its relationship. Returns the number of events; a fact of two histories is one.

    `ocel_rows` reads back exactly the facts that were written. An object's id is TYPE:NAME, that of an episode or promise
    TYPE:RELATIONSHIP/NAME. With `trust`, it is an attribute of the relationships, whose first value, the prior, holds from 1970 on.
    SQLite is written to a path where there is nothing. Raises FileExistsError. Texts that are withheld are not there.
    """
    if encoding == "sqlite" and not isinstance(place, Path):
        raise TypeError("a log in SQLite is written to a path")
    if isinstance(place, Path):
        with place.open("xb") as file:
            if encoding != "sqlite":
                return write_ocel(file, histories, encoding=encoding, trust=trust)
    with closing(sqlite3.connect(place if isinstance(place, Path) else "")) as connection:
        connection.execute("PRAGMA journal_mode = OFF")  # what is not written to its end is worth nothing
        events = _fill(OcelDatabase(connection), histories, trust)
        connection.commit()
        if not isinstance(place, Path):
            (write_json if encoding == "json" else write_xml)(place, SqliteLog(connection))
    return events


def _fill(database: OcelDatabase, histories: Iterable[tuple[str, Iterable[Recorded[Fact]]]], trust: Trust | None) -> int:
    events = 0
    for relationship, records in histories:
        for record in records:
            events += _add(database, record)
        if trust is not None and relationship:
            database.add_values(_object(relationship, "relationship", relationship), "trust", trust(relationship))
    database.finish()
    return events


def _add(database: OcelDatabase, record: Recorded[Fact]) -> bool:
    """Add a fact with its objects; whether it was not there."""
    fact = record.touchpoint
    names = {field: name for field in _OBJECTS if (name := getattr(fact, field, None))}
    objects = {field: _object(fact.relationship, _OBJECTS[field], name)._replace(qualifier=field) for field, name in names.items()}
    if not database.add_event(_id(fact.id), fact.kind, fact.occurred_at.isoformat(), attributes_of(record), objects.values()):
        return False
    for field, one in objects.items():
        tie = "part of" if field in _OF_A_RELATIONSHIP else _TIES.get((fact.kind, field))
        if tie is not None:
            database.tie(one, objects["relationship"], tie)
    return True


def _object(relationship: str, type: str, name: str) -> Related:
    if type in _OF_A_RELATIONSHIP:
        name = f"{relationship.replace('%', '%25').replace('/', '%2F')}/{name}"
    return Related(_id(f"{type}:{name}"), type)


def _id(name: str) -> str:
    """An id that XML can hold; ids that differ still do."""
    if legible(name) == name:
        return name
    return "".join(one if legible(one) == one else f"\ufffd{ord(one):04X}" for one in name)
