"""`journey explain`: contributions that sum exactly to the score."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from journey_cli.stories import story

if TYPE_CHECKING:
    from .conftest import Journey, Visit


@pytest.fixture(params=["cold-meeting", "spilled-beer", "crisis-hidden"])
def explained(request: pytest.FixtureRequest, journey: "Journey", journal_of: Callable[[str], Path]) -> Any:
    """The explanation of a bundled story."""
    store = f"sqlite:///{journal_of(request.param)}"
    return journey.in_json("--store", store, "explain", str(story(request.param).history.relationship)).json


def test_an_explanation_has_its_shape(bank: "Journey") -> None:
    assert set(bank.in_json("explain", "m@bank").json) == {"relationship", "at", "trust", "prior", "contributions", "rules"}


def test_a_contribution_has_its_shape(explained: Any) -> None:
    shape = {"touchpoint", "occurred_at", "kind", "cause", "words", "before", "after", "delta"}
    assert all(set(one) == shape for one in explained["contributions"])


def test_prior_and_deltas_sum_exactly_to_trust(explained: Any) -> None:
    assert explained["prior"] + sum(one["delta"] for one in explained["contributions"]) == explained["trust"]


def test_each_contribution_starts_where_the_last_one_ended(explained: Any) -> None:
    contributions = explained["contributions"]
    assert contributions[0]["before"] == explained["prior"]
    assert all(one["after"] == following["before"] for one, following in pairwise(contributions))
    assert contributions[-1]["after"] == explained["trust"]
    assert all(one["after"] - one["before"] == one["delta"] for one in contributions)


def test_only_passing_time_has_no_touchpoint(explained: Any) -> None:
    for one in explained["contributions"]:
        assert (one["touchpoint"] is None) == (one["kind"] is None) == (one["cause"] == "time")


def test_contributions_come_in_order_of_time(explained: Any) -> None:
    times = [one["occurred_at"] for one in explained["contributions"]]
    assert times == sorted(times)
    assert all(time.endswith("+00:00") for time in times)


def test_every_touchpoint_is_explained_once(bank: "Journey") -> None:
    explained = Counter(one["touchpoint"] for one in bank.in_json("explain", "m@bank").json["contributions"] if one["touchpoint"])
    assert explained == Counter(line["id"] for line in bank.in_json("history", "m@bank").lines)


@pytest.mark.parametrize("bounds", [(), ("--as-of", "2019-06-30"), ("--as-of", "2030-01-01"), ("--known-at", "2000-01-01")], ids=" ".join)
def test_an_explanation_ends_at_the_trust_of_the_replay(bank: "Journey", bounds: tuple[str, ...]) -> None:
    explained, replayed = bank.in_json("explain", "m@bank", *bounds).json, bank.in_json("replay", "m@bank", *bounds).json
    assert explained["trust"] == replayed["trust"]
    assert explained["prior"] + sum(one["delta"] for one in explained["contributions"]) == explained["trust"]
    assert sum(one["touchpoint"] is not None for one in explained["contributions"]) == replayed["touchpoints"]


def test_nothing_known_is_the_prior_unmoved(bank: "Journey") -> None:
    explained = bank.in_json("explain", "m@bank", "--as-of", "2000-01-01").json
    assert explained["contributions"] == []
    assert explained["trust"] == explained["prior"]


def test_the_text_names_what_moved_trust_and_why(bank: "Journey") -> None:
    run = bank("explain", "m@bank")
    assert (run.code, run.err) == (0, "")
    explained = " ".join(run.out.split())
    (meeting,) = (one for one in bank.in_json("explain", "m@bank").json["contributions"] if one["touchpoint"] == "meeting-131")
    assert meeting["delta"] < -0.5
    assert f"{meeting['delta']:.3f} {meeting['after']:.3f}" in explained
    assert "meeting-131" in explained
    assert "small changes until" in explained
    assert "by 134 touchpoints -0.022 by time, under goodwill" in explained


def test_full_has_a_line_for_every_touchpoint(journey: "Journey", visit: "Visit") -> None:
    journey.record(*(visit(f"visit-{day}", day=day, benevolence=0.01) for day in range(1, 20)))
    short, full = journey("explain", "r").out, journey("explain", "r", "--full").out
    assert "visit-7" not in short
    assert all(f"visit-{day}" in full for day in range(1, 20))
    assert short.splitlines()[-1] == full.splitlines()[-1]
