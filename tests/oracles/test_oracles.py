"""What the literature found, as replays: each test names its paper. O3 is law L13; O4 and O22 restate laws on one history."""

import pytest
from short_histories import STEPS, bad, contact, failure, replayed, steps, touchpoint, trust, years

GOOD = years(2)
END = 725.0


def loss(*after: object, day: float | None = None) -> float:
    """How much less trust there is with `after` than without, at the same day."""
    return trust(GOOD, day=day) - trust(GOOD, *after, day=day)  # type: ignore[arg-type]


def test_o01_duration_alone_builds_nothing() -> None:
    """Vanneste, Puranam & Kretschmer 2014: trust and duration correlate little; an empty decade stays at the prior."""
    opened = touchpoint(0, "relationship_opened")
    assert trust(opened, day=3650) == trust([])


def test_o02_a_crisis_moves_more_per_event_than_routine() -> None:
    """van Doorn & Verhoef 2008: critical incidents update the relationship far more than everyday contacts."""
    routine = max(abs(one.delta) for one in replayed(GOOD, contact(END, 0.6)).contributions[-3:])
    down = max(abs(one.delta) for one in replayed(GOOD, failure(END, 0.6)).contributions[-1:])
    up = sum(one.delta for one in replayed(GOOD, failure(END, 0.6), steps(END + 1)).contributions[-5:])
    assert down > 3 * routine
    assert up > 3 * routine


def test_o03_one_severe_incident_ends_it() -> None:
    """Paulssen & Sommerfeld 2015: a severe negative incident dissolves even strong relationships."""
    assert trust(years(10), failure(3700, 1.0, "benevolence")) < 0.35


@pytest.mark.parametrize("quality", [0.05, 0.2, 0.5, 0.8, 1.0])
def test_o04_a_loss_weighs_one_and_a_half_to_five_times_the_equal_gain(quality: float) -> None:
    """Slovic 1993; Tversky & Kahneman 1992 (λ ≈ 2.25)."""
    start = trust([])
    gain = trust(touchpoint(0, "interaction", competence=quality)) - start
    lost = start - trust(touchpoint(0, "interaction", competence=-quality))
    assert 1.5 <= lost / gain <= 5


def test_o06_recovery_lifts_satisfaction_but_not_the_wish_to_stay() -> None:
    """de Matos, Henrique & Rossi 2007: the recovery paradox holds for satisfaction, not for repurchase intention."""
    before, after = replayed(GOOD, day=END + 3), replayed(GOOD, failure(END, 0.4), steps(END + 1), day=END + 3)
    assert after.trust >= before.trust
    assert after.exit_risk >= before.exit_risk


def test_o07_the_paradox_is_for_the_first_failure_only() -> None:
    """Maxham & Netemeyer 2002: a second failure, however well recovered, leaves less."""
    once = [failure(END, 0.4), *steps(END + 1)]
    twice = [*once, failure(END + 60, 0.4, episode="e2"), *steps(END + 61, episode="e2")]
    assert loss(*once, day=END + 70) <= 0 < loss(*twice, day=END + 70)


def test_o08_a_bad_response_costs_more_than_the_failure() -> None:
    """Bitner, Booms & Tetreault 1990: double deviation."""
    failed = failure(END, 0.5)
    after_failure = loss(failed, day=END + 1)
    assert loss(failed, bad(END + 1, "ignored"), day=END + 1) - after_failure > after_failure


def test_o09_unsatisfied_then_satisfied_beats_the_reverse() -> None:
    """Maxham & Netemeyer 2002."""
    second = failure(END + 60, 0.4, episode="e2")
    rising = [failure(END, 0.4), bad(END + 1, "ignored"), second, *steps(END + 61, episode="e2")]
    falling = [failure(END, 0.4), *steps(END + 1), second, bad(END + 61, "ignored", episode="e2")]
    assert loss(*rising, day=END + 70) < loss(*falling, day=END + 70)


def test_o10_similar_and_close_failures_recover_less() -> None:
    """Maxham & Netemeyer 2002: similar failures, and failures close in time, are forgiven less."""

    def second(breach: str, after: float) -> float:
        first = [failure(END, 0.4), *steps(END + 1)]
        return loss(*first, failure(END + after, 0.4, breach, "e2"), *steps(END + after + 1, episode="e2"), day=END + 900)

    assert second("competence", 60) > second("integrity", 60)
    close = loss(failure(END, 0.4), failure(END + 10, 0.4, episode="e2"), day=END + 10)
    apart = loss(failure(END, 0.4, episode="e1"), day=END + 500)
    distant = loss(failure(END, 0.4, episode="e1"), failure(END + 500, 0.4, episode="e2"), day=END + 500) - apart
    assert close - loss(failure(END, 0.4, episode="e1"), day=END + 10) > distant


def test_o12_manner_weighs_at_least_as_much_as_the_refund() -> None:
    """Orsingher, Valentini & de Angelis 2010: interactional justice drives cumulative trust."""
    failed = failure(END, 0.5)
    refund = touchpoint(END + 1, "recovery_step_taken", step="compensate", episode="e")
    unmet = loss(failed, day=END + 2)
    assert unmet - loss(failed, *steps(END + 1, "acknowledge", "admit"), day=END + 2) >= unmet - loss(failed, refund, day=END + 2)


@pytest.mark.parametrize(("breach", "repairs"), [("competence", True), ("integrity", False), ("benevolence", False)])
def test_o13_compensation_repairs_competence_not_integrity(breach: str, repairs: bool) -> None:
    """Haesevoets, Folmer & Van Hiel 2015."""
    failed = failure(END, 0.5, breach)
    refund = touchpoint(END + 1, "recovery_step_taken", step="compensate", episode="e")
    assert (loss(failed, refund, day=END + 2) < loss(failed, day=END + 2)) is repairs


def test_o14_overcompensation_gains_nothing() -> None:
    """Haesevoets et al. 2015: nothing is gained beyond the loss itself."""
    sizes = (0.5, 1.0, 1.5, 3.0)
    after = [
        loss(failure(END, 0.5), touchpoint(END + 1, "recovery_step_taken", step="compensate", episode="e", size=size)) for size in sizes
    ]
    assert after[0] > after[1] == after[2] == after[3]


def test_o15_compensation_counts_less_when_wrung_out() -> None:
    """Desmet, De Cremer & van Dijk 2011."""
    voluntary, forced = (
        loss(failure(END, 0.5), touchpoint(END + 1, "recovery_step_taken", step="compensate", episode="e", voluntary=free))
        for free in (True, False)
    )
    assert voluntary < forced < loss(failure(END, 0.5))


def test_o16_evidence_rereads_a_denial() -> None:
    """Kim, Ferrin, Cooper & Dirks 2004: denial pays for an integrity charge, unless evidence of guilt follows."""
    failed = failure(END, 0.5, "integrity")
    denied, deflected = bad(END + 1, "denied"), bad(END + 1, "deflected")
    admitted = steps(END + 1, "acknowledge", "admit")
    guilty, innocent = (touchpoint(END + 2, "evidence_emerged", verdict=verdict, episode="e") for verdict in ("guilty", "innocent"))
    assert loss(failed, denied) < loss(failed, deflected)
    assert loss(failed, denied, guilty) > loss(failed, denied)
    assert loss(failed, denied, guilty) > loss(failed, *admitted, guilty)
    assert loss(failed, denied, innocent) < loss(failed, *admitted, innocent) < loss(failed, *admitted)


def test_o17_responsibility_repairs_most() -> None:
    """Lewicki, Polin & Lount 2016 (n = 755): responsibility > offer of repair > explanation, regret > forgiveness asked."""
    failed = failure(END, 0.5)
    left = [loss(failed, *steps(END + 1, "acknowledge", step)) for step in ("admit", "help", "explain", "apologise")]
    assert left == sorted(left)
    assert len(set(left)) == 4


def test_o18_a_repeated_apology_adds_nothing() -> None:
    """Halperin, Ho, List & Muir 2022: sincere first apologies work, repeated ones do not."""
    acknowledged = [failure(END, 0.5), *steps(END + 1, "acknowledge")]
    once = [*acknowledged, touchpoint(END + 2, "recovery_step_taken", step="apologise", episode="e")]
    again = [*once, touchpoint(END + 3, "recovery_step_taken", step="apologise", episode="e")]
    assert loss(*acknowledged, day=END + 4) > loss(*once, day=END + 4) == loss(*again, day=END + 4)
    first = [failure(END, 0.5, episode="old"), *steps(END + 1, episode="old")]
    second = [*first, failure(END + 30, 0.5), *steps(END + 31, "acknowledge")]
    sorry = [*second, touchpoint(END + 32, "recovery_step_taken", step="apologise", episode="e")]
    assert loss(*second, day=END + 33) == loss(*sorry, day=END + 33)


def test_o19_untrustworthy_without_deception_recovers_fully() -> None:
    """Schweitzer, Hershey & Bradlow 2006."""
    acts = years(4, 0.9, start=END + 20)
    assert trust(GOOD, failure(END, 0.7, "integrity"), acts) >= trust(GOOD, day=END)


@pytest.mark.parametrize("recovery", [[], steps(END + 1)])
def test_o21_with_deception_never(recovery: list[object]) -> None:
    """Schweitzer, Hershey & Bradlow 2006: nor do a new person and years of good acts restore it."""
    lie = touchpoint(END, "deception_exposed", severity=0.7, episode="e")
    handed = touchpoint(END + 10, "handover_made", from_representative="a", to_representative="b", introduction="warm")
    assert trust(GOOD, lie, recovery, handed, years(8, 1.0, "b", start=END + 20)) < trust(GOOD, day=END)  # type: ignore[arg-type]
    breach = failure(END, 0.7, "integrity")
    assert loss(lie, day=END) > loss(breach, day=END)


def test_o22_good_history_buffers_and_betrays() -> None:
    """Hess, Ganesan & Klein 2003 and Grégoire & Fisher 2008 at once; Harmeling, Palmatier, Houston, Arnold & Samaha 2015."""

    def share(history: list[object], breach: str) -> float:
        before = trust(history, day=3700)  # type: ignore[arg-type]
        return 1 - trust(history, failure(3700, 0.6, breach)) / before  # type: ignore[arg-type]

    short, long = years(0.5, start=3500), years(10)
    assert share(long, "competence") < share(short, "competence")  # type: ignore[arg-type]
    assert share(long, "benevolence") > share(short, "benevolence")  # type: ignore[arg-type]


def test_o23_what_follows_a_handover_depends_on_introduction_and_work() -> None:
    """Schmitz, Friess, Alavi & Habel 2020: from -17.6 % to +29 %, by introduction, firm-level trust and the newcomer's own work."""
    known = years(2, 0.5, "anna")

    def after(introduction: str, quality: float) -> float:
        handed = touchpoint(END, "handover_made", from_representative="anna", to_representative="ugo", introduction=introduction)
        return trust(known, handed, [contact(END + 7 * week, quality, "ugo") for week in range(1, 53)]) / trust(known, day=END) - 1

    assert after("none", 0.02) < -0.01 < 0.05 < after("warm", 0.9)
    firm = trust(years(2, 0.9), touchpoint(END, "handover_made", from_representative="x", to_representative="y"))
    weak = trust(years(0.5, 0.2), touchpoint(END, "handover_made", from_representative="x", to_representative="y"))
    assert firm > weak


def test_o24_a_persons_act_reaches_the_institution_in_part() -> None:
    """Chen, Li & Lin 2013 and others: employee misconduct spills over to the firm, by a share between 0 and 1."""
    known = years(2, 0.6, "anna")
    before = replayed(known, day=END).parties
    after = replayed(known, failure(END, 0.6, "integrity", representative="anna")).parties
    of_firm = 1 - after.institution.trust / before.institution.trust
    of_anna = 1 - after.representatives["anna"].trust / before.representatives["anna"].trust
    assert 0.3 < of_firm / of_anna < 1


def test_o25_inside_the_zone_of_tolerance_little_moves() -> None:
    """Zeithaml, Berry & Parasuraman 1993."""
    low, on, high, below = (trust(GOOD, touchpoint(END, "delivery", promised=0.6, delivered=level)) for level in (0.52, 0.6, 0.68, 0.2))
    assert low < on < high
    assert high - low < 0.005 < low - below


def test_o29_who_complains_and_is_answered_comes_back() -> None:
    """TARP: intention to return rises from silent through complained-unresolved and resolved to resolved fast."""
    failed = failure(END, 0.6)
    complained = touchpoint(END + 1, "complaint_voiced", episode="e")
    day = END + 400
    silent, unresolved = loss(failed, day=day), loss(failed, complained, day=day)
    late, fast = loss(failed, complained, *steps(END + 90), day=day), loss(failed, complained, *steps(END + 2), day=day)
    assert silent > unresolved > late > fast


def test_o30_word_of_mouth_is_no_touchstone() -> None:
    """East, Hammond & Wright 2007: bad word of mouth is not rated double; ours warns and moves nothing by itself."""
    assert loss(touchpoint(END, "word_of_mouth_heard", valence=-1.0)) == loss(touchpoint(END, "word_of_mouth_heard", valence=1.0))


def test_o31_a_referral_lifts_the_prior_and_a_part_persists() -> None:
    """Schmitt, Skiera & Van den Bulte 2011 (a bank): referred customers start higher; a part of the lift decays."""
    referred = touchpoint(0, "relationship_opened", origin="referral", strength=1.0)
    courses = [trust(referred, day=day) for day in (0, 100, 200, 300)]
    assert courses == sorted(courses, reverse=True) and len(set(courses)) == 4
    assert courses[0] - courses[3] > 0.01
    assert courses[3] > trust([])
    assert courses[0] < trust(years(0.5)), "a referral is worth less than half a year of good contacts"


def test_o32_a_declined_engagement_with_reasons_costs_nothing() -> None:
    """Bies & Moag 1986: explained refusals keep trust; unexplained ones cost."""
    assert loss(touchpoint(END, "engagement_declined"), day=END) == 0
    assert 0 < loss(touchpoint(END, "engagement_declined", reasons_given=False), day=END) < 0.1


def test_o33_a_score_corrects_only_what_no_failure_explains() -> None:
    """Netzer, Lattin & Srinivasan 2008 see scores as signals of a state; a score after a known failure tells nothing new."""
    low, high = touchpoint(END, "feedback_given", score=0.1), touchpoint(END, "feedback_given", score=1.0)
    assert loss(low, day=END) > 0 > loss(high, day=END)
    failed = failure(END - 1, 0.5)
    assert loss(failed, low, day=END) == loss(failed, day=END)


def test_every_step_is_worth_something() -> None:
    assert sum(loss(failure(END, 0.5), *steps(END + 1, "acknowledge", step)) < loss(failure(END, 0.5)) for step in STEPS) == 5
