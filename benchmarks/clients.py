"""How long a service waits for a record when a thousand clients record at one time: asyncio tasks and threads, in one run.

Every client records one touchpoint; the wait is from its call to its receipt. Threads use the synchronous journal, tasks the
asynchronous one, on each store in turn. PostgreSQL is a server of this run's own.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

from journey import AsyncJournal, Interaction, Journal
from journey.testing import START

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from postgres_server import NoServer, PostgresServer

CLIENTS = 1_000
THREADS = 64
ROUNDS = 5
_numbers = count()


def contacts() -> Sequence[Interaction]:
    """A contact for each client, none of them recorded before."""
    return [
        Interaction(id=f"c{next(_numbers)}", relationship=f"r{client % 100}", occurred_at=START + timedelta(minutes=client), competence=0.5)
        for client in range(CLIENTS)
    ]


def by_threads(url: str) -> tuple[float, list[float]]:
    """All clients on threads: how long all took, and each wait, in seconds."""
    with Journal.open(url) as journal, ThreadPoolExecutor(THREADS) as threads:
        begun = time.perf_counter()

        def record(contact: Interaction) -> float:
            journal.record(contact)
            return time.perf_counter() - begun

        waits = list(threads.map(record, contacts()))
        return time.perf_counter() - begun, waits


def by_tasks(url: str) -> tuple[float, list[float]]:
    """All clients as tasks of one loop."""

    async def record_all() -> tuple[float, list[float]]:
        async with await AsyncJournal.open(url) as journal:
            told = contacts()
            begun = time.perf_counter()

            async def record(contact: Interaction) -> float:
                await journal.record(contact)
                return time.perf_counter() - begun

            waits = await asyncio.gather(*map(record, told))
            return time.perf_counter() - begun, waits

    return asyncio.run(record_all())


@contextmanager
def stores() -> Iterator[dict[str, Callable[[], str]]]:
    """What gives the address of a new journal, by the store's name."""
    with tempfile.TemporaryDirectory() as folder:
        urls: dict[str, Callable[[], str]] = {"SQLite": lambda: f"sqlite:///{folder}/{next(_numbers)}.db"}
        try:
            server = PostgresServer()
        except NoServer as error:
            print(f"PostgreSQL is left out: {error}")
            yield urls
            return
        with server:
            yield {**urls, "PostgreSQL": server.new_database}


def main() -> None:
    """Tasks and threads take turns, so that a noisy minute is noisy for both."""
    with stores() as urls:
        for name, new_url in urls.items():
            runs: dict[str, list[tuple[float, list[float]]]] = {f"{THREADS} threads": [], "tasks": []}
            for _ in range(ROUNDS):
                runs[f"{THREADS} threads"].append(by_threads(new_url()))
                runs["tasks"].append(by_tasks(new_url()))
            print(f"{CLIENTS} clients at once, {name}")
            for clients, measured in runs.items():
                rate = statistics.median(CLIENTS / seconds for seconds, _ in measured)
                half, most = (
                    statistics.median(sorted(waits)[round(share * CLIENTS) - 1] for _, waits in measured) * 1000 for share in (0.5, 0.99)
                )
                print(f"  {clients:12} {rate:8,.0f} /s, half have waited {half:7.1f} ms, 99 % {most:7.1f} ms")


if __name__ == "__main__":
    main()
