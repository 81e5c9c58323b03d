"""Replay of a ledger on Apache Spark."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from journey_projections.cluster.plan import FOLDED, Plan
from journey_projections.encoding.columns import Array
from journey_projections.ledger.bounded_replay import MEMORY, rows_within
from journey_projections.ledger.chunks import array_of, chunk_of, columns_needed
from journey_projections.ledger.open_ledger import OpenLedger
from journey_projections.ledger.results import Instant, Standings
from journey_projections.ledger.segments import segments
from journey_projections.rules.rule_set import RuleSet

if TYPE_CHECKING:
    from pyspark.sql import SparkSession  # pyright: ignore[reportMissingImports]

_PARTIES = "array<struct<party: bigint, representative: bigint, trust: double, competence: double, goodwill: double>>"
_FOLDED = (
    f"relationship int, trust double, confidence double, exit_risk double, at bigint, touchpoints bigint, state tinyint, parties {_PARTIES}"
)
"""FOLDED as Spark writes schemas."""


def replay_on_spark(
    opened: OpenLedger,
    spark: "SparkSession",
    rules: str | RuleSet = "goodwill",
    *,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
    parties: bool = False,
    memory: int = MEMORY,
    location: str | None = None,
) -> Standings:
    """As `replay_ledger`, in a Spark session: Spark reads the touchpoints, and brings those of a relationship together by its hash.

    `location` is where Spark finds the ledger's folder (`s3a://…`, `hdfs://…`), the path of `opened` by default. Each Python worker takes
    about so many bytes of `memory`. The ledger is read as it was when it was opened.
    Raises as `replay_ledger` does, but for what happens on workers, which Spark raises in its own errors.
    """
    plan = Plan.of(rules, as_of, known_at, parties=parties)
    folder = location or opened.path.absolute().as_uri()
    files = [f"{folder}/touchpoints/{segment.path.name}" for segment in segments(opened.path / "touchpoints", opened.last)]
    columns = columns_needed(amended=opened.amended, known_at=plan.known_at)
    rows = spark.read.parquet(*files).where(f"position <= {opened.last}").select(*columns, "id")
    united = opened.united("relationships", plan.known_at)
    if united is not None:
        moved = np.flatnonzero(united != np.arange(len(united)))
        merged = spark.createDataFrame(list(zip(moved.tolist(), united[moved].tolist(), strict=True)), "relationship int, one int")
        rows = rows.join(merged.hint("broadcast"), "relationship", "left")
        rows = rows.selectExpr("coalesce(one, relationship) AS relationship", *columns[1:], "id")
    partitions = max(spark.sparkContext.defaultParallelism, -(-opened.rows // rows_within(memory)))
    fold = partial(_fold, plan=plan, people=opened.united("people", plan.known_at))
    folded = rows.repartition(partitions, "relationship").mapInArrow(fold, _FOLDED).toArrow()
    return plan.standings(opened.names, [folded.cast(FOLDED)])


def _fold(batches: Iterable[pa.RecordBatch], plan: Plan, people: Array | None) -> Iterator[pa.RecordBatch]:
    """Fold the relationships of one partition, which has all rows of each, on a worker."""
    received = list(batches)
    if received:
        table = pa.Table.from_batches(received)
        arrays = {name: array_of(table[name]) for name in table.column_names if name != "id"}
        codes, ones = np.unique(arrays["relationship"], return_inverse=True)
        arrays["relationship"] = ones.astype(np.int32)
        ids = table["id"].cast(pa.large_string()).combine_chunks()
        chunk = chunk_of(arrays, lambda rows: ids.take(pa.array(rows)), 0, len(codes), people, plan.known_at)
        yield from plan.fold(chunk, codes).to_batches()
