"""A touchpoint as stored: the columns of the table `touchpoints`, and the plan that makes appending idempotent.

STORAGE FORMAT: column names, the JSON of `payload` and `personal`, and the digest's recipe are what journals hold.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from eventsourcing.persistence import StoredEvent

from journey.amendments import FACTS, Fact, TouchpointCorrected
from journey.errors import ConflictingHistory, ConflictingTouchpoint, DamagedJournal, InvalidTouchpoint, UnsupportedSchema
from journey.history import Recorded
from journey.reading import unknown_touchpoint, validated
from journey.times import from_microseconds, to_microseconds
from journey.touchpoints import fields_of
from journey.upcasting import upcast

PERSONAL_FIELDS = ("note", "reason")
"""Fields that tell about a person in free words; they are kept apart from the payload, also where a correction gives them."""


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


class Columns(NamedTuple):
    """The columns of the table `touchpoints`, in their order, as the database holds them."""

    position: int
    id: str | None
    relationship: str
    version: int
    occurred_at: int | None
    recorded_at: int | None
    kind: str
    schema_version: int | None
    payload: str
    personal: str | None
    digest: bytes | None


COLUMNS = Columns._fields
"""The names of the columns."""


@dataclass(frozen=True)
class Receipt:
    """What recording a touchpoint returns: its `id`, its `position` in the journal and when it was recorded (UTC).

    `is_new` is False where the touchpoint was there already; the rest is then as on the first receipt.
    """

    id: str
    position: int
    recorded_at: datetime
    is_new: bool


def encode(touchpoint: Fact) -> StoredTouchpoint:
    """The row of a touchpoint, before a store gives it its position."""
    fields = fields_of(touchpoint)
    personal = _taken(fields, PERSONAL_FIELDS)
    if isinstance(touchpoint, TouchpointCorrected):
        corrected = _taken(fields["fields"], PERSONAL_FIELDS)
        personal |= {"fields": corrected} if corrected else {}
    _taken(fields, ("kind", "id", "relationship", "occurred_at"))
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


def decode(row: StoredTouchpoint, *, allow_unknown: bool = False) -> Recorded[Fact]:
    """The touchpoint of a row in today's schema, validated anew.

    Raises DamagedJournal, and UnsupportedSchema for a kind or schema that is not known, unless `allow_unknown` makes an
    UnknownTouchpoint of it.
    """
    try:
        touchpoint = _known_or_not(row) if allow_unknown else _touchpoint(row)
    except (ValueError, TypeError, KeyError, InvalidTouchpoint) as error:
        raise DamagedJournal(
            f"touchpoint `{row.id}` at position {row.position} cannot be read: {error}", "restore it from a backup"
        ) from error
    return Recorded(touchpoint, from_microseconds(row.recorded_at), row.position)


def _touchpoint(row: StoredTouchpoint) -> Fact:
    fields = upcast(_fields(row), row.schema_version)
    return validated(FACTS[fields["kind"]], fields)


def _known_or_not(row: StoredTouchpoint) -> Fact:
    try:
        return _touchpoint(row)
    except UnsupportedSchema:
        return unknown_touchpoint(_fields(row), row.schema_version)


def row_of(columns: Columns) -> StoredTouchpoint:
    """The stored touchpoint that a row of the table holds."""
    position, id, relationship, version, occurred_at, recorded_at, kind, schema_version, payload, personal, digest = columns
    return StoredTouchpoint(
        originator_id=relationship,
        originator_version=version,
        topic=kind,
        state=str(payload).encode(),
        id=str(id),
        occurred_at=occurred_at or 0,
        schema_version=schema_version or 0,
        personal=personal,
        recorded_at=recorded_at or 0,
        position=position,
        digest=digest or b"",
    )


def digest_of(columns: Columns) -> bytes:
    """SHA-256 over the text of all other columns."""
    return hashlib.sha256(text_of(columns).encode("utf-8", "surrogatepass")).digest()


def text_of(columns: Columns) -> str:
    """All columns but the digest, each preceded by its length, so that no two rows share a text."""
    return "".join(["~" if value is None else f"{len(str(value))}:{value}" for value in columns[:-1]])


def digest_without_position(columns: Columns) -> bytes:
    """The digest as SQLite journals of format 1 hold it."""
    values = ["" if value is None else str(value) for value in columns[1:-1]]
    text = "".join([f"{len(value.encode())}:{value}" for value in values])
    return hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True)
class Plan:
    """What an append will do: the receipts it returns, in the caller's order, and the rows it must insert."""

    receipts: Sequence[Receipt]
    rows: Sequence[Columns]


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
    moment = from_microseconds(recorded_at)
    taken = dict(present)
    given = {id: Receipt(id, row.position, from_microseconds(row.recorded_at), is_new=False) for id, row in present.items()}
    counted = dict(versions)
    receipts, fresh = [], []
    for row in offered:
        first = taken.get(row.id)
        if first is not None:
            if first.content != row.content and not _says_the_same(first, row):
                raise ConflictingTouchpoint(row.id, _fields(first), _fields(row))
            receipts.append(given[row.id])
            continue
        relationship = str(row.originator_id)
        actual = versions.get(relationship, 0)
        if expected_version not in (None, actual):
            raise ConflictingHistory(relationship, expected_version, actual)
        version = counted[relationship] = counted.get(relationship, 0) + 1
        last_position += 1
        columns = Columns(
            last_position,
            row.id,
            relationship,
            version,
            row.occurred_at,
            recorded_at,
            row.topic,
            row.schema_version,
            row.state.decode(),
            row.personal,
            None,
        )
        fresh.append(columns._replace(digest=digest_of(columns)))
        taken[row.id] = row
        given[row.id] = Receipt(row.id, last_position, moment, is_new=False)
        receipts.append(Receipt(row.id, last_position, moment, is_new=True))
    return Plan(receipts, fresh)


def _says_the_same(first: StoredTouchpoint, row: StoredTouchpoint) -> bool:
    """Whether what was recorded under another schema is, in today's, what is offered now."""
    return first.schema_version != row.schema_version and _touchpoint(first) == _touchpoint(row)


def _fields(row: StoredTouchpoint) -> dict[str, Any]:
    payload, personal = json.loads(row.state), json.loads(row.personal or "{}")
    if "fields" in personal:
        personal["fields"] = {**payload["fields"], **personal["fields"]}
    return {
        "kind": row.topic,
        "id": row.id,
        "relationship": row.originator_id,
        "occurred_at": from_microseconds(row.occurred_at),
        **payload,
        **personal,
    }


def _taken(fields: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Those of the fields with these names, which are taken out."""
    return {name: fields.pop(name) for name in names if name in fields}


def _json(fields: Mapping[str, object]) -> str:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
