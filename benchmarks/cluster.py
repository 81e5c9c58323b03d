"""A ledger replayed by one process on two threads and by two Dask workers of one thread each, in turns: how fast, in how much memory.

    python benchmarks/cluster.py [MILLIONS]    by default 20

The rows are those of `benchmarks/ledger.py`, compacted, with a limit of 512 MB in each process that replays. On one machine both use
the same two cores, so the ratio is the cost of splitting the work and collecting the results. More machines are not measured here.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from distributed import Client, LocalCluster
from ledger import MEMORY, ROUNDS, peak, written

from journey_projections.cluster import replay_on_dask
from journey_projections.ledger import OpenLedger, Standings, replay_ledger
from journey_projections.testing.made_up_logs import made_up_log


def main() -> None:
    """Measure and print."""
    if sys.argv[1:2] == ["write"]:
        written(Path(sys.argv[2]), made_up_log(int(sys.argv[3]), int(sys.argv[3]) // 50))
        return
    size = int(sys.argv[1] if len(sys.argv) > 1 else "20") * 1_000_000
    with tempfile.TemporaryDirectory(prefix="journey-benchmark-") as folder:
        path = Path(folder) / "journey.ledger"
        # In a process of its own, so that what it takes is not counted here.
        subprocess.run([sys.executable, __file__, "write", str(path), str(size)], check=True)
        with (
            LocalCluster(
                n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", scheduler_kwargs={"dashboard": False}
            ) as cluster,
            Client(cluster) as client,
        ):
            measure(OpenLedger(path), client)


def measure(opened: OpenLedger, client: Client) -> None:
    """Both in turns; the first time of each compiles and does not count."""
    ways: dict[str, Callable[[], Standings]] = {
        "two Dask workers": lambda: replay_on_dask(opened, client, memory=MEMORY),
        "one process": lambda: replay_ledger(opened, memory=MEMORY),
    }
    dask = ways["two Dask workers"]()
    asking = peak()
    same = dask.results.tobytes() == ways["one process"]().results.tobytes()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(some) for name, some in seconds.items()}
    workers = " and ".join(f"{one:.0f}" for one in client.run(peak).values())
    peaks = {
        "two Dask workers": f"{workers} MB, and {asking:.0f} MB where it is asked for",
        "one process": f"{peak():.0f} MB, Dask's scheduler included",
    }
    print(f"\n{opened.rows / 1e6:.0f} M touchpoints, {len(dask):,} relationships; the same bits: {'yes' if same else 'NO'}")
    for name, median in medians.items():
        spread = f"{min(seconds[name]):.2f} to {max(seconds[name]):.2f} s"
        print(f"  {name:<18}{opened.rows / median / 1e6:6.1f} M/s, {median:.2f} s ({spread}), peak {peaks[name]}")
    print(f"  Dask takes {medians['two Dask workers'] / medians['one process']:.2f} × the time")


if __name__ == "__main__":
    main()
