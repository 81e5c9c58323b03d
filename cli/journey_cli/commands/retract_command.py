"""`journey retract`."""

import click

from journey_cli.options import amending
from journey_cli.session import Session
from journey_cli.text.console import say_receipt


@click.command("retract")
@click.argument("id")
@amending
@click.pass_obj
def command(session: Session, id: str, reason: str | None, actor: str | None, as_id: str | None) -> None:
    """Take back touchpoint ID, which never happened, or the correction or retraction ID, which was itself wrong.

    What was recorded stays. Replays leave it out; an earlier `--known-at` still shows it. To undo a retraction, retract it.
    """
    with session.amending() as journal:
        say_receipt(session, journal.retract(id, reason=reason, actor=actor, as_id=as_id))
