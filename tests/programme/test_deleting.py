"""What is deleted is named first, and comes back within 30 days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from festival.accounts.audit import values_of
from festival.accounts.models import AuditEntry
from festival.core.clock import now
from festival.extensions import db
from festival.programme.editing import delete
from festival.programme.models import Booth, BoothStatus, Session, Workshop, Zone
from festival.programme.restoring import RestoreOutcome, restore
from tests import factories
from tests.programme.conftest import words_of


@pytest.fixture
def booth(festival):
    return factories.make_booth(festival, code="A01", name="Định danh điện tử", status=BoothStatus.APPLIED, chairs=4)


def deletion_of(row) -> AuditEntry:
    entry = delete(row)
    db.session.commit()
    return entry


def test_only_whose_name_is_typed_is_deleted(organizer, at, booth):
    address = f"{at}/booths/{booth.id}/delete"
    assert "Định danh điện tử" in words_of(organizer.get(address))

    wrong = organizer.post(address, data={"name": "Định danh"})
    empty = organizer.post(address)

    assert (wrong.status_code, empty.status_code) == (422, 422)
    assert db.session.get(Booth, booth.id, populate_existing=True)
    organizer.post(address, data={"name": " dinh danh ĐIỆN tử"})
    assert db.session.get(Booth, booth.id, populate_existing=True) is None


def test_a_deletion_is_undone_from_the_page_that_follows_it(organizer, at, booth):
    was, booth_id = values_of(booth), booth.id
    answer = organizer.post(f"{at}/booths/{booth_id}/delete", data={"name": booth.name})
    assert "Undo the deletion" in words_of(organizer.get(answer.location))

    organizer.post(answer.location)

    again = db.session.get(Booth, booth_id, populate_existing=True)
    assert values_of(again) == was
    assert "dinh danh" in again.folded, "it is found by a search again"
    assert db.session.scalar(select(AuditEntry.subject).where(AuditEntry.action == "booth.restored"))
    assert organizer.post(answer.location).status_code == 409, "once"


def test_each_kind_comes_back_as_it_was(festival, make_session):
    session = make_session(room="Phòng Đa năng")
    zone = Zone(festival_id=festival.id, name="Khu Đ")
    db.session.add(zone)
    db.session.flush()
    for row in (session, factories.make_workshop(festival, title="Chưa có buổi nào"), zone):
        kind, row_id, was = type(row), row.id, values_of(row)
        entry = deletion_of(row)
        assert db.session.get(kind, row_id) is None
        assert restore(festival, entry).outcome is RestoreOutcome.RESTORED
        assert values_of(db.session.get(kind, row_id)) == was
        db.session.commit()


def test_whose_number_is_taken_comes_back_with_another(festival, booth):
    entry = deletion_of(booth)
    other = factories.make_booth(festival, id=entry.before["id"], code="B02")

    row = restore(festival, entry).row

    assert row.code == "A01"
    assert row.id != other.id


def test_whose_code_is_taken_does_not_come_back(organizer, at, festival, booth):
    entry = deletion_of(booth)
    factories.make_booth(festival, code="A01")

    answer = organizer.post(f"{at}/deleted/{entry.id}")

    assert answer.status_code == 409
    assert "Another one has this code" in words_of(answer)


def test_a_booth_whose_zone_is_gone_comes_back_without_it(organizer, at, festival, booth):
    zone, booth_id = booth.zone, booth.id
    zone_id, entry = zone.id, deletion_of(booth)
    deletion_of(zone)
    db.session.add(Zone(id=zone_id, festival_id=festival.id, name="Khu khác, cùng số"))
    db.session.commit()
    address = f"{at}/deleted/{entry.id}"

    assert organizer.post(address).status_code == 409
    assert "It can come back without" in words_of(organizer.get(address))
    assert organizer.post(address, data={"without_place": "1"}).status_code == 302

    assert db.session.get(Booth, booth_id, populate_existing=True).zone_id is None


def test_a_session_waits_for_its_workshop(festival, make_session):
    session = make_session()
    workshop = session.workshop
    first, second = deletion_of(session), deletion_of(workshop)

    assert restore(festival, first).outcome is RestoreOutcome.WORKSHOP_GONE
    assert restore(festival, second).outcome is RestoreOutcome.RESTORED
    assert restore(festival, first).outcome is RestoreOutcome.RESTORED
    assert db.session.scalars(select(Session)).one().workshop_id == db.session.scalars(select(Workshop.id)).one()


def test_after_thirty_days_a_deletion_stays(festival, booth):
    entry = deletion_of(booth)
    entry.at = now() - timedelta(days=30, minutes=1)

    assert restore(festival, entry).outcome is RestoreOutcome.TOO_LATE


def test_another_festivals_deletion_is_not_found(organizer, at, make_festival):
    entry = deletion_of(factories.make_booth(make_festival()))

    assert organizer.get(f"{at}/deleted/{entry.id}").status_code == 404
    assert organizer.post(f"{at}/deleted/{entry.id}").status_code == 404
