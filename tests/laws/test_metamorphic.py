"""Properties of `goodwill` that compare a history with the same one plus or minus some acts."""

from hypothesis import given
from hypothesis import strategies as st

from journey import Touchpoint
from journey.testing.strategies import gaps, histories, levels, touchpoints
from journey.touchpoints import (
    CheckInHeld,
    DeceptionExposed,
    Delivery,
    EngagementDeclined,
    FailureOccurred,
    FeedbackRequested,
    GestureMade,
    Interaction,
    NoteAdded,
    PraiseGiven,
    RepresentativeLeft,
    ResponseFailed,
    RiskDisclosed,
    WordOfMouthHeard,
)
from journey_projections import GOODWILL
from journey_projections.testing import Judge
from journey_projections.testing.law import breaches, common, current_of, last_day

JUDGE = Judge(GOODWILL)
people = st.sampled_from((None, "anna", "bob", "ugo", "zoe"))
episodes = st.sampled_from((None, "e0", "e1", "e2"))
causes = st.sampled_from(("organisation", "exogenous"))
shares = levels.filter(bool)


@st.composite
def good_acts(draw: st.DrawFn, day: float) -> Touchpoint:
    """What goes well: no quality below zero, a promise kept, kindness, candour, a reasoned refusal, praise, a step of recovery."""
    fields = common("z", day, representative=draw(people), certainty=draw(shares))
    qualities, size = draw(st.dictionaries(st.sampled_from(("competence", "benevolence", "integrity")), levels)), draw(levels)
    promised, delivered = sorted((draw(levels), draw(levels)))
    step = draw(touchpoints(kinds=("recovery_step_taken",))).model_copy(update={**fields, "episode": draw(episodes), "by": "organisation"})
    acts: tuple[Touchpoint, ...] = (
        Interaction(**{**fields, **qualities, "episode": draw(episodes)}),
        Delivery(**fields, promised=promised, delivered=delivered),
        GestureMade(**fields, size=size),
        PraiseGiven(**fields, size=size),
        CheckInHeld(**fields, course_corrected=draw(st.booleans())),
        RiskDisclosed(**fields, topic="x", severity=size),
        EngagementDeclined(**fields),
        step,
    )
    return draw(st.sampled_from(acts))


@st.composite
def bad_acts(draw: st.DrawFn, day: float) -> Touchpoint:
    """What goes badly: no quality above zero, a miss, a failure not the customer's own, a bad response, a deception, a curt refusal."""
    fields = common("z", day, representative=draw(people), certainty=draw(shares), episode=draw(episodes))
    competence, benevolence, severity = -draw(levels), -draw(levels), draw(levels)
    acts: tuple[Touchpoint, ...] = (
        Interaction(**fields, competence=competence, benevolence=benevolence, recognised=draw(st.sampled_from((None, False)))),
        Delivery(**fields, promised=1.0, delivered=0.75 * severity),
        FailureOccurred(**{**fields, "breach": draw(breaches), "severity": severity, "cause": draw(causes)}),
        ResponseFailed(**fields, manner=draw(st.sampled_from(("ignored", "deflected", "denied", "delayed"))), severity=severity),
        DeceptionExposed(**fields, severity=severity),
        EngagementDeclined(**fields, reasons_given=False),
    )
    return draw(st.sampled_from(acts))


CONDUCT = (
    "interaction",
    "delivery",
    "gesture_made",
    "failure_occurred",
    "recovery_step_taken",
    "response_failed",
    "deception_exposed",
    "evidence_emerged",
)


@given(histories())
def test_what_the_customer_does_carries_no_trust_in_the_organisation(history: list[Touchpoint]) -> None:
    """m21: it builds the organisation's trust in the customer, a party of its own.

    What the customer says and decides is not theirs alone and stays in: voice speaks of the organisation, a promise stands in
    a ledger that deliveries of both sides are judged by, and an end is an end.
    """
    without = [one for one in history if one.by == "organisation" or one.kind not in CONDUCT]
    assert JUDGE.trust(without, last_day(history)) == JUDGE.trust(history, last_day(history))


@st.composite
def idle_facts(draw: st.DrawFn, day: float) -> Touchpoint:
    """What nobody believes, whatever it is; and what only informs: notes, requests, word of mouth."""
    fields = common("a", day)
    informing: tuple[Touchpoint, ...] = (NoteAdded(**fields), FeedbackRequested(**fields), WordOfMouthHeard(**fields, valence=-1.0))
    rumour = draw(touchpoints(id="a", day=day)).model_copy(update={"certainty": 0.0})
    return draw(st.sampled_from((rumour, rumour, *informing)))


@given(histories(min_size=1), st.data())
def test_what_nobody_believes_or_what_only_informs_changes_nothing(history: list[Touchpoint], data: st.DataObject) -> None:
    """m34 and L30: certainty scales the effect, down to none; not a bit of later trust knows of it."""
    place = data.draw(st.integers(0, len(history) - 1))
    idle = data.draw(idle_facts(last_day(history[: place + 1])))
    day = last_day(history) + data.draw(gaps)
    assert JUDGE.trust([*history, idle], day) == JUDGE.trust(history, day)


@st.composite
def peopled(draw: st.DrawFn) -> list[Touchpoint]:
    """Any history, after which the current representative may have left."""
    history = draw(histories())
    current = current_of(history)
    if current is None or draw(st.booleans()):
        return history
    return [*history, RepresentativeLeft(**common("x", last_day(history), representative=current))]


@given(peopled(), gaps, st.data())
def test_a_good_act_never_lowers_trust(history: list[Touchpoint], gap: float, data: st.DataObject) -> None:
    """m1: at its own time. What comes later can cost more for it: by L12 a betrayal takes more where there was more trust."""
    day = last_day(history) + gap
    act = data.draw(good_acts(day))
    assert JUDGE.trust([*history, act]) >= JUDGE.trust(history, day), act


@given(peopled(), gaps, st.data())
def test_a_bad_act_never_raises_trust(history: list[Touchpoint], gap: float, data: st.DataObject) -> None:
    """m2: whoever does it, in an empty chair too, in whatever episode. A failure that is the customer's own costs nothing (m16)."""
    day = last_day(history) + gap
    act = data.draw(bad_acts(day))
    assert JUDGE.trust([*history, act]) <= JUDGE.trust(history, day), act
