"""What changed the past after it was recorded, in words: corrections, retractions, merges, late facts."""

from collections.abc import Container, Iterator, Mapping
from typing import Any

from journey.amendments import Amendment, Merge, PeopleMerge, PeopleMerged, RelationshipsMerged, TouchpointCorrected, TouchpointRetracted
from journey.history import History, Recorded
from journey.merging import names_in
from journey.touchpoints import fields_of
from journey_cli.text import drawing
from journey_cli.text.console import counted


def amended(history: History, names: Mapping[str, str]) -> Iterator[str]:
    """A line for each fact about facts that is known, in the order of recording, then for each late touchpoint.

    `names` is what people are called, by id.
    """
    fields = {record.touchpoint.id: fields_of(record.touchpoint) for record in history.told}
    counted_in = {id for record in history.records for id in record.corrected_by}
    for record in history.told:
        fact = record.touchpoint
        if not isinstance(fact, Amendment | Merge | PeopleMerge):
            continue
        by = f" by {drawing.called(fact.actor, names)}" if fact.actor else ""
        why = f" ({drawing.printable(fact.reason)})" if fact.reason else ""
        yield f"{drawing.day(record.recorded_at)} {_in_words(fact, fields)}{by}{why} [{fact.id}]"
        if fact.id in history.impossible:
            yield f"  it does not count: {history.impossible[fact.id]}"
        elif isinstance(fact, TouchpointCorrected) and fact.id in counted_in:
            fields[fact.corrects] |= fact.fields
    late = history.late
    for late_record in history.records:
        if late_record.touchpoint.id in late:
            days = counted((late_record.recorded_at - late_record.touchpoint.occurred_at).days, "day")
            known = f"{drawing.day(late_record.recorded_at)} {late_record.touchpoint.id} became known"
            yield f"{known}, {days} after it happened; what followed it was known before"


def known_later(record: Recorded, late: Container[str]) -> str:
    """How a touchpoint changed the past after the fact, in brackets; nothing where it did not."""
    remarks = [f"known since {drawing.day(record.recorded_at)}"] if record.touchpoint.id in late else []
    remarks += ["as corrected"] if record.corrected_by else []
    return f" ({', '.join(remarks)})" if remarks else ""


def _in_words(fact: Amendment | Merge | PeopleMerge, fields: Mapping[str, Mapping[str, Any]]) -> str:
    match fact:
        case TouchpointCorrected():
            before = fields.get(fact.corrects, {})
            changes = ", ".join(f"{name} {_shown(before.get(name))} → {_shown(value)}" for name, value in fact.fields.items())
            return f"{fact.corrects} corrected: {changes}"
        case TouchpointRetracted():
            return f"{fact.retracts} retracted"
        case _:
            first, other = names_in(fact)
            is_merged = isinstance(fact, RelationshipsMerged | PeopleMerged)
            return f"{other} {'merged with' if is_merged else 'unmerged from'} {first}"


def _shown(value: object) -> str:
    return "nothing" if value is None else drawing.printable(str(value))
