"""The options that all commands share, before and after the command, and times as one types them."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
import pytest

from journey import clock
from journey_cli.main import COMMANDS
from journey_cli.main import journey as program

if TYPE_CHECKING:
    from .conftest import Journey, Visit


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_has_an_option_that_a_global_one_hides(command: str) -> None:
    context = click.Context(program)
    _, found, _ = program.resolve_command(context, [command])
    assert found is not None
    options = [name for one in found.params if isinstance(one, click.Option) for name in (*one.opts, *one.secondary_opts)]
    assert len(options) == len(set(options))
    names = [one.name for one in found.params]
    assert len(names) == len(set(names))


def test_global_options_stand_before_or_after_the_command(bank: "Journey") -> None:
    before = bank("--format", "json", "--store", "sqlite:///journey.db", "replay", "m@bank")
    assert before.json["relationship"] == "m@bank"
    assert bank("replay", "m@bank", "--format", "json", "--store", "sqlite:///journey.db") == before
    assert bank("replay", "--format=json", "m@bank") == before


def test_global_options_stand_after_a_subcommand(bank: "Journey") -> None:
    made = bank("ledger", "catch-up", "--ledger", "kept", "--format", "json")
    assert made.json["ledger"] == "kept"
    assert bank("ledger", "--format", "json", "--ledger", "kept", "status").json == made.json


def test_of_two_stores_the_last_one_counts(bank: "Journey") -> None:
    run = bank("--store", "sqlite:///journey.db", "relationships", "--store", "sqlite:///elsewhere.db")
    assert (run.code, run.out) == (1, "")
    assert "there is no journal at `elsewhere.db`" in run.err
    assert bank("--format", "json", "relationships", "--format", "text").out.startswith("relationship")


def test_an_empty_store_is_refused_after_the_command_too(journey: "Journey") -> None:
    run = journey("demo", "--store", "")
    assert (run.code, run.out) == (2, "")
    assert "the store's URL is empty" in run.err


def test_debug_after_the_command_shows_the_traceback(journey: "Journey") -> None:
    with pytest.raises(Exception, match="there is no journal"):
        journey("relationships", "--debug")


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("now", ["a", "b", "c"]),
        ("today", ["a", "b", "c", "d"]),
        ("2024-02-28", ["a"]),
        ("2024-02", ["a", "b"]),
        ("2024", ["a", "b", "c"]),
        ("NOW", ["a", "b", "c"]),
    ],
)
def test_a_bound_reaches_to_the_end_of_what_was_typed(
    journey: "Journey", visit: "Visit", monkeypatch: pytest.MonkeyPatch, typed: str, ids: list[str]
) -> None:
    times = {"a": "2024-02-01T00:00:00Z", "b": "2024-02-29T23:59:59Z", "c": "2024-12-31T23:59:59Z", "d": "2025-01-01T11:00:00Z"}
    journey.record(*(visit(id, occurred_at=at) for id, at in times.items()))
    monkeypatch.setattr(clock, "now", lambda: datetime(2025, 1, 1, 10, tzinfo=UTC))
    assert [line["id"] for line in journey.in_json("history", "r", "--as-of", typed).lines] == ids


def test_known_at_takes_the_same(journey: "Journey", visit: "Visit") -> None:
    journey.record(visit("a"))
    assert len(journey.in_json("history", "r", "--known-at", "now").lines) == 1
    assert journey.in_json("history", "r", "--known-at", "2020-01").lines == []


@pytest.mark.parametrize("typed", ["2024-13", "2024-00", "24-01", "tomorrow", "2024-1"])
def test_what_is_no_time_is_quoted_as_typed(bank: "Journey", typed: str) -> None:
    run = bank("replay", "m@bank", "--as-of", typed)
    assert (run.code, run.out) == (2, "")
    assert f"`{typed}` is not a date or time" in run.err
    assert "a month, a year, `today` or `now`" in run.err
