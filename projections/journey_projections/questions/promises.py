"""What was promised, and what became of it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from typing_extensions import TypedDict

from journey.json_shapes import Time
from journey_projections.early_warnings.outlook import Outlook
from journey_projections.early_warnings.warning import Pledged
from journey_projections.questions.owners import checking_owners

PROMISE_STATES = ("overdue", "due", "open", "broken", "kept", "void")
"""What may have become of a promise, what presses first."""


class PromiseShape(TypedDict):
    """A promise, as plain data."""

    promise: str
    relationship: str
    level: float
    made: Time
    due: Time | None
    state: str
    delivered: float | None
    owner: str | None


class Promised(NamedTuple):
    """A promise of the organisation to a customer, who deals with `owner` now."""

    relationship: str
    owner: str | None
    promise: Pledged

    def to_dict(self) -> PromiseShape:
        """Plain data, as `journey promises` writes it in JSON."""
        one = self.promise
        return {
            "promise": one.promise,
            "relationship": self.relationship,
            "level": one.level,
            "made": one.made.isoformat(),
            "due": None if one.due is None else one.due.isoformat(),
            "state": one.state,
            "delivered": one.delivered,
            "owner": self.owner,
        }

    def row(self) -> dict[str, Any]:
        """One flat row of PROMISES."""
        return {**self.to_dict(), "made": self.promise.made, "due": self.promise.due}


PROMISES: Mapping[str, str] = {
    "promise": "text",
    "relationship": "text",
    "level": "number",
    "made": "instant",
    "due": "instant",
    "state": "text",
    "delivered": "number",
    "owner": "text",
}
"""The columns of a table of promises, each with what it holds."""
_LAST = datetime.max.replace(tzinfo=UTC)


def promises(
    outlooks: Iterable[Outlook],
    *,
    sort: str | None = None,
    states: Collection[str] = (),
    owners: Collection[str] = (),
    since: datetime | None = None,
) -> tuple[Promised, ...]:
    """Promises by what presses: first those overdue, for longest, then those due, soonest, and so on as PROMISE_STATES.

    `sort` is due, made, level (the highest first) or name instead. `states` and `owners` keep only those, `since` only those made then
    or later. The outlooks must have promises. Raises UnknownName for an owner with whom no customer deals.
    """
    rows = [
        Promised(one.relationship, one.owner, promise)
        for one in checking_owners(outlooks, owners)
        if not owners or one.owner in owners
        for promise in one.promises()
        if (not states or promise.state in states) and (since is None or promise.made >= since)
    ]
    return tuple(sorted(rows, key=_SORTED_BY[sort]))


_SORTED_BY: Mapping[str | None, Callable[[Promised], tuple[Any, ...]]] = {
    None: lambda one: (PROMISE_STATES.index(one.promise.state), one.promise.due or _LAST, *_named(one)),
    "due": lambda one: (one.promise.due or _LAST, *_named(one)),
    "made": lambda one: (one.promise.made, *_named(one)),
    "level": lambda one: (-one.promise.level, *_named(one)),
    "name": lambda one: _named(one),
}


def _named(one: Promised) -> tuple[str, str]:
    return one.relationship, one.promise.promise
