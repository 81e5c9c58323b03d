"""Where the keys to texts about people live: outside the log, so that a text is forgotten by destroying its key."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from threading import Lock
from typing import Protocol

from journey.stores.process_forks import heed_forks

_BYTES = 32


@dataclass(frozen=True)
class Key:
    """A key of one owner: `id` is what texts name it by, a digest of the `secret` (32 bytes)."""

    id: str
    secret: bytes = field(repr=False)

    @classmethod
    def new(cls) -> "Key":
        """A key of its own, from the system's source of randomness."""
        secret = token_bytes(_BYTES)
        return cls(sha256(secret).hexdigest()[:32], secret)


class Keystore(Protocol):
    """What a journal asks of whoever keeps its keys: a file, a schema, or a service's own vault.

    An owner is a text: `person:ID`, `relationship:NAME` or `fact:ID`.
    """

    def current(self, owners: Collection[str]) -> Mapping[str, Key]:
        """The newest key of each owner, made where there is none; once this returns, they are durable."""
        ...

    def find(self, ids: Collection[str]) -> Mapping[str, bytes]:
        """Those of the keys with these ids that are there: the secret by id."""
        ...

    def rotate(self, owners: Collection[str] | None = None) -> int:
        """Make a new key for each of these owners that has one, or for all; the older stay, for reading. Returns how many were made."""
        ...

    def destroy(self, owners: Collection[str]) -> int:
        """Destroy every key of these owners, for good; returns how many there were."""
        ...

    def copies(self) -> Mapping[str, str]:
        """Where keys that are destroyed may still be, each place with what to do there."""
        ...

    def close(self) -> None:
        """Release what the keystore holds; closing twice is harmless."""
        ...


class MemoryKeystore:
    """Keys that are gone when the process ends."""

    def __init__(self) -> None:
        self._keys: dict[str, list[Key]] = {}
        self._lock = Lock()
        heed_forks(self)

    def before_fork(self) -> None:
        self._lock.acquire()  # so that the child's copy is whole

    def after_fork(self, *, in_child: bool) -> None:
        if in_child:
            self._lock = Lock()
        else:
            self._lock.release()

    def current(self, owners: Collection[str]) -> Mapping[str, Key]:
        with self._lock:
            return {owner: self._keys.setdefault(owner, [Key.new()])[-1] for owner in owners}

    def find(self, ids: Collection[str]) -> Mapping[str, bytes]:
        with self._lock:
            return {key.id: key.secret for keys in self._keys.values() for key in keys if key.id in ids}

    def rotate(self, owners: Collection[str] | None = None) -> int:
        with self._lock:
            rotated = [keys for owner, keys in self._keys.items() if owners is None or owner in owners]
            for keys in rotated:
                keys.append(Key.new())
            return len(rotated)

    def destroy(self, owners: Collection[str]) -> int:
        with self._lock:
            return sum(len(self._keys.pop(owner, ())) for owner in owners)

    def copies(self) -> Mapping[str, str]:
        return {}

    def close(self) -> None:
        pass


def newest(keys: Iterable[tuple[str, str, bytes]]) -> dict[str, Key]:
    """The keys of rows (owner, id, secret), by owner."""
    return {owner: Key(id, bytes(secret)) for owner, id, secret in keys}
