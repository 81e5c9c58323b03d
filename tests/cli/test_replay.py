"""`journey replay`: trust, confidence and state."""

import csv
import json
import re
from collections import Counter
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING

import pytest

from journey_cli.text import results
from journey_cli.text.plain_console import PlainConsole

if TYPE_CHECKING:
    from .conftest import Journey, Visit

SHAPE = {"relationship", "trust", "confidence", "state", "exit_risk", "at", "known_at", "touchpoints", "parties", "rules"}
PARTY = {"trust", "competence", "goodwill"}


def test_a_replay_has_its_shape(bank: "Journey") -> None:
    answer = bank.in_json("replay", "m@bank").json
    assert set(answer) == SHAPE
    assert set(answer["parties"]) == {"institution", "representatives", "customer"}
    assert set(answer["parties"]["institution"]) == set(answer["parties"]["customer"]) == PARTY
    assert set(answer["rules"]) == {"name", "version", "hash"}


def test_every_representative_is_a_party(bank: "Journey") -> None:
    representatives = bank.in_json("replay", "m@bank").json["parties"]["representatives"]
    assert {"giorgio.tosi", "anna.ferri", "davide.riva", "stefano.galli"} <= set(representatives)
    assert all(set(party) == PARTY for party in representatives.values())


def test_all_numbers_are_shares(bank: "Journey") -> None:
    answer = bank.in_json("replay", "m@bank").json
    parties = [answer["parties"]["institution"], answer["parties"]["customer"], *answer["parties"]["representatives"].values()]
    numbers = [answer["trust"], answer["confidence"], answer["exit_risk"], *(party["trust"] for party in parties)]
    assert all(0 <= number <= 1 for number in numbers)


def test_a_replay_speaks_for_its_last_touchpoint(bank: "Journey") -> None:
    answer = bank.in_json("replay", "m@bank").json
    assert (answer["relationship"], answer["state"], answer["touchpoints"], answer["known_at"]) == ("m@bank", "ended_exit", 134, None)
    assert datetime.fromisoformat(answer["at"]) == datetime(2024, 3, 26, 9, 15, tzinfo=UTC)


def test_as_of_sets_the_instant_and_leaves_later_touchpoints_out(bank: "Journey") -> None:
    answer = bank.in_json("replay", "m@bank", "--as-of", "2024-03-04").json
    assert datetime.fromisoformat(answer["at"]) == datetime(2024, 3, 4, 23, 59, 59, 999999, tzinfo=UTC)
    assert answer["touchpoints"] == 130
    assert answer["trust"] > 0.8


def test_as_of_the_last_touchpoint_is_the_whole_history(bank: "Journey") -> None:
    now = bank.in_json("replay", "m@bank").json
    assert bank.in_json("replay", "m@bank", "--as-of", now["at"]).json == now


def test_known_at_sets_the_record_time(journey: "Journey", visit: "Visit") -> None:
    (first,) = journey.record(visit("a", day=1))
    journey.record(visit("b", day=2))
    answer = journey.in_json("replay", "r", "--known-at", first["recorded_at"]).json
    assert answer["touchpoints"] == 1
    assert datetime.fromisoformat(answer["known_at"]) == datetime.fromisoformat(first["recorded_at"])


def test_before_the_first_touchpoint_there_is_only_the_prior(bank: "Journey") -> None:
    answer = bank.in_json("replay", "m@bank", "--as-of", "2000-01-01").json
    assert answer["touchpoints"] == 0
    assert answer["trust"] == bank.in_json("explain", "m@bank").json["prior"]
    assert answer["confidence"] == 0


def test_several_are_replayed_in_the_order_named(journey: "Journey", visit: "Visit") -> None:
    journey.record(*(visit(name, name) for name in "abc"))
    assert [line["relationship"] for line in journey.in_json("replay", "c", "a").lines] == ["c", "a"]


def test_all_is_each(journey: "Journey", visit: "Visit") -> None:
    journey.record(*(visit(f"{name}-{day}", name, day=day) for name in "abc" for day in (1, 2)))
    assert journey.in_json("replay", "--all").out == journey.in_json("replay", "a", "b", "c").out


def test_the_rules_are_chosen_by_name(bank: "Journey") -> None:
    answer = bank.in_json("replay", "m@bank", "--rules", "goodwill").json
    assert answer["rules"]["name"] == "goodwill"
    assert answer == bank.in_json("replay", "m@bank").json


def test_the_table_tells_trust_state_and_rules(bank: "Journey") -> None:
    run = bank("replay", "--all")
    assert (run.code, run.err) == (0, "")
    trust = bank.in_json("replay", "m@bank").json["trust"]
    for word in ("m@bank", f"{trust:.3f}", "ended_exit", "134", "2024-03-26", "goodwill"):
        assert word in run.out


def test_a_jsonl_file_holds_what_json_on_standard_output_holds(bank: "Journey") -> None:
    run = bank("replay", "--all", "--output", "trust.jsonl")
    assert (run.code, run.out, run.err) == (0, "", "")
    written = [json.loads(line) for line in (bank.folder / "trust.jsonl").read_text(encoding="utf-8").splitlines()]
    assert written == bank.in_json("replay", "--all").lines


def test_a_csv_file_holds_a_row_for_each_relationship(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a", "anna, of the shop"), visit("b", "berta"))
    assert journey("replay", "--all", "--output", "trust.csv").code == 0
    with (journey.folder / "trust.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row, answer in zip(rows, journey.in_json("replay", "--all").lines, strict=True):
        assert row["relationship"] == answer["relationship"]
        assert float(row["trust"]) == answer["trust"]
        assert row["as_of"] == answer["at"]
        assert int(row["touchpoints"]) == 1


@pytest.mark.parametrize("arguments", [(), ("--all", "m@bank"), ("--all", "--output", "trust.txt")], ids=" ".join)
def test_what_cannot_be_meant_is_a_usage_error(bank: "Journey", arguments: tuple[str, ...]) -> None:
    run = bank("replay", *arguments)
    assert (run.code, run.out) == (2, "")
    assert "`journey replay --help` shows how" in run.err


@pytest.fixture
def branch(journey: "Journey", visit: "Visit") -> "Journey":
    """Four customers, from the worst treated to the best."""
    journey.record(*(visit(f"v-{name}", name, day=day, benevolence=felt) for name, day, felt in (
        ("ada", 3, -0.9), ("bea", 2, 0.9), ("cleo", 4, -0.4), ("dora", 1, 0.5),
    )))  # fmt: skip
    return journey


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        (("--sort", "trust"), ["ada", "cleo", "dora", "bea"]),
        (("--sort", "-trust"), ["bea", "dora", "cleo", "ada"]),
        (("--sort", "at"), ["dora", "bea", "ada", "cleo"]),
        (("--sort", "-relationship", "--top", "2"), ["dora", "cleo"]),
        (("--sort", "touchpoints"), ["ada", "bea", "cleo", "dora"]),
        (("--top", "3"), ["ada", "bea", "cleo"]),
    ],
    ids=str,
)
def test_results_are_sorted_and_the_first_ones_chosen(branch: "Journey", sort: tuple[str, ...], names: list[str]) -> None:
    assert [line["relationship"] for line in branch.in_json("replay", "--all", *sort).lines] == names
    assert [line.split()[0] for line in branch("replay", "--all", *sort).out.splitlines()[1 : 1 + len(names)]] == names
    branch("replay", "--all", *sort, "--output", "some.jsonl")
    assert [line["relationship"] for line in branch.read("some.jsonl")] == names


def test_what_is_not_known_yet_is_sorted_first(branch: "Journey") -> None:
    lines = branch.in_json("replay", "--all", "--sort", "at", "--known-at", "2020").lines
    assert {line["at"] for line in lines} == {None}


def test_everyone_ends_with_a_summary(branch: "Journey") -> None:
    lines = branch.in_json("replay", "--all").lines
    told, summary = branch("replay", "--all", "--sort", "trust", "--top", "1").out.splitlines()[-2:]
    assert told.startswith("1 of 4 relationships under goodwill")
    assert f"median trust {median(line['trust'] for line in lines):.3f}; " in summary
    assert re.search(r"; \d+\.\d s$", summary)
    for state, count in Counter(line["state"] for line in lines).items():
        assert f"{count} {state}" in summary


def test_an_order_is_not_for_courses(branch: "Journey") -> None:
    run = branch("replay", "--all", "--every", "day", "--top", "1")
    assert (run.code, run.out) == (2, "")


def test_rows_stream_while_others_are_replayed(branch: "Journey", monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the first rows are measured, each is written before the next is replayed."""
    seen: list[str] = []
    monkeypatch.setattr("journey_cli.text.tables.SAMPLE", 1)
    monkeypatch.setattr(PlainConsole, "print", lambda _, line, **__: seen.append(str(line)))
    cells = results._cells
    monkeypatch.setattr(results, "_cells", lambda one: seen.append(f"replayed {one.relationship}") or cells(one))  # type: ignore[func-returns-value]
    branch("replay", "--all")
    assert seen.index("replayed cleo") > next(place for place, line in enumerate(seen) if line.startswith("bea "))
