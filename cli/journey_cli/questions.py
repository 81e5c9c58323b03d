"""What the questions of a morning share: their options, and the outlooks that they are answered from."""

import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from journey_cli.ledger_options import Size, ledger_option
from journey_cli.options import F, When, known_at_option, rules_option, today_option, unknown_kinds_option
from journey_cli.session import Session
from journey_cli.text.console import naming_failures, say_on_terminal, working
from journey_cli.text.files import check_outputs, tables_to
from journey_cli.text.next_commands import journey_call

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from journey import History, Journal
    from journey_projections.early_warnings.outlook import Outlook
    from journey_projections.questions.outlooks import OutlookQuery

LONG_AGO = timedelta(days=90)
"""After so long without a word of any customer it is worth saying that the journal is of the past."""


def question_options(command: F) -> F:
    """The options that all questions have: what of the journal is read, by which rules, and a file for the answer."""
    command = click.option(
        "--memory", type=Size(), default="1GB", show_default=True, metavar="SIZE", help="Approximate memory limit for large journals."
    )(command)
    command = ledger_option(command)
    command = click.option(
        "--output",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Write to FILE, as its suffix says: .jsonl, .csv, .parquet or .arrow.",
    )(command)
    return rules_option(today_option(known_at_option(unknown_kinds_option(command))))


def owner_option(command: F) -> F:
    """The option `--owner`."""
    return click.option("--owner", "owners", multiple=True, metavar="PERSON", help="Only customers who deal with this person; repeatable.")(
        command
    )


def state_option(command: F) -> F:
    """The option `--state`."""
    return click.option(
        "--state",
        "states",
        multiple=True,
        callback=_known_states,
        metavar="STATE",
        help="Only customers who are in this state now, such as communal; repeatable.",
    )(command)


def _known_states(_: click.Context, __: click.Parameter, states: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse what is no state."""
    from journey.errors import did_you_mean
    from journey_projections.rules.rule_set import STATES

    for state in states:
        if state not in STATES:
            raise click.UsageError(f"there is no state `{state}`; {did_you_mean(state, STATES) or 'there is ' + ', '.join(STATES)}")
    return states


def since_option(what: str) -> Callable[[F], F]:
    """The option `--since`, for what comes after it."""
    return click.option("--since", type=When(), metavar="WHEN", help=f"Only {what} since then.")


class Asked(NamedTuple):
    """A journal opened for a question, and everybody's outlook."""

    journal: "Journal"
    query: "OutlookQuery"
    outlooks: "Iterable[Outlook]"

    def history(self, relationship: str) -> "History":
        """The history of a relationship, as known by the query's time."""
        return self.journal.history(relationship).seen(None, self.query.known_at)


@contextmanager
def asked(
    session: Session,
    *,
    rules: str,
    as_of: str | None,
    known_at: str | None,
    ledger: Path | None,
    memory: int,
    dates: Callable[[datetime], Sequence[datetime]] = lambda _: (),
    promises: bool = False,
    stakes: bool = False,
) -> Iterator[Asked]:
    """Open the journal and look at everybody as of an instant, by default now; `dates` are those of the course, for that instant."""
    from journey.clock import now
    from journey.times import moment
    from journey_projections.questions.outlooks import OutlookQuery, outlooks
    from journey_projections.rules.loading import load_rules

    at = now() if as_of is None else moment(as_of)
    with naming_failures() as failed, ExitStack() as files:
        query = OutlookQuery(
            load_rules(rules),
            at,
            known_at,
            dates(at),
            promises=promises,
            stakes=stakes,
            memory=memory,
            notice=say_on_terminal,
            failed=failed,
        )
        journal = files.enter_context(session.reading())
        everybody = outlooks(journal, query, session.ledger_place(ledger, working), files, working, session.look)
        last = _LastHeard()
        yield Asked(journal, query, last.of(everybody))
        if as_of is None and last.at is not None and at - last.at > LONG_AGO:
            day = last.at.date().isoformat()
            click.echo(
                f"journey: the last customer was heard on {day}, and this is seen from now; `--as-of {day}` looks from there", err=True
            )


class _LastHeard:
    """When any customer was last heard, known once all outlooks have passed."""

    def __init__(self) -> None:
        self.at: datetime | None = None

    def of(self, outlooks: "Iterable[Outlook]") -> "Iterator[Outlook]":
        for one in outlooks:
            if one.last_heard is not None and (self.at is None or one.last_heard > self.at):
                self.at = one.last_heard
            yield one


def to_file(path: Path, columns: "Mapping[str, str]", rows: "Iterable[dict[str, Any]]", shapes: "Iterable[Mapping[str, Any]]") -> None:
    """Write an answer to a file: flat rows of `columns`, or in JSON Lines the whole shapes."""
    from journey.formats.whole_file import whole
    from journey_cli.text.console import json_line

    check_outputs(path)
    if path.suffix == ".jsonl":
        with whole(path) as partial, partial.open("w", encoding="utf-8") as file:
            file.writelines(json_line(shape) + "\n" for shape in shapes)
    else:
        with tables_to(path, columns) as write:
            write(list(rows))


def called(*words: str, as_of: str | None) -> str:
    """A command that looks from where this one did."""
    bound = () if as_of is None else ("--as-of", as_of)
    return f"{journey_call()} {shlex.join((*words, *bound))}"


def shown_of(top: int, count: int) -> str:
    """In words, that only the first of so many are shown; nothing where all are."""
    few = "the first" if top == 1 else f"the first {top}"
    return f", {few} shown; --top 0 shows all" if top < count else ""
