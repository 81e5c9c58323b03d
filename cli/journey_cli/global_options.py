"""The options that all commands share: they are taken before the command and after it, and the last one counts."""

import copy
from dataclasses import replace
from typing import Any

import click

from journey_cli.options import F
from journey_cli.session import DEFAULT_STORE

NO_STORE = "the store's URL is empty; name one, as in --store sqlite:///journey.db"


def _not_empty(_: click.Context, __: click.Parameter, store: str | None) -> str | None:
    if store == "":
        raise click.UsageError(NO_STORE)
    return store


def global_options(command: F) -> F:
    """The options `--store`, `--format`, `--keys` and `--debug`."""
    for option in (
        click.option("--debug", is_flag=True, help="Show a traceback where something fails."),
        click.option(
            "--keys",
            metavar="URL",
            envvar="JOURNEY_KEYS",
            help="Key store for personal texts: sqlite:///PATH, postgresql://… (default: next to the journal). Also from JOURNEY_KEYS.",
        ),
        click.option(
            "--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format."
        ),
        click.option(
            "--store",
            metavar="URL",
            envvar="JOURNEY_STORE",
            default=DEFAULT_STORE,
            show_default=True,
            callback=_not_empty,
            help="The journal: sqlite:///PATH, postgresql://… or memory:. Also from JOURNEY_STORE.",
        ),
    ):
        command = option(command)
    return command


def taking_global_options(command: click.Command) -> click.Command:
    """The command, and its subcommands, with the same options, which change the session where they are given; help shows them once."""
    taking = copy.copy(command)
    taking.params = [*command.params, *_after_the_command()]
    if isinstance(taking, click.Group):
        taking.commands = {name: taking_global_options(one) for name, one in taking.commands.items()}
    return taking


def _after_the_command() -> list[click.Parameter]:
    """Under names of their own: a command may call its own format `format`."""
    return [
        click.Option(["--store", "given_store"], expose_value=False, hidden=True, callback=_changing("store")),
        click.Option(
            ["--format", "given_format"],
            type=click.Choice(["text", "json"]),
            expose_value=False,
            hidden=True,
            callback=_changing("is_json"),
        ),
        click.Option(["--keys", "given_keys"], expose_value=False, hidden=True, callback=_changing("keys")),
        click.Option(["--debug", "given_debug"], is_flag=True, expose_value=False, hidden=True, callback=_changing("debug")),
    ]


def _changing(field: str) -> Any:
    def change(ctx: click.Context, param: click.Parameter, value: Any) -> None:
        given = _not_empty(ctx, param, value) if field == "store" else value
        if given is None or given is False:
            return
        ctx.obj = replace(ctx.obj, **{field: given == "json" if field == "is_json" else given or None})

    return change
