"""Replay of a ledger beyond one machine, on an engine that is there: the same compiled fold, to the same bits; see docs/cluster.md.

A `Plan` says how to judge. An engine splits the relationships of a ledger into parts, merged ones together, brings the plan to where
it works, lets it `fold` each part there into a small table, and lets it put the tables together as the Standings that
`replay_ledger` gives. Neither engine is imported here: whoever uses one brings its client.
"""

from journey_projections.cluster.on_dask import replay_on_dask
from journey_projections.cluster.on_spark import replay_on_spark
from journey_projections.cluster.plan import Plan

__all__ = ["Plan", "replay_on_dask", "replay_on_spark"]
