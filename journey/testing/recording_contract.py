"""What recording promises, whatever the store."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from journey.errors import ConflictingHistory, ConflictingTouchpoint, InvalidTouchpoint, StoreUnavailable
from journey.journal import Journal
from journey.reading import read_touchpoint
from journey.stores.protocol import Store
from journey.stores.rows import Receipt, StoredTouchpoint
from journey.testing.places import Opener, Places, beside, contact, contacts, each_in_a_new_place, ids, in_schema_1, records
from journey.testing.strategies import START, histories
from journey.times import EPOCH, MICROSECOND
from journey.touchpoints import FailureOccurred, NoteAdded, RelationshipEnded, RelationshipOpened, Touchpoint

_TRICKY = st.sampled_from(
    ["é", "e\u0301", "\u212b", "ﬁ", "İ", "ß", "日本", "😀", "👩🏽‍🚒", "\u202eabc", "\0", "\r\n", "'; --", "\\u0000", "%s", "{}"]
)
_NAMES = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs"]), min_size=1, max_size=200) | _TRICKY
_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300) | _TRICKY
"""Letters that another form equals, that have no single other case, or that mean something to somebody."""


@st.composite
def notes_in_any_writing(draw: st.DrawFn) -> list[Touchpoint]:
    """Notes whose ids, relationships and words are any Unicode that the models allow."""
    touchpoints = []
    for id in draw(st.lists(_NAMES, unique=True, max_size=6)):
        fields = {"relationship": draw(_NAMES), "topic": draw(_NAMES), "note": draw(_WORDS), "channel": draw(_WORDS)}
        try:
            touchpoints.append(read_touchpoint({"kind": "note_added", "id": id, "occurred_at": "2024-02-29T23:59:59.999999Z", **fields}))
        except InvalidTouchpoint:
            continue
    return touchpoints


class RecordingContract(Places):
    """All or none, once each, in one order, and found again as it was given."""

    @each_in_a_new_place
    @given(history=histories(), data=st.data())
    def test_what_is_recorded_is_read_back(self, new_place: Callable[[], Opener], history: list[Touchpoint], data: st.DataObject) -> None:
        opener = new_place()
        arriving = data.draw(st.permutations(history))
        receipts: list[Receipt] = []
        with Journal(opener()) as journal:
            while len(receipts) < len(arriving):
                size = data.draw(st.integers(1, len(arriving) - len(receipts)))
                receipts += journal.record(*arriving[len(receipts) : len(receipts) + size])
        with Journal(opener()) as journal:
            assert [(receipt.id, receipt.position) for receipt in receipts] == [(one.id, at) for at, one in enumerate(arriving, start=1)]
            assert [(one.touchpoint, one.position) for one in records(journal)] == [(one, at) for at, one in enumerate(arriving, start=1)]
            assert [one.recorded_at for one in records(journal)] == [receipt.recorded_at for receipt in receipts]
            if history:
                assert sorted(journal.history("r"), key=lambda one: one.id) == sorted(history, key=lambda one: one.id)

    @each_in_a_new_place
    @given(notes=notes_in_any_writing())
    @example(notes=[NoteAdded(id="a", relationship="r", occurred_at=START, topic="Cafe\N{COMBINING ACUTE ACCENT}")])  # two ways to write é
    def test_any_writing_that_the_models_allow_is_kept(self, new_place: Callable[[], Opener], notes: list[Touchpoint]) -> None:
        with Journal(new_place()()) as journal:
            journal.record(*notes)
            assert [one.touchpoint for one in records(journal)] == notes
            assert {id: one.touchpoint for id, one in journal.find(one.id for one in notes).items()} == {one.id: one for one in notes}
            # By code point, as Python sorts: whatever the language of the machine.
            names = sorted({one.relationship for one in notes})
            assert [one.relationship for one in journal.relationships()] == names
            assert [journal.version(name) for name in names] == [len(journal.history(name)) for name in names]
            assert not any(receipt.is_new for receipt in journal.record(*notes))
            assert journal.verify().holds

    @each_in_a_new_place
    @given(batches=st.lists(st.lists(st.integers(-3, 12), min_size=1, max_size=4), max_size=4))
    def test_what_says_when_it_became_known_is_recorded_as_of_then_in_rising_order(
        self, new_place: Callable[[], Opener], batches: list[list[int]]
    ) -> None:
        now, last, numbers = START + timedelta(days=10), EPOCH, count()
        expected = list[datetime]()
        with Journal(new_place()(), now=lambda: now) as journal:
            for days in batches:
                known = [START + timedelta(days=day) for day in days]
                at = last + MICROSECOND
                for one in known:
                    at = max(at, min(one, now))
                    expected.append(at)
                last = at
                ready = journal.prepare([contact(f"t{next(numbers)}") for _ in days], known)
                assert [one.recorded_at for one in journal.record_prepared(ready)] == expected[-len(days) :]
            assert [one.recorded_at for one in records(journal)] == expected
            assert journal.verify().holds

    def test_recording_again_returns_the_first_receipt(self, journal: Journal) -> None:
        (first,) = journal.record(contact("a"))
        again, new = journal.record(contact("a"), contact("b"))
        assert (again.position, again.recorded_at, again.is_new) == (first.position, first.recorded_at, False)
        assert (first.is_new, new.is_new, new.position) == (True, True, first.position + 1)
        assert ids(journal) == ["a", "b"]

    def test_a_duplicate_inside_a_batch_counts_once(self, journal: Journal) -> None:
        one, other = journal.record(contact("a"), contact("a"))
        assert (one.position, one.is_new, other.position, other.is_new) == (1, True, 1, False)
        assert ids(journal) == ["a"]

    @pytest.mark.parametrize("changed", [{"competence": 0.6}, {"note": "x"}, {"relationship": "other"}, {"day": 1}])
    def test_other_content_under_a_recorded_id_is_refused_and_the_batch_with_it(self, journal: Journal, changed: dict[str, Any]) -> None:
        journal.record(contact("a", competence=0.5))
        with pytest.raises(ConflictingTouchpoint) as refused:
            journal.record(contact("b"), contact("a", **{"competence": 0.5, **changed}))
        assert refused.value.id == "a"
        assert ids(journal) == ["a"]
        (receipt,) = journal.record(contact("c"))
        assert receipt.position == 2

    def test_what_an_older_journey_recorded_is_unchanged_when_it_comes_again(self, opener: Opener) -> None:
        """It has another schema version and not the fields of today; what counts is whether it is read as the same."""
        store = opener()
        fields: dict[str, Any] = {"relationship": "r", "occurred_at": START}
        failure = FailureOccurred(**fields, id="failure", severity=0.5, note="a text")
        facts = RelationshipOpened(**fields, id="opened"), failure, RelationshipEnded(**fields, id="ended")
        with Journal(store) as journal:
            store.append(list(map(in_schema_1, journal.prepare(facts).rows)), 1)
            receipts = journal.record(*facts, contact("a"))
            assert [(one.position, one.is_new) for one in receipts] == [(1, False), (2, False), (3, False), (4, True)]
            for changed in ({"severity": 0.6}, {"noticed": False}, {"cause": "supplier"}, {"note": "another"}):
                with pytest.raises(ConflictingTouchpoint) as refused:
                    journal.record(contact("b"), failure.model_copy(update=changed))
                recorded, offered = refused.value.recorded, refused.value.offered
                assert [name for name in offered if offered[name] != recorded.get(name)] == [*changed]
            assert [one.touchpoint for one in records(journal)] == [*facts, contact("a")]
            assert journal.verify().holds

    def test_a_conflict_inside_a_batch_refuses_the_batch(self, journal: Journal) -> None:
        with pytest.raises(ConflictingTouchpoint):
            journal.record(contact("a"), contact("b"), contact("a", competence=0.5))
        assert ids(journal) == []

    def test_a_batch_that_fails_at_its_end_leaves_nothing(self, opener: Opener) -> None:
        with Journal(opener()) as journal:
            journal.record(contact("a"))
            with pytest.raises(ConflictingTouchpoint):
                journal.record(*contacts(1_500), contact("a", competence=0.5))
        with Journal(opener()) as journal:
            assert ids(journal) == ["a"]
            assert [receipt.position for receipt in journal.record(*contacts(3))] == [2, 3, 4]
            assert journal.verify().holds

    def test_positions_have_no_gaps_whatever_was_refused_or_repeated(self, opener: Opener) -> None:
        store = opener()
        with Journal(store) as journal:
            for number in range(20):
                journal.record(contact(f"{number}"), contact(f"{number // 2}"))
                with pytest.raises(ConflictingTouchpoint):
                    journal.record(contact("new"), contact("0", competence=0.1))
                assert store.counters().position == number + 1
            assert [one.position for one in records(journal)] == list(range(1, 21))
            assert [row.version for row in store.select("r")] == list(range(1, 21))

    def test_record_time_moves_forward_even_when_the_clock_does_not(self, opener: Opener) -> None:
        clock = iter([datetime(2024, 1, 2, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 3, tzinfo=UTC)])
        with Journal(opener(), now=lambda: next(clock)) as journal:
            times = [journal.record(contact(id))[0].recorded_at for id in "abc"]
        assert times == [datetime(2024, 1, 2, tzinfo=UTC), datetime(2024, 1, 2, 0, 0, 0, 1, tzinfo=UTC), datetime(2024, 1, 3, tzinfo=UTC)]

    def test_an_expected_version_refuses_what_was_decided_on_an_old_history(self, journal: Journal) -> None:
        journal.record(contact("a"), expected_version=0)
        assert journal.version("r") == 1
        with pytest.raises(ConflictingHistory) as refused:
            journal.record(contact("b"), expected_version=0)
        assert (refused.value.relationship, refused.value.expected, refused.value.actual) == ("r", 0, 1)
        journal.record(contact("b"), contact("c"), expected_version=1)
        assert journal.version("r") == 3
        assert journal.version("nobody") == 0
        (again,) = journal.record(contact("a"), expected_version=0)
        assert not again.is_new

    def test_of_many_that_expect_one_version_one_records(self, opener: Opener) -> None:
        won: list[str] = []

        def decide(id: str) -> None:
            with Journal(opener()) as journal:
                try:
                    journal.record(contact(id), contact(f"{id}-more"), expected_version=0)
                except ConflictingHistory:
                    return
                won.append(id)

        with beside(*(partial(decide, f"{number}") for number in range(6))):
            pass
        with Journal(opener()) as journal:
            assert ids(journal) == [won[0], f"{won[0]}-more"] and len(won) == 1

    def test_threads_record_at_once_and_nothing_is_lost_or_doubled(self, journal: Journal) -> None:
        def write(thread: int) -> None:
            for number in range(15):
                journal.record(contact(f"{thread}-{number}", relationship=f"r{number % 3}"), contact(f"shared-{number}"))

        with beside(*(partial(write, thread) for thread in range(6))):
            pass
        assert sorted(ids(journal)) == sorted(
            [f"{thread}-{number}" for thread in range(6) for number in range(15)] + [f"shared-{number}" for number in range(15)]
        )
        assert [one.position for one in records(journal)] == list(range(1, 106))
        assert [(one.relationship, one.touchpoints) for one in journal.relationships()] == [("r", 15), ("r0", 30), ("r1", 30), ("r2", 30)]

    def test_retrying_after_a_lost_answer_is_harmless(self, opener: Opener) -> None:
        store = _AnswersGetLost(opener())
        batch = contacts(20)
        with Journal(cast(Store, store)) as journal:
            for lost, size in ((True, 12), (False, 12), (True, 20), (False, 20)):
                store.lost = lost
                if lost:
                    with pytest.raises(StoreUnavailable):
                        journal.record(*batch[:size])
                else:
                    assert [receipt.position for receipt in journal.record(*batch[:size])] == list(range(1, size + 1))
            assert [one.touchpoint for one in records(journal)] == batch
        with Journal(opener()) as journal:
            assert journal.verify().holds

    def test_a_batch_of_five_megabytes_is_one_batch(self, journal: Journal) -> None:
        batch = [NoteAdded(id=f"{number}", relationship="r", occurred_at=START, note="é—" * 5_000) for number in range(200)]
        with beside(lambda: journal.record(*batch)):
            pass
        assert [one.touchpoint for one in records(journal)] == batch

    def test_recording_nothing_is_nothing(self, journal: Journal) -> None:
        assert journal.record() == []
        assert ids(journal) == []


class _AnswersGetLost:
    """A store whose answer to `append` gets lost on its way back, once the rows are in."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.lost = False

    def append(self, rows: Sequence[StoredTouchpoint], now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        receipts = self._store.append(rows, now, expected_version)
        if self.lost:
            raise StoreUnavailable("the connection was lost")
        return receipts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)
