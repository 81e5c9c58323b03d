"""docs/commands.md, from the commands' own help."""

import click
from page import page, written_by

from journey_cli.main import COMMANDS, journey, main

HELP_WIDTH = 100


def commands() -> str:
    """docs/commands.md: every command with its help."""
    context = click.Context(journey, info_name="journey", terminal_width=HELP_WIDTH, **journey.context_settings)
    told = [
        "# Commands",
        written_by("the commands' own help"),
        "`journey [OPTIONS] COMMAND [ARGS]...`: the options of `journey` itself are the same for all commands, and stand before the "
        "command or after it. With `--format json` a result is one JSON object, and a list is one object a line; "
        "[the shapes](library.md#json-shapes) are stable.",
        f"Exit codes: {str(main.__doc__).partition('exit: ')[2]} An `import` that refused a row has failed. Errors go to standard "
        "error, with [what is wrong and how to fix it](errors.md).",
        "| command | does |\n|---|---|\n" + "\n".join(f"| [`{name}`](#journey-{name}) | {does} |" for name, does in COMMANDS.items()),
        "## journey",
        f"```text\n{journey.get_help(context)}\n```",
    ]
    for name in COMMANDS:
        command = journey.get_command(context, name)
        if command is None:
            raise SystemExit(f"docs/command_page.py: `{name}` is in COMMANDS and cannot be loaded")
        own = click.Context(command, info_name=name, parent=context)
        told += [f"## journey {name}", f"```text\n{command.get_help(own)}\n```"]
        for part, subcommand in command.commands.items() if isinstance(command, click.Group) else ():
            help = subcommand.get_help(click.Context(subcommand, info_name=part, parent=own))
            told += [f"### journey {name} {part}", f"```text\n{help}\n```"]
    return page(told)
