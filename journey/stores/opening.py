"""From an address to the store, or the keystore, that it names."""

from typing import TYPE_CHECKING, cast

from journey.errors import InvalidStoreUrl
from journey.extras import extra
from journey.stores.addresses import kind_and_path, without_password
from journey.stores.keys import Keystore, MemoryKeystore
from journey.stores.limits import Limits
from journey.stores.protocol import Store

if TYPE_CHECKING:
    import sqlite3


def open_store(url: str, *, read_only: bool = False, limits: Limits | None = None) -> Store:
    """The store at `url`: `memory:`, `sqlite:///PATH` (relative; four slashes: absolute), or `postgresql://…` as libpq takes it.

    With `read_only` nothing is created or written. Raises InvalidStoreUrl, StoreUnavailable, DamagedJournal,
    UnsupportedSchema, MissingExtra.
    """
    kind, path = kind_and_path(url)
    if kind == "memory":
        from journey.stores.memory import MemoryStore

        return MemoryStore()
    if kind == "sqlite":
        from journey.stores.sqlite.store import SQLiteStore

        return SQLiteStore(path, read_only=read_only, limits=limits)
    if kind == "postgresql":
        with extra("postgres", "PostgreSQL"):
            from journey.stores.postgres.store import PostgresStore
        return PostgresStore(url, read_only=read_only, limits=limits)
    raise InvalidStoreUrl(f"`{without_password(url)}` is not the address of a store", _URLS.format("journey.db"))


def open_keystore(url: str, *, read_only: bool = False, limits: Limits | None = None) -> Keystore:
    """The keystore at `url`: `memory:`, `sqlite:///PATH` or `postgresql://…`; what is not there is made with the first key.

    Raises InvalidStoreUrl, StoreUnavailable, MissingExtra.
    """
    kind, path = kind_and_path(url)
    if kind == "memory":
        return MemoryKeystore()
    if kind == "sqlite":
        from journey.stores.sqlite.keys import SQLiteKeystore

        return SQLiteKeystore(path, read_only=read_only, limits=limits)
    if kind == "postgresql":
        with extra("postgres", "PostgreSQL"):
            from journey.stores.postgres.keys import SeparateKeystore
        return SeparateKeystore(url, read_only=read_only, limits=limits)
    raise InvalidStoreUrl(f"`{without_password(url)}` is not the address of a key store", _URLS.format("journey.keys"))


def store_over(source: object, limits: Limits) -> tuple[Store, bool]:
    """The store in the caller's database, reached by the caller's connection or pool, and whether it commits what it is given.

    Raises StoreUnavailable, DamagedJournal, UnsupportedSchema; TypeError for a source that is none.
    """
    kind = {one.__module__.split(".")[0] for one in type(source).__mro__} & {"sqlite3", "psycopg", "psycopg_pool"}
    if kind == {"sqlite3"}:
        from journey.stores.sqlite.store import SQLiteStore

        return SQLiteStore(cast("sqlite3.Connection", source), limits=limits), False
    if kind:
        import psycopg
        from psycopg_pool import ConnectionPool

        from journey.stores.postgres.store import PostgresStore

        if isinstance(source, ConnectionPool):
            return PostgresStore(source, limits=limits), True
        if isinstance(source, psycopg.Connection):
            was_idle = source.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
            try:
                return PostgresStore(source, limits=limits), False
            finally:
                if was_idle and not source.closed:
                    source.rollback()  # looking for the journal began a transaction, which the caller did not
    raise TypeError(
        f"a journal stands over a Connection or ConnectionPool of psycopg's, or a sqlite3.Connection, not a {type(source).__name__}"
    )


_URLS = "use `sqlite:///PATH`, as in `sqlite:///{}`, `postgresql://USER@HOST/DATABASE`, or `memory:`"
