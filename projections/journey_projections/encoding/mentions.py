"""What one touchpoint says by itself: its numbers, and the names that it mentions.

What a slot holds depends on the kind; `_FILL` is the table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import nan
from typing import TYPE_CHECKING, Any

from journey.times import to_microseconds
from journey.touchpoints import (
    CheckInHeld,
    ComplaintVoiced,
    DeceptionExposed,
    Delivery,
    EngagementDeclined,
    EvidenceEmerged,
    FailureNoticed,
    FailureOccurred,
    FeedbackGiven,
    GestureMade,
    HandoverMade,
    Interaction,
    IntroductionMade,
    PraiseGiven,
    PromiseMade,
    PurchaseMade,
    RecoveryStepTaken,
    RelationshipEnded,
    RelationshipOpened,
    RequestMade,
    ResponseFailed,
    RiskDisclosed,
    Touchpoint,
    UnknownTouchpoint,
    WordOfMouthHeard,
)
from journey_projections.encoding import codes
from journey_projections.encoding.codes import NEVER, NOTHING

if TYPE_CHECKING:
    from journey.outlines import Outline


Name = str | int
"""A name, or the code that stands for it; NOTHING where there is none."""


@dataclass(slots=True)
class Mention:
    """What one touchpoint says by itself: `at` in microseconds, names, and the rest as its kind defines.

    `representative` is who acted (of a handover: who handed over), `other` who took over. `episode` is the episode that it
    opens, deepens or refers to: a failure, deception, complaint or request without one has its own id. `due` is in microseconds.
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
    due: int = NEVER


def mention(touchpoint: "Touchpoint | Outline", at: int) -> Mention:
    """What a touchpoint, or its outline, says by itself; `at` is when it happened, in µs since 1970."""
    model: type[Any] = type(touchpoint)
    # An unknown kind moves as much as a note: nothing.
    kind = "note_added" if model is UnknownTouchpoint else touchpoint.kind
    row = Mention(
        codes.KINDS[kind],
        codes.SIDES[touchpoint.by],
        at,
        touchpoint.certainty,
        NOTHING if touchpoint.representative is None else touchpoint.representative,
        NOTHING,
        NOTHING if touchpoint.episode is None else touchpoint.episode,
        NOTHING,
        NOTHING if touchpoint.topic is None else touchpoint.topic,
    )
    fill = _FILL.get(kind)
    if fill is not None:
        fill(row, touchpoint)
    return row


def _interaction(row: Mention, touchpoint: Interaction) -> None:
    row.amount, row.second = _or_nan(touchpoint.competence), _or_nan(touchpoint.benevolence)
    row.third, row.flag = _or_nan(touchpoint.integrity), _RECOGNISED[touchpoint.recognised]


_RECOGNISED = {None: 0, False: codes.UNRECOGNISED, True: codes.RECOGNISED}


def _delivery(row: Mention, touchpoint: Delivery) -> None:
    row.amount, row.second = touchpoint.delivered, _or_nan(touchpoint.promised)
    row.third, row.promise = _or_nan(touchpoint.perceived), _name(touchpoint.promise)


def _promise_made(row: Mention, touchpoint: PromiseMade) -> None:
    row.amount, row.flag, row.promise = touchpoint.level, int(touchpoint.elicited), touchpoint.promise
    row.due = _instant(touchpoint.due)


def _request_made(row: Mention, touchpoint: RequestMade) -> None:
    row.amount, row.due = touchpoint.urgency, _instant(touchpoint.due)
    row.episode = touchpoint.episode or touchpoint.id


def _purchase_made(row: Mention, touchpoint: PurchaseMade) -> None:
    row.amount, row.flag = _or_nan(touchpoint.amount), int(touchpoint.renewal)


def _failure_occurred(row: Mention, touchpoint: FailureOccurred) -> None:
    row.amount, row.code = touchpoint.severity, codes.BREACHES[touchpoint.breach]
    row.cause = codes.CAUSES[touchpoint.cause]
    row.flag = codes.LASTING * (touchpoint.stable is True) + codes.UNNOTICED * (not touchpoint.noticed)
    row.episode = touchpoint.episode or touchpoint.id


def _failure_noticed(row: Mention, touchpoint: FailureNoticed) -> None:
    row.code = codes.NOTICING[touchpoint.through]


def _recovery_step_taken(row: Mention, touchpoint: RecoveryStepTaken) -> None:
    row.amount, row.code, row.flag = touchpoint.size, codes.STEPS[touchpoint.step], int(touchpoint.voluntary)


def _response_failed(row: Mention, touchpoint: ResponseFailed) -> None:
    row.amount, row.code = touchpoint.severity, codes.MANNERS[touchpoint.manner]


def _deception_exposed(row: Mention, touchpoint: DeceptionExposed) -> None:
    row.amount, row.episode = touchpoint.severity, touchpoint.episode or touchpoint.id


def _evidence_emerged(row: Mention, touchpoint: EvidenceEmerged) -> None:
    row.code = codes.VERDICTS[touchpoint.verdict]


def _engagement_declined(row: Mention, touchpoint: EngagementDeclined) -> None:
    row.flag = int(touchpoint.reasons_given)


def _handover_made(row: Mention, touchpoint: HandoverMade) -> None:
    row.representative, row.other = touchpoint.from_representative, touchpoint.to_representative
    row.code = codes.INTRODUCTIONS[touchpoint.introduction]


def _introduction_made(row: Mention, touchpoint: IntroductionMade) -> None:
    row.code, row.cause = codes.INTRODUCTIONS[touchpoint.manner], codes.INTRODUCERS[touchpoint.made_by]


def _relationship_opened(row: Mention, touchpoint: RelationshipOpened) -> None:
    row.amount, row.code = touchpoint.strength, codes.ORIGINS[touchpoint.origin]


def _relationship_ended(row: Mention, touchpoint: RelationshipEnded) -> None:
    row.code = codes.OUTCOMES[touchpoint.outcome]


def _check_in_held(row: Mention, touchpoint: CheckInHeld) -> None:
    row.flag = int(touchpoint.course_corrected)


def _risk_disclosed(row: Mention, touchpoint: RiskDisclosed) -> None:
    row.amount = touchpoint.severity


def _of_a_size(row: Mention, touchpoint: GestureMade | PraiseGiven) -> None:
    row.amount = touchpoint.size


def _feedback_given(row: Mention, touchpoint: FeedbackGiven) -> None:
    row.amount = touchpoint.score


def _complaint_voiced(row: Mention, touchpoint: ComplaintVoiced) -> None:
    row.amount, row.episode = touchpoint.severity, touchpoint.episode or touchpoint.id


def _word_of_mouth_heard(row: Mention, touchpoint: WordOfMouthHeard) -> None:
    row.amount = touchpoint.valence


_FILL: Mapping[str, Callable[[Mention, Any], None]] = {
    "interaction": _interaction,
    "delivery": _delivery,
    "promise_made": _promise_made,
    "request_made": _request_made,
    "purchase_made": _purchase_made,
    "failure_occurred": _failure_occurred,
    "failure_noticed": _failure_noticed,
    "recovery_step_taken": _recovery_step_taken,
    "response_failed": _response_failed,
    "deception_exposed": _deception_exposed,
    "evidence_emerged": _evidence_emerged,
    "engagement_declined": _engagement_declined,
    "handover_made": _handover_made,
    "introduction_made": _introduction_made,
    "relationship_opened": _relationship_opened,
    "relationship_ended": _relationship_ended,
    "check_in_held": _check_in_held,
    "risk_disclosed": _risk_disclosed,
    "gesture_made": _of_a_size,
    "praise_given": _of_a_size,
    "feedback_given": _feedback_given,
    "complaint_voiced": _complaint_voiced,
    "word_of_mouth_heard": _word_of_mouth_heard,
}


def _name(value: str | None) -> Name:
    return NOTHING if value is None else value


def _instant(due: datetime | None) -> int:
    return NEVER if due is None else to_microseconds(due)


def _or_nan(value: float | None) -> float:
    return nan if value is None else value
