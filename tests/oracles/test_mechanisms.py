"""The mechanisms of customer trust, each visible in a replay. `test_every_mechanism_has_its_replay` keeps the list complete."""

import sys
from itertools import pairwise

import pytest
from short_histories import bad, contact, failure, replayed, steps, touchpoint, trust, years

from journey_cli.stories import story
from journey_projections import replay

GOOD = years(2)
END = 725.0


def test_m01_trust_is_built_slowly_when_things_go_well() -> None:
    gains = [one.delta for one in replayed(years(5)).contributions if one.touchpoint]
    assert all(0 < later < earlier for earlier, later in pairwise(gains))
    assert max(gains) < 0.05
    assert trust(touchpoint(0, "note_added"), day=3650) == trust([])


def test_m02_it_is_consolidated_or_destroyed_in_a_crisis() -> None:
    tested, hidden = (replay(story(name).history) for name in ("crisis-tested", "crisis-hidden"))
    assert hidden.trust < 0.35 < tested.trust


def test_m03_hiding_behind_a_wall_is_a_second_worse_failure() -> None:
    failed = [GOOD, failure(END, 0.4)]
    cost = trust(GOOD, day=END) - trust(*failed, day=END)
    for manner in ("ignored", "deflected"):
        assert trust(*failed, day=END + 1) - trust(*failed, bad(END + 1, manner, 0.4)) > cost


def test_m04_honest_effort_counts() -> None:
    assert trust(GOOD, failure(END, 0.3), steps(END + 1), day=END + 2) >= trust(GOOD, day=END + 2)
    disaster = failure(END, 0.9, cause="exogenous")
    assert trust(GOOD, disaster, steps(END + 0.1), day=END + 2) > trust(GOOD, day=END + 2)


def test_m05_without_acknowledgement_nothing_is_repaired() -> None:
    failed = [GOOD, failure(END, 0.5)]
    assert trust(*failed, steps(END + 1, "admit", "help", "explain", "prevent"), day=END + 2) == trust(*failed, day=END + 2)
    assert trust(*failed, bad(END + 1, "delayed"), day=END + 2) < trust(*failed, day=END + 2)


def test_m06_what_happens_after_the_problem_matters_more() -> None:
    failed = [GOOD, failure(END, 0.5)]
    lost = trust(GOOD, day=END) - trust(*failed)
    well, badly = trust(*failed, steps(END + 1), day=END + 2), trust(*failed, bad(END + 1, "ignored"), day=END + 2)
    assert well - badly > lost


def test_m07_early_help_counts_more_than_late() -> None:
    after = [trust(GOOD, failure(END, 0.6), steps(END + wait), day=END + 100) for wait in (1, 20, 90)]
    assert after == sorted(after, reverse=True) and len(set(after)) == 3


def test_m08_shifting_the_blame_costs_and_restores_nothing() -> None:
    failed = [GOOD, failure(END, 0.5)]
    assert trust(*failed, bad(END + 1, "deflected")) < trust(*failed, day=END + 1)


def test_m09_a_refund_alone_is_no_recovery() -> None:
    refund = touchpoint(END + 1, "recovery_step_taken", step="compensate", episode="e", size=1.0)
    poor, rude = [GOOD, failure(END, 0.6)], [GOOD, failure(END, 0.6, "benevolence")]
    assert trust(*poor, day=END + 1) < trust(*poor, refund) < trust(*poor, steps(END + 1), day=END + 2)
    assert trust(*rude, refund) == trust(*rude, day=END + 1)
    spilled = story("spilled-beer")
    assert spilled.otherwise is not None
    assert replay(spilled.otherwise).trust == pytest.approx(replay(spilled.history).trust, abs=0.005)


def test_m10_each_step_adds_once_acknowledged() -> None:
    names = ("acknowledge", "admit", "help", "explain", "prevent")
    after = [trust(GOOD, failure(END, 0.6), steps(END + 1, *names[:count]) if count else [], day=END + 2) for count in range(6)]
    assert all(later > earlier for earlier, later in pairwise(after))


def test_m11_the_spilled_beers_victim_comes_back() -> None:
    spilled = replay(story("spilled-beer").history)
    spill = next(one for one in spilled.contributions if one.touchpoint == "spill-1")
    assert spill.delta < 0 < spilled.trust - spill.before


def test_m12_good_customers_know_that_everybody_errs() -> None:
    share = [1 - trust(history, failure(3700, 0.5)) / trust(history, day=3700) for history in (years(10), years(0.2, start=3600))]
    assert share[0] < share[1]


def test_m13_expectations_drawn_out_and_risks_disclosed_soften_a_miss() -> None:
    def after(elicited: bool, disclosed: bool) -> float:
        promise = touchpoint(END, "promise_made", promise="p", level=0.8, elicited=elicited)
        risk = [touchpoint(END + 1, "risk_disclosed", topic="dust", severity=0.8)] if disclosed else []
        missed = touchpoint(END + 9, "delivery", promise="p", delivered=0.4, topic="dust")
        return trust(GOOD, promise, risk, missed) - trust(GOOD, promise, risk, day=END + 9)

    assert after(True, True) > after(True, False) > after(False, False)
    foretold = [touchpoint(END, "risk_disclosed", topic="dust", severity=0.8)]
    assert trust(GOOD, foretold, failure(END + 1, 0.6, topic="dust")) > trust(GOOD, foretold, failure(END + 1, 0.6, topic="noise"))


def test_m14_an_unmasked_deception_leaves_a_scar_for_good() -> None:
    facts = replay(story("unmasked").history)
    exposed = next(one for one in facts.contributions if one.kind == "deception_exposed")
    later = years(20, 1.0, start=END + 20)
    lie = touchpoint(END, "deception_exposed", severity=0.5, episode="e")
    assert facts.trust < exposed.before
    assert trust(GOOD, lie, steps(END + 1), later) < trust(GOOD, day=END)


def test_m15_an_open_failure_left_unanswered_keeps_costing() -> None:
    failed = [GOOD, failure(END, 0.6)]
    waiting = [trust(*failed, day=END + day) for day in (0, 30, 90, 300)]
    assert waiting == sorted(waiting, reverse=True) and len(set(waiting)) == 4
    answered = trust(*failed, steps(END, "acknowledge"), day=END + 300) - trust(*failed, steps(END, "acknowledge"), day=END)
    assert waiting[3] - waiting[0] < answered == 0


def test_m16_sometimes_nobody_is_at_fault() -> None:
    after = [trust(GOOD, failure(END, 0.6, cause=cause)) for cause in ("customer", "exogenous", "organisation")]
    assert trust(GOOD, day=END) == after[0] > after[1] > after[2]
    helped = [failure(END, 0.6, cause="customer"), *steps(END + 1, "help")]
    assert trust(GOOD, helped) > trust(GOOD, day=END + 1)
    assert trust(GOOD, failure(END, 0.6, stable=True)) < after[2]


def test_m17_honest_talk_along_the_way_softens_the_end() -> None:
    honest, silent = (replay(story(name).history).trust for name in ("honest-course", "silent-course"))
    assert honest > silent

    def miss(*talks: bool) -> float:
        talks_held = [touchpoint(END + day, "check_in_held", course_corrected=corrected) for day, corrected in enumerate(talks)]
        return trust(GOOD, talks_held, touchpoint(END + 9, "delivery", promised=0.8, delivered=0.2)) - trust(GOOD, talks_held, day=END + 9)

    assert miss(True) > miss(False) > miss()
    assert miss(True, True) > miss(True)


def test_m18_an_engagement_has_an_agreed_end() -> None:
    talked = [GOOD, touchpoint(END, "check_in_held", course_corrected=True)]
    closed = [*talked, touchpoint(END + 1, "engagement_completed")]
    missed = touchpoint(END + 9, "delivery", promised=0.8, delivered=0.2)
    assert trust(*closed) == trust(*talked, day=END + 1)
    assert trust(*closed, missed) < trust(*talked, missed)


def test_m19_hearsay_and_references_are_the_first_trust() -> None:
    after = [trust(touchpoint(0, "relationship_opened", origin=origin, strength=1.0)) for origin in ("stranger", "reputation", "referral")]
    assert trust([]) == after[0] < after[1] < after[2]
    late = touchpoint(END, "relationship_opened", origin="referral", strength=1.0)
    assert trust(GOOD, late) == trust(GOOD, day=END)


def test_m20_no_volume_of_trifles_in_a_day_buys_trust() -> None:
    trifles = [contact(number / 1000, 0.1) for number in range(900)]
    assert trust(trifles) < 0.6
    assert trust(trifles) < trust([contact(10.0 * number, 0.1) for number in range(200)])


def test_m21_the_organisations_trust_in_the_customer_is_kept_apart() -> None:
    paid = [touchpoint(day, "delivery", promised=0.5, delivered=1.0, by="customer") for day in (1.0, 30.0, 60.0)]
    unpaid = failure(90, 0.6, by="customer")
    start, paid_up, broken = replayed(GOOD, day=END), replayed(GOOD, paid, day=END), replayed(GOOD, paid, unpaid, day=END)
    assert start.trust == paid_up.trust == broken.trust
    assert start.parties.customer.trust < paid_up.parties.customer.trust > broken.parties.customer.trust
    made_good = [touchpoint.model_copy(update={"by": "customer"}) for touchpoint in steps(91)]
    mended = replayed(GOOD, paid, unpaid, made_good, day=END)
    assert mended.parties.customer.trust >= paid_up.parties.customer.trust
    assert mended.parties.institution == start.parties.institution


def test_m22_a_recovered_crisis_raises_the_bond_with_the_person() -> None:
    known = years(2, 0.6, "anna")
    crisis = [failure(END, 0.4, representative="anna"), *steps(END + 1)]
    before, after = replayed(known, day=END + 3).parties, replayed(known, crisis, day=END + 3).parties
    assert after.representatives["anna"].goodwill is not None and before.representatives["anna"].goodwill is not None
    assert after.representatives["anna"].goodwill > before.representatives["anna"].goodwill


def test_m23_an_unintroduced_manager_loses_the_bond() -> None:
    known = years(5, 0.7, "anna")
    handed = [
        trust(known, touchpoint(2000, "handover_made", from_representative="anna", to_representative="ugo", introduction=introduction))
        for introduction in ("none", "cold", "warm")
    ]
    assert handed[0] < handed[1] < handed[2] <= trust(known, day=2000)
    assert trust(known, touchpoint(2000, "representative_left", representative="anna")) == handed[0]
    assert trust(known, touchpoint(2000, "representative_assigned", representative="ugo")) == handed[0]
    back = [contact(1990, 0.5, "ugo"), touchpoint(2000, "handover_made", from_representative="anna", to_representative="ugo")]
    assert trust(known, back) > handed[0]


def test_m24_betrayed_by_the_bank_itself() -> None:
    known = years(5, 0.7, "anna")
    cold = failure(2000, 0.8, "benevolence", representative="ugo")
    before, after = replayed(known, day=2000).parties, replayed(known, cold).parties
    assert after.institution.trust < 0.7 * before.institution.trust
    assert after.representatives["anna"] == before.representatives["anna"]


@pytest.mark.parametrize("length", [0.1, 1, 5, 20])
def test_m25_one_terrible_experience_ends_everything(length: float) -> None:
    assert trust(years(length), failure(9000, 1.0, "benevolence")) < 0.35


def test_m26_treated_as_a_number_hurts_the_more_the_longer_the_history() -> None:
    lost = []
    for length in (0.0, 0.5, 2, 10):
        history = years(length, start=3650 - 365 * length)
        lost.append(1 - trust(history, touchpoint(3700, "interaction", recognised=False)) / trust(history, day=3700))
    assert lost == sorted(lost) and lost[0] == 0 and lost[-1] > 0.2


def test_m27_the_wish_to_leave_jumps_at_once() -> None:
    before, after = replayed(GOOD, day=END), replayed(GOOD, failure(END, 0.6, "benevolence"))
    assert after.exit_risk > before.exit_risk + 0.3
    recovered = replayed(GOOD, failure(END, 0.6, "benevolence"), steps(END + 1), day=END + 2)
    cooled = replayed(GOOD, failure(END, 0.6, "benevolence"), steps(END + 1), day=END + 2000)
    assert before.exit_risk < cooled.exit_risk < recovered.exit_risk


def test_m28_two_opposite_ends() -> None:
    satisfied, left = (replayed(GOOD, touchpoint(END, "relationship_ended", outcome=outcome)) for outcome in ("satisfied", "exit"))
    assert satisfied.trust == left.trust == trust(GOOD, day=END)
    assert (satisfied.state, left.state) == ("ended_satisfied", "ended_exit")
    assert satisfied.exit_risk < 0.3 < left.exit_risk
    back = replayed(GOOD, touchpoint(END, "relationship_ended"), touchpoint(END + 9, "relationship_resumed"))
    assert not back.state.startswith("ended") and back.exit_risk < 0.3


def test_m29_promised_delivered_perceived() -> None:
    after = [trust(GOOD, touchpoint(END, "delivery", promised=promised, delivered=0.6)) for promised in (0.3, 0.6, 0.9)]
    assert after == sorted(after, reverse=True) and len(set(after)) == 3
    seen, unseen = (trust(GOOD, touchpoint(END, "delivery", promised=0.6, delivered=0.9, perceived=level)) for level in (0.9, 0.3))
    assert seen > unseen


def test_m30_silence_after_a_failure_is_no_satisfaction() -> None:
    failed = [GOOD, failure(END, 0.6)]
    soon, later = replayed(*failed, day=END), replayed(*failed, day=END + 700)
    assert later.trust < soon.trust
    assert later.confidence < soon.confidence
    facts = replay(story("silent-customer").history)
    peak = max(one.after for one in facts.contributions)
    assert facts.trust < peak - 0.05 and facts.exit_risk == 1.0
    assert not any(one.kind == "complaint_voiced" for one in facts.contributions)


def test_m31_a_complaint_is_voice() -> None:
    failed, complaint = [GOOD, failure(END, 0.6)], touchpoint(END + 1, "complaint_voiced", episode="e", severity=0.9)
    assert trust(*failed, complaint) == trust(*failed, day=END + 1)
    assert trust(*failed, complaint, day=END + 300) > trust(*failed, day=END + 300)
    assert replayed(*failed, complaint).confidence > replayed(*failed, day=END + 1).confidence


def test_m32_declining_costs_nothing_and_failing_does() -> None:
    declined, accepted = (replay(story(name).history) for name in ("declined-engagement", "accepted-engagement"))
    refusal = next(one for one in declined.contributions if one.kind == "engagement_declined")
    assert refusal.delta == 0
    assert declined.trust > accepted.trust + 0.1


def test_m33_what_is_not_explained_is_perceived_as_less() -> None:
    """Unclear communication: the same delivery, understood and not."""
    clear, unclear = (trust(GOOD, touchpoint(END, "delivery", promised=0.7, delivered=0.8, perceived=level)) for level in (0.8, 0.4))
    assert clear > trust(GOOD, day=END) > unclear


def test_m34_weak_signals_are_recorded_with_little_certainty() -> None:
    sure, weak, null = (trust(GOOD, touchpoint(END, "interaction", benevolence=-0.5, certainty=certainty)) for certainty in (1.0, 0.3, 0.0))
    assert sure < weak < null == trust(GOOD, day=END)
    calm, warned = replayed(GOOD, day=END), replayed(GOOD, touchpoint(END, "word_of_mouth_heard", valence=-0.8, certainty=0.2))
    assert (warned.trust, warned.state) == (calm.trust, calm.state)
    assert warned.confidence < calm.confidence and warned.exit_risk > calm.exit_risk


def test_every_mechanism_has_its_replay() -> None:
    named = {name.split("_")[1] for name in vars(sys.modules[__name__]) if name.startswith("test_m")}
    assert named == {f"m{number:02}" for number in range(1, 35)}
