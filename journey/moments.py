"""`Moment`, the type of a fact's times: given as a datetime or as text, read as a datetime.

Pydantic sees a datetime that it validates. Type checkers see a descriptor, since only a descriptor may take more than it gives: its
setter is what a constructor accepts, its getter what a fact holds. Nobody can call the setter, since facts are frozen.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Never, dataclass_transform

from pydantic import BeforeValidator, Field, PlainSerializer

from journey.json_shapes import Time
from journey.times import utc

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass

    class Moment:
        """An instant: an aware datetime or ISO 8601 text with an offset, kept in UTC to the microsecond."""

        def __get__(self, fact: object, of: type) -> datetime: ...
        def __set__(self, fact: Never, value: datetime | str) -> None: ...

    class MaybeMoment:
        """As `Moment`, or None."""

        def __get__(self, fact: object, of: type) -> datetime | None: ...
        def __set__(self, fact: Never, value: datetime | str | None) -> None: ...

    # mypy, and pydantic's plugin for it, let frozen models inherit a descriptor as what its setter takes. They leave alone what a class
    # holds that names its metaclass and is not a model.
    @dataclass_transform(kw_only_default=True, field_specifiers=(Field,))
    class _OfFacts(ModelMetaclass):
        def __hash__(self) -> int: ...  # which pyright takes from whatever inherits from this metaclass

    class Occurring(metaclass=_OfFacts):
        """Whatever has an `occurred_at`."""

        occurred_at: Moment

else:
    Moment = Annotated[datetime, BeforeValidator(utc), PlainSerializer(datetime.isoformat, return_type=Time, when_used="json")]
    MaybeMoment = Moment | None

    class Occurring:
        """Whatever has an `occurred_at`, for type checkers; models declare it in its place among their fields."""
