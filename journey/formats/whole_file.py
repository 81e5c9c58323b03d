"""Files that are there whole, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EPIPE
from os import strerror
from pathlib import Path
from secrets import token_hex


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path to write to, where nothing is yet; what is there takes its place as `path` when all went well.

    Of several that write `path` at once, the last to end counts. Raises OSError, of `path` where it says of no other file.
    """
    partial = path.with_name(f"{path.name}.{token_hex(4)}.partial")
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        if error.filename not in (None, str(partial)) or error.errno in (None, EPIPE):
            raise
        raise OSError(error.errno, strerror(error.errno), str(path)) from error
    finally:
        partial.unlink(missing_ok=True)
