"""`journey` as a real process: exit codes, plain text where there is no terminal, readers that leave early."""

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Journey, Process, Visit

FULL, STDIN = Path("/dev/full"), Path("/dev/stdin")
TELLING = [
    ("demo",),
    ("history", "m@bank"),
    ("replay", "--all"),
    ("explain", "m@bank"),
    ("whatif", "m@bank", "--without", "meeting-131"),
]


@pytest.mark.parametrize("arguments", TELLING, ids=" ".join)
def test_output_that_is_no_terminal_is_plain(bank: "Journey", arguments: tuple[str, ...]) -> None:
    run = bank(*arguments)
    assert (run.code, run.err) == (0, "")
    assert "\x1b" not in run.out


def test_a_writer_of_text_may_outlive_what_it_writes_to() -> None:
    """Dropped after it, as in development mode and since Python 3.13 by itself, an `io` stream would complain while it flushes."""
    program = """
import io, sys
from journey_cli.text.console import console
sys.stdout = io.TextIOWrapper(io.BytesIO())
writer = console()
writer.print("a line  ")
sys.stdout.close()
sys.stdout = sys.__stdout__
del writer
"""
    done = subprocess.run([sys.executable, "-X", "dev", "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_a_process_says_what_a_call_says(bank: "Journey", process: "Process") -> None:
    assert process(bank.folder, "explain", "m@bank") == bank("explain", "m@bank")


def test_errors_go_to_standard_error_and_are_plain(journey: "Journey", process: "Process") -> None:
    run = process(journey.folder, "replay", "--all")
    assert (run.code, run.out) == (1, "")
    assert run.err.startswith("journey: there is no journal at `journey.db`\n  mend: ")
    assert "\x1b" not in run.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("demo", "no-such-story"), 1), (("--store", "", "demo"), 2)],
    ids=str,
)
def test_exit_codes_reach_the_shell(journey: "Journey", process: "Process", arguments: tuple[str, ...], code: int) -> None:
    assert process(journey.folder, *arguments).code == code


@pytest.mark.parametrize("output_format", ["text", "json"])
def test_a_reader_that_leaves_early_hears_no_complaint(journey: "Journey", process: "Process", visit: "Visit", output_format: str) -> None:
    """The answer does not fit into a pipe, so that the writer meets its closed end."""
    journey.record(*(visit(f"v{number}", note="word " * 200) for number in range(200)))
    with process.start(journey.folder, "--format", output_format, "history", "r", stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.read(1)
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(timeout=60) == 0


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_under_the_output_is_told_in_words(journey: "Journey", process: "Process") -> None:
    with FULL.open("wb", buffering=0) as full, process.start(journey.folder, "--format", "json", "demo", stdout=full) as running:
        _, err = running.communicate(timeout=60)
    assert b"No space left on device" in err
    assert b"Exception ignored" not in err
    assert running.returncode == 1


def test_a_touchpoint_may_come_through_a_pipe(journey: "Journey", process: "Process", visit: "Visit") -> None:
    run = process(journey.folder, "--format", "json", "record", "-", stdin=json.dumps(visit("a")))
    assert (run.code, run.err) == (0, "")
    assert run.json["id"] == "a"


@pytest.mark.skipif(not STDIN.exists(), reason="this system does not name standard input as a file")
def test_a_file_that_is_a_pipe_loses_no_row(journey: "Journey", process: "Process", visit: "Visit") -> None:
    rows = "".join(json.dumps(visit(f"v{number}")) + "\n" for number in range(200))
    run = process(journey.folder, "--format", "json", "import", "--input-format", "jsonl", STDIN, stdin=rows)
    is_refused_whole = (run.code, run.out) == (1, "")
    assert is_refused_whole or run.counts == (200, 200, 0, 0)


def test_names_and_notes_in_any_script_survive(journey: "Journey", process: "Process", visit: "Visit") -> None:
    given = visit("посещение-1", "アンナ@shop", note="très bien 👏")
    journey.record(given)
    line = process(journey.folder, "--format", "json", "history", "アンナ@shop").json
    assert (line["id"], line["note"]) == ("посещение-1", "très bien 👏")


def test_an_output_without_bars_is_no_reason_to_fall_over(journey: "Journey", process: "Process") -> None:
    run = process(journey.folder, "demo", PYTHONIOENCODING="ascii")
    assert "unexpected" not in run.err


def test_a_traceback_is_shown_where_it_is_asked_for(tmp_path: Path, process: "Process") -> None:
    run = process(tmp_path, "--debug", "relationships")
    assert run.code == 1
    assert "Traceback" in run.err
