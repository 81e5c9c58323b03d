"""The small numbers that stand for names in encoded touchpoints, the same at both speeds."""

from journey.touchpoints import KINDS as _MODELS

NOBODY = -1
NOTHING = -1

# Sides, and the party that stands for each
ORGANISATION, CUSTOMER = 0, 1
SIDES = {"organisation": ORGANISATION, "customer": CUSTOMER}
INSTITUTION = ORGANISATION
FIRST_REPRESENTATIVE = 2

(
    RELATIONSHIP_OPENED,
    ENGAGEMENT_DECLINED,
    PROMISE_MADE,
    RISK_DISCLOSED,
    CHECK_IN_HELD,
    INTERACTION,
    DELIVERY,
    GESTURE_MADE,
    FAILURE_OCCURRED,
    RECOVERY_STEP_TAKEN,
    RESPONSE_FAILED,
    DECEPTION_EXPOSED,
    EVIDENCE_EMERGED,
    EPISODE_CLOSED,
    REPRESENTATIVE_ASSIGNED,
    HANDOVER_MADE,
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
) = range(26)
KINDS = {kind: number for number, kind in enumerate(_MODELS)}

COMPETENCE, BENEVOLENCE, INTEGRITY = 0, 1, 2
BREACHES = {"competence": COMPETENCE, "benevolence": BENEVOLENCE, "integrity": INTEGRITY}

BY_ORGANISATION, BY_CUSTOMER, EXOGENOUS = 0, 1, 2
CAUSES = {"organisation": BY_ORGANISATION, "customer": BY_CUSTOMER, "exogenous": EXOGENOUS}

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

STRANGER, REPUTATION, REFERRAL, RETURNING = 0, 1, 2, 3
ORIGINS = {"stranger": STRANGER, "reputation": REPUTATION, "referral": REFERRAL, "returning": RETURNING}

GOING, EXIT, SATISFIED, DORMANT = 0, 1, 2, 3
OUTCOMES = {"exit": EXIT, "satisfied": SATISFIED, "dormant": DORMANT}
