"""A journal in memory, gone when the process ends."""

import json
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from eventsourcing.popo import POPOApplicationRecorder

from journey.amendments import LOG_FACTS, MERGES, PEOPLE_MERGES
from journey.seals import Seal
from journey.stores import Counters, Polling, Summary, Watch
from journey.stores.keys import Keystore, MemoryKeystore
from journey.stores.rows import Receipt, StoredTouchpoint, names, plan


class MemoryRecorder(POPOApplicationRecorder):
    """Upstream's recorder, taking touchpoints once each and giving out their positions."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[StoredTouchpoint] = []
        self._by_id: dict[str, StoredTouchpoint] = {}
        self._by_relationship: dict[str, list[StoredTouchpoint]] = {}
        self._merges: list[StoredTouchpoint] = []
        self._merges_of_people: dict[str, list[StoredTouchpoint]] = {}
        self._seals: list[Seal] = []

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        """Append all rows or none, once each; see `rows.plan`."""
        with self._database_lock:
            planned = plan(
                rows,
                present={row.id: self._by_id[row.id] for row in rows if row.id in self._by_id},
                versions={row.relationship: len(self._stored_events_index[row.relationship]) for row in rows},
                last_position=len(self._stored_events),
                last_recorded_at=self._rows[-1].recorded_at if self._rows else 0,
                now=now,
                expected_version=expected_version,
            )
            self._insert_events([StoredEvent(row.relationship, row.version, row.kind, row.payload.encode()) for row in planned.rows])
            self._rows += planned.rows
            for row in planned.rows:
                self._by_id[row.id] = row
                self._by_relationship.setdefault(row.relationship, []).append(row)
                if row.kind in MERGES:
                    self._merges.append(row)
                if row.kind in PEOPLE_MERGES:
                    payload = json.loads(row.payload)
                    for name in {payload["person"], payload["other"]}:
                        self._merges_of_people.setdefault(name, []).append(row)
        self._notify_listeners()
        return planned.receipts

    def found(self, ids: Sequence[str]) -> list[StoredTouchpoint]:
        """The stored touchpoints with these ids."""
        with self._database_lock:
            return [self._by_id[id] for id in dict.fromkeys(ids) if id in self._by_id]

    def rows(self, after: int = 0, limit: int | None = None) -> list[StoredTouchpoint]:
        """The stored touchpoints behind position `after`."""
        with self._database_lock:
            start = bisect_right(self._rows, after, key=lambda row: row.position)
            return self._rows[start : None if limit is None else start + limit]

    def of(self, relationship: str) -> list[StoredTouchpoint]:
        """The stored touchpoints of one relationship."""
        with self._database_lock:
            return list(self._by_relationship.get(relationship, ()))

    def merges(self) -> list[StoredTouchpoint]:
        """The stored merges and unmerges."""
        with self._database_lock:
            return list(self._merges)

    def merges_of_people(self, people: Collection[str]) -> list[StoredTouchpoint]:
        """The stored merges and unmerges of these people."""
        with self._database_lock:
            return sorted({row for name in people for row in self._merges_of_people.get(name, ())})

    def counters(self) -> Counters:
        """What was given out until now."""
        with self._database_lock:
            return Counters(len(self._stored_events), len(self._seals))

    def seals(self, after: int = 0) -> list[Seal]:
        """The seals behind number `after`."""
        with self._database_lock:
            return self._seals[max(after, 0) :]

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
        self._keys = MemoryKeystore()

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        return self.recorder.append(rows, now, expected_version)

    def select(self, relationship: str) -> Sequence[StoredTouchpoint]:
        return self.recorder.of(relationship)

    def version(self, relationship: str) -> int:
        return len(self.recorder.of(relationship))

    def find(self, ids: Sequence[str]) -> Sequence[StoredTouchpoint]:
        return self.recorder.found(ids)

    def read(self, after: int, limit: int) -> Sequence[StoredTouchpoint]:
        return self.recorder.rows(after, limit)

    def merges(self, relationship: str | None = None) -> Sequence[StoredTouchpoint]:
        rows = self.recorder.merges()
        return [row for row in rows if relationship in (None, row.relationship, json.loads(row.payload)["other"])]

    def people_merges(self, people: Collection[str]) -> Sequence[StoredTouchpoint]:
        return self.recorder.merges_of_people(people)

    def naming(self, name: str, fields: Collection[str], after: int, limit: int) -> Sequence[StoredTouchpoint]:
        return list(islice((row for row in self.recorder.rows(after) if names(row, name, fields)), limit))

    def relationships(self) -> Iterator[Summary]:
        times: dict[str, list[int]] = {}
        for row in self.recorder.rows():
            if row.kind not in LOG_FACTS:
                times.setdefault(row.relationship, []).append(row.occurred_at)
        return (Summary(name, len(of_one), min(of_one), max(of_one)) for name, of_one in sorted(times.items()))

    def columns(self, after: int, limit: int) -> Sequence[StoredTouchpoint]:
        return self.recorder.rows(after, limit)

    def counters(self) -> Counters:
        return self.recorder.counters()

    def seals(self, after: int, limit: int) -> Sequence[Seal]:
        return self.recorder.seals(after)[:limit]

    def last_seal(self) -> Seal | None:
        return next(reversed(self.recorder.seals()), None)

    def seal(self, seal: Seal) -> bool:
        return self.recorder.seal(seal)

    def missing_guards(self) -> Sequence[str]:
        return ()

    def watch(self) -> Watch:
        return Polling()

    def keystore(self) -> Keystore:
        return self._keys

    def close(self) -> None:
        pass
