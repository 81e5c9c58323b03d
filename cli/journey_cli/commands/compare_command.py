"""`journey compare`."""

import click

from journey_cli.session import Session, bounds, console, counted, write_json


@click.command("compare")
@click.argument("relationships", nargs=-1, required=True)
@click.option("--rules", "names", multiple=True, metavar="NAME", help="A rule set; give several.  [default: all that come with journey]")
@bounds
@click.pass_obj
def command(session: Session, relationships: tuple[str, ...], names: tuple[str, ...], as_of: str | None, known_at: str | None) -> None:
    """Judge the same history of each of RELATIONSHIPS (or FILE.jsonl) by several rule sets, side by side."""
    from journey_cli import drawing, shapes
    from journey_cli.rule_files import load_rules
    from journey_projections import replay
    from journey_projections.rule_sets import NAMES

    judged_by = [load_rules(name) for name in names or NAMES]
    out = console()
    width = max(8, min(40, out.width - 66))
    for relationship in relationships:
        history = session.history(relationship, as_of, known_at)
        results = [replay(history, rules) for rules in judged_by]
        if session.is_json:
            for result in results:
                write_json(shapes.of_replay(result))
            continue
        out.print(f"{relationship}, {counted(len(history), 'touchpoint')}")
        rows = drawing.table(
            out, "rules", "trust", "course", "state", "worst touchpoint", right=("trust",), whole=("rules", "course", "state")
        )
        for result in results:
            worst = min((one for one in result.contributions if one.touchpoint), key=lambda one: one.delta, default=None)
            worst_told = "" if worst is None or worst.delta >= 0 else f"{drawing.signed(worst.delta)} {worst.touchpoint}"
            course = drawing.trend(result.prior, result.contributions, width)
            rows.add_row(result.rules.name, f"{result.trust:.3f}", course, result.state, worst_told)
        out.print(rows)
