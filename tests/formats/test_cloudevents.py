"""CloudEvents: every fact survives the way out and in, and the official SDK reads and writes the same."""

import json
from base64 import b64encode
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from formats.any_facts import exactly, records
from hypothesis import example, given

from journey.amendments import Fact
from journey.errors import InvalidTouchpoint, UnknownKind
from journey.formats.cloudevents import event_of, fields_of_event
from journey.formats.cloudevents_headers import envelope_of_headers
from journey.reading import read_fact
from journey.records import Recorded
from journey.times import EPOCH
from journey.touchpoints import Interaction

EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "a",
    "source": "/crm",
    "type": "interaction",
    "subject": "m@x",
    "time": "2024-03-01T10:00:00.5+01:00",
    "data": {"competence": 0.5},
}


def fact_of(fields: dict[str, Any]) -> Fact:
    return read_fact({name: value for name, value in fields.items() if name not in ("recorded_at", "position")})


def as_json(event: dict[str, Any]) -> bytes:
    return json.dumps(event, allow_nan=False).encode()


def by_the_sdk(event: dict[str, Any]) -> CloudEvent:
    read = from_structured(HTTPMessage({"content-type": "application/cloudevents+json"}, as_json(event)), JSONFormat())
    assert isinstance(read, CloudEvent)
    return read


def with_source(source: str | None) -> Recorded[Fact]:
    return Recorded(Interaction(id="a", relationship="m@x", occurred_at=EPOCH, source=source), EPOCH, 1)


# Laws


@given(records())
@example(with_source(None))
@example(with_source("journey"))
@example(with_source("our crm"))
def test_an_event_gives_the_same_fact_again(record: Recorded[Fact]) -> None:
    fields = fields_of_event(json.loads(as_json(event_of(record))))
    assert fact_of(fields) == record.touchpoint
    assert exactly(fact_of(fields)) == exactly(record.touchpoint)
    assert (fields["recorded_at"], fields.get("position")) == (record.recorded_at.isoformat(), record.position)


@given(records())
def test_the_sdk_reads_every_event_and_writes_what_gives_the_same_fact(record: Recorded[Fact]) -> None:
    event = by_the_sdk(event_of(record))
    assert event.get_time() == record.touchpoint.occurred_at
    assert event.get_subject() == (record.touchpoint.relationship or None)
    assert event.get_type() == f"journey.{record.touchpoint.kind}"
    assert fact_of(fields_of_event(json.loads(to_structured(event, JSONFormat()).body))) == record.touchpoint


@given(records())
def test_headers_give_what_the_structured_event_gives(record: Recorded[Fact]) -> None:
    message = to_binary(by_the_sdk(event_of(record)), JSONFormat())
    fields = fields_of_event(envelope_of_headers(message.headers, message.body))
    assert fact_of(fields) == record.touchpoint
    assert fields.get("position") == record.position


# Contracts


def test_what_is_given_is_left_as_it_is() -> None:
    assert fields_of_event({**EVENT, "correlationid": "c", "traceparent": "00-1", "position": "3000000000", "dataschema": "urn:x"}) == {
        "kind": "interaction",
        "id": "a",
        "relationship": "m@x",
        "occurred_at": "2024-03-01T10:00:00.5+01:00",
        "source": "/crm",
        "competence": 0.5,
        "correlation_id": "c",
        "position": 3_000_000_000,
    }


def test_data_names_relationship_and_source_before_the_envelope_does() -> None:
    fields = fields_of_event({**EVENT, "data": {"relationship": "z@x", "source": "our crm"}})
    assert (fields["relationship"], fields["source"]) == ("z@x", "our crm")


def test_data_may_be_in_base64() -> None:
    encoded = {name: value for name, value in EVENT.items() if name != "data"} | {"data_base64": b64encode(b'{"competence": 0.5}').decode()}
    for content_type in (None, "application/json", "application/vnd.acme+json; charset=utf-8", "text/json"):
        assert fields_of_event({**encoded, "datacontenttype": content_type}) == fields_of_event(EVENT)


def test_positions_are_integers_of_32_bits_or_text() -> None:
    fact = with_source(None).touchpoint
    assert [event_of(Recorded(fact, EPOCH, position)).get("position") for position in (None, 2**31 - 1, 2**31)] == [
        None,
        2**31 - 1,
        "2147483648",
    ]


def test_facts_about_people_have_no_subject() -> None:
    named = read_fact({"kind": "person_named", "id": "n", "occurred_at": "2024-03-01T09:00:00Z", "person": "ugo", "name": "Ugo"})
    assert "subject" not in event_of(Recorded(named, EPOCH))


@pytest.mark.parametrize("content", ["body", "value", "data"])
@pytest.mark.parametrize("as_text", [True, False])
@pytest.mark.parametrize("prefix", ["ce_", "ce-", "CE-"])
def test_a_message_of_a_dump_is_an_event(content: str, as_text: bool, prefix: str) -> None:
    headers = {f"{prefix}{name}": value for name, value in EVENT.items() if name != "data"}
    data = json.dumps(EVENT["data"]) if as_text else EVENT["data"]
    assert fields_of_event({"headers": {**headers, "content-type": "application/json"}, content: data, "partition": 3}) == fields_of_event(
        EVENT
    )


def test_a_message_may_hold_a_whole_event() -> None:
    headers = {"Content-Type": "application/cloudevents+json; charset=utf-8"}
    assert fields_of_event({"headers": headers, "value": EVENT}) == fields_of_event(EVENT)
    assert envelope_of_headers(headers, as_json(EVENT)) == EVENT


def test_headers_are_percent_encoded_or_quoted() -> None:
    assert envelope_of_headers({"ce-subject": "m%C3%BC%20%2525", "ce-source": '"a \\"b\\""'}, b"") == {
        "subject": "mü %25",
        "source": 'a "b"',
    }


@pytest.mark.parametrize(
    ("change", "message", "mend"),
    [
        ({"specversion": "0.3"}, "specversion: `0.3` is not supported", "send CloudEvents `1.0`"),
        ({"id": ""}, "id: is missing", "a CloudEvent has `specversion`, `id`, `source`, `type`"),
        ({"source": 3}, "source: `3` is not text", "quote it"),
        ({"time": None}, "time: is missing", "give `time` with a UTC offset, as in `2024-03-01T09:30:00Z`"),
        ({"subject": None}, "subject: is missing", "give the relationship as `subject`"),
        ({"data": "x"}, "data: `x` is not a JSON object", "give the touchpoint's fields as an object"),
        ({"datacontenttype": "text/xml", "data": "<a/>"}, "datacontenttype: `text/xml` is not JSON", "send `application/json`"),
        ({"data_base64": "e30="}, "data: is given in `data` and in `data_base64`", "give one of them"),
        ({"data": None, "data_base64": "?"}, "data_base64: `?` is not Base64", "encode it again, or give `data`"),
        ({"data": None, "data_base64": "eyJhIjoxLCJhIjoyfQ=="}, "data_base64: `a` is given twice", "give `a` once"),
        ({"data": {"id": "b"}}, "id: `b` in `data` and `a` in `id`", "give `id` once"),
        (
            {"correlationid": "c", "data": {"correlation_id": "d"}},
            "correlation_id: `d` in `data` and `c` in `correlationid`",
            "give `correlation_id` once",
        ),
        ({"relationship": "z"}, "relationship: `m@x` in `subject` and `z` in `relationship`", "give `relationship` once"),
    ],
)
def test_what_is_refused_is_named_with_its_mend(change: dict[str, Any], message: str, mend: str) -> None:
    with pytest.raises(InvalidTouchpoint) as refused:
        fields_of_event({**EVENT, **change})
    assert (str(refused.value), refused.value.mend) == (message, mend)


@pytest.mark.parametrize(
    ("type", "mend"), [("com.acme.thing", "the kinds are `rel"), ("journey.interactoin", "did you mean `interaction`?"), ("", "a Cloud")]
)
def test_an_unknown_type_is_an_unknown_kind(type: str, mend: str) -> None:
    with pytest.raises(UnknownKind) as refused:
        fields_of_event({**EVENT, "type": type})
    assert f"`{type}`" in str(refused.value) or "type: is missing" in str(refused.value)
    assert refused.value.mend.startswith(mend)


@pytest.mark.parametrize(
    "message",
    [
        {"headers": ["ce_id", "a"], "value": {}},
        {"headers": {}, "value": 3},
        {"headers": {"content-type": "application/cloudevents+json"}, "value": [1]},
        {"headers": {"ce-id": "%ff"}, "value": {}},
        {"headers": {"ce_id": 3}, "value": "\ud800"},
        {"headers": {"content-type": "image/png"}, "value": "x"},
        {"headers": {}, "value": "[" * 100_000},
    ],
)
def test_a_message_that_is_no_event_is_refused(message: dict[str, Any]) -> None:
    with pytest.raises(InvalidTouchpoint):
        fields_of_event(message)


def test_an_unknown_field_in_data_is_left_for_validation_to_refuse() -> None:
    with pytest.raises(InvalidTouchpoint, match="no such field"):
        read_fact(fields_of_event({**EVENT, "data": {"competance": 0.5}}))
