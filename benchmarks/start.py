"""How long `journey --help` and `journey demo` take to start, compared with a bare Python, in one run: medians and ratios.

First as they start every day, with the bytecode that Python keeps next to its sources. Then as they start the first time after an
installation that compiles nothing: without any bytecode, the standard library's included, and none kept.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROUNDS = 15
JOURNEY = str(Path(sys.executable).parent / "journey")
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "journey --help": [JOURNEY, "--help"],
    "journey demo": [JOURNEY, "demo"],
}


def seconds(command: list[str], environment: Mapping[str, str]) -> float:
    """One run, from start to exit."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **environment})
    return time.perf_counter() - start


def measure(environment: Mapping[str, str]) -> None:
    """Warm up, then take turns, so that a noisy minute is noisy for all."""
    runs: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for command in COMMANDS.values():
        seconds(command, environment)
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            runs[name].append(seconds(command, environment))
    bare = statistics.median(runs["python -c pass"])
    for name, times in runs.items():
        median, spread = statistics.median(times), statistics.quantiles(times, n=4)
        quartiles = f"quartiles {spread[0] * 1000:.1f} to {spread[2] * 1000:.1f}"
        print(f"  {name:16} median {median * 1000:7.1f} ms, {quartiles}, {median / bare:5.1f} × bare")


def main() -> None:
    """Both ways, one after the other."""
    print("bytecode compiled")
    measure({})
    print("without bytecode")
    with tempfile.TemporaryDirectory() as empty:
        measure({"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": empty})


if __name__ == "__main__":
    main()
