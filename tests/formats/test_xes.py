"""XES: what is written reads back, what others wrote reads as touchpoints, and what is broken or hostile is refused."""

import gzip
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from process_logs import Histories, exports, facts_of, real_log

from journey.errors import UnreadableSource
from journey.formats.process_logs.xes import xes_rows, xes_tables
from journey.formats.process_logs.xes_writing import write_xes
from journey.formats.source_rows import Row
from journey.reading import read_fact

EVENT = '<string key="concept:name" value="Call"/><date key="time:timestamp" value="2024-03-01T09:30:00+01:00"/>'
BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<log><trace><string key="concept:name" value="&b;"/></trace></log>'
)
OUTSIDE = (
    '<!DOCTYPE log [<!ENTITY passwd SYSTEM "file:///etc/passwd">]><log><trace><string key="concept:name" value="c"/>&passwd;</trace></log>'
)


def a_log(*events: str, trace: str = '<string key="concept:name" value="c"/>', before: str = "") -> str:
    return f"<log>\n{before}<trace>{trace}\n" + "".join(f"<event>{event}</event>\n" for event in events) + "</trace>\n</log>\n"


def rows(text: str | bytes, **how: Any) -> list[Row]:
    return list(xes_rows("log.xes", io.BytesIO(text.encode() if isinstance(text, str) else text), **how))


def contents(text: str, **how: Any) -> list[dict[str, Any]]:
    return [row.fields for row in rows(text, **how) if row.problem is None]


def problem(text: str, **how: Any) -> str:
    (refused,) = (row for row in rows(text, **how) if row.problem is not None)
    return f"{refused.line}: {refused.problem}"


def written(histories: Histories) -> bytes:
    file = io.BytesIO()
    assert write_xes(file, histories) == sum(len(records) for _, records in histories)
    return file.getvalue()


# Our own logs


@given(exports())
def test_what_is_written_reads_back_exactly(histories: Histories) -> None:
    expected = [record.touchpoint for _, records in histories for record in records]
    assert list(facts_of(rows(written(histories)))) == expected


@given(exports())
def test_what_is_written_has_the_attributes_that_other_tools_read(histories: Histories) -> None:
    flat = list(xes_tables("log.xes", io.BytesIO(written(histories))))
    for row, record in zip(flat, (record for _, records in histories for record in records), strict=True):
        fact = record.touchpoint
        assert row.fields["concept:name"] == fact.kind
        assert datetime.fromisoformat(row.fields["time:timestamp"]) == fact.occurred_at
        assert (row.fields["journey:position"], row.fields["journey:recorded_at"]) == (str(record.position), "2026-01-01T00:00:00+00:00")
        assert ("org:resource" in row.fields) == (getattr(fact, "representative", None) is not None)


def test_an_empty_log_has_no_events() -> None:
    assert rows(written([])) == []
    assert rows(written([("nobody", [])])) == []


def test_an_attribute_of_ours_that_is_not_json_is_refused() -> None:
    broken = '<string key="journey:kind" value="note_added"/><string key="journey:note:json" value="{"/>'
    assert problem(a_log(broken)) == "3: journey:note:json: `{` is not JSON"


# Logs of others


def test_an_event_is_an_interaction_about_its_activity() -> None:
    event = EVENT + '<string key="org:resource" value="anna"/>'
    assert contents(a_log(event, EVENT)) == [
        {
            "kind": "interaction",
            "id": "c/1",
            "relationship": "c",
            "occurred_at": "2024-03-01T09:30:00+01:00",
            "sequence": 1,
            "representative": "anna",
            "topic": "Call",
        },
        {
            "kind": "interaction",
            "id": "c/2",
            "relationship": "c",
            "occurred_at": "2024-03-01T09:30:00+01:00",
            "sequence": 2,
            "topic": "Call",
        },
    ]


def test_every_row_is_a_valid_touchpoint_and_knows_its_line() -> None:
    read = rows(a_log(EVENT, EVENT))
    assert [row.line for row in read] == [3, 4]
    assert [read_fact(row.fields).id for row in read] == ["c/1", "c/2"]


def test_an_activity_that_is_a_kind_is_that_kind() -> None:
    (fields,) = contents(a_log(EVENT.replace("Call", "gesture_made")))
    assert fields["kind"] == "gesture_made"
    assert "topic" not in fields


@pytest.mark.parametrize(("transition", "topic"), [("complete", "Call"), ("COMPLETE", "Call"), ("START", "Call+START")])
def test_an_unfinished_activity_has_its_transition_behind_the_topic(transition: str, topic: str) -> None:
    (fields,) = contents(a_log(EVENT + f'<string key="lifecycle:transition" value="{transition}"/>'))
    assert fields["topic"] == topic


@pytest.mark.parametrize(("where", "name"), [("case", "c"), ("trace:customer", "ann"), ("event:customer", "bob")])
def test_the_relationship_is_where_it_is_said_to_be(where: str, name: str) -> None:
    trace = '<string key="concept:name" value="c"/><string key="customer" value="ann"/>'
    (fields,) = contents(a_log(EVENT + '<string key="customer" value="bob"/>', trace=trace), relationship=where)
    assert (fields["relationship"], fields["id"]) == (name, "c/1")


def test_an_event_with_an_identity_keeps_it() -> None:
    (fields,) = contents(a_log(EVENT + '<id key="identity:id" value="4f1c"/>'))
    assert fields["id"] == "4f1c"


def test_globals_are_guarantees_and_fill_nothing_in() -> None:
    before = '<global scope="event"><string key="org:resource" value="UNKNOWN"/></global>'
    (fields,) = contents(a_log(EVENT, before=before))
    assert "representative" not in fields


def test_nested_attributes_lists_and_extensions_are_passed_over() -> None:
    before = '<extension name="X" prefix="x" uri="urn:x"/><classifier name="A" keys="a"/>'
    before += '<float key="m" value="1"><float key="m" value="2"/></float>'
    nested = '<string key="a" value="1"><string key="concept:name" value="no"/></string>'
    nested += '<list key="l"><values><string key="v" value="2"/></values></list>'
    (row,) = xes_tables("log.xes", io.BytesIO(a_log(nested + EVENT, before=before).encode()))
    assert row.fields == {"case:concept:name": "c", "a": "1", "concept:name": "Call", "time:timestamp": "2024-03-01T09:30:00+01:00"}


def test_an_event_outside_of_a_trace_needs_a_relationship_and_an_id_of_its_own() -> None:
    assert (
        problem(f"<log><event>{EVENT}</event></log>") == "1: relationship: the trace of event 1 of case `` has no `concept:name` before it"
    )
    event = EVENT + '<string key="customer" value="bob"/>'
    assert problem(f"<log><event>{event}</event></log>", relationship="event:customer").endswith(
        "has no id, and neither does its trace have a name"
    )
    (fields,) = contents(f'<log><event>{event}<id key="identity:id" value="4f"/></event></log>', relationship="event:customer")
    assert (fields["id"], fields["relationship"]) == ("4f", "bob")


# What is wrong with a row


def test_all_that_an_event_lacks_is_named() -> None:
    text = a_log(EVENT, '<string key="org:resource" value="anna"/>', EVENT)
    assert problem(text) == "4: event 2 of case `c` has no `concept:name`; event 2 of case `c` has no `time:timestamp`"
    assert [fields["id"] for fields in contents(text)] == ["c/1", "c/3"]
    (refused,) = (row for row in rows(text) if row.problem)
    assert refused.problem is not None
    assert refused.problem.mend == "give the event its `concept:name`; give the event its `time:timestamp`"
    assert refused.fields == {"case:concept:name": "c", "org:resource": "anna"}


@pytest.mark.parametrize("place", ["event", "trace"])
def test_a_key_that_is_there_twice_is_refused(place: str) -> None:
    twice = '<string key="k" value="1"/><string key="k" value="2"/>'
    text = a_log(EVENT + twice) if place == "event" else a_log(EVENT, trace='<string key="concept:name" value="c"/>' + twice)
    assert problem(text) == "3: event 1 of case `c` has `k` twice, itself or its trace"


def test_a_time_without_an_offset_is_passed_on_as_it_is() -> None:
    (fields,) = contents(a_log(EVENT.replace("+01:00", "")))
    assert fields["occurred_at"] == "2024-03-01T09:30:00"


# Documents that are broken, hostile, or something else


def test_a_log_that_is_cut_off_gives_all_events_before() -> None:
    text = a_log(*[EVENT] * 2000)
    read = rows(text[: text.index("<event>", len(text) // 2) + 20])
    assert [row.problem is None for row in read] == [True] * (len(read) - 1) + [False]
    assert len(read) > 900
    assert f"{read[-1].problem}".startswith("the log breaks off here: this is not XML: ")
    assert read[-1].line == read[-2].line + 1


def test_a_compressed_log_that_is_cut_off_gives_all_events_before() -> None:
    packed = gzip.compress(a_log(*[EVENT] * 5000).encode(), 0)
    read = list(xes_rows("log.xes.gz", gzip.GzipFile(fileobj=io.BytesIO(packed[: len(packed) // 2]))))
    assert len(read) > 2000
    assert "breaks off here: compressed file ended" in str(read[-1].problem)


def test_what_follows_the_log_is_refused_with_its_line() -> None:
    read = rows(a_log(EVENT) + "<more/>")
    assert [row.line for row in read if row.problem] == [6]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind,id\n", "log.xes:1: this is not XML: syntax error"),
        ("", "log.xes:1: this is not XML: no element found"),
        ("<html></html>", "log.xes:1: is XML, but not XES: its root is `html`"),
        ("<log><object-types/></log>", "log.xes:1: is a log in OCEL, not in XES"),
        (BILLION_LAUGHS, "log.xes:1: declares a document type"),
        (OUTSIDE, "log.xes:1: declares a document type"),
    ],
)
def test_what_is_not_xes_or_could_reach_beyond_itself_is_refused(text: str, message: str) -> None:
    with pytest.raises(UnreadableSource) as caught:
        rows(text)
    assert str(caught.value) == message
    assert caught.value.mend


@pytest.mark.parametrize("where", ["", "cases", "trace:", "log:x"])
def test_a_relationship_must_be_somewhere(where: str) -> None:
    with pytest.raises(UnreadableSource, match="does not say where relationships are"):
        rows(a_log(EVENT), relationship=where)


# Real logs


@pytest.mark.parametrize(
    ("name", "cases", "events"), [("bpic2012", 13_087, 262_200), ("bpic2013_closed", 1_487, 6_660), ("receipt", 1_434, 8_577)]
)
def test_a_real_log_has_as_many_cases_and_events_as_documented(name: str, cases: int, events: int) -> None:
    with gzip.open(real_log(f"{name}.xes.gz")) as file:
        counts = _counts(xes_rows(name, file))
    assert counts == (cases, events, events)


def test_every_event_of_a_real_log_is_a_valid_touchpoint() -> None:
    with gzip.open(real_log("receipt.xes.gz")) as file:
        assert len(list(facts_of(xes_rows("receipt", file)))) == 8_577


def _counts(read: Iterable[Row]) -> tuple[int, int, int]:
    events, cases, ids = 0, set[str](), set[str]()
    for row in read:
        assert row.problem is None
        events += 1
        cases.add(row.fields["relationship"])
        ids.add(row.fields["id"])
    return len(cases), events, len(ids)
