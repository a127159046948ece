"""The roster of 20,000 people: bytes over the wire and milliseconds of the server, whole and after 100 changes, and how
long a phone needs until it is ready.

Bytes and the server's time in one process, through the whole application (gate, limits, compression), on PostgreSQL and
on SQLite; the phone is a real browser (`bench/phone.py`).
"""

from __future__ import annotations

import gzip
import json
import random
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import insert, update

from bench.phone import ready
from bench.serving import on_both
from festival import create_app
from festival.checkin.models import Admission, Scan
from festival.checkin.pairing import DEVICE_COOKIE
from festival.config import Settings
from festival.core.clock import now
from festival.core.secrets import short_code
from festival.core.text import fold, name_key
from festival.extensions import db
from festival.registration.models import (
    Attendee,
    Booking,
    BookingState,
    Registration,
    Relation,
    Ticket,
    TicketKind,
)
from tests import factories

PEOPLE, CHANGES, ROUNDS = 20_000, 100, 3
HOUSEHOLD = 4
SESSIONS = 40
ADDRESS = "/door/api/roster"

_FAMILY = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
)
_MIDDLE = ("Văn", "Thị", "Hữu", "Ngọc", "Minh", "Thanh", "Đức", "Quốc", "Thu", "Kim", "Xuân", "Anh", "Bảo", "Gia")
_GIVEN = (
    "An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Hải", "Hạnh", "Hoa", "Hùng", "Hương", "Khánh", "Lan", "Linh", "Long",
    "Mai", "Nam", "Nga", "Nhung", "Phúc", "Phương", "Quân", "Sơn", "Tâm", "Thảo", "Thuý", "Trang", "Tuấn", "Vân", "Yến",
)  # fmt: skip


@dataclass(frozen=True)
class Seeded:
    """A festival of today with people, and a phone at its entrance."""

    festival_id: int
    checkpoint_id: int
    device_id: int
    token: str


def seed(people: int, *, admitted: int = 0, random_seed: int = 20261010) -> Seeded:
    """Fill an empty, migrated database: households of four, half of the people booked, the first `admitted` let in.

    Within an application context; commits. The ids of people and of their registrations count from 1.
    """
    chance = random.Random(random_seed)
    festival = factories.make_festival(capacity=max(people, 1) + 1_000)
    paired = factories.make_device(festival)
    sessions = [factories.make_session(festival, capacity=people).id for _ in range(SESSIONS)]
    place, device = paired.device.checkpoints[0].id, paired.device.id
    for begin in range(1, people + 1, 4_000):
        numbers = range(begin, min(begin + 4_000, people + 1))
        for entity, rows in _rows(festival.id, numbers, sessions, chance).items():
            db.session.execute(insert(entity), rows)
        for entity, rows in _passages(festival.id, place, device, [n for n in numbers if n <= admitted]).items():
            if rows:
                db.session.execute(insert(entity), rows)
    db.session.commit()
    return Seeded(festival.id, place, device, paired.token)


def _rows(
    festival_id: int, numbers: range, sessions: list[int], chance: random.Random
) -> dict[type, list[dict[str, Any]]]:
    names = {n: " ".join(map(chance.choice, (_FAMILY, _MIDDLE, _GIVEN))) for n in numbers}
    household = {n: (n - 1) // HOUSEHOLD + 1 for n in numbers}
    first = [n for n in numbers if (n - 1) % HOUSEHOLD == 0]
    registrations = [
        {
            "id": household[n],
            "festival_id": festival_id,
            "public_id": f"{household[n]:012d}",
            "submission": str(household[n]),
            "contact_name": names[n],
            "phone": f"+849{chance.randrange(10**8):08d}",
        }
        for n in first
    ]
    attendees = [
        {
            "id": n,
            "festival_id": festival_id,
            "registration_id": household[n],
            "name": names[n],
            "folded_name": fold(names[n]),
            "name_key": name_key(names[n]),
            "birth_year": chance.randrange(1940, 2020),
            "relation": Relation.SELF,
        }
        for n in numbers
    ]
    own = [
        {"kind": TicketKind.TICKET, "registration_id": household[n], "attendee_id": n, "short_code": short_code()}
        for n in numbers
    ]
    passes = [
        {"kind": TicketKind.HOUSEHOLD, "registration_id": household[n], "attendee_id": None, "short_code": short_code()}
        for n in first
    ]
    tickets = [{"festival_id": festival_id, **ticket} for ticket in own + passes]
    bookings = [
        {"session_id": chance.choice(sessions), "attendee_id": n, "state": BookingState.CONFIRMED}
        for n in numbers
        if n % 2
    ]
    return {Registration: registrations, Attendee: attendees, Ticket: tickets, Booking: bookings}


def _passages(festival_id: int, place: int, device: int, numbers: list[int]) -> dict[type, list[dict[str, Any]]]:
    moment = now() - timedelta(minutes=30)
    scans = [
        {
            "id": uuid4(),
            "festival_id": festival_id,
            "checkpoint_id": place,
            "device_id": device,
            "attendee_id": n,
            "scanned_at": moment,
            "verdict": "admitted",
            "passed": True,
            "answer": {"verdict": "admitted"},
        }
        for n in numbers
    ]
    admissions = [
        {
            "attendee_id": n,
            "checkpoint_id": place,
            "device_id": device,
            "scan_id": scan["id"],
            "admitted_at": moment,
        }
        for n, scan in zip(numbers, scans, strict=True)
    ]
    return {Scan: scans, Admission: admissions}


# --- measuring -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sync:
    """What one sync took: answers, bytes as they travel and unpacked, milliseconds of the server in all."""

    calls: int
    people: int
    wire: int
    plain: int
    milliseconds: float
    cursor: str


def run() -> Iterator[dict[str, object]]:
    """Bytes and milliseconds on PostgreSQL and on SQLite: medians of three rounds."""
    yield from on_both(_measure)


def _measure(database: str, url: str, folder: Path) -> Iterator[dict[str, object]]:
    app = _application(url, folder)
    with app.app_context():
        upgrade()
        print(f"roster: {database}: {PEOPLE} people", file=sys.stderr, flush=True)
        seeded = seed(PEOPLE, admitted=PEOPLE // 4)
        _age()
        phone = app.test_client()
        phone.set_cookie(DEVICE_COOKIE, seeded.token, domain="127.0.0.1", path="/door")
        whole = [_sync(phone, "") for _ in range(ROUNDS + 1)][1:]
        _expect(whole, PEOPLE)
        changes = []
        for number in range(ROUNDS + 1):
            _age()
            _change(1 + number * CHANGES)
            changes.append(_sync(phone, whole[-1].cursor))
        _expect(changes[1:], CHANGES)
        yield from _figures(database, "first", whole)
        yield from _figures(database, "changes", changes[1:])
        db.session.remove()
        db.engine.dispose()
    for start, milliseconds in ready(url, folder, seeded.token, ROUNDS).items():
        circumstances = {"unit": "ms", "database": database, "rows": PEOPLE}
        yield {"bench": "roster", "metric": f"ready_{start}", "value": round(milliseconds, 1), **circumstances}


def _application(url: str, folder: Path) -> Flask:
    settings = Settings(
        data=folder,
        secret_key="only-for-the-bench",
        database_url=url,
        public_url="http://127.0.0.1",
        hosts=("127.0.0.1",),
    )
    return create_app(settings)


def _age() -> None:
    """Let what has changed so far have changed long ago."""
    for entity in (Attendee, Ticket, Booking, Registration, Admission):
        db.session.execute(update(entity).values(changed_at=now() - timedelta(hours=1)))
    db.session.commit()


def _change(first: int) -> None:
    """A hundred people, each in a household of its own for the most part, as a busy quarter of an hour touches them."""
    numbers = [1 + (first + place * 197) % PEOPLE for place in range(CHANGES)]
    db.session.execute(update(Attendee).where(Attendee.id.in_(numbers)).values(changed_at=now()))
    db.session.commit()


def _sync(phone: FlaskClient, since: str) -> Sync:
    calls, people, wire, plain, took, more = 0, 0, 0, 0, 0.0, True
    while more:
        begin = time.perf_counter()
        answer = phone.get(
            ADDRESS,
            query_string={"since": since},
            base_url="http://127.0.0.1",
            headers={"Accept-Encoding": "gzip"},
        )
        took += (time.perf_counter() - begin) * 1000
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.status_code}: {answer.text[:200]}")
        packed = answer.data
        text = gzip.decompress(packed)
        body = json.loads(text)
        calls, people = calls + 1, people + len(body["people"])
        wire, plain = wire + len(packed), plain + len(text)
        since, more = body["cursor"], body["more"]
    return Sync(calls, people, wire, plain, took, since)


def _expect(syncs: list[Sync], people: int) -> None:
    if {sync.people for sync in syncs} != {people}:
        raise RuntimeError(f"{[sync.people for sync in syncs]} people instead of {people}")


def _figures(database: str, sync: str, rounds: list[Sync]) -> Iterator[dict[str, object]]:
    circumstances = {"database": database, "rows": PEOPLE, "people": rounds[0].people, "calls": rounds[0].calls}
    for metric, unit, values in (
        ("bytes", "bytes", [each.wire for each in rounds]),
        ("unpacked", "bytes", [each.plain for each in rounds]),
        ("server", "ms", [each.milliseconds for each in rounds]),
    ):
        value = round(statistics.median(values), 1)
        yield {"bench": "roster", "metric": f"{sync}_{metric}", "value": value, "unit": unit, **circumstances}


if __name__ == "__main__":
    for line in run():
        print(json.dumps(line))
