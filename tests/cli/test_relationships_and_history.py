"""`journey relationships` and `journey history`: what the journal holds, as of any day."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .conftest import Journey, Visit

READING = [
    ("relationships",),
    ("history", "m@bank"),
    ("replay", "m@bank"),
    ("replay", "--all"),
    ("explain", "m@bank"),
    ("whatif", "m@bank", "--without", "meeting-131"),
]


def ids(lines: list[Any]) -> list[str]:
    return [line["id"] for line in lines]


def test_relationships_have_count_first_and_last(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("b", day=9), visit("a", day=2), visit("c", "q", day=4))
    q, r = journey.in_json("relationships").lines
    assert set(q) == set(r) == {"relationship", "touchpoints", "first", "last"}
    assert (r["relationship"], r["touchpoints"]) == ("r", 2)
    assert datetime.fromisoformat(r["first"]) == datetime(2024, 1, 2, 10, tzinfo=UTC)
    assert datetime.fromisoformat(r["last"]) == datetime(2024, 1, 9, 10, tzinfo=UTC)


def test_relationships_are_listed_by_name(journey: "Journey", visit: "Visit") -> None:
    journey.record(*(visit(name, name) for name in ("zoe@shop", "anna@shop", "marco@shop")))
    assert [line["relationship"] for line in journey.in_json("relationships").lines] == ["anna@shop", "marco@shop", "zoe@shop"]


def test_the_list_says_how_many_there_are(bank: "Journey") -> None:
    run = bank("relationships")
    assert (run.code, run.err) == (0, "")
    assert "m@bank" in run.out
    assert "134" in run.out


def test_a_history_tells_each_field_its_position_and_record_time(journey: "Journey", visit: "Visit") -> None:
    given = visit("a", note="Good day", representative="anna", sequence=3)
    (receipt,) = journey.record(given)
    line = journey.in_json("history", "r").json
    text = {name: line.pop(name) for name in ("position", "recorded_at")}
    assert text == {name: receipt[name] for name in text}
    assert datetime.fromisoformat(line.pop("occurred_at")) == datetime.fromisoformat(given.pop("occurred_at"))
    assert line == {**given, "by": "organisation", "certainty": 1.0}


def test_a_timeline_tells_what_was_paid_and_what_is_due(journey: "Journey") -> None:
    common = {"relationship": "r", "occurred_at": "2024-03-05T10:00:00Z"}
    journey.record(
        {**common, "kind": "purchase_made", "id": "a", "amount": 1234.5, "currency": "EUR"},
        {**common, "kind": "purchase_made", "id": "b", "amount": -3},
        {**common, "kind": "purchase_made", "id": "c", "currency": "EUR"},
        {**common, "kind": "request_made", "id": "d", "due": "2024-03-09T23:30:00-05:00"},
        {**common, "kind": "promise_made", "id": "e", "promise": "p", "due": "2024-03-09T10:00:00Z", "topic": "loan"},
    )
    lines = journey("history", "r").out.splitlines()[1:6]
    assert [line.split("_made", 1)[1].split() for line in lines] == [
        ["customer", "1,234.50", "EUR", "a"],
        ["customer", "-3.00", "b"],
        ["customer", "c"],
        ["customer", "urgency", "0.5,", "due", "2024-03-10", "d"],
        ["level", "0.5,", "due", "2024-03-09:", "loan", "e"],
    ]


def test_a_history_can_be_recorded_elsewhere_and_says_the_same(bank: "Journey") -> None:
    lines = bank.in_json("history", "m@bank").lines
    source = bank.file("again.jsonl", *({name: line[name] for name in line if name not in ("position", "recorded_at")} for line in lines))
    assert bank.in_json("import", source).json["unchanged"] == len(lines) == 134


def test_a_history_is_told_in_the_order_of_events(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("late", day=9), visit("early", day=2), visit("between", day=4))
    lines = journey.in_json("history", "r").lines
    assert ids(lines) == ["early", "between", "late"]
    assert [line["position"] for line in lines] == [2, 3, 1]


def test_a_bare_date_reaches_to_the_end_of_that_day(journey: "Journey", visit: "Visit") -> None:
    last = visit("last", occurred_at="2024-01-05T23:59:59.999999Z")
    journey.record(visit("first", day=1), last, visit("next", occurred_at="2024-01-06T00:00:00Z"))
    assert ids(journey.in_json("history", "r", "--as-of", "2024-01-05").lines) == ["first", "last"]


def test_an_instant_is_reached_itself(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", day=1), visit("b", day=2))
    assert ids(journey.in_json("history", "r", "--as-of", "2024-01-02T11:00:00+01:00").lines) == ["a", "b"]
    assert ids(journey.in_json("history", "r", "--as-of", "2024-01-02T10:59:59+01:00").lines) == ["a"]


def test_known_at_tells_only_what_was_recorded_by_then(journey: "Journey", visit: "Visit") -> None:
    (first,) = journey.record(visit("a", day=9))
    journey.record(visit("b", day=2))
    assert ids(journey.in_json("history", "r").lines) == ["b", "a"]
    assert ids(journey.in_json("history", "r", "--known-at", first["recorded_at"]).lines) == ["a"]
    before = datetime.fromisoformat(first["recorded_at"]) - timedelta(microseconds=1)
    assert ids(journey.in_json("history", "r", "--known-at", before.isoformat()).lines) == []


def test_both_bounds_hold_together(journey: "Journey", visit: "Visit") -> None:
    (receipt, _) = journey.record(visit("a", day=9), visit("b", day=2))
    journey.record(visit("c", day=3))
    bounded = journey.in_json("history", "r", "--as-of", "2024-01-05", "--known-at", receipt["recorded_at"])
    assert ids(bounded.lines) == ["b"]


def test_the_timeline_tells_trust_people_and_notes(bank: "Journey") -> None:
    run = bank("history", "m@bank")
    assert (run.code, run.err) == (0, "")
    text = " ".join(run.out.split())
    trust = bank.in_json("replay", "m@bank").json["trust"]
    for word in ("2024-03-05", "interaction", "stefano.galli", "meeting-131", f"{trust:.3f}"):
        assert word in text
    assert f"{trust:.2f}, ended_exit, under goodwill" in text


def test_a_long_note_is_never_cut(journey: "Journey", visit: "Visit") -> None:
    words = [f"word{number}" for number in range(200)]
    journey.record(visit("a", note=" ".join(words)))
    text = journey("history", "r").out
    assert all(word in text for word in words)


def test_before_the_first_touchpoint_there_is_nothing_to_tell(bank: "Journey") -> None:
    assert bank.in_json("history", "m@bank", "--as-of", "2000-01-01").lines == []
    assert bank("history", "m@bank", "--as-of", "2000-01-01").code == 0


def test_markup_in_a_note_is_only_text(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", note="[red]stop[/red] :smile:"))
    assert "[red]stop[/red] :smile:" in journey("history", "r").out


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_a_command_that_only_reads_creates_no_file(journey: "Journey", arguments: tuple[str, ...]) -> None:
    run = journey(*arguments)
    assert (run.code, run.out) == (1, "")
    assert "there is no journal at `journey.db`" in run.err
    assert journey.names() == set()


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_a_command_that_only_reads_leaves_the_journal_as_it_was(bank: "Journey", arguments: tuple[str, ...]) -> None:
    path = bank.folder / "journey.db"
    before = path.read_bytes()
    assert bank(*arguments).code == 0
    assert bank.names() == {"journey.db", "journey.db.keys"}
    assert path.read_bytes() == before


def test_an_empty_journal_lists_nothing(journey: "Journey") -> None:
    run = journey.in_json("--store", "memory:", "relationships")
    assert run.lines == []


@pytest.mark.parametrize("command", ["history", "explain"])
def test_a_day_before_the_first_touchpoint_is_told(journey: "Journey", visit: "Visit", command: str) -> None:
    (receipt, _) = journey.record(visit("a", day=5), visit("b", day=9))
    told = journey(command, "r", "--as-of", "2024-01-02").out
    assert told.startswith("nothing had happened by 2024-01-02: the first touchpoint, a, is of 2024-01-05 10:00\n")
    told = journey(command, "r", "--known-at", "2020-06").out
    recorded = receipt["recorded_at"][:16].replace("T", " ")
    assert told.startswith(f"nothing was known by 2020-06-30: the first touchpoint, a, was recorded on {recorded}\n")
    assert "when" not in told


def test_a_timeline_says_numbers_in_words(journey: "Journey", visit: "Visit") -> None:
    common = {"relationship": "r", "occurred_at": "2024-03-05T10:00:00Z"}
    journey.record(
        visit("a", benevolence=-0.6, competence=0.7),
        {**common, "kind": "failure_occurred", "id": "b", "severity": 0.3},
        {**common, "kind": "feedback_given", "id": "c", "instrument": "csat", "score": 0.25},
        {**common, "kind": "delivery", "id": "d", "delivered": 0.4, "promised": 0.7},
    )
    text = journey("history", "r").out
    for words in ("rude (-0.6), skilled work (0.7)", "an annoyance (0.3)", "CSAT 2 of 5", "delivered 0.4 of 0.7 promised"):
        assert words in text
