"""`journey portfolio`."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from journey_cli.questions import asked, owner_option, question_options, since_option, state_option, to_file
from journey_cli.session import Session
from journey_cli.text.console import console, counted, write_json

if TYPE_CHECKING:
    from journey_projections.questions.portfolio import Mover, Period

PERIODS = 12
"""So many periods are shown unless --since says more."""


@click.command("portfolio")
@question_options
@click.option(
    "--every",
    type=click.Choice(["day", "week", "month", "quarter", "year"]),
    default="month",
    show_default=True,
    help="How long a period is (UTC).",
)
@click.option("--top", type=click.IntRange(min=0), default=3, show_default=True, metavar="N", help="Name N movers up and down.")
@state_option
@owner_option
@since_option("periods that end")
@click.pass_obj
def command(
    session: Session,
    rules: str,
    as_of: str | None,
    known_at: str | None,
    output: Path | None,
    ledger: Path | None,
    memory: int,
    every: str,
    top: int,
    states: tuple[str, ...],
    owners: tuple[str, ...],
    since: str | None,
) -> None:
    """How everybody moved: states and trust per period, who moved most and why, and cohorts by origin.

    A line per period, the last twelve up to now, or from --since up to --as-of; periods before the first customer are left out. Trust is
    the mean of those whose relationship goes on.
    """
    from journey.times import beginning
    from journey_projections.questions.periods import last_periods, periods_since
    from journey_projections.questions.portfolio import PORTFOLIO, portfolio

    def dates(at: datetime) -> list[datetime]:
        return last_periods(at, every, PERIODS) if since is None else periods_since(beginning(since), at, every)

    with asked(session, rules=rules, as_of=as_of, known_at=known_at, ledger=ledger, memory=memory, dates=dates) as one:
        periods = portfolio(one.outlooks, one.query.dates, one.query.rules, one.history, states=states, owners=owners, top=top)
        if output is not None:
            to_file(output, PORTFOLIO, (period.row() for period in periods), (period.to_dict() for period in periods))
        elif session.is_json:
            for period in periods:
                write_json(period.to_dict())
        else:
            _print(periods, every, one.query.at.date().isoformat())


def _print(periods: "tuple[Period, ...]", every: str, day: str) -> None:
    from journey_cli.text import drawing

    out = console()
    if not periods:
        out.print(f"0 customers as of {day}")
        return
    titles = ("until", "customers", "trust", "", "communal", "damaged", "ended", "others")
    numbers = ("customers", "trust", "communal", "damaged", "ended", "others")
    rows = drawing.table(out, *titles, right=numbers, whole=("until",), bars=("",), spare=("others", "customers", "ended"))
    for one in periods:
        ended = sum(count for state, count in one.states.items() if state.startswith("ended_"))
        communal, damaged = one.states.get("communal", 0), one.states.get("damaged", 0)
        counts = communal, damaged, ended, one.relationships - communal - damaged - ended
        trust = ("", "") if one.trust is None else (f"{one.trust:.3f}", drawing.bar(one.trust))
        rows.add_row(drawing.day(one.until), str(one.relationships), *trust, *map(str, counts))
    out.print(rows)
    last = periods[-1]
    for title, movers in (("down", last.down), ("up", last.up)):
        if movers:
            out.print()
            out.print(f"most {title} in the last {every}", style="bold")
        for mover in movers:
            drawing.bullet(out, _said(mover))
    if last.origins:
        out.print()
        out.print("by origin, those who go on", style="bold")
        for name, cohort in last.origins.items():
            drawing.bullet(out, f"{name}: {counted(cohort.relationships, 'customer')}, trust {cohort.trust:.3f}")


def _said(mover: "Mover") -> str:
    by = "" if mover.touchpoint is None else f" ({mover.touchpoint})"
    return f"{mover.relationship}: {mover.change:+.3f} to {mover.trust:.3f}" + (f"; {mover.words}{by}" if mover.words else "")
