"""Which keys to destroy so that a person is forgotten, and where texts about them may still be read."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from journey.amendments import (
    Amendment,
    Fact,
    PeopleMerged,
    PeopleUnmerged,
    RelationshipsMerged,
    RelationshipsUnmerged,
    SubjectForgotten,
    TouchpointCorrected,
    TouchpointRetracted,
)
from journey.history import History, Recorded
from journey.merging import names_in
from journey.privacy.personal import owner_of
from journey.stores.rows import Receipt
from journey.touchpoints import PERSONAL_FIELDS, RelationshipOpened

WRITTEN_OUT: Mapping[str, str] = {
    "what journey wrote out before: `history`, exports, reports, `*.rejects.jsonl`": "delete it",
    "the files that were imported, and the systems that they came from": "forget the person there too",
    "programs that read or follow the journal": "have them delete what they keep about the person",
}


@dataclass(frozen=True)
class Forgotten:
    """What forgetting a person did.

    `people` are all ids of the person; `relationships` those whose customer they were, or in which they were a contact; `texts` the
    number of facts whose texts could be read until now, and `keys` that of the keys destroyed. `kept` names the facts whose texts
    are still there, and why; `copies` the places where copies of them may still be, and what to do there.
    """

    receipt: Receipt
    people: Collection[str]
    relationships: Collection[str]
    texts: int
    keys: int
    kept: Mapping[str, str]
    copies: Mapping[str, str]


@dataclass(frozen=True)
class Subject:
    """What a journal holds about one person: whose keys encrypt it (`owners`), and which facts have readable texts (`texts`)."""

    relationships: Collection[str]
    owners: Collection[str]
    texts: Sequence[str]
    under_other_keys: Mapping[str, str]


def subject_of(people: Collection[str], histories: Iterable[History], of_people: Iterable[Recorded[Fact]]) -> Subject:
    """What these histories and facts about people hold about `people`, the ids of one person."""
    records: dict[str, Recorded[Fact]] = {record.touchpoint.id: record for record in of_people}
    owners = {f"person:{person}" for person in people}
    relationships, effective = set[str](), dict[str, str]()
    for history in histories:
        theirs = {name for name, customer in _customers(history).items() if customer in people}
        owners |= {f"relationship:{name}" for name in theirs}
        relationships |= theirs | {one.relationship for one in history if one.contact in people}
        records |= {record.touchpoint.id: record for record in history.told}
        effective |= {touchpoint.id: owner_of(touchpoint) for touchpoint in history}
    of_facts = set[str]()
    for record in records.values():
        match fact := record.touchpoint:
            case RelationshipsMerged() | RelationshipsUnmerged():
                about = {f"relationship:{name}" for name in names_in(fact)}
            case TouchpointCorrected() | TouchpointRetracted():
                target = _target(fact, records)
                about = set() if target is None else {owner_of(target), effective.get(target.id, "")}
            case PeopleMerged() | PeopleUnmerged() | SubjectForgotten():
                about = owners
            case _:
                continue
        if not owners.isdisjoint(about):
            of_facts.add(owner_of(fact))
    owners |= of_facts
    readable = {id: record.touchpoint for id, record in records.items() if _has_text(record.touchpoint)}
    return Subject(
        relationships=sorted(relationships),
        owners=owners,
        texts=[id for id, fact in readable.items() if owner_of(fact) in owners],
        under_other_keys={
            id: f"it was recorded about somebody else, under the key of `{owner_of(fact).partition(':')[2]}`, and corrected since"
            for id, fact in readable.items()
            if owner_of(fact) not in owners and effective.get(id) in owners
        },
    )


def _target(fact: Fact, records: Mapping[str, Recorded[Fact]]) -> Fact | None:
    """The touchpoint that an amendment, perhaps one of amendments, is about; None if it is not in `records`."""
    while isinstance(fact, Amendment):
        if fact.about not in records:
            return None
        fact = records[fact.about].touchpoint
    return fact


def _customers(history: History) -> dict[str, str | None]:
    """The customer of every relationship in a history, as known now: where none was named, that of those it is one with."""
    opened = {one.relationship: one.customer for one in history if isinstance(one, RelationshipOpened) and one.customer is not None}
    last = next(reversed(opened.values()), None)
    return {record.touchpoint.relationship: opened.get(record.touchpoint.relationship, last) for record in history.told}


def _has_text(fact: Fact) -> bool:
    """Whether a fact has a readable text about a person."""
    fields = fact.fields if isinstance(fact, TouchpointCorrected) else {}
    return any(getattr(fact, name, None) is not None or fields.get(name) is not None for name in PERSONAL_FIELDS)
