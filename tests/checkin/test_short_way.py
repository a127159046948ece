"""The calls of paired phones skip what concerns pages only: what that rests on, and what they must not skip."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from festival.accounts.policy import POLICY, Caller
from festival.application import CALLS
from festival.checkin.models import Device
from festival.core.prepared import Prepared
from festival.extensions import READING_FIRST, db
from tests.checkin.conftest import Door, qr_of, tickets_of
from tests.factories import Festival, Registration


def test_below_the_calls_only_paired_phones_are_answered(app: Flask) -> None:
    callers = {POLICY[rule.endpoint].caller for rule in app.url_map.iter_rules() if rule.rule.startswith(CALLS)}

    assert callers
    assert callers <= {Caller.DEVICE, Caller.UPLOAD, Caller.SCANNER}


def test_what_reads_first_is_an_endpoint(app: Flask) -> None:
    assert {"door_api.scans", "door_api.people"} <= READING_FIRST
    assert all(rule in app.view_functions for rule in READING_FIRST)


def test_who_looks_for_somebody_waits_for_nobody_who_writes(
    door: Door, make_household: Callable[..., Registration]
) -> None:
    person = make_household(members=1).attendees[0]
    with db.engine.begin() as writer:
        writer.execute(update(Device).values(on_duty="Chị Lan"))

        found = door.browser.post("/door/api/people", json={"checkpoint": door.checkpoint.id, "name": person.name})

    assert [one["attendee"] for one in found.json["people"]] == [person.id]


def test_a_call_carries_every_header_of_a_page_and_no_session(
    door: Door, festival: Festival, make_household: Callable[..., Registration]
) -> None:
    page = door.browser.get("/door/")
    call = door.browser.post(
        "/door/api/scans", json={"scans": [door.scan_of(qr_of(tickets_of(make_household())[0], festival))]}
    )

    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"):
        assert call.headers[name] == page.headers[name]
    assert call.headers["Cache-Control"] == "no-store"
    assert call.headers["X-Request-ID"]
    assert "Set-Cookie" not in call.headers


def test_a_limit_of_a_call_still_holds(door: Door, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from festival.extensions import limiter

    monkeypatch.setattr(limiter, "enabled", True)
    body = {"checkpoint": door.checkpoint.id, "name": "Nguyễn Văn Không"}
    statuses = {door.browser.post("/door/api/people", json=body).status_code for _ in range(40)}

    assert 429 in statuses


def test_a_prepared_statement_gives_what_sqlalchemy_gives(door: Door) -> None:
    prepared = Prepared(select(Device.__table__).where(Device.id == 1))

    assert [tuple(row) for row in prepared.rows()] == [
        tuple(row) for row in db.session.execute(select(Device.__table__).where(Device.id == 1))
    ]
