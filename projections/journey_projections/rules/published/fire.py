"""`fire`: the interaction trust of FIRE (Huynh, Jennings & Shadbolt 2006).

Trust is the mean of all ratings v, each weighed by its age: T = Σωv / Σω, ω = exp(-Δt / λ). Since every weight fades by the same
factor, the sums are kept up recursively: one touchpoint costs the same after a thousand others as after none.
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


class FireParameters(BaseModel, frozen=True, extra="forbid"):
    """The parameters of `fire`."""

    recency_days: float = parameter(
        7.213475204444817,
        0.1,
        3650.0,
        "days",
        "λ: the age at which a rating's weight has fallen to 1/e",
        "Huynh, Jennings & Shadbolt 2006: -5 / ln ½ rounds, a round taken as a day",
    )
    reliability_rate: float = parameter(
        0.6931471805599453,
        0.01,
        5.0,
        "1 / rating",
        "γ: how fast the reliability rises with the sum of the weights",
        "Huynh, Jennings & Shadbolt 2006: -ln ½",
    )


@dataclass(slots=True)
class Ratings:
    """The present, and what is kept of all ratings as of the last one: mean, sum of weights, weighed sum of squared deviations."""

    now: int = 0
    rated_at: int = 0
    mean: float = 0.0
    weight: float = 0.0
    scatter: float = 0.0


class State(NamedTuple):
    """One record."""

    ratings: list[Ratings]


def initial(_: FireParameters) -> State:
    """No ratings."""
    return State([Ratings()])


def advance(state: State, elapsed: int, _: FireParameters) -> None:
    """Let time pass."""
    state.ratings[0].now += elapsed


def faded(state: State, p: FireParameters) -> float:
    """What time has left by now of the weights as of the last rating."""
    ratings = state.ratings[0]
    return exp(-float(ratings.now - ratings.rated_at) / (p.recency_days * DAY))


def apply(state: State, touchpoint: Encoded, p: FireParameters) -> int:
    """Take one rating into the mean; one that is not certain weighs less."""
    value = valence(touchpoint)
    if isnan(value) or touchpoint.certainty <= 0.0:
        return NEITHER
    ratings = state.ratings[0]
    left = faded(state, p)
    ratings.weight = ratings.weight * left + touchpoint.certainty
    before = ratings.mean
    ratings.mean = min(1.0, max(-1.0, before + touchpoint.certainty * (value - before) / ratings.weight))
    ratings.scatter = ratings.scatter * left + touchpoint.certainty * (value - before) * (value - ratings.mean)
    ratings.rated_at = ratings.now
    return sign(value)


def trust(state: State, _: FireParameters) -> float:
    """The mean rating, from [-1, 1] to [0, 1]."""
    return (1.0 + state.ratings[0].mean) / 2.0


def view(state: State, p: FireParameters) -> View:
    """Confidence is FIRE's reliability: how much the ratings weigh by now, times how well they agree.

    The paper takes their mean absolute deviation; the root of the mean square, which is never smaller, can be kept up recursively.
    """
    ratings, level = state.ratings[0], trust(state, p)
    enough = 1.0 - exp(-p.reliability_rate * ratings.weight * faded(state, p))
    deviation = sqrt(max(0.0, ratings.scatter / ratings.weight)) if ratings.weight > 0.0 else 0.0
    return View(level, enough * (1.0 - min(2.0, deviation) / 2.0), 1.0 - level, state_by_trust(level))


FIRE = RuleSet(
    name="fire",
    version="1",
    parameters=FireParameters(),
    initial=initial,
    advance=advance,
    apply=apply,
    trust=trust,
    view=view,
    causes=CAUSES,
    about="the mean of all ratings, weighed by their age (Huynh, Jennings & Shadbolt 2006)",
)
