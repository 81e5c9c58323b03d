"""Hypothesis profiles: `dev` by default, `ci` where CI is set, others by HYPOTHESIS_PROFILE. A PostgreSQL server for all."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from postgres_server import NoServer, PostgresServer

settings.register_profile("dev", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("dev"), max_examples=150, derandomize=True)
settings.register_profile("few", settings.get_profile("dev"), max_examples=10, derandomize=True)
settings.register_profile("thorough", settings.get_profile("dev"), max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for the whole run, which no test takes the power from; skips where there are no binaries."""
    try:
        server = PostgresServer(fsync=False)
    except NoServer as error:
        pytest.skip(str(error))
    with server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a database of the test's own."""
    url = postgres_server.new_database()
    yield url
    postgres_server.drop_database(url)
