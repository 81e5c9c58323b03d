"""`journey verify`: exit code 0 for a journal as it was recorded, 3 and the touchpoint's name for one that was changed."""

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Journey, Visit


def change(journey: "Journey", statement: str) -> None:
    with closing(sqlite3.connect(journey.folder / "journey.db")) as file:
        for (name,) in file.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {name}")
        file.execute(statement)
        file.commit()


def test_a_sound_journal_is_as_recorded(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a"), visit("b"))
    run = journey("verify")
    assert (run.code, run.out) == (0, "sqlite:///journey.db: 2 touchpoints, 2 sealed by 1 seal; as recorded\n")
    assert journey("--format", "json", "verify").json == {"touchpoints": 2, "seals": 1, "sealed": 2, "holds": True, "violations": []}


def test_a_changed_one_is_named_with_exit_code_3(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a"), visit("b"))
    change(journey, "UPDATE touchpoints SET occurred_at = occurred_at + 1 WHERE id = 'b'")
    run = journey("verify")
    assert run.code == 3
    assert run.out.startswith("touchpoint `b` at position 2 no longer has the content that its digest was taken of (seal 1)\n")
    answer = journey("--format", "json", "verify")
    assert answer.code == 3
    (violation,) = answer.json["violations"]
    assert (violation["touchpoint"], violation["position"], violation["seal"]) == ("b", 2, None)


def test_of_many_violations_the_first_are_told_and_json_has_them_all(journey: "Journey", visit: "Visit") -> None:
    journey.record(*(visit(f"v{number:02}") for number in range(30)))
    change(journey, "UPDATE touchpoints SET kind = 'praise_given'")
    run = journey("verify")
    assert "… and 10 more; --format json tells them all" in run.out and "30 violations" in run.out
    assert len(journey("--format", "json", "verify").json["violations"]) == 30


def test_where_there_is_no_journal_it_says_so_and_makes_none(journey: "Journey") -> None:
    run = journey("verify")
    assert run.code == 1 and "there is no journal" in run.err
    assert list(journey.folder.iterdir()) == []
