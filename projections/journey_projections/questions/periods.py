"""The ends of days, weeks, months, quarters and years, in UTC."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from journey.times import moment

_LONGEST = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}


def ends(first: datetime, last: datetime, every: str) -> Iterator[datetime]:
    """The ends of the periods from the one of `first` on that lie before `last`, and `last`; the last period ends with the year 9999."""
    day = first.date()
    while (end := moment(_last_day(day, every))) < last:
        yield end
        day = end.date() + timedelta(days=1)
    yield last


def least_periods(first: datetime, last: datetime, every: str) -> int:
    """So many periods lie between two instants at the least."""
    return (last - first) // timedelta(days=_LONGEST[every])


def _last_day(day: date, every: str) -> date:
    """The last day of the period that a day is in; weeks end on Sunday."""
    if every == "day":
        return day
    if every == "week":
        return date.fromordinal(min(day.toordinal() + 6 - day.weekday(), date.max.toordinal()))
    months = {"month": 1, "quarter": 3, "year": 12}[every]
    last_month = (day.month - 1) // months * months + months
    return day.replace(month=last_month, day=monthrange(day.year, last_month)[1])
