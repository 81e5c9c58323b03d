"""`journey rules`."""

import click

from journey_cli.session import Session, console, write_json


@click.command("rules")
@click.argument("name", required=False)
@click.pass_obj
def command(session: Session, name: str | None) -> None:
    """List the rule sets, or show the parameters of NAME: value, range, unit, meaning and source."""
    from journey_cli import drawing
    from journey_cli.rule_files import load_rules
    from journey_projections.rule_sets import NAMES, parameters_of

    out = console()
    if name is None:
        rows = drawing.table(out, "name", "version", "hash", "parameters", right=("parameters",))
        for rules in map(load_rules, NAMES):
            shape = {"name": rules.name, "version": rules.version, "hash": rules.hash, "parameters": len(parameters_of(rules))}
            if session.is_json:
                write_json(shape)
            rows.add_row(*map(str, shape.values()))
        if not session.is_json:
            out.print(rows)
        return
    rules = load_rules(name)
    rows = drawing.table(out, "parameter", "value", "range", "unit", "meaning", "source", right=("value",), whole=("parameter",))
    for parameter in parameters_of(rules):
        if session.is_json:
            write_json({"rules": rules.name, **parameter._asdict()})
        span = f"{parameter.low} to {parameter.high}" if parameter.low is not None else ""
        rows.add_row(parameter.name, str(parameter.value), span, parameter.unit, parameter.meaning, parameter.source)
    if not session.is_json:
        out.print(f"{rules.name} {rules.version} ({rules.hash})")
        out.print(rows)
