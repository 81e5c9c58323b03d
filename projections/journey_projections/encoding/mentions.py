"""What one touchpoint says by itself: its numbers, and the names that it mentions.

What a slot holds depends on the kind; `_FILL` is the table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Any

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
from journey_projections.encoding import codes
from journey_projections.encoding.codes import NOTHING

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


def _name(value: str | None) -> Name:
    return NOTHING if value is None else value


def _or_nan(value: float | None) -> float:
    return nan if value is None else value
