"""What `check` finds in recorded facts, and what it leaves alone."""

import shlex
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from journey import Fact, History, Journal, read_fact
from journey_cli.stories import NAMES, story
from journey_projections import Finding, check, replay
from journey_projections.questions.check import check_history

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def fact(kind: str, id: str, day: str = "2024-01-01", **fields: Any) -> Fact:
    return read_fact({"kind": kind, "id": id, "relationship": "r", "occurred_at": f"{day}T10:00:00Z", **fields})


def found(*facts: Fact) -> list[Finding]:
    return list(check_history(History.of(facts), NOW))


def the_one(*facts: Fact) -> Finding:
    (finding,) = found(*facts)
    return finding


GOOD = fact("interaction", "good", "2023-12-01", competence=0.5, representative="anna")
FAILURE = fact("failure_occurred", "failure", "2024-01-01", episode="e", severity=0.4)
HIDDEN = fact("failure_occurred", "failure", "2024-01-01", episode="e", severity=0.4, noticed=False)
ACKNOWLEDGED = fact("recovery_step_taken", "sorry", "2024-01-03", episode="e", step="acknowledge")

# What moves nothing: the facts around it, and the fact itself.
IDLE: dict[str, tuple[Sequence[Fact], Fact]] = {
    "no certainty": ([GOOD], fact("interaction", "x", certainty=0, competence=0.5)),
    "no quality": ([GOOD], fact("interaction", "x", representative="anna")),
    "an opening that comes late": ([GOOD], fact("relationship_opened", "x", origin="referral")),
    "a notice of what was noticed": ([GOOD, FAILURE], fact("failure_noticed", "x", "2024-01-02", episode="e")),
    "a notice told again": (
        [GOOD, HIDDEN, fact("failure_noticed", "first", "2024-01-02", episode="e")],
        fact("failure_noticed", "x", "2024-01-03", episode="e"),
    ),
    "a step of no episode": ([GOOD, FAILURE, ACKNOWLEDGED], fact("recovery_step_taken", "x", "2024-01-05", step="help")),
    "a step taken again": (
        [GOOD, FAILURE, ACKNOWLEDGED],
        fact("recovery_step_taken", "x", "2024-01-05", episode="e", step="acknowledge"),
    ),
    "a verdict told again": (
        [GOOD, FAILURE, fact("evidence_emerged", "first", "2024-01-02", episode="e", verdict="innocent")],
        fact("evidence_emerged", "x", "2024-01-03", episode="e", verdict="innocent"),
    ),
    "a promise without date or delivery": ([GOOD], fact("promise_made", "x", promise="p", level=0.8)),
    "a handover to who was there": (
        [GOOD, fact("handover_made", "first", "2023-12-02", from_representative="anna", to_representative="ugo")],
        fact("handover_made", "x", "2023-12-03", from_representative="anna", to_representative="ugo"),
    ),
    "an introduction without a handover": ([GOOD], fact("introduction_made", "x", "2023-12-03", representative="ugo")),
    "a return without an end": ([GOOD], fact("relationship_resumed", "x")),
    "a gesture of no size": ([GOOD], fact("gesture_made", "x", size=0)),
}


@pytest.mark.parametrize("name", IDLE)
def test_what_moves_nothing_is_found_and_nothing_around_it(name: str) -> None:
    around, idle = IDLE[name]
    finding = the_one(*around, idle)
    assert (finding.kind, finding.relationship, finding.touchpoints) == ("moves_nothing", "r", ("x",))
    with_it, without = (replay(History.of(facts), at=NOW) for facts in ([*around, idle], around))
    assert (with_it.trust, with_it.exit_risk, with_it.parties) == (without.trust, without.exit_risk, without.parties)


def test_steps_before_anybody_acknowledges_restore_nothing_and_need_one_mend() -> None:
    steps = [fact("recovery_step_taken", f"step-{step}", "2024-01-20", episode="e", step=step) for step in ("explain", "prevent")]
    late = [fact("response_failed", "ignored", "2024-01-02", episode="e", manner="ignored")]
    finding = the_one(GOOD, FAILURE, *late, *steps)
    assert (finding.touchpoints, "nobody acknowledged" in finding.words) == (("step-explain", "step-prevent"), True)
    assert found(GOOD, FAILURE, *late, *steps, ACKNOWLEDGED) == []


def test_a_correction_that_cannot_be_moves_nothing() -> None:
    finding = the_one(GOOD, fact("touchpoint_corrected", "c", corrects="good", fields={"competence": 7}))
    assert (finding.kind, finding.touchpoints, "`journey retract c`" in finding.mend) == ("moves_nothing", ("c",), True)


def test_notes_first_assignments_and_answers_without_a_quality_are_as_they_should_be() -> None:
    assert not found(
        fact("relationship_opened", "opened", "2023-11-01", origin="stranger"),
        fact("representative_assigned", "assigned", "2023-11-01", representative="anna"),
        GOOD,
        fact("note_added", "note", certainty=0),
        fact("feedback_requested", "asked"),
        fact("request_made", "request", episode="q"),
        fact("interaction", "answer", "2024-01-02", episode="q", representative="anna"),
        fact("promise_made", "promise", "2024-01-03", promise="p", due="2024-02-01T10:00:00Z"),
    )


@pytest.mark.parametrize("kind", ["recovery_step_taken", "response_failed", "evidence_emerged", "failure_noticed", "episode_closed"])
def test_what_answers_an_episode_that_nothing_opened_is_found(kind: str) -> None:
    needs: dict[str, Any] = {"recovery_step_taken": {"step": "help"}, "response_failed": {"manner": "ignored"}}
    needs["evidence_emerged"] = {"verdict": "guilty"}
    answer = fact(kind, "x", "2024-01-05", episode="lost", **needs.get(kind, {}))
    finding = the_one(GOOD, FAILURE, ACKNOWLEDGED, answer)
    assert (finding.kind, finding.touchpoints) == ("unknown_episode", ("x",))
    assert "`lost`" in finding.words


def test_an_answer_before_its_episode_and_one_to_a_failure_without_an_episode_say_so() -> None:
    before = fact("recovery_step_taken", "x", "2023-12-20", episode="e", step="help")
    assert "opens only after" in the_one(GOOD, before, FAILURE, ACKNOWLEDGED).words
    unnamed = fact("failure_occurred", "f", "2024-01-01", severity=0.4)
    step = fact("recovery_step_taken", "x", "2024-01-02", episode="f", step="acknowledge")
    assert the_one(GOOD, unnamed, step).mend == "`journey correct f episode=f`"


def test_a_delivery_of_a_promise_that_nobody_made_is_found() -> None:
    finding = the_one(GOOD, fact("delivery", "x", promise="lost", delivered=0.7))
    assert (finding.kind, finding.touchpoints) == ("unknown_promise", ("x",))


def test_a_correction_of_what_is_not_recorded_is_found() -> None:
    finding = the_one(GOOD, fact("touchpoint_corrected", "c", corrects="lost", fields={"competence": 0.1}))
    assert (finding.kind, finding.touchpoints) == ("unknown_touchpoint", ("c",))


def visits(representative: str | None, *, since: int = 2) -> list[Fact]:
    return [
        fact("interaction", f"v{month}", f"2024-{month:02}-10", competence=0.5, representative=representative) for month in range(since, 9)
    ]


HANDED = fact("handover_made", "handed", "2024-01-10", from_representative="anna", to_representative="ugo", introduction="cold")


def test_who_took_over_and_never_acts_is_found_once_the_others_went_on() -> None:
    finding = the_one(GOOD, HANDED, *visits("anna"))
    assert (finding.kind, finding.touchpoints) == ("idle_person", ("handed",))
    assert "`ugo`" in finding.words and "`anna`" in finding.words
    assert found(GOOD, HANDED, *visits("anna")[:2]) == []
    assert (
        found(
            GOOD,
            HANDED,
            *visits("anna"),
            *visits("ugo", since=8)[:0],
            fact("delivery", "d", "2024-10-01", delivered=0.7, representative="ugo"),
        )
        == []
    )
    assert found(GOOD, HANDED, fact("relationship_ended", "end", "2024-01-12", outcome="satisfied"), *visits("anna")) == []


def test_who_leaves_without_having_been_there_is_found() -> None:
    finding = the_one(GOOD, fact("representative_left", "x", representative="zeno"))
    assert (finding.kind, finding.touchpoints) == ("idle_person", ("x",))
    assert found(GOOD, fact("representative_left", "x", representative="anna")) == []


@pytest.mark.parametrize(
    ("day", "words"), [("2033-01-01", "future"), ("1823-01-01", "before 1900"), ("1970-01-01", "zero"), ("1994-01-01", "decades")]
)
def test_times_far_off_are_found(day: str, words: str) -> None:
    finding = the_one(GOOD, *visits("anna"), fact("interaction", "x", day, competence=0.5))
    assert (finding.kind, finding.touchpoints) == ("far_off", ("x",))
    assert words in finding.words


def test_decades_of_contacts_are_no_gap() -> None:
    assert found(*(fact("interaction", f"y{year}", f"{year}-05-01", competence=0.5) for year in range(1980, 2026, 15))) == []


def test_episodes_and_promises_that_differ_by_case_or_blanks_are_found() -> None:
    again = fact("failure_occurred", "x", "2024-02-01", episode="E ", severity=0.2)
    finding = the_one(GOOD, FAILURE, ACKNOWLEDGED, again)
    assert (finding.kind, finding.touchpoints, finding.mend) == ("alike", ("x",), "`journey correct x episode=e` if they are one")


@pytest.fixture
def journal() -> "Journal":
    return Journal.open("memory:")


def of(relationship: str, number: int, **fields: Any) -> dict[str, Any]:
    return {
        "kind": "interaction",
        "id": f"{relationship}-{number}",
        "relationship": relationship,
        "occurred_at": f"2024-01-{number:02}T10:00:00Z",
        "competence": 0.5,
        **fields,
    }


def test_relationships_and_people_that_differ_by_case_are_found_and_gone_once_they_are_merged(journal: Journal) -> None:
    journal.record(*(of("Bank", number, representative="anna.ferri") for number in range(1, 9)), of("bank", 1, representative="Anna.Ferri"))
    pairs = [(finding.kind, finding.relationship, finding.touchpoints) for finding in check(journal, NOW)]
    assert pairs == [("alike", "bank", ()), ("alike", "bank", ("bank-1",))]
    journal.merge("Bank", "bank")
    journal.merge_people("anna.ferri", "Anna.Ferri")
    assert list(check(journal, NOW)) == []


def test_a_representative_named_once_a_letter_away_from_a_frequent_one_is_found_but_not_by_number(journal: Journal) -> None:
    journal.record(*(of("a", number, representative="adviser-1") for number in range(1, 9)), of("b", 1, representative="adviser-2"))
    assert list(check(journal, NOW)) == []
    journal.record(of("b", 2, representative="advisr-1"))
    (finding,) = check(journal, NOW)
    assert (finding.kind, finding.touchpoints, finding.mend) == (
        "misspelt_person",
        ("b-2",),
        "`journey merge --people adviser-1 advisr-1` if they are one",
    )


def test_only_the_relationships_that_are_asked_about_are_checked(journal: Journal) -> None:
    journal.record(of("a", 1, competence=None), of("b", 1, competence=None), of("B", 1))
    assert [finding.touchpoints for finding in check(journal, NOW, ["a"])] == [("a-1",)]
    assert [finding.kind for finding in check(journal, NOW, ["b"])] == ["moves_nothing", "alike"]


def test_a_journal_with_merges_and_corrections_is_checked_as_its_histories_stand(journal: Journal) -> None:
    journal.record(of("a", 1, competence=None), of("a", 2, certainty=0), of("b", 1))
    journal.correct("a-1", {"competence": 0.4})
    journal.merge("a", "b")
    assert [finding.touchpoints for finding in check(journal, NOW)] == [("a-2",)]


# In the story of silence, contacts say nothing on purpose, and the findings say so.
AS_THEY_ARE = {"silent-course": ["masons-1", "letterbox-1"], "silent-customer": ["call-3", "pickup-4"]}


@pytest.mark.parametrize("name", NAMES)
def test_the_stories_give_no_false_alarms(name: str) -> None:
    findings = list(check_history(story(name).history, NOW))
    assert [id for finding in findings for id in finding.touchpoints] == AS_THEY_ARE.get(name, [])
    assert all("does not say how it went" in finding.words for finding in findings)


MENDED: dict[str, tuple[Sequence[Fact], Callable[[Journal, list[str]], object]]] = {
    "correct": (
        [GOOD, fact("interaction", "x", certainty=0, competence=0.5)],
        lambda journal, words: journal.correct(words[0], dict(pair.split("=", 1) for pair in words[1:])),
    ),
    "retract": ([GOOD, fact("relationship_resumed", "x")], lambda journal, words: journal.retract(words[0])),
}


@pytest.mark.parametrize("verb", MENDED)
def test_the_mend_mends(journal: Journal, verb: str) -> None:
    facts, mend = MENDED[verb]
    journal.record(*facts)
    (finding,) = check(journal, NOW)
    (call,) = (part for part in finding.mend.split("`") if part.startswith(f"journey {verb} "))
    mend(journal, shlex.split(call)[2:])
    assert list(check(journal, NOW)) == []


def test_a_late_opening_moved_to_the_start_sets_the_first_trust(journal: Journal) -> None:
    journal.record(GOOD, fact("relationship_opened", "x", origin="referral"))
    before = replay(journal.history("r")).trust
    (finding,) = check(journal, NOW)
    words = shlex.split(finding.mend.split("`")[1])
    journal.correct(words[2], dict(pair.split("=", 1) for pair in words[3:]))
    assert replay(journal.history("r")).trust > before
    assert list(check(journal, NOW)) == []
