"""`journey unmerge`."""

import click

from journey_cli.session import Session, amending, say_receipt


@click.command("unmerge")
@click.argument("relationship")
@click.argument("other")
@amending
@click.pass_obj
def command(session: Session, relationship: str, other: str, reason: str | None, actor: str | None, as_id: str | None) -> None:
    """Say that RELATIONSHIP and OTHER, which were merged with each other, are two after all; each is as it was."""
    with session.amending() as journal:
        say_receipt(session, journal.unmerge(relationship, other, reason=reason, actor=actor, as_id=as_id))
