"""A journal in one SQLite file."""

from journey.stores.sqlite.store import SQLiteStore

__all__ = ["SQLiteStore"]
