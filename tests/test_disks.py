"""Disks that are full or read-only: told in words, nothing half recorded, and the journal goes on once there is room."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random

import pytest
from postgres_server import NoServer, PostgresServer

from journey import Journal, NoteAdded, StoreUnavailable
from journey.formats import export_journal
from journey.stores.postgres import PostgresStore
from journey.stores.sqlite import SQLiteStore
from journey.testing import START, Opener
from journey.testing.places import contacts, records

Mount = Callable[[str], Path]


def note(number: int) -> NoteAdded:
    return NoteAdded(id=f"{number:05}", relationship="r", occurred_at=START, note=Random(number).randbytes(2_500).hex())


@pytest.fixture
def small_disk() -> Iterator[Mount]:
    """Mounts a file system with options such as its size, or mounts it anew with others; it is gone at the end, whatever happens."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root on Linux may mount a small disk")
    disk = Path(tempfile.mkdtemp(prefix="journey-disk-"))
    disk.chmod(0o755)

    def mount(options: str) -> Path:
        anew = "remount," if disk.is_mount() else ""
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"{anew}{options}", "tmpfs", disk], capture_output=True, text=True, check=False
        )
        if done.returncode and not anew:
            pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
        assert done.returncode == 0, done.stderr
        return disk

    try:
        yield mount
    finally:
        if disk.is_mount():
            subprocess.run(["umount", "--lazy", disk], check=True)
        disk.rmdir()


def fill(journal: Journal, size: int) -> tuple[list[str], StoreUnavailable]:
    """Record batches until the store refuses; what it acknowledged, and what it said."""
    acknowledged: list[str] = []
    for start in range(0, 20_000, size):
        try:
            acknowledged += [receipt.id for receipt in journal.record(*(note(number) for number in range(start, start + size)))]
        except StoreUnavailable as error:
            return acknowledged, error
    raise AssertionError("the disk never filled up")


def check_a_full_disk(opener: Opener, make_room: Callable[[], object], size: int, where: str) -> None:
    """Fill a disk while a journal is open; then, with room made, all that was acknowledged is there and recording goes on."""
    journal = Journal(opener())
    acknowledged, refused = fill(journal, size)
    assert "full" in str(refused) and where in str(refused) and "free some space" in refused.mend
    assert [one.touchpoint.id for one in records(journal)] == acknowledged
    with suppress(StoreUnavailable):
        journal.close()
    make_room()
    with Journal(opener()) as journal:
        assert [one.touchpoint.id for one in records(journal)] == acknowledged
        assert journal.verify().holds
        again = journal.record(*(note(number) for number in range(len(acknowledged) + size)))
        assert [receipt.is_new for receipt in again] == [False] * len(acknowledged) + [True] * size
    with Journal(opener()) as journal:
        verification = journal.verify()
        assert verification.holds and verification.sealed == verification.touchpoints == len(acknowledged) + size
        assert [one.position for one in records(journal)] == list(range(1, verification.touchpoints + 1))


@pytest.mark.parametrize("size", [1, 40])
def test_a_sqlite_journal_on_a_full_disk_keeps_its_word(small_disk: Mount, size: int) -> None:
    path = str(small_disk("size=1m") / "journey.db")
    check_a_full_disk(partial(SQLiteStore, path), lambda: small_disk("size=16m"), size, where=path)


@pytest.mark.parametrize("size", [1, 40])
def test_a_sqlite_journal_that_may_not_grow_keeps_its_word(tmp_path: Path, size: int) -> None:
    """The file's own limit stands for a full disk, where none can be mounted."""
    path = str(tmp_path / "journey.db")
    limits = iter([200, 20_000, 20_000])

    def opener() -> SQLiteStore:
        store = SQLiteStore(path)
        with store.recorder.datastore.transaction(commit=False) as cursor:
            cursor.execute(f"PRAGMA max_page_count = {next(limits)}")
        return store

    check_a_full_disk(opener, lambda: None, size, where=path)


def test_a_sqlite_journal_cannot_begin_on_a_full_disk_and_does_later(small_disk: Mount) -> None:
    disk = small_disk("size=64k")
    (disk / "other").write_bytes(bytes(60 * 1024))
    with pytest.raises(StoreUnavailable, match="full"):
        SQLiteStore(str(disk / "journey.db"))
    (disk / "other").unlink()
    small_disk("size=4m")
    with Journal(SQLiteStore(str(disk / "journey.db"))) as journal:
        journal.record(*contacts(3))
        assert journal.verify().holds


def test_a_sqlite_journal_on_a_read_only_disk_is_read_and_not_written(small_disk: Mount) -> None:
    path = str(small_disk("size=4m") / "journey.db")
    with Journal(SQLiteStore(path)) as journal:
        journal.record(*contacts(3))
    small_disk("ro")
    with pytest.raises(StoreUnavailable, match="is read-only") as refused, Journal(SQLiteStore(path)) as journal:
        journal.record(*contacts(4))
    assert path in str(refused.value) and "make the file and its folder writable" in refused.value.mend
    with Journal(SQLiteStore(path, read_only=True)) as journal:
        assert [one.touchpoint for one in records(journal)] == contacts(3)
        assert journal.verify().holds
    small_disk("rw")
    with Journal(SQLiteStore(path)) as journal:
        assert [receipt.is_new for receipt in journal.record(*contacts(4))] == [False, False, False, True]
        assert journal.verify().holds


def test_a_postgres_journal_on_a_full_disk_keeps_its_word(small_disk: Mount) -> None:
    try:
        server = PostgresServer(fsync=False)
    except NoServer as error:
        pytest.skip(str(error))
    with server:
        owner, disk = server.data.stat(), small_disk("size=16m")
        os.chown(disk, owner.st_uid, owner.st_gid)
        server.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
        server.execute("CREATE DATABASE small TABLESPACE small")
        opener = partial(PostgresStore, server.url("small"))
        check_a_full_disk(opener, lambda: small_disk("size=256m"), 40, where="/small")


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv.gz", "a.parquet", "a.xes", "a.xmlocel", "a.sqlite"])
def test_an_export_that_does_not_fit_names_the_file_and_leaves_nothing(small_disk: Mount, name: str) -> None:
    path = small_disk("size=100k") / name
    with Journal.open("memory:") as journal:
        journal.record(*(note(number) for number in range(200)))
        with pytest.raises(OSError, match=r"(?i)no space left|full") as caught:
            export_journal(journal, path)
    assert caught.value.filename == str(path)
    assert list(path.parent.iterdir()) == []
