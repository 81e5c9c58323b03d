"""What the founding essays put above what, told as small histories: each pair in its order, with the margin between them.

Behind each lie two years of monthly contacts with anna, behind the insults ten. Days are counted from what happens after them.
"""

from typing import NamedTuple

import pytest
from short_histories import STEPS, touchpoint, trust

from journey import Touchpoint
from journey.testing import at_day

MONTH, GAP = 30.0, 40.0
HOUR = 1 / 24


def contacts(months: int) -> list[Touchpoint]:
    """Monthly contacts with anna, the last of them forty days before day 0."""
    return [
        touchpoint(MONTH * (month + 1 - months) - GAP, "interaction", competence=0.5, benevolence=0.6, representative="anna")
        for month in range(months)
    ]


def failed(**fields: object) -> Touchpoint:
    return touchpoint(0, "failure_occurred", **{"episode": "e", "severity": 0.5, **fields})


def steps(day: float, *names: str, episode: str = "e", **fields: object) -> list[Touchpoint]:
    """Steps 72 minutes apart; all five when none is named."""
    return [
        touchpoint(day + 1.2 * HOUR * number, "recovery_step_taken", step=name, episode=episode, **fields)
        for number, name in enumerate(names or STEPS)
    ]


def promise(due: float = 30.0, level: float = 0.7) -> Touchpoint:
    return touchpoint(0, "promise_made", promise="p", level=level, due=at_day(due))


def delivery(day: float, delivered: float = 0.7) -> Touchpoint:
    return touchpoint(day, "delivery", promise="p", delivered=delivered)


def scores(*values: float) -> list[Touchpoint]:
    """Monthly scores, the first ten days before day 0."""
    return [touchpoint(MONTH * number - 10, "feedback_given", score=value) for number, value in enumerate(values)]


def handed(*later: Touchpoint, introduction: str = "none") -> list[Touchpoint]:
    handover = touchpoint(0, "handover_made", from_representative="anna", to_representative="ugo", introduction=introduction)
    return [handover, *later, touchpoint(30, "interaction", competence=0.5, benevolence=0.5, representative="ugo")]


IGNORED = touchpoint(1, "response_failed", episode="e", manner="ignored", severity=0.5)
BAD_START = [failed(severity=0.4), touchpoint(1, "response_failed", episode="e", manner="deflected", severity=0.5)]
COMPLAINT = touchpoint(0, "complaint_voiced", episode="c", severity=0.8)
VOICED = {"episode": "e", "severity": 0.5}
INSULT = touchpoint(0, "interaction", representative="anna", benevolence=-0.8, episode="i")
PRESENTED = touchpoint(3, "introduction_made", representative="ugo", manner="warm", made_by="self")


def noticed(through: str) -> list[Touchpoint]:
    return [failed(noticed=False), touchpoint(10, "failure_noticed", episode="e", through=through)]


ACTS: dict[str, list[Touchpoint]] = {
    "nothing": [],
    "a failure, no answer": [failed()],
    "a failure, ignored": [failed(), IGNORED],
    "a failure, answered the same day": [failed(), *steps(0.2)],
    "a failure, answered after two weeks": [failed(), *steps(14)],
    "a failure, answered freely": [failed(), *steps(1)],
    "a failure, the answer wrung out": [failed(), *steps(1, voluntary=False)],
    "the firm speaks first": [
        failed(),
        *steps(0.5, "acknowledge"),
        touchpoint(1, "complaint_voiced", **VOICED),
        *steps(1.5, *STEPS[1:]),
    ],
    "the customer complains first": [
        failed(),
        touchpoint(0.5, "complaint_voiced", **VOICED),
        *steps(1, "acknowledge"),
        *steps(1.5, *STEPS[1:]),
    ],
    "a complaint, no answer": [COMPLAINT],
    "a complaint, answered": [COMPLAINT, *steps(1, "acknowledge", "help", episode="c")],
    "promised, in time": [promise(), delivery(29)],
    "promised, a day late": [promise(), delivery(31)],
    "promised, four months late": [promise(), delivery(150)],
    "promised, never delivered": [promise()],
    "promised, not yet due": [promise(due=270)],
    "a disaster, met": [failed(severity=0.4, cause="exogenous"), *steps(0.3, "acknowledge", "help", "explain", "prevent")],
    "a bad start": BAD_START,
    "a bad start, then all steps": [*BAD_START, *steps(3)],
    "an insult": [INSULT],
    "an insult, then all steps": [INSULT, *steps(2, episode="i"), *steps(3, "apologise", episode="i")],
    "declined with reasons": [touchpoint(0, "engagement_declined", reasons_given=True)],
    "declined curtly": [touchpoint(0, "engagement_declined", reasons_given=False)],
    "accepted and botched": [promise(level=0.8), delivery(25, 0.2)],
    "steady scores": scores(*[0.8] * 6),
    "falling scores": scores(0.8, 0.8, 0.7, 0.6, 0.5, 0.4),
    "one score of 0": scores(0),
    "six scores of 0": scores(*[0] * 6),
    "a newcomer, never introduced": handed(),
    "a newcomer who presents himself": handed(PRESENTED),
    "a newcomer, introduced warmly": handed(introduction="warm"),
    "a failure on the tenth day": [touchpoint(10, "failure_occurred", **VOICED)],
    "a hidden failure": [failed(noticed=False)],
    "a hidden failure, told": noticed("told"),
    "a hidden failure, found": noticed("found"),
    "a supplier's failure": [failed(cause="supplier")],
    "nobody's failure": [failed(cause="exogenous")],
}


class Order(NamedTuple):
    """Trust after `lower` on one day, and the margin, are no more than trust after `higher` on another, each after so many months."""

    lower: str
    lower_at: float
    higher: str
    higher_at: float
    apart: float
    months: int = 24


YEAR, HALF_YEAR = 365.0, 170.0
ORDERS = (
    Order("a failure, no answer", YEAR, "a failure, answered after two weeks", YEAR, 0.05),
    Order("a failure, answered after two weeks", YEAR, "a failure, answered the same day", YEAR, 0.001),
    Order("a failure, no answer", 30, "a failure, no answer", 3, 0.03),
    Order("a failure, ignored", YEAR, "a failure, no answer", YEAR, 0.0),
    Order("a complaint, no answer", YEAR, "a complaint, answered", YEAR, 0.05),
    Order("a complaint, no answer", YEAR, "nothing", YEAR, 0.05),
    Order("promised, four months late", HALF_YEAR, "promised, a day late", HALF_YEAR, 0.03),
    Order("promised, a day late", HALF_YEAR, "promised, in time", HALF_YEAR, 0.0001),
    Order("promised, never delivered", HALF_YEAR, "promised, four months late", HALF_YEAR, 0.0),
    Order("promised, never delivered", HALF_YEAR, "promised, not yet due", HALF_YEAR, 0.03),
    Order("the customer complains first", 10, "the firm speaks first", 10, 0.002),
    Order("a failure, the answer wrung out", 10, "a failure, answered freely", 10, 0.002),
    Order("nothing", 10, "a disaster, met", 10, 0.0),
    Order("a bad start", 15, "a bad start, then all steps", 15, 0.12),
    Order("an insult", 20, "an insult, then all steps", 20, 0.05, 120),
    Order("an insult, then all steps", 20, "nothing", -1, 0.2, 120),
    Order("declined curtly", 30, "declined with reasons", 30, 0.001),
    Order("accepted and botched", 30, "declined curtly", 30, 0.001),
    Order("falling scores", HALF_YEAR, "steady scores", HALF_YEAR, 0.01),
    Order("six scores of 0", HALF_YEAR, "one score of 0", HALF_YEAR, 0.2),
    Order("a newcomer, never introduced", 31, "a newcomer who presents himself", 31, 0.005),
    Order("a newcomer who presents himself", 31, "a newcomer, introduced warmly", 31, 0.0),
    Order("a hidden failure, found", 30, "a failure on the tenth day", 30, 0.005),
    Order("a failure on the tenth day", 30, "a hidden failure, told", 30, 0.001),
    Order("a hidden failure, told", 30, "a hidden failure", 30, 0.001),
    Order("a failure, no answer", 1, "a supplier's failure", 1, 0.0),
    Order("a supplier's failure", 1, "nobody's failure", 1, 0.001),
)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: f"{order.lower} · {order.higher}")
def test_the_first_leaves_less_than_the_second(order: Order) -> None:
    before = contacts(order.months)
    low, high = trust(before, ACTS[order.lower], day=order.lower_at), trust(before, ACTS[order.higher], day=order.higher_at)
    assert low + order.apart <= high
