"""Who is one with whom in a journal: the merges of relationships and of people that its store holds."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from journey.amendments import PEOPLE_MERGES, Fact, Merge, PeopleMerge, PersonNamed
from journey.errors import UnknownName
from journey.history import Recorded
from journey.merging import Pairs, merged_pairs, names_in, names_of_united, united
from journey.stores.protocol import Store, Summary
from journey.stores.rows import StoredTouchpoint

_NAMED = PersonNamed.model_fields["kind"].default


class Identities:
    """The merges that a store holds; `decode` turns its rows into facts."""

    def __init__(self, store: Store, decode: Callable[[Sequence[StoredTouchpoint]], list[Recorded[Fact]]]) -> None:
        self._store = store
        self._decode = decode

    def one_with(self, person: str) -> frozenset[str]:
        """All ids of a person."""
        return united(person, self.people_pairs([person]))

    def people_pairs(self, people: Iterable[str]) -> Pairs[PeopleMerge]:
        """The pairs that are merged, among everybody ever merged with one of these people."""
        merges, _ = self.merges_and_names_of(people)
        return merged_pairs(merge.touchpoint for merge in merges)

    def merges(self, relationship: str | None = None, known_at: datetime | None = None) -> list[Merge]:
        """The merges and unmerges that name a relationship, or all, in the order of recording, as far as is known."""
        records = self._decode(self._store.merges(relationship))
        return [cast(Merge, record.touchpoint) for record in records if known_at is None or record.recorded_at <= known_at]

    def merges_around(self, relationship: str) -> list[StoredTouchpoint]:
        """The rows of merges and unmerges of all relationships ever merged with this one, also through others. By position."""
        rows_by_position: dict[int, StoredTouchpoint] = {}
        names, pending = {relationship}, [relationship]
        while pending:
            rows = self._store.merges(pending.pop())
            rows_by_position.update((row.position, row) for row in rows)
            for merge in self._decode(rows):
                new = {*names_in(cast(Merge, merge.touchpoint))} - names
                names |= new
                pending += new
        return [rows_by_position[position] for position in sorted(rows_by_position)]

    def merged_with(self, relationship: str) -> Iterator[StoredTouchpoint]:
        """The rows of every relationship ever merged with this one, also through others."""
        merges = [cast(Merge, record.touchpoint) for record in self._decode(self.merges_around(relationship))]
        for name in dict.fromkeys(name for merge in merges for name in names_in(merge)):
            if name != relationship:
                yield from self._store.select(name)

    def canonical_name(self, relationship: str, known_at: datetime | None = None) -> str:
        """The one name of whatever is one with a relationship, as far as is known: that which the last merge put first."""
        records = self._decode(self.merges_around(relationship))
        merges = (cast(Merge, record.touchpoint) for record in records if known_at is None or record.recorded_at <= known_at)
        return names_of_united(merged_pairs(merges)).get(relationship, relationship)

    def merges_and_names_of(self, people: Iterable[str]) -> tuple[list[Recorded[PeopleMerge]], list[StoredTouchpoint]]:
        """The merges and unmerges of everybody ever merged with one of these people, also through others; and their names.

        Both by position. Names stay as stored rows: most callers need none, and then none is decrypted.
        """
        merges_by_id: dict[str, Recorded[PeopleMerge]] = {}
        names: dict[str, StoredTouchpoint] = {}
        known, pending = set[str](), set(people)
        while pending:
            known |= pending
            rows = self._store.people_facts(sorted(pending))
            merges = cast(list[Recorded[PeopleMerge]], self._decode([row for row in rows if row.kind in PEOPLE_MERGES]))
            merges_by_id.update((merge.touchpoint.id, merge) for merge in merges)
            names.update((row.id, row) for row in rows if row.kind == _NAMED)
            pending = {name for merge in merges for name in names_in(merge.touchpoint)} - known
        return sorted(merges_by_id.values(), key=lambda merge: merge.position or 0), sorted(names.values())


def refuse_unless_merged(one: str, other: str, pairs: Pairs[Any]) -> None:
    """Raise UnknownName if these two are not merged with each other; it names those that the first is merged with."""
    if frozenset((one, other)) not in pairs:
        partners = ", ".join(f"`{name}`" for pair in pairs if one in pair for name in pair - {one})
        mend = f"`{one}` is merged with {partners}" if partners else f"`{one}` is merged with none"
        raise UnknownName(f"`{one}` and `{other}` are not merged with each other", mend)


def united_summaries(summaries: Iterable[Summary], names: Mapping[str, str]) -> Iterator[Summary]:
    """The summaries of relationships, those that are one added up under the name that `names` gives; by name."""
    parts: dict[str, list[Summary]] = {}
    for summary in summaries:
        parts.setdefault(names.get(summary.relationship, summary.relationship), []).append(summary)
    for name, some in sorted(parts.items()):
        yield Summary(name, sum(one.touchpoints for one in some), min(one.first for one in some), max(one.last for one in some))
