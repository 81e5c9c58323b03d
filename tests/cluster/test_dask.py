"""On Dask a ledger replays to the bits that one machine gives, whatever was amended, merged or late, and whoever is killed meanwhile."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest
from amended_log import amended_log
from clusters import assert_same, assert_the_same_as_here
from distributed import Client, LocalCluster, Worker, WorkerPlugin
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from logs import logs, recorded

from journey import Fact, Interaction, StoreUnavailable, UnknownName, UnusableRules
from journey.testing import START
from journey_projections import GOODWILL
from journey_projections.cluster import Plan, on_dask, replay_on_dask
from journey_projections.ledger import Ledger, replay_ledger
from journey_projections.rules.gallery import NAMES


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Two workers, each a process with one thread."""
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", scheduler_kwargs={"dashboard": False}
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@settings(max_examples=10, phases=[Phase.explicit, Phase.generate])
@given(batches=logs(), data=st.data())
def test_dask_gives_the_bits_of_one_machine(client: Client, batches: list[list[Fact]], data: st.DataObject) -> None:
    with patch.object(on_dask, "LEAST", data.draw(st.integers(1, 20))):
        assert_the_same_as_here(partial(replay_on_dask, client=client), batches, data)


def test_under_every_rule_set_dask_gives_the_bits_of_interpreting_each_history(client: Client) -> None:
    with amended_log() as log, patch.object(on_dask, "LEAST", 500):
        for rules in NAMES:
            log.assert_replayed_by(partial(replay_on_dask, client=client), rules)


class KilledOnce(WorkerPlugin):
    """Kills the first worker that has come to the `moment` of a task, once."""

    def __init__(self, flag: Path, moment: str) -> None:
        self.flag, self.moment = flag, moment

    def setup(self, worker: Worker) -> None: ...

    def transition(self, key: object, start: str, finish: str, **more: object) -> None:
        if self.moment in (start, finish) and "_fold" in str(key):
            try:
                self.flag.open("x").close()
            except FileExistsError:
                return
            os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    ledger = Ledger(tmp_path_factory.mktemp("cluster") / "journey.ledger")
    touchpoints = [
        Interaction(
            id=f"i-{number}", relationship=f"r-{number % 40}", occurred_at=START + timedelta(hours=number), competence=number % 7 / 7
        )
        for number in range(400)
    ]
    with recorded([touchpoints]) as journal:
        journal.merge("r-0", "r-39")
        ledger.catch_up(journal)
    return ledger


@pytest.mark.parametrize("moment", ["executing", "memory"])
def test_a_worker_killed_in_the_middle_is_made_good(client: Client, ledger: Ledger, tmp_path: Path, moment: str) -> None:
    """At work, or done with a part that nobody had fetched."""
    before = set(client.run(os.getpid).values())
    client.register_plugin(KilledOnce(tmp_path / "killed", moment), name="killed-once")
    with patch.object(on_dask, "LEAST", 10):
        standings = replay_on_dask(ledger.open(), client)
    client.unregister_worker_plugin("killed-once")
    client.wait_for_workers(2, timeout=30)
    assert (tmp_path / "killed").exists()
    assert set(client.run(os.getpid).values()) != before
    assert_same(standings, replay_ledger(ledger.open()))
    assert len(standings) == 39


def test_errors_of_workers_are_told_as_those_of_one_machine(client: Client, ledger: Ledger) -> None:
    with pytest.raises(UnknownName, match="no rule set `goodwil`"):
        replay_on_dask(ledger.open(), client, "goodwil")
    gone = ledger.open()
    gone.path = gone.path / "elsewhere"
    with pytest.raises(StoreUnavailable, match="a worker finds no ledger at") as refused:
        replay_on_dask(gone, client)
    assert "by that path" in refused.value.mend


def test_a_worker_with_other_rules_of_that_name_is_refused(ledger: Ledger) -> None:
    plan = Plan.of("goodwill", None, None, parties=False)
    elsewhere = replace(plan, judged_by=plan.judged_by._replace(hash="0" * 12))
    with pytest.raises(UnusableRules, match=f"rule set `goodwill` is {GOODWILL.hash} on a worker and 000000000000") as refused:
        elsewhere.fold(ledger.open().chunk(0, 1))
    assert "on every machine" in refused.value.mend
