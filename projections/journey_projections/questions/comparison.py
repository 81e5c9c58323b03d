"""Two rule sets over everybody: whose trust differs, and how the ranking of the relationships changes."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from journey.errors import UnusableRules
from journey.history import History
from journey.journal import Journal
from journey_projections.encoding.columns import Array
from journey_projections.questions.everyone import Failed, Query, by_ledger, histories_of, ledger_of_large, naming_touchpoints
from journey_projections.questions.ledger_place import LedgerPlace, Working
from journey_projections.replaying.replay import replay
from journey_projections.rules.rule_set import RuleSet


class Levels(NamedTuple):
    """The trust and the state of relationships under one rule set, in the same order as their names."""

    relationships: Sequence[str]
    trust: Sequence[float] | Array
    state: Sequence[str] | Array


@dataclass(frozen=True, eq=False)
class Comparison:
    """Relationships under two rule sets: `first` and `second` trust and state, by rising name. Ranks begin at 1, the most trusted."""

    relationships: Sequence[str]
    first: Array
    second: Array
    first_state: Array
    second_state: Array

    def __len__(self) -> int:
        return len(self.relationships)

    @cached_property
    def difference(self) -> Array:
        """How much more trust the second rule set gives."""
        return self.second - self.first

    @cached_property
    def ranks(self) -> tuple[Array, Array]:
        """The places in the ranking under either; equals share the mean of their places."""
        return ranks(self.first), ranks(self.second)

    @property
    def rank_correlation(self) -> float | None:
        """Spearman's ρ, from -1 to 1; None where either ranking has all on one place."""
        first, second = (places - (len(self) + 1) / 2 for places in self.ranks)
        spread = float(np.sqrt((first * first).sum() * (second * second).sum()))
        return float((first * second).sum()) / spread if spread > 0.0 else None

    @property
    def moves(self) -> Array:
        """How many places each goes up in the ranking."""
        return self.ranks[0] - self.ranks[1]

    @property
    def changed_states(self) -> list[tuple[str, str, int]]:
        """Which state becomes which under the second rule set, and for how many, the most first."""
        moved = self.first_state != self.second_state
        pairs = zip(self.first_state[moved].tolist(), self.second_state[moved].tolist(), strict=True)
        counts: dict[tuple[str, str], int] = {}
        for pair in pairs:
            counts[pair] = counts.get(pair, 0) + 1
        return sorted(((*pair, count) for pair, count in counts.items()), key=lambda one: (-one[2], one))

    def most(self, of: Array, count: int) -> list[int]:
        """The places of the `count` largest sizes in `of`, without zeros; ties by name."""
        order = np.argsort(-np.abs(of), kind="stable")[:count]
        return [int(place) for place in order if of[place] != 0.0]


def compare_levels(first: Levels, second: Levels) -> Comparison:
    """Compare what two rule sets say of the same relationships; relationships that only one of them has are left out."""
    places = {name: place for place, name in enumerate(second.relationships)}
    names = sorted(name for name in first.relationships if name in places)
    own = {name: place for place, name in enumerate(first.relationships)}
    left = np.array([own[name] for name in names], np.int64)
    right = np.array([places[name] for name in names], np.int64)
    return Comparison(
        names,
        np.asarray(first.trust, np.float64)[left],
        np.asarray(second.trust, np.float64)[right],
        np.asarray(first.state, object)[left],
        np.asarray(second.state, object)[right],
    )


def ranks(trust: Array) -> Array:
    """The places in a ranking by trust, from 1, the most trusted; equals share the mean of their places."""
    _, where, count = np.unique(-trust, return_inverse=True, return_counts=True)
    places: Array = (np.cumsum(count) - (count - 1) / 2)[where]
    return places


def compare_everyone(
    journal: Journal,
    rules: tuple[RuleSet, RuleSet],
    as_of: str | None,
    known_at: str | None,
    place: LedgerPlace,
    files: ExitStack,
    working: Working,
    look: Callable[[History], object] = lambda _: None,
    failed: Failed | None = None,
) -> Comparison:
    """What two rule sets say of everybody in a journal. A small journal is read once; a large one as by `replay_everyone`.

    Relationships on which either fails are left out and given to `failed`; without `failed` the first such error is raised.
    """
    opened = None if any(one.takes_touchpoints for one in rules) else ledger_of_large(journal, place, files, rules)
    if opened is not None:
        queries = [Query(one, as_of, known_at, failed=failed) for one in rules]
        tables = (by_ledger(opened, replace(one, failed=naming_touchpoints(journal, one)), working).table() for one in queries)
        columns = [Levels(table["relationship"].to_pylist(), table["trust"].to_numpy(), table["state"].to_pylist()) for table in tables]
        return compare_levels(*columns)
    names = [one.relationship for one in journal.relationships(known_at=known_at)]
    both = []
    for history in histories_of(journal, names, as_of, known_at, working, look):
        try:
            both.append([replay(history, one) for one in rules])
        except UnusableRules as error:
            if failed is None:
                raise
            failed(history.relationship or "", error)
    return compare_levels(
        *(
            Levels(
                [str(some[number].relationship) for some in both],
                [some[number].trust for some in both],
                [some[number].state for some in both],
            )
            for number in range(len(rules))
        )
    )
