"""From a fact to its row, and back.

STORAGE FORMAT: the JSON of `payload` and `personal` is what journals hold.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache, partial
from json.encoder import encode_basestring
from typing import Any

from pydantic_core import from_json

from journey.amendments import FACTS, Fact, TouchpointCorrected
from journey.errors import DamagedJournal, InvalidTouchpoint, UnsupportedSchema
from journey.outlines import Outline, outline
from journey.reading import unknown_touchpoint, validated
from journey.records import Recorded, outlined
from journey.stores.rows import StoredTouchpoint, row_of
from journey.times import from_microseconds, to_microseconds
from journey.touchpoints import KINDS, PERSONAL_FIELDS, fields_of
from journey.upcasting import is_read_as_it_is, upcast

UNREADABLE = (ValueError, TypeError, KeyError, OverflowError, InvalidTouchpoint)
"""What validating can raise where a row's text is not what journey wrote."""
_FIRST, _LAST = to_microseconds(datetime.min.replace(tzinfo=UTC)), to_microseconds(datetime.max.replace(tzinfo=UTC))
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
WITHHELD = "withheld"
"""Stands in a row's `personal` for texts that cannot be read, since their key was destroyed or is kept elsewhere."""
_APART: Mapping[str, Any] = {
    **dict.fromkeys(("kind", "id", "relationship", "occurred_at", *PERSONAL_FIELDS), True),
    "fields": dict.fromkeys(PERSONAL_FIELDS, True),
}
"""What is in no payload, in pydantic's notation: it has a column of its own, or is personal."""
Plain = Callable[[StoredTouchpoint], StoredTouchpoint]
"""Gives a row with its plain texts, as far as they can be read; see `journey.privacy.personal`."""


def encode(fact: Fact, known_at: int = 0) -> StoredTouchpoint:
    """The row of a touchpoint or other fact, before a store gives it its position; `known_at` is when it became known, in µs, 0 for now."""
    payload = fact.__pydantic_serializer__.to_json(fact, exclude_none=True, exclude=_APART)
    at = to_microseconds(fact.occurred_at)
    version = fact.SCHEMA_VERSION
    return row_of((0, fact.id, fact.relationship, 0, at, known_at, fact.kind, version, payload.decode(), _personal(fact), b""))


def _personal(fact: Fact) -> str | None:
    """The personal fields as JSON, also those that a correction gives; None without any."""
    values = vars(fact)
    texts = [(name, value) for name in PERSONAL_FIELDS if (value := values.get(name)) is not None]
    if type(fact) is TouchpointCorrected:  # to ask a model's isinstance takes as long as all the rest
        corrected = {name: value for name, value in fact.fields.items() if name in PERSONAL_FIELDS}
        return _json({**dict(texts), **({"fields": corrected} if corrected else {})}) if texts or corrected else None
    return "{" + ",".join([f'"{name}":{encode_basestring(value)}' for name, value in texts]) + "}" if texts else None


def _as_it_is(row: StoredTouchpoint) -> StoredTouchpoint:
    return row


def decode(row: StoredTouchpoint, *, allow_unknown: bool = False) -> Recorded[Fact]:
    """As `decode_all`, for one."""
    return decode_all([row], allow_unknown=allow_unknown)[0]


def decode_all(rows: Iterable[StoredTouchpoint], plain: Plain = _as_it_is, *, allow_unknown: bool = False) -> list[Recorded[Fact]]:
    """The touchpoints of rows in today's schema, validated anew; of most, an outline. `plain` decrypts their texts.

    Raises DamagedJournal, and UnsupportedSchema for a kind or schema that is not known, unless `allow_unknown` makes an
    UnknownTouchpoint of it.
    """
    read = partial(_read, plain=plain, allow_unknown=allow_unknown)
    return [
        read(row)
        if (known_outline := outline_of(row)) is None
        else outlined(known_outline, row.occurred_at, _moment_of_recording(row.recorded_at), row.position, read, row)
        for row in rows
    ]


def outline_of(row: StoredTouchpoint) -> Outline | None:
    """The outline of a row's touchpoint; None where only `decode` can say whether it is one, and which."""
    model = KINDS.get(row.kind)
    if model is None or not (is_read_as_it_is(row.kind, row.schema_version) and _is_time(row.occurred_at) and _is_time(row.recorded_at)):
        return None
    return outline(model, row.id, row.relationship, row.payload)


def _is_time(microseconds: object) -> bool:
    return type(microseconds) is int and _FIRST <= microseconds <= _LAST


def _read(row: StoredTouchpoint, plain: Plain, allow_unknown: bool) -> Recorded[Fact]:
    """What a row records. Raises as `decode_all`."""
    row = plain(row)
    try:
        touchpoint, recorded_at = _known_or_not(row) if allow_unknown else touchpoint_of(row), _moment_of_recording(row.recorded_at)
    except UNREADABLE as error:
        raise DamagedJournal(
            f"touchpoint `{row.id}` at position {row.position} cannot be read: {error}", "restore it from a backup"
        ) from error
    return Recorded(touchpoint, recorded_at, row.position, (), row.personal is not None and not is_readable(row.personal))


# What was recorded together shares it.
_moment_of_recording = lru_cache(maxsize=64)(from_microseconds)


def is_readable(personal: str) -> bool:
    """Whether this is JSON: journals of format 1 hold it so."""
    return personal.startswith("{")


def touchpoint_of(row: StoredTouchpoint) -> Fact:
    """The fact that a row tells, in today's schema. Raises UnsupportedSchema, and what is in UNREADABLE."""
    fields = upcast(fields_of_row(row), row.schema_version)
    return validated(FACTS[fields["kind"]], fields)


def _known_or_not(row: StoredTouchpoint) -> Fact:
    try:
        return touchpoint_of(row)
    except UnsupportedSchema:
        return unknown_touchpoint(fields_of_row(row), row.schema_version)


def names(row: StoredTouchpoint, name: str, fields: Collection[str]) -> bool:
    """Whether a row's payload has `name` in one of these fields, or is a correction that gives it to one."""
    payload = json.loads(row.payload)
    corrected = payload.get("fields", {})
    return any(name in (payload.get(field), corrected.get(field)) for field in fields)


def fields_of_row(row: StoredTouchpoint) -> dict[str, Any]:
    """The plain fields of a row; without the texts about people where they are encrypted or withheld."""
    fields = {
        "kind": row.kind,
        "id": row.id,
        "relationship": row.relationship,
        "occurred_at": from_microseconds(row.occurred_at),
        **from_json(row.payload),
    }
    return fields if row.personal is None and "fields" not in fields else _with_personal(fields, row)


def todays_fields_of_row(row: StoredTouchpoint) -> dict[str, Any]:
    """As `fields_of_row`, in today's schema, also those at their defaults; as they are stored where they cannot be read."""
    try:
        return fields_of(touchpoint_of(row))
    except (UnsupportedSchema, *UNREADABLE):
        return fields_of_row(row)


def _with_personal(fields: dict[str, Any], row: StoredTouchpoint) -> dict[str, Any]:
    personal = {}
    if row.personal is not None and is_readable(row.personal):
        personal = from_json(row.personal)
    elif fields.get("fields") == {}:
        personal = {"fields": {"note": None}}  # it corrected nothing else
    if "fields" in personal:
        personal["fields"] = {**fields["fields"], **personal["fields"]}
    return {**fields, **personal}
