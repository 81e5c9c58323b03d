"""The JSON shapes of replays, as `to_dict` gives them and the command line writes them: names and nesting are contracts."""

from math import isfinite

from typing_extensions import TypedDict

from journey.json_shapes import Time


class RulesShape(TypedDict):
    """Which rules made a result."""

    name: str
    version: str
    hash: str


class PartyShape(TypedDict):
    """Trust in one party, and its dimensions; null where a rule set does not know them, or where parties were not replayed."""

    trust: float | None
    competence: float | None
    goodwill: float | None


class PartiesShape(TypedDict):
    """Everybody who is trusted; representatives by id."""

    institution: PartyShape
    representatives: dict[str, PartyShape]
    customer: PartyShape


class ReplayShape(TypedDict):
    """What a history says of a relationship at one instant, under one rule set; `touchpoints` is a count."""

    relationship: str | None
    trust: float
    confidence: float | None
    state: str
    exit_risk: float | None
    at: Time | None
    known_at: Time | None
    touchpoints: int
    parties: PartiesShape
    rules: RulesShape


class ContributionShape(TypedDict):
    """A touchpoint's share of trust, with its cause, also in words; where time passed instead, `touchpoint` and `kind` are null."""

    touchpoint: str | None
    occurred_at: Time
    kind: str | None
    cause: str
    words: str
    before: float
    after: float
    delta: float


class ExplanationShape(TypedDict):
    """What moved trust until `at`, under which rules: `prior` and the deltas sum to `trust` exactly."""

    relationship: str | None
    at: Time | None
    trust: float
    prior: float
    contributions: list[ContributionShape]
    rules: RulesShape


def finite(number: float | None) -> float | None:
    """A number that JSON can hold; None for what is none."""
    return number if number is not None and isfinite(number) else None


class FindingShape(TypedDict):
    """A finding of `check`: facts that are legal and nearly always a mistake; `relationship` is null where several are concerned."""

    kind: str
    relationship: str | None
    touchpoints: list[str]
    words: str
    mend: str
