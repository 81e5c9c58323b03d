"""Facts about facts: corrections and retractions, in any order, and what is known of them when."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import (
    Amendment,
    ConflictingTouchpoint,
    Fact,
    History,
    Interaction,
    InvalidTouchpoint,
    Journal,
    Recorded,
    Touchpoint,
    TouchpointCorrected,
    TouchpointRetracted,
    UnknownName,
    read_fact,
)
from journey.stores.codec import encode
from journey.stores.memory import MemoryStore
from journey.stores.rows import StoredTouchpoint
from journey.testing import START, histories
from journey.upcasting import UPCASTERS
from journey_projections import replay

CORRECTIONS: list[dict[str, Any]] = [
    {"certainty": 0.5},
    {"certainty": 0.25, "note": "seen later"},
    {"topic": None, "occurred_at": (START + timedelta(days=90)).isoformat()},
    {"sequence": 4},
    {"note": None},
]


@st.composite
def amended(draw: st.DrawFn, max_size: int = 10) -> list[Recorded[Fact]]:
    """Facts in the order in which they were recorded: a history in any order, and amendments of anything that came before or after."""
    facts: list[Fact] = list(draw(st.permutations(draw(histories(min_size=1, max_size=max_size)))))
    ids = [fact.id for fact in facts]
    for number in range(draw(st.integers(0, 6))):
        common: dict[str, Any] = {"id": f"amendment-{number}", "relationship": "r", "occurred_at": START}
        amendment: Amendment
        if draw(st.booleans()):
            amendment = TouchpointRetracted(**common, retracts=draw(st.sampled_from(ids)))
        else:
            amendment = TouchpointCorrected(
                **common, corrects=draw(st.sampled_from(ids[:1] + ids)), fields=draw(st.sampled_from(CORRECTIONS))
            )
        facts.insert(draw(st.integers(0, len(facts))), amendment)
        ids.append(amendment.id)
    return [Recorded(fact, START + timedelta(days=day), day + 1) for day, fact in enumerate(facts)]


def in_words(records: Sequence[Recorded[Fact]]) -> History:
    """What amendments mean, said the slow way: a fact stands unless a later retraction of it stands; touchpoints at any time."""

    def stands(number: int) -> bool:
        fact = records[number].touchpoint
        reach = range(number + 1, len(records)) if isinstance(fact, Amendment) else range(len(records))
        return not any(
            isinstance(other := records[later].touchpoint, TouchpointRetracted) and other.retracts == fact.id and stands(later)
            for later in reach
        )

    lines = []
    for number, record in enumerate(records):
        touchpoint = record.touchpoint
        if isinstance(touchpoint, Amendment) or not stands(number):
            continue
        fields = touchpoint.model_dump()
        for later, other in enumerate(records):
            if isinstance(other.touchpoint, TouchpointCorrected) and other.touchpoint.corrects == touchpoint.id and stands(later):
                fields |= other.touchpoint.fields
        fields = {name: value for name, value in fields.items() if value is not None}
        lines.append(Recorded(type(touchpoint).model_validate(fields), record.recorded_at, record.position))
    return History.of_records(lines)


def without_traces(history: History) -> list[tuple[Touchpoint, datetime]]:
    return [(record.touchpoint, record.recorded_at) for record in history.records]


def allowed(records: list[Recorded[Fact]]) -> bool:
    """Whether every kind lets its corrected fields go (`topic` is required of some)."""
    try:
        in_words(records)
    except ValueError:
        return False
    return True


amended_facts = amended().filter(allowed)


@given(amended_facts)
def test_a_history_with_amendments_is_the_history_that_they_say(records: list[Recorded[Fact]]) -> None:
    history = History.of_records(records)
    assert without_traces(history) == without_traces(in_words(records))
    assert [record.touchpoint.id for record in history.told] == [record.touchpoint.id for record in records]
    assert replay(history).trust == replay(in_words(records)).trust


@given(amended_facts, st.integers(-1, 20), st.integers(0, 400))
def test_e5_what_is_recorded_later_is_not_known_amendments_included(records: list[Recorded[Fact]], known_day: int, day: int) -> None:
    """E5: as-of × known-at: facts recorded after `known_at` are invisible, whatever they say of the past, or of other facts."""
    known, when = START + timedelta(days=known_day), START + timedelta(days=day)
    seen = [record for record in records if record.recorded_at <= known]
    expected = without_traces(in_words(seen).as_of(when)) if seen else []
    history = History.of_records(records)
    assert without_traces(history.known_at(known).as_of(when)) == expected
    assert without_traces(history.as_of(when).known_at(known)) == expected


@given(amended_facts, st.data())
def test_edits_and_knowledge_commute(records: list[Recorded[Fact]], data: st.DataObject) -> None:
    """What-if on what was known then is what was known then, with the edit."""
    history = History.of_records(records)
    known = START + timedelta(days=data.draw(st.integers(0, 20)))
    both = [one.id for one in history.known_at(known) if one.id in history]
    if both:
        id = data.draw(st.sampled_from(both))
        assert without_traces(history.without(id).known_at(known)) == without_traces(history.known_at(known).without(id))
        assert id not in history.without(id).known_at(known)


@given(amended_facts)
def test_a_journal_tells_what_was_recorded(records: list[Recorded[Fact]]) -> None:
    times = iter(record.recorded_at for record in records)
    with Journal.open("memory:", now=lambda: next(times)) as journal:
        for record in records:
            journal.record(record.touchpoint)
        history = journal.history("r")
    assert without_traces(history) == without_traces(in_words(records))
    assert [one.touchpoint for one in history.told] == [one.touchpoint for one in records]


def contact(id: str, day: int = 0, **fields: Any) -> Interaction:
    return Interaction(id=id, relationship="r", occurred_at=START + timedelta(days=day), **{"competence": 0.5, **fields})


def test_correcting_and_retracting_by_name() -> None:
    with Journal.open("memory:") as journal:
        journal.record(contact("a"), contact("b", 1))
        before = journal.history("r")
        first = journal.correct("a", {"competence": "-0.5", "representative": "anna"}, reason="typed wrong", actor="bruno")
        assert (first.id, first.is_new) == ("a.corrected-1", True)
        history = journal.history("r")
        assert history["a"] == contact("a", competence=-0.5, representative="anna")
        assert history.records[0].corrected_by == ("a.corrected-1",)
        (amendment,) = history.amendments
        assert isinstance(amendment.touchpoint, TouchpointCorrected)
        assert amendment.touchpoint.fields == {"competence": -0.5, "representative": "anna"}
        assert (amendment.touchpoint.reason, amendment.touchpoint.actor) == ("typed wrong", "bruno")
        assert journal.correct("a", {"representative": None}).id == "a.corrected-2"
        assert journal.history("r")["a"] == contact("a", competence=-0.5)
        assert journal.retract("b").id == "b.retracted-1"
        assert "b" not in journal.history("r")
        journal.retract("b.retracted-1")
        journal.retract("a.corrected-1")
        journal.retract("a.corrected-2", as_id="mine")
        assert list(journal.history("r")) == list(before)
        assert journal.history("r").amendments[-1].touchpoint.id == "mine"
        assert [one.touchpoints for one in journal.relationships()] == [2]
        assert journal.version("r") == 8


def test_an_amendment_of_what_is_not_there_is_refused_by_name() -> None:
    with Journal.open("memory:") as journal:
        journal.record(contact("a"), contact("b"))
        journal.retract("b")
        with pytest.raises(UnknownName, match="no touchpoint `x`"):
            journal.retract("x")
        with pytest.raises(UnknownName, match="no touchpoint `x`"):
            journal.correct("x", {"competence": 0.1})
        with pytest.raises(UnknownName, match="`b` was retracted") as refused:
            journal.correct("b", {"competence": 0.1})
        assert refused.value.mend == "retract `b.retracted-1` to have it back"
        with pytest.raises(UnknownName, match="is not a touchpoint but a fact about one"):
            journal.correct("b.retracted-1", {"reason": "x"})
        assert journal.version("r") == 3


@pytest.mark.parametrize("fields", [{"competence": 7}, {"id": "x"}, {"kind": "note_added"}, {"relationship": "s"}, {"severity": 1}, {}])
def test_a_correction_to_what_no_touchpoint_can_be_is_refused(fields: dict[str, Any]) -> None:
    with Journal.open("memory:") as journal:
        journal.record(contact("a"))
        with pytest.raises(InvalidTouchpoint):
            journal.correct("a", fields)
        assert journal.version("r") == 1


def test_a_correction_to_what_none_can_be_does_not_count_and_is_told() -> None:
    nonsense = TouchpointCorrected(id="c", relationship="r", occurred_at=START, corrects="a", fields={"competence": 7})
    odd = {"kind": "unheard_of", "id": "odd", "relationship": "r", "occurred_at": START.isoformat()}
    with Journal.open("memory:") as journal:
        journal.record(contact("a"), nonsense)
        history = journal.history("r")
        assert list(history) == [contact("a")] and history.records[0].corrected_by == ()
        assert list(history.impossible) == ["c"] and "competence: must be a number from -1 to 1, got `7`" in history.impossible["c"]
        assert list(history.known_at(START)) == []
        journal.retract("c")
        assert journal.history("r").impossible == {}
    unknown = History.of([read_fact(odd, allow_unknown=True), nonsense.model_copy(update={"corrects": "odd"})])
    assert list(unknown.impossible) == ["c"] and "odd" in unknown


@pytest.mark.parametrize("value", [[1], {"a": 1}, float("nan"), float("inf"), "half \ud800", datetime(2024, 1, 1)])  # noqa: DTZ001
def test_a_correction_holds_plain_values_only(value: object) -> None:
    fields = {"kind": "touchpoint_corrected", "id": "c", "relationship": "r", "occurred_at": START, "corrects": "a"}
    with pytest.raises(InvalidTouchpoint):
        read_fact({**fields, "fields": {"topic": value}})


def test_a_correction_told_in_an_older_schema_is_upcast_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with Journal.open("memory:") as journal:
        journal.record(contact("a"))
        journal.correct("a", {"competence": -0.5})
        monkeypatch.setattr(Interaction, "SCHEMA_VERSION", 2)
        upcaster = {"competence": "benevolence"}
        monkeypatch.setitem(
            UPCASTERS, ("interaction", 1), lambda fields: {upcaster.get(name, name): value for name, value in fields.items()}
        )
        assert journal.history("r")["a"].model_dump()["benevolence"] == -0.5
        journal.correct("a", {"competence": 0.25})
        assert journal.history("r")["a"] == contact("a", competence=0.25, benevolence=-0.5)


def test_an_edit_comes_after_what_was_known_then() -> None:
    days = iter(START + timedelta(days=day) for day in (1, 9, 9))
    with Journal.open("memory:", now=lambda: next(days)) as journal:
        journal.record(contact("a", competence=0.1))
        journal.correct("a", {"competence": 0.9})
        history, then = journal.history("r"), START + timedelta(days=2)
    assert history.replacing("a", topic="x").known_at(then)["a"] == history.known_at(then).replacing("a", topic="x")["a"]
    assert history.replacing("a", topic="x")["a"] == contact("a", competence=0.9, topic="x")


def test_why_a_touchpoint_is_not_there_is_told() -> None:
    with Journal.open("memory:") as journal:
        journal.record(contact("a"), contact("b", 50))
        journal.correct("b", {"competence": 0.1})
        early = journal.history("r").as_of(START)
        assert [one.touchpoint.id for one in early.told] == ["a", "b", "b.corrected-1"]
    with pytest.raises(UnknownName, match="touchpoint `b` happened only later"):
        early.without("b")


def test_a_fact_of_ones_own_id_is_said_once_and_numbers_find_the_next_free_one() -> None:
    with Journal.open("memory:") as journal:
        journal.record(contact("a"), contact("a.corrected-1"), contact("long" * 50))
        first = journal.correct("a", {"competence": 0.1}, as_id="mine")
        again = journal.correct("a", {"competence": 0.1}, as_id="mine")
        assert (first.position, first.is_new, again.position, again.is_new) == (4, True, 4, False)
        with pytest.raises(ConflictingTouchpoint):
            journal.correct("a", {"competence": 0.2}, as_id="mine")
        assert journal.correct("a", {"competence": 0.3}).id == "a.corrected-2"
        long = [journal.retract("long" * 50).id, journal.retract("long" * 50).id]
        assert len(set(long)) == 2 and all(len(id) <= 200 for id in long)


class Racing(MemoryStore):
    """A store in which somebody else takes the first number between the look and the leap."""

    def find(self, ids: Sequence[str]) -> Sequence[StoredTouchpoint]:
        rows = super().find(ids)
        if list(ids) == ["a.retracted-1"] and not rows:
            self.append([encode(TouchpointRetracted(id="a.retracted-1", relationship="r", occurred_at=START, retracts="other"))], 0)
        return rows


def test_two_who_say_something_at_once_both_do() -> None:
    with Journal(Racing()) as journal:
        journal.record(contact("a"))
        assert journal.retract("a").id == "a.retracted-2"


def test_amendments_at_one_instant_count_by_their_ids_whatever_their_order() -> None:
    amendments = [
        TouchpointCorrected(id=id, relationship="r", occurred_at=START, corrects="a", fields={"competence": value})
        for id, value in (("c1", 0.1), ("c2", 0.9))
    ]
    assert (
        History.of([contact("a"), *amendments])["a"]
        == History.of([*reversed(amendments), contact("a")])["a"]
        == contact("a", competence=0.9)
    )


def test_an_amendment_may_arrive_before_what_it_is_about() -> None:
    facts: list[Fact] = [
        TouchpointRetracted(id="r1", relationship="r", occurred_at=START, retracts="b"),
        TouchpointCorrected(id="c1", relationship="r", occurred_at=START, corrects="a", fields={"competence": 0.1}),
    ]
    with Journal.open("memory:") as journal:
        journal.record(*facts)
        assert list(journal.history("r")) == []
        journal.record(contact("a"), contact("b"))
        assert list(journal.history("r")) == [contact("a", competence=0.1)]


def test_late_is_what_was_recorded_behind_something_that_followed_it() -> None:
    times = iter([(contact("b", 5), 6), (contact("a", 1), 9), (contact("same", 5), 9), (contact("c", 10), 10), (contact("d", 3), 3)])
    records = [Recorded(one, START + timedelta(days=day)) for one, day in times]
    assert History.of_records(records).late == {"a"}
    assert History.of(record.touchpoint for record in records).late == set()
