"""Where results go: lines of JSON, text on a terminal or in a pipe, a progress bar."""

import json
import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

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
    if out.is_terminal:
        return out
    from journey_cli.text.plain_console import PlainConsole

    given = _given_width()
    width = given or _width_around()
    file = sys.stderr if stderr else sys.stdout
    return PlainConsole(file, width or _WIDTH, is_measured=width is not None, keeps_ids=given is None)


_WIDTH = 120
"""The width of text that no terminal shows."""


def _given_width() -> int | None:
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isascii() and columns.isdigit() and int(columns) > 0 else None


def _width_around() -> int | None:
    """The width of the terminal in which a pager, or what else is at the end of our pipe, will show the text."""
    try:
        if not stat.S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode):
            return None
        return next((os.get_terminal_size(one.fileno()).columns for one in (sys.stderr, sys.stdin) if one.isatty()), None) or None
    except (OSError, ValueError):  # a stream without a file, or one that is closed
        return None


@contextmanager
def working(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr while long work runs, if that is a terminal; the value takes how much more is done."""
    out = console(stderr=True)
    if not out.is_terminal:
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        *(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()),
        console=out,
        transient=True,
        redirect_stdout=False,  # what is written to a pipe meanwhile would go to this terminal
    ) as bars:
        task = bars.add_task(label, total=total)
        yield lambda more: bars.advance(task, more)


@contextmanager
def silent(_: str, __: int | None = None) -> Iterator[Callable[[int], None]]:
    """As `working`, without a bar."""
    yield lambda _: None


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
