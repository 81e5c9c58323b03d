"""Replay of a ledger beyond one machine, on Dask or Spark: the same compiled fold, to the same bits; see docs/cluster.md.

A `Plan` says how to judge. An engine splits the relationships of a ledger into chunks, merged ones together, and sends the plan to its
workers. There the plan `fold`s each chunk into a small table; in the end it joins the tables to the Standings that `replay_ledger`
gives. Neither engine is imported here: the caller brings its client.
"""

from journey_projections.cluster.on_dask import replay_on_dask
from journey_projections.cluster.on_spark import replay_on_spark
from journey_projections.cluster.plan import Plan

__all__ = ["Plan", "replay_on_dask", "replay_on_spark"]
