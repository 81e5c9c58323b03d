"""Applications and projections of the eventsourcing library beside a journal: docs/eventsourcing.md, on both stores."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, cast
from uuid import UUID

import psycopg
import pytest
from conformance.recorders import postgres_environment, sqlite_environment
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import InfrastructureFactory, Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.sqlite import SQLiteTrackingRecorder
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from journey import (
    Delivery,
    Interaction,
    InvalidStoreUrl,
    InvalidTouchpoint,
    Journal,
    JourneyError,
    PromiseMade,
    Recorded,
    StoreUnavailable,
    Touchpoint,
    UnsupportedSchema,
)
from journey.stores.notifications import TouchpointMapper
from journey.stores.postgres import PostgresFactory
from journey.stores.postgres.server import Server
from journey.testing import START, touchpoints

LIMIT_SECONDS = 60


class Order(Aggregate):
    @event("Placed")
    def __init__(self, customer: str) -> None:
        self.customer = customer
        self.level: float | None = None

    @event("Delivered")
    def deliver(self, customer: str, level: float) -> None:
        self.level = level


class Orders(Application[UUID]):
    snapshotting_intervals: ClassVar[dict[Any, int]] = {Order: 2}

    def place(self, customer: str) -> UUID:
        order = Order(customer)
        self.save(order)
        return order.id

    def deliver(self, id: UUID, level: float) -> int:
        order: Order = self.repository.get(id)
        order.deliver(order.customer, level)
        return int(self.save(order)[-1].notification.id)


def touchpoints_of(event: Any) -> Sequence[Touchpoint]:
    """What an order's event says of a relationship."""
    fields: dict[str, Any] = {
        "id": f"{event.originator_id}-{event.originator_version}",
        "relationship": f"{event.customer}@shop",
        "occurred_at": event.timestamp,
        "promise": str(event.originator_id),
    }
    match type(event).__name__:
        case "Placed":
            return [PromiseMade(**fields, level=0.8)]
        case "Delivered":
            return [Delivery(**fields, delivered=event.level)]
        case _:
            return []


@dataclass(frozen=True)
class Place:
    """Files, or schemas of one database: the environment and the address of each by its name, and what tracks positions there."""

    environment: Callable[[str], dict[str, str]]
    address: Callable[[str], str]
    view_class: type[Any]


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "sqlite":
        return Place(
            lambda name: sqlite_environment(tmp_path / f"{name}.db"),
            lambda name: f"sqlite:///{tmp_path / f'{name}.db'}",
            SQLiteTrackingRecorder,
        )
    url = str(request.getfixturevalue("postgres_url"))
    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("bank", "orders", "seen"):
            connection.execute(f"CREATE SCHEMA {name}".encode())
    return Place(
        lambda name: {**postgres_environment(url), "POSTGRES_SCHEMA": name},
        lambda name: f"{url}&options=-csearch_path%3D{name}",
        PostgresTrackingRecorder,
    )


def named(prefix: str, environment: dict[str, str]) -> dict[str, str]:
    return {f"{prefix}_{name}": value for name, value in environment.items()}


def contact(id: str, **fields: Any) -> Interaction:
    return Interaction(id=id, relationship="m@bank", occurred_at=START, competence=0.5, **fields)


class Bank(Application[str]):
    """A journal, as eventsourcing sees it."""


class Seeing(Projection[Any]):
    name = "seen"
    seen: ClassVar[list[Recorded[Any]]]

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        self.seen.append(domain_event)
        self.view.insert_tracking(tracking)


def seeing(*kinds: str) -> type[Seeing]:
    return type("Seeing", (Seeing,), {"name": "seen", "seen": [], "topics": kinds})


def test_a_projection_follows_a_journal_once_each_in_order_and_goes_on_where_it_was(place: Place) -> None:
    env = {**named("BANK", place.environment("bank")), **named("SEEN", place.environment("seen"))}
    projection = seeing()
    run = partial(ProjectionRunner, application_class=Bank, projection_class=projection, view_class=place.view_class, env=env)
    with Journal.open(place.address("bank")) as journal:
        journal.record(contact("a"), contact("b"))
        with run() as runner:
            (receipt,) = journal.record(contact("c", note="Mr Smith called."))
            runner.wait(receipt.position, LIMIT_SECONDS)
        journal.record(contact("d"))
        correction = journal.correct("a", {"competence": 0.1})
        with run() as runner:
            runner.wait(correction.position, LIMIT_SECONDS)
        recorded = list(journal.read())
        assert [record.position for record in projection.seen] == [1, 2, 3, 4, 5]
        assert [record.touchpoint.id for record in projection.seen] == [record.touchpoint.id for record in recorded]
        assert [record.recorded_at for record in projection.seen] == [record.recorded_at for record in recorded]
        assert projection.seen[0] == recorded[0]
        assert projection.seen[2].withheld and projection.seen[2].touchpoint.note is None
        assert journal.verify().holds


def test_a_projection_may_follow_some_kinds_alone(place: Place) -> None:
    env = {**named("BANK", place.environment("bank")), **named("SEEN", place.environment("seen"))}
    projection = seeing("promise_made")
    promise = PromiseMade(id="p", relationship="m@bank", occurred_at=START, promise="p-1")
    with Journal.open(place.address("bank")) as journal:
        journal.record(contact("a"), promise, contact("b"))
        with ProjectionRunner(application_class=Bank, projection_class=projection, view_class=place.view_class, env=env) as runner:
            runner.wait(2, LIMIT_SECONDS)
    assert [record.touchpoint for record in projection.seen] == [promise]


class OrderRecorder(Projection[Any]):
    name = "orders"
    journal: ClassVar[Journal]

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        self.journal.record(*self.touchpoints_for(domain_event))
        self.track(tracking)

    def touchpoints_for(self, domain_event: Any) -> Sequence[Any]:
        return touchpoints_of(domain_event)

    def track(self, tracking: Tracking) -> None:
        self.view.insert_tracking(tracking)


class PowerFailure(Exception):
    pass


class Crashing(OrderRecorder):
    name = "orders"

    def track(self, tracking: Tracking) -> None:
        raise PowerFailure


class Mistaken(OrderRecorder):
    name = "orders"

    def touchpoints_for(self, domain_event: Any) -> Sequence[Any]:
        return [touchpoint.model_copy(update={"level": 7}) for touchpoint in touchpoints_of(domain_event)]


@pytest.fixture
def journal(place: Place) -> Iterator[Journal]:
    with Journal.open(place.address("bank")) as journal:
        OrderRecorder.journal = journal
        yield journal
    del OrderRecorder.journal


def test_events_become_touchpoints_once_each_also_after_a_crash(place: Place, journal: Journal) -> None:
    env = place.environment("orders")
    run = partial(ProjectionRunner, application_class=Orders, view_class=place.view_class, env=env)
    with Orders(env) as orders:
        first = orders.place("ann")
        orders.deliver(first, 0.9)
    crash = pytest.raises(PowerFailure)
    with crash, run(projection_class=Crashing) as runner:
        runner.run_forever(LIMIT_SECONDS)
    assert len(list(journal.read())) == 1
    with run(projection_class=OrderRecorder) as runner:
        last = runner.app.deliver(first, 0.4)
        runner.wait(last, LIMIT_SECONDS)
    touchpoints = [record.touchpoint for record in journal.read()]
    assert [touchpoint.id for touchpoint in touchpoints] == [f"{first}-{version}" for version in (1, 2, 3)]
    assert [touchpoint.kind for touchpoint in touchpoints] == ["promise_made", "delivery", "delivery"]
    assert journal.verify().holds


def test_a_wrong_mapping_stops_its_runner_which_goes_on_there_once_it_is_mended(place: Place, journal: Journal) -> None:
    env = place.environment("orders")
    run = partial(ProjectionRunner, application_class=Orders, view_class=place.view_class, env=env)
    with Orders(env) as orders:
        orders.place("ann")
    with pytest.raises(InvalidTouchpoint, match="level"), run(projection_class=Mistaken) as runner:
        runner.run_forever(LIMIT_SECONDS)
    assert list(journal.read()) == []
    with run(projection_class=OrderRecorder) as runner:
        runner.wait(1, LIMIT_SECONDS)
    assert [record.touchpoint.kind for record in journal.read()] == ["promise_made"]


def test_aggregates_live_on_our_recorders_with_snapshots(place: Place) -> None:
    env = place.environment("orders")
    with Orders(env) as orders:
        id = orders.place("ann")
        assert orders.deliver(id, 0.9) == 2
    with Orders(env) as orders:
        order: Order = orders.repository.get(id)
        assert (order.customer, order.level, order.version) == ("ann", 0.9, 2)
        assert orders.snapshots is not None and len(list(orders.snapshots.get(id))) == 1
        assert [one.originator_id for one in orders.recorder.select_notifications(None, 10)] == [id, id]


def test_an_application_moves_from_the_librarys_own_tables(place: Place, tmp_path: Path) -> None:
    own = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(tmp_path / "own.db")}
    with Orders(own) as old, Orders(place.environment("orders")) as new:
        old.deliver(id := old.place("ann"), 0.9)
        events = old.recorder.select_notifications(None, 10)
        assert new.recorder.insert_events(events) == [1, 2]
        assert new.recorder.select_notifications(None, 10) == events
        order: Order = new.repository.get(id)
        assert order.level == 0.9


def test_touchpoints_and_events_never_share_a_place(place: Place) -> None:
    with Journal.open(place.address("bank")) as journal:
        journal.record(contact("a"))
        with Orders(place.environment("bank")) as orders, pytest.raises(StoreUnavailable, match="is a journal of touchpoints"):
            orders.place("ann")
        assert journal.verify().holds
    with Orders(place.environment("orders")) as orders, Journal.open(place.address("orders")) as journal:
        orders.place("ann")
        for batch in ([contact("a")], [contact("a"), contact("b")]):
            with pytest.raises(StoreUnavailable, match="holds the events of an eventsourcing application"):
                journal.record(*batch)
        orders.place("bob")
        assert list(journal.read()) == []


def test_a_projection_may_keep_its_view_in_the_journals_own_place(place: Place) -> None:
    projection = seeing()
    with Journal.open(place.address("bank")) as journal:
        journal.record(contact("a"))
        env = place.environment("bank")
        with ProjectionRunner(application_class=Bank, projection_class=projection, view_class=place.view_class, env=env) as runner:
            runner.wait(1, LIMIT_SECONDS)
        journal.record(contact("b"))
        assert journal.verify().holds
    with Journal.open(place.address("bank"), read_only=True) as journal:
        assert [record.touchpoint.id for record in journal.read()] == ["a", "b"]


def test_where_ids_are_uuids_a_relationship_is_called_by_its_name(place: Place) -> None:
    name = str(UUID(int=7))
    with Journal.open(place.address("bank")) as journal:
        journal.record(contact("a"), contact("b").model_copy(update={"relationship": name}))
    with Orders(place.environment("bank")) as application:
        assert [one.originator_id for one in application.recorder.select_notifications(None, 10)] == ["m@bank", name]


def test_without_a_journal_there_is_nothing_to_follow_unless_one_may_be_created(place: Place) -> None:
    with pytest.raises(StoreUnavailable, match="no journal"):
        Bank({**place.environment("bank"), "CREATE_TABLE": "no"})
    with Journal.open(place.address("bank")) as journal:
        journal.record(contact("a"))
    with Bank({**place.environment("bank"), "CREATE_TABLE": "no"}) as bank:
        assert bank.recorder.max_notification_id() == 1


@settings(max_examples=25)
@given(st.lists(touchpoints(), max_size=8, unique_by=lambda touchpoint: touchpoint.id), st.data())
def test_notifications_tell_what_the_journal_reads(
    tmp_path_factory: pytest.TempPathFactory, history: list[Touchpoint], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("journal") / "bank.db"
    cut = data.draw(st.integers(0, len(history)))
    with Journal.open(f"sqlite:///{path}") as journal, InfrastructureFactory.construct(sqlite_environment(path)) as factory:
        journal.record(*history[:cut])
        journal.record(*history[cut:])
        mapper: TouchpointMapper[str] = cast(Any, factory.mapper())
        notifications = factory.application_recorder().select_notifications(None, 100)
        events: list[Any] = [mapper.to_domain_event(one) for one in notifications]
        records = list(journal.read())
        assert [(one.position, one.recorded_at) for one in events] == [(one.position, one.recorded_at) for one in records]
        assert [one.touchpoint for one in events] == [one.touchpoint.model_copy(update={"note": None}) for one in records]
        factory.close()


@pytest.mark.parametrize(
    ("module", "environment", "error", "words"),
    [
        ("sqlite", {}, OSError, "SQLITE_DBNAME"),
        ("sqlite", {"SQLITE_DBNAME": ":memory:"}, InvalidStoreUrl, "SQLITE_DBNAME `:memory:` is not the path of a file"),
        ("sqlite", {"SQLITE_DBNAME": "file:x?mode=memory"}, InvalidStoreUrl, "is not the path of a file"),
        ("sqlite", {"SQLITE_DBNAME": "x", "ORIGINATOR_ID_TYPE": "number"}, OSError, "ORIGINATOR_ID_TYPE"),
        ("postgres", {}, OSError, "POSTGRES_DBNAME"),
        ("postgres", {"POSTGRES_ENABLE_DB_FUNCTIONS": "y"}, InvalidStoreUrl, "miss events"),
        ("postgres", {"POSTGRES_GET_PASSWORD_TOPIC": "getpass:getpass"}, InvalidStoreUrl, "POSTGRES_GET_PASSWORD_TOPIC is not supported"),
    ],
)
def test_settings_that_cannot_be_are_refused(module: str, environment: dict[str, str], error: type[Exception], words: str) -> None:
    required = (
        {f"POSTGRES_{name}": "x" for name in ("DBNAME", "HOST", "USER", "PASSWORD")} if len(environment) and module == "postgres" else {}
    )
    with pytest.raises(error, match=words) as refused:
        InfrastructureFactory.construct({"PERSISTENCE_MODULE": f"journey.stores.{module}", **required, **environment})
    assert not isinstance(refused.value, JourneyError) or refused.value.mend


def test_a_file_that_is_no_journal_or_a_later_one_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database")
    with pytest.raises(StoreUnavailable):
        Orders(sqlite_environment(tmp_path / "notes.txt"))
    with Journal.open(f"sqlite:///{tmp_path / 'later.db'}"):
        pass
    with closing(sqlite3.connect(tmp_path / "later.db")) as file, file:
        file.execute("INSERT INTO journey_format VALUES (99)")
    with pytest.raises(UnsupportedSchema):
        Orders(sqlite_environment(tmp_path / "later.db"))


@pytest.mark.parametrize("password", ["", "p@ss:w/o?r%d&x= #"])
def test_a_password_may_hold_anything_and_is_never_shown(postgres_url: str, password: str) -> None:
    with InfrastructureFactory.construct({**postgres_environment(postgres_url), "POSTGRES_PASSWORD": password}) as factory:
        server: Server = cast(Any, factory).datastore.server
        assert conninfo_to_dict(server.conninfo).get("password", "") == password
        assert not password or password not in server.shown
        assert factory.application_recorder().max_notification_id() is None


def test_the_pool_of_postgresql_is_as_large_as_upstreams_variables_say(postgres_url: str) -> None:
    sizes = {"POSTGRES_POOL_SIZE": "2", "POSTGRES_MAX_OVERFLOW": "1"}
    with InfrastructureFactory.construct({**postgres_environment(postgres_url), **sizes}) as factory:
        assert isinstance(factory, PostgresFactory)
        assert cast(Any, factory).datastore.server.limits.pool_size == 3
