"""How many tickets the door checks in a second: real gunicorn, real tickets, each scanned once, one scan a request.

Signature, device, bookings, admission and the kept scan are all in it. `limit` is one UPDATE … RETURNING through
Flask-SQLAlchemy (`bench/bare_update.py`), served alike and measured in the same rounds, by turns.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask_migrate import upgrade
from sqlalchemy import insert

from festival import create_app
from festival.checkin.pairing import DEVICE_COOKIE
from festival.config import Settings
from festival.core.text import fold, name_key
from festival.extensions import db
from festival.registration import ticket_code
from festival.registration.models import Attendee, Registration, Relation, Ticket, TicketKind
from tests import factories
from tests.postgres import empty_database, throwaway_postgres

ROOT = Path(__file__).resolve().parent.parent
ROUNDS, SCANS, WARM_UP = 3, 1_500, 200
CONNECTIONS, ROWS, WORKERS = 8, 10_000, 2
SECRET = "only-for-the-bench"


@dataclass(frozen=True)
class Door:
    """What the load generator needs to be a phone."""

    token: str
    checkpoint: int
    codes: list[str]


@dataclass(frozen=True)
class Round:
    """One run of the load generator; `cpu` is the server's processor time in milliseconds for one request."""

    rate: float
    p50: float
    p95: float
    p99: float
    cpu: float


def run() -> Iterator[dict[str, object]]:
    """Rate and percentiles on PostgreSQL and on SQLite: medians of three rounds."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with throwaway_postgres(folder) as cluster:
            yield from _measure("postgresql", empty_database(cluster, "festival_bench"), folder / "postgresql")
        yield from _measure("sqlite", f"sqlite:///{folder / 'sqlite' / 'festival.sqlite'}", folder / "sqlite")


def _measure(database: str, url: str, folder: Path) -> Iterator[dict[str, object]]:
    folder.mkdir()
    _say(f"checkin: {database}: {ROWS} tickets")
    door = _seed(url, folder)
    codes = iter(door.codes)
    bare_numbers = iter(range(1, ROWS))
    doors: list[Round] = []
    bares: list[Round] = []
    with _serving("wsgi:app", url, folder) as real, _serving("bench.bare_update:app", url, folder) as bare:
        for number in range(ROUNDS + 1):  # the first one warms up and is not counted
            count = SCANS if number else WARM_UP
            scans = [_scan(door, next(codes)) for _ in range(count)]
            cookie = {"Content-Type": "application/json", "Cookie": f"{DEVICE_COOKIE}={door.token}"}
            one = _drive(real, "/door/api/scans", cookie, scans, '"verdict":"admitted"')
            bodies = [json.dumps({"id": next(bare_numbers)}) for _ in range(count)]
            other = _drive(bare, "/bare", {"Content-Type": "application/json"}, bodies, '"count":1')
            if number:
                doors.append(one)
                bares.append(other)
                _say(f"checkin: {database}: round {number}: {one.rate:.0f} scans/s, bare {other.rate:.0f}/s")
    circumstances = {"database": database, "connections": CONNECTIONS, "rows": ROWS, "workers": WORKERS}
    for metric, unit in (("rate", "scans/s"), ("p50", "ms"), ("p95", "ms"), ("p99", "ms"), ("cpu", "ms")):
        value = statistics.median(getattr(each, metric) for each in doors)
        limit = statistics.median(getattr(each, metric) for each in bares)
        ratio = {"ratio": round(value / limit, 3)} if metric == "rate" else {}
        figures = {"value": round(value, 2), "unit": unit, "limit": round(limit, 2), **ratio}
        yield {"bench": "checkin", "metric": metric, **figures, **circumstances}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# --- what is scanned -------------------------------------------------------------------------------------------


def _seed(url: str, folder: Path) -> Door:
    """A festival of today with `ROWS` people and a paired phone, and the rows that the limit updates."""
    from bench.bare_update import marks

    settings = Settings(
        data=folder, secret_key=SECRET, database_url=url, public_url="http://127.0.0.1", hosts=("127.0.0.1",)
    )
    app = create_app(settings)
    with app.app_context():
        upgrade()
        marks.create(db.engine)
        festival = factories.make_festival(capacity=ROWS)
        paired = factories.make_device(festival)
        _insert_people(festival.id)
        for begin in range(1, ROWS + 1, 5_000):
            rows = [{"id": number, "count": 0} for number in range(begin, min(begin + 5_000, ROWS + 1))]
            db.session.execute(insert(marks), rows)
        db.session.commit()
        needed = ROUNDS * SCANS + WARM_UP
        # Spread over all rows, as people come: not in the order in which they registered.
        numbers = [1 + (place * 7_919) % ROWS for place in range(needed)]
        days = (festival.last_day - festival.first_day).days + 1
        codes = [
            ticket_code.encode(
                TicketKind.TICKET, festival.id, number, festival.first_day, days, festival.sealed_private_key
            )
            for number in numbers
        ]
        door = Door(paired.token, paired.device.checkpoints[0].id, codes)
        db.session.remove()
        db.engine.dispose()
    return door


def _insert_people(festival_id: int) -> None:
    """People in households of one, their ids the same as their numbers."""
    for begin in range(1, ROWS + 1, 5_000):
        numbers = range(begin, min(begin + 5_000, ROWS + 1))
        names = {number: f"Nguyễn Thị Số {number}" for number in numbers}
        registrations = [
            {
                "id": number,
                "festival_id": festival_id,
                "public_id": f"{number:012d}",
                "submission": str(number),
                "contact_name": names[number],
                "phone": "+84912345678",
            }
            for number in numbers
        ]
        attendees = [
            {
                "id": number,
                "festival_id": festival_id,
                "registration_id": number,
                "name": names[number],
                "folded_name": fold(names[number]),
                "name_key": name_key(names[number]),
                "birth_year": 1980,
                "relation": Relation.SELF,
            }
            for number in numbers
        ]
        tickets = [
            {
                "id": number,
                "festival_id": festival_id,
                "kind": TicketKind.TICKET,
                "registration_id": number,
                "attendee_id": number,
                "short_code": f"{number:08d}",
            }
            for number in numbers
        ]
        for entity, rows in ((Registration, registrations), (Attendee, attendees), (Ticket, tickets)):
            db.session.execute(insert(entity), rows)


def _scan(door: Door, code: str) -> str:
    scan = {
        "id": str(uuid4()),
        "checkpoint": door.checkpoint,
        "ticket": code,
        "direction": "in",
        "scanned_at": datetime.now(UTC).isoformat(),
        "offline": False,
    }
    return json.dumps({"scans": [scan]})


# --- serving and driving ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Server:
    """A running gunicorn."""

    port: int
    pid: int


@contextmanager
def _serving(application: str, url: str, folder: Path) -> Iterator[Server]:
    port = _free_port()
    environment = {
        **os.environ,
        "FESTIVAL_DATA": str(folder),
        "FESTIVAL_DATABASE_URL": url,
        "FESTIVAL_SECRET_KEY": SECRET,
        "FESTIVAL_PUBLIC_URL": "http://127.0.0.1",
        "FESTIVAL_BIND": f"127.0.0.1:{port}",
        "WEB_CONCURRENCY": str(WORKERS),
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


def _wait_for(port: int, server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + 30
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


def _drive(server: Server, path: str, headers: dict[str, str], bodies: list[str], mark: str) -> Round:
    job = {
        "host": "127.0.0.1",
        "port": server.port,
        "path": path,
        "headers": headers,
        "connections": CONNECTIONS,
        "bodies": bodies,
        "mark": mark,
    }
    cpu = _cpu_of_children(server.pid)
    command = [sys.executable, "-m", "bench.load"]
    said = subprocess.run(command, cwd=ROOT, input=json.dumps(job), capture_output=True, text=True, check=True)
    cpu = _cpu_of_children(server.pid) - cpu
    result: dict[str, Any] = json.loads(said.stdout)
    if result["statuses"] != {"200": len(bodies)} or result["marked"] != len(bodies):
        raise RuntimeError(f"{path}: {result['statuses']}, {result['marked']} of {len(bodies)} as expected")
    times = result["milliseconds"]
    p50, p95, p99 = (times[min(len(times) - 1, int(len(times) * share))] for share in (0.5, 0.95, 0.99))
    return Round(len(bodies) / result["seconds"], p50, p95, p99, cpu * 1000 / len(bodies))


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


if __name__ == "__main__":
    for line in run():
        print(json.dumps(line))
