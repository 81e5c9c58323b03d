"""The ends of days, weeks, months, quarters and years, in UTC."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from journey.errors import JourneyError
from journey.times import moment

MOST = 4_000
"""How many periods of a portfolio there are at the most: ten years of days."""
_FIRST = datetime.min.replace(tzinfo=UTC)
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
    """The instant before `first`, and the ends of the periods from there up to `at`.

    Raises JourneyError where `first` is after `at`, or there are more than MOST periods.
    """
    if first > at:
        raise JourneyError(f"{first.date()} is after {at.date()}, as of which everybody is seen", "choose an earlier --since")
    if least_periods(first, at, every) > MOST:
        raise JourneyError(
            f"there are more than {MOST} periods of a {every} from {first.date()} to {at.date()}",
            "choose a later --since, or a longer --every",
        )
    before = first - timedelta(microseconds=1) if first > _FIRST else first
    return [before, *ends(first, at, every)]


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
