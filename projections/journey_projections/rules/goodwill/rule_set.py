"""`goodwill`, the default rule set: two dimensions of trust per party, wounds that heal by recovery, bonds that people carry."""

from journey_projections.rules.goodwill import rules, views
from journey_projections.rules.goodwill.causes import CAUSES
from journey_projections.rules.goodwill.parameters import GoodwillParameters
from journey_projections.rules.goodwill.reports import report
from journey_projections.rules.goodwill.silence import passed
from journey_projections.rules.goodwill.state import Harm, Party, Promise, Relationship, Side, State, Topic, Wound
from journey_projections.rules.goodwill.waiting import next_due
from journey_projections.rules.rule_set import Room, RuleSet

__all__ = ["GOODWILL", "GoodwillParameters", "goodwill"]


def goodwill(parameters: GoodwillParameters) -> RuleSet:
    """The rule set with other parameters."""
    return RuleSet(
        name="goodwill",
        version="2",
        parameters=parameters,
        initial=_initial,
        room=(
            Room("parties", Party, "parties", beside=2),
            Room("episodes", Wound, "episodes"),
            Room("on_lead", Harm, "episodes"),
            Room("on_actor", Harm, "episodes"),
            Room("promises", Promise, "promises"),
            Room("topics", Topic, "topics"),
        ),
        advance=rules.advance,
        apply=rules.apply,
        trust=views.trust,
        view=views.view,
        party=views.party,
        report=report,
        passed=passed,
        falls_due=next_due,
        causes=CAUSES,
        about="breaches, recoveries, promises and people, in two dimensions of trust; the default",
    )


def _initial(p: GoodwillParameters) -> State:
    def neutral() -> Party:
        return Party(known=1, competence=p.prior_competence, goodwill=p.prior_goodwill)

    return State([Relationship()], [Side(), Side()], [neutral(), neutral()], [], [], [], [], [])


GOODWILL = goodwill(GoodwillParameters())
