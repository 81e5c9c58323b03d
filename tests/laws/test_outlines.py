"""Outlines: whatever is outlined, its kind's model reads too, to the same values and the same numbers for the rules."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any, cast, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import AfterValidator
from short_histories import full

from journey import History, Journal, Touchpoint
from journey.outlines import outline
from journey.stores.codec import decode, encode, fields_of_row
from journey.testing import START, histories
from journey.testing.strategies import qualities
from journey.touchpoints import (
    KINDS,
    PERSONAL_FIELDS,
    FailureOccurred,
    Interaction,
    NoteAdded,
    Origin,
    PromiseMade,
    PurchaseMade,
    RelationshipOpened,
    RequestMade,
)
from journey_projections import replay
from journey_projections.encoding.mentions import mention

_odd_texts = st.sampled_from(
    ("", " ", "  a", "a ", "a\x7f", "a\n", "a\u200b", "\u00a0", "\u3000é", "\ue000", "é", "\\", '"', "yes", "0.5", "x" * 201, "x" * 10_001)
)
_odd_times = st.sampled_from(
    (
        *("2024-01-01", "2024-01-01T00:00:00", "2024-02-30T00:00:00Z", "2024-01-01T00:00:00.9999999Z", "2024-01-01t00:00:00z"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2024-01-01T24:00:00Z", "2024-01-01T00:00:60Z"),
    )
)
_odd = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from((0, 1, -1, 2, 2**53 + 1, 10**400, 0.5, -0.5, -0.0, 1.0, 1.5, 1e-320, 100.5)),
    st.floats(allow_nan=False, allow_infinity=False),
    _odd_texts,
    _odd_times,
    st.just([]),
    st.just({}),
)
_names = st.one_of(st.just("r"), _odd_texts)


@given(histories())
def test_every_touchpoint_that_journey_wrote_is_outlined_as_it_is(touchpoints: list[Touchpoint]) -> None:
    for touchpoint in touchpoints:
        assert_outlined(touchpoint)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_every_kind_is_outlined(kind: str) -> None:
    assert_outlined(full(KINDS[kind]))


def assert_outlined(touchpoint: Touchpoint) -> None:
    row = encode(touchpoint)
    seen = outline(type(touchpoint), row.id, row.relationship, row.payload)
    assert seen is not None
    assert str(mention(seen, row.occurred_at)) == str(mention(touchpoint, row.occurred_at))
    for name in {*type(touchpoint).model_fields} - {"occurred_at", *PERSONAL_FIELDS}:
        assert getattr(seen, name) == getattr(touchpoint, name)


@given(
    st.sampled_from(sorted(KINDS)),
    st.dictionaries(st.integers(0, 30), _odd, min_size=1, max_size=2),
    _names,
    _names,
    st.booleans(),
    st.text(),
)
@example("interaction", {30: "b"}, "a", "r", False, "id")
@example("relationship_opened", {15: -0.5}, "a", "r", False, "")
@example("promise_made", {14: "2024-01-01T00:00:00.9999999Z"}, "a", "r", False, "")
@example("promise_made", {14: "0001-01-01T00:00:00+14:00"}, "a", "r", False, "")
def test_what_is_outlined_its_model_reads_to_the_same_values(
    kind: str, odd: dict[int, Any], id: str, relationship: str, is_ascii: bool, extra: str
) -> None:
    row = encode(full(KINDS[kind]))
    fields = json.loads(row.payload)
    names = [*fields, extra]
    payload = {**fields, **{names[min(place, len(fields))]: value for place, value in odd.items()}}
    row = row._replace(id=id, relationship=relationship, payload=json.dumps(payload, ensure_ascii=is_ascii), personal=None)
    seen = outline(KINDS[kind], id, relationship, row.payload)
    if seen is not None:
        read = KINDS[kind].model_validate(fields_of_row(row))
        assert str(mention(seen, row.occurred_at)) == str(mention(read, row.occurred_at))
        for name in {*KINDS[kind].model_fields} - {"occurred_at", *PERSONAL_FIELDS}:
            assert getattr(seen, name) == getattr(read, name)


@given(histories())
def test_a_history_that_was_read_is_the_one_that_was_told(touchpoints: list[Touchpoint]) -> None:
    with Journal.open("memory:", now=lambda: datetime(2030, 1, 1, tzinfo=UTC)) as journal:
        journal.record(*touchpoints)
        if not touchpoints:
            return
        read, expected = journal.history(touchpoints[0].relationship), History.of(touchpoints)
        assert replay(read) == replay(expected)
        assert replay(read).contributions == replay(expected).contributions
        assert list(read) == list(expected)


def test_an_outline_holds_no_text_about_a_person() -> None:
    failure = FailureOccurred(id="f", relationship="r", occurred_at=START, note="a text")
    record = decode(encode(failure))
    assert "a text" not in repr(record.outline)
    assert record.touchpoint == failure


def test_what_is_written_in_another_notation_is_left_to_the_model() -> None:
    for payload in (
        '{"contact":"a\x01b"}',
        '{"competence":"0.5"}',
        '{"channel":"\\u0041"}',
        '{"channel":" branch"}',
        '{"id":"b"}',
        '{"\x7fid":"b"}',
        "[]",
        "{",
    ):
        assert outline(Interaction, "a", "r", payload) is None
    for payload in ('{"currency":"eur"}', '{"currency":"EURO"}', '{"currency":"EÙR"}', '{"amount":1e16}', '{"amount":"1"}'):
        assert outline(PurchaseMade, "a", "r", payload) is None
    assert outline(RequestMade, "a", "r", '{"due":"2024-01-01T00:00:00"}') is None
    assert outline(PromiseMade, "a", "r", '{"promise":"p","due":"2024-01-01T00:00:00"}') is None


@given(st.sampled_from((None, *get_args(Origin))), qualities)
def test_a_strength_is_outlined_where_it_fits_its_origin(origin: str | None, strength: float) -> None:
    payload = json.dumps({"strength": strength, **({} if origin is None else {"origin": origin})})
    seen = outline(RelationshipOpened, "a", "r", payload)
    assert (seen is not None) == (strength >= 0 or origin == "reputation")
    assert seen is None or cast(RelationshipOpened, seen).strength == strength


class Gauged(NoteAdded, frozen=True):
    gauge: Annotated[float, AfterValidator(abs)] | None = None


def test_a_field_of_which_no_outline_knows_what_it_takes_is_a_mistake_in_the_program() -> None:
    with pytest.raises(TypeError, match=r"`_strict` in `journey\.outlines`"):
        outline(Gauged, "a", "r", "{}")
