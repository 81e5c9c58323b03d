"""Compiled functions cached on disk by their content: one process compiles each once on a machine, while others wait."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from numba import config, typeof
from numba.core.caching import CompileResultCacheImpl, FunctionCache, _CacheLocator
from numba.core.registry import cpu_target
from numba.misc.appdirs import AppDirs

from journey_projections.locks import claimed

Function = Callable[..., Any]


def is_cached(function: Function, arguments: tuple[Any, ...]) -> bool:
    """Whether a function is already compiled for such arguments, in this process or on disk."""
    made: Any = function
    cache = made._cache
    return is_loaded(function, arguments) or (isinstance(cache, _DiskCache) and cache.holds(_signature(arguments)))


def is_loaded(function: Function, arguments: tuple[Any, ...]) -> bool:
    """Whether a compiled function is ready for such arguments in this process."""
    made: Any = function
    return _signature(arguments) in made.overloads


@contextmanager
def compile_lock(function: Function) -> Iterator[None]:
    """Be the only one who compiles a function: others wait, then load it. Where no lock can be taken, each compiles for itself."""
    made: Any = function
    with ExitStack() as claim:
        if isinstance(made._cache, _DiskCache):
            with suppress(OSError):
                claim.enter_context(claimed(f"{made._cache.cache_path}/{made.py_func.content}.lock"))
        yield


def _signature(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(typeof(argument) for argument in arguments)


class _Locator(_CacheLocator):
    """Where numba keeps one compiled function: by its content, in the user's cache directory."""

    def __init__(self, content: str) -> None:
        self._content = content
        self._py_file = "<journey>"

    def get_cache_path(self) -> Any:
        return str(getattr(config, "CACHE_DIR", "") or AppDirs("customer-journey", appauthor=False).user_cache_dir)

    def get_source_stamp(self) -> Any:
        return self._content

    def get_disambiguator(self) -> Any:
        return self._content

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> "_Locator | None":  # noqa: ARG003 - numba's protocol
        """None where nothing can be written: then every process compiles for itself."""
        made = cls(py_func.content)
        try:
            made.ensure_cache_path()
        except OSError:
            return None
        return made


class _CachedResult(CompileResultCacheImpl):
    _locator_classes: Any = [_Locator]  # noqa: RUF012 - numba's own way


class _DiskCache(FunctionCache):
    _impl_class: Any = _CachedResult

    def holds(self, signature: tuple[Any, ...]) -> bool:
        """Whether the function is cached for arguments of these types and this kind of processor."""
        target: Any = cpu_target.target_context
        return self._index_key(signature, target.codegen()) in self._cache_file._load_index()


def cache_on_disk(made: Any, content: str) -> None:
    """Have numba cache what it compiles of a function by its `content`; where nothing can be written, nothing is cached."""
    made.py_func.content = content
    try:
        made._cache = _DiskCache(made.py_func)
    except RuntimeError:  # numba's word for: no locator
        return
