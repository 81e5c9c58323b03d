"""From plain fields to a touchpoint: validation names every problem and how to fix it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, cast, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from journey.amendments import FACTS, Fact
from journey.errors import InvalidTouchpoint, UnknownKind, did_you_mean, shown
from journey.touchpoints import CURRENCY_PATTERN, KINDS, Touchpoint, UnknownTouchpoint


def read_touchpoint(fields: Mapping[str, Any]) -> Touchpoint:
    """Validate the plain fields of a touchpoint (as in JSON, `kind` among them).

    Raises InvalidTouchpoint with every problem, or UnknownKind.
    """
    return validated(_model(fields, KINDS), fields)


def read_fact(fields: Mapping[str, Any], *, allow_unknown: bool = False) -> Fact:
    """As `read_touchpoint`, for a fact about a touchpoint too; with `allow_unknown`, any other kind is an UnknownTouchpoint."""
    kind = fields.get("kind")
    if allow_unknown and isinstance(kind, str) and kind not in FACTS:
        return unknown_touchpoint(fields, schema_version=1)
    return validated(_model(fields, FACTS), fields)


_KIND = re.compile(rb'"kind"\s*:\s*"(\w+)"')
_MODELS_BY_NAME = {name.encode(): model for name, model in FACTS.items()}


def read_json(text: str | bytes) -> Fact:
    """Read one touchpoint, or another fact, from one JSON object. Raises InvalidTouchpoint."""
    if isinstance(text, bytes) and (match := _KIND.search(text)) and (model := _MODELS_BY_NAME.get(match[1])):
        # Straight from its bytes: no dict is built. If this fails, the code below finds every problem. It may have matched a `kind`
        # somewhere inside the object; then it fails too, since each model takes its own kind alone.
        try:
            fact = cast(Fact, model.__pydantic_validator__.validate_json(text))
            if _gives_once(text, len(fact.__pydantic_fields_set__)):
                return fact
        except ValidationError:
            pass
    return read_fact(object_of(text))


def object_of(text: str | bytes, field: str = "") -> dict[str, Any]:
    """The object in a text of JSON, perhaps that of a field. Raises InvalidTouchpoint, also where one name is given twice."""
    mend = f"give `{field}` one JSON object" if field else "write one JSON object a line"
    try:
        value = json.loads(text, object_pairs_hook=_each_once)
    except _GivenTwice as error:
        wrong = (field, f"`{error}` is given twice") if field else (str(error), "is given twice")
        raise InvalidTouchpoint([wrong], f"give `{error}` once") from None
    except json.JSONDecodeError as error:
        if (unclosed := _unclosed(error)) is not None:
            raise InvalidTouchpoint([(field, unclosed[0])], unclosed[1]) from None
        raise InvalidTouchpoint([(field, f"this is not JSON: {error}")], mend) from None
    except (ValueError, RecursionError) as error:
        raise InvalidTouchpoint([(field, f"this is not JSON: {error}")], mend) from None
    if not isinstance(value, dict):
        raise InvalidTouchpoint([(field, f"a JSON object is needed, not {type(value).__name__}")], mend)
    return value


def _unclosed(error: json.JSONDecodeError) -> tuple[str, str] | None:
    """What is wrong and the mend, if an object in JSON only lacks its end."""
    text = error.doc.strip()
    if not text.startswith("{"):
        return None
    if error.msg.startswith("Unterminated string"):
        return f"this is not JSON: the text that begins at character {error.pos + 1} is not closed", 'close it with `"`'
    if error.pos < len(error.doc.rstrip()):
        return None
    return "this is not JSON: the object is not closed", "close it with `}`; an object that is one of many lines stands on one line"


_BLANK_AND_COLON = re.compile(rb"[\t\r\n]:")


def _gives_once(text: bytes, names: int) -> bool:
    """Whether this JSON surely gives each of its so many names once: it has no more colons that can follow a name."""
    if text.count(b'":') != names or b" :" in text:
        return False
    # Single bytes are found ten times as fast as two; in most lines, a line end is the only one of these blanks.
    has_other_blanks = b"\t" in text or b"\r" in text or text.find(b"\n", 0, -1) >= 0
    return not (has_other_blanks and _BLANK_AND_COLON.search(text))


class _GivenTwice(ValueError):
    """Raised with a name that an object has twice."""


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        raise _GivenTwice(next(name for name in names if names.count(name) > 1))
    return fields


F = TypeVar("F", bound=BaseModel)


def validated(model: type[F], fields: Mapping[str, Any]) -> F:
    """Build `model` from plain fields. Raises InvalidTouchpoint with every problem."""
    try:
        # Pydantic's own validator, without the extra checks of `model_validate`: this is the inner loop of reading and recording.
        return cast(F, model.__pydantic_validator__.validate_python(fields))
    except ValidationError as error:
        faults = [_fault(fault, model) for fault in error.errors()]
    mends = dict.fromkeys(mend for _, _, mend in faults if mend)
    raise InvalidTouchpoint([(field, message) for field, message, _ in faults], "; ".join(mends))


def unknown_touchpoint(fields: Mapping[str, Any], schema_version: int) -> Touchpoint:
    """The shared fields of a touchpoint whose kind or schema is unknown; the rest is its `payload`. Raises InvalidTouchpoint."""
    shared = {name: fields[name] for name in ("kind", "id", "relationship", "occurred_at") if name in fields}
    payload = {name: value for name, value in fields.items() if name not in shared}
    # It has every field that all kinds share, so it can stand wherever a touchpoint can.
    model = cast(type[Touchpoint], UnknownTouchpoint)
    return validated(model, {**shared, "schema_version": schema_version, "payload": payload})


_MODELS = frozenset(FACTS.values())


def recordable(fact: Fact | dict[str, Any] | bytes) -> Fact:
    """The fact, after checking that its model allows its values. Raises InvalidTouchpoint.

    Plain fields are read as by `read_fact`, JSON in bytes as by `read_json`.
    """
    if isinstance(fact, bytes):
        return read_json(fact)
    return read_fact(fact) if isinstance(fact, dict) else _revalidated(fact)


def _revalidated(touchpoint: F) -> F:
    if type(touchpoint) not in _MODELS:
        raise _unrecordable(touchpoint)
    model, values = type(touchpoint), vars(touchpoint)
    try:
        # Most fields are None. Leaving them out halves the time, and is enough where the result is equal.
        checked = cast(
            F, model.__pydantic_validator__.validate_python({name: value for name, value in values.items() if value is not None})
        )
    except ValidationError:
        return validated(model, values)
    return checked if vars(checked) == values else validated(model, values)


def _unrecordable(touchpoint: object) -> InvalidTouchpoint:
    if isinstance(touchpoint, UnknownTouchpoint):
        return UnknownKind(
            [("kind", f"`{touchpoint.kind}` of schema {touchpoint.schema_version} can be read, not recorded")],
            "upgrade journey to a version that knows it",
        )
    name = type(touchpoint).__name__
    return InvalidTouchpoint([("", f"a touchpoint is needed, not {name}")], "give touchpoints one by one, as in record(*touchpoints)")


def _model(fields: Mapping[str, Any], models: Mapping[str, type[F]]) -> type[F]:
    """The model of the kind that the fields name."""
    kind = fields.get("kind")
    if kind is None:
        raise UnknownKind([("kind", "is missing")], f"give one of {', '.join(f'`{known}`' for known in models)}")
    model = models.get(kind) if isinstance(kind, str) else None
    if model is None:
        raise UnknownKind(
            [("kind", f"{shown(kind)} is not a kind of touchpoint")],
            did_you_mean(str(kind), models) or f"the kinds are {', '.join(f'`{known}`' for known in models)}",
        )
    return model


def _fault(fault: ErrorDetails, model: type[BaseModel]) -> tuple[str, str, str]:
    """One of pydantic's findings as (field, message, mend)."""
    field = ".".join(str(part) for part in fault["loc"])
    value, context = fault["input"], fault.get("ctx", {})
    kind = model.model_fields["kind"].default
    match fault["type"]:
        case "missing":
            return field, "is missing", f"`{kind}` needs `{field}`"
        case "extra_forbidden":
            own = ", ".join(f"`{name}`" for name in model.model_fields)
            return field, f"`{kind}` has no such field", did_you_mean(field, model.model_fields) or f"its fields are {own}"
        case "literal_error":
            return field, f"{shown(value)} is not allowed", f"`{field}` is one of {context['expected']}".replace("'", "`")
        case "greater_than_equal" | "less_than_equal" | "finite_number" | "float_type" | "float_parsing":
            numbers = _range(model, field)
            return field, f"must be {numbers}, got {shown(value)}", f"give `{field}` {numbers}"
        case "string_type":
            return field, f"{shown(value)} is not text", "give a text" if value is None else "quote it; in SQL, cast it to VARCHAR"
        case "value_error":
            message, _, mend = str(context["error"]).rpartition("; ")
            return field, message or mend, mend if message else ""
        case "string_unicode":
            return (
                field,
                f"{shown(value)} is not Unicode text",
                "decode it from its own encoding; `journey import` takes --encoding, such as cp1252",
            )
        case "string_too_long":
            return field, f"{shown(value)} is too long", f"use at most {context['max_length']} characters"
        case "string_pattern_mismatch" if context["pattern"] == CURRENCY_PATTERN:
            return field, f"{shown(value)} is not a currency", "use its three capital letters, such as EUR"
        case "string_pattern_mismatch" | "string_too_short":
            return field, f"{shown(value)} is not an identifier", "use 1 to 200 characters, not all blank, without control characters"
        case "bool_type" | "bool_parsing":
            return field, f"{shown(value)} is neither true nor false", f"give `{field}` true or false"
        case "int_type" | "int_parsing" | "int_from_float" | "int_parsing_size":
            return field, f"{shown(value)} is not a whole number", f"give `{field}` a whole number"
        case "dict_type" | "too_short":
            return field, f"{shown(value)} is not an object with fields", f"give `{field}` the fields and their values"
        case _:
            return field, f"{shown(value)}: {fault['msg'][0].lower()}{fault['msg'][1:]}", ""


def _range(model: type[BaseModel], field: str) -> str:
    """The numbers that a field may hold, in words."""
    bounds = dict(_bounds(model.model_fields[field]))
    return f"a number from {bounds['ge']} to {bounds['le']}" if len(bounds) == 2 else "a number"


def _bounds(annotated: Any) -> Iterator[tuple[str, float]]:
    """The bounds of a number, found through whatever wraps it: a field, `Annotated`, `| None`."""
    for rule in getattr(annotated, "metadata", getattr(annotated, "__metadata__", ())):
        yield from ((name, getattr(rule, name)) for name in ("ge", "le") if hasattr(rule, name))
        yield from _bounds(rule)
    for part in (getattr(annotated, "annotation", None), *get_args(annotated)):
        if part is not None and not isinstance(part, type):
            yield from _bounds(part)
