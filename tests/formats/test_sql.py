"""Mapping by SQL: nothing is another value than it was written, and one bad row is one refusal."""

import json

import pytest
from formats.door import ORDERS, Door, csv

# By SQL


def test_a_column_of_numbers_and_texts_keeps_each_as_it_is(door: Door) -> None:
    rows = [f"{number},{1000 + number % 50},2024-05-02 18:00:00" for number in range(25_000)]
    odd = [f"{25_000 + place},{customer},2024-05-02 18:00:00" for place, customer in enumerate(("0012", "12", "7.6", "8"))]
    outcome = door.imported(door.file("big.csv", csv(*rows, *odd, header="order,customer,t")), sql=ORDERS)
    assert (outcome.recorded, outcome.refused) == (25_004, 0)
    assert {name: count for name, count in door.relationships().items() if count == 1} == dict.fromkeys(
        ("0012@shop", "12@shop", "7.6@shop", "8@shop"), 1
    )


def test_a_bad_line_among_many_is_one_refusal_with_its_line(door: Door) -> None:
    rows = [f"{number},{1000 + number % 50},2024-05-02 18:00:00" for number in range(25_000)]
    outcome = door.imported(door.file("big.csv", csv(*rows, "x,y,z", header="order,customer,t")), sql=ORDERS)
    assert (outcome.read, outcome.recorded, outcome.refused) == (25_001, 25_000, 1)
    (refused,) = door.refused(outcome)
    assert refused["line"] == 25_002
    assert "`z` is not a TIMESTAMP" in refused["reason"]
    assert door.imported(door.folder / "big.csv", sql=ORDERS.replace(", t)", ", TRY_CAST(t AS TIMESTAMP))"), all_text=True).refused == 1


@pytest.mark.parametrize(
    "customers", [("12E3", "1200E1", "12000"), ("1", "01", "1.0"), ("7.60", "7.6"), ("-0", "0"), ("9" * 25, "9" * 24 + "8")]
)
@pytest.mark.parametrize("format", ["csv", "jsonl", "json"])
def test_customers_that_are_written_differently_are_different(door: Door, customers: tuple[str, ...], format: str) -> None:
    rows = [{"order": str(place), "customer": customer, "t": "2024-05-02 18:00:00"} for place, customer in enumerate(customers)]
    text = (
        csv(*(",".join(row.values()) for row in rows), header="order,customer,t") if format == "csv" else "\n".join(map(json.dumps, rows))
    )
    assert door.imported(door.file(f"e2.{format}", text), sql=ORDERS).recorded == len(customers)
    assert set(door.relationships()) == {f"{customer}@shop" for customer in customers}


def test_numbers_of_json_are_as_they_are_written(door: Door) -> None:
    lines = [
        f'{{"order": {place}, "customer": {number}, "t": "2024-05-02 18:00:00"}}'
        for place, number in enumerate(("12E3", "12000", "7.60", "1e400"))
    ]
    door.imported(door.file("e.jsonl", "\n".join(lines)), sql=ORDERS)
    assert set(door.relationships()) == {"12E3@shop", "12000@shop", "7.60@shop", "1e400@shop"}


def test_a_name_that_comes_late_is_a_column(door: Door) -> None:
    rows = [{"order": number, "customer": "c", "t": "2024-05-02 18:00:00"} for number in range(25_000)]
    query = ORDERS.replace("0.5 AS", "coalesce(rude, 0.5) AS")
    assert (
        door.imported(
            door.file("e7.jsonl", "\n".join(map(json.dumps, [*rows, {**rows[0], "order": 25_000, "rude": -0.9}]))), sql=query
        ).recorded
        == 25_001
    )
    assert door.facts()["o-25000"].competence == -0.9


def test_seconds_that_are_milliseconds_are_refused_with_their_value(door: Door) -> None:
    query = ORDERS.replace("timezone('UTC', t)", "make_timestamptz((t * 1000000)::BIGINT)")
    path = door.file("d1.csv", csv("1,c,1714557600", "2,c,1714557600000", "3,c,1714657600", header="order,customer,t"))
    outcome = door.imported(path, sql=query)
    assert outcome.recorded == 2
    (refused,) = door.refused(outcome)
    assert refused["line"] == 3
    assert "`1714557600000`" in refused["reason"]
    assert "milliseconds" in refused["mend"]


def test_infinity_is_not_missing(door: Door) -> None:
    path = door.file("d3.csv", csv("1,c,infinity", "2,c,2024-05-02 18:00:00+00", header="order,customer,t"))
    outcome = door.imported(path, sql=ORDERS.replace("timezone('UTC', t)", "t::VARCHAR::TIMESTAMPTZ"))
    assert outcome.recorded == 1
    assert "infinity" in door.refused(outcome)[0]["reason"]


@pytest.mark.parametrize("value", ["x", "", "99999999999999999999", "2024-13-01"])
def test_where_a_cast_fails_the_row_is_refused_and_no_other(door: Door, value: str) -> None:
    rows = [f"{number},c,2024-05-02 18:00:00,{value if number == 3 else number}" for number in range(7)]
    query = ORDERS.replace("0.5 AS competence", "(stars::BIGINT - 5) / 10.0 AS competence")
    outcome = door.imported(door.file("s.csv", csv(*rows, header="order,customer,t,stars")), sql=query)
    assert outcome.recorded + outcome.refused == 7
    if value:
        (refused,) = door.refused(outcome)
        assert refused["line"] == 5
        assert value in refused["reason"]


@pytest.mark.parametrize(
    "query", ["SELECT DISTINCT * FROM ({0})", "{0} ORDER BY id DESC", "WITH q AS ({0}) SELECT * FROM q", "{0} UNION ALL {0}"]
)
def test_queries_of_any_form_run(door: Door, query: str) -> None:
    path = door.file("a.csv", csv("1,c,2024-05-02 18:00:00", "2,c,2024-05-02 19:00:00", header="order,customer,t"))
    assert door.imported(path, sql=query.format(ORDERS)).recorded == 2


@pytest.mark.parametrize("name", ["orders[1].csv", "w?.csv", "v*.csv", "it's.csv", "year=2024/a.csv", "{a,b}.csv", "a%20b.csv", "né.csv"])
def test_a_path_is_a_name_and_not_a_pattern(door: Door, name: str) -> None:
    for decoy in ("orders1.csv", "wA.csv", "vB.csv", "a.csv"):
        door.file(decoy, csv("9,SOMEBODY,2024-05-02 18:00:00", header="order,customer,t"))
    path = door.file(name, csv("1,marta,2024-05-02 18:00:00", header="order,customer,t"))
    assert door.imported(path, sql=ORDERS).recorded == 1
    assert set(door.relationships()) == {"marta@shop"}


def test_envelopes_are_mapped_as_the_objects_that_they_are(door: Door) -> None:
    event = {"specversion": "1.0", "messageId": "7", "order": 1, "customer": "c", "t": "2024-05-02 18:00:00"}
    outcome = door.imported(door.file("events.jsonl", json.dumps(event)), sql=ORDERS)
    assert (outcome.recorded, outcome.report.notes) == (1, [])
