"""`journey merge`."""

import click

from journey_cli.options import amending, people_option
from journey_cli.session import Session
from journey_cli.text.console import say_receipt


@click.command("merge")
@click.argument("one")
@click.argument("other")
@people_option
@amending
@click.pass_obj
def command(session: Session, one: str, other: str, people: bool, reason: str | None, actor: str | None, as_id: str | None) -> None:
    """Say that relationships ONE and OTHER are one.

    What was recorded stays where it is. Asked for by either name, the touchpoints of both are replayed; lists show them under
    the first. With `--people`, they are two ids of one person, and every history tells the touchpoints of both under the first.
    `journey unmerge` takes it back.
    """
    with session.amending() as journal:
        merge = journal.merge_people if people else journal.merge
        say_receipt(session, merge(one, other, reason=reason, actor=actor, as_id=as_id))
