"""`journey merge`."""

import click

from journey_cli.session import Session, amending, say_receipt


@click.command("merge")
@click.argument("relationship")
@click.argument("other")
@amending
@click.pass_obj
def command(session: Session, relationship: str, other: str, reason: str | None, actor: str | None, as_id: str | None) -> None:
    """Say that RELATIONSHIP and OTHER are one.

    What was recorded stays where it is. Asked for by either name, the touchpoints of both are replayed; lists show them under
    the first. `journey unmerge` takes it back.
    """
    with session.amending() as journal:
        say_receipt(session, journal.merge(relationship, other, reason=reason, actor=actor, as_id=as_id))
