"""Where journals live. A store keeps rows; it knows no trust. `open_store` picks one by its address."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from journey.errors import InvalidStoreUrl
from journey.stores.rows import Receipt, StoredTouchpoint


@dataclass(frozen=True)
class Summary:
    """One relationship in a store: how many touchpoints, and when the first and last occurred (µs since 1970)."""

    relationship: str
    touchpoints: int
    first: int
    last: int


class Store(Protocol):
    """What a journal asks of a store."""

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        """Append all rows or none, once each; see `rows.plan`."""
        ...

    def select(self, relationship: str) -> Sequence[StoredTouchpoint]:
        """The rows of one relationship by position."""
        ...

    def version(self, relationship: str) -> int:
        """The version of the last row of one relationship, 0 where there is none."""
        ...

    def find(self, ids: Sequence[str]) -> Sequence[StoredTouchpoint]:
        """The rows with these ids, in any order."""
        ...

    def read(self, after: int, limit: int) -> Sequence[StoredTouchpoint]:
        """At most `limit` rows behind position `after`, by position."""
        ...

    def relationships(self) -> Iterator[Summary]:
        """Every relationship, by name."""
        ...

    def close(self) -> None:
        """Release what the store holds; closing twice is harmless."""


def open_store(url: str, *, read_only: bool = False) -> Store:
    """The store at `url`: `memory:`, or `sqlite:///PATH` (relative; four slashes: absolute).

    With `read_only` nothing is created or written. Raises InvalidStoreUrl, StoreUnavailable, DamagedJournal.
    """
    if url == "memory:":
        from journey.stores.memory import MemoryStore

        return MemoryStore()
    path = url.removeprefix("sqlite:///")
    if path and path != url:
        from journey.stores.sqlite import SQLiteStore

        return SQLiteStore(path, read_only=read_only)
    raise InvalidStoreUrl(f"`{url}` is no store", "use `memory:` or `sqlite:///PATH`, as in `sqlite:///journey.db`")
