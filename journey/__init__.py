"""journey: the flight recorder of customer relationships.

Record touchpoints in a `Journal`, read a `History` back, look at it as of any day or with edits; `journey_projections`
replays histories to trust.
"""

from logging import NullHandler, getLogger
from typing import TYPE_CHECKING, Any

from journey.amendments import (
    LOG_FACTS,
    Amendment,
    Fact,
    LogFact,
    Merge,
    PeopleFact,
    PeopleMerge,
    PeopleMerged,
    PeopleUnmerged,
    PersonNamed,
    RelationshipsMerged,
    RelationshipsUnmerged,
    SubjectForgotten,
    TouchpointCorrected,
    TouchpointRetracted,
)
from journey.errors import (
    ConflictingHistory,
    ConflictingSubscription,
    ConflictingTouchpoint,
    DamagedJournal,
    DamagedLedger,
    InvalidStoreUrl,
    InvalidTouchpoint,
    JourneyError,
    MissingExtra,
    Overloaded,
    StoreUnavailable,
    UnknownKind,
    UnknownName,
    UnreadableSource,
    UnsupportedSchema,
    UnusableRules,
    UnwritableTarget,
)
from journey.history import History, Recorded
from journey.integrity.verification import Verification, Violation
from journey.journal import Journal
from journey.privacy.forgetting import Forgotten
from journey.reading import read_fact, read_json, read_touchpoint
from journey.stores.keys import Key, Keystore
from journey.stores.protocol import Store, Summary
from journey.stores.rows import Receipt
from journey.subscription import Subscription
from journey.touchpoints import (
    KINDS,
    CheckInHeld,
    ComplaintVoiced,
    DeceptionExposed,
    Delivery,
    EngagementCompleted,
    EngagementDeclined,
    EpisodeClosed,
    EvidenceEmerged,
    FailureNoticed,
    FailureOccurred,
    FeedbackGiven,
    FeedbackRequested,
    GestureMade,
    HandoverMade,
    Interaction,
    IntroductionMade,
    NoteAdded,
    PraiseGiven,
    PromiseMade,
    PurchaseMade,
    RecoveryStepTaken,
    RelationshipEnded,
    RelationshipOpened,
    RelationshipResumed,
    RepresentativeAssigned,
    RepresentativeLeft,
    RequestMade,
    ResponseFailed,
    RiskDisclosed,
    Touchpoint,
    UnknownTouchpoint,
    WordOfMouthHeard,
)

if TYPE_CHECKING:
    from journey.async_journal import AsyncJournal
    from journey.async_subscription import AsyncSubscription

__all__ = [
    "KINDS",
    "LOG_FACTS",
    "Amendment",
    "AsyncJournal",
    "AsyncSubscription",
    "CheckInHeld",
    "ComplaintVoiced",
    "ConflictingHistory",
    "ConflictingSubscription",
    "ConflictingTouchpoint",
    "DamagedJournal",
    "DamagedLedger",
    "DeceptionExposed",
    "Delivery",
    "EngagementCompleted",
    "EngagementDeclined",
    "EpisodeClosed",
    "EvidenceEmerged",
    "Fact",
    "FailureNoticed",
    "FailureOccurred",
    "FeedbackGiven",
    "FeedbackRequested",
    "Forgotten",
    "GestureMade",
    "HandoverMade",
    "History",
    "Interaction",
    "IntroductionMade",
    "InvalidStoreUrl",
    "InvalidTouchpoint",
    "Journal",
    "JourneyError",
    "Key",
    "Keystore",
    "LogFact",
    "Merge",
    "MissingExtra",
    "NoteAdded",
    "Overloaded",
    "PeopleFact",
    "PeopleMerge",
    "PeopleMerged",
    "PeopleUnmerged",
    "PersonNamed",
    "PraiseGiven",
    "PromiseMade",
    "PurchaseMade",
    "Receipt",
    "Recorded",
    "RecoveryStepTaken",
    "RelationshipEnded",
    "RelationshipOpened",
    "RelationshipResumed",
    "RelationshipsMerged",
    "RelationshipsUnmerged",
    "RepresentativeAssigned",
    "RepresentativeLeft",
    "RequestMade",
    "ResponseFailed",
    "RiskDisclosed",
    "Store",
    "StoreUnavailable",
    "SubjectForgotten",
    "Subscription",
    "Summary",
    "Touchpoint",
    "TouchpointCorrected",
    "TouchpointRetracted",
    "UnknownKind",
    "UnknownName",
    "UnknownTouchpoint",
    "UnreadableSource",
    "UnsupportedSchema",
    "UnusableRules",
    "UnwritableTarget",
    "Verification",
    "Violation",
    "WordOfMouthHeard",
    "read_fact",
    "read_json",
    "read_touchpoint",
]


getLogger("journey").addHandler(NullHandler())


def __getattr__(name: str) -> Any:
    """The faces for asyncio on first use: asyncio takes a command that does without it a tenth of its start."""
    if name == "AsyncJournal":
        from journey.async_journal import AsyncJournal

        return AsyncJournal
    if name == "AsyncSubscription":
        from journey.async_subscription import AsyncSubscription

        return AsyncSubscription
    raise AttributeError(f"module `journey` has no attribute `{name}`")
