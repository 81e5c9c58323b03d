"""Replay of a ledger on Apache Spark."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from journey_projections.cluster.plan import FOLDED, Plan
from journey_projections.columns import Array
from journey_projections.ledger.portfolio import MEMORY, Instant, Portfolio, rows_within
from journey_projections.ledger.segments import segments
from journey_projections.ledger.view import View, array_of, cluster_of, columns_needed
from journey_projections.rule_sets import RuleSet

if TYPE_CHECKING:
    from pyspark.sql import SparkSession  # pyright: ignore[reportMissingImports]

_PARTIES = "array<struct<party: bigint, representative: bigint, trust: double, competence: double, goodwill: double>>"
_FOLDED = (
    f"relationship int, trust double, confidence double, exit_risk double, at bigint, touchpoints bigint, state tinyint, parties {_PARTIES}"
)
"""FOLDED as Spark writes schemas."""


def replay_on_spark(
    view: View,
    spark: "SparkSession",
    rules: str | RuleSet = "goodwill",
    *,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
    parties: bool = False,
    memory: int = MEMORY,
    location: str | None = None,
) -> Portfolio:
    """As `replay_ledger`, in a Spark session: Spark reads the touchpoints, and brings those of a relationship together by its hash.

    `location` is where Spark finds the ledger's folder (`s3a://…`, `hdfs://…`), the path of `view` by default. Each Python worker takes
    about so many bytes of `memory`. The ledger is told as it was when `view` was made.
    Raises as `replay_ledger` does, but for what happens on workers, which Spark raises in its own errors.
    """
    plan = Plan.of(rules, as_of, known_at, parties=parties)
    folder = location or view.path.absolute().as_uri()
    files = [f"{folder}/touchpoints/{segment.path.name}" for segment in segments(view.path / "touchpoints", view.last)]
    columns = columns_needed(amended=view.amended, known_at=plan.known_at)
    rows = spark.read.parquet(*files).where(f"position <= {view.last}").select(*columns, "id")
    united = view.united("relationships", plan.known_at)
    if united is not None:
        moved = np.flatnonzero(united != np.arange(len(united)))
        merged = spark.createDataFrame(list(zip(moved.tolist(), united[moved].tolist(), strict=True)), "relationship int, one int")
        rows = rows.join(merged.hint("broadcast"), "relationship", "left")
        rows = rows.selectExpr("coalesce(one, relationship) AS relationship", *columns[1:], "id")
    parts = max(spark.sparkContext.defaultParallelism, -(-view.rows // rows_within(memory)))
    fold = partial(_fold, plan=plan, people=view.united("people", plan.known_at))
    folded = rows.repartition(parts, "relationship").mapInArrow(fold, _FOLDED).toArrow()
    return plan.portfolio(view.names, [folded.cast(FOLDED)])


def _fold(batches: Iterable[pa.RecordBatch], plan: Plan, people: Array | None) -> Iterator[pa.RecordBatch]:
    """Fold the relationships of one partition, which has all rows of each, on a worker."""
    found = list(batches)
    if found:
        table = pa.Table.from_batches(found)
        arrays = {name: array_of(table[name]) for name in table.column_names if name != "id"}
        codes, ones = np.unique(arrays["relationship"], return_inverse=True)
        arrays["relationship"] = ones.astype(np.int32)
        ids = table["id"]
        cluster = cluster_of(arrays, lambda rows: ids.take(pa.array(rows)).to_pylist(), 0, len(codes), people, plan.known_at)
        yield from plan.fold(cluster, codes).to_batches()
