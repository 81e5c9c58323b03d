"""The journal: record facts, read histories back."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from itertools import count
from logging import getLogger
from types import TracebackType
from typing import Any, NoReturn, Self, cast

from journey import clock
from journey.amendments import (
    REPLACE_MEND,
    Fact,
    LogFact,
    Merge,
    PeopleFact,
    PeopleMerge,
    PeopleMerged,
    PeopleUnmerged,
    PersonNamed,
    RelationshipsMerged,
    RelationshipsUnmerged,
    SubjectForgotten,
    TouchpointCorrected,
    TouchpointRetracted,
)
from journey.errors import ConflictingTouchpoint, InvalidTouchpoint, UnknownName
from journey.history import History, Recorded, changed_in
from journey.identities import Identities, refuse_unless_merged, united_summaries
from journey.integrity.proofs import prove
from journey.integrity.verification import Verification, verify
from journey.merging import merged_pairs, names_of_united, people_in
from journey.near_names import LIMIT, nearest, starts_near
from journey.privacy.forgetting import WRITTEN_OUT, Forgotten, Subject, subject_of
from journey.privacy.personal import PersonalTexts
from journey.reading import validated
from journey.recording import Prepared, Recording
from journey.stores.addresses import without_password
from journey.stores.codec import decode_all, is_readable
from journey.stores.keys import Keystore
from journey.stores.limits import DEFAULTS, Limits
from journey.stores.opening import open_keystore, open_store, store_over
from journey.stores.protocol import Store, Summary
from journey.stores.rows import Receipt, StoredTouchpoint
from journey.subscription import Subscription
from journey.times import moment
from journey.touchpoints import PARTIES, PERSONS, fields_of

_log = getLogger(__name__)
PAGE = 10_000
_LARGEST_PAGE = 100_000
_LONGEST_STEM = 180
"""How much of the 200 characters of an id is made from another's; the rest is a number."""


class Journal:
    """An append-only log of touchpoints over a store. Use as a context manager, or call `close`."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime] = clock.now,
        *,
        keystore: Keystore | None = None,
        allow_unknown: bool = False,
        page_size: int = PAGE,
        seals: bool = True,
    ) -> None:
        """A journal over any `store`; `now` is the clock that says when a touchpoint is recorded (aware).

        `keystore` holds the keys to texts about people, by default the one beside the store; closing the journal closes it.
        With `allow_unknown`, what is stored of a kind or schema that this journey does not know is read as an
        UnknownTouchpoint, which moves nothing; otherwise reading it raises UnsupportedSchema. `page_size` is how many
        touchpoints are read at once (1 to 100,000). With `seals=False`, what is recorded is left to other journals to seal.
        """
        if type(page_size) is not int or not 1 <= page_size <= _LARGEST_PAGE:
            raise ValueError(f"`page_size` must be a whole number from 1 to {_LARGEST_PAGE:,}, got `{page_size}`")
        self._store = store
        self._page_size = page_size
        self._now = now
        self._allow_unknown = allow_unknown
        self._texts = PersonalTexts(store.keystore if keystore is None else lambda: keystore)
        self._recording = Recording(store, now, self._texts, seals=seals)
        self._identities = Identities(store, self._decoded)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        read_only: bool = False,
        now: Callable[[], datetime] = clock.now,
        keys: str | Keystore | None = None,
        allow_unknown: bool = False,
        timeout: float = DEFAULTS.timeout,
        pool_size: int = DEFAULTS.pool_size,
        page_size: int = PAGE,
    ) -> Self:
        """Open the journal at `url` (`memory:`, `sqlite:///PATH`, `postgresql://…`), creating it unless `read_only`.

        `keys` is where the keys to texts about people are: by default beside the store (the file `PATH.keys`, the schema
        `SCHEMA_keys`), else such an address, or a service's own `Keystore`.
        `timeout` is how many seconds a call waits for a lock, for a free connection or for the server (0.05 to 86,400);
        `pool_size` is how many connections the threads share (1 to 1,000). The rest is as for `Journal`.
        Raises InvalidStoreUrl, StoreUnavailable, DamagedJournal, UnsupportedSchema, MissingExtra; ValueError for a number out of range.
        """
        limits = Limits(timeout, pool_size)
        store = open_store(url, read_only=read_only, limits=limits)
        _log.info("opened %s %s", without_password(url), "read-only" if read_only else "for writing")
        keystore = open_keystore(keys, read_only=read_only, limits=limits) if isinstance(keys, str) else keys
        return cls(store, now, keystore=keystore, allow_unknown=allow_unknown, page_size=page_size)

    @classmethod
    def over(
        cls,
        source: Any,
        *,
        now: Callable[[], datetime] = clock.now,
        keys: str | Keystore | None = None,
        allow_unknown: bool = False,
        timeout: float = DEFAULTS.timeout,
        page_size: int = PAGE,
    ) -> Self:
        """The journal that is there in the caller's database: `source` is a connection or a pool of psycopg's, or a `sqlite3.Connection`.

        Over a connection, what is recorded is part of the caller's transaction: it is seen by others when the caller commits, and
        gone when the caller rolls back; on a connection in autocommit it is recorded at once. Others who record wait until
        then. Such a journal seals nothing. Over a pool it is as a journal of its own that takes its connections from there.
        Closing the journal closes neither. The rest is as for `open`. Raises StoreUnavailable where there is no journal.
        """
        limits = Limits(timeout)
        store, commits = store_over(source, limits)
        keystore = open_keystore(keys, limits=limits) if isinstance(keys, str) else keys
        return cls(store, now, keystore=keystore, allow_unknown=allow_unknown, page_size=page_size, seals=commits)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a journal cannot be pickled: pass its address, and open it in the other process")

    def record(self, *touchpoints: Fact | dict[str, Any], expected_version: int | None = None) -> list[Receipt]:
        """Record touchpoints, all or none, and return their receipts in the same order.

        Recording an equal touchpoint again returns its first receipt; other content under the same id raises
        ConflictingTouchpoint. With `expected_version`, every new touchpoint must belong to a relationship that has that
        many touchpoints (`version`) until now, else ConflictingHistory: somebody recorded in between. Once this returns,
        the touchpoints are durable. A dict of plain fields is read as by `read_fact`. Raises InvalidTouchpoint for what is none,
        or was changed past its model, as `model_copy` can; then nothing is recorded.
        """
        return self.record_prepared(self.prepare(touchpoints), expected_version)

    def prepare(self, touchpoints: Iterable[Fact | dict[str, Any] | bytes]) -> Prepared:
        """Make touchpoints ready for `record_prepared`, perhaps on one thread while another records: most of the work is here.

        Nothing is recorded. A dict is read as by `read_fact`, bytes of JSON as by `read_json`; texts about people are encrypted
        under the keys of now. Raises InvalidTouchpoint.
        """
        return self._recording.prepare(touchpoints)

    def record_prepared(self, ready: Prepared, expected_version: int | None = None) -> list[Receipt]:
        """As `record`, for what `prepare` made ready."""
        return self._recording.record(ready, expected_version)

    def correct(
        self, id: str, fields: Mapping[str, Any], *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """Record that touchpoint `id` was recorded with wrong `fields`; None takes one away.

        What was recorded stays. Histories show the touchpoint as corrected, and as it was to whoever asks what was `known_at` a
        time before. The correction's own id is `as_id`, by default `ID.corrected-1` and so on; said again under the same `as_id`,
        it is recorded once. Raises UnknownName, and InvalidTouchpoint where no touchpoint can have these fields.
        """
        relationship = self._recorded(id).relationship
        if not relationship:
            raise UnknownName(f"`{id}` is no touchpoint but was said of people", "name the touchpoint")
        touchpoint = self.history(relationship)[id]
        corrected = fields_of(changed_in(touchpoint, fields, mend=REPLACE_MEND))
        told = {"fields": {name: corrected.get(name) for name in fields}, "fields_schema": touchpoint.SCHEMA_VERSION}
        said = {"relationship": relationship, "corrects": id, **told, "reason": reason, "actor": actor}
        return self._say(TouchpointCorrected, said, as_id, f"{id}.corrected")

    def retract(self, id: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None) -> Receipt:
        """Record that touchpoint `id` never happened, or that correction or retraction `id` was itself wrong.

        What was recorded stays; see `correct`. Raises UnknownName, and InvalidTouchpoint for a merge, which is unmerged instead,
        for a name, which is told anew, and for whatever else is said of no touchpoint.
        """
        fact = self._recorded(id)
        if isinstance(fact, Merge | PeopleMerge):
            two = "relationships" if isinstance(fact, Merge) else "people"
            raise InvalidTouchpoint([("retracts", f"`{id}` is said of two {two}, not of a touchpoint")], "merge or unmerge the two")
        if not fact.relationship:
            mend = "tell the name anew, or none" if isinstance(fact, PersonNamed) else "it cannot be taken back"
            raise InvalidTouchpoint([("retracts", f"`{id}` is said of a person, not of a touchpoint")], mend)
        said = {"relationship": fact.relationship, "retracts": id, "reason": reason, "actor": actor}
        return self._say(TouchpointRetracted, said, as_id, f"{id}.retracted")

    def merge(
        self, relationship: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """Record that two relationships are one; histories of either tell the touchpoints of both from then on, under the first name.

        See `canonical_name`. Raises UnknownName, and InvalidTouchpoint where they are one and the same name.
        """
        if relationship == other:
            raise InvalidTouchpoint([("other", f"`{other}` is the relationship itself")], "name two relationships")
        for name in (relationship, other):
            if not name or not self.version(name):
                raise self._unknown(name)
        said = {"relationship": relationship, "other": other, "reason": reason, "actor": actor}
        return self._say(RelationshipsMerged, said, as_id, f"{relationship}+{other}.merged")

    def unmerge(
        self, relationship: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """Record that two merged relationships are two after all; both are as if they had never been merged.

        Raises UnknownName where these two were not merged with each other.
        """
        refuse_unless_merged(relationship, other, merged_pairs(self._identities.merges(relationship)))
        said = {"relationship": relationship, "other": other, "reason": reason, "actor": actor}
        return self._say(RelationshipsUnmerged, said, as_id, f"{relationship}+{other}.unmerged")

    def merge_people(
        self, person: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """Record that two ids are of one person; from then on histories tell the touchpoints of either by one name.

        That is the name which the last merge of this person put first, in the fields `PEOPLE`. What was recorded stays. Raises
        UnknownName for an id that no fact gives to a person, and InvalidTouchpoint where the two are one and the same. To
        see that an id is there, the journal is read until a fact names it; see `naming`.
        """
        if person == other:
            raise InvalidTouchpoint([("other", f"`{other}` is the person itself")], "name two people")
        for one in (person, other):
            self._refuse_unless_told(one, [one])
        said = {"person": person, "other": other, "reason": reason, "actor": actor}
        return self._say(PeopleMerged, said, as_id, f"{person}+{other}.merged")

    def unmerge_people(
        self, person: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """Record that two merged ids are of two people after all; histories tell each by its own name again.

        Raises UnknownName where these two were not merged with each other.
        """
        refuse_unless_merged(person, other, self._identities.people_pairs([person]))
        said = {"person": person, "other": other, "reason": reason, "actor": actor}
        return self._say(PeopleUnmerged, said, as_id, f"{person}+{other}.unmerged")

    def name(
        self, person: str, name: str | None, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """Record what a person is called; None takes the name away. It is kept as a text about the person, until they are forgotten.

        Raises InvalidTouchpoint for an empty name, and UnknownName for an id that no fact gives to a person, for which the journal
        is read as by `merge_people`; names of people who are to come are recorded as `PersonNamed`.
        """
        self._refuse_unless_told(person, [person])
        said = {"person": person, "name": name, "reason": reason, "actor": actor}
        return self._say(PersonNamed, said, as_id, f"{person}.named")

    def names(self, people: Iterable[str]) -> dict[str, str]:
        """What these people are called, by id: the last name told of them, by whichever of their ids, that can be read.

        Whoever has none, or had it taken away, is left out. Nothing else is read than what was said of these people.
        """
        wanted = set(people)
        if not self._store.version(""):
            return {}
        merges, names = self._identities.said_of(wanted)
        one = names_of_united(merged_pairs(merge.touchpoint for merge in merges))
        last = {
            one.get(told.touchpoint.person, told.touchpoint.person): told.touchpoint.name
            for told in cast(list[Recorded[PersonNamed]], self._decoded(names))
            if not told.withheld
        }
        called = {person: last.get(one.get(person, person)) for person in wanted}
        return {person: name for person, name in called.items() if name is not None}

    def forget(self, person: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None) -> Forgotten:
        """Destroy the keys to all texts about a person, whatever their ids, and record that it was done.

        These are the texts of touchpoints of which the person is the contact, or that name none in relationships whose customer
        they are; and what was said of such touchpoints, of merges of such relationships, and of the person. Nothing else
        changes: facts, trust, digests and proofs stay as they were. What is recorded of the person from then on can be read. Said
        again under the same `as_id`, it is done once. Raises UnknownName for an id that no fact gives to a person.

        A key once destroyed is gone; where copies of it, or of what was told, may still be, the result says. The journal is read
        to its end, inside the store; see `naming`.
        """
        people = self._identities.one_with(person)
        subject = self._subject(person, people)
        said = {"person": person, "reason": reason, "actor": actor}
        # What could not be recorded must not be done.
        validated(SubjectForgotten, {**said, "id": as_id or person, "occurred_at": self._now()})
        is_done = as_id is not None and as_id in self.find([as_id])
        found = self._store.find(subject.texts)
        encrypted = [row.id for row in found if row.personal is not None and not is_readable(row.personal)]
        plain = dict.fromkeys(sorted({*subject.texts} - {*encrypted}), "it was recorded before texts were encrypted")
        keystore = self._texts.keystore
        keys = 0 if is_done else keystore.destroy(subject.owners)
        return Forgotten(
            receipt=self._say(SubjectForgotten, said, as_id, f"{person}.forgotten"),
            people=sorted(people),
            relationships=subject.relationships,
            texts=0 if is_done else len(encrypted),
            keys=keys,
            kept={**subject.under_other_keys, **plain},
            copies={**keystore.copies(), **WRITTEN_OUT},
        )

    def rotate_keys(self, *people: str) -> int:
        """Encrypt texts that are recorded from now on under new keys: those about these people, as `forget` finds them, or all.

        The older keys stay, to read what they encrypted. Returns how many keys were made. Raises UnknownName.
        """
        owners = {owner for person in people for owner in self._subject(person, self._identities.one_with(person)).owners}
        return self._texts.keystore.rotate(owners if people else None)

    def _subject(self, person: str, people: Collection[str]) -> Subject:
        """What is told of a person who has these ids. Raises UnknownName."""
        self._refuse_unless_told(person, people)
        told = [record for name in sorted(people) for record in self.naming(name, ("contact", "customer", "person", "other"))]
        of_people = [record for record in told if isinstance(record.touchpoint, PeopleFact)]
        return subject_of(people, self._histories({record.touchpoint.relationship for record in told} - {""}), of_people)

    def _histories(self, relationships: Iterable[str]) -> Iterator[History]:
        """The histories in which these relationships are told, each once."""
        told = set[str]()
        for name in sorted(relationships):
            if name not in told:
                history = self.history(name)
                # An unmerge is told by both, though neither tells the other.
                told |= {record.outline.relationship for record in history.told if not isinstance(record.outline, Merge)}
                yield history

    def _say(self, model: type[LogFact], said: Mapping[str, Any], as_id: str | None, stem: str) -> Receipt:
        """Record a fact about facts, under the id that was given or the next free one of its stem.

        Said again under the same id, only later, it is the same fact: its first receipt returns.
        """
        if as_id is not None:
            first = self.find([as_id]).get(as_id)
            fact = validated(model, {**said, "id": as_id, "occurred_at": self._now()})
            if first is not None and isinstance(first.touchpoint, model):
                fact = fact.model_copy(update={"occurred_at": first.touchpoint.occurred_at})
            return self.record(fact)[0]
        if len(stem) > _LONGEST_STEM:
            stem = f"{stem[: _LONGEST_STEM - 20]}~{hashlib.sha256(stem.encode()).hexdigest()[:16]}"
        while True:
            free = next(id for id in (f"{stem}-{number}" for number in count(1)) if not self.find([id]))
            # Somebody else may take it in the meantime.
            with suppress(ConflictingTouchpoint):
                return self.record(validated(model, {**said, "id": free, "occurred_at": self._now()}))[0]

    def _unknown(self, relationship: str) -> UnknownName:
        near = nearest(relationship, self._store.names_from(starts_near(relationship), LIMIT))
        return UnknownName.of("relationship", relationship, near, "`journey relationships` lists them")

    def _refuse_unless_told(self, person: str, people: Collection[str]) -> None:
        """Raise UnknownName where no fact gives one of these ids to a person."""
        if self._store.people_facts(people) or any(self._store.naming(one, PERSONS, 0, 1) for one in people):
            return
        last = self.page(max(0, self._store.counters().position - PAGE))
        known = {name for record in last for field in PERSONS if (name := vars(record.touchpoint).get(field)) is not None}
        raise UnknownName.of("person", person, known, "name a customer, contact or representative of a touchpoint")

    def _naming(self, name: str, fields: Collection[str]) -> Iterator[Sequence[StoredTouchpoint]]:
        after = 0
        while page := self._store.naming(name, fields, after, self._page_size):
            yield page
            after = page[-1].position

    def _recorded(self, id: str) -> Fact:
        record = self.find([id]).get(id)
        if record is None:
            raise UnknownName(f"no touchpoint `{id}`", "`journey history` lists the ids of a relationship")
        return record.touchpoint

    def version(self, relationship: str) -> int:
        """How many facts are recorded under a relationship's own name, amendments included; 0 where there is none.

        Under the empty name are the facts about people: their merges, names and forgetting.
        """
        return self._store.version(relationship)

    def history(self, relationship: str, *, after: int = 0) -> History:
        """The history of one relationship. Raises UnknownName when the journal has no touchpoint of it.

        With `after`, only what was recorded under this name behind that `version` is read, to resume a snapshot. What is said there of
        earlier facts is among `amendments`. Merges of the relationship are all among `merges`, whenever they were recorded, but
        what it was merged with is left out: it has versions of its own.
        """
        rows = self._store.select(relationship, after)
        if not relationship or not (rows or (after > 0 and self.version(relationship))):
            raise self._unknown(relationship)
        others = self._identities.merges_around(relationship) if after > 0 else self._identities.merged_with(relationship)
        records = self._decoded([*{row.position: row for row in (*rows, *others)}.values()])
        # What is said of people belongs to no relationship; mostly there is nothing.
        if self._store.version(""):
            records += self._identities.said_of({person for record in records for person in people_in(record.outline)})[0]
        return History.of_records(records, relationship)

    def canonical_name(self, relationship: str, *, known_at: str | date | datetime | None = None) -> str:
        """The one name of a relationship, by which `relationships` lists it and its history is told.

        That is the name which the last merge put first, as far as was known by `known_at`; for a relationship that is merged with
        none, its own. Raises UnknownName.
        """
        if not relationship or not self.version(relationship):
            raise self._unknown(relationship)
        return self._identities.canonical_name(relationship, None if known_at is None else moment(known_at))

    def find(self, ids: Iterable[str]) -> dict[str, Recorded[Fact]]:
        """Those of the touchpoints with these ids that are recorded, by id."""
        return {record.outline.id: record for record in self._decoded(self._store.find(list(ids)))}

    def relationships(self, naming: str | None = None, *, known_at: str | date | datetime | None = None) -> Iterator[Summary]:
        """Every relationship by name, with its number of touchpoints and when the first and the last occurred.

        Those that were merged, as far as was known by `known_at`, are one, under the name that the last merge put first. With
        `naming`, those of which a fact names this person, or another id of theirs, this organisation or this episode; see `naming`.
        """
        names = names_of_united(merged_pairs(self._identities.merges(known_at=None if known_at is None else moment(known_at))))
        summaries = self._store.relationships()
        if names:
            summaries = united_summaries(summaries, names)
        if naming is None:
            return summaries
        rows = (row for name in self._identities.one_with(naming) for page in self._naming(name, PARTIES) for row in page)
        named = {names.get(row.relationship, row.relationship) for row in rows}
        return (summary for summary in summaries if summary.relationship in named)

    def naming(self, name: str, fields: Collection[str] = PARTIES) -> Iterator[Recorded[Fact]]:
        """The facts that have `name` in one of these fields, as they were recorded, by position.

        A correction that gives such a field this value is among them. Merges of people are not taken into account, and there is
        no index: every fact is looked at, page by page, inside the store.
        """
        return (record for page in self._naming(name, fields) for record in self._decoded(page))

    def read(self, after: int = 0) -> Iterator[Recorded[Fact]]:
        """Everything recorded behind position `after`, in the order of recording, page by page."""
        while page := self.page(after):
            yield from page
            after = page[-1].position or after

    def page(self, after: int = 0) -> list[Recorded[Fact]]:
        """The first of what is recorded behind position `after`, at most `page_size`; none where there is nothing."""
        return self._decoded(self._store.read(after, self._page_size))

    def _decoded(self, rows: Sequence[StoredTouchpoint]) -> list[Recorded[Fact]]:
        return decode_all(rows, self._texts.plain(rows), allow_unknown=self._allow_unknown)

    def last_position(self) -> int:
        """The last position that was given out; 0 before the first. Raises UnsupportedSchema for a file of format 1."""
        return self._store.counters().position

    def stored(self, after: int = 0, limit: int = PAGE) -> Sequence[StoredTouchpoint]:
        """The first of what is recorded behind position `after`, at most `limit`, as it is stored: for what copies whole journals."""
        return self._store.read(after, limit)

    def subscribe(self, after: int = 0, *, name: str | None = None, poll_seconds: float = 0.05) -> Subscription:
        """Follow what is recorded behind position `after`, also by other processes, in order and once each, until stopped.

        With a `name`, go on where the last subscription of that name was; the store keeps it. Raises StoreUnavailable for a name in a
        read-only journal.
        """
        return Subscription(self._store, after, name=name, poll_seconds=poll_seconds, decode=self._decoded)

    def verify(self, against: str | None = None) -> Verification:
        """Check that everything is as it was recorded: nothing edited, deleted, inserted or reordered. Others may go on recording.

        `against` is the name of a seal that was kept elsewhere (`Verification.last_seal`): up to it, not even somebody who can
        compute every digest and seal anew has changed anything.
        """
        return verify(self._store, against)

    def prove(self, id: str, against: str | None = None) -> dict[str, Any]:
        """What proves to somebody who keeps the seal `against` (by name; by default the last) that fact `id` was recorded as it is told.

        The proof is made of JSON values; `examples/check_seal.py` checks it. Raises UnknownName for what is not recorded, or
        not under that seal.
        """
        return prove(self._store, id, against)

    def seal(self) -> None:
        """Seal all that is recorded and not sealed yet, whoever recorded it. A journal that is closed has sealed what it recorded."""
        self._recording.sealing.seal()

    def ping(self) -> None:
        """Return when the store answers. Raises StoreUnavailable where it does not within the journal's `timeout`."""
        self._store.ping()

    def close(self) -> None:
        """Seal what this journal recorded and release the store; closing twice is harmless."""
        try:
            self._recording.sealing.finish()
        finally:
            self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None:
            self.close()
        else:
            # What failed is told already; the next to close seals the rest.
            self._recording.sealing.abandon()
            self._release()

    def _release(self) -> None:
        try:
            self._texts.close()
        finally:
            self._store.close()
