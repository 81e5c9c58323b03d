"""A history: an immutable, ordered run of recorded touchpoints. Time travel and counterfactuals are other histories."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Self, TypeVar, Union, cast, get_args

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidatorFunctionWrapHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from journey.amendments import (
    FACTS,
    FIXED,
    REPLACE_MEND,
    Amendment,
    Fact,
    LogFact,
    Merge,
    PeopleMerge,
    PersonNamed,
    SubjectForgotten,
    TouchpointCorrected,
    in_force,
)
from journey.errors import ConflictingTouchpoint, InvalidTouchpoint, JourneyError, UnknownName, UnsupportedSchema
from journey.json_shapes import HistoryShape
from journey.merging import merged_pairs, names_in, names_of_united, people_in, united, with_people_renamed
from journey.reading import read_fact, validated
from journey.records import Recorded as Recorded
from journey.times import from_microseconds, moment, to_microseconds
from journey.touchpoints import Touchpoint, fields_of
from journey.upcasting import upcast

H = TypeVar("H", bound="History")
_NOT_IN_HISTORIES = (PersonNamed, SubjectForgotten)
"""Facts that no history contains."""
_AT_ONCE = timedelta(milliseconds=5)
_Edits = tuple[tuple[str, Mapping[str, Any]], ...]


@dataclass(frozen=True, slots=True)
class History:
    """The touchpoints of one relationship (or, after a merge, of several), by (occurred_at, sequence, id).

    What was corrected appears as corrected, what was retracted does not appear, and people who are one appear by one name,
    that which the last merge among them put first: as far as it was known by `known_at_bound`.
    Iterates over touchpoints. `as_of_bound` and `known_at_bound` are its bounds. `relationship` is the one name of it and all
    that it is one with, by the same rule.

    INVARIANT (one order): `records` is sorted by `_order` and holds each id once; `_resolved` is the only way in.
    """

    records: tuple[Recorded, ...]
    relationship: str | None = None
    as_of_bound: datetime | None = None
    known_at_bound: datetime | None = None
    told: tuple[Recorded[Fact], ...] = field(default=(), compare=False, repr=False)
    """Everything that is known, facts about facts included, as it was recorded, in the order in which it was; whatever `as_of_bound`."""
    impossible: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """The corrections, by id, that do not count, since no touchpoint can be so, and why."""
    _facts_at: datetime | None = None
    _everything: tuple[Recorded[Fact], ...] = field(default=(), compare=False, repr=False)
    """As `told`, whatever `known_at_bound`, and of every relationship that ever was one with this."""
    _edits: _Edits = ()
    """Fields that a touchpoint would have had, by its id."""
    _own_name: str | None = field(default=None, compare=False, repr=False)
    """The relationship's name before any merge."""

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> Self:
        """A history of facts in any order, without a store: each counts as recorded when it occurred.

        Equal touchpoints count once; one id with two contents raises ConflictingTouchpoint.
        """
        return cls.of_records(Recorded(fact, fact.occurred_at) for fact in facts)

    @classmethod
    def of_records(cls, records: Iterable[Recorded[Fact]], relationship: str | None = None) -> Self:
        """A history of recorded facts in any order; see `of`. What people are called, and who was forgotten, is no part of it."""
        everything = _once(record for record in records if type(record.outline) not in _NOT_IN_HISTORIES)
        if relationship is None:
            named = (record for record in everything if record.outline.relationship)
            first = min(named, key=_order, default=None)
            relationship = None if first is None else first.outline.relationship
        return _resolved(cls((), relationship), everything, ())

    def __iter__(self) -> Iterator[Touchpoint]:
        return (record.touchpoint for record in self.records)

    def __len__(self) -> int:
        return len(self.records)

    def __contains__(self, id: object) -> bool:
        return any(record.outline.id == id for record in self.records)

    def __getitem__(self, id: str) -> Touchpoint:
        """The touchpoint of that id. Raises UnknownName."""
        return self._record(id).touchpoint

    @property
    def at(self) -> datetime | None:
        """The instant that this history speaks for: its as-of bound, else its last touchpoint; None when empty.

        Counterfactuals keep the facts' instant, so that facts and edits are compared on the same day; only an edit
        that adds something later moves it.
        """
        if self.as_of_bound is not None:
            return self.as_of_bound
        instants = [from_microseconds(record.at) for record in self.records[-1:]]
        if self._facts_at is not None:
            instants.append(self._facts_at)
        return max(instants, default=None)

    def to_dict(self) -> HistoryShape:
        """Plain data: the bounds, and each touchpoint as its record's `to_dict`; texts about people are among it."""
        as_of, known_at = (None if instant is None else instant.isoformat() for instant in (self.as_of_bound, self.known_at_bound))
        records = [record.to_dict() for record in self.records]
        return {"relationship": self.relationship, "as_of": as_of, "known_at": known_at, "touchpoints": records}

    @property
    def amendments(self) -> tuple[Recorded[Amendment], ...]:
        """The corrections and retractions that are known, in the order in which they were recorded."""
        return tuple(cast(Recorded[Amendment], record) for record in self.told if isinstance(record.outline, Amendment))

    @property
    def merges(self) -> tuple[Recorded[Merge], ...]:
        """The merges and unmerges that are known of this relationship and those it is one with, in the order of recording."""
        return tuple(cast(Recorded[Merge], record) for record in self.told if isinstance(record.outline, Merge))

    @property
    def people_merges(self) -> tuple[Recorded[PeopleMerge], ...]:
        """The merges and unmerges that are known of the people whom this history names, in the order of recording."""
        return tuple(cast(Recorded[PeopleMerge], record) for record in self.told if isinstance(record.outline, PeopleMerge))

    @property
    def late(self) -> frozenset[str]:
        """The ids of touchpoints that were recorded when something that followed them was known already.

        What is recorded within five milliseconds became known at once: all that one import brings, in whatever order.
        """
        late, known, instant, pending = set(), None, None, None
        for record in reversed(self.records):
            if record.at != instant:
                instant, known, pending = record.at, _earlier(known, pending), None
            if known is not None and record.recorded_at - known > _AT_ONCE:
                late.add(record.outline.id)
            pending = _earlier(pending, record.recorded_at)
        return frozenset(late)

    def as_of(self, when: str | date | datetime) -> Self:
        """What had happened by `when` (valid time), inclusive. A bare date means the end of that day in UTC."""
        bound = moment(when)
        if self.as_of_bound is not None:
            bound = min(bound, self.as_of_bound)
        until = to_microseconds(bound)
        return replace(self, records=tuple(record for record in self.records if record.at <= until), as_of_bound=bound)

    def known_at(self, when: str | date | datetime) -> Self:
        """What the journal knew by `when` (record time), inclusive. A bare date means the end of that day in UTC."""
        known = moment(when)
        if self.known_at_bound is not None:
            known = min(known, self.known_at_bound)
        return _resolved(replace(self, relationship=self._own_name, known_at_bound=known), self._everything, self._edits)

    def seen(self, as_of: str | date | datetime | None = None, known_at: str | date | datetime | None = None) -> Self:
        """The history `as_of` a time and as `known_at` a time, where these are given."""
        history = self if known_at is None else self.known_at(known_at)
        return history if as_of is None else history.as_of(as_of)

    def without(self, id: str) -> Self:
        """The same history, had that touchpoint not happened. Raises UnknownName."""
        self._record(id)
        return self._edited((record for record in self._everything if id not in (record.outline.id, _about(record.outline))), self._edits)

    def replacing(self, id: str, /, **fields: Any) -> Self:
        """The same history, had that touchpoint had other `fields`. Raises UnknownName, InvalidTouchpoint."""
        changed_in(self._record(id).touchpoint, fields, mend="leave it out and insert another")
        return self._edited(self._everything, (*self._edits, (id, fields)))

    def inserting(self, *facts: Fact | dict[str, Any]) -> Self:
        """The same history, had these been recorded too, when they occurred; merges of people among them.

        A dict of plain fields is read as by `read_fact`. Raises ConflictingTouchpoint; InvalidTouchpoint for fields that make no
        touchpoint, and for a touchpoint of a relationship that is not one with this, where some are.
        """
        inserted = [read_fact(fact) if isinstance(fact, dict) else fact for fact in facts]
        if any(isinstance(record.touchpoint, Merge) for record in self._everything):
            names = united(self._own_name or "", merged_pairs(record.touchpoint for record in self.merges))
            for fact in inserted:
                if fact.relationship and fact.relationship not in names:
                    raise InvalidTouchpoint(
                        [("relationship", f"`{fact.relationship}` is not one with `{self.relationship}`")], "insert a touchpoint of it"
                    )
        return self._edited((*self._everything, *(Recorded(fact, fact.occurred_at) for fact in inserted)), self._edits)

    @classmethod
    def __get_pydantic_core_schema__(cls, _: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A history is read from a list of facts, as by `of`, and serialised to the plain fields of its touchpoints."""

        def read(data: object, facts_of: ValidatorFunctionWrapHandler) -> History:
            try:
                return data if isinstance(data, History) else cls.of(facts_of(data))
            except JourneyError as error:
                raise ValueError(f"{error}; {error.mend}") from error

        fact = handler.generate_schema(Annotated[Union[tuple(FACTS.values())], Field(discriminator="kind")])  # noqa: UP007
        fields = core_schema.plain_serializer_function_ser_schema(lambda history: [fields_of(touchpoint) for touchpoint in history])
        return core_schema.no_info_wrap_validator_function(read, core_schema.list_schema(fact), serialization=fields)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(schema["schema"])

    def _edited(self, everything: Iterable[Recorded[Fact]], edits: _Edits) -> Self:
        return _resolved(replace(self, relationship=self._own_name, _facts_at=self._facts_at or self.at), _once(everything), edits)

    def _record(self, id: str) -> Recorded:
        for record in self.records:
            if record.outline.id == id:
                return record
        retracted, _ = in_force(record.touchpoint for record in self.amendments)
        for fact_record in reversed(self.told):
            if id in retracted and _about(fact_record.outline) == id:
                raise UnknownName(f"touchpoint `{id}` was retracted", f"retract `{fact_record.outline.id}` to have it back")
            if fact_record.outline.id == id and isinstance(fact_record.outline, LogFact):
                raise UnknownName(f"`{id}` is not a touchpoint but a fact about one", "name the touchpoint, or retract that fact")
            if fact_record.outline.id == id:
                raise UnknownName(f"touchpoint `{id}` happened only later", "look as of a later day")
        raise UnknownName.of("touchpoint", id, (record.outline.id for record in self.records), "`journey history` lists the ids")


def _resolved(history: H, everything: tuple[Recorded[Fact], ...], edits: _Edits) -> H:
    """The history of `everything`, with edits, under the bounds and the own name of `history`.

    Upholds INVARIANT (one order), for facts that appear once.
    """
    everything_known = (
        everything if history.known_at_bound is None else [one for one in everything if one.recorded_at <= history.known_at_bound]
    )
    known = sorted(everything_known, key=_recording)
    impossible: dict[str, str] = {}
    models = {type(record.outline) for record in everything}
    relationship = history.relationship
    if not models.isdisjoint(get_args(Merge)):
        merges = merged_pairs(one.outline for one in known if isinstance(one.outline, Merge))
        names = united(relationship or "", merges)
        relationship = names_of_united(merges).get(relationship or "", relationship)
        known = [one for one in known if not one.outline.relationship or not names.isdisjoint(_relationships(one.outline))]
    if edits or not models.isdisjoint(get_args(LogFact)):
        records = list(_amended(known, edits, impossible))
        if not models.isdisjoint(get_args(PeopleMerge)):
            records, known = _with_one_name_each(records, known)
    else:
        records = cast(list[Recorded], known)
    until = None if history.as_of_bound is None else to_microseconds(history.as_of_bound)
    visible = records if until is None else [one for one in records if one.at <= until]
    return replace(
        history,
        relationship=relationship,
        records=tuple(sorted(visible, key=_order)),
        told=tuple(known),
        impossible=impossible,
        _everything=everything,
        _edits=edits,
        _own_name=history.relationship,
    )


def _relationships(fact: Fact) -> set[str]:
    return {*names_in(fact)} if isinstance(fact, Merge) else {fact.relationship}


def _with_one_name_each(records: Iterable[Recorded], known: Iterable[Recorded[Fact]]) -> tuple[list[Recorded], list[Recorded[Fact]]]:
    """The records with each person by one name, and what is known without merges of people whom no record names."""
    names = names_of_united(merged_pairs(one.outline for one in known if isinstance(one.outline, PeopleMerge)))
    renamed = [
        record
        if names.keys().isdisjoint(people_in(record.outline))
        else replace(record, touchpoint=with_people_renamed(names, record.touchpoint))
        for record in records
    ]
    people = {person for record in renamed for person in people_in(record.outline)}

    def concerns(fact: Fact) -> bool:
        return not isinstance(fact, PeopleMerge) or any(names.get(name, name) in people for name in names_in(fact))

    return renamed, [one for one in known if concerns(one.outline)]


def changed_in(touchpoint: Touchpoint, fields: Mapping[str, Any], *, mend: str) -> Touchpoint:
    """The touchpoint with other `fields`, where None takes one away. Raises InvalidTouchpoint, with `mend` for what is fixed."""
    for name in FIXED:
        value = getattr(touchpoint, name)
        if fields.get(name, value) != value:
            raise InvalidTouchpoint([(name, f"of touchpoint `{touchpoint.id}` is `{value}` and cannot be replaced")], mend)
    own = type(touchpoint).model_fields
    values = {**touchpoint.model_dump(), **fields}
    return validated(type(touchpoint), {name: value for name, value in values.items() if value is not None or name not in own})


def _amended(known: Sequence[Recorded[Fact]], edits: _Edits, impossible: dict[str, str]) -> Iterator[Recorded]:
    """The touchpoints with their corrections and edits, without those that are retracted; says which corrections are `impossible`."""
    retracted, corrections = in_force(record.outline for record in known if isinstance(record.outline, Amendment))
    edited = {id for id, _ in edits}
    for record in known:
        id = record.outline.id
        if isinstance(record.outline, LogFact) or id in retracted:
            continue
        if id not in corrections and id not in edited:
            yield cast(Recorded, record)
            continue
        touchpoint, counted = cast(Touchpoint, record.touchpoint), []
        for correction in corrections.get(touchpoint.id, ()):
            try:
                touchpoint = corrected(touchpoint, correction)
                counted.append(correction.id)
            except (InvalidTouchpoint, UnsupportedSchema) as error:
                impossible[correction.id] = str(error)
        for of, fields in edits:
            if of == id:
                touchpoint = changed_in(touchpoint, fields, mend="leave it out and insert another")
        yield Recorded(touchpoint, record.recorded_at, record.position, tuple(counted), record.withheld)


def corrected(touchpoint: Touchpoint, correction: TouchpointCorrected) -> Touchpoint:
    """The touchpoint as corrected, perhaps under an older schema. Raises InvalidTouchpoint, UnsupportedSchema."""
    named = {"kind": touchpoint.kind, "id": touchpoint.id}
    return changed_in(touchpoint, upcast({**named, **correction.fields}, correction.fields_schema), mend=REPLACE_MEND)


def _about(fact: Fact) -> str | None:
    """The id of the fact that this one amends."""
    return fact.about if isinstance(fact, Amendment) else None


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((instant for instant in (one, other) if instant is not None), default=None)


def _recording(record: Recorded[Fact]) -> tuple[datetime, int, str]:
    """The order of recording, as far as it is known."""
    return record.recorded_at, record.position or 0, record.outline.id


def _order(record: Recorded[Fact]) -> tuple[int, int, str]:
    """The total order of touchpoints: when it occurred, the source's own sequence, then the id."""
    outline = record.outline
    return record.at, getattr(outline, "sequence", 0), outline.id


def _once(records: Iterable[Recorded[Fact]]) -> tuple[Recorded[Fact], ...]:
    """Each id once. Raises ConflictingTouchpoint where one has two contents."""
    by_id: dict[str, Recorded[Fact]] = {}
    for record in records:
        first = by_id.setdefault(record.outline.id, record)
        if first is not record and first.touchpoint != record.touchpoint:
            raise ConflictingTouchpoint(record.touchpoint.id, fields_of(first.touchpoint), fields_of(record.touchpoint))
    return tuple(by_id.values())
