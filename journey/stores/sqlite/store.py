"""A journal in one SQLite file."""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from eventsourcing.persistence import PersistenceError

from journey.errors import DamagedJournal, StoreUnavailable, UnsupportedSchema
from journey.seals import Seal
from journey.stores.keys import Keystore
from journey.stores.limits import Limits
from journey.stores.protocol import Bookmark, Counters, Polling, Summary, Watch
from journey.stores.rows import COLUMNS, FIRST_NAME, Receipt, StoredTouchpoint
from journey.stores.sqlite import bookmarks
from journey.stores.sqlite.callers_connection import CallersFile, path_of
from journey.stores.sqlite.file import Datastore
from journey.stores.sqlite.keys import SQLiteKeystore
from journey.stores.sqlite.recorder import UNDECODABLE, SQLiteRecorder
from journey.stores.sqlite.schema import ARE_ABOUT_PEOPLE, ARE_MERGES, FORMAT_VERSION, OTHER, PERSON

_MERGING = f"touchpoints INDEXED BY touchpoints_that_merge WHERE {ARE_MERGES}"
_MERGING_OTHERS = f"touchpoints INDEXED BY touchpoints_that_merge_others WHERE {ARE_MERGES}"
_NAMED = "(SELECT value FROM json_each(?))"
_OF_PEOPLE = " UNION ".join(
    f"SELECT position FROM touchpoints INDEXED BY {index} WHERE {ARE_ABOUT_PEOPLE} AND {name} IN {_NAMED}"
    for index, name in (("facts_about_people", PERSON), ("facts_about_others", OTHER))
)
_NAMING = f"""position > ? AND instr(payload, ?)
    AND EXISTS (SELECT 1 FROM json_tree(payload) WHERE atom = ? AND key IN {_NAMED}) ORDER BY position LIMIT ?"""
"""The text is looked for first: to take every payload apart would take ten times as long."""
_DAMAGE = ("malformed", "not a database", "no such table", "no such column", UNDECODABLE)
_SQLITE_MAGIC = b"SQLite format 3\x00"


class SQLiteStore:
    """The `Store` over a `SQLiteRecorder`. `place` is the file, or a connection of the caller's to it, see `Journal.over`.

    `read_only` never creates or changes the file; over a connection, nothing is created either.
    """

    def __init__(self, place: str | sqlite3.Connection, *, read_only: bool = False, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._read_only = read_only
        is_callers = isinstance(place, sqlite3.Connection)
        self.path = path_of(place) if isinstance(place, sqlite3.Connection) else Path(place)
        self._check(read_only=read_only or is_callers)
        with self._explained(), ExitStack() as unless_opened:
            self._datastore = (
                CallersFile(place)
                if isinstance(place, sqlite3.Connection)
                else Datastore(self.path, read_only=read_only, limits=self._limits)
            )
            unless_opened.callback(self._datastore.close)
            self.recorder = SQLiteRecorder(self._datastore)
            self.format = self._known_format(read_only=read_only or is_callers)
            if not read_only and not is_callers:
                self.recorder.create_table()
                self.format = FORMAT_VERSION
            unless_opened.pop_all()
        if is_callers and self.format < FORMAT_VERSION:
            raise UnsupportedSchema(
                f"`{self.path}` has journal format {self.format}", "open it once by its address; that brings it up to date"
            )

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        with self._explained():
            return self.recorder.append(rows, now, expected_version)

    def select(self, relationship: str, after: int = 0) -> Sequence[StoredTouchpoint]:
        if not _is_askable(relationship):
            return []
        with self._explained():
            return self.recorder.touchpoints("relationship = ? AND version > ? ORDER BY version", relationship, after)

    def version(self, relationship: str) -> int:
        with self._explained(), self._datastore.transaction(commit=False) as cursor:
            return self.recorder.versions(cursor, [relationship])[relationship] if _is_askable(relationship) else 0

    def find(self, ids: Sequence[str]) -> Sequence[StoredTouchpoint]:
        with self._explained():
            return self.recorder.stored([*filter(_is_askable, ids)])

    def read(self, after: int, limit: int) -> Sequence[StoredTouchpoint]:
        with self._explained():
            return self.recorder.touchpoints("position > ? ORDER BY position LIMIT ?", after, limit)

    def merges(self, relationship: str | None = None) -> Sequence[StoredTouchpoint]:
        if self.format < 2:
            return []  # there were none then, nor the indexes
        with self._explained():
            if relationship is None:
                return self.recorder.touchpoints(f"position IN (SELECT position FROM {_MERGING}) ORDER BY position")
            if not _is_askable(relationship):
                return []
            # Each side by its own index: left to itself, SQLite would go through every touchpoint.
            named = f"SELECT position FROM {_MERGING} AND relationship = ? UNION SELECT position FROM {_MERGING_OTHERS} AND {OTHER} = ?"
            return self.recorder.touchpoints(f"position IN ({named}) ORDER BY position", relationship, relationship)

    def people_facts(self, people: Collection[str]) -> Sequence[StoredTouchpoint]:
        if self.format < 2:
            return []  # as for merges
        named = json.dumps([*filter(_is_askable, people)])
        with self._explained():
            return self.recorder.touchpoints(f"position IN ({_OF_PEOPLE}) ORDER BY position", named, named)

    def naming(self, name: str, fields: Collection[str], after: int, limit: int) -> Sequence[StoredTouchpoint]:
        if not _is_askable(name):
            return []
        with self._explained():
            return self.recorder.touchpoints(_NAMING, after, json.dumps(name, ensure_ascii=False), name, json.dumps([*fields]), limit)

    def names_from(self, starts: Collection[str], limit: int) -> Sequence[str]:
        with self._explained():
            return self.recorder.names_from([start or FIRST_NAME for start in starts if _is_askable(start)], limit)

    def relationships(self) -> Iterator[Summary]:
        with self._explained():
            return iter(self.recorder.summaries())

    def columns(self, after: int, limit: int) -> Sequence[StoredTouchpoint]:
        with self._explained():
            return self.recorder.columns(after, limit)

    def digests(self, after: int, limit: int) -> Mapping[int, bytes]:
        with self._explained():
            return self.recorder.digests(after, limit)

    def counters(self) -> Counters:
        if self.format < 2:
            raise UnsupportedSchema(
                f"`{self.path}` has journal format {self.format}, which has no seals",
                "open it once for writing, as `journey record` does; that brings it up to date",
            )
        with self._explained():
            return self.recorder.counters()

    def seals(self, after: int, limit: int) -> Sequence[Seal]:
        with self._explained():
            return self.recorder.seals("WHERE number > ? ORDER BY number LIMIT ?", after, limit)

    def last_seal(self) -> Seal | None:
        with self._explained():
            return next(iter(self.recorder.seals("ORDER BY number DESC LIMIT 1")), None)

    def seal(self, *seals: Seal) -> bool:
        with self._explained():
            return self.recorder.seal(*seals)

    def missing_guards(self) -> Sequence[str]:
        with self._explained():
            return self.recorder.missing_guards()

    def watch(self) -> Watch:
        return Polling()

    def take_bookmark(self, name: str, after: int) -> Bookmark:
        if self._read_only:
            raise StoreUnavailable(
                f"`{self.path}` is open read-only, and cannot keep where `{name}` is", "open it for writing, or give no name"
            )
        with self._explained(), self._datastore.transaction(commit=True) as cursor:
            return bookmarks.take(cursor, name, after)

    def move_bookmark(self, bookmark: Bookmark) -> bool:
        with self._explained(), self._datastore.transaction(commit=True) as cursor:
            return bookmarks.move(cursor, bookmark)

    def keystore(self) -> Keystore:
        return SQLiteKeystore(self.path.with_name(self.path.name + ".keys"), read_only=self._read_only, limits=self._limits)

    def ping(self) -> None:
        self._check(read_only=True)
        with self._explained(), self._datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT 1 FROM touchpoints LIMIT 1")

    def close(self) -> None:
        self._datastore.close()

    def _check(self, *, read_only: bool) -> None:
        """Refuse what cannot be a journal before SQLite touches it."""
        mend = "name a journal with --store or JOURNEY_STORE"
        try:
            if self.path.is_dir():
                raise StoreUnavailable(f"`{self.path}` is a directory, not a journal", mend)
            if not self.path.exists():
                if read_only:
                    raise StoreUnavailable(f"there is no journal at `{self.path}`", f"record or import something first, or {mend}")
                if not self.path.parent.is_dir():
                    raise StoreUnavailable(f"there is no folder `{self.path.parent}` for the journal `{self.path.name}`", "create it first")
                return
            with self.path.open("rb") as file:
                head = file.read(len(_SQLITE_MAGIC))
        except (OSError, ValueError) as error:
            raise StoreUnavailable(f"the journal `{self.path}` cannot be opened: {error}", mend) from None
        if head and head != _SQLITE_MAGIC:
            raise StoreUnavailable(f"`{self.path}` is not a SQLite file", mend)

    def _known_format(self, *, read_only: bool) -> int:
        """The format of the journal in the file, 0 where there is none yet."""
        with self._datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT name FROM pragma_table_info('touchpoints')")
            columns = tuple(row["name"] for row in cursor.fetchall())
            if columns not in ((), COLUMNS):
                raise DamagedJournal(f"the table `touchpoints` in `{self.path}` is not a journal's", "name another file with --store")
            cursor.execute("SELECT name FROM sqlite_schema WHERE name IN ('touchpoints', 'journey_format', 'journey_seals')")
            tables = {row["name"] for row in cursor.fetchall()}
            if not tables and read_only:
                raise StoreUnavailable(f"`{self.path}` holds no journal", "name a journal with --store or JOURNEY_STORE")
            if not tables:
                return 0
            if "journey_format" in tables:
                cursor.execute("SELECT MAX(version) FROM journey_format")
                version = cursor.fetchone()[0] or 0
            else:
                version = 0
        if version > FORMAT_VERSION:
            raise UnsupportedSchema(f"`{self.path}` has journal format {version}; this journey knows {FORMAT_VERSION}", "upgrade journey")
        if version < 1 or "touchpoints" not in tables or (version > 1 and "journey_seals" not in tables):
            raise DamagedJournal(f"the journal `{self.path}` lacks a table or its format version", "restore it from a backup")
        return version

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Tell SQLite's refusals in the journal's words."""
        try:
            yield
        except (PersistenceError, sqlite3.Error) as error:
            text = str(error)
            if any(clue in text for clue in _DAMAGE):
                raise DamagedJournal(f"the journal `{self.path}` is damaged: {text}", "restore it from a backup") from error
            if "readonly" in text or "unable to open" in text:
                raise StoreUnavailable(
                    f"the journal `{self.path}` is read-only", "make the file and its folder writable, or use a copy"
                ) from error
            if "full" in text:
                raise StoreUnavailable(
                    f"the disk under `{self.path}` is full; nothing of this batch was recorded", "free some space and retry"
                ) from error
            raise StoreUnavailable(
                f"the journal `{self.path}` cannot be used: {text}", "see that no other program holds it, and retry"
            ) from error


def _is_askable(name: str) -> bool:
    """Whether a name could be anybody's: one with NUL, or with half a character, as of a command line in bytes, is nobody's."""
    return "\0" not in name and name == name.encode("utf-8", "ignore").decode()
