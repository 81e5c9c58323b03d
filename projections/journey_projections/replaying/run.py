"""One fold in progress: touchpoints act on a state in their order, and time passes between them."""

import copy
import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from journey.errors import UnusableRules
from journey.history import Recorded
from journey.times import from_microseconds, instant_at
from journey_projections.encoding.codes import NEVER
from journey_projections.encoding.numbering import Encoded, Encoder
from journey_projections.replaying.engines import warm_fold
from journey_projections.replaying.rounding import on_grid
from journey_projections.rules.rule_set import FAILURES, STATES, RuleSet, View, one_of


class Run:
    """One fold in progress: a state, and the names in the touchpoints so far."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self.parameters: Any = rules.parameters
        self.state = rules.start()
        self.names = Encoder()
        self.encoded = Encoded()
        """The last touchpoint, in numbers."""
        self.now: int | None = None
        self.count = 0
        self.last: tuple[datetime, int, str] | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Run):
            return NotImplemented
        mine, theirs = ((run.rules, run.state, run.names, run.now, run.count, run.last) for run in (self, other))
        return mine == theirs

    __hash__ = None  # type: ignore[assignment]

    def twin(self) -> "Run":
        """A run that stands where this one stands, and goes on without touching it."""
        if not self.count:
            return Run(self.rules)
        other = copy.copy(self)
        other.state, other.names = copy.deepcopy((self.state, self.names))
        return other

    def feed(self, records: Sequence[Recorded]) -> None:
        """Let touchpoints act in their order: from the start by compiled rules, where these are loaded."""
        fold = warm_fold(self.rules) if records and not self.count else None
        folded = fold(records, self.rules) if fold is not None else None
        if folded is None:
            for record in records:
                self.step(record)
        else:
            self.state, self.names, self.now = folded
            self.count, self.last = len(records), place_of(records[-1])

    def step(self, record: Recorded) -> int:
        """Let one touchpoint act, at its time; returns its cause."""
        self.encoded = encoded = self.names.encode(record.outline, record.at)
        self.pass_until(encoded.at)
        self.count += 1
        self.last = place_of(record)
        try:
            self.rules.make_room(self.state, self.names.counts[0])
            cause = self.rules.apply(self.state, record.touchpoint if self.rules.takes_touchpoints else encoded, self.parameters)
        except FAILURES as error:
            raise self.rules.unusable(f"on touchpoint `{record.outline.id}` ({record.outline.kind})", error, "mend its `apply`") from error
        return 0 if cause is None else cause

    def pass_until(self, instant: int) -> None:
        """Let time pass until an instant (µs since 1970); nothing where it lies behind."""
        if self.now is not None and instant > self.now:
            try:
                self.rules.advance(self.state, instant - self.now, self.parameters)
            except FAILURES as error:
                raise self.rules.unusable(f"when {instant - self.now} microseconds pass", error, "mend its `advance`") from error
        if self.now is None or instant > self.now:
            self.now = instant

    def trust(self) -> float:
        """The trust of the state, on the grid. Raises UnusableRules."""
        try:
            trust = self.rules.trust(self.state, self.parameters)
        except FAILURES as error:
            raise self.rules.unusable(
                "to tell the trust of a state", error, "mend its `trust`, or the state that its `initial` returns"
            ) from error
        return checked_trust(trust, self.rules)

    def view(self) -> View:
        """What the state says. Raises UnusableRules."""
        try:
            view = View(*self.rules.viewed(self.state))
            one_of(STATES, view.state)
            return view
        except FAILURES as error:
            raise self.rules.unusable("to tell what a state says", error, "mend its `view`") from error

    def passed(self, elapsed: int) -> str:
        """In words, what the microseconds were that just passed. Raises UnusableRules."""
        try:
            return self.rules.passed_in(self.state, self.names, elapsed)
        except FAILURES as error:
            raise self.rules.unusable(f"to say what it was when {elapsed} microseconds passed", error, "mend its `passed`") from error

    def falls_due(self) -> datetime | None:
        """The instant after which something next begins to cost by itself. Raises UnusableRules."""
        try:
            due = self.rules.next_due(self.state)
            return None if due == NEVER else instant_at(self.names.started + due)
        except FAILURES as error:
            raise self.rules.unusable("to say when something falls due", error, "mend its `falls_due`") from error


def place_of(record: Recorded) -> tuple[datetime, int, str]:
    """What a touchpoint is ordered by within its history."""
    return from_microseconds(record.at), record.outline.sequence, record.outline.id


def checked_trust(trust: float, rules: RuleSet) -> float:
    """A trust as it is reported. Raises UnusableRules for what is not a finite number."""
    if not isinstance(trust, float | int) or not math.isfinite(trust):
        raise UnusableRules(f"rule set `{rules.name}` gives the trust `{trust}`", "let its `trust` return a number from 0 to 1")
    return on_grid(trust)
