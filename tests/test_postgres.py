"""The PostgreSQL store: what the database holds and refuses, who may do what, and what a lost server does."""

import re
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib.resources import files
from itertools import islice
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from conformance.recorders import postgres_environment
from eventsourcing.application import Application
from eventsourcing.persistence import StoredEvent
from postgres_server import PostgresServer

from journey import (
    DamagedJournal,
    Interaction,
    InvalidStoreUrl,
    InvalidTouchpoint,
    Journal,
    MissingExtra,
    StoreUnavailable,
    UnknownName,
    UnsupportedSchema,
)
from journey.seals import seal_after
from journey.stores.addresses import without_password
from journey.stores.codec import encode
from journey.stores.limits import Limits
from journey.stores.postgres import PostgresStore, listening
from journey.stores.postgres import server as reaching
from journey.testing import START


def contact(id: str, relationship: str = "r", **fields: Any) -> Interaction:
    return Interaction(id=id, relationship=relationship, occurred_at=START + timedelta(days=1), competence=0.5, **fields)


def contacts(prefix: str, count: int) -> list[Interaction]:
    return [contact(f"{prefix}-{number:05}", f"r{number % 7}") for number in range(count)]


def run(url: str, statement: str) -> list[Any]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def store(postgres_url: str) -> Iterator[PostgresStore]:
    store = PostgresStore(postgres_url)
    yield store
    store.close()


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A server that may be stopped."""
    with PostgresServer() as server:
        yield server


# What the database holds


def test_columns_are_plain_but_for_personal_fields(postgres_url: str) -> None:
    with Journal.open(postgres_url) as journal:
        journal.record(contact("a", note='zero \0, a quote " and 漢字'))
    names = "position, id, relationship, version, kind, schema_version, payload::text, personal, state"
    (row,) = run(postgres_url, f"SELECT {names} FROM touchpoints")
    assert row[:6] == (1, "a", "r", 1, "interaction", 1)
    assert row[6] == '{"sequence":0,"by":"organisation","certainty":1.0,"competence":0.5}'
    assert re.fullmatch("[0-9a-f]{32}:[A-Za-z0-9+/=]+", row[7])
    assert row[8] is None
    with Journal.open(postgres_url, read_only=True) as journal:
        assert journal.history("r")["a"].note == 'zero \0, a quote " and 漢字'
        assert journal.verify().holds


def test_a_guard_that_is_missing_or_off_is_found(postgres_url: str) -> None:
    with Journal.open(postgres_url) as journal:
        journal.record(contact("a"))
    run(postgres_url, "ALTER TABLE touchpoints DISABLE TRIGGER USER; DROP TRIGGER counters_only_go_up ON journey_counters")
    with Journal.open(postgres_url, read_only=True) as journal:
        problems = [violation.problem for violation in journal.verify().violations]
    assert [problem.split("`")[1] for problem in problems] == ["touchpoints_are_never_changed", "counters_only_go_up"]


@pytest.mark.parametrize("count", [1, 40, 400])
def test_few_or_many_are_stored_alike(postgres_url: str, count: int) -> None:
    touchpoints = contacts("t", count)
    with Journal.open(postgres_url) as journal:
        journal.record(*touchpoints)
        journal.record(*touchpoints, contact("one more", note="x" * 9_000))
        assert [record.touchpoint for record in journal.read()][:-1] == touchpoints
        assert [record.position for record in journal.read()] == list(range(1, count + 2))
    with Journal.open(postgres_url, read_only=True) as journal:
        verified = journal.verify()
    assert (verified.holds, verified.touchpoints, verified.sealed) == (True, count + 1, count + 1)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE touchpoints SET kind = 'x'", "touchpoints are facts: none is ever updated"),
        ("UPDATE touchpoints SET kind = 'x' WHERE false", "touchpoints are facts: none is ever updated"),
        ("DELETE FROM touchpoints", "touchpoints are facts: none is ever deleted"),
        ("TRUNCATE touchpoints", "touchpoints are facts: none is ever truncated"),
        (
            "INSERT INTO touchpoints SELECT * FROM touchpoints ON CONFLICT (position) DO UPDATE SET kind = 'x'",
            "touchpoints are facts: none is ever updated",
        ),
        ("UPDATE journey_seals SET root = ''", "seals are facts: none is ever updated"),
        ("DELETE FROM journey_seals", "seals are facts: none is ever deleted"),
        ("TRUNCATE journey_seals", "seals are facts: none is ever truncated"),
        ("UPDATE journey_counters SET position = position - 1", "the counters of a journal only go up"),
        ("UPDATE journey_counters SET seal = 0", "the counters of a journal only go up"),
        ("DELETE FROM journey_counters", "counters are facts: none is ever deleted"),
        ("INSERT INTO journey_counters (format) VALUES (1)", "duplicate key"),
    ],
)
def test_the_database_itself_refuses_to_change_facts(postgres_url: str, statement: str, words: str) -> None:
    with Journal.open(postgres_url) as journal:
        journal.record(contact("a"))
    with pytest.raises(psycopg.IntegrityError, match=words):
        run(postgres_url, statement)


def test_upstreams_plain_events_leave_the_touchpoint_columns_empty(store: PostgresStore) -> None:
    store.recorder.insert_events([StoredEvent("plain", 1, "some:Topic", b"\x00\x01")])
    assert [(event.topic, event.state) for event in store.recorder.select_events("plain")] == [("some:Topic", b"\x00\x01")]
    assert [(one.id, one.topic) for one in store.recorder.select_notifications(None, 10)] == [(1, "some:Topic")]
    assert [row.id for row in store.columns(0, 10)] == [None]
    assert list(store.read(0, 10)) == []
    assert list(store.relationships()) == []


def test_text_that_postgresql_cannot_hold_is_refused_and_the_batch_with_it(store: PostgresStore) -> None:
    for id in ("nul \0", "half a pair \ud800"):
        bad = encode(contact("b"))._replace(id=id)
        for rows in ([encode(contact("a")), bad], [*map(encode, contacts("t", 400)), bad]):
            with pytest.raises(InvalidTouchpoint):
                store.append(rows, 0)
    assert store.read(0, 10) == []
    assert store.counters().position == 0


@pytest.mark.parametrize("name", ["nul \0", "half a pair \ud800"])
def test_what_postgresql_cannot_hold_is_not_there(postgres_url: str, name: str) -> None:
    with Journal.open(postgres_url) as journal:
        journal.record(contact("a"))
        assert journal.version(name) == 0
        assert list(journal.find(["a", name])) == ["a"]
        with pytest.raises(UnknownName):
            journal.history(name)


def test_two_journals_live_in_two_schemas_beside_other_tables(postgres_url: str) -> None:
    run(postgres_url, "CREATE SCHEMA one; CREATE SCHEMA two; CREATE TABLE two.journal (a int); CREATE TABLE two.stored_events (b int)")
    urls = [f"{postgres_url}&options=-csearch_path%3D{schema}" for schema in ("one", "two")]
    for url, id in zip(urls, "ab", strict=True):
        with Journal.open(url) as journal:
            journal.record(contact(id))
    for url, id in zip(urls, "ab", strict=True):
        with Journal.open(url, read_only=True) as journal:
            assert [record.touchpoint.id for record in journal.read()] == [id]


def test_a_dump_keeps_positions_seals_and_counters(postgres_server: PostgresServer, postgres_url: str) -> None:
    with Journal.open(postgres_url) as journal:
        touchpoints = contacts("t", 1_100)
        journal.record(*touchpoints)
        before = list(journal.read())
    dump, restored = postgres_server.folder / "dump.sql", postgres_server.new_database()
    postgres_server.run("pg_dump", "--file", dump, postgres_url)
    postgres_server.run("psql", "--set", "ON_ERROR_STOP=1", "--file", dump, restored)
    with Journal.open(restored) as journal:
        assert list(journal.read()) == before
        again, new = journal.record(touchpoints[0], contact("new"))
        assert (again.is_new, again.position, new.position) == (False, 1, 1_101)
        assert journal.verify().holds
    with pytest.raises(psycopg.IntegrityError, match="ever deleted"):
        run(restored, "DELETE FROM touchpoints")


# Order


def test_many_threads_write_at_once_and_nothing_is_lost_or_doubled(postgres_url: str) -> None:
    with Journal.open(postgres_url) as journal:

        def write(thread: int) -> None:
            for number in range(25):
                journal.record(contact(f"{thread}-{number}", f"r{number % 3}"), contact(f"shared-{number}", "shared"))

        with ThreadPoolExecutor(12) as threads:
            list(threads.map(write, range(12)))
        records = list(journal.read())
    assert sorted(record.touchpoint.id for record in records) == sorted(
        [f"{thread}-{number}" for thread in range(12) for number in range(25)] + [f"shared-{number}" for number in range(25)]
    )
    assert [record.position for record in records] == list(range(1, len(records) + 1))
    times = [record.recorded_at for record in records]
    assert times == sorted(times)


_WRITER = """
import sys
from journey import Interaction, Journal
with Journal.open(sys.argv[1]) as journal:
    for number in range(200):
        journal.record(Interaction(id=f"{sys.argv[2]}-{number}", relationship="r", occurred_at="2024-01-01T00:00:00Z"))
"""


def test_a_subscription_follows_other_processes_without_missing_or_repeating_one(postgres_url: str) -> None:
    with Journal.open(postgres_url) as journal, journal.subscribe(poll_seconds=60) as subscription:
        writers = [subprocess.Popen([sys.executable, "-c", _WRITER, postgres_url, name]) for name in ("a", "b", "c")]
        seen = [record.position for record in islice(subscription, 600)]
        assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    assert seen == list(range(1, 601))


def test_who_writes_waits_for_who_wrote_first(postgres_url: str) -> None:
    """A position is visible only with all before it: a second writer gets none while the first has not committed."""
    with Journal.open(postgres_url) as journal, psycopg.connect(postgres_url) as first:
        first.execute("SELECT position FROM journey_counters FOR UPDATE")
        second = threading.Thread(target=journal.record, args=(contact("second"),))
        second.start()
        second.join(timeout=0.3)
        assert second.is_alive()
        assert list(journal.read()) == []
        first.execute("INSERT INTO touchpoints (position, relationship, version, kind, state) VALUES (1, 'plain', 1, 'k', '')")
        first.execute("UPDATE journey_counters SET position = 1, recorded_at = 1")
        first.commit()
        second.join(timeout=20)
        assert [(record.position, record.touchpoint.id) for record in journal.read()] == [(2, "second")]


def test_two_that_seal_at_once_keep_one_seal(store: PostgresStore) -> None:
    store.append([encode(contact("a"))], 0)
    seal = seal_after(None, [row.digest for row in store.read(0, 10)])
    assert [store.seal(seal), store.seal(seal)] == [True, False]
    assert (store.seals(0, 10), store.last_seal(), store.counters().seal) == ([seal], seal, 1)


def test_many_open_a_new_journal_at_once(postgres_url: str) -> None:
    def record(number: int) -> None:
        with Journal.open(postgres_url) as journal:
            journal.record(contact(f"{number}"))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(record, range(6)))
    with Journal.open(postgres_url, read_only=True) as journal:
        assert [record.position for record in journal.read()] == list(range(1, 7))


def test_a_session_that_would_not_wait_for_the_disk_or_sees_old_rows_is_set_right(postgres_url: str) -> None:
    name = psycopg.conninfo.conninfo_to_dict(postgres_url)["dbname"]
    run(postgres_url, f"ALTER DATABASE {name} SET synchronous_commit = off")
    run(postgres_url, f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")
    store = PostgresStore(postgres_url)
    assert store.recorder.query("SELECT current_setting('synchronous_commit'), current_setting('transaction_isolation')") == [
        ("on", "read committed")
    ]
    store.close()
    run(postgres_url, f"ALTER DATABASE {name} SET synchronous_commit = remote_apply")
    store = PostgresStore(postgres_url)
    assert store.recorder.query("SELECT current_setting('synchronous_commit')") == [("remote_apply",)]
    store.close()


@pytest.mark.parametrize("count", [3, 1_200])
def test_bytes_are_stored_right_where_strings_are_read_as_of_old(postgres_url: str, count: int) -> None:
    """With `standard_conforming_strings` off, bytes copied as text came to be the text of their escapes."""
    name = psycopg.conninfo.conninfo_to_dict(postgres_url)["dbname"]
    run(postgres_url, f"ALTER DATABASE {name} SET standard_conforming_strings = off")
    with Journal.open(postgres_url) as journal:
        journal.record(*contacts("t", count), contact("note", note="\\x00 and 'quotes'"))
    with psycopg.connect(postgres_url) as connection, Journal.over(connection) as journal:
        journal.record(*contacts("over", count))
    with Journal.open(postgres_url) as journal:
        journal.record(contact("last"))
    with Journal.open(postgres_url, read_only=True) as journal:
        verified = journal.verify()
        assert (verified.violations, verified.sealed) == ((), 2 * count + 2)
        assert journal.history("r")["note"].note == "\\x00 and 'quotes'"


GARBLING = (
    "standard_conforming_strings=off",
    "standard_conforming_strings=off -c backslash_quote=on",
    "bytea_output=escape",
    "client_encoding=LATIN1",
    "DateStyle=SQL,DMY",
    "IntervalStyle=sql_standard",
    "extra_float_digits=-15",
    "quote_all_identifiers=on",
    "TimeZone=Asia/Tokyo",
)
"""Settings by which a session may read or write text, bytes or times in another form."""


@pytest.mark.parametrize("setting", GARBLING)
@pytest.mark.parametrize("count", [9, 3_000])
def test_whatever_a_session_is_set_to_facts_keys_and_seals_are_stored_right(postgres_url: str, setting: str, count: int) -> None:
    facts = [contact(f"t\\{number:04}'é", "r\\'…", contact="mia\\x41", note=f"it's \\n ∑ {number}") for number in range(count)]
    with Journal.open(f"{postgres_url}&options={quote(f'-c {setting}', safe='')}") as journal:
        journal.record(*facts)
        journal.correct(facts[0].id, {"note": "a \\' later one"})
        assert [receipt.is_new for receipt in journal.record(*facts)] == [False] * count
    for url in (f"{postgres_url}&options={quote(f'-c {setting}', safe='')}", postgres_url):
        with Journal.open(url, read_only=True) as journal:
            assert list(journal.history("r\\'…").without(facts[0].id)) == facts[1:]
            assert journal.history("r\\'…")[facts[0].id].note == "a \\' later one"
            verified = journal.verify()
            assert (verified.violations, verified.sealed) == ((), count + 1)


# Subscriptions and the pool


def test_subscriptions_take_no_connection_from_a_writer(postgres_url: str) -> None:
    with Journal.open(postgres_url) as journal:
        subscriptions = [journal.subscribe(poll_seconds=60) for _ in range(Limits().pool_size + 2)]
        firsts: list[str] = []
        followers = [threading.Thread(target=lambda one=one: firsts.append(next(one).touchpoint.id)) for one in subscriptions]
        for follower in followers:
            follower.start()
        time.sleep(0.3)
        journal.record(contact("a"))
        for follower in followers:
            follower.join(timeout=20)
        for subscription in subscriptions:
            subscription.stop()
    assert firsts == ["a"] * len(subscriptions)


def test_news_comes_by_itself_and_not_only_by_looking(store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "_LOOK_AGAIN_SECONDS", 1000.0)
    watch, never = store.watch(), threading.Event()
    assert watch.wait(never, 60)  # it listens from now on, and something may have come before
    assert not watch.wait(never, 0.2)
    store.append([encode(contact("a"))], 0)
    assert watch.wait(never, 60)
    assert not watch.wait(never, 0.01)
    watch.close()


def test_upstreams_own_subscriptions_work_beside_a_writer(store: PostgresStore) -> None:
    seen: list[int] = []
    subscriptions = [store.recorder.subscribe(gt=0) for _ in range(3)]
    for number in range(20):
        store.append([encode(contact(f"{number}"))], 0)
    for subscription in subscriptions:
        with subscription:
            seen += [one.id for one in islice(subscription, 20)]
    assert seen == [*range(1, 21)] * 3


# Large batches


def within(seconds: float, work: Callable[[], object]) -> None:
    """Fail rather than hang."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), f"still at it after {seconds} s"


@pytest.mark.parametrize(("count", "length"), [(800, 9_000), (3, 9_999), (30_000, 10)])
def test_large_batches_arrive(postgres_url: str, count: int, length: int) -> None:
    touchpoints = [contact(f"{number}", note="x" * length, channel="y" * length) for number in range(count)]
    with Journal.open(postgres_url) as journal:
        within(60, lambda: journal.record(*touchpoints))
        within(60, lambda: journal.record(*touchpoints))
        assert journal.version("r") == count


# A lost server


def test_everything_goes_on_after_the_server_came_back(own_server: PostgresServer) -> None:
    url = own_server.new_database()
    with Journal.open(url) as journal, journal.subscribe() as subscription:
        journal.record(contact("before"))
        assert next(subscription).touchpoint.id == "before"
        with ThreadPoolExecutor(4) as threads:
            busy = [threads.submit(lambda batch: [journal.record(one) for one in batch], contacts(f"busy{n}", 60)) for n in range(3)]
            reading = threads.submit(lambda: [len(journal.history("r")) for _ in range(300)])
            time.sleep(0.1)
            own_server.restart()
            assert [len(one.result(timeout=60)) for one in busy] == [60, 60, 60]
            assert reading.result(timeout=60) == [1] * 300
        own_server.restart()
        journal.record(contact("after"))
        seen = [record.touchpoint.id for record in islice(subscription, 181)]
        assert seen[-1] == "after"
        assert sorted(seen[:-1]) == sorted(one.id for n in range(3) for one in contacts(f"busy{n}", 60))
    with Journal.open(url, read_only=True) as journal:
        assert journal.verify().holds


def test_a_server_that_stays_away_is_told_in_the_end(own_server: PostgresServer) -> None:
    journal = Journal.open(own_server.new_database(), timeout=1.0)
    own_server.stop()
    for attempt in (lambda: journal.record(contact("a")), lambda: list(journal.read()), lambda: next(journal.subscribe())):
        began = time.monotonic()
        with pytest.raises(StoreUnavailable, match="cannot be reached") as refused:
            attempt()
        assert time.monotonic() - began < 10
        assert "start the server" in refused.value.mend
    own_server.start()
    assert journal.record(contact("a"))[0].is_new
    journal.close()


def test_a_lost_acknowledgement_neither_doubles_nor_fails(store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    persistently = store.recorder.datastore.persistently
    attempts = []

    def losing(work: Callable[[Any], Any]) -> Any:
        def committed_and_lost(connection: Any) -> Any:
            done = work(connection)
            attempts.append(done)
            if len(attempts) == 1:
                raise psycopg.OperationalError("server closed the connection unexpectedly")
            return done

        return persistently(committed_and_lost)

    monkeypatch.setattr(store.recorder.datastore, "persistently", losing)
    (receipt,) = store.append([encode(contact("a"))], 0, expected_version=0)
    assert (receipt.position, len(attempts)) == (1, 2)
    monkeypatch.undo()
    assert [row.id for row in store.read(0, 10)] == ["a"]


def test_a_mistake_is_not_tried_again(store: PostgresStore) -> None:
    began = time.monotonic()
    with pytest.raises(DamagedJournal):
        store._touchpoints("no_such_column = 1")
    assert time.monotonic() - began < 5


# What cannot be opened or written


def _foreign(url: str) -> None:
    run(url, "CREATE TABLE touchpoints (a int)")


def _newer(url: str) -> None:
    Journal.open(url).close()
    run(url, "UPDATE journey_counters SET format = 99")


def _no_counters(url: str) -> None:
    Journal.open(url).close()
    run(url, "DROP TABLE journey_counters")


def _empty_counters(url: str) -> None:
    Journal.open(url).close()
    run(url, "ALTER TABLE journey_counters DISABLE TRIGGER USER; DELETE FROM journey_counters")


@pytest.mark.parametrize(
    ("spoil", "error", "words"),
    [
        (_foreign, DamagedJournal, "is not a journal's"),
        (_newer, UnsupportedSchema, "journal format 99"),
        (_no_counters, DamagedJournal, "journey_counters"),
        (_empty_counters, DamagedJournal, "journey_counters"),
    ],
)
@pytest.mark.parametrize("read_only", [True, False])
def test_what_is_no_journal_is_told_in_words(
    postgres_url: str, spoil: Callable[[str], None], error: type[Exception], words: str, read_only: bool
) -> None:
    spoil(postgres_url)
    with pytest.raises(error, match=words):
        Journal.open(postgres_url, read_only=read_only)


def test_a_reader_never_creates_or_writes(postgres_url: str) -> None:
    with pytest.raises(StoreUnavailable, match="holds no journal"):
        Journal.open(postgres_url, read_only=True)
    assert run(postgres_url, "SELECT to_regclass('touchpoints')") == [(None,)]
    Journal.open(postgres_url).close()
    with Journal.open(postgres_url, read_only=True) as journal, pytest.raises(StoreUnavailable, match="read-only"):
        journal.record(contact("a"))


def test_a_database_that_cannot_hold_every_text_is_refused(postgres_server: PostgresServer) -> None:
    postgres_server.execute("CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0")
    with pytest.raises(StoreUnavailable, match="SQL_ASCII") as refused:
        Journal.open(postgres_server.url("ascii"))
    assert "UTF8" in refused.value.mend


def test_a_writer_that_waits_too_long_gives_up(postgres_url: str) -> None:
    with Journal.open(postgres_url, timeout=1.0) as journal, psycopg.connect(postgres_url) as other:
        other.execute("SELECT 1 FROM journey_counters FOR UPDATE")
        with pytest.raises(StoreUnavailable, match="is held by another writer"):
            journal.record(contact("a"))
        other.rollback()
        journal.record(contact("a"))


def test_a_writer_that_sleeps_holding_the_lock_loses_it(postgres_url: str) -> None:
    """It is given two thirds of the time that those behind it wait."""
    with Journal.open(postgres_url, timeout=3.0) as journal:
        pool = journal._store.recorder.datastore.pool  # type: ignore[attr-defined]
        sleeper = pool.take(time.monotonic() + 20)
        sleeper.execute("BEGIN; SELECT 1 FROM journey_counters FOR UPDATE")
        assert journal.record(contact("a"))[0].position == 1
        pool.discard(sleeper)


def test_a_server_that_takes_no_writes_is_told(postgres_url: str) -> None:
    Journal.open(postgres_url).close()
    run(postgres_url, f"ALTER DATABASE {psycopg.conninfo.conninfo_to_dict(postgres_url)['dbname']} SET default_transaction_read_only = on")
    with Journal.open(postgres_url) as journal, pytest.raises(StoreUnavailable, match="is read-only"):
        journal.record(contact("a"))


@pytest.mark.parametrize(
    ("error", "error_type", "words"),
    [
        (psycopg.errors.DiskFull("could not extend file"), StoreUnavailable, "full disk; nothing of this batch was recorded"),
        (psycopg.errors.DataCorrupted("invalid page"), DamagedJournal, "is damaged"),
        (psycopg.errors.UniqueViolation("touchpoints_pkey"), DamagedJournal, "is damaged"),
        (psycopg.errors.QueryCanceled("statement timeout"), StoreUnavailable, "time limit"),
        (psycopg.errors.TooManyConnections("sorry"), StoreUnavailable, "cannot be used: sorry"),
    ],
)
def test_the_servers_refusals_are_told_in_the_journals_words(error: psycopg.Error, error_type: type[Exception], words: str) -> None:
    journey_error = reaching.Server("postgresql://host/db").journey_error(error)
    assert type(journey_error) is error_type
    assert words in str(journey_error)
    assert journey_error.mend


# Addresses and passwords


def test_what_cannot_be_reached_is_told_with_a_mend_and_no_password(postgres_server: PostgresServer) -> None:
    postgres_server.execute("CREATE ROLE with_password LOGIN PASSWORD 'right'")
    folder = postgres_server.folder
    for url, words in [
        (f"postgresql://with_password:sesame@/postgres?host={folder}", "password authentication failed"),
        (f"postgresql://with_password@/postgres?host={folder}&password=sesame", "password authentication failed"),
        (f"postgresql://postgres:sesame@/nowhere?host={folder}", '"nowhere" does not exist'),
        ("postgresql://postgres:sesame@/db?host=/nowhere", "cannot be reached"),
        ("postgresql://postgres:sesame@localhost:1/db", "cannot be reached"),
        ("postgresql://postgres:x?sesame@localhost:1/db", "cannot be reached"),
    ]:
        with pytest.raises(StoreUnavailable, match=words) as refused:
            Journal.open(url)
        assert "sesame" not in "".join(traceback.format_exception(refused.value)) + refused.value.mend
        assert refused.value.mend
    with pytest.raises(StoreUnavailable, match="holds no journal"):
        Journal.open(f"postgres://with_password:right@/postgres?host={folder}", read_only=True)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:sesame@@host/db",
        "postgresql://u:x@sesame@host/db",
        "postgresql://u:sesame/x@host/db",
        "postgresql://u:sesame",
        "postgresql://u:x@host:sesame/db",
        "postgresql://u:%sesame@host/db",
        "postgresql://host/db?pass=sesame",
        "postgres:/u:sesame@host/db",
        "mysql://u:sesame@host/db",
        "mysql://host/db?password=sesame",
        "u:sesame@host",
    ],
)
def test_no_error_repeats_a_password(url: str) -> None:
    with pytest.raises(InvalidStoreUrl) as refused:
        Journal.open(url)
    assert "sesame" not in "".join(traceback.format_exception(refused.value)) + refused.value.mend


def test_an_address_is_shown_without_its_password() -> None:
    assert without_password("postgresql://u:sesame@host:5432/db?sslmode=require") == "postgresql://u@host:5432/db"
    assert without_password("sqlite:///odd@name?.db") == "sqlite:///odd@name?.db"
    assert without_password("postgresql://host/db") == "postgresql://host/db"


def test_without_psycopg_the_install_line_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("journey.stores.postgres.store", "journey.stores.postgres.server"):
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra, match="PostgreSQL needs psycopg") as refused:
        Journal.open("postgresql://host/db")
    assert refused.value.mend == "pip install 'customer-journey[postgres]'"


# Roles


@pytest.fixture
def with_roles(postgres_server: PostgresServer, postgres_url: str) -> Iterator[Callable[[str], str]]:
    """The addresses of a journal for users in the roles of `roles.sql`, which is run twice."""
    with Journal.open(postgres_url) as journal:
        journal.record(contact("a"))
    script = files("journey.stores.postgres").joinpath("roles.sql").read_text()
    database = str(psycopg.conninfo.conninfo_to_dict(postgres_url)["dbname"])
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(script.encode())
        owner.execute(script.encode())
        for user, role in (("clerk", "journey_writer"), ("auditor", "journey_reader")):
            owner.execute(f"CREATE ROLE {user} LOGIN IN ROLE {role}".encode())
        yield lambda user: postgres_server.url(database, user=user)
        owner.execute(b"DROP OWNED BY journey_writer, journey_reader, clerk, auditor")
        owner.execute(b"DROP ROLE clerk, auditor, journey_writer, journey_reader")


def test_a_writer_can_record_seal_and_follow(with_roles: Callable[[str], str]) -> None:
    with Journal.open(with_roles("clerk")) as journal, journal.subscribe(after=1) as subscription:
        journal.record(contact("b"))
        journal.record(*contacts("many", 400))
        assert next(subscription).touchpoint.id == "b"
    with Journal.open(with_roles("auditor"), read_only=True) as journal, journal.subscribe() as subscription:
        assert next(subscription).touchpoint.id == "a"
        assert (journal.verify().holds, journal.verify().sealed) == (True, 402)


def test_a_reader_can_follow_through_eventsourcing(with_roles: Callable[[str], str]) -> None:
    with Application[str](postgres_environment(with_roles("auditor"))) as application, application.recorder.subscribe() as subscription:
        assert next(subscription).originator_id == "r"


def test_a_writer_can_follow_under_a_name_and_a_reader_cannot(with_roles: Callable[[str], str]) -> None:
    for position in (0, 1):
        with Journal.open(with_roles("clerk")) as journal, journal.subscribe(name="n") as subscription:
            assert subscription.position == position
            if not position:
                next(subscription)
                subscription.acknowledge()
    with Journal.open(with_roles("auditor")) as journal, pytest.raises(StoreUnavailable, match="closed to this user"):
        journal.subscribe(name="n")


def test_the_roles_reach_the_keys_as_far_as_they_need(with_roles: Callable[[str], str], postgres_url: str) -> None:
    with Journal.open(with_roles("clerk")) as journal:
        journal.record(contact("b", contact="ana", note="She moved."), contact("c", contact="bea", note="She stays."))
        assert journal.rotate_keys() == 2
        journal.record(contact("d", contact="ana", note="She is back."))
        assert journal.forget("ana").keys == 2

    def notes() -> list[tuple[str | None, bool]]:
        with Journal.open(with_roles("auditor"), read_only=True) as journal:
            records = [record for record in journal.read(1) if isinstance(record.touchpoint, Interaction)]
            return [(record.touchpoint.model_dump()["note"], record.withheld) for record in records]

    assert notes() == [(None, True), ("She stays.", False), (None, True)]
    run(postgres_url, "REVOKE ALL ON SCHEMA public_keys FROM journey_reader")
    assert notes() == [(None, True), (None, True), (None, True)]


_FORBIDDEN = [
    "UPDATE touchpoints SET kind = 'x'",
    "DELETE FROM touchpoints",
    "TRUNCATE touchpoints",
    "ALTER TABLE touchpoints ADD COLUMN x int",
    "ALTER TABLE touchpoints DISABLE TRIGGER ALL",
    "DROP TRIGGER touchpoints_are_never_changed ON touchpoints",
    "DROP TABLE touchpoints CASCADE",
    "SET session_replication_role = replica",
    "CREATE OR REPLACE FUNCTION journey_refuses() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "DROP FUNCTION journey_refuses CASCADE",
    "DELETE FROM journey_seals",
    "UPDATE journey_seals SET root = ''",
    "UPDATE journey_counters SET format = 2",
    "DELETE FROM journey_counters",
    "CREATE RULE r AS ON INSERT TO touchpoints DO INSTEAD NOTHING",
]


@pytest.mark.parametrize("user", ["clerk", "auditor"])
def test_neither_role_can_change_or_remove_anything(with_roles: Callable[[str], str], user: str) -> None:
    for statement in _FORBIDDEN:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run(with_roles(user), statement)


def test_a_reader_cannot_record(with_roles: Callable[[str], str]) -> None:
    for statement in (
        "INSERT INTO touchpoints (position, relationship, version, kind) VALUES (9, 'r', 9, 'k')",
        "UPDATE journey_counters SET position = 9",
        "SELECT 1 FROM journey_counters FOR UPDATE",
        "INSERT INTO journey_seals SELECT * FROM journey_seals",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run(with_roles("auditor"), statement)
    with Journal.open(with_roles("auditor")) as journal, pytest.raises(StoreUnavailable, match="closed to this user") as refused:
        journal.record(contact("b"))
    assert "journey_writer" in refused.value.mend


def test_a_stranger_is_told_what_is_missing(postgres_server: PostgresServer, with_roles: Callable[[str], str]) -> None:
    postgres_server.execute("CREATE ROLE stranger LOGIN")
    with pytest.raises(StoreUnavailable, match="closed to this user"):
        Journal.open(with_roles("stranger"), read_only=True)
    with pytest.raises(StoreUnavailable, match="closed to this user"):
        Journal.open(postgres_server.new_database().replace("postgres@", "stranger@"))
