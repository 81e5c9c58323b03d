"""A log of made-up journeys with every kind of amendment, and the interpreted replay of each relationship in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from logs import day, recorded

from journey import (
    Fact,
    History,
    Journal,
    PeopleMerged,
    PeopleUnmerged,
    RelationshipsMerged,
    RelationshipsUnmerged,
    Touchpoint,
    TouchpointCorrected,
    TouchpointRetracted,
)
from journey.times import from_microseconds
from journey_projections import replay
from journey_projections.ledger import Ledger, OpenLedger, Standing, Standings
from journey_projections.testing.made_up_logs import made_up_log

TOUCHPOINTS, RELATIONSHIPS, BATCH = 1_500, 30, 25
Bounds = tuple[datetime | None, datetime | None]
"""As of a day, and as known at a day."""
BOUNDS: tuple[Bounds, ...] = (
    (None, None),
    (from_microseconds(1_650_000_000_000_000), None),
    (None, day(40)),
    (from_microseconds(1_700_000_000_000_000), day(55)),
)
"""Now; in the middle of what happened; in the middle of what was recorded; both."""


@dataclass(frozen=True)
class AmendedLog:
    """An open ledger, and every history in its journal within each of BOUNDS."""

    opened: OpenLedger
    histories: dict[Bounds, list[History]]

    def assert_replayed_by(self, replay_all: Callable[..., Standings], rules: str) -> None:
        """Bit-identical to interpreting one history after the other; `repr` shows every bit of a float."""
        for (as_of, known_at), histories in self.histories.items():
            standings = replay_all(self.opened, rules=rules, as_of=as_of, known_at=known_at, parties=True)
            alone = (replay(history, rules) for history in histories)
            expected = [Standing(**{name: getattr(result, name) for name in Standing._fields}) for result in alone]
            assert list(map(repr, standings)) == list(map(repr, expected))


@contextmanager
def amended_log(seed: int = 1) -> Iterator[AmendedLog]:
    """The same for the same seed: late facts, at one instant, corrected, retracted, merged, unmerged, and of people who were forgotten."""
    random = Random(seed)
    with TemporaryDirectory() as folder, recorded(()) as journal:
        ledger = Ledger(Path(folder) / "journey.ledger")
        people = set[str]()
        for number, batch in enumerate(_batches(random)):
            journal.record(*batch)
            people.update(filter(None, (getattr(fact, "representative", None) for fact in batch)))
            if number % 9 == 8:
                journal.forget(random.choice(sorted(people)))
                ledger.catch_up(journal)
        ledger.catch_up(journal)
        yield AmendedLog(ledger.open(), {bounds: list(_histories(journal, *bounds)) for bounds in BOUNDS})


def _histories(journal: Journal, as_of: datetime | None, known_at: datetime | None) -> Iterator[History]:
    for summary in journal.relationships(known_at=known_at):
        history = journal.history(summary.relationship)
        history = history if known_at is None else history.known_at(known_at)
        yield history if as_of is None else history.as_of(as_of)


def _batches(random: Random) -> Iterator[list[Fact]]:
    """One in six touchpoints is recorded late, up to the very end, and one in twenty happens at the instant of the one before."""
    touchpoints = [record.touchpoint for record in made_up_log(TOUCHPOINTS, RELATIONSHIPS, random.randrange(10**6)).touchpoints()]
    facts: list[tuple[float, Fact]] = []
    for number, touchpoint in enumerate(touchpoints):
        if random.random() < 0.05:
            touchpoint = touchpoint.model_copy(update={"occurred_at": touchpoints[number - 1].occurred_at})
        place = random.uniform(number, len(touchpoints)) if random.random() < 0.16 else float(number)
        facts.append((place, touchpoint))
        if random.random() < 0.2:
            facts += [(random.uniform(place, len(touchpoints)), fact) for fact in _facts_about(random, touchpoint)]
    facts.sort(key=lambda one: one[0])
    for first in range(0, len(facts), BATCH):
        yield [fact for _, fact in facts[first : first + BATCH]]


def _facts_about(random: Random, touchpoint: Touchpoint) -> Iterator[Fact]:
    """Facts about a touchpoint, its relationship or its representative, recorded after it."""
    common: dict[str, Any] = {"occurred_at": touchpoint.occurred_at}
    of_it = {**common, "relationship": touchpoint.relationship}
    id, other = f"said-{touchpoint.id}", f"relationships-{random.randrange(RELATIONSHIPS)}"
    match random.choice(("corrected",) * 8 + ("retracted",) * 8 + ("people",) * 3 + ("merged",)):
        case "corrected":
            fields = random.choice(({"certainty": 0.5}, {"occurred_at": "2022-05-01T00:00:00Z"}, {"sequence": 4, "episode": "e7"}))
            yield TouchpointCorrected(id=id, corrects=touchpoint.id, fields=fields, **of_it)
            if random.random() < 0.3:
                yield TouchpointRetracted(id=f"not-{id}", retracts=id, **of_it)
        case "retracted":
            yield TouchpointRetracted(id=id, retracts=touchpoint.id, **of_it)
        case "merged" if other != touchpoint.relationship:
            yield RelationshipsMerged(id=id, other=other, **of_it)
            if random.random() < 0.8:
                yield RelationshipsUnmerged(id=f"not-{id}", other=other, **of_it)
        case "people" if touchpoint.representative:
            someone = f"people-{random.randrange(200)}"
            yield PeopleMerged(id=id, person=touchpoint.representative, other=someone, **common)
            if random.random() < 0.5:
                yield PeopleUnmerged(id=f"not-{id}", person=touchpoint.representative, other=someone, **common)
