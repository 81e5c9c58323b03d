"""Replay of a ledger on a Dask cluster."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from journey.errors import StoreUnavailable
from journey_projections.cluster.plan import Plan
from journey_projections.ledger.bounded_replay import LEAST, MEMORY, rows_within
from journey_projections.ledger.ledger import Ledger
from journey_projections.ledger.open_ledger import OpenLedger
from journey_projections.ledger.results import Instant, Standings
from journey_projections.rules.rule_set import RuleSet

if TYPE_CHECKING:
    from distributed import Client

TASKS = 4
"""The least number of tasks for each thread of the cluster, so that a slow or lost worker holds up little."""


def replay_on_dask(
    opened: OpenLedger,
    client: "Client",
    rules: str | RuleSet = "goodwill",
    *,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
    parties: bool = False,
    memory: int = MEMORY,
) -> Standings:
    """As `replay_ledger`, on the workers of a Dask client, which read the files of the ledger by the same path.

    Each task takes about so many bytes of `memory` and replays a range of relationships, as the ledger was when `opened` was made.
    Other workers repeat what a lost worker did.
    Raises as `replay_ledger` does; StoreUnavailable where a worker finds no ledger at that path; what Dask raises where it gives up.
    """
    plan = Plan.of(rules, as_of, known_at, parties=parties)
    dask: Any = client  # whose methods are typed for two kinds of clients at once
    threads = max(1, sum(dask.nthreads().values()))
    rows = min(rows_within(memory), max(LEAST, opened.rows // (TASKS * threads)))
    ranges = opened.ranges(rows, opened.united("relationships", plan.known_at))
    tasks = dask.map(_fold, ranges, plan=plan, path=opened.path.absolute(), until=opened.last, pure=False)
    return plan.standings(opened.names, dask.gather(tasks))


def _fold(codes: tuple[int, int], plan: Plan, path: Path, until: int) -> pa.Table:
    """Read and fold one range of relationships, on a worker."""
    ledger = Ledger(path)
    if not ledger.exists:
        raise StoreUnavailable(f"a worker finds no ledger at `{path}`", "let every worker see the folder by that path")
    return plan.fold(ledger.open(until).chunk(*codes, plan.known_at))
