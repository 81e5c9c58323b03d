"""`journey forget`."""

import sys

import click

from journey_cli.options import amending
from journey_cli.session import Session
from journey_cli.text.console import console, counted, say_receipt, write_json


@click.command("forget")
@click.argument("person")
@amending
@click.option("--yes", is_flag=True, help="Do not ask, on a terminal, whether to go on.")
@click.pass_obj
def command(session: Session, person: str, reason: str | None, actor: str | None, as_id: str | None, yes: bool) -> None:
    """Destroy the keys to all texts about PERSON, by any of their ids, and record that it was done.

    Their name, notes of touchpoints whose contact they are, notes of relationships whose customer they are, and what was said
    of those can never be read again. Every fact stays, and so do trust, digests and proofs. Where copies of the keys, or of the texts, may
    still be is listed: forgetting is done when these are gone too.
    """
    with session.amending() as journal:
        if sys.stdin.isatty() and not yes:
            click.confirm(f"What was written about `{person}` can never be read again. Go on?", abort=True, err=True)
        forgotten = journal.forget(person, reason=reason, actor=actor, as_id=as_id)
    if session.is_json:
        rest = {name: value for name, value in vars(forgotten).items() if name != "receipt"}
        write_json({**forgotten.receipt.to_dict(), "person": person, **rest})
        return
    say_receipt(session, forgotten.receipt)
    out = console()
    known_as = "" if len(forgotten.people) == 1 else f", also known as {', '.join(one for one in forgotten.people if one != person)}"
    lost = f"{counted(forgotten.texts, 'text')} can no longer be read, {counted(forgotten.keys, 'key')} destroyed"
    out.print(f"{person}{known_as}: {lost}, in {counted(len(forgotten.relationships), 'relationship')}")
    for id, why in forgotten.kept.items():
        out.print(f"  kept  {id}: {why}", soft_wrap=True)
    for place, mend in forgotten.copies.items():
        out.print(f"  see to  {place}: {mend}", soft_wrap=True)
