"""Exports the bundled stories as process logs, and compares what pm4py counts in them with what was written: `make test-pm4py`.

pm4py is large and under the AGPL. It stays in an environment of its own, whose Python this is given: `compare.py PYTHON`.
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from journey import Journal
from journey.formats import export_journal
from journey_cli.stories import NAMES, story
from journey_projections import replay


def main(python: str) -> int:
    """Print the counts of each export; 1 if any differs from what was written."""
    with TemporaryDirectory() as folder, Journal.open("memory:") as journal:
        for name in NAMES:
            facts = (record.touchpoint for record in story(name).history.records)
            journal.record(*(fact.model_copy(update={"relationship": name, "id": f"{name}/{fact.id}"}) for fact in facts))
        path = Path(folder, "log.xes")
        events = export_journal(journal, path).facts
        differ = _differ(python, path, {"events": events, "traces": len(NAMES)})
        expected: dict[str, int] = {}
        for suffix in ("jsonocel", "xmlocel", "sqlite"):
            path = Path(folder, f"log.{suffix}")
            export_journal(journal, path, trust=lambda history: replay(history).course)
            expected = expected or _counts_in_json(json.loads(path.read_bytes()))
            differ |= _differ(python, path, expected)
    return int(differ)


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
