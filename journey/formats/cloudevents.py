"""CloudEvents 1.0: an event as the fields of a touchpoint, and a recorded fact as an event.

STORAGE FORMAT: what `event_of` writes, others keep: the type `journey.KIND`, the attributes `recordedat` and `position`.
"""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

from journey.amendments import FACTS, PEOPLE_FACTS, Fact
from journey.errors import InvalidTouchpoint, UnknownKind, did_you_mean, shown
from journey.formats.cloudevents_headers import envelope_of_message, is_json
from journey.reading import object_of
from journey.records import Recorded
from journey.touchpoints import fields_of

_PREFIX = "journey."
_REQUIRED = ("specversion", "id", "source", "type")
_INTEGER_MAX = 2**31 - 1
_CHARACTER = r"[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2}"
_URI_REFERENCE = re.compile(rf"(?:[A-Za-z][A-Za-z0-9+.\-]*:|(?![^/?#]*:))(?:{_CHARACTER})*(?:#(?:{_CHARACTER})*)?")
"""RFC 3986 without addresses in brackets."""
_ATTRIBUTE = re.compile(r"[^\x00-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]+")
"""What the value of an attribute may be."""
_ENVELOPE = {"type": "kind", "id": "id", "time": "occurred_at", "subject": "relationship", "source": "source"}
_EXTENSIONS = {"recordedat": "recorded_at", "position": "position"}
_FIELDS: Mapping[str, Mapping[str, str]] = {
    kind: {**_ENVELOPE, **{name.replace("_", ""): name for name in model.model_fields}, **_EXTENSIONS} for kind, model in FACTS.items()
}
"""For each kind the attributes of an event that are fields: those of every event, and extensions with the field's name without `_`."""

_Fault = tuple[str, str, str]


def fields_of_event(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """The plain fields of one CloudEvent, for `read_fact`: `data`, and the attributes that are fields of its kind.

    The event is in its structured form, or a message with `headers` (see `envelope_of_message`). Its type is a kind, or `journey.KIND`.
    A `relationship` and a `source` in `data` go before `subject` and `source`; any other field given twice must be the same.
    Extensions of other names are ignored, since whoever forwards an event may add some. `recorded_at` and `position` are left in.
    Raises InvalidTouchpoint with every problem of the envelope, or UnknownKind; the fields are not validated yet.
    """
    if "headers" in envelope and "specversion" not in envelope:
        envelope = envelope_of_message(envelope)
    # In JSON, null is an attribute that is not set.
    event = {name: value for name, value in envelope.items() if value is not None}
    _refuse(list(_envelope_faults(event)))
    kind = event["type"] = event["type"].removeprefix(_PREFIX)
    fields = object_of(_decoded(event["data_base64"]), "data_base64") if "data_base64" in event else dict(event.get("data", {}))
    places = dict.fromkeys(fields, "data")
    faults = list[_Fault]()
    for attribute, field in _FIELDS[kind].items():
        if attribute not in event:
            continue
        value = _whole(event[attribute]) if field == "position" else event[attribute]
        if field not in fields:
            fields[field], places[field] = value, attribute
        elif fields[field] != value and attribute not in ("subject", "source"):
            message = f"{shown(fields[field])} in `{places[field]}` and {shown(value)} in `{attribute}`"
            faults.append((field, message, f"give `{field}` once"))
    if "occurred_at" not in fields:
        faults.append(("time", "is missing", "give `time` with a UTC offset, as in `2024-03-01T09:30:00Z`"))
    if "relationship" not in fields and kind not in PEOPLE_FACTS:
        faults.append(("subject", "is missing", "give the relationship as `subject`"))
    _refuse(faults)
    return fields


def event_of(record: Recorded[Fact]) -> dict[str, Any]:
    """The CloudEvent of a recorded fact; `fields_of_event` gives the same fact again.

    The relationship is the `subject`, which facts about people have not. What cannot be an attribute stays in `data`, such as a
    source that is not a URI reference; a null source there means none. `corrected_by` and `withheld` are not written.
    """
    fields = fields_of(record.touchpoint)
    event = {
        "specversion": "1.0",
        "id": fields.pop("id"),
        "source": "journey",
        "type": _PREFIX + fields.pop("kind"),
        "time": fields.pop("occurred_at"),
        "datacontenttype": "application/json",
    }
    if relationship := fields.pop("relationship"):
        event["subject"] = relationship
    fields.setdefault("source", None)
    if fields["source"] and _URI_REFERENCE.fullmatch(fields["source"]):
        event["source"] = fields.pop("source")
    for name in ("correlation_id", "causation_id"):
        if _ATTRIBUTE.fullmatch(fields.get(name, "")):
            event[name.replace("_", "")] = fields.pop(name)
    event["recordedat"] = record.recorded_at.isoformat()
    if record.position is not None:
        event["position"] = record.position if record.position <= _INTEGER_MAX else str(record.position)
    return {**event, "data": fields}


def _envelope_faults(event: Mapping[str, Any]) -> Iterator[_Fault]:
    for name in _REQUIRED:
        if not event.get(name):
            yield name, "is missing", f"a CloudEvent has {', '.join(f'`{one}`' for one in _REQUIRED)}"
        elif not isinstance(event[name], str):
            yield name, f"{shown(event[name])} is not text", "quote it"
    version, type, content_type, data = (event.get(name) for name in ("specversion", "type", "datacontenttype", "data"))
    if version and isinstance(version, str) and version != "1.0":
        yield "specversion", f"{shown(version)} is not supported", "send CloudEvents `1.0`"
    if type and isinstance(type, str) and type.removeprefix(_PREFIX) not in FACTS:
        known = did_you_mean(type.removeprefix(_PREFIX), FACTS) or f"the kinds are {', '.join(f'`{kind}`' for kind in FACTS)}"
        yield "type", f"{shown(type)} is not a kind of touchpoint, nor `{_PREFIX}` and a kind", known
    if not is_json(content_type):
        yield "datacontenttype", f"{shown(content_type)} is not JSON", "send `application/json`"
    elif data is not None and not isinstance(data, Mapping):
        yield "data", f"{shown(data)} is not a JSON object", "give the touchpoint's fields as an object"
    if data is not None and "data_base64" in event:
        yield "data", "is given in `data` and in `data_base64`", "give one of them"


def _refuse(faults: list[_Fault]) -> None:
    if faults:
        error = UnknownKind if any(fault[0] == "type" for fault in faults) else InvalidTouchpoint
        raise error([fault[:2] for fault in faults], "; ".join(dict.fromkeys(fault[2] for fault in faults)))


def _decoded(text: object) -> bytes:
    try:
        return b64decode(text, validate=True)  # type: ignore[arg-type]  # whatever it is not made for, it refuses
    except (TypeError, ValueError):
        raise InvalidTouchpoint([("data_base64", f"{shown(text)} is not Base64")], "encode it again, or give `data`") from None


def _whole(value: object) -> object:
    """An integer of more than 32 bits is text in an attribute."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20 else value
