"""What eventsourcing 9.5.6 gets wrong, each shown on its own class, and that ours does not.

`tests/test_sqlite.py` has one more: SQLite positions that are used again after a deletion.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from sqlite3 import connect
from typing import Annotated, Any
from uuid import UUID

import psycopg
import pytest
from conformance.recorders import SQLiteEventCounters
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import IntegrityError, JSONTranscoder, Mapper, OperationalError, StoredEvent, Tracking
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.projection import ProjectionRunner
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore
from eventsourcing.tests.projection import AggregateEventCountersProjection
from eventsourcing.utils import register_topic
from psycopg.conninfo import conninfo_to_dict
from pydantic import BaseModel, Field

from journey import DamagedJournal, Interaction, Journal
from journey.stores.appending import plan
from journey.stores.codec import decode, encode
from journey.stores.opening import open_store
from journey.stores.postgres import PostgresStore
from journey.stores.rows import StoredTouchpoint
from journey.stores.sqlite import SQLiteStore
from journey.testing import START


def contact(id: str, **fields: Any) -> Interaction:
    return Interaction(id=id, relationship="r", occurred_at=START + timedelta(days=1), competence=0.5, **fields)


def event(version: int, state: bytes = b"{}") -> StoredEvent:
    return StoredEvent("r", version, "topic", state)


@pytest.fixture
def sqlite_stock(tmp_path: Path) -> Iterator[SQLiteApplicationRecorder]:
    datastore = SQLiteDatastore(str(tmp_path / "stock.db"), originator_id_type="text")
    recorder = SQLiteApplicationRecorder(datastore)
    recorder.create_table()
    yield recorder
    datastore.close()


@pytest.fixture
def stock(postgres_url: str) -> Iterator[Callable[..., PostgresApplicationRecorder]]:
    """Upstream's recorder on PostgreSQL, with other options where a test gives them."""
    opened: list[PostgresDatastore] = []

    def opening(**options: Any) -> PostgresApplicationRecorder:
        place = conninfo_to_dict(postgres_url)
        datastore = PostgresDatastore(str(place["dbname"]), str(place["host"]), 5432, "postgres", "", originator_id_type="text", **options)
        opened.append(datastore)
        recorder = PostgresApplicationRecorder(datastore)
        recorder.create_table()
        return recorder

    yield opening
    for datastore in opened:
        datastore.close()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new journal of ours."""
    return f"sqlite:///{tmp_path / 'ours.db'}" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


def test_its_sqlite_recorder_cannot_subscribe(sqlite_stock: SQLiteApplicationRecorder, tmp_path: Path) -> None:
    with pytest.raises(NotImplementedError):
        sqlite_stock.subscribe()
    store = SQLiteStore(str(tmp_path / "ours.db"))
    store.append([encode(contact("a")), encode(contact("b"))], 0)
    with store.recorder.subscribe(gt=1) as subscription:
        store.append([encode(contact("c"))], 0)
        assert [one.id for one in islice(subscription, 2)] == [2, 3]
    store.close()


def test_its_sqlite_positions_are_renumbered_by_a_dump(sqlite_stock: SQLiteApplicationRecorder, tmp_path: Path) -> None:
    assert sqlite_stock.insert_events([event(1), event(2)]) == [1, 2]
    with sqlite_stock.datastore.transaction(commit=True) as cursor:
        cursor.execute("DELETE FROM stored_events WHERE originator_version = 1")
    store = SQLiteStore(str(tmp_path / "ours.db"))
    store.append([encode(contact("a")), encode(contact("b"))], 0)
    store.close()
    positions = {}
    for name, order, forget in (
        ("stock", "SELECT rowid FROM stored_events", "SELECT 1"),
        ("ours", "SELECT position FROM touchpoints", "DROP TRIGGER touchpoints_are_never_deleted; DELETE FROM touchpoints WHERE id = 'a'"),
    ):
        source, restored = connect(tmp_path / f"{name}.db"), connect(":memory:")
        source.executescript(forget)
        restored.executescript("\n".join(source.iterdump()))
        positions[name] = restored.execute(order).fetchall()
        source.close()
        restored.close()
    assert positions == {"stock": [(1,)], "ours": [(2,)]}


def test_it_knows_no_event_id_so_a_lost_acknowledgement_fails_or_doubles(sqlite_stock: SQLiteApplicationRecorder, url: str) -> None:
    sqlite_stock.insert_events([event(1)])
    with pytest.raises(IntegrityError):  # the same again, as somebody else's version 1 would
        sqlite_stock.insert_events([event(1)])
    sqlite_stock.insert_events([event(2)])  # the command again, on the version that is there now
    assert len(sqlite_stock.select_events("r")) == 2
    with Journal.open(url) as journal:
        receipts = [journal.record(contact("a"))[0] for _ in range(3)]
        assert [(one.position, one.recorded_at) for one in receipts] == [(1, receipts[0].recorded_at)] * 3
        assert journal.version("r") == 1


def test_its_database_functions_let_a_tailing_reader_miss_an_event_for_good(
    stock: Callable[..., PostgresApplicationRecorder], postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = stock(pool_size=3, enable_db_functions=True)
    early = recorder.construct_pg_stored_event("early", 1, "topic", b"{}")
    with recorder.datastore.get_connection() as slow, slow.transaction():
        slow.execute(recorder.sql_invoke_pg_function_insert_events, ([early],))
        recorder.insert_events([StoredEvent("late", 1, "topic", b"{}")])
        seen = recorder.select_notifications(None, 10)
    missed = recorder.select_notifications(seen[-1].id, 10, inclusive_of_start=False)
    assert ([one.originator_id for one in seen], list(missed)) == (["late"], [])
    assert recorder.select_notifications(None, 10)[0].originator_id == "early"

    store = PostgresStore(postgres_url)
    is_given_its_position, may_commit = threading.Event(), threading.Event()

    def slowly(rows: Any, **known: Any) -> Any:
        planned = plan(rows, **known)
        if rows[0].id == "early":
            is_given_its_position.set()
            may_commit.wait(20)
        return planned

    monkeypatch.setattr("journey.stores.postgres.recorder.plan", slowly)
    writers = [threading.Thread(target=store.append, args=([encode(contact(id))], 0)) for id in ("early", "late")]
    writers[0].start()
    assert is_given_its_position.wait(20)
    writers[1].start()
    writers[1].join(0.3)
    assert store.read(0, 10) == []
    may_commit.set()
    for writer in writers:
        writer.join(20)
    assert [(row.position, row.id) for row in store.read(0, 10)] == [(1, "early"), (2, "late")]
    store.close()


class Rated(BaseModel, frozen=True):
    originator_id: UUID
    originator_version: int
    level: Annotated[float, Field(ge=0, le=1)]


def test_its_mapper_reads_without_validating_and_breaks_equality(url: str) -> None:
    register_topic("rated", Rated)
    mapper = Mapper[UUID](JSONTranscoder())
    rated = Rated(originator_id=UUID(int=1), originator_version=1, level=0.5)
    stored = replace(mapper.to_stored_event(rated), topic="rated")
    impossible: Any = mapper.to_domain_event(replace(stored, state=b'{"level":7}'))
    assert impossible.level == 7
    with pytest.raises(AttributeError):
        assert mapper.to_domain_event(stored) == rated

    with Journal.open(url) as journal:
        journal.record(contact("a"))
        assert journal.history("r")["a"] == contact("a")
    store = open_store(url)
    (row,) = store.find(["a"])
    store.close()
    with pytest.raises(DamagedJournal):
        decode(row._replace(payload='{"competence":7}'))


def test_its_projections_take_one_transaction_per_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours are live views, which are not there yet; what they will stand on takes a page of touchpoints at once."""
    commits: list[object] = []
    increment = SQLiteEventCounters._increment

    def counted(view: SQLiteEventCounters, name: str, tracking: Tracking) -> None:
        commits.append(tracking)
        increment(view, name, tracking)

    monkeypatch.setattr(SQLiteEventCounters, "_increment", counted)
    env = {"PERSISTENCE_MODULE": "eventsourcing.popo", "EVENTCOUNTERS_PERSISTENCE_MODULE": "eventsourcing.sqlite"}
    env["SQLITE_DBNAME"] = str(tmp_path / "view.db")
    with ProjectionRunner(
        application_class=Application[UUID], projection_class=AggregateEventCountersProjection, view_class=SQLiteEventCounters, env=env
    ) as runner:
        runner.wait(runner.app.save(*(Aggregate() for _ in range(50)))[-1].notification.id)
    assert len(commits) == 50

    with Journal.open(f"sqlite:///{tmp_path / 'ours.db'}") as journal:
        journal.record(*(contact(f"{number}") for number in range(50)))
        reads: list[object] = []
        read = SQLiteStore.read

        def read_counted(store: SQLiteStore, after: int, limit: int) -> Sequence[StoredTouchpoint]:
            reads.append(after)
            return read(store, after, limit)

        monkeypatch.setattr(SQLiteStore, "read", read_counted)
        assert len(list(islice(journal.subscribe(), 50))) == 50
        assert len(reads) == 1


def test_its_default_pool_leaves_a_writer_beside_a_subscription_without_a_connection(
    stock: Callable[..., PostgresApplicationRecorder], postgres_url: str
) -> None:
    recorder = stock(connect_timeout=0.5)
    with recorder.subscribe() as subscription:
        time.sleep(0.3)
        with pytest.raises(OperationalError, match="couldn't get a connection"), recorder.datastore.get_connection():
            pass
        subscription.stop()
    with Journal.open(postgres_url) as journal:
        store: Any = journal._store
        subscriptions = [store.recorder.subscribe() for _ in range(10)]
        assert journal.record(contact("a"))[0].position == 1
        for subscription in subscriptions:
            with subscription:
                assert next(subscription).id == 1


_INSERT = """
import sys
from eventsourcing.persistence import StoredEvent, Tracking
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
recorder = PostgresApplicationRecorder(PostgresDatastore(sys.argv[1], sys.argv[2], 5432, "postgres", "", originator_id_type="text"))
recorder.create_table()
print("ready", flush=True)
recorder.insert_events([StoredEvent("r", version, "topic", b"x" * 50_000) for version in range(100)])
print("done", flush=True)
"""


def test_its_large_batches_hang_on_a_unix_socket(postgres_url: str) -> None:
    place = conninfo_to_dict(postgres_url)
    hanging = subprocess.Popen([sys.executable, "-c", _INSERT, str(place["dbname"]), str(place["host"])], stdout=subprocess.PIPE)
    assert hanging.stdout is not None
    assert hanging.stdout.readline() == b"ready\n"
    with pytest.raises(subprocess.TimeoutExpired):
        hanging.wait(timeout=3)
    hanging.kill()
    hanging.communicate()

    touchpoints = [contact(f"{number}", note="x" * 10_000) for number in range(500)]
    with Journal.open(postgres_url) as journal:
        began = time.monotonic()
        journal.record(*touchpoints)
        assert time.monotonic() - began < 30
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT sum(length(personal)) > 5000000 FROM touchpoints").fetchone() == (True,)
