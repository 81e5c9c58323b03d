"""`journey attention`."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from journey_cli.questions import asked, called, owner_option, question_options, shown_of, since_option, state_option, to_file
from journey_cli.session import Session
from journey_cli.text.console import console, counted, write_json

if TYPE_CHECKING:
    from journey_projections.questions.attention import AttentionList

CHANGE_DAYS = 30
"""Over so many days the change of trust is shown."""
TOP = 20
"""So many are shown unless more are asked for."""
NOTABLE = 0.005
"""A smaller change is not shown."""
REASONS = 3
"""So many warnings of one customer are shown."""


@click.command("attention")
@question_options
@click.option("--top", type=click.IntRange(min=0), default=TOP, show_default=True, metavar="N", help="Only the first N; 0 for all.")
@click.option(
    "--sort",
    type=click.Choice(["urgency", "exit-risk", "trust", "change", "name"]),
    default="urgency",
    show_default=True,
    help="What comes first: most urgent, most ready to leave, least trust, largest fall, or by name.",
)
@state_option
@owner_option
@since_option("customers for whom a warning opened")
@click.pass_obj
def command(
    session: Session,
    rules: str,
    as_of: str | None,
    known_at: str | None,
    output: Path | None,
    ledger: Path | None,
    memory: int,
    top: int,
    sort: str,
    states: tuple[str, ...],
    owners: tuple[str, ...],
    since: str | None,
) -> None:
    """Who needs somebody today, and why: customers with an open warning, what presses most first.

    How urgent somebody is: the trust at stake, times how grave and sure the warnings are, by how soon something must be done. Seen from
    now, or from --as-of.
    """
    from journey.times import beginning
    from journey_projections.questions.attention import ATTENTION, attention

    with asked(
        session,
        rules=rules,
        as_of=as_of,
        known_at=known_at,
        ledger=ledger,
        memory=memory,
        dates=lambda at: (at - timedelta(days=CHANGE_DAYS),),
    ) as one:
        after = None if since is None else beginning(since)
        found = attention(one.outlooks, top=top or None, sort=sort, states=states, owners=owners, since=after)
        if output is not None:
            to_file(output, ATTENTION, (row.row() for row in found.rows), (row.to_dict() for row in found.rows))
        elif session.is_json:
            for row in found.rows:
                write_json(row.to_dict())
        else:
            _print(found, one.query.at.date().isoformat(), as_of)


def _print(found: "AttentionList", day: str, as_of: str | None) -> None:
    from journey_cli.text import drawing

    out = console()
    for row in found.rows:
        out.print(row.relationship + ("" if row.owner is None else f", with {row.owner}"), style="bold")
        moved = row.change is not None and abs(row.change) >= NOTABLE
        change = f", {row.change:+.2f} in {CHANGE_DAYS} days" if moved else ""
        heard = "" if row.last_heard is None else f"; last heard {drawing.day(row.last_heard)}"
        drawing.indented(out, f"trust {row.trust:.2f}{change}; {row.state}{heard}")
        for warning in row.warnings[:REASONS]:
            drawing.bullet(out, warning.words)
        if len(row.warnings) > REASONS:
            drawing.bullet(out, f"and {counted(len(row.warnings) - REASONS, 'more warning')}")
        out.print()
    need = "needs" if found.count == 1 else "need"
    out.print(f"{counted(found.count, 'customer')} {need} somebody as of {day}{shown_of(len(found.rows), found.count)}")
    if found.rows:
        hint = called("explain", found.rows[0].relationship, as_of=as_of or "now")
        out.print(f"`{hint}` shows what moved trust")
