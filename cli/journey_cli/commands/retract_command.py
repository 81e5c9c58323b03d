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
    """Say that touchpoint ID never happened, or that the correction or retraction ID was itself wrong.

    What was recorded stays: replays leave it out, and `--known-at` a time before shows what was known then. To take a
    retraction back, retract it.
    """
    with session.amending() as journal:
        say_receipt(session, journal.retract(id, reason=reason, actor=actor, as_id=as_id))
