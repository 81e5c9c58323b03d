"""Where named subscriptions are, in a table next to the log, created with the first of them. It holds no facts.

STORAGE FORMAT: the table below, which `roles.sql` makes too.
"""

import psycopg
from psycopg.rows import tuple_row

from journey.stores.postgres.server import Connection
from journey.stores.protocol import Bookmark

_SCHEMA = """CREATE TABLE IF NOT EXISTS journey_subscriptions (
    name text COLLATE "C" PRIMARY KEY, position bigint NOT NULL, turn bigint NOT NULL)"""
_TAKE = """INSERT INTO journey_subscriptions AS there (name, position, turn) VALUES (%s, %s, 1)
    ON CONFLICT (name) DO UPDATE SET turn = there.turn + 1 RETURNING position, turn"""


def take(connection: Connection, name: str, after: int) -> Bookmark:
    """As `Store.take_bookmark`."""
    cursor = connection.cursor(row_factory=tuple_row)
    if cursor.execute("SELECT to_regclass('journey_subscriptions')").fetchall() == [(None,)]:
        _create(connection)
    ((position, turn),) = cursor.execute(_TAKE, (name, after)).fetchall()
    return Bookmark(name, position, turn)


def move(connection: Connection, bookmark: Bookmark) -> bool:
    """As `Store.move_bookmark`."""
    statement = "UPDATE journey_subscriptions SET position = %s WHERE name = %s AND turn = %s"
    return connection.execute(statement, (bookmark.position, bookmark.name, bookmark.turn)).rowcount == 1


def _create(connection: psycopg.Connection[object]) -> None:
    with connection.transaction():
        # Two that create at once would both find nothing there. The number is only ever used for this.
        connection.execute("SELECT pg_advisory_xact_lock(7015208937415)")
        connection.execute(_SCHEMA)
