"""Each kind of warning, in a history that opens it, and what closes it again."""

from datetime import timedelta
from typing import Any

import pytest

from journey import History, read_touchpoint
from journey.testing import START
from journey_cli.stories import story
from journey_projections.early_warnings import Warning, warning_course, warnings  # noqa: A004
from journey_projections.early_warnings.state import KINDS

Told = tuple[float, str, dict[str, Any]]


def at(day: float) -> str:
    """A day of these histories."""
    return (START + timedelta(days=day)).isoformat()


def history(*told: Told) -> History:
    """Touchpoints by day, kind and fields; their ids are t0, t1, …"""
    return History.of(
        read_touchpoint({"id": f"t{number}", "relationship": "r", "occurred_at": at(day), "kind": kind, **fields})
        for number, (day, kind, fields) in enumerate(told)
    )


def visit(day: float, **fields: Any) -> Told:
    """A good contact."""
    return day, "interaction", {"competence": 0.6, "benevolence": 0.6, **fields}


FAILURE = (10.0, "failure_occurred", {"severity": 0.5, "episode": "e"})
ANNA = [visit(float(day), representative="anna") for day in range(0, 300, 10)]
STEP = {"episode": "e", "step": "acknowledge"}
OPENED: dict[str, tuple[list[Told], float]] = {
    "unanswered_failure": ([FAILURE], 10.0),
    "unanswered_complaint": ([(10.0, "complaint_voiced", {"severity": 0.5})], 10.0),
    "unanswered_request": ([(10.0, "request_made", {})], 10.0),
    "double_deviation": ([FAILURE, (12.0, "response_failed", {"episode": "e", "manner": "denied", "severity": 0.5})], 12.0),
    "promise_due": ([(0.0, "promise_made", {"promise": "p", "level": 0.7, "due": at(30.0)})], 23.0),
    "promise_overdue": ([(0.0, "promise_made", {"promise": "p", "level": 0.7, "due": at(30.0)})], 30.0),
    "unintroduced_handover": (
        [*ANNA, (300.0, "handover_made", {"from_representative": "anna", "to_representative": "ugo", "introduction": "none"})],
        300.0,
    ),
    "bond_at_risk": ([*ANNA, (300.0, "representative_left", {"representative": "anna"})], 300.0),
    "silence_against_rhythm": ([visit(float(day)) for day in (0, 10, 20, 30)], 30.0 + 3 * 10 * (1 + 1 / 3)),
    "silence_after_failure": ([FAILURE], 31.0),
    "falling_scores": ([(0.0, "feedback_given", {"score": 0.9}), (10.0, "feedback_given", {"score": 0.7})], 10.0),
    "weak_signals": ([(10.0, "word_of_mouth_heard", {"valence": -0.8, "certainty": 0.2})], 10.0),
    "perception_gap": ([(10.0, "delivery", {"promised": 0.8, "delivered": 0.8, "perceived": 0.5})], 10.0),
    "trust_fell": ([*ANNA, (300.0, "interaction", {"benevolence": -0.9})], 300.0),
    "unexplained_exit": ([*ANNA, (300.0, "relationship_ended", {"outcome": "exit"})], 300.0),
}
"""A history for each kind, and the day on which its warning opens."""
CLOSED: dict[str, Told] = {
    "unanswered_failure": (350.0, "recovery_step_taken", STEP),
    "unanswered_complaint": (350.0, "interaction", {"episode": "t0", "competence": 0.5}),
    "unanswered_request": (350.0, "delivery", {"episode": "t0", "promised": 0.5, "delivered": 0.5}),
    "promise_overdue": (350.0, "delivery", {"promise": "p", "delivered": 0.7}),
    "unintroduced_handover": (350.0, "introduction_made", {"representative": "ugo", "manner": "warm"}),
    "silence_against_rhythm": visit(350.0),
    "silence_after_failure": visit(350.0),
    "falling_scores": (350.0, "feedback_given", {"score": 0.9}),
    "weak_signals": (50.0, "check_in_held", {}),
    "unexplained_exit": (350.0, "relationship_resumed", {}),
    "perception_gap": (50.0, "delivery", {"promised": 0.8, "delivered": 0.8, "perceived": 0.8}),
}
"""What closes it again."""


def course(*told: Told) -> list[Warning]:
    """The warnings that were ever open."""
    return list(warning_course(history(*told), at(9000.0)))


def test_there_is_a_history_for_every_kind() -> None:
    assert list(OPENED) == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_it_opens_at_its_instant_and_not_before(kind: str) -> None:
    told, day = OPENED[kind]
    opened = [one for one in course(*told) if one.kind == kind]
    assert [one.since for one in opened] == [START + timedelta(days=day)]
    before = day - 1e-6
    assert kind not in {one.kind for one in warnings(history(*told), at(before))}
    assert kind in {one.kind for one in warnings(history(*told), at(day + (1e-6 if kind == "promise_overdue" else 0.0)))}


@pytest.mark.parametrize("kind", CLOSED)
def test_it_closes_at_its_instant(kind: str) -> None:
    told, _ = OPENED[kind]
    closing = CLOSED[kind]
    [one] = [one for one in course(*told, closing) if one.kind == kind and one.since < START + timedelta(days=closing[0])]
    assert one.until == START + timedelta(days=closing[0])


def test_a_bad_response_is_put_right_by_owning_it_and_mending_it() -> None:
    told, _ = OPENED["double_deviation"]
    step = {"episode": "e"}
    owned = (20.0, "recovery_step_taken", {**step, "step": "apologise"})
    mended = (30.0, "recovery_step_taken", {**step, "step": "help"})
    for steps, is_right in (((), False), ((owned,), False), ((mended,), False), ((owned, mended), True)):
        [one] = [one for one in course(*told, *steps) if one.kind == "double_deviation"]
        assert (one.until == START + timedelta(days=30.0)) == is_right


def test_what_waits_worsens_when_its_time_is_up_and_when_it_is_asked_for_again() -> None:
    again = (10.5, "complaint_voiced", {"severity": 0.9, "episode": "e"})
    levels = [
        next(one for one in warnings(history(FAILURE, *more), at(day)) if one.kind == "unanswered_failure")
        for more, day in (((), 10.0), ((), 30.0), ((again,), 30.0))
    ]
    assert [one.severity for one in levels] == [0.25, 0.5, 0.9]
    assert [one.due is None for one in levels] == [False, True, True]
    assert levels[2].touchpoints == ("t0", "t1")
    assert "asked for again" in levels[2].words


def test_what_happens_in_between_parts_no_complaint_from_what_it_is_about() -> None:
    rude = (10.2, "interaction", {"benevolence": -0.5, "episode": "e"})
    complaint = (10.5, "complaint_voiced", {"severity": 0.9, "episode": "e"})
    told = warnings(history(FAILURE, rude, complaint), at(30.0))
    assert [(one.kind, one.severity) for one in told if one.kind.startswith("unanswered")] == [("unanswered_failure", 0.9)]


def test_a_failure_nobody_has_noticed_has_time_until_somebody_does() -> None:
    hidden = (10.0, "failure_occurred", {"severity": 0.5, "episode": "e", "noticed": False})
    [unnoticed] = [one for one in warnings(history(hidden), at(100.0)) if one.kind == "unanswered_failure"]
    assert (unnoticed.due, "tell them first" in unnoticed.words) == (None, True)
    [noticed] = [
        one
        for one in warnings(history(hidden, (50.0, "failure_noticed", {"episode": "e", "through": "found"})), at(50.0))
        if one.kind == "unanswered_failure"
    ]
    assert noticed.due is not None


def test_few_gaps_warn_later_and_one_holiday_changes_nothing() -> None:
    def opens(*days: int) -> float:
        silent = [one for one in course(*(visit(float(day)) for day in days)) if one.kind == "silence_against_rhythm"]
        return (silent[-1].since - START) / timedelta(days=1) - days[-1]

    assert opens(0, 10, 20) > opens(0, 10, 20, 30, 40, 50) > 30.0
    assert opens(0, 10, 20, 30, 45, 55, 65) < opens(0, 10, 20, 30, 130, 140, 150)
    assert course(visit(0.0), visit(10.0)) == []


def test_a_fall_after_a_long_quiet_time_is_one() -> None:
    fell = [one for one in course(*ANNA, (400.0, "interaction", {"benevolence": -0.9})) if one.kind == "trust_fell"]
    assert [one.since for one in fell] == [START + timedelta(days=400)]


def test_purchases_and_contacts_have_rhythms_of_their_own() -> None:
    bought: list[Told] = [(float(day), "purchase_made", {}) for day in range(0, 100, 10)]
    told = course(*bought, *(visit(float(day)) for day in range(0, 300, 10)))
    assert [one.words.split(" about")[0] for one in told if one.kind == "silence_against_rhythm"] == [
        "silence: the customer bought",
        "silence: there was a contact",
    ]


@pytest.mark.parametrize(
    ("name", "kind", "twin"),
    [
        ("cold-meeting", "unintroduced_handover", None),
        ("crisis-hidden", "double_deviation", "crisis-tested"),
        ("crisis-hidden", "unanswered_failure", "crisis-tested"),
        ("silent-course", "promise_overdue", "honest-course"),
        ("silent-course", "trust_fell", "honest-course"),
        ("silent-customer", "weak_signals", None),
        ("accepted-engagement", "double_deviation", "declined-engagement"),
        ("accepted-engagement", "trust_fell", "declined-engagement"),
        ("unmasked", "double_deviation", "spilled-beer"),
    ],
)
def test_a_story_is_warned_of_before_its_end_and_its_better_twin_is_not(name: str, kind: str, twin: str | None) -> None:
    told = story(name)
    ends = [one.occurred_at for one in told.history if one.kind == "relationship_ended"]
    opened = [one for one in warning_course(told.history, at(9000.0)) if one.kind == kind]
    assert opened
    assert opened[0].since < min(ends, default=told.history.records[-1].touchpoint.occurred_at)
    otherwise = told.otherwise if twin is None else story(twin).history
    assert otherwise is not None
    for one in warning_course(otherwise):
        stood = (one.until or otherwise.records[-1].touchpoint.occurred_at) - one.since
        assert one.kind != kind or one.severity < opened[0].severity or stood < timedelta(days=30)
