"""Looking facts up in a store: by relationship, by id, by whom they name, by position."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import cast

from journey.amendments import Fact, PersonNamed
from journey.errors import UnknownName
from journey.history import History, Recorded
from journey.identities import Identities, united_summaries
from journey.merging import merged_pairs, names_of_united, people_in
from journey.near_names import LIMIT, nearest, one_slip_from, starts_near
from journey.privacy.personal import PersonalTexts
from journey.stores.codec import decode_all
from journey.stores.protocol import Store, Summary
from journey.stores.rows import StoredTouchpoint
from journey.times import moment
from journey.touchpoints import PARTIES, PERSONS

PAGE = 10_000
"""How many rows of a journal are read at once where nothing else is said."""


class Lookup:
    """Reads the facts of a store back, with the texts that can be decrypted, `page_size` rows at once."""

    def __init__(self, store: Store, texts: PersonalTexts, *, allow_unknown: bool, page_size: int) -> None:
        self.identities = Identities(store, self.decode)
        self._store = store
        self._texts = texts
        self._allow_unknown = allow_unknown
        self._page_size = page_size

    def version(self, relationship: str) -> int:
        """As `Journal.version`."""
        return self._store.version(relationship)

    def history(self, relationship: str, *, after: int = 0) -> History:
        """As `Journal.history`."""
        rows = self._store.select(relationship, after)
        if not relationship or not (rows or (after > 0 and self.version(relationship))):
            raise self.unknown(relationship)
        others = self.identities.merges_around(relationship) if after > 0 else self.identities.merged_with(relationship)
        records = self.decode([*{row.position: row for row in (*rows, *others)}.values()])
        # Facts about people belong to no relationship; mostly there are none.
        if self._store.version(""):
            records += self.identities.merges_and_names_of({person for record in records for person in people_in(record.outline)})[0]
        return History.of_records(records, relationship)

    def canonical_name(self, relationship: str, *, known_at: str | date | datetime | None = None) -> str:
        """As `Journal.canonical_name`."""
        if not relationship or not self.version(relationship):
            raise self.unknown(relationship)
        return self.identities.canonical_name(relationship, None if known_at is None else moment(known_at))

    def find(self, ids: Iterable[str]) -> dict[str, Recorded[Fact]]:
        """As `Journal.find`."""
        return {record.outline.id: record for record in self.decode(self._store.find(list(ids)))}

    def relationships(self, naming: str | None = None, *, known_at: str | date | datetime | None = None) -> Iterator[Summary]:
        """As `Journal.relationships`."""
        names = names_of_united(merged_pairs(self.identities.merges(known_at=None if known_at is None else moment(known_at))))
        summaries = self._store.relationships()
        if names:
            summaries = united_summaries(summaries, names)
        if naming is None:
            return summaries
        rows = (row for name in self.identities.one_with(naming) for page in self._pages_naming(name, PARTIES) for row in page)
        named = {names.get(row.relationship, row.relationship) for row in rows}
        return (summary for summary in summaries if summary.relationship in named)

    def naming(self, name: str, fields: Collection[str] = PARTIES) -> Iterator[Recorded[Fact]]:
        """As `Journal.naming`."""
        return (record for page in self._pages_naming(name, fields) for record in self.decode(page))

    def page(self, after: int = 0) -> list[Recorded[Fact]]:
        """As `Journal.page`."""
        return self.decode(self._store.read(after, self._page_size))

    def names(self, people: Iterable[str]) -> dict[str, str]:
        """As `Journal.names`."""
        ids = set(people)
        if not self._store.version(""):
            return {}
        merges, names = self.identities.merges_and_names_of(ids)
        one = names_of_united(merged_pairs(merge.touchpoint for merge in merges))
        last = {
            one.get(record.touchpoint.person, record.touchpoint.person): record.touchpoint.name
            for record in cast(list[Recorded[PersonNamed]], self.decode(names))
            if not record.withheld
        }
        called = {person: last.get(one.get(person, person)) for person in ids}
        return {person: name for person, name in called.items() if name is not None}

    def unknown(self, relationship: str) -> UnknownName:
        """The error for a relationship that is not there, with a name like it where one is near."""
        near = nearest(relationship, self._store.names_from(starts_near(relationship), LIMIT))
        return UnknownName.of("relationship", relationship, near, "`journey relationships` lists them")

    def refuse_unless_person(self, person: str, people: Collection[str]) -> None:
        """Raise UnknownName if no fact mentions a person under one of these ids."""
        if self._store.people_facts(people) or any(self._store.naming(one, PERSONS, 0, 1) for one in people):
            return
        last = self.page(max(0, self._store.counters().position - PAGE))
        known = {name for record in last for field in PERSONS if (name := vars(record.touchpoint).get(field)) is not None}
        raise UnknownName.of("person", person, known, "name a customer, contact or representative of a touchpoint")

    def fact(self, id: str) -> Fact:
        """The fact of this id. Raises UnknownName."""
        record = self.find([id]).get(id)
        if record is None:
            near = [row.id for row in self._store.find(one_slip_from(id))]
            raise UnknownName.of("touchpoint", id, near, "`journey history` lists the ids of a relationship")
        return record.touchpoint

    def decode(self, rows: Sequence[StoredTouchpoint]) -> list[Recorded[Fact]]:
        """The facts in rows; texts are decrypted on first access."""
        return decode_all(rows, self._texts.plain(rows), allow_unknown=self._allow_unknown)

    def _pages_naming(self, name: str, fields: Collection[str]) -> Iterator[Sequence[StoredTouchpoint]]:
        after = 0
        while page := self._store.naming(name, fields, after, self._page_size):
            yield page
            after = page[-1].position
