"""What nobody did counts: sentences of the founding essays as small histories, one test each, by orders and states.

Behind each lie 24 monthly contacts, of competence .5 and benevolence .6; behind the insults ten years of them.
"""

import pytest
from short_histories import STEPS, bad, failure, replayed, steps, touchpoint, trust

from journey import Touchpoint
from journey.testing import at_day
from journey_projections.rules.rule_set import EXIT_LINE

END = 725.0


def contacts(months: int = 24) -> list[Touchpoint]:
    return [touchpoint(30.0 * month, "interaction", competence=0.5, benevolence=0.6) for month in range(months)]


BASE, DECADE = contacts(), contacts(120)
LATE = 3605.0
"""A day after those ten years."""


def test_m15_m30_silence_after_a_failure_is_the_second_failure() -> None:
    failed = [BASE, failure(END, 0.5)]
    at_once, month, year = (replayed(*failed, day=END + days) for days in (0, 30, 365))
    ignored = replayed(*failed, bad(END, "ignored"), day=END + 365)
    assert at_once.trust > month.trust > year.trust >= ignored.trust
    assert year.trust - ignored.trust < 0.01 < month.trust - year.trust < (at_once.trust - month.trust) / 4
    assert (at_once.state, month.state, year.state, ignored.state) == ("transitional", "damaged", "damaged", "damaged")
    assert at_once.exit_risk < 0.5 < month.exit_risk


def test_m31_who_complains_waits_for_an_answer() -> None:
    complaint = touchpoint(END, "complaint_voiced", severity=0.8, episode="c")
    calm, unanswered = replayed(BASE, day=END + 365), replayed(BASE, complaint, day=END + 365)
    answered = replayed(BASE, complaint, steps(END + 1, "acknowledge", "help", episode="c"), day=END + 365)
    assert trust(BASE, complaint) == trust(BASE, day=END)
    assert unanswered.trust < answered.trust <= calm.trust
    assert (calm.state, answered.state, unanswered.state) == ("communal", "communal", "damaged")
    six = [touchpoint(END + 30 * month, "complaint_voiced", severity=0.8, episode=f"c{month}") for month in range(6)]
    often = replayed(BASE, six, day=END + 365)
    assert often.trust < unanswered.trust and often.exit_risk > unanswered.exit_risk > 0.5


def test_m29_a_promise_has_a_date() -> None:
    promised = touchpoint(350, "promise_made", promise="p", level=0.7, due=at_day(380))
    in_time, late = (touchpoint(day, "delivery", promise="p", delivered=0.7) for day in (379, 500))
    kept, broken, never = replayed(BASE, promised, in_time), replayed(BASE, promised, late), replayed(BASE, promised)
    assert kept.trust > broken.trust > never.trust
    assert never.exit_risk > kept.exit_risk


def test_m03_the_firm_that_speaks_first_keeps_more_than_the_one_that_waits_for_the_complaint() -> None:
    def told(acknowledged: float, complained: float) -> float:
        said = touchpoint(END + complained, "complaint_voiced", severity=0.5, episode="e")
        return trust(BASE, failure(END, 0.5), steps(END + acknowledged, "acknowledge"), said, steps(END + 1.5, *STEPS[1:]), day=END + 10)

    assert told(0.5, 1.0) > told(1.0, 0.5)
    wrung_out = [one.model_copy(update={"voluntary": False}) for one in steps(END + 1)]
    assert trust(BASE, failure(END, 0.5), steps(END + 1), day=END + 10) > trust(BASE, failure(END, 0.5), wrung_out, day=END + 10)


def test_m04_m22_a_disaster_nobody_caused_deepens_the_bond_without_an_admission() -> None:
    disaster = failure(END, 0.9, cause="exogenous")
    met = steps(END + 0.2, "acknowledge", "help", "explain", "prevent")
    after = replayed(BASE, disaster, met, day=END + 10)
    assert trust(BASE, day=END + 10) < after.trust < trust(BASE, day=END + 10) + 0.05
    assert not any(one.is_open for one in after.episodes)


def test_m06_recovery_after_a_bad_start_is_worth_most_of_all() -> None:
    started = [BASE, failure(END, 0.4), bad(END + 1, "deflected", 0.5)]
    before, hurt, mended = trust(BASE, day=END + 5), trust(*started, day=END + 3), trust(*started, steps(END + 3), day=END + 5)
    assert (before + hurt) / 2 < mended < before


def test_m06_an_insult_is_not_undone_by_procedure() -> None:
    insulted = [DECADE, touchpoint(LATE, "interaction", benevolence=-0.8, episode="i")]
    procedure = [*steps(LATE + 2, episode="i"), touchpoint(LATE + 3, "recovery_step_taken", step="apologise", episode="i")]
    before, hurt, after = trust(DECADE, day=LATE), replayed(*insulted, day=LATE + 20), replayed(*insulted, procedure, day=LATE + 20)
    assert hurt.trust < after.trust < 0.7 * before
    assert after.exit_risk > 0.5
    earned = [touchpoint(LATE + 30 * month, "interaction", competence=0.5, benevolence=0.6) for month in range(1, 37)]
    assert trust(*insulted, procedure, earned) > after.trust + 0.2


def test_m19_a_bad_name_starts_lower_than_none() -> None:
    ill, unknown, good = (trust(touchpoint(0, "relationship_opened", origin="reputation", strength=level)) for level in (-1.0, 0.0, 1.0))
    assert ill < unknown == trust([]) < good


def test_m23_a_newcomer_who_presents_himself_is_less_strange_and_better_introduced() -> None:
    known = [one.model_copy(update={"representative": "anna"}) for one in BASE]
    presented = touchpoint(END + 3, "introduction_made", representative="ugo", manner="warm", made_by="self")

    def handed(introduction: str, *later: Touchpoint) -> float:
        handover = touchpoint(END, "handover_made", from_representative="anna", to_representative="ugo", introduction=introduction)
        return trust(known, handover, *later, day=END + 4)

    assert handed("none") < handed("none", presented) < handed("warm") < trust(known, day=END + 4)


def test_m25_one_terrible_experience_after_ten_years_is_called_by_its_name() -> None:
    after = replayed(DECADE, touchpoint(LATE, "interaction", benevolence=-0.8))
    assert after.state == "damaged"
    assert after.exit_risk > 0.75


def test_m28_opposite_messages_have_opposite_names() -> None:
    ends = {
        outcome: replayed(BASE, touchpoint(END, "relationship_ended", outcome=outcome))
        for outcome in ("satisfied", "exit", "dormant", "unknown")
    }
    assert {outcome: end.state for outcome, end in ends.items()} == {outcome: f"ended_{outcome}" for outcome in ends}
    exit = ends["exit"].contributions[-1]
    assert (exit.cause, exit.delta) == ("unexplained_exit", 0.0)
    assert ends["exit"].confidence < replayed(BASE, day=END).confidence < ends["satisfied"].confidence
    insulted = [BASE, touchpoint(END - 1, "interaction", benevolence=-0.8)]
    explained = replayed(*insulted, touchpoint(END, "relationship_ended", outcome="exit"))
    assert explained.contributions[-1].cause != "unexplained_exit"
    assert explained.confidence > replayed(*insulted).confidence


def test_m32_declining_without_reasons_is_better_than_accepting_and_failing() -> None:
    declined = touchpoint(END, "engagement_declined", reasons_given=False)
    botched = [touchpoint(END, "promise_made", promise="p", level=0.8), touchpoint(END + 25, "delivery", promise="p", delivered=0.2)]
    assert trust(BASE, botched) < trust(BASE, declined, day=END + 25) < trust(BASE, day=END + 25)


def test_m34_the_signs_are_all_there() -> None:
    def monthly(kind: str, **values: list[float]) -> list[Touchpoint]:
        ((name, levels),) = values.items()
        return [touchpoint(END + 30 * month, kind, **{name: level}) for month, level in enumerate(levels)]

    calm = replayed(BASE, day=END + 150)
    rumours = replayed(BASE, monthly("word_of_mouth_heard", valence=[-1.0] * 6))
    assert rumours.trust == calm.trust
    assert rumours.exit_risk > 0.5 and rumours.confidence < calm.confidence
    steady = replayed(BASE, monthly("feedback_given", score=[0.8] * 6))
    falling = replayed(BASE, monthly("feedback_given", score=[0.8, 0.74, 0.68, 0.62, 0.56, 0.5]))
    assert falling.exit_risk > steady.exit_risk + 0.05 and falling.trust < steady.trust
    worst = replayed(BASE, monthly("feedback_given", score=[0.0] * 6))
    assert (worst.trust < EXIT_LINE, worst.state) == (True, "damaged")
    assert trust(BASE, touchpoint(END, "feedback_given", score=0.0)) > 0.7


def test_m30_a_failure_moves_the_customer_when_they_learn_of_it() -> None:
    hidden = failure(END, 0.5, noticed=False)
    told, found = (touchpoint(END + 10, "failure_noticed", episode="e", through=through) for through in ("told", "found"))
    at_once = failure(END + 10, 0.5)
    assert trust(BASE, hidden, day=END + 10) == trust(BASE, day=END + 10)
    assert trust(BASE, hidden, found) < trust(BASE, at_once) < trust(BASE, hidden, told) < trust(BASE, day=END + 10)


def test_a_hidden_failure_that_was_met_before_it_is_told_is_made_good_at_once_and_waits_for_nobody() -> None:
    hidden = failure(END, 0.4, noticed=False)
    half, told = steps(END + 0.5, "acknowledge", "admit"), touchpoint(END + 1, "failure_noticed", episode="e", through="told")
    unmet, met, whole = (trust(BASE, hidden, done, told, day=END + 60) for done in ([], half, steps(END + 0.5)))
    after = trust(BASE, hidden, told, steps(END + 1.1, "acknowledge", "admit"), day=END + 60)
    assert unmet < met < whole
    assert met == pytest.approx(after, abs=0.001)
