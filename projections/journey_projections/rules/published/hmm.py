"""`hmm`: the hidden Markov model of relationships by Netzer, Lattin & Srinivasan (2008).

A relationship is in one of three states that nobody sees: weak, fair or strong. Every encounter may move it to a neighbouring one, the
likelier up the better it was, by an ordered logit. What the customer then does (praise, feedback) is good with a probability of the
state's own, and so shows which state it is. Trust is the probability that the customer's next act is good.
"""

from dataclasses import dataclass
from math import exp, isnan
from typing import NamedTuple

from pydantic import BaseModel

from journey_projections.encoding import codes
from journey_projections.encoding.numbering import Encoded
from journey_projections.rules.parameters import parameter
from journey_projections.rules.published.valence import CAUSES, NEITHER, sign, valence
from journey_projections.rules.rule_set import RuleSet, View, state_by_trust

_FORM = "Netzer, Lattin & Srinivasan 2008: the form; they estimate the numbers for each data set"


class HmmParameters(BaseModel, frozen=True, extra="forbid"):
    """The parameters of `hmm`."""

    start_fair: float = parameter(
        0.3333333333333333,
        0.0,
        1.0,
        "probability",
        "probability of the fair state before anything happened; weak and strong share the rest evenly",
        "neutral start",
    )
    good_weak: float = parameter(
        0.1, 0.0, 0.33, "probability", "probability that the customer's act is good where the relationship is weak", _FORM
    )
    good_fair: float = parameter(0.5, 0.33, 0.67, "probability", "… where it is fair", _FORM)
    good_strong: float = parameter(0.9, 0.67, 1.0, "probability", "… where it is strong", _FORM)
    threshold: float = parameter(
        3.0, 0.5, 8.0, "log odds", "log odds against moving to a neighbouring state after an encounter neither good nor bad", _FORM
    )
    effect_good: float = parameter(
        1.5, 0.0, 8.0, "log odds", "what a perfect encounter adds to the log odds of moving up, and takes from those of moving down", _FORM
    )
    effect_bad: float = parameter(
        3.0, 0.0, 12.0, "log odds", "what the worst encounter adds to the log odds of moving down, and takes from those of moving up", _FORM
    )


@dataclass(slots=True)
class Belief:
    """The probability of each state; they sum to 1."""

    weak: float
    fair: float
    strong: float


class State(NamedTuple):
    """One record."""

    belief: list[Belief]


def initial(p: HmmParameters) -> State:
    """As likely weak as strong."""
    return State([Belief((1.0 - p.start_fair) / 2.0, p.start_fair, (1.0 - p.start_fair) / 2.0)])


def apply(state: State, touchpoint: Encoded, p: HmmParameters) -> int:
    """An encounter moves the state; what the customer does shows which it is."""
    value = valence(touchpoint)
    if isnan(value):
        return NEITHER
    if touchpoint.kind == codes.FEEDBACK_GIVEN or touchpoint.kind == codes.PRAISE_GIVEN:
        observe(state, (1.0 + value) / 2.0, touchpoint.certainty, p)
    else:
        move(state, touchpoint.certainty * value, p)
    return sign(value)


def move(state: State, value: float, p: HmmParameters) -> None:
    """An encounter of a valence: from each state a part of its probability goes to its neighbours."""
    belief = state.belief[0]
    push = p.effect_good * value if value > 0.0 else p.effect_bad * value
    up = logistic(push - p.threshold)
    down = logistic(-push - p.threshold)
    weak = belief.weak * (1.0 - up) + belief.fair * down
    strong = belief.strong * (1.0 - down) + belief.fair * up
    settle(state, weak, belief.fair * (1.0 - up - down) + belief.weak * up + belief.strong * down, strong)


def observe(state: State, good: float, certainty: float, p: HmmParameters) -> None:
    """Bayes' rule on an act that is good to a degree; as far as it is not certain, it tells nothing."""
    belief = state.belief[0]
    weak = belief.weak * likelihood(good, certainty, p.good_weak)
    fair = belief.fair * likelihood(good, certainty, p.good_fair)
    strong = belief.strong * likelihood(good, certainty, p.good_strong)
    if weak + fair + strong > 0.0:
        settle(state, weak, fair, strong)


def likelihood(good: float, certainty: float, of_good: float) -> float:
    """The probability of an act in a state in which a good one has the probability `of_good`."""
    return certainty * (good * of_good + (1.0 - good) * (1.0 - of_good)) + (1.0 - certainty) * 0.5


def settle(state: State, weak: float, fair: float, strong: float) -> None:
    """Hold these as the belief."""
    belief = state.belief[0]
    total = weak + fair + strong
    belief.weak = weak / total
    belief.fair = fair / total
    belief.strong = strong / total


def logistic(odds: float) -> float:
    """A probability from its log odds."""
    return 1.0 / (1.0 + exp(-odds))


def trust(state: State, p: HmmParameters) -> float:
    """The probability that the customer's next act is good."""
    belief = state.belief[0]
    return min(1.0, max(0.0, belief.weak * p.good_weak + belief.fair * p.good_fair + belief.strong * p.good_strong))


def view(state: State, p: HmmParameters) -> View:
    """Confidence is how far the likeliest state stands out: 0 where all three are alike, 1 where it is known."""
    belief, expected = state.belief[0], trust(state, p)
    likeliest = max(belief.weak, belief.fair, belief.strong)
    return View(expected, min(1.0, max(0.0, 1.5 * likeliest - 0.5)), 1.0 - expected, state_by_trust(expected))


HMM = RuleSet(
    name="hmm",
    version="1",
    parameters=HmmParameters(),
    initial=initial,
    apply=apply,
    trust=trust,
    view=view,
    causes=CAUSES,
    about="three hidden states that encounters move between (Netzer, Lattin & Srinivasan 2008)",
)
