"""`journey verify`: exit code 0 for a journal as it was recorded, 3 and the touchpoint's name for one that was changed."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .conftest import Journey, Visit


def change(journey: "Journey", statement: str) -> None:
    with closing(sqlite3.connect(journey.folder / "journey.db")) as file:
        guards = file.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            file.execute(f"DROP TRIGGER {name}")
        file.execute(statement)
        for _, guard in guards:
            file.execute(guard)
        file.commit()


def test_a_sound_journal_is_as_recorded(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a"), visit("b"))
    run = journey("verify")
    answer = journey("--format", "json", "verify").json
    seal = answer.pop("last_seal")
    assert (run.code, run.out) == (0, f"sqlite:///journey.db: 2 touchpoints, 2 sealed by 1 seal; as recorded\nlast seal {seal}\n")
    assert answer == {"touchpoints": 2, "seals": 1, "sealed": 2, "holds": True, "violations": []}


def test_a_changed_one_is_named_with_exit_code_3(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a"), visit("b"))
    change(journey, "UPDATE touchpoints SET occurred_at = occurred_at + 1 WHERE id = 'b'")
    run = journey("verify")
    assert run.code == 3
    assert run.out.startswith("touchpoint `b` at position 2 does not match its digest: its content was changed (seal 1)\n")
    answer = journey("--format", "json", "verify")
    assert answer.code == 3
    (violation,) = answer.json["violations"]
    assert (violation["touchpoint"], violation["position"], violation["seal"]) == ("b", 2, None)


def test_of_many_violations_the_first_are_told_and_json_has_them_all(journey: "Journey", visit: "Visit") -> None:
    journey.record(*(visit(f"v{number:02}") for number in range(30)))
    change(journey, "UPDATE touchpoints SET kind = 'praise_given'")
    run = journey("verify")
    assert "… and 10 more; --format json lists them all" in run.out and "30 violations" in run.out
    assert len(journey("--format", "json", "verify").json["violations"]) == 30


def test_where_there_is_no_journal_it_says_so_and_makes_none(journey: "Journey") -> None:
    run = journey("verify")
    assert run.code == 1 and "there is no journal" in run.err
    assert list(journey.folder.iterdir()) == []


CHECKER = Path(__file__).resolve().parents[2] / "examples" / "check_seal.py"


def checked(journey: "Journey", *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a stranger sees who has Python, one file and a seal."""
    command = [sys.executable, "-I", "-S", str(CHECKER), *arguments]
    return subprocess.run(command, cwd=journey.folder, capture_output=True, text=True, check=False)


def last_seal(journey: "Journey") -> str:
    return str(journey("--format", "json", "verify").json["last_seal"])


def test_a_seal_published_earlier_still_holds_after_more_was_recorded(journey: "Journey", visit: "Visit") -> None:
    journey.record(*(visit(f"v{number}") for number in range(5)))
    seal = last_seal(journey)
    journey.record(visit("more"))
    assert last_seal(journey) != seal
    assert journey("verify", "--against", seal).code == 0
    run = checked(journey, "journey.db", seal)
    assert (run.returncode, run.stdout) == (0, f"journey.db holds against {seal}\n")


def test_a_history_made_anew_with_every_digest_is_caught_by_a_seal_kept_elsewhere(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a"), visit("b"))
    seal = last_seal(journey)
    (journey.folder / "journey.db").unlink()
    journey.record(visit("a", day=7), visit("b"))
    assert journey("verify").code == 0
    run = journey("verify", "--against", seal)
    assert run.code == 3 and f"the journal does not have the seal {seal}" in run.out
    assert checked(journey, "journey.db", seal).returncode == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE touchpoints SET payload = '{}' WHERE id = 'v3'",
        "DELETE FROM touchpoints WHERE id = 'v0'",
        "UPDATE journey_seals SET last_position = 5",
    ],
)
def test_a_strangers_tampering_is_caught_without_journey(journey: "Journey", visit: "Visit", statement: str) -> None:
    journey.record(*(visit(f"v{number}") for number in range(6)))
    seal = last_seal(journey)
    change(journey, statement)
    run = checked(journey, "journey.db", seal)
    assert run.returncode == 3 and "does not hold" in run.stderr


@pytest.mark.parametrize("id", ["v0", "v1", "v4", "last"])
def test_a_proof_convinces_whoever_kept_a_seal(journey: "Journey", visit: "Visit", id: str) -> None:
    journey.record(*(visit(f"v{number}") for number in range(5)))
    journey.record(visit("last"))
    seal = last_seal(journey)
    journey.record(visit("later"))
    proof = journey("verify", "--prove", id, "--against", seal)
    (journey.folder / "proof.json").write_text(proof.out, encoding="utf-8")
    run = checked(journey, "proof.json", seal)
    assert (run.returncode, run.stdout, run.stderr) == (0, f"proof.json holds against {seal}\n", "")
    assert proof.json["columns"]["id"] == id
    for changed in ({"kind": "praise_given"}, {"position": 2 if proof.json["columns"]["position"] == 1 else 1}):
        forged = {**proof.json, "columns": {**proof.json["columns"], **changed}}
        values = forged["columns"].values()
        forged["text"] = "".join("~" if value is None else f"{len(str(value))}:{value}" for value in values)
        (journey.folder / "proof.json").write_text(json.dumps(forged), encoding="utf-8")
        assert checked(journey, "proof.json", seal).returncode == 3
    assert checked(journey, "journey.db", f"1:{'0' * 64}").returncode == 3


@pytest.fixture
def proof(journey: "Journey", visit: "Visit") -> dict[str, Any]:
    journey.record(visit("a"), visit("b"))
    return dict(journey("verify", "--prove", "b").json)


def refused(journey: "Journey", proof: object, seal: str) -> bool:
    """Whether a stranger is told in one line that the proof does not hold."""
    (journey.folder / "proof.json").write_text(json.dumps(proof), encoding="utf-8")
    run = checked(journey, "proof.json", seal)
    return (run.returncode, run.stdout, run.stderr.count("\n")) == (3, "", 1) and "does not hold" in run.stderr


def test_a_proof_under_other_names_does_not_hold(journey: "Journey", proof: dict[str, Any]) -> None:
    seal, columns = proof["against"], proof["columns"]
    assert not refused(journey, proof, seal)
    for one, other in (("id", "relationship"), ("occurred_at", "recorded_at")):
        swapped = {{one: other, other: one}.get(name, name): value for name, value in columns.items()}
        assert refused(journey, {**proof, "columns": swapped}, seal)
        assert refused(journey, {**proof, "columns": swapped, "touchpoint": swapped["id"]}, seal)
    assert refused(journey, {**proof, "touchpoint": "a"}, seal)


def test_what_is_no_proof_does_not_hold(journey: "Journey", proof: dict[str, Any]) -> None:
    seal = proof["against"]
    for name in ("touchpoint", "columns", "text", "path", "seals"):
        assert refused(journey, {key: value for key, value in proof.items() if key != name}, seal)
        others: list[Any] = [[], {}, None, "x", 5, [[]], ["x"]]
        for value in others:
            if value != proof[name]:
                assert refused(journey, {**proof, name: value}, seal)
    for other in ([], [proof], "x", 5, None):
        assert refused(journey, other, seal)


def test_where_there_is_nothing_to_check_a_stranger_is_told_the_usage(journey: "Journey", proof: dict[str, Any]) -> None:
    for arguments in ([], ["journey.db"], ["journey.db", proof["against"], "more"], ["none.json", proof["against"]], ["none.db", "1:00"]):
        run = checked(journey, *arguments)
        assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1) and run.stderr.startswith("usage: ")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE touchpoints SET payload = CAST(x'ff' AS TEXT)",
        "UPDATE journey_seals SET first_position = 'x'",
        "UPDATE journey_seals SET last_position = 0",
        "DROP TABLE journey_seals",
    ],
)
def test_a_journal_that_cannot_be_read_does_not_hold(journey: "Journey", proof: dict[str, Any], statement: str) -> None:
    with closing(sqlite3.connect(journey.folder / "journey.db")) as file:
        file.executescript("DROP TRIGGER touchpoints_are_never_updated; DROP TRIGGER seals_are_never_updated;" + statement)
    run = checked(journey, "journey.db", proof["against"])
    assert run.returncode == 3 and run.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journey_seals SET digests = 5",
        "UPDATE journey_seals SET root = 'abc'",
        "UPDATE touchpoints SET payload = CAST(x'ff' AS TEXT) WHERE id = 'b'",
        "UPDATE touchpoints SET id = CAST(x'ff' AS TEXT) WHERE id = 'b'",
    ],
)
def test_values_of_another_type_are_named_with_exit_code_3(journey: "Journey", proof: dict[str, Any], statement: str) -> None:
    change(journey, statement)
    assert journey("verify").code == journey("--format", "json", "verify").code == 3


def test_a_missing_guard_is_reported(journey: "Journey", proof: dict[str, Any]) -> None:
    with closing(sqlite3.connect(journey.folder / "journey.db")) as file:
        file.execute("DROP TRIGGER touchpoints_are_never_updated")
    run = journey("verify")
    assert run.code == 3 and run.out.startswith("the guard `touchpoints_are_never_updated` is missing or off")


def test_what_cannot_be_proved_is_told_with_the_mend(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a"))
    seal = last_seal(journey)
    journey.record(visit("b"))
    assert "no touchpoint `nobody`" in journey("verify", "--prove", "nobody").err
    assert f"touchpoint `b` is under no seal up to {seal}" in journey("verify", "--prove", "b", "--against", seal).err
    assert "the journal has no seal" in journey("verify", "--prove", "a", "--against", f"1:{'0' * 64}").err
    run = journey("verify", "--against", "36")
    assert run.code == 2 and "`36` is not a seal" in run.err


def test_what_was_recorded_is_said_even_where_sealing_it_then_fails(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a"))
    change(journey, "DELETE FROM journey_seals")
    run = journey("record", json.dumps(visit("b")))
    assert run.code == 1 and run.out.startswith("b: recorded, position 2, ") and "seal 1" in run.err
