"""An object-centric event log (OCEL), whatever its encoding: events that are related to objects of many types."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, Protocol

from journey.formats.process_logs.documents import BrokenOff

Encoding = Literal["json", "xml", "sqlite"]


class Object(NamedTuple):
    """An object as a document lists it."""

    id: str
    type: str


class Related(NamedTuple):
    """An object that an event or another object is related to, and in what way."""

    id: str
    type: str
    qualifier: str = ""


class Event(NamedTuple):
    """An event. Objects that it is related to have the type "" until the whole log was read, and if it does not list them.

    `line` is its number where the encoding has no lines; `problem` what is wrong with its form.
    """

    line: int
    id: str
    type: str
    time: str
    attributes: Mapping[str, str]
    related: list[Related]
    problem: str | None = None


class Log(Protocol):
    """A log that was opened."""

    def types(self) -> list[str]:
        """The types of its objects."""
        ...

    def events(self) -> Iterator[Event]:
        """Its events in their order. Raises BrokenOff after the last that can be read."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class SpooledLog:
    """A document's log, kept in a temporary database while it is read: objects may come after the events, and may be many."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        self._database.execute("CREATE TABLE objects (id BLOB PRIMARY KEY, type BLOB) WITHOUT ROWID")
        self._database.execute("CREATE TABLE events (event TEXT)")
        self._broken: BrokenOff | None = None

    def fill(self, items: Iterable[Object | Event]) -> None:
        """Take all that a document holds, up to where it breaks off."""
        try:
            for item in items:
                self._add(item)
        except BrokenOff as broken:
            self._broken = broken

    def types(self) -> list[str]:
        """As `Log.types`."""
        return [_text(type) for (type,) in self._database.execute("SELECT DISTINCT type FROM objects ORDER BY type")]

    def events(self) -> Iterator[Event]:
        """As `Log.events`."""
        for (stored,) in self._database.execute("SELECT event FROM events ORDER BY rowid"):
            event = Event(*json.loads(stored))
            yield event._replace(related=[Related(id, self._type(id), qualifier) for id, _, qualifier in event.related])
        if self._broken is not None:
            raise self._broken

    def close(self) -> None:
        """As `Log.close`."""
        self._database.close()

    def _add(self, item: Object | Event) -> None:
        if isinstance(item, Object):
            self._database.execute("INSERT OR IGNORE INTO objects VALUES (?, ?)", (_bytes(item.id), _bytes(item.type)))
        else:
            self._database.execute("INSERT INTO events VALUES (?)", (json.dumps(item),))

    def _type(self, id: str) -> str:
        found = self._database.execute("SELECT type FROM objects WHERE id = ?", (_bytes(id),)).fetchone()
        return _text(found[0]) if found else ""


# Text from a damaged file may hold lone surrogates, which SQLite does not take as text.


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(stored: bytes) -> str:
    return stored.decode("utf-8", "surrogatepass")
