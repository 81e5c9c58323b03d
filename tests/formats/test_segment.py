"""Segment's calls, as its own Python library makes them: each gives one fact that can be recorded."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from formats.any_facts import exactly, facts
from hypothesis import assume, given
from hypothesis import strategies as st
from segment.analytics.client import Client  # type: ignore[import-untyped]

from journey.amendments import Fact, PeopleMerged, PersonNamed
from journey.errors import InvalidTouchpoint, UnknownKind
from journey.formats.segment import calls_of, fields_of_call
from journey.reading import read_fact
from journey.touchpoints import KINDS, FailureOccurred, Interaction, NoteAdded, fields_of

SDK = Client("write key", send=False)
AT = datetime(2024, 3, 1, 9, 30, 0, 123_000, tzinfo=UTC)
CALL: dict[str, Any] = {
    "type": "track",
    "messageId": "m1",
    "userId": "marta",
    "timestamp": "2024-03-01T10:30:00.123+01:00",
    "event": "Failure Occurred",
    "properties": {"severity": 0.9},
}


def sent(method: str, **given: Any) -> dict[str, Any]:
    """What the library would send, read from its JSON."""
    _, message = getattr(SDK, method)(message_id="m1", timestamp=AT, **given)
    call = json.loads(json.dumps(message))
    assert isinstance(call, dict)
    return call


def fact_of(call: object, relationship: Literal["user", "group"] = "user") -> Fact:
    return read_fact(fields_of_call(call, relationship))


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


# Laws


@given(
    facts(),
    st.sampled_from([str, camel]),
    st.sampled_from([lambda kind: kind, lambda kind: kind.replace("_", " ").title(), lambda kind: kind.replace("_", "-")]),
)
def test_a_track_of_a_kind_is_that_touchpoint(fact: Fact, named: Any, titled: Any) -> None:
    assume(fact.kind in KINDS)
    fields = fields_of(fact)
    call = {"type": "track", "event": titled(fields.pop("kind")), "messageId": fields.pop("id"), "timestamp": fields.pop("occurred_at")}
    call |= {"userId": fields.pop("relationship"), "properties": {named(name): value for name, value in fields.items()}}
    expected = fact if getattr(fact, "contact", None) else fact.model_copy(update={"contact": fact.relationship})
    assert exactly(fact_of(call)) == exactly(expected)


@given(st.sampled_from(["track", "identify", "group", "page", "screen"]), st.dictionaries(st.text(), st.integers() | st.text()))
def test_every_call_gives_one_fact_with_its_own_id_and_time(type: str, others: dict[str, Any]) -> None:
    call = {
        **CALL,
        "type": type,
        "event": "Order Placed",
        "name": "Orders",
        "groupId": "shop",
        "properties": others,
        "traits": others,
        "context": others,
    }
    fact = fact_of({**others, **call, "channel": "phone"})
    assert (fact.id, fact.occurred_at) == ("m1", AT)


# Contracts: the library's own calls


def test_a_track_of_the_library() -> None:
    call = sent("track", user_id="marta", event="Failure Occurred", properties={"severity": 0.9, "representative": "ugo"})
    assert fact_of(call) == FailureOccurred(
        id="m1", relationship="marta", contact="marta", occurred_at=AT, severity=0.9, representative="ugo"
    )


def test_any_other_track_is_an_interaction_about_the_event() -> None:
    call = sent("track", user_id=7, event="Order Completed", properties={"revenue": 12.5}, context={"page": {"path": "/"}})
    assert fact_of(call) == Interaction(id="m1", relationship="7", contact="7", occurred_at=AT, topic="Order Completed", channel="web")


def test_pages_and_screens_are_interactions() -> None:
    common: dict[str, Any] = {"id": "m1", "relationship": "a1", "contact": "a1", "occurred_at": AT}
    assert fact_of(sent("page", anonymous_id="a1", name="Prices")) == Interaction(**common, topic="Prices", channel="web")
    assert fact_of(sent("screen", anonymous_id="a1")) == Interaction(**common, channel="app")
    assert fact_of({**sent("page", anonymous_id="a1"), "channel": "kiosk"}) == Interaction(**common, channel="kiosk")


def test_a_user_with_a_name_is_named() -> None:
    assert fact_of(sent("identify", user_id="marta", traits={"name": "Marta", "plan": "gold"})) == PersonNamed(
        id="m1", occurred_at=AT, person="marta", name="Marta"
    )
    assert fact_of(sent("identify", user_id="marta", traits={"name": "Marta"}), "group").kind == "person_named"
    for traits in ({}, {"name": " "}, {"name": 3}):
        assert fact_of(sent("identify", user_id="marta", traits=traits)) == NoteAdded(
            id="m1", relationship="marta", contact="marta", occurred_at=AT
        )


def test_an_alias_merges_people() -> None:
    assert fact_of(sent("alias", user_id="marta", previous_id="a1")) == PeopleMerged(id="m1", occurred_at=AT, person="marta", other="a1")


def test_a_group_is_noted_or_is_the_relationship() -> None:
    call = sent("group", user_id="marta", group_id="shop")
    noted = NoteAdded(id="m1", relationship="marta", contact="marta", occurred_at=AT, topic="group:shop")
    assert fact_of(call) == noted
    assert fact_of(call, "group") == noted.model_copy(update={"relationship": "shop"})
    called = sent("track", user_id="marta", event="Call", context={"groupId": "shop"})
    assert fact_of(called, "group") == Interaction(id="m1", relationship="shop", contact="marta", occurred_at=AT, topic="Call")


def test_a_naive_time_of_the_library_has_an_offset_when_it_arrives() -> None:
    _, message = SDK.track("marta", "Call", timestamp=datetime(2020, 1, 1, 12), message_id="m1")  # noqa: DTZ001  # as callers do
    assert abs(fact_of(json.loads(json.dumps(message))).occurred_at - datetime(2020, 1, 1, 12, tzinfo=UTC)) <= timedelta(hours=14)


# Contracts: requests, and what is given twice


def test_a_request_is_one_call_or_a_batch() -> None:
    assert list(calls_of(CALL)) == [CALL]
    assert list(calls_of({"batch": [CALL, 3], "sentAt": "2024-03-01T09:30:01Z", "writeKey": "k"})) == [CALL, 3]


def test_a_touchpoint_may_name_its_own_relationship_and_contact() -> None:
    fields = fields_of_call({**CALL, "properties": {"relationship": "marta@shop", "contact": "m", "channel": "phone", "note": None}})
    assert fields == {
        "kind": "failure_occurred",
        "id": "m1",
        "occurred_at": "2024-03-01T10:30:00.123+01:00",
        "relationship": "marta@shop",
        "contact": "m",
        "channel": "phone",
    }


def test_the_original_time_stands_in_for_a_time_that_is_not_given() -> None:
    call = {**CALL, "timestamp": None, "originalTimestamp": "2020-01-01T00:00:00Z", "sentAt": "2024-01-01T00:00:00Z"}
    assert fields_of_call(call)["occurred_at"] == "2020-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("change", "message", "mend"),
    [
        ({"type": "trak"}, "type: `trak` is not a type of call", "did you mean `track`?"),
        ({"type": None}, "type: is missing", "the types are `track`, `identify`, `group`, `alias`, `page`, `screen`"),
        (
            {"messageId": "", "timestamp": None},
            "messageId: is missing; timestamp: is missing",
            "send the library's own `messageId`, so that a repeated call counts once; give `timestamp`, when it happened",
        ),
        ({"userId": None}, "userId: is missing", "give `userId`, or `anonymousId`"),
        ({"event": None}, "event: is missing", "give `event`, what was done"),
        ({"type": "alias"}, "previousId: is missing", "give `previousId`, the id that the user had before"),
        ({"type": "group"}, "groupId: is missing", "give `groupId`, in its context if this is not a `group` call"),
        ({"properties": [1]}, "properties: `[1]` is not a JSON object", "give `properties` as an object, or leave it out"),
        (
            {"properties": {"id": "m2", "kind": "delivery"}},
            "id: is `m2`, but `id` is `m1` already; kind: is `delivery`, but `kind` is `failure_occurred` already",
            "give each field once; `messageId` is the id, `timestamp` the time, `event` the kind",
        ),
        (
            {"event": "Handover Made", "properties": {"fromRepresentative": "anna", "from_representative": "bob"}},
            "from_representative: is `bob`, but `from_representative` is `anna` already",
            "give each field once; `messageId` is the id, `timestamp` the time, `event` the kind",
        ),
    ],
)
def test_what_is_refused_is_named_with_its_mend(change: dict[str, Any], message: str, mend: str) -> None:
    with pytest.raises(InvalidTouchpoint) as refused:
        fields_of_call({**CALL, **change})
    assert (str(refused.value), refused.value.mend) == (message, mend)
    assert isinstance(refused.value, UnknownKind) == ("type:" in message)


def test_a_group_as_relationship_has_to_be_given() -> None:
    with pytest.raises(InvalidTouchpoint, match="groupId: is missing"):
        fields_of_call(CALL, "group")


@pytest.mark.parametrize("call", [3, None, [], "track"])
def test_what_is_no_call_is_refused(call: object) -> None:
    with pytest.raises(InvalidTouchpoint, match="is not a call"):
        fields_of_call(call)
    with pytest.raises(InvalidTouchpoint, match="is not a call"):
        calls_of(call)


def test_a_batch_that_is_no_list_is_refused() -> None:
    with pytest.raises(InvalidTouchpoint, match="batch: `3` is not a list of calls"):
        calls_of({"batch": 3})


def test_a_misspelt_property_is_left_for_validation_to_refuse() -> None:
    with pytest.raises(InvalidTouchpoint, match="no such field") as refused:
        fact_of({**CALL, "properties": {"severty": 0.9}})
    assert refused.value.mend == "did you mean `severity`?"
