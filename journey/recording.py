"""Recording: from touchpoints to rows that a store keeps for good."""

from collections.abc import Callable, Container, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import Any

from journey.amendments import Fact
from journey.errors import ConflictingTouchpoint
from journey.integrity.sealing import Sealing
from journey.privacy.personal import PersonalTexts
from journey.reading import recordable
from journey.stores.appending import has_same_content
from journey.stores.codec import encode, todays_fields_of_row
from journey.stores.protocol import Store
from journey.stores.rows import Receipt, StoredTouchpoint
from journey.times import to_microseconds, utc


@dataclass(frozen=True, slots=True)
class Prepared:
    """Validated facts, and for each its row as `readable` text and as encrypted for the store (`rows`)."""

    facts: Sequence[Fact]
    readable: Sequence[StoredTouchpoint]
    rows: Sequence[StoredTouchpoint]

    def without(self, numbers: Container[int]) -> "Prepared":
        """All but those with these numbers, from 0."""
        left = [number for number in range(len(self.facts)) if number not in numbers]
        return Prepared([self.facts[one] for one in left], [self.readable[one] for one in left], [self.rows[one] for one in left])


class Recording:
    """Records for one journal: takes the time from its clock, encrypts texts about people, and seals as the journal grows."""

    def __init__(self, store: Store, now: Callable[[], datetime], texts: PersonalTexts, *, seals: bool) -> None:
        self.sealing = Sealing(store)
        self._seals = seals
        self._store = store
        self._now = now
        self._texts = texts

    def prepare(
        self, touchpoints: Iterable[Fact | dict[str, Any] | bytes], known_at: datetime | Iterable[datetime] | None = None
    ) -> Prepared:
        """As `Journal.prepare`."""
        facts = [recordable(one) for one in touchpoints]
        readable = list(map(encode, facts, _microseconds(known_at, len(facts))))
        return Prepared(facts, readable, self._texts.encrypted(facts, readable))

    def record(self, ready: Prepared, expected_version: int | None = None) -> list[Receipt]:
        """As `Journal.record`."""
        receipts = self._append(ready, expected_version)
        if self._seals:
            self.sealing.recorded(receipts)
        return receipts

    def conflicts(self, ready: Prepared) -> dict[int, ConflictingTouchpoint]:
        """As `Journal.conflicts`."""
        present = self._store.find([row.id for row in ready.rows])
        offered = self._texts.as_recorded(ready.readable, ready.rows, present)
        readable = {row.id: row for row in self._texts.decrypted(present)}
        first = {row.id: row for row in present}
        conflicts = dict[int, ConflictingTouchpoint]()
        for number, row in enumerate(offered):
            taken = first.setdefault(row.id, row)
            if taken is row:
                readable.setdefault(row.id, ready.readable[number])
            elif taken.content != row.content and not has_same_content(taken, row):
                conflicts[number] = ConflictingTouchpoint(
                    row.id, todays_fields_of_row(readable[row.id]), todays_fields_of_row(ready.readable[number])
                )
        return conflicts

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


def _microseconds(known_at: datetime | Iterable[datetime] | None, count: int) -> Iterable[int]:
    """When so many facts became known, 0 for now. Raises ValueError for a time without an offset, and for another number of times."""
    if known_at is None:
        return repeat(0)
    if isinstance(known_at, datetime):
        return repeat(to_microseconds(utc(known_at)))
    times = [to_microseconds(utc(one)) for one in known_at]
    if len(times) != count:
        raise ValueError(f"`known_at` gives {len(times)} times for {count} touchpoints; give one for each")
    return times


def _conflict(id: str, offered: Iterable[StoredTouchpoint], present: Iterable[StoredTouchpoint]) -> ConflictingTouchpoint:
    """The error for a conflict, with the texts of both rows."""
    first, *rows = [row for row in (*present, *offered) if row.id == id]
    different = next((row for row in rows if row.content != first.content), first)
    return ConflictingTouchpoint(id, todays_fields_of_row(first), todays_fields_of_row(different))
