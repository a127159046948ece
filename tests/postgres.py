"""A throw-away PostgreSQL, and a throw-away Redis, for one run of the tests.

    with throwaway_postgres(folder) as cluster:
        url = empty_database(cluster, "festival_3")      # postgresql+psycopg://…

Both listen on a free port of this machine only, and end with the block. Nothing is made durable: a test database that a
power cut loses is no loss.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis
from sqlalchemy import make_url

FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300"]


@contextmanager
def throwaway_postgres(folder: Path) -> Iterator[str]:
    """A running cluster below `folder`; gives the SQLAlchemy address of its database `postgres`.

    PostgreSQL refuses to run as root. Root therefore hands it to the user that Debian's package made for it, in a
    temporary folder of that user, who may not enter ours.
    """
    is_root = os.geteuid() == 0
    prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if is_root else []
    place = Path(tempfile.mkdtemp(prefix="festival-postgres-", dir=None if is_root else folder))
    if is_root:
        shutil.chown(place, "postgres", "postgres")
    port, log = _free_port(), place / "log"
    try:
        initdb = [_program("initdb"), "--pgdata", str(place / "data"), "--auth=trust", "--username=festival"]
        with log.open("wb") as said:
            done = subprocess.run(
                [*prefix, *initdb, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
                cwd=place,
                stdout=said,
                stderr=said,
            )
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{log.read_text()}")
        settings = [*FAST, "listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories="]
        server = [_program("postgres"), "-D", str(place / "data"), *(f"--{setting}" for setting in settings)]
        address = f"postgresql+psycopg://festival@127.0.0.1:{port}/postgres"
        # SIGINT: drop all clients and end now. SIGTERM would wait for them.
        with _running([*prefix, *server], place, log, lambda: _connect(address).close(), signal.SIGINT):
            yield address
    finally:
        shutil.rmtree(place, ignore_errors=True)


def empty_database(cluster: str, name: str, copy_of: str | None = None) -> str:
    """Make the database `name` anew in the cluster at address `cluster`; gives its own address.

    With `copy_of` it is a copy of that database (nobody may be connected to it), which is far faster than migrating
    again. Names are lower-case letters, digits and underscores.
    """
    for each in (name, copy_of or name):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", each):
            raise ValueError(f"not a name for a test database: {each!r}")
    with _connect(cluster) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{copy_of or "template0"}"')
    return make_url(cluster).set(database=name).render_as_string(hide_password=False)


@contextmanager
def throwaway_redis(folder: Path) -> Iterator[str]:
    """A running Redis that keeps nothing; gives its redis:// address."""
    place = Path(tempfile.mkdtemp(prefix="festival-redis-", dir=folder))
    port = _free_port()
    address = f"redis://127.0.0.1:{port}/0"
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]

    def ping() -> None:
        with redis.Redis.from_url(address) as client:
            client.ping()

    with _running(command, place, place / "log", ping, signal.SIGTERM):
        yield address


@contextmanager
def _running(
    command: list[str], place: Path, log: Path, ask: Callable[[], object], farewell: signal.Signals
) -> Iterator[None]:
    """A server that answers `ask`, until the end of the block."""
    with log.open("ab") as said:
        server = subprocess.Popen(command, cwd=place, stdout=said, stderr=said)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                ask()
                break
            except (psycopg.OperationalError, redis.ConnectionError) as error:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"a server of the tests does not start:\n{log.read_text()}") from error
                time.sleep(0.05)
        yield
    finally:
        server.send_signal(farewell)
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _connect(address: str) -> psycopg.Connection:
    return psycopg.connect(make_url(address).set(drivername="postgresql").render_as_string(False), autocommit=True)


def _program(name: str) -> str:
    """A program of PostgreSQL; Debian keeps all versions side by side and off the path."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    found = str(versions[-1]) if versions else shutil.which(name)
    if not found:
        raise RuntimeError(f"PostgreSQL's {name} is not here; `make test` gets it or says how")
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
