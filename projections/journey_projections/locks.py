"""A claim on a file: whoever has it is alone, others wait. The system ends it with the process, however that ends."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def claimed(path: Path | str) -> Iterator[None]:
    """Be the only one, process or thread, that has claimed this file, which is made where it is missing. Raises OSError."""
    with Path(path).open("ab") as file:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield
