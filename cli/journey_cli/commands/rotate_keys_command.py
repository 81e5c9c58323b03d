"""`journey rotate-keys`."""

import click

from journey_cli.session import Session
from journey_cli.text.console import console, counted, write_json


@click.command("rotate-keys")
@click.argument("people", nargs=-1)
@click.pass_obj
def command(session: Session, people: tuple[str, ...]) -> None:
    """Encrypt what is recorded from now on under new keys: of touchpoints whose contact is one of PEOPLE, or of all.

    The older keys stay, to read what they encrypted. Rotate when somebody may have seen a key who should not.
    """
    with session.amending() as journal:
        made = journal.rotate_keys(*people)
    if session.is_json:
        write_json({"keys": made})
    else:
        console().print(f"{counted(made, 'key')} made; the older ones stay for reading")
