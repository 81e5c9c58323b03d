"""What a replay says besides the trust of a relationship: its parties, episodes and promises."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from journey.json_shapes import served_as
from journey_projections.json_shapes import PartiesShape, PartyShape, finite


@served_as(PartyShape)
@dataclass(frozen=True, slots=True)
class PartyTrust:
    """Trust in one party, 0 to 1, and its two dimensions (None where a rule set knows only trust)."""

    trust: float
    competence: float | None = None
    goodwill: float | None = None

    def to_dict(self) -> PartyShape:
        """Plain data; no number where there is none."""
        return {"trust": finite(self.trust), "competence": finite(self.competence), "goodwill": finite(self.goodwill)}


@served_as(PartiesShape)
@dataclass(frozen=True, slots=True)
class Parties:
    """Everybody who is trusted: the institution, each representative by id, and the customer (trusted by the organisation)."""

    institution: PartyTrust
    representatives: Mapping[str, PartyTrust]
    customer: PartyTrust

    def to_dict(self) -> PartiesShape:
        """Plain data."""
        return {
            "institution": self.institution.to_dict(),
            "representatives": {name: party.to_dict() for name, party in self.representatives.items()},
            "customer": self.customer.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class EpisodeReport:
    """One failure-response-closure episode of one actor.

    `episode` is its id (None: the slips of a party outside any episode), `nature` is slip, failure, response, deception, courtesy,
    request or complaint, `opened_at` is when it last opened (UTC), `restored` the share of the loss
    made good, `steps` the recovery steps taken. While something in it waits for an answer, `waits_since` is when that began, and
    `costs_from` when patience ends or ended: from then on waiting costs trust. Both are None once it is answered.
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
    waits_since: datetime | None = None
    costs_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class PromiseReport:
    """One promise: its id, the level promised (0 to 1), and whether the expectation behind it was drawn out.

    `made_at` and `due` are in UTC; `due` is None without a date. `is_overdue` says that the date has passed and nothing was delivered;
    `is_delivered` whether something was, and is None where the rule set does not know, as for a promise without a date.
    """

    promise: str
    level: float
    is_elicited: bool
    made_at: datetime | None = None
    due: datetime | None = None
    is_overdue: bool = False
    is_delivered: bool | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Parties, episodes and promises of one relationship at one instant."""

    parties: Parties
    episodes: tuple[EpisodeReport, ...] = ()
    promises: tuple[PromiseReport, ...] = ()
