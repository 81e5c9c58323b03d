"""Our stores: how each makes a new, empty place and opens it."""

from functools import partial
from pathlib import Path

import psycopg

from journey.stores.memory import MemoryStore
from journey.stores.postgres import PostgresStore
from journey.stores.protocol import Store
from journey.stores.sqlite import SQLiteStore
from journey.testing import Opener


def memory(folder: Path) -> Opener:
    """One store, whoever opens it."""
    store: Store = MemoryStore()
    return lambda: store


def sqlite(folder: Path) -> Opener:
    """One file."""
    return partial(SQLiteStore, str(folder / "journey.db"))


def postgres(url: str, folder: Path) -> Opener:
    """One schema of a database, called as the folder is."""
    schema = f"{folder.parent.name}-{folder.name}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{schema}"'.encode())
    return partial(PostgresStore, f'{url}&options=-csearch_path%3D"{schema}"')
