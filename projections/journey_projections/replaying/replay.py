"""Replay: from a history to the trust that it left, and what moved it. Pure; no clock, no I/O."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from journey.history import History
from journey.json_shapes import served_as
from journey.times import EPOCH, from_microseconds, moment, to_microseconds
from journey_projections.json_shapes import ContributionShape, ExplanationShape, ReplayShape, RulesShape, finite
from journey_projections.replaying.run import Run, checked_trust, place_of
from journey_projections.rules.gallery import rule_set
from journey_projections.rules.reports import EpisodeReport, Parties, PromiseReport, Report
from journey_projections.rules.rule_set import FAILURES, STATES, RuleSet, one_of

TIME = "time"
"""The cause of a change that no touchpoint made."""


@served_as(RulesShape)
class RuleSetId(NamedTuple):
    """Which rules made a result."""

    name: str
    version: str
    hash: str

    def to_dict(self) -> RulesShape:
        """Plain data."""
        return {"name": self.name, "version": self.version, "hash": self.hash}


@served_as(ContributionShape)
@dataclass(frozen=True, slots=True)
class Contribution:
    """A touchpoint's share of trust: `delta` is exactly `after - before`, and each `before` is the previous `after`.

    Where time passed instead, `touchpoint` and `kind` are None and `cause` is `time`. `words` says the cause in a sentence.
    """

    touchpoint: str | None
    occurred_at: datetime
    kind: str | None
    cause: str
    words: str
    before: float
    after: float

    @property
    def delta(self) -> float:
        """How much trust moved."""
        return self.after - self.before

    def to_dict(self) -> ContributionShape:
        """Plain data, as `journey explain` writes it in JSON."""
        return {
            "touchpoint": self.touchpoint,
            "occurred_at": self.occurred_at.isoformat(),
            "kind": self.kind,
            "cause": self.cause,
            "words": self.words,
            "before": self.before,
            "after": self.after,
            "delta": self.delta,
        }


@served_as(ReplayShape)
@dataclass(frozen=True)
class Replay:
    """What a history says of a relationship at one instant, under one rule set.

    `trust`, `confidence` and `exit_risk` lie in [0, 1]; `prior` is the trust before the first touchpoint; `state` is one of
    prospect, transactional, transitional, communal, damaged, ended_exit, ended_satisfied, ended_dormant, ended_unknown; `touchpoints`
    counts those that were replayed. `falls_due` is the instant, not before `at`, after which the next thing that waits begins to cost
    if nothing happens until then (UTC); None where nothing will.
    """

    relationship: str | None
    trust: float
    confidence: float
    state: str
    exit_risk: float
    at: datetime | None
    known_at: datetime | None
    touchpoints: int
    prior: float
    falls_due: datetime | None
    rules: RuleSetId
    _details: "_Details" = field(repr=False)

    @property
    def parties(self) -> Parties:
        """Everybody who is trusted, and how much; what the rule set reports is computed when first asked for."""
        return self._details.report.parties

    @property
    def episodes(self) -> tuple[EpisodeReport, ...]:
        """The failure-response-closure episodes."""
        return self._details.report.episodes

    @property
    def promises(self) -> tuple[PromiseReport, ...]:
        """The promises that were made."""
        return self._details.report.promises

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """What moved trust from the prior to now, touchpoint by touchpoint, in order; computed when first asked for."""
        return self._details.contributions

    @property
    def course(self) -> tuple[tuple[datetime, float], ...]:
        """Trust over time: the prior, dated 1970, then what each contribution left, with its time."""
        return ((EPOCH, self.prior), *((one.occurred_at, one.after) for one in self.contributions))

    def to_dict(self) -> ReplayShape:
        """Plain data, as `journey replay` writes it in JSON."""
        fields = (self.relationship, self.trust, self.confidence, self.state, self.exit_risk, self.at, self.known_at, self.touchpoints)
        return replay_shape(*fields, self.parties, self.rules)

    def explanation(self) -> ExplanationShape:
        """What moved trust, as plain data, as `journey explain` writes it in JSON: `prior` and the deltas sum to `trust` exactly."""
        contributions = [one.to_dict() for one in self.contributions]
        return {
            "relationship": self.relationship,
            "at": None if self.at is None else self.at.isoformat(),
            "trust": self.trust,
            "prior": self.prior,
            "contributions": contributions,
            "rules": self.rules.to_dict(),
        }


def replay_shape(
    relationship: str | None,
    trust: float,
    confidence: float,
    state: str,
    exit_risk: float,
    at: datetime | None,
    known_at: datetime | None,
    touchpoints: int,
    parties: Parties,
    rules: RuleSetId,
) -> ReplayShape:
    """A replay as plain data."""
    return {
        "relationship": relationship,
        "trust": trust,
        "confidence": finite(confidence),
        "state": state,
        "exit_risk": finite(exit_risk),
        "at": None if at is None else at.isoformat(),
        "known_at": None if known_at is None else known_at.isoformat(),
        "touchpoints": touchpoints,
        "parties": parties.to_dict(),
        "rules": rules.to_dict(),
    }


@dataclass(frozen=True)
class Snapshot:
    """Where a replay stood after some touchpoints; `resume` goes on from there. Treat as opaque."""

    rules: RuleSetId
    last: tuple[datetime, int, str] | None
    run: Run


def replay(history: History, rules: str | RuleSet = "goodwill", at: str | date | datetime | None = None) -> Replay:
    """Rebuild the trust that `history` left, under `rules` (a name or a RuleSet), at an instant.

    `at` defaults to the instant that the history speaks for (`History.at`); with `at`, later touchpoints do not count, and a
    bare date means the end of that day in UTC. Raises UnknownName for rules, ValueError for a time without an offset.
    """
    return _finish(Run(_resolved(rules)), history if at is None else history.as_of(at), None if at is None else moment(at))


def explain(history: History, rules: str | RuleSet = "goodwill", at: str | date | datetime | None = None) -> tuple[Contribution, ...]:
    """What moved trust, when and why, from the prior to the trust that `replay` gives; the deltas sum to the difference exactly.

    Arguments and errors are as for `replay`.
    """
    return replay(history, rules, at).contributions


def snapshot(history: History, rules: str | RuleSet = "goodwill") -> Snapshot:
    """The state after a history, to go on from later without replaying it."""
    run = Run(_resolved(rules))
    run.feed(history.records)
    return Snapshot(identify(run.rules), run.last, run)


def resume(start: Snapshot, history: History, at: str | date | datetime | None = None) -> Replay:
    """Replay `history`, whose touchpoints all come after the snapshot's, from where the snapshot stood.

    The result equals a replay of both histories together, but for `prior` and `contributions`, which begin at the snapshot.
    Raises ValueError when a touchpoint comes before the snapshot's last.
    """
    bounded = history if at is None else history.as_of(at)
    first = next(iter(bounded.records), None)
    if first is not None and start.last is not None and place_of(first) <= start.last:
        raise ValueError(f"touchpoint `{first.outline.id}` comes before the snapshot's last, `{start.last[2]}`; replay the whole history")
    instant = None if at is None else moment(at)
    if instant is not None and start.last is not None and instant < start.last[0]:
        raise ValueError(f"`{instant.isoformat()}` lies before the snapshot's last touchpoint, `{start.last[2]}`; replay the whole history")
    return _finish(start.run.twin(), bounded, None if at is None else moment(at))


def identify(rules: RuleSet) -> RuleSetId:
    """Name, version and hash of a rule set."""
    return RuleSetId(rules.name, rules.version, rules.hash)


class _Details:
    """What a finished run reports, and what moved its trust from the `start`; each is computed when first asked for.

    Equal where the same is reported. A pickle holds both, and neither the rules nor the history that they are computed from.
    """

    def __init__(self, run: Run, history: History, start: Run, at: datetime | None) -> None:
        self._run = run
        self._facts = history, start, at

    @cached_property
    def report(self) -> Report:
        rules = self._run.rules
        try:
            return rules.reported(self._run.state, self._run.names)
        except FAILURES as error:
            raise rules.unusable("to report on a state", error, "mend its `report`") from error

    @cached_property
    def contributions(self) -> tuple[Contribution, ...]:
        history, start, at = self._facts
        return tuple(_contributions(history, start.twin(), at))

    def __getstate__(self) -> dict[str, Any]:
        return {"report": self.report, "contributions": self.contributions}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Details) and self.report == other.report

    __hash__ = None  # type: ignore[assignment]


def _finish(run: Run, history: History, at: datetime | None) -> Replay:
    start = run.twin()
    prior = start.trust()
    run.feed(history.records)
    at = history.at if at is None else at
    if at is None and run.last is not None:
        at = run.last[0]
    if at is not None and run.now is not None:
        run.pass_until(to_microseconds(at))
    run.trust()  # refuses what is no number before anything is made of it
    view = run.view()
    return Replay(
        relationship=history.relationship,
        trust=checked_trust(view.trust, run.rules),
        confidence=view.confidence,
        state=STATES[view.state],
        exit_risk=view.exit_risk,
        at=at,
        known_at=history.known_at_bound,
        touchpoints=run.count,
        prior=prior,
        falls_due=run.falls_due(),
        rules=identify(run.rules),
        _details=_Details(run, history, start, at),
    )


def _contributions(history: History, run: Run, at: datetime | None) -> Iterator[Contribution]:
    before = run.trust()
    for record in history.records:
        outline, occurred_at = record.outline, from_microseconds(record.at)
        since = record.at if run.now is None else run.now
        run.pass_until(record.at)
        waited = run.trust()
        if waited != before:
            yield Contribution(None, occurred_at, None, TIME, run.passed(record.at - since), before, waited)
        cause = run.step(record)
        try:
            name, words = one_of(run.rules.causes, cause)
        except FAILURES as error:
            raise run.rules.unusable(f"to name a cause on touchpoint `{outline.id}`", error, "mend its `apply`, or its `causes`") from error
        before = run.trust()
        yield Contribution(outline.id, occurred_at, outline.kind, name, words, waited, before)
    if at is not None and run.now is not None:
        since = run.now
        run.pass_until(to_microseconds(at))
        waited = run.trust()
        if waited != before:
            yield Contribution(None, at, None, TIME, run.passed(to_microseconds(at) - since), before, waited)


def _resolved(rules: str | RuleSet) -> RuleSet:
    return rule_set(rules) if isinstance(rules, str) else rules
