"""`journey import`."""

import dataclasses
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from journey.errors import shown
from journey_cli.completion import mappings
from journey_cli.session import Session
from journey_cli.text.console import console, working, write_json

if TYPE_CHECKING:
    from journey import Journal
    from journey.formats.importing import Outcome, Recorder
    from journey.formats.opening import ReadOptions
    from journey.formats.rehearsal import Rehearsal

_FORMATS = ("jsonl", "json", "csv", "cloudevents", "segment", "ocel", "xes", "excel", "parquet", "sqlite")


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--sql",
    "mapping",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A SELECT whose columns are touchpoint fields, run by DuckDB over the table `source`.",
)
@click.option("--mapping", "ready", metavar="NAME", shell_complete=mappings, help="A ready mapping; `journey mappings` lists them.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set a parameter of the mapping. Repeatable.")
@click.option("--rejects", type=click.Path(path_type=Path), metavar="FILE", help="Where refused rows go.  [default: ./NAME.rejects.jsonl]")
@click.option("--dry-run", is_flag=True, help="Check every row, record nothing, and show what would come of it.")
@click.option("--strict", is_flag=True, help="Record nothing if a row is refused.")
@click.option("--input-format", "format", type=click.Choice(_FORMATS), help="The format of the files, if their suffix does not say.")
@click.option("--encoding", metavar="NAME", help="The encoding of CSV and JSON, such as cp1252.  [default: UTF-8, or by its mark]")
@click.option("--delimiter", metavar="CHARACTER", help="What parts the cells of a CSV.  [default: found in its header]")
@click.option("--row-limit", type=click.IntRange(1_000), default=2**20, show_default=True, metavar="BYTES", help="The longest row to read.")
@click.option("--time-zone", metavar="NAME", help="The time zone of times without an offset, such as Europe/Rome.")
@click.option(
    "--relationship", metavar="WHAT", help="In XES: case, trace:KEY or event:KEY. In OCEL: a type of object. In Segment: user or group."
)
@click.option("--keep-record-times", is_flag=True, help="Take `recorded_at` of each row as when it became known, in rising order.")
@click.option("--suggest", is_flag=True, help="Print a mapping of the files for --sql, with what to decide in it, and import nothing.")
@click.option("--all-text", is_flag=True, help="With --sql: leave every column as text, to be cast in the query.")
@click.pass_obj
def command(
    session: Session,
    paths: tuple[Path, ...],
    mapping: Path | None,
    ready: str | None,
    settings: tuple[str, ...],
    rejects: Path | None,
    dry_run: bool,
    strict: bool,
    format: str | None,
    encoding: str | None,
    delimiter: str | None,
    row_limit: int,
    time_zone: str | None,
    relationship: str | None,
    keep_record_times: bool,
    suggest: bool,
    all_text: bool,
) -> int:
    """Import touchpoints from PATHS, streaming; `-` is standard input.

    Importing again changes nothing; a refused row never loses the good ones. With --mapping, PATHS are the tables of an export, or a
    folder of them. With --sql the first path is the table `source`, each further one a table named by its file's stem. Exit code 1 when
    a row was refused.
    """
    from journey.formats.importing import import_opened
    from journey.formats.mappings import read_mapping
    from journey.formats.opening import ReadOptions
    from journey.formats.rejects import Rejects
    from journey.formats.sources import rows_from
    from journey_cli.text.import_report import print_outcome
    from journey_cli.text.preview import print_preview

    if mapping is not None and ready is not None:
        raise click.UsageError("--sql and --mapping are two ways to map; give one of them")
    if settings and mapping is None and ready is None:
        raise click.UsageError("--set sets a parameter of a mapping; give --mapping or --sql")
    values = dict(map(_setting, settings))
    chosen = mapping if ready is None else read_mapping(ready)
    options = ReadOptions(
        format=format,
        encoding=encoding,
        delimiter=delimiter,
        row_limit=row_limit,
        relationship=relationship,
        all_text=all_text,
        time_zone=time_zone,
    )
    if suggest:
        _suggest(paths, options)
        return 0
    for path in paths:
        if str(path).lstrip().startswith('{"'):
            raise click.UsageError(f"{shown(path)} is JSON, not the name of a file; `journey record` takes it")
    if strict and Path("-") in paths:
        raise click.UsageError("--strict reads everything twice; save standard input to a file")
    if rejects is not None and any(path.resolve() == rejects.resolve() for path in (*paths, *filter(None, [mapping]))):
        raise click.UsageError(f"the rejects cannot go to `{rejects}`, which is being read; give --rejects another FILE")

    def run(opened: "AbstractContextManager[Recorder]", label: str) -> "Outcome":
        with (
            rows_from(paths, chosen, options, values) as rows,
            Rejects(rejects, rows.sources) as refused,
            opened as journal,
            working(label) as done,
        ):
            return import_opened(journal, rows, refused, keep_record_times=keep_record_times, progress=done)

    with ExitStack() as kept:
        rehearsal = kept.enter_context(_rehearsal(session)) if dry_run or strict else None
        rehearsed = None if rehearsal is None else run(nullcontext(rehearsal), "checking")
        if rehearsed is None or not (dry_run or rehearsed.refused):
            outcome = run(_writing(session), "importing")
        else:
            outcome = rehearsed if dry_run else dataclasses.replace(rehearsed, recorded=0, unchanged=0)
        if session.is_json:
            write_json(outcome.to_dict())
        else:
            print_outcome(outcome, would=dry_run)
            if rehearsal is not None and dry_run and outcome.recorded:
                print_preview(console(), rehearsal)
    return 1 if outcome.refused else 0


def _suggest(paths: tuple[Path, ...], options: "ReadOptions") -> None:
    """Print a suggested mapping."""
    from journey.formats.opening import Source
    from journey.formats.suggesting import suggest

    with ExitStack() as opened:
        sources = [Source.of(path, options) for path in paths]
        for source in sources:
            opened.callback(source.close)
        click.echo(suggest(sources), nl=False)


def _setting(text: str) -> tuple[str, str]:
    name, is_set, value = text.partition("=")
    if not is_set or not name:
        raise click.UsageError(f"--set {shown(text)} sets nothing; write NAME=VALUE")
    return name, value


@contextmanager
def _writing(session: Session) -> "Iterator[Journal]":
    """The journal, opened once the sources are known to be readable."""
    with session.writing() as journal:
        yield journal


@contextmanager
def _rehearsal(session: Session) -> "Iterator[Rehearsal]":
    from journey import StoreUnavailable
    from journey.formats.rehearsal import Rehearsal

    with ExitStack() as stack:
        try:
            journal = stack.enter_context(session.reading())
        except StoreUnavailable:
            journal = None
        yield stack.enter_context(Rehearsal(journal))
