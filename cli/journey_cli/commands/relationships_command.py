"""`journey relationships`."""

import click

from journey_cli.session import Session
from journey_cli.text.console import console, counted, write_json


@click.command("relationships")
@click.option("--naming", metavar="NAME", help="Only those in which this person, organisation or episode appears.")
@click.pass_obj
def command(session: Session, naming: str | None) -> None:
    """List the relationships in the journal, with how many touchpoints and from when to when."""
    from journey_cli.text import drawing

    with session.reading() as journal:
        summaries = list(journal.relationships(naming))
        names = {} if naming is None else journal.names([naming])
    if session.is_json:
        for summary in summaries:
            write_json(summary.to_dict())
        return
    out = console()
    rows = drawing.table(
        out,
        "relationship",
        "touchpoints",
        "first",
        "last",
        right=("touchpoints",),
        whole=("first", "last"),
        ids=("relationship",),
        spare=("first", "touchpoints"),
    )
    for one in summaries:
        rows.add_row(one.relationship, str(one.touchpoints), drawing.day(one.first), drawing.day(one.last))
    out.print(rows)
    out.print(counted(len(summaries), "relationship") + "".join(f" naming {drawing.called(person, names)}" for person in names))
