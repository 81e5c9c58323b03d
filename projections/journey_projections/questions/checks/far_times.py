"""Times that are far off: in the future, before there were records, or decades from the rest of their history."""

from collections.abc import Iterator
from datetime import UTC, datetime

from journey.history import History, Recorded
from journey.times import to_microseconds
from journey_projections.questions.checks.finding import FAR_OFF, Finding, command

_YEAR = 365_250 * 86_400_000
"""In microseconds."""
DECADES = 20 * _YEAR
"""A gap in a history that nearly always is a mistyped year."""
_EARLIEST = to_microseconds(datetime(1900, 1, 1, tzinfo=UTC))
_ZERO = 0, 86_400_000_000
"""1 January 1970, in microseconds: mostly a zero or an empty cell that was read as a time."""


def far_times(history: History, now: datetime) -> Iterator[Finding]:
    """Touchpoints of one history whose times are far off, as of `now`."""
    latest = to_microseconds(now)
    groups: dict[str, list[Recorded]] = {}
    plausible = []
    for record in history.records:
        if record.at > latest:
            groups.setdefault(f"lies in the future of {now:%Y-%m-%d}", []).append(record)
        elif record.at < _EARLIEST:
            groups.setdefault("lies before 1900", []).append(record)
        elif _ZERO[0] <= record.at < _ZERO[1]:
            groups.setdefault("is on 1 January 1970, mostly a zero that was read as a time", []).append(record)
        else:
            plausible.append(record)
    if far := _decades_away(plausible):
        groups["lies decades from the rest of the history"] = far
    for words, records in groups.items():
        ids = tuple(record.outline.id for record in records)
        mend = f"{command('correct', ids[0], 'occurred_at=WHEN')} with the right time, or {command('retract', ids[0])}"
        yield Finding(FAR_OFF, history.relationship, ids, f"`{records[0].touchpoint.occurred_at:%Y-%m-%d %H:%M}Z` {words}", mend)


def _decades_away(records: list[Recorded]) -> list[Recorded]:
    """Those on the smaller side of a gap of decades."""
    for place in range(1, len(records)):
        if records[place].at - records[place - 1].at > DECADES:
            return min(records[:place], records[place:], key=len)
    return []
