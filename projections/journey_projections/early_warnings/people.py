"""Who the customer deals with: newcomers nobody introduced, and bonds that somebody takes with them."""

from journey_projections.early_warnings.parameters import WarningParameters
from journey_projections.early_warnings.state import BOND_AT_RISK, UNINTRODUCED_HANDOVER, Watching
from journey_projections.early_warnings.watches import closed, days_on, opened
from journey_projections.encoding import codes
from journey_projections.encoding.codes import NOBODY
from journey_projections.encoding.numbering import Encoded


def met(state: Watching, touchpoint: Encoded, p: WarningParameters) -> None:
    """Somebody of the organisation was there: a few good contacts put a handover behind the customer."""
    relationship = state.relationship[0]
    relationship.acts += 1
    if touchpoint.actor == NOBODY:
        return
    state.parties[touchpoint.actor].contacts += 1
    if relationship.vacant or relationship.current == NOBODY or not relationship.told:
        if relationship.current != touchpoint.actor:
            relationship.steady = 0
        relationship.current = touchpoint.actor
        relationship.vacant = 0
    if touchpoint.actor == relationship.current:
        relationship.steady += 1
        if relationship.steady >= p.settled_contacts:
            closed(state, relationship.handover)
            closed(state, relationship.bond)


def people_change(state: Watching, touchpoint: Encoded, trust: float, p: WarningParameters) -> None:
    """Somebody is assigned, takes over, is introduced, or leaves."""
    relationship = state.relationship[0]
    if touchpoint.kind == codes.INTRODUCTION_MADE:
        if touchpoint.actor == relationship.current and not relationship.vacant:
            closed(state, relationship.handover)
            if touchpoint.code == codes.WARM:
                closed(state, relationship.bond)
    elif touchpoint.kind == codes.REPRESENTATIVE_LEFT:
        if touchpoint.actor == relationship.current and touchpoint.actor != NOBODY:
            bond_is_at_risk(state, touchpoint, trust, p)
            relationship.vacant = 1
    else:
        takes_over(state, touchpoint, trust, p)


def takes_over(state: Watching, touchpoint: Encoded, trust: float, p: WarningParameters) -> None:
    """From now on the customer deals with the newcomer. A better introduction at the same instant takes the place of the first."""
    relationship, newcomer = state.relationship[0], touchpoint.subject
    introduction = touchpoint.code if touchpoint.kind == codes.HANDOVER_MADE else codes.NONE
    is_first = relationship.current == NOBODY
    if newcomer == relationship.current and not relationship.vacant:
        if introduction != codes.NONE:
            closed(state, relationship.handover)
    elif not is_first or touchpoint.kind == codes.HANDOVER_MADE:
        share = carried(state, p)
        closed(state, relationship.handover)
        if introduction != codes.WARM and not relationship.vacant:
            bond_is_at_risk(state, touchpoint, trust, p)
        if introduction == codes.WARM:
            closed(state, relationship.bond)
        if introduction == codes.NONE and state.parties[newcomer].contacts < p.settled_contacts:
            due = touchpoint.at + days_on(p.introduce_days)
            severity = p.handover_grave + (1.0 - p.handover_grave) * share * trust
            relationship.handover = opened(state, UNINTRODUCED_HANDOVER, touchpoint.at, due, severity, touchpoint.certainty)
            state.watches[relationship.handover].subject = newcomer
    if newcomer != relationship.current:
        relationship.steady = 0
    relationship.current = newcomer
    relationship.vacant = 0
    relationship.told = 1


def carried(state: Watching, p: WarningParameters) -> float:
    """The share of all contacts that the customer had with whom they deal with now; 0 after a few."""
    relationship = state.relationship[0]
    if relationship.current == NOBODY:
        return 0.0
    contacts = state.parties[relationship.current].contacts
    return contacts / max(relationship.acts, 1) if contacts >= p.bond_contacts else 0.0


def bond_is_at_risk(state: Watching, touchpoint: Encoded, trust: float, p: WarningParameters) -> None:
    """Whom the customer deals with goes, and carries much of the trust."""
    relationship, share = state.relationship[0], carried(state, p)
    if share >= p.bond_share and trust >= p.bond_trust:
        closed(state, relationship.bond)
        due = touchpoint.at + days_on(p.introduce_days)
        relationship.bond = opened(state, BOND_AT_RISK, touchpoint.at, due, share * trust, touchpoint.certainty)
        state.watches[relationship.bond].subject = relationship.current
        state.watches[relationship.bond].value = share
