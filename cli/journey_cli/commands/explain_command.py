"""`journey explain`."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from journey_cli.completion import relationships_or_files
from journey_cli.options import bounds, rules_option
from journey_cli.session import Session
from journey_cli.text.console import console, counted, write_json
from journey_cli.text.results import ruled_by

if TYPE_CHECKING:
    from journey_projections import Contribution, Replay

NOTABLE = 0.01
"""A change of trust worth a line of its own; smaller ones share a line, so that the lines still sum to the score."""


@click.command("explain")
@click.argument("relationship", shell_complete=relationships_or_files)
@rules_option
@bounds
@click.option("--full", is_flag=True, help="A line for every touchpoint, however small.")
@click.pass_obj
def command(session: Session, relationship: str, rules: str, as_of: str | None, known_at: str | None, full: bool) -> None:
    """Show what moved the trust of RELATIONSHIP (or FILE.jsonl), when and why. The lines sum to the score."""
    from journey_cli.text import drawing
    from journey_cli.text.amendments import amended, known_later
    from journey_projections import replay
    from journey_projections.rules.loading import load_rules

    judged_by = load_rules(rules)
    if session.is_json:
        write_json(replay(session.history(relationship, as_of, known_at), judged_by).explanation())
        return
    history, names = session.history_and_names(relationship, as_of, known_at)
    result = replay(history, judged_by)
    out = console()
    rows = drawing.table(out, "when", "change", "trust", "", "touchpoint", "why", right=("change", "trust"))
    rows.add_row("", "", f"{result.prior:.3f}", drawing.spark([result.prior]), "", "before the first touchpoint")
    late = history.late
    later = {record.touchpoint.id: known_later(record, late) for record in history.records}
    for run in _runs(result.contributions, 0.0 if full else NOTABLE):
        delta, last = run[-1].after - run[0].before, run[-1]
        when = drawing.day(run[0].occurred_at)
        if len(run) == 1:
            name = last.touchpoint or "(time)"
            why = last.words + later.get(name, "")
            rows.add_row(when, drawing.signed(delta), f"{last.after:.3f}", drawing.spark([last.after]), name, why)
        else:
            until = drawing.day(last.occurred_at)
            rows.add_row(
                when, drawing.signed(delta), f"{last.after:.3f}", drawing.spark([last.after]), "", f"{len(run)} small changes until {until}"
            )
    out.print(rows)
    for line in amended(history, names):
        out.print(line)
    out.print(_sum(result))


def _sum(result: "Replay") -> str:
    """How the trust comes about, in a line whose numbers sum as they are printed."""
    from journey_cli.text import drawing
    from journey_projections.replaying.replay import TIME

    passed = round(sum((one.delta for one in result.contributions if one.cause == TIME), 0.0), 3)
    moved = drawing.signed(round(result.trust, 3) - round(result.prior, 3) - passed)
    by_time = f" {drawing.signed(passed)} by time" if passed else ""
    touchpoints = counted(result.touchpoints, "touchpoint")
    return f"trust {result.trust:.3f} = {result.prior:.3f} before {moved} by {touchpoints}{by_time}, {ruled_by(result)}"


def _runs(contributions: "Sequence[Contribution]", notable: float) -> "Iterator[list[Contribution]]":
    run: list[Contribution] = []
    for one in contributions:
        if abs(one.delta) < notable:
            run.append(one)
            continue
        if run:
            yield run
            run = []
        yield [one]
    if run:
        yield run
