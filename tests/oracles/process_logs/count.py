"""Counts what is in a process log, as pm4py reads it, and prints the counts as JSON. Runs where pm4py is, without journey.

python count.py FILE.{xes,xes.gz,jsonocel,xmlocel,sqlite}
"""

import json
import sys
from contextlib import redirect_stdout

with redirect_stdout(sys.stderr):
    import pm4py  # type: ignore[import-not-found]


def _counts(path: str) -> dict[str, int]:
    if ".xes" in path:
        log = pm4py.read_xes(path)
        return {"events": len(log), "traces": log["case:concept:name"].nunique()}
    reader = {"jsonocel": pm4py.read_ocel2_json, "xmlocel": pm4py.read_ocel2_xml, "sqlite": pm4py.read_ocel2_sqlite}
    log = reader[path.rpartition(".")[2]](path)
    return {
        "events": len(log.events),
        "objects": len(log.objects),
        "related": len(log.relations),
        "ties": len(log.o2o),
        "changes": len(log.object_changes),
    }


with redirect_stdout(sys.stderr):
    counts = _counts(sys.argv[1])
print(json.dumps(counts))  # noqa: T201
