"""Upstream's own conformance suites, on our recorders on both stores.

| suite of `eventsourcing.tests` | here |
|---|---|
| persistence.ApplicationRecorderTestCase | ours, with UUIDs and with names for ids; its optional test of subscriptions too |
| persistence.NonInterleavingNotificationIDsBaseCase | ours |
| persistence.ProcessRecorderTestCase | upstream's process recorder, over ours |
| persistence.TrackingRecorderTestCase | upstream's, over our datastores; the journal itself tracks nothing |
| persistence.AggregateRecorderTestCase | upstream's, over our datastores: it is for recorders that give out no positions, as of snapshots |
| persistence.InfrastructureFactoryTestCase | the factories that we ship |
| application.ApplicationTestCase, .ExampleApplicationTestCase | upstream's `Application`, over ours |
| projection.EventCountersViewTestCase, .AggregateEventCountersProjectionTestCase | a view beside ours |
| projection.EventSourcedProjectionTestCase | a projection that records, in a journal of its own |
| persistence.TranscoderTestCase | does not apply: transcoders know no store |
| projection.TaggedDecisionCountersProjectionTestCase | does not apply: it is for recorders of dynamic consistency boundaries |
"""

import gc
import os
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
from conformance.recorders import PostgresEventCounters, SQLiteEventCounters, postgres_environment, sqlite_environment
from eventsourcing.persistence import InfrastructureFactory
from eventsourcing.postgres import PostgresAggregateRecorder, PostgresTrackingRecorder
from eventsourcing.projection import BaseProjectionRunner
from eventsourcing.sqlite import SQLiteAggregateRecorder, SQLiteTrackingRecorder
from eventsourcing.tests import application, persistence, projection
from eventsourcing.utils import Environment, get_topic
from postgres_server import PostgresServer

from journey.stores.postgres import PostgresFactory
from journey.stores.postgres.factory import PostgresProcessRecorder
from journey.stores.postgres.recorder import PostgresRecorder
from journey.stores.sqlite import SQLiteFactory
from journey.stores.sqlite.factory import SQLiteProcessRecorder
from journey.stores.sqlite.recorder import SQLiteRecorder


class OnSQLite:
    factory_class: ClassVar[type[Any]] = SQLiteFactory
    classes: ClassVar[tuple[type[Any], ...]] = (SQLiteAggregateRecorder, SQLiteRecorder, SQLiteTrackingRecorder, SQLiteProcessRecorder)
    view_class: ClassVar[type[Any]] = SQLiteEventCounters

    @pytest.fixture(autouse=True)
    def place(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        yield from placed(self, sqlite_environment(tmp_path / "journal.db"), monkeypatch)


class OnPostgres:
    factory_class: ClassVar[type[Any]] = PostgresFactory
    classes: ClassVar[tuple[type[Any], ...]] = (
        PostgresAggregateRecorder,
        PostgresRecorder,
        PostgresTrackingRecorder,
        PostgresProcessRecorder,
    )
    view_class: ClassVar[type[Any]] = PostgresEventCounters

    @pytest.fixture(autouse=True)
    def place(self, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        yield from placed(self, postgres_environment(postgres_url), monkeypatch)


def placed(case: Any, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have every factory that the case builds be ours; close the one that it built by `create_recorder`."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    # The suites give a projection one second, which a busy machine may not have.
    monkeypatch.setattr(BaseProjectionRunner.wait, "__defaults__", (30.0,))
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        if not thread.daemon:
            thread.join(timeout=10)  # the suites tell their readers to stop, and do not wait until they have
    if "built" in vars(case):
        case.built.close()
    gc.collect()  # applications that the suites leave open close when they go


class Building:
    """Recorders from the factory of the environment."""

    def factory(self) -> Any:
        self.built: Any = InfrastructureFactory.construct(Environment(env=os.environ))
        return self.built


class Application(Building):
    def create_recorder(self) -> Any:
        return self.factory().application_recorder()


class Subscribing(Application):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()  # type: ignore[attr-defined]


_NUMBERS = count()


class Named(Subscribing):
    """Ids are names, as the journal's relationships are."""

    def create_recorder(self) -> Any:
        os.environ["ORIGINATOR_ID_TYPE"] = "text"
        try:
            return super().create_recorder()
        finally:
            del os.environ["ORIGINATOR_ID_TYPE"]

    def new_originator_id(self) -> UUID | str:
        return f"m@bank {next(_NUMBERS)}"


class TestApplicationRecorderOnSQLite(OnSQLite, Subscribing, persistence.ApplicationRecorderTestCase): ...


class TestApplicationRecorderOnPostgres(OnPostgres, Subscribing, persistence.ApplicationRecorderTestCase): ...


class TestNamedApplicationRecorderOnSQLite(OnSQLite, Named, persistence.ApplicationRecorderTestCase): ...


class TestNamedApplicationRecorderOnPostgres(OnPostgres, Named, persistence.ApplicationRecorderTestCase): ...


class TestNonInterleavingOnSQLite(OnSQLite, Application, persistence.NonInterleavingNotificationIDsBaseCase): ...


class TestNonInterleavingOnPostgres(OnPostgres, Application, persistence.NonInterleavingNotificationIDsBaseCase): ...


class Process(Building):
    def create_recorder(self) -> Any:
        return self.factory().process_recorder()


class TestProcessRecorderOnSQLite(OnSQLite, Process, persistence.ProcessRecorderTestCase): ...


class TestProcessRecorderOnPostgres(OnPostgres, Process, persistence.ProcessRecorderTestCase): ...


class Trackers(Building):
    def create_recorder(self) -> Any:
        return self.factory().tracking_recorder()


class TestTrackingRecorderOnSQLite(OnSQLite, Trackers, persistence.TrackingRecorderTestCase): ...


class TestTrackingRecorderOnPostgres(OnPostgres, Trackers, persistence.TrackingRecorderTestCase): ...


class Snapshots(Building):
    def create_recorder(self) -> Any:
        return self.factory().aggregate_recorder(purpose="snapshots")


class TestAggregateRecorderOnSQLite(OnSQLite, Snapshots, persistence.AggregateRecorderTestCase): ...


class TestAggregateRecorderOnPostgres(OnPostgres, Snapshots, persistence.AggregateRecorderTestCase): ...


class Factories:
    factory_class: type[Any]
    classes: tuple[type[Any], ...]
    view_class: type[Any]

    def setUp(self) -> None:
        self.env = Environment(env=os.environ)
        super().setUp()  # type: ignore[misc]

    def expected_factory_class(self) -> type[Any]:
        return self.factory_class

    def expected_aggregate_recorder_class(self) -> type[Any]:
        return self.classes[0]

    def expected_application_recorder_class(self) -> type[Any]:
        return self.classes[1]

    def expected_tracking_recorder_class(self) -> type[Any]:
        return self.classes[2]

    def tracking_recorder_subclass(self) -> type[Any]:
        return self.view_class

    def expected_process_recorder_class(self) -> type[Any]:
        return self.classes[3]


class TestFactoryOnSQLite(OnSQLite, Factories, persistence.InfrastructureFactoryTestCase[Any]): ...


class TestFactoryOnPostgres(OnPostgres, Factories, persistence.InfrastructureFactoryTestCase[Any]): ...


@pytest.mark.filterwarnings("always:'log' is deprecated")
class TestApplicationOnSQLite(OnSQLite, application.ApplicationTestCase): ...


@pytest.mark.filterwarnings("always:'log' is deprecated")
class TestApplicationOnPostgres(OnPostgres, application.ApplicationTestCase): ...


class TestExampleApplicationOnSQLite(OnSQLite, application.ExampleApplicationTestCase):
    expected_factory_topic = get_topic(SQLiteFactory)


class TestExampleApplicationOnPostgres(OnPostgres, application.ExampleApplicationTestCase):
    expected_factory_topic = get_topic(PostgresFactory)


class Views(Building):
    view_class: type[Any]

    def construct_event_counters_view(self) -> Any:
        return self.factory().tracking_recorder(self.view_class)


class TestEventCountersViewOnSQLite(OnSQLite, Views, projection.EventCountersViewTestCase): ...


class TestEventCountersViewOnPostgres(OnPostgres, Views, projection.EventCountersViewTestCase): ...


class TestProjectionOnSQLite(OnSQLite, projection.AggregateEventCountersProjectionTestCase): ...


class TestProjectionOnPostgres(OnPostgres, projection.AggregateEventCountersProjectionTestCase): ...


class TestEventSourcedProjectionOnSQLite(OnSQLite, projection.EventSourcedProjectionTestCase):
    @pytest.fixture(autouse=True)
    def place_of_the_projection(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COUNTERS_SQLITE_DBNAME", str(tmp_path / "counters.db"))


class TestEventSourcedProjectionOnPostgres(OnPostgres, projection.EventSourcedProjectionTestCase):
    @pytest.fixture(autouse=True)
    def place_of_the_projection(self, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
        database = postgres_environment(postgres_server.new_database())["POSTGRES_DBNAME"]
        monkeypatch.setenv("COUNTERS_POSTGRES_DBNAME", database)
