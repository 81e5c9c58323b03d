"""The ends of days, weeks, months, quarters and years, in UTC."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from journey.times import moment


def ends(first: datetime, last: datetime, every: str) -> Iterator[datetime]:
    """The ends of the periods from the one of `first` on that lie before `last`, and `last`."""
    day = first.date()
    while (end := moment(_last_day(day, every))) < last:
        yield end
        day = end.date() + timedelta(days=1)
    yield last


def _last_day(day: date, every: str) -> date:
    """The last day of the period that a day is in; weeks end on Sunday."""
    if every == "day":
        return day
    if every == "week":
        return day + timedelta(days=6 - day.weekday())
    months = {"month": 1, "quarter": 3, "year": 12}[every]
    ended = day.year * 12 + (day.month - 1) // months * months + months
    return date(ended // 12, ended % 12 + 1, 1) - timedelta(days=1)
