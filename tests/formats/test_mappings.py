"""Ready mappings as such: what they name is there, files find their tables, and what is wrong is said with its mend."""

from pathlib import Path

import pytest
from formats.exports import Export

from journey import Interaction, Journal, RequestMade
from journey.errors import UnreadableSource
from journey.formats import import_files, mapping_names, read_mapping

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "coding-guide.md").read_text(encoding="utf-8")
TICKETS = "id requester_id created_at\n1 c1 2024-03-04~09:00:00"


@pytest.fixture
def zendesk(tmp_path: Path) -> Export:
    return Export(tmp_path / "export", "zendesk")


@pytest.mark.parametrize("name", mapping_names())
def test_a_mapping_says_what_it_needs_in_words_of_the_guide(name: str) -> None:
    mapping = read_mapping(name)
    assert mapping.about
    assert mapping.readme.startswith(f"# {name}\n")
    assert "assumes, and cannot know" in mapping.readme
    assert [word for word in mapping.words if f"| {word} |" not in GUIDE] == []
    assert all(one.meaning for one in mapping.parameters())
    assert mapping.shapes[0].needs


def test_an_unknown_mapping_or_parameter_is_refused_with_what_was_meant(zendesk: Export) -> None:
    with pytest.raises(UnreadableSource, match="there is no mapping `zendsk`") as unknown:
        read_mapping("zendsk")
    assert unknown.value.mend.startswith("did you mean `zendesk`?")
    with pytest.raises(UnreadableSource, match="`refundtag` is not a parameter") as unknown:
        zendesk.imported({"ticket": TICKETS}, refundtag="money-back")
    assert unknown.value.mend.startswith("did you mean `refund_tag`?")


@pytest.mark.parametrize(
    ("parameter", "value", "kind"),
    [("current_values", "perhaps", "BOOLEAN"), ("solved_competence", "much", "DOUBLE"), ("business_week_hours", "37.5", "INTEGER")],
)
def test_a_value_of_another_type_is_refused(zendesk: Export, parameter: str, value: str, kind: str) -> None:
    with pytest.raises(UnreadableSource, match=f"`{parameter}`: `{value}` is not a {kind}"):
        zendesk.imported({"ticket": TICKETS}, **{parameter: value})


def test_a_file_is_its_table_by_its_name_however_it_is_written(tmp_path: Path) -> None:
    for number, name in enumerate(("ticket", "tickets", "Ticket", "ticket_data", "zendesk_tickets", "ZENDESK_TICKET_DATA")):
        export = Export(tmp_path / str(number), "zendesk")
        assert export.told({name: TICKETS}) == ["03-04 09:00 request_made episode=zendesk-ticket-1"]


def test_columns_are_found_without_case_and_marks(zendesk: Export) -> None:
    tickets = "ID Requester-Id Created~At Channel\n1 c1 2024-03-04~09:00:00 email"
    zendesk.told({"ticket": tickets})
    (record,) = zendesk.journal.read()
    assert isinstance(record.touchpoint, RequestMade)
    assert record.touchpoint.channel == "email"


def test_what_is_missing_and_what_is_left_aside_is_told(zendesk: Export) -> None:
    outcome = zendesk.imported({"ticket": TICKETS, "brand": "id name\n1 x"})
    notes = " ".join(outcome.report.notes)
    assert "comes without the table `ticket_comment`: no reply is seen" in notes
    assert "the mapping does not use `brand.csv`" in notes


def test_a_missing_table_or_column_is_named(zendesk: Export) -> None:
    with pytest.raises(UnreadableSource, match="needs the table `ticket`: the tickets"):
        zendesk.imported({"user": "id role\n1 agent"})
    with pytest.raises(UnreadableSource, match="has no column `requester_id`") as missing:
        zendesk.imported({"ticket": "id requester created_at\n1 c1 2024-03-04~09:00:00"})
    assert missing.value.mend.startswith("did you mean `requester`?")


def test_a_time_without_an_offset_is_of_the_mappings_zone_or_the_one_given(zendesk: Export) -> None:
    assert zendesk.told({"ticket": TICKETS}) == ["03-04 09:00 request_made episode=zendesk-ticket-1"]
    in_rome = Export(zendesk.folder, "zendesk")
    in_rome.imported(zone="Europe/Rome")
    assert in_rome.lines() == ["03-04 08:00 request_made episode=zendesk-ticket-1"]
    with pytest.raises(UnreadableSource, match="`posix/Europe/Rome` is not a time zone"):
        in_rome.imported(zone="posix/Europe/Rome")


def test_two_files_for_a_table_and_a_file_that_is_none_are_refused(zendesk: Export) -> None:
    zendesk.write({"ticket": TICKETS, "ticket_data": TICKETS})
    with pytest.raises(UnreadableSource, match="are both the table `ticket`"):
        zendesk.imported()
    with pytest.raises(UnreadableSource, match=r"tockets.csv: is not a table of the mapping `zendesk`"):
        import_files(zendesk.journal, [zendesk.folder / "ticket.csv", Path("tockets.csv")], mapping=read_mapping("zendesk"))


def test_files_of_a_single_table_come_one_after_the_other(tmp_path: Path) -> None:
    export = Export(tmp_path / "export", "nps-survey")
    export.write({name: f"customer score date\n{name} 9 2024-03-02T10:00:00Z" for name in ("january", "february")})
    files = [export.folder / "january.csv", export.folder / "february.csv"]
    outcome = import_files(export.journal, files, mapping=read_mapping("nps-survey"), rejects=tmp_path / "rejects.jsonl")
    assert (outcome.recorded, outcome.refused) == (2, 0)


def test_a_table_of_parquet_is_text_like_any_other(zendesk: Export) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    zendesk.folder.mkdir()
    table = pyarrow.table({"id": [7], "requester_id": [42], "created_at": ["2024-03-04 09:00:00"]})
    parquet.write_table(table, zendesk.folder / "ticket.parquet")
    zendesk.told()
    assert [one.relationship for one in zendesk.journal.relationships()] == ["42@zendesk"]


def test_a_mapping_of_ones_own_is_a_folder_like_these(tmp_path: Path) -> None:
    folder = tmp_path / "calls"
    folder.mkdir()
    (folder / "tables.toml").write_text('about = "Calls"\n[tables.source]\nabout = "a call a row"\nneeds = ["who", "t"]\n')
    (folder / "README.md").write_text("# calls\n")
    (folder / "mapping.sql").write_text(
        "SET VARIABLE tone = 0.5;  -- how it was\n"
        "SELECT 'interaction' AS kind, who || t AS id, who AS relationship, t::TIMESTAMPTZ AS occurred_at, "
        "getvariable('tone') AS benevolence FROM source"
    )
    (tmp_path / "x.csv").write_text("who,t\nanna,2024-03-04T09:00:00Z\n")
    with Journal.open("memory:") as journal:
        import_files(journal, [tmp_path / "x.csv"], mapping=read_mapping(folder), settings={"tone": "0.25"})
        (record,) = journal.read()
        assert isinstance(record.touchpoint, Interaction)
        assert record.touchpoint.benevolence == 0.25
    (folder / "tables.toml").write_text("about = 1\n")
    with pytest.raises(UnreadableSource, match=r"tables.toml"):
        read_mapping(str(folder))
    with pytest.raises(UnreadableSource, match="no such file") as absent:
        read_mapping(tmp_path / "none")
    assert "a mapping is a folder" in absent.value.mend
