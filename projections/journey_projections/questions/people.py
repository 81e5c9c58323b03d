"""Who of our people carries the trust, over whom, and what would fall if they left."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from math import fsum

from typing_extensions import TypedDict

from journey_projections.early_warnings.outlook import Outlook
from journey_projections.questions.owners import checking_owners, no_such_owner


class PersonShape(TypedDict):
    """One of our people, as plain data."""

    representative: str
    relationships: int
    trust_carried: float
    share: float
    at_stake: float


@dataclass(frozen=True, slots=True)
class Person:
    """One of our people: how many customers deal with them, the sum of the trust of these, its share of that of all going relationships,
    and how much of it would fall, by replay, if the person left now and nobody were introduced.
    """

    representative: str
    relationships: int
    trust_carried: float
    share: float
    at_stake: float

    def to_dict(self) -> PersonShape:
        """Plain data, as `journey people` writes it in JSON."""
        return {
            "representative": self.representative,
            "relationships": self.relationships,
            "trust_carried": self.trust_carried,
            "share": self.share,
            "at_stake": self.at_stake,
        }


PEOPLE: Mapping[str, str] = {
    "representative": "text",
    "relationships": "count",
    "trust_carried": "number",
    "share": "number",
    "at_stake": "number",
}
"""The columns of a table of people, each with what it holds."""


def people(
    outlooks: Iterable[Outlook],
    *,
    sort: str = "at-stake",
    top: int | None = None,
    states: Collection[str] = (),
    owners: Collection[str] = (),
) -> tuple[Person, ...]:
    """Everybody with whom a customer deals now; the outlooks must have what is at stake.

    `sort` is at-stake, share, relationships (the largest first) or name; `top` keeps so many. `states` counts only relationships that are
    so now, `owners` keeps only these people. The share is always that of all going relationships.
    Raises UnknownName for one of `owners` with whom no customer deals.
    """
    trust: dict[str, list[float]] = {}
    stakes: dict[str, list[float]] = {}
    everything: list[float] = []
    for one in checking_owners(outlooks, owners):
        if not one.state.startswith("ended_"):
            everything.append(one.trust)
        if one.owner is not None and (not states or one.state in states) and (not owners or one.owner in owners):
            trust.setdefault(one.owner, []).append(one.trust)
            stakes.setdefault(one.owner, []).append(one.at_stake)
    # Summed without regard to order, which differs between a journal and its ledger.
    whole = fsum(everything)
    rows = [
        Person(name, len(some), carried := fsum(some), carried / whole if whole > 0.0 else 0.0, fsum(stakes[name]))
        for name, some in trust.items()
    ]
    return tuple(sorted(rows, key=_SORTED_BY[sort])[:top])


_SORTED_BY: Mapping[str, Callable[[Person], tuple[object, ...]]] = {
    "at-stake": lambda one: (-one.at_stake, one.representative),
    "share": lambda one: (-one.share, one.representative),
    "relationships": lambda one: (-one.relationships, one.representative),
    "name": lambda one: (one.representative,),
}


class LossShape(TypedDict):
    """What a relationship would lose, as plain data."""

    relationship: str
    representative: str
    trust: float
    otherwise: float
    difference: float
    state: str


@dataclass(frozen=True, slots=True)
class Loss:
    """What a relationship would lose if whom the customer deals with left now: its trust, and what it would be `otherwise`."""

    relationship: str
    representative: str
    trust: float
    otherwise: float
    state: str

    def to_dict(self) -> LossShape:
        """Plain data, as `journey people --without` writes it in JSON."""
        return {
            "relationship": self.relationship,
            "representative": self.representative,
            "trust": self.trust,
            "otherwise": self.otherwise,
            "difference": self.otherwise - self.trust,
            "state": self.state,
        }


LOSSES: Mapping[str, str] = {
    "relationship": "text",
    "representative": "text",
    "trust": "number",
    "otherwise": "number",
    "difference": "number",
    "state": "text",
}
"""The columns of a table of losses, each with what it holds."""


def without(outlooks: Iterable[Outlook], representative: str) -> tuple[Loss, ...]:
    """What would fall if a representative left now, relationship by relationship, the most first; outlooks as for `people`.

    Raises UnknownName where no customer deals with them.
    """
    losses, others = [], set[str]()
    for one in outlooks:
        if one.owner == representative:
            losses.append(Loss(one.relationship, representative, one.trust, one.trust - one.at_stake, one.state))
        elif one.owner is not None:
            others.add(one.owner)
    if not losses:
        raise no_such_owner(representative, others)
    return tuple(sorted(losses, key=lambda one: (one.otherwise - one.trust, one.relationship)))
