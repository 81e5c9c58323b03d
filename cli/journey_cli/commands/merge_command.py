"""`journey merge`."""

import click

from journey_cli.completion import relationships
from journey_cli.options import amending, people_option
from journey_cli.session import Session
from journey_cli.text.console import say_receipt


@click.command("merge")
@click.argument("one", shell_complete=relationships)
@click.argument("other", shell_complete=relationships)
@people_option
@amending
@click.pass_obj
def command(session: Session, one: str, other: str, people: bool, reason: str | None, actor: str | None, as_id: str | None) -> None:
    """Merge two relationships; `unmerge` undoes it.

    What was recorded stays where it is. Either name replays the touchpoints of both; lists show them under ONE. With `--people`, ONE
    and OTHER are two ids of one person, and every history shows the touchpoints of both under ONE.
    """
    with session.amending() as journal:
        merge = journal.merge_people if people else journal.merge
        say_receipt(session, merge(one, other, reason=reason, actor=actor, as_id=as_id))
