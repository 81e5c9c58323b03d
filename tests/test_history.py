"""Histories: order, time travel, counterfactuals."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import ConflictingTouchpoint, History, Interaction, InvalidTouchpoint, NoteAdded, Recorded, Touchpoint, UnknownName
from journey.testing import START, histories
from journey.touchpoints import fields_of
from journey_projections import replay


def contact(id: str, day: float, **fields: Any) -> Interaction:
    return Interaction(id=id, relationship="r", occurred_at=START + timedelta(days=day), **fields)


@given(histories(), st.data())
def test_replay_at_is_replay_as_of(touchpoints: list[Touchpoint], data: st.DataObject) -> None:
    history, when = History.of(touchpoints), START + timedelta(days=data.draw(st.integers(-1, 500)))
    one, other = replay(history, at=when), replay(history.as_of(when), at=when)
    assert repr(one) == repr(other)


@given(histories(min_size=1))
def test_an_empty_view_is_the_prior(touchpoints: list[Touchpoint]) -> None:
    before = replay(History.of(touchpoints).as_of(START - timedelta(days=1)))
    assert (before.trust, before.state, before.touchpoints) == (before.prior, "prospect", 0)


def test_bounds_are_inclusive_and_a_date_is_its_end() -> None:
    history = History.of([contact("a", 0), contact("b", 1)])
    assert len(history.as_of(START)) == 1
    assert len(history.as_of(START.date())) == 1
    assert len(history.as_of("2015-01-02")) == 2
    assert len(history.as_of(date(2014, 12, 31))) == 0
    with pytest.raises(ValueError, match="no UTC offset"):
        history.as_of("2015-01-02T10:00:00")


def test_a_narrower_bound_wins() -> None:
    history = History.of([contact("a", 0), contact("b", 1)])
    assert history.as_of("2015-01-01").as_of("2016-01-01").at == history.as_of("2015-01-01").at


def test_edits_keep_the_instant_of_the_facts() -> None:
    history = History.of([contact("a", 0), contact("b", 5)])
    assert history.without("b").at == history.at
    assert history.replacing("b", occurred_at=START).at == history.at
    assert history.inserting(contact("c", 2)).at == history.at
    assert history.inserting(fields_of(contact("c", 2))) == history.inserting(contact("c", 2))


def test_an_insertion_after_the_facts_moves_the_instant_but_never_past_a_bound() -> None:
    history = History.of([contact("a", 0)])
    assert history.inserting(contact("b", 5)).at == START + timedelta(days=5)
    bounded = history.as_of("2015-01-02")
    assert bounded.inserting(contact("b", 5)) == bounded.inserting()


def test_equal_touchpoints_count_once_and_others_conflict() -> None:
    assert len(History.of([contact("a", 0), contact("a", 0)])) == 1
    with pytest.raises(ConflictingTouchpoint) as refused:
        History.of([contact("a", 0, competence=0.5), contact("a", 0, competence=0.6)])
    assert "competence `0.5` against `0.6`" in str(refused.value)


def test_edits_name_what_does_not_exist() -> None:
    history = History.of([contact("meeting-131", 0)])
    with pytest.raises(UnknownName) as refused:
        history.without("meeting-13")
    assert refused.value.mend == "did you mean `meeting-131`?"
    with pytest.raises(InvalidTouchpoint, match="`9`"):
        history.replacing("meeting-131", competence=9)
    with pytest.raises(InvalidTouchpoint, match="cannot be replaced"):
        history.replacing("meeting-131", kind="note_added")
    with pytest.raises(InvalidTouchpoint, match="cannot be replaced"):
        history.replacing("meeting-131", id="other")
    with pytest.raises(InvalidTouchpoint, match="no such field"):
        history.replacing("meeting-131", severity=0.5)


def test_a_replacement_may_move_a_touchpoint_in_time() -> None:
    history = History.of([contact("a", 0), contact("b", 5)]).replacing("b", occurred_at="2014-01-01T00:00:00Z")
    assert [touchpoint.id for touchpoint in history] == ["b", "a"]


def test_known_at_looks_at_record_time() -> None:
    late = Recorded(contact("late", 0), START + timedelta(days=30))
    history = History.of_records([Recorded(contact("a", 1), START + timedelta(days=1)), late])
    assert [touchpoint.id for touchpoint in history.known_at("2015-01-05")] == ["a"]
    assert [touchpoint.id for touchpoint in history] == ["late", "a"]


def test_membership_and_lookup() -> None:
    note = NoteAdded(id="n", relationship="r", occurred_at=START)
    history = History.of([note])
    assert "n" in history
    assert history["n"] is note
    assert history.relationship == "r"
    assert History.of([]).at is None
