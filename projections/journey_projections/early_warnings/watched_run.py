"""A replay of one history together with its warnings."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from journey.history import History, Recorded
from journey.times import from_microseconds, instant_at, to_microseconds
from journey.touchpoints import RepresentativeLeft
from journey_projections.early_warnings.parameters import WarningParameters
from journey_projections.early_warnings.state import (
    AT_ONCE,
    BOND_AT_RISK,
    PROMISE_DUE,
    UNINTRODUCED_HANDOVER,
    Watch,
    fresh,
    make_room,
)
from journey_projections.early_warnings.warning import About, Pledged, Warning, in_order, is_warning, pledged, told  # noqa: A004
from journey_projections.early_warnings.watch import last_heard, observe, owner, urgency
from journey_projections.early_warnings.watches import days_on, since_of
from journey_projections.encoding.codes import NEVER, NOBODY
from journey_projections.replaying.run import Run, checked_trust
from journey_projections.rules.rule_set import STATES, RuleSet


class Level(NamedTuple):
    """The trust and the state of a relationship at an instant."""

    trust: float
    state: str


class WatchedRun:
    """A history replayed until an instant (UTC), watched on the way; `levels` has where it stood at each of the rising `dates`."""

    def __init__(
        self, history: History, at: datetime, rules: RuleSet, parameters: WarningParameters, dates: Sequence[datetime] = ()
    ) -> None:
        self.run = run = Run(rules)
        self.state = fresh()
        self.levels: list[Level | None] = []
        self._history, self._at, self._parameters = history, to_microseconds(at), parameters
        coming = [to_microseconds(date) for date in reversed(dates)]
        for record in history.records:
            while coming and coming[-1] < record.at:
                self.levels.append(_level(run, coming.pop()))
            run.step(record)
            counts = run.names.counts[0]
            make_room(self.state, counts, self.state.relationship[0].watches + AT_ONCE)
            observe(self.state, run.encoded, counts, run.trust(), parameters)
        while coming:
            self.levels.append(_level(run, coming.pop()))
        run.pass_until(self._at)

    @property
    def relationship(self) -> str:
        """The relationship's name."""
        return self._history.relationship or ""

    @property
    def owner(self) -> str | None:
        """Whom the customer deals with."""
        return self._person(owner(self.state))

    @property
    def last_heard(self) -> datetime | None:
        """When the customer was last heard or met."""
        return instant_at(last_heard(self.state)) if last_heard(self.state) != NEVER else None

    @property
    def origin(self) -> int:
        """A code of ORIGINS, UNTOLD where none was told."""
        return self.state.relationship[0].origin

    @property
    def urgency(self) -> float:
        """How much the relationship needs somebody, 0 to 1."""
        return urgency(self.state, self._at, self._parameters)

    def at_stake(self) -> float:
        """The trust that would fall if whoever is in charge left now, by replay: the last thing to ask of a run."""
        leaving = self.owner
        if leaving is None or not self.run.count:
            return 0.0
        before, now = self.run.trust(), from_microseconds(self._at)
        touchpoint = RepresentativeLeft(id="left", relationship=self.relationship, occurred_at=now, representative=leaving)
        self.run.step(Recorded(touchpoint, now))
        return before - self.run.trust()

    def warnings(self) -> tuple[Warning, ...]:
        """Those that are open, the gravest first."""
        open_now = (watch for watch in self._watches() if is_warning(watch, self._at, self._parameters))
        return in_order(map(self._told, open_now))

    def promises(self) -> tuple[Pledged, ...]:
        """Every promise of the organisation, in the order in which they were made."""
        return tuple(self._pledged(watch) for watch in self._watches() if watch.kind == PROMISE_DUE)

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
        return told(watch, self._about(watch), self._at, self._parameters, until)

    def _about(self, watch: Watch) -> About:
        first, latest = (self._history.records[place] for place in (watch.touchpoint, watch.latest))
        return About(first.outline.id, latest.outline.id, from_microseconds(first.at), first.outline.episode, self._subject(watch))

    def _pledged(self, watch: Watch) -> Pledged:
        made = self._history.records[watch.touchpoint]
        level: float = getattr(made.outline, "level")  # noqa: B009 - a PromiseMade, which types cannot know
        told = watch.opens, watch.due, watch.closes, watch.value
        return pledged(self._subject(watch) or "", level, made.at, *told, self._at, self._parameters.tolerance)

    def _subject(self, watch: Watch) -> str | None:
        if watch.kind == PROMISE_DUE:
            return next(name for name, number in self.run.names.promises.items() if number == watch.subject)
        return self._person(watch.subject) if watch.kind in (UNINTRODUCED_HANDOVER, BOND_AT_RISK) else None

    def _person(self, party: int) -> str | None:
        return None if party == NOBODY else next(name for name, number in self.run.names.parties.items() if number == party)


def _level(run: Run, instant: int) -> Level | None:
    """Where a run stands at an instant, which is not before its last touchpoint; None before the first."""
    if not run.count:
        return None
    then = run.twin()
    then.pass_until(instant)
    view = then.view()
    return Level(checked_trust(view.trust, run.rules), STATES[view.state])
