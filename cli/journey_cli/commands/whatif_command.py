"""`journey whatif`."""

from typing import Any

import click

from journey_cli.completion import relationships_or_files
from journey_cli.options import bounds, rules_option
from journey_cli.session import Session
from journey_cli.text.console import console, counted, write_json
from journey_cli.text.results import ruled_by


def _edit(option: str) -> Any:
    def collect(ctx: click.Context, _: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
        ctx.meta.setdefault("edits", []).extend((option, value) for value in values)
        return values

    return collect


@click.command("whatif")
@click.argument("relationship", shell_complete=relationships_or_files)
@click.option("--without", multiple=True, metavar="ID", expose_value=False, callback=_edit("--without"), help="Leave a touchpoint out.")
@click.option(
    "--replace",
    multiple=True,
    metavar="ID:FIELD=VALUE",
    expose_value=False,
    callback=_edit("--replace"),
    help="Give a touchpoint another value.",
)
@click.option("--insert", multiple=True, metavar="JSON", expose_value=False, callback=_edit("--insert"), help="Add a touchpoint.")
@rules_option
@bounds
@click.pass_context
def command(ctx: click.Context, relationship: str, rules: str, as_of: str | None, known_at: str | None) -> None:
    """Replay RELATIONSHIP (or FILE.jsonl) with edits, side by side with the facts. Nothing is written.

    \b
    journey whatif m@bank --replace handover-2:introduction=warm --without meeting-131
    """
    from journey import counterfactuals
    from journey_cli.text import drawing
    from journey_projections import replay
    from journey_projections.rules.loading import load_rules

    session: Session = ctx.obj
    chosen: list[counterfactuals.Edit] = ctx.meta.get("edits", [])
    history, judged_by = session.history(relationship, as_of, known_at), load_rules(rules)
    if not chosen:
        raise click.UsageError("say what would have been: --without ID, --replace ID:FIELD=VALUE or --insert JSON")
    try:
        edited = counterfactuals.apply_edits(history, chosen)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    at = counterfactuals.latest(history.at, edited.at)
    facts, counterfactual = replay(history, judged_by, at), replay(edited, judged_by, at)
    difference = counterfactual.trust - facts.trust
    if session.is_json:
        write_json(
            {
                "facts": facts.to_dict(),
                "counterfactual": counterfactual.to_dict(),
                "edit": counterfactuals.flat(chosen),
                "difference": difference,
            }
        )
        return
    out = console()
    numbers = ("trust", "confidence", "exit risk")
    rows = drawing.table(
        out, "", "trust", " ", "confidence", "state", "exit risk", right=numbers, whole=("", "state"), bars=(" ",), spare=("confidence",)
    )
    for name, result in (("facts", facts), ("what if", counterfactual)):
        rows.add_row(
            name, f"{result.trust:.3f}", drawing.bar(result.trust), f"{result.confidence:.2f}", result.state, f"{result.exit_risk:.2f}"
        )
    out.print(rows)
    out.print(f"difference {drawing.signed(difference)} at {drawing.day(at)}, {counted(len(chosen), 'edit')}, {ruled_by(facts)}")
    width = max(10, min(60, out.width - 20))
    for name, result in (("facts", facts), ("what if", counterfactual)):
        out.print(f"{name:8} {drawing.trend(result.prior, result.contributions, width)}")
