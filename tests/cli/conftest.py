"""The command line, run in this process in an empty folder of its own; a few tests run it as a real process."""

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, NoReturn, Protocol

import pytest

from journey import Journal
from journey_cli.main import main
from journey_cli.stories import story

GOLDEN = Path(__file__).parent / "golden"
SWAYING = {
    *("JOURNEY_STORE", "JOURNEY_KEYS", "COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"),
    *("PYTHONIOENCODING", "PYTHONUNBUFFERED"),
}
"""Variables that would sway what is written, or how."""


@dataclass(frozen=True)
class Run:
    """What one run left: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """The objects on standard output, one a line, in strict JSON."""
        return read_lines(self.out)

    @property
    def json(self) -> Any:
        """The one object on standard output."""
        lines = self.lines
        assert len(lines) == 1, self.err
        return lines[0]

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """What an import answered: how many rows it read, recorded, found unchanged, and refused."""
        answer = self.json
        return answer["read"], answer["recorded"], answer["unchanged"], answer["refused"]


def read_lines(text: str) -> list[Any]:
    """Objects in JSON as the standard has it, without NaN, one a line."""

    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is no JSON")

    return [json.loads(line, parse_constant=refuse) for line in text.split("\n") if line]


class Journey:
    """`journey ARGUMENTS…` as a function, in `folder`."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: str | Path, stdin: str | bytes = b"") -> Run:
        """Run the command line in this process."""
        given = stdin.encode() if isinstance(stdin, str) else stdin
        self._capsys.readouterr()
        with self._monkeypatch.context() as patched, pytest.raises(SystemExit) as stopped:
            patched.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
            main([str(argument) for argument in arguments])
        written = self._capsys.readouterr()
        assert isinstance(stopped.value.code, int)
        return Run(stopped.value.code, written.out, written.err)

    def in_json(self, *arguments: str | Path, stdin: str | bytes = b"") -> Run:
        """The same in JSON; it must succeed."""
        run = self("--format", "json", *arguments, stdin=stdin)
        assert (run.code, run.err) == (0, "")
        return run

    def imported(self, *arguments: str | Path) -> Run:
        """Import; rows may be refused."""
        return self("--format", "json", "import", *arguments)

    def record(self, *touchpoints: Mapping[str, Any]) -> list[Any]:
        """Record touchpoints; returns their receipts."""
        return self.in_json("record", *map(json.dumps, touchpoints)).lines

    def file(self, name: str, *rows: Mapping[str, Any] | str | bytes) -> Path:
        """Write a file, a row a line; a mapping as JSON."""
        path = self.folder / name
        texts = (row if isinstance(row, str | bytes) else json.dumps(row) for row in rows)
        path.write_bytes(b"".join((text.encode() if isinstance(text, str) else text) + b"\n" for text in texts))
        return path

    def read(self, name: str) -> list[Any]:
        """The objects in a JSONL file of the folder."""
        return read_lines((self.folder / name).read_text(encoding="utf-8"))

    def names(self) -> set[str]:
        """The names of the files in the folder."""
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
def journey(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Journey:
    for name in SWAYING:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return Journey(tmp_path, capsys, monkeypatch)


@pytest.fixture(scope="session")
def journal_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The file of a journal that holds a bundled story, to be read only."""

    @cache
    def make(name: str) -> Path:
        path = tmp_path_factory.mktemp(name) / "journey.db"
        with Journal.open(f"sqlite:///{path}") as journal:
            journal.record(*story(name).history)
        return path

    return make


@pytest.fixture
def bank(journey: Journey, journal_of: Callable[[str], Path]) -> Journey:
    """The command line beside a journal of its own that holds `m@bank`, the story of the cold meeting."""
    journal = journal_of("cold-meeting")
    shutil.copy(journal, journey.folder / "journey.db")
    shutil.copy(f"{journal}.keys", journey.folder / "journey.db.keys")
    return journey


class Visit(Protocol):
    """Makes the fields of an interaction on a day of January 2024."""

    def __call__(self, id: str, relationship: str = "r", *, day: int = 1, **fields: Any) -> dict[str, Any]: ...


@pytest.fixture
def visit() -> Visit:
    def make(id: str, relationship: str = "r", *, day: int = 1, **fields: Any) -> dict[str, Any]:
        occurred_at = f"2024-01-{day:02}T10:00:00+00:00"
        return {"kind": "interaction", "id": id, "relationship": relationship, "occurred_at": occurred_at, "benevolence": 0.5, **fields}

    return make


def environment(**more: str) -> dict[str, str]:
    """This process's environment, without what would sway the output, and `more`."""
    inherited = {name: value for name, value in os.environ.items() if name not in SWAYING}
    return {**inherited, "PYTHONUTF8": "1", "TERM": "xterm-256color", **more}


class Process:
    """`journey ARGUMENTS…` as a real process in a folder."""

    def __call__(self, folder: Path, *arguments: str | Path, stdin: str = "", **more: str) -> Run:
        """Run it to its end, with `more` in its environment."""
        with self.start(folder, *arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **more) as running:
            out, err = running.communicate(stdin.encode(), timeout=60)
        return Run(running.returncode, out.decode(errors="replace"), err.decode(errors="replace"))

    def start(
        self, folder: Path, *arguments: str | Path, stdout: int | IO[bytes], stdin: int = subprocess.DEVNULL, **more: str
    ) -> subprocess.Popen[bytes]:
        """Start it, for a test that does not wait for the end."""
        command = [sys.executable, "-m", "journey_cli", *map(str, arguments)]
        return subprocess.Popen(command, cwd=folder, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, env=environment(**more))


@pytest.fixture(scope="session")
def process() -> Process:
    return Process()


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compares a text with `golden/NAME.txt`; with UPDATE_GOLDEN=1 it writes the file instead."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / f"{name}.txt"
        if os.environ.get("UPDATE_GOLDEN"):
            path.write_text(text, encoding="utf-8", newline="\n")
        expected = path.read_text(encoding="utf-8")
        assert text == expected, f"{path.name} differs; if the new text is right, run again with UPDATE_GOLDEN=1 and read the diff"

    return compare
