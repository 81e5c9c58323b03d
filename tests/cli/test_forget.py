"""`journey forget` and `journey rotate-keys`."""

from .conftest import Journey, Visit


def test_forgetting_says_what_was_destroyed_and_where_copies_may_be(journey: Journey, visit: Visit) -> None:
    journey.record(visit("1", contact="ana", note="She is moving."), visit("2", contact="bea", note="She stays.", day=2))
    receipt = journey.in_json("forget", "ana", "--reason", "letter 17", "--actor", "dpo").json
    assert (receipt["id"], receipt["position"], receipt["person"], receipt["people"]) == ("ana.forgotten-1", 3, "ana", ["ana"])
    assert (receipt["relationships"], receipt["texts"], receipt["keys"], receipt["kept"]) == (["r"], 1, 1, {})
    assert "backups and copies of `journey.db.keys`" in receipt["copies"]
    lines = journey.in_json("history", "r").lines
    assert [(line.get("note"), line.get("withheld")) for line in lines] == [(None, True), ("She stays.", None)]
    run = journey("history", "r")
    assert "(withheld)" in run.out and "She stays." in run.out and "moving" not in run.out
    assert "(withheld)" in journey("history", "r", "--as-recorded").out
    assert journey("verify").code == 0


def test_forgetting_in_words(journey: Journey, visit: Visit) -> None:
    journey.record(visit("1", contact="ana", note="She is moving."), visit("2", contact="anna", note="The same.", day=2))
    assert journey("merge", "--people", "ana", "anna").code == 0
    run = journey("forget", "anna")
    assert run.code == 0
    assert "anna, also known as ana: 2 texts can no longer be read, 2 keys destroyed, in 1 relationship\n" in run.out
    assert "  see to  backups and copies of `journey.db.keys`: " in run.out


def test_forgetting_nobody_is_a_failure(journey: Journey, visit: Visit) -> None:
    journey.record(visit("1", contact="ana"))
    run = journey("forget", "ann")
    assert (run.code, run.out) == (1, "")
    assert "no person `ann`" in run.err and "did you mean `ana`?" in run.err


def test_forgotten_rows_are_imported_again_unchanged(journey: Journey, visit: Visit) -> None:
    rows = [visit("1", contact="ana", note="She is moving.")]
    source = journey.file("visits.jsonl", *rows)
    assert journey.in_json("import", source).counts == (1, 1, 0, 0)
    journey("forget", "ana")
    assert journey.in_json("import", source, "--dry-run").counts == (1, 0, 1, 0)
    assert journey.in_json("import", source).counts == (1, 0, 1, 0)
    assert journey.in_json("history", "r").lines[0]["withheld"] is True


def test_keys_may_be_elsewhere(journey: Journey, visit: Visit) -> None:
    source = journey.file("visits.jsonl", visit("1", contact="ana", note="She is moving."))
    elsewhere = ("--keys", "sqlite:///vault.keys")
    assert journey.in_json(*elsewhere, "import", source).counts == (1, 1, 0, 0)
    assert journey.names() == {"visits.jsonl", "journey.db", "vault.keys"}
    assert journey.in_json("history", "r").lines[0]["withheld"] is True
    assert journey.in_json(*elsewhere, "history", "r").lines[0]["note"] == "She is moving."
    run = journey("--keys", "vault", "history", "r")
    assert run.code == 2 and "`vault` is not the address of a key store" in run.err


def test_keys_are_rotated(journey: Journey, visit: Visit) -> None:
    journey.record(visit("1", contact="ana", note="She is moving."), visit("2", contact="bea", note="She stays.", day=2))
    assert journey.in_json("rotate-keys", "ana").json == {"keys": 1}
    assert journey("rotate-keys").out == "2 keys made; the older ones stay for reading\n"
    assert [line["note"] for line in journey.in_json("history", "r").lines] == ["She is moving.", "She stays."]
