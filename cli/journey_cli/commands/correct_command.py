"""`journey correct`."""

import re
from itertools import pairwise

import click

from journey.counterfactuals import assignment
from journey_cli.options import amending
from journey_cli.session import Session
from journey_cli.text.console import say_receipt


class _Command(click.Command):
    """Takes a value such as `-0.5` for a value, and not for an option, so that it can be said how to write it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        for field, value in pairwise(args):
            if re.fullmatch(r"-\.?\d.*", value) and re.fullmatch(r"\w+", field):
                raise click.UsageError(_written_apart(field, value), ctx)
        return super().parse_args(ctx, args)


def _written_apart(field: str, value: str) -> str:
    return f"`{field} {value}` is not a correction; write field=value, as in {field}={value}"


@click.command("correct", cls=_Command)
@click.argument("id")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
@amending
@click.pass_obj
def command(session: Session, id: str, fields: tuple[str, ...], reason: str | None, actor: str | None, as_id: str | None) -> None:
    """Correct the fields of touchpoint ID.

    What was recorded stays. Replays use the corrected fields; an earlier `--known-at` still shows the old values. An empty VALUE,
    or null, removes a field.

    \b
    journey correct visit-1 benevolence=0.2 note=null --reason "wrong customer's form" --actor anna
    """
    for field, next_word in pairwise(fields):
        if "=" not in field and "=" not in next_word:
            raise click.UsageError(_written_apart(field, next_word))
    try:
        assignments = [assignment(field) for field in fields]
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    corrected: dict[str, str | None] = {}
    for field, value in assignments:
        if field in corrected:
            raise click.UsageError(f"`{field}` is given twice; which is right?")
        corrected[field] = value
    with session.amending() as journal:
        say_receipt(session, journal.correct(id, corrected, reason=reason, actor=actor, as_id=as_id))
