"""Where the ledger of a store is, and catching it up with a progress bar."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from journey_cli.session import F, Session, working

if TYPE_CHECKING:
    from journey import Journal
    from journey_projections.ledger import Ledger

_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def ledger_option(command: F) -> F:
    """The option `--ledger`."""
    return click.option(
        "--ledger",
        type=click.Path(path_type=Path, file_okay=False),
        callback=_named,
        metavar="DIR",
        help="The ledger's folder; by default beside the SQLite file: journey.ledger for journey.db.",
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
        found = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMGT]?)i?B?", str(value).strip(), re.IGNORECASE)
        if found is None:
            self.fail(f"`{value}` is no size; write one such as 512MB or 2GB", param, ctx)
        size = float(found[1]) * _UNITS[found[2].upper()]
        return int(min(size, sys.maxsize))


def place_of(session: Session, named: Path | None) -> Path | None:
    """The ledger's folder: the one that was named, or the one beside a SQLite file; None where there is neither."""
    if named is not None:
        return named
    path = session.store.removeprefix("sqlite:///")
    return Path(path).with_suffix(".ledger") if path and path != session.store else None


def catch_up(ledger: "Ledger", journal: "Journal") -> int:
    """Bring a ledger up to its journal; returns how many of the journal's rows are new in it."""
    from journey import UnsupportedSchema

    note, behind = ledger.note(), None
    # An old file tells no counters until it is written to.
    with suppress(UnsupportedSchema):
        behind = max(journal.last_position() - (note.last if note else 0), 0)
    with working("catching up the ledger", behind) as done:
        now = ledger.catch_up(journal, done)
    return (now.last if now else 0) - (note.last if note else 0)


@contextmanager
def caught_up(session: Session, journal: "Journal", named: Path | None) -> "Iterator[Ledger]":
    """The ledger of a journal as it is now; where its place cannot be written and was not named, one that is not kept."""
    from tempfile import TemporaryDirectory

    from journey import StoreUnavailable
    from journey_projections.ledger import Ledger

    place = place_of(session, named)
    why = "the store is no file"
    if place is not None:
        try:
            ledger = Ledger(place)
            catch_up(ledger, journal)
            yield ledger
            return
        except StoreUnavailable as error:
            if named is not None:
                raise
            why = str(error)
    click.echo(f"journey: the ledger is not kept, since {why}; --ledger DIR names a place for it", err=True)
    with TemporaryDirectory(prefix="journey-ledger-") as folder:
        ledger = Ledger(Path(folder))
        catch_up(ledger, journal)
        yield ledger
