"""A fact of the year 1 or 9999 stops no command: courses end with it, and too long ones are refused by name."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.testing import START
from journey_projections.questions.periods import ends

if TYPE_CHECKING:
    from .conftest import Journey, Visit

FIRST, LAST = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"
WAYS: tuple[tuple[str, ...], ...] = (("r",), ("--all",), ("--all", "--ledger", "columns"))


def _record(journey: "Journey", visit: "Visit", *times: str) -> None:
    journey.record(*({**visit(f"v{number}"), "occurred_at": time} for number, time in enumerate(times)))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("every", "rows"), [("year", 2), ("quarter", 2), ("month", 2), ("week", 3), ("day", 18)])
def test_the_last_period_of_a_course_ends_with_the_year_9999(
    journey: "Journey", visit: "Visit", way: tuple[str, ...], every: str, rows: int
) -> None:
    _record(journey, visit, "9999-11-30T12:00:00Z" if every in ("year", "quarter", "month") else "9999-12-14T12:00:00Z", LAST)
    if every in ("year", "quarter"):
        journey.record({**visit("earlier"), "occurred_at": "9998-12-14T12:00:00Z" if every == "year" else "9999-09-14T12:00:00Z"})
    course = journey.in_json("replay", *way, "--every", every).lines
    assert len(course) == rows
    assert course[-1]["at"] == "9999-12-31T23:59:59.999999+00:00"
    assert course[-1]["trust"] == journey.in_json("replay", "r").json["trust"]


@pytest.mark.parametrize("way", WAYS)
def test_a_course_from_the_year_1_to_9999_is_told_by_year_and_refused_by_day(
    journey: "Journey", visit: "Visit", way: tuple[str, ...]
) -> None:
    _record(journey, visit, FIRST, LAST)
    assert len(journey.in_json("replay", *way, "--every", "year").lines) == 9999
    drawn = journey("replay", *way, "--every", "year")
    assert (drawn.code, len(drawn.out) < 1000) == (0, True)
    refused = journey("replay", *way, "--every", "day")
    assert refused.code == 1
    assert refused.err == (
        "journey: a course by day from 0001-01-01 (touchpoint `v0` of `r`) to 9999-12-31 (touchpoint `v1` of `r`) has too many dates\n"
        "  mend: correct the date that is wrong, or choose `quarter` or `year`\n"
    )
    bounded = journey("replay", *way, "--every", "day", "--as-of", "9999-12-30")
    assert "to 9999-12-30 (the as-of) has too many dates" in bounded.err
    assert len(journey.in_json("replay", *way, "--every", "day", "--as-of", "0001-01-03").lines) == 3


@pytest.mark.parametrize("way", WAYS)
def test_the_far_date_no_longer_stretches_a_course_once_it_is_retracted(journey: "Journey", visit: "Visit", way: tuple[str, ...]) -> None:
    _record(journey, visit, "2024-01-01T00:00:00Z", "2024-01-03T00:00:00Z", LAST, FIRST)
    assert journey("replay", *way, "--every", "day").code == 1
    assert journey("retract", "v2").code == journey("retract", "v3").code == 0
    assert len(journey.in_json("replay", *way, "--every", "day").lines) == 3


@pytest.mark.parametrize("bound", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    "command",
    [("replay", "r"), ("explain", "r"), ("history", "r"), ("compare", "r"), ("whatif", "r", "--without", "v0"), ("replay", "--all")],
)
def test_every_command_takes_the_first_and_the_last_day_there_is(
    journey: "Journey", visit: "Visit", command: tuple[str, ...], bound: str
) -> None:
    _record(journey, visit, FIRST, LAST)
    shown = journey(*command, "--as-of", bound)
    assert (shown.code, shown.err) == (0, "")


@given(st.datetimes(timezones=st.just(START.tzinfo)), st.sampled_from(["day", "week", "month", "quarter", "year"]), st.integers(0, 40))
def test_the_ends_of_periods_rise_to_the_last_instant_asked_for(first: datetime, every: str, days: int) -> None:
    last = min(first, first.max.replace(tzinfo=first.tzinfo) - timedelta(days=days)) + timedelta(days=days)
    given = list(ends(first, last, every))
    assert given[-1] == last
    assert all(earlier < later for earlier, later in pairwise(given))
