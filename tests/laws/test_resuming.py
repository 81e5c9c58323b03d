"""A snapshot resumed on what came behind its version is a replay of the whole, wherever the documented rule lets it be resumed."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import NAMES, logs, recorded

from journey import Fact, History, Interaction, Journal, UnknownName
from journey.testing import START
from journey_projections import Replay, Snapshot, replay, resume, snapshot


@dataclass(frozen=True)
class Saved:
    """What a service keeps of a relationship, or None where it must read the whole."""

    start: Snapshot
    version: int
    people: int


def has_only_touchpoints(history: History) -> bool:
    return not (history.amendments or history.merges)


def saved_state(journal: Journal, name: str) -> Saved | None:
    version, people = journal.version(name), journal.version("")
    history = journal.history(name)
    return Saved(snapshot(history), version, people) if has_only_touchpoints(history) else None


def resumed(journal: Journal, name: str, saved: Saved) -> Replay | None:
    tail = journal.history(name, after=saved.version)
    if journal.version("") != saved.people or not has_only_touchpoints(tail):
        return None
    try:
        return resume(saved.start, tail)
    except ValueError:  # one of them came late
        return None


def data_of(result: Replay) -> tuple[object, ...]:
    return (
        result.relationship,
        result.trust,
        result.confidence,
        result.state,
        result.exit_risk,
        result.at,
        result.touchpoints,
        result.parties,
    )


@settings(max_examples=120)
@given(logs(), st.data())
def test_what_is_resumed_is_a_replay_of_the_whole(batches: list[list[Fact]], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(batches)))
    with recorded(batches[:first], "memory:") as journal:
        saved = {name: saved_state(journal, name) for name in NAMES if journal.version(name)}
        for batch in batches[first:]:
            journal.record(*batch)
        for name, one in saved.items():
            result = None if one is None else resumed(journal, name, one)
            assert result is None or data_of(result) == data_of(replay(journal.history(name)))


def contact(id: str, relationship: str = "b", day: int = 0, representative: str | None = None) -> Interaction:
    at = START + timedelta(days=day)
    return Interaction(id=id, relationship=relationship, occurred_at=at, competence=0.5, representative=representative)


def test_what_came_behind_a_version_says_whether_the_whole_must_be_read() -> None:
    """Each line but the first is a way in which the past became another."""
    with Journal.open("memory:") as journal:
        journal.record(contact("1"), contact("2", day=2, representative="ana"), contact("3", "a", day=1))

        def is_resumed() -> bool:
            result = None if saved is None else resumed(journal, "b", saved)
            assert result is None or data_of(result) == data_of(replay(journal.history("b")))
            return result is not None

        saved = saved_state(journal, "b")
        journal.record(contact("4", day=4))
        assert is_resumed()
        journal.record(contact("late", day=1))
        assert not is_resumed()
        saved = saved_state(journal, "b")
        journal.name("ana", "Ana")
        assert not is_resumed()
        saved = saved_state(journal, "b")
        journal.merge("a", "b")
        assert not is_resumed()
        journal.unmerge("a", "b")
        assert not is_resumed()
        journal.correct("1", {"competence": 0.1})
        assert not is_resumed() and saved_state(journal, "b") is None


def test_what_came_behind_a_version_names_people_as_the_whole_does() -> None:
    with Journal.open("memory:") as journal:
        journal.record(contact("1", representative="ana"), contact("2", "a", representative="ana-2"))
        journal.merge_people("ana", "ana-2")
        saved = saved_state(journal, "b")
        journal.record(contact("3", day=1, representative="ana-2"))
        tail = journal.history("b", after=1)
        assert [one.model_dump()["representative"] for one in tail] == ["ana"]
        result = None if saved is None else resumed(journal, "b", saved)
        assert result is not None and [*result.parties.representatives] == ["ana"]


def test_a_version_with_nothing_behind_it_is_an_empty_history() -> None:
    with Journal.open("memory:") as journal:
        journal.record(contact("1"))
        for after in (1, 2, 10**9):
            nothing = journal.history("b", after=after)
            assert (len(nothing), nothing.told, nothing.relationship) == (0, (), "b")
        for name in ("c", ""):
            with pytest.raises(UnknownName):
                journal.history(name, after=1)
