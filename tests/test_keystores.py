"""Where keys are kept: every keystore of ours gives, finds, rotates and destroys them alike."""

import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from journey import DamagedJournal, InvalidStoreUrl, Journal, Key, Keystore, NoteAdded, StoreUnavailable
from journey.stores.keys import MemoryKeystore
from journey.stores.opening import open_keystore
from journey.stores.sqlite.keys import SQLiteKeystore
from journey.testing import START

Opener = Callable[[], Keystore]


def _note(id: str, contact: str) -> NoteAdded:
    return NoteAdded(id=id, relationship="r", occurred_at=START, note="She likes roses.", contact=contact)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Opens one new, empty keystore, again and again."""
    if request.param == "memory":
        keystore = MemoryKeystore()
        yield lambda: keystore
    elif request.param == "sqlite":
        yield lambda: open_keystore(f"sqlite:///{tmp_path}/journey.keys")
    else:
        url = request.getfixturevalue("postgres_url")
        yield lambda: open_keystore(url)


def test_each_owner_has_a_key_of_its_own_that_stays(opener: Opener) -> None:
    with closing(opener()) as keys:
        first = keys.current(["person:ana", "person:bea"])
        assert {owner: keys.current([owner])[owner] for owner in first} == first
        assert len({key.id for key in first.values()} | {key.secret for key in first.values()}) == 4
        assert all(len(key.secret) == 32 for key in first.values())
    with closing(opener()) as keys:
        assert keys.current(["person:ana", "person:bea"]) == first
        assert keys.find([key.id for key in first.values()]) == {key.id: key.secret for key in first.values()}
        assert keys.find(["unknown"]) == {}


def test_rotated_keys_stay_for_reading(opener: Opener) -> None:
    with closing(opener()) as keys:
        assert keys.rotate() == 0
        before = keys.current(["person:ana", "person:bea"])
        assert keys.rotate(["person:ana", "person:unknown"]) == 1
        after = keys.current(["person:ana", "person:bea"])
        assert after["person:ana"] != before["person:ana"]
        assert after["person:bea"] == before["person:bea"]
        assert keys.rotate() == 2
        newest = keys.current(["person:ana", "person:bea"])
        every = {key.id: key.secret for some in (before, after, newest) for key in some.values()}
        assert len(every) == 5
        assert keys.find(list(every)) == every


def test_destroyed_keys_are_gone_and_nobody_elses(opener: Opener) -> None:
    with closing(opener()) as keys:
        assert keys.destroy(["person:ana"]) == 0
        ana, bea = (keys.current([owner])[owner] for owner in ("person:ana", "person:bea"))
        keys.rotate(["person:ana"])
        assert keys.destroy(["person:ana", "person:nobody"]) == 2
        assert keys.find([ana.id, bea.id]) == {bea.id: bea.secret}
        assert keys.current(["person:ana"])["person:ana"].secret != ana.secret


def test_one_owner_has_one_key_whoever_asks_first(opener: Opener) -> None:
    found_keys: list[Key] = []

    def ask() -> None:
        with closing(opener()) as keys:
            start.wait()
            found_keys.append(keys.current(["person:ana", f"fact:{threading.get_ident()}"])["person:ana"])

    start = threading.Barrier(6)
    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found_keys) == 6 and len(set(found_keys)) == 1


def test_only_its_owner_may_read_the_file_and_nothing_of_a_destroyed_key_is_left_in_it(tmp_path: Path) -> None:
    path = tmp_path / "journey.keys"
    with closing(SQLiteKeystore(path)) as keys:
        secrets = [key.secret for key in keys.current([f"person:{number}" for number in range(200)]).values()]
        assert all(secret in path.read_bytes() for secret in secrets)
        keys.destroy([f"person:{number}" for number in range(0, 200, 2)])
        left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert [secret in left for secret in secrets] == [False, True] * 100
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("texts_before", [0, 1])
def test_a_closed_journal_makes_no_keys_and_opens_no_file(tmp_path: Path, texts_before: int) -> None:
    path = tmp_path / "journey.db"
    with Journal.open(f"sqlite:///{path}") as journal:
        journal.record(*(_note("before", "ana") for _ in range(texts_before)))
    with pytest.raises(StoreUnavailable, match="was closed"):
        journal.record(_note("after", "bea"))
    keys = tmp_path / "journey.db.keys"
    assert keys.exists() == bool(texts_before)
    if keys.exists():
        with closing(sqlite3.connect(keys)) as file:
            assert file.execute("SELECT DISTINCT owner FROM journey_keys").fetchall() == [("person:ana",)]


def test_a_file_is_made_with_the_first_key_and_by_writers_only(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/journey.keys"
    with closing(open_keystore(url, read_only=True)) as keys:
        assert keys.find(["any"]) == {}
        with pytest.raises(StoreUnavailable, match="the journal is read-only"):
            keys.current(["person:ana"])
    with closing(open_keystore(url)) as keys:
        assert keys.destroy(["person:ana"]) == keys.rotate() == 0
        assert list(tmp_path.iterdir()) == []
        keys.current(["person:ana"])
    assert [path.name for path in tmp_path.iterdir()] == ["journey.keys"]


def test_what_is_no_keystore_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidStoreUrl, match="`ftp://x` is not the address of a key store"):
        open_keystore("ftp://x")
    (tmp_path / "text").write_text("no database at all, though it is long enough to look like one" * 9)
    with closing(open_keystore(f"sqlite:///{tmp_path}/text")) as keys, pytest.raises(DamagedJournal, match="holds no keys"):
        keys.current(["person:ana"])
    with closing(open_keystore(f"sqlite:///{tmp_path}/no/folder")) as keys, pytest.raises(StoreUnavailable, match="cannot be used"):
        keys.current(["person:ana"])


def test_who_waits_while_another_makes_the_schema_of_keys_sees_that_it_is_made(postgres_url: str) -> None:
    with closing(open_keystore(postgres_url)) as keys, psycopg.connect(postgres_url) as other:
        other.execute("SELECT pg_advisory_xact_lock(7015208937414)")
        made: list[Key] = []
        waiting = threading.Thread(target=lambda: made.extend(keys.current(["person:ana"]).values()))
        waiting.start()
        with psycopg.connect(postgres_url, autocommit=True) as watching:
            locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            while watching.execute(locks).fetchall() == [(0,)]:
                pass
        other.execute("CREATE SCHEMA public_keys")
        other.commit()
        waiting.join(20)
        assert len(made) == 1


def test_a_journal_in_postgresql_keeps_its_keys_in_a_schema_of_its_own(postgres_url: str) -> None:
    with Journal.open(postgres_url) as journal:
        journal.record(NoteAdded(id="n", relationship="r", occurred_at=START, note="She likes roses."))
        assert journal.history("r")["n"].note == "She likes roses."
    with psycopg.connect(postgres_url) as connection:
        ((count,),) = connection.execute("SELECT count(*) FROM public_keys.keys").fetchall()
        assert count == 1
        connection.execute("DROP SCHEMA public_keys CASCADE")
    with Journal.open(postgres_url, read_only=True) as journal:
        (record,) = journal.history("r").records
        assert record.withheld and record.touchpoint.note is None
        assert journal.verify().holds
