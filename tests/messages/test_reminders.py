"""Reminders: the day before at 17:00, and two hours before; only for who agreed, each once."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select, update

from festival.consents import ledger
from festival.consents.models import Purpose
from festival.core.clock import at_local, local, today
from festival.extensions import db
from festival.messages.models import Message
from festival.programme.models import FestivalStatus
from festival.registration import changing
from festival.registration import reminders as reminding
from festival.registration.models import Registration
from festival.registration.reminders import write_due

FIRST_DAY = today() + timedelta(days=10)
EVE = FIRST_DAY - timedelta(days=1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return at_local(day, time(hour, minute))


@pytest.fixture
def festival(make_festival):
    return make_festival(
        first_day=FIRST_DAY, last_day=FIRST_DAY + timedelta(days=1), opens_at=time(8), closes_at=time(17)
    )


@pytest.fixture
def family(make_household, make_session, festival):
    """A household that agreed and begins at 09:00 on the first day."""
    morning = make_session(day=FIRST_DAY, start=time(9), end=time(10), title="VNeID từ A đến Z")
    later = make_session(day=FIRST_DAY, start=time(14), end=time(15))
    return make_household(
        members=2, sessions=(morning, later), email="hoa@festival.example", consents={Purpose.REMINDERS: True}
    )


def reminders() -> list[str]:
    return [row.event.partition(":")[0] for row in db.session.scalars(select(Message).order_by(Message.id))]


def test_the_evening_before_and_two_hours_before_and_each_once(family):
    moments = [
        (at(EVE, 16, 59), []),
        (at(EVE, 17), ["reminder-day"]),
        (at(EVE, 17, 1), ["reminder-day"]),
        (at(FIRST_DAY, 6, 59), ["reminder-day"]),
        (at(FIRST_DAY, 7), ["reminder-day", "reminder-soon"]),
        (at(FIRST_DAY, 8, 59), ["reminder-day", "reminder-soon"]),
    ]
    for moment, told in moments:
        write_due(moment)
        assert reminders() == told, f"{local(moment):%d/%m %H:%M}"

    soon = db.session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert soon.good_until == at(FIRST_DAY, 9)
    assert "09:00–10:00 VNeID từ A đến Z" in soon.body
    assert soon.kind == "reminder"


def test_a_worker_that_slept_over_it_says_nothing_that_is_no_longer_true(family):
    write_due(at(FIRST_DAY, 0))
    write_due(at(FIRST_DAY, 9))

    assert reminders() == []


def test_what_is_too_much_for_one_minute_goes_on_in_the_next(make_household, festival, monkeypatch):
    monkeypatch.setattr(reminding, "BATCH", 1)
    monkeypatch.setattr(reminding, "MOST_IN_ONE_GO", 2)
    for _number in range(3):
        make_household(members=1, email="hoa@festival.example", consents={Purpose.REMINDERS: True})

    assert [write_due(at(EVE, 17)) for _minute in range(3)] == [2, 1, 0]


def test_without_a_session_the_opening_is_what_is_reminded_of(make_household, festival):
    make_household(members=1, email="hoa@festival.example", consents={Purpose.REMINDERS: True})

    write_due(at(FIRST_DAY, 6))

    assert reminders() == ["reminder-soon"]


def test_who_sits_in_on_the_second_day_only_is_reminded_for_that_day(make_household, make_session, festival):
    second = make_session(day=FIRST_DAY + timedelta(days=1), start=time(9), end=time(10))
    make_household(members=1, sessions=(second,), email="hoa@festival.example", consents={Purpose.REMINDERS: True})

    write_due(at(EVE, 17))
    assert reminders() == []
    write_due(at(FIRST_DAY, 17))
    assert reminders() == ["reminder-day"]


@pytest.mark.parametrize("answers", [{}, {Purpose.REMINDERS: False}])
def test_who_did_not_agree_is_not_reminded(make_household, festival, answers):
    make_household(members=1, email="hoa@festival.example", consents=answers)

    write_due(at(EVE, 17))

    assert reminders() == []


def test_who_took_it_back_is_not_reminded_and_who_agreed_again_is(family):
    ledger.write(family.id, {Purpose.REMINDERS: False}, "x", "vi")
    db.session.commit()
    write_due(at(EVE, 17))
    assert reminders() == []

    ledger.write(family.id, {Purpose.REMINDERS: True}, "x", "vi")
    db.session.commit()
    write_due(at(EVE, 17))
    assert reminders() == ["reminder-day"]


def test_who_has_cancelled_is_not_reminded(family):
    changing.cancel(family)
    db.session.commit()

    write_due(at(EVE, 17))

    assert reminders() == []


def test_a_festival_taken_back_reminds_nobody(family, festival):
    festival.status = FestivalStatus.DRAFT
    db.session.commit()

    write_due(at(EVE, 17))

    assert reminders() == []


def test_who_registers_on_the_evening_before_has_just_read_it_all(family):
    db.session.execute(update(Registration).values(created_at=at(EVE, 18)))
    db.session.commit()

    write_due(at(EVE, 18, 1))

    assert reminders() == []


def test_a_change_to_an_earlier_session_is_reminded_of_again(family, make_session):
    write_due(at(FIRST_DAY, 7))
    earlier = make_session(day=FIRST_DAY, start=time(8, 30), end=time(9))
    changing.change_sessions(family, {person.id: frozenset({earlier.id}) for person in family.attendees})
    db.session.commit()

    write_due(at(FIRST_DAY, 7, 30))

    assert reminders() == ["reminder-soon", "reminder-soon"]
