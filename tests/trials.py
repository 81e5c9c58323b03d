"""The trials of our stores at full size, for `make test-crash`: 200 rounds of killed writers and, for PostgreSQL, 40 of killed servers;
eight processes that record 10,000 touchpoints each while two follow. Ends with 1 where a journal did not keep its word.

    python tests/trials.py [--rounds N] [--seed N] [STORE…]
"""

import argparse
import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, cycle
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory

import stores
from postgres_server import PostgresServer

from journey.testing import Opener, crash_trial, tail_trial

Places = Callable[[], Opener]
Strike = Callable[[], object]


@contextlib.contextmanager
def sqlite() -> Iterator[tuple[Places, Strike | None]]:
    with TemporaryDirectory(prefix="journey-trials-") as folder:
        yield places(Path(folder), stores.sqlite), None


@contextlib.contextmanager
def postgres() -> Iterator[tuple[Places, Strike | None]]:
    with TemporaryDirectory(prefix="journey-trials-") as folder, PostgresServer() as server:
        yield places(Path(folder), partial(stores.postgres, server.new_database())), None


@contextlib.contextmanager
def postgres_killed() -> Iterator[tuple[Places, Strike | None]]:
    """In each round the server is ended too, by `pg_ctl stop -m immediate` and by `kill -9` in turn, and started again."""
    with TemporaryDirectory(prefix="journey-trials-") as folder, PostgresServer() as server:
        ways = cycle((signal.SIGQUIT, signal.SIGKILL))
        yield places(Path(folder), partial(stores.postgres, server.new_database())), lambda: server.restart(next(ways))


def places(folder: Path, new_opener: Callable[[Path], Opener]) -> Places:
    numbers = count()

    def making() -> Opener:
        place = folder / f"{next(numbers)}"
        place.mkdir()
        return new_opener(place)

    return making


STORES = {"sqlite": sqlite, "postgres": postgres, "postgres-killed": postgres_killed}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", nargs="*", choices=[[], *STORES])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--each", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    arguments = parser.parse_args()
    problems: list[str] = []
    report(f"seed {arguments.seed}")
    for name in arguments.store or STORES:
        with STORES[name]() as (new_place, strike):
            rounds = arguments.rounds // 5 if strike else arguments.rounds  # a server takes a second to come back
            trial = crash_trial(new_place, rounds=rounds, seed=arguments.seed, strike=strike)
            report(
                f"{name}: {trial.rounds} rounds, {trial.killed} writers killed{', the server each time' if strike else ''}",
                f"  {trial.recorded} touchpoints recorded, {trial.acknowledged} of them acknowledged",
                f"  {trial.unacknowledged} not yet acknowledged but present when their writer was killed",
                f"  lost {trial.lost}, doubled {trial.doubled}; {'every verify holds' if not trial.problems else 'PROBLEMS, see below'}",
            )
            problems += trial.problems
            if strike is None and not trial.problems:
                tails = tail_trial(new_place(), writers=8, each=arguments.each, tails=2, seed=arguments.seed)
                report(
                    f"{name}: 8 processes recorded {tails.touchpoints} touchpoints while 2 followed",
                    f"  {tails.seconds:.0f} s, {tails.touchpoints / tails.seconds:,.0f} a second",
                    f"  {'each follower saw every one once, in order' if not tails.problems else 'PROBLEMS, see below'}",
                )
                problems += tails.problems
    report(*problems[:20])
    return 1 if problems else 0


def report(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
