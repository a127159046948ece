"""A household sees all that is held about it, takes it away as a file, and corrects how it is reached."""

from __future__ import annotations

import io
import json
import shutil
import subprocess

import pytest
from pikepdf import Pdf
from sqlalchemy import select

from festival.accounts.models import AuditEntry, StaffRole
from festival.core.text import fold, name_key
from festival.extensions import db
from festival.messages.models import Message
from festival.registration.links import find_registration, secret_of
from festival.registration.models import Registration
from tests.conftest import plain
from tests.privacy.test_leaving import own

FOR_MACHINES_ONLY = ("public_id", "submission", "origin", "helped_on")


def shown(peopled) -> list[str]:
    """What a person reads of what is held: all but search keys and the marks that link rows."""
    hidden = {getattr(peopled.family, name) for name in FOR_MACHINES_ONLY}
    hidden |= {key(person.name) for person in peopled.family.attendees for key in (fold, name_key)}
    return [word for word in own(peopled) if word not in hidden]


def file_of(client, peopled) -> dict:
    answer = client.get(f"/r/{peopled.secret}/data.json")
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return json.loads(answer.data)


def test_everything_that_an_erasure_blanks_is_in_the_file(client, peopled):
    text = json.dumps(file_of(client, peopled), ensure_ascii=False)

    assert [word for word in shown(peopled) if word not in text] == []


def test_the_file_has_people_bookings_scans_certificates_consents_and_messages(client, peopled):
    held = file_of(client, peopled)

    first, child = held["people"]
    assert held["format"] == 2
    assert held["contact"]["link"].endswith(f"/r/{peopled.secret}")
    assert [booking["state"] for booking in child["bookings"]] == ["confirmed"]
    assert {scan["verdict"] for scan in first["scans"]} == {"admitted", "already_admitted"}
    assert len(first["admissions"]) == 1
    assert child["certificates"][0]["revoke_reason"].endswith("có hai tờ")
    old, new = held["certificates"]
    assert old["replace_reason"].startswith("in nhầm")
    assert new["corrections"][0]["approved"] is False
    assert new["files"][0]["kept"] is True
    assert [(consent["purpose"], consent["given"], consent["version"]) for consent in held["consents"]] == [
        ("taking_part", True, "2026-11"),
        ("photos", False, "2026-12"),
    ]
    assert [message["channel"] for message in held["messages"]] == ["email"] * 3
    assert [request["kind"] for request in held["requests"]] == ["correct"]


def test_nothing_of_another_household_is_in_it(client, peopled, people):
    other = people("Láng", phone="+84977777777")
    text = json.dumps(file_of(client, peopled), ensure_ascii=False)

    assert [word for word in own(other) if word in text] == []


def test_the_page_says_the_same_in_words(client, peopled):
    page = plain(client.get(f"/r/{peopled.secret}/data").text)

    for word in (
        "Trịnh Thị Khuyết Ngà",
        "0987 654 321",
        "Lò Văn Khuyết Ưng",
        "Tổ trưởng Khuyết",
        "Cháu tên là Khuyết Ướt",
    ):
        assert word in page, word
    assert "Chạy ngày hội : có" in page.replace("Tổ chức ngày hội", "Chạy ngày hội") or "có," in page


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_pdf_can_be_read_and_holds_the_same(client, peopled, language, tmp_path):
    client.set_cookie("language", language)
    answer = client.get(f"/r/{peopled.secret}/data.pdf")

    assert answer.mimetype == "application/pdf"
    with Pdf.open(io.BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) >= 1
    path = tmp_path / "data.pdf"
    path.write_bytes(answer.data)
    tool = shutil.which("pdftotext")
    assert tool
    text = subprocess.run([tool, "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    words = " ".join(text.split())
    for word in ("Trịnh Thị Khuyết Ngà", "0987 654 321", "Lò Văn Khuyết Ưng", "Cháu tên là Khuyết Ướt"):
        assert word in words, word


def test_a_cancelled_household_still_sees_its_data(client, peopled):
    client.post(f"/r/{peopled.secret}/cancel")

    assert client.get(f"/r/{peopled.secret}/data").status_code == 200


# --- the contact ---------------------------------------------------------------------------------------------------


@pytest.fixture
def household(make_household) -> Registration:
    return make_household(members=2, email="cu@nha.example")


CONTACT = {"name": "Nguyễn Thị Đúng", "phone": "0355 123 456", "email": "moi@nha.example", "ward": ""}


def test_the_contact_is_corrected_and_both_addresses_are_told(client, household):
    answer = client.post(f"/r/{secret_of(household)}/data/contact", data=CONTACT)

    assert answer.status_code == 303
    db.session.refresh(household)
    assert (household.contact_name, household.phone, household.email) == (
        "Nguyễn Thị Đúng",
        "+84355123456",
        "moi@nha.example",
    )
    assert household.phone_end == "3456"
    told = db.session.scalars(select(Message.recipient).order_by(Message.id)).all()
    assert told == ["cu@nha.example", "moi@nha.example"]


def test_correcting_only_the_name_tells_nobody_and_saving_the_same_changes_nothing(client, household):
    same = {"name": household.contact_name, "phone": "0912 345 678", "email": "cu@nha.example", "ward": ""}
    changed_at = household.changed_at

    client.post(f"/r/{secret_of(household)}/data/contact", data=same)
    db.session.refresh(household)
    assert household.changed_at == changed_at

    client.post(f"/r/{secret_of(household)}/data/contact", data=same | {"name": "Nguyễn Thị Đúng"})
    assert db.session.scalars(select(Message)).all() == []


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("phone", ""), ("phone", "123"), ("email", "x"), ("ward", "99")]
)
def test_what_cannot_be_is_refused_at_the_field(client, household, field, value):
    answer = client.post(f"/r/{secret_of(household)}/data/contact", data=CONTACT | {field: value})

    assert answer.status_code == 422
    db.session.refresh(household)
    assert household.email == "cu@nha.example"


def test_who_never_gave_a_number_needs_none(client, make_household):
    household = make_household(members=1, phone="")

    answer = client.post(f"/r/{secret_of(household)}/data/contact", data=CONTACT | {"phone": "", "email": ""})

    assert answer.status_code == 303


# --- who looked ----------------------------------------------------------------------------------------------------


def test_the_household_reads_who_looked_and_when_once_for_a_look(client, household, sign_in, festival):
    browser = sign_in()
    for _again in range(2):
        assert browser.get(f"/manage/{festival.slug}/registrations/{household.id}").status_code == 200
    browser.get(f"/manage/{festival.slug}/registrations.xlsx")

    seen = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.seen")).all()
    assert [entry.after for entry in seen] == [{"registration": household.id}]
    page = plain(client.get(f"/r/{secret_of(household)}/data").text)
    assert page.count("Cán bộ thử") == 2
    assert "lấy danh sách của tất cả gia đình" in page
    assert "@festival.example" not in page


def test_a_look_at_one_household_is_not_shown_to_another(client, household, make_household, sign_in, festival):
    other = make_household(members=1, phone="+84977777777")
    sign_in(StaffRole.OBSERVER).get(f"/manage/{festival.slug}/registrations/{household.id}")

    assert "Cán bộ thử" not in plain(client.get(f"/r/{secret_of(other)}/data").text)


def test_an_export_before_the_household_registered_was_not_of_it(client, make_household, sign_in, festival):
    sign_in().get(f"/manage/{festival.slug}/registrations.xlsx")
    household = make_household(members=1)

    assert "Cán bộ thử" not in plain(client.get(f"/r/{secret_of(household)}/data").text)


# --- consents ------------------------------------------------------------------------------------------------------


def test_the_page_of_consents_shows_every_answer_with_version_and_moment(client, peopled):
    page = f"/r/{peopled.secret}/consents"
    client.post(page, data={"photos": "y"})

    words = plain(client.get(page).text)

    assert words.count("bản 2026-1") >= 3
    assert f"/r/{peopled.secret}/data/delete" in client.get(page).text
    assert find_registration(peopled.secret) is not None
