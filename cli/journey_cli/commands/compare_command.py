"""`journey compare`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from journey_cli.completion import relationships_or_files, rule_sets
from journey_cli.ledger_options import ledger_option
from journey_cli.options import bounds
from journey_cli.session import Session
from journey_cli.text.console import console, counted, write_json

if TYPE_CHECKING:
    from rich.console import Console

    from journey_projections import Replay, RuleSet


@click.command("compare")
@click.argument("relationships", nargs=-1, shell_complete=relationships_or_files)
@click.option("--all", "everyone", is_flag=True, help="Two rule sets over every relationship in the journal.")
@click.option(
    "--rules",
    "names",
    multiple=True,
    metavar="RULES",
    shell_complete=rule_sets,
    help="A rule set, as of `replay`; give several. With --all two, or one to set against its base, or against goodwill.  "
    "[default: all that come with journey]",
)
@click.option(
    "--top",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="N",
    help="With --all: how many of the most changed to show.",
)
@bounds
@ledger_option
@click.pass_obj
def command(
    session: Session,
    relationships: tuple[str, ...],
    everyone: bool,
    names: tuple[str, ...],
    top: int,
    as_of: str | None,
    known_at: str | None,
    ledger: Path | None,
) -> None:
    """Judge each of RELATIONSHIPS (or FILE.jsonl) by several rule sets, side by side. For two rule sets, show why they differ.

    With --all, two rule sets judge the whole journal: whose trust differs most and why, and how the ranking changes. A large journal is
    read through its ledger, as by `replay --all`.
    """
    from journey_projections.rules.gallery import NAMES
    from journey_projections.rules.loading import load_rules

    if everyone == bool(relationships):
        raise click.UsageError("name relationships, or give --all")
    if everyone:
        from journey_cli.text.comparison import print_comparison

        print_comparison(session, _two(names), as_of, known_at, ledger, top)
    else:
        _print(session, relationships, [load_rules(name) for name in names or NAMES], as_of, known_at)


def _two(names: tuple[str, ...]) -> "tuple[RuleSet, RuleSet]":
    from journey_projections.rules.loading import load_rules, read_rules

    if len(names) not in (1, 2):
        raise click.UsageError("--all compares two rule sets; give --rules twice, or once for one to set against its base")
    if len(names) == 1 and names[0].endswith(".toml"):
        rules, base = read_rules(Path(names[0]))
        return base, rules
    first, second = ("goodwill", *names)[-2:]
    return load_rules(first), load_rules(second)


def _print(session: Session, relationships: tuple[str, ...], judged_by: "list[RuleSet]", as_of: str | None, known_at: str | None) -> None:
    from journey_cli.text import drawing
    from journey_projections import replay

    out = console()
    width = max(8, min(40, out.width - 66))
    for relationship, history in session.histories(relationships, as_of, known_at):
        results = [replay(history, rules) for rules in judged_by]
        if session.is_json:
            for result in results:
                write_json(result.to_dict())
            continue
        out.print(f"{relationship}, {counted(len(history), 'touchpoint')}")
        rows = drawing.table(
            out,
            *("rules", "trust", "course", "state", "worst touchpoint"),
            right=("trust",),
            whole=("rules", "state"),
            bars=("course",),
            spare=("worst touchpoint",),
        )
        for result in results:
            worst = min((one for one in result.contributions if one.touchpoint), key=lambda one: one.delta, default=None)
            worst_shown = "" if worst is None or worst.delta >= 0 else f"{drawing.signed(worst.delta)} {worst.touchpoint}"
            course = drawing.trend(result.prior, result.contributions, width)
            rows.add_row(result.rules.name, f"{result.trust:.3f}", course, result.state, worst_shown)
        out.print(rows)
        if len(results) == 2:
            _print_why(out, *results)


def _print_why(out: "Console", first: "Replay", second: "Replay") -> None:
    from journey_cli.text import drawing
    from journey_cli.text.comparison import reasons_in_words
    from journey_projections.replaying.comparison import reasons

    rows = drawing.table(out, "change", "why", right=("change",))
    for number, why in enumerate(reasons_in_words(reasons(first, second))):
        rows.add_row("" if number else drawing.signed(second.trust - first.trust), why)
    if rows.row_count:
        out.print(rows)
