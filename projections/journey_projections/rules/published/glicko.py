"""`glicko`: the rating system of Glickman (1999): a rating with a deviation that grows in silence.

Each touchpoint is a game against an opponent of known strength, the ordinary expectation: it ends with the score (1 + v) / 2. Trust is
the score that the rating lets expect; how sure it is lies in the deviation, and is reported as the confidence.
"""

from dataclasses import dataclass
from math import exp, isnan, sqrt
from typing import NamedTuple

from pydantic import BaseModel

from journey_projections.encoding.numbering import Encoded
from journey_projections.rules.parameters import parameter
from journey_projections.rules.published.valence import CAUSES, NEITHER, sign, valence
from journey_projections.rules.rule_set import RuleSet, View, state_by_trust

DAY = 86_400_000_000.0
PER_POINT = 0.005756462732485115
"""Glickman's q, ln 10 / 400: 400 points more are ten times the odds."""
_SOURCE = "Glickman 1999"


class GlickoParameters(BaseModel, frozen=True, extra="forbid"):
    """The parameters of `glicko`."""

    start: float = parameter(
        0.0,
        -400.0,
        400.0,
        "points",
        "rating before anything happened, above the opponent's",
        f"{_SOURCE}: whoever is unrated, like the average player, has 1500",
    )
    deviation_start: float = parameter(
        350.0, 50.0, 500.0, "points", "deviation before anything happened; silence never takes it further", _SOURCE
    )
    deviation_least: float = parameter(
        30.0,
        1.0,
        50.0,
        "points",
        "deviation below which no number of touchpoints takes it, so that the rating stays alive",
        f"{_SOURCE}: the advice for those who play often",
    )
    deviation_growth: float = parameter(
        63.2,
        0.0,
        350.0,
        "points / √period",
        "c: deviation that one rating period of silence adds, as a square to a square",
        f"{_SOURCE}: from 50 to 350 in thirty periods",
    )
    period_days: float = parameter(60.0, 1.0, 365.0, "days", "a rating period, counted in fractions", f"{_SOURCE}: two months")


@dataclass(slots=True)
class Rating:
    """The present, and the rating above the opponent's with the square of its deviation as of the last touchpoint."""

    now: int
    rated_at: int
    points: float
    variance: float


class State(NamedTuple):
    """One record."""

    rating: list[Rating]


def initial(p: GlickoParameters) -> State:
    """Unrated."""
    return State([Rating(0, 0, p.start, p.deviation_start * p.deviation_start)])


def advance(state: State, elapsed: int, _: GlickoParameters) -> None:
    """Let time pass."""
    state.rating[0].now += elapsed


def variance(state: State, p: GlickoParameters) -> float:
    """The square of the deviation by now: it grows with silence, up to that of the unrated."""
    rating = state.rating[0]
    periods = float(rating.now - rating.rated_at) / (p.period_days * DAY)
    return min(p.deviation_start * p.deviation_start, rating.variance + p.deviation_growth * p.deviation_growth * periods)


def apply(state: State, touchpoint: Encoded, p: GlickoParameters) -> int:
    """One game; one that is not certain counts as a part of a game."""
    value = valence(touchpoint)
    if isnan(value):
        return NEITHER
    rating, expected = state.rating[0], trust(state, p)
    learnt = touchpoint.certainty * PER_POINT * PER_POINT * expected * (1.0 - expected)
    after = 1.0 / (1.0 / variance(state, p) + learnt)
    rating.points += PER_POINT * after * touchpoint.certainty * ((1.0 + value) / 2.0 - expected)
    rating.variance = max(p.deviation_least * p.deviation_least, after)
    rating.rated_at = rating.now
    return sign(value)


def trust(state: State, _: GlickoParameters) -> float:
    """The score that the rating lets expect."""
    return 1.0 / (1.0 + exp(-PER_POINT * state.rating[0].points))


def view(state: State, p: GlickoParameters) -> View:
    """Confidence is how far the deviation lies below that of the unrated."""
    expected = trust(state, p)
    return View(expected, 1.0 - sqrt(variance(state, p)) / p.deviation_start, 1.0 - expected, state_by_trust(expected))


GLICKO = RuleSet(
    name="glicko",
    version="1",
    parameters=GlickoParameters(),
    initial=initial,
    advance=advance,
    apply=apply,
    trust=trust,
    view=view,
    causes=CAUSES,
    about="a rating with a deviation that grows in silence (Glickman 1999)",
)
