"""Touchpoints as fixed-width records of numbers, the only form in which rules meet them.

Names become small numbers, counted up per relationship in the order of touchpoints, so that what comes later never
changes how the past is encoded. What a slot holds depends on the kind; `Encoder` is the table.
"""

from dataclasses import dataclass
from math import nan

from journey.times import to_microseconds
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
    RepresentativeAssigned,
    ResponseFailed,
    RiskDisclosed,
    Touchpoint,
    UnknownTouchpoint,
    WordOfMouthHeard,
)
from journey_projections import codes
from journey_projections.codes import NOBODY, NOTHING


@dataclass(slots=True)
class Encoded:
    """One touchpoint in numbers: `at` in microseconds, `actor` a party, the rest as its kind defines."""

    kind: int
    side: int
    at: int
    certainty: float
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


class Encoder:
    """Numbers for the names of one relationship: parties, episodes, promises, topics.

    Each touchpoint that may wound has a slot of its own in `episodes`, told by the episode's id, who acted and on which side;
    slips outside any episode share one slot per actor.
    """

    def __init__(self) -> None:
        self.parties: dict[str, int] = {}
        self.episodes: list[tuple[str | None, int, int]] = []
        self.promises: dict[str, int] = {}
        self.topics: dict[str, int] = {}
        self.touchpoints = 0
        self.started = 0
        self._latest: dict[tuple[str, int], int] = {}
        self._shared: dict[tuple[int, int], int] = {}

    def encode(self, touchpoint: Touchpoint) -> Encoded:
        """The record of one touchpoint; call in order."""
        if not self.touchpoints:
            self.started = to_microseconds(touchpoint.occurred_at)
        self.touchpoints += 1
        side = codes.SIDES[touchpoint.by]
        # What is not known moves as much as a note: nothing.
        kind = codes.NOTE_ADDED if isinstance(touchpoint, UnknownTouchpoint) else codes.KINDS[touchpoint.kind]
        record = Encoded(kind, side, to_microseconds(touchpoint.occurred_at), touchpoint.certainty)
        if touchpoint.representative is not None:
            record.actor = self._party(touchpoint.representative)
        if touchpoint.topic is not None:
            record.topic = self.topics.setdefault(touchpoint.topic, len(self.topics))
        if touchpoint.episode is not None:
            # What the customer says is about the organisation's failures; what each side does, about its own.
            about = codes.ORGANISATION if record.kind >= codes.FEEDBACK_GIVEN else side
            record.refers = self._latest.get((touchpoint.episode, about), NOTHING)
        self._fill(record, touchpoint)
        return record

    def _fill(self, record: Encoded, touchpoint: Touchpoint) -> None:
        match touchpoint:
            case Interaction():
                record.amount, record.second, record.third = (
                    _or_nan(touchpoint.competence),
                    _or_nan(touchpoint.benevolence),
                    _or_nan(touchpoint.integrity),
                )
                record.flag = touchpoint.recognised is False
                if record.flag or record.amount < 0.0 or record.second < 0.0 or record.third < 0.0:
                    self._own_episode(record, touchpoint.episode)
            case Delivery():
                record.amount, record.second, record.third = (
                    touchpoint.delivered,
                    _or_nan(touchpoint.promised),
                    _or_nan(touchpoint.perceived),
                )
                record.subject = self._promise(touchpoint.promise)
                self._own_episode(record, touchpoint.episode)
            case PromiseMade():
                record.amount, record.flag = touchpoint.level, touchpoint.elicited
                record.subject = self._promise(touchpoint.promise)
            case FailureOccurred():
                record.amount, record.code = touchpoint.severity, codes.BREACHES[touchpoint.breach]
                record.subject, record.flag = codes.CAUSES[touchpoint.cause], touchpoint.stable is True
                self._own_episode(record, touchpoint.episode or touchpoint.id)
            case RecoveryStepTaken():
                record.amount, record.code, record.flag = touchpoint.size, codes.STEPS[touchpoint.step], touchpoint.voluntary
            case ResponseFailed():
                record.amount, record.code = touchpoint.severity, codes.MANNERS[touchpoint.manner]
                self._own_episode(record, None, key=touchpoint.id)
            case DeceptionExposed():
                record.amount = touchpoint.severity
                self._own_episode(record, touchpoint.episode or touchpoint.id)
            case EvidenceEmerged():
                record.code = codes.VERDICTS[touchpoint.verdict]
                self._own_episode(record, None, key=touchpoint.id)
            case EngagementDeclined():
                record.flag = touchpoint.reasons_given
                if not touchpoint.reasons_given:
                    self._own_episode(record, touchpoint.episode)
            case HandoverMade():
                record.actor, record.subject = self._party(touchpoint.from_representative), self._party(touchpoint.to_representative)
                record.code = codes.INTRODUCTIONS[touchpoint.introduction]
            case RepresentativeAssigned():
                record.subject = record.actor
            case RelationshipOpened():
                record.amount, record.code = touchpoint.strength, codes.ORIGINS[touchpoint.origin]
            case RelationshipEnded():
                record.code = codes.OUTCOMES[touchpoint.outcome]
            case CheckInHeld():
                record.flag = touchpoint.course_corrected
            case RiskDisclosed():
                record.amount = touchpoint.severity
            case GestureMade() | PraiseGiven():
                record.amount = touchpoint.size
            case FeedbackGiven():
                record.amount = touchpoint.score
            case WordOfMouthHeard():
                record.amount = touchpoint.valence
            case _:
                pass

    def _party(self, representative: str) -> int:
        return self.parties.setdefault(representative, codes.FIRST_REPRESENTATIVE + len(self.parties))

    def _promise(self, promise: str | None) -> int:
        return NOTHING if promise is None else self.promises.setdefault(promise, len(self.promises))

    def _own_episode(self, record: Encoded, name: str | None, *, key: str | None = None) -> None:
        """Give a touchpoint that may wound its slot. A named one can be referred to from then on; its `refers` is the slot
        of the same name that came before it, so that following `refers` from the latest meets them all."""
        if name is None and key is None:
            if (record.actor, record.side) not in self._shared:
                self._shared[record.actor, record.side] = self._slot(record, None)
            record.episode = self._shared[record.actor, record.side]
            return
        record.episode = self._slot(record, f"={key}" if key else name)
        if name is not None:
            record.refers = self._latest.get((name, record.side), NOTHING)
            self._latest[name, record.side] = record.episode

    def _slot(self, record: Encoded, name: str | None) -> int:
        self.episodes.append((name, record.actor, record.side))
        return len(self.episodes) - 1


def _or_nan(value: float | None) -> float:
    return nan if value is None else value
