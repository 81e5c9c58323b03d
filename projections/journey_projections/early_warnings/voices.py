"""What the customer says, and is heard to say: scores, hearsay, and what they saw of what was delivered."""

from math import isnan

from journey_projections.early_warnings.parameters import WarningParameters
from journey_projections.early_warnings.state import FALLING_SCORES, PERCEPTION_GAP, WEAK_SIGNALS, Watching
from journey_projections.early_warnings.watches import closed, days_on, is_pending, opened, worsened
from journey_projections.encoding.codes import NEVER
from journey_projections.encoding.numbering import Encoded


def scored(state: Watching, touchpoint: Encoded, p: WarningParameters) -> None:
    """A score that is low, or well below the best of late, warns until one is about as good again."""
    relationship, score = state.relationship[0], touchpoint.amount
    best = max(relationship.best_score, score)
    is_bad = score < p.score_low or best - score >= p.score_fall
    if is_bad:
        severity = max(1.0 - score if score < p.score_low else 0.0, best - score)
        if is_pending(state, relationship.low, p):
            worsened(state, relationship.low, severity, touchpoint.certainty)
        else:
            relationship.low = opened(state, FALLING_SCORES, touchpoint.at, NEVER, severity, touchpoint.certainty)
            state.watches[relationship.low].value = score
        watch = state.watches[relationship.low]
        watch.value = min(watch.value, score)
    else:
        closed(state, relationship.low)
    relationship.best_score = score + (best - score) * p.score_lasts if is_bad else best


def spoken_of(state: Watching, touchpoint: Encoded, p: WarningParameters) -> None:
    """Bad hearsay warns, however unsure; good word ends it."""
    relationship = state.relationship[0]
    if touchpoint.amount > 0.0:
        closed(state, relationship.weak)
        return
    if -touchpoint.amount * touchpoint.certainty < p.weak_least or touchpoint.amount == 0.0:
        return
    forgotten = touchpoint.at + days_on(p.weak_days)
    if is_pending(state, relationship.weak, p):
        worsened(state, relationship.weak, -touchpoint.amount, touchpoint.certainty)
        state.watches[relationship.weak].closes = forgotten
    else:
        relationship.weak = opened(state, WEAK_SIGNALS, touchpoint.at, NEVER, -touchpoint.amount, touchpoint.certainty)
        state.watches[relationship.weak].closes = forgotten


def seen(state: Watching, touchpoint: Encoded, p: WarningParameters) -> None:
    """A customer who saw less than was delivered does not know what they got; the next delivery that they see as it was ends that."""
    relationship = state.relationship[0]
    if isnan(touchpoint.third):
        return
    gap = touchpoint.amount - touchpoint.third
    if gap < p.gap:
        closed(state, relationship.gap)
    elif is_pending(state, relationship.gap, p):
        worsened(state, relationship.gap, gap, touchpoint.certainty)
    else:
        relationship.gap = opened(state, PERCEPTION_GAP, touchpoint.at, NEVER, gap, touchpoint.certainty)
