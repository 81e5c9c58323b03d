"""Who needs somebody today, and why."""

import heapq
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from typing_extensions import TypedDict

from journey.json_shapes import Time
from journey_projections.early_warnings.outlook import Outlook
from journey_projections.early_warnings.warning import Warning, WarningShape  # noqa: A004 - so it is called in the field
from journey_projections.questions.owners import checking_owners


class AttentionShape(TypedDict):
    """A relationship that needs somebody, as plain data."""

    relationship: str
    trust: float
    change: float | None
    exit_risk: float
    state: str
    owner: str | None
    last_heard: Time | None
    urgency: float
    warnings: list[WarningShape]


@dataclass(frozen=True, slots=True)
class Attention:
    """A relationship that needs somebody: where it stands, and what is the matter, the gravest first.

    `change` is how trust moved since the earlier date that was asked for; None where the relationship began later. `urgency` (0 to 1) is
    the trust at stake times how surely the warnings cost it, by how soon.
    """

    relationship: str
    trust: float
    change: float | None
    exit_risk: float
    state: str
    owner: str | None
    last_heard: datetime | None
    urgency: float
    warnings: tuple[Warning, ...]

    def to_dict(self) -> AttentionShape:
        """Plain data, as `journey attention` writes it in JSON."""
        return {
            "relationship": self.relationship,
            "trust": self.trust,
            "change": self.change,
            "exit_risk": self.exit_risk,
            "state": self.state,
            "owner": self.owner,
            "last_heard": None if self.last_heard is None else self.last_heard.isoformat(),
            "urgency": self.urgency,
            "warnings": [one.to_dict() for one in self.warnings],
        }

    def row(self) -> dict[str, Any]:
        """One flat row of ATTENTION, with the gravest warning."""
        first = self.warnings[0]
        return {
            "relationship": self.relationship,
            "trust": self.trust,
            "change": self.change,
            "exit_risk": self.exit_risk,
            "state": self.state,
            "owner": self.owner,
            "last_heard": self.last_heard,
            "urgency": self.urgency,
            "warning": first.kind,
            "since": first.since,
            "due": first.due,
            "words": first.words,
            "warnings": len(self.warnings),
        }


ATTENTION: Mapping[str, str] = {
    "relationship": "text",
    "trust": "number",
    "change": "number",
    "exit_risk": "number",
    "state": "text",
    "owner": "text",
    "last_heard": "instant",
    "urgency": "number",
    "warning": "text",
    "since": "instant",
    "due": "instant",
    "words": "text",
    "warnings": "count",
}
"""The columns of a table of who needs somebody, each with what it holds."""

SORTED_BY: Mapping[str, Callable[[Outlook], tuple[Any, ...]]] = {
    "urgency": lambda one: (-one.urgency, one.relationship),
    "trust": lambda one: (one.trust, one.relationship),
    "exit-risk": lambda one: (-one.exit_risk, one.relationship),
    "change": lambda one: (change_of(one) or 0.0, one.relationship),
    "name": lambda one: (one.relationship,),
}
"""How those who need somebody can be sorted."""


@dataclass(frozen=True, slots=True)
class AttentionList:
    """Those who need somebody, the first of `count`."""

    rows: tuple[Attention, ...]
    count: int


def attention(
    outlooks: Iterable[Outlook],
    *,
    top: int | None = None,
    sort: str = "urgency",
    states: Collection[str] = (),
    owners: Collection[str] = (),
    since: datetime | None = None,
) -> AttentionList:
    """Those of some relationships for whom a warning is open, ranked by what is at stake and how soon.

    `sort` is one of SORTED_BY; `top` keeps so many; `states` and `owners` keep only those, `since` only those with a warning that opened
    then or later. The `change` is that since the first date of the outlooks' `course`. Raises UnknownName for an owner with whom no
    customer deals.
    """
    count = 0

    def wanted() -> Iterable[Outlook]:
        nonlocal count
        for one in checking_owners(outlooks, owners):
            if one.newest is None or (since is not None and one.newest < since):
                continue
            if (not states or one.state in states) and (not owners or one.owner in owners):
                count += 1
                yield one

    key = SORTED_BY[sort]
    ranked = sorted(wanted(), key=key) if top is None else heapq.nsmallest(top, wanted(), key)
    return AttentionList(tuple(map(_told, ranked)), count)


def change_of(one: Outlook) -> float | None:
    """How trust moved since the first date of the course; None where the relationship began later."""
    then = one.course[0] if one.course else None
    return None if then is None else one.trust - then.trust


def _told(one: Outlook) -> Attention:
    change, warnings = change_of(one), one.warnings()
    return Attention(one.relationship, one.trust, change, one.exit_risk, one.state, one.owner, one.last_heard, one.urgency, warnings)
