"""Two rule sets on one history, and why their trust differs."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from journey.history import History
from journey_projections.replaying.replay import TIME, Contribution, Replay, replay
from journey_projections.rules.rule_set import RuleSet

PRIOR = "prior"
"""The cause of a difference before the first touchpoint."""


class Reason(NamedTuple):
    """What moved trust by `first` under one rule set and by `second` under the other: touchpoints that each gives one cause.

    `first_words` and `second_words` say these causes; `touchpoint` is the one that differs most of `touchpoints`. The start (cause
    `prior`) and the passing of time (cause `time`) have none.
    """

    first_cause: str
    second_cause: str
    first_words: str
    second_words: str
    first: float
    second: float
    touchpoints: int = 0
    touchpoint: str | None = None

    @property
    def difference(self) -> float:
        """How much more trust the second rule set gives for it."""
        return self.second - self.first


def compare(history: History, rules: Iterable[str | RuleSet], at: str | date | datetime | None = None) -> list[Replay]:
    """The replay of one history under each of several rule sets, in their order; `at` and errors are as for `replay`."""
    return [replay(history, one, at) for one in rules]


def reasons(first: Replay, second: Replay) -> list[Reason]:
    """Why the trust of two rule sets differs after one history, the weightiest reason first.

    The differences of all reasons sum exactly to the difference in trust.
    """
    by_causes = {PRIOR: Reason(PRIOR, PRIOR, _PRIOR_WORDS, _PRIOR_WORDS, first.prior, second.prior)}
    by_causes[TIME] = Reason(TIME, TIME, _TIME_WORDS, _TIME_WORDS, _of_time(first), _of_time(second))
    most: dict[str, float] = {}
    pairs = zip(_touchpoints(first), _touchpoints(second), strict=True)
    for before, after in pairs:
        key, apart = f"{before.cause} {after.cause}", abs(after.delta - before.delta)
        reason = by_causes.get(key, Reason(before.cause, after.cause, before.words, after.words, 0.0, 0.0))
        worst = before.touchpoint if reason.touchpoint is None or apart > most[key] else reason.touchpoint
        most[key] = max(apart, most.get(key, 0.0))
        by_causes[key] = reason._replace(
            first=reason.first + before.delta, second=reason.second + after.delta, touchpoints=reason.touchpoints + 1, touchpoint=worst
        )
    return sorted((one for one in by_causes.values() if one.difference != 0.0), key=lambda one: -abs(one.difference))


_PRIOR_WORDS, _TIME_WORDS = "before the first touchpoint", "time passed"


def _of_time(result: Replay) -> float:
    return sum((one.delta for one in result.contributions if one.cause == TIME), 0.0)


def _touchpoints(result: Replay) -> Iterable[Contribution]:
    return (one for one in result.contributions if one.touchpoint is not None)
