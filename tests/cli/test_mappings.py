"""`journey mappings`, `import --mapping` and `--set`."""

from typing import TYPE_CHECKING

from journey.formats import mapping_names

if TYPE_CHECKING:
    from .conftest import Journey

SELECT = "SELECT 'interaction' AS kind, name AS id, 'r' AS relationship, TIMESTAMPTZ '2024-01-05 10:00:00+01' AS occurred_at"


def test_every_mapping_is_listed_with_what_it_maps(journey: "Journey") -> None:
    listed = journey.in_json("mappings").lines
    assert [one["mapping"] for one in listed] == list(mapping_names())
    assert all(one["about"] and one["tables"] for one in listed)
    text = journey("mappings").out
    assert all(f"\n{name} " in text for name in mapping_names())


def test_one_mapping_is_shown_with_its_tables_and_parameters(journey: "Journey") -> None:
    shown = journey.in_json("mappings", "zendesk").json
    assert [one["table"] for one in shown["tables"] if one["needed"]] == ["ticket"]
    assert {"parameter": "current_values", "type": "BOOLEAN", "default": False}.items() <= shown["parameters"][2].items()
    text = journey("mappings", "zendesk").out
    assert text.startswith("# zendesk\n")
    assert "ticket_comment " in text
    assert "current_values " in text


def test_the_sql_of_a_mapping_is_printed_as_it_is_run(journey: "Journey") -> None:
    printed = journey("mappings", "bitcoin-otc", "--sql").out
    mapping = journey.file("mine.sql", printed)
    ratings = journey.file("ratings.csv", "from,to,feature,time", "6,2,4,1289241911.72836")
    assert journey.imported("--sql", mapping, ratings).counts == (1, 1, 0, 0)
    assert journey.imported("--mapping", "bitcoin-otc", ratings).counts == (1, 0, 1, 0)
    assert journey("mappings", "--sql").code == 2


def test_an_export_is_imported_by_a_mapping_and_its_parameters(journey: "Journey") -> None:
    answers = journey.file("answers.csv", "customer,score,date", "c1,2,2024-03-02T10:00:00Z")
    scale = ("--set", "lowest=1", "--set", "highest=5", "--set", "instrument=csat")
    assert journey.imported("--mapping", "nps-survey", *scale, answers).counts == (1, 1, 0, 0)
    (fact,) = journey.in_json("history", "c1@survey").lines
    assert (fact["score"], fact["instrument"]) == (0.25, "csat")


def test_what_cannot_be_set_is_a_usage_error(journey: "Journey") -> None:
    answers = journey.file("answers.csv", "customer,score,date")
    for arguments, error in (
        (("--set", "lowest=1"), "give --mapping or --sql"),
        (("--mapping", "nps-survey", "--set", "lowest"), "write NAME=VALUE"),
        (("--mapping", "nps-survey", "--sql", "x.sql"), "give one of them"),
    ):
        run = journey("import", *arguments, answers)
        assert run.code == 2
        assert error in run.err


def test_an_unknown_mapping_says_which_was_meant(journey: "Journey") -> None:
    run = journey("import", "--mapping", "zendesc", journey.file("ticket.csv", "id"))
    assert run.code == 1
    assert "there is no mapping `zendesc`" in run.err
    assert "did you mean `zendesk`?" in run.err


def test_a_query_of_ones_own_has_parameters_too(journey: "Journey") -> None:
    source = journey.file("visits.csv", "name,stars", "anna,5", "berta,x")
    mapping = journey.file(
        "mapping.sql",
        "-- what a star is worth",
        "SET VARIABLE star = 0.1;  -- of one",
        "SET VARIABLE who = NULL;  -- who was visited",
        f"{SELECT}, stars::INTEGER * getvariable('star') AS benevolence, getvariable('who') AS representative FROM source",
    )
    unset = journey("import", "--sql", mapping, source)
    assert "`who` is not set" in unset.err
    assert "--set who=VALUE: who was visited" in unset.err
    run = journey.imported("--sql", mapping, "--set", "star=0.15", "--set", "who=ugo", source)
    assert run.counts == (2, 1, 0, 1)
    (fact,) = journey.in_json("history", "r").lines
    assert (fact["benevolence"], fact["representative"]) == (0.75, "ugo")
    (refused,) = journey.read("visits.rejects.jsonl")
    assert (refused["line"], "'x'" in refused["reason"]) == (3, True)


def test_only_set_variable_may_stand_before_the_query(journey: "Journey") -> None:
    source = journey.file("visits.csv", "name", "anna")
    for statement in ("SET memory_limit = '1GB'", "CREATE TABLE x (y INT)", "SELECT 1"):
        run = journey("import", "--sql", journey.file("mapping.sql", f"{statement};", f"{SELECT} FROM source"), source)
        assert run.code == 1
        assert "holds 2 statements" in run.err
        assert "SET VARIABLE" in run.err
