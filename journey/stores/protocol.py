"""What a journal asks of a store, and what a store answers with."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Protocol, Self

from journey.json_shapes import SummaryShape, served_as
from journey.seals import Seal
from journey.stores.keys import Keystore
from journey.stores.rows import Receipt, StoredTouchpoint
from journey.times import from_microseconds


@served_as(SummaryShape)
@dataclass(frozen=True)
class Summary:
    """One relationship in a store: how many touchpoints, and when the first and last occurred (UTC)."""

    relationship: str
    touchpoints: int
    first: datetime
    last: datetime

    @classmethod
    def of(cls, relationship: str, touchpoints: int, first: int, last: int) -> Self:
        """As a store counts it, in microseconds since 1970."""
        return cls(relationship, touchpoints, from_microseconds(first), from_microseconds(last))

    def to_dict(self) -> SummaryShape:
        """Plain data, as `journey relationships` writes it in JSON."""
        return {
            "relationship": self.relationship,
            "touchpoints": self.touchpoints,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
        }


@dataclass(frozen=True)
class Counters:
    """The last `position` and the last `seal` number that a store has ever given out, deleted ones included; 0 before the first."""

    position: int
    seal: int


@dataclass(frozen=True)
class Bookmark:
    """How far the subscription of this name has come. Each that begins under the name counts `turn` up; only the last may go on."""

    name: str
    position: int
    turn: int


class Watch(Protocol):
    """Waits for new rows, for one subscription."""

    def wait(self, stopped: Event, seconds: float) -> bool:
        """Wait until new rows may be there (True), `seconds` are over (either), or `stopped` is set."""
        ...

    def close(self) -> None:
        """Release what watching holds."""


class Polling:
    """The watch of a store that cannot tell: it looks again every so many seconds."""

    def wait(self, stopped: Event, seconds: float) -> bool:
        stopped.wait(seconds)
        return True

    def close(self) -> None:
        pass


class Store(Protocol):
    """What a journal asks of a store."""

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        """Append all rows or none, once each; see `appending.plan`."""
        ...

    def select(self, relationship: str, after: int = 0) -> Sequence[StoredTouchpoint]:
        """The rows of one relationship behind version `after`, by position."""
        ...

    def version(self, relationship: str) -> int:
        """The version of the last row of one relationship, 0 where there is none."""
        ...

    def find(self, ids: Sequence[str]) -> Sequence[StoredTouchpoint]:
        """The rows with these ids, in any order."""
        ...

    def read(self, after: int, limit: int) -> Sequence[StoredTouchpoint]:
        """At most `limit` rows behind position `after`, by position."""
        ...

    def merges(self, relationship: str | None = None) -> Sequence[StoredTouchpoint]:
        """The rows of merges and unmerges (`MERGES`) that name this relationship, on either side; of all where None. By position."""
        ...

    def people_facts(self, people: Collection[str]) -> Sequence[StoredTouchpoint]:
        """The rows of facts about people (`PEOPLE_FACTS`) that are about one of these, merges on either side. By position."""
        ...

    def naming(self, name: str, fields: Collection[str], after: int, limit: int) -> Sequence[StoredTouchpoint]:
        """At most `limit` rows behind position `after` that have `name` in one of these fields (`codec.names`), by position.

        It is asked seldom, and may look at every row.
        """
        ...

    def names_from(self, starts: Collection[str], limit: int) -> Sequence[str]:
        """For each of these texts, the first `limit` names of relationships that are not before it, all by code point, each once.

        These are names under which anything is recorded; the empty one, of facts about people, is none. What is asked costs as much
        in a large journal as in a small one, so it must not look at every row, nor at every row of a relationship.
        """
        ...

    def relationships(self) -> Iterator[Summary]:
        """Every relationship that has touchpoints, by name; facts about facts (`LOG_FACTS`) do not count."""
        ...

    def columns(self, after: int, limit: int) -> Sequence[StoredTouchpoint]:
        """At most `limit` rows behind position `after` as the database holds them, whatever is in them, by position."""
        ...

    def digests(self, after: int, limit: int) -> Mapping[int, bytes]:
        """The digests of at most `limit` touchpoints behind position `after`, by position: what a seal covers."""
        ...

    def counters(self) -> Counters:
        """What was given out until now, both at one instant."""
        ...

    def seals(self, after: int, limit: int) -> Sequence[Seal]:
        """At most `limit` seals behind number `after`, by number."""
        ...

    def last_seal(self) -> Seal | None:
        """The seal with the greatest number, or None."""
        ...

    def seal(self, *seals: Seal) -> bool:
        """Keep seals, by number; False, and none is kept, where the first's number is taken, as when two processes seal at once."""
        ...

    def missing_guards(self) -> Sequence[str]:
        """The names of what should make the database refuse to change facts, and is not there or is off."""
        ...

    def watch(self) -> Watch:
        """Signals to a subscription that there may be new rows."""
        ...

    def take_bookmark(self, name: str, after: int) -> Bookmark:
        """The bookmark of this name, one turn on; a new one is at position `after`. Raises StoreUnavailable for a read-only store."""
        ...

    def move_bookmark(self, bookmark: Bookmark) -> bool:
        """Keep a bookmark's position; False, and nothing changes, where it was taken again since then."""
        ...

    def keystore(self) -> Keystore:
        """Where the keys to texts about people live, next to the store and outside its log. The caller closes it."""
        ...

    def ping(self) -> None:
        """Return when the store answers. Raises StoreUnavailable where it does not within its limit."""
        ...

    def close(self) -> None:
        """Release what the store holds; closing twice is harmless."""
