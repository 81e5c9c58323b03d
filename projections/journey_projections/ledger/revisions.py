"""How amendments change a touchpoint, and from when on: each change is a revision."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, cast

from journey.amendments import LOG_FACTS, MERGES, Amendment, Fact
from journey.history import History, Recorded
from journey.times import from_microseconds, to_microseconds

Find = Callable[[Iterable[str]], Mapping[str, Recorded[Fact]]]
"""As `Journal.find`."""
_AMENDMENTS = frozenset(kind for kind, model in LOG_FACTS.items() if issubclass(model, Amendment))


class FactRow(NamedTuple):
    """A fact about facts, relationships or people, as a ledger keeps it; `recorded_at` in µs."""

    position: int
    recorded_at: int
    kind: str
    id: str
    relationship: str
    person: str | None
    about: str

    @classmethod
    def of(cls, record: Recorded[Fact]) -> "FactRow | None":
        """What a ledger keeps of a fact, None where it keeps nothing."""
        fact = record.touchpoint
        about = fact.about if isinstance(fact, Amendment) else getattr(fact, "other", None)
        if about is None or fact.kind not in LOG_FACTS:
            return None
        at, person = to_microseconds(record.recorded_at), getattr(fact, "person", None)
        return cls(record.position or 0, at, fact.kind, fact.id, fact.relationship, person, about)


class Revision(NamedTuple):
    """From `recorded_at` (µs) on, the fact at `position` makes a touchpoint what `record` says, or `retracted`."""

    position: int
    recorded_at: int
    record: Recorded
    retracted: bool


class AmendmentIndex:
    """All amendments until now, by the touchpoint that each is about in the end."""

    def __init__(self, facts: Iterable[FactRow] = ()) -> None:
        self._amendments: dict[str, FactRow] = {}
        self._about: dict[str, list[FactRow]] = {}
        self._merges: dict[str, list[FactRow]] = {}
        self._amendments_in: dict[str, list[str]] = {}
        for one in facts:
            self._add(one)

    @property
    def is_empty(self) -> bool:
        """Whether no touchpoint was amended."""
        return not self._amendments

    def revisions(self, facts: Iterable[FactRow], recorded: Mapping[str, tuple[int, int]], until: int, find: Find) -> Iterator[Revision]:
        """The revisions that new `facts` and the touchpoints `recorded` (id: position and time in µs) cause, up to position `until`.

        Facts come from `find` alone: a history of all facts about a touchpoint shows what changed at each moment.
        """
        changing: dict[str, dict[int, int]] = defaultdict(dict)
        facts = list(facts)
        # Add all of them first: what one is about in the end may depend on a later one.
        for one in facts:
            self._add(one)
        for one in facts:
            for root in self._touched(one):
                changing[root][one.recorded_at] = one.position
        for id in self._about.keys() & recorded.keys():
            position, moment = recorded[id]
            changing[id][moment] = max(position, changing[id].get(moment, 0))
        known = find({*changing, *(one.id for root in changing for one in self._about[root])}) if changing else {}
        for root, moments in changing.items():
            first = known.get(root)
            if first is not None and first.touchpoint.kind not in LOG_FACTS and (first.position or 0) <= until:
                yield from self._changes(cast(Recorded, first), moments, known, find)

    def _touched(self, one: FactRow) -> set[str]:
        """The touchpoints that a fact may change, in the end."""
        if one.kind in MERGES:
            return {self._root(id) for name in self._ever_united(one.relationship) for id in self._amendments_in.get(name, ())}
        return {self._root(one.id)} if one.kind in _AMENDMENTS else set()

    def _changes(self, first: Recorded, moments: Mapping[int, int], known: Mapping[str, Recorded[Fact]], find: Find) -> Iterator[Revision]:
        relationship, id = first.touchpoint.relationship, first.touchpoint.id
        names = self._ever_united(relationship)
        merges = find({one.id for name in names for one in self._merges.get(name, ())}).values() if len(names) > 1 else ()
        amendments = (known[one.id] for one in self._about[id] if one.relationship in names)
        history = History.of_records((first, *amendments, *merges), relationship)

        def version_at(moment: int) -> Recorded | None:
            return next((one for one in history.known_at(from_microseconds(moment)).records if one.touchpoint.id == id), None)

        recorded_at = to_microseconds(first.recorded_at)
        for moment, position in sorted(moments.items()):
            if moment < recorded_at:
                continue
            before, after = (first if moment == recorded_at else version_at(moment - 1)), version_at(moment)
            if (before and before.touchpoint) != (after and after.touchpoint):
                yield Revision(position, moment, after or first, after is None)

    def _add(self, one: FactRow) -> None:
        if one.kind in MERGES:
            for name in {one.relationship, one.about}:
                self._merges.setdefault(name, []).append(one)
        elif one.kind in _AMENDMENTS:
            self._amendments[one.id] = one
            self._amendments_in.setdefault(one.relationship, []).append(one.id)
            root = self._root(one.id)
            # Amendments of this one that were recorded before it are now about what it is about.
            self._about.setdefault(root, []).extend([one, *self._about.pop(one.id, ())])

    def _root(self, id: str) -> str:
        """What an amendment is about in the end; of a ring of them, one."""
        ring = [id]
        while (one := self._amendments.get(ring[-1])) is not None:
            if one.about in ring:
                return min(ring[ring.index(one.about) :])
            ring.append(one.about)
        return ring[-1]

    def _ever_united(self, relationship: str) -> set[str]:
        """The relationships that were ever merged with this one."""
        names, pending = {relationship}, [relationship]
        while pending:
            for one in self._merges.get(pending.pop(), ()):
                new = {one.relationship, one.about} - names
                names |= new
                pending += new
        return names
