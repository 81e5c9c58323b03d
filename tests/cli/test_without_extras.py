"""The core alone does everything of every day; what needs an extra says how it is installed."""

import json
import sys
from pathlib import Path
from subprocess import run as run_process
from typing import Any

import pytest

PARTS = ("duckdb", "hypothesis", "llvmlite", "numba", "numpy", "pandas", "polars", "psycopg", "psycopg_pool", "pyarrow", "pytest")
"""What the extras bring: here it is as if none were installed."""
SCRIPT = f"""
import contextlib, io, json, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {PARTS}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
from journey_cli.main import main

for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(json.loads(line))
        except SystemExit as stopped:
            code = stopped.code
    print(json.dumps([code, out.getvalue(), err.getvalue()]))
"""
OPENED = '{"kind":"relationship_opened","id":"o","relationship":"m@x","occurred_at":"2024-01-01T09:00:00Z"}'
MET = '{"kind":"interaction","id":"a","relationship":"m@x","occurred_at":"2024-02-01T09:00:00Z","benevolence":-0.5,"contact":"marta"}'
EVERYDAY: list[list[str]] = [
    ["demo", "cold-meeting"],
    ["--store", "sqlite:///kept.db", "demo", "--keep"],
    ["record", OPENED],
    ["import", "more.jsonl"],
    ["relationships"],
    ["history", "m@x"],
    ["replay", "m@x"],
    ["replay", "--all", "--every", "month", "--output", "course.csv", "--contributions", "why.jsonl"],
    ["replay", "--all", "--output", "all.jsonl"],
    ["explain", "m@x"],
    ["whatif", "m@x", "--without", "a"],
    ["check", "m@x"],
    ["compare", "m@x", "--rules", "goodwill", "--rules", "beta"],
    ["correct", "a", "benevolence=0.1"],
    ["retract", "a"],
    ["name", "marta", "Marta"],
    ["forget", "marta"],
    ["rules", "goodwill"],
    ["verify"],
    ["export", "again.jsonl"],
    ["export", "again.csv"],
    ["export", "again.xmlocel"],
]
NEEDS: list[tuple[list[str], str]] = [
    (["ledger", "catch-up"], "bulk"),
    (["replay", "--all", "--ledger", "here.ledger"], "bulk"),
    (["replay", "--all", "--output", "all.parquet"], "bulk"),
    (["compare", "--all", "--rules", "goodwill", "--rules", "beta"], "bulk"),
    (["export", "all.parquet"], "bulk"),
    (["import", "more.jsonl", "--sql", "map.sql"], "sql"),
    (["--store", "postgresql://localhost/nowhere", "relationships"], "postgres"),
    (["laws", "beta"], "testing"),
]


@pytest.fixture(scope="module")
def without_extras(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The code, output and errors of every command above, one after the other, in one process."""
    folder: Path = tmp_path_factory.mktemp("core")
    (folder / "more.jsonl").write_text(MET + "\n", encoding="utf-8")
    (folder / "map.sql").write_text("SELECT * FROM source", encoding="utf-8")
    lines = "\n".join(json.dumps(arguments) for arguments in [*EVERYDAY, *(arguments for arguments, _ in NEEDS)])
    done = run_process(
        [sys.executable, "-c", SCRIPT], input=lines, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("number", range(len(EVERYDAY)), ids=[" ".join(one)[:40] for one in EVERYDAY])
def test_every_day_needs_no_extra(without_extras: list[Any], number: int) -> None:
    code, out, err = without_extras[number]
    assert (code, err) == (0, ""), out + err


@pytest.mark.parametrize("number", range(len(NEEDS)), ids=[" ".join(one)[:40] for one, _ in NEEDS])
def test_what_needs_an_extra_says_how_it_is_installed(without_extras: list[Any], number: int) -> None:
    code, out, err = without_extras[len(EVERYDAY) + number]
    assert (code, out) == (1, "")
    assert f"pip install 'customer-journey[{NEEDS[number][1]}]'" in err


def test_a_large_journal_is_replayed_without_the_ledger_and_says_so(tmp_path: Path) -> None:
    script = SCRIPT.replace("for line in", "from journey_projections.questions import everyone\neveryone.LARGE = 1\nfor line in")
    lines = "\n".join(json.dumps(one) for one in (["record", OPENED], ["record", MET], ["--format", "json", "replay", "--all"]))
    done = run_process(
        [sys.executable, "-c", script], input=lines, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=True
    )
    code, out, err = json.loads(done.stdout.splitlines()[-1])
    assert (code, json.loads(out)["touchpoints"]) == (0, 2)
    assert "pip install 'customer-journey[bulk]'" in err
