"""What a replay says beside the trust of a relationship: its parties, episodes and promises."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PartyTrust:
    """Trust in one party, 0 to 1, and its two dimensions (None where a rule set knows only trust)."""

    trust: float
    competence: float | None = None
    goodwill: float | None = None


@dataclass(frozen=True, slots=True)
class Parties:
    """Everybody who is trusted: the institution, each representative by id, and the customer (trusted by the organisation)."""

    institution: PartyTrust
    representatives: Mapping[str, PartyTrust]
    customer: PartyTrust


@dataclass(frozen=True, slots=True)
class EpisodeReport:
    """One failure-response-closure episode of one actor.

    `episode` is its id (None: the slips of a party outside any episode), `nature` is slip, failure, response, deception or
    courtesy, `opened_at` is when it last opened (UTC), `restored` the share of the loss
    made good, `steps` the recovery steps taken.
    """

    episode: str | None
    nature: str
    by: str
    representative: str | None
    opened_at: datetime
    severity: float
    is_open: bool
    steps: tuple[str, ...]
    restored: float
    is_voiced: bool


@dataclass(frozen=True, slots=True)
class PromiseReport:
    """One promise: its id, the level promised (0 to 1), and whether the expectation behind it was drawn out."""

    promise: str
    level: float
    is_elicited: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Parties, episodes and promises of one relationship at one instant."""

    parties: Parties
    episodes: tuple[EpisodeReport, ...] = ()
    promises: tuple[PromiseReport, ...] = ()
