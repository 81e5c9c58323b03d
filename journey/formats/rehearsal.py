"""A rehearsal: what recording would do to a journal, without writing to it."""

from collections.abc import Iterable
from heapq import nsmallest
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self, cast

from journey.amendments import Fact
from journey.errors import ConflictingTouchpoint, UnknownName
from journey.history import History, Recorded
from journey.journal import Journal
from journey.recording import Prepared
from journey.stores.rows import Receipt
from journey.touchpoints import KINDS, Touchpoint, fields_of


class Rehearsal:
    """Records into a journal of its own, that is gone when this is closed, and answers as `journal` would (None: as an empty one)."""

    def __init__(self, journal: Journal | None) -> None:
        self._journal = journal
        self._folder = TemporaryDirectory(prefix="journey-rehearsal-")
        self._rehearsed = Journal.open(f"sqlite:///{Path(self._folder.name) / 'rehearsal.db'}", keys="memory:")
        self.prepare = self._rehearsed.prepare

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._rehearsed.close()
        self._folder.cleanup()

    def record_prepared(self, ready: Prepared) -> list[Receipt]:
        """The receipts that recording would give, as to what is new. Raises ConflictingTouchpoint as it would."""
        for conflict in self._conflicts(ready).values():
            raise conflict
        present = self._present(ready)
        receipts = self._rehearsed.record_prepared(ready)
        return [receipt._replace(is_new=receipt.is_new and receipt.id not in present) for receipt in receipts]

    def conflicts(self, ready: Prepared) -> dict[int, ConflictingTouchpoint]:
        """As `Journal.conflicts`."""
        return {**self._conflicts(ready), **self._rehearsed.conflicts(ready)}

    def find(self, ids: Iterable[str]) -> dict[str, Recorded[Fact]]:
        """As `Journal.find`."""
        names = list(ids)
        return {**self._rehearsed.find(names), **({} if self._journal is None else self._journal.find(names))}

    def version(self, relationship: str) -> int:
        """As `Journal.version`, but that it may count a fact twice."""
        return self._rehearsed.version(relationship) + (0 if self._journal is None else self._journal.version(relationship))

    def history(self, relationship: str) -> History:
        """As `Journal.history`, without what is rehearsed."""
        if self._journal is None:
            raise UnknownName(f"`{relationship}` is not recorded")
        return self._journal.history(relationship)

    def first(self, count: int) -> list[Recorded[Touchpoint]]:
        """The first touchpoints that would be recorded, in the order of the source."""
        touchpoints = (record for record in self._rehearsed.read() if record.touchpoint.kind in KINDS)
        return cast(list[Recorded[Touchpoint]], list(islice(touchpoints, count)))

    def longest(self, count: int) -> list[str]:
        """The relationships to which most facts would be added, the one with most first."""
        summaries = self._rehearsed.relationships()
        return [one.relationship for one in nsmallest(count, summaries, key=lambda one: (-one.touchpoints, one.relationship))]

    def before_and_after(self, relationship: str) -> tuple[History, History]:
        """The history of a relationship without and with what would be recorded."""
        added = self._rehearsed.history(relationship)
        try:
            before = self.history(relationship)
        except UnknownName:
            return History(()), added
        return before, History.of_records((*before.told, *added.told), relationship)

    def _present(self, ready: Prepared) -> dict[str, Recorded[Fact]]:
        return {} if self._journal is None else self._journal.find(fact.id for fact in ready.facts)

    def _conflicts(self, ready: Prepared) -> dict[int, ConflictingTouchpoint]:
        present = self._present(ready)
        return {
            number: ConflictingTouchpoint(fact.id, fields_of(present[fact.id].touchpoint), fields_of(fact))
            for number, fact in enumerate(ready.facts)
            if fact.id in present and _conflicts(present[fact.id], fact)
        }


def _conflicts(recorded: Recorded[Fact], offered: Fact) -> bool:
    """Whether a fact is recorded with other content, as far as it can be read."""
    if recorded.withheld and recorded.touchpoint.kind == offered.kind:
        without = dict.fromkeys(name for name in ("note", "reason") if hasattr(offered, name))
        return recorded.touchpoint != offered.model_copy(update=without)
    return recorded.touchpoint != offered
