"""A recorded touchpoint: the fact, and what the journal knows about it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic

from typing_extensions import TypeVar

from journey.amendments import Fact
from journey.json_shapes import RecordShape, served_as
from journey.times import to_microseconds
from journey.touchpoints import Touchpoint, fields_of

F = TypeVar("F", bound=Fact, default=Touchpoint, covariant=True)


@served_as(RecordShape)
@dataclass(frozen=True, slots=True)
class Recorded(Generic[F]):
    """A touchpoint, or another fact, with what the journal knows of it.

    `recorded_at` is when the journal took it (UTC); `position` its place in the journal, None outside of one;
    `corrected_by` the ids of the corrections that `touchpoint` includes, in their order. `withheld` is True if it has texts
    about people that cannot be read, since their key was destroyed or is kept elsewhere.

    A journal reads only the outline of a touchpoint. `touchpoint` is built, and its texts are decrypted, on first access; this
    raises DamagedJournal if the texts were changed.
    """

    touchpoint: F
    recorded_at: datetime
    position: int | None = None
    corrected_by: tuple[str, ...] = ()
    withheld: bool = False
    outline: "F | Any" = field(init=False, compare=False, repr=False)
    """What has the touchpoint's `kind` and fields, but for the texts about people and `occurred_at`: the touchpoint, or an `Outline`."""
    at: int = field(init=False, compare=False, repr=False)
    """When it happened, in µs since 1970 UTC."""
    _row: Any = field(init=False, compare=False, repr=False)
    _read: "Callable[[Any], Recorded[Fact]]" = field(init=False, compare=False, repr=False)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Compute an attribute on first access; the others are set already."""
            match name:
                case "touchpoint" | "withheld":
                    record = object.__getattribute__(self, "_read")(object.__getattribute__(self, "_row"))
                    object.__setattr__(self, "touchpoint", record.touchpoint)
                    object.__setattr__(self, "withheld", record.withheld)
                case "outline":
                    object.__setattr__(self, "outline", self.touchpoint)
                case "at":
                    object.__setattr__(self, "at", to_microseconds(self.touchpoint.occurred_at))
            return object.__getattribute__(self, name)

        def __class_getitem__(cls, fact: Any) -> "type[Recorded]":
            """Whatever the fact, pydantic meets one class; it would take a parametrised one for any dataclass."""
            return cls

    def to_dict(self) -> RecordShape:
        """Plain data, as `journey history` writes it in JSON: the fact's fields, `position`, `recorded_at`.

        `corrected_by` is there where it was corrected, `withheld` where texts about people cannot be read.
        """
        corrected = {"corrected_by": list(self.corrected_by)} if self.corrected_by else {}
        withheld = {"withheld": True} if self.withheld else {}
        fields = {**fields_of(self.touchpoint), "position": self.position, "recorded_at": self.recorded_at.isoformat()}
        return {**fields, **corrected, **withheld}

    def __reduce__(self) -> tuple[Any, ...]:
        """What the journal knows, decrypted, without the journal."""
        return type(self), (self.touchpoint, self.recorded_at, self.position, self.corrected_by, self.withheld)


R = TypeVar("R")


def outlined(outline: Any, at: int, recorded_at: datetime, position: int, read: Callable[[R], Recorded[Fact]], row: R) -> Recorded[Fact]:
    """A record with only its outline; `read` builds the rest from the stored `row`."""
    record: Recorded[Fact] = _new(Recorded)
    _set_outline(record, outline)
    _set_at(record, at)
    _set_recorded_at(record, recorded_at)
    _set_position(record, position)
    _set_corrected_by(record, ())
    _set_read(record, read)
    _set_row(record, row)
    return record


# The slots themselves: to set them one by one through a frozen dataclass takes three times as long, and a history has thousands.
_new = object.__new__
_set_outline, _set_at, _set_recorded_at, _set_position, _set_corrected_by, _set_read, _set_row = (
    getattr(Recorded, name).__set__ for name in ("outline", "at", "recorded_at", "position", "corrected_by", "_read", "_row")
)
