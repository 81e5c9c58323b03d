"""Times without a UTC offset, in sources that are known to be of one time zone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from journey.errors import InvalidTouchpoint, UnreadableSource
from journey.formats.source_rows import Row

_TIMES = ("occurred_at", "due", "recorded_at")


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this name. Raises UnreadableSource."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnreadableSource(f"`{name}` is not a time zone", "name one such as Europe/Rome or UTC") from None


def in_zone(rows: Iterator[Row], zone: ZoneInfo) -> Iterator[Row]:
    """The rows, with the zone's offset at each time that has none. A time that the zone skipped, or had twice, is a problem."""
    for row in rows:
        row = row.parsed()
        fields, problems = dict(row.fields), list[tuple[str, str]]()
        for name in _TIMES:
            if (naive := _naive(fields.get(name))) is not None:
                local = naive.replace(tzinfo=zone)
                if fault := _fault(local):
                    problems.append((name, f"`{fields[name]}` {fault} {zone.key}"))
                fields[name] = local.isoformat()
        problem = row.problem or (InvalidTouchpoint(problems, "give its UTC offset, as in +01:00") if problems else None)
        yield row._replace(content=fields, problem=problem)


def _fault(local: datetime) -> str | None:
    """Why the clocks of its zone did not show this time once."""
    try:
        shown = local.astimezone(UTC).astimezone(local.tzinfo)
    except OverflowError:
        return "falls outside the years 1 to 9999 by the clocks of"
    if shown.replace(tzinfo=None) != local.replace(tzinfo=None):
        return "was skipped by the clocks of"
    return "came twice by the clocks of" if local.utcoffset() != local.replace(fold=1).utcoffset() else None


def _naive(value: object) -> datetime | None:
    """The time in a text without an offset; None for anything else, which validation judges."""
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return time if time.tzinfo is None and len(value.strip()) > len("2024-03-01") else None
