"""How many tickets the door checks in a second: real gunicorn, real tickets, each scanned once, one scan a request.

The device's token, the signature, bookings, admission and the kept scan are all in it. `limit` is one UPDATE with
RETURNING through Flask-SQLAlchemy (`bench/bare_update.py`), served alike and measured in the same rounds, by turns.
The festival of a million tickets is measured in the same rounds too: `cost_of_a_million` says how much more one scan
costs there.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text

from bench.seeding import Phone, application, seed
from bench.serving import JSON, WORKERS, Round, Server, drive, of_phone, say, serving
from festival.extensions import db
from tests.postgres import empty_database, throwaway_postgres

ROUNDS, SCANS, WARM_UP = 9, 450, 300
"""Many short rounds: a moment in which the machine does something else spoils one of them, and medians forget it."""
FEW, MANY = 10_000, 1_000_000
CONNECTIONS = (8, 32)
MOST_OF_A_MILLION = 1.15
"""The goal: a scan among a million tickets costs at most so many times one among ten thousand."""


@dataclass
class Door:
    """A served festival, and the tickets that nobody has scanned yet."""

    rows: int
    server: Server
    phone: Phone
    codes: Iterator[str]
    rounds: dict[int, list[Round]] = field(default_factory=dict)


def run() -> Iterator[dict[str, object]]:
    """Rate and percentiles on PostgreSQL and on SQLite: medians of nine rounds."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with throwaway_postgres(folder) as cluster:
            urls = {rows: empty_database(cluster, f"festival_{rows}") for rows in (FEW, MANY)}
            yield from _measure("postgresql", urls, folder / "postgresql")
        urls = {rows: f"sqlite:///{folder / 'sqlite' / str(rows) / 'festival.sqlite'}" for rows in (FEW, MANY)}
        yield from _measure("sqlite", urls, folder / "sqlite")


def _measure(database: str, urls: dict[int, str], folder: Path) -> Iterator[dict[str, object]]:
    with ExitStack() as stack:
        doors = [_open(stack, url, rows, folder / str(rows)) for rows, url in urls.items()]
        bare = stack.enter_context(serving("bench.bare_update:app", urls[FEW], folder / str(FEW)))
        numbers = iter(range(1, FEW + 1))
        bares: dict[int, list[Round]] = {}
        for connections in CONNECTIONS:
            for turn in range(ROUNDS + 1):  # the first one warms up and is not counted
                count = SCANS if turn else WARM_UP
                # By turns, and the other way round each second time: whoever is first in a round has no advantage.
                for door in doors if turn % 2 else reversed(doors):
                    scanned = _scan(door, count, connections)
                    if turn:
                        door.rounds.setdefault(connections, []).append(scanned)
                bodies = [json.dumps({"id": next(numbers)}) for _ in range(count)]
                updates = [{"headers": JSON, "body": body} for body in bodies]
                least = drive(bare, "/bare", updates, connections, '"count":1')
                if turn:
                    bares.setdefault(connections, []).append(least)
                    rates = ", ".join(f"{door.rounds[connections][-1].rate:.0f}" for door in doors)
                    say(f"checkin: {database}, {connections} connections: {rates} scans/s, bare {least.rate:.0f}/s")
        for connections in CONNECTIONS:
            for door in doors:
                yield from _figures(database, connections, door.rows, door.rounds[connections], bares[connections])
            yield _cost_of_a_million(database, connections, *(door.rounds[connections] for door in doors))


def _open(stack: ExitStack, url: str, rows: int, folder: Path) -> Door:
    """Seed a festival of so many tickets and serve it; the small one's database has the rows of the limit too."""
    from bench.bare_update import marks

    folder.mkdir(parents=True)
    say(f"checkin: {rows} tickets for {url.partition(':')[0]}")
    app = application(url, folder)
    with app.app_context():
        crowd = seed(rows)
        if rows == FEW:
            marks.create(db.engine)
            db.session.execute(text("INSERT INTO bench_marks (id, count) SELECT id, 0 FROM tickets"))
            db.session.commit()
        needed = len(CONNECTIONS) * (ROUNDS * SCANS + WARM_UP)
        # Spread over all rows, as people come: not in the order in which they registered.
        codes = crowd.codes([1 + (place * 7_919) % rows for place in range(needed)])
        db.session.remove()
        db.engine.dispose()
    return Door(rows, stack.enter_context(serving("wsgi:app", url, folder)), crowd.phones[0], iter(codes))


def _scan(door: Door, count: int, connections: int) -> Round:
    headers = of_phone(door.phone.token)
    requests = [{"headers": headers, "body": _body(door.phone.checkpoint, next(door.codes))} for _ in range(count)]
    return drive(door.server, "/door/api/scans", requests, connections, '"verdict":"admitted"')


def _body(checkpoint: int, code: str) -> str:
    scan = {
        "id": str(uuid4()),
        "checkpoint": checkpoint,
        "ticket": code,
        "direction": "in",
        "scanned_at": datetime.now(UTC).isoformat(),
        "offline": False,
    }
    return json.dumps({"scans": [scan]})


def _figures(
    database: str, connections: int, rows: int, doors: list[Round], bares: list[Round]
) -> Iterator[dict[str, object]]:
    circumstances = {"database": database, "connections": connections, "rows": rows, "workers": WORKERS}
    for metric, unit in (("rate", "scans/s"), ("p50", "ms"), ("p95", "ms"), ("p99", "ms"), ("cpu", "ms")):
        value = statistics.median(getattr(each, metric) for each in doors)
        limit = statistics.median(getattr(each, metric) for each in bares)
        ratio = {"ratio": round(_ratio(metric, doors, bares), 3)} if metric in ("rate", "cpu") else {}
        figures = {"value": round(value, 2), "unit": unit, "limit": round(limit, 2), **ratio}
        yield {"bench": "checkin", "metric": metric, **figures, **circumstances}


def _ratio(metric: str, doors: list[Round], bares: list[Round]) -> float:
    """The median of the rounds' own ratios: a moment in which the machine was busy slows both."""
    return statistics.median(
        getattr(door, metric) / getattr(bare, metric) for door, bare in zip(doors, bares, strict=True)
    )


def _cost_of_a_million(database: str, connections: int, few: list[Round], many: list[Round]) -> dict[str, object]:
    """Time for one scan among a million tickets, as a multiple of that among ten thousand."""
    value = statistics.median(one.rate / other.rate for one, other in zip(few, many, strict=True))
    return {
        "bench": "checkin",
        "metric": "cost_of_a_million",
        "value": round(value, 3),
        "unit": f"times that of {FEW}",
        "limit": MOST_OF_A_MILLION,
        "ratio": round(value / MOST_OF_A_MILLION, 3),
        "cpu": round(statistics.median(other.cpu / one.cpu for one, other in zip(few, many, strict=True)), 3),
        "database": database,
        "connections": connections,
        "rows": MANY,
        "workers": WORKERS,
    }


if __name__ == "__main__":
    for line in run():
        print(json.dumps(line))
