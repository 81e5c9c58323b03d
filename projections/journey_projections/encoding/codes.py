"""The small numbers that stand for names in encoded touchpoints, the same at both speeds."""

from journey.touchpoints import KINDS as _MODELS

NOBODY = -1
NOTHING = -1
NEVER = 2**62
"""In the place of a time in microseconds where there is none: after every date that can be written."""

# Sides, and the party that stands for each
ORGANISATION, CUSTOMER = 0, 1
SIDES = {"organisation": ORGANISATION, "customer": CUSTOMER}
INSTITUTION = ORGANISATION
FIRST_REPRESENTATIVE = 2

(
    RELATIONSHIP_OPENED,
    ENGAGEMENT_DECLINED,
    PROMISE_MADE,
    REQUEST_MADE,
    RISK_DISCLOSED,
    CHECK_IN_HELD,
    INTERACTION,
    DELIVERY,
    GESTURE_MADE,
    PURCHASE_MADE,
    FAILURE_OCCURRED,
    FAILURE_NOTICED,
    RECOVERY_STEP_TAKEN,
    RESPONSE_FAILED,
    DECEPTION_EXPOSED,
    EVIDENCE_EMERGED,
    EPISODE_CLOSED,
    REPRESENTATIVE_ASSIGNED,
    HANDOVER_MADE,
    INTRODUCTION_MADE,
    REPRESENTATIVE_LEFT,
    FEEDBACK_GIVEN,
    FEEDBACK_REQUESTED,
    COMPLAINT_VOICED,
    PRAISE_GIVEN,
    WORD_OF_MOUTH_HEARD,
    ENGAGEMENT_COMPLETED,
    RELATIONSHIP_ENDED,
    RELATIONSHIP_RESUMED,
    NOTE_ADDED,
) = range(30)
KINDS = {kind: number for number, kind in enumerate(_MODELS)}

COMPETENCE, BENEVOLENCE, INTEGRITY = 0, 1, 2
BREACHES = {"competence": COMPETENCE, "benevolence": BENEVOLENCE, "integrity": INTEGRITY}

BY_ORGANISATION, BY_CUSTOMER, EXOGENOUS, BY_SUPPLIER = 0, 1, 2, 3
CAUSES = {"organisation": BY_ORGANISATION, "supplier": BY_SUPPLIER, "customer": BY_CUSTOMER, "exogenous": EXOGENOUS}

# Bits of the flag of a failure
LASTING, UNNOTICED = 1, 2
TOLD, HEARD, FOUND = 0, 1, 2
NOTICING = {"told": TOLD, "heard": HEARD, "found": FOUND}

# The flag of an interaction
UNRECOGNISED, RECOGNISED = 1, 2

# The five gated steps are bits 0 to 4 of an episode's `steps`
ACKNOWLEDGE, ADMIT, HELP, EXPLAIN, PREVENT, APOLOGISE, COMPENSATE = 0, 1, 2, 3, 4, 5, 6
STEPS = {
    "acknowledge": ACKNOWLEDGE,
    "admit": ADMIT,
    "help": HELP,
    "explain": EXPLAIN,
    "prevent": PREVENT,
    "apologise": APOLOGISE,
    "compensate": COMPENSATE,
}
ALL_STEPS = 31

IGNORED, DEFLECTED, DENIED, DELAYED = 0, 1, 2, 3
MANNERS = {"ignored": IGNORED, "deflected": DEFLECTED, "denied": DENIED, "delayed": DELAYED}

GUILTY, INNOCENT = 0, 1
VERDICTS = {"guilty": GUILTY, "innocent": INNOCENT}

NONE, COLD, WARM = 0, 1, 2
INTRODUCTIONS = {"none": NONE, "cold": COLD, "warm": WARM}
BY_SELF, BY_PREDECESSOR, BY_OTHER = 0, 1, 2
INTRODUCERS = {"self": BY_SELF, "predecessor": BY_PREDECESSOR, "other": BY_OTHER}

STRANGER, REPUTATION, REFERRAL, RETURNING = 0, 1, 2, 3
ORIGINS = {"stranger": STRANGER, "reputation": REPUTATION, "referral": REFERRAL, "returning": RETURNING}

GOING, EXIT, SATISFIED, DORMANT, UNKNOWN = 0, 1, 2, 3, 4
OUTCOMES = {"exit": EXIT, "satisfied": SATISFIED, "dormant": DORMANT, "unknown": UNKNOWN}
