"""Logs of a few relationships as columns hold them, replayed in bulk and one by one."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import strategies as st

from journey import History, Recorded, Touchpoint
from journey.merging import with_people_renamed
from journey.testing import histories, touchpoints
from journey.times import to_microseconds
from journey_projections import Replay, RuleSet, replay
from journey_projections.compiled import Replays, replay_all
from journey_projections.encoding.columns import Columns, Dictionaries, columns_of

RELATIONSHIPS = ("a", "b", "c", "d")


@dataclass
class Log:
    """Touchpoints in the order of arrival, which of them count, who is one with whom, and in how many runs the columns come."""

    touchpoints: list[Touchpoint]
    counting: list[bool]
    united: dict[str, str]
    runs: int = 1
    people: dict[str, str] = dataclasses.field(default_factory=dict)

    def histories(self) -> dict[str, History]:
        """The history of each that has one."""
        by_name: dict[str, list[Touchpoint]] = {}
        for touchpoint, counts in zip(self.touchpoints, self.counting, strict=True):
            if counts:
                by_name.setdefault(self.united[touchpoint.relationship], []).append(with_people_renamed(self.people, touchpoint))
        return {name: History.of(facts) for name, facts in by_name.items()}

    def columns(self, dictionaries: Dictionaries) -> list[Columns]:
        for name in RELATIONSHIPS:
            dictionaries.relationships.code(name)
        records = [Recorded(one, one.occurred_at) for one in self.touchpoints]
        cuts = np.linspace(0, len(records), self.runs + 1).astype(int)
        counting = np.array(self.counting, np.bool_)
        return [
            dataclasses.replace(columns_of(records[first:last], dictionaries), kept=counting[first:last]) for first, last in pairwise(cuts)
        ]


@st.composite
def logs(draw: st.DrawFn) -> Log:
    """Several relationships, their touchpoints late or not, some retracted, some corrected by another row, some merged."""
    arrived: list[Touchpoint] = []
    for name in RELATIONSHIPS[: draw(st.integers(1, 4))]:
        own = draw(histories(max_size=12))
        arrived += [one.model_copy(update={"relationship": name, "id": f"{name}-{one.id}"}) for one in own]
    counting = [draw(st.sampled_from((True,) * 5 + (False,))) for _ in arrived]
    for number in range(len(arrived)):
        if not counting[number] and draw(st.booleans()):
            corrected = draw(touchpoints(id=arrived[number].id))
            update = {"relationship": arrived[number].relationship, "occurred_at": arrived[number].occurred_at}
            arrived.append(corrected.model_copy(update=update))
            counting.append(True)
    if draw(st.booleans()):
        order = draw(st.permutations(range(len(arrived))))
        arrived, counting = [arrived[place] for place in order], [counting[place] for place in order]
    united = {name: draw(st.sampled_from((name, name, "b"))) for name in RELATIONSHIPS}
    united["b"] = "b"
    return Log(
        arrived, counting, united, draw(st.integers(1, 3)), draw(st.sampled_from(({}, {"anna": "bob"}, {"bob": "ugo", "anna": "ugo"})))
    )


def bulk(log: Log, rules: str | RuleSet, **options: Any) -> tuple[Replays, list[str]]:
    dictionaries = Dictionaries()
    columns = log.columns(dictionaries)
    united = np.array([dictionaries.relationships.code(log.united[name]) for name in dictionaries.relationships.names])
    people = np.array([dictionaries.people.code(log.people.get(name, name)) for name in dictionaries.people.names])
    replays = replay_all(columns, rules, united=united, people=people, **options)
    return replays, [dictionaries.relationships.names[code] for code in replays.relationship]


def assert_equal(replays: Replays, place: int, alone: Replay) -> None:
    assert alone.at is not None
    bits = (replays.trust[place], replays.confidence[place], replays.exit_risk[place], replays.states[place], replays.touchpoints[place])
    assert bits == (alone.trust, alone.confidence, alone.exit_risk, alone.state, alone.touchpoints)
    assert replays.at[place] == to_microseconds(alone.at)
    assert (replays.prior, replays.rules) == (alone.prior, alone.rules)


def assert_same(log: Log, rules: str | RuleSet, at: datetime | None, threads: int = 1, rows_at_once: int | None = None) -> None:
    replays, names = bulk(log, rules, at=at, threads=threads, rows_at_once=rows_at_once)
    expected = {name: replay(history, rules, at=at) for name, history in log.histories().items()}
    assert names == sorted(name for name, one in expected.items() if one.touchpoints)
    for place, name in enumerate(names):
        assert_equal(replays, place, expected[name])


class Plain:
    """A function that numba does not know."""

    def __init__(self, function: Any) -> None:
        self.function = function

    def __call__(self, *arguments: Any) -> Any:
        return self.function(*arguments)
