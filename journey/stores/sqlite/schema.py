"""What a journal's SQLite file holds: its tables, what refuses to change facts, and how older files become of this format.

STORAGE FORMAT: the schema below is what journal files hold; `journey_format` tells its version. A journal of an older format
is brought up to date when it is opened for writing; `MIGRATIONS` says how.
"""

from eventsourcing.sqlite import SQLiteCursor

from journey.amendments import MERGES, PEOPLE_FACTS
from journey.errors import DamagedJournal
from journey.stores.rows import COLUMNS, StoredTouchpoint, digest_of, digest_without_position

FORMAT_VERSION = 3
ARE_MERGES = f"kind IN {tuple(MERGES)}"
ARE_ABOUT_PEOPLE = f"relationship IS '' AND kind IN {tuple(PEOPLE_FACTS)}"
"""The relationship is looked at first: it costs every other row nothing, and a list of four a third of what inserting it takes.

`IS`, since with `=` SQLite would plan every search for a relationship anew, in case it is that of an index.
"""
OTHER = "json_extract(payload, '$.other')"
PERSON = "json_extract(payload, '$.person')"
_TABLES = (
    """CREATE TABLE IF NOT EXISTS touchpoints (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT UNIQUE,
        relationship TEXT NOT NULL,
        version INTEGER NOT NULL,
        occurred_at INTEGER,
        recorded_at INTEGER,
        kind TEXT NOT NULL,
        schema_version INTEGER,
        payload NOT NULL,
        personal TEXT,
        digest BLOB,
        UNIQUE (relationship, version))""",
    """CREATE TABLE IF NOT EXISTS journey_seals (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        first_position INTEGER NOT NULL,
        last_position INTEGER NOT NULL,
        digests BLOB NOT NULL,
        root BLOB NOT NULL,
        previous BLOB NOT NULL,
        digest BLOB NOT NULL)""",
    f"CREATE INDEX IF NOT EXISTS touchpoints_that_merge ON touchpoints (relationship) WHERE {ARE_MERGES}",
    f"CREATE INDEX IF NOT EXISTS touchpoints_that_merge_others ON touchpoints ({OTHER}) WHERE {ARE_MERGES}",
    f"CREATE INDEX IF NOT EXISTS facts_about_people ON touchpoints ({PERSON}) WHERE {ARE_ABOUT_PEOPLE}",
    f"CREATE INDEX IF NOT EXISTS facts_about_others ON touchpoints ({OTHER}) WHERE {ARE_ABOUT_PEOPLE}",
    # A table of its own, since `user_version` may be another program's that shares the file.
    "CREATE TABLE IF NOT EXISTS journey_format (version INTEGER PRIMARY KEY)",
    f"INSERT OR IGNORE INTO journey_format VALUES ({FORMAT_VERSION})",
)
_GUARDS = (
    *(
        f"""CREATE TRIGGER IF NOT EXISTS {name}_are_never_{done} BEFORE {statement} ON {table}
        BEGIN SELECT RAISE(ABORT, '{name} are facts: none is ever {done}'); END"""
        for name, table in (("touchpoints", "touchpoints"), ("seals", "journey_seals"))
        for statement, done in (("UPDATE", "updated"), ("DELETE", "deleted"))
    ),
    # INSERT OR REPLACE deletes without firing delete triggers; it must not reach a fact that way.
    """CREATE TRIGGER IF NOT EXISTS touchpoints_are_never_replaced BEFORE INSERT ON touchpoints
        WHEN EXISTS (SELECT 1 FROM touchpoints WHERE position = NEW.position OR id = NEW.id)
            OR EXISTS (SELECT 1 FROM touchpoints WHERE relationship = NEW.relationship AND version = NEW.version)
        BEGIN SELECT RAISE(ABORT, 'touchpoints are facts: none is ever replaced'); END""",
    """CREATE TRIGGER IF NOT EXISTS seals_are_never_replaced BEFORE INSERT ON journey_seals
        WHEN EXISTS (SELECT 1 FROM journey_seals WHERE number = NEW.number)
        BEGIN SELECT RAISE(ABORT, 'seals are facts: none is ever replaced'); END""",
)
GUARD_NAMES = [statement.split()[5] for statement in _GUARDS]
SCHEMA = (*_TABLES, *_GUARDS)


def _from_format_1(cursor: SQLiteCursor) -> None:
    """Format 2 digests the position too, and has seals."""
    cursor.execute("DROP TRIGGER IF EXISTS touchpoints_are_never_updated")
    cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM touchpoints WHERE id IS NOT NULL")
    rows = [StoredTouchpoint(*row) for row in cursor.fetchall()]
    for row in rows:
        if row.digest != digest_without_position(row):
            raise DamagedJournal(
                f"touchpoint `{row.id}` at position {row.position} does not match its digest: its content was changed",
                "restore the journal from a backup",
            )
    cursor.executemany("UPDATE touchpoints SET digest = ? WHERE position = ?", [(digest_of(row), row.position) for row in rows])


def _from_format_2(cursor: SQLiteCursor) -> None:
    """Format 3 has other conditions on the indexes of facts about people; a file of format 1 has none yet."""
    for index in ("facts_about_people", "facts_about_others"):
        cursor.execute(f"DROP INDEX IF EXISTS {index}")


MIGRATIONS = {1: _from_format_1, 2: _from_format_2}
"""What brings a journal of each older format to the next one; see `tests/formats` for files of each."""
