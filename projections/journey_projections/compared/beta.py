"""`beta`: the Beta reputation system of Jøsang & Ismail (2002), with forgetting.

Evidence for (r) and against (s) is counted with a weight that fades by each further event; trust is the expectation of the
Beta distribution, (r + 1) / (r + s + 2).
"""

from dataclasses import dataclass
from math import isnan
from typing import NamedTuple

from pydantic import BaseModel, Field

from journey_projections.compared.valence import CAUSES, NEITHER, sign, valence
from journey_projections.encoding import Encoded
from journey_projections.rule_sets import RuleSet, View, state_by_trust


class BetaParameters(BaseModel, frozen=True, extra="forbid"):
    """The parameters of `beta`."""

    forgetting: float = Field(
        default=0.95,
        ge=0.0,
        le=1.0,
        description="what is left of the earlier evidence at each further event",
        json_schema_extra={"unit": "factor", "source": "Jøsang & Ismail 2002, §3.3"},
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
    evidence.positive = p.forgetting * evidence.positive + touchpoint.certainty * (1.0 + value) / 2.0
    evidence.negative = p.forgetting * evidence.negative + touchpoint.certainty * (1.0 - value) / 2.0
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


BETA = RuleSet(name="beta", version="1", parameters=BetaParameters(), initial=initial, apply=apply, trust=trust, view=view, causes=CAUSES)
