"""The surge: 5,000 households of one to five want 1,000 seats in 20 sessions, at once, over 64 connections.

What is sent is the form's last step, as a browser sends it: a session of its own, the protection against forged forms,
limits as in earnest (each household has an address of its own, told by a trusted proxy), a proof that was not needed.
Nine in ten would wait where a session is full; the others are refused then, with the form given back.

After each round the database is asked: `oversold` seats, `lost` answers (accepted ones that are not there, refused ones
that are), `jumped`: households that got seats although one that needs no more has waited longer, and `idle`: seats that
are free while somebody who fits waits. All of them have to be 0. `limit` is one row inserted through Flask-SQLAlchemy
(`bench/bare_insert.py`), served alike and measured in the same rounds, by turns.
"""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import func, select

from bench.seeding import application
from bench.serving import WORKERS, Round, Server, drive, drive_any, on_both, say, serving
from festival.core.secrets import random_token
from festival.extensions import db
from festival.programme.models import Festival, Session
from festival.registration.booking import HOLDS_A_SEAT
from festival.registration.guarding.proof import opening
from festival.registration.models import Attendee, Booking, BookingState, Registration
from festival.registration.typed import WAIT, WISH
from tests import factories

ROUNDS, CONNECTIONS = 3, 64
HOUSEHOLDS, SESSIONS, SEATS = 5_000, 20, 50
WARM_UP = 300
LARGEST = 5
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ACCEPTED, REFUSED = "303", "409"
GOAL = 0.3


@dataclass(frozen=True)
class Household:
    """One that wants to register: its name, size, and session."""

    name: str
    people: int
    session_id: int


@dataclass(frozen=True)
class Found:
    """What the database says after a round; all but `accepted` and `refused` have to be 0."""

    accepted: int
    refused: int
    oversold: int
    lost: int
    jumped: int
    idle: int


def run() -> Iterator[dict[str, object]]:
    """Rate, percentiles and what the database says, on PostgreSQL and on SQLite: medians of three rounds."""
    yield from on_both(_measure)


def _measure(database: str, url: str, folder: Path) -> Iterator[dict[str, object]]:
    from bench.bare_insert import rows

    app = application(url, folder)
    with app.app_context():
        rows.create(db.engine)
    surges: list[Round] = []
    bares: list[Round] = []
    found: list[Found] = []
    with (
        serving("wsgi:app", url, folder, TRUSTED_PROXIES="1") as server,
        serving("bench.bare_insert:app", url, folder) as bare,
    ):
        for turn in range(ROUNDS + 1):  # the first one warms up and is not counted
            count = HOUSEHOLDS if turn else WARM_UP
            surge, what = _surge(app, server, count, turn)
            least = _insert(bare, count)
            if turn:
                surges.append(surge)
                bares.append(least)
                found.append(what)
                say(f"registration: {database}, round {turn}: {surge.rate:.0f}/s, bare {least.rate:.0f}/s, {what}")
    yield from _figures(database, surges, bares, found)


def _surge(app: Flask, server: Server, count: int, turn: int) -> tuple[Round, Found]:
    """One round, with a festival of its own."""
    with app.app_context():
        festival = factories.make_festival(slug=f"surge-{turn}", capacity=LARGEST * HOUSEHOLDS)
        sessions = [
            factories.make_session(festival, capacity=SEATS, start=time(8 + hour), end=time(8 + hour, 50)).id
            for hour in (number // 2 for number in range(SESSIONS))
        ]
        slug, festival_id = festival.slug, festival.id
        db.session.remove()
    chance = random.Random(turn)
    households = [
        Household(f"Nhà Số {turn} {number}", chance.randint(1, LARGEST), chance.choice(sessions))
        for number in range(count)
    ]
    requests = [_request(app, slug, one, number, chance.random() < 0.9) for number, one in enumerate(households)]
    measured, result = drive_any(server, f"/{slug}/register", requests, CONNECTIONS)
    if not set(result["statuses"]) <= {ACCEPTED, REFUSED}:
        raise RuntimeError(f"registration: answers {result['statuses']}")
    with app.app_context():
        what = _look(festival_id, households, result["each"])
        db.session.remove()
        db.engine.dispose()
    return measured, what


def _request(app: Flask, slug: str, household: Household, number: int, waits: bool) -> dict[str, Any]:
    """The last step of the form, from a browser that has opened it."""
    with app.test_request_context():
        submission, csrf = random_token(), generate_csrf()
        opened = opening(submission)
        session["device"] = random_token()[:22]
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookie = f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(dict(session))}"
    fields = {
        "submission": submission,
        "opened": opened,
        "csrf_token": csrf,
        "step": "consents",
        "go": "send",
        "contact_name": household.name,
        "phone": f"09{number:08}",
        "email": f"nha{number}@example.vn" if number % 3 == 0 else "",
        "ward": "",
        "coming": "y",
        "birth_year": "1980",
        "guardian_name": household.name,
        "consent_taking_part": "y",
        "consent_reminders": "y",
    }
    for other in range(household.people - 1):
        fields |= {
            f"members-{other}-name": f"Người Thứ {other + 2}",
            f"members-{other}-birth_year": "1985",
            f"members-{other}-relation": "other",
        }
    keys = ["c", *map(str, range(household.people - 1))]
    pairs = [*fields.items(), *((f"{WISH}{household.session_id}", key) for key in keys)]
    if waits:
        pairs.append((f"{WAIT}{household.session_id}", "y"))
    address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    headers = {**FORM, "Cookie": cookie, "X-Forwarded-For": address}
    return {"headers": headers, "body": urlencode(pairs)}


def _insert(bare: Server, count: int) -> Round:
    requests = [{"headers": FORM, "body": f"name=N{number}"} for number in range(count)]
    return drive(bare, "/bare", requests, CONNECTIONS, '"id":')


def _look(festival_id: int, households: list[Household], answers: list[str]) -> Found:
    """Compare what was answered with what is there."""
    there = set(db.session.scalars(select(Registration.contact_name).where(Registration.festival_id == festival_id)))
    accepted = {one.name for one, answer in zip(households, answers, strict=True) if answer == ACCEPTED}
    people = db.session.scalar(select(func.count(Attendee.id)).where(Attendee.festival_id == festival_id)) or 0
    places = db.session.scalar(select(Festival.places_taken).where(Festival.id == festival_id)) or 0
    oversold = abs(people - places)
    jumped = idle = 0
    for one in db.session.scalars(select(Session).where(Session.festival_id == festival_id)):
        seats, line = _standing(one.id)
        taken = sum(size for size, _at in seats)
        oversold += max(0, taken - one.capacity) + abs(taken - one.seats_taken)
        jumped += sum(any(size <= other and at < later for size, at in line) for other, later in seats)
        idle += sum(size <= one.seats_left for size, _at in line)
    return Found(len(accepted), len(households) - len(accepted), oversold, len(there ^ accepted), jumped, idle)


def _standing(session_id: int) -> tuple[list[tuple[int, Any]], list[tuple[int, Any]]]:
    """Households with seats and since when, and those that wait and since when; each with its size."""
    rows = db.session.execute(
        select(Booking.state, func.count(), func.min(Booking.created_at), func.min(Booking.queued_at))
        .join(Attendee, Attendee.id == Booking.attendee_id)
        .where(Booking.session_id == session_id)
        .group_by(Attendee.registration_id, Booking.state)
    ).all()
    seats = [(row[1], row[2]) for row in rows if row.state in HOLDS_A_SEAT]
    return seats, [(row[1], row[3]) for row in rows if row.state is BookingState.WAITLISTED]


def _figures(database: str, surges: list[Round], bares: list[Round], found: list[Found]) -> Iterator[dict[str, object]]:
    circumstances = {"database": database, "connections": CONNECTIONS, "rows": HOUSEHOLDS, "workers": WORKERS}
    for metric, unit in (("rate", "registrations/s"), ("p50", "ms"), ("p99", "ms"), ("cpu", "ms")):
        value = statistics.median(getattr(each, metric) for each in surges)
        limit = statistics.median(getattr(each, metric) for each in bares)
        figures: dict[str, object] = {"value": round(value, 2), "unit": unit, "limit": round(limit, 2)}
        if metric == "rate":
            pairs = zip(surges, bares, strict=True)
            figures |= {"ratio": round(statistics.median(one.rate / least.rate for one, least in pairs), 3)}
            figures |= {"goal": GOAL, "refused": round(statistics.median(each.refused for each in found))}
        yield {"bench": "registration", "metric": metric, **figures, **circumstances}
    for metric in ("oversold", "lost", "jumped", "idle"):
        worst = max(getattr(each, metric) for each in found)
        yield {"bench": "registration", "metric": metric, "value": worst, "unit": "", "limit": 0, **circumstances}


if __name__ == "__main__":
    for line in run():
        print(json.dumps(line))
