"""`journey unmerge`."""

import click

from journey_cli.completion import relationships
from journey_cli.options import amending, people_option
from journey_cli.session import Session
from journey_cli.text.console import say_receipt


@click.command("unmerge")
@click.argument("one", shell_complete=relationships)
@click.argument("other", shell_complete=relationships)
@people_option
@amending
@click.pass_obj
def command(session: Session, one: str, other: str, people: bool, reason: str | None, actor: str | None, as_id: str | None) -> None:
    """Undo the merge of ONE and OTHER; each is as it was before."""
    with session.amending() as journal:
        unmerge = journal.unmerge_people if people else journal.unmerge
        say_receipt(session, unmerge(one, other, reason=reason, actor=actor, as_id=as_id))
