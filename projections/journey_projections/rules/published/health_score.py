"""`health_score`: the weighted score of customer-success tools over a trailing window, here on [0, 1] instead of 0 to 100.

Half of it is engagement (contacts in the window, up to a target), half the absence of trouble (tickets weighed by severity).
What falls out of the window is forgotten.
"""

from dataclasses import dataclass
from math import isnan
from typing import NamedTuple

from pydantic import BaseModel

from journey_projections.encoding import codes
from journey_projections.encoding.numbering import Encoded
from journey_projections.rules.parameters import parameter
from journey_projections.rules.published.valence import BAD, CAUSES, GOOD, NEITHER, valence
from journey_projections.rules.rule_set import Room, RuleSet

_SOURCE = "the vendors' own guides to scorecards (Gainsight, ChurnZero, Totango)"


class HealthScoreParameters(BaseModel, frozen=True, extra="forbid"):
    """The parameters of `health_score`."""

    window_days: float = parameter(30.0, 1.0, 365.0, "days", "how far back the score looks", _SOURCE)
    engagement_target: float = parameter(4.0, 1.0, 100.0, "touchpoints", "contacts in the window that count as fully engaged", _SOURCE)
    engagement_weight: float = parameter(0.5, 0.0, 1.0, "share", "weight of engagement; the rest is the absence of trouble", _SOURCE)
    ticket_cost: float = parameter(
        0.2,
        0.0,
        1.0,
        "share",
        "what one ticket of no severity takes from the absence of trouble; a full one takes three times that",
        _SOURCE,
    )


@dataclass(slots=True)
class Window:
    """The present, and how many marks there are."""

    now: int = 0
    marks: int = 0


@dataclass(slots=True)
class Mark:
    """One contact or ticket: when, and how much trouble it is (0: a contact)."""

    at: int = 0
    trouble: float = 0.0


class State(NamedTuple):
    """The window and its marks in order of time."""

    window: list[Window]
    marks: list[Mark]


def initial(_: HealthScoreParameters) -> State:
    """Nothing in the window."""
    return State([Window()], [])


def advance(state: State, elapsed: int, _: HealthScoreParameters) -> None:
    """Let time pass."""
    state.window[0].now += elapsed


def apply(state: State, touchpoint: Encoded, _: HealthScoreParameters) -> int:
    """Mark a contact or a ticket."""
    value = valence(touchpoint)
    if touchpoint.kind == codes.COMPLAINT_VOICED:
        value = -touchpoint.amount
    if isnan(value):
        return NEITHER
    window = state.window[0]
    mark = state.marks[window.marks]
    mark.at = window.now
    mark.trouble = touchpoint.certainty * (1.0 - 2.0 * value) if value < 0.0 else 0.0
    window.marks += 1
    return BAD if value < 0.0 else GOOD


def trust(state: State, p: HealthScoreParameters) -> float:
    """The score now."""
    window = state.window[0]
    contacts = 0.0
    trouble = 0.0
    for number in range(window.marks):
        mark = state.marks[number]
        if float(window.now - mark.at) <= p.window_days * 86_400_000_000.0:
            if mark.trouble > 0.0:
                trouble += mark.trouble
            else:
                contacts += 1.0
    engagement = min(1.0, contacts / p.engagement_target)
    calm = max(0.0, 1.0 - p.ticket_cost * trouble)
    return p.engagement_weight * engagement + (1.0 - p.engagement_weight) * calm


HEALTH_SCORE = RuleSet(
    name="health_score",
    version="1",
    parameters=HealthScoreParameters(),
    initial=initial,
    room=(Room("marks", Mark, "touchpoints"),),
    advance=advance,
    apply=apply,
    trust=trust,
    causes=CAUSES,
    about="the trailing-window score of customer-success tools",
)
