"""How long `journey --help` and `journey demo` take to start, beside a bare Python, in one run: medians and ratios."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 15
JOURNEY = str(Path(sys.executable).parent / "journey")
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "journey --help": [JOURNEY, "--help"],
    "journey demo": [JOURNEY, "demo"],
}


def seconds(command: list[str]) -> float:
    """One run, from start to exit."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Warm up, then take turns, so that a noisy minute is noisy for all."""
    runs: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for command in COMMANDS.values():
        seconds(command)
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            runs[name].append(seconds(command))
    bare = statistics.median(runs["python -c pass"])
    for name, times in runs.items():
        median, spread = statistics.median(times), statistics.quantiles(times, n=4)
        quartiles = f"quartiles {spread[0] * 1000:.1f} to {spread[2] * 1000:.1f}"
        print(f"{name:16} median {median * 1000:6.1f} ms, {quartiles}, {median / bare:5.1f} × bare")


if __name__ == "__main__":
    main()
