"""`journey demo`."""

from typing import TYPE_CHECKING, Any

import click

from journey_cli.completion import story_names
from journey_cli.session import Session
from journey_cli.text.console import console, write_json
from journey_cli.text.next_commands import print_next

if TYPE_CHECKING:
    from rich.console import Console

    from journey import History
    from journey_cli.stories import Story
    from journey_projections import Contribution, Replay


@click.command("demo")
@click.argument("name", required=False, metavar="[STORY]", shell_complete=story_names)
@click.option("--keep", is_flag=True, help="Record all stories and a made-up branch in the journal instead, to try every command on.")
@click.pass_obj
def command(session: Session, name: str | None, keep: bool) -> None:
    """Replay a bundled STORY on an in-memory journal and tell it.

    The stories: cold-meeting, spilled-beer, crisis-tested and crisis-hidden, honest-course and silent-course, silent-customer,
    declined-engagement and accepted-engagement, unmasked.

    With `--keep`, the journal gets all of them, and five years of a made-up bank branch that end today: 300 customers, 25 people. What is
    there already stays as it is.
    """
    if not keep:
        _tell(session, name or "cold-meeting")
    elif name is not None:
        raise click.UsageError(f"--keep records every story; leave out `{name}`")
    else:
        _keep(session)


def _keep(session: Session) -> None:
    from journey import clock
    from journey.stores.addresses import without_password
    from journey.times import utc
    from journey_cli.stories import NAMES, side_by_side
    from journey_cli.text import drawing
    from journey_projections.made_up import branch_end, made_up_branch

    if session.store == "memory:":
        raise click.UsageError("--keep has nowhere to keep anything in memory; name a store, as in --store sqlite:///journey.db")
    with session.writing() as journal:
        end = branch_end(journal) or clock.now().date()
        stories, branch = side_by_side(), made_up_branch(end)
        facts = sorted((*stories, *branch), key=lambda row: utc(row["occurred_at"]))
        receipts = journal.record_prepared(journal.prepare(facts, [utc(row["occurred_at"]) for row in facts]))
    recorded = sum(receipt.is_new for receipt in receipts)
    customers = len({row["relationship"] for row in branch})
    store = without_password(session.store)
    if session.is_json:
        unchanged = len(facts) - recorded
        write_json(
            {"store": store, "recorded": recorded, "unchanged": unchanged, "stories": len(NAMES), "customers": customers, "end": f"{end}"}
        )
        return
    out = console()
    done = f"{recorded} touchpoints recorded" if recorded else f"unchanged: all {len(facts)} touchpoints are already recorded"
    out.print(f"{store}: {done}", soft_wrap=True)
    drawing.indented(out, f"{len(NAMES)} stories, and a made-up branch of {customers} customers as of {end}")
    print_next(out, ("attention", "says who needs somebody today, and why"), ("explain m@bank", "shows what moved trust in one story"))


def _tell(session: Session, name: str) -> None:
    from journey import Journal
    from journey_cli.stories import story
    from journey_projections import replay

    tale = story(name)
    with Journal.open("memory:") as journal:
        journal.record(*tale.history)
        history = journal.history(str(tale.history.relationship))
    facts = replay(history)
    turning = min((one for one in facts.contributions if one.touchpoint), key=lambda one: one.delta)
    otherwise = None if tale.otherwise is None else replay(tale.otherwise, at=facts.at)
    if session.is_json:
        write_json(_shape(tale, facts, turning, otherwise))
    else:
        _print(console(), tale, facts, turning, otherwise)


def _shape(tale: "Story", facts: "Replay", turning: "Contribution", otherwise: "Replay | None") -> dict[str, Any]:
    from journey.counterfactuals import flat

    return {
        "story": tale.name,
        "relationship": facts.relationship,
        "trust_before": turning.before,
        "trust_after": turning.after,
        "turning_point": {
            "touchpoint": turning.touchpoint,
            "kind": turning.kind,
            "occurred_at": turning.occurred_at,
            "cause": turning.cause,
            "delta": turning.delta,
        },
        "state": facts.state,
        "counterfactual": None if otherwise is None else {"edit": flat(tale.counterfactual), "trust_after": otherwise.trust},
    }


def _print(out: "Console", tale: "Story", facts: "Replay", turning: "Contribution", otherwise: "Replay | None") -> None:
    from rich.padding import Padding
    from rich.text import Text

    from journey_cli.text import drawing

    def say(text: str, style: str = "") -> None:
        out.print(Padding(Text(text.strip(), style=style), (0, 2)))

    def heading(text: str) -> None:
        out.print()
        out.print(Text(text, style="bold cyan"))

    out.print(Text(tale.title, style="bold"))
    say(tale.summary)

    heading("Trust, year by year")
    _years(out, tale.history, facts)

    heading(f"The turning point: {turning.occurred_at:%-d %B %Y}")
    if turning.delta < 0:
        say(tale.eve)
    note = tale.history[str(turning.touchpoint)].note
    if note:
        say(f"“{drawing.printable(note)}”", "italic")
    rows = drawing.table(out, "", "trust", " ", "exit risk", right=("trust",), whole=("",), bars=(" ",))
    for name, trust, risk in zip(("  before", "  after"), (turning.before, turning.after), _risks(tale.history, turning), strict=True):
        rows.add_row(name, f"{trust:.2f}", Text(drawing.bar(trust, 30), style=drawing.tone(trust)), f"exit risk {risk:.2f}")
    rows.show_header = False
    out.print(rows)
    say(f"Why: {turning.words}. ({turning.kind} {turning.touchpoint}, {drawing.signed(turning.delta)})")
    earlier = _earlier(facts, turning)
    if earlier:
        say(earlier)

    average = _average(tale.history, turning.touchpoint)
    if average is not None and abs(average[1] - average[0]) < _UNNOTICED:
        say(f"The average rating of all contacts so far says nothing: {average[0]:.2f} before, {average[1]:.2f} after.")

    if otherwise is not None:
        heading("Had it gone otherwise")
        say(tale.counterfactual_words)
        rows = drawing.table(out, "", "trust", " ", "state", right=("trust",), whole=("", "state"), bars=(" ",))
        for name, result in (("  as it was", facts), ("  otherwise", otherwise)):
            rows.add_row(name, f"{result.trust:.2f}", Text(drawing.bar(result.trust, 30), style=drawing.tone(result.trust)), result.state)
        rows.show_header = False
        out.print(rows)

    heading("What this shows")
    say(tale.lesson)
    out.print()
    rules = facts.rules
    say(
        f"{facts.touchpoints} touchpoints replayed; what each moved sums exactly from {facts.prior:.2f} to {facts.trust:.2f}, "
        f"under the rules {rules.name} {rules.version} ({rules.hash}). Nothing was stored.",
        "dim",
    )
    print_next(
        out,
        ("demo --keep", "records this and a made-up branch, to try on"),
        ("attention", "then says who needs somebody today, and why"),
    )


def _risks(history: "History", turning: "Contribution") -> tuple[float, float]:
    """The readiness to leave just before a touchpoint, and at it."""
    from datetime import timedelta

    from journey_projections import replay

    until = turning.occurred_at - timedelta(microseconds=1)
    return replay(history, at=until).exit_risk, replay(history, at=turning.occurred_at).exit_risk


_BEGUN = 0.03
"""A fall of trust before the turning point that is worth a word."""


def _earlier(facts: "Replay", turning: "Contribution") -> str:
    """How much trust was lost already before the turning point, since it was highest, and by what; empty where it was hardly any."""
    before = facts.contributions[: facts.contributions.index(turning)]
    peak = max(range(len(before)), key=lambda place: before[place].after, default=0)
    if not before or before[peak].after - turning.before < _BEGUN:
        return ""
    worst = min(before[peak + 1 :], key=lambda one: one.delta)
    name = f" ({worst.kind} {worst.touchpoint})" if worst.touchpoint else ""
    return (
        f"The damage began earlier: {before[peak].after:.2f} on {before[peak].occurred_at:%-d %B %Y} had become {turning.before:.2f}. "
        f"The largest part, {worst.delta:+.2f} by {worst.occurred_at:%-d %B %Y}: {worst.words}{name}."
    )


_UNNOTICED = 0.05
"""A change of an average rating that nobody would look into."""


def _average(history: "History", until: str | None) -> tuple[float, float] | None:
    """The mean quality of all contacts before the touchpoint `until` and with it, or None where that is not a rated contact."""
    from statistics import mean

    rated = []
    for touchpoint in history:
        if touchpoint.kind == "interaction":
            given = [one for one in (touchpoint.competence, touchpoint.benevolence, touchpoint.integrity) if one is not None]
            if given:
                rated.append(mean(given))
        if touchpoint.id == until:
            rated_now = touchpoint.kind == "interaction" and len(rated) > 1
            return (mean(rated[:-1]), mean(rated)) if rated_now else None
    return None


def _years(out: "Console", history: "History", facts: "Replay") -> None:
    """A line for each year: trust at its end, and what moved it most."""
    from rich.text import Text

    from journey_cli.text import drawing

    by_year: dict[int, list[Contribution]] = {}
    for one in facts.contributions:
        by_year.setdefault(one.occurred_at.year, []).append(one)
    rows = drawing.table(
        out,
        "  year",
        "trust",
        " ",
        "contacts",
        "what moved it most",
        right=("trust", "contacts"),
        whole=("  year",),
        bars=(" ",),
        spare=("contacts",),
    )
    for year, of_year in by_year.items():
        trust = of_year[-1].after
        most = max(of_year, key=lambda one: abs(one.delta))
        contacts = sum(one.touchpoint is not None for one in of_year)
        note = history[most.touchpoint].note if most.touchpoint else None
        words = note or f"{most.words[:1].upper()}{most.words[1:]}."
        what = f"{drawing.signed(most.delta)} {drawing.printable(words)}"
        rows.add_row(f"  {year}", f"{trust:.2f}", Text(drawing.bar(trust, 12), style=drawing.tone(trust)), str(contacts), what)
    out.print(rows)
