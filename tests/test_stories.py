"""The bundled stories show what they were written to show."""

import pytest

from journey import History
from journey_cli.stories import NAMES, story
from journey_projections import Contribution, Replay, replay
from journey_projections.rules.rule_set import EXIT_LINE


def turning_point(result: Replay) -> Contribution:
    return min((one for one in result.contributions if one.touchpoint), key=lambda one: one.delta)


@pytest.mark.parametrize("name", NAMES)
def test_every_story_is_a_plausible_history(name: str) -> None:
    tale = story(name)
    assert tale.title and tale.summary and tale.lesson
    notes = [touchpoint.note for touchpoint in tale.history if touchpoint.note]
    assert len(notes) > len(tale.history) / 2
    assert len(set(notes)) == len(notes)
    assert bool(tale.counterfactual) == bool(tale.counterfactual_words)


def test_the_cold_meeting_ends_ten_good_years() -> None:
    tale = story("cold-meeting")
    facts = replay(tale.history)
    turn = turning_point(facts)
    span = tale.history.records[-1].touchpoint.occurred_at - tale.history.records[0].touchpoint.occurred_at
    assert len(tale.history) >= 100
    assert span.days > 3650
    assert turn.kind == "interaction"
    assert turn.before >= 0.80
    assert turn.after < EXIT_LINE
    assert facts.state == "ended_exit"
    assert turn.touchpoint == "meeting-131"


def test_the_damage_of_the_cold_meeting_began_with_the_handover() -> None:
    facts = replay(story("cold-meeting").history)
    handover = next(one for one in facts.contributions if one.touchpoint == "handover-2")
    card = next(one for one in facts.contributions if one.touchpoint == "card-68")
    assert handover.delta < -0.03
    assert handover.delta < card.delta


def test_a_warm_introduction_would_have_kept_her() -> None:
    otherwise = story("cold-meeting").otherwise
    assert otherwise is not None
    assert replay(otherwise).trust >= 0.75
    assert replay(otherwise).state == "communal"


def test_the_card_problem_deepened_the_bond() -> None:
    tale = story("cold-meeting").history
    failure = next(one for one in tale if one.kind == "failure_occurred" and one.episode == "card-2019")
    closed = next(one for one in tale if one.kind == "episode_closed" and one.episode == "card-2019")
    spared = tale.as_of(closed.occurred_at)
    for touchpoint in tale:
        if touchpoint.episode == "card-2019" and touchpoint.id in spared:
            spared = spared.without(touchpoint.id)
    before = replay(tale, at=failure.occurred_at).contributions[-1].before
    assert replay(tale, at=closed.occurred_at).trust > before
    assert replay(tale, at=closed.occurred_at).trust > replay(spared).trust
    assert replay(tale, at="2024-01-31").trust > replay(_without(tale, "card-2019"), at="2024-01-31").trust


def test_an_average_does_not_twitch_at_the_cold_meeting() -> None:
    qualities = [one.benevolence for one in story("cold-meeting").history if one.kind == "interaction" and one.benevolence is not None]
    at = next(number for number, quality in enumerate(qualities) if quality < 0)
    before, after = (sum(some) / len(some) for some in (qualities[:at], qualities[: at + 1]))
    assert before - after < 0.03


def test_the_discount_is_not_what_brings_the_spilled_beers_victim_back() -> None:
    tale = story("spilled-beer")
    facts, otherwise = replay(tale.history), tale.otherwise
    assert otherwise is not None
    assert abs(replay(otherwise).trust - facts.trust) < 0.005
    spill = next(one for one in facts.contributions if one.touchpoint == "spill-1")
    assert facts.trust > spill.before
    recovered = next(one for one in facts.contributions if one.kind == "recovery_step_taken" and one.cause == "full_recovery_vouches")
    assert recovered.after >= spill.before


def _without(history: History, episode: str) -> History:
    for touchpoint in history:
        if touchpoint.episode == episode:
            history = history.without(touchpoint.id)
    return history


def test_the_crisis_faced_leaves_more_trust_than_no_crisis() -> None:
    assert replay(story("crisis-tested").history).trust > replay(_without(story("crisis-tested").history, "flood-2023")).trust


def test_the_same_crisis_hidden_ends_the_relationship() -> None:
    tested, hidden = story("crisis-tested").history, story("crisis-hidden").history
    flood = next(place for place, one in enumerate(tested) if one.kind == "failure_occurred")
    assert list(tested)[: flood + 1] == list(hidden)[: flood + 1]
    facts = replay(hidden)
    assert facts.trust < EXIT_LINE < replay(tested).trust
    assert turning_point(facts).kind == "response_failed"
    assert replay(hidden).exit_risk == 1.0


def test_the_silent_customers_exit_risk_tells_what_trust_alone_did_not() -> None:
    warned = replay(story("silent-customer").history, at="2022-05-31")
    assert warned.trust > EXIT_LINE
    assert warned.exit_risk > 0.5 > (1 - warned.trust) ** 2  # what a customer of that trust with no misses behind her would risk
    assert warned.state == "damaged"


def test_the_same_work_is_worth_more_where_the_bakers_were_told() -> None:
    honest, silent = (story(name).history for name in ("honest-course", "silent-course"))
    shared = {one.id for one in honest} & {one.id for one in silent}
    assert {"flue-1", "oven-1", "counter-1", "reopening-1"} <= shared
    assert replay(honest).trust > replay(honest, at="2023-03-07T08:00Z").trust > EXIT_LINE > replay(silent).trust
    assert turning_point(replay(silent)).touchpoint == "found-1"


def test_the_excuse_and_the_silence_after_it_cost_most() -> None:
    facts = replay(story("accepted-engagement").history)
    at = next(place for place, one in enumerate(facts.contributions) if one.touchpoint == "deflected-1")
    silence = facts.contributions[at + 1]
    assert silence.words.startswith("time passed: failure `wages-at`")
    assert turning_point(facts).touchpoint == "deflected-1"
    late = [one.delta for one in facts.contributions if one.touchpoint == "company-1" or "`villach`" in one.words]
    assert facts.contributions[at].delta + silence.delta < sum(late)


def test_a_deception_stays_one() -> None:
    facts = replay(story("unmasked").history)
    unmasked = turning_point(facts)
    assert unmasked.kind == "deception_exposed"
    assert unmasked.after < facts.trust < unmasked.before
