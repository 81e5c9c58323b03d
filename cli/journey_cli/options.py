"""Options that several commands share."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import click

from journey_cli.completion import rule_sets


class When(click.ParamType[str]):
    """A bound in time, checked here so that a bad one is a usage error: an instant, a day, a month, a year, `today` or `now`.

    The library never reads a clock, so `today` and `now` become what the clock says here; both are in UTC.
    """

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The bound as the library reads it."""
        from journey.times import moment

        text = str(value).strip()
        if text.lower() in ("now", "today"):
            from journey.clock import now

            return now().isoformat() if text.lower() == "now" else now().date().isoformat()
        try:
            moment(text)
        except ValueError as error:
            self.fail(f"{error}; or a day, a month, a year, `today` or `now`", param, ctx)
        return text


def _allow_unknown(ctx: click.Context, _: click.Parameter, allowed: bool) -> None:
    ctx.obj = replace(ctx.obj, allow_unknown=allowed)


F = TypeVar("F", bound=Callable[..., Any])


def bounds(command: F) -> F:
    """The options that say what of the journal is read: `--as-of`, `--known-at`, `--allow-unknown`."""
    return click.option(
        "--as-of",
        type=When(),
        metavar="WHEN",
        help="Only what had happened by then (valid time): an instant, today, now, or a day, month or year: its end in UTC.",
    )(known_at_option(unknown_kinds_option(command)))


def today_option(command: F) -> F:
    """The option `--as-of` of a command that looks at today: a time, None for now."""
    return click.option("--as-of", type=When(), metavar="WHEN", help="The time that counts as now (default: now).")(command)


def known_at_option(command: F) -> F:
    """The option `--known-at`."""
    return click.option("--known-at", type=When(), metavar="WHEN", help="Only what the journal knew by then (record time).")(command)


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
