"""Importing a workbook in /manage: shown first, imported when confirmed, forgotten after a day."""

from __future__ import annotations

import io
from datetime import timedelta

from sqlalchemy import func, select

from festival.accounts.models import StaffRole
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import (
    Booth,
    Festival,
    FestivalStatus,
    ProgrammeUpload,
    Session,
)
from festival.programme.uploads import forget_old_uploads
from tests.programme.conftest import words_of
from tests.programme.workbooks import TEMPLATE_FORM, make_workbook, with_cell


def send(browser, address: str, content: bytes, name: str = "programme.xlsx", follow: bool = True):
    data = {"file": (io.BytesIO(content), name)}
    return browser.post(address, data=data, content_type="multipart/form-data", follow_redirects=follow)


def test_a_workbook_is_shown_before_it_is_imported(organizer, make_festival):
    festival = make_festival(status=FestivalStatus.DRAFT)

    preview = send(organizer, f"/manage/{festival.slug}/import", TEMPLATE_FORM.read_bytes())

    assert "sheet “Lớp học”, row 37, column “Kết thúc”" in words_of(preview)
    assert "Booths: 40 new, 0 changed, 0 as before 40" in words_of(preview)
    assert db.session.scalar(select(func.count()).select_from(Booth)) == 0
    organizer.post(preview.request.path)
    assert db.session.scalar(select(func.count()).select_from(Booth)) == 40
    assert db.session.scalars(select(ProgrammeUpload)).all() == []
    assert organizer.get(preview.request.path).status_code == 404


def test_a_new_festival_is_made_of_a_workbook(organizer, organization):
    preview = send(organizer, "/manage/import", TEMPLATE_FORM.read_bytes())

    assert "UBND phường Hai Bà Trưng" in words_of(preview)
    organizer.post(preview.request.path, data={"organization_id": organization.id})

    festival = db.session.scalars(select(Festival)).one()
    assert (festival.organization_id, festival.slug) == (organization.id, "ngay-hoi-2027")
    assert db.session.scalar(select(func.count()).select_from(Session)) == 41


def test_a_workbook_without_the_facts_makes_no_new_festival(organizer, organization):
    preview = send(organizer, "/manage/import", with_cell("Thông tin chung", "B8", None))

    assert "These facts are missing in the sheet “Thông tin chung”: How many people fit in." in words_of(preview)
    organizer.post(preview.request.path, data={"organization_id": organization.id})
    assert db.session.scalars(select(Festival)).all() == []


def test_a_file_that_is_no_workbook_is_answered_at_the_field(organizer, at):
    answer = send(organizer, f"{at}/import", b"%PDF-1.7", "programme.xlsx")

    assert answer.status_code == 422
    assert "This is a PDF." in words_of(answer)
    assert db.session.scalars(select(ProgrammeUpload)).all() == []


def test_a_file_of_200_mb_is_refused_before_it_is_read(organizer, at):
    answer = organizer.post(f"{at}/import", environ_overrides={"CONTENT_LENGTH": str(200 * 1024 * 1024)}, data=b"x")

    assert answer.status_code == 413


def test_an_upload_belongs_to_its_sender_and_its_festival(organizer, at, make_festival, sign_in):
    other = make_festival()
    token = send(organizer, f"{at}/import", make_workbook()).request.path.rsplit("/", 1)[1]

    assert organizer.get(f"{at}/import/{token}").status_code == 200
    assert organizer.get(f"/manage/{other.slug}/import/{token}").status_code == 404
    assert organizer.get(f"/manage/import/{token}").status_code == 404
    assert sign_in(StaffRole.OWNER).get(f"{at}/import/{token}").status_code == 404


def test_an_upload_is_forgotten_after_a_day(organizer, at):
    path = send(organizer, f"{at}/import", make_workbook()).request.path
    upload = db.session.scalars(select(ProgrammeUpload)).one()
    upload.created_at = now() - timedelta(days=1, minutes=1)
    db.session.commit()

    assert organizer.get(path).status_code == 404
    assert forget_old_uploads() == 1


def test_the_template_and_the_programme_can_be_downloaded(organizer, at):
    for address in ("/manage/template.xlsx", f"{at}/programme.xlsx"):
        answer = organizer.get(address)
        assert (answer.status_code, answer.data[:2]) == (200, b"PK")


BOOTH = {"code": "a07", "name": "Gian mới", "zone_id": "0", "topic": "Y tế số", "tables": "2"}
