"""`journey name`."""

import click

from journey_cli.options import amending
from journey_cli.session import Session
from journey_cli.text.console import say_receipt


@click.command("name")
@click.argument("person")
@click.argument("name", required=False)
@click.option("--none", "is_none", is_flag=True, help="Take the name away, instead of a NAME.")
@amending
@click.pass_obj
def command(
    session: Session, person: str, name: str | None, is_none: bool, reason: str | None, actor: str | None, as_id: str | None
) -> None:
    """Give PERSON, a pseudonymous id, a name.

    The name is encrypted under the person's own key, and gone once they are forgotten. Texts show the name in place of the id; JSON
    shows ids. If several names were given to the person's ids, the last one counts.
    """
    if (name is None) != is_none:
        raise click.UsageError("give a NAME, or --none to take it away")
    with session.amending() as journal:
        say_receipt(session, journal.name(person, name, reason=reason, actor=actor, as_id=as_id))
