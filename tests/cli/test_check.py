"""`journey check`: what is nearly always a mistake, with the mend."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Journey, Visit


def test_a_clean_journal_passes(bank: "Journey") -> None:
    run = bank("check")
    assert (run.code, run.out, run.err) == (0, "1 relationship: nothing found\n", "")


def test_findings_are_told_by_kind_with_the_mend_and_exit_3(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", certainty=0), visit("b", benevolence=None), visit("c", "R"))
    run = journey("check")
    assert (run.code, run.err) == (3, "")
    assert "Moves nothing (2)\n" in run.out and "Has nearly the same id as another (1)\n" in run.out
    assert "    mend: `journey correct a certainty=1`\n" in run.out
    assert run.out.endswith("\n2 relationships: 3 findings\n")


def test_json_has_a_finding_a_line(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", certainty=0), visit("b"))
    run = journey("--format", "json", "check", "r")
    assert run.code == 3
    (finding,) = run.lines
    assert set(finding) == {"kind", "relationship", "touchpoints", "words", "mend"}
    assert (finding["kind"], finding["relationship"], finding["touchpoints"]) == ("moves_nothing", "r", ["a"])


def test_what_lies_in_the_future_depends_on_the_day(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", day=9))
    assert journey("check", "--as-of", "2024-01-08").code == 3
    assert journey("check", "--as-of", "2024-01-09").code == 0


def test_few_findings_of_a_kind_are_shown_unless_all_are_asked_for(journey: "Journey", visit: "Visit") -> None:
    journey.record(*(visit(f"v{number}", f"r{number}", certainty=0) for number in range(9)))
    assert "… and 4 more; --full shows them all" in journey("check").out
    full = journey("check", "--full").out
    assert "more" not in full and all(f"r{number}: v{number}" in full for number in range(9))


def test_checking_makes_no_journal_and_refuses_an_unknown_relationship(bank: "Journey") -> None:
    run = bank("check", "m@bnk")
    assert (run.code, run.out) == (1, "") and "`m@bank`" in run.err
    (bank.folder / "elsewhere").mkdir()
    assert bank("--store", "sqlite:///elsewhere/journey.db", "check").code == 1
    assert list((bank.folder / "elsewhere").iterdir()) == []
