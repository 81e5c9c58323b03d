"""How good or bad a touchpoint was, from -1 to 1: all that a valence model receives of it."""

from math import isnan, nan

from journey_projections.encoding import codes
from journey_projections.encoding.codes import CUSTOMER
from journey_projections.encoding.numbering import Encoded

GOOD, BAD, NEITHER = 1, 2, 0
CAUSES = (("no_valence", "a fact without good or bad"), ("good_news", "something good happened"), ("bad_news", "something bad happened"))


def valence(touchpoint: Encoded) -> float:
    """The valence of a touchpoint from -1 to 1, NaN where it has none: an opinion of the organisation's own conduct."""
    kind = touchpoint.kind
    if touchpoint.side == CUSTOMER and kind <= codes.DECEPTION_EXPOSED:
        return nan
    if kind == codes.INTERACTION:
        return mean_quality(touchpoint.amount, touchpoint.second, touchpoint.third)
    if kind == codes.DELIVERY:
        return 2.0 * (touchpoint.amount if isnan(touchpoint.third) else touchpoint.third) - 1.0
    if kind in (codes.FAILURE_OCCURRED, codes.RESPONSE_FAILED, codes.DECEPTION_EXPOSED):
        return -touchpoint.amount
    if kind in (codes.GESTURE_MADE, codes.PRAISE_GIVEN):
        return touchpoint.amount
    if kind == codes.RECOVERY_STEP_TAKEN:
        return min(1.0, touchpoint.amount)
    if kind == codes.FEEDBACK_GIVEN:
        return 2.0 * touchpoint.amount - 1.0
    return nan


def mean_quality(competence: float, benevolence: float, integrity: float) -> float:
    """The mean of the qualities that were given, NaN where none was."""
    total = 0.0
    given = 0
    for quality in (competence, benevolence, integrity):
        if not isnan(quality):
            total += quality
            given += 1
    return total / float(given) if given else nan


def sign(value: float) -> int:
    """The cause of a valence: good or bad news."""
    return GOOD if value > 0.0 else BAD if value < 0.0 else NEITHER
