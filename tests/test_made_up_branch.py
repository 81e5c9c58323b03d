"""The made-up branch: the same for the same day, plausible, and with questions still open on its last day."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from journey import Journal
from journey.times import utc
from journey_projections import check, replay
from journey_projections.made_up import branch_end, made_up_branch

END = date(2026, 11, 28)
NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture(scope="module")
def facts() -> list[dict[str, Any]]:
    return made_up_branch(END)


@pytest.fixture(scope="module")
def journal(facts: list[dict[str, Any]]) -> Journal:
    journal = Journal.open("memory:")
    journal.record(*facts)
    return journal


def test_it_is_the_same_for_the_same_day_and_seed_and_another_for_another_seed(facts: list[dict[str, Any]]) -> None:
    assert made_up_branch(END) == facts
    assert made_up_branch(END, seed=2) != facts


def test_another_day_moves_every_time_and_nothing_else(facts: list[dict[str, Any]]) -> None:
    def moved(row: dict[str, Any]) -> dict[str, Any]:
        return {**row, **{name: (utc(row[name]) + timedelta(days=40)).isoformat() for name in ("occurred_at", "due") if name in row}}

    assert made_up_branch(END + timedelta(days=40)) == [moved(row) for row in facts]


def test_more_customers_leave_the_others_as_they_are(facts: list[dict[str, Any]]) -> None:
    few = made_up_branch(END, customers=20)
    assert few == [row for row in facts if row["relationship"] <= "customer-020@branch"]


def test_it_has_customers_people_and_facts_as_promised_all_before_its_end(facts: list[dict[str, Any]]) -> None:
    people = {row[name] for row in facts for name in ("representative", "from_representative", "to_representative") if name in row}
    assert (len({row["relationship"] for row in facts}), len(people)) == (300, 25)
    assert 8_000 <= len(facts) <= 15_000
    assert facts[0]["occurred_at"] < facts[-1]["occurred_at"] < NOW.isoformat()
    assert len({row["id"] for row in facts}) == len(facts)


def test_a_journal_tells_when_the_branch_in_it_ends(journal: Journal) -> None:
    assert branch_end(journal) == END
    assert branch_end(Journal.open("memory:")) is None


def test_nothing_in_it_is_nearly_always_a_mistake(journal: Journal) -> None:
    assert list(check(journal, NOW)) == []


def test_trust_goes_many_ways(journal: Journal) -> None:
    replays = [replay(journal.history(one.relationship), at=NOW) for one in journal.relationships()]
    states = Counter(one.state for one in replays)
    assert states.keys() >= {"transactional", "transitional", "communal", "damaged", "ended_exit", "ended_satisfied"}
    assert states["damaged"] + states["ended_exit"] < 60
    assert sum(len(one.parties.representatives) > 2 for one in replays) > 60


def test_on_its_last_day_something_waits(journal: Journal, facts: list[dict[str, Any]]) -> None:
    month = (NOW - timedelta(days=60)).isoformat()
    answered = {row["episode"] for row in facts if row["kind"] in ("interaction", "recovery_step_taken") and "episode" in row}
    waiting = [row for row in facts if row["kind"] in ("request_made", "failure_occurred", "complaint_voiced")]
    assert sum(row["occurred_at"] > month and row["episode"] not in answered for row in waiting) >= 3
    delivered = {row["promise"] for row in facts if row["kind"] == "delivery"}
    promised = [row for row in facts if row["kind"] == "promise_made" and row["promise"] not in delivered]
    assert {row["due"] < NOW.isoformat() for row in promised} == {True, False}
    introductions = [row["introduction"] for row in facts if row["kind"] == "handover_made" and row["occurred_at"] > month]
    assert {"none", "warm"} <= set(introductions)
