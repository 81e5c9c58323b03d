"""One contract for every store: what a journal promises, on memory, SQLite and PostgreSQL."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from postgres_server import PostgresServer

from journey import (
    ConflictingHistory,
    ConflictingTouchpoint,
    Interaction,
    InvalidStoreUrl,
    InvalidTouchpoint,
    Journal,
    RelationshipsMerged,
    StoreUnavailable,
    Touchpoint,
    UnknownName,
)
from journey.testing import START, histories

Open = Callable[..., Journal]


def contact(id: str, day: float = 0, relationship: str = "r", **fields: Any) -> Interaction:
    return Interaction(id=id, relationship=relationship, occurred_at=START + timedelta(days=day), **fields)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def open_journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    opened: list[Journal] = []
    database = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""

    def url() -> str:
        if request.param == "postgres":
            return cast(PostgresServer, request.getfixturevalue("postgres_server")).new_schema(database, f"journey_{len(opened)}")
        return "memory:" if request.param == "memory" else f"sqlite:///{tmp_path / f'{len(opened)}.db'}"

    def opening(**options: Any) -> Journal:
        opened.append(Journal.open(url(), **options))
        return opened[-1]

    yield opening
    for journal in opened:
        journal.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(told=histories(), data=st.data())
def test_what_is_recorded_is_read_back(open_journal: Open, told: list[Touchpoint], data: st.DataObject) -> None:
    journal = open_journal()
    arriving = data.draw(st.permutations(told))
    cut = data.draw(st.integers(0, len(arriving)))
    receipts = journal.record(*arriving[:cut]) + journal.record(*arriving[cut:])
    assert [receipt.id for receipt in receipts] == [touchpoint.id for touchpoint in arriving]
    assert [record.touchpoint for record in journal.read()] == list(arriving)
    assert [record.position for record in journal.read()] == [receipt.position for receipt in receipts]
    if told:
        assert sorted(journal.history("r"), key=lambda one: one.id) == sorted(told, key=lambda one: one.id)


def test_recording_again_returns_the_first_receipt(open_journal: Open) -> None:
    journal = open_journal()
    (first,) = journal.record(contact("a"))
    again, new = journal.record(contact("a"), contact("b"))
    assert (again.position, again.recorded_at, again.is_new) == (first.position, first.recorded_at, False)
    assert (first.is_new, new.is_new, new.position) == (True, True, first.position + 1)
    assert len(list(journal.read())) == 2


def test_a_duplicate_inside_a_batch_counts_once(open_journal: Open) -> None:
    one, other = open_journal().record(contact("a"), contact("a"))
    assert (one.position, one.is_new, other.position, other.is_new) == (1, True, 1, False)


@pytest.mark.parametrize("changed", [{"competence": 0.6}, {"note": "x"}, {"relationship": "other"}, {"day": 1}])
def test_other_content_under_a_recorded_id_is_refused_and_the_batch_with_it(open_journal: Open, changed: dict[str, Any]) -> None:
    journal = open_journal()
    journal.record(contact("a", competence=0.5))
    with pytest.raises(ConflictingTouchpoint) as refused:
        journal.record(contact("b"), contact("a", **{"competence": 0.5, **changed}))
    assert refused.value.id == "a"
    assert [record.touchpoint.id for record in journal.read()] == ["a"]
    (receipt,) = journal.record(contact("c"))
    assert receipt.position == 2


def test_a_conflict_inside_a_batch_refuses_the_batch(open_journal: Open) -> None:
    journal = open_journal()
    with pytest.raises(ConflictingTouchpoint):
        journal.record(contact("a"), contact("b"), contact("a", competence=0.5))
    assert list(journal.read()) == []


def test_record_time_moves_forward_even_when_the_clock_does_not(open_journal: Open) -> None:
    clock = iter([datetime(2024, 1, 2, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 3, tzinfo=UTC)])
    journal = open_journal(now=lambda: next(clock))
    times = [journal.record(contact(id))[0].recorded_at for id in "abc"]
    assert times == [
        datetime(2024, 1, 2, tzinfo=UTC),
        datetime(2024, 1, 2, 0, 0, 0, 1, tzinfo=UTC),
        datetime(2024, 1, 3, tzinfo=UTC),
    ]


def test_known_at_a_receipt_is_what_was_known_then(open_journal: Open) -> None:
    journal = open_journal()
    (first,) = journal.record(contact("a", 5))
    journal.record(contact("late", 1))
    assert [one.id for one in journal.history("r").known_at(first.recorded_at)] == ["a"]
    assert [one.id for one in journal.history("r")] == ["late", "a"]


def test_a_subscription_follows_what_was_and_what_comes(open_journal: Open) -> None:
    journal = open_journal()
    journal.record(*(contact(f"{number:03}") for number in range(5)))
    seen: list[str] = []
    with journal.subscribe(after=2, poll_seconds=0.001) as subscription:

        def follow() -> None:
            for record in subscription:
                seen.append(record.touchpoint.id)
                if record.touchpoint.id == "last":
                    return

        follower = threading.Thread(target=follow)
        follower.start()
        for number in range(5, 30):
            journal.record(contact(f"{number:03}"))
        journal.record(contact("last"))
        follower.join(timeout=20)
        assert subscription.position == 31
    assert seen == [*(f"{number:03}" for number in range(2, 30)), "last"]


def test_a_stopped_subscription_ends(open_journal: Open) -> None:
    subscription = open_journal().subscribe(poll_seconds=60)
    waiting = threading.Thread(target=lambda: list(subscription))
    waiting.start()
    subscription.stop()
    waiting.join(timeout=20)
    assert not waiting.is_alive()


@pytest.mark.parametrize("open_journal", ["sqlite", "postgres"], indirect=True)
def test_a_closed_journal_says_so(open_journal: Open) -> None:
    journal = open_journal()
    journal.close()
    journal.close()
    for attempt in (lambda: journal.record(contact("a")), lambda: list(journal.read())):
        with pytest.raises(StoreUnavailable, match="was closed"):
            attempt()


def test_closing_while_others_read_ends_them_in_words(open_journal: Open) -> None:
    """SQLite's connections crash the process when they are closed while another thread uses them."""
    for _ in range(10):
        journal, is_closed = open_journal(), threading.Event()
        journal.record(*(contact(f"{number}") for number in range(1_000)))

        def follow(journal: Journal = journal, is_closed: threading.Event = is_closed) -> None:
            with suppress(StoreUnavailable):
                while not is_closed.is_set():
                    list(journal.read())

        with ThreadPoolExecutor(4) as threads:
            following = [threads.submit(follow) for _ in range(4)]
            journal.close()
            is_closed.set()
            assert [one.result(timeout=20) for one in following] == [None] * 4


def test_an_expected_version_refuses_what_was_decided_on_an_old_history(open_journal: Open) -> None:
    journal = open_journal()
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


def test_touchpoints_are_found_by_id(open_journal: Open) -> None:
    journal = open_journal()
    journal.record(*(contact(f"{number:04}") for number in range(1200)))
    found = journal.find([*(f"{number:04}" for number in range(1000, 1400)), "1000"])
    assert sorted(found) == [f"{number:04}" for number in range(1000, 1200)]
    assert found["1000"].touchpoint == contact("1000")


def test_reading_goes_on_after_a_position(open_journal: Open) -> None:
    journal = open_journal()
    receipts = journal.record(*(contact(f"{number:03}") for number in range(30)))
    assert [record.touchpoint.id for record in journal.read(after=receipts[20].position)] == [f"{number:03}" for number in range(21, 30)]
    assert list(journal.read(after=receipts[-1].position)) == []


def test_relationships_are_listed_by_name(open_journal: Open) -> None:
    journal = open_journal()
    journal.record(contact("a", 3, "zoe@bank"), contact("b", 1, "zoe@bank"), contact("c", 2, "adam@bank"))
    day = 86_400_000_000
    start = round(START.timestamp()) * 1_000_000
    listed = [(one.relationship, one.touchpoints, one.first - start, one.last - start) for one in journal.relationships()]
    assert listed == [("adam@bank", 1, 2 * day, 2 * day), ("zoe@bank", 2, day, 3 * day)]


def test_merges_are_found_from_either_side_and_count_for_no_relationship(open_journal: Open) -> None:
    journal = open_journal()
    journal.record(contact("a", relationship="one"), contact("b", relationship="other"), contact("c", relationship="third"))
    journal.record(RelationshipsMerged(id="m", relationship="one", other="other", occurred_at=START))
    for name, found in ((None, ["m"]), ("one", ["m"]), ("other", ["m"]), ("third", []), ("nobody", [])):
        assert [row.id for row in journal._store.merges(name)] == found
    assert {one.id for one in journal.history("other")} == {"a", "b"}


def test_an_unknown_relationship_is_named_with_the_nearest(open_journal: Open) -> None:
    journal = open_journal()
    journal.record(contact("a", relationship="m@bank"))
    with pytest.raises(UnknownName) as refused:
        journal.history("m@bnk")
    assert refused.value.mend == "did you mean `m@bank`?"
    assert [one.relationship for one in journal.relationships()] == ["m@bank"]


def test_recording_nothing_is_nothing(open_journal: Open) -> None:
    assert open_journal().record() == []


@pytest.mark.parametrize("url", ["", "sqlite:", "sqlite://", "sqlite:///", "mysql://x", "memory", "memory:x", "journey.db"])
def test_addresses_that_name_no_store_are_refused(url: str) -> None:
    with pytest.raises(InvalidStoreUrl) as refused:
        Journal.open(url)
    assert "sqlite:///PATH" in refused.value.mend


@pytest.mark.parametrize("changed", [{"competence": -7.0}, {"competence": float("nan")}, {"occurred_at": datetime(2024, 1, 1)}, {"id": ""}])  # noqa: DTZ001
def test_what_was_changed_past_its_model_is_refused(open_journal: Open, changed: dict[str, Any]) -> None:
    journal = open_journal()
    with pytest.raises(InvalidTouchpoint):
        journal.record(contact("a"), contact("b").model_copy(update=changed))
    assert list(journal.read()) == []


def test_what_is_no_touchpoint_is_refused(open_journal: Open) -> None:
    for thing in ([contact("a")], {"id": "a"}, None):
        with pytest.raises(InvalidTouchpoint, match="a touchpoint is needed"):
            open_journal().record(cast(Any, thing))
