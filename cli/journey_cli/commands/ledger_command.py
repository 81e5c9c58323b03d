"""`journey ledger`."""

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

TASKS = ("status", "catch-up", "check", "compact", "rebuild")


@click.command("ledger")
@click.argument("task", type=click.Choice(TASKS), default="status")
@ledger_option
@click.pass_obj
def command(session: Session, task: str, ledger: Path | None) -> int:
    """Show, catch up, check, compact or rebuild the ledger.

    The ledger is the journal's touchpoints in columns, in Parquet files that any program reads. `journey replay --all` catches it
    up by itself. It can be deleted at any time: the journal has everything.

    \b
    status    how far it goes, and how large it is (the default)
    catch-up  add what was recorded since
    check     compare it with the journal, row by row; exit code 3 where they differ
    compact   bring many files together into one, by relationship
    rebuild   delete it and make it anew
    """
    from journey_projections.ledger import Ledger
    from journey_projections.questions.ledger_place import catch_up, ledger_beside

    place = ledger or ledger_beside(session.store)
    if place is None:
        raise click.UsageError("name the ledger's folder with --ledger; only beside a SQLite file there is one by default")
    kept = Ledger(place)
    # A ledger holds what is not known as such; whoever replays it says whether to read past it.
    session = replace(session, allow_unknown=True)
    if task == "check":
        return _check(session, kept)
    if task in ("catch-up", "rebuild"):
        with session.reading() as journal:
            if task == "rebuild":
                kept.remove()
            catch_up(kept, journal, working)
    elif task == "compact":
        rows = kept.status().rows
        with working("compacting", rows) as done:
            kept.compact(done)
    _tell(session, kept)
    return 0


def _tell(session: Session, ledger: "Ledger") -> None:
    status = ledger.status()
    relationships = status.names.get("relationships", 0)
    if session.is_json:
        counts = {"rows": status.rows, "relationships": relationships, "segments": status.segments, "bytes": status.size}
        write_json({"ledger": str(ledger.path), "position": status.position, **counts})
        return
    told = f"{counted(status.rows, 'row')} of {counted(relationships, 'relationship')}"
    held = f"{counted(status.segments, 'segment')}, {status.size / 1e6:.1f} MB"
    console().print(f"{ledger.path}: up to position {status.position}; {told} in {held}")


def _check(session: Session, ledger: "Ledger") -> int:
    from journey import DamagedLedger
    from journey_cli.main import VIOLATED
    from journey_projections.ledger.checking import check

    with session.reading() as journal:
        position = None
        # What is not whole is told by the check.
        with suppress(DamagedLedger):
            position = ledger.status().position
        with working("checking the ledger", position and 2 * position) as done:
            violations = list(check(ledger.path, journal, done))
    if session.is_json:
        write_json({"ledger": str(ledger.path), "position": position, "holds": not violations, "violations": violations})
    else:
        out = console()
        for violation in violations:
            out.print(violation)
        state = f"not as the journal says: {counted(len(violations), 'violation')}" if violations else "as the journal says"
        out.print(f"{ledger.path}: " + ("" if position is None else f"up to position {position}; ") + state)
    return VIOLATED if violations else 0
