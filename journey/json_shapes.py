"""The JSON shapes of the journal's results, as `to_dict` gives them and the command line writes them: names and nesting are contracts.

A recorded fact has its kind's own fields and `position` and `recorded_at`, so that its shape is any object.
"""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from typing_extensions import TypedDict

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""ISO 8601 with an offset."""
RecordShape = dict[str, Any]


class ReceiptShape(TypedDict):
    """The receipt of a recorded fact."""

    id: str
    position: int
    recorded_at: Time


class SummaryShape(TypedDict):
    """A relationship in a list."""

    relationship: str
    touchpoints: int
    first: Time
    last: Time


class HistoryShape(TypedDict):
    """A history under its bounds, null where it has none; a touchpoint has the shape of its record."""

    relationship: str | None
    as_of: Time | None
    known_at: Time | None
    touchpoints: list[RecordShape]


V = TypeVar("V")


def served_as(shape: Any) -> Callable[[type[V]], type[V]]:
    """Let a class with a `to_dict` be a field of pydantic models: its values are taken as they are, and serialised to their shape."""

    def serve(value: type[V]) -> type[V]:
        def check(instance: object, _: object) -> object:
            if isinstance(instance, value):
                return instance
            raise PydanticCustomError("journey_value", "a {name} is needed, which no data can stand for", {"name": value.__name__})

        def schema(_: object, handler: GetCoreSchemaHandler) -> CoreSchema:
            of_shape = handler.generate_schema(shape)
            plain = core_schema.plain_serializer_function_ser_schema(lambda instance: instance.to_dict(), return_schema=of_shape)
            return core_schema.no_info_wrap_validator_function(check, of_shape, serialization=plain)

        value.__get_pydantic_core_schema__ = staticmethod(schema)  # type: ignore[attr-defined]
        return value

    return serve
