"""A large journal on the command line: imported, then replayed whole in 512 MB, each interrupted once by Ctrl-C.

    python benchmarks/commands.py [MILLIONS]    by default 1; 20 take about half an hour and 30 GB of disk

Touchpoints made up from a seed are written as JSONL and imported into a SQLite journal; `replay --all` then catches up its ledger and
replays it. Each command is first interrupted half-way, must end with exit code 130, and is then run to its end. Last, the output of a
replay is compared with its output before the interruption. Each command is a process of its own, and reports its peak memory.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from journey_projections.testing.made_up_logs import made_up_log

JOURNEY = str(Path(sys.executable).parent / "journey")
MEMORY = "512MB"
INTERRUPTED = 130
AT_ONCE = 100_000


class Run(NamedTuple):
    """How one command went: seconds, and most memory in MB."""

    seconds: float
    peak: float


def write(path: Path, count: int) -> None:
    """So many touchpoints as JSONL."""
    made = made_up_log(count, count // 50)
    with path.open("w") as file:
        for first in range(0, count, AT_ONCE):
            file.writelines(json.dumps(row) + "\n" for row in made.rows(first, first + AT_ONCE))


def run(*words: str, interrupted_after: float | None = None) -> Run:
    """Run a command to its end, or to Ctrl-C after so many seconds; an end that was not asked for ends this too."""
    began = time.perf_counter()
    with subprocess.Popen([JOURNEY, *words], stdout=subprocess.DEVNULL) as process:
        if interrupted_after is not None:
            time.sleep(interrupted_after)
            process.send_signal(signal.SIGINT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != (0 if interrupted_after is None else INTERRUPTED):
        sys.exit(f"`journey {' '.join(words)}` ended with {process.returncode}")
    return Run(time.perf_counter() - began, usage.ru_maxrss / 1024)


def measured(what: str, *words: str) -> Run:
    """Run a command and tell how it went."""
    told = run(*words)
    print(f"  {what:40} {told.seconds:8.1f} s, peak {told.peak:5.0f} MB", flush=True)
    return told


def main() -> None:
    """Import, interrupted and whole; replay, interrupted and whole."""
    count = int(float(sys.argv[1]) * 1_000_000) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory(prefix="journey-benchmark-") as place:
        folder = Path(place)
        source, journal, ledger = folder / "source.jsonl", folder / "journal.db", folder / "journal.ledger"
        # By another process, whose memory would otherwise be counted as that of those that follow.
        subprocess.run([sys.executable, __file__, "--write", str(source), str(count)], check=True)
        store = ("--store", f"sqlite:///{journal}")
        print(f"{count / 1e6:g} M touchpoints, {source.stat().st_size / count:.0f} bytes each in JSONL")

        run(*store, "import", str(source), interrupted_after=5.0 + count / 200_000)
        whole = measured("import after Ctrl-C, some rows there", *store, "import", str(source))
        print(f"  {'the journal has':40} {journal.stat().st_size / count:8.0f} bytes a touchpoint")

        replaying = (*store, "replay", "--all", "--memory", MEMORY, "--output")
        run(*replaying, str(folder / "never.parquet"), interrupted_after=whole.seconds / 10)
        measured("catching up what was left, replaying", *replaying, str(folder / "first.parquet"))
        print(f"  {'the ledger has':40} {sum(file.stat().st_size for file in ledger.rglob('*')) / count:8.1f} bytes a touchpoint")
        again = measured("replaying from the ledger", *replaying, str(folder / "again.parquet"))
        run(*replaying, str(folder / "never.parquet"), interrupted_after=again.seconds / 2)
        measured("the same, after Ctrl-C half-way", *replaying, str(folder / "last.parquet"))
        told = {(folder / f"{name}.parquet").read_bytes() for name in ("first", "again", "last")}
        never = (folder / "never.parquet").exists()
        print(
            f"  the same bytes each time: {'yes' if len(told) == 1 else 'NO'}; a file of what was interrupted: {'YES' if never else 'no'}"
        )
        measured("ledger check", *store, "ledger", "check")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
