"""Touchpoints as fixed-width records of numbers, the only form in which rules meet them, in two steps.

`mention` tells what a touchpoint says by itself: its numbers, and the names that it mentions. What a slot holds depends on the
kind; `_FILL` is the table. `number` then counts names up per relationship in the order of touchpoints, so that what comes later
never changes how the past is encoded. The names may be strings, for one history, or codes from a dictionary, for millions
(see `columns`): the source is the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import nan
from typing import TYPE_CHECKING, Any, Protocol

from journey.touchpoints import (
    CheckInHeld,
    DeceptionExposed,
    Delivery,
    EngagementDeclined,
    EvidenceEmerged,
    FailureOccurred,
    FeedbackGiven,
    GestureMade,
    HandoverMade,
    Interaction,
    PraiseGiven,
    PromiseMade,
    RecoveryStepTaken,
    RelationshipEnded,
    RelationshipOpened,
    ResponseFailed,
    RiskDisclosed,
    Touchpoint,
    UnknownTouchpoint,
    WordOfMouthHeard,
)
from journey_projections import codes
from journey_projections.codes import NOBODY, NOTHING

if TYPE_CHECKING:
    from journey.outlines import Outline

Name = str | int
"""A name, or the code that stands for it; NOTHING where there is none."""


@dataclass(slots=True)
class Mention:
    """What one touchpoint says by itself: `at` in microseconds, names, and the rest as its kind defines.

    `representative` is who acted (of a handover: who handed over), `other` who took over. `episode` is the episode that it
    opens, deepens or refers to: a failure or deception without one has its own id.
    """

    kind: int
    side: int
    at: int
    certainty: float
    representative: Name = NOTHING
    other: Name = NOTHING
    episode: Name = NOTHING
    promise: Name = NOTHING
    topic: Name = NOTHING
    code: int = 0
    flag: int = 0
    cause: int = 0
    amount: float = nan
    second: float = nan
    third: float = nan


@dataclass(slots=True)
class Encoded:
    """One touchpoint in numbers: `at` in microseconds, `actor` a party, the rest as its kind defines."""

    kind: int = codes.NOTE_ADDED
    side: int = codes.ORGANISATION
    at: int = 0
    certainty: float = 1.0
    actor: int = NOBODY
    subject: int = NOTHING
    episode: int = NOTHING
    refers: int = NOTHING
    topic: int = NOTHING
    code: int = 0
    flag: int = 0
    amount: float = nan
    second: float = nan
    third: float = nan


def mention(told: "Touchpoint | Outline", at: int) -> Mention:
    """What a touchpoint, or its outline, says by itself; `at` is when it happened, in µs since 1970."""
    model: type[Any] = type(told)
    # What is not known moves as much as a note: nothing.
    kind = "note_added" if model is UnknownTouchpoint else told.kind
    row = Mention(
        codes.KINDS[kind],
        codes.SIDES[told.by],
        at,
        told.certainty,
        NOTHING if told.representative is None else told.representative,
        NOTHING,
        NOTHING if told.episode is None else told.episode,
        NOTHING,
        NOTHING if told.topic is None else told.topic,
    )
    fill = _FILL.get(kind)
    if fill is not None:
        fill(row, told)
    return row


def _interaction(row: Mention, told: Interaction) -> None:
    row.amount, row.second = _or_nan(told.competence), _or_nan(told.benevolence)
    row.third, row.flag = _or_nan(told.integrity), int(told.recognised is False)


def _delivery(row: Mention, told: Delivery) -> None:
    row.amount, row.second = told.delivered, _or_nan(told.promised)
    row.third, row.promise = _or_nan(told.perceived), _name(told.promise)


def _promise_made(row: Mention, told: PromiseMade) -> None:
    row.amount, row.flag, row.promise = told.level, int(told.elicited), told.promise


def _failure_occurred(row: Mention, told: FailureOccurred) -> None:
    row.amount, row.code = told.severity, codes.BREACHES[told.breach]
    row.cause, row.flag = codes.CAUSES[told.cause], int(told.stable is True)
    row.episode = told.episode or told.id


def _recovery_step_taken(row: Mention, told: RecoveryStepTaken) -> None:
    row.amount, row.code, row.flag = told.size, codes.STEPS[told.step], int(told.voluntary)


def _response_failed(row: Mention, told: ResponseFailed) -> None:
    row.amount, row.code = told.severity, codes.MANNERS[told.manner]


def _deception_exposed(row: Mention, told: DeceptionExposed) -> None:
    row.amount, row.episode = told.severity, told.episode or told.id


def _evidence_emerged(row: Mention, told: EvidenceEmerged) -> None:
    row.code = codes.VERDICTS[told.verdict]


def _engagement_declined(row: Mention, told: EngagementDeclined) -> None:
    row.flag = int(told.reasons_given)


def _handover_made(row: Mention, told: HandoverMade) -> None:
    row.representative, row.other = told.from_representative, told.to_representative
    row.code = codes.INTRODUCTIONS[told.introduction]


def _relationship_opened(row: Mention, told: RelationshipOpened) -> None:
    row.amount, row.code = told.strength, codes.ORIGINS[told.origin]


def _relationship_ended(row: Mention, told: RelationshipEnded) -> None:
    row.code = codes.OUTCOMES[told.outcome]


def _check_in_held(row: Mention, told: CheckInHeld) -> None:
    row.flag = int(told.course_corrected)


def _risk_disclosed(row: Mention, told: RiskDisclosed) -> None:
    row.amount = told.severity


def _of_a_size(row: Mention, told: GestureMade | PraiseGiven) -> None:
    row.amount = told.size


def _feedback_given(row: Mention, told: FeedbackGiven) -> None:
    row.amount = told.score


def _word_of_mouth_heard(row: Mention, told: WordOfMouthHeard) -> None:
    row.amount = told.valence


_FILL: Mapping[str, Callable[[Mention, Any], None]] = {
    "interaction": _interaction,
    "delivery": _delivery,
    "promise_made": _promise_made,
    "failure_occurred": _failure_occurred,
    "recovery_step_taken": _recovery_step_taken,
    "response_failed": _response_failed,
    "deception_exposed": _deception_exposed,
    "evidence_emerged": _evidence_emerged,
    "engagement_declined": _engagement_declined,
    "handover_made": _handover_made,
    "relationship_opened": _relationship_opened,
    "relationship_ended": _relationship_ended,
    "check_in_held": _check_in_held,
    "risk_disclosed": _risk_disclosed,
    "gesture_made": _of_a_size,
    "praise_given": _of_a_size,
    "feedback_given": _feedback_given,
    "word_of_mouth_heard": _word_of_mouth_heard,
}


@dataclass(slots=True)
class Counts:
    """How many names of each family, wounds and touchpoints one relationship has met; `parties` counts representatives."""

    touchpoints: int = 0
    parties: int = 0
    episodes: int = 0
    promises: int = 0
    topics: int = 0


class Names(Protocol):
    """The names that one relationship has met. A table holds a number for each name; see `find` and `put`.

    `latest` and `shared` are a table for each side: of episode names, the latest wound of that name; of actors, the slot for
    all their slips outside any episode.
    """

    @property
    def counts(self) -> Sequence[Counts]: ...  # noqa: D102
    @property
    def parties(self) -> Any: ...  # noqa: D102
    @property
    def promises(self) -> Any: ...  # noqa: D102
    @property
    def topics(self) -> Any: ...  # noqa: D102
    @property
    def latest(self) -> Any: ...  # noqa: D102
    @property
    def shared(self) -> Any: ...  # noqa: D102


def find(table: dict[Name, int], name: Name) -> int:
    """The number of a name in a table, NOTHING if it is not there. Compiled, a table is another thing, and so is this."""
    return table.get(name, NOTHING)


def put(table: dict[Name, int], name: Name, number: int) -> None:
    """Hold a number for a name in a table. Compiled, a table is another thing, and so is this."""
    table[name] = number


def number(names: Names, row: Mention, record: Encoded) -> None:
    """Fill a fresh record with one touchpoint, whose names get their numbers; call in order.

    Each touchpoint that may wound has a slot of its own in `episodes`; slips outside any episode share one slot per actor. A
    named one can be referred to from then on; its `refers` is the slot of the same name that came before it, so that following
    `refers` from the latest meets them all.
    """
    counts = names.counts[0]
    counts.touchpoints += 1
    record.kind = row.kind
    record.side = row.side
    record.at = row.at
    record.certainty = row.certainty
    record.code = row.code
    record.flag = row.flag
    record.amount = row.amount
    record.second = row.second
    record.third = row.third
    record.actor = party(names, row.representative)
    record.subject = subject(names, row, record.actor)
    record.topic = topic(names, row.topic)
    record.refers = NOTHING
    record.episode = NOTHING
    if row.episode != NOTHING:
        # What the customer says is about the organisation's failures; what each side does, about its own.
        about = codes.ORGANISATION if row.kind >= codes.FEEDBACK_GIVEN else row.side
        record.refers = find(names.latest[about], row.episode)
    if row.kind == codes.RESPONSE_FAILED or row.kind == codes.EVIDENCE_EMERGED:
        record.episode = slot(names)
    elif may_wound(row):
        if row.episode != NOTHING:
            record.episode = slot(names)
            put(names.latest[row.side], row.episode, record.episode)
        else:
            record.episode = find(names.shared[row.side], record.actor)
            if record.episode == NOTHING:
                record.episode = slot(names)
                put(names.shared[row.side], record.actor, record.episode)


def may_wound(row: Mention) -> bool:
    """Whether a touchpoint may be a breach, so that it needs a slot."""
    if row.kind == codes.INTERACTION:
        return row.flag != 0 or row.amount < 0.0 or row.second < 0.0 or row.third < 0.0
    if row.kind == codes.ENGAGEMENT_DECLINED:
        return row.flag == 0
    return row.kind == codes.DELIVERY or row.kind == codes.FAILURE_OCCURRED or row.kind == codes.DECEPTION_EXPOSED


def subject(names: Names, row: Mention, actor: int) -> int:
    """What else a touchpoint is about: whose fault a failure is, a promise, who takes over."""
    if row.kind == codes.FAILURE_OCCURRED:
        return row.cause
    if row.kind == codes.REPRESENTATIVE_ASSIGNED:
        return actor
    if row.other != NOTHING:
        return party(names, row.other)
    if row.promise == NOTHING:
        return NOTHING
    known = find(names.promises, row.promise)
    if known == NOTHING:
        known = names.counts[0].promises
        names.counts[0].promises += 1
        put(names.promises, row.promise, known)
    return known


def party(names: Names, representative: Name) -> int:
    """The party of a representative."""
    if representative == NOTHING:
        return NOBODY
    known = find(names.parties, representative)
    if known == NOTHING:
        known = codes.FIRST_REPRESENTATIVE + names.counts[0].parties
        names.counts[0].parties += 1
        put(names.parties, representative, known)
    return known


def topic(names: Names, name: Name) -> int:
    """The number of a topic."""
    if name == NOTHING:
        return NOTHING
    known = find(names.topics, name)
    if known == NOTHING:
        known = names.counts[0].topics
        names.counts[0].topics += 1
        put(names.topics, name, known)
    return known


def slot(names: Names) -> int:
    """A further slot for a wound."""
    names.counts[0].episodes += 1
    return names.counts[0].episodes - 1


def _tables() -> tuple[dict[Name, int], dict[Name, int]]:
    return {}, {}


@dataclass(slots=True)
class Encoder:
    """Numbers for the names of one relationship: parties, episodes, promises, topics, by name.

    `episodes` tells each slot by the episode's id (of a response or evidence, its own; None for the slips of an actor outside
    any), who acted and on which side.
    """

    counts: list[Counts] = field(default_factory=lambda: [Counts()])
    parties: dict[str, int] = field(default_factory=dict)
    promises: dict[str, int] = field(default_factory=dict)
    topics: dict[str, int] = field(default_factory=dict)
    latest: tuple[dict[Name, int], dict[Name, int]] = field(default_factory=_tables)
    shared: tuple[dict[Name, int], dict[Name, int]] = field(default_factory=_tables)
    episodes: list[tuple[str | None, int, int]] = field(default_factory=list)
    started: int = 0

    def encode(self, told: "Touchpoint | Outline", at: int) -> Encoded:
        """The record of one touchpoint, or its outline; `at` as for `mention`. Call in order."""
        row, record = mention(told, at), Encoded()
        number(self, row, record)
        if self.counts[0].touchpoints == 1:
            self.started = record.at
        if record.episode == len(self.episodes):
            self.episodes.append((slot_name(told.id, row), record.actor, record.side))
        return record


def slot_name(id: str, row: Mention) -> str | None:
    """What the slot that touchpoint `id` opened is told by; see `Encoder`."""
    if row.kind in (codes.RESPONSE_FAILED, codes.EVIDENCE_EMERGED):
        return f"={id}"
    return None if row.episode == NOTHING else str(row.episode)


def _name(value: str | None) -> Name:
    return NOTHING if value is None else value


def _or_nan(value: float | None) -> float:
    return nan if value is None else value
