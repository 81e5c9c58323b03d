"""A PostgreSQL server that dies under its writers. The contract of stores kills writers; `make test-crash` does both at full size."""

import signal
from itertools import count, cycle
from pathlib import Path

import pytest
import stores
from postgres_server import NoServer, PostgresServer

from journey.testing import crash_trial


def test_a_server_that_dies_loses_and_doubles_nothing(tmp_path: Path) -> None:
    try:
        server = PostgresServer(fsync=False)  # its memory is lost, the machine's is not
    except NoServer as error:
        pytest.skip(str(error))
    with server:
        url, numbers, ways = server.new_database(), count(), cycle((signal.SIGQUIT, signal.SIGKILL))
        trial = crash_trial(
            lambda: stores.postgres(url, tmp_path / f"{next(numbers)}"), rounds=2, seed=1, strike=lambda: server.restart(next(ways))
        )
    assert trial.problems == ()
    assert trial.acknowledged > 0
