"""A journal over the caller's own connection: touchpoints are recorded with the caller's rows, or not at all."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres_server import PostgresServer
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from journey import (
    AsyncJournal,
    ConflictingHistory,
    ConflictingTouchpoint,
    Interaction,
    InvalidTouchpoint,
    Journal,
    NoteAdded,
    StoreUnavailable,
    UnsupportedSchema,
)
from journey.testing import START

Connected = Any


def contact(id: str, relationship: str = "r") -> Interaction:
    return Interaction(id=id, relationship=relationship, occurred_at=START, competence=0.5)


def note(id: str) -> NoteAdded:
    return NoteAdded(id=id, relationship="r", occurred_at=START, note=f"what {id} said")


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a journal that is there."""
    url = f"sqlite:///{tmp_path}/journey.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    Journal.open(url).close()
    return url


@contextmanager
def connected(url: str) -> Iterator[Connected]:
    """A connection of the caller's, with a table of the caller's."""
    if url.startswith("sqlite"):
        connection: Connected = sqlite3.connect(url.removeprefix("sqlite:///"))
    else:
        connection = psycopg.connect(url)
    connection.execute("CREATE TABLE IF NOT EXISTS orders (id text)")
    connection.commit()
    try:
        yield connection
    finally:
        connection.close()


def orders(connection: Connected) -> list[str]:
    return [id for (id,) in connection.execute("SELECT id FROM orders ORDER BY id").fetchall()]


def ids(journal: Journal) -> list[str]:
    return [record.touchpoint.id for record in journal.read()]


def test_what_is_recorded_is_seen_when_the_caller_commits_and_gone_when_the_caller_rolls_back(url: str) -> None:
    with connected(url) as connection, Journal.open(url) as others, Journal.over(connection) as journal:
        for ends, seen in ((connection.rollback, []), (connection.commit, ["note", "visit"])):
            connection.execute("INSERT INTO orders VALUES ('order')")
            assert [receipt.position for receipt in journal.record(note("note"), contact("visit"))] == [1, 2]
            assert ids(journal) == ["note", "visit"]
            assert journal.history("r")["note"].note == "what note said"
            assert ids(others) == []
            ends()
            assert ids(others) == ids(journal) == seen
        assert orders(connection) == ["order"]
        assert others.history("r")["note"].note == "what note said"


def test_the_first_thing_in_a_transaction_may_be_a_touchpoint(url: str) -> None:
    with connected(url) as connection, Journal.open(url) as others, Journal.over(connection) as journal:
        journal.record(contact("visit"))
        connection.execute("INSERT INTO orders VALUES ('order')")
        assert ids(others) == []
        connection.rollback()
        assert (ids(journal), orders(connection)) == ([], [])


def test_a_refused_touchpoint_leaves_the_rest_of_the_transaction_whole(url: str) -> None:
    with connected(url) as connection, Journal.over(connection) as journal:
        journal.record(contact("visit"))
        connection.commit()
        connection.execute("INSERT INTO orders VALUES ('order')")
        changed = contact("visit").model_copy(update={"competence": 0.1})
        with pytest.raises(ConflictingTouchpoint):
            journal.record(contact("other"), changed)
        with pytest.raises(ConflictingHistory):
            journal.record(contact("other"), expected_version=7)
        with pytest.raises(InvalidTouchpoint):
            journal.record({"kind": "interaction", "id": "x"})
        assert journal.record(contact("third"))[0].position == 2
        connection.commit()
        assert (ids(journal), orders(connection)) == (["visit", "third"], ["order"])


@pytest.fixture(scope="module")
def database(postgres_server: PostgresServer) -> str:
    """A database for many schemas."""
    return postgres_server.new_database()


@settings(max_examples=8)
@given(steps=st.lists(st.tuples(st.integers(1, 3), st.booleans()), min_size=1, max_size=4))
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_whatever_is_committed_or_taken_back_positions_have_no_gaps_and_all_is_sealed(
    kind: str, steps: list[tuple[int, bool]], tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer, database: str
) -> None:
    place = tmp_path_factory.mktemp("law")
    url = postgres_server.new_schema(database, place.name) if kind == "postgres" else f"sqlite:///{place}/journey.db"
    Journal.open(url).close()
    committed_ids = list[str]()
    with connected(url) as connection, Journal.over(connection) as journal:
        for number, (many, commits) in enumerate(steps):
            ids_of_call = [f"{number}-{one}" for one in range(many)]
            journal.record(*map(note, ids_of_call))
            (connection.commit if commits else connection.rollback)()
            committed_ids += ids_of_call if commits else []
    with Journal.open(url) as journal:
        journal.record(contact("last"))
    with Journal.open(url, read_only=True) as journal:
        records, verified = list(journal.read()), journal.verify()
    assert [record.touchpoint.id for record in records] == [*committed_ids, "last"]
    assert [record.position for record in records] == list(range(1, len(committed_ids) + 2))
    assert not any(record.withheld for record in records)
    assert (verified.holds, verified.sealed) == (True, len(records))


def test_nothing_is_sealed_before_the_caller_commits_and_all_of_it_on_request(url: str) -> None:
    with connected(url) as connection:
        with Journal.over(connection) as journal:
            journal.record(*(contact(f"{number}") for number in range(1_100)))
        connection.rollback()
        with Journal.over(connection) as journal:
            journal.record(*(contact(f"again-{number}") for number in range(1_100)))
        connection.commit()
    with Journal.open(url) as journal:
        assert journal.verify().seals == 0
        journal.seal()
        assert (journal.verify().holds, journal.verify().sealed) == (True, 1_100)
        journal.seal()
        assert journal.verify().seals == 2


def test_others_wait_until_the_caller_commits(url: str) -> None:
    with connected(url) as connection, Journal.open(url) as others, Journal.over(connection) as journal:
        journal.record(note("first"))
        waiting = threading.Thread(target=others.record, args=(note("second"),))
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        connection.commit()
        waiting.join(20)
        assert [(record.position, record.touchpoint.id) for record in others.read()] == [(1, "first"), (2, "second")]


def test_in_autocommit_each_call_is_a_transaction_of_its_own(url: str) -> None:
    with connected(url) as connection, Journal.open(url) as others, Journal.over(connection) as journal:
        if isinstance(connection, sqlite3.Connection):
            connection.isolation_level = None
        else:
            connection.autocommit = True
        journal.record(note("a"))
        with pytest.raises(ConflictingTouchpoint):
            journal.record(contact("b"), note("a").model_copy(update={"note": "another"}))
        assert ids(others) == ["a"]
        connection.execute("BEGIN")
        journal.record(note("b"))
        assert ids(others) == ["a"]
        connection.execute("ROLLBACK")
        assert ids(others) == ["a"]


def test_a_journal_that_is_not_there_is_not_made_over_a_connection(tmp_path: Path, postgres_url: str) -> None:
    for connection in (sqlite3.connect(tmp_path / "other.db"), sqlite3.connect(":memory:"), psycopg.connect(postgres_url)):
        connection.execute("CREATE TABLE orders (id text)")
        connection.commit()
        with pytest.raises(StoreUnavailable, match=r"holds no journal|is to no file"):
            Journal.over(connection)
        connection.close()
    for source in ("postgresql://host/db", None):
        with pytest.raises(TypeError):
            Journal.over(source)


# PostgreSQL


def test_to_stand_over_a_connection_begins_no_transaction_and_ends_none(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        found = list[TransactionStatus]()
        with pytest.raises(StoreUnavailable, match="holds no journal"):
            Journal.over(connection)
        found.append(connection.info.transaction_status)
        Journal.open(postgres_url).close()
        Journal.over(connection).close()
        found.append(connection.info.transaction_status)
        connection.execute("CREATE TEMPORARY TABLE mine (id text)")
        Journal.over(connection).close()
        found.append(connection.info.transaction_status)
        assert found == [TransactionStatus.IDLE, TransactionStatus.IDLE, TransactionStatus.INTRANS]
        assert connection.execute("SELECT count(*) FROM mine").fetchall() == [(0,)]


def test_within_the_callers_own_block_and_savepoints(postgres_url: str) -> None:
    Journal.open(postgres_url).close()
    with (
        psycopg.connect(postgres_url, autocommit=True) as connection,
        Journal.open(postgres_url) as others,
        Journal.over(connection) as journal,
    ):
        with connection.transaction():
            journal.record(contact("kept"))
            with pytest.raises(ZeroDivisionError), connection.transaction():
                journal.record(contact("taken back"))
                raise ZeroDivisionError
            assert ids(others) == []
        assert ids(others) == ["kept"]


def test_a_transaction_that_sees_old_rows_is_refused_and_not_recorded_wrongly(postgres_url: str) -> None:
    Journal.open(postgres_url).close()
    with psycopg.connect(postgres_url) as connection, Journal.open(postgres_url) as others, Journal.over(connection) as journal:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        assert ids(journal) == []
        others.record(contact("a"))
        with pytest.raises(StoreUnavailable, match="recorded to since this transaction began") as refused:
            journal.record(contact("b"))
        assert "retry" in refused.value.mend
        connection.rollback()
        assert journal.record(contact("b"))[0].position == 2
        connection.commit()


def test_a_connection_with_cursors_of_another_kind_does(postgres_url: str) -> None:
    Journal.open(postgres_url).close()
    made = psycopg.connect(postgres_url, cursor_factory=psycopg.ClientCursor, row_factory=dict_row)
    with made as connection, Journal.over(connection) as journal:
        journal.record(note("a"), contact("b"))
        connection.commit()
        assert (len(journal.history("r")), journal.verify().holds, connection.cursor_factory) == (2, True, psycopg.ClientCursor)


def test_the_callers_session_stays_as_it_was(postgres_url: str) -> None:
    Journal.open(postgres_url).close()
    shown = "SELECT current_setting('lock_timeout'), current_setting('synchronous_commit'), current_setting('transaction_isolation')"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off; SET default_transaction_isolation = 'serializable'; SET lock_timeout = '7s'")
        before = connection.execute(shown).fetchall()
        with Journal.over(connection) as journal:
            journal.record(note("a"))
        assert connection.execute(shown).fetchall() == before == [("7s", "off", "serializable")]


def test_two_callers_that_record_texts_do_not_wait_for_each_other(postgres_url: str) -> None:
    """One holds the counters and needs a key, the other makes its key first: both take the counters before the keys."""
    with Journal.open(postgres_url) as journal:
        journal.record(note("first"))
    with (
        psycopg.connect(postgres_url) as one,
        psycopg.connect(postgres_url) as two,
        Journal.over(one) as first,
        Journal.over(two) as second,
    ):
        first.record(contact("plain"))

        def record_and_commit() -> None:
            second.record(note("b").model_copy(update={"contact": "b"}))
            two.commit()

        behind = threading.Thread(target=record_and_commit)
        behind.start()
        time.sleep(0.1)
        first.record(note("a").model_copy(update={"contact": "a"}))
        one.commit()
        behind.join(20)
        assert not behind.is_alive()
        assert ids(first) == ["first", "plain", "a", "b"]


def test_a_key_is_not_destroyed_in_a_transaction_that_may_be_rolled_back(postgres_url: str) -> None:
    with Journal.open(postgres_url) as journal:
        journal.record(contact("a"), note("b").model_copy(update={"contact": "ana"}))
    with psycopg.connect(postgres_url) as connection, Journal.over(connection) as journal:
        with pytest.raises(StoreUnavailable, match="a key is destroyed for good") as refused:
            journal.forget("ana")
        assert "opened at its address" in refused.value.mend
        connection.rollback()
        connection.autocommit = True
        assert journal.forget("ana").keys == 1


def test_a_journal_over_a_pool_is_as_any_and_leaves_the_pool_open_and_its_connections_as_they_were(postgres_url: str) -> None:
    Journal.open(postgres_url).close()
    with ConnectionPool(postgres_url, min_size=1, max_size=3, open=True) as pool:
        with Journal.over(pool) as journal, journal.subscribe() as subscription:
            threads = [threading.Thread(target=journal.record, args=(note(f"{number}"),)) for number in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len({next(subscription).touchpoint.id for _ in range(8)}) == 8
            journal.record(*(contact(f"many-{number}") for number in range(1_000)))
            journal.ping()
        with pool.connection() as connection:
            assert not connection.autocommit
            assert connection.execute("SELECT current_setting('lock_timeout')").fetchall() == [("0",)]
    with Journal.open(postgres_url) as journal:
        assert (journal.verify().holds, journal.verify().sealed) == (True, 1_008)
    with pytest.raises(StoreUnavailable, match="pool of connections is closed"):
        Journal.over(pool)


def test_an_async_journal_stands_over_a_pool_too(postgres_url: str) -> None:
    async def record(pool: Any) -> list[str]:
        async with await AsyncJournal.over(pool) as journal:
            await asyncio.gather(*(journal.record(contact(f"{number}")) for number in range(20)))
            return [touchpoint.id for touchpoint in await journal.history("r")]

    Journal.open(postgres_url).close()
    with ConnectionPool(postgres_url, min_size=1, max_size=3, open=True) as pool:
        assert sorted(asyncio.run(record(pool)), key=int) == [f"{number}" for number in range(20)]


# SQLite


def test_a_connection_that_tells_texts_otherwise_or_a_file_of_an_older_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journey.db"
    Journal.open(f"sqlite:///{path}").close()
    connection = sqlite3.connect(path)
    connection.text_factory = bytes
    with pytest.raises(StoreUnavailable, match="reads texts as something else"):
        Journal.over(connection)
    connection.close()
    old = sqlite3.connect(tmp_path / "old.db")
    old.executescript((Path(__file__).parent / "formats" / "1.sql").read_text())
    with pytest.raises(UnsupportedSchema, match="journal format 1"):
        Journal.over(old)
    old.close()


def test_rows_of_the_callers_kind_do_not_disturb(tmp_path: Path) -> None:
    path = tmp_path / "journey.db"
    Journal.open(f"sqlite:///{path}").close()
    connection = sqlite3.connect(path)
    connection.row_factory = lambda cursor, row: {name[0]: value for name, value in zip(cursor.description, row, strict=True)}
    with Journal.over(connection) as journal:
        journal.record(note("a"), contact("b"))
        connection.commit()
        assert (len(journal.history("r")), journal.verify().holds) == (2, True)
    connection.close()
