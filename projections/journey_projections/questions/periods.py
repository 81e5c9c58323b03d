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


def last_periods(at: datetime, every: str, count: int) -> list[datetime]:
    """`at`, the end of a period that goes on, after the ends of so many periods before it."""
    dates = [at]
    while len(dates) <= count:
        first = _first_day(dates[0].date(), every)
        if first == date.min:
            break
        dates.insert(0, moment(first - timedelta(days=1)))
    return dates


def periods_since(first: datetime, at: datetime, every: str) -> list[datetime]:
    """The instant before `first`, and the ends of the periods from there up to `at`."""
    before = first - timedelta(microseconds=1)
    return [before, *ends(first, max(first, at), every)]


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


def _first_day(day: date, every: str) -> date:
    """The first day of the period that a day is in."""
    if every == "day":
        return day
    if every == "week":
        return date.fromordinal(max(day.toordinal() - day.weekday(), date.min.toordinal()))
    months = {"month": 1, "quarter": 3, "year": 12}[every]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)
