"""Where the ledger of a journal is kept, and bringing it up to date; without the extra `bulk` there is none."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from journey.errors import StoreUnavailable, UnsupportedSchema
from journey.journal import Journal

if TYPE_CHECKING:
    from journey_projections.ledger import Ledger

Working = Callable[[str, int | None], AbstractContextManager[Callable[[int], object]]]
"""Shows long work: takes what is done and how much there is (None: not known), gives what takes how much more is done."""


@contextmanager
def quietly(_: str, __: int | None = None) -> Iterator[Callable[[int], object]]:
    """Shows nothing."""
    yield lambda _: None


def ledger_beside(store: str) -> Path | None:
    """The ledger's folder next to the SQLite file of a store's address; None of any other store."""
    path = store.removeprefix("sqlite:///")
    return Path(path).with_suffix(".ledger") if path and path != store else None


def catch_up(ledger: "Ledger", journal: Journal, working: Working = quietly) -> int:
    """Bring a ledger up to its journal; returns how many of the journal's rows are new in it. Raises as `Ledger.catch_up`."""
    note, behind = ledger.own_note(), None
    # An old file has no counters until it is written to.
    with suppress(UnsupportedSchema):
        behind = max(journal.last_position() - (note.last if note else 0), 0)
    with working("catching up the ledger", behind) as done:
        now = ledger.catch_up(journal, done)
    return (now.last if now else 0) - (note.last if note else 0)


@dataclass(frozen=True)
class LedgerPlace:
    """Where a journal's ledger is kept: in the folder that was `named`, else in the one next to the journal (`beside`), else nowhere.

    `working` is shown the work; `notice` takes a sentence where the ledger cannot be kept.
    """

    named: Path | None = None
    beside: Path | None = None
    working: Working = quietly
    notice: Callable[[str], object] = lambda _: None

    @contextmanager
    def caught_up(self, journal: Journal) -> "Iterator[Ledger]":
        """The ledger of a journal, caught up; a temporary one where its place cannot be written and was not named."""
        from journey_projections.ledger import Ledger

        place, why = self.named or self.beside, "the store is no file"
        if place is not None:
            try:
                catch_up(ledger := Ledger(place), journal, self.working)
            except StoreUnavailable as error:
                if self.named is not None:
                    raise
                why = str(error)
            else:
                yield ledger
                return
        self.notice(f"the ledger is not kept, since {why}; --ledger DIR names a place for it")
        with TemporaryDirectory(prefix="journey-ledger-") as folder:
            catch_up(ledger := Ledger(Path(folder)), journal, self.working)
            yield ledger
