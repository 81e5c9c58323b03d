"""A journal in memory, gone when the process ends."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from eventsourcing.popo import POPOApplicationRecorder

from journey.amendments import LOG_FACTS, MERGES
from journey.seals import Seal
from journey.stores import Counters, Polling, Summary, Watch
from journey.stores.rows import Columns, Receipt, StoredTouchpoint, plan, row_of


class MemoryRecorder(POPOApplicationRecorder):
    """Upstream's recorder, taking touchpoints once each and giving out their positions."""

    def __init__(self) -> None:
        super().__init__()
        self._by_id: dict[str, StoredTouchpoint] = {}
        self._columns: list[Columns] = []
        self._seals: list[Seal] = []

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        """Append all rows or none, once each; see `rows.plan`."""
        with self._database_lock:
            last = next((row for row in reversed(self._stored_events) if isinstance(row, StoredTouchpoint)), None)
            planned = plan(
                rows,
                present={row.id: self._by_id[row.id] for row in rows if row.id in self._by_id},
                versions={str(row.originator_id): len(self._stored_events_index[str(row.originator_id)]) for row in rows},
                last_position=len(self._stored_events),
                last_recorded_at=last.recorded_at if last else 0,
                now=now,
                expected_version=expected_version,
            )
            fresh = [row_of(columns) for columns in planned.rows]
            self._insert_events(fresh)
            self._by_id.update((row.id, row) for row in fresh)
            self._columns += planned.rows
        self._notify_listeners()
        return planned.receipts

    def found(self, ids: Sequence[str]) -> list[StoredTouchpoint]:
        """The stored touchpoints with these ids."""
        with self._database_lock:
            return [self._by_id[id] for id in dict.fromkeys(ids) if id in self._by_id]

    def touchpoints(self, after: int = 0) -> Iterator[StoredTouchpoint]:
        """The stored touchpoints behind position `after`."""
        with self._database_lock:
            rows: list[StoredEvent] = self._stored_events[after:]
        return (row for row in rows if isinstance(row, StoredTouchpoint))

    def columns(self, after: int) -> Iterator[Columns]:
        """The rows behind position `after`."""
        with self._database_lock:
            rows = list(self._columns)
        return (row for row in rows if row.position > after)

    def counters(self) -> Counters:
        """What was given out until now."""
        with self._database_lock:
            return Counters(len(self._stored_events), len(self._seals))

    def seals(self, after: int = 0) -> list[Seal]:
        """The seals behind number `after`."""
        with self._database_lock:
            return self._seals[after:]

    def seal(self, seal: Seal) -> bool:
        """Keep a seal, unless its number is taken."""
        with self._database_lock:
            if seal.number != len(self._seals) + 1:
                return False
            self._seals.append(seal)
            return True

    def select_events(
        self, originator_id: UUID | str, *, gt: int | None = None, lte: int | None = None, desc: bool = False, limit: int | None = None
    ) -> Sequence[StoredEvent]:
        """As upstream, without leaving an empty stream behind for a name that was only asked for."""
        if str(originator_id) not in self._stored_events_index:
            return []
        return super().select_events(originator_id, gt=gt, lte=lte, desc=desc, limit=limit)


class MemoryStore:
    """The `Store` over a `MemoryRecorder`."""

    def __init__(self) -> None:
        self.recorder = MemoryRecorder()

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        return self.recorder.append(rows, now, expected_version)

    def select(self, relationship: str) -> Sequence[StoredTouchpoint]:
        return [row for row in self.recorder.select_events(relationship) if isinstance(row, StoredTouchpoint)]

    def version(self, relationship: str) -> int:
        return len(self.recorder.select_events(relationship))

    def find(self, ids: Sequence[str]) -> Sequence[StoredTouchpoint]:
        return self.recorder.found(ids)

    def read(self, after: int, limit: int) -> Sequence[StoredTouchpoint]:
        return list(islice(self.recorder.touchpoints(after), limit))

    def merges(self, relationship: str | None = None) -> Sequence[StoredTouchpoint]:
        rows = [row for row in self.recorder.touchpoints() if row.topic in MERGES]
        return [row for row in rows if relationship in (None, row.originator_id, json.loads(row.state)["other"])]

    def relationships(self) -> Iterator[Summary]:
        times: dict[str, list[int]] = {}
        for row in self.recorder.touchpoints():
            if row.topic not in LOG_FACTS:
                times.setdefault(str(row.originator_id), []).append(row.occurred_at)
        return (Summary(name, len(of_one), min(of_one), max(of_one)) for name, of_one in sorted(times.items()))

    def columns(self, after: int, limit: int) -> Sequence[Columns]:
        return list(islice(self.recorder.columns(after), limit))

    def counters(self) -> Counters:
        return self.recorder.counters()

    def seals(self, after: int, limit: int) -> Sequence[Seal]:
        return self.recorder.seals(after)[:limit]

    def last_seal(self) -> Seal | None:
        return next(reversed(self.recorder.seals()), None)

    def seal(self, seal: Seal) -> bool:
        return self.recorder.seal(seal)

    def watch(self) -> Watch:
        return Polling()

    def close(self) -> None:
        pass
