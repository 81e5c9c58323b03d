"""`journey explain`."""

from typing import TYPE_CHECKING

import click

from journey_cli.completion import relationships_or_files
from journey_cli.options import When, bounds, rules_option
from journey_cli.session import Session
from journey_cli.text.console import console, counted, write_json
from journey_cli.text.results import ruled_by

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping
    from datetime import datetime

    from journey import History
    from journey.history import Recorded
    from journey_projections import Contribution, Replay
    from journey_projections.json_shapes import ExplanationShape

    Row = tuple[str, str, str, str, str, str]


@click.command("explain")
@click.argument("relationship", shell_complete=relationships_or_files)
@rules_option
@bounds
@click.option("--since", type=When(), metavar="WHEN", help="Only what moved trust from then on; a day, month or year means its beginning.")
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="A line for each of the N largest changes; the others share lines.")
@click.option("--newest", is_flag=True, help="The newest first.")
@click.option("--full", is_flag=True, help="A line for every touchpoint, however small.")
@click.pass_obj
def command(
    session: Session,
    relationship: str,
    rules: str,
    as_of: str | None,
    known_at: str | None,
    since: str | None,
    top: int | None,
    newest: bool,
    full: bool,
) -> None:
    """Show what moved the trust of RELATIONSHIP (or FILE.jsonl): when, who, what happened and why. The lines sum to the score.

    Small changes share a line, but for the steps of a crisis. In JSON, --since and --top leave the other contributions out; with
    --since, `prior` is the trust before it.
    """
    from journey.times import beginning
    from journey_cli.text import drawing
    from journey_cli.text.amendments import amended
    from journey_cli.text.happenings import nothing_yet
    from journey_projections import replay
    from journey_projections.rules.loading import load_rules

    if full and top is not None:
        raise click.UsageError("give --top or --full, not both")
    judged_by, start = load_rules(rules), None if since is None else beginning(since)
    if session.is_json:
        write_json(_shape(replay(session.history(relationship, as_of, known_at), judged_by), start, top, newest=newest))
        return
    history, names = session.history_and_names(relationship, as_of, known_at)
    result = replay(history, judged_by)
    out = console()
    if not history.records:
        out.print(nothing_yet(session.history(relationship, None, None), history))
    rows = drawing.table(
        out,
        *("when", "change", "trust", "", "touchpoint", "what happened, and why"),
        right=("change", "trust"),
        whole=("when",),
        ids=("touchpoint",),
        bars=("",),
        spare=("trust", "touchpoint"),
    )
    lines = list(_rows(result, history, names, start, top, is_full=full))
    for row in reversed(lines) if newest else lines:
        rows.add_row(*row)
    if history.records:
        out.print(rows)
    for line in amended(history, names):
        out.print(line)
    out.print(_sum(result))


def _rows(
    result: "Replay", history: "History", names: "Mapping[str, str]", start: "datetime | None", top: int | None, *, is_full: bool
) -> "Iterator[Row]":
    """A row for the trust before, and for each change or run of small ones from `start` on."""
    from journey_cli.text import drawing
    from journey_cli.text.explanation import lines_of, shared_words, subject

    records = {record.touchpoint.id: record for record in history.records}
    late = history.late
    yield "", "", f"{result.prior:.3f}", drawing.spark([result.prior]), "", "before the first touchpoint"
    earlier, shown = _parted(result, start)
    before = [earlier] if earlier else []
    for run in [*before, *lines_of(shown, is_full=is_full, top=top)]:
        delta, last, one = run[-1].after - run[0].before, run[-1], None if run is earlier else subject(run)
        if run is earlier:
            words = f"{counted(len(run), 'change')} until {drawing.day(last.occurred_at)}"
        else:
            words = shared_words(run) if one is None else _told(one, records.get(one.touchpoint or ""), names, late)
        name = "" if one is None else one.touchpoint or "(time)"
        yield drawing.day(run[0].occurred_at), drawing.signed(delta), f"{last.after:.3f}", drawing.spark([last.after]), name, words


def _told(one: "Contribution", record: "Recorded | None", names: "Mapping[str, str]", late: "Container[str]") -> str:
    """Who did what, and on a line below why that moved trust."""
    from journey_cli.text import drawing
    from journey_cli.text.amendments import known_later
    from journey_cli.text.happenings import what_happened, who_acted

    if record is None:
        return one.words
    what = "; ".join(part for part in (drawing.in_plain_words(record.touchpoint.kind), what_happened(record)) if part)
    who = who_acted(record.touchpoint, names)
    return f"{f'{who}: ' if who else ''}{what}\n→ {one.words}{known_later(record, late)}"


def _parted(result: "Replay", start: "datetime | None") -> "tuple[list[Contribution], list[Contribution]]":
    """What moved trust before an instant, and from then on."""
    if start is None:
        return [], list(result.contributions)
    earlier = [one for one in result.contributions if one.occurred_at < start]
    return earlier, list(result.contributions[len(earlier) :])


def _shape(result: "Replay", start: "datetime | None", top: int | None, *, newest: bool) -> "ExplanationShape":
    from journey_cli.text.explanation import largest_of

    earlier, shown = _parted(result, start)
    chosen = shown if top is None else largest_of(shown, top)
    contributions = [one.to_dict() for one in (reversed(chosen) if newest else chosen)]
    return {**result.explanation(), "prior": earlier[-1].after if earlier else result.prior, "contributions": contributions}


def _sum(result: "Replay") -> str:
    """How the trust comes about, in a line whose numbers sum as they are printed."""
    from journey_cli.text import drawing
    from journey_projections.replaying.replay import TIME

    passed = round(sum((one.delta for one in result.contributions if one.cause == TIME), 0.0), 3)
    moved = drawing.signed(round(result.trust, 3) - round(result.prior, 3) - passed)
    by_time = f" {drawing.signed(passed)} by time" if passed else ""
    touchpoints = counted(result.touchpoints, "touchpoint")
    return f"trust {result.trust:.3f} = {result.prior:.3f} before {moved} by {touchpoints}{by_time}, {ruled_by(result)}"
