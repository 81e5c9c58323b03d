"""Options that several commands share."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import click

from journey_cli.completion import rule_sets


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
    command = unknown_kinds_option(command)
    command = click.option("--known-at", type=_When(), metavar="WHEN", help="Only what the journal knew by then (record time).")(command)
    return click.option(
        "--as-of", type=_When(), metavar="WHEN", help="Only what had happened by then (valid time); a bare date is its end in UTC."
    )(command)


def today_option(command: F) -> F:
    """The option `--as-of` of a command that looks at today: a time, None for now."""
    return click.option("--as-of", type=_When(), metavar="WHEN", help="The day that counts as today (default: now).")(command)


def unknown_kinds_option(command: F) -> F:
    """The option `--allow-unknown`."""
    return click.option(
        "--allow-unknown",
        is_flag=True,
        expose_value=False,
        callback=_allow_unknown,
        help="Read past touchpoints of kinds that this journey does not know; they move nothing.",
    )(command)


def amending(command: F) -> F:
    """The options of a fact about a fact: `--reason`, `--actor`, `--id`."""
    command = click.option("--id", "as_id", metavar="ID", help="Id of this fact (default: derived from the id it is about).")(command)
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
        shell_complete=rule_sets,
        help="The rule set that judges: a name, FILE.toml, FILE.py or MODULE:ATTRIBUTE.",
    )(command)
