"""`journey promises`."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from journey_cli.questions import asked, owner_option, question_options, shown_of, since_option, to_file
from journey_cli.session import Session
from journey_cli.text.console import console, counted, write_json
from journey_projections.questions.promises import PROMISE_STATES

if TYPE_CHECKING:
    from journey_projections.questions.promises import Promised

TOP = 20
"""So many are shown unless more are asked for."""


@click.command("promises")
@question_options
@click.option("--top", type=click.IntRange(min=0), default=TOP, show_default=True, metavar="N", help="Only the first N; 0 for all.")
@click.option("--sort", type=click.Choice(["due", "made", "level", "name"]), help="Sort by date, when it was made, level or customer.")
@click.option("--state", "states", type=click.Choice(PROMISE_STATES), multiple=True, help="Only promises in this state; repeatable.")
@owner_option
@since_option("promises made")
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
    sort: str | None,
    states: tuple[str, ...],
    owners: tuple[str, ...],
    since: str | None,
) -> None:
    """What was promised and is due: overdue promises first, then those due within days, open, broken and kept ones.

    A promise is kept if it was delivered by its date, nearly in full (0.1 less is tolerated), and broken if less was, or later. It is void
    if it was made again, or if the relationship ended first.
    """
    from journey.times import beginning
    from journey_projections.questions.promises import PROMISES, promises

    with asked(session, rules=rules, as_of=as_of, known_at=known_at, ledger=ledger, memory=memory, promises=True) as one:
        after = None if since is None else beginning(since)
        found = promises(one.outlooks, sort=sort, states=states, owners=owners, since=after)
        shapes = (row.to_dict() for row in found[: top or None])
        if output is not None:
            to_file(output, PROMISES, (row.row() for row in found[: top or None]), shapes)
        elif session.is_json:
            for shape in shapes:
                write_json(shape)
        else:
            _print(found, top or len(found), one.query.at.date().isoformat())


def _print(found: "tuple[Promised, ...]", top: int, day: str) -> None:
    from journey_cli.text import drawing

    out = console()
    rows = drawing.table(
        out,
        *("promise", "customer", "state", "due", "made", "level", "delivered", "with"),
        right=("level", "delivered"),
        whole=("state", "due", "made"),
        ids=("promise", "customer", "with"),
        spare=("level", "delivered", "made", "with"),
    )
    for one in found[:top]:
        promise = one.promise
        delivered = "" if promise.delivered is None else f"{promise.delivered:.2f}"
        when = drawing.day(promise.due), drawing.day(promise.made)
        rows.add_row(promise.promise, one.relationship, promise.state, *when, f"{promise.level:.2f}", delivered, one.owner or "")
    if found:
        out.print(rows)
    states = Counter(one.promise.state for one in found)
    said = ", ".join(f"{states[state]} {state}" for state in PROMISE_STATES if states[state])
    out.print(f"{counted(len(found), 'promise')} as of {day}" + (f": {said}" if said else "") + shown_of(top, len(found)))
