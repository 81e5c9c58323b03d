"""OCEL 2.0 in XML, to read and write. Related objects are `<object object-id=…>` or `<relationship object-id=…>`; both are in use."""

from collections.abc import Iterable, Iterator
from functools import partial
from xml.parsers.expat import XMLParserType
from xml.sax.saxutils import escape, quoteattr

from journey.errors import UnreadableSource, shown
from journey.formats.process_logs.documents import Readable, Writable
from journey.formats.process_logs.ocel_log import Event, Object, Related
from journey.formats.process_logs.ocel_sqlite import SqliteLog, Type
from journey.formats.process_logs.xml_stream import xml_items

_OTHERS = {"trace": "a log in XES, not in OCEL", "global": "OCEL 1.0 in XML, which is not read"}
"""Elements below the root that other formats have there."""


def xml_items_of(path: str, file: Readable) -> Iterator[Object | Event]:
    """The objects and events of a log, in the order of the document. Raises UnreadableSource, or BrokenOff."""
    return xml_items(path, file, partial(_Log, path))


class _Log:
    """The document: log / objects / object and log / events / event, and in an event its attributes and objects."""

    def __init__(self, path: str, parser: XMLParserType) -> None:
        self.items: list[Object | Event] = []
        self.has_begun = False
        self._path, self._parser = path, parser
        self._depth = 0
        self._section = ""
        self._event: Event | None = None
        self._attributes: dict[str, str] = {}
        self._name: str | None = None
        self._text: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        match self._depth:
            case 1 if tag != "log":
                raise self._refusal(f"XML, but not OCEL: its root is {shown(tag)}")
            case 1:
                self.has_begun = True
            case 2 if tag in _OTHERS:
                raise self._refusal(_OTHERS[tag])
            case 2:
                self._section = tag
            case 3 if self._section == "objects":
                self.items.append(Object(attributes.get("id", ""), attributes.get("type", "")))
            case 3 if self._section == "events":
                self._attributes = {}
                id, type, time = (attributes.get(name, "") for name in ("id", "type", "time"))
                self._event = Event(self._parser.CurrentLineNumber, id, type, time, self._attributes, [])
            case 5 if self._event is not None and tag == "attribute":
                self._name = attributes.get("name", "")
                self._text.clear()
            case 5 if self._event is not None and "object-id" in attributes:
                self._event.related.append(Related(attributes["object-id"], "", attributes.get("qualifier", "")))

    def text(self, text: str) -> None:
        if self._name is not None:
            self._text.append(text)

    def end(self, _: str, /) -> None:
        if self._event is not None:
            if self._depth == 5 and self._name is not None:
                self._close_attribute(self._event, self._name)
            elif self._depth == 3:
                self.items.append(self._event)
                self._event = None
        self._depth -= 1

    def _close_attribute(self, event: Event, name: str) -> None:
        if name in self._attributes:
            self._event = event._replace(problem=f"has the attribute {shown(name)} twice")
        self._attributes[name] = "".join(self._text)
        self._name = None

    def _refusal(self, what: str) -> UnreadableSource:
        return UnreadableSource(f"{self._path}:{self._parser.CurrentLineNumber}: is {what}", "name a log in OCEL 2.0")


def write_xml(file: Writable, log: SqliteLog) -> None:
    """Write a log as OCEL 2.0, valid by the standard's XSD in which a related object needs no type."""
    file.write(b'<?xml version="1.0" encoding="UTF-8"?>\n<log>\n')
    _write_section(file, "object-types", (_type_lines("object-type", one) for one in log.object_types()))
    _write_section(file, "event-types", (_type_lines("event-type", one) for one in log.event_types()))
    _write_section(file, "objects", _objects_lines(log))
    _write_section(file, "events", _events_lines(log))
    file.write(b"</log>\n")


def _write_section(file: Writable, tag: str, elements: Iterable[list[str]]) -> None:
    file.write(f"  <{tag}>\n".encode())
    for lines in elements:
        file.write("".join(lines).encode())
    file.write(f"  </{tag}>\n".encode())


def _type_lines(tag: str, type: Type) -> list[str]:
    attributes = [f"        <attribute name={quoteattr(name)} type={quoteattr(kind)}/>\n" for name, kind in type.attributes.items()]
    return [f"    <{tag} name={quoteattr(type.name)}>\n", *_listed("attributes", attributes), f"    </{tag}>\n"]


def _objects_lines(log: SqliteLog) -> Iterator[list[str]]:
    for one in log.objects():
        values = [f"        <attribute name={quoteattr(name)} time={quoteattr(time)}>{_text(value)}" for name, time, value in one.values]
        yield _element_lines("object", {"id": one.id, "type": one.type}, values, one.related)


def _events_lines(log: SqliteLog) -> Iterator[list[str]]:
    for event in log.events():
        values = [f"        <attribute name={quoteattr(name)}>{_text(value)}" for name, value in event.attributes.items()]
        yield _element_lines("event", {"id": event.id, "type": event.type, "time": event.time}, values, event.related)


def _element_lines(tag: str, attributes: dict[str, str], values: list[str], related: Iterable[Related]) -> list[str]:
    head = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    values = [f"{value}</attribute>\n" for value in values]
    objects = [f"        <object object-id={quoteattr(one.id)} qualifier={quoteattr(one.qualifier)}/>\n" for one in related]
    return [f"    <{tag}{head}>\n", *_listed("attributes", values), *_listed("objects", objects), f"    </{tag}>\n"]


def _listed(tag: str, lines: list[str]) -> list[str]:
    return [f"      <{tag}>\n", *lines, f"      </{tag}>\n"] if lines else [f"      <{tag}/>\n"]


def _text(value: str) -> str:
    # A carriage return would be read as the end of a line.
    return escape(value, {"\r": "&#13;"})
