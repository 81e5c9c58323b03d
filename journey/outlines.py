"""Checks a stored payload without building its pydantic model, ten times faster. Sorting and rules need no more.

INVARIANT (outlined as modelled): the model of a kind reads every payload that has an outline, to the same values. Where it might not,
there is no outline.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Union, cast, get_args, get_origin

import msgspec
from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from journey.moments import Moment
from journey.times import utc
from journey.touchpoints import (
    CURRENCY_PATTERN,
    PERSONAL_FIELDS,
    Amount,
    Currency,
    Identifier,
    Level,
    RelationshipOpened,
    Share,
    Strength,
    Text,
    Touchpoint,
    fits_origin,
)

_IN_COLUMNS = ("kind", "id", "relationship", "occurred_at", *PERSONAL_FIELDS)
_BOUNDS = {Ge: "ge", Le: "le", MinLen: "min_length", MaxLen: "max_length"}
_CURRENCY = msgspec.Meta(pattern=CURRENCY_PATTERN)


class Outline(msgspec.Struct, gc=False, kw_only=True, forbid_unknown_fields=True, rename={"id": "\x7fid", "relationship": "\x7fof"}):
    """A touchpoint's `kind` and fields, without texts about people; every kind has an outline of its own.

    Its id and its relationship are not part of a payload: they are renamed to what no outlined payload can contain.
    """

    kind: ClassVar[str]
    id: str = ""
    relationship: str = ""
    if TYPE_CHECKING:
        sequence: int
        by: str
        certainty: float
        contact: str | None
        representative: str | None
        episode: str | None
        topic: str | None


def outline(model: type[Touchpoint], id: str, relationship: str, payload: str) -> Outline | None:
    """The outline of a touchpoint stored under today's schema of its kind; None where only the model can decide whether it is valid."""
    if not (_is_plain(payload) and _is_name(id) and _is_name(relationship)):
        return None
    try:
        decoded = _decoder(model).decode(payload)
    except msgspec.DecodeError:
        return None
    decoded.id = id
    decoded.relationship = relationship
    return decoded


def _is_plain(payload: str) -> bool:
    """Whether no text in this JSON has a character that an identifier must not have, none is blank, and nothing is written as `\\…`.

    Of what is ASCII, JSON itself refuses all that controls but one.
    """
    if not isinstance(payload, str):
        return False
    is_visible = "\x7f" not in payload if payload.isascii() else payload.isprintable()
    return is_visible and "\\" not in payload and '" ' not in payload


def _is_name(name: str) -> bool:
    return isinstance(name, str) and 0 < len(name) <= _LONGEST and name.isprintable() and not name.isspace()


@lru_cache(maxsize=256)
def _decoder(model: type[Touchpoint]) -> "msgspec.json.Decoder[Outline]":
    """Reads payloads of a kind."""
    return msgspec.json.Decoder(_outline_of(model))


@lru_cache(maxsize=256)
def _outline_of(model: type[BaseModel]) -> type[Outline]:
    """The outline of a kind, or of what kinds share: it inherits as the models do."""
    if model is BaseModel:
        return Outline
    own_fields = {
        name: model.model_fields[name] for name in model.__annotations__ if name in model.model_fields and name not in _IN_COLUMNS
    }
    types = {name: _strict(field.annotation, field.metadata) for name, field in own_fields.items()}
    fields = [(name, types[name]) if field.is_required() else (name, types[name], field.default) for name, field in own_fields.items()]
    own: dict[str, Any] = {"kind": model.model_fields["kind"].default} if "kind" in model.model_fields else {}
    if moments := [name for name, field in own_fields.items() if _is_moment(field.annotation)]:
        own["__post_init__"] = _reading(moments)
    if model is RelationshipOpened:
        own["__post_init__"] = _fits_origin
    parent = _outline_of(cast(type[BaseModel], model.__base__))
    return cast(type[Outline], msgspec.defstruct(model.__name__, fields, bases=(parent,), namespace=own, kw_only=True))


def _strict(annotation: Any, rules: Sequence[Any] = ()) -> Any:
    """A type whose values the field surely accepts. Raises TypeError where that is not known."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _strict(parts[0], _rules(annotation))
    if origin in (Union, UnionType):
        return Union[tuple(_strict(part) for part in parts)]  # noqa: UP007
    is_supported = origin is Literal or annotation in (str, bool, int, float, datetime, type(None))
    if not is_supported or any(type(rule) not in _BOUNDS and rule not in _CHECKED for rule in rules):
        raise TypeError(f"no outline has a field of {annotation} with {[*rules]}; teach `_strict` in `journey.outlines` to check it")
    bounds = {_BOUNDS[type(rule)]: getattr(rule, _BOUNDS[type(rule)]) for rule in rules if type(rule) in _BOUNDS}
    decoded_type = str if annotation is datetime else annotation  # `_reading` reads times
    if rules and [*rules] == _rules(Currency):
        return Annotated[str, _CURRENCY]
    return Annotated[decoded_type, msgspec.Meta(**bounds)] if bounds else decoded_type


def _rules(annotated: Any) -> list[Any]:
    """The rules that pydantic applies to a type."""
    return [one for rule in get_args(annotated)[1:] for one in (rule.metadata if isinstance(rule, FieldInfo) else [rule])]


_LONGEST = next(rule.max_length for rule in _rules(Identifier) if isinstance(rule, MaxLen))
_CHECKED = [rule for kind in (Identifier, Text, Moment, Strength, Level, Share, Amount, Currency) for rule in _rules(kind)]
"""The rules of these types hold: `_is_plain` checks those of texts, `_reading` those of times, msgspec those of numbers and currencies,
`_fits_origin` that of a strength."""


def _is_moment(annotation: Any) -> bool:
    return annotation is datetime or any(map(_is_moment, get_args(annotation)))


def _fits_origin(decoded: Outline) -> None:
    """As the model of an opening; its ValueError is then one of decoding."""
    opened = cast(RelationshipOpened, decoded)
    fits_origin(opened.strength, opened.origin)


def _reading(moments: Iterable[str]) -> Callable[[Outline], None]:
    """Reads times as the models do; a ValueError is then one of decoding."""

    def read(decoded: Outline) -> None:
        for name in moments:
            value = getattr(decoded, name)
            if value is not None:
                setattr(decoded, name, utc(value))

    return read
