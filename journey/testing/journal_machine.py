"""A journal driven at random beside a plain list that does the same, compared after every step."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, cast

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from journey.amendments import (
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
from journey.errors import ConflictingHistory, ConflictingTouchpoint, JourneyError, UnknownName
from journey.history import History, Recorded
from journey.journal import Journal
from journey.merging import merged_pairs, names_in, names_of_united, united
from journey.stores.protocol import Store, Summary
from journey.testing.places import Impatient, Opener, contact, records
from journey.testing.strategies import at_day
from journey.times import MICROSECOND
from journey.touchpoints import Interaction

_RELATIONSHIPS = ("r", "s", "R")
_PEOPLE = ("ana", "ana-2", "bob")
_offered = st.builds(
    contact,
    st.integers(0, 15).map(str),
    relationship=st.sampled_from(_RELATIONSHIPS),
    day=st.sampled_from((0.0, 1.5, 9.0)),
    competence=st.sampled_from((None, 0.5)),
)
_notes = st.sampled_from((None, "a text", "another text"))
_batches = st.lists(_offered, max_size=6)
_shares = st.floats(0, 1)
"""Where in the log: 0 before everything, 1 at its end."""
_corrections: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(dict, competence=st.sampled_from((-0.5, 1.0))),
    st.builds(dict, representative=st.sampled_from((None, *_PEOPLE))),
)


class JournalMachine(RuleBasedStateMachine):
    """A `RuleBasedStateMachine` over the place that `opener` opens, which must be new; for tests, see `over`."""

    def __init__(self, opener: Opener) -> None:
        super().__init__()
        self._opener = opener
        self._clock = datetime(2024, 1, 1, tzinfo=UTC)
        self._records: list[Recorded[Fact]] = []

    @classmethod
    def over(cls, new_opener: Callable[[], Opener]) -> type["JournalMachine"]:
        """The machine as hypothesis wants it, for `run_state_machine_as_test` or as `.TestCase`: every run in a new place."""

        class Machine(cls):  # type: ignore[valid-type, misc]
            def __init__(self) -> None:
                super().__init__(new_opener())

        return Machine

    @initialize()
    def open(self) -> None:
        """Open the journal."""
        self._store = self._opener()
        self._keystore = self._store.keystore()
        self._journal = Journal(self._store, now=lambda: self._clock, keystore=self._keystore)

    @rule(batch=_batches)
    def record(self, batch: list[Interaction]) -> None:
        """Record what may be new, repeated or conflicting."""
        self._record(batch, None)

    @rule(size=st.integers(1, 4), relationship=st.sampled_from(_RELATIONSHIPS), people=st.permutations(_PEOPLE), note=_notes)
    def record_new(self, size: int, relationship: str, people: list[str], note: str | None) -> None:
        """Record what is surely new, by one person with another."""
        new = [f"new-{len(self._records)}-{number}" for number in range(size)]
        self._record([contact(id, relationship=relationship, representative=people[0], contact=people[1], note=note) for id in new])

    @rule(batch=_batches, share=_shares)
    def record_something_again(self, batch: list[Interaction], share: float) -> None:
        """Record new touchpoints around some that are there."""
        self._record([*batch, *(one.touchpoint for one in self._records[self._position(share) :][:3])])

    # What is said of the past: a rule for each kind of it.

    @precondition(lambda self: self._records)
    @rule(share=_shares, fields=_corrections)
    def correct(self, share: float, fields: dict[str, Any]) -> None:
        """Say that something was recorded with wrong fields."""
        about = self._about(share)
        self._record([TouchpointCorrected(**self._new_fact(), relationship=about.relationship or "r", corrects=about.id, fields=fields)])

    @precondition(lambda self: self._records)
    @rule(share=_shares)
    def retract(self, share: float) -> None:
        """Say that something never happened, or that what was said of it was wrong."""
        about = self._about(share)
        self._record([TouchpointRetracted(**self._new_fact(), relationship=about.relationship or "r", retracts=about.id)])

    @rule(model=st.sampled_from((RelationshipsMerged, RelationshipsMerged, RelationshipsUnmerged)), two=st.permutations(_RELATIONSHIPS))
    def merge(self, model: type[Merge], two: list[str]) -> None:
        """Say that relationships are one, or two after all."""
        self._record([model(**self._new_fact(), relationship=two[0], other=two[1])])

    @rule(model=st.sampled_from((PeopleMerged, PeopleMerged, PeopleUnmerged)), two=st.permutations(_PEOPLE))
    def merge_people(self, model: type[PeopleMerge], two: list[str]) -> None:
        """Say that people are one, or two after all."""
        self._record([model(**self._new_fact(), person=two[0], other=two[1])])

    @rule(person=st.sampled_from(_PEOPLE), name=st.sampled_from((None, "Ana", "Bob")))
    def name(self, person: str, name: str | None) -> None:
        """Say what a person is called."""
        self._record([PersonNamed(**self._new_fact(), person=person, name=name)])

    @rule(person=st.sampled_from(_PEOPLE))
    def forget(self, person: str) -> None:
        """Forget a person, by whichever of their ids; only what was written about them until now is lost."""
        people = self._one_with(person)
        if not any(people.intersection([*_named(one.touchpoint), *_people_of(one.touchpoint)]) for one in self._records):
            with pytest.raises(UnknownName):
                self._journal.forget(person)
            return
        texts = [_text_in(one.touchpoint) for one in self._records]
        lost = [about in people and text is not None for about, text in texts]
        forgotten = self._journal.forget(person)
        assert forgotten.texts == sum(lost)
        self._records = [_withheld(one) if is_lost else one for one, is_lost in zip(self._records, lost, strict=True)]
        fact = SubjectForgotten(id=forgotten.receipt.id, person=person, occurred_at=self._clock)
        self._records.append(Recorded(fact, self._next(), len(self._records) + 1))

    @rule()
    def rotate_keys(self) -> None:
        """Make new keys; nothing that was recorded is any different."""
        self._journal.rotate_keys()

    @rule(batch=_batches, relationship=st.sampled_from(_RELATIONSHIPS), off_by=st.sampled_from((0, 0, 1, -1)))
    def record_on_a_version(self, batch: list[Interaction], relationship: str, off_by: int) -> None:
        """Record on a version that is right or wrong."""
        self._record(batch, max(0, self._version(relationship) + off_by))

    @rule(seconds=st.integers(-3_600, 86_400))
    def let_time_pass(self, seconds: int) -> None:
        """Set the clock, backwards too."""
        self._clock += timedelta(seconds=seconds)

    @rule()
    def reopen(self) -> None:
        """Close the journal and open it again."""
        self._journal.close()
        self.open()

    @rule(share=_shares)
    def read_behind_a_position(self, share: float) -> None:
        """Read on from anywhere."""
        position = self._position(share)
        assert records(self._journal, position) == self._records[position:]

    @rule(share=_shares)
    def follow(self, share: float) -> None:
        """Subscribe from anywhere."""
        position = self._position(share)
        subscription = Journal(cast(Store, Impatient(self._store)), keystore=self._keystore).subscribe(position)
        assert list(islice(subscription, len(self._records) - position)) == self._records[position:]

    @rule(day=st.sampled_from((0.0, 1.0, 1.5, 20.0)), share=_shares)
    def look_back(self, day: float, share: float) -> None:
        """Read every history as of a day, as it was known at an instant."""
        for relationship in _RELATIONSHIPS:
            if not self._version(relationship):
                with pytest.raises(UnknownName):
                    self._journal.history(relationship)
                continue
            bound, known = at_day(day), self._records[min(self._position(share), len(self._records) - 1)].recorded_at
            history, expected = self._journal.history(relationship), self._history(relationship)
            assert (history, history.told) == (expected, expected.told)
            assert self._journal.canonical_name(relationship) == history.relationship == self._names().get(relationship, relationship)
            name = self._journal.canonical_name(relationship, known_at=known)
            assert name == history.known_at(known).relationship == self._names(known).get(relationship, relationship)
            history, expected = history.as_of(bound).known_at(known), expected.as_of(bound).known_at(known)
            assert (history, history.told) == (expected, expected.told)

    @rule(relationship=st.sampled_from(_RELATIONSHIPS), share=_shares)
    def read_behind_a_version(self, relationship: str, share: float) -> None:
        """Read on in one relationship, from anywhere."""
        own = [one for one in self._records if one.touchpoint.relationship == relationship]
        after = round(share * len(own))
        assert [row.id for row in self._store.select(relationship, after)] == [one.touchpoint.id for one in own[after:]]

    @rule(starts=st.lists(st.sampled_from(("", "R", "S", "r", "rr", "t")), max_size=3), limit=st.integers(1, 3))
    def look_for_names(self, starts: list[str], limit: int) -> None:
        """Look for the names of relationships from anywhere on."""
        known = sorted({one.touchpoint.relationship for one in self._records} - {""})
        expected = {name for start in starts for name in [one for one in known if one >= start][:limit]}
        assert list(self._store.names_from(starts, limit)) == sorted(expected)

    @rule(person=st.sampled_from(_PEOPLE))
    def look_for(self, person: str) -> None:
        """Look for everything that names somebody, and for what they are called."""
        named = [one for one in self._records if person in _named(one.touchpoint)]
        assert list(self._journal.naming(person)) == named
        called = self._called(person)
        assert self._journal.names([person]) == ({} if called is None else {person: called})

    @rule(ids=st.lists(st.integers(0, 20).map(str), max_size=8))
    def find(self, ids: list[str]) -> None:
        """Look touchpoints up by id."""
        assert self._journal.find(ids) == {one.touchpoint.id: one for one in self._records if one.touchpoint.id in ids}

    @rule()
    def verify(self) -> None:
        """Nothing is other than it was recorded."""
        verification = self._journal.verify()
        assert (verification.touchpoints, verification.violations) == (len(self._records), ())

    @invariant()
    def journal_is_as_the_list_is(self) -> None:
        """The whole log, who is in it, and how far it was counted."""
        if not hasattr(self, "_journal"):
            return
        assert records(self._journal) == self._records
        assert self._store.counters().position == len(self._records)
        names = self._names()
        times: dict[str, list[datetime]] = {}
        for touchpoint in (one.touchpoint for one in self._records if not isinstance(one.touchpoint, LogFact)):
            times.setdefault(names.get(touchpoint.relationship, touchpoint.relationship), []).append(touchpoint.occurred_at)
        listed = [Summary(name, len(of_one), min(of_one), max(of_one)) for name, of_one in sorted(times.items())]
        assert list(self._journal.relationships()) == listed
        assert [self._journal.version(name) for name in _RELATIONSHIPS] == [self._version(name) for name in _RELATIONSHIPS]

    def teardown(self) -> None:
        """Release the store. Sealing it too may never end where it failed."""
        if hasattr(self, "_store"):
            self._keystore.close()
            self._store.close()

    def _history(self, relationship: str) -> History:
        """What a history tells, by the list: of whatever ever was one with it, and of people."""
        merges = [one.touchpoint for one in self._records if isinstance(one.touchpoint, Merge)]
        ever = united(relationship, {frozenset(names_in(merge)): merge for merge in merges})
        return History.of_records((one for one in self._records if one.touchpoint.relationship in {"", *ever}), relationship)

    def _names(self, known: datetime | None = None) -> dict[str, str]:
        """The one name of every relationship that is one with others, by the list, as far as it was known."""
        known_records = (one for one in self._records if known is None or one.recorded_at <= known)
        return names_of_united(merged_pairs(one.touchpoint for one in known_records if isinstance(one.touchpoint, Merge)))

    def _one_with(self, person: str) -> frozenset[str]:
        return united(person, merged_pairs(one.touchpoint for one in self._records if isinstance(one.touchpoint, PeopleMerge)))

    def _called(self, person: str) -> str | None:
        """The last name of a person that was not forgotten, by the list."""
        people = self._one_with(person)
        named = [one.touchpoint for one in self._records if isinstance(one.touchpoint, PersonNamed) and not one.withheld]
        return next((one.name for one in reversed(named) if one.person in people), None)

    def _new_fact(self) -> dict[str, Any]:
        return {"id": f"said-{len(self._records)}", "occurred_at": at_day(0.0)}

    def _about(self, share: float) -> Fact:
        return self._records[min(self._position(share), len(self._records) - 1)].touchpoint

    def _record(self, batch: Sequence[Fact], expected_version: int | None = None) -> None:
        """Record in the journal and in the list; where the list would refuse, so must the journal."""
        known: dict[str, Recorded[Fact]] = {one.touchpoint.id: one for one in self._records}
        recorded_at = self._next()
        refusals: set[type[JourneyError]] = set()
        expected: list[tuple[str, int | None, datetime, bool]] = []
        fresh: list[Recorded[Fact]] = []
        for one in batch:
            is_new = one.id not in known
            record = known.setdefault(one.id, Recorded(one, recorded_at, len(self._records) + len(fresh) + 1))
            if record.touchpoint != one:
                refusals.add(ConflictingTouchpoint)
            if is_new:
                fresh.append(record)
                if expected_version not in (None, self._version(one.relationship)):
                    refusals.add(ConflictingHistory)
            expected.append((one.id, record.position, record.recorded_at, is_new))
        if refusals:
            with pytest.raises(tuple(refusals)):
                self._journal.record(*batch, expected_version=expected_version)
            return
        receipts = self._journal.record(*batch, expected_version=expected_version)
        assert [(one.id, one.position, one.recorded_at, one.is_new) for one in receipts] == expected
        self._records += fresh

    def _next(self) -> datetime:
        """When what is recorded now is recorded."""
        return max(self._clock, self._records[-1].recorded_at + MICROSECOND) if self._records else self._clock

    def _version(self, relationship: str) -> int:
        return sum(one.touchpoint.relationship == relationship for one in self._records)

    def _position(self, share: float) -> int:
        return round(share * len(self._records))


def _withheld(record: Recorded[Fact]) -> Recorded[Fact]:
    lost = "name" if isinstance(record.touchpoint, PersonNamed) else "note"
    return replace(record, touchpoint=record.touchpoint.model_copy(update={lost: None}), withheld=True)


def _text_in(fact: Fact) -> tuple[str | None, str | None]:
    """About whom a fact tells a text, and the text."""
    if isinstance(fact, PersonNamed):
        return fact.person, fact.name
    return getattr(fact, "contact", None), getattr(fact, "note", None)


def _people_of(fact: Fact) -> set[str]:
    """Whom a fact about people is about."""
    return {fact.person, getattr(fact, "other", fact.person)} if isinstance(fact, PeopleFact) else set()


def _named(fact: Fact) -> list[Any]:
    fields = fact.fields if isinstance(fact, TouchpointCorrected) else vars(fact)
    return [fields.get(field) for field in ("representative", "contact", "actor")]
