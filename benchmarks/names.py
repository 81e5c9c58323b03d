"""How long it takes to refuse an unknown relationship and suggest a name like it, compared with reading a known one, among 50,000.

Each relationship has one touchpoint, except one that has 20,000. Names are those of people at a bank, and numbers. Each is looked up as it
is, and with a wrong letter in its middle. Both take turns, on one connection, and the database holds everything in memory.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from journey import Interaction, Journal, UnknownName
from journey.testing import START

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from postgres_server import NoServer, PostgresServer

RELATIONSHIPS = 50_000
LONGEST = 20_000
ASKED = 1_000
AT_ONCE = 10_000


def names() -> Sequence[str]:
    """The names of all relationships, in no order."""
    drawn = random.Random(7)
    people = {f"{drawn.choice(('anna', 'bruno', 'carla'))}.{drawn.randbytes(4).hex()}@bank" for _ in range(RELATIONSHIPS // 2)}
    numbers = (f"customer-{number:06}" for number in range(RELATIONSHIPS - len(people)))
    mixed = sorted({*people, *numbers})
    drawn.shuffle(mixed)
    return mixed


def misspelt(name: str) -> str:
    """The name with a wrong letter in its middle."""
    middle = len(name) // 2
    return f"{name[:middle]}~{name[middle + 1 :]}"


def fill(journal: Journal, known: Sequence[str]) -> None:
    """Record the touchpoints of all relationships."""
    told = [*known, *[known[0]] * LONGEST]
    for first in range(0, len(told), AT_ONCE):
        some = enumerate(told[first : first + AT_ONCE], first)
        journal.record(*(Interaction(id=f"contact-{n}", relationship=name, occurred_at=START, competence=0.5) for n, name in some))


def measure(store: str, url: str) -> None:
    """Ask for known and unknown names by turns."""
    known = names()
    hits, misses, found = list[float](), list[float](), 0
    with Journal.open(url) as journal:
        fill(journal, known)
        for name in known[1 : ASKED + 1]:
            start = time.perf_counter()
            journal.history(name)
            hits.append(time.perf_counter() - start)
            start = time.perf_counter()
            try:
                journal.history(misspelt(name))
            except UnknownName as error:
                misses.append(time.perf_counter() - start)
                found += name in error.mend
    print(f"{store}: {RELATIONSHIPS:,} relationships, the longest of {LONGEST:,} touchpoints")
    for what, times in (("known", hits), ("unknown", misses)):
        quartiles = [quartile * 1e6 for quartile in statistics.quantiles(times, n=4)]
        ratio = statistics.median(times) / statistics.median(hits)
        spread = f"quartiles {quartiles[0]:.0f} to {quartiles[2]:.0f}"
        print(f"  {what:8} median {quartiles[1]:6.0f} µs, {spread}, {ratio:5.2f} × known")
    print(f"  of the unknown, {found / len(misses):.0%} were answered with the name that was meant")


@contextmanager
def places() -> Iterator[Iterator[tuple[str, str]]]:
    """The stores, by name, with their addresses."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            server = PostgresServer(fsync=False)
        except NoServer as error:
            print(f"PostgreSQL is left out: {error}")
            yield iter([("in memory", "memory:"), ("SQLite", f"sqlite:///{folder}/journal.db")])
            return
        with server:
            yield iter([("in memory", "memory:"), ("SQLite", f"sqlite:///{folder}/journal.db"), ("PostgreSQL", server.new_database())])


def main() -> None:
    """On every store that there is."""
    with places() as stores:
        for store, url in stores:
            measure(store, url)


if __name__ == "__main__":
    main()
