"""What a small screen shows: whole words and ids; the bar goes first, then columns, then the middle of ids; ASCII keeps bars apart."""

import io
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey_cli.text.plain_console import PlainConsole
from journey_cli.text.tables import LONGEST_WORD, SHORTEST_ID, Table, columns_of, shortened

if TYPE_CHECKING:
    from .conftest import Journey, Process, Visit

WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=12), min_size=1, max_size=12).map(" ".join)
IDS = st.text("abcdefgh-@.", min_size=1, max_size=30)


def written(table: Table, width: int, *, is_measured: bool = True) -> list[str]:
    out = io.StringIO()
    PlainConsole(out, width, is_measured=is_measured).print(table)
    return out.getvalue().splitlines()


def standing(*rows: tuple[str, str, str, str]) -> Table:
    table = Table(columns_of(("id", "trust", "", "state"), ["trust"], ["state"], ["id"], [""]), spare=["state"])
    for row in rows:
        table.add_row(*row)
    return table


@given(st.lists(st.tuples(IDS, WORDS), min_size=1, max_size=5), st.integers(48, 120))
def test_no_word_and_no_id_is_broken(rows: list[tuple[str, str]], width: int) -> None:
    table = Table(columns_of(("id", "what"), [], [], ["id"], []))
    for row in rows:
        table.add_row(*row)
    shown = [word for line in written(table, width)[1:] for word in line.split()]
    assert sorted(shown) == sorted(word for id, what in rows for word in (*id.split(), *what.split()))


@given(IDS, st.integers(SHORTEST_ID, 40))
def test_a_shortened_id_keeps_both_its_ends(id: str, width: int) -> None:
    short = shortened(id, width)
    assert len(short) <= width
    assert short == id if len(id) <= width else (id.startswith(short.partition("…")[0]) and id.endswith(short.partition("…")[2]))


def test_the_bar_goes_then_columns_then_ids_are_shortened() -> None:
    table = standing(("customer-000000001@shop", "0.500", "█████·····", "communal"))
    assert written(table, 52)[1] == "customer-000000001@shop  0.500  █████·····  communal"
    assert written(table, 51)[1] == "customer-000000001@shop  0.500  communal"
    assert written(table, 39)[1] == "customer-000000001@shop  0.500"
    assert written(table, 29)[1] == "customer-00…00001@shop  0.500"


def test_where_nobody_looks_nothing_is_lost() -> None:
    table = standing(("customer-000000001@shop", "0.500", "█████·····", "communal"))
    assert written(table, 20, is_measured=False)[1] == "customer-000000001@shop  0.500  █████·····  communal"


def test_only_what_is_longer_than_any_word_is_broken() -> None:
    table = Table(columns_of(("what",), [], [], [], []))
    table.add_row("see " + "x" * (LONGEST_WORD + 5))
    assert written(table, LONGEST_WORD)[1:] == ["see", "x" * LONGEST_WORD, "xxxxx"]


def test_wide_letters_take_two_columns() -> None:
    table = Table(columns_of(("id", "n"), ["n"], [], ["id"], []))
    table.add_row("アンナ@shop", "1")
    table.add_row("anna@shop", "2")
    assert written(table, 40) == ["id           n", "アンナ@shop  1", "anna@shop    2"]


def test_rows_that_come_later_stand_under_the_first() -> None:
    out = io.StringIO()
    table = Table(columns_of(("id", "n"), ["n"], [], ["id"], []))
    assert table.write(PlainConsole(out, 40, is_measured=True), ([f"r{number}", str(number)] for number in range(300))) == 300
    lines = out.getvalue().splitlines()
    assert (lines[0], lines[1], lines[300]) == ("id      n", "r0      0", "r299  299")


TELLING = [
    ("relationships",),
    ("history", "m@bank"),
    ("history", "m@bank", "--as-recorded"),
    ("replay", "--all"),
    ("explain", "m@bank"),
    ("compare", "m@bank"),
    ("compare", "m@bank", "--rules", "goodwill", "--rules", "beta"),
    ("whatif", "m@bank", "--without", "meeting-131"),
    ("rules",),
    ("rules", "goodwill"),
    ("demo",),
]


@pytest.mark.parametrize("width", [80, 60, 40])
@pytest.mark.parametrize("arguments", TELLING, ids=" ".join)
def test_every_line_fits(bank: "Journey", monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    run = bank(*arguments)
    assert (run.code, run.err) == (0, "")
    assert [line for line in run.out.splitlines() if len(line) > width] == []


@pytest.mark.parametrize("width", [80, 60])
def test_ids_of_touchpoints_are_whole_words(bank: "Journey", monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    ids = {line["id"] for line in bank.in_json("history", "m@bank").lines}
    monkeypatch.setenv("COLUMNS", str(width))
    assert ids <= set(bank("history", "m@bank").out.split())


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_full_and_empty_bars_stay_apart(bank: "Journey", process: "Process", encoding: str) -> None:
    run = process(bank.folder, "whatif", "m@bank", "--without", "meeting-131", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (run.code, run.err) == (0, "")
    facts = next(line for line in run.out.splitlines() if line.startswith("facts"))
    assert "##" in facts
    assert "?" not in run.out
    course = [line for line in run.out.splitlines() if line.startswith("facts")][-1].split()[-1]
    assert len(set(course)) > 3


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has pseudo-terminals")
def test_a_pager_gets_the_width_of_its_terminal_and_whole_ids(journey: "Journey", process: "Process", visit: "Visit") -> None:
    import fcntl
    import pty
    import struct
    import subprocess
    import sys
    import termios

    from .conftest import environment

    long = "customer-" * 10
    journey.record(visit("a", note="word " * 40), visit("b", long))
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 64, 0, 0))

    def piped(*arguments: str) -> list[str]:
        command = [sys.executable, "-m", "journey_cli", *arguments]
        with subprocess.Popen(command, cwd=journey.folder, stdout=subprocess.PIPE, stderr=theirs, env=environment()) as running:
            assert running.stdout is not None
            return running.stdout.read().decode().splitlines()

    assert 50 < max(map(len, piped("history", "r"))) <= 64
    assert any(long in line for line in piped("relationships")), "grep would not find an id that is shortened"
    os.close(theirs)
    os.close(ours)
