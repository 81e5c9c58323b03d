"""`journey history`."""

import click

from journey_cli.session import Session, bounds, console, ruled_by, rules_option, write_json


@click.command("history")
@click.argument("relationship")
@bounds
@rules_option
@click.pass_obj
def command(session: Session, relationship: str, as_of: str | None, known_at: str | None, rules: str) -> None:
    """Show the timeline of RELATIONSHIP (or FILE.jsonl), with trust after each touchpoint."""
    from journey_cli import drawing, shapes
    from journey_cli.rule_files import load_rules
    from journey_projections import replay

    history = session.history(relationship, as_of, known_at)
    if session.is_json:
        for record in history.records:
            write_json(shapes.of_record(record))
        return
    result = replay(history, load_rules(rules))
    after = {one.touchpoint: one.after for one in result.contributions}
    out = console()
    rows = drawing.table(out, "when", "trust", "", "kind", "who", "what", "id", right=("trust",))
    for touchpoint in history:
        trust = after[touchpoint.id]
        who = getattr(touchpoint, "to_representative", None) or touchpoint.representative or touchpoint.contact or ""
        what = drawing.printable(touchpoint.note or touchpoint.topic or touchpoint.episode or "")
        rows.add_row(drawing.day(touchpoint.occurred_at), f"{trust:.3f}", drawing.spark([trust]), touchpoint.kind, who, what, touchpoint.id)
    out.print(rows)
    width = max(10, min(60, out.width - 30))
    course = drawing.trend(result.prior, result.contributions, width)
    out.print(f"trust {result.prior:.2f} {course} {result.trust:.2f}, {result.state}, {ruled_by(result)}")
