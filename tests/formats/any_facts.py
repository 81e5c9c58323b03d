"""Facts of every kind with whatever their fields may hold: texts, tiny numbers, the first and the last year."""

import json
from datetime import UTC, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st

from journey.amendments import FACTS, Fact
from journey.records import Recorded
from journey.touchpoints import fields_of

_TEXTS = {"channel", "source", "correlation_id", "causation_id", "note", "role", "reason"}
_QUALITIES = {"competence", "benevolence", "integrity", "valence"}
_CURRENCIES = ("EUR", "CHF", "JPY", "NAN")

instants = st.one_of(
    st.datetimes(timezones=st.just(UTC)).map(lambda instant: instant.replace(fold=0)),
    st.sampled_from([datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)]),
)
"""Any instant, to the microsecond."""
texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.sampled_from(["", "urn:crm:1", "/crm?a=b#c", "a b", "1:2", "journey", "\n", "100 %"]),
)
"""Any text, some of which is a URI reference."""
# What this Python's Unicode has not assigned may be a control to a newer one's.
identifiers = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Cn"]), min_size=1, max_size=20).filter(str.strip),
    st.sampled_from(["a", "m@x", "ü 1", "null", "0012"]),
)
"""Any name that a source may give."""
levels = st.one_of(st.floats(0, 1), st.sampled_from([0.0, -0.0, 5e-324, 0.1, 1.0]))
"""Any severity, level or size, some with a sign on their zero, some too small to be halved."""
amounts = st.one_of(st.floats(-(10**15), 10**15), st.sampled_from([0.0, -0.0, 0.1, 19.99, -40.0, 1e15, 5e-324]))
"""Any amount of money."""
plain_values = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts)
"""What a correction may give for a field."""


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    """A fact of any kind."""
    model = FACTS[draw(_KINDS)]
    fields = {name: draw(values) for name, values in _fields(model).items()}
    if fields.get("origin") == "reputation" and draw(st.booleans()):
        fields["strength"] = -fields["strength"]
    return model.model_validate({name: value for name, value in fields.items() if value is not None})


@st.composite
def records(draw: st.DrawFn) -> Recorded[Fact]:
    """A fact of any kind, as a journal or a history outside of one knows it."""
    return Recorded(draw(facts()), draw(instants), draw(st.one_of(st.none(), st.integers(1, 2**53))))


def exactly(fact: Fact) -> str:
    """All that a fact says, also the sign of a zero and whether a number is whole."""
    return json.dumps(fields_of(fact), sort_keys=True)


_KINDS = st.sampled_from(sorted(FACTS))


@cache
def _fields(model: type[Fact]) -> dict[str, st.SearchStrategy[Any]]:
    """What each field may hold; made once, because hypothesis looks through each new strategy before it draws from it."""
    return {name: _values(name, field.annotation) for name, field in model.model_fields.items() if name != "kind"}


def _values(name: str, annotation: Any) -> st.SearchStrategy[Any]:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return st.one_of(st.none(), *(_values(name, part) for part in parts if part is not NoneType))
    if origin is Annotated:
        return _values(name, parts[0])
    if origin is Literal:
        return st.sampled_from(parts)
    if origin is dict:
        return st.dictionaries(identifiers, plain_values, min_size=1, max_size=3)
    if name == "currency":
        return st.sampled_from(_CURRENCIES)
    if name == "amount":
        return amounts
    if annotation is float:
        return st.one_of(levels, levels.map(lambda level: -level)) if name in _QUALITIES else levels
    if annotation is str:
        return texts if name in _TEXTS else identifiers
    return {bool: st.booleans(), int: st.integers(1, 2**53), datetime: instants}[annotation]
