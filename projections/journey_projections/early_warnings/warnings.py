"""Early warnings of one history; see `warnings`."""

from datetime import date, datetime

from journey.history import History
from journey.times import EPOCH, from_microseconds, moment
from journey_projections.early_warnings.parameters import WARNING_PARAMETERS, WarningParameters
from journey_projections.early_warnings.warning import Warning  # noqa: A004 - so it is called in the field
from journey_projections.early_warnings.watched_run import WatchedRun
from journey_projections.rules.gallery import rule_set
from journey_projections.rules.rule_set import RuleSet

Instant = str | date | datetime


def warnings(
    history: History, at: Instant | None = None, rules: str | RuleSet = "goodwill", parameters: WarningParameters = WARNING_PARAMETERS
) -> tuple[Warning, ...]:
    """What is the matter with a relationship at an instant, the gravest first.

    `at` is as in `replay`: by default the instant that the history speaks for. `rules` (a name or a RuleSet) judge the trust that some
    warnings look at. Raises UnknownName for rules, ValueError for a time without an offset.
    """
    return _watched(history, at, rules, parameters).warnings()


def warning_course(
    history: History, at: Instant | None = None, rules: str | RuleSet = "goodwill", parameters: WarningParameters = WARNING_PARAMETERS
) -> tuple[Warning, ...]:
    """Every warning that was ever open until an instant, by when it opened; those that closed have an `until`.

    What was open at an earlier instant is what `warnings` gives for it, but for how grave and sure it was then. Arguments and errors are
    as for `warnings`.
    """
    return _watched(history, at, rules, parameters).course()


def _watched(history: History, at: Instant | None, rules: str | RuleSet, parameters: WarningParameters) -> WatchedRun:
    bounded = history if at is None else history.as_of(at)
    last = from_microseconds(bounded.records[-1].at) if bounded.records else EPOCH
    instant = (bounded.at or last) if at is None else moment(at)
    return WatchedRun(bounded, instant, rule_set(rules) if isinstance(rules, str) else rules, parameters)
