"""A named tuple behind a pointer, for compiled code: handed from function to function as one address, and not field by field.

The fold hands a rule set's state, which is a window on each of its lists, to every function of the rules: by value that is two words
for each list at each call. Its fields are read as those of the tuple are. `pointed` puts it into the frame of the function that calls it,
so that the pointer is good until that function returns.
"""

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, intrinsic, lower_getattr_generic, models, register_model


class Pointer(types.Type):
    """The type of a pointer to a named tuple of one type."""

    def __init__(self, whole: Any) -> None:
        self.whole = whole
        super().__init__(name=f"Pointer({whole})")


@register_model(Pointer)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, ir.PointerType(manager.lookup(kind.whole).get_value_type()))


def _pointed(_: Any, whole: Any) -> Any:
    def make(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        place = cgutils.alloca_once(builder, arguments[0].type)
        builder.store(arguments[0], place)
        return place

    return Pointer(whole)(whole), make


def _refilled(_: Any, pointer: Any, whole: Any) -> Any:
    def make(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        builder.store(arguments[1], arguments[0])
        return arguments[0]

    return pointer(pointer, whole), make


pointed = cast(Callable[[Any], Any], intrinsic(_pointed))
"""A pointer to a named tuple, which from now on lies in the frame of the function that calls this."""
refilled = cast(Callable[[Any, Any], Any], intrinsic(_refilled))
"""The pointer, after another tuple of the same type was put in the place of what it points to."""


@infer_getattr
class _Fields(AttributeTemplate):
    key = Pointer

    def generic_resolve(self, pointer: Any, name: str) -> Any:  # type: ignore[override]
        fields = pointer.whole.fields
        return pointer.whole.types[fields.index(name)] if name in fields else None


@lower_getattr_generic(Pointer)
def _field(_: Any, builder: Any, kind: Any, pointer: Any, name: str) -> Any:
    return builder.load(cgutils.gep_inbounds(builder, pointer, 0, kind.whole.fields.index(name)))
