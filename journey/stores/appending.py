"""The plan of an append, one for every store: it makes appending idempotent and keeps record time rising."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from journey.errors import ConflictingHistory, ConflictingTouchpoint, UnsupportedSchema
from journey.stores.codec import UNREADABLE, todays_fields_of_row, touchpoint_of
from journey.stores.rows import Receipt, StoredTouchpoint, digest_of_values, row_of
from journey.times import from_microseconds


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

    A row that says when it became known (`recorded_at`) is recorded then, any other one now.

    INVARIANT (record time moves forward): a later append is recorded strictly later, even when the clock is not, and no row before
    another that stands before it; what says that it became known earlier is recorded as soon after as can be.
    Raises ConflictingTouchpoint when an id is taken by other content, ConflictingHistory when a relationship that gets a new
    touchpoint is not at the `expected_version`; then nothing is to be written.
    """
    recorded_at = last_recorded_at + 1
    moment = from_microseconds(recorded_at)
    taken = dict(present)
    counted = dict(versions)
    receipts, fresh = [], []
    for row in offered:
        _, id, relationship, _, occurred_at, known_at, kind, schema_version, payload, personal, _ = row
        first = taken.get(id)
        if first is not None:
            if first.content != row.content and not has_same_content(first, row):
                raise ConflictingTouchpoint(id, todays_fields_of_row(first), todays_fields_of_row(row))
            receipts.append(Receipt(id, first.position, from_microseconds(first.recorded_at), is_new=False))
            continue
        if expected_version is not None and expected_version != (actual := versions.get(relationship, 0)):
            raise ConflictingHistory(relationship, expected_version, actual)
        if (known_at or now) > recorded_at < now:
            recorded_at = min(known_at or now, now)
            moment = from_microseconds(recorded_at)
        version = counted[relationship] = counted.get(relationship, 0) + 1
        last_position += 1
        placed = (last_position, id, relationship, version, occurred_at, recorded_at, kind, schema_version, payload, personal)
        first = taken[id] = row_of((*placed, digest_of_values(placed)))
        fresh.append(first)
        receipts.append(Receipt(id, last_position, moment, is_new=True))
    return Plan(receipts, fresh)


def has_same_content(first: StoredTouchpoint, row: StoredTouchpoint) -> bool:
    """Whether what was recorded, perhaps in another schema or notation, is in today's what is offered now."""
    try:
        return first.personal == row.personal and touchpoint_of(first) == touchpoint_of(row)
    except (UnsupportedSchema, *UNREADABLE):
        return False
