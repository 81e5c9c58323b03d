"""For tests of journey and of what is built on it: hypothesis strategies for touchpoints and histories.

Needs the extra `testing`.
"""

from journey.errors import MissingExtra

try:
    import hypothesis as _hypothesis  # noqa: F401 - only whether it is there
except ImportError as error:
    raise MissingExtra("`journey.testing` needs hypothesis", "pip install 'customer-journey[testing]'") from error

from journey.testing.strategies import START, at_day, clean_histories, histories, journeys, touchpoints

__all__ = ["START", "at_day", "clean_histories", "histories", "journeys", "touchpoints"]
