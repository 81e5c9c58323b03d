"""What a user writes, as type checkers read it: `make check` runs mypy and pyright over this, `tests/test_typed.py` mypy alone."""

from datetime import UTC, datetime
from typing import assert_type

from journey import Delivery, History, Interaction, PromiseMade, Touchpoint, TouchpointRetracted

visit = Interaction(id="visit-1", relationship="m@bank", occurred_at="2024-03-01T09:00:00Z", benevolence=-0.4)
assert_type(visit.occurred_at, datetime)
promise = PromiseMade(
    id="p", relationship="m@bank", occurred_at=datetime(2024, 3, 1, tzinfo=UTC), promise="card", due="2024-04-01T09:00:00Z"
)
assert_type(promise.due, datetime | None)
retracted = TouchpointRetracted(id="r", relationship="m@bank", occurred_at="2024-03-02T09:00:00Z", retracts="visit-1")
assert_type(retracted.occurred_at, datetime)


def first_day(either: Interaction | Delivery, any_kind: Touchpoint) -> datetime:
    """What kinds share is read from their union too."""
    assert_type(either.occurred_at, datetime)
    return min(either.occurred_at, any_kind.occurred_at)


first_day(visit, promise)
assert_type(list(History.of([visit, promise])), list[Touchpoint])

known: set[Touchpoint] = {visit, promise}
assert_type({visit: type(visit)}[visit], type[Interaction])
kinds: frozenset[type[Touchpoint]] = frozenset({Interaction, Delivery})

# What is wrong is still found; where nothing is, `unused type: ignore` is.
Interaction(id="visit-2", relationship="m@bank", occurred_at=20240301)  # type: ignore[arg-type]
Interaction(id="visit-2", relationship="m@bank")  # type: ignore[call-arg]
visit.occurred_at = datetime(2024, 3, 2, tzinfo=UTC)  # type: ignore[arg-type]
visit.benevolence = 0.4  # type: ignore[misc]
