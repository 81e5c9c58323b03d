"""A journal in memory, gone when the process ends."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from threading import Lock

from journey.amendments import LOG_FACTS, MERGES, PEOPLE_FACTS
from journey.seals import Seal
from journey.stores.appending import plan
from journey.stores.codec import names
from journey.stores.keys import Keystore, MemoryKeystore
from journey.stores.process_forks import heed_forks
from journey.stores.protocol import Bookmark, Counters, Polling, Summary, Watch
from journey.stores.rows import FIRST_NAME, Receipt, StoredTouchpoint


class MemoryStore:
    """The `Store` that keeps its rows in lists; any number of threads may use it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rows: list[StoredTouchpoint] = []
        self._by_id: dict[str, StoredTouchpoint] = {}
        self._by_relationship: dict[str, list[StoredTouchpoint]] = {}
        self._names: list[str] = []
        """The names of relationships, sorted when they are asked for after new ones came."""
        self._merges: list[StoredTouchpoint] = []
        self._of_people: dict[str, list[StoredTouchpoint]] = {}
        self._seals: list[Seal] = []
        self._bookmarks: dict[str, Bookmark] = {}
        self._keys = MemoryKeystore()
        heed_forks(self)

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        with self._lock:
            planned = plan(
                rows,
                present={row.id: self._by_id[row.id] for row in rows if row.id in self._by_id},
                versions={row.relationship: len(self._by_relationship.get(row.relationship, ())) for row in rows},
                last_position=len(self._rows),
                last_recorded_at=self._rows[-1].recorded_at if self._rows else 0,
                now=now,
                expected_version=expected_version,
            )
            self._rows += planned.rows
            for row in planned.rows:
                self._by_id[row.id] = row
                self._by_relationship.setdefault(row.relationship, []).append(row)
                if row.kind in MERGES:
                    self._merges.append(row)
                if row.kind in PEOPLE_FACTS:
                    payload = json.loads(row.payload)
                    for name in {payload["person"], payload.get("other", payload["person"])}:
                        self._of_people.setdefault(name, []).append(row)
        return planned.receipts

    def select(self, relationship: str, after: int = 0) -> Sequence[StoredTouchpoint]:
        with self._lock:
            return self._by_relationship.get(relationship, [])[max(after, 0) :]

    def version(self, relationship: str) -> int:
        return len(self.select(relationship))

    def find(self, ids: Sequence[str]) -> Sequence[StoredTouchpoint]:
        with self._lock:
            return [self._by_id[id] for id in dict.fromkeys(ids) if id in self._by_id]

    def read(self, after: int, limit: int) -> Sequence[StoredTouchpoint]:
        return self._behind(after, limit)

    def merges(self, relationship: str | None = None) -> Sequence[StoredTouchpoint]:
        with self._lock:
            rows = list(self._merges)
        return [row for row in rows if relationship in (None, row.relationship, json.loads(row.payload)["other"])]

    def people_facts(self, people: Collection[str]) -> Sequence[StoredTouchpoint]:
        with self._lock:
            return sorted({row for name in people for row in self._of_people.get(name, ())})

    def naming(self, name: str, fields: Collection[str], after: int, limit: int) -> Sequence[StoredTouchpoint]:
        return list(islice((row for row in self._behind(after) if names(row, name, fields)), limit))

    def names_from(self, starts: Collection[str], limit: int) -> Sequence[str]:
        with self._lock:
            if len(self._names) < len(self._by_relationship):
                self._names = sorted(self._by_relationship)
            places = [bisect_left(self._names, start or FIRST_NAME) for start in starts]
            return sorted({name for place in places for name in self._names[place : place + limit]})

    def relationships(self) -> Iterator[Summary]:
        times: dict[str, list[int]] = {}
        for row in self._behind(0):
            if row.kind not in LOG_FACTS:
                times.setdefault(row.relationship, []).append(row.occurred_at)
        return (Summary.of(name, len(of_one), min(of_one), max(of_one)) for name, of_one in sorted(times.items()))

    def columns(self, after: int, limit: int) -> Sequence[StoredTouchpoint]:
        return self._behind(after, limit)

    def digests(self, after: int, limit: int) -> Mapping[int, bytes]:
        return {row.position: row.digest for row in self._behind(after, limit)}

    def counters(self) -> Counters:
        with self._lock:
            return Counters(len(self._rows), len(self._seals))

    def seals(self, after: int, limit: int) -> Sequence[Seal]:
        start = max(after, 0)
        with self._lock:
            return self._seals[start : start + limit]

    def last_seal(self) -> Seal | None:
        with self._lock:
            return self._seals[-1] if self._seals else None

    def seal(self, *seals: Seal) -> bool:
        with self._lock:
            if seals[0].number != len(self._seals) + 1:
                return False
            self._seals += seals
            return True

    def missing_guards(self) -> Sequence[str]:
        return ()

    def watch(self) -> Watch:
        return Polling()

    def take_bookmark(self, name: str, after: int) -> Bookmark:
        with self._lock:
            last = self._bookmarks.get(name, Bookmark(name, after, 0))
            self._bookmarks[name] = replace(last, turn=last.turn + 1)
            return self._bookmarks[name]

    def move_bookmark(self, bookmark: Bookmark) -> bool:
        with self._lock:
            if self._bookmarks[bookmark.name].turn != bookmark.turn:
                return False
            self._bookmarks[bookmark.name] = bookmark
            return True

    def keystore(self) -> Keystore:
        return self._keys

    def ping(self) -> None:
        pass

    def close(self) -> None:
        pass

    def before_fork(self) -> None:
        self._lock.acquire()  # so that the child's copy is whole

    def after_fork(self, *, in_child: bool) -> None:
        if in_child:
            self._lock = Lock()
        else:
            self._lock.release()

    def _behind(self, after: int, limit: int | None = None) -> list[StoredTouchpoint]:
        with self._lock:
            start = bisect_right(self._rows, after, key=lambda row: row.position)
            return self._rows[start : None if limit is None else start + limit]
