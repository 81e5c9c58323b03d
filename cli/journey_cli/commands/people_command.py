"""`journey people`."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from journey_cli.questions import asked, called, owner_option, question_options, shown_of, state_option, to_file
from journey_cli.session import Session
from journey_cli.text.console import console, counted, write_json

if TYPE_CHECKING:
    from journey_projections.questions.people import Loss, Person

TOP = 20
"""So many are shown unless more are asked for."""


@click.command("people")
@question_options
@click.option("--without", metavar="PERSON", help="Show what would fall, customer by customer, if this person left now.")
@click.option("--top", type=click.IntRange(min=0), default=TOP, show_default=True, metavar="N", help="Only the first N; 0 for all.")
@click.option(
    "--sort",
    type=click.Choice(["at-stake", "share", "relationships", "name"]),
    default="at-stake",
    show_default=True,
    help="What comes first: what would fall, the share of all trust, how many customers, or by name.",
)
@state_option
@owner_option
@click.pass_obj
def command(
    session: Session,
    rules: str,
    as_of: str | None,
    known_at: str | None,
    output: Path | None,
    ledger: Path | None,
    memory: int,
    without: str | None,
    top: int,
    sort: str,
    states: tuple[str, ...],
    owners: tuple[str, ...],
) -> None:
    """Who of our people carries the trust: over whom, what share of it, and what would fall if they left.

    `trust carried` is the sum of the trust of the customers who deal with a person now; `at stake` what of it would fall, by replay, if
    the person left today and nobody were introduced.
    """
    from journey_projections.questions import people as question

    if without is not None and (states or owners):
        raise click.UsageError("--without shows all customers of one person; leave out --state and --owner")
    with asked(session, rules=rules, as_of=as_of, known_at=known_at, ledger=ledger, memory=memory, stakes=True) as one:
        if without is None:
            people = question.people(one.outlooks, sort=sort, states=states, owners=owners)
            rows = [dict[str, Any](person.to_dict()) for person in people[: top or None]]
            columns, text = question.PEOPLE, partial(_print_people, people, top or len(people), as_of)
        else:
            losses = question.without(one.outlooks, without)
            rows = [dict(loss.to_dict()) for loss in losses[: top or None]]
            columns, text = question.LOSSES, partial(_print_losses, losses, without, top or len(losses))
        if output is not None:
            to_file(output, columns, rows, rows)
        elif session.is_json:
            for row in rows:
                write_json(row)
        else:
            text()


def _print_people(people: "tuple[Person, ...]", top: int, as_of: str | None) -> None:
    from journey_cli.text import drawing

    out = console()
    numbers = ("customers", "trust carried", "share", "at stake")
    rows = drawing.table(out, "person", *numbers, "", right=numbers, ids=("person",), bars=("",), spare=("trust carried",))
    most = max((one.share for one in people), default=0.0) or 1.0
    for one in people[:top]:
        cells = f"{one.trust_carried:.1f}", f"{one.share:.1%}", f"{one.at_stake:.2f}"
        rows.add_row(one.representative, str(one.relationships), *cells, drawing.bar(one.share / most))
    if people:
        out.print(rows)
    count = "1 person" if len(people) == 1 else f"{len(people)} people"
    out.print(count + shown_of(top, len(people)))
    if people:
        hint = called("people", "--without", people[0].representative, as_of=as_of)
        out.print(f"`{hint}` shows what would fall if they left")


def _print_losses(losses: "tuple[Loss, ...]", person: str, top: int) -> None:
    from journey_cli.text import drawing

    out = console()
    numbers = ("trust", "otherwise", "difference")
    rows = drawing.table(
        out, "customer", *numbers, "state", right=numbers, whole=("state",), ids=("customer",), spare=("state", "otherwise")
    )
    for one in losses[:top]:
        difference = drawing.signed(one.otherwise - one.trust)
        rows.add_row(one.relationship, f"{one.trust:.3f}", f"{one.otherwise:.3f}", difference, one.state)
    out.print(rows)
    fall, shown = sum(one.trust - one.otherwise for one in losses), shown_of(top, len(losses))
    out.print(f"if {person} left now, {counted(len(losses), 'customer')} would lose {fall:.2f} of trust together{shown}")
