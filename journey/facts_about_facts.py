"""Facts about facts: corrections, retractions, merges, names, forgetting. Each is recorded like any other fact."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import count
from typing import Any

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
from journey.errors import ConflictingTouchpoint, InvalidTouchpoint, UnknownName, UnsupportedSchema
from journey.history import History, changed_in
from journey.identities import refuse_unless_merged
from journey.lookup import Lookup
from journey.merging import merged_pairs
from journey.privacy.forgetting import WRITTEN_OUT, Forgotten, Subject, subject_of
from journey.privacy.personal import PersonalTexts
from journey.reading import validated
from journey.recording import Recording
from journey.stores.codec import is_readable
from journey.stores.protocol import Store
from journey.stores.rows import Receipt
from journey.touchpoints import PERSONAL_FIELDS, fields_of
from journey.upcasting import upcast

_LONGEST_STEM = 180
"""How much of the 200 characters of an id is made from another's; the rest is a number."""


class FactsAboutFacts:
    """Records facts about facts, once what they are about has been looked up."""

    def __init__(self, store: Store, lookup: Lookup, recording: Recording, texts: PersonalTexts, now: Callable[[], datetime]) -> None:
        self._store = store
        self._lookup = lookup
        self._recording = recording
        self._texts = texts
        self._now = now

    def correct(
        self, id: str, fields: Mapping[str, Any], *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """As `Journal.correct`."""
        relationship = self._lookup.fact(id).relationship
        if not relationship:
            raise UnknownName(f"`{id}` is not a touchpoint but a fact about people", "name the touchpoint")
        touchpoint = self._lookup.history(relationship)[id]
        corrected = fields_of(changed_in(touchpoint, fields, mend=REPLACE_MEND))
        corrections = {"fields": {name: corrected.get(name) for name in fields}, "fields_schema": touchpoint.SCHEMA_VERSION}
        if as_id is not None and (first := self._lookup.find([as_id]).get(as_id)) is not None:
            corrections = _as_first_said(first.touchpoint, touchpoint.kind, corrections)
        values = {"relationship": relationship, "corrects": id, **corrections, "reason": reason, "actor": actor}
        return self._record_under_id(TouchpointCorrected, values, as_id, f"{id}.corrected")

    def retract(self, id: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None) -> Receipt:
        """As `Journal.retract`."""
        fact = self._lookup.fact(id)
        if isinstance(fact, Merge | PeopleMerge):
            two = "relationships" if isinstance(fact, Merge) else "people"
            raise InvalidTouchpoint([("retracts", f"`{id}` is about two {two}, not about a touchpoint")], "merge or unmerge the two")
        if not fact.relationship:
            mend = "record another name, or none" if isinstance(fact, PersonNamed) else "it cannot be undone"
            raise InvalidTouchpoint([("retracts", f"`{id}` is about a person, not about a touchpoint")], mend)
        values = {"relationship": fact.relationship, "retracts": id, "reason": reason, "actor": actor}
        return self._record_under_id(TouchpointRetracted, values, as_id, f"{id}.retracted")

    def merge(
        self, relationship: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """As `Journal.merge`."""
        if relationship == other:
            raise InvalidTouchpoint([("other", f"`{other}` is the relationship itself")], "name two relationships")
        for name in (relationship, other):
            if not name or not self._lookup.version(name):
                raise self._lookup.unknown(name)
        values = {"relationship": relationship, "other": other, "reason": reason, "actor": actor}
        return self._record_under_id(RelationshipsMerged, values, as_id, f"{relationship}+{other}.merged")

    def unmerge(
        self, relationship: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """As `Journal.unmerge`."""
        refuse_unless_merged(relationship, other, merged_pairs(self._lookup.identities.merges(relationship)))
        values = {"relationship": relationship, "other": other, "reason": reason, "actor": actor}
        return self._record_under_id(RelationshipsUnmerged, values, as_id, f"{relationship}+{other}.unmerged")

    def merge_people(
        self, person: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """As `Journal.merge_people`."""
        if person == other:
            raise InvalidTouchpoint([("other", f"`{other}` is the person itself")], "name two people")
        for one in (person, other):
            self._lookup.refuse_unless_person(one, [one])
        values = {"person": person, "other": other, "reason": reason, "actor": actor}
        return self._record_under_id(PeopleMerged, values, as_id, f"{person}+{other}.merged")

    def unmerge_people(
        self, person: str, other: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """As `Journal.unmerge_people`."""
        refuse_unless_merged(person, other, self._lookup.identities.people_pairs([person]))
        values = {"person": person, "other": other, "reason": reason, "actor": actor}
        return self._record_under_id(PeopleUnmerged, values, as_id, f"{person}+{other}.unmerged")

    def name(
        self, person: str, name: str | None, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None
    ) -> Receipt:
        """As `Journal.name`."""
        self._lookup.refuse_unless_person(person, [person])
        values = {"person": person, "name": name, "reason": reason, "actor": actor}
        return self._record_under_id(PersonNamed, values, as_id, f"{person}.named")

    def forget(self, person: str, *, reason: str | None = None, actor: str | None = None, as_id: str | None = None) -> Forgotten:
        """As `Journal.forget`."""
        people = self._lookup.identities.one_with(person)
        subject = self._subject(person, people)
        values = {"person": person, "reason": reason, "actor": actor}
        # What could not be recorded must not be done.
        validated(SubjectForgotten, {**values, "id": as_id or person, "occurred_at": self._now()})
        is_done = as_id is not None and as_id in self._lookup.find([as_id])
        rows = self._store.find(subject.texts)
        encrypted = [row.id for row in rows if row.personal is not None and not is_readable(row.personal)]
        plain = dict.fromkeys(sorted({*subject.texts} - {*encrypted}), "it was recorded before texts were encrypted")
        keystore = self._texts.keystore
        keys = 0 if is_done else keystore.destroy(subject.owners)
        return Forgotten(
            receipt=self._record_under_id(SubjectForgotten, values, as_id, f"{person}.forgotten"),
            people=sorted(people),
            relationships=subject.relationships,
            texts=0 if is_done else len(encrypted),
            keys=keys,
            kept={**subject.under_other_keys, **plain},
            copies={**keystore.copies(), **WRITTEN_OUT},
        )

    def rotate_keys(self, *people: str) -> int:
        """As `Journal.rotate_keys`."""
        owners = {owner for person in people for owner in self._subject(person, self._lookup.identities.one_with(person)).owners}
        return self._texts.keystore.rotate(owners if people else None)

    def _subject(self, person: str, people: Collection[str]) -> Subject:
        """What the journal holds about the person with these ids. Raises UnknownName."""
        self._lookup.refuse_unless_person(person, people)
        records = [record for name in sorted(people) for record in self._lookup.naming(name, ("contact", "customer", "person", "other"))]
        of_people = [record for record in records if isinstance(record.touchpoint, PeopleFact)]
        return subject_of(people, self._histories({record.touchpoint.relationship for record in records} - {""}), of_people)

    def _histories(self, relationships: Iterable[str]) -> Iterator[History]:
        """The histories that contain these relationships, each once."""
        covered = set[str]()
        for name in sorted(relationships):
            if name not in covered:
                history = self._lookup.history(name)
                # The histories of both hold an unmerge, though neither contains the other relationship.
                covered |= {record.outline.relationship for record in history.told if not isinstance(record.outline, Merge)}
                yield history

    def _record_under_id(self, model: type[LogFact], values: Mapping[str, Any], as_id: str | None, stem: str) -> Receipt:
        """Record a fact about facts, under the id `as_id` or the next free id with this stem.

        Repeated later under the same id, it is the same fact: its first receipt returns.
        """
        if as_id is not None:
            first = self._lookup.find([as_id]).get(as_id)
            fact = validated(model, {**values, "id": as_id, "occurred_at": self._now()})
            if first is not None and isinstance(first.touchpoint, model):
                fact = fact.model_copy(update={"occurred_at": first.touchpoint.occurred_at})
            return self._record(fact)[0]
        if len(stem) > _LONGEST_STEM:
            stem = f"{stem[: _LONGEST_STEM - 20]}~{hashlib.sha256(stem.encode()).hexdigest()[:16]}"
        while True:
            free = next(id for id in (f"{stem}-{number}" for number in count(1)) if not self._lookup.find([id]))
            # Somebody else may take it in the meantime.
            with suppress(ConflictingTouchpoint):
                return self._record(validated(model, {**values, "id": free, "occurred_at": self._now()}))[0]

    def _record(self, fact: Fact) -> list[Receipt]:
        return self._recording.record(self._recording.prepare([fact]))


def _as_first_said(first: Fact, kind: str, corrections: dict[str, Any]) -> dict[str, Any]:
    """The fields of a correction of a `kind` under the schema in which the first of its id gives the same ones, if it does."""
    if not isinstance(first, TouchpointCorrected):
        return corrections
    try:
        first_fields = upcast({"kind": kind, "id": first.corrects, **first.fields}, first.fields_schema)
    except UnsupportedSchema:
        return corrections
    fields = corrections["fields"]
    texts = {name: value for name, value in fields.items() if name in PERSONAL_FIELDS}  # those of the first may be withheld
    if {**first_fields, **texts} != {"kind": kind, "id": first.corrects, **fields}:
        return corrections
    return {"fields": {**first.fields, **texts}, "fields_schema": first.fields_schema}
