"""A real gunicorn for a bench, and the load that is driven against it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.seeding import SECRET
from festival.checkin.pairing import DEVICE_COOKIE
from tests.postgres import empty_database, throwaway_postgres

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Server:
    """A running gunicorn."""

    port: int
    pid: int


@dataclass(frozen=True)
class Round:
    """One run of the load generator: requests a second, milliseconds for one, and `cpu`, the milliseconds of processor
    time that the server's workers have used for one (without the database's own)."""

    rate: float
    p50: float
    p95: float
    p99: float
    cpu: float


def on_both(
    measure: Callable[[str, str, Path], Iterator[dict[str, object]]],
) -> Iterator[dict[str, object]]:
    """The figures of a bench on an empty PostgreSQL and on an empty SQLite: `measure` gets the database's name, its
    address and a folder of its own."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in ("postgresql", "sqlite"):
            (folder / name).mkdir()
        with throwaway_postgres(folder) as cluster:
            yield from measure("postgresql", empty_database(cluster, "festival_bench"), folder / "postgresql")
        yield from measure("sqlite", f"sqlite:///{folder / 'sqlite' / 'festival.sqlite'}", folder / "sqlite")


@contextmanager
def serving(application: str, url: str, folder: Path, **settings: str) -> Iterator[Server]:
    """The application (`module:name`) as `deploy/gunicorn.conf.py` serves it, by two workers, until the block ends.

    `settings` are further FESTIVAL_* variables, without the prefix.
    """
    port = _free_port()
    environment = {
        **os.environ,
        "FESTIVAL_DATA": str(folder),
        "FESTIVAL_DATABASE_URL": url,
        "FESTIVAL_SECRET_KEY": SECRET,
        "FESTIVAL_PUBLIC_URL": "http://127.0.0.1",
        "FESTIVAL_BIND": f"127.0.0.1:{port}",
        "WEB_CONCURRENCY": str(WORKERS),
        **{f"FESTIVAL_{name}": value for name, value in settings.items()},
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", application]
    with (folder / "gunicorn.log").open("ab") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(port, server, folder)
        yield Server(port, server.pid)
    finally:
        server.terminate()
        server.wait(20)


def drive(
    server: Server, path: str, requests: list[dict[str, Any]], connections: int, mark: str, marks: int = 1
) -> Round:
    """Send each request (`headers`, `body`) once; raises unless each is answered by 200 with so many times the mark."""
    measured, result = drive_any(server, path, requests, connections, mark)
    count = len(requests)
    if result["statuses"] != {"200": count} or result["marked"] != count * marks:
        raise RuntimeError(f"{path}: {result['statuses']}, {result['marked']} of {count * marks} as expected")
    return measured


def drive_any(
    server: Server, path: str, requests: list[dict[str, Any]], connections: int, mark: str = "\r\n"
) -> tuple[Round, dict[str, Any]]:
    """Send each request once, whatever is answered; gives the round, and the load generator's own result."""
    job = {
        "host": "127.0.0.1",
        "port": server.port,
        "path": path,
        "connections": connections,
        "requests": requests,
        "mark": mark,
    }
    cpu = _cpu_of_children(server.pid)
    command = [sys.executable, "-m", "bench.load"]
    said = subprocess.run(command, cwd=ROOT, input=json.dumps(job), capture_output=True, text=True, check=True)
    cpu = _cpu_of_children(server.pid) - cpu
    result: dict[str, Any] = json.loads(said.stdout)
    count = len(requests)
    times = result["milliseconds"]
    p50, p95, p99 = (times[min(count - 1, int(count * share))] for share in (0.5, 0.95, 0.99))
    return Round(count / result["seconds"], p50, p95, p99, cpu * 1000 / count), result


def of_phone(token: str) -> dict[str, str]:
    """The headers of a paired phone's call."""
    return {**JSON, "Cookie": f"{DEVICE_COOKIE}={token}"}


def say(text: str) -> None:
    """Progress, for who waits."""
    print(text, file=sys.stderr, flush=True)


def _wait_for(port: int, server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
            return
        except urllib.error.HTTPError:
            return  # it answers, if only that it knows no such page
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"gunicorn does not start:\n{(folder / 'gunicorn.log').read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _cpu_of_children(pid: int) -> float:
    """Processor seconds that the workers of this gunicorn have used so far (Linux; elsewhere 0)."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(") ")[2].split()
        except OSError:
            continue  # it has just ended
        if int(fields[1]) == pid:
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total
