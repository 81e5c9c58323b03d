"""How long one history of 1,000 touchpoints takes from SQLite to its trust, compared with an aggregate of eventsourcing, in one run.

The peer rebuilds an aggregate through its own repository, SQLite recorder and JSON transcoder. Its 1,000 events carry the same
fields, one class of event for each kind, and it only counts them. journey reads its rows and replays them under `goodwill`, by
compiled rules and by interpreted ones; `--parts` adds how long reading alone takes. All are warm, and take turns.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from eventsourcing.utils import register_topic

from journey import FailureOccurred, FeedbackGiven, Interaction, Journal, RecoveryStepTaken, Touchpoint
from journey.reading import read_touchpoint
from journey.testing import START
from journey.touchpoints import fields_of
from journey_cli.stories import story
from journey_projections import GOODWILL, replay, warm

ROUNDS = 15
COUNT = 1_000
RELATIONSHIP = "m@bank"
INTERPRETED = replace(GOODWILL, trust=lambda state, p: GOODWILL.trust(state, p))
"""The same rules, of which one function is not that which was compiled."""


class Relationship(Aggregate):
    """The peer's aggregate: it counts its events and keeps the last."""

    def __init__(self) -> None:
        self.touchpoints = 0
        self.last: Recorded | None = None


class Recorded(Aggregate.Event):
    """A touchpoint."""

    def apply(self, aggregate: Any) -> None:
        """Keep count."""
        aggregate.touchpoints += 1
        aggregate.last = self


@cache
def event_class(kind: str, names: tuple[str, ...]) -> type[Recorded]:
    """The event of a kind with just these fields, so that the peer stores none that is not given."""
    topic = f"{__name__}:{kind}({','.join(names)})"
    event = type(kind, (Recorded,), {"__module__": __name__, "__annotations__": dict.fromkeys(names, Any), "TOPIC": topic})
    register_topic(topic, event)
    return event


def everyday() -> Sequence[Touchpoint]:
    """Years of ordinary contacts, now and then a score, a failure and its recovery."""
    told: list[Touchpoint] = []
    for number in range(COUNT):
        common = {"id": f"contact-{number}", "relationship": RELATIONSHIP, "occurred_at": START + timedelta(hours=40 * number)}
        match number % 50:
            case 20:
                told.append(FailureOccurred(**common, representative="anna", severity=0.3, episode=f"e{number // 50}"))
            case 21 | 22 | 23:
                step = ("acknowledge", "help", "prevent")[number % 50 - 21]
                told.append(RecoveryStepTaken(**common, representative="anna", step=step, episode=f"e{number // 50}"))
            case 40:
                told.append(FeedbackGiven(**common, instrument="nps", score=0.8))
            case _:
                told.append(Interaction(**common, representative="anna", competence=0.5, benevolence=0.25, channel="branch"))
    return told


def repeated(name: str) -> Sequence[Touchpoint]:
    """A bundled story, told over and over with new ids, episodes and promises, each time behind the last."""
    once = list(story(name).history)
    span = once[-1].occurred_at - once[0].occurred_at + timedelta(days=1)
    told = []
    for number in range(COUNT):
        lap, place = divmod(number, len(once))
        fields = fields_of(once[place])
        named = {field: f"{fields[field]}-{lap}" for field in ("id", "episode", "promise") if field in fields}
        told.append(read_touchpoint({**fields, **named, "relationship": RELATIONSHIP, "occurred_at": once[place].occurred_at + lap * span}))
    return told


def peer(folder: Path, told: Sequence[Touchpoint]) -> Callable[[], object]:
    """Rebuilds the aggregate of these events."""
    application: Application[Any] = Application(
        {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(folder / "peer.db"), "SQLITE_LOCK_TIMEOUT": "10"}
    )
    aggregate = Relationship()
    for touchpoint in told:
        fields = touchpoint.model_dump(exclude_none=True, exclude={"kind"})
        aggregate.trigger_event(event_class(touchpoint.kind, tuple(fields)), **fields)
    application.save(aggregate)
    assert application.repository.get(aggregate.id).touchpoints == COUNT
    return lambda: application.repository.get(aggregate.id)


def measure(name: str, told: Sequence[Touchpoint], *, parts: bool) -> None:
    """Take turns on one log, in memory as much as SQLite keeps it there."""
    with tempfile.TemporaryDirectory() as folder, Journal.open(f"sqlite:///{folder}/journal.db") as journal:
        journal.record(*told)
        contenders: dict[str, Callable[[], object]] = {
            "eventsourcing, rebuilt": peer(Path(folder), told),
            "journey, read and replayed": lambda: replay(journal.history(RELATIONSHIP)).trust,
            "journey, interpreted": lambda: replay(journal.history(RELATIONSHIP), INTERPRETED).trust,
        }
        if parts:
            contenders["journey, only read"] = lambda: journal.history(RELATIONSHIP)
        runs: dict[str, list[float]] = {contender: [] for contender in contenders}
        for turn in range(-2, ROUNDS):
            for contender, act in contenders.items():
                start = time.perf_counter()
                act()
                if turn >= 0:
                    runs[contender].append(time.perf_counter() - start)
    print(f"{name}: {COUNT:,} touchpoints of one relationship")
    bar = statistics.median(runs["eventsourcing, rebuilt"])
    for contender, times in runs.items():
        median, spread = statistics.median(times), statistics.quantiles(times, n=4)
        quartiles = f"quartiles {spread[0] * 1000:.1f} to {spread[2] * 1000:.1f}"
        print(f"  {contender:28} median {median * 1000:6.1f} ms, {quartiles}, {median / bar:5.2f} × eventsourcing")


def main() -> None:
    """An everyday log, and every kind of trouble."""
    parts = "--parts" in sys.argv
    warm(notice=print)
    measure("everyday", everyday(), parts=parts)
    measure("cold-meeting, over and over", repeated("cold-meeting"), parts=parts)
    measure("crisis-hidden, over and over", repeated("crisis-hidden"), parts=parts)


if __name__ == "__main__":
    main()
