"""Many processes that record while others follow: each follower sees every touchpoint once, in the order of positions."""

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from journey.journal import Journal
from journey.testing.places import STUCK_SECONDS, Opener, contact
from journey.testing.processes import failure, start

_SIZES = (1, 1, 1, 2, 5, 20, 100, 300)


@dataclass(frozen=True)
class TailTrial:
    """How many `touchpoints` were recorded and followed in how many `seconds`; `problems` tells what was not as it should be."""

    touchpoints: int
    seconds: float
    problems: tuple[str, ...]


def tail_trial(opener: Opener, *, writers: int, each: int, tails: int, seed: int) -> TailTrial:
    """Let `writers` processes record `each` touchpoints in batches of mixed sizes, in a new place, while `tails` processes follow."""
    begun = time.perf_counter()
    problems = []
    with TemporaryDirectory(prefix="journey-tails-") as folder:
        reports = [Path(folder) / f"{number}.error" for number in range(tails + writers)]
        following = [start(report, _follow, opener, writers, each) for report in reports[:tails]]
        writing = [start(report, _write, opener, number, each, seed) for number, report in enumerate(reports[tails:])]
        for process in writing:
            process.join()
        for process in following:
            process.join(STUCK_SECONDS)
            if process.is_alive():
                process.kill()
                problems.append("a follower still waits for touchpoints that are recorded")
        problems += [text for report in reports for text in failure(report)]
    seconds = time.perf_counter() - begun
    with Journal(opener()) as journal:
        problems += [violation.problem for violation in journal.verify().violations]
    return TailTrial(writers * each, seconds, tuple(problems))


def _write(opener: Opener, writer: int, each: int, seed: int) -> None:
    random, number = Random(f"{seed} {writer}"), 0
    with Journal(opener()) as journal:
        while number < each:
            size = min(random.choice(_SIZES), each - number)
            journal.record(*(contact(f"{writer}-{one}", relationship=f"r{one % 50}") for one in range(number, number + size)))
            number += size


def _follow(opener: Opener, writers: int, each: int) -> None:
    followed: Counter[str] = Counter()
    with Journal(opener()) as journal, journal.subscribe(poll_seconds=0.01) as subscription:
        for position in range(1, writers * each + 1):
            record = next(subscription)
            writer = record.touchpoint.id.partition("-")[0]
            expected = (position, f"{writer}-{followed[writer]}")
            assert (record.position, record.touchpoint.id) == expected, f"{record} follows where {expected} should"
            followed[writer] += 1
