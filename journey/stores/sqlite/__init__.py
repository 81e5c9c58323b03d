"""A journal in one SQLite file."""

from journey.stores.sqlite.factory import SQLiteFactory
from journey.stores.sqlite.store import SQLiteStore

__all__ = ["SQLiteFactory", "SQLiteStore"]
