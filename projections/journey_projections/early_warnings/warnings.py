"""Early warnings of one history; see `warnings`."""

from datetime import date, datetime
from itertools import pairwise

from journey.history import History
from journey.times import from_microseconds, moment, to_microseconds
from journey_projections.early_warnings.parameters import WARNING_PARAMETERS, WarningParameters
from journey_projections.early_warnings.state import (
    AT_ONCE,
    BOND_AT_RISK,
    PROMISE_DUE,
    UNINTRODUCED_HANDOVER,
    Watch,
    fresh,
    make_room,
)
from journey_projections.early_warnings.warning import About, Warning, is_warning, told  # noqa: A004 - so it is called in the field
from journey_projections.early_warnings.watch import observe
from journey_projections.early_warnings.watches import days_on, since_of
from journey_projections.encoding.codes import NEVER
from journey_projections.replaying.run import Run
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
    watched = WatchedRun.of(history, at, rules, parameters)
    return watched.warnings()


def warning_course(
    history: History, at: Instant | None = None, rules: str | RuleSet = "goodwill", parameters: WarningParameters = WARNING_PARAMETERS
) -> tuple[Warning, ...]:
    """Every warning that was ever open until an instant, by when it opened; those that closed have an `until`.

    What was open at an earlier instant is what `warnings` gives for it, but for how grave and sure it was then. Arguments and errors are
    as for `warnings`.
    """
    watched = WatchedRun.of(history, at, rules, parameters)
    return watched.course()


class WatchedRun:
    """A replay of a history together with its warnings."""

    def __init__(self, history: History, run: Run, at: int, parameters: WarningParameters) -> None:
        self.run = run
        self.state = fresh()
        self._history, self._at, self._parameters = history, at, parameters
        for record in history.records:
            run.step(record)
            make_room(self.state, run.names.counts[0], self.state.relationship[0].watches + AT_ONCE)
            observe(self.state, run.encoded, run.names.counts[0], run.trust(), parameters)

    @classmethod
    def of(cls, history: History, at: Instant | None, rules: str | RuleSet, parameters: WarningParameters) -> "WatchedRun":
        """Replay, and watch."""
        bounded = history if at is None else history.as_of(at)
        instant = bounded.at if at is None else moment(at)
        if instant is None and bounded.records:
            instant = from_microseconds(bounded.records[-1].at)
        run = Run(rule_set(rules) if isinstance(rules, str) else rules)
        return cls(bounded, run, 0 if instant is None else to_microseconds(instant), parameters)

    def warnings(self) -> tuple[Warning, ...]:
        """Those that are open, the gravest first."""
        open_now = (watch for watch in self._watches() if is_warning(watch, self._at, self._parameters))
        return tuple(sorted(map(self._told, open_now), key=lambda one: (-one.severity, one.since)))

    def course(self) -> tuple[Warning, ...]:
        """Those that are or were open, by when they opened."""
        stale = days_on(self._parameters.stale_days)
        course = []
        for watch in self._watches():
            end = min(watch.closes, since_of(watch) + stale)
            turns = [watch.due] if watch.kind == PROMISE_DUE and watch.opens <= watch.due < end else []
            for begin, until in pairwise((watch.opens, *turns, end)):
                if begin <= self._at and begin < until:
                    course.append(self._told(watch, until))
        return tuple(sorted(course, key=lambda one: (one.since, one.kind)))

    def _watches(self) -> list[Watch]:
        return self.state.watches[: self.state.relationship[0].watches]

    def _told(self, watch: Watch, until: int = NEVER) -> Warning:
        first, latest = (self._history.records[place] for place in (watch.touchpoint, watch.latest))
        about = About(first.outline.id, latest.outline.id, from_microseconds(first.at), first.outline.episode, self._subject(watch))
        return told(watch, about, self._at, self._parameters, until)

    def _subject(self, watch: Watch) -> str | None:
        names = {UNINTRODUCED_HANDOVER: self.run.names.parties, BOND_AT_RISK: self.run.names.parties, PROMISE_DUE: self.run.names.promises}
        return next((name for name, number in names.get(watch.kind, {}).items() if number == watch.subject), None)
