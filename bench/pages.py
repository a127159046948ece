"""How many visitors the public pages serve in a second, and how long the server works on each page of /manage.

The festival is the demo's programme (40 booths, 41 sessions) with 20,000 people, half of them let in, every seat
booked. Public pages go through gunicorn from 32 connections; `limit` is Flask answering a constant of the same size.
The pages of /manage are asked for in one process, as an organizer, each with its median of `TURNS`; their limit is the
goal of 150 ms.
"""

from __future__ import annotations

import itertools
import statistics
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from flask import Flask
from sqlalchemy import insert, select

from bench.residents import settle
from bench.seeding import application
from bench.serving import WORKERS, Round, Server, drive, on_both, say, serving
from festival.accounts.models import Organization, StaffRole, User
from festival.accounts.policy import POLICY, Caller
from festival.accounts.staff import give_role, make_user
from festival.checkin.models import Admission, Checkpoint, Scan
from festival.core.clock import now
from festival.demo import WORKBOOK, moved_to_now
from festival.extensions import db, limiter
from festival.programme.importing import apply_reading
from festival.programme.models import Festival, Session
from festival.programme.wards import ensure_wards, known_codes
from festival.programme.workbook import read_workbook
from festival.registration.models import Attendee, Booking, BookingState

PEOPLE, ROUNDS, REQUESTS, CONNECTIONS, TURNS = 20_000, 3, 1_000, 32, 5
GOAL = 150
"""Milliseconds of the server for a page of /manage."""
PUBLIC = {"home": "/{slug}/", "programme": "/{slug}/programme", "register": "/{slug}/register"}


def run() -> Iterator[dict[str, object]]:
    """Rate and p99 of three public pages; the median milliseconds of every page of /manage, and the worst of them."""
    yield from on_both(_measure)


def _measure(database: str, url: str, folder: Path) -> Iterator[dict[str, object]]:
    app = application(url, folder)
    with app.app_context():
        slug = _fill()
        yield from _manage(app, slug, database)
        db.session.remove()
        db.engine.dispose()
    yield from _public(slug, database, url, folder)


def _fill() -> str:
    ward = settle(PEOPLE)
    festival = db.session.get_one(Festival, ward.festival_id)
    ensure_wards()
    apply_reading(moved_to_now(read_workbook(WORKBOOK, known_codes())), festival)
    people = db.session.scalars(select(Attendee.id).order_by(Attendee.id)).all()
    entrance, at = db.session.get_one(Checkpoint, ward.checkpoint), now()
    came = [(person, uuid4()) for person in people[: PEOPLE // 2]]
    of_all = {"festival_id": festival.id, "checkpoint_id": entrance.id, "direction": "in", "scanned_at": at}
    answered = {"verdict": "admitted", "passed": True, "answer": {}}
    db.session.execute(
        insert(Scan), [{"id": scan, "attendee_id": person, **of_all, **answered} for person, scan in came]
    )
    admission = {"checkpoint_id": entrance.id, "admitted_at": at}
    db.session.execute(
        insert(Admission), [{"attendee_id": person, "scan_id": scan, **admission} for person, scan in came]
    )
    turn = itertools.cycle(people)
    for session in db.session.scalars(select(Session).where(Session.festival_id == festival.id)).all():
        seats = [next(turn) for _ in range(session.capacity)]
        rows = [{"session_id": session.id, "attendee_id": each, "state": BookingState.CONFIRMED} for each in seats]
        db.session.execute(insert(Booking), rows)
        session.seats_taken = session.capacity
    owner = make_user("owner@festival.example", "Cán bộ", "a long pass word")
    give_role(owner, db.session.get_one(Organization, festival.organization_id), StaffRole.OWNER)
    db.session.commit()
    return festival.slug


def _manage(app: Flask, slug: str, database: str) -> Iterator[dict[str, object]]:
    limiter.enabled = False
    browser = app.test_client()
    owner = db.session.scalars(select(User)).one()
    with browser.session_transaction(base_url="http://127.0.0.1") as session:
        session["_user_id"] = session["identity"] = owner.fs_uniquifier
        session["_fresh"] = True
    medians: dict[str, float] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.endpoint):
        policy = POLICY.get(rule.endpoint)
        if policy is None or policy.caller is not Caller.STAFF or rule.arguments != {"festival"}:
            continue
        if "GET" not in (rule.methods or ()):
            continue
        address, took = rule.rule.replace("<festival>", slug), []
        for turn in range(TURNS + 1):  # the first one warms up and is not counted
            begin = time.perf_counter()
            answer = browser.get(address, base_url="http://127.0.0.1")
            if turn:
                took.append((time.perf_counter() - begin) * 1000)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            medians[rule.endpoint] = statistics.median(took)
            say(f"pages: {database}, {rule.endpoint}: {medians[rule.endpoint]:.1f} ms")
    circumstances = {"database": database, "rows": PEOPLE}
    for endpoint, value in medians.items():
        yield {"bench": "pages", "metric": "manage_median", "page": endpoint, **_of_goal(value), **circumstances}
    yield {"bench": "pages", "metric": "manage_worst", **_of_goal(max(medians.values())), **circumstances}


def _of_goal(value: float) -> dict[str, object]:
    return {"value": round(value, 2), "unit": "ms", "limit": GOAL, "ratio": round(value / GOAL, 3)}


def _public(slug: str, database: str, url: str, folder: Path) -> Iterator[dict[str, object]]:
    paths = {name: path.format(slug=slug) for name, path in PUBLIC.items()}
    found: dict[str, list[Round]] = {name: [] for name in paths}
    bare: dict[str, list[Round]] = {name: [] for name in paths}
    with serving("wsgi:app", url, folder) as server, serving("bench.bare_page:app", url, folder) as limit:
        lengths = {name: _length(server, path) for name, path in paths.items()}
        for turn in range(ROUNDS + 1):  # the first one warms up and is not counted
            for name, path in paths.items():
                measured = drive(server, path, _gets(path), CONNECTIONS, "HTTP/1.1 200 OK")
                constant = f"/{lengths[name]}"
                beside = drive(limit, constant, _gets(constant), CONNECTIONS, "HTTP/1.1 200 OK")
                if turn:
                    found[name].append(measured)
                    bare[name].append(beside)
                    say(f"pages: {database}, {name}: {measured.rate:.0f}/s, bare {beside.rate:.0f}/s")
    circumstances = {"database": database, "connections": CONNECTIONS, "rows": PEOPLE, "workers": WORKERS}
    for name, rounds in found.items():
        value = statistics.median(each.rate for each in rounds)
        limit_rate = statistics.median(each.rate for each in bare[name])
        rate = {"value": round(value, 1), "unit": "requests/s", "limit": round(limit_rate, 1)}
        yield {
            "bench": "pages", "metric": f"{name}_rate", **rate, "ratio": round(value / limit_rate, 3), **circumstances
        }  # fmt: skip
        p99 = statistics.median(each.p99 for each in rounds)
        yield {"bench": "pages", "metric": f"{name}_p99", "value": round(p99, 2), "unit": "ms", **circumstances}


def _gets(path: str) -> list[dict[str, object]]:
    return [{"path": path, "headers": {}} for _ in range(REQUESTS)]


def _length(server: Server, path: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=30) as answer:
        return len(answer.read())
