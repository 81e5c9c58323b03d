"""Exports the bundled stories as process logs, and compares what pm4py counts in them with what was written: `make test-pm4py`.

pm4py is large and under the AGPL. It stays in an environment of its own, whose Python this is given: `compare.py PYTHON`.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from journey import Fact, History, Recorded
from journey.formats.process_logs.ocel_writing import write_ocel
from journey.formats.process_logs.xes_writing import write_xes
from journey_cli.stories import NAMES, story
from journey_projections import replay

OCEL: tuple[tuple[str, Literal["json", "xml", "sqlite"]], ...] = (("jsonocel", "json"), ("xmlocel", "xml"), ("sqlite", "sqlite"))


def main(python: str) -> int:
    """Print the counts of each export; 1 if any differs from what was written."""
    histories = {name: History.of(_facts(name)) for name in NAMES}
    records: list[tuple[str, list[Recorded[Fact]]]] = [(name, list(history.records)) for name, history in histories.items()]

    def trust(name: str) -> Iterator[tuple[datetime, float]]:
        result = replay(histories[name])
        yield result.contributions[0].occurred_at, result.prior
        yield from ((one.occurred_at, one.after) for one in result.contributions)

    differ = False
    with TemporaryDirectory() as folder:
        path = Path(folder, "log.xes")
        with path.open("wb") as file:
            events = write_xes(file, records)
        differ |= _differ(python, path, {"events": events, "traces": len(records)})
        expected: dict[str, int] = {}
        for suffix, encoding in OCEL:
            path = Path(folder, f"log.{suffix}")
            write_ocel(path, records, encoding=encoding, trust=trust)
            expected = expected or _counts_in_json(json.loads(path.read_bytes()))
            differ |= _differ(python, path, expected)
    return int(differ)


def _facts(name: str) -> list[Fact]:
    """The facts of a story, with ids and a relationship that no other story has."""
    facts = (record.touchpoint for record in story(name).history.records)
    return [fact.model_copy(update={"relationship": name, "id": f"{name}/{fact.id}"}) for fact in facts]


def _counts_in_json(log: dict[str, Any]) -> dict[str, int]:
    events, objects = log["events"], log["objects"]
    return {
        "events": len(events),
        "objects": len(objects),
        "related": sum(len(one["relationships"]) for one in events),
        "ties": sum(len(one["relationships"]) for one in objects),
        "changes": sum(len(one["attributes"][1:]) for one in objects),
    }


def _differ(python: str, path: Path, expected: dict[str, int]) -> bool:
    count = Path(__file__).with_name("count.py")
    run = subprocess.run([python, str(count), str(path)], capture_output=True, text=True, check=False)
    counts = json.loads(run.stdout) if run.returncode == 0 else run.stderr
    print(f"{path.name}: {counts}" + ("" if counts == expected else f", but written were {expected}"))  # noqa: T201
    return bool(counts != expected)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
