"""A JSON object inside of a row: the data of an event, the fields of a correction."""

import json
from typing import Any

from journey.errors import InvalidTouchpoint, shown


def json_object(raw: str | bytes, field: str) -> dict[str, Any]:
    """The object that JSON text holds. Raises InvalidTouchpoint, also for a name given twice."""
    try:
        value = json.loads(raw, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise InvalidTouchpoint([(field, f"this is not JSON: {error}")], "give a JSON object") from None
    if not isinstance(value, dict):
        raise InvalidTouchpoint([(field, f"{shown(value)} is not a JSON object")], "give the fields as an object")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"`{next(name for name in names if names.count(name) > 1)}` is given twice")
    return fields
