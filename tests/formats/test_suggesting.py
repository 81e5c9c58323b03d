"""A suggested mapping: what it sees of a source, and that it imports once what it marks is decided."""

from pathlib import Path

import pytest

from journey import Journal, UnreadableSource
from journey.formats.importing import import_files
from journey.formats.opening import DEFAULTS, Source
from journey.formats.suggesting import suggest

pytest.importorskip("duckdb")
TICKETS = """id,customer_id,assignee,created_at,updated_at,solved_at,priority,comment
1,c-1,anna,2024-03-01 09:00:00,2024-03-05 10:00:00,2024-03-04 12:00:00,high,Card eaten
2,c-2,ugo,2024-03-02 09:00:00,2024-03-02 09:00:00,,low,It's slow
3,c-1,anna,2024-03-09 09:00:00,2024-03-09 09:00:00,,low,
"""
ORDERS = """order_id,customer,bought,approved,delivered,estimated_delivery,stars
o-1,c-1,2024-03-01T09:00:00Z,2024-03-01T10:00:00Z,2024-03-04T12:00:00Z,2024-03-05T00:00:00Z,5
o-2,c-2,2024-03-02T09:00:00Z,2024-03-02T10:00:00Z,2024-03-19T12:00:00Z,2024-03-06T00:00:00Z,1
"""


def suggested(folder: Path, text: str, name: str = "tickets.csv") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return suggest([Source.of(folder / name, DEFAULTS)])


def kinds(folder: Path, text: str, mapping: str, name: str = "tickets.csv") -> list[str]:
    """The kinds that the mapping makes of a file, in the order of the journal."""
    (folder / name).write_text(text, encoding="utf-8")
    (folder / "mapping.sql").write_text(mapping, encoding="utf-8")
    with Journal.open("memory:") as journal:
        outcome = import_files(journal, [folder / name], mapping=folder / "mapping.sql")
        assert (outcome.refused, outcome.recorded) == (0, outcome.read)
        again = import_files(journal, [folder / name], mapping=folder / "mapping.sql")
        assert (again.recorded, again.unchanged) == (0, again.read)
        return [record.touchpoint.kind for record in journal.read()]


def test_it_imports_as_it_is_where_the_columns_say_enough(tmp_path: Path) -> None:
    assert kinds(tmp_path, TICKETS, suggested(tmp_path, TICKETS)) == ["request_made", "request_made", "interaction", "request_made"]
    shop = kinds(tmp_path, ORDERS, suggested(tmp_path, ORDERS, "orders.csv"), "orders.csv")
    assert sorted(shop) == sorted(2 * ["promise_made", "purchase_made", "delivery", "feedback_given"])


def test_it_says_what_each_column_holds_and_what_to_decide(tmp_path: Path) -> None:
    text = suggested(tmp_path, TICKETS)
    assert "--   id           numbers, all different: 1, 2, 3" in text
    assert "--   priority     texts, 2 different: low (2), high (1)" in text
    assert "--   comment      texts, all different: Card eaten, It's slow, 1 empty" in text
    assert "DECIDE which time zone they are of" in text
    assert "-- `updated_at` is left out" in text
    assert '"customer_id" AS relationship,  -- DECIDE' in text
    assert '"assignee" AS representative' in text


def test_it_never_makes_one_customer_of_all(tmp_path: Path) -> None:
    text = suggested(tmp_path, "id,created\n1,2024-03-01T09:00:00Z\n")
    assert "NULL AS relationship,  -- DECIDE which column is the customer" in text


def test_days_before_months_are_read_so_and_it_says_so(tmp_path: Path) -> None:
    days = (
        TICKETS.replace("2024-03-01 09:00:00", "13/03/2024")
        .replace("2024-03-02 09:00:00", "1/4/2024 10:30")
        .replace("2024-03-09 09:00:00", "02/04/2024")
    )
    text = suggested(tmp_path, days)
    assert "times, read as the day first" in text
    assert kinds(tmp_path, days, text).count("request_made") == 3


def test_scores_are_scaled_by_what_they_go_from_and_to(tmp_path: Path) -> None:
    for highest, scale in ((5, "- 1) / 4.0"), (9, "- 0) / 10.0"), (80, "- 0) / 100.0")):
        rows = f"id,customer,at,rating\n1,c,2024-03-01T09:00:00Z,1\n2,c,2024-03-02T09:00:00Z,{highest}\n"
        assert scale in suggested(tmp_path, rows)


def test_other_files_are_tables_beside_it(tmp_path: Path) -> None:
    (tmp_path / "tickets.csv").write_text(TICKETS, encoding="utf-8")
    (tmp_path / "staff.csv").write_text("number,name\n1,anna\n", encoding="utf-8")
    text = suggest([Source.of(tmp_path / name, DEFAULTS) for name in ("tickets.csv", "staff.csv")])
    assert "-- The columns of the table `staff`:\n--   number  numbers, all different: 1" in text
    assert "journey import tickets.csv staff.csv --sql" in text


def test_where_there_is_no_time_it_says_so(tmp_path: Path) -> None:
    assert "No column has times" in suggested(tmp_path, "id,name\n1,anna\n")


def test_nothing_is_suggested_from_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="has no rows to suggest a mapping from"):
        suggested(tmp_path, "id,name\n")
