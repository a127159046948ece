"""How fast 20 phones hand in what they scanned without a network: 10,000 scans in batches of 200, all phones at once.

`limit` is the same rows (scans and admissions) inserted by one executemany each, in one transaction on one connection,
with nothing judged: measured after each round, on the rows that the round has made.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import Table, delete, insert, select, update

from bench.seeding import Phone, application, seed
from bench.serving import WORKERS, Round, drive, of_phone, on_both, say, serving
from festival.checkin.models import Admission, Device, Scan
from festival.extensions import Base, db

PHONES, SCANS, BATCH, ROUNDS = 20, 10_000, 200, 3


def run() -> Iterator[dict[str, object]]:
    """Scans a second on PostgreSQL and on SQLite: medians of three rounds."""
    yield from on_both(_measure)


def _measure(database: str, url: str, folder: Path) -> Iterator[dict[str, object]]:
    app = application(url, folder)
    with app.app_context():
        crowd = seed((ROUNDS + 1) * SCANS, PHONES)
        db.session.execute(update(Device).values(paired_at=datetime.now(UTC) - timedelta(hours=1)))
        db.session.commit()
        codes = iter(crowd.codes(range(1, (ROUNDS + 1) * SCANS + 1)))
        db.session.remove()
    rounds: list[Round] = []
    limits: list[float] = []
    with serving("wsgi:app", url, folder) as server:
        for turn in range(ROUNDS + 1):  # the first one warms up and is not counted
            requests = _batches(crowd.phones, [next(codes) for _ in range(SCANS)])
            handed_in = drive(server, "/door/api/scans", requests, PHONES, '"verdict":"admitted"', BATCH)
            limit = _insert_again(app)
            if turn:
                rounds.append(handed_in)
                limits.append(limit)
                say(f"sync: {database}: round {turn}: {handed_in.rate * BATCH:.0f} scans/s, inserted {limit:.0f}/s")
    yield {
        "bench": "sync",
        "metric": "rate",
        "value": round(statistics.median(one.rate * BATCH for one in rounds), 1),
        "unit": "scans/s",
        "limit": round(statistics.median(limits), 1),
        "ratio": round(
            statistics.median(one.rate * BATCH / limit for one, limit in zip(rounds, limits, strict=True)), 3
        ),
        "p50": round(statistics.median(one.p50 for one in rounds), 1),
        "p99": round(statistics.median(one.p99 for one in rounds), 1),
        "database": database,
        "connections": PHONES,
        "scans": SCANS,
        "batch": BATCH,
        "workers": WORKERS,
    }


def _batches(phones: list[Phone], codes: list[str]) -> list[dict[str, Any]]:
    """The calls, in the order in which `bench.load` deals them to its connections: each phone keeps to one."""
    made = datetime.now(UTC) - timedelta(minutes=30)
    calls = []
    for number, begin in enumerate(range(0, SCANS, BATCH)):
        phone = phones[number % PHONES]
        scans = [
            {
                "id": str(uuid4()),
                "checkpoint": phone.checkpoint,
                "ticket": code,
                "direction": "in",
                "scanned_at": (made + timedelta(milliseconds=begin + place)).isoformat(),
                "offline": True,
                "shown": "admitted",
            }
            for place, code in enumerate(codes[begin : begin + BATCH])
        ]
        calls.append({"headers": of_phone(phone.token), "body": json.dumps({"scans": scans})})
    return calls


def _insert_again(app: Flask) -> float:
    """Take the round's rows out and insert them by executemany: rows of scans a second."""
    with app.app_context():
        tables = [Base.metadata.tables[entity.__tablename__] for entity in (Scan, Admission)]
        rows = {table: _last_rows(table) for table in tables}
        for table, kept in rows.items():
            db.session.execute(delete(table).where(table.c.id.in_([row["id"] for row in kept])))
        db.session.commit()
        begin = time.perf_counter()
        for table, kept in rows.items():
            db.session.execute(insert(table), kept)
        db.session.commit()
        seconds = time.perf_counter() - begin
        db.session.remove()
        db.engine.dispose()
    return SCANS / seconds


def _last_rows(table: Table) -> list[dict[str, Any]]:
    latest = table.c.received_at if "received_at" in table.c else table.c.id
    found = db.session.execute(select(table).order_by(latest.desc()).limit(SCANS))
    return [dict(row) for row in found.mappings()]


if __name__ == "__main__":
    for line in run():
        print(json.dumps(line))
