"""What was said of the past after it was recorded, in words: corrections, retractions, merges, late facts."""

from collections.abc import Container, Iterator
from typing import Any

from journey.amendments import Amendment, Merge, RelationshipsMerged, TouchpointCorrected, TouchpointRetracted
from journey.history import History, Recorded
from journey.touchpoints import fields_of
from journey_cli import drawing
from journey_cli.session import counted


def amended(history: History) -> Iterator[str]:
    """A line for each fact about facts that is known, in the order of recording, then for each late touchpoint."""
    for record in history.told:
        fact = record.touchpoint
        if isinstance(fact, Amendment | Merge):
            by = f" by {fact.actor}" if fact.actor else ""
            why = f" ({drawing.printable(fact.reason)})" if fact.reason else ""
            yield f"{drawing.day(record.recorded_at)} {_said(history, fact)}{by}{why} [{fact.id}]"
    late = history.late
    for late_record in history.records:
        if late_record.touchpoint.id in late:
            days = counted((late_record.recorded_at - late_record.touchpoint.occurred_at).days, "day")
            known = f"{drawing.day(late_record.recorded_at)} {late_record.touchpoint.id} became known"
            yield f"{known}, {days} after it happened; what followed it was known before"


def known_later(record: Recorded, late: Container[str]) -> str:
    """How a touchpoint changed the past after the fact, in brackets; nothing where it did not."""
    told = [f"known since {drawing.day(record.recorded_at)}"] if record.touchpoint.id in late else []
    told += ["as corrected"] if record.corrected_by else []
    return f" ({', '.join(told)})" if told else ""


def _said(history: History, fact: Amendment | Merge) -> str:
    match fact:
        case TouchpointCorrected():
            return f"{fact.corrects} corrected: {_changes(history, fact)}"
        case TouchpointRetracted():
            return f"{fact.retracts} retracted"
        case RelationshipsMerged():
            return f"{fact.other} merged with {fact.relationship}"
        case _:
            return f"{fact.other} unmerged from {fact.relationship}"


def _changes(history: History, amendment: TouchpointCorrected) -> str:
    told = (record.touchpoint for record in history.told)
    before: dict[str, Any] = next((fields_of(one) for one in told if one.id == amendment.corrects), {})
    return ", ".join(f"{name} {_shown(before.get(name))} → {_shown(value)}" for name, value in amendment.fields.items())


def _shown(value: object) -> str:
    return "nothing" if value is None else drawing.printable(str(value))
