"""XES (IEEE 1849), the format of process logs: each event as the fields of a touchpoint, or as a flat row to map by SQL."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple
from xml.parsers.expat import XMLParserType

from journey.amendments import FACTS
from journey.errors import InvalidTouchpoint, UnreadableSource, shown
from journey.formats.process_logs.documents import BrokenOff, Readable
from journey.formats.process_logs.own_attributes import fields_from
from journey.formats.process_logs.xml_stream import xml_items
from journey.formats.source_rows import Row

_NAME, _TIME, _TRANSITION = "concept:name", "time:timestamp", "lifecycle:transition"


def xes_rows(path: str, file: Readable, *, relationship: str = "case") -> Iterator[Row]:
    """The events of a log as touchpoints; what journey exported itself comes back exactly.

    The activity is the `kind` where it is one, otherwise the `topic` of an `interaction`, with `+TRANSITION` after it as in the usual
    classifier, unless the lifecycle transition is `complete`. `relationship` is `case` (the name of the trace), `trace:ATTRIBUTE` or
    `event:ATTRIBUTE`. The id is the event's `identity:id`, or CASE/NUMBER by its number in the trace, which is also its `sequence`.
    Globals are what a log guarantees, not defaults: they fill nothing in. Raises UnreadableSource.
    """
    scope, _, attribute = ("trace:" + _NAME if relationship == "case" else relationship).partition(":")
    if scope not in ("trace", "event") or not attribute:
        raise UnreadableSource(
            f"{path}: `{relationship}` does not say where relationships are", "give case, trace:ATTRIBUTE or event:ATTRIBUTE"
        )
    return _rows(path, file, partial(_touchpoint, is_of_trace=scope == "trace", attribute=attribute))


def xes_tables(path: str, file: Readable) -> Iterator[Row]:
    """The events as flat rows of text: their attributes by key, those of the trace as `case:KEY`. Raises UnreadableSource."""
    return _rows(path, file, _flat)


class _Event(NamedTuple):
    attributes: dict[str, str]
    trace: dict[str, str]
    number: int
    repeated: str | None
    """A key that the event or its trace has twice."""

    def __str__(self) -> str:
        return f"event {self.number} of case {shown(self.trace.get(_NAME, ''))}"


def _rows(path: str, file: Readable, content: Callable[[_Event], dict[str, Any]]) -> Iterator[Row]:
    try:
        yield from xml_items(path, file, partial(_Log, path, content))
    except BrokenOff as broken:
        yield broken.row(path)


def _flat(event: _Event) -> dict[str, Any]:
    return {**{f"case:{key}": value for key, value in event.trace.items()}, **event.attributes}


def _touchpoint(event: _Event, *, is_of_trace: bool, attribute: str) -> dict[str, Any]:
    """The fields of an event. Raises InvalidTouchpoint."""
    attributes, trace = event.attributes, event.trace
    if (own := fields_from(attributes)) is not None:
        return own
    case, activity, time = trace.get(_NAME), attributes.get(_NAME), attributes.get(_TIME)
    relationship = (trace if is_of_trace else attributes).get(attribute)
    id = attributes.get("identity:id") or (case and f"{case}/{event.number}")
    if not (relationship and activity and time and id):
        raise _incomplete(event, {_NAME: activity, _TIME: time}, is_of_trace, attribute, relationship)
    fields = {"id": id, "relationship": relationship, "occurred_at": time, "sequence": event.number}
    if resource := attributes.get("org:resource"):
        fields["representative"] = resource
    if activity in FACTS:
        return {"kind": activity, **fields}
    transition = attributes.get(_TRANSITION, "complete")
    return {"kind": "interaction", **fields, "topic": activity if transition.lower() == "complete" else f"{activity}+{transition}"}


def _incomplete(
    event: _Event, needed: dict[str, str | None], is_of_trace: bool, attribute: str, relationship: str | None
) -> InvalidTouchpoint:
    problems = [("", f"{event} has no `{key}`") for key, value in needed.items() if not value]
    mends = [f"give the event its `{key}`" for key, value in needed.items() if not value]
    owner = "trace" if is_of_trace else "event"
    if not relationship:
        problems.append(
            ("relationship", f"the {owner} of {event} has no `{attribute}` before it" if is_of_trace else f"{event} has no `{attribute}`")
        )
        mends.append(f"give the {owner} its `{attribute}`, or name another attribute that holds the relationship")
    elif not problems:
        problems.append(("id", f"{event} has no id, and neither does its trace have a name"))
        mends.append(f"give the trace a `{_NAME}`, or the event an `identity:id`")
    return InvalidTouchpoint(problems, "; ".join(mends))


class _Log:
    """The document: a log of traces of events. An event needs its trace's attributes before it, as the standard has them."""

    def __init__(self, path: str, content: Callable[[_Event], dict[str, Any]], parser: XMLParserType) -> None:
        self.items: list[Row] = []
        self.text = None
        self.has_begun = False
        self._path, self._content, self._parser = path, content, parser
        self._depth = 0
        self._owner_depth = 0  # of the log, trace or event that is open, whose direct children count
        self._own: dict[str, str] = {}  # its attributes
        self._trace: dict[str, str] | None = None
        self._event: dict[str, str] | None = None
        self._line = self._number = 0
        self._repeated_in_trace: str | None = None
        self._repeated_in_event: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth != self._owner_depth + 1:
            return
        if tag == "event" and self._event is None:
            self._open_event()
        elif tag == "trace" and self._trace is None:
            self._open_trace()
        elif self._owner_depth == 0:
            self._open_log(tag)
        elif "value" in attributes:
            key = attributes.get("key", "")
            if key in self._own:
                self._repeat(key)
            self._own[key] = attributes["value"]
        elif tag in ("events", "object-types"):
            raise UnreadableSource(f"{self._path}:{self._parser.CurrentLineNumber}: is a log in OCEL, not in XES", "read it as OCEL")

    def end(self, _: str, /) -> None:
        if self._depth == self._owner_depth:
            if self._event is not None:
                self._close_event(self._event)
            else:
                self._trace = None
            self._owner_depth -= 1
        self._depth -= 1

    def _open_log(self, tag: str) -> None:
        if tag != "log":
            raise UnreadableSource(
                f"{self._path}:{self._parser.CurrentLineNumber}: is XML, but not XES: its root is {shown(tag)}", "name a log"
            )
        self._owner_depth, self.has_begun = 1, True

    def _open_trace(self) -> None:
        self._trace = self._own = {}
        self._owner_depth, self._number, self._repeated_in_trace = self._depth, 0, None

    def _open_event(self) -> None:
        self._event = self._own = {}
        self._owner_depth, self._repeated_in_event = self._depth, None
        self._number += 1
        self._line = self._parser.CurrentLineNumber

    def _repeat(self, key: str) -> None:
        if self._event is not None:
            self._repeated_in_event = key
        elif self._trace is not None:
            self._repeated_in_trace = key

    def _close_event(self, attributes: dict[str, str]) -> None:
        self._event, self._own = None, {} if self._trace is None else self._trace
        event = _Event(attributes, self._trace or {}, self._number, self._repeated_in_event or self._repeated_in_trace)
        try:
            if event.repeated is not None:
                raise InvalidTouchpoint([("", f"{event} has {shown(event.repeated)} twice, itself or its trace")], "keep one of them")
            row = Row(self._path, self._line, self._content(event))
        except InvalidTouchpoint as problem:
            row = Row(self._path, self._line, _flat(event), problem)
        self.items.append(row)
