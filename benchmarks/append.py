"""How fast touchpoints are appended, durably, beside eventsourcing's own recorders, in one run: medians and ratios.

Both write what is ready to be stored to a real disk, with the same durability: singly, and in batches. `Journal.record` is
the same from models, validation and encoding included. They take turns, so that a noisy minute is noisy for all.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from journey import Interaction, Journal, Touchpoint
from journey.stores.rows import StoredTouchpoint, encode
from journey.stores.sqlite import SQLiteStore
from journey.testing import START

ROUNDS = 9
SIZES = {1: 300, 100: 5_000, 1_000: 20_000}
"""How many touchpoints a round appends, by the size of its batches."""
RELATIONSHIPS = 500

Append = Callable[[int, int], None]
"""Appends the touchpoints from one number to another, in one batch."""


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


CONTENDERS = {"eventsourcing, SQLite": stock_sqlite, "journey, SQLite": our_sqlite, "journey, Journal.record": journal_on_sqlite}


def void(_: object) -> None:
    """Nothing."""


def rate(append: Append, count: int, size: int) -> float:
    """Touchpoints a second."""
    start = time.perf_counter()
    for first in range(0, count, size):
        append(first, min(count, first + size))
    return count / (time.perf_counter() - start)


def main() -> None:
    """Each round is a new journal for each contender, in turn."""
    told = touchpoints(max(SIZES.values()))
    rows = [encode(touchpoint) for touchpoint in told]
    for size, count in SIZES.items():
        rates: dict[str, list[float]] = {name: [] for name in CONTENDERS}
        for _ in range(ROUNDS):
            for name, contender in CONTENDERS.items():
                with tempfile.TemporaryDirectory() as folder, contender(Path(folder), told, rows) as append:
                    rates[name].append(rate(append, count, size))
        print(f"batches of {size}")
        peer = statistics.median(rates["eventsourcing, SQLite"])
        for name, measured in rates.items():
            median, spread = statistics.median(measured), statistics.quantiles(measured, n=4)
            quartiles = f"quartiles {spread[0]:9,.0f} to {spread[2]:9,.0f}"
            print(f"  {name:24} median {median:9,.0f} /s, {quartiles}, {median / peer:5.2f} × eventsourcing")


if __name__ == "__main__":
    main()
