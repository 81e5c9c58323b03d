"""Where one relationship stands, and what is the matter with it: what the questions of a morning are answered from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from journey_projections.early_warnings.state import UNTOLD
from journey_projections.early_warnings.warning import Pledged, Warning  # noqa: A004 - so it is called in the field
from journey_projections.early_warnings.watched_run import Level, WatchedRun
from journey_projections.encoding.codes import ORIGINS
from journey_projections.rules.rule_set import STATES

ORIGIN_NAMES = {number: name for name, number in ORIGINS.items()} | {UNTOLD: None}
"""The origins by their codes."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where one relationship stands at an instant (UTC), and what is the matter with it.

    `owner` is whom the customer deals with, `last_heard` when the customer was last heard or met, `origin` how the relationship began,
    `urgency` how much it needs somebody (0 to 1), `at_stake` the trust that would fall if the owner left now (0 unless asked for), and
    `course` where it stood at the dates that were asked for (None before it began). `newest` is when the newest open warning opened.
    """

    relationship: str
    trust: float
    confidence: float
    state: str
    exit_risk: float
    touchpoints: int
    owner: str | None
    last_heard: datetime | None
    origin: str | None
    urgency: float
    at_stake: float
    course: tuple[Level | None, ...]
    newest: datetime | None
    warnings: Callable[[], tuple[Warning, ...]]
    promises: Callable[[], tuple[Pledged, ...]]

    @classmethod
    def of(cls, watched: WatchedRun, *, promises: bool, stakes: bool) -> "Outlook":
        """The outlook of a run that has ended, which it uses up."""
        view, trust = watched.run.view(), watched.run.trust()
        warnings, pledges = watched.warnings(), watched.promises() if promises else ()
        return cls(
            relationship=watched.relationship,
            trust=trust,
            confidence=view.confidence,
            state=STATES[view.state],
            exit_risk=view.exit_risk,
            touchpoints=watched.run.count,
            owner=watched.owner,
            last_heard=watched.last_heard,
            origin=ORIGIN_NAMES[watched.origin],
            urgency=watched.urgency,
            course=tuple(watched.levels),
            newest=max((one.since for one in warnings), default=None),
            warnings=lambda: warnings,
            promises=lambda: pledges,
            at_stake=watched.at_stake() if stakes else 0.0,
        )
