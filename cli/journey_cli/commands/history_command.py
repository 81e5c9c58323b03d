"""`journey history`."""

from typing import TYPE_CHECKING

import click

from journey_cli.completion import relationships_or_files
from journey_cli.options import bounds, rules_option
from journey_cli.session import Session
from journey_cli.text.console import console, counted, write_json
from journey_cli.text.results import ruled_by

if TYPE_CHECKING:
    from journey import History


@click.command("history")
@click.argument("relationship", shell_complete=relationships_or_files)
@bounds
@rules_option
@click.option("--as-recorded", is_flag=True, help="Everything as it was recorded, in that order, corrections and retractions included.")
@click.pass_obj
def command(session: Session, relationship: str, as_of: str | None, known_at: str | None, rules: str, as_recorded: bool) -> None:
    """Show the timeline of RELATIONSHIP (or FILE.jsonl), with trust after each touchpoint.

    Corrected touchpoints appear as corrected, retracted ones do not appear. Corrections, retractions, merges and late records are
    listed below the timeline. An earlier `--known-at` shows what was known then.
    """
    from journey_cli.text import drawing
    from journey_cli.text.amendments import amended
    from journey_cli.text.happenings import nothing_yet, what_happened, who_acted
    from journey_projections import replay
    from journey_projections.rules.loading import load_rules

    if session.is_json or as_recorded:
        history = session.history(relationship, as_of, known_at)
        if not session.is_json:
            _print_facts(history)
            return
        for record in history.told if as_recorded else history.records:
            write_json(record.to_dict())
        return
    history, names = session.history_and_names(relationship, as_of, known_at)
    result = replay(history, load_rules(rules))
    after = {one.touchpoint: one.after for one in result.contributions}
    out = console()
    if not history.records:
        out.print(nothing_yet(session.history(relationship, None, None), history))
    rows = drawing.table(
        out,
        *("when", "trust", "", "kind", "who", "what", "id"),
        right=("trust",),
        whole=("when", "kind"),
        ids=("id",),
        bars=("",),
        spare=("who", "kind", "trust"),
    )
    for record in history.records:
        touchpoint = record.touchpoint
        trust = after[touchpoint.id]
        cells = (drawing.day(touchpoint.occurred_at), f"{trust:.3f}", drawing.spark([trust]), touchpoint.kind)
        rows.add_row(*cells, who_acted(touchpoint, names), what_happened(record), touchpoint.id)
    if history.records:
        out.print(rows)
    width = max(10, min(60, out.width - 30))
    course = drawing.trend(result.prior, result.contributions, width)
    for line in amended(history, names):
        out.print(line)
    out.print(f"trust {result.prior:.2f} {course} {result.trust:.2f}, {result.state}, {ruled_by(result)}")


def _print_facts(history: "History") -> None:
    from journey.touchpoints import fields_of
    from journey_cli.text import drawing

    out = console()
    rows = drawing.table(
        out, "recorded", "kind", "when", "id", "fields", whole=("recorded", "kind", "when"), ids=("id",), spare=("when", "recorded", "kind")
    )
    shared = ("kind", "id", "relationship", "occurred_at", "sequence", "certainty")
    for record in history.told:
        fact = record.touchpoint
        fields = ", ".join(f"{name} {value}" for name, value in fields_of(fact).items() if name not in shared)
        when, recorded = drawing.day(fact.occurred_at), drawing.day(record.recorded_at)
        rows.add_row(recorded, fact.kind, when, fact.id, drawing.printable(fields + (" (withheld)" if record.withheld else "")))
    out.print(rows)
    out.print(counted(len(history.told), "fact"))
