"""Replay of a ledger on a Dask cluster."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from journey.errors import StoreUnavailable
from journey_projections.cluster.plan import Plan
from journey_projections.ledger.ledger import Ledger
from journey_projections.ledger.portfolio import LEAST, MEMORY, Instant, Portfolio, rows_within
from journey_projections.ledger.view import View
from journey_projections.rule_sets import RuleSet

if TYPE_CHECKING:
    from distributed import Client

TASKS = 4
"""How many tasks there are for each thread of the cluster at least, so that a slow or lost worker holds up little."""


def replay_on_dask(
    view: View,
    client: "Client",
    rules: str | RuleSet = "goodwill",
    *,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
    parties: bool = False,
    memory: int = MEMORY,
) -> Portfolio:
    """As `replay_ledger`, on the workers of a Dask client, which read the files of the ledger by the same path.

    Each task takes about so many bytes of `memory` and replays a range of relationships, as the ledger was when `view` was made.
    What a lost worker did is done again by others.
    Raises as `replay_ledger` does; StoreUnavailable where a worker finds no ledger at that path; what Dask raises where it gives up.
    """
    plan = Plan.of(rules, as_of, known_at, parties=parties)
    dask: Any = client  # whose methods are typed for two kinds of clients at once
    threads = max(1, sum(dask.nthreads().values()))
    rows = min(rows_within(memory), max(LEAST, view.rows // (TASKS * threads)))
    parts = view.cuts(rows, view.united("relationships", plan.known_at))
    tasks = dask.map(_fold, parts, plan=plan, path=view.path.absolute(), until=view.last, pure=False)
    return plan.portfolio(view.names, dask.gather(tasks))


def _fold(part: tuple[int, int], plan: Plan, path: Path, until: int) -> pa.Table:
    """Read and fold one range of relationships, on a worker."""
    ledger = Ledger(path)
    if not ledger.exists:
        raise StoreUnavailable(f"a worker finds no ledger at `{path}`", "let every worker see the folder by that path")
    return plan.fold(ledger.view(until).cluster(*part, plan.known_at))
