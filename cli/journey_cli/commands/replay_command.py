"""`journey replay`."""

from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

import click

from journey_cli.completion import relationships_or_files
from journey_cli.ledger_options import Size, ledger_option
from journey_cli.options import bounds, rules_option
from journey_cli.session import Session
from journey_cli.text.console import naming_failures, say_on_terminal, silent, working, write_json
from journey_cli.text.files import check_outputs, tables_to
from journey_cli.text.results import course_to, print_standings, write
from journey_cli.text.summary import SORTS, ordered


@click.command("replay")
@click.argument("relationships", nargs=-1, shell_complete=relationships_or_files)
@click.option("--all", "everyone", is_flag=True, help="Every relationship in the journal; if there are many, through the ledger.")
@rules_option
@bounds
@click.option(
    "--every",
    type=click.Choice(["day", "week", "month", "quarter", "year"]),
    help="Show trust at the end of each period (UTC) instead of only the latest value.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to FILE, as its suffix says: .jsonl, .csv, .parquet or .arrow.",
)
@click.option(
    "--contributions",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also write to FILE what each touchpoint, and time, did to trust.",
)
@ledger_option
@click.option("--memory", type=Size(), default="1GB", show_default=True, metavar="SIZE", help="Approximate memory limit for --all.")
@click.option(
    "--sort",
    type=click.Choice([sign + name for sign in ("", "-") for name in SORTS]),
    metavar="FIELD",
    help=f"Sort by {', '.join(SORTS[:-1])} or {SORTS[-1]}; with - ahead, as in --sort -trust, the largest first.",
)
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="Only the first N; the summary is of all.")
@click.pass_obj
def command(
    session: Session,
    relationships: tuple[str, ...],
    everyone: bool,
    rules: str,
    as_of: str | None,
    known_at: str | None,
    every: str | None,
    output: Path | None,
    contributions: Path | None,
    ledger: Path | None,
    memory: int,
    sort: str | None,
    top: int | None,
) -> None:
    """Rebuild trust, confidence and state of RELATIONSHIPS (or FILE.jsonl), or of all.

    With --all, a large journal is read through its ledger, which is made or caught up first; see `journey ledger`. The output of
    --every and --contributions is grouped by relationship. Relationships on which the rules fail are left out and named on stderr; the
    exit code is then 1.
    """
    from journey_projections.questions.everyone import Query, replay_everyone, replay_some
    from journey_projections.replaying.result_rows import CONTRIBUTIONS
    from journey_projections.rules.loading import load_rules

    since = perf_counter()
    if everyone == bool(relationships):
        raise click.UsageError("name relationships, or give --all")
    if every is not None and (sort is not None or top is not None):
        raise click.UsageError("--sort and --top order the latest values; they do not go with --every")
    check_outputs(output, contributions)
    # Rows that stream are their own progress; a bar would write over them where both go to one terminal, perhaps through a pager.
    is_streaming = output is None and sort is None and (every is None or session.is_json)
    bar = silent if is_streaming else working
    with naming_failures() as failed, ExitStack() as files:
        course = sink = None
        if every is not None:
            course = files.enter_context(course_to(session, output))
        if contributions is not None:
            sink = files.enter_context(tables_to(contributions, CONTRIBUTIONS))
        parties = every is None and (session.is_json if output is None else output.suffix == ".jsonl")
        query = Query(load_rules(rules), as_of, known_at, every, parties, memory, course, sink, say_on_terminal, failed)
        if everyone:
            journal = files.enter_context(session.reading())
            results = replay_everyone(journal, query, session.ledger_place(ledger, working), files, bar, session.look)
        else:
            results = replay_some([history for _, history in session.histories(relationships, as_of, known_at)], query)
        if every is not None:
            for _ in results:
                pass
        elif output is not None:
            write(output, results if sort is None and top is None else list(ordered(results, sort, top)))
        elif session.is_json:
            for result in ordered(results, sort, top):
                write_json(result.to_dict())
        else:
            print_standings(results, everyone=everyone, since=since, sort=sort, top=top)
