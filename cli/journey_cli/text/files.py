"""Tables written to files, in the format that the suffix says; a file is there whole, or not at all."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from journey.extras import extra
from journey_cli.text.console import json_line

if TYPE_CHECKING:
    import pyarrow as pa

Rows: TypeAlias = "pa.Table | list[dict[str, Any]]"
"""Some rows: a table, or each as a dict."""
Sink = Callable[[Rows], object]
"""Takes some rows after the others."""
_ARROW = (".parquet", ".arrow")
SUFFIXES = (".jsonl", ".csv", *_ARROW)


def check_outputs(*paths: Path | None) -> None:
    """Refuse, before any work, files whose suffix is not a known format or that cannot be made. Raises click.UsageError, MissingExtra."""
    named = [path for path in paths if path is not None]
    for path in named:
        if path.suffix not in SUFFIXES:
            raise click.UsageError(f"`{path}` has no known suffix; use {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}")
        if not path.parent.is_dir():
            raise click.UsageError(f"`{path}` cannot be written: there is no folder `{path.parent}`; make it, or name another file")
        if path.suffix in _ARROW:
            with extra("bulk", f"`{path.suffix}`"):
                import pyarrow as _  # noqa: F401, ICN001 - only whether it is there
    if len({path.resolve() for path in named}) < len(named):
        raise click.UsageError(f"`{named[0]}` is named twice; name a file for each")


@contextmanager
def tables_to(path: Path, columns: Mapping[str, str]) -> Iterator[Sink]:
    """A function that appends rows to `path`; `columns` as in `journey_projections.replaying.result_rows`."""
    from journey.formats.whole_file import whole

    with ExitStack() as open_files:
        partial = open_files.enter_context(whole(path))
        if path.suffix in _ARROW:
            yield open_files.enter_context(_arrow_to(partial, columns, is_parquet=path.suffix == ".parquet"))
        elif path.suffix == ".csv":
            import csv

            file = open_files.enter_context(partial.open("w", encoding="utf-8", newline=""))
            rows = csv.writer(file)
            rows.writerow(columns)
            yield lambda some: rows.writerows(map(_plain, row.values()) for row in rows_of(some))
        else:
            lines = open_files.enter_context(partial.open("w", encoding="utf-8"))
            yield lambda some: lines.writelines(json_line(row) + "\n" for row in rows_of(some))


@contextmanager
def _arrow_to(path: Path, columns: Mapping[str, str], *, is_parquet: bool) -> Iterator[Sink]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from journey_projections.ledger.results import schema_of

    schema = schema_of(columns)
    opened = pq.ParquetWriter(path, schema, compression="zstd") if is_parquet else pa.ipc.new_file(str(path), schema)
    with opened as file:
        yield lambda rows: file.write_table(pa.Table.from_pylist(rows, schema) if isinstance(rows, list) else rows)


def rows_of(rows: Rows) -> Iterator[dict[str, Any]]:
    """Rows one by one, those of a table some at a time."""
    if isinstance(rows, list):
        yield from rows
        return
    for batch in rows.to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()


def _plain(value: Any) -> Any:
    return "" if value is None else value.isoformat() if hasattr(value, "isoformat") else value
