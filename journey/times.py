"""Two notations for one instant: aware datetimes in UTC at the edge, integer microseconds since 1970 inside."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta

from journey.errors import shown

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

_FINER = re.compile(r"[.,]\d{6}0*[1-9]")
"""A fraction of a second that is not whole microseconds; Python would cut it."""
_OTHER_OFFSET_FROM = datetime(1, 1, 1, 1)  # noqa: DTZ001 - it is compared with times that lack an offset
_MEND = "write ISO 8601 with a UTC offset, such as `2024-03-01T09:30:00+01:00` or `…Z`"


_LONG = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")
"""A month, or a year."""


def utc(value: object) -> datetime:
    """Read one instant: an aware datetime, or ISO 8601 text with an offset. Raises ValueError that carries the mend."""
    if type(value) is datetime and value.tzinfo is UTC:
        return value
    typed = value
    if isinstance(value, str):
        if len(value) > 27 and _FINER.search(value):
            raise ValueError(f"{shown(value)} is finer than a microsecond; give at most 6 digits of a second")
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise ValueError(f"{shown(value)} is not a date or time; {_MEND}") from None
    if not isinstance(value, datetime):
        raise ValueError(f"{shown(value)} is not a date or time; {_MEND}")
    if value.tzinfo is None or value.utcoffset() is None:
        text, is_first = value.isoformat(), value < _OTHER_OFFSET_FROM
        mend = f"add one, as in `{text}Z`" + ("" if is_first else f" or `{text}+01:00`")
        raise ValueError(f"{shown(_as_typed(typed))} has no UTC offset; {mend}")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{shown(_as_typed(typed))} falls outside the years 1 to 9999 in UTC; give a time within them") from None


def _as_typed(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value).strip()


def moment(value: str | date | datetime) -> datetime:
    """Read a bound for looking back: an instant as `utc` takes it, or a bare day, month or year, which means its end in UTC."""
    return _span(value)[1]


def beginning(value: str | date | datetime) -> datetime:
    """Read a bound from which on to look: as `moment`, but a bare day, month or year means its beginning in UTC."""
    return _span(value)[0]


def _span(value: str | date | datetime) -> tuple[datetime, datetime]:
    """The first and the last instant of a day, a month or a year in UTC; one instant is both."""
    first = last = value
    if isinstance(value, str):
        text = value.strip()
        long = _LONG.fullmatch(text)
        try:
            if long is None:
                first = last = date.fromisoformat(text)
            else:
                year, months = int(long[1]), (1, 12) if long[2] is None else (int(long[2]),) * 2
                first, last = date(year, months[0], 1), date(year, months[1], monthrange(year, months[1])[1])
        except ValueError:
            first = last = utc(value)
    if isinstance(first, date) and isinstance(last, date) and not isinstance(first, datetime):
        return datetime.combine(first, time.min, tzinfo=UTC), datetime.combine(last, time.max, tzinfo=UTC)
    return utc(first), utc(last)


def to_microseconds(instant: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z, exact."""
    since = instant - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def from_microseconds(microseconds: int) -> datetime:
    """The inverse of `to_microseconds`."""
    return EPOCH + timedelta(0, microseconds // 1_000_000, microseconds % 1_000_000)


def instant_at(microseconds: int) -> datetime | None:
    """As `from_microseconds`; None for an instant that no datetime can hold, before the year 1 or after 9999."""
    try:
        return from_microseconds(microseconds)
    except OverflowError:
        return None


def isoformat(instant: datetime) -> str:
    """ISO 8601 with the offset `+00:00`."""
    return instant.astimezone(UTC).isoformat()
