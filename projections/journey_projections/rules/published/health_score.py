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
    """The present, how many contacts and tickets there are, and how many of the first of them have fallen out of the window."""

    now: int = 0
    contacts: int = 0
    contacts_gone: int = 0
    tickets: int = 0
    tickets_gone: int = 0


@dataclass(slots=True)
class Contact:
    """When it was."""

    at: int = 0


@dataclass(slots=True)
class Ticket:
    """When it was, and how much trouble it is."""

    at: int = 0
    trouble: float = 0.0


class State(NamedTuple):
    """The window, and its contacts and tickets in order of time."""

    window: list[Window]
    contacts: list[Contact]
    tickets: list[Ticket]


def initial(_: HealthScoreParameters) -> State:
    """Nothing in the window."""
    return State([Window()], [], [])


def advance(state: State, elapsed: int, p: HealthScoreParameters) -> None:
    """Let time pass; what falls out of the window never comes back."""
    window = state.window[0]
    window.now += elapsed
    while window.contacts_gone < window.contacts and is_gone(state.contacts[window.contacts_gone].at, window.now, p):
        window.contacts_gone += 1
    while window.tickets_gone < window.tickets and is_gone(state.tickets[window.tickets_gone].at, window.now, p):
        window.tickets_gone += 1


def is_gone(at: int, now: int, p: HealthScoreParameters) -> bool:
    """Whether what was at a time has fallen out of the window by now."""
    return float(now - at) > p.window_days * 86_400_000_000.0


def apply(state: State, touchpoint: Encoded, _: HealthScoreParameters) -> int:
    """Count a contact or a ticket."""
    value = valence(touchpoint)
    if touchpoint.kind == codes.COMPLAINT_VOICED:
        value = -touchpoint.amount
    if isnan(value):
        return NEITHER
    window = state.window[0]
    trouble = touchpoint.certainty * (1.0 - 2.0 * value) if value < 0.0 else 0.0
    if trouble > 0.0:
        ticket = state.tickets[window.tickets]
        ticket.at = window.now
        ticket.trouble = trouble
        window.tickets += 1
    else:
        state.contacts[window.contacts].at = window.now
        window.contacts += 1
    return BAD if value < 0.0 else GOOD


def trust(state: State, p: HealthScoreParameters) -> float:
    """The score now."""
    window = state.window[0]
    engagement = min(1.0, float(window.contacts - window.contacts_gone) / p.engagement_target)
    trouble = 0.0
    number = window.tickets_gone
    # Once no calm is left, further tickets take nothing.
    while number < window.tickets and p.ticket_cost * trouble < 1.0:
        trouble += state.tickets[number].trouble
        number += 1
    calm = max(0.0, 1.0 - p.ticket_cost * trouble)
    return p.engagement_weight * engagement + (1.0 - p.engagement_weight) * calm


HEALTH_SCORE = RuleSet(
    name="health_score",
    version="2",
    parameters=HealthScoreParameters(),
    initial=initial,
    room=(Room("contacts", Contact, "touchpoints"), Room("tickets", Ticket, "touchpoints")),
    advance=advance,
    apply=apply,
    trust=trust,
    causes=CAUSES,
    about="the trailing-window score of customer-success tools",
)
