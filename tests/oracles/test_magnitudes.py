"""How much is too much: each rule's effect against another's, so that no rule can be twice as strong unnoticed."""

from math import log

from short_histories import bad, contact, failure, replayed, steps, touchpoint, trust, years

from journey import Touchpoint

GOOD = years(2)
END = 725.0


def test_not_being_recognised_alone_does_not_end_a_long_relationship() -> None:
    assert trust(years(10), touchpoint(3700, "interaction", recognised=False)) > 0.35


def test_most_of_a_persons_breach_reaches_the_institution() -> None:
    known = years(2, 0.6, "anna")
    before = replayed(known, day=END).parties
    after = replayed(known, failure(END, 0.6, "integrity", representative="anna")).parties
    of_firm = log(after.institution.trust / before.institution.trust)
    of_anna = log(after.representatives["anna"].trust / before.representatives["anna"].trust)
    assert 0.75 < of_firm / of_anna < 0.95


def test_late_steps_still_count_for_something() -> None:
    failed = [GOOD, failure(END, 0.6)]
    late = [trust(*failed, steps(END + 60, *names), day=END + 61) for names in (("acknowledge",), ("acknowledge", "help"))]
    assert trust(*failed, day=END + 61) < late[0] < late[1]


def test_money_restores_less_than_a_fifth_of_the_loss() -> None:
    failed = [GOOD, failure(END, 0.6)]
    paid = trust(*failed, touchpoint(END, "recovery_step_taken", step="compensate", episode="e"))
    assert paid - trust(*failed) < (trust(GOOD, day=END) - trust(*failed)) / 5


def test_an_apology_is_worth_less_than_half_an_explanation() -> None:
    failed = [GOOD, failure(END, 0.6)]
    base, sorry, explained = (trust(*failed, steps(END, "acknowledge", *more), day=END + 1) for more in ((), ("apologise",), ("explain",)))
    assert 0 < sorry - base < (explained - base) / 2


def test_the_recovery_paradox_is_small() -> None:
    """de Matos, Henrique & Rossi 2007."""
    lifted = trust(failure(0, 0.4), steps(1), day=3) - trust([])
    assert 0 < lifted < 0.01


def test_a_disaster_well_met_is_worth_less_than_a_year_of_good_contacts() -> None:
    lifted = trust(failure(0, 1.0, cause="exogenous"), steps(1), day=3) - trust([])
    assert 0.015 < lifted < (trust(years(1)) - trust([])) / 2


def test_innocence_restores_no_more_than_there_was() -> None:
    before = trust(GOOD, day=END + 2)
    for response in ([], steps(END + 1, "acknowledge"), [touchpoint(END + 1, "response_failed", manner="denied", episode="e")]):
        assert trust(GOOD, failure(END, 0.6), response, touchpoint(END + 2, "evidence_emerged", verdict="innocent", episode="e")) <= before


def test_keeping_a_promise_is_worth_less_than_a_good_contact() -> None:
    assert trust(touchpoint(0, "delivery", promised=0.5, delivered=0.5)) < trust(touchpoint(0, "interaction", competence=0.4))


def test_a_miss_costs_no_more_than_a_failure_of_its_size() -> None:
    assert trust(GOOD, touchpoint(END, "delivery", promised=0.9, delivered=0.4)) > trust(GOOD, failure(END, 0.5))


def test_a_foretold_risk_still_costs_more_than_half() -> None:
    foretold = [GOOD, touchpoint(END, "risk_disclosed", topic="dust", severity=1.0)]
    before = trust(*foretold, day=END + 1)
    assert before - trust(*foretold, failure(END + 1, 0.6, topic="dust")) > (before - trust(*foretold, failure(END + 1, 0.6))) / 2


def test_one_check_in_takes_less_than_half_of_a_miss() -> None:
    missed = touchpoint(END + 9, "delivery", promised=0.9, delivered=0.2)
    talked = [GOOD, touchpoint(END, "check_in_held", course_corrected=True)]
    assert trust(*talked, day=END + 9) - trust(*talked, missed) > (trust(GOOD, day=END + 9) - trust(GOOD, missed)) / 2


def test_a_lasting_cause_makes_a_failure_worse_by_less_than_a_third() -> None:
    before, once, lasting = trust(GOOD, day=END), trust(GOOD, failure(END, 0.5)), trust(GOOD, failure(END, 0.5, stable=True))
    assert once - lasting < (before - once) / 3


def test_no_introduction_costs_less_than_a_severe_failure() -> None:
    known = years(5, 0.7, "anna")
    handed = trust(known, touchpoint(2000, "handover_made", from_representative="anna", to_representative="ugo"))
    assert trust(known, failure(2000, 0.5, "benevolence")) < handed
    assert trust(known, day=2000) - handed < 0.1


def test_a_score_weighs_less_than_a_contact() -> None:
    assert trust(touchpoint(0, "feedback_given", score=1.0)) < trust(touchpoint(0, "interaction", benevolence=0.5))
    assert trust(GOOD, touchpoint(END, "feedback_given", score=0.0)) > trust(GOOD, touchpoint(END, "interaction", benevolence=-0.5))


def test_helping_with_the_customers_own_mistake_is_worth_less_than_a_good_contact() -> None:
    own = failure(0, 0.6, cause="customer")
    assert trust(own, steps(1, "help")) < trust(touchpoint(0, "interaction", benevolence=0.6))


def test_silence_for_ten_years_takes_less_than_a_third_of_what_was_built() -> None:
    built = trust(years(5))
    assert 0 < built - trust(years(5), day=5475) < (built - 0.5) / 3


def test_an_unexplained_refusal_costs_less_than_a_small_relational_breach() -> None:
    refused = touchpoint(END, "engagement_declined", reasons_given=False)
    assert trust(GOOD, refused) > trust(GOOD, touchpoint(END, "interaction", benevolence=-0.15))


def test_readiness_to_leave_halves_in_about_two_years() -> None:
    hurt = [GOOD, failure(END, 0.6, "benevolence"), steps(END + 1)]
    calm, fresh, later = replayed(GOOD, day=END + 3), replayed(*hurt, day=END + 3), replayed(*hurt, day=END + 723)
    assert 0.3 < (later.exit_risk - calm.exit_risk) / (fresh.exit_risk - calm.exit_risk) < 0.7
    assert fresh.exit_risk < 0.95


def test_an_unanswered_failure_costs_nothing_for_days_and_most_of_it_within_a_month() -> None:
    failed = [GOOD, failure(END, 0.6)]
    at_once, soon, month, year = (trust(*failed, day=END + days) for days in (0, 2, 30, 365))
    assert at_once == soon
    assert 0.8 * (at_once - year) < at_once - month < at_once - year
    assert year >= trust(*failed, bad(END, "ignored", 0.6), day=END + 365)


def test_a_little_of_an_older_grievance_is_given_back() -> None:
    old = [GOOD, failure(END, 0.6, "integrity", "old")]
    vouched = trust(*old, failure(END + 30, 0.3), steps(END + 31), day=END + 40)
    assert 0.001 < vouched - trust(*old, day=END + 40) < 0.01


def test_even_after_a_hundred_severe_breaches_the_next_still_counts() -> None:
    ruined = [failure(number, 1.0, "integrity", f"e{number}", representative="anna") for number in range(100)]
    cold, clumsy = (trust(ruined, failure(100, 0.3, breach, "z")) for breach in ("benevolence", "competence"))
    assert 0 < cold < clumsy < trust(ruined, day=100)


def test_a_day_of_perfect_contacts_is_worth_no_more_than_two() -> None:
    day = [contact(number / 100, 1.0) for number in range(100)]
    assert trust(day) < trust([contact(0, 1.0), contact(5, 1.0), contact(10, 1.0)])


def test_a_bad_response_harms_less_than_an_unrelated_breach_and_a_half_again() -> None:
    failed = [GOOD, failure(END, 0.5)]
    before = trust(*failed, day=END + 1)
    second, unrelated = (trust(*failed, bad(END + 1, "ignored", 0.5, episode)) for episode in ("e", "another"))
    assert 1.1 < log(second / before) / log(unrelated / before) < 1.6


def test_a_grave_deception_leaves_room_for_two_thirds_of_the_trust_it_betrayed() -> None:
    scarred = [GOOD, touchpoint(END, "deception_exposed", severity=1.0, episode="e"), steps(END + 1), years(40, 1.0, start=END + 20)]
    assert 0.65 < trust(*scarred) / trust(GOOD, day=END) < 0.8


def test_what_is_graver_or_more_urgent_may_wait_less_long() -> None:
    def has_begun_to_cost(asked: Touchpoint, days: float) -> bool:
        return trust(GOOD, asked, day=END + days) < trust(GOOD, asked)

    assert [has_begun_to_cost(failure(END, severity), 2.5) for severity in (0.1, 0.5, 1.0)] == [False, False, True]
    requests = [touchpoint(END, "request_made", urgency=urgency) for urgency in (0.1, 0.5, 1.0)]
    assert [has_begun_to_cost(request, 4.0) for request in requests] == [False, False, True]
    assert all(has_begun_to_cost(request, 5.0) for request in requests)


def test_an_unanswered_request_costs_no_more_than_a_breach_half_as_severe_as_can_be() -> None:
    asked = trust(GOOD, touchpoint(END, "request_made", urgency=1.0), day=END + 300)
    assert asked > 0.95 * trust(GOOD, touchpoint(END, "interaction", benevolence=-0.5), day=END + 300)


def test_a_step_that_was_wrung_out_is_worth_more_than_half_of_one_given_freely() -> None:
    failed = [GOOD, failure(END, 0.6)]
    freely = steps(END, "acknowledge", "admit", "help")
    forced = [one.model_copy(update={"voluntary": False}) for one in freely]
    unmet, wrung_out, given = (trust(*failed, taken, day=END + 1) for taken in ([], forced, freely))
    assert 0.5 < (wrung_out - unmet) / (given - unmet) < 0.9


def test_a_failure_that_is_told_costs_three_quarters_of_one_noticed_at_once_or_more() -> None:
    told = [failure(END - 1, 0.5, noticed=False), touchpoint(END, "failure_noticed", episode="e", through="told")]
    before = trust(GOOD, day=END)
    assert 0.75 < (before - trust(GOOD, told)) / (before - trust(GOOD, failure(END, 0.5))) < 0.9


def test_speaking_first_makes_the_same_steps_worth_a_tenth_more() -> None:
    def restored(complained: float) -> float:
        voiced = touchpoint(END + complained, "complaint_voiced", episode="e", severity=0.5)
        (episode,) = replayed(GOOD, failure(END, 0.6), voiced, steps(END + 0.2, "acknowledge", "help"), day=END + 1).episodes
        return episode.restored

    assert 1.05 < restored(0.9) / restored(0.1) < 1.15


def test_what_a_bad_start_cost_is_restored_in_the_greater_part_and_not_whole() -> None:
    (episode,) = replayed(GOOD, failure(END, 0.3, "benevolence"), bad(END + 1, "deflected", 0.3), steps(END + 2)).episodes
    assert 0.8 < episode.restored < 0.98


def test_innocence_takes_back_no_other_alarm() -> None:
    hurt = [GOOD, failure(END, 0.6, "benevolence", "real")]
    charged = [failure(END + 1, 0.5, "integrity", "false"), touchpoint(END + 2, "evidence_emerged", verdict="innocent", episode="false")]
    assert abs(replayed(*hurt, charged).exit_risk - replayed(*hurt, day=END + 2).exit_risk) < 0.02


def test_a_newcomer_earns_most_of_the_bond_in_forty_good_contacts() -> None:
    known = years(2, 0.6, "anna")
    handed = touchpoint(END, "handover_made", from_representative="anna", to_representative="ugo")
    later = [contact(END + 2 * number, 0.9, "ugo") for number in range(1, 41)]
    firm = replayed(known, handed, later)
    assert 1 - firm.trust / firm.parties.institution.trust < (1 - trust(known, handed) / trust(known, day=END)) / 3
