"""How fast `journey import` is, whole process, compared with a bare loop over eventsourcing's recorder, in one run: medians and ratios.

The peer parses each line and stores it, unchecked, in batches of 1,000, and counts the versions itself.
journey checks every row, encrypts the notes, and seals. Arguments are the number of rows (200,000), and optionally a CSV and the
`.sql` file that maps it, such as that of the mapping `bitcoin-otc`.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import islice
from pathlib import Path

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore
from single import COUNT, everyday, repeated

from journey.touchpoints import fields_of

ROUNDS = 5
RELATIONSHIPS = 997
JOURNEY = str(Path(sys.executable).parent / "journey")


def write(path: Path, count: int) -> None:
    """Touchpoints of many kinds, two thirds of them told with a note in a story, spread over relationships."""
    told = [fields_of(one) for one in (*everyday(), *repeated("cold-meeting"), *repeated("crisis-hidden"))]
    with path.open("w") as file:
        for number in range(count):
            relationship = f"customer-{(number // COUNT + number) % RELATIONSHIPS}@bank"
            fields = {**told[number % len(told)], "id": f"t{number}", "relationship": relationship}
            file.write(json.dumps(fields, ensure_ascii=False) + "\n")


def peer(source: str, target: str) -> None:
    """Stores the lines of a file, unchecked."""
    datastore = SQLiteDatastore(target, originator_id_type="text")
    recorder = SQLiteApplicationRecorder(datastore)
    recorder.create_table()
    versions: Counter[str] = Counter()
    with Path(source).open() as lines:
        while batch := list(islice(lines, 1_000)):
            events = []
            for line in batch:
                fields = json.loads(line)
                versions[fields["relationship"]] += 1
                events.append(StoredEvent(fields["relationship"], versions[fields["relationship"]], fields["kind"], line.encode()))
            recorder.insert_events(events)
    datastore.close()


def seconds(command: list[str]) -> float:
    """One run, from start to exit."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure(name: str, count: int, commands: dict[str, list[str]], folder: Path) -> None:
    """Each round writes new stores, in turn."""
    runs: dict[str, list[float]] = {command: [] for command in commands}
    for _ in range(ROUNDS):
        for command, words in commands.items():
            runs[command].append(seconds(words))
            for left in folder.glob("new*"):
                left.unlink()
    print(f"{name}: {count:,} rows")
    bar = count / statistics.median(next(iter(runs.values())))
    for command, times in runs.items():
        rate, spread = count / statistics.median(times), [count / one for one in statistics.quantiles(times, n=4)]
        print(f"  {command:22} median {rate:9,.0f} /s, quartiles {spread[2]:9,.0f} to {spread[0]:9,.0f}, {rate / bar:5.2f} × the first")


def main() -> None:
    """JSONL beside the peer; a CSV through SQL where one is given."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        source = folder / "source.jsonl"
        write(source, count)
        importing = [JOURNEY, "--store", f"sqlite:///{folder / 'new.db'}", "import"]
        stock = [sys.executable, __file__, "--peer", str(source), str(folder / "new-stock.db")]
        measure("JSONL", count, {"eventsourcing": stock, "journey import": [*importing, str(source)]}, folder)
        if len(sys.argv) > 3:
            with Path(sys.argv[2]).open() as lines:
                rows = sum(1 for _ in lines) - 1
            measure("CSV by SQL", rows, {"journey import --sql": [*importing, sys.argv[2], "--sql", sys.argv[3]]}, folder)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        peer(*sys.argv[2:])
    else:
        main()
