"""Families are told by message that their certificates are ready: once, a little later, by the worker."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from festival.certificates import issuing, replacing
from festival.certificates.notices import FORGETS, SETTLES, tell_of_new
from festival.checkin.scan_request import ScanRequest
from festival.checkin.scanning import record_scans
from festival.core.clock import now
from festival.extensions import db
from festival.messages.models import Message


def told() -> list[str]:
    db.session.expire_all()
    return [row.body for row in db.session.scalars(select(Message).where(Message.kind == "certificate"))]


@pytest.fixture
def family(make_household):
    return make_household(members=2, email="hoa@festival.example")


def give(attendee, make_device) -> None:
    device = make_device().device
    record_scans(device, [ScanRequest(uuid4(), device.checkpoints[0].id, now(), attendee_id=attendee.id)], now())
    issuing.issue(attendee)
    db.session.commit()


def test_a_family_is_told_once_of_all_its_certificates(family, make_device):
    for person in family.attendees:
        give(person, make_device)

    assert tell_of_new(now()) == 0, "somebody may be opening the next one"
    assert tell_of_new(now() + SETTLES) == 1
    assert tell_of_new(now() + SETTLES) == 0

    (body,) = told()
    assert all(person.name in body for person in family.attendees)


def test_one_that_is_issued_later_is_told_of_too(family, make_device):
    give(family.attendees[0], make_device)
    tell_of_new(now() + SETTLES)
    give(family.attendees[1], make_device)

    assert tell_of_new(now() + SETTLES) == 1
    assert len(told()) == 2


def test_one_that_was_taken_back_is_not_told_of(family, make_device):
    give(family.attendees[0], make_device)
    certificate = issuing.find_certificate(family.attendees[0])
    replacing.revoke(certificate, "nhầm")
    db.session.commit()

    assert tell_of_new(now() + SETTLES) == 0


def test_after_days_nobody_is_told_any_more(family, make_device):
    give(family.attendees[0], make_device)

    assert tell_of_new(now() + FORGETS) == 0


def test_who_cannot_be_reached_is_passed_over(make_household, family, make_device):
    give(make_household(members=1).attendees[0], make_device)
    give(family.attendees[0], make_device)

    assert tell_of_new(now() + SETTLES) == 1
