"""Every store of ours keeps the contract of a store; and what a journal refuses before it asks its store."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
import stores
from hypothesis import given
from hypothesis import strategies as st
from postgres_server import PostgresServer

from journey import InvalidStoreUrl, InvalidTouchpoint, Journal, Touchpoint, UnsupportedSchema
from journey.amendments import Fact
from journey.history import Recorded
from journey.stores.codec import decode_all
from journey.stores.memory import MemoryStore
from journey.stores.rows import StoredTouchpoint
from journey.subscription import Subscription
from journey.testing import START, Opener, StoreContract, touchpoints
from journey.testing.places import contact, ids
from journey.touchpoints import fields_of


class TestMemory(StoreContract):
    lives_in_one_process = True

    def new_opener(self, folder: Path) -> Opener:
        return stores.memory(folder)


class TestSQLite(StoreContract):
    def new_opener(self, folder: Path) -> Opener:
        return stores.sqlite(folder)


class TestPostgres(StoreContract):
    url: ClassVar[str]

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def database(cls, postgres_server: PostgresServer) -> None:
        cls.url = postgres_server.new_database()

    def new_opener(self, folder: Path) -> Opener:
        return stores.postgres(self.url, folder)


@pytest.mark.parametrize("url", ["", "sqlite:", "sqlite://", "sqlite:///", "mysql://x", "memory", "memory:x", "journey.db"])
def test_addresses_that_name_no_store_are_refused(url: str) -> None:
    with pytest.raises(InvalidStoreUrl) as refused:
        Journal.open(url)
    assert "sqlite:///PATH" in refused.value.mend


@pytest.mark.parametrize(
    "changed",
    [
        {"competence": -7.0},
        {"competence": float("nan")},
        {"occurred_at": datetime(2024, 1, 1)},  # noqa: DTZ001
        {"id": ""},
        {"certainty": None},
        {"by": None},
    ],
)
def test_what_was_changed_past_its_model_is_refused(changed: dict[str, Any]) -> None:
    with Journal.open("memory:") as journal:
        with pytest.raises(InvalidTouchpoint):
            journal.record(contact("a"), contact("b").model_copy(update=changed))
        assert ids(journal) == []


def test_what_is_no_touchpoint_is_refused() -> None:
    for thing, why in (([contact("a")], "a touchpoint is needed"), (None, "a touchpoint is needed"), ({"id": "a"}, "kind: is missing")):
        with pytest.raises(InvalidTouchpoint, match=why):
            Journal.open("memory:").record(cast(Any, thing))


def test_plain_fields_are_recorded_as_the_touchpoint_that_they_tell() -> None:
    with Journal.open("memory:") as journal:
        journal.record(fields_of(contact("a")), contact("b"))
        assert [receipt.is_new for receipt in journal.record(contact("a"), fields_of(contact("b")))] == [False, False]
        with pytest.raises(InvalidTouchpoint, match="competence: must be a number from -1 to 1, got `7`"):
            journal.record(contact("c"), {**fields_of(contact("d")), "competence": 7})
        assert ids(journal) == ["a", "b"]


@given(touchpoints(), st.data())
def test_what_was_recorded_can_be_read(touchpoint: Touchpoint, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from([*type(touchpoint).model_fields]))
    odd = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.datetimes(), st.lists(st.integers()))
    changed = touchpoint.model_copy(update={field: data.draw(odd)})
    with Journal.open("memory:") as journal:
        try:
            journal.record(changed)
        except InvalidTouchpoint:
            assert ids(journal) == []
        else:
            assert [record.touchpoint for record in journal.read()] == [type(touchpoint).model_validate(vars(changed))]


def test_a_subscription_passes_over_nothing_that_it_could_not_read() -> None:
    def decode_at_the_second_try(rows: Sequence[StoredTouchpoint]) -> list[Recorded[Fact]]:
        tries.append(rows[0].id)
        if len(tries) == 1:
            raise UnsupportedSchema("a newer schema")
        return decode_all(rows)

    tries: list[str] = []
    journal = Journal(store := MemoryStore())
    journal.record(contact("a"))
    with Subscription(store, decode=decode_at_the_second_try) as subscription:
        with pytest.raises(UnsupportedSchema):
            next(subscription)
        journal.record(contact("b"))
        assert next(subscription).touchpoint.id == "a"
        assert next(subscription).touchpoint.id == "b"


@pytest.mark.parametrize(
    ("known_at", "reason"),
    [([START], "gives 1 times for 2 touchpoints"), ([START] * 3, "gives 3 times for 2"), (START.replace(tzinfo=None), "has no UTC offset")],
)
def test_record_times_that_do_not_fit_are_refused(known_at: Any, reason: str) -> None:
    with Journal.open("memory:") as journal, pytest.raises(ValueError, match=reason):
        journal.prepare([contact("a"), contact("b")], known_at)
