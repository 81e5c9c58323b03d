"""Python functions compiled as they stand, with every function that they call, and cached for the next process.

`compiled` makes a twin of each function from the same code object, its globals bound to the twins of what it calls, so that there
is no second source. Numba keeps compiled twins in the user's cache directory (NUMBA_CACHE_DIR, if set) under a hash of the content:
of the code and constants of every function that is reached, and of how array_pointers and tuple_pointers are read, so that a changed
rule is compiled again, wherever it was written.
"""

import dis
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import EnumType
from types import CodeType, FunctionType, ModuleType
from typing import Any, cast

import numpy as np
from numba import njit
from numba.core.dispatcher import Dispatcher

from journey_projections.compiled import array_pointers, tuple_pointers
from journey_projections.compiled.compile_cache import Function, cache_on_disk


def compiled(function: Function, instead: Mapping[Function, Function] | None = None, *, checked: bool = False) -> Function:
    """A function compiled with all that it calls, some of these replaced by others `instead`; compiles when first called.

    When `checked`, an index outside its array raises IndexError, as interpreted; otherwise it reaches memory that is not the array's.
    """
    reached: dict[FunctionType, Any] = {}
    _twin(function, instead or {}, reached, lambda _, made: made)
    content = hashlib.sha256(b"checked" if checked else b"")
    for one in (*vars(array_pointers).values(), *vars(tuple_pointers).values()):
        if isinstance(one, FunctionType):
            content.update("\n".join(_code(one.__code__)).encode())
    for original in reached:
        content.update("\n".join(_content(original)).encode())
    digest = content.hexdigest()[:16]
    called = _places_that_call(reached, instead or {})

    def ready(original: FunctionType, made: FunctionType) -> Any:
        # Machine code is found by its name: what was loaded for another rule set must never stand in for this.
        made.__qualname__ = f"{made.__qualname__}_{digest}"
        # What one place calls is compiled into it: a call costs more than most functions of a rule set do.
        return njit(nogil=True, boundscheck=checked, forceinline=called[original] == 1)(made)

    made = _twin(function, instead or {}, {}, ready)
    cache_on_disk(made, digest)
    return cast(Function, made)


def twin(function: Function, instead: Mapping[Function, Function]) -> Function:
    """As `compiled`, but for the interpreter."""
    made: Function = _twin(function, instead, {}, lambda _, made: made)
    return made


def _twin(function: Function, instead: Mapping[Function, Function], done: dict[FunctionType, Any], ready: Function) -> Any:
    function = instead.get(function, function)
    if not isinstance(function, FunctionType):
        return function
    if function not in done:
        original = function
        names = dict(original.__globals__)
        made = FunctionType(original.__code__, names, original.__name__, original.__defaults__, original.__closure__)
        done[function] = ready(function, made)
        for name in sorted(set(_globals_of(original.__code__))):
            if isinstance(names.get(name), FunctionType):
                names[name] = _twin(names[name], instead, done, ready)
    return done[function]


def _places_that_call(reached: Iterable[FunctionType], instead: Mapping[Function, Function]) -> Counter[Function]:
    """From how many places each function is called."""
    named = (one.__globals__.get(name) for one in reached for name in _globals_of(one.__code__))
    return Counter(instead.get(function, function) for function in named if isinstance(function, FunctionType))


def _globals_of(code: CodeType) -> Iterator[str]:
    for one in dis.get_instructions(code):
        if one.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield str(one.argval)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _globals_of(constant)


def _content(function: FunctionType, within: tuple[object, ...] = ()) -> Iterator[str]:
    """All that a function does, but for the Python functions that it calls; `within` are those compiled by others that lead to it."""
    yield f"{function.__module__}.{function.__qualname__}{function.__defaults__}"
    yield from _code(function.__code__)
    for cell in function.__closure__ or ():
        yield from _value(cell.cell_contents, within)
    for name in sorted(set(_globals_of(function.__code__))):
        value = function.__globals__.get(name)
        yield name
        if isinstance(value, ModuleType):
            for one in function.__code__.co_names:
                yield one
                yield from _value(getattr(value, one, None), within)
        else:
            yield from _value(value, within)


def _value(value: object, within: tuple[object, ...]) -> Iterator[str]:
    """What a value is to the compiler, which takes it for a constant."""
    if isinstance(value, np.ndarray | np.generic):
        yield f"{value.dtype} {value.shape} {value.tobytes().hex()}"
    elif isinstance(value, tuple):
        yield f"{type(value).__qualname__} of {len(value)}"
        for one in value:
            yield from _value(one, within)
    elif isinstance(value, EnumType):
        yield repr([(one.name, one.value) for one in value])  # type: ignore[var-annotated]
    elif isinstance(value, Dispatcher) and value not in within:
        yield from _content(value.py_func, (*within, value))
    elif isinstance(value, int | float | complex | str | None):
        yield repr(value)
    else:
        yield f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', '')}"


def _code(code: CodeType) -> Iterator[str]:
    yield f"{code.co_code.hex()} {code.co_names} {code.co_varnames} {code.co_freevars} {code.co_exceptiontable.hex()}"
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code(constant)
        else:
            yield repr(sorted(constant, key=repr) if isinstance(constant, frozenset) else constant)
