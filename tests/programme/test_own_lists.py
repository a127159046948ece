"""A list that follows no template, in /manage: understood, corrected, confirmed row by row, imported."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy import func, select

from festival.accounts.models import AuditEntry, StaffRole
from festival.extensions import db
from festival.programme.models import Booth, ProgrammeImport, ProgrammeUpload, Session
from tests.programme.conftest import words_of
from tests.programme.messy_workbook import messy_csv, messy_workbook
from tests.programme.test_manage_import import send
from tests.programme.workbooks import make_workbook

DAY = {"first_day": date(2027, 10, 10), "last_day": date(2027, 10, 10), "opens_at": time(7, 30)}


def sent(browser, festival, content=None, name="ds.xlsx"):
    return send(browser, f"/manage/{festival.slug}/import", content or messy_workbook(), name)


def codes():
    return list(db.session.scalars(select(Booth.code).order_by(Booth.code)))


def test_only_ready_and_ticked_rows_are_imported(organizer, make_festival):
    festival = make_festival(**DAY, closes_at=time(17, 30))
    page = sent(organizer, festival)
    assert page.request.path.endswith("/list")
    assert "day 10/10/2027 is offered." in words_of(page)
    assert "&lt;b&gt;Robot &amp; STEM&lt;/b&gt;" in page.get_data(as_text=True)
    assert "example.test" not in page.get_data(as_text=True)

    answer = organizer.post(page.request.path, data={"do": "import", "use": ["0-5", "1-5"]}, follow_redirects=True)

    assert "Imported: 2 new and 0 changed booths, 1 new and 0 changed sessions." in words_of(answer)
    assert codes() == ["A1", "A2"]
    assert db.session.scalars(select(Session.capacity)).all() == [25]
    assert db.session.scalars(select(ProgrammeUpload)).all() == []
    assert db.session.scalars(select(AuditEntry.action)).all().count("programme.imported") == 1


def test_a_ticked_row_that_misses_something_imports_nothing_until_it_is_typed(organizer, make_festival):
    path = sent(organizer, make_festival(**DAY, closes_at=time(17, 30))).request.path

    assert organizer.post(path, data={"do": "import", "use": "0-11"}).status_code == 422
    assert codes() == []
    organizer.post(path, data={"do": "import", "use": "0-11", "type-0-11-name": "Y tế từ xa"})
    assert db.session.scalars(select(Booth.name).where(Booth.code == "B2")).all() == ["Y tế từ xa"]


def test_a_corrected_column_is_read_as_the_organizer_says(organizer, make_festival):
    path = sent(organizer, make_festival(**DAY)).request.path
    organizer.post(path, data={"do": "columns", "kind-0": "booths", "column-0-6": "description", "kind-1": "other"})
    organizer.post(path, data={"do": "import", "use": "0-5"})

    assert db.session.scalars(select(Booth.description).where(Booth.code == "A1")).all() == ["cần 2 ổ điện"]
    assert db.session.scalar(select(func.count()).select_from(Session)) == 0


def test_two_columns_cannot_be_the_same(organizer, make_festival):
    path = sent(organizer, make_festival(**DAY)).request.path

    answer = organizer.post(path, data={"do": "columns", "column-0-6": "name"})

    assert answer.status_code == 422
    assert "Two columns are “Name of the booth”." in words_of(answer)


def test_a_csv_in_windows_1258_is_imported(organizer, make_festival):
    path = sent(organizer, make_festival(**DAY), messy_csv("cp1258"), "ds.csv").request.path
    organizer.post(path, data={"do": "import"})

    assert db.session.scalars(select(Booth.name).order_by(Booth.code)).all() == [
        "Dịch vụ công trực tuyến",
        "Ở nhà học số",
    ]


def test_a_list_makes_no_new_festival(organizer):
    answer = send(organizer, "/manage/import", messy_workbook())

    assert answer.status_code == 422
    assert "Make the festival by hand first" in words_of(answer)


def test_an_import_is_taken_back_as_a_whole_but_for_what_changed_since(organizer, make_festival):
    festival = make_festival(**DAY)
    known = Booth(festival_id=festival.id, code="A01", name="Tên cũ", tables=9)
    db.session.add(known)
    db.session.commit()
    path = sent(organizer, festival, make_workbook()).request.path
    organizer.post(path)
    assert (known.name, known.tables) == ("VNeID mức 2", 2)
    known.tables = 5
    db.session.commit()
    entry = db.session.scalars(select(ProgrammeImport)).one()
    back = f"/manage/{festival.slug}/imports/{entry.id}/take-back"

    answer = organizer.post(back, follow_redirects=True)

    assert "Kept, because they are in use or were changed since: A01 Tên cũ" in words_of(answer)
    assert codes() == ["A01"]
    assert db.session.execute(select(Booth.name, Booth.tables)).all() == [("Tên cũ", 5)]
    assert db.session.scalar(select(func.count()).select_from(Session)) == 0
    assert "This import is taken back already." in words_of(organizer.post(back, follow_redirects=True))


def test_what_somebody_uses_stays_when_an_import_is_taken_back(organizer, make_festival):
    festival = make_festival(**DAY)
    organizer.post(sent(organizer, festival, make_workbook()).request.path)
    session = db.session.scalars(select(Session).order_by(Session.id)).first()
    session.seats_taken = 1
    db.session.commit()
    entry = db.session.scalars(select(ProgrammeImport)).one()

    answer = organizer.post(f"/manage/{festival.slug}/imports/{entry.id}/take-back", follow_redirects=True)

    assert "Kept, because they are in use or were changed since: VNeID từ A đến Z" in words_of(answer)
    assert db.session.scalars(select(Session.id)).all() == [session.id]


def test_imports_belong_to_their_festival_and_to_organizers(organizer, make_festival, sign_in):
    festival, other = make_festival(**DAY), make_festival()
    token = sent(organizer, festival).request.path.split("/")[-2]
    organizer.post(f"/manage/{festival.slug}/import/{token}/list", data={"do": "import"})
    entry = db.session.scalars(select(ProgrammeImport)).one()

    assert organizer.post(f"/manage/{other.slug}/imports/{entry.id}/take-back").status_code == 404
    assert organizer.get(f"/manage/{other.slug}/import/{token}/list").status_code == 404
    assert sign_in(StaffRole.OBSERVER).get(f"/manage/{festival.slug}/imports").status_code == 403
