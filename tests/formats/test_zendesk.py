"""The mapping `zendesk`: a ticket's life as what it means to the customer, and nothing from its future."""

from pathlib import Path

import pytest
from formats.exports import Export
from formats.made_up_exports import ZENDESK


@pytest.fixture
def zendesk(tmp_path: Path) -> Export:
    return Export(tmp_path / "export", "zendesk")


def test_a_tickets_life_is_told_as_it_was_lived(zendesk: Export) -> None:
    question, incident = "episode=zendesk-ticket-1", "episode=zendesk-ticket-2"
    assert zendesk.told(ZENDESK) == [
        f"03-04 09:00 request_made due=03-04_11:00 {question}",
        f"03-04 13:00 interaction {question} representative=ann",
        f"03-05 09:00 request_made {question}",
        f"03-05 11:00 interaction {question} representative=ann",
        f"03-06 09:00 interaction certainty=0.5 competence=0.4 {question}",
        f"03-07 09:00 feedback_given {question} instrument=csat score=1.0",
        f"04-01 08:00 failure_occurred {incident} severity=0.8",
        f"04-01 08:30 recovery_step_taken {incident} representative=ann step=acknowledge",
        f"04-02 09:00 handover_made {incident} from_representative=ann to_representative=bob",
        f"04-03 12:00 interaction {incident} representative=bob",
        f"04-03 12:00 recovery_step_taken certainty=0.5 {incident} representative=bob step=help",
        f"04-05 08:00 failure_occurred certainty=0.5 {incident} severity=0.8",
        f"04-05 10:00 recovery_step_taken {incident} step=compensate",
        f"04-06 08:00 recovery_step_taken certainty=0.5 {incident} step=acknowledge",
        f"04-06 08:00 recovery_step_taken certainty=0.5 {incident} representative=bob step=help",
        f"04-07 08:00 feedback_given {incident} instrument=csat score=0.25",
    ]
    assert zendesk.imported().unchanged == 16


def test_what_a_row_says_today_changes_nothing_that_was(zendesk: Export) -> None:
    before = zendesk.told(ZENDESK)
    changed = ZENDESK["ticket"].replace("-        normal   solved", "problem  urgent   open").replace("incident urgent", "question low")
    outcome = zendesk.imported({**ZENDESK, "ticket": changed})
    assert (outcome.recorded, outcome.refused, zendesk.lines()) == (0, 0, before)


def test_what_happens_later_changes_nothing_that_was(zendesk: Export) -> None:
    before = zendesk.told(ZENDESK)
    later = {
        "ticket_comment": "17 1 c1 2024-05-01~09:00:00 true",
        "ticket_field_history": """
            1 type        2024-05-02~09:00:00 problem
            1 priority    2024-05-02~09:00:00 urgent
            1 status      2024-05-01~09:00:00 open
            1 assignee_id 2024-05-02~09:00:00 bob
            2 status      2024-05-03~09:00:00 pending""",
        "sla_policy_metric_history": "7 2024-05-01~00:00:00 first_reply_time normal 1 false",
    }
    grown = {name: f"{text.strip()}\n{later.get(name, '')}" for name, text in ZENDESK.items()}
    again = zendesk.told(grown)
    assert [line for line in again if line < "05"] == before
    assert [line.split()[2] for line in again if line >= "05"] == ["request_made", "failure_occurred"]


def test_a_type_that_was_set_later_is_a_failure_from_then_on(zendesk: Export) -> None:
    history = "ticket_id field_name updated value\n1 type 2024-03-04~15:00:00 incident\n1 status 2024-03-05~09:00:00 solved"
    tickets = "id requester_id created_at\n1 c1 2024-03-04~09:00:00"
    assert zendesk.told({"ticket": tickets, "ticket_field_history": history}) == [
        "03-04 09:00 request_made episode=zendesk-ticket-1",
        "03-04 15:00 failure_occurred episode=zendesk-ticket-1 severity=0.3",
        "03-05 09:00 recovery_step_taken certainty=0.5 episode=zendesk-ticket-1 step=acknowledge",
        "03-05 09:00 recovery_step_taken certainty=0.5 episode=zendesk-ticket-1 step=help",
    ]


def test_tickets_alone_are_requests_unless_todays_values_are_trusted(zendesk: Export) -> None:
    tickets = {"ticket": ZENDESK["ticket"]}
    assert [line.split()[2] for line in zendesk.told(tickets)] == ["request_made", "request_made"]
    trusting = Export(zendesk.folder.parent / "trusting", "zendesk")
    assert [line.split()[2] for line in trusting.told(tickets, current_values="true")] == ["request_made", "failure_occurred"]


def test_targets_in_business_hours_count_by_the_hours_of_a_week(zendesk: Export) -> None:
    targets = ZENDESK["sla_policy_metric_history"].replace("false", "true")
    assert " due=" not in zendesk.told({**ZENDESK, "sla_policy_metric_history": targets})[0]
    open_40 = Export(zendesk.folder.parent / "open", "zendesk")
    lines = open_40.told({**ZENDESK, "sla_policy_metric_history": targets}, business_week_hours="40")
    assert lines[0].startswith("03-04 09:00 request_made due=03-04_17:24")


def test_a_ticket_whose_time_is_no_time_is_one_refusal(zendesk: Export) -> None:
    outcome = zendesk.imported({**ZENDESK, "ticket": ZENDESK["ticket"].replace("2024-03-04~09:00:00", "yesterday")})
    assert (outcome.refused, outcome.recorded) == (1, 15)


def test_a_real_export_is_mapped_and_mapped_again(zendesk: Export) -> None:
    assert zendesk.real("exports/zendesk") == {"request_made": 8, "interaction": 5}
