"""Texts about people: encrypted before they are stored, read back while their keys are there.

STORAGE FORMAT: the column `personal` is `KEY:TEXT`, where KEY is the id of a key and TEXT, in base64, a nonce of 12 bytes and
what AES-256-GCM makes of the JSON; the fact's id is authenticated with it. The nonce is derived from key, id and JSON, so that a
fact recorded again is the same bytes, and no nonce serves two texts.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, cast

from journey.amendments import LOG_FACTS, Fact, PersonNamed
from journey.errors import DamagedJournal
from journey.stores.codec import WITHHELD, Plain, is_readable
from journey.stores.keys import Key, Keystore
from journey.stores.process_forks import renew_in_children
from journey.stores.rows import StoredTouchpoint
from journey.touchpoints import Touchpoint

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


def owner_of(fact: Fact) -> str:
    """Whose key encrypts the texts of a fact: its contact's, else that of its relationship's customer.

    A name is under the key of who is called so; every other fact about facts has a key of its own.
    """
    if fact.kind not in LOG_FACTS:
        contact = cast(Touchpoint, fact).contact
        return f"relationship:{fact.relationship}" if contact is None else f"person:{contact}"
    return f"person:{fact.person}" if isinstance(fact, PersonNamed) else f"fact:{fact.id}"


class PersonalTexts:
    """Encrypts and decrypts the rows of one journal. `open_keystore` is called when the first text is met."""

    def __init__(self, open_keystore: Callable[[], Keystore]) -> None:
        self._open = open_keystore
        self._keystore: Keystore | None = None
        self._lock = Lock()
        renew_in_children(self)

    def renew(self) -> None:
        """Begin anew in a forked child, where nobody holds the lock."""
        self._lock = Lock()

    @property
    def keystore(self) -> Keystore:
        """Where the keys are."""
        with self._lock:
            if self._keystore is None:
                self._keystore = self._open()
            return self._keystore

    def encrypted(self, facts: Sequence[Fact], rows: Sequence[StoredTouchpoint]) -> Sequence[StoredTouchpoint]:
        """The rows of facts, to be stored."""
        if not any(row.personal for row in rows):
            return rows
        owners = [owner_of(fact) if row.personal else "" for fact, row in zip(facts, rows, strict=True)]
        keys = self.keystore.current({owner for owner in owners if owner})
        ciphers = _ciphers({owner: key.secret for owner, key in keys.items()})
        return [
            StoredTouchpoint(*row[:9], _encrypted(row, keys[owner], ciphers[owner]), row.digest) if owner else row
            for owner, row in zip(owners, rows, strict=True)
        ]

    def plain(self, rows: Iterable[StoredTouchpoint]) -> Plain:
        """What decrypts these rows, one by one, also once their keys are gone or the journal is closed.

        It gives a row with its plain text, or `WITHHELD` where the key is not there now. Raises DamagedJournal.
        """
        named = {personal.partition(":")[0] for row in rows if (personal := row.personal) is not None}
        needed = {key for key in named if not is_readable(key)}
        secrets = self.keystore.find(needed) if needed else {}
        ciphers: dict[str, AESGCM] = {}

        def plain(row: StoredTouchpoint) -> StoredTouchpoint:
            if row.personal is None or is_readable(row.personal):
                return row
            key, _, text = row.personal.partition(":")
            if key not in secrets:
                return row._replace(personal=WITHHELD)
            if key not in ciphers:
                ciphers.update(_ciphers({key: secrets[key]}))
            return row._replace(personal=_decrypted(row, text, ciphers[key]))

        return plain

    def decrypted(self, rows: Sequence[StoredTouchpoint]) -> Sequence[StoredTouchpoint]:
        """The rows with their plain texts; `WITHHELD` stands for one whose key is not there. Raises DamagedJournal."""
        return list(map(self.plain(rows), rows))

    def as_recorded(
        self, offered: Iterable[StoredTouchpoint], encrypted: Iterable[StoredTouchpoint], present: Iterable[StoredTouchpoint]
    ) -> list[StoredTouchpoint]:
        """The rows to offer again where ids are taken: a text that says what is `present`, or what is there withheld, in its bytes."""
        first = {row.id: row for row in present}
        readable = {row.id: row for row in self.decrypted(list(first.values()))}
        return [
            row._replace(personal=first[row.id].personal)
            if row.id in first and readable[row.id].personal in (plain.personal, WITHHELD)
            else row
            for plain, row in zip(offered, encrypted, strict=True)
        ]

    def close(self) -> None:
        """Release the keystore, also one that was not needed yet: it would open a file after the journal closed."""
        self.keystore.close()


def _ciphers(secrets: Mapping[str, bytes]) -> dict[str, "AESGCM"]:
    """The ciphers of secrets, by the same names."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return {name: AESGCM(secret) for name, secret in secrets.items()}


def _encrypted(row: StoredTouchpoint, key: Key, cipher: "AESGCM") -> str:
    text, about = (row.personal or "").encode(), row.id.encode()
    nonce = hmac.digest(key.secret, b"nonce" + len(about).to_bytes(4, "big") + about + text, "sha256")[:_NONCE_BYTES]
    return f"{key.id}:{b64encode(nonce + cipher.encrypt(nonce, text, about)).decode()}"


def _decrypted(row: StoredTouchpoint, text: str, cipher: "AESGCM") -> str:
    try:
        stored = b64decode(text, validate=True)
        return cipher.decrypt(stored[:_NONCE_BYTES], stored[_NONCE_BYTES:], row.id.encode()).decode()
    except _not_authentic() as error:
        raise DamagedJournal(
            f"the text about a person in touchpoint `{row.id}` at position {row.position} was changed", "restore it from a backup"
        ) from error


def _not_authentic() -> tuple[type[Exception], ...]:
    from cryptography.exceptions import InvalidTag

    return InvalidTag, ValueError
