"""Merge and unmerge: both timelines are kept, at any depth, in any order."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import (
    Fact,
    History,
    Interaction,
    InvalidTouchpoint,
    Journal,
    Recorded,
    RelationshipsMerged,
    RelationshipsUnmerged,
    Touchpoint,
    TouchpointRetracted,
    UnknownName,
)
from journey.merging import merged_pairs, names_of_united
from journey.testing import START, histories
from journey_projections import replay

NAMES = ["a", "b", "c", "d"]


@st.composite
def several(draw: st.DrawFn) -> dict[str, list[Touchpoint]]:
    """A short history for each of four relationships."""
    return {
        name: [
            touchpoint.model_copy(update={"relationship": name, "id": f"{name}-{touchpoint.id}"})
            for touchpoint in draw(histories(min_size=1, max_size=4))
        ]
        for name in NAMES
    }


merges = st.lists(
    st.tuples(st.sampled_from([RelationshipsMerged, RelationshipsUnmerged]), st.permutations(NAMES).map(lambda names: names[:2])),
    max_size=8,
)


def merge_facts(facts: Sequence[tuple[type[RelationshipsMerged] | type[RelationshipsUnmerged], list[str]]]) -> list[Fact]:
    return [model(id=f"m{number}", relationship=one, other=other, occurred_at=START) for number, (model, (one, other)) in enumerate(facts)]


def reach(name: str, facts: Sequence[tuple[type, list[str]]]) -> set[str]:
    """Who is one with whom, the slow way."""
    joined = {frozenset(pair): model is RelationshipsMerged for model, pair in facts}
    names = {name}
    for _ in NAMES:
        names |= {other for pair, is_joined in joined.items() if is_joined and pair & names for other in pair}
    return names


def one_name(name: str, facts: Sequence[tuple[type, list[str]]]) -> str:
    """What whoever is one with `name` is called, the slow way: as the last merge among them that still holds says."""
    for place in reversed(range(len(facts))):
        model, pair = facts[place]
        is_the_last_word = not any({*pair} == {*later} for _, later in facts[place + 1 :])
        if model is RelationshipsMerged and is_the_last_word and name in reach(pair[0], facts):
            return pair[0]
    return name


@given(several(), merges, st.data())
def test_e6_merging_is_replaying_the_union_and_unmerging_restores_both(
    touchpoints: dict[str, list[Touchpoint]], facts: list[tuple[type[RelationshipsMerged], list[str]]], data: st.DataObject
) -> None:
    """E6: merge ≡ replay of the union; unmerge restores both: whoever is asked, whenever, in whatever order it was recorded."""
    recorded: list[Fact] = merge_facts(facts)
    for touchpoint in data.draw(st.permutations([one for some in touchpoints.values() for one in some])):
        recorded.insert(data.draw(st.integers(0, len(recorded))), touchpoint)
    times = iter(range(len(recorded) + 1))
    with Journal.open("memory:", now=lambda: START + timedelta(days=next(times))) as journal:
        for fact in recorded:
            journal.record(fact)
        known = data.draw(st.integers(0, len(recorded)))
        seen = [fact for fact in recorded[: known + 1] if isinstance(fact, RelationshipsMerged | RelationshipsUnmerged)]
        before = [(type(fact), [fact.relationship, fact.other]) for fact in seen]
        for name in NAMES:
            union = History.of(one for other in reach(name, facts) for one in touchpoints[other])
            history = journal.history(name)
            assert list(history) == list(union)
            assert history.relationship == journal.canonical_name(name) == one_name(name, facts)
            assert replay(history).relationship == history.relationship
            assert history == journal.history(history.relationship)
            assert replay(history).trust == replay(union).trust
            then = [
                one for one in recorded[: known + 1] if one.relationship in reach(name, before) and one in touchpoints[one.relationship]
            ]
            earlier = history.known_at(day := START + timedelta(days=known))
            assert {one.id for one in earlier} == {one.id for one in then}
            if then:
                assert earlier.relationship == journal.canonical_name(name, known_at=day) == one_name(name, before)
        groups = {frozenset(reach(name, facts)) for name in NAMES}
        listed = list(journal.relationships())
        assert {one.relationship for one in listed} == {journal.canonical_name(name) for name in NAMES}
        listed_then = {one.relationship for one in journal.relationships(known_at=START + timedelta(days=known))}
        assert listed_then == {journal.canonical_name(name, known_at=START + timedelta(days=known)) for name in NAMES}
        assert sorted(one.touchpoints for one in listed) == sorted(sum(len(touchpoints[name]) for name in group) for group in groups)
        assert all(sum(one.relationship in group for one in listed) == 1 for group in groups)


@given(several(), merges)
def test_a_history_needs_no_journal_to_be_merged(
    touchpoints: dict[str, list[Touchpoint]], facts: list[tuple[type[RelationshipsMerged], list[str]]]
) -> None:
    records = [
        Recorded(fact, START + timedelta(days=day))
        for day, fact in enumerate([*merge_facts(facts), *(one for some in touchpoints.values() for one in some)])
    ]
    if facts:
        for name in NAMES:
            history = History.of_records(records, name)
            assert {one.id for one in history} == {one.id for other in reach(name, facts) for one in touchpoints[other]}
            assert history.relationship == one_name(name, facts)
            assert history.known_at(START - timedelta(days=1)).relationship == name
        without_a_journal = History.of(record.touchpoint for record in records)
        assert without_a_journal.relationship in {one_name(name, facts) for name in NAMES}


def contact(id: str, relationship: str, day: int = 0) -> Interaction:
    return Interaction(id=id, relationship=relationship, occurred_at=START + timedelta(days=day), competence=0.5)


def test_merging_by_name() -> None:
    with Journal.open("memory:") as journal:
        journal.record(contact("1", "m@bank"), contact("2", "em@bank", 1), contact("3", "mm@bank", 2))
        before = {name: journal.history(name) for name in ("m@bank", "em@bank", "mm@bank")}
        assert journal.merge("m@bank", "em@bank", reason="one person", actor="carla").id == "m@bank+em@bank.merged-1"
        journal.merge("mm@bank", "em@bank")
        assert [one.id for one in journal.history("m@bank")] == ["1", "2", "3"]
        assert [(one.relationship, one.touchpoints) for one in journal.relationships()] == [("mm@bank", 3)]
        assert journal.history("em@bank").merges[0].touchpoint.reason == "one person"
        journal.unmerge("em@bank", "m@bank")
        assert [one.id for one in journal.history("m@bank")] == ["1"]
        assert [(one.relationship, one.touchpoints) for one in journal.relationships()] == [("m@bank", 1), ("mm@bank", 2)]
        assert journal.unmerge("mm@bank", "em@bank").id == "mm@bank+em@bank.unmerged-1"
        assert {name: list(journal.history(name)) for name in before} == {name: list(history) for name, history in before.items()}


def test_a_merged_relationship_has_one_name_on_every_path() -> None:
    times = iter(range(100))
    with Journal.open("memory:", now=lambda: START + timedelta(days=next(times))) as journal:
        journal.record(contact("1", "a"), contact("2", "b", 1))
        before = journal.merge("a", "b").recorded_at - timedelta(days=1)
        history = journal.history("b")
        facts = [record.touchpoint for record in journal.read()]
        assert journal.canonical_name("b") == history.relationship == replay(history).relationship == "a"
        assert history == journal.history("a") and history.as_of(START).relationship == "a"
        assert history.known_at(before).relationship == journal.canonical_name("b", known_at=before) == "b"
        assert history.without("2").relationship == history.replacing("2", competence=0.1).relationship == "a"
        assert history.inserting(contact("3", "b")).relationship == "a"
        assert History.of(facts).relationship == History.of(reversed(facts)).relationship == "a"
        journal.merge("b", "a")
        assert journal.canonical_name("a") == journal.history("a").relationship == "b"
        journal.unmerge("a", "b")
        assert [journal.canonical_name(name) for name in "ab"] == [journal.history(name).relationship for name in "ab"] == ["a", "b"]
        for name in ("c", ""):
            with pytest.raises(UnknownName):
                journal.canonical_name(name)


def test_corrections_and_retractions_reach_into_what_was_merged() -> None:
    with Journal.open("memory:") as journal:
        journal.record(contact("1", "a"), contact("2", "b", 1))
        journal.merge("a", "b")
        journal.correct("2", {"competence": -0.5})
        journal.retract("1")
        assert [(one.id, one.model_dump()["competence"]) for one in journal.history("a")] == [("2", -0.5)]
        assert list(journal.history("a")) == list(journal.history("b"))


def test_what_cannot_be_merged_is_refused_with_the_mend() -> None:
    with Journal.open("memory:") as journal:
        journal.record(contact("1", "m@bank"), contact("2", "b"), contact("3", "c"))
        with pytest.raises(UnknownName, match="no relationship `m@bnk`") as refused:
            journal.merge("m@bnk", "b")
        assert refused.value.mend == "did you mean `m@bank`?"
        with pytest.raises(InvalidTouchpoint, match="is the relationship itself"):
            journal.merge("b", "b")
        with pytest.raises(UnknownName, match="`b` and `c` are not merged with each other") as refused:
            journal.unmerge("b", "c")
        assert refused.value.mend == "`b` is merged with none"
        merged = journal.merge("b", "m@bank")
        with pytest.raises(UnknownName) as refused:
            journal.unmerge("b", "c")
        assert refused.value.mend == "`b` is merged with `m@bank`"
        with pytest.raises(InvalidTouchpoint, match="is about two relationships"):
            journal.retract(merged.id)


def test_unmerging_restores_what_was_said_too() -> None:
    with Journal.open("memory:") as journal:
        journal.record(contact("1", "a"), contact("2", "b", 1))
        before = {name: journal.history(name) for name in "ab"}
        journal.merge("a", "b")
        journal.record(TouchpointRetracted(id="stray", relationship="b", occurred_at=START, retracts="1"))
        assert [one.id for one in journal.history("a")] == ["2"]
        journal.unmerge("a", "b")
        journal.correct("2", {"competence": 0.1})
        after = journal.history("a")
        assert list(after) == list(before["a"])
        assert [one.touchpoint.kind for one in after.told] == ["interaction", "relationships_merged", "relationships_unmerged"]


def test_an_insertion_into_a_merged_history_is_of_one_of_them() -> None:
    with Journal.open("memory:") as journal:
        journal.record(contact("1", "a"), contact("2", "b", 1))
        journal.merge("a", "b")
        history = journal.history("a")
    assert len(history.inserting(contact("3", "b"))) == 3
    with pytest.raises(InvalidTouchpoint, match="`c` is not one with `a`"):
        history.inserting(contact("3", "c"))


def test_thousands_of_merges_are_listed_at_once() -> None:
    """A hub of many: the names are found in one pass over the pairs."""
    merges = [RelationshipsMerged(id=f"m{n}", relationship="hub", other=f"r{n}", occurred_at=START) for n in range(20_000)]
    names = names_of_united(merged_pairs(merges))
    assert len(names) == 20_001 and set(names.values()) == {"hub"}
