"""What every command shares: the store, the output format, and how values are written."""

import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar, cast

import click

if TYPE_CHECKING:
    from rich.console import Console

    from journey import History, Journal, Receipt
    from journey_projections import Replay
    from journey_projections.ledger import Standing

DEFAULT_STORE = "sqlite:///journey.db"


@dataclass(frozen=True)
class Session:
    """The global options of one run."""

    store: str
    is_json: bool
    debug: bool
    keys: str | None = None
    allow_unknown: bool = False

    def reading(self) -> "Journal":
        """The journal, never created and never written."""
        from journey import Journal

        return Journal.open(self.store, read_only=True, keys=self.keys, allow_unknown=self.allow_unknown)

    def writing(self) -> "Journal":
        """The journal, created where it is missing."""
        from journey import Journal

        return Journal.open(self.store, keys=self.keys)

    def amending(self) -> "Journal":
        """The journal, which must be there to have anything said of it."""
        self.reading().close()
        return self.writing()

    def history(self, relationship: str, as_of: str | None, known_at: str | None) -> "History":
        """A relationship's history as of a day and as known at a day; `PATH.jsonl` names a file of touchpoints instead."""
        with self._telling(relationship, as_of, known_at) as (history, _):
            return history

    def history_and_names(self, relationship: str, as_of: str | None, known_at: str | None) -> "tuple[History, dict[str, str]]":
        """The same, and what the people in it are called, and who said something of it, by id, as far as the journal tells it."""
        from journey.merging import people_in

        with self._telling(relationship, as_of, known_at) as (history, journal):
            told = [record.touchpoint for record in (*history.records, *history.told)]
            people = {person for one in told for person in (*people_in(one), one.actor) if person}
            return history, {} if journal is None else journal.names(people)

    @contextmanager
    def _telling(self, relationship: str, as_of: str | None, known_at: str | None) -> "Iterator[tuple[History, Journal | None]]":
        """A history while the journal that tells it is open; None where a file tells it."""
        from journey import JourneyError, UnreadableSource

        if relationship.endswith(".jsonl") and Path(relationship).exists():
            yield bounded(self.admitted(told_in(Path(relationship), allow_unknown=self.allow_unknown)), as_of, known_at), None
            return
        try:
            with self.reading() as journal:
                yield self.history_in(journal, relationship, as_of, known_at), journal
        except JourneyError as error:
            if relationship.endswith(".jsonl"):
                raise UnreadableSource(f"{relationship}: no such file, and no such relationship", "name one that exists") from error
            raise

    def history_in(self, journal: "Journal", relationship: str, as_of: str | None, known_at: str | None) -> "History":
        """As `history`, of a journal that is open."""
        return bounded(self.admitted(journal.history(relationship)), as_of, known_at)

    def admitted(self, history: "History") -> "History":
        """The history, once it is told which of it is not known and moves nothing."""
        from journey import UnknownTouchpoint

        unknown = [touchpoint.kind for touchpoint in history if isinstance(touchpoint, UnknownTouchpoint)]
        if unknown:
            kinds = ", ".join(f"`{kind}`" for kind in dict.fromkeys(unknown))
            click.echo(
                f"journey: {history.relationship}: {counted(len(unknown), 'touchpoint')} not known, moving nothing: {kinds}", err=True
            )
        return history


def ruled_by(result: "Replay | Standing") -> str:
    """Which rules made a result, in words."""
    return f"under {result.rules.name} {result.rules.version} ({result.rules.hash})"


def bounded(history: "History", as_of: str | None, known_at: str | None) -> "History":
    """A history as of a day (valid time) and as known at a day (record time)."""
    if known_at is not None:
        history = history.known_at(known_at)
    return history if as_of is None else history.as_of(as_of)


def told_in(path: Path, *, allow_unknown: bool = False) -> "History":
    """The history that a JSONL file tells. Raises UnreadableSource, or InvalidTouchpoint with the line."""
    from journey import History, InvalidTouchpoint, UnreadableSource, read_fact
    from journey_cli.sources import rows_of

    touchpoints = []
    for row in rows_of(path, "jsonl"):
        row = row.parsed()
        try:
            if row.problem is not None:
                raise row.problem
            touchpoints.append(read_fact(row.fields, allow_unknown=allow_unknown))
        except InvalidTouchpoint as error:
            raise InvalidTouchpoint([("", f"{path}:{row.line}: {error}")], error.mend) from None
    told = list(dict.fromkeys(touchpoint.relationship for touchpoint in touchpoints if touchpoint.relationship))
    if len(told) > 1:
        raise UnreadableSource(
            f"{path}: tells of {len(told)} relationships, `{told[0]}` and `{told[1]}` among them", "import it, and name one"
        )
    return History.of(touchpoints)


class _When(click.ParamType[str]):
    """A bound in time, checked here so that a bad one is a usage error."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from journey.times import moment

        try:
            moment(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return str(value)


def _allow_unknown(ctx: click.Context, _: click.Parameter, allowed: bool) -> None:
    ctx.obj = replace(ctx.obj, allow_unknown=allowed)


F = TypeVar("F", bound=Callable[..., Any])


def bounds(command: F) -> F:
    """The options that say what of the journal is read: `--as-of`, `--known-at`, `--allow-unknown`."""
    command = click.option(
        "--allow-unknown",
        is_flag=True,
        expose_value=False,
        callback=_allow_unknown,
        help="Read past touchpoints of kinds that this journey does not know; they move nothing.",
    )(command)
    command = click.option("--known-at", type=_When(), metavar="WHEN", help="Only what the journal knew by then (record time).")(command)
    return click.option(
        "--as-of", type=_When(), metavar="WHEN", help="Only what had happened by then (valid time); a bare date is its end in UTC."
    )(command)


def amending(command: F) -> F:
    """The options of a fact about a fact: `--reason`, `--actor`, `--id`."""
    command = click.option("--id", "as_id", metavar="ID", help="The id of this fact itself; by default made from the other's.")(command)
    command = click.option("--actor", metavar="NAME", help="Who says so, by a pseudonymous id.")(command)
    return click.option("--reason", metavar="TEXT", help="Why.")(command)


def people_option(command: F) -> F:
    """The option `--people`."""
    return click.option("--people", is_flag=True, help="They are people (contacts, representatives), not relationships.")(command)


def rules_option(command: F) -> F:
    """The option `--rules`."""
    return click.option(
        "--rules",
        default="goodwill",
        show_default=True,
        metavar="RULES",
        help="The rule set that judges: a name, FILE.toml, FILE.py or MODULE:ATTRIBUTE.",
    )(command)


def json_line(value: Mapping[str, Any]) -> str:
    """One JSON object on one line."""
    return json.dumps(value, ensure_ascii=False, default=_plain, allow_nan=False)


def write_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object on one line."""
    click.echo(json_line(value))


def say_receipt(session: Session, receipt: "Receipt") -> None:
    """Say what was recorded where and when."""
    from journey_cli import shapes

    if session.is_json:
        write_json(shapes.of_receipt(receipt))
    else:
        verb = "recorded" if receipt.is_new else "was there already"
        console().print(f"{receipt.id}: {verb}, position {receipt.position}, {receipt.recorded_at.isoformat()}")


def counted(count: int, noun: str) -> str:
    """`1 edit`, `2 edits`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def console(*, stderr: bool = False) -> "Console":
    """Where text goes: styled on a terminal, plain and never cut where it is piped."""
    from rich.console import Console

    out = Console(stderr=stderr, highlight=False, soft_wrap=False, emoji=False, markup=False)
    if not out.is_terminal:
        out = Console(
            file=cast(TextIO, _Trimmed(sys.stderr if stderr else sys.stdout)),
            highlight=False,
            emoji=False,
            markup=False,
            width=_plain_width(),
            no_color=True,
        )
    return out


def _plain_width() -> int:
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isascii() and columns.isdigit() and int(columns) > 0 else 120


class _Trimmed(io.TextIOBase):
    """Text without the blanks that fill up lines, which nobody needs in a file or a pipe."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        self._out.write("\n".join(line.rstrip(" ") for line in text.split("\n")))
        return len(text)

    def flush(self) -> None:
        self._out.flush()


@contextmanager
def working(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr while long work runs, if that is a terminal; the value takes how much more is done."""
    out = console(stderr=True)
    if not out.is_terminal:
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=out, transient=True
    ) as bars:
        task = bars.add_task(label, total=total)
        yield lambda more: bars.advance(task, more)
