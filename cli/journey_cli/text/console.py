"""Where results go: lines of JSON, text on a terminal or in a pipe, a progress bar."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO, cast

import click

from journey_cli.session import Session

if TYPE_CHECKING:
    from rich.console import Console

    from journey import JourneyError, Receipt


SHOWN = 5
"""How many of the relationships on which the rules fail are named."""


def json_line(value: Mapping[str, Any]) -> str:
    """One JSON object on one line."""
    return json.dumps(value, ensure_ascii=False, default=_plain, allow_nan=False)


def write_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object on one line."""
    click.echo(json_line(value))


def say_receipt(session: Session, receipt: "Receipt") -> None:
    """Say what was recorded where and when."""
    if session.is_json:
        write_json(receipt.to_dict())
    else:
        verb = "recorded" if receipt.is_new else "already recorded"
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


class _Trimmed:
    """Text without the blanks that fill up lines, which are useless in a file or a pipe.

    As much of a stream as rich uses, and not one of `io`: those flush when they are dropped, and what is below may be closed by then.
    """

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


@contextmanager
def naming_failures() -> "Iterator[Callable[[str, JourneyError], object]]":
    """Takes relationships on which the rules fail; at the end names the first few on stderr, and the command exits with 1."""
    errors: dict[str, JourneyError] = {}
    yield errors.setdefault
    for relationship, error in list(errors.items())[:SHOWN]:
        click.echo(f"journey: {relationship}: {error}\n  mend: {error.mend}", err=True)
    if errors:
        more = f", {len(errors) - SHOWN} more than are named" if len(errors) > SHOWN else ""
        click.echo(f"journey: the rules fail on {counted(len(errors), 'relationship')}{more}; the others are given", err=True)
        click.get_current_context().exit(1)


def say_on_terminal(text: str) -> None:
    """Say something on stderr, if that is a terminal."""
    out = console(stderr=True)
    if out.is_terminal:
        out.print(f"journey: {text}")
