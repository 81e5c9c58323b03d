"""`rescorla_wagner`: associative learning (Rescorla & Wagner 1972) with a faster rate for bad news than for good.

Each touchpoint is an outcome e in [0, 1]; trust moves by a share of the surprise e - T.
"""

from dataclasses import dataclass
from math import isnan
from typing import NamedTuple

from pydantic import BaseModel

from journey_projections.encoding.numbering import Encoded
from journey_projections.rules.parameters import parameter
from journey_projections.rules.published.valence import CAUSES, NEITHER, sign, valence
from journey_projections.rules.rule_set import RuleSet


class RescorlaWagnerParameters(BaseModel, frozen=True, extra="forbid"):
    """The parameters of `rescorla_wagner`."""

    rate_up: float = parameter(0.1, 0.0, 1.0, "share", "share of a good surprise that is learnt", "Rescorla & Wagner 1972")
    rate_down: float = parameter(
        0.3, 0.0, 1.0, "share", "share of a bad surprise that is learnt", "Cazé & van der Meer 2013: asymmetric rates"
    )
    start: float = parameter(0.5, 0.0, 1.0, "trust", "trust before anything happened", "neutral start")


@dataclass(slots=True)
class Association:
    """The strength learnt so far."""

    strength: float


class State(NamedTuple):
    """One record."""

    association: list[Association]


def initial(p: RescorlaWagnerParameters) -> State:
    """The start."""
    return State([Association(p.start)])


def apply(state: State, touchpoint: Encoded, p: RescorlaWagnerParameters) -> int:
    """Learn from one outcome."""
    value = valence(touchpoint)
    if isnan(value):
        return NEITHER
    association = state.association[0]
    surprise = (1.0 + value) / 2.0 - association.strength
    association.strength += touchpoint.certainty * (p.rate_up if surprise > 0.0 else p.rate_down) * surprise
    return sign(value)


def trust(state: State, _: RescorlaWagnerParameters) -> float:
    """The strength learnt so far."""
    return state.association[0].strength


RESCORLA_WAGNER = RuleSet(
    name="rescorla_wagner",
    version="1",
    parameters=RescorlaWagnerParameters(),
    initial=initial,
    apply=apply,
    trust=trust,
    causes=CAUSES,
    about="associative learning, faster from bad news than from good (Rescorla & Wagner 1972)",
)
