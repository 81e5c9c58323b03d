"""A journal in a PostgreSQL database, shared by many processes."""

from journey.stores.postgres.factory import PostgresFactory
from journey.stores.postgres.store import PostgresStore

__all__ = ["PostgresFactory", "PostgresStore"]
