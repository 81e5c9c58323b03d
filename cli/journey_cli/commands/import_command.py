"""`journey import`."""

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from journey_cli.session import Session
from journey_cli.text.console import console, working, write_json

if TYPE_CHECKING:
    from journey.formats.importing import Outcome, Recorder, Rehearsal


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--sql",
    "mapping",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A SELECT whose columns are touchpoint fields, run by DuckDB over the view `source`.",
)
@click.option("--rejects", type=click.Path(path_type=Path), metavar="FILE", help="Where refused rows go.  [default: ./NAME.rejects.jsonl]")
@click.option("--dry-run", is_flag=True, help="Check every row and record nothing.")
@click.option("--input-format", type=click.Choice(["jsonl", "csv"]), help="The format of the files, if their suffix does not say.")
@click.pass_obj
def command(
    session: Session, paths: tuple[Path, ...], mapping: Path | None, rejects: Path | None, dry_run: bool, input_format: str | None
) -> int:
    """Import touchpoints from PATHS, streaming. Importing again changes nothing; a refused row never loses the good ones.

    With --sql the first path is the view `source`, each further one a view named by its file's stem.
    Exit code 1 when a row was refused.
    """
    from journey.formats.importing import Outcome, Rejects, import_rows
    from journey.formats.sources import rows_from

    if mapping is not None and input_format is not None:
        raise click.UsageError("--input-format says how files are read without --sql; give one of the two")
    refused = _rejects_path(rejects, paths, mapping)
    rows = rows_from(paths, mapping, input_format)
    outcome = Outcome()
    with ExitStack() as stack:
        journal: Recorder = stack.enter_context(_rehearsal(session)) if dry_run else stack.enter_context(session.writing())
        rejecting = stack.enter_context(Rejects(refused))
        done = stack.enter_context(working("importing"))
        seen = 0
        for outcome in import_rows(journal, rows, rejecting):
            done(outcome.read - seen)
            seen = outcome.read
    if rejects is None and not outcome.refused:
        refused.unlink(missing_ok=True)  # left by an earlier import of the same name, and no longer true
    if session.is_json:
        write_json(dataclasses.asdict(outcome))
    else:
        _print(outcome, dry_run=dry_run)
    return 1 if outcome.refused else 0


def _rejects_path(named: Path | None, paths: tuple[Path, ...], mapping: Path | None) -> Path:
    from journey.formats.importing import default_rejects

    path = named or default_rejects(paths)
    if any(path.resolve() == source.resolve() for source in (*paths, *([mapping] if mapping else []))):
        raise click.UsageError(f"the rejects cannot go to `{path}`, which is being read; give --rejects another FILE")
    if not path.parent.is_dir():
        raise click.ClickException(
            f"there is no folder `{path.parent}` for the rejects `{path}`; create it, or give --rejects another FILE"
        )
    return path


@contextmanager
def _rehearsal(session: Session) -> "Iterator[Rehearsal]":
    from journey import StoreUnavailable
    from journey.formats.importing import Rehearsal

    try:
        journal = session.reading()
    except StoreUnavailable:
        yield Rehearsal(None)
        return
    with journal:
        yield Rehearsal(journal)


def _print(outcome: "Outcome", *, dry_run: bool) -> None:
    out = console()
    verb = "would be recorded" if dry_run else "recorded"
    out.print(f"{outcome.read} read: {outcome.recorded} {verb}, {outcome.unchanged} already recorded, {outcome.refused} refused")
    if outcome.read and not outcome.recorded and not outcome.refused:
        out.print("nothing changed")
    if outcome.rejects_file:
        out.print(f"the refused rows, with reason and mend, are in {outcome.rejects_file}")
