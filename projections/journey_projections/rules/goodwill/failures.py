"""Failures: whose fault they are, when the customer learns of them, and what waits for an answer from then on."""

from journey_projections.encoding import codes
from journey_projections.encoding.codes import NOTHING, ORGANISATION
from journey_projections.encoding.numbering import Encoded
from journey_projections.rules.goodwill import causes
from journey_projections.rules.goodwill.breaches import (
    betrayed,
    breach,
    little_trust_leaves_little_to_lose,
    relational_breach_grows_with_goodwill,
)
from journey_projections.rules.goodwill.levels import trust_of
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.recovery import recover
from journey_projections.rules.goodwill.state import COURTESY, FAILURE, State
from journey_projections.rules.goodwill.waiting import PASSED, awaited_in, patience_shortens, wait_for
from journey_projections.rules.goodwill.wounds import is_open


def failure_occurred(state: State, touchpoint: Encoded, side: int, actor: int, p: GoodwillParameters) -> int:
    """A failure opens an episode, by whose fault it was, what was foretold, and whether its cause will stay; unnoticed, it waits."""
    cause = touchpoint.subject
    wound = state.episodes[touchpoint.episode]
    if cause == codes.BY_CUSTOMER:
        wound.nature = COURTESY
        return causes.CUSTOMERS_FAULT
    severity = blame_scales_a_failure(touchpoint.amount, cause, touchpoint.flag & codes.LASTING, p)
    wound.nature = FAILURE
    wound.side = side
    wound.actor = actor
    wound.certainty = touchpoint.certainty
    wound.breach = touchpoint.code
    wound.exogenous = int(cause == codes.EXOGENOUS)
    wound.unfelt = a_foretold_risk_softens(state, touchpoint.topic, severity, p)
    wound.opened_at = state.relationship[0].now
    if touchpoint.flag & codes.UNNOTICED:
        return causes.UNNOTICED
    felt(state, touchpoint.episode, touchpoint.refers, wound.unfelt, wound.opened_at, p)
    if side != ORGANISATION:
        return causes.CUSTOMERS_SIDE
    if cause == codes.EXOGENOUS:
        return causes.NOT_OUR_FAULT
    return causes.COMPETENCE_BREACH if touchpoint.code == codes.COMPETENCE else causes.RELATIONAL_BREACH


def felt(state: State, number: int, refers: int, severity: float, waits_since: int, p: GoodwillParameters) -> None:
    """Let a failure hurt, and wait for an answer from then on."""
    wound = state.episodes[number]
    competence = 0.0
    relational = 0.0
    if wound.breach == codes.COMPETENCE:
        competence = wound.certainty * severity
    else:
        relational = wound.certainty * relational_breach_grows_with_goodwill(state, wound.side, wound.actor, severity, p)
    breach(state, wound.side, wound.actor, number, FAILURE, competence, relational, severity * wound.certainty, p)
    an_open_failure_waits(state, number, refers, waits_since, p)


def failure_noticed(state: State, touchpoint: Encoded, p: GoodwillParameters) -> int:
    """T49. A failure hurts when the customer learns of it: less if told, and more, as a concealment, if found out."""
    number, noticed = touchpoint.refers, False
    while number != NOTHING:
        wound = state.episodes[number]
        if wound.nature == FAILURE and wound.severity <= 0.0 and wound.unfelt > 0.0:
            noticed = True
            learnt(state, number, touchpoint.code, p)
        elif wound.starts == PASSED:
            wound.starts = 0  # an answer from now on looks again at what came before
        number = wound.sibling
    return causes.NOTICED if noticed else causes.NO_EFFECT


def learnt(state: State, number: int, through: int, p: GoodwillParameters) -> None:
    """Let a hidden failure be known; found out, it has kept the customer waiting since it happened, and was concealed."""
    wound, now = state.episodes[number], state.relationship[0].now
    concealed = p.concealed * wound.unfelt if through == codes.FOUND else 0.0
    severity = candour_softens(wound.unfelt, p) if through == codes.TOLD else wound.unfelt
    hidden = wound.certainty * relational_breach_grows_with_goodwill(state, wound.side, wound.actor, concealed, p)
    opened_at = wound.opened_at if through == codes.FOUND else now
    wound.restored_competence = 0.0
    wound.restored_goodwill = 0.0
    felt(state, number, wound.sibling, severity, opened_at, p)
    if hidden > 0.0:
        breach(state, wound.side, wound.actor, number, FAILURE, 0.0, hidden, wound.severity, p)
    wound.opened_at = opened_at
    recover(state, number, p)


def candour_softens(severity: float, p: GoodwillParameters) -> float:
    """T50. The severity of a failure that the organisation told of itself."""
    return p.candour * severity


def blame_scales_a_failure(severity: float, cause: int, lasting: int, p: GoodwillParameters) -> float:
    """T25. What nobody in the relationship caused weighs less, a supplier's fault nearly as much; what will happen again weighs more."""
    if cause == codes.EXOGENOUS:
        severity *= p.exogenous_share
    elif cause == codes.BY_SUPPLIER:
        severity *= p.supplier_share
    return min(1.0, severity * (1.0 + p.lasting_cause_extra)) if lasting else severity


def a_foretold_risk_softens(state: State, topic: int, severity: float, p: GoodwillParameters) -> float:
    """T23. What is left of a severity when the risk was disclosed beforehand."""
    return severity if topic == NOTHING else severity * (1.0 - p.disclosed * state.topics[topic].disclosed)


def an_open_failure_waits(state: State, number: int, refers: int, since: int, p: GoodwillParameters) -> None:
    """T39. What is not done is a second failure: an open failure waits, and costs in the end what ignoring it would.

    Not so one that was acknowledged before the customer noticed it.
    """
    wound = state.episodes[number]
    if is_open(state, number) and wound.acknowledged <= 0.0:
        lets_wait(state, number, refers, since + patience_shortens(p.patience_failure, wound.severity, p), p.ignored, wound.severity, p)


def lets_wait(state: State, number: int, refers: int, starts: int, factor: float, severity: float, p: GoodwillParameters) -> None:
    """Let something of that severity wait, and cost from an instant on what goes beyond what waits in its episode already."""
    wound = state.episodes[number]
    prior = trust_of(state, wound.side, p)
    scale = little_trust_leaves_little_to_lose(state, wound.side, prior, p)
    harm = scale * factor * betrayed(prior, severity, p) - awaited_in(state, refers)
    if harm > 0.0:
        wound.yet_to_cost = 1.0
        wait_for(state, number, starts, 0.0, harm, p)
        wound.awaited_in_all = awaited_in(state, refers) + harm
