"""`journey record`."""

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from journey.errors import shown
from journey_cli.session import Session
from journey_cli.text.console import say_receipt


@click.command("record")
@click.argument("touchpoints", nargs=-1, required=True, metavar="JSON...")
@click.pass_obj
def command(session: Session, touchpoints: tuple[str, ...]) -> None:
    """Record touchpoints, all or none; each is one JSON object, and `-` reads one a line from standard input.

    Every touchpoint has kind, id, relationship and occurred_at (ISO 8601 with an offset). Recording one again is harmless.

    \b
    journey record '{"kind": "interaction", "id": "visit-1", "relationship": "m@bank",
                     "occurred_at": "2024-03-05T10:00:00+01:00", "benevolence": 0.6}'

    docs/touchpoints.md lists the kinds and their fields.
    """
    from journey import InvalidTouchpoint, read_json

    parsed, problems = [], []
    for place, text in _texts(touchpoints):
        try:
            parsed.append(read_json(text))
        except InvalidTouchpoint as error:
            problems.append((place, str(error), error.mend) if (file := _file(text)) is None else (place, *file))
    if problems:
        lines = [f"{place}: {wrong}" + (f"\n  mend: {mend}" if mend else "") for place, wrong, mend in problems]
        raise click.ClickException("\n".join([*lines, "nothing was recorded"]))
    if not parsed:
        raise click.ClickException("there is nothing to record: standard input is empty")
    with session.writing() as journal:
        for receipt in journal.record(*parsed):
            say_receipt(session, receipt)


def _file(text: str | bytes) -> tuple[str, str] | None:
    """What is wrong and the mend, where a file was named in the place of JSON."""
    if isinstance(text, bytes) or text.lstrip()[:1] in ("{", "[", '"'):
        return None
    try:
        if not Path(text).is_file() and not Path(text).suffix:
            return None
    except (OSError, ValueError):  # too long for a name, or with a zero in it
        return None
    return f"{shown(text)} is not JSON, but the name of a file", f"to record what is in a file, `journey import {shlex.quote(text)}`"


def _texts(arguments: tuple[str, ...]) -> Iterator[tuple[str, str | bytes]]:
    for number, argument in enumerate(arguments, start=1):
        if argument != "-":
            yield f"touchpoint {number}", argument
            continue
        for line, text in enumerate(sys.stdin.buffer, start=1):
            if text.strip():
                yield f"<stdin>:{line}", text
