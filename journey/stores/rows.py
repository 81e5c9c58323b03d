"""A touchpoint as stored: the columns of the table `touchpoints`, and their digest.

STORAGE FORMAT: column names and the digest's recipe are what journals hold.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from journey.json_shapes import ReceiptShape, served_as


class StoredTouchpoint(NamedTuple):
    """One row of the table `touchpoints`: its columns, in their order.

    Times are integer microseconds since 1970 UTC; `payload` is a JSON text, and so is `personal`, which a store only meets
    encrypted (`journey.privacy.personal`). `position`, `version` and
    `recorded_at` are 0 and `digest` is empty until the row is appended.
    """

    position: int
    id: str
    relationship: str
    version: int
    occurred_at: int
    recorded_at: int
    kind: str
    schema_version: int
    payload: str
    personal: str | None
    digest: bytes

    @property
    def content(self) -> tuple[object, ...]:
        """What the client gave; two rows of one id must agree on it."""
        return self.relationship, self.kind, self.schema_version, self.occurred_at, self.payload, self.personal


COLUMNS = StoredTouchpoint._fields
"""The names of the columns."""
FIRST_NAME = "\1"
"""No name of a relationship is before this one; the empty name, of facts about people, is."""
row_of: Callable[[Iterable[Any]], StoredTouchpoint] = partial(tuple.__new__, StoredTouchpoint)
"""Takes the columns of one row, as a database returns them."""


@served_as(ReceiptShape)
class Receipt(NamedTuple):
    """What recording a touchpoint returns: its `id`, its `position` in the journal and when it was recorded (UTC).

    `is_new` is False if the touchpoint was already recorded; the rest is then as on the first receipt.
    """

    id: str
    position: int
    recorded_at: datetime
    is_new: bool

    def to_dict(self) -> ReceiptShape:
        """Plain data, as `journey record` writes it in JSON."""
        return {"id": self.id, "position": self.position, "recorded_at": self.recorded_at.isoformat()}


def digest_of(row: StoredTouchpoint) -> bytes:
    """SHA-256 over the text of all other columns."""
    return digest_of_values(row[:-1])


def text_of(row: StoredTouchpoint) -> str:
    """All columns but the digest, each preceded by its length, so that no two rows share a text."""
    return _text_of(row[:-1])


def digest_of_values(values: Sequence[object]) -> bytes:
    """As `digest_of`, of the values of those columns."""
    return hashlib.sha256(_text_of(values).encode("utf-8", "surrogatepass")).digest()


def _text_of(values: Sequence[object]) -> str:
    return "".join(["~" if value is None else f"{len(text := str(value))}:{text}" for value in values])


def digest_without_position(row: StoredTouchpoint) -> bytes:
    """The digest as SQLite journals of format 1 hold it."""
    values = ["" if value is None else str(value) for value in row[1:-1]]
    text = "".join([f"{len(value.encode())}:{value}" for value in values])
    return hashlib.sha256(text.encode()).digest()
