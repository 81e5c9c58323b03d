"""`journey rules`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from journey_cli.completion import rule_sets
from journey_cli.session import Session
from journey_cli.text.console import console, counted, write_json

if TYPE_CHECKING:
    from journey_projections import RuleSet


@click.command("rules")
@click.argument("name", required=False, metavar="[NAME | FILE.toml | FILE.py | MODULE:ATTRIBUTE]", shell_complete=rule_sets)
@click.pass_obj
def command(session: Session, name: str | None) -> None:
    """List the rule sets, or show the parameters of one: value, range, unit, meaning and source.

    Of FILE.toml, which changes parameters of another rule set, what it changes comes first.
    """
    if name is None:
        _list(session)
    elif name.endswith(".toml"):
        from journey_projections.rules.loading import read_rules

        loaded = read_rules(Path(name))
        _show(session, loaded.rules, loaded.base)
    else:
        from journey_projections.rules.loading import load_rules

        _show(session, load_rules(name), None)


def _list(session: Session) -> None:
    from journey_cli.text import drawing
    from journey_projections.rules.gallery import NAMES, rule_set
    from journey_projections.rules.parameters import parameters_of

    out = console()
    rows = drawing.table(
        out,
        "name",
        "version",
        "hash",
        "parameters",
        "is",
        right=("parameters",),
        whole=("name", "version", "hash"),
        spare=("hash", "parameters", "version"),
    )
    for rules in map(rule_set, NAMES):
        shape = {"name": rules.name, "version": rules.version, "hash": rules.hash, "parameters": len(parameters_of(rules))}
        shape["about"] = rules.about
        if session.is_json:
            write_json(shape)
        rows.add_row(*map(str, shape.values()))
    if not session.is_json:
        out.print(rows)


def _show(session: Session, rules: "RuleSet", base: "RuleSet | None") -> None:
    from journey_cli.text import drawing
    from journey_projections.rules.derived import changes_of
    from journey_projections.rules.parameters import parameters_of

    out = console()
    changed = {} if base is None else changes_of(rules, base)
    columns = ("parameter", "value", *(("base",) if changed else ()), "range", "unit", "meaning", "source")
    rows = drawing.table(
        out, *columns, right=("value", "base"), whole=("range", "unit"), ids=("parameter",), spare=("source", "range", "unit")
    )
    for parameter in sorted(parameters_of(rules), key=lambda one: one.name not in changed):
        before = changed.get(parameter.name, (parameter.value,))[0]
        if session.is_json:
            write_json({"rules": rules.name, **parameter._asdict(), **({} if base is None else {"base": before})})
        span = f"{parameter.low} to {parameter.high}" if parameter.low is not None else ""
        was = ((str(before) if parameter.name in changed else "",)) if changed else ()
        rows.add_row(parameter.name, str(parameter.value), *was, span, parameter.unit, parameter.meaning, parameter.source)
    if session.is_json:
        return
    out.print(f"{rules.name} {rules.version} ({rules.hash})" + (f": {rules.about}" if rules.about else ""))
    if base is not None:
        changes = counted(len(changed), "parameter") + " changed" if changed else "no parameter changed"
        out.print(f"{base.name} {base.version} ({base.hash}) with {changes}")
    out.print(rows)
