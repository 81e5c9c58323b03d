"""Short histories and states that the pictures of the trust rules are drawn from."""

from collections.abc import Callable
from math import exp
from typing import Any

from drawing import Point

from journey import History, Touchpoint, read_touchpoint
from journey.testing import at_day
from journey_projections import GOODWILL, Replay, replay
from journey_projections.encoding import codes as c
from journey_projections.rules.goodwill import levels, rules
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.state import Harm, Party, State, Wound

P = GoodwillParameters()
HIM = c.FIRST_REPRESENTATIVE
STEPS = ("acknowledge", "admit", "help", "explain", "prevent")


def said(day: float, kind: str, **fields: Any) -> Touchpoint:
    """A touchpoint of a made-up history, so many days after its start."""
    id = f"{kind}-{day}-" + "-".join(f"{name}{value}" for name, value in sorted(fields.items()))
    return read_touchpoint({"kind": kind, "id": id[:200], "relationship": "r", "occurred_at": at_day(day), **fields})


def contact(day: float, quality: float = 1.0) -> Touchpoint:
    """A good contact."""
    return said(day, "interaction", competence=quality, benevolence=quality)


def failed(day: float, severity: float = 0.5, episode: str = "e", **fields: Any) -> Touchpoint:
    """A failure."""
    return said(day, "failure_occurred", severity=severity, episode=episode, **fields)


def steps(day: float, *names: str, episode: str = "e", **fields: Any) -> list[Touchpoint]:
    """Recovery steps an hour apart; all five when none is named."""
    named = enumerate(names or STEPS)
    return [said(day + (number + 1) / 24, "recovery_step_taken", step=name, episode=episode, **fields) for number, name in named]


def after(*touchpoints: Touchpoint, day: float | None = None) -> Replay:
    """What a made-up history comes to."""
    return replay(History.of(touchpoints), at=None if day is None else at_day(day))


def state_of(level: float = 0.5, people_known: int = 0) -> State:
    """A state in which everybody is trusted at one level."""
    state: State = GOODWILL.initial(P)
    state.parties.extend(Party(known=1) for _ in range(people_known))
    for party in state.parties:
        party.competence = party.goodwill = level
    state.episodes.append(Wound())
    state.on_lead.append(Harm())
    state.on_actor.append(Harm())
    return state


def passed(state: State, days: float) -> State:
    """The state some days later."""
    rules.advance(state, round(days * levels.DAY), P)
    return state


def lost(harm: float) -> float:
    """The share of a level that a harm takes."""
    return 1.0 - exp(-harm)


def restored(*touchpoints: Touchpoint) -> float:
    """The share of a first failure's cost in trust that later touchpoints gave back."""
    now = after(*touchpoints)
    unanswered = replay(History.of(touchpoints[:1]), at=now.at).trust
    return (now.trust - unanswered) / (now.prior - unanswered)


def days(last: int, every: int, effect: Callable[[int], float]) -> list[Point]:
    """The points of a function of whole days."""
    return [(float(day), effect(day)) for day in range(0, last + 1, every)]
