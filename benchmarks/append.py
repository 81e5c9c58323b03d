"""How fast touchpoints are durably appended, compared with eventsourcing's own recorders, in one run: medians and ratios.

Both write encoded rows to a real disk, with the same durability: singly, and in batches. `Journal.record` starts from models, so it
includes validation and encoding. They take turns, so that a noisy minute is noisy for all.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from journey import Interaction, Journal, Touchpoint
from journey.stores.codec import encode
from journey.stores.postgres import PostgresStore
from journey.stores.rows import StoredTouchpoint
from journey.stores.sqlite import SQLiteStore
from journey.testing import START

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from postgres_server import NoServer, PostgresServer

ROUNDS = 9
SIZES = {1: 300, 100: 5_000, 1_000: 20_000}
"""How many touchpoints a round appends, by the size of its batches."""
RELATIONSHIPS = 500

Append = Callable[[int, int], None]
"""Appends the touchpoints from one number to another, in one batch."""
Contender = Callable[[Path, Sequence[Touchpoint], Sequence[StoredTouchpoint]], AbstractContextManager[Append]]
"""Makes an empty journal in a folder, for these touchpoints or rows."""


def touchpoints(count: int) -> Sequence[Touchpoint]:
    """Ordinary contacts of a few hundred relationships."""
    return [
        Interaction(
            id=f"contact-{number}",
            relationship=f"customer-{number % RELATIONSHIPS}@bank",
            occurred_at=START + timedelta(minutes=number),
            representative="anna",
            competence=0.5,
            benevolence=0.25,
        )
        for number in range(count)
    ]


def events_of(rows: Sequence[StoredTouchpoint]) -> Sequence[StoredEvent]:
    """The same content as upstream's events, with the versions that its caller must know."""
    return [StoredEvent(row.relationship, number // RELATIONSHIPS + 1, row.kind, row.payload.encode()) for number, row in enumerate(rows)]


@contextmanager
def stock_sqlite(folder: Path, _: Sequence[Touchpoint], rows: Sequence[StoredTouchpoint]) -> Iterator[Append]:
    """Upstream's own SQLite recorder."""
    datastore = SQLiteDatastore(str(folder / "stock.db"), originator_id_type="text")
    recorder = SQLiteApplicationRecorder(datastore)
    recorder.create_table()
    events = events_of(rows)
    yield lambda start, end: void(recorder.insert_events(events[start:end]))
    datastore.close()


@contextmanager
def our_sqlite(folder: Path, _: Sequence[Touchpoint], rows: Sequence[StoredTouchpoint]) -> Iterator[Append]:
    """Our SQLite store."""
    store = SQLiteStore(str(folder / "store.db"))
    yield lambda start, end: void(store.append(rows[start:end], now=0))
    store.close()


@contextmanager
def journal_on_sqlite(folder: Path, told: Sequence[Touchpoint], _: Sequence[StoredTouchpoint]) -> Iterator[Append]:
    """A journal on it."""
    with Journal.open(f"sqlite:///{folder / 'journal.db'}") as journal:
        yield lambda start, end: void(journal.record(*told[start:end]))


def on_postgres(server: PostgresServer) -> dict[str, Contender]:
    """The same three on a server of this run's own, each time in a new database."""

    @contextmanager
    def stock(_: Path, __: Sequence[Touchpoint], rows: Sequence[StoredTouchpoint]) -> Iterator[Append]:
        place = psycopg.conninfo.conninfo_to_dict(server.new_database())
        datastore = PostgresDatastore(str(place["dbname"]), str(place["host"]), 5432, str(place["user"]), "", originator_id_type="text")
        recorder = PostgresApplicationRecorder(datastore)
        recorder.create_table()
        events = events_of(rows)
        yield lambda start, end: void(recorder.insert_events(events[start:end]))
        datastore.close()

    @contextmanager
    def ours(_: Path, __: Sequence[Touchpoint], rows: Sequence[StoredTouchpoint]) -> Iterator[Append]:
        store = PostgresStore(server.new_database())
        yield lambda start, end: void(store.append(rows[start:end], now=0))
        store.close()

    @contextmanager
    def journal(_: Path, told: Sequence[Touchpoint], __: Sequence[StoredTouchpoint]) -> Iterator[Append]:
        with Journal.open(server.new_database()) as journal:
            yield lambda start, end: void(journal.record(*told[start:end]))

    return {"eventsourcing": stock, "journey, the store": ours, "journey, Journal.record": journal}


def void(_: object) -> None:
    """Nothing."""


def rate(append: Append, count: int, size: int) -> float:
    """Touchpoints a second."""
    start = time.perf_counter()
    for first in range(0, count, size):
        append(first, min(count, first + size))
    return count / (time.perf_counter() - start)


def measure(store: str, contenders: dict[str, Contender]) -> None:
    """Each round is a new journal for each contender, in turn."""
    told = touchpoints(max(SIZES.values()))
    rows = [encode(touchpoint) for touchpoint in told]
    for size, count in SIZES.items():
        rates: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(ROUNDS):
            for name, contender in contenders.items():
                with tempfile.TemporaryDirectory() as folder, contender(Path(folder), told, rows) as append:
                    rates[name].append(rate(append, count, size))
        print(f"{store}, {'singly' if size == 1 else f'batches of {size:,}'}")
        peer = statistics.median(rates["eventsourcing"])
        for name, measured in rates.items():
            median, spread = statistics.median(measured), statistics.quantiles(measured, n=4)
            quartiles = f"quartiles {spread[0]:9,.0f} to {spread[2]:9,.0f}"
            print(f"  {name:24} median {median:9,.0f} /s, {quartiles}, {median / peer:5.2f} × eventsourcing")


def main() -> None:
    """On SQLite, and on PostgreSQL where there is a server to run."""
    sqlite: dict[str, Contender] = {
        "eventsourcing": stock_sqlite,
        "journey, the store": our_sqlite,
        "journey, Journal.record": journal_on_sqlite,
    }
    measure("SQLite", sqlite)
    try:
        server = PostgresServer()
    except NoServer as error:
        print(f"PostgreSQL is left out: {error}")
        return
    with server:
        measure("PostgreSQL", on_postgres(server))


if __name__ == "__main__":
    main()
