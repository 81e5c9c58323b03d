"""Laws of the engine, for every rule set: E1 to E5, E9 to E12."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from journey import History, Journal, Recorded, Touchpoint
from journey.testing import START, histories, touchpoints
from journey.times import EPOCH
from journey.touchpoints import ComplaintVoiced, DeceptionExposed, FailureOccurred, ResponseFailed
from journey_projections import GOODWILL, GoodwillParameters, goodwill, replay, resume, snapshot
from journey_projections.replaying.rounding import GRID


def _same(one: object, other: object) -> bool:
    """Equal in everything that a replay says, contributions included."""
    return repr(one) == repr(other)


@given(histories(), st.data())
def test_e1_fold_goes_on_from_any_snapshot(touchpoints: list[Touchpoint], data: st.DataObject) -> None:
    """E1: fold(h1 ++ h2) = fold from snapshot(h1)."""
    history = History.of(touchpoints)
    cut = data.draw(st.integers(0, len(history)))
    earlier, later = list(history)[:cut], list(history)[cut:]
    whole, resumed = replay(history), resume(snapshot(History.of(earlier)), History.of(later), at=history.at)
    assert (whole.trust, whole.confidence, whole.parties, whole.episodes) == (
        resumed.trust,
        resumed.confidence,
        resumed.parties,
        resumed.episodes,
    )


@given(histories(), st.data())
def test_e2_a_snapshot_taken_at_any_point_is_the_replay_up_to_there(touchpoints: list[Touchpoint], data: st.DataObject) -> None:
    """E2: any snapshot ≡ replay; and taking it, or resuming from it twice, changes nothing."""
    history = History.of(touchpoints)
    cut = data.draw(st.integers(0, len(history)))
    taken = snapshot(History.of(list(history)[:cut]))
    empty, rest = History.of([]), History.of(list(history)[cut:])
    first = resume(taken, empty)
    resume(taken, rest)
    again = resume(taken, empty)
    direct = replay(History.of(list(history)[:cut]))
    assert (
        (first.trust, first.parties, first.state)
        == (again.trust, again.parties, again.state)
        == (direct.trust, direct.parties, direct.state)
    )


@given(histories(), st.sampled_from((0.0, 3.0, 900.0)))
def test_e3_contributions_telescope_exactly(touchpoints: list[Touchpoint], wait: float) -> None:
    """E3: Σ contributions = T - T₀ exactly, each with its cause and touchpoint id."""
    history = History.of(touchpoints)
    at = None if history.at is None else history.at + timedelta(days=wait)
    result = replay(history, at=at)
    moved = result.contributions
    assert result.course == ((EPOCH, result.prior), *((one.occurred_at, one.after) for one in moved))
    assert result.course[-1][1] == result.trust
    assert sum(one.delta for one in moved) == result.trust - result.prior
    assert all(before.after == after.before for before, after in pairwise(moved))
    assert moved[0].before == result.prior if moved else result.trust == result.prior
    assert [one.touchpoint for one in moved if one.touchpoint] == [touchpoint.id for touchpoint in history]
    assert all((one.cause == "time") == (one.touchpoint is None) for one in moved)
    assert all(one.cause and one.words for one in moved)
    assert (result.trust * GRID).is_integer()


@given(histories(min_size=1))
def test_e4_whatif_without_edits_is_the_facts(touchpoints: list[Touchpoint]) -> None:
    """E4: what-if with no edits ≡ the facts, and never writes."""
    history = History.of(touchpoints)
    facts = replay(history)
    id = next(iter(history)).id
    assert _same(replay(history.replacing(id)), facts)
    assert replay(history.without(id).inserting(history[id])).trust == facts.trust
    assert history == History.of(touchpoints)


def test_e4_edits_never_reach_the_journal() -> None:
    with Journal.open("memory:") as journal:
        journal.record(FailureOccurred(id="f", relationship="r", occurred_at=START))
        history = journal.history("r")
        replay(history.without("f"))
        replay(history.replacing("f", severity=1.0))
        assert journal.history("r") == history


@given(histories(min_size=1), st.data())
def test_e5_facts_recorded_later_are_invisible(touchpoints: list[Touchpoint], data: st.DataObject) -> None:
    """E5: as-of × known-at: facts recorded after `known_at` are invisible, whatever they say of the past."""
    delays = data.draw(st.lists(st.integers(0, 60), min_size=len(touchpoints), max_size=len(touchpoints)))
    records = [Recorded(one, one.occurred_at + timedelta(days=delay)) for one, delay in zip(touchpoints, delays, strict=True)]
    known, as_of = (START + timedelta(days=data.draw(st.integers(0, 400))) for _ in range(2))
    seen = [record for record in records if record.recorded_at <= known]
    reported = replay(History.of_records(records).known_at(known).as_of(as_of), at=as_of)
    assert _same(reported.contributions, replay(History.of_records(seen), at=as_of).contributions)
    assert History.of_records(records).seen(as_of, known) == History.of_records(records).known_at(known).as_of(as_of)
    assert History.of_records(records).seen() == History.of_records(records)
    assert reported.trust == replay(History.of_records(records).as_of(as_of).known_at(known), at=as_of).trust


@given(histories(), st.sampled_from((FailureOccurred, DeceptionExposed, ResponseFailed, ComplaintVoiced)), st.integers(0, 100))
def test_e9_a_missing_severity_is_never_better_than_the_default(
    touchpoints: list[Touchpoint], kind: type[Touchpoint], percent: int
) -> None:
    """E9: leaving the severity out counts as the declared default, not as mild."""
    default = kind.model_fields["severity"].default
    assume(percent / 100 >= default)
    common = {"id": "z", "relationship": "r", "occurred_at": History.of(touchpoints).at or START, "episode": "e0"}
    common |= {"manner": "ignored"} if kind is ResponseFailed else {}
    silent, explicit = kind.model_validate(common), kind.model_validate({**common, "severity": default})
    assert replay(History.of([*touchpoints, silent])).trust == replay(History.of([*touchpoints, explicit])).trust
    worse = kind.model_validate({**common, "severity": percent / 100})
    assert replay(History.of([*touchpoints, worse])).trust <= replay(History.of([*touchpoints, silent])).trust


@given(histories(max_size=8), histories(max_size=8))
def test_e10_touchpoints_of_one_relationship_never_move_another(a: list[Touchpoint], b: list[Touchpoint]) -> None:
    """E10: whatever happens in B, A stays as it is."""
    others = [touchpoint.model_copy(update={"relationship": "other", "id": f"o-{touchpoint.id}"}) for touchpoint in b]
    with Journal.open("memory:") as journal:
        journal.record(*a, *others)
        if a:
            assert replay(journal.history("r")).trust == replay(History.of(a)).trust


@given(histories(max_size=4))
def test_e11_every_result_names_its_rules(touchpoints: list[Touchpoint]) -> None:
    """E11: every result names its rule set, version and hash; other parameters have another hash."""
    result = replay(History.of(touchpoints))
    assert result.rules == (GOODWILL.name, GOODWILL.version, GOODWILL.hash)
    other = goodwill(GoodwillParameters(gain=0.09))
    assert replay(History.of(touchpoints), other).rules.hash != result.rules.hash
    assert goodwill(GoodwillParameters()).hash == GOODWILL.hash


@given(st.data())
def test_e12_ties_are_broken_by_sequence_then_id(data: st.DataObject) -> None:
    """E12: ties on time are broken by (occurred_at, sequence, id), the same everywhere."""
    drawn = [data.draw(touchpoints(id=id)) for id in data.draw(st.permutations(["a", "b", "c", "d"]))]
    tied = [one.model_copy(update={"sequence": data.draw(st.integers(-2, 2))}) for one in drawn]
    ordered = list(History.of(tied))
    assert [(one.sequence, one.id) for one in ordered] == sorted((one.sequence, one.id) for one in tied)
    with Journal.open("memory:") as journal:
        journal.record(*tied)
        assert list(journal.history("r")) == ordered


def test_resuming_behind_the_snapshot_is_refused() -> None:
    late, early = (
        FailureOccurred(id=id, relationship="r", occurred_at=START + timedelta(days=day)) for id, day in (("late", 2), ("early", 1))
    )
    with pytest.raises(ValueError, match="`early` comes before the snapshot's last, `late`"):
        resume(snapshot(History.of([late])), History.of([early]))
