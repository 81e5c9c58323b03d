"""A touchpoint as stored: the columns of the table `touchpoints`, and the plan that makes appending idempotent.

STORAGE FORMAT: column names, the JSON of `payload` and `personal`, and the digest's recipe are what journals hold.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from eventsourcing.persistence import StoredEvent

from journey.errors import ConflictingHistory, ConflictingTouchpoint, DamagedJournal, InvalidTouchpoint, UnsupportedSchema
from journey.history import Recorded
from journey.reading import validated
from journey.times import from_microseconds, to_microseconds
from journey.touchpoints import KINDS, Touchpoint, fields_of

PERSONAL_FIELDS = ("note",)
"""Fields that tell about a person in free words; they are kept apart from the payload."""


@dataclass(frozen=True)
class StoredTouchpoint(StoredEvent):
    """One row. `originator_id` is the relationship, `originator_version` its version, `topic` the kind, `state` the payload.

    Times are integer microseconds since 1970 UTC. `position`, `originator_version` and `recorded_at` are 0 until appended.
    """

    id: str
    occurred_at: int
    schema_version: int
    personal: str | None
    recorded_at: int = 0
    position: int = 0
    digest: bytes = b""

    @property
    def content(self) -> tuple[object, ...]:
        """What the client gave; two rows of one id must agree on it."""
        return self.originator_id, self.topic, self.schema_version, self.occurred_at, bytes(self.state), self.personal


@dataclass(frozen=True)
class Receipt:
    """What recording a touchpoint returns: its `id`, its `position` in the journal and when it was recorded (UTC).

    `is_new` is False where the touchpoint was there already; the rest is then as on the first receipt.
    """

    id: str
    position: int
    recorded_at: datetime
    is_new: bool


def encode(touchpoint: Touchpoint) -> StoredTouchpoint:
    """The row of a touchpoint, before a store gives it its position."""
    fields = fields_of(touchpoint)
    personal = {name: fields.pop(name) for name in PERSONAL_FIELDS if name in fields}
    for column in ("kind", "id", "relationship", "occurred_at"):
        del fields[column]
    return StoredTouchpoint(
        originator_id=touchpoint.relationship,
        originator_version=0,
        topic=touchpoint.kind,
        state=_json(fields).encode(),
        id=touchpoint.id,
        occurred_at=to_microseconds(touchpoint.occurred_at),
        schema_version=touchpoint.SCHEMA_VERSION,
        personal=_json(personal) if personal else None,
    )


def decode(row: StoredTouchpoint) -> Recorded:
    """The touchpoint of a row, validated anew. Raises UnsupportedSchema or DamagedJournal."""
    model = KINDS.get(row.topic)
    if model is None or row.schema_version > model.SCHEMA_VERSION:
        raise UnsupportedSchema(
            f"touchpoint `{row.id}` is a `{row.topic}` of schema {row.schema_version}, which this journey does not know",
            "upgrade journey to the version that wrote it",
        )
    try:
        touchpoint = validated(model, _fields(row))
    except (ValueError, InvalidTouchpoint) as error:
        raise DamagedJournal(
            f"touchpoint `{row.id}` at position {row.position} cannot be read: {error}", "restore it from a backup"
        ) from error
    return Recorded(touchpoint, from_microseconds(row.recorded_at), row.position)


def digest(row: StoredTouchpoint) -> bytes:
    """SHA-256 over the immutable columns, each preceded by its length so that no two rows share a text."""
    columns = (
        row.id,
        row.originator_id,
        row.originator_version,
        row.occurred_at,
        row.recorded_at,
        row.topic,
        row.schema_version,
        row.state.decode(),
        row.personal or "",
    )
    text = "".join(f"{len(str(column).encode())}:{column}" for column in columns)
    return hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True)
class Plan:
    """What an append will do: the receipts it returns, in the caller's order, and the rows it must insert."""

    receipts: Sequence[Receipt]
    rows: Sequence[StoredTouchpoint]


def plan(
    offered: Iterable[StoredTouchpoint],
    *,
    present: Mapping[str, StoredTouchpoint],
    versions: Mapping[str, int],
    last_position: int,
    last_recorded_at: int,
    now: int,
    expected_version: int | None = None,
) -> Plan:
    """Decide an append: what is `present` already keeps its first receipt, what is new gets the next positions.

    INVARIANT (record time moves forward): a later append is recorded strictly later, even when the clock is not.
    Raises ConflictingTouchpoint when an id is taken by other content, ConflictingHistory when a relationship that gets a new
    touchpoint is not at the `expected_version`; then nothing is to be written.
    """
    recorded_at = max(now, last_recorded_at + 1)
    rows = dict(present)
    counted = dict(versions)
    receipts, fresh = [], []
    for row in offered:
        first = rows.get(row.id)
        if first is None:
            last_position += 1
            relationship = str(row.originator_id)
            actual = versions.get(relationship, 0)
            if expected_version not in (None, actual):
                raise ConflictingHistory(relationship, expected_version, actual)
            version = counted[relationship] = counted.get(relationship, 0) + 1
            first = replace(row, originator_version=version, recorded_at=recorded_at, position=last_position)
            first = replace(first, digest=digest(first))
            rows[row.id] = first
            fresh.append(first)
            receipts.append(Receipt(row.id, first.position, from_microseconds(recorded_at), is_new=True))
        elif first.content != row.content:
            raise ConflictingTouchpoint(row.id, _fields(first), _fields(row))
        else:
            receipts.append(Receipt(row.id, first.position, from_microseconds(first.recorded_at), is_new=False))
    return Plan(receipts, fresh)


def _fields(row: StoredTouchpoint) -> dict[str, object]:
    return {
        "kind": row.topic,
        "id": row.id,
        "relationship": row.originator_id,
        "occurred_at": from_microseconds(row.occurred_at),
        **json.loads(row.state),
        **json.loads(row.personal or "{}"),
    }


def _json(fields: Mapping[str, object]) -> str:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
