"""How many papers are checked in a second: `/c/<code>` as people see it and as programs read it, each code once.

Through gunicorn, from 32 connections, among 10,000 certificates of a festival, on PostgreSQL and on SQLite; every
request comes from an address of its own, so that limits count and stop nobody. `limit` are the 100 requests a second
that a hall full of phones may make.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from sqlalchemy import insert, select

from bench.seeding import application, seed
from bench.serving import WORKERS, Round, Server, drive, on_both, say, serving
from festival.certificates.issuing import issue_to_all
from festival.certificates.models import Certificate
from festival.checkin.models import Admission
from festival.core.clock import now
from festival.extensions import db
from festival.registration.models import Attendee

CERTIFICATES, ROUNDS, REQUESTS, CONNECTIONS = 10_000, 3, 1_000, 32
GOAL = 100


def run() -> Iterator[dict[str, object]]:
    """Rate, percentiles and processor time for a page and for JSON: medians of three rounds."""
    yield from on_both(_measure)


def _measure(database: str, url: str, folder: Path) -> Iterator[dict[str, object]]:
    codes = _issued(url, folder)
    random.Random(1).shuffle(codes)
    ask = iter(codes)
    rounds: dict[str, list[Round]] = {"page": [], "json": []}
    with serving("wsgi:app", url, folder, TRUSTED_PROXIES="1") as server:
        for turn in range(ROUNDS + 1):  # the first one warms up and is not counted
            for kind, found in rounds.items():
                measured = _check(server, kind, [next(ask) for _ in range(REQUESTS)])
                if turn:
                    found.append(measured)
                    say(f"verification: {database}, {kind}: {measured.rate:.0f}/s")
    circumstances = {"database": database, "connections": CONNECTIONS, "rows": CERTIFICATES, "workers": WORKERS}
    for kind, found in rounds.items():
        for metric, unit in (("rate", "requests/s"), ("p50", "ms"), ("p99", "ms"), ("cpu", "ms")):
            value = statistics.median(getattr(each, metric) for each in found)
            figures: dict[str, object] = {"value": round(value, 2), "unit": unit}
            if metric == "rate":
                figures |= {"limit": GOAL, "ratio": round(value / GOAL, 2)}
            yield {"bench": "verification", "metric": f"{kind}_{metric}", **figures, **circumstances}


def _issued(url: str, folder: Path) -> list[str]:
    """The codes of a festival's certificates, given to everybody who was let in: all."""
    app = application(url, folder)
    with app.app_context():
        crowd = seed(CERTIFICATES)
        checkpoint = crowd.phones[0].checkpoint
        people = db.session.scalars(select(Attendee.id)).all()
        at = now()
        rows = [
            {"attendee_id": person, "checkpoint_id": checkpoint, "scan_id": uuid4(), "admitted_at": at}
            for person in people
        ]
        db.session.execute(insert(Admission), rows)
        issue_to_all(crowd.festival)
        db.session.commit()
        codes = list(db.session.scalars(select(Certificate.code).order_by(Certificate.id)))
        db.session.remove()
        db.engine.dispose()
    return codes


def _check(server: Server, kind: str, codes: list[str]) -> Round:
    ending = ".json" if kind == "json" else ""
    requests = [
        {
            "path": f"/c/{code}{ending}",
            "headers": {"X-Forwarded-For": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"},
        }
        for number, code in enumerate(codes)
    ]
    return drive(server, "", requests, CONNECTIONS, "HTTP/1.1 200 OK")
