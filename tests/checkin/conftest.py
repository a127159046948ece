"""A door to test: a phone with its cookie, and the texts of tickets as they stand in the QR."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from festival.checkin.models import Admission, Checkpoint, Scan
from festival.checkin.pairing import DEVICE_COOKIE
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration import ticket_code
from festival.registration.models import Registration, Ticket, TicketKind
from tests.factories import PairedDevice, make_device


def qr_of(ticket: Ticket, festival: Festival) -> str:
    """The text in the ticket's QR."""
    days = (festival.last_day - festival.first_day).days + 1
    code = ticket_code.encode(
        ticket.kind, festival.id, ticket.id, festival.first_day, days, festival.sealed_private_key
    )
    return f"HTTPS://FESTIVAL.TEST/Q/{code}"


def tickets_of(household: Registration) -> list[Ticket]:
    return [ticket for ticket in household.tickets if ticket.kind is TicketKind.TICKET]


def pass_of(household: Registration) -> Ticket:
    return next(ticket for ticket in household.tickets if ticket.kind is TicketKind.HOUSEHOLD)


def admissions() -> int:
    return db.session.scalar(select(func.count()).select_from(Admission)) or 0


def scans() -> int:
    return db.session.scalar(select(func.count()).select_from(Scan)) or 0


@dataclass(frozen=True)
class Door:
    """A phone at a door."""

    paired: PairedDevice
    browser: FlaskClient
    checkpoint: Checkpoint

    def scan_of(self, ticket: str | None = None, **more: Any) -> dict[str, Any]:
        """One scan as the phone sends it."""
        scan = {
            "id": str(uuid4()),
            "checkpoint": self.checkpoint.id,
            "ticket": ticket,
            "direction": "in",
            "scanned_at": datetime.now(UTC).isoformat(),
            "offline": False,
        }
        return {**scan, **more}

    def send(self, *scans: Any) -> list[dict[str, Any]]:
        response = self.browser.post("/door/api/scans", json={"scans": list(scans)})
        assert response.status_code == 200, response.text
        answers: list[dict[str, Any]] = response.json["answers"]
        assert len(answers) == len(scans)
        return answers

    def scan(self, ticket: str | None = None, **more: Any) -> dict[str, Any]:
        (answer,) = self.send(self.scan_of(ticket, **more))
        return answer


@pytest.fixture
def make_door(app: Flask, festival: Festival) -> Callable[..., Door]:
    """A door of `festival`; those that share `checkpoint` share its admissions."""

    def make(name: str = "Cửa A", checkpoint: Checkpoint | None = None, **values: Any) -> Door:
        if checkpoint is not None:
            values["checkpoints"] = [checkpoint]
        paired = make_device(values.pop("festival", festival), name=name, **values)
        browser = app.test_client()
        browser.set_cookie(DEVICE_COOKIE, paired.token, path="/door")
        return Door(paired, browser, paired.device.checkpoints[0])

    return make


@pytest.fixture
def door(make_door: Callable[..., Door]) -> Door:
    """Door A at the entrance."""
    return make_door()
