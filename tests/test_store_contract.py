"""A contract that cannot fail is none: stores that are broken on purpose, and the law that each of them breaks."""

import inspect
import json
import os
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from journey import ConflictingTouchpoint, Journal
from journey.stores.keys import MemoryKeystore
from journey.stores.memory import MemoryStore
from journey.stores.protocol import Bookmark, Counters, Store
from journey.stores.rows import Receipt, StoredTouchpoint
from journey.stores.sqlite import SQLiteStore
from journey.testing import JournalMachine, Opener, StoreContract, crash_trial, tail_trial
from journey.times import from_microseconds

Rows = Sequence[StoredTouchpoint]


class Sound(MemoryStore):
    pass


class Forgetful(dict[str, StoredTouchpoint]):
    def __contains__(self, id: object) -> bool:
        return False


class RecordsRepeatedIdsAgain(MemoryStore):
    def __init__(self) -> None:
        super().__init__()
        self._by_id = Forgetful()


class ForgetsIdsOnceItIsClosed(MemoryStore):
    def close(self) -> None:
        self._by_id.clear()


class TellsRepeatedFromNewWrongly(MemoryStore):
    def append(self, rows: Rows, now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        return [receipt._replace(is_new=True) for receipt in super().append(rows, now, expected_version)]


class UsesAPositionTwice(MemoryStore):
    def read(self, after: int, limit: int) -> Rows:
        return [row._replace(position=min(row.position, 3)) if row.position == 4 else row for row in super().read(after, limit)]


class GivesNewerRowsFirst(MemoryStore):
    def read(self, after: int, limit: int) -> Rows:
        return sorted(super().read(after, limit), key=lambda row: (row.occurred_at, -row.position))


class RecordsHalfABatch(MemoryStore):
    def append(self, rows: Rows, now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        return [receipt for row in rows for receipt in super(RecordsHalfABatch, self).append([row], now, expected_version)]


class LeavesAGapWhereItRefused(MemoryStore):
    refused = 0

    def append(self, rows: Rows, now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        try:
            return super().append(rows, now, expected_version)
        except Exception:
            self.refused += 1
            raise

    def counters(self) -> Counters:
        counters = super().counters()
        return replace(counters, position=counters.position + self.refused)


class FollowsTheClock(MemoryStore):
    def append(self, rows: Rows, now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        return [one._replace(recorded_at=from_microseconds(now)) for one in super().append(rows, now, expected_version)]


class IgnoresTheExpectedVersion(MemoryStore):
    def append(self, rows: Rows, now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        return super().append(rows, now)


class LosesOneAtEachPage(MemoryStore):
    def read(self, after: int, limit: int) -> Rows:
        return super().read(after, limit + 1)[1:] if after else super().read(after, limit)


class ReadsOverTheLimit(MemoryStore):
    def read(self, after: int, limit: int) -> Rows:
        return super().read(after, limit + 1)


class TakesNamesInAnyCase(MemoryStore):
    def select(self, relationship: str, after: int = 0) -> Rows:
        return [row for row in super().read(0, 10**9) if row.relationship.lower() == relationship.lower()]


class KeepsOneFormOfEachLetter(MemoryStore):
    def append(self, rows: Rows, now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        return super().append([row._replace(payload=unicodedata.normalize("NFC", row.payload)) for row in rows], now)


class CutsLongTexts(MemoryStore):
    def read(self, after: int, limit: int) -> Rows:
        return [row if len(row.personal or "") < 8_000 else row._replace(personal=None) for row in super().read(after, limit)]


class ChangesWhatItReturns(MemoryStore):
    def find(self, ids: Sequence[str]) -> Rows:
        return [row._replace(recorded_at=row.recorded_at // 10**6 * 10**6) for row in super().find(ids)]


class ForgetsWhenClosed(MemoryStore):
    def close(self) -> None:
        vars(self).update(vars(MemoryStore()))


class ForgetsMerges(MemoryStore):
    def merges(self, relationship: str | None = None) -> Rows:
        return super().merges(relationship) if relationship is None else super().merges(relationship)[:1]


class ForgetsWhomTheOtherIs(MemoryStore):
    def people_facts(self, people: Collection[str]) -> Rows:
        return [row for row in super().people_facts(people) if json.loads(row.payload)["person"] in people]


class ForgetsNames(MemoryStore):
    def people_facts(self, people: Collection[str]) -> Rows:
        return [row for row in super().people_facts(people) if row.kind != "person_named"]


class TakesAnotherSchemaForOtherContent(MemoryStore):
    def append(self, rows: Rows, now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        for row in rows:
            if row.id in self._by_id and self._by_id[row.id].content != row.content:
                raise ConflictingTouchpoint(row.id, {}, {})
        return super().append(rows, now, expected_version)


class ReadsFromTheVersionOn(MemoryStore):
    def select(self, relationship: str, after: int = 0) -> Rows:
        return super().select(relationship, after - 1)


class CountsNobodyAsARelationship(MemoryStore):
    def names_from(self, starts: Collection[str], limit: int) -> Sequence[str]:
        names = super().names_from(starts, limit)
        return ["", *names] if "" in starts and self.version("") else names


class FindsTheLastStartAlone(MemoryStore):
    def names_from(self, starts: Collection[str], limit: int) -> Sequence[str]:
        return super().names_from([*starts][-1:], limit)


class FindsWhatIsNamedInPart(MemoryStore):
    def naming(self, name: str, fields: Collection[str], after: int, limit: int) -> Rows:
        return [row for row in self.read(after, limit) if json.dumps(name, ensure_ascii=False) in row.payload]


class Keeping(MemoryKeystore):
    def destroy(self, owners: Collection[str]) -> int:
        return len(owners)


class LosesKeysWhenClosed(MemoryStore):
    def close(self) -> None:
        self._keys = MemoryKeystore()


class KeepsDestroyedKeys(MemoryStore):
    def __init__(self) -> None:
        super().__init__()
        self._keys = Keeping()


class LosesADigest(MemoryStore):
    def digests(self, after: int, limit: int) -> Mapping[int, bytes]:
        return dict.fromkeys(super().digests(after, limit), bytes(32))


class LetsTwoFollowUnderOneName(MemoryStore):
    def move_bookmark(self, bookmark: Bookmark) -> bool:
        return super().move_bookmark(replace(bookmark, turn=self._bookmarks[bookmark.name].turn))


class ForgetsBookmarks(MemoryStore):
    def take_bookmark(self, name: str, after: int) -> Bookmark:
        self._bookmarks.pop(name, None)
        return super().take_bookmark(name, after)


BROKEN: list[tuple[type[MemoryStore], str]] = [
    (RecordsRepeatedIdsAgain, "test_recording_again_returns_the_first_receipt"),
    (ForgetsIdsOnceItIsClosed, "test_reopening_gives_the_same"),
    (TellsRepeatedFromNewWrongly, "test_a_duplicate_inside_a_batch_counts_once"),
    (UsesAPositionTwice, "test_positions_have_no_gaps_whatever_was_refused_or_repeated"),
    (GivesNewerRowsFirst, "test_retrying_after_a_lost_answer_is_harmless"),
    (RecordsHalfABatch, "test_a_conflict_inside_a_batch_refuses_the_batch"),
    (LeavesAGapWhereItRefused, "test_positions_have_no_gaps_whatever_was_refused_or_repeated"),
    (FollowsTheClock, "test_record_time_moves_forward_even_when_the_clock_does_not"),
    (IgnoresTheExpectedVersion, "test_an_expected_version_refuses_what_was_decided_on_an_old_history"),
    (IgnoresTheExpectedVersion, "test_of_many_that_expect_one_version_one_records"),
    (LosesOneAtEachPage, "test_reading_goes_on_after_a_position"),
    (ForgetsWhenClosed, "test_reopening_gives_the_same"),
    (TakesNamesInAnyCase, "test_an_unknown_relationship_is_refused_and_not_made"),
    (KeepsOneFormOfEachLetter, "test_any_writing_that_the_models_allow_is_kept"),
    (CutsLongTexts, "test_a_batch_of_five_megabytes_is_one_batch"),
    (LosesADigest, "test_closing_seals_whatever_was_recorded"),
    (LosesADigest, "test_digests_are_those_of_the_rows"),
    (ForgetsMerges, "test_merges_are_found_by_either_name"),
    (ForgetsWhomTheOtherIs, "test_facts_of_people_are_found_by_any_of_their_ids"),
    (ForgetsNames, "test_facts_of_people_are_found_by_any_of_their_ids"),
    (TakesAnotherSchemaForOtherContent, "test_what_an_older_journey_recorded_is_unchanged_when_it_comes_again"),
    (ReadsFromTheVersionOn, "test_a_relationship_is_read_behind_a_version"),
    (CountsNobodyAsARelationship, "test_names_are_found_in_their_order_from_any_text_on"),
    (FindsTheLastStartAlone, "test_names_are_found_in_their_order_from_any_text_on"),
    (FindsTheLastStartAlone, "test_a_name_like_an_unknown_one_is_told_among_very_many"),
    (FindsWhatIsNamedInPart, "test_whatever_names_somebody_is_found_page_by_page"),
    (LetsTwoFollowUnderOneName, "test_of_two_that_follow_under_one_name_the_last_goes_on"),
    (ForgetsBookmarks, "test_a_named_subscription_goes_on_where_another_of_its_name_was"),
]
SEEN_BY_THE_MACHINE = [*{store for store, _ in BROKEN}, LosesKeysWhenClosed, KeepsDestroyedKeys]
BREAKS = (Exception, pytest.fail.Exception, BaseExceptionGroup)
UNSEEN_BY_THE_MACHINE = {
    *(KeepsOneFormOfEachLetter, CutsLongTexts, LetsTwoFollowUnderOneName, ForgetsBookmarks),
    TakesAnotherSchemaForOtherContent,
}
"""Its batches are small, its ids plain, its subscriptions have no names, and all that it records is in today's schema."""


def opener_of(store: type[MemoryStore]) -> Opener:
    one: Store = store()
    return lambda: one


def keep(law: str, store: type[MemoryStore]) -> None:
    """Try one law on a store. Raises what the law raises."""
    bound = getattr(StoreContract(), law)
    opener = opener_of(store)
    arguments: dict[str, Any] = {"opener": opener, "journal": Journal(opener()), "new_place": lambda: opener_of(store)}
    bound(**{name: arguments[name] for name in inspect.signature(bound).parameters})


@pytest.mark.parametrize("law", sorted({law for _, law in BROKEN}))
def test_a_sound_store_keeps_the_law(law: str) -> None:
    keep(law, Sound)


@pytest.mark.parametrize(("store", "law"), BROKEN)
def test_a_broken_store_breaks_the_law(store: type[MemoryStore], law: str) -> None:
    with pytest.raises(BREAKS):
        keep(law, store)


@pytest.mark.parametrize("store", [Sound, *sorted({*SEEN_BY_THE_MACHINE} - UNSEEN_BY_THE_MACHINE, key=lambda one: one.__name__)])
def test_the_machine_sees_what_is_broken(store: type[MemoryStore]) -> None:
    few = settings(max_examples=200, stateful_step_count=30, phases=[Phase.generate], database=None, derandomize=True, deadline=None)
    run: Callable[[], None] = partial(run_state_machine_as_test, JournalMachine.over(lambda: opener_of(store)), settings=few)
    if store is Sound:
        run()
        return
    with pytest.raises(BREAKS):
        run()


class AcknowledgesFirst(SQLiteStore):
    """Records what it was given only when it is given more."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._pending: list[StoredTouchpoint] = []

    def append(self, rows: Rows, now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        super().append(self._pending, now - 1)
        self._pending = list(rows)
        following = self.counters().position + 1
        return [Receipt(row.id, position, from_microseconds(now), is_new=True) for position, row in enumerate(rows, start=following)]


class CommitsItsFirstRowFirst(SQLiteStore):
    """Its process ends before the others."""

    def append(self, rows: Rows, now: int, expected_version: int | None = None) -> Sequence[Receipt]:
        if len(rows) == 1 or parent_process() is None:
            return super().append(rows, now, expected_version)
        super().append(rows[:1], now)
        os._exit(9)


class SkipsRowsWhenBehind(SQLiteStore):
    def read(self, after: int, limit: int) -> Rows:
        rows = super().read(after, limit)
        return rows[1:] if limit == 1_000 and len(rows) > 1 else rows


def test_a_crash_trial_finds_what_was_acknowledged_too_early(tmp_path: Path) -> None:
    trial = crash_trial(lambda: partial(AcknowledgesFirst, str(tmp_path / "journey.db")), rounds=3, seed=1, writers=1)
    assert trial.lost and any("was acknowledged at position" in problem for problem in trial.problems)


def test_a_crash_trial_finds_half_a_batch(tmp_path: Path) -> None:
    trial = crash_trial(lambda: partial(CommitsItsFirstRowFirst, str(tmp_path / "journey.db")), rounds=20, seed=1, writers=1)
    assert any("is there in part" in problem for problem in trial.problems)


def test_a_crash_trial_tells_of_writers_that_failed(tmp_path: Path) -> None:
    SQLiteStore(str(tmp_path / "journey.db")).close()
    trial = crash_trial(lambda: partial(SQLiteStore, str(tmp_path / "journey.db"), read_only=True), rounds=1, seed=1)
    assert any("is read-only" in problem for problem in trial.problems)


def test_a_tail_trial_finds_what_a_follower_missed(tmp_path: Path) -> None:
    trial = tail_trial(partial(SkipsRowsWhenBehind, str(tmp_path / "journey.db")), writers=2, each=200, tails=1, seed=1)
    assert any("follows where" in problem for problem in trial.problems)
