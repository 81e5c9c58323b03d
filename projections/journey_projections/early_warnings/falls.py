"""Trust that falls, and ends: whether anything explains them."""

from journey_projections.early_warnings.parameters import WarningParameters
from journey_projections.early_warnings.state import (
    PROMISE_DUE,
    SILENCE_AGAINST_RHYTHM,
    TRUST_FELL,
    UNEXPLAINED_EXIT,
    Watching,
)
from journey_projections.early_warnings.watches import closed, days_on, is_pending, opened
from journey_projections.encoding import codes
from journey_projections.encoding.codes import NEVER, NOTHING
from journey_projections.encoding.numbering import Encoded


def trust_moves(state: Watching, touchpoint: Encoded, before: float, trust: float, p: WarningParameters) -> None:
    """Trust well below where it was of late warns until a good part of the fall came back; `before` is that after the last touchpoint."""
    relationship, now = state.relationship[0], touchpoint.at
    if is_pending(state, relationship.fell, p):
        watch = state.watches[relationship.fell]
        high = relationship.high
        if trust >= high - (1.0 - p.fall_back) * watch.value:
            closed(state, relationship.fell)
            relationship.high, relationship.high_at = trust, now
        elif high - trust > watch.value:
            watch.value = high - trust
            watch.severity = min(1.0, watch.value / p.fall_grave)
            watch.latest = relationship.place
            watch.times += 1
        return
    if relationship.high_at != NEVER and now - relationship.high_at > days_on(p.fall_days):
        relationship.high, relationship.high_at = before, now
    if trust >= relationship.high or relationship.high_at == NEVER:
        relationship.high, relationship.high_at = trust, now
    elif relationship.high - trust >= p.fall:
        fall = relationship.high - trust
        relationship.fell = opened(state, TRUST_FELL, now, NEVER, fall / p.fall_grave, touchpoint.certainty)
        state.watches[relationship.fell].value = fall


def ends(state: Watching, touchpoint: Encoded, p: WarningParameters) -> None:
    """The end of the relationship ends every warning; an exit that no warning of late explains, other than silence, warns itself."""
    relationship, is_explained = state.relationship[0], False
    earliest = touchpoint.at - days_on(p.explained_days)
    for number in range(relationship.settled, relationship.watches):
        watch = state.watches[number]
        is_telling = watch.kind != SILENCE_AGAINST_RHYTHM and (watch.kind != PROMISE_DUE or touchpoint.at > watch.due)
        is_explained = is_explained or (is_telling and watch.opens <= touchpoint.at and watch.closes >= earliest)
        closed(state, number)
    relationship.settled = relationship.watches
    relationship.ended = 1
    relationship.fell = NOTHING
    if touchpoint.code == codes.EXIT and not is_explained:
        relationship.left = opened(state, UNEXPLAINED_EXIT, touchpoint.at, NEVER, p.exit_grave, touchpoint.certainty)
