"""Touchpoints in words: who acted, what happened with its numbers in words, and what is said where nothing has happened yet."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from journey.in_words import in_words
from journey_cli.text import drawing

if TYPE_CHECKING:
    from datetime import datetime

    from journey import History, Touchpoint
    from journey.history import Recorded


def who_acted(touchpoint: "Touchpoint", names: Mapping[str, str]) -> str:
    """The representative, or the customer and whom they dealt with; by name where there is one. Empty where nobody is named."""
    ours = getattr(touchpoint, "to_representative", None) or touchpoint.representative
    with_whom = drawing.called(ours, names) if ours else ""
    if touchpoint.by == "organisation":
        return with_whom or (drawing.called(touchpoint.contact, names) if touchpoint.contact else "")
    customer = drawing.called(touchpoint.contact, names) if touchpoint.contact else "customer"
    return f"{customer} to {with_whom}" if with_whom else customer


def what_happened(record: "Recorded") -> str:
    """The touchpoint's numbers in words, and its note, or else what it was about."""
    touchpoint = record.touchpoint
    about = touchpoint.note or ("(withheld)" if record.withheld else touchpoint.topic or touchpoint.episode or "")
    return drawing.printable(": ".join(part for part in (in_words(touchpoint), about) if part))


def nothing_yet(whole: "History", bounded: "History") -> str:
    """Why a bounded history is empty, where the whole one is not: it begins later, or became known later."""
    known = [one for one in whole.records if bounded.known_at_bound is None or one.recorded_at <= bounded.known_at_bound]
    if known and bounded.as_of_bound is not None:
        first, by = known[0].touchpoint, _instant(bounded.as_of_bound)
        return f"nothing had happened by {by}: the first touchpoint, {first.id}, is of {_instant(first.occurred_at)}"
    if whole.records and bounded.known_at_bound is not None:
        earliest = min(whole.records, key=lambda one: one.recorded_at)
        known_by, recorded = _instant(bounded.known_at_bound), _instant(earliest.recorded_at)
        return f"nothing was known by {known_by}: the first touchpoint, {earliest.touchpoint.id}, was recorded on {recorded}"
    return "no touchpoint counts: all were retracted" if whole.told else "there is no touchpoint"


def _instant(at: "datetime") -> str:
    """A day, with the time of day unless it is the day's end."""
    is_end = at.time().replace(microsecond=0).isoformat() == "23:59:59"
    return at.date().isoformat() if is_end else f"{at:%Y-%m-%d %H:%M}"
