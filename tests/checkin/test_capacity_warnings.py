"""Those responsible get one mail a day for each step: 80, 95 and 100 % of the venue's capacity."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from festival.accounts.models import Organization, StaffRole, User
from festival.accounts.staff import give_role
from festival.checkin.capacity_warnings import reached, responsible_for, warn_where_due
from festival.checkin.models import CapacityWarning, Scan
from festival.core.clock import at_local, today
from festival.extensions import db
from festival.messages.models import Message
from festival.programme.models import Festival, FestivalStatus
from festival.registration.models import Attendee, Registration
from tests import factories
from tests.checkin.conftest import Door

NOON = at_local(today(), time(12))
Fill = Callable[..., None]


@pytest.fixture
def fill(
    festival: Festival, door: Door, make_household: Callable[..., Registration], staff: Callable[..., User]
) -> Fill:
    """Let the house of 20 places be as full as said (in percent) from that moment on."""
    people = [person for _ in range(3) for person in make_household(members=7).attendees]
    festival.capacity, festival.places_taken = 20, 20
    staff(StaffRole.ORGANIZER)
    db.session.commit()
    moments = itertools.count(1)

    def fill(percent: int, day: int = 0) -> None:
        moment = NOON - timedelta(hours=1) + timedelta(days=day, seconds=next(moments))
        inside = 20 * percent // 100
        for place, person in enumerate(people):
            _pass(door, person, "in" if place < inside else "out", moment)
        db.session.commit()

    return fill


def _pass(door: Door, person: Attendee, direction: str, moment: datetime) -> None:
    db.session.add(
        Scan(
            id=uuid4(),
            festival_id=person.festival_id,
            checkpoint_id=door.checkpoint.id,
            device_id=door.paired.device.id,
            attendee_id=person.id,
            direction=direction,
            scanned_at=moment,
            verdict="admitted",
            passed=True,
            answer={},
        )
    )


def look(at: datetime = NOON) -> int:
    mails = warn_where_due(at)
    db.session.commit()
    return mails


def mails() -> list[Message]:
    return list(db.session.scalars(select(Message).order_by(Message.id)))


@pytest.mark.parametrize(
    ("percent", "step"), [(0, None), (79, None), (80, 80), (94, 80), (95, 95), (99, 95), (100, 100), (130, 100)]
)
def test_the_steps(percent: int, step: int | None) -> None:
    assert reached(percent) == step


def test_nothing_is_told_while_there_is_room(fill: Fill) -> None:
    fill(75)

    assert look() == 0
    assert mails() == []


def test_each_step_is_told_once_a_day(fill: Fill) -> None:
    sent = []
    for percent in (80, 85, 95, 95, 100, 100):
        fill(percent)
        sent.append(look())

    assert sent == [1, 0, 1, 0, 1, 0]


def test_falling_below_and_rising_again_tells_nothing_new(fill: Fill) -> None:
    for percent in (80, 40, 85):
        fill(percent)
        look()

    assert len(mails()) == 1


def test_several_steps_at_once_are_one_mail_about_the_highest(fill: Fill) -> None:
    fill(100)

    assert (look(), look()) == (1, 0)
    assert sorted(db.session.scalars(select(CapacityWarning.percent))) == [80, 95, 100]
    fill(50)
    look()
    fill(80)
    assert look() == 0


def test_the_next_day_begins_anew(fill: Fill) -> None:
    fill(80)
    look()
    fill(80, day=1)

    assert look(NOON + timedelta(days=1)) == 1


def test_the_mail_says_how_many_are_inside_and_where_to_look(fill: Fill, festival: Festival, door: Door) -> None:
    fill(95)
    door.paired.device.waiting = 14
    db.session.merge(door.paired.device)
    db.session.commit()
    look()

    (mail,) = mails()
    assert mail.recipient == "organizer@festival.example"
    assert "95" in mail.subject
    assert festival.name in mail.subject
    assert "19" in mail.body
    assert "14" in mail.body
    assert "12:00" in mail.body
    assert f"http://festival.test/manage/{festival.slug}/" in mail.body
    assert "%%" not in mail.subject + mail.body
    assert "%(" not in mail.subject + mail.body


def test_owners_organizers_and_door_managers_are_told_each_once(
    festival: Festival, organization: Organization, staff: Callable[..., User]
) -> None:
    told = [staff(role) for role in (StaffRole.OWNER, StaffRole.ORGANIZER, StaffRole.DOOR_MANAGER)]
    give_role(told[0], organization, StaffRole.ORGANIZER)
    staff(StaffRole.ISSUER)
    staff(StaffRole.OBSERVER)
    away = staff(StaffRole.ORGANIZER, "away@festival.example")
    away.active = False
    elsewhere = staff(StaffRole.OBSERVER, "elsewhere@festival.example")
    give_role(elsewhere, factories.make_organization("Phường khác"), StaffRole.OWNER)
    db.session.commit()

    assert [user.id for user in responsible_for(festival)] == [user.id for user in told]


@pytest.mark.parametrize(
    ("change", "moment"),
    [
        ({"status": FestivalStatus.CLOSED}, NOON),
        ({"status": FestivalStatus.DRAFT}, NOON),
        ({}, NOON - timedelta(days=1)),
        ({}, NOON + timedelta(days=2)),
    ],
    ids=["closed", "draft", "the day before", "after the last day"],
)
def test_only_festivals_whose_day_it_is_are_looked_at(
    fill: Fill, festival: Festival, change: dict[str, object], moment: datetime
) -> None:
    fill(100)
    for name, value in change.items():
        setattr(festival, name, value)
    db.session.commit()

    assert look(moment) == 0


def test_what_is_rolled_back_is_told_later(fill: Fill) -> None:
    fill(80)
    warn_where_due(NOON)
    db.session.rollback()

    assert look() == 1
