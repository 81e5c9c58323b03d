"""Histories that once gave a trust nobody would give, each with its story."""

import pytest
from short_histories import STEPS, bad, contact, failure, replayed, steps, touchpoint, trust

from journey import Touchpoint
from journey.testing import at_day

GOOD = [contact(2.0 * number, 0.6) for number in range(20)]
END = 40.0


def evidence(day: float, **fields: object) -> Touchpoint:
    return touchpoint(day, "evidence_emerged", episode="k", **fields)


def test_recovering_a_trifle_leaves_another_failures_recovery_possible() -> None:
    two = [GOOD, failure(END, 0.1, episode="k1"), failure(END, 1.0, "benevolence", "k2")]
    only = trust(*two, steps(END + 1, episode="k2"), day=END + 3)
    both = trust(*two, steps(END + 1, episode="k1"), steps(END + 2, episode="k2"), day=END + 3)
    assert both >= only > trust(*two, day=END + 3) + 0.2


@pytest.mark.parametrize("emptied", [{"size": 0.0}, {"certainty": 0.0}])
def test_steps_that_are_worth_nothing_vouch_for_nothing(emptied: dict[str, float]) -> None:
    two = [GOOD, failure(END, 1.0, "benevolence", "k2"), failure(END + 1, 0.05, episode="k1")]
    taken = [touchpoint.model_copy(update=emptied) for touchpoint in steps(END + 1.5, episode="k1")]
    assert trust(*two, taken, day=END + 2) == trust(*two, day=END + 2)


def test_a_recovered_trifle_does_not_speak_for_a_grave_failure() -> None:
    grave = [GOOD, failure(END, 1.0, "benevolence", "grave")]
    small = [failure(END + 1, 0.05, episode="small"), *steps(END + 2, episode="small")]
    assert trust(*grave, small, day=END + 3) < trust(*grave, day=END + 3) + 0.05


def test_recovering_a_trifle_does_not_undo_years_of_neglect() -> None:
    neglected = [GOOD, failure(END, 1.0, episode="k2")]
    small = [failure(END + 1828, 0.05, episode="k1"), *steps(END + 1829, episode="k1")]
    assert trust(*neglected, small, day=END + 1830) < trust(*neglected, day=END + 1830) + 0.02


def test_a_trifle_does_not_forfeit_a_recovery_in_progress() -> None:
    failed = [GOOD, failure(END, 0.6, "benevolence", "k"), steps(END + 1, "acknowledge", episode="k")]
    slip = touchpoint(END + 1.5, "interaction", competence=-0.001, episode="k")
    rest = steps(END + 2, *STEPS[1:], episode="k")
    assert trust(*failed, slip, rest, day=END + 3) == pytest.approx(trust(*failed, rest, day=END + 3), abs=0.001)


def test_a_deception_that_nobody_is_sure_of_costs_next_to_nothing() -> None:
    before = trust(GOOD, day=END)
    assert trust(GOOD, touchpoint(END, "deception_exposed", certainty=0.0)) == before
    assert trust(GOOD, touchpoint(END, "deception_exposed", severity=0.0)) == before
    assert before - trust(GOOD, touchpoint(END, "deception_exposed", certainty=0.01)) < 0.02


def test_a_weak_step_does_not_bar_the_real_one() -> None:
    failed = [GOOD, failure(END, 0.6, "benevolence", "k")]
    weak = [touchpoint.model_copy(update={"certainty": 0.05}) for touchpoint in steps(END + 0.5, episode="k")]
    sure = [touchpoint.model_copy(update={"id": f"sure-{touchpoint.id}"}) for touchpoint in steps(END + 1, episode="k")]
    assert trust(*failed, weak, sure, day=END + 3) >= trust(*failed, sure, day=END + 3) - 0.001


def test_the_customers_steps_are_not_the_organisations() -> None:
    failed = [GOOD, failure(END, 0.6, "benevolence", "k")]
    theirs = [touchpoint.model_copy(update={"by": "customer"}) for touchpoint in steps(END + 1, episode="k")]
    assert trust(*failed, theirs, day=END + 3) == trust(*failed, day=END + 3)
    owed = [GOOD, failure(END, 0.8, "benevolence", "k", by="customer")]
    ours = replayed(*owed, steps(END + 1, episode="k"), day=END + 3)
    assert ours.parties.customer == replayed(*owed, day=END + 3).parties.customer


def test_evidence_that_nobody_believes_changes_nothing() -> None:
    failed = [GOOD, failure(END, 0.6, "benevolence", "k")]
    rumour = evidence(END + 0.5, verdict="innocent", certainty=0.0)
    assert trust(*failed, rumour, steps(END + 1, episode="k"), day=END + 3) == trust(*failed, steps(END + 1, episode="k"), day=END + 3)
    denied = [*failed, bad(END + 0.2, "denied", episode="k")]
    assert trust(*denied, rumour, day=END + 1) == trust(*denied, day=END + 1)


def test_closing_a_failure_pays_no_trust_back_to_the_referred() -> None:
    opened = touchpoint(0, "relationship_opened", origin="referral", strength=1.0)
    wronged = [opened, failure(1, 1.0, "benevolence", "k"), touchpoint(1, "recovery_step_taken", step="compensate", size=0.01, episode="k")]
    assert trust(*wronged, failure(2, 0.05, episode="k")) < trust(*wronged, day=2)
    gestures = [touchpoint(2.0 + number, "gesture_made", size=0.3) for number in range(12)]
    gains = [one.delta for one in replayed(*wronged, gestures).contributions if one.kind == "gesture_made"]
    assert max(gains) < 0.01


def test_a_relationship_opens_once() -> None:
    opened = [touchpoint(day, "relationship_opened", origin="referral", strength=1.0) for day in (1, 2)]
    assert trust(opened) == pytest.approx(trust(opened[:1], day=2))
    assert trust([touchpoint(0, "note_added"), *opened]) == trust(opened)


def test_declining_with_reasons_leaves_an_episode_as_it_was() -> None:
    failed = [GOOD, failure(END, 0.6, "benevolence", "k", representative="anna")]
    declined = touchpoint(END + 0.5, "engagement_declined", episode="k")
    recovered = steps(END + 1, episode="k")
    assert trust(*failed, declined, recovered, day=END + 3) == trust(*failed, recovered, day=END + 3)


def test_an_episode_of_two_actors_is_recovered_for_both() -> None:
    both = [failure(END, 0.3, episode="k", representative="anna"), failure(END, 0.3, "benevolence", "k", representative="bob")]
    result = replayed(GOOD, both, steps(END + 1, episode="k"))
    assert sorted((one.representative, one.restored, one.is_open) for one in result.episodes) == [("anna", 1.0, False), ("bob", 1.0, False)]


def test_ones_own_disaster_is_not_nobodys_for_a_trifle_that_was() -> None:
    own = failure(END, 1.0, episode="k")
    excuse = failure(END + 0.1, 0.05, "competence", "k", cause="exogenous")
    assert trust(GOOD, own, excuse, steps(END + 1, episode="k"), day=END + 3) <= trust(GOOD, day=END + 3)


def test_a_failure_told_in_two_parts_is_no_recurrence_of_itself() -> None:
    once = [failure(END, 0.2, episode="k"), *steps(END + 1, episode="k")]
    twice = [failure(END, 0.2, episode="k"), failure(END + 0.1, 0.05, episode="k"), *steps(END + 1, episode="k")]
    assert trust(GOOD, twice, day=END + 3) >= trust(GOOD, once, day=END + 3) - 0.001


def test_steps_for_a_trifle_do_not_count_for_what_came_after() -> None:
    early = [failure(END, 0.1, episode="k"), *steps(END + 0.1, *STEPS[1:], episode="k")]
    grave = [*early, failure(END + 1, 0.9, "benevolence", "k"), *steps(END + 2, "acknowledge", episode="k")]
    assert trust(GOOD, grave, day=END + 3) < 0.7 * trust(GOOD, day=END + 3)


def test_one_trifle_does_not_close_a_fresh_insult() -> None:
    calm = [touchpoint(END, "interaction", competence=-0.2), *(contact(END + 0.1 + number, 0.05) for number in range(9))]
    insulted = [*calm, touchpoint(END + 9.5, "interaction", benevolence=-0.9), contact(END + 9.6, 0.05)]
    assert any(one.is_open for one in replayed(GOOD, insulted).episodes)


def test_a_miss_just_outside_the_zone_gains_nothing() -> None:
    assert trust(GOOD, touchpoint(END, "delivery", promised=0.6, delivered=0.49)) < trust(GOOD, day=END)


def test_an_episode_of_the_first_touchpoint_is_reported() -> None:
    (episode,) = replayed(failure(0, 0.3, episode="k"), steps(1, episode="k")).episodes
    assert (episode.episode, episode.is_open, episode.restored) == ("k", False, 1.0)


def test_a_declining_stranger_is_charged_once() -> None:
    refused = touchpoint(END, "engagement_declined", reasons_given=False, representative="anna")
    parties = replayed(GOOD, refused).parties
    assert parties.representatives["anna"].trust == pytest.approx(parties.institution.trust, abs=0.02)


def test_what_good_conduct_outlived_can_still_be_made_good() -> None:
    failed = [GOOD, failure(END, 0.6, "benevolence", "k")]
    outlived = [*failed, [contact(END + 1 + number, 0.2) for number in range(12)]]
    late = END + 14
    assert not any(one.is_open for one in replayed(*outlived).episodes)
    for answer in (steps(late, episode="k"), [evidence(late, verdict="innocent")]):
        assert trust(*outlived, answer, day=late + 1) > trust(*outlived, day=late + 1) + 0.05
    assert trust(*outlived, evidence(late, verdict="innocent")) > 0.99 * trust(GOOD, day=late)
    gains = [one.delta for one in replayed(*outlived, contact(late, 0.6)).contributions]
    assert gains[-1] > 0


def test_a_handover_leaves_the_levels_that_an_acquaintance_earned() -> None:
    known = [contact(2.0 * number, 0.6, ("bob", "anna")[number % 2]) for number in range(20)]
    handed = touchpoint(END, "handover_made", from_representative="anna", to_representative="bob")
    before, after = replayed(known, day=END), replayed(known, handed)
    assert after.parties == before.parties
    assert after.trust < before.trust
    earned = [contact(END + 2 * number, 0.6, "bob") for number in range(1, 40)]
    assert trust(known, handed, earned) > before.trust


@pytest.mark.parametrize("quality", [-0.5, -0.1, 0.0])
def test_a_bad_act_in_an_empty_chair_raises_nothing(quality: float) -> None:
    known = [contact(2.0 * number, 0.8, ("anna", "bob")[number % 2]) for number in range(20)]
    left = [known, touchpoint(END, "representative_left", representative="anna")]
    assert trust(*left, contact(END + 1, quality, "bob")) <= trust(*left, day=END + 1)


def test_a_good_act_of_somebody_distrusted_does_not_fill_an_empty_chair() -> None:
    known = [*(contact(2.0 * number, 0.8, "anna") for number in range(20)), contact(END - 1, -0.9, "bob")]
    left = [known, touchpoint(END, "representative_left", representative="anna")]
    assert trust(*left, contact(END + 1, 0.1, "bob")) >= trust(*left, day=END + 1)


def test_guilt_that_is_told_twice_costs_once() -> None:
    denied = [GOOD, failure(END, 0.5, "integrity", "k"), bad(END + 1, "denied", episode="k")]
    once, again = evidence(END + 2, verdict="guilty"), evidence(END + 3, verdict="guilty")
    assert trust(*denied, once, again, day=END + 3) == trust(*denied, once, day=END + 3)
    hunch = evidence(END + 1.5, verdict="guilty", certainty=0.4)
    assert trust(*denied, hunch, once, day=END + 3) == pytest.approx(trust(*denied, once, day=END + 3), abs=0.01)


def test_the_latest_verdict_holds() -> None:
    denied = [GOOD, failure(END, 0.5, "integrity", "k"), bad(END + 1, "denied", episode="k")]
    guilty, innocent = evidence(END + 2, verdict="guilty"), evidence(END + 3, verdict="innocent")
    assert trust(*denied, guilty, innocent) == pytest.approx(trust(*denied, innocent), abs=0.001)
    revoked = evidence(END + 4, verdict="guilty")
    assert trust(*denied, innocent, revoked) == pytest.approx(trust(*denied, guilty, day=END + 4), abs=0.01)


@pytest.mark.parametrize("who", ["ugo", "bob"])
def test_an_assignment_and_a_warm_introduction_at_one_instant_are_one(who: str) -> None:
    known = [contact(2.0 * number, 0.6, "anna" if number % 4 else "bob") for number in range(1, 20)]
    handed = touchpoint(END, "handover_made", from_representative="anna", to_representative=who, introduction="warm")
    assigned = touchpoint(END, "representative_assigned", representative=who)
    earlier, later = (assigned.model_copy(update={"sequence": sequence}) for sequence in (-1, 1))
    alone = replayed(known, handed)
    for both in (replayed(known, earlier, handed), replayed(known, handed, later)):
        assert both.trust == pytest.approx(alone.trust, abs=1e-9)


def test_a_further_harm_in_a_partly_recovered_episode_leaves_its_recovery() -> None:
    failed = [GOOD, failure(END, 0.6, "benevolence", "k"), steps(END + 1, *STEPS[:4], episode="k")]
    further, rest = failure(END + 1.5, 0.06, episode="k"), steps(END + 2, "prevent", episode="k")
    apart = failure(END + 1.5, 0.06, episode="other")
    assert trust(*failed, further) == trust(*failed, apart)
    assert trust(*failed, further, rest) == pytest.approx(trust(*failed, apart, rest), abs=1e-9)
    assert trust(*failed, further, rest, steps(END + 3, episode="k"), day=END + 4) >= trust(*failed, rest, day=END + 4) - 0.001


def test_after_a_trifle_a_recovery_is_worth_nearly_all() -> None:
    trifle = [failure(0, 0.01, "benevolence", "old"), *steps(1, episode="old")]
    grave = [failure(END, 0.9, "benevolence", "k"), *steps(END + 1, episode="k")]
    assert trust(trifle, GOOD[2:], grave) > 0.99 * trust(GOOD[2:], grave)


def test_help_by_somebody_new_costs_nothing() -> None:
    failed = [GOOD, failure(END, 0.4, episode="k")]
    helped = [step.model_copy(update={"representative": "anna"}) for step in steps(END + 1, episode="k")]
    assert trust(*failed, helped, day=END + 2) == trust(*failed, steps(END + 1, episode="k"), day=END + 2)


def test_a_rumour_of_innocence_is_no_acknowledgement() -> None:
    failed = [GOOD, failure(END, 0.6, "benevolence", "k")]
    rumour = evidence(END + 0.5, verdict="innocent", certainty=0.01)
    rest = steps(END + 1, *STEPS[1:], episode="k")
    assert trust(*failed, rumour, rest, day=END + 2) == trust(*failed, rumour, day=END + 2)


def test_a_failure_told_in_parts_deepens_the_bond_no_more_than_told_at_once() -> None:
    once = [failure(END, 0.4, episode="k"), *steps(END + 1, episode="k")]
    parts = [*(failure(END + number / 10, 0.1 * (number + 1), episode="k") for number in range(3)), *steps(END + 1, episode="k")]
    delivered = touchpoint(END - 1, "delivery", promised=0.5, delivered=0.5, episode="k")
    assert trust(GOOD, parts, day=END + 2) <= trust(GOOD, once, day=END + 2)
    assert trust(GOOD, delivered, once, day=END + 2) > trust(GOOD, delivered, day=END + 2)


def test_a_good_name_does_not_fade_before_it_is_known() -> None:
    opened = touchpoint(400, "relationship_opened", origin="referral", strength=1.0)
    assert trust(touchpoint(0, "note_added"), opened) == trust(opened)


@pytest.mark.parametrize("severity", [0.02, 0.3, 0.8])
def test_who_has_complained_is_not_charged_twice_for_being_ignored(severity: float) -> None:
    waited = [failure(0, severity), *(contact(30.0 * number + 0.5, 0.2) for number in range(3))]
    complaint, told = touchpoint(30, "complaint_voiced", episode="e", severity=0.0), bad(61, "ignored", severity)
    silent = trust(waited, told)
    assert silent - 0.0001 < trust(waited, complaint, told) < silent + 0.01


def test_a_complaint_leaves_what_waiting_has_cost_and_spares_some_of_the_rest() -> None:
    waited = [*GOOD, failure(END, 0.6, episode="k")]
    complaint = touchpoint(END + 10, "complaint_voiced", episode="k", severity=0.5)
    assert trust(waited, complaint) == pytest.approx(trust(waited, day=END + 10), abs=1e-9)
    assert trust(waited, complaint, day=END + 60) > trust(waited, day=END + 60) + 0.01
    (episode,) = (one for one in replayed(waited, complaint, day=END + 60).episodes if one.episode == "k")
    (silent,) = (one for one in replayed(waited, day=END + 60).episodes if one.episode == "k")
    assert (episode.waits_since, episode.costs_from) == (silent.waits_since, silent.costs_from)


@pytest.mark.parametrize("contacts", [6, 60])
def test_next_to_nothing_after_a_silence_of_years_starts_no_years_anew(contacts: int) -> None:
    known = [contact(2.0 * number, 0.2) for number in range(contacts)]
    for days in (365.0, 1000.0):
        day = 2.0 * contacts + days
        kept, missed = (touchpoint(day, "delivery", promised=0.11, delivered=delivered) for delivered in (0.0101, 0.0099))
        praised = touchpoint(day, "praise_given", size=0.001)
        for later in (0.0, 365.0, 3000.0):
            assert trust(known, kept, day=day + later) == pytest.approx(trust(known, missed, day=day + later), abs=0.0005)
            assert trust(known, praised, day=day + later) == pytest.approx(trust(known, day=day + later), abs=0.0002)


def test_a_good_contact_ends_a_silence() -> None:
    heard = trust(GOOD, contact(END + 400, 0.1), day=END + 700)
    assert heard == pytest.approx(trust(GOOD, contact(END + 400, 0.1)))
    assert trust(GOOD, day=END + 700) < trust(GOOD, day=END + 400) <= heard


@pytest.mark.parametrize(("harm", "level"), [(0.79, 0.31), (0.3, 1.0), (0.9, 1.0)])
def test_a_miss_by_somebody_trusted_costs_no_less_for_coming_late(harm: float, level: float) -> None:
    known = [*(contact(2.0 * number, 0.9, "anna") for number in range(30)), bad(60, "ignored", harm, episode="other")]
    promised = touchpoint(70, "promise_made", promise="p", level=level, due=at_day(70))
    after = [trust(known, promised, delivered(70 + late, level), day=90) for late in (0.0, 0.01, 0.5, 5.0, 20.0)]
    assert after == sorted(after, reverse=True)


def test_what_comes_late_spares_no_more_than_the_silence_it_ends_later() -> None:
    known = [*(contact(2.0 * number, 0.2) for number in range(3)), touchpoint(4.5, "engagement_declined", reasons_given=False)]
    promised = touchpoint(7, "promise_made", promise="p", level=0.1001, due=at_day(7))
    prompt, late = (touchpoint(day, "delivery", promise="p", delivered=0.05, sequence=1) for day in (7, 97))
    for day in (97, 180, 300):
        assert trust(known, promised, late, day=day) <= trust(known, promised, prompt, day=day)
    assert trust(known, promised, prompt, day=3000) < trust(known, promised, late, day=3000) < trust(known, promised, prompt, day=97)
    assert trust(known, promised, late, day=3000) - trust(known, promised, prompt, day=3000) < 0.0045


def test_two_slips_that_are_no_failure_spare_a_later_miss_no_more_than_being_the_first() -> None:
    for history in ([], GOOD):
        owed = touchpoint(END, "promise_made", promise="p", level=1.0, due=at_day(END + 1))
        one = touchpoint(END + 0.9, "interaction", competence=-0.05)
        halves = [touchpoint(END + 0.9, "interaction", competence=-0.025, sequence=number) for number in (1, 2)]
        assert 0.005 < trust(history, owed, halves, day=END + 400) - trust(history, owed, one, day=END + 400) < 0.015
        assert trust(history, halves) == pytest.approx(trust(history, one), abs=1e-5)


@pytest.mark.parametrize("quality", [0.1, 0.9])
def test_delivering_a_trifle_does_not_end_the_talk_about_what_else_was_promised(quality: float) -> None:
    known = [contact(2.0 * number, quality) for number in range(60)]
    owed = touchpoint(130, "promise_made", promise="large", level=1.0, due=at_day(240))
    talk = [touchpoint(131 + 2.0 * number, "check_in_held") for number in range(10)]
    trifle = touchpoint(158, "promise_made", promise="small", level=0.05, due=at_day(158))
    prompt, late = (touchpoint(day, "delivery", promise="small", delivered=0.05, sequence=1) for day in (158, 242.9))
    without = trust(known, owed, talk, day=330)
    assert trust(known, owed, talk, trifle, prompt, day=330) == pytest.approx(without, abs=0.005)
    assert trust(known, owed, talk, trifle, late, day=330) < trust(known, owed, talk, trifle, prompt, day=330)
    again = touchpoint(331, "delivery", promise="large", delivered=0.4)
    assert trust(known, owed, talk, again) > trust(known, owed, again)


def delivered(day: float, level: float) -> Touchpoint:
    """What anna delivers on a promise of that level: next to nothing."""
    return touchpoint(day, "delivery", promise="p", delivered=0.15 * level, representative="anna", sequence=1)


def test_gestures_that_lift_no_further_leave_the_share_that_a_slight_takes() -> None:
    gestures = [touchpoint(2.0 * number, "gesture_made", size=0.2) for number in range(55)]
    shares = [1 - trust(gestures[:count], failure(109, 0.05, "benevolence")) / trust(gestures[:count], day=109) for count in (5, 52, 55)]
    assert trust(gestures[:5], day=109) < trust(gestures[:52], day=109) == trust(gestures, day=109)
    assert shares[0] < shares[1] == pytest.approx(shares[2], abs=1e-9)


def test_a_gesture_eases_what_fell_due_before_it_split_or_whole() -> None:
    owed = touchpoint(0, "promise_made", promise="p", level=0.93, due=at_day(3))
    before, after = (touchpoint(day, "gesture_made", size=0.07) for day in (3, 3.9))
    parts = [touchpoint(3 + 0.225 * number, "gesture_made", size=0.014) for number in range(5)]
    early, split, late = (trust(owed, acts, day=403) for acts in (before, parts, after))
    assert early < split < late + 1e-5


@pytest.mark.parametrize("strength", [-1.0, 1.0])
def test_an_opening_counts_only_as_the_first_fact(strength: float) -> None:
    opened = touchpoint(400, "relationship_opened", origin="reputation", strength=strength)
    assert trust(touchpoint(0, "gesture_made", by="customer"), opened) == trust([])


def test_what_nobody_believes_does_not_part_two_complaints_about_one_thing() -> None:
    complained = [touchpoint(day, "complaint_voiced", severity=0.01, episode="k") for day in (0, 0.002)]
    rumour = touchpoint(0.001, "delivery", delivered=0.0, episode="k", certainty=0.0)
    assert trust(complained[0], rumour, complained[1], day=7) == trust(*complained, day=7) < trust([])
