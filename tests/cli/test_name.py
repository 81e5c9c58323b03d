"""`journey name`, and names where people are shown."""

from .conftest import Journey, Visit


def test_texts_show_names_and_json_ids(journey: Journey, visit: Visit) -> None:
    journey.record(visit("1", contact="ana"), visit("2", representative="rob", day=2))
    run = journey("name", "ana", "Ana Rossi", "--reason", "the form", "--actor", "carla")
    assert run.out.startswith("ana.named-1: recorded, position 3, ")
    assert journey.in_json("name", "rob", "Rob\x1b[31m  Neri", "--id", "crm-7").json["id"] == "crm-7"
    assert journey("retract", "1", "--actor", "rob").code == 0
    text = journey("history", "r").out
    assert "Rob [31m Neri (rob)" in text and "1 retracted by Rob [31m Neri (rob) [1.retracted-1]" in text
    assert "1 retracted by Rob [31m Neri (rob)" in journey("explain", "r").out
    assert journey("relationships", "--naming", "ana").out.endswith("1 relationship naming Ana Rossi (ana)\n")
    lines = [journey.in_json(*command).out for command in (("history", "r"), ("explain", "r"), ("relationships", "--naming", "rob"))]
    assert '"representative": "rob"' in lines[0] and not any("Neri" in line for line in lines)


def test_a_name_is_taken_away_or_forgotten(journey: Journey, visit: Visit) -> None:
    journey.record(visit("1", contact="ana"))
    journey("name", "ana", "Ana Rossi")
    assert "Ana Rossi (ana)" in journey("history", "r").out
    assert journey("name", "ana", "--none").code == 0
    assert "Rossi" not in journey("history", "r").out
    journey("name", "ana", "Ana Bianchi")
    assert "Ana Bianchi (ana)" in journey("history", "r").out
    assert journey.in_json("forget", "ana").json["texts"] == 2
    assert "Ana" not in journey("history", "r").out
    assert journey("verify").code == 0


def test_names_are_imported(journey: Journey, visit: Visit) -> None:
    name = {"kind": "person_named", "id": "n", "person": "ana", "name": "Ana Rossi", "occurred_at": "2024-03-01T00:00:00Z"}
    source = journey.file("told.jsonl", name, visit("1", contact="ana"))
    assert journey.in_json("import", source).counts == (2, 2, 0, 0)
    assert "Ana Rossi (ana)" in journey("history", "r").out
    assert journey("history", source).code == 0


def test_what_names_nobody_is_refused_with_the_mend(journey: Journey, visit: Visit) -> None:
    journey.record(visit("1", contact="ana"))
    run = journey("name", "ann", "Ana Rossi")
    assert run.code == 1 and "no person `ann`" in run.err and "did you mean `ana`?" in run.err
    assert "give a NAME, or --none" in (run := journey("name", "ana")).err and run.code == 2
    assert journey("name", "ana", "Ana", "--none").code == 2
