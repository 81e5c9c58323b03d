"""`journey ledger` and its subcommands."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from journey_cli.ledger_options import ledger_option
from journey_cli.session import Session
from journey_cli.text.console import console, counted, working, write_json

if TYPE_CHECKING:
    from journey_projections.ledger import Ledger


@click.group("ledger", invoke_without_command=True)
@ledger_option
@click.pass_context
def command(ctx: click.Context, ledger: Path | None) -> None:
    """Show, catch up, check, compact or rebuild the ledger; alone it shows its status.

    The ledger holds the journal's touchpoints in columns, in Parquet files that any program reads. `journey replay --all` catches it
    up by itself. It can be deleted at any time: the journal has everything.
    """
    ctx.meta["ledger"] = ledger
    if ctx.invoked_subcommand is None:
        ctx.invoke(status)


@command.command("status")
@ledger_option
@click.pass_obj
def status(session: Session, ledger: Path | None) -> None:
    """Show the ledger's position and size."""
    _show(session, _ledger(session, ledger))


@command.command("catch-up")
@ledger_option
@click.pass_obj
def catch_up(session: Session, ledger: Path | None) -> None:
    """Add what was recorded since."""
    _add(session, _ledger(session, ledger), from_nothing=False)


@command.command("rebuild")
@ledger_option
@click.pass_obj
def rebuild(session: Session, ledger: Path | None) -> None:
    """Delete the ledger and build it again from the journal."""
    _add(session, _ledger(session, ledger), from_nothing=True)


@command.command("compact")
@ledger_option
@click.pass_obj
def compact(session: Session, ledger: Path | None) -> None:
    """Write many files as one, sorted by relationship."""
    opened = _ledger(session, ledger)
    with working("compacting", opened.status().rows) as done:
        opened.compact(done)
    _show(session, opened)


@command.command("check")
@ledger_option
@click.pass_obj
def check(session: Session, ledger: Path | None) -> int:
    """Compare the ledger with the journal, row by row; exit code 3 if they differ."""
    from journey import DamagedLedger
    from journey_cli.main import VIOLATED
    from journey_projections.ledger import checking

    opened = _ledger(session, ledger)
    with _with_unknown_kinds(session).reading() as journal:
        position = None
        # The check itself reports files that are not whole.
        with suppress(DamagedLedger):
            position = opened.status().position
        with working("checking the ledger", position and 2 * position) as done:
            violations = list(checking.check(opened.path, journal, done))
    if session.is_json:
        write_json({"ledger": str(opened.path), "position": position, "holds": not violations, "violations": violations})
    else:
        out = console()
        for violation in violations:
            out.print(violation)
        state = f"not as the journal says: {counted(len(violations), 'violation')}" if violations else "as the journal says"
        out.print(f"{opened.path}: " + ("" if position is None else f"up to position {position}; ") + state)
    return VIOLATED if violations else 0


def _ledger(session: Session, named: Path | None) -> "Ledger":
    """The ledger: named after the subcommand, or before it, or the one next to the journal's file."""
    from journey_projections.ledger import Ledger
    from journey_projections.questions.ledger_place import ledger_beside

    place = named or click.get_current_context().meta.get("ledger") or ledger_beside(session.store)
    if place is None:
        raise click.UsageError("name the ledger's folder with --ledger; only a SQLite store has a default, next to its file")
    return Ledger(place)


def _add(session: Session, ledger: "Ledger", *, from_nothing: bool) -> None:
    from journey_projections.questions.ledger_place import catch_up

    with _with_unknown_kinds(session).reading() as journal:
        if from_nothing:
            ledger.remove()
        catch_up(ledger, journal, working)
    _show(session, ledger)


def _with_unknown_kinds(session: Session) -> Session:
    """A ledger also holds touchpoints of unknown kinds; a replay decides whether to read past them."""
    return replace(session, allow_unknown=True)


def _show(session: Session, ledger: "Ledger") -> None:
    stands = ledger.status()
    relationships = stands.names.get("relationships", 0)
    if session.is_json:
        counts = {"rows": stands.rows, "relationships": relationships, "segments": stands.segments, "bytes": stands.size}
        write_json({"ledger": str(ledger.path), "position": stands.position, **counts})
        return
    rows = f"{counted(stands.rows, 'row')} of {counted(relationships, 'relationship')}"
    size = f"{counted(stands.segments, 'segment')}, {stands.size / 1e6:.1f} MB"
    console().print(f"{ledger.path}: up to position {stands.position}; {rows} in {size}")
