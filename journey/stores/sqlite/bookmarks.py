"""Where named subscriptions are, in a table next to the log, created with the first of them. It holds no facts.

STORAGE FORMAT: the table below.
"""

from eventsourcing.sqlite import SQLiteCursor

from journey.stores.protocol import Bookmark

_SCHEMA = """CREATE TABLE IF NOT EXISTS journey_subscriptions (
    name TEXT PRIMARY KEY, position INTEGER NOT NULL, turn INTEGER NOT NULL)"""


def take(cursor: SQLiteCursor, name: str, after: int) -> Bookmark:
    """As `Store.take_bookmark`."""
    cursor.execute(_SCHEMA)
    cursor.execute("INSERT OR IGNORE INTO journey_subscriptions VALUES (?, ?, 0)", (name, after))
    cursor.execute("UPDATE journey_subscriptions SET turn = turn + 1 WHERE name = ?", (name,))
    cursor.execute("SELECT name, position, turn FROM journey_subscriptions WHERE name = ?", (name,))
    return Bookmark(*cursor.fetchone())


def move(cursor: SQLiteCursor, bookmark: Bookmark) -> bool:
    """As `Store.move_bookmark`."""
    statement = "UPDATE journey_subscriptions SET position = ? WHERE name = ? AND turn = ?"
    cursor.execute(statement, (bookmark.position, bookmark.name, bookmark.turn))
    cursor.execute("SELECT changes()")
    return bool(cursor.fetchone()[0])
