"""`goodwill`, the default rule set: two dimensions of trust per party, wounds that heal by recovery, bonds that people carry."""

from journey_projections.encoding import Encoder
from journey_projections.goodwill import rules, views
from journey_projections.goodwill.causes import CAUSES
from journey_projections.goodwill.parameters import GoodwillParameters
from journey_projections.goodwill.reports import report
from journey_projections.goodwill.state import Episode, Party, Promise, Relationship, Side, State, Topic
from journey_projections.rule_sets import RuleSet, View

__all__ = ["GOODWILL", "GoodwillParameters", "goodwill"]


def goodwill(parameters: GoodwillParameters) -> RuleSet:
    """The rule set with other parameters."""
    return RuleSet(
        name="goodwill",
        version="1",
        parameters=parameters,
        initial=_initial,
        make_room=_make_room,
        advance=rules.advance,
        apply=rules.apply,
        trust=views.trust,
        view=_view,
        report=report,
        causes=CAUSES,
    )


def _initial(p: GoodwillParameters) -> State:
    def neutral() -> Party:
        return Party(known=1, competence=p.prior_competence, goodwill=p.prior_goodwill)

    return State([Relationship()], [Side(), Side()], [neutral(), neutral()], [], [], [])


def _make_room(state: State, names: Encoder) -> None:
    state.parties.extend(Party() for _ in range(2 + len(names.parties) - len(state.parties)))
    state.episodes.extend(Episode() for _ in range(len(names.episodes) - len(state.episodes)))
    state.promises.extend(Promise() for _ in range(len(names.promises) - len(state.promises)))
    state.topics.extend(Topic() for _ in range(len(names.topics) - len(state.topics)))


def _view(state: State, p: GoodwillParameters) -> View:
    trust = views.trust(state, p)
    return View(trust, views.confidence(state, p), views.exit_risk(state, trust, p), views.STATES[views.state_of(state, trust)])


GOODWILL = goodwill(GoodwillParameters())
