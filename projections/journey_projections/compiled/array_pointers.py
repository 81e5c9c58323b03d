"""A window on an array for compiled code: where it starts and how long it is, without reference counts.

Numba counts references to an array at every step, and the fold passes a dozen arrays to every function. A window is
read, written and measured like a list. It keeps nothing alive: the caller that opens it must hold the array. An index is checked only if
the code around it is compiled with `boundscheck`, and a negative one does not count from the end.
"""

import operator
from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, lower_builtin, models, register_model, type_callable


class Window(types.Type):
    """The type of a window on items of one type."""

    def __init__(self, item: Any) -> None:
        self.item = item
        super().__init__(name=f"Window({item})")


@register_model(Window)
class _Model(models.StructModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, [("data", types.voidptr), ("size", types.intp)])


def _window(_: Any, array: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source = context.make_array(signature.args[0])(context, builder, arguments[0])
        made = cgutils.create_struct_proxy(signature.return_type)(context, builder)
        made.data = builder.bitcast(source.data, cgutils.voidptr_t)
        made.size = builder.extract_value(source.shape, 0)
        return made._getvalue()  # noqa: SLF001 - numba's own way

    return Window(array.dtype)(array), make


def _first(_: Any, whole: Any, size: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        made = cgutils.create_struct_proxy(signature.return_type)(context, builder, value=arguments[0])
        made.size = context.cast(builder, arguments[1], signature.args[1], types.intp)
        return made._getvalue()  # noqa: SLF001 - numba's own way

    return whole(whole, size), make


def _fetch(_: Any, whole: Any, index: Any) -> Any:
    def make(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = builder.bitcast(_place(context, builder, signature, arguments), cgutils.voidptr_t)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, cgutils.int32_t, cgutils.int32_t, cgutils.int32_t])
        prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        for_writing, keep, data = (ir.Constant(cgutils.int32_t, number) for number in (1, 3, 1))
        for line in range(0, context.get_abi_sizeof(context.get_data_type(signature.args[0].item)), 64):
            builder.call(prefetch, [builder.gep(place, [ir.Constant(cgutils.intp_t, line)]), for_writing, keep, data])
        return context.get_dummy_value()

    return types.none(whole, index), make


window = cast(Callable[[Any], Any], intrinsic(_window))
"""A window on a whole array of one dimension, without gaps."""
fetch = cast(Callable[[Any, int], None], intrinsic(_fetch))
"""Have the processor bring an item near that is soon written; it need not be there."""
first = cast(Callable[[Any, int], Any], intrinsic(_first))
"""The first so many items of a window."""


@type_callable(len)
def _type_len(_: Any) -> Any:
    return lambda whole: types.intp if isinstance(whole, Window) else None


@lower_builtin(len, Window)
def _len(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return cgutils.create_struct_proxy(signature.args[0])(context, builder, value=arguments[0]).size


@type_callable(operator.getitem)
def _type_getitem(_: Any) -> Any:
    def typed(whole: Any, index: Any) -> Any:
        return whole.item if isinstance(whole, Window) and isinstance(index, types.Integer) else None

    return typed


@lower_builtin(operator.getitem, Window, types.Integer)
def _getitem(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    item = signature.args[0].item
    return context.unpack_value(builder, item, _place(context, builder, signature, arguments))


@type_callable(operator.setitem)
def _type_setitem(_: Any) -> Any:
    def typed(whole: Any, index: Any, value: Any) -> Any:  # noqa: ARG001 - numba reads the names
        return types.none if isinstance(whole, Window) and isinstance(index, types.Integer) else None

    return typed


@lower_builtin(operator.setitem, Window, types.Integer, types.Any)
def _setitem(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    item = signature.args[0].item
    value = context.cast(builder, arguments[2], signature.args[2], item)
    context.pack_value(builder, item, value, _place(context, builder, signature, arguments))
    return context.get_dummy_value()


def _place(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Where an item is."""
    whole = cgutils.create_struct_proxy(signature.args[0])(context, builder, value=arguments[0])
    data = builder.bitcast(whole.data, ir.PointerType(context.get_data_type(signature.args[0].item)))
    index = context.cast(builder, arguments[1], signature.args[1], types.intp)
    if context.enable_boundscheck:
        cgutils.do_boundscheck(context, builder, index, whole.size)
    return builder.gep(data, [index])
