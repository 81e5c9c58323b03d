"""`beta`: the Beta reputation system of Jøsang & Ismail (2002), with forgetting.

Evidence for (r) and against (s) is counted with a weight that fades by each further event; trust is the expectation of the
Beta distribution, (r + 1) / (r + s + 2).
"""

from dataclasses import dataclass
from math import isnan
from typing import NamedTuple

from pydantic import BaseModel

from journey_projections.encoding.numbering import Encoded
from journey_projections.rules.parameters import parameter
from journey_projections.rules.published.valence import CAUSES, NEITHER, sign, valence
from journey_projections.rules.rule_set import RuleSet, View, state_by_trust


class BetaParameters(BaseModel, frozen=True, extra="forbid"):
    """The parameters of `beta`."""

    forgetting: float = parameter(
        0.95, 0.0, 1.0, "factor", "what is left of the earlier evidence at each further event", "Jøsang & Ismail 2002, §3.3"
    )
    negative_weight: float = parameter(
        1.0,
        1.0,
        64.0,
        "factor",
        "how many times bad news counts against good news of the same size",
        "Jøsang & Ismail 2002: the weight w of a feedback",
    )
    by_size: float = parameter(
        1.0,
        0.0,
        1.0,
        "share",
        "1: how good or bad news is counts by its size; 0: by its sign alone",
        "Jøsang & Ismail 2002: v may be -1 and 1 alone, or lie between",
    )


@dataclass(slots=True)
class Evidence:
    """Evidence for and against."""

    positive: float = 0.0
    negative: float = 0.0


class State(NamedTuple):
    """One record of evidence."""

    evidence: list[Evidence]


def initial(_: BetaParameters) -> State:
    """No evidence."""
    return State([Evidence()])


def apply(state: State, touchpoint: Encoded, p: BetaParameters) -> int:
    """Count one touchpoint: (1 + v) / 2 for, (1 - v) / 2 against, weighted by its certainty."""
    value = valence(touchpoint)
    if isnan(value):
        return NEITHER
    evidence = state.evidence[0]
    size = p.by_size * value + (1.0 - p.by_size) * (1.0 if value > 0.0 else -1.0 if value < 0.0 else 0.0)
    weight = touchpoint.certainty * (p.negative_weight if value < 0.0 else 1.0)
    evidence.positive = p.forgetting * evidence.positive + weight * (1.0 + size) / 2.0
    evidence.negative = p.forgetting * evidence.negative + weight * (1.0 - size) / 2.0
    return sign(value)


def trust(state: State, _: BetaParameters) -> float:
    """The expectation of the Beta distribution."""
    evidence = state.evidence[0]
    return (evidence.positive + 1.0) / (evidence.positive + evidence.negative + 2.0)


def view(state: State, p: BetaParameters) -> View:
    """Confidence is one minus the uncertainty of subjective logic, 2 / (r + s + 2)."""
    evidence, expected = state.evidence[0], trust(state, p)
    confidence = 1.0 - 2.0 / (evidence.positive + evidence.negative + 2.0)
    return View(expected, confidence, 1.0 - expected, state_by_trust(expected))


BETA = RuleSet(
    name="beta",
    version="1",
    parameters=BetaParameters(),
    initial=initial,
    apply=apply,
    trust=trust,
    view=view,
    causes=CAUSES,
    about="the Beta reputation system, with forgetting (Jøsang & Ismail 2002)",
)
