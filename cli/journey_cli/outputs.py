"""Tables written to files, in the format that the suffix says; a file is there whole, or not at all."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from errno import EPIPE
from os import strerror
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from journey_cli.session import json_line

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIXES = (".jsonl", ".csv", ".parquet", ".arrow")


def check_outputs(*paths: Path | None) -> None:
    """Refuse, before any work, files whose suffix says no format or that cannot be made. Raises click.UsageError."""
    told = [path for path in paths if path is not None]
    for path in told:
        if path.suffix not in SUFFIXES:
            raise click.UsageError(f"`{path}` has no suffix that says a format; use {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}")
        if not path.parent.is_dir():
            raise click.UsageError(f"`{path}` cannot be written: there is no folder `{path.parent}`; make it, or name another file")
    if len({path.resolve() for path in told}) < len(told):
        raise click.UsageError(f"`{told[0]}` is named twice; name a file for each")


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A file to write to, which takes its place as `path` when all went well. Raises OSError, of `path` where it says of no other file."""
    partial = path.with_name(path.name + ".partial")
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        if error.filename not in (None, str(partial)) or error.errno in (None, EPIPE):
            raise
        raise OSError(error.errno, strerror(error.errno), str(path)) from error
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def tables_to(path: Path, schema: "pa.Schema") -> "Iterator[Callable[[pa.Table], object]]":
    """A function that writes one table after the other to `path`."""
    with ExitStack() as open_files:
        partial = open_files.enter_context(whole(path))
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq

            yield open_files.enter_context(pq.ParquetWriter(partial, schema, compression="zstd")).write_table
        elif path.suffix == ".arrow":
            import pyarrow as pa

            yield open_files.enter_context(pa.ipc.new_file(str(partial), schema)).write_table
        elif path.suffix == ".csv":
            import csv

            file = open_files.enter_context(partial.open("w", encoding="utf-8", newline=""))
            rows = csv.writer(file)
            rows.writerow(schema.names)
            yield lambda table: rows.writerows(map(_plain, batch.values()) for batch in rows_of(table))
        else:
            lines = open_files.enter_context(partial.open("w", encoding="utf-8"))
            yield lambda table: lines.writelines(json_line(row) + "\n" for row in rows_of(table))


def rows_of(table: "pa.Table") -> Iterator[dict[str, Any]]:
    """The rows of a table, some at a time."""
    for batch in table.to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()


def _plain(value: Any) -> Any:
    return "" if value is None else value.isoformat() if hasattr(value, "isoformat") else value
