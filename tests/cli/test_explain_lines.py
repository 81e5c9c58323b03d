"""The lines of `journey explain`: who, what and why; what is told by itself, and what shares a line."""

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey_cli.text.explanation import CRISIS, DUST, NOTABLE, SWING, largest_of, lines_of, shared_words, subject
from journey_projections import Contribution

if TYPE_CHECKING:
    from .conftest import Journey, Visit

START = datetime(2024, 1, 1, tzinfo=UTC)


def moved(*steps: float, kind: str = "interaction") -> list[Contribution]:
    """Contributions that move trust by so much each, from 0.5 on."""
    made, before = [], 0.5
    for number, step in enumerate(steps):
        made.append(Contribution(f"v{number}", START + timedelta(days=number), kind, "cause", "a cause; more", before, before + step))
        before += step
    return made


STEPS = st.lists(st.floats(-0.02, 0.02), max_size=60).map(lambda steps: moved(*steps))


@given(STEPS, st.booleans(), st.none() | st.integers(1, 5))
def test_every_contribution_is_in_one_line_in_order(contributions: list[Contribution], is_full: bool, top: int | None) -> None:
    assert [one for line in lines_of(contributions, is_full=is_full, top=top) for one in line] == contributions


@given(STEPS)
def test_no_shared_line_hides_a_fall_and_a_recovery(contributions: list[Contribution]) -> None:
    for line in lines_of(contributions):
        values = [line[0].before, *(one.after for one in line)]
        falls = max((max(values[:place]) - value for place, value in enumerate(values) if place), default=0.0)
        rises = max((value - min(values[:place]) for place, value in enumerate(values) if place), default=0.0)
        assert min(falls, rises) < SWING + 1e-9


@given(STEPS)
def test_what_moved_much_stands_alone(contributions: list[Contribution]) -> None:
    assert all(len(line) == 1 for line in lines_of(contributions) if any(abs(one.delta) >= NOTABLE for one in line))


def test_a_moment_of_time_shares_the_line_of_what_ended_it() -> None:
    moment = Contribution(None, START, None, "time", "time passed: silence", 0.5, 0.5 - DUST / 2)
    step = Contribution("s", START, "recovery_step_taken", "cause", "a cause", moment.after, 0.52)
    assert list(lines_of([moment, step])) == [[moment, step]]
    assert subject([moment, step]) is step
    assert list(lines_of([moment, step], is_full=True)) == [[moment], [step]]
    assert list(lines_of([moment])) == [[moment]]
    assert subject(moved(0.001, 0.001)) is None


@given(STEPS, st.integers(1, 5))
def test_the_largest_are_the_largest(contributions: list[Contribution], top: int) -> None:
    chosen = largest_of(contributions, top)
    assert len(chosen) == min(top, len(contributions))
    rest = [one for one in contributions if one not in chosen]
    assert all(abs(one.delta) <= abs(other.delta) for one in rest for other in chosen)


@pytest.mark.parametrize("kind", sorted(CRISIS))
def test_a_step_of_a_crisis_is_never_swallowed(kind: str) -> None:
    assert [len(line) for line in lines_of([*moved(0.001, 0.001), *moved(0.0, kind=kind), *moved(0.001)])] == [2, 1, 1]


def test_small_changes_that_come_to_much_are_told_by_their_causes() -> None:
    assert shared_words(moved(*[0.009] * 9)) == "9 small changes until 2024-01-09: +0.081 by 9 × a cause"
    assert shared_words(moved(*[0.001] * 9)) == "9 small changes until 2024-01-09"


def text_of(journey: "Journey", *arguments: str) -> str:
    run = journey("explain", *arguments)
    assert (run.code, run.err) == (0, "")
    return " ".join(run.out.split())


def test_a_line_says_who_what_and_why(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", representative="anna", benevolence=-0.6, note="Slammed the door."))
    assert "anna: interaction; rude (-0.6): Slammed the door. → the customer was treated badly" in text_of(journey, "r")


def test_a_line_says_that_the_customer_acted(journey: "Journey", visit: "Visit") -> None:
    fields = {**visit("a", representative="anna"), "kind": "feedback_given", "instrument": "nps", "score": 0.0}
    journey.record({name: value for name, value in fields.items() if name != "benevolence"})
    assert "customer to anna: feedback given; NPS 0 →" in text_of(journey, "r")


def test_people_are_called_by_their_names(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", representative="p-7"))
    journey.in_json("name", "p-7", "Anna Ferri")
    assert "Anna Ferri (p-7): interaction; friendly (0.5)" in text_of(journey, "r")


def test_passing_time_says_which_failure_waited(journey: "Journey", visit: "Visit") -> None:
    failure = {"kind": "failure_occurred", "relationship": "r", "occurred_at": "2024-01-02T10:00:00Z", "severity": 0.5}
    journey.record(visit("a"), {**failure, "id": "f", "episode": "outage"})
    assert "failure `outage` of 2024-01-02 still waits for an answer" in text_of(journey, "r", "--as-of", "2024-06")


@pytest.fixture
def summed(bank: "Journey") -> Any:
    """Reads the changes in the rows of an explanation of the bank, and the trust at the end."""

    def read(*arguments: str) -> tuple[float, float]:
        rows = [line for line in bank("explain", "m@bank", *arguments).out.splitlines() if re.match(r"\d{4}-\d\d-\d\d +[+-]\d", line)]
        return 0.5 + sum(float(line.split()[1]) for line in rows), bank.in_json("replay", "m@bank").json["trust"]

    return read


@pytest.mark.parametrize(
    "arguments",
    [(), ("--full",), ("--since", "2020"), ("--top", "3"), ("--newest",), ("--since", "2024-03", "--top", "1", "--newest")],
    ids=" ".join,
)
def test_the_lines_sum_to_the_score(summed: Any, arguments: tuple[str, ...]) -> None:
    total, trust = summed(*arguments)
    assert total == pytest.approx(trust, abs=0.0005 * 140)


def test_top_gives_a_line_to_the_largest(bank: "Journey") -> None:
    run = bank("explain", "m@bank", "--top", "2")
    assert "meeting-131" in run.out
    assert "opened-1" in run.out
    assert "counter-3" not in run.out


def test_newest_is_the_other_way_round(bank: "Journey") -> None:
    def days(*more: str) -> list[str]:
        return re.findall(r"^(\d{4}-\d\d-\d\d) ", bank("explain", "m@bank", *more).out, re.MULTILINE)

    assert days("--newest") == days()[::-1]


def test_json_with_since_begins_at_the_trust_before(bank: "Journey") -> None:
    whole = bank.in_json("explain", "m@bank").json
    since = bank.in_json("explain", "m@bank", "--since", "2024-02").json
    assert set(since) == set(whole)
    assert since["contributions"] == [one for one in whole["contributions"] if one["occurred_at"] >= "2024-02"]
    assert since["prior"] == since["contributions"][0]["before"]
    assert since["prior"] + sum(one["delta"] for one in since["contributions"]) == pytest.approx(since["trust"])


def test_json_has_the_top_and_the_newest_first(bank: "Journey") -> None:
    contributions = bank.in_json("explain", "m@bank", "--top", "2", "--newest").json["contributions"]
    assert [one["touchpoint"] for one in contributions] == ["meeting-131", "opened-1"]


def test_top_and_full_contradict_each_other(bank: "Journey") -> None:
    assert bank("explain", "m@bank", "--top", "2", "--full").code == 2
