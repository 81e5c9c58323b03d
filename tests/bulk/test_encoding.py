"""Touchpoints as numbers: what each kind that waits, or tells of what waited, puts where; which slots it opens and refers to."""

from datetime import UTC, datetime
from math import isnan
from typing import Any

import pytest
from short_histories import contact, failure, touchpoint

from journey import Touchpoint
from journey.testing import at_day
from journey.times import to_microseconds
from journey_projections.encoding import codes
from journey_projections.encoding.codes import KINDS, NEVER, NOTHING
from journey_projections.encoding.mentions import mention
from journey_projections.encoding.numbering import Encoded, Encoder

DUE = at_day(3)


def mentioned(kind: str, **fields: Any) -> dict[str, Any]:
    """What a touchpoint says beside its kind, side, time and certainty, as far as it says anything."""
    row = mention(touchpoint(0, kind, **fields), 0)
    defaults = {"code": 0, "flag": 0, "cause": 0, "due": NEVER, "second": None, "third": None, "amount": None}
    values = {name: getattr(row, name) for name in (*defaults, "representative", "other", "episode", "promise", "topic")}
    plain = {name: None if isinstance(value, float) and isnan(value) else value for name, value in values.items()}
    return {name: value for name, value in plain.items() if value != defaults.get(name, NOTHING)}


def test_numbers_of_kinds_are_their_places_in_the_documentation() -> None:
    named = {name.lower(): getattr(codes, name) for name in dir(codes) if name.lower() in KINDS}
    assert named == KINDS
    assert sorted(KINDS.values()) == list(range(len(KINDS)))


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("request_made", {"episode": "e", "urgency": 0.7, "due": DUE}, {"episode": "e", "amount": 0.7, "due": to_microseconds(DUE)}),
        ("promise_made", {"promise": "p", "due": DUE}, {"promise": "p", "amount": 0.5, "due": to_microseconds(DUE)}),
        ("promise_made", {"promise": "p", "elicited": True}, {"promise": "p", "amount": 0.5, "flag": 1}),
        ("complaint_voiced", {"episode": "e", "severity": 0.8}, {"episode": "e", "amount": 0.8}),
        ("purchase_made", {}, {}),
        ("purchase_made", {"amount": 12.5, "currency": "EUR", "renewal": True}, {"amount": 12.5, "flag": 1}),
        ("failure_noticed", {"episode": "e", "through": "told"}, {"episode": "e"}),
        ("failure_noticed", {"episode": "e", "through": "heard"}, {"episode": "e", "code": 1}),
        ("failure_noticed", {"episode": "e"}, {"episode": "e", "code": 2}),
        ("failure_occurred", {"episode": "e", "cause": "supplier"}, {"episode": "e", "amount": 0.5, "cause": 3}),
        ("failure_occurred", {"episode": "e", "noticed": False}, {"episode": "e", "amount": 0.5, "flag": 2}),
        ("failure_occurred", {"episode": "e", "noticed": False, "stable": True}, {"episode": "e", "amount": 0.5, "flag": 3}),
        ("introduction_made", {"representative": "ada"}, {"representative": "ada", "code": 2}),
        (
            "introduction_made",
            {"representative": "a", "manner": "cold", "made_by": "other"},
            {"representative": "a", "code": 1, "cause": 2},
        ),
        ("introduction_made", {"representative": "a", "made_by": "predecessor"}, {"representative": "a", "code": 2, "cause": 1}),
        ("relationship_opened", {"origin": "reputation", "strength": -0.25}, {"code": 1, "amount": -0.25}),
        ("relationship_ended", {"outcome": "unknown"}, {"code": 4}),
        ("interaction", {"recognised": True}, {"flag": 2}),
        ("interaction", {"recognised": False}, {"flag": 1}),
    ],
)
def test_a_kind_says_in_numbers_what_its_fields_say(kind: str, fields: dict[str, Any], expected: dict[str, Any]) -> None:
    assert mentioned(kind, **fields) == expected


@pytest.mark.parametrize("kind", ["request_made", "complaint_voiced", "failure_occurred", "deception_exposed"])
def test_what_opens_an_episode_without_naming_it_has_its_own_id_as_one(kind: str) -> None:
    one = touchpoint(0, kind)
    assert mention(one, 0).episode == one.id


@pytest.mark.parametrize("kind", ["request_made", "purchase_made", "failure_noticed", "complaint_voiced"])
def test_what_the_customer_does_is_on_their_side(kind: str) -> None:
    fields = {"episode": "e"} if kind == "failure_noticed" else {}
    assert mention(touchpoint(0, kind, **fields), 0).side == codes.CUSTOMER


def encoded(*touchpoints: Touchpoint) -> tuple[list[Encoded], Encoder]:
    names = Encoder()
    return [names.encode(one, to_microseconds(one.occurred_at)) for one in touchpoints], names


@pytest.mark.parametrize(
    "opened",
    [
        touchpoint(0, "request_made", episode="e"),
        touchpoint(0, "complaint_voiced", episode="e"),
        failure(0, 0.5, noticed=False),
        failure(0, 0.5),
    ],
)
def test_an_act_of_the_organisation_refers_to_what_waits_in_its_episode(opened: Touchpoint) -> None:
    answers = (
        contact(1, 0.5).model_copy(update={"episode": "e"}),
        touchpoint(1, "recovery_step_taken", step="help", episode="e"),
        touchpoint(1, "failure_noticed", episode="e"),
        touchpoint(1, "gesture_made", episode="e"),
    )
    for answer in answers:
        (waits, answers_it), names = encoded(opened, answer)
        assert (waits.episode, answers_it.refers, answers_it.episode) == (0, 0, NOTHING)
        assert [name for name, *_ in names.episodes] == ["e"]
    (_, elsewhere), _ = encoded(opened, contact(1, 0.5).model_copy(update={"episode": "other"}))
    assert elsewhere.refers == NOTHING


def test_complaints_and_requests_of_one_episode_share_its_slot_and_a_response_has_its_own() -> None:
    said = (
        failure(0, 0.5),
        touchpoint(1, "complaint_voiced", episode="e"),
        touchpoint(2, "request_made", episode="e"),
        touchpoint(3, "response_failed", manner="delayed", episode="e"),
        touchpoint(4, "recovery_step_taken", step="help", episode="e"),
    )
    records, _ = encoded(*said)
    assert [(one.episode, one.refers) for one in records] == [(0, NOTHING), (0, 0), (0, 0), (1, 0), (NOTHING, 0)]


def test_every_promise_has_a_slot_of_its_own_and_its_delivery_names_the_promise() -> None:
    records, _ = encoded(
        touchpoint(0, "promise_made", promise="p", due=at_day(2)),
        touchpoint(1, "promise_made", promise="p", due=at_day(4)),
        touchpoint(2, "delivery", promise="p", delivered=0.5),
        touchpoint(3, "promise_made", promise="q"),
    )
    assert [one.subject for one in records] == [0, 0, 0, 1]
    assert len({one.episode for one in records}) == 4
    assert [one.due for one in records] == [to_microseconds(at_day(2)), to_microseconds(at_day(4)), NEVER, NEVER]


def test_no_date_that_can_be_written_is_after_never() -> None:
    assert to_microseconds(datetime.max.replace(tzinfo=UTC)) < NEVER
