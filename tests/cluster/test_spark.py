"""On Spark a ledger replays to the bits that one machine gives; `make test-spark` installs it and runs this."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from amended_log import amended_log
from clusters import assert_the_same_as_here
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from logs import logs, recorded

from journey import Fact, Interaction
from journey.testing import START
from journey_projections.cluster import replay_on_spark
from journey_projections.ledger import Ledger, bounded_replay
from journey_projections.rules.gallery import NAMES

sql = pytest.importorskip("pyspark.sql", reason="`make test-spark` installs Spark")


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """Two cores of this machine."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYSPARK_PYTHON", sys.executable)
        session = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1")
        spark = session.config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
        yield spark
        spark.stop()


@settings(max_examples=10, phases=[Phase.explicit, Phase.generate])
@given(batches=logs(), data=st.data())
def test_spark_gives_the_bits_of_one_machine(spark: Any, batches: list[list[Fact]], data: st.DataObject) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bounded_replay, "LEAST", data.draw(st.integers(3, 50)))
        patched.setattr(bounded_replay, "PROCESS", 2**40)
        assert_the_same_as_here(partial(replay_on_spark, spark=spark), batches, data)


def test_under_every_rule_set_spark_gives_the_bits_of_interpreting_each_history(spark: Any) -> None:
    with amended_log() as log:
        for rules in NAMES:
            log.assert_replayed_by(partial(replay_on_spark, spark=spark), rules)


def test_the_example_of_the_documentation_runs(tmp_path: Path) -> None:
    page = (Path(__file__).parent.parent.parent / "docs" / "cluster.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```python file=everybody_on_spark.py\n(.*?)^```$", page, flags=re.M | re.S)
    touchpoints = [
        Interaction(id=f"{name}-1", relationship=name, occurred_at=START, competence=0.6, benevolence=0.7)
        for name in ("marta@bank", "paolo@bank")
    ]
    with recorded([touchpoints]) as journal:
        Ledger(tmp_path / "journey.ledger").catch_up(journal)
    done = subprocess.run([sys.executable, "-c", example], cwd=tmp_path, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [["marta@bank", "1"], ["paolo@bank", "1"]]
