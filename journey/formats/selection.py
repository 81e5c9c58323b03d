"""What of a journal is exported: the facts as they were recorded, or the histories that they make."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from journey.amendments import FACTS, Fact
from journey.errors import UnknownName
from journey.history import History
from journey.journal import Journal
from journey.records import Recorded
from journey.touchpoints import KINDS, UnknownTouchpoint

When = str | date | datetime


@dataclass
class Selection:
    """Which facts of a journal are exported: of these relationships and kinds, or of all; `unknown` counts those left out.

    They are left out since this journey does not know their kind, and only a journal that allows unknown kinds gives them.
    """

    journal: Journal
    relationships: Sequence[str] = ()
    kinds: Sequence[str] = ()
    unknown: int = 0

    def as_recorded(self) -> Iterator[Recorded[Fact]]:
        """The facts in the order of recording, facts about facts included.

        Those of named relationships are all that their histories are made of: also facts of relationships that are one with them,
        and merges of people. They are held in memory, all others pass. Raises UnknownName.
        """
        self._check_kinds(tuple(FACTS))
        if not self.relationships:
            return (record for record in self.journal.read() if self._is_chosen(record))
        found = {one.position or 0: one for name in self.relationships for one in self.journal.history(name).told if self._is_chosen(one)}
        return (found[position] for position in sorted(found))

    def as_histories(self, as_of: When | None = None, known_at: When | None = None) -> Iterator[tuple[History, Sequence[Recorded]]]:
        """The histories at these bounds, each with its touchpoints, all under its one name; empty ones are left out. Raises UnknownName."""
        self._check_kinds(tuple(KINDS))
        names = dict.fromkeys(self.journal.canonical_name(name, known_at=known_at) for name in self.relationships)
        everyone = () if names else (summary.relationship for summary in self.journal.relationships(known_at=known_at))
        histories = (self.journal.history(name).seen(as_of, known_at) for name in names or everyone)
        return ((history, records) for history in histories if (records := self._chosen(history)))

    def _chosen(self, history: History) -> Sequence[Recorded]:
        return [_under(history.relationship, record) for record in history.records if self._is_chosen(record)]

    def _check_kinds(self, known: Sequence[str]) -> None:
        for kind in self.kinds:
            if kind in FACTS and kind not in known:
                mend = "export the facts as recorded: not as histories, without bounds, and not as a process log"
                raise UnknownName(f"no touchpoint is a `{kind}`, and histories hold touchpoints alone", mend)
            if kind not in known:
                raise UnknownName.of("kind", kind, known, f"the kinds are {', '.join(f'`{one}`' for one in known)}")

    def _is_chosen(self, record: Recorded[Fact]) -> bool:
        if isinstance(record.outline, UnknownTouchpoint):
            self.unknown += 1
            return False
        return not self.kinds or record.outline.kind in self.kinds


def _under(name: str | None, record: Recorded) -> Recorded:
    """A record under the one name of its history, which it was perhaps merged into."""
    if record.outline.relationship == name:
        return record
    return replace(record, touchpoint=record.touchpoint.model_copy(update={"relationship": name}))
