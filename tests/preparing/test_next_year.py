"""Next year's festival is this one without its people, on another day, and says what to check."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select

from festival.accounts.models import AuditEntry, StaffRole
from festival.certificates.models import Certificate, CertificateKind, Design
from festival.certificates.rules import from_json
from festival.checkin.models import Checkpoint, CheckpointKind, Scan
from festival.core.clock import local
from festival.extensions import db
from festival.preparing.checking import to_check
from festival.preparing.copying import prepare_next
from festival.programme.models import Booth, BoothStatus, Festival, FestivalStatus, Session, Zone
from festival.registration.models import Registration
from tests import factories
from tests.conftest import plain

NEXT = date(2027, 10, 10)


@pytest.fixture
def held(festival: Festival) -> Festival:
    """A festival with one of each: a booth, a declined booth, a session with a household in it, doors, a design."""
    booth = factories.make_booth(festival, code="A01", host_name="Công an phường", description="Từ năm 2026.")
    factories.make_booth(festival, code="Z01", status=BoothStatus.DECLINED)
    session = factories.make_session(festival, booth_id=booth.id, room="P.101")
    factories.make_household(festival, sessions=(session,), members=3)
    factories.make_checkpoint(festival)
    factories.make_checkpoint(festival, CheckpointKind.SESSION, session_id=session.id)
    factories.make_checkpoint(festival, CheckpointKind.CUSTOM, name="Quà", stock=10, stock_taken=7)
    rule = {"need": "all", "of": [{"fact": "session", "ids": [session.id], "at_least": 1}, {"fact": "entrance"}]}
    gone = {"need": 1, "of": [{"fact": "workshop", "ids": [987_654], "at_least": 1}]}
    for name, judged in (("Tham gia", rule), ("Lớp đã bỏ", gone)):
        db.session.add(
            Design(festival_id=festival.id, kind=CertificateKind.PARTICIPATION, name=name, look={}, rule=judged)
        )
    festival.registration_closes = festival.ends - timedelta(hours=2)
    db.session.commit()
    return festival


def _count(kind: type, festival: Festival) -> int:
    return db.session.scalar(select(func.count()).select_from(kind).where(kind.festival_id == festival.id))


def test_everything_comes_along_but_people(held):
    new = prepare_next(held, "Ngày hội 2027", NEXT)
    db.session.commit()

    assert new.status is FestivalStatus.DRAFT
    assert (new.places_taken, new.certificates_issued) == (0, 0)
    assert new.public_key != held.public_key
    assert _count(Zone, new) == _count(Zone, held)
    assert [booth.code for booth in db.session.scalars(select(Booth).where(Booth.festival_id == new.id))] == ["A01"]
    assert _count(Checkpoint, new) == 3
    for people in (Registration, Scan, Certificate):
        assert _count(people, new) == 0
    assert _count(Registration, held) == 1
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.festival_id == new.id)).all()
    assert "festival.prepared" in actions


def test_days_and_times_move_together(held):
    before = db.session.scalars(select(Session).where(Session.festival_id == held.id)).one()
    new = prepare_next(held, "Ngày hội 2027", NEXT)
    db.session.commit()

    moved = db.session.scalars(select(Session).where(Session.festival_id == new.id)).one()
    assert (new.first_day, new.last_day) == (NEXT, NEXT + timedelta(days=1))
    assert local(moved.starts_at).date() == NEXT + timedelta(days=1)
    assert local(moved.starts_at).time() == local(before.starts_at).time() == time(9)
    assert (moved.seats_taken, before.seats_taken) == (0, 3)
    assert new.registration_closes == new.ends - timedelta(hours=2)


def test_what_hangs_together_hangs_together_again(held):
    new = prepare_next(held, "Ngày hội 2027", NEXT)
    db.session.commit()

    session = db.session.scalars(select(Session).where(Session.festival_id == new.id)).one()
    booth = db.session.scalars(select(Booth).where(Booth.festival_id == new.id)).one()
    places = db.session.scalars(select(Checkpoint).where(Checkpoint.festival_id == new.id))
    doors = {place.kind: place for place in places}
    designs = {
        design.name: design.rule for design in db.session.scalars(select(Design).where(Design.festival_id == new.id))
    }
    assert session.booth_id == booth.id
    assert booth.zone.festival_id == new.id
    assert doors[CheckpointKind.SESSION].session_id == session.id
    assert (doors[CheckpointKind.CUSTOM].stock, doors[CheckpointKind.CUSTOM].stock_taken) == (10, 0)
    assert designs["Tham gia"]["of"][0]["ids"] == [session.id]
    assert from_json(designs["Tham gia"])


def test_a_design_of_which_no_condition_is_left_stays_behind(held):
    """Without its rule it would be given for less."""
    new = prepare_next(held, "Ngày hội 2027", NEXT)
    db.session.commit()

    names = db.session.scalars(select(Design.name).where(Design.festival_id == new.id)).all()
    assert names == ["Tham gia"]


def test_rooms_partners_and_texts_of_another_year_are_listed(held):
    new = prepare_next(held, "Ngày hội 2026", NEXT)
    db.session.commit()

    found = to_check(new)

    assert found.rooms == (("P.101", 1),)
    assert found.hosts == (("Công an phường", 1),)
    assert [(text.part, text.years) for text in found.texts] == [("name", ("2026",)), ("booth", ("2026",))]


def test_the_page_offers_the_next_tenth_of_october_and_makes_the_draft(held, sign_in):
    browser = sign_in(StaffRole.ORGANIZER)
    assert "-10-10" in browser.get(f"/manage/{held.slug}/next-year").text

    answer = browser.post(f"/manage/{held.slug}/next-year", data={"name": "Ngày hội 2027", "first_day": "2027-10-10"})

    new = db.session.scalars(select(Festival).where(Festival.name == "Ngày hội 2027")).one()
    assert answer.location == f"/manage/{new.slug}/to-check"
    assert "P.101" in plain(browser.get(answer.location).text)


def test_a_day_that_is_over_is_refused(held, sign_in):
    answer = sign_in(StaffRole.ORGANIZER).post(
        f"/manage/{held.slug}/next-year", data={"name": "Ngày hội", "first_day": "2025-10-10"}
    )

    assert answer.status_code == 422
    assert db.session.scalar(select(func.count(Festival.id))) == 1
