"""The entry point: global options, commands loaded on demand, errors in one line."""

import gc
import io
import os
import sys
from importlib import import_module
from typing import NoReturn

import click
from click.core import ParameterSource

from journey_cli.global_options import NO_STORE, global_options, taking_global_options
from journey_cli.session import Session
from journey_cli.text.plain_characters import put_stand_ins

GROUPS = {
    "Look": {
        "demo": "Tell a bundled story: what happened, what turned it, what would have prevented it.",
        "relationships": "List the relationships in the journal.",
        "history": "Show the timeline of a relationship.",
        "replay": "Rebuild trust, confidence and state.",
        "explain": "Show what moved trust, when and why.",
        "whatif": "Replay a history with edits, next to the facts.",
        "help": "Show how a command is used.",
    },
    "Ask": {
        "attention": "Show who needs somebody today, and why.",
        "people": "Show who of our people carries the trust, and what would fall if they left.",
        "promises": "Show what was promised, what is due, and what became of it.",
        "portfolio": "Show how everybody moved: states, trust, movers with reasons, cohorts.",
    },
    "Record": {
        "record": "Record one touchpoint or many, given as JSON.",
        "import": "Import touchpoints from files, logs and databases, as they are or mapped by SQL.",
        "mappings": "List the ready mappings for exports of other systems, or show one.",
        "export": "Export the journal, or histories, as JSONL, CSV, Parquet, CloudEvents, OCEL or XES.",
    },
    "Correct": {
        "check": "Find recorded facts that move nothing, name nothing known or lie far off.",
        "correct": "Correct the fields of a touchpoint.",
        "retract": "Take back a touchpoint that never happened.",
        "merge": "Merge two relationships, or people; `unmerge` undoes it.",
        "unmerge": "Undo a merge of two relationships, or people.",
        "name": "Give a person a name.",
        "forget": "Destroy the keys to what was written about a person.",
    },
    "Rules": {
        "rules": "List the rule sets, or the parameters of one with their sources.",
        "compare": "Judge the same histories by several rule sets.",
        "laws": "Search for histories that break the published laws under a rule set.",
    },
    "Keep": {
        "ledger": "Show, catch up, check, compact or rebuild the ledger: the journal in columns.",
        "verify": "Check that nothing in the journal was changed since it was recorded.",
        "rotate-keys": "Encrypt what is recorded from now on under new keys.",
    },
}
"""Every command with its summary, by what it is for, so that `--help` need not load them."""
COMMANDS = {name: summary for commands in GROUPS.values() for name, summary in commands.items()}
"""The same without groups."""

FAILURE, USAGE, VIOLATED = 1, 2, 3
"""Exit codes: something failed, the call was wrong, a check found violations."""


class _ReaderLeft(Exception):
    """Whoever read our output, as `head`, has enough."""


class _Commands(click.Group):
    """A group whose commands live in modules that are imported when called."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            if ctx.invoked_subcommand == "export":
                raise  # what was not read to its end is not exported
            # Not an OSError, which click takes for a failure.
            raise _ReaderLeft from error

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"journey_cli.commands.{cmd_name.replace('-', '_')}_command").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            name, command, rest = super().resolve_command(ctx, args)
            return name, None if command is None else taking_global_options(command), rest
        except click.UsageError as error:
            from journey.errors import did_you_mean

            hint = did_you_mean(args[0], COMMANDS) or "`journey --help` lists the commands"
            raise click.UsageError(f"there is no command `{args[0]}`; {hint}", ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        widest = max(map(len, COMMANDS))
        for group, commands in GROUPS.items():
            with formatter.section(group):
                formatter.write_dl([(name.ljust(widest), summary) for name, summary in commands.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="customer-journey", prog_name="journey")
@global_options
@click.pass_context
def journey(ctx: click.Context, store: str, output_format: str, keys: str | None, debug: bool) -> None:
    """The flight recorder of customer relationships.

    Every touchpoint is a fact that is never changed. Trust is replayed from the facts: at any date, under any rules, with
    what moved it. Start with `journey demo`. The options below may stand before or after the command.
    """
    if os.environ.get("JOURNEY_STORE") == "" and ctx.get_parameter_source("store") is ParameterSource.DEFAULT:
        raise click.UsageError(NO_STORE)
    ctx.obj = Session(store, output_format == "json", debug, keys or None)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 ok, 1 failure, 2 usage, 3 a check found violations."""
    # What a command imports and reads lives until it ends: to look through it for garbage every 700 objects is in vain.
    gc.set_threshold(100_000)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            put_stand_ins(stream)
    try:
        code = journey.main(args=arguments, prog_name="journey", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        _fail(130, "interrupted; what was recorded stays recorded")
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(0)
    except click.UsageError as error:
        _fail(USAGE, error.format_message(), f"`{error.ctx.command_path if error.ctx else 'journey'} --help` shows how")
    except click.ClickException as error:
        _fail(FAILURE, error.format_message())
    except (_ReaderLeft, BrokenPipeError):
        _quiet_stdout()
        sys.exit(0)
    except Exception as error:
        _fail_in_words(error, debug="--debug" in (sys.argv[1:] if arguments is None else arguments))
    sys.exit(code if isinstance(code, int) else 0)


def _quiet_stdout() -> None:
    """Give up what is still buffered; Python would complain once more when it flushes at exit."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail_in_words(error: Exception, *, debug: bool) -> NoReturn:
    from journey.errors import InvalidStoreUrl, JourneyError, UnwritableTarget

    if debug:
        raise error
    if isinstance(error, JourneyError):
        _fail(USAGE if isinstance(error, InvalidStoreUrl | UnwritableTarget) else FAILURE, _with(error.detail, error), error.mend)
    if isinstance(error, OSError):
        _quiet_stdout()
        _fail(FAILURE, f"`{error.filename}`: {(error.strerror or str(error)).lower()}" if error.filename else str(error))
    _fail(FAILURE, f"unexpected {type(error).__name__}: {error}", "run again with --debug and report the traceback")


def _with(detail: str, error: Exception) -> str:
    return "\n".join([str(error), *(f"  {line}" for line in detail.splitlines())])


def _fail(code: int, message: str, mend: str = "") -> NoReturn:
    text = f"journey: {message}" + (f"\n  mend: {mend}" if mend else "")
    click.echo(text, err=True)
    sys.exit(code)
