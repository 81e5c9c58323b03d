"""A lock on a file: one process or thread has it, others wait. The system releases it when the process ends, however it ends."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def claimed(path: Path | str) -> Iterator[None]:
    """Hold the lock on this file, which is created if missing; only one process or thread does at a time. Raises OSError."""
    with Path(path).open("ab") as file:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield
