"""Merge and unmerge of people: each is told by one name, and by their own again; what was recorded stays."""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from amended import RELATIONSHIPS, by_hand, facts_about_people, renamed
from hypothesis import given
from hypothesis import strategies as st

from journey import (
    Fact,
    HandoverMade,
    History,
    Interaction,
    InvalidTouchpoint,
    Journal,
    PeopleMerge,
    PeopleMerged,
    PeopleUnmerged,
    Recorded,
    RelationshipOpened,
    RelationshipsMerged,
    RelationshipsUnmerged,
    SubjectForgotten,
    Touchpoint,
    UnknownName,
)
from journey.stores.memory import MemoryStore
from journey.stores.rows import StoredTouchpoint
from journey.testing import START
from journey_projections import replay


@given(facts_about_people(), st.data())
def test_e6_merging_people_is_replaying_with_one_name_and_unmerging_gives_each_their_own(facts: list[Fact], data: st.DataObject) -> None:
    """E6, of people: whoever is asked about, whatever was known, whatever else was said of the past, in whatever order."""
    records = [Recorded(fact, START + timedelta(days=day), day + 1) for day, fact in enumerate(facts)]
    times = iter(record.recorded_at for record in records)
    with Journal.open("memory:", now=lambda: next(times, START + timedelta(days=99))) as journal:
        for fact in facts:
            journal.record(fact)
        known = data.draw(st.integers(0, len(records) - 1))
        for name in RELATIONSHIPS:
            history = journal.history(name)
            expected = by_hand(records, name)
            assert list(history) == expected
            assert replay(history).trust == replay(History.of(expected)).trust
            then = history.known_at(records[known].recorded_at)
            assert list(then) == by_hand(records[: known + 1], name)
            early = START + timedelta(days=40)
            assert list(then.as_of(early)) == [one for one in then if one.occurred_at <= early]
        # What was recorded stays.
        assert [record.touchpoint for record in journal.read()] == facts
        assert journal.verify().holds


@given(facts_about_people())
def test_what_is_unmerged_is_as_if_it_had_never_been_merged(facts: list[Fact]) -> None:
    before = [fact for fact in facts if not isinstance(fact, PeopleMerge)]
    merged = {frozenset((fact.person, fact.other)) for fact in facts if isinstance(fact, PeopleMerge)}
    undone = [
        PeopleUnmerged(id=f"undone-{number}", person=min(pair), other=max(pair), occurred_at=START) for number, pair in enumerate(merged)
    ]
    with Journal.open("memory:") as one, Journal.open("memory:") as other:
        one.record(*facts, *undone)
        other.record(*before)
        for name in RELATIONSHIPS:
            assert list(one.history(name)) == list(other.history(name))


@given(facts_about_people())
def test_a_history_needs_no_journal_to_tell_one_name(facts: list[Fact]) -> None:
    own_facts = [
        fact for fact in facts if fact.relationship in ("", "r") and not isinstance(fact, RelationshipsMerged | RelationshipsUnmerged)
    ]
    records = [Recorded(fact, START + timedelta(days=day)) for day, fact in enumerate(own_facts)]
    history = History.of_records(records, "r")
    assert list(history) == by_hand(records, "r")
    with Journal.open("memory:") as journal:
        for fact in own_facts:
            journal.record(fact)
        recorded = journal.history("r")
    assert list(recorded) == list(history)
    assert [one.touchpoint for one in recorded.told] == [one.touchpoint for one in history.told]


def contact(id: str, relationship: str = "m@bank", day: int = 0, **fields: Any) -> Interaction:
    return Interaction(id=id, relationship=relationship, occurred_at=START + timedelta(days=day), competence=0.5, **fields)


def who(history: History) -> list[str | None]:
    return [touchpoint.representative for touchpoint in history]


@pytest.fixture
def journal() -> Iterator[Journal]:
    with Journal.open("memory:") as journal:
        journal.record(
            contact("1", representative="ana"),
            contact("2", day=1, representative="ana-2", contact="ana", actor="ana-2"),
            contact("3", day=2, representative="bob"),
            contact("4", "e@bank", representative="a.n."),
        )
        yield journal


def test_merging_people_by_name(journal: Journal) -> None:
    before = journal.history("m@bank")
    assert journal.merge_people("ana", "ana-2", reason="she changed branch", actor="carla").id == "ana+ana-2.merged-1"
    assert who(journal.history("m@bank")) == ["ana", "ana", "bob"]
    journal.merge_people("a.n.", "ana-2")
    history = journal.history("m@bank")
    assert who(history) == ["a.n.", "a.n.", "bob"] and history["2"].contact == "a.n."
    assert history["2"].actor == "ana-2"
    assert who(journal.history("e@bank")) == ["a.n."]
    assert [record.touchpoint.reason for record in history.people_merges] == ["she changed branch", None]
    assert [record.touchpoint.representative for record in history.told if isinstance(record.touchpoint, Interaction)] == [
        "ana",
        "ana-2",
        "bob",
    ]
    assert list(replay(history).parties.representatives) == ["a.n.", "bob"]
    journal.unmerge_people("ana-2", "ana")
    assert who(journal.history("m@bank")) == ["ana", "a.n.", "bob"]
    assert journal.unmerge_people("a.n.", "ana-2").id == "a.n.+ana-2.unmerged-1"
    assert list(journal.history("m@bank")) == list(before)
    assert len(journal.history("m@bank").people_merges) == 4
    assert [(one.relationship, one.touchpoints) for one in journal.relationships()] == [("e@bank", 1), ("m@bank", 3)]


def test_a_history_tells_the_merges_of_those_whom_it_names(journal: Journal) -> None:
    journal.merge_people("ana", "ana-2")
    assert journal.history("e@bank").people_merges == ()
    journal.merge("m@bank", "e@bank")
    journal.unmerge("m@bank", "e@bank")
    assert journal.history("e@bank").people_merges == ()
    journal.correct("4", {"representative": "ana-2"})
    assert who(journal.history("e@bank")) == ["ana"]
    assert [record.touchpoint.id for record in journal.history("e@bank").people_merges] == ["ana+ana-2.merged-1"]


def test_somebody_whom_only_a_correction_names_is_told_by_one_name_too(journal: Journal) -> None:
    journal.merge_people("ana", "ana-2")
    journal.correct("4", {"representative": "ana-2"})
    assert who(journal.history("e@bank")) == ["ana"]


def test_what_people_cannot_be_merged_is_refused_with_the_mend(journal: Journal) -> None:
    with pytest.raises(UnknownName, match="no person `ana-3`") as refused:
        journal.merge_people("ana", "ana-3")
    assert refused.value.mend == "did you mean `ana-2`?"
    journal.record(contact("5", episode="flood"))
    with pytest.raises(UnknownName, match="no person `flood`"):
        journal.merge_people("ana", "flood")
    with pytest.raises(InvalidTouchpoint, match="is the person itself"):
        journal.merge_people("bob", "bob")
    with pytest.raises(UnknownName, match="`bob` and `ana` are not merged with each other") as refused:
        journal.unmerge_people("bob", "ana")
    assert refused.value.mend == "`bob` is merged with none"
    merged = journal.merge_people("ana", "ana-2")
    journal.merge_people("ana-2", "a.n.")
    with pytest.raises(UnknownName) as refused:
        journal.unmerge_people("ana", "a.n.")
    assert refused.value.mend == "`ana` is merged with `ana-2`"
    with pytest.raises(InvalidTouchpoint, match="is about two people"):
        journal.retract(merged.id)
    with pytest.raises(UnknownName, match="is not a touchpoint but a fact about people"):
        journal.correct(merged.id, {"reason": "x"})
    journal.record(SubjectForgotten(id="gone", person="bob", occurred_at=START))
    with pytest.raises(InvalidTouchpoint, match="is about a person"):
        journal.retract("gone")
    for call in (journal.history, lambda name: journal.merge(name, "m@bank")):
        with pytest.raises(UnknownName, match="no relationship ``"):
            call("")


def test_that_somebody_is_one_with_themselves_says_nothing(journal: Journal) -> None:
    before = list(journal.history("m@bank"))
    journal.record(
        PeopleMerged(id="p", person="ana", other="ana", occurred_at=START),
        RelationshipsMerged(id="q", relationship="m@bank", other="m@bank", occurred_at=START),
    )
    assert list(journal.history("m@bank")) == before
    assert [one.relationship for one in journal.relationships()] == ["e@bank", "m@bank"]


def test_a_handover_from_a_person_to_themselves_is_told_and_moves_what_one_to_the_current_person_does() -> None:
    touchpoints: list[Touchpoint] = [
        contact("1", representative="ana"),
        HandoverMade(
            id="2", relationship="m@bank", occurred_at=START + timedelta(days=9), from_representative="ana", to_representative="ana-2"
        ),
        contact("3", day=10, representative="ana-2"),
    ]
    merged = History.of([*touchpoints, PeopleMerged(id="m", person="ana", other="ana-2", occurred_at=START)])
    assert merged["2"].model_dump()["to_representative"] == merged["2"].model_dump()["from_representative"] == "ana"
    by_name = [renamed(one, [(True, "ana", "ana-2")]) for one in touchpoints]
    assert replay(merged).trust == replay(History.of(by_name)).trust == replay(History.of(by_name).without("2")).trust
    assert replay(merged).trust > replay(History.of(touchpoints)).trust


def test_edits_of_a_merged_history_are_told_by_one_name_too(journal: Journal) -> None:
    merge = PeopleMerged(id="m", person="ana", other="ana-2", occurred_at=START)
    before = journal.history("m@bank")
    assert who(before.inserting(merge)) == ["ana", "ana", "bob"]
    journal.merge_people("ana", "ana-2")
    history = journal.history("m@bank")
    assert who(history.replacing("3", representative="ana-2")) == ["ana", "ana", "ana"]
    assert who(history.without("1")) == ["ana", "bob"]
    journal.merge("m@bank", "e@bank")
    assert who(journal.history("m@bank").inserting(merge)) == ["ana", "a.n.", "ana", "bob"]


def test_who_is_named_is_found_in_whatever_role(journal: Journal) -> None:
    journal.record(RelationshipOpened(id="5", relationship="o@bank", occurred_at=START, customer="bob", organisation="bank"))
    journal.correct("4", {"contact": "bob"}, actor="carla")
    named = {name: [one.touchpoint.id for one in journal.naming(name)] for name in ("ana", "bob", "bank", "carla", "nobody")}
    assert named == {"ana": ["1", "2"], "bob": ["3", "5", "4.corrected-1"], "bank": ["5"], "carla": ["4.corrected-1"], "nobody": []}
    assert [one.touchpoint.id for one in journal.naming("ana", ["contact"])] == ["2"]
    assert [one.relationship for one in journal.relationships("bob")] == ["e@bank", "m@bank", "o@bank"]
    assert [one.relationship for one in journal.relationships("ana-2")] == ["m@bank"]
    journal.merge_people("ana", "a.n.")
    journal.merge("e@bank", "o@bank")
    assert [(one.relationship, one.touchpoints) for one in journal.relationships("ana")] == [("e@bank", 2), ("m@bank", 3)]


class Counting(MemoryStore):
    """Counts what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []

    def people_facts(self, people: Collection[str]) -> Sequence[StoredTouchpoint]:
        rows = super().people_facts(people)
        self.asked.append(len(rows))
        return rows


def test_merges_of_other_people_are_not_read() -> None:
    store, facts = Counting(), [contact("1", representative="p7"), contact("2", day=1, representative="q7")]
    with Journal(store) as journal:
        journal.record(*facts)
        assert who(journal.history("m@bank")) == ["p7", "q7"] and store.asked == []
        journal.record(*(PeopleMerged(id=f"m{n}", person=f"p{n}", other=f"q{n}", occurred_at=START) for n in range(3_000)))
        history = journal.history("m@bank")
    assert who(history) == ["p7", "p7"] and store.asked == [1]
    assert [record.touchpoint.id for record in history.told] == ["1", "2", "m7"]
