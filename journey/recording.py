"""Recording: from touchpoints as they are told to rows that a store keeps for good."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from journey.amendments import Fact
from journey.errors import ConflictingTouchpoint
from journey.personal import PersonalTexts
from journey.reading import recordable
from journey.sealing import Sealing
from journey.stores import Store
from journey.stores.rows import Receipt, StoredTouchpoint, encode, fields_of_row
from journey.times import to_microseconds


@dataclass(frozen=True, slots=True)
class Prepared:
    """Facts that are known to be what they should be, and the rows, one each, in which a store will keep them."""

    facts: Sequence[Fact]
    rows: Sequence[StoredTouchpoint]

    def part(self, start: int, stop: int) -> "Prepared":
        """Those from number `start` until `stop`, from 0."""
        return Prepared(self.facts[start:stop], self.rows[start:stop])


def prepared(told: Iterable[Fact | dict[str, Any] | bytes]) -> Prepared:
    """Touchpoints, plain fields as `read_fact` takes them, or JSON as `read_json` does, made ready to be recorded.

    Raises InvalidTouchpoint.
    Nothing but the touchpoints is looked at: it can be done on another thread while earlier ones are recorded.
    """
    facts = [recordable(one) for one in told]
    return Prepared(facts, [encode(fact) for fact in facts])


class Recording:
    """What one journal records: under its clock, encrypted under the keys of those it tells of, sealed as it grows."""

    def __init__(self, store: Store, now: Callable[[], datetime], texts: PersonalTexts) -> None:
        self.sealing = Sealing(store)
        self._store = store
        self._now = now
        self._texts = texts

    def record(self, ready: Prepared, expected_version: int | None = None) -> list[Receipt]:
        """As `Journal.record`."""
        receipts = self._append(ready, expected_version)
        self.sealing.recorded(receipts)
        return receipts

    def _append(self, ready: Prepared, expected_version: int | None) -> list[Receipt]:
        rows = ready.rows
        encrypted = self._texts.encrypted(ready.facts, rows)
        now = to_microseconds(self._now())
        try:
            return list(self._store.append(encrypted, now, expected_version))
        except ConflictingTouchpoint as conflict:
            # A text that was recorded under an older key, or cannot be read any more, is no other content.
            present = self._store.find([row.id for row in rows])
            again = self._texts.as_recorded(rows, encrypted, present)
            if again != list(encrypted):
                with suppress(ConflictingTouchpoint):
                    return list(self._store.append(again, now, expected_version))
            raise _conflict(conflict.id, rows, self._texts.decrypted(present)) from None


def _conflict(id: str, offered: Iterable[StoredTouchpoint], present: Iterable[StoredTouchpoint]) -> ConflictingTouchpoint:
    """The refusal of rows, told with their texts."""
    first, *others = [row for row in (*present, *offered) if row.id == id]
    other = next((row for row in others if row.content != first.content), first)
    return ConflictingTouchpoint(id, fields_of_row(first), fields_of_row(other))
