"""`journey --help`: every command is told, quickly, and a slip of the keyboard is answered with the nearest word."""

import sys
from importlib.metadata import version
from pathlib import Path
from subprocess import run as run_process
from typing import TYPE_CHECKING, Any

import pytest

from journey import KINDS
from journey.formats import opening, targets
from journey_cli.commands import export_command, import_command
from journey_cli.main import COMMANDS

if TYPE_CHECKING:
    from .conftest import Journey

HEAVY = {"duckdb", "eventsourcing", "llvmlite", "numba", "numpy", "pandas", "pyarrow", "pydantic", "rich"}


def test_help_lists_every_command_with_its_summary(journey: "Journey") -> None:
    run = journey("--help")
    assert (run.code, run.err) == (0, "")
    text = " ".join(run.out.split())
    assert all(f"{name} {summary}" in text for name, summary in COMMANDS.items())


def test_the_first_commands_are_there() -> None:
    assert {"demo", "record", "import", "relationships", "history", "replay", "explain", "whatif"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_tells_its_usage(journey: "Journey", command: str, option: str) -> None:
    run = journey(command, option)
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(f"Usage: journey {command} ")
    assert "--help" in run.out


def test_help_needs_no_journal(journey: "Journey", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNEY_STORE", "nonsense")
    assert journey("replay", "--help").code == 0
    assert journey.names() == set()


def test_without_a_command_there_is_the_help_and_nothing_else(journey: "Journey") -> None:
    run = journey()
    assert (run.out + run.err).strip() == journey("--help").out.strip()


def test_the_version_is_that_of_the_package(journey: "Journey") -> None:
    run = journey("--version")
    assert (run.code, run.err) == (0, "")
    assert version("customer-journey") in run.out


@pytest.mark.parametrize(("typed", "meant"), [("rpelay", "replay"), ("what-if", "whatif"), ("explian", "explain"), ("imort", "import")])
def test_a_mistyped_command_is_answered_with_the_nearest(journey: "Journey", typed: str, meant: str) -> None:
    run = journey(typed, "m@bank")
    assert (run.code, run.out) == (2, "")
    assert f"there is no command `{typed}`; did you mean `{meant}`?" in run.err


def test_a_mend_that_sends_to_the_help_is_kept_by_the_help(journey: "Journey") -> None:
    mend = journey("record", '{"kind": "zzz"}').err
    text = journey("record", "--help").out
    assert "lists the kinds" not in mend or all(kind in text for kind in KINDS)


def loaded_by(folder: Path, *arguments: str) -> set[str]:
    """The modules that a run of the command line loads."""
    code = f"""
import sys
from journey_cli.main import main
try:
    main({list(arguments)!r})
except SystemExit as stopped:
    assert not stopped.code, stopped.code
print(*sys.modules, file=sys.stderr)
"""
    done = run_process([sys.executable, "-c", code], cwd=folder, capture_output=True, check=True, text=True, encoding="utf-8")
    return set(done.stderr.split())


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    assert not HEAVY & {name.partition(".")[0] for name in loaded_by(tmp_path, "--help")}


def test_a_demo_loads_neither_compiler_nor_tables(tmp_path: Path) -> None:
    assert not {"duckdb", "llvmlite", "numba", "numpy", "pandas", "pyarrow"} & set(loaded_by(tmp_path, "--format", "json", "demo"))


def test_a_timeline_loads_no_format(tmp_path: Path) -> None:
    loaded_by(tmp_path, "record", '{"kind": "note_added", "id": "a", "relationship": "r", "occurred_at": "2024-01-01T00:00:00Z"}')
    assert not {name for name in loaded_by(tmp_path, "explain", "r") if name.startswith("journey.formats")}


@pytest.mark.parametrize(("module", "formats"), [(import_command, opening.FORMATS), (export_command, targets.FORMATS)])
def test_a_command_takes_all_formats(module: Any, formats: tuple[str, ...]) -> None:
    (option,) = (one for one in module.command.params if one.name == "format")
    assert tuple(option.type.choices) == formats
