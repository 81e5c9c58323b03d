"""The only place that reads a clock; everything else takes times as arguments."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)
