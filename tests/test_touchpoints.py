"""Touchpoints: what is accepted, what is refused, and in which words."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from journey import (
    KINDS,
    Fact,
    FailureOccurred,
    Interaction,
    InvalidTouchpoint,
    RelationshipOpened,
    Touchpoint,
    UnknownKind,
    read_fact,
    read_json,
    read_touchpoint,
)
from journey.testing import START, histories
from journey.testing.strategies import qualities
from journey.times import beginning, from_microseconds, moment, to_microseconds
from journey.touchpoints import Origin, fields_of

GOOD: dict[str, Any] = {"kind": "interaction", "id": "a", "relationship": "r", "occurred_at": "2024-03-01T09:30:00+01:00"}


JUNK = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.integers(), max_size=1)


@given(st.data(), histories().filter(bool))
def test_json_in_bytes_is_read_as_its_fields_are(data: st.DataObject, touchpoints: list[Touchpoint]) -> None:
    """It is validated without being taken apart; what is accepted, as what, and every word of a refusal are the same."""
    fields = fields_of(data.draw(st.sampled_from(touchpoints)))
    fields |= data.draw(st.dictionaries(st.sampled_from([*fields, "certainty", "sequence", "recognised", "unheard_of"]), JUNK, max_size=2))
    text = json.dumps(fields, ensure_ascii=data.draw(st.booleans())).encode("utf-8", "surrogatepass")

    def outcome(read: Callable[[], Fact]) -> object:
        try:
            return read()
        except InvalidTouchpoint as error:
            return type(error), error.problems, error.mend

    assert outcome(lambda: read_json(text)) == outcome(lambda: read_fact(json.loads(text)))


@pytest.mark.parametrize("note", ['"kind": "note_added"', '{"kind":"unheard_of"}'])
def test_a_kind_that_stands_in_a_text_is_not_taken_for_the_touchpoints(note: str) -> None:
    for fields in ({"note": note, **GOOD}, {**GOOD, "note": note}, {"correlation_id": "kind", **GOOD}):
        assert read_json(json.dumps(fields).encode()) == read_touchpoint(fields)
    with pytest.raises(InvalidTouchpoint, match=r"^fields"):
        read_json(json.dumps({"fields": {"kind": "note_added"}, **GOOD}).encode())


@given(histories())
def test_fields_and_back_is_the_same_touchpoint(touchpoints: list[Touchpoint]) -> None:
    assert [read_touchpoint(fields_of(touchpoint)) for touchpoint in touchpoints] == touchpoints


@given(histories(max_size=4))
def test_the_union_reads_every_kind(touchpoints: list[Touchpoint]) -> None:
    adapter: TypeAdapter[Touchpoint] = TypeAdapter(Touchpoint)
    assert [adapter.validate_python(fields_of(touchpoint)) for touchpoint in touchpoints] == touchpoints


def test_kinds_are_the_class_names_in_snake_case() -> None:
    for kind, model in KINDS.items():
        assert "".join(part.title() for part in kind.split("_")) == model.__name__


def test_times_are_kept_in_utc() -> None:
    assert read_touchpoint(GOOD).occurred_at == datetime(2024, 3, 1, 8, 30, tzinfo=UTC)
    assert read_touchpoint(GOOD).occurred_at.tzinfo is UTC
    rome = timezone(timedelta(hours=1))
    assert Interaction(id="a", relationship="r", occurred_at=datetime(2024, 3, 1, 9, 30, tzinfo=rome)) == read_touchpoint(GOOD)


@given(st.datetimes(timezones=st.just(UTC)))
def test_microseconds_and_back_is_the_same_instant(instant: datetime) -> None:
    assert from_microseconds(to_microseconds(instant)) == instant


def test_a_bare_date_bound_is_the_end_of_that_day() -> None:
    assert moment("2024-03-01") == datetime(2024, 3, 1, 23, 59, 59, 999999, tzinfo=UTC)
    assert moment(datetime(2024, 3, 1, tzinfo=UTC).date()) == moment("2024-03-01")
    with pytest.raises(ValueError, match="no UTC offset"):
        moment("2024-03-01T10:00:00")


@given(st.dates())
def test_a_day_lies_in_its_month_and_that_in_its_year(day: date) -> None:
    text = day.isoformat()
    spans = [(beginning(one), moment(one)) for one in (text, text[:7], text[:4])]
    assert all(outer[0] <= inner[0] < inner[1] <= outer[1] for inner, outer in pairwise(spans))
    for first, last in spans:
        assert last.date() == date.max or (last + timedelta(microseconds=1)).time() == first.time() == time.min


def test_an_instant_is_its_own_beginning() -> None:
    assert beginning("2024-03-01T10:00:00+01:00") == moment("2024-03-01T10:00:00+01:00") == datetime(2024, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2024-13", "2024-00", "0000", "20240", "2024-1", "٢٠٢٤"])
def test_what_is_no_month_or_year_is_quoted_as_typed(text: str) -> None:
    with pytest.raises(ValueError, match=f"`{text}` is not a date or time"):
        moment(text)


@pytest.mark.parametrize("text", ["2024-03-01T10:00", " 2024-03-01 10:00 ", "0001-01-01T00:00+14:00"])
def test_a_time_that_is_wrong_is_quoted_as_typed(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"`{text.strip()}` ")):
        moment(text)


def test_touchpoints_are_immutable() -> None:
    touchpoint: Any = read_touchpoint(GOOD)
    with pytest.raises(ValidationError):
        touchpoint.competence = 1.0


@pytest.mark.parametrize(
    ("changes", "message", "mend"),
    [
        ({"occurred_at": "2024-03-01T09:30:00"}, "occurred_at: `2024-03-01T09:30:00` has no UTC offset", "add one, as in"),
        ({"occurred_at": 1709282400}, "occurred_at: `1709282400` is not a date or time", "ISO 8601 with a UTC offset"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "falls outside the years 1 to 9999 in UTC", "give a time within them"),
        ({"occurred_at": "then; or later"}, "occurred_at: `then; or later` is not a date or time", "write ISO 8601 with a UTC offset"),
        ({"competence": 7}, "competence: must be a number from -1 to 1, got `7`", "give `competence` a number from -1 to 1"),
        ({"competence": float("nan")}, "competence: must be a number from -1 to 1, got `nan`", "give `competence` a number from -1 to 1"),
        ({"competence": "good"}, "competence: must be a number from -1 to 1, got `good`", "give `competence` a number from -1 to 1"),
        ({"certainty": 1.5}, "certainty: must be a number from 0 to 1, got `1.5`", "give `certainty` a number from 0 to 1"),
        ({"competance": 0.5}, "competance: `interaction` has no such field", "did you mean `competence`?"),
        ({"by": "supplier"}, "by: `supplier` is not allowed", "`by` is one of `organisation` or `customer`"),
        ({"id": ""}, "id: `` is not an identifier", "1 to 200 characters"),
        ({"id": "a\nb"}, "id: `a\\nb` is not an identifier", "1 to 200 characters"),
        ({"id": None}, "id: `None` is not text", "give a text"),
        ({"note": "\ud800"}, "note: `\\ud800` is not Unicode text", "decode it from its own encoding"),
        ({"channel": "x" * 10_001}, "is too long", "at most 10000 characters"),
    ],
)
def test_malformed_fields_are_refused_in_words(changes: dict[str, Any], message: str, mend: str) -> None:
    with pytest.raises(InvalidTouchpoint) as refused:
        read_touchpoint({**GOOD, **changes})
    assert message in str(refused.value)
    assert mend in refused.value.mend


@pytest.mark.parametrize(
    ("kind", "mend"),
    [
        ("failure", "did you mean `failure_occurred` or `failure_noticed`?"),
        ("Representative", "did you mean `representative_assigned` or `representative_left`?"),
        ("relationship", "did you mean `relationship_opened`, `relationship_ended` or `relationship_resumed`?"),
        ("purchase", "did you mean `purchase_made`?"),
        ("request_mad", "did you mean `request_made`?"),
        ("introduction", "did you mean `introduction_made`?"),
    ],
)
def test_kinds_that_begin_as_was_written_are_offered(kind: str, mend: str) -> None:
    with pytest.raises(UnknownKind) as refused:
        read_touchpoint({**GOOD, "kind": kind})
    assert refused.value.mend == mend


OPENED = {**GOOD, "kind": "relationship_opened"}
NUMBERS = "a number from -1000000000000000 to 1000000000000000"


@pytest.mark.parametrize(
    ("fields", "message", "mend"),
    [
        (
            {**OPENED, "origin": "referral", "strength": -0.5},
            "strength: must be a number from 0 to 1 for the origin `referral`, got `-0.5`",
            "give `strength` a number from 0 to 1, or the origin `reputation` for a bad name",
        ),
        ({**OPENED, "strength": -0.5}, "for the origin `stranger`, got `-0.5`", "or the origin `reputation` for a bad name"),
        ({**OPENED, "origin": "luck", "strength": -0.5}, "origin: `luck` is not allowed", "`origin` is one of `stranger`"),
        ({**OPENED, "origin": "reputation", "strength": -2}, "strength: must be a number from -1 to 1, got `-2`", "from -1 to 1"),
        ({**GOOD, "kind": "purchase_made", "currency": "euro"}, "currency: `euro` is not a currency", "three capital letters, such as EUR"),
        ({**GOOD, "kind": "purchase_made", "currency": "€"}, "currency: `€` is not a currency", "three capital letters, such as EUR"),
        ({**GOOD, "kind": "purchase_made", "amount": "1.234,5"}, f"amount: must be {NUMBERS}, got `1.234,5`", f"give `amount` {NUMBERS}"),
        ({**GOOD, "kind": "failure_noticed"}, "episode: is missing", "`failure_noticed` needs `episode`"),
        ({**GOOD, "kind": "introduction_made"}, "representative: is missing", "`introduction_made` needs `representative`"),
        ({**GOOD, "kind": "request_made", "due": "tomorrow"}, "due: `tomorrow` is not a date or time", "ISO 8601 with a UTC offset"),
        ({**GOOD, "kind": "failure_occurred", "cause": "us"}, "cause: `us` is not allowed", "`organisation`, `supplier`, `customer` or"),
    ],
)
def test_what_a_kind_does_not_take_is_refused_in_words(fields: dict[str, Any], message: str, mend: str) -> None:
    with pytest.raises(InvalidTouchpoint) as refused:
        read_touchpoint(fields)
    assert len(refused.value.problems) == 1
    assert message in str(refused.value)
    assert mend in refused.value.mend


@given(st.sampled_from(get_args(Origin)), qualities)
def test_a_strength_below_0_is_that_of_a_bad_name(origin: str, strength: float) -> None:
    fields = {**OPENED, "origin": origin, "strength": strength}
    if strength >= 0 or origin == "reputation":
        assert fields_of(read_touchpoint(fields))["strength"] == strength
    else:
        with pytest.raises(InvalidTouchpoint, match="strength"):
            read_touchpoint(fields)


def test_the_json_schema_of_an_opening_takes_the_same_strengths() -> None:
    validator = pytest.importorskip("jsonschema")
    schema = RelationshipOpened.model_json_schema()
    for name in ("id", "relationship", "contact", "episode", "actor", "representative", "topic", "customer", "organisation"):
        del schema["properties"][name]  # whose patterns are of ECMAScript, which Python does not read
    schema |= {"required": [], "additionalProperties": True}
    for fields in ({"origin": "reputation", "strength": -0.5}, {"strength": 0.5}, {"origin": "referral"}, {}):
        validator.validate(fields, schema)
    for fields in ({"strength": -0.5}, {"origin": "referral", "strength": -0.5}, {"origin": "reputation", "strength": -1.5}):
        with pytest.raises(validator.ValidationError):
            validator.validate(fields, schema)


@pytest.mark.parametrize("fields", [{}, {"amount": 12.5}, {"currency": "CHF"}, {"amount": -3, "currency": "EUR"}, {"amount": "12.50"}])
def test_an_amount_and_its_currency_may_each_be_missing(fields: dict[str, Any]) -> None:
    assert read_touchpoint({**GOOD, "kind": "purchase_made", **fields}).by == "customer"


@given(st.datetimes())
@example(datetime.min)  # noqa: DTZ901 - the point of it
@example(datetime.max)  # noqa: DTZ901
@example(datetime(1, 1, 1, 1))  # noqa: DTZ001
def test_a_time_with_the_offset_that_the_mend_adds_is_taken(time: datetime) -> None:
    with pytest.raises(InvalidTouchpoint) as refused:
        read_touchpoint({**GOOD, "occurred_at": time.isoformat()})
    offered = refused.value.mend.split("`")[1::2]
    assert offered
    for one in offered:
        assert read_touchpoint({**GOOD, "occurred_at": one}).occurred_at.tzinfo is UTC


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InvalidTouchpoint) as refused:
        read_touchpoint({"kind": "failure_occurred", "severity": 2, "breach": "luck"})
    assert {field for field, _ in refused.value.problems} == {"id", "relationship", "occurred_at", "severity", "breach"}


@pytest.mark.parametrize("kind", ["failure", "", 3, None, "FailureOccurred"])
def test_unknown_kinds_are_refused(kind: object) -> None:
    with pytest.raises(UnknownKind) as refused:
        read_touchpoint({**GOOD, "kind": kind})
    assert refused.value.mend


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "3", '{"kind": }', "[" * 100_000])
def test_what_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(InvalidTouchpoint):
        read_json(text)


def test_a_missing_severity_is_the_declared_default() -> None:
    assert FailureOccurred(id="f", relationship="r", occurred_at=START).severity == 0.5


@pytest.mark.parametrize("id", [" ", "\u009b31mx", "a\u202eb", "a\u200bb", "\u2003"])
def test_identifiers_cannot_hide_or_steer(id: str) -> None:
    with pytest.raises(InvalidTouchpoint, match="is not an identifier"):
        read_touchpoint({**GOOD, "id": id})


@pytest.mark.parametrize("id", ["m@bank", "Zoë Ünal", "客户-1", "a b", "x" * 200, "🙂"])
def test_identifiers_may_be_in_any_script(id: str) -> None:
    assert read_touchpoint({**GOOD, "id": id}).id == id


def test_true_is_no_number() -> None:
    with pytest.raises(InvalidTouchpoint, match="`true` is not a number"):
        read_touchpoint({**GOOD, "competence": True})
