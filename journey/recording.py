"""Recording: from touchpoints to rows that a store keeps for good."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from journey.amendments import Fact
from journey.errors import ConflictingTouchpoint
from journey.integrity.sealing import Sealing
from journey.privacy.personal import PersonalTexts
from journey.reading import recordable
from journey.stores.codec import encode, fields_of_row
from journey.stores.protocol import Store
from journey.stores.rows import Receipt, StoredTouchpoint
from journey.times import to_microseconds


@dataclass(frozen=True, slots=True)
class Prepared:
    """Validated facts, and for each its row as `readable` text and as encrypted for the store (`rows`)."""

    facts: Sequence[Fact]
    readable: Sequence[StoredTouchpoint]
    rows: Sequence[StoredTouchpoint]

    def part(self, start: int, stop: int) -> "Prepared":
        """Those from number `start` until `stop`, from 0."""
        return Prepared(self.facts[start:stop], self.readable[start:stop], self.rows[start:stop])


class Recording:
    """Records for one journal: takes the time from its clock, encrypts texts about people, and seals as the journal grows."""

    def __init__(self, store: Store, now: Callable[[], datetime], texts: PersonalTexts, *, seals: bool) -> None:
        self.sealing = Sealing(store)
        self._seals = seals
        self._store = store
        self._now = now
        self._texts = texts

    def prepare(self, touchpoints: Iterable[Fact | dict[str, Any] | bytes]) -> Prepared:
        """As `Journal.prepare`."""
        facts = [recordable(one) for one in touchpoints]
        readable = [encode(fact) for fact in facts]
        return Prepared(facts, readable, self._texts.encrypted(facts, readable))

    def record(self, ready: Prepared, expected_version: int | None = None) -> list[Receipt]:
        """As `Journal.record`."""
        receipts = self._append(ready, expected_version)
        if self._seals:
            self.sealing.recorded(receipts)
        return receipts

    def _append(self, ready: Prepared, expected_version: int | None) -> list[Receipt]:
        readable, now = ready.readable, to_microseconds(self._now())
        try:
            return list(self._store.append(ready.rows, now, expected_version))
        except ConflictingTouchpoint as conflict:
            # The same text under an older key, or one that cannot be read any more, is not other content.
            present = self._store.find([row.id for row in readable])
            again = self._texts.as_recorded(readable, ready.rows, present)
            if again != list(ready.rows):
                with suppress(ConflictingTouchpoint):
                    return list(self._store.append(again, now, expected_version))
            raise _conflict(conflict.id, readable, self._texts.decrypted(present)) from None


def _conflict(id: str, offered: Iterable[StoredTouchpoint], present: Iterable[StoredTouchpoint]) -> ConflictingTouchpoint:
    """The error for a conflict, with the texts of both rows."""
    first, *rows = [row for row in (*present, *offered) if row.id == id]
    different = next((row for row in rows if row.content != first.content), first)
    return ConflictingTouchpoint(id, fields_of_row(first), fields_of_row(different))
