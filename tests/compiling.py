"""Rule functions as a compiler sees them: the same source under numba, its records numpy records."""

import dis
from collections import namedtuple
from collections.abc import Callable
from dataclasses import fields
from types import FunctionType
from typing import Any

import numpy as np
from numba import njit

from journey_projections.encoding import Encoded
from journey_projections.goodwill import GoodwillParameters, rules
from journey_projections.goodwill.state import Episode, Party, Promise, Relationship, Side, Topic

PACKAGE = "journey_projections.goodwill"
Arrays = namedtuple("Arrays", "relationship sides parties episodes promises topics")  # noqa: PYI024 - numba reads its fields


def dtype_of(record: type[Any]) -> np.dtype[Any]:
    """The numpy record of a slotted dataclass of ints and floats."""
    return np.dtype([(field.name, np.int64 if field.type in (int, "int") else np.float64) for field in fields(record)])


def as_array(records: list[Any], record: type[Any]) -> np.ndarray[Any, Any]:
    """Slotted objects as a record array (never empty, so that its type is known)."""
    names = [field.name for field in fields(record)]
    rows = [tuple(getattr(one, name) for name in names) for one in records or [record()]]
    return np.array(rows, dtype=dtype_of(record))


def arrays(state: Any) -> Arrays:
    """A fresh interpreted state as compiled records."""
    kinds = (Relationship, Side, Party, Episode, Promise, Topic)
    return Arrays(*(as_array(records, kind) for records, kind in zip(state, kinds, strict=True)))


def compiled(function: FunctionType, done: dict[FunctionType, Callable[..., Any]]) -> Callable[..., Any]:
    """The function and every rule function that it calls, compiled from the same code."""
    if function not in done:
        names = dict(function.__globals__)
        for name in {one.argval for one in dis.get_instructions(function) if one.opname == "LOAD_GLOBAL"}:
            value = names.get(name)
            if isinstance(value, FunctionType) and value.__module__.startswith(PACKAGE):
                names[name] = compiled(value, done)
        twin = FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
        done[function] = njit(twin)
    return done[function]


def compiled_rules() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """`apply` and the trust of the relationship, compiled together."""
    from journey_projections.goodwill import views

    done: dict[FunctionType, Callable[..., Any]] = {}
    functions = [function for function in (rules.apply, views.trust) if isinstance(function, FunctionType)]
    apply, trust = (compiled(function, done) for function in functions)
    return apply, trust


def parameters_record() -> np.ndarray[Any, Any]:
    """The default parameters as one record."""
    values = GoodwillParameters().model_dump()
    return np.array([tuple(values.values())], dtype=[(name, np.float64) for name in values])


def encoded_record(encoded: Encoded) -> np.ndarray[Any, Any]:
    """One encoded touchpoint as one record."""
    return as_array([encoded], Encoded)
