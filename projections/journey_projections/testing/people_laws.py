"""The laws of people: whose act reaches whom, introductions, and that nobody's coming and going is a gift."""

from collections.abc import Sequence

from hypothesis import assume
from hypothesis import strategies as st

from journey.testing.strategies import gaps, qualities, touchpoints
from journey.touchpoints import (
    DeceptionExposed,
    HandoverMade,
    Interaction,
    IntroductionMade,
    RelationshipOpened,
    RepresentativeAssigned,
    RepresentativeLeft,
    ResponseFailed,
    Touchpoint,
)
from journey_projections.testing.edges import edge_histories, edge_levels, edge_severities, edge_waits
from journey_projections.testing.law import (
    EXIT_LINE,
    SAME,
    SEVERE,
    Draw,
    Judge,
    breaches,
    clean_case,
    common,
    contact,
    current_of,
    episodes_of,
    failure,
    holds,
    last_day,
    law,
    people_of,
    relational,
)

MANNERS = ("none", "cold", "warm")


@law("L13", "any")
def one_severe_relational_breach_crosses_the_exit_line(judge: Judge, draw: Draw) -> None:
    """One relational breach of .9 or more by the institution or the current representative takes trust under 0.35, from any history."""
    history = draw(edge_histories())
    day = last_day(history) + draw(gaps)
    who, severity, kind = draw(st.sampled_from((None, current_of(history)))), draw(st.sampled_from((SEVERE, 0.95, 1.0))), draw(relational)
    breaches: tuple[Touchpoint, ...] = (
        failure("z", day, severity, kind, episode=draw(episodes_of(history)), representative=who),
        Interaction(**common("z", day, representative=who, **{kind: -severity})),
        DeceptionExposed(**common("z", day, representative=who, severity=severity)),
    )
    whole = [*history, draw(st.sampled_from(breaches))]
    trust = judge.trust(whole)
    holds(trust < EXIT_LINE, whole, f"trust is still {trust}")


@law("L24", "any")
def a_persons_act_stays_theirs(judge: Judge, draw: Draw) -> None:
    """An act of B leaves A's trust exactly unchanged, and takes a smaller share from the institution than from B.

    A step of recovery is not an act of B alone: it makes the episode good, no matter whose failure it was.
    """
    history = draw(edge_histories())
    day = last_day(history) + draw(gaps)
    history = [*history, contact("y1", day, 0.5, "anna"), contact("y2", day, 0.5, "b")]
    before = judge.replay(history, day + 1).parties
    holds("b" in before.representatives, history, "`b` has no trust")
    b = draw(st.sampled_from(sorted(before.representatives)))
    act = draw(touchpoints(id="z", day=day + 1, kinds=_ACTS_OF_ONE)).model_copy(update={"representative": b, "by": "organisation"})
    after = judge.replay([*history, act]).parties
    for name, party in before.representatives.items():
        if name != b:
            holds(
                party == after.representatives.get(name),
                [*history, act],
                f"`{name}` went from {party} to {after.representatives.get(name)}",
            )
    breach = [*history, draw(_breaches_by(b, day + 1, edge_severities(judge.rules)))]
    hurt = judge.replay(breach).parties
    own_loss = 1 - hurt.representatives[b].trust / before.representatives[b].trust
    institution_loss = 1 - hurt.institution.trust / before.institution.trust
    holds(0 < institution_loss < own_loss, breach, f"the institution loses {institution_loss}, `{b}` loses {own_loss}")


_ACTS_OF_ONE = (
    "engagement_declined",
    "promise_made",
    "risk_disclosed",
    "check_in_held",
    "interaction",
    "delivery",
    "gesture_made",
    "failure_occurred",
    "response_failed",
    "deception_exposed",
)


def _breaches_by(who: str, day: float, severities: st.SearchStrategy[float]) -> st.SearchStrategy[Touchpoint]:
    fields = common("z", day, representative=who)
    return st.one_of(
        st.builds(lambda severity, kind: failure("z", day, severity, kind, representative=who), severities, breaches),
        st.builds(lambda severity, kind: Interaction(**{**fields, kind: -severity}), severities, breaches),
        st.builds(lambda severity: ResponseFailed(**fields, manner="ignored", severity=severity), severities),
        st.builds(lambda severity: DeceptionExposed(**fields, severity=severity), severities),
    )


@law("L40", "any")
def handing_to_and_fro_gains_nothing(judge: Judge, draw: Draw) -> None:
    """Handing the customer to somebody and back never raises trust."""
    history, day, here = _seated(draw)
    there, pause = draw(_others(here)), draw(st.sampled_from((0.0, 0.1, 1.0, 30.0)))
    manners = draw(st.lists(st.sampled_from(MANNERS), min_size=2, max_size=6).filter(lambda drawn: len(drawn) % 2 == 0))
    ways = ((here, there), (there, here)) * (len(manners) // 2)
    handed = [
        _handover(f"z{number}", day + number * pause, *way, manner) for number, (way, manner) in enumerate(zip(ways, manners, strict=True))
    ]
    now = day + len(handed) * pause + draw(st.sampled_from((0.0, 1.0, 30.0)))
    stayed, back = judge.trust(history, now), judge.trust([*history, *handed], now)
    holds(back <= stayed + SAME, [*history, *handed], f"{stayed} without handing to and fro, {back} with it")


def _seated(draw: Draw) -> tuple[list[Touchpoint], float, str]:
    """ANY history at whose end somebody is current, a day after it, and who: an empty chair may be filled, and that may help."""
    history = draw(edge_histories())
    day, here = last_day(history) + draw(gaps), current_of(history)
    if here is None or any(isinstance(one, RepresentativeLeft) for one in history):
        here = here or "anna"
        history = [*history, contact("y", day, draw(qualities), here), RepresentativeAssigned(**common("y1", day, representative=here))]
    return history, day, here


def _others(here: str) -> st.SearchStrategy[str]:
    return st.sampled_from([one for one in ("new", "bob", "ugo") if one != here])


def _handover(id: str, day: float, leaver: str, newcomer: str, introduction: str) -> HandoverMade:
    return HandoverMade(**common(id, day, from_representative=leaver, to_representative=newcomer, introduction=introduction))


@law("L46", "clean")
def a_late_introduction_is_better_than_none(judge: Judge, draw: Draw) -> None:
    """A newcomer introduced late is trusted no more than if introduced at the handover, and no less than if never."""
    history, day, who = clean_case(draw)
    leaver, manner = who or "anna", draw(st.sampled_from(("cold", "warm")))
    history = [*history, contact("y", day, 0.5, leaver)]
    late = day + 1 + draw(edge_waits(judge.rules))
    contacts = [contact(f"x{number}", day + 1 + 3.0 * number, 0.5, "new") for number in range(1, 1 + draw(st.integers(0, 3)))]
    introduced = IntroductionMade(
        **common("z", late, representative="new", manner=manner, made_by=draw(st.sampled_from(("self", "predecessor", "other"))))
    )
    unintroduced = [*history, _handover("y1", day + 1, leaver, "new", "none"), *contacts]
    in_time = [*history, _handover("y1", day + 1, leaver, "new", manner), *contacts]
    now = max(late, day + 1 + 3.0 * len(contacts)) + draw(st.sampled_from((0.0, 1.0, 30.0)))
    never, at_last, at_once = judge.trust(unintroduced, now), judge.trust([*unintroduced, introduced], now), judge.trust(in_time, now)
    holds(never <= at_last + SAME, [*unintroduced, introduced], f"never introduced leaves {never}, late {at_last}")
    holds(at_last <= at_once + SAME, [*unintroduced, introduced], f"introduced late leaves {at_last}, at the handover {at_once}")


@law("L49", "any")
def what_says_nothing_helps_nothing(judge: Judge, draw: Draw) -> None:
    """A neutral act, an assignment, a departure or a late opening never raises trust, and shields from no later blow."""
    history = draw(edge_histories(min_size=1))
    assume(any(one.kind not in ("note_added", "feedback_requested") for one in history))  # after those alone an opening is not late
    day = last_day(history) + draw(gaps)
    added = [*history, draw(_neutral(day, history, draw(edge_levels(judge.rules))))]
    without, with_it = judge.trust(history, day), judge.trust(added, day)
    holds(with_it <= without + SAME, added, f"`{added[-1].kind}` takes trust from {without} to {with_it}")
    later = day + draw(st.sampled_from((0.0, 0.1, 1.0, 30.0)))
    hit = failure("z", later, draw(edge_severities(judge.rules)), draw(breaches), representative=draw(people_of(history)))
    bare, shielded = judge.trust([*history, hit], later), judge.trust([*added, hit], later)
    holds(shielded <= bare + SAME, [*added, hit], f"the blow leaves {bare}, after `{added[-1].kind}` {shielded}")


def _neutral(day: float, history: Sequence[Touchpoint], strength: float) -> st.SearchStrategy[Touchpoint]:
    """What is no news of how the customer is treated, by or about anybody."""

    def acts(who: str | None, origin: str) -> tuple[Touchpoint, ...]:
        of_nobody: tuple[Touchpoint, ...] = (
            Interaction(**common("y", day, representative=who)),
            contact("y", day, 0.0, who),
            RelationshipOpened(**common("y", day, origin=origin, strength=strength)),
        )
        if who is None:
            return of_nobody
        fields = common("y", day, representative=who)
        return (*of_nobody, RepresentativeAssigned(**fields), RepresentativeLeft(**fields))

    origins = st.sampled_from(("stranger", "reputation", "referral", "returning"))
    return st.builds(acts, people_of(history), origins).flatmap(st.sampled_from)


@law("L54", "any")
def no_handover_beats_staying(judge: Judge, draw: Draw) -> None:
    """No handover, however warm, ends above having stayed, with the same contacts after it."""
    history, day, here = _seated(draw)
    there = draw(_others(here))
    many, cadence, quality = draw(st.integers(0, 20)), draw(st.sampled_from((1.0, 7.0, 30.0))), draw(edge_levels(judge.rules))
    handed = [*history, _handover("z", day + 1, here, there, draw(st.sampled_from(MANNERS)))]
    stayed_with, handed_to = (
        [*whole, *(contact(f"z{number:02}", day + 2 + number * cadence, quality, who) for number in range(many))]
        for whole, who in ((history, here), (handed, there))
    )
    now = day + 2 + many * cadence
    stayed, left = judge.trust(stayed_with, now), judge.trust(handed_to, now)
    holds(left <= stayed + SAME, handed_to, f"{stayed} with `{here}`, {left} after the handover to `{there}`")
