"""The mappings `intercom`, `hubspot` and `salesforce`; and for these and `zendesk`, that nothing is told before it is known."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from formats.exports import Export, Tables
from formats.made_up_exports import HUBSPOT, INTERCOM, SALESFORCE, SAMPLES

_TIME = re.compile(r"\d{4}-\d\d-\d\d")


def _until(tables: Tables, day: str) -> Tables:
    """An export as it was at the end of a day: without rows that came later, and without times that lay ahead."""
    return {name: "\n".join(_rows_until(text.strip().splitlines(), day)) for name, text in tables.items()}


def _rows_until(rows: list[str], day: str) -> list[str]:
    header = rows[0].split()
    kept = [rows[0]]
    for row in map(str.split, rows[1:]):
        times = [cell for cell in row if _TIME.match(cell)]
        own = row[header.index("updated_at")] if "updated_at" in header else min(times, default="")
        if own[:10] <= day:
            kept.append(" ".join("-" if _TIME.match(cell) and cell[:10] > day else cell for cell in row))
    return kept


def _told(export: Export, day: str) -> Mapping[str, object]:
    facts = (record.touchpoint for record in export.journal.read())
    return {fact.id: fact for fact in facts if f"{fact.occurred_at:%Y-%m-%d}" <= day}


@pytest.mark.parametrize("mapping", SAMPLES)
@pytest.mark.parametrize("day", ["2024-03-04", "2024-03-07", "2024-05-31"])
def test_an_export_says_of_a_day_what_an_export_of_that_day_said(tmp_path: Path, mapping: str, day: str) -> None:
    then, now = Export(tmp_path / "then", mapping), Export(tmp_path / "now", mapping)
    now.told(SAMPLES[mapping])
    then.told(_until(SAMPLES[mapping], day))
    assert _told(then, day) == _told(now, day) != {}
    assert then.imported(SAMPLES[mapping]).refused == 0


@pytest.mark.parametrize("mapping", SAMPLES)
def test_a_second_import_changes_nothing(tmp_path: Path, mapping: str) -> None:
    export = Export(tmp_path / "export", mapping)
    recorded = export.imported(SAMPLES[mapping]).recorded
    again = export.imported()
    assert (again.recorded, again.unchanged, again.refused) == (0, recorded, 0)


def test_conversations_wait_for_people_and_not_for_bots(tmp_path: Path) -> None:
    first, second, third = (f"episode=intercom-conversation-{number}" for number in (1, 2, 3))
    assert Export(tmp_path / "export", "intercom").told(INTERCOM) == [
        f"03-04 09:00 request_made {first}",
        f"03-04 12:00 response_failed {first} manner=delayed severity=0.3",
        f"03-04 13:00 interaction {first} representative=ann",
        f"03-04 13:30 handover_made {first} from_representative=ann introduction=cold to_representative=bob",
        f"03-05 09:00 request_made {first}",
        f"03-06 09:00 interaction {first} representative=bob",
        f"03-06 09:01 interaction certainty=0.5 competence=0.4 {first} representative=bob",
        f"03-08 09:00 request_made {first}",
        f"03-09 09:00 interaction certainty=0.5 competence=0.4 {first} representative=bob",
        f"03-10 09:00 feedback_given {first} instrument=csat score=0.75",
        f"04-05 09:00 interaction {third} representative=ann",
        f"04-01 09:00 request_made {second}",
        f"04-01 10:00 interaction certainty=0.5 {second}",
        f"04-02 09:30 request_made {second}",
        f"04-03 10:00 interaction certainty=0.5 competence=0.4 {second}",
    ]


def test_bots_answer_if_they_are_said_to(tmp_path: Path) -> None:
    lines = Export(tmp_path / "export", "intercom").told(INTERCOM, bots_answer="yes")
    assert lines[1] == "03-04 09:00 interaction episode=intercom-conversation-1 representative=fin"


def test_the_customer_may_be_the_company(tmp_path: Path) -> None:
    for mapping, company in (("intercom", "acme@intercom"), ("hubspot", "company-acme@hubspot")):
        export = Export(tmp_path / mapping, mapping)
        export.told(SAMPLES[mapping], by_company="true")
        assert company in {one.relationship for one in export.journal.relationships()}


def test_tickets_deals_and_meetings_of_hubspot(tmp_path: Path) -> None:
    export = Export(tmp_path / "export", "hubspot")
    assert export.told(HUBSPOT) == [
        "03-04 09:00 failure_occurred episode=hubspot-ticket-1",
        "03-04 11:00 recovery_step_taken episode=hubspot-ticket-1 representative=ann step=acknowledge",
        "03-04 11:30 handover_made episode=hubspot-ticket-1 from_representative=ann introduction=cold to_representative=bob",
        "03-05 09:00 request_made episode=hubspot-ticket-1",
        "03-05 12:00 interaction episode=hubspot-ticket-1 representative=bob",
        "03-06 09:00 recovery_step_taken certainty=0.5 episode=hubspot-ticket-1 representative=bob step=help",
        "03-08 09:00 failure_occurred certainty=0.5 episode=hubspot-ticket-1",
        "03-20 09:00 recovery_step_taken certainty=0.5 episode=hubspot-ticket-1 representative=bob step=help",
        "04-04 09:00 request_made episode=hubspot-ticket-2",
        "04-04 10:00 interaction episode=hubspot-ticket-2",
        "04-05 09:00 interaction certainty=0.5 competence=0.4 episode=hubspot-ticket-2",
        "05-01 09:00 interaction representative=bob",
        "06-05 09:00 purchase_made amount=100.0",
    ]
    assert "relationships_merged" in {record.touchpoint.kind for record in export.journal.read()}


def test_cases_tasks_and_opportunities_of_salesforce(tmp_path: Path) -> None:
    assert Export(tmp_path / "export", "salesforce").told(SALESFORCE) == [
        "03-04 09:00 request_made episode=salesforce-case-500",
        "03-04 10:00 failure_occurred episode=salesforce-case-500",
        "03-04 12:00 recovery_step_taken episode=salesforce-case-500 representative=005a step=acknowledge",
        "03-04 13:00 request_made episode=salesforce-case-500",
        "03-05 09:00 handover_made episode=salesforce-case-500 from_representative=005a to_representative=005b",
        "03-05 10:00 interaction episode=salesforce-case-500 representative=005b",
        "03-06 09:00 recovery_step_taken certainty=0.5 episode=salesforce-case-500 step=help",
        "03-07 09:00 failure_occurred certainty=0.5 episode=salesforce-case-500",
        "03-08 09:00 recovery_step_taken certainty=0.5 episode=salesforce-case-500 step=help",
        "04-04 09:00 request_made episode=salesforce-case-501",
        "04-04 11:00 interaction episode=salesforce-case-501 representative=005b",
        "04-05 09:00 interaction certainty=0.5 competence=0.4 episode=salesforce-case-501",
        "05-01 09:00 interaction representative=005b",
        "05-30 09:00 purchase_made amount=1000.0",
        "07-01 23:59 purchase_made",
    ]


def test_a_version_that_was_won_counts_from_when_it_became_so(tmp_path: Path) -> None:
    export = Export(tmp_path / "export", "salesforce")
    versions = """
        id  is_won amount _fivetran_start
        006 false  10     2024-05-01~09:00:00
        006 true   20     2024-05-03~09:00:00
        008 true   30     2024-08-01~09:00:00
    """
    tables = {"sf_opportunity_data": SALESFORCE["Opportunity"], "sf_opportunity_history_data": versions}
    assert export.told(tables) == ["05-03 09:00 purchase_made amount=20.0", "07-01 23:59 purchase_made"]


@pytest.mark.parametrize(
    ("mapping", "settings", "kinds"),
    [
        ("intercom", {}, {"request_made": 4, "interaction": 4}),
        ("hubspot", {}, {"request_made": 25, "interaction": 26, "relationships_merged": 4}),
        ("salesforce", {"tasks": "."}, {"interaction": 10}),
    ],
)
def test_real_exports_are_mapped_and_mapped_again(
    tmp_path: Path, mapping: str, settings: Mapping[str, str], kinds: Mapping[str, int]
) -> None:
    assert Export(tmp_path / "export", mapping).real(f"exports/{mapping}", **settings) == kinds
