"""What an import amounted to: which facts came, and what about them is legal and nearly always a mistake."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from journey.amendments import LOG_FACTS
from journey.errors import JourneyError
from journey.history import History
from journey.near_names import plain_form
from journey.recording import Prepared
from journey.stores.rows import Receipt, StoredTouchpoint
from journey.times import from_microseconds, to_microseconds

_MOST = 1_000_000
"""So many different names are kept, to be compared or looked for; what comes later is not."""
_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
"""A time before it is mostly a zero that was read as a time."""
_OPENS_EPISODE = ("failure_occurred", "deception_exposed", "complaint_voiced", "request_made")
_NEEDS_EPISODE = ("failure_noticed", "recovery_step_taken", "response_failed", "evidence_emerged", "episode_closed")
_SAYS_NOTHING = {"note_added": "notes move nothing", "feedback_requested": "asking for feedback moves nothing"}
_TOLD_BY_KIND = frozenset(("interaction", "promise_made", "delivery", *_OPENS_EPISODE, *_NEEDS_EPISODE, *_SAYS_NOTHING))


class Names:
    """Names that occurred, to find those that differ only by case, blanks or the form of their letters."""

    def __init__(self) -> None:
        self.all = set[str]()
        self._folded = dict[str, str]()
        self.alike = list[tuple[str, str]]()

    def add(self, names: Iterable[str]) -> None:
        """Count names."""
        for name in names:
            if name in self.all or len(self.all) >= _MOST:
                continue
            self.all.add(name)
            if (other := self._folded.setdefault(plain_form(name), name)) != name:
                self.alike.append((other, name))


@dataclass
class References:
    """Episodes or promises, each with its relationship: those that began, as hashes, and those that were named, with the first fact."""

    _begun: set[int] = field(default_factory=set)
    _named: dict[tuple[str, str], str] = field(default_factory=dict)

    def begin(self, relationship: str, id: str) -> None:
        """One of a relationship began."""
        if len(self._begun) < _MOST:
            self._begun.add(hash((relationship, id)))

    def name(self, relationship: str, id: str, fact: str) -> None:
        """A fact named one of a relationship."""
        if len(self._named) < _MOST:
            self._named.setdefault((relationship, id), fact)

    def unknown(self) -> dict[tuple[str, str], str]:
        """Those that were named and did not begin."""
        return {one: fact for one, fact in self._named.items() if hash(one) not in self._begun}


@dataclass
class Report:
    """What was recorded by an import. `now` is the time by which facts of the future are told."""

    now: datetime
    kinds: Counter[str] = field(default_factory=Counter)
    facts_of: Counter[str] = field(default_factory=Counter)
    """How many facts came of each relationship."""
    first: datetime | None = None
    last: datetime | None = None
    reasons: Counter[str] = field(default_factory=Counter)
    """Why rows were refused."""
    unmoving: Counter[str] = field(default_factory=Counter)
    """Facts that move no trust under any rules, by why."""
    far_off: list[str] = field(default_factory=list)
    """Facts of the future, or of 1970-01-01 and before, by id."""
    same_instant: int = 0
    """Facts of one relationship and instant, without a `sequence` that parts them, whose ids are not in the order of the source."""
    waiting: dict[str, str] = field(default_factory=dict)
    """Facts about facts, by id, and what they are about, which is not recorded yet."""
    impossible: dict[str, str] = field(default_factory=dict)
    """Facts about facts, by id, that came before what they are about and cannot be so, and why: they do not count."""
    known_later: int = 0
    """Facts that the journal shows as known later than the source says, since something else was recorded meanwhile."""
    notes: list[str] = field(default_factory=list)
    """What had to be guessed to read the sources."""
    relationships: Names = field(default_factory=Names)
    people: Names = field(default_factory=Names)
    episodes: References = field(default_factory=References)
    promises: References = field(default_factory=References)

    def compare_times(self, ready: Prepared, receipts: Sequence[Receipt]) -> None:
        """Count facts that say when they became known, and could not be recorded as of then."""
        for row, receipt in zip(ready.rows, receipts, strict=True):
            self.known_later += receipt.is_new and to_microseconds(receipt.recorded_at) - row.recorded_at > 1000

    def add(self, ready: Prepared) -> None:
        """Count facts that were recorded, in the order of their source."""
        facts: Sequence[Any] = ready.facts
        rows = ready.rows
        kinds = Counter([row.kind for row in rows])
        self.kinds.update(kinds)
        self.facts_of.update([row.relationship for row in rows])
        if not kinds.keys().isdisjoint(LOG_FACTS):
            touchpoints = [number for number, row in enumerate(rows) if row.kind not in LOG_FACTS]
            facts, rows = [facts[number] for number in touchpoints], [rows[number] for number in touchpoints]
        if not facts:
            return
        people = dict[str | None, None]()
        for fact in facts:
            # One pass over what is far apart in memory.
            values = vars(fact)
            people[values["contact"]] = people[values["representative"]] = None
            if values["certainty"] == 0 or values["kind"] in _TOLD_BY_KIND:
                self._look_at(fact)
        self.relationships.add({row.relationship: None for row in rows})
        self.people.add(filter(None, people))
        times = [row.occurred_at for row in rows]
        first, last = from_microseconds(min(times)), from_microseconds(max(times))
        self.first = first if self.first is None else min(first, self.first)
        self.last = last if self.last is None else max(last, self.last)
        if first < _EARLIEST or last > self.now:
            self.far_off += [fact.id for fact in facts if not _EARLIEST <= fact.occurred_at <= self.now]
            del self.far_off[_MOST:]
        self.same_instant += _out_of_order(facts, rows)

    def refuse(self, error: JourneyError) -> None:
        """Count a refused row."""
        if len(self.reasons) < 1000 or str(error) in self.reasons:
            self.reasons[str(error)] += 1

    def _look_at(self, fact: Any) -> None:
        kind = fact.kind
        if why := _why_unmoving(fact):
            self.unmoving[why] += 1
        if kind in _OPENS_EPISODE:
            self.episodes.begin(fact.relationship, fact.episode or fact.id)
        elif kind in _NEEDS_EPISODE and fact.episode is not None:
            self.episodes.name(fact.relationship, fact.episode, fact.id)
        elif kind == "promise_made":
            self.promises.begin(fact.relationship, fact.promise)
        elif kind == "delivery" and fact.promise is not None:
            self.promises.name(fact.relationship, fact.promise, fact.id)

    def look_up(self, history: History) -> None:
        """Take it that what began in a history, which was recorded before, is known."""
        for record in history.records:
            fact: Any = record.outline
            if fact.kind in _OPENS_EPISODE:
                self.episodes.begin(fact.relationship, fact.episode or fact.id)
            elif fact.kind == "promise_made":
                self.promises.begin(fact.relationship, fact.promise)

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "kinds": dict(self.kinds.most_common()),
            "relationships": len(self.relationships.all),
            "people": len(self.people.all),
            "first": self.first and self.first.isoformat(),
            "last": self.last and self.last.isoformat(),
            "refused_because": dict(self.reasons.most_common(10)),
            "moves_nothing": dict(self.unmoving.most_common()),
            "far_off": self.far_off[:100],
            "same_instant": self.same_instant,
            "known_later": self.known_later,
            "impossible": dict(list(self.impossible.items())[:100]),
            "waiting": dict(list(self.waiting.items())[:100]),
            "alike": [list(pair) for pair in (*self.relationships.alike, *self.people.alike)[:100]],
            "unknown_episodes": _shown(self.episodes),
            "unknown_promises": _shown(self.promises),
            "notes": self.notes,
        }


def _shown(references: References) -> list[dict[str, str]]:
    unknown = list(references.unknown().items())[:100]
    return [{"relationship": relationship, "id": id, "touchpoint": fact} for (relationship, id), fact in unknown]


def _out_of_order(facts: Sequence[Any], rows: Sequence[StoredTouchpoint]) -> int:
    """How many share relationship, time and sequence with others, and are not in the order of their ids."""
    instants = [(row.relationship, row.occurred_at) for row in rows]
    if len(set(instants)) == len(instants):
        return 0
    counts, together = Counter(instants), dict[tuple[str, int, int], list[str]]()
    for instant, fact in zip(instants, facts, strict=True):
        if counts[instant] > 1:
            together.setdefault((*instant, fact.sequence), []).append(fact.id)
    return sum(len(ids) for ids in together.values() if ids != sorted(ids))


def _why_unmoving(fact: Any) -> str | None:
    """Why a touchpoint moves no trust whatever the rules, if it does not."""
    kind = fact.kind
    if kind == "interaction":
        # Within an episode it is an answer.
        if fact.competence is fact.benevolence is fact.integrity is fact.recognised is fact.episode is None:
            return "an interaction without `competence`, `benevolence`, `integrity`, `recognised` or `episode` says nothing"
    elif kind in _SAYS_NOTHING:
        return _SAYS_NOTHING[kind]
    return "a `certainty` of 0 says nothing" if fact.certainty == 0 else None
