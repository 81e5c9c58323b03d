"""OCEL, the format of object-centric process logs: each event as the fields of a touchpoint, or as a flat row to map by SQL."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path
from typing import Any

from journey.amendments import FACTS
from journey.errors import InvalidTouchpoint, UnreadableSource, did_you_mean, shown
from journey.formats.process_logs.documents import BrokenOff, Readable
from journey.formats.process_logs.ocel_json import json_items
from journey.formats.process_logs.ocel_log import Encoding, Event, Log, SpooledLog
from journey.formats.process_logs.ocel_sqlite import open_log
from journey.formats.process_logs.ocel_xml import xml_items_of
from journey.formats.process_logs.own_attributes import fields_from
from journey.formats.source_rows import Row

_FIELDS_OF_TYPES = ("representative", "contact", "customer", "organisation", "episode", "promise")
"""Types of objects that are fields of touchpoints, where their kind has them."""
_DEFAULT_TYPES = ("relationship", "customer")
_MAP = "map the log with --sql FILE"


def ocel_rows(path: str, source: Readable | Path, *, encoding: Encoding, relationship: str | None = None) -> Iterator[Row]:
    """The events of a log as touchpoints; what journey exported itself comes back exactly.

    The type of an event is the `kind` where it is one, otherwise the `topic` of an `interaction`. `relationship` is a type of object: an
    event belongs to the one object of that type that it is related to, and is refused if there are several or none. By default it is
    `relationship`, else `customer`, else the only type there is. Objects of other types that touchpoints have fields for become these
    fields. A row's line is the event's number where the log is in SQLite, which is read from a path. Raises UnreadableSource.
    """
    with ExitStack() as stack:
        log = _opened(path, source, encoding, stack)

        @cache
        def type_of_relationships() -> str:
            return _chosen(path, log.types(), relationship)

        yield from _rows(path, log, lambda event: _touchpoint(event, type_of_relationships))


def ocel_tables(path: str, source: Readable | Path, *, encoding: Encoding) -> Iterator[Row]:
    """The events as flat rows of text: `id`, `type`, `time`, their attributes, and as `object:TYPE` the related objects.

    Several objects of one type are separated by commas. Raises UnreadableSource.
    """
    with ExitStack() as stack:
        yield from _rows(path, _opened(path, source, encoding, stack), _flat)


def _opened(path: str, source: Readable | Path, encoding: Encoding, stack: ExitStack) -> Log:
    if encoding == "sqlite":
        if not isinstance(source, Path):
            raise UnreadableSource(f"{path}: a log in SQLite is not read as a stream", "unpack it into a file, and name that")
        return stack.enter_context(closing(open_log(path, source)))
    items = json_items if encoding == "json" else xml_items_of
    file = stack.enter_context(source.open("rb")) if isinstance(source, Path) else source
    log = stack.enter_context(closing(SpooledLog()))
    log.fill(items(path, file))
    return log


def _rows(path: str, log: Log, content: Callable[[Event], dict[str, Any]]) -> Iterator[Row]:
    try:
        for event in log.events():
            try:
                if event.problem is not None:
                    raise InvalidTouchpoint([("", f"event {shown(event.id)} {event.problem}")], "fix the event")
                row = Row(path, event.line, content(event))
            except InvalidTouchpoint as problem:
                row = Row(path, event.line, _flat(event), problem)
            yield row
    except BrokenOff as broken:
        yield broken.row(path)


def _flat(event: Event) -> dict[str, Any]:
    objects = {f"object:{type}": ",".join(ids) for type, ids in _ids_by_type(event).items()}
    return {**objects, **event.attributes, "id": event.id, "type": event.type, "time": event.time}


def _ids_by_type(event: Event) -> dict[str, list[str]]:
    by_type: dict[str, list[str]] = {}
    for one in event.related:
        if one.type and one.id not in by_type.setdefault(one.type, []):
            by_type[one.type].append(one.id)
    return by_type


def _chosen(path: str, types: list[str], relationship: str | None) -> str:
    """The type of the objects that are relationships."""
    names = ", ".join(f"`{type}`" for type in types) or "none"
    if relationship is not None:
        if relationship not in types:
            mend = did_you_mean(relationship, types) or f"its types of objects are {names}"
            raise UnreadableSource(f"{path}: has no objects of type {shown(relationship)}", mend)
        return relationship
    if not types:
        return _DEFAULT_TYPES[0]  # which no event is related to
    default = next((type for type in _DEFAULT_TYPES if type in types), types[0] if len(types) == 1 else None)
    if default is None:
        raise UnreadableSource(
            f"{path}: does not say which of its objects are relationships", f"name one of its types by --relationship: {names}"
        )
    return default


def _touchpoint(event: Event, type_of_relationships: Callable[[], str]) -> dict[str, Any]:
    """The fields of an event. Raises InvalidTouchpoint, or UnreadableSource if no type of objects can be chosen."""
    if (own := fields_from(event.attributes)) is not None:
        return own
    ids, type = _ids_by_type(event), type_of_relationships()
    lacking = [name for name, value in (("id", event.id), ("type", event.type), ("time", event.time)) if not value]
    problems = [("", f"event {shown(event.id)} has no {name}") for name in lacking]
    if not ids.get(type):
        problems.append(("relationship", f"event {shown(event.id)} is related to no object of type `{type}`"))
    kind = event.type if event.type in FACTS else "interaction"
    named = {"relationship": ids.get(type, []), **{name: ids[name] for name in _FIELDS_OF_TYPES if name in ids and name != type}}
    named = {name: those for name, those in named.items() if name in FACTS[kind].model_fields}
    for name, those in named.items():
        if len(those) > 1:
            problems.append((name, f"event {shown(event.id)} is related to {len(those)} of them, {shown(those[0])} and {shown(those[1])}"))
    if problems:
        mend = f"give the event its {', '.join(lacking)}" if lacking else _MAP
        raise InvalidTouchpoint(problems, mend)
    fields = {"kind": kind, "id": event.id, "occurred_at": event.time, **{name: one for name, (one,) in named.items()}}
    return fields if kind == event.type else {**fields, "topic": event.type}
