"""Histories as a process log in XES (IEEE 1849): one trace per relationship, one event per fact."""

from collections.abc import Iterable
from functools import cache
from xml.sax.saxutils import quoteattr

from journey.amendments import Fact
from journey.formats.process_logs.documents import Writable
from journey.formats.process_logs.own_attributes import PREFIX, Attribute, attributes_of, legible
from journey.records import Recorded

_HEAD = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
  <extension name="Journey" prefix="{PREFIX.rstrip(":")}" uri="urn:journey:xesext"/>
  <classifier name="Kind" keys="concept:name"/>
"""


def write_xes(file: Writable, histories: Iterable[tuple[str, Iterable[Recorded[Fact]]]]) -> int:
    """Write histories, each with the name of its relationship, as they come. Returns the number of events.

    `xes_rows` reads back exactly the facts that were written: see the module `own_attributes` for how. Other tools read the kind as
    `concept:name`, `time:timestamp`, and the representative as `org:resource`. Texts that are withheld are not there.
    """
    events = 0
    file.write(_HEAD.encode())
    for relationship, records in histories:
        file.write(f"  <trace>\n{_line(4, 'string', 'concept:name', relationship)}".encode())
        for record in records:
            file.write(_event(record).encode())
            events += 1
        file.write(b"  </trace>\n")
    file.write(b"</log>\n")
    return events


def _event(record: Recorded[Fact]) -> str:
    fact = record.touchpoint
    representative = getattr(fact, "representative", None)
    lines = [
        "    <event>\n",
        _line(6, "string", "concept:name", fact.kind),
        _line(6, "date", "time:timestamp", fact.occurred_at.isoformat()),
        "" if representative is None else _line(6, "string", "org:resource", representative),
        *(_own_line(one) for one in attributes_of(record)),
        "    </event>\n",
    ]
    return "".join(lines)


def _own_line(attribute: Attribute) -> str:
    return _line(6, attribute.type, attribute.name, attribute.text)


def _line(indent: int, type: str, key: str, value: str) -> str:
    return f"{_start(indent, type, key)}{quoteattr(legible(value))}/>\n"


@cache
def _start(indent: int, type: str, key: str) -> str:
    """A line up to its value; of these there are few."""
    return f"{' ' * indent}<{type} key={quoteattr(key)} value="
