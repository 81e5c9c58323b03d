"""The options of commands that use the ledger: its folder, and sizes in bytes."""

import re
import sys
from pathlib import Path
from typing import Any

import click

from journey_cli.options import F

_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def ledger_option(command: F) -> F:
    """The option `--ledger`."""
    return click.option(
        "--ledger",
        type=click.Path(path_type=Path, file_okay=False),
        callback=_named,
        metavar="DIR",
        help="The ledger's folder (default: next to the SQLite file, journey.ledger for journey.db).",
    )(command)


def _named(_: click.Context, __: click.Parameter, place: Path | None) -> Path | None:
    if place == Path():
        raise click.UsageError("--ledger names the current folder; name one that is the ledger's own, as in --ledger journey.ledger")
    return place


class Size(click.ParamType[int]):
    """A size in bytes, as `512MB` or `2GB`, units of 1024."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The bytes."""
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMGT]?)i?B?", str(value).strip(), re.IGNORECASE)
        if match is None:
            self.fail(f"`{value}` is not a size; write one such as 512MB or 2GB", param, ctx)
        size = float(match[1]) * _UNITS[match[2].upper()]
        return int(min(size, sys.maxsize))
