"""Parts that are not installed by default: each is imported where it is used; if it is missing, the error names its install line."""

from collections.abc import Iterator
from contextlib import contextmanager

from journey.errors import MissingExtra

_BRINGS = {
    "bulk": ("numpy", "numba", "llvmlite", "pyarrow"),
    "excel": ("python_calamine",),
    "postgres": ("psycopg", "psycopg_pool"),
    "sql": ("duckdb",),
    "testing": ("hypothesis", "pytest"),
}
"""What each extra brings, by the names of its modules."""


@contextmanager
def extra(name: str, purpose: str) -> Iterator[None]:
    """Raise MissingExtra, which says how `name` is installed, where importing fails for want of what that extra brings."""
    try:
        yield
    except ImportError as error:
        # A library that is there and lacks its own binary part names no module.
        missing = _BRINGS[name][0] if error.name is None else error.name.partition(".")[0]
        if missing not in _BRINGS[name]:
            raise
        why = ", which is not installed" if isinstance(error, ModuleNotFoundError) else f": {error}"
        raise MissingExtra(f"{purpose} needs {missing}{why}", f"pip install 'customer-journey[{name}]'") from error
