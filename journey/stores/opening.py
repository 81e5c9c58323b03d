"""From an address to the store, or the keystore, that it names."""

from journey.errors import InvalidStoreUrl
from journey.extras import extra
from journey.stores.addresses import kind_and_path, without_password
from journey.stores.keys import Keystore, MemoryKeystore
from journey.stores.protocol import Store


def open_store(url: str, *, read_only: bool = False) -> Store:
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

        return SQLiteStore(path, read_only=read_only)
    if kind == "postgresql":
        with extra("postgres", "PostgreSQL"):
            from journey.stores.postgres.store import PostgresStore
        return PostgresStore(url, read_only=read_only)
    raise InvalidStoreUrl(f"`{without_password(url)}` is no store", _URLS.format("journey.db"))


def open_keystore(url: str, *, read_only: bool = False) -> Keystore:
    """The keystore at `url`: `memory:`, `sqlite:///PATH` or `postgresql://…`; what is not there is made with the first key.

    Raises InvalidStoreUrl, StoreUnavailable, MissingExtra.
    """
    kind, path = kind_and_path(url)
    if kind == "memory":
        return MemoryKeystore()
    if kind == "sqlite":
        from journey.stores.sqlite.keys import SQLiteKeystore

        return SQLiteKeystore(path, read_only=read_only)
    if kind == "postgresql":
        with extra("postgres", "PostgreSQL"):
            from journey.stores.postgres.keys import SeparateKeystore
        return SeparateKeystore(url, read_only=read_only)
    raise InvalidStoreUrl(f"`{without_password(url)}` is no place for keys", _URLS.format("journey.keys"))


_URLS = "use `sqlite:///PATH`, as in `sqlite:///{}`, `postgresql://USER@HOST/DATABASE`, or `memory:`"
