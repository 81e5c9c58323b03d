"""A history: an immutable, ordered run of recorded touchpoints. Time travel and counterfactuals are other histories."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from journey.errors import ConflictingTouchpoint, InvalidTouchpoint, UnknownName
from journey.reading import validated
from journey.times import moment
from journey.touchpoints import Touchpoint, fields_of


@dataclass(frozen=True, slots=True)
class Recorded:
    """A touchpoint with what the journal knows of it.

    `recorded_at` is when the journal took it (UTC); `position` its place in the journal, None outside of one.
    """

    touchpoint: Touchpoint
    recorded_at: datetime
    position: int | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The touchpoints of one relationship (or, after a merge, of several), by (occurred_at, sequence, id).

    INVARIANT (one order): `records` is sorted by `_order` and holds each id once; `_arranged` is the only way in.

    Iterates over touchpoints. `relationship` is its name, `bound` the as-of bound, `known` the known-at bound.
    """

    records: tuple[Recorded, ...]
    relationship: str | None = None
    bound: datetime | None = None
    known: datetime | None = None
    _facts_at: datetime | None = None

    @classmethod
    def of(cls, touchpoints: Iterable[Touchpoint]) -> Self:
        """A history of touchpoints in any order, without a store: each counts as recorded when it occurred.

        Equal touchpoints count once; one id with two contents raises ConflictingTouchpoint.
        """
        return cls.of_records(Recorded(touchpoint, touchpoint.occurred_at) for touchpoint in touchpoints)

    @classmethod
    def of_records(cls, records: Iterable[Recorded], relationship: str | None = None) -> Self:
        """A history of recorded touchpoints in any order; see `of`."""
        arranged = _arranged(records)
        if relationship is None and arranged:
            relationship = arranged[0].touchpoint.relationship
        return cls(arranged, relationship)

    def __iter__(self) -> Iterator[Touchpoint]:
        return (record.touchpoint for record in self.records)

    def __len__(self) -> int:
        return len(self.records)

    def __contains__(self, id: object) -> bool:
        return any(record.touchpoint.id == id for record in self.records)

    def __getitem__(self, id: str) -> Touchpoint:
        """The touchpoint of that id. Raises UnknownName."""
        return self._record(id).touchpoint

    @property
    def at(self) -> datetime | None:
        """The instant that this history speaks for: its as-of bound, else its last touchpoint; None when empty.

        Counterfactuals keep the facts' instant, so that facts and edits are compared on the same day; only an edit
        that adds something later moves it.
        """
        if self.bound is not None:
            return self.bound
        instants = [record.touchpoint.occurred_at for record in self.records[-1:]]
        if self._facts_at is not None:
            instants.append(self._facts_at)
        return max(instants, default=None)

    def as_of(self, when: str | date | datetime) -> Self:
        """What had happened by `when` (valid time), inclusive. A bare date means the end of that day in UTC."""
        bound = moment(when)
        if self.bound is not None:
            bound = min(bound, self.bound)
        return replace(self, records=tuple(r for r in self.records if r.touchpoint.occurred_at <= bound), bound=bound)

    def known_at(self, when: str | date | datetime) -> Self:
        """What the journal knew by `when` (record time), inclusive. A bare date means the end of that day in UTC."""
        known = moment(when)
        if self.known is not None:
            known = min(known, self.known)
        return replace(self, records=tuple(r for r in self.records if r.recorded_at <= known), known=known)

    def without(self, id: str) -> Self:
        """The same history, had that touchpoint not happened. Raises UnknownName."""
        spared = self._record(id)
        return self._edited(record for record in self.records if record is not spared)

    def replacing(self, id: str, /, **fields: Any) -> Self:
        """The same history, had that touchpoint had other `fields`. Raises UnknownName, InvalidTouchpoint."""
        changed = self._record(id)
        for name in ("kind", "id", "relationship"):
            value = getattr(changed.touchpoint, name)
            if fields.get(name, value) != value:
                raise InvalidTouchpoint(
                    [(name, f"of touchpoint `{id}` is `{value}` and cannot be replaced")], "leave it out and insert another"
                )
        touchpoint = validated(type(changed.touchpoint), {**changed.touchpoint.model_dump(), **fields})
        return self._edited(replace(changed, touchpoint=touchpoint) if record is changed else record for record in self.records)

    def inserting(self, *touchpoints: Touchpoint) -> Self:
        """The same history, had these touchpoints happened too. Raises ConflictingTouchpoint."""
        inserted = (Recorded(touchpoint, touchpoint.occurred_at) for touchpoint in touchpoints)
        return self._edited((*self.records, *inserted))

    def _edited(self, records: Iterable[Recorded]) -> Self:
        visible = (r for r in records if self.bound is None or r.touchpoint.occurred_at <= self.bound)
        return replace(self, records=_arranged(visible), _facts_at=self._facts_at or self.at)

    def _record(self, id: str) -> Recorded:
        for record in self.records:
            if record.touchpoint.id == id:
                return record
        raise UnknownName.of("touchpoint", id, (touchpoint.id for touchpoint in self), "`journey history` lists the ids")


def _order(record: Recorded) -> tuple[datetime, int, str]:
    """The total order of touchpoints: when it occurred, the source's own sequence, then the id."""
    touchpoint = record.touchpoint
    return touchpoint.occurred_at, touchpoint.sequence, touchpoint.id


def _arranged(records: Iterable[Recorded]) -> tuple[Recorded, ...]:
    """Upholds INVARIANT (one order)."""
    by_id: dict[str, Recorded] = {}
    for record in records:
        first = by_id.setdefault(record.touchpoint.id, record)
        if first is not record and first.touchpoint != record.touchpoint:
            raise ConflictingTouchpoint(record.touchpoint.id, fields_of(first.touchpoint), fields_of(record.touchpoint))
    return tuple(sorted(by_id.values(), key=_order))
