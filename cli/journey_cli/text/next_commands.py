"""What to try next, as commands that work where this one did."""

import shlex
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from journey.stores.addresses import without_password

if TYPE_CHECKING:
    from rich.console import Console


def print_next(out: "Console", *commands: tuple[str, str]) -> None:
    """Print commands, each with what it does; a store that was named on the command line is named in them, too."""
    from rich.text import Text

    from journey_cli.text import drawing

    calls = [(f"{journey_call()} {command}", does) for command, does in commands]
    widest = max(len(call) for call, _ in calls)
    beside = all(widest + len(does) + 4 <= out.width for _, does in calls)
    out.print()
    out.print(Text("Try next", style="bold cyan"))
    for call, does in calls:
        if beside:
            out.print(f"  {call.ljust(widest)}  {does}")
        else:
            out.print(f"  {call}", soft_wrap=True)
            drawing.indented(out, does, "    ")


def journey_call() -> str:
    """How `journey` is called again, on the store that was named on the command line."""
    root = click.get_current_context().find_root()
    named = root.get_parameter_source("store") is ParameterSource.COMMANDLINE
    return shlex.join(["journey", "--store", without_password(root.params["store"])]) if named else "journey"
