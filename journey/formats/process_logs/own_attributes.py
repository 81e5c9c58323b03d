"""A recorded fact as typed attributes, for formats of process logs, and back.

Field NAME is the attribute `journey:NAME`. What a log cannot hold as it is, an object or text with characters that XML forbids, is
`journey:NAME:json` instead: the value as JSON, in ASCII.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

from journey.amendments import Fact
from journey.errors import InvalidTouchpoint, shown
from journey.records import Recorded
from journey.touchpoints import fields_of

PREFIX = "journey:"
_JSON = ":json"
_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Attribute(NamedTuple):
    """One attribute, with its type as XES names it."""

    name: str
    type: Literal["string", "date", "int", "float", "boolean"]
    value: str | int | float | bool

    @property
    def text(self) -> str:
        """The value as logs write it; a number with all its digits."""
        return str(self.value).lower() if isinstance(self.value, bool) else str(self.value)


def attributes_of(record: Recorded[Fact]) -> Iterator[Attribute]:
    """Every field of the fact that is not None, then `journey:position` and `journey:recorded_at`."""
    fact = record.touchpoint
    for name, value in fields_of(fact).items():
        yield _attribute(PREFIX + name, value, isinstance(getattr(fact, name), datetime))
    if record.position is not None:
        yield Attribute(f"{PREFIX}position", "int", record.position)
    yield Attribute(f"{PREFIX}recorded_at", "date", record.recorded_at.isoformat())


def fields_from(attributes: Mapping[str, str]) -> dict[str, Any] | None:
    """What `attributes_of` wrote, numbers still as text; None if these are not its attributes. Raises InvalidTouchpoint."""
    if f"{PREFIX}kind" not in attributes:
        return None
    return dict(_field(name, text) for name, text in attributes.items() if name.startswith(PREFIX))


def legible(text: str) -> str:
    """Text that XML can hold: every character that it forbids is replaced by U+FFFD."""
    return _ILLEGAL.sub("\ufffd", text)


def _attribute(name: str, value: Any, is_time: bool) -> Attribute:
    match value:
        case bool():
            return Attribute(name, "boolean", value)
        case int():
            return Attribute(name, "int", value)
        case float():
            return Attribute(name, "float", value)
        case str() if not _ILLEGAL.search(value):
            return Attribute(name, "date" if is_time else "string", value)
        case _:
            return Attribute(name + _JSON, "string", json.dumps(value))


def _field(name: str, text: str) -> tuple[str, Any]:
    if not name.endswith(_JSON):
        return name.removeprefix(PREFIX), text
    try:
        return name[len(PREFIX) : -len(_JSON)], json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidTouchpoint([(name, f"{shown(text)} is not JSON")], f"write `{name}` as JSON") from None
