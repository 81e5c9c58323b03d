"""A made-up branch of a bank: five years of 300 customers and 25 people, the same for the same seed and day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from journey.journal import Journal
from journey_projections.made_up.chance import Chance
from journey_projections.made_up.customer import Customer
from journey_projections.made_up.life import live
from journey_projections.made_up.staff import SPAN, staff

_FIRST = "branch-001-0001"
"""The fact whose time says when a recorded branch ends."""


def made_up_branch(end: date, customers: int = 300, people: int = 25, seed: int = 1) -> list[dict[str, Any]]:
    """The facts of a made-up branch in the order of their times, as plain fields for `Journal.record`.

    Everything happened before the day `end` begins in UTC; due dates may lie behind it. Customers have a rhythm of their own, and a few
    went silent or left; some failures were made good, some not; advisers left, with and without introducing whoever followed. For
    another `end` the same ids have other times.
    """
    midnight = datetime(end.year, end.month, end.day, tzinfo=UTC)
    everybody = staff(people, seed)
    facts = []
    for number in range(1, customers + 1):
        customer = Customer(number, Chance(f"customer {number} of {seed}"), everybody)
        live(customer)
        for row in customer.facts:
            times = {"occurred_at": (midnight + timedelta(minutes=row.pop("at"))).isoformat()}
            if "due" in row:
                times["due"] = (midnight + timedelta(minutes=row.pop("due"))).isoformat()
            facts.append({**row, "relationship": f"customer-{number:03}@branch", **times})
    return sorted(facts, key=lambda row: (row["occurred_at"], row["id"]))


def branch_end(journal: Journal) -> date | None:
    """The day at which the made-up branch in a journal ends; None if there is none."""
    found = journal.find([_FIRST]).get(_FIRST)
    return None if found is None else (found.touchpoint.occurred_at + timedelta(minutes=SPAN)).date()
