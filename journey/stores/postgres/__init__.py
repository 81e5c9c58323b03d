"""A journal in a PostgreSQL database, shared by many processes."""

from journey.stores.postgres.store import PostgresStore

__all__ = ["PostgresStore"]
