"""OCEL in JSON: 2.0 to read and write, 1.0 to read."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from journey.errors import UnreadableSource
from journey.formats.process_logs.documents import Readable, Writable
from journey.formats.process_logs.json_stream import Element, GivenTwice, JsonDocument
from journey.formats.process_logs.ocel_log import Event, Object, Related
from journey.formats.process_logs.ocel_sqlite import SqliteLog, Type


def json_items(path: str, file: Readable) -> Iterator[Object | Event]:
    """The objects and events of a log, in the order of the document. Raises UnreadableSource, or BrokenOff."""
    document = JsonDocument(path, file)
    for element in document.elements():
        match element.key:
            case "objects" | "ocel:objects":
                yield _object(element)
            case "events":
                yield _event(element)
            case "ocel:events":
                yield _event_of_1_0(element)
    if not {"events", "ocel:events"}.intersection(document.keys):
        raise UnreadableSource(f"{path}: is JSON, but not OCEL: it has no `events`", "name a log in OCEL 2.0 or 1.0")


def _object(element: Element) -> Object:
    fields = element.value if isinstance(element.value, dict) else {}
    if element.name is not None:
        return Object(element.name, _text(fields.get("ocel:type")))
    return Object(_text(fields.get("id")), _text(fields.get("type")))


def _event(element: Element) -> Event:
    try:
        fields = element.value
        pairs = [(one["name"], _text(one["value"])) for one in fields.get("attributes") or () if one["value"] is not None]
        related = [Related(_text(one["objectId"]), "", _text(one.get("qualifier"))) for one in fields.get("relationships") or ()]
        problem = f"has the attribute `{_repeated(pairs)}` twice" if len(dict(pairs)) < len(pairs) else None
        return Event(
            element.line, _text(fields.get("id")), _text(fields.get("type")), _text(fields.get("time")), dict(pairs), related, problem
        )
    except (AttributeError, KeyError, TypeError):
        return _misshapen(element, "2.0")


def _event_of_1_0(element: Element) -> Event:
    try:
        fields = element.value
        attributes = {name: _text(value) for name, value in (fields.get("ocel:vmap") or {}).items() if value is not None}
        related = [Related(_text(id), "") for id in fields.get("ocel:omap") or ()]
        activity, time = _text(fields.get("ocel:activity")), _text(fields.get("ocel:timestamp"))
        return Event(element.line, element.name or "", activity, time, attributes, related)
    except (AttributeError, TypeError):
        return _misshapen(element, "1.0")


def _misshapen(element: Element, version: str) -> Event:
    value = element.value
    problem = f"gives `{value}` twice" if isinstance(value, GivenTwice) else f"is not in the form of an event of OCEL {version}"
    return Event(element.line, "", "", "", {"json": json.dumps(value)}, [], problem)


def _repeated(pairs: list[tuple[str, str]]) -> str:
    names = [name for name, _ in pairs]
    return next(name for name in names if names.count(name) > 1)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def write_json(file: Writable, log: SqliteLog) -> None:
    """Write a log as OCEL 2.0, one element a line; every attribute's value is text, as the schema has it."""
    file.write(b"{")
    _write_array(file, "objectTypes", (_type_shape(one) for one in log.object_types()))
    file.write(b",")
    _write_array(file, "eventTypes", (_type_shape(one) for one in log.event_types()))
    file.write(b",")
    _write_array(file, "objects", _object_shapes(log))
    file.write(b",")
    _write_array(file, "events", _event_shapes(log))
    file.write(b"\n}\n")


def _write_array(file: Writable, key: str, shapes: Iterable[dict[str, Any]]) -> None:
    file.write(f'\n"{key}": ['.encode())
    for number, shape in enumerate(shapes):
        file.write((",\n" if number else "\n").encode() + json.dumps(shape, ensure_ascii=False).encode())
    file.write(b"\n]")


def _type_shape(type: Type) -> dict[str, Any]:
    return {"name": type.name, "attributes": [{"name": name, "type": kind} for name, kind in type.attributes.items()]}


def _object_shapes(log: SqliteLog) -> Iterator[dict[str, Any]]:
    for one in log.objects():
        values = [{"name": name, "time": time, "value": value} for name, time, value in one.values]
        yield {"id": one.id, "type": one.type, "attributes": values, "relationships": _relationship_shapes(one.related)}


def _event_shapes(log: SqliteLog) -> Iterator[dict[str, Any]]:
    for event in log.events():
        attributes = [{"name": name, "value": value} for name, value in event.attributes.items()]
        shape = {"id": event.id, "type": event.type, "time": event.time, "attributes": attributes}
        yield {**shape, "relationships": _relationship_shapes(event.related)}


def _relationship_shapes(related: Iterable[Related]) -> list[dict[str, str]]:
    return [{"objectId": one.id, "qualifier": one.qualifier} for one in related]
