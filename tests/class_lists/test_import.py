"""A school registers its classes: looked through first, in one go, nobody twice, from one address."""

from __future__ import annotations

import io
import re
from datetime import date, time

import pytest
from sqlalchemy import func, select

from festival.consents.models import Consent
from festival.core.clock import today
from festival.extensions import db, limiter
from festival.registration.helping.links import make_link, secret_of
from festival.registration.models import Attendee, Booking, BookingState, LinkKind, Registration
from tests import factories
from tests.class_lists.workbooks import PUPILS, class_list, many
from tests.conftest import plain
from tests.helping.conftest import CONSENTS
from tests.invariants import broken


@pytest.fixture
def school(festival):
    link = make_link(festival, LinkKind.CLASSES, "Trường Lê Lợi", "Cô Hạnh", None)
    db.session.commit()
    return link


@pytest.fixture
def address(school) -> str:
    return f"/helper/{secret_of(school)}/class-list"


@pytest.fixture
def preview(client, address):
    client.get(address.removesuffix("/class-list"))

    def send(content: bytes, name: str = "lop.xlsx"):
        return client.post(address, data={"file": (io.BytesIO(content), name)})

    return send


def sealed(page) -> str:
    return re.search(r'name="sealed" type="hidden" value="([^"]+)"', page.text)[1]


@pytest.fixture
def register(client, address, preview):
    def send(content: bytes, **more: str):
        typed = {"sealed": sealed(preview(content)), "recorded_by": "Cô Hạnh", **CONSENTS, **more}
        return client.post(f"{address}/confirm", data=typed)

    return send


def registrations() -> list[Registration]:
    return list(db.session.scalars(select(Registration).order_by(Registration.id)))


def test_looking_through_registers_nobody(preview):
    page = preview(class_list())

    assert page.status_code == 200
    assert "Nguyễn Gia Bảo" in page.text
    assert registrations() == []


def test_each_pupil_is_a_registration_with_the_guardian_as_contact(register, school):
    assert register(class_list()).status_code == 303

    first = registrations()[0]
    assert (first.contact_name, first.phone) == ("Nguyễn Văn Ba", "+84912345001")
    assert (first.group_name, first.recorded_by) == ("5A · Trường Lê Lợi", "Cô Hạnh")
    assert first.helper_link_id == school.id
    (pupil,) = first.attendees
    assert (pupil.name, pupil.birth_year, pupil.guardian_name) == ("Nguyễn Gia Bảo", 2015, "Nguyễn Văn Ba")
    assert len(registrations()) == 3
    assert broken() == []


def test_the_guardians_consent_on_paper_is_kept_with_who_said_so(register):
    register(class_list(PUPILS[:1]))

    given = db.session.execute(select(Consent.purpose, Consent.given, Consent.given_by)).all()
    assert {row.purpose.value: row.given for row in given} == {
        "taking_part": True,
        "children": True,
        "childrens_own": True,
        "reminders": False,
        "photos": False,
    }
    assert {row.given_by for row in given} == {"Nguyễn Văn Ba · Cô Hạnh"}


def test_without_the_schools_word_nobody_is_registered(client, address, preview):
    typed = {"sealed": sealed(preview(class_list())), "recorded_by": "Cô Hạnh", "consent_taking_part": "y"}

    assert client.post(f"{address}/confirm", data=typed).status_code == 422
    assert registrations() == []


def test_the_same_list_again_registers_nobody_twice(register, preview):
    register(class_list())
    page = preview(class_list())

    assert plain(page.text).count("Em này đã đăng ký rồi.") == 3
    assert 'name="sealed"' not in page.text
    register(class_list([*PUPILS, (4, "Phạm Thị Dung", 2015, "5B", "Phạm Văn Sáu", "0912345004", None)]))
    assert len(registrations()) == 4


def test_the_same_confirmation_twice_registers_once(client, address, preview):
    typed = {"sealed": sealed(preview(class_list())), "recorded_by": "Cô Hạnh", **CONSENTS}

    for _ in range(2):
        client.post(f"{address}/confirm", data=typed)

    assert len(registrations()) == 3


def test_rows_are_ready_to_check_or_skipped_and_why(preview):
    rows = [
        PUPILS[0],
        (2, "Đỗ Khánh An", 2015, "5A", "", "0912345002", None),
        (3, "Lê Minh Châu", 2014, "5B", "Lê Văn Năm", None, None),
        PUPILS[0],
        (5, "Vũ Văn Lớn", today().year - 40, "5B", "", "0912345005", None),
    ]
    page = plain(preview(class_list(rows)).text)

    assert "Trẻ em cần có họ tên cha mẹ hoặc người giám hộ." in page
    assert "Không có số điện thoại" in page
    assert "Đã có ở dòng 3" in page
    assert "có đúng là học sinh không?" in page


def test_a_session_is_found_by_its_name_or_by_hour_and_name(festival, register, make_session):
    once, twice = make_session(title="Robot dò đường"), factories.make_workshop(festival, title="VNeID")
    for hour in (13, 14):
        make_session(workshop=twice, start=time(hour), end=time(hour, 50))
    rows = [
        (1, "Nguyễn Gia Bảo", 2015, "5A", "Nguyễn Văn Ba", "0912345001", "robot dò đường"),
        (2, "Đỗ Khánh An", 2015, "5A", "Đỗ Thị Tư", "0912345002", "14:00 VNeID"),
        (3, "Lê Minh Châu", 2015, "5A", "Lê Văn Năm", "0912345003", "VNeID"),
        (4, "Phạm Thị Dung", 2015, "5A", "Phạm Văn Sáu", "0912345004", "Không có lớp này"),
    ]
    register(class_list(rows))

    booked = db.session.execute(
        select(Attendee.name, Booking.session_id)
        .join(Booking, Booking.attendee_id == Attendee.id)
        .order_by(Attendee.id)
    ).all()
    assert [row.name for row in booked] == ["Nguyễn Gia Bảo", "Đỗ Khánh An"]
    assert booked[0].session_id == once.id
    assert len(registrations()) == 4


def test_three_hundred_pupils_from_one_address_meet_no_limit(register, make_session):
    make_session(title="VNeID", capacity=250)
    limiter.enabled = True
    try:
        answer = register(class_list(many(300, "VNeID")))
    finally:
        limiter.reset()
        limiter.enabled = False

    assert answer.status_code == 303
    assert db.session.scalar(select(func.count(Registration.id))) == 300
    states = dict(db.session.execute(select(Booking.state, func.count()).group_by(Booking.state)).all())
    assert states == {BookingState.CONFIRMED: 250, BookingState.WAITLISTED: 50}
    assert broken() == []


def test_slips_are_printed_class_by_class(client, address, register):
    answer = register(class_list())

    whole = client.get(answer.location)
    one = client.get(f"{answer.location}?group=5B · Trường Lê Lợi")

    assert whole.text.count('class="qr"') == 3
    assert one.text.count('class="qr"') == 1
    assert "Lê Minh Châu" in one.text


def test_the_sealed_list_of_one_link_is_nothing_to_another(client, festival, preview):
    other = make_link(festival, LinkKind.CLASSES, "Trường Khác", "Thầy Nam", None)
    db.session.commit()
    typed = {"sealed": sealed(preview(class_list())), "recorded_by": "Thầy Nam", **CONSENTS}

    for content in (typed["sealed"], "nonsense", ""):
        client.post(f"/helper/{secret_of(other)}/class-list/confirm", data={**typed, "sealed": content})

    assert registrations() == []


def test_a_helper_of_a_group_has_no_class_lists(client, festival):
    link = make_link(festival, LinkKind.GROUP, "Tổ 12", "Chị Lan", None)
    db.session.commit()

    assert client.get(f"/helper/{secret_of(link)}/class-list").status_code == 404


def test_the_organizer_sends_a_schools_list_too(festival, school, sign_in):
    browser = sign_in()
    address = f"/manage/{festival.slug}/helpers/{school.id}/class-list"
    page = browser.post(address, data={"file": (io.BytesIO(class_list()), "lop.xlsx")})

    answer = browser.post(f"{address}/confirm", data={"sealed": sealed(page), "recorded_by": "Cán bộ thử", **CONSENTS})

    assert answer.location.endswith(f"/helpers/{school.id}/slips")
    assert len(registrations()) == 3
    assert "Nguyễn Gia Bảo" in browser.get(answer.location).text


def test_hard_names_are_kept_and_shown_harmlessly(register, preview):
    names = ["H'Bia Êban", "Y Moan Ênuôl", "<script>alert(1)</script>", "K' Brêu", "Ân"]
    rows = [(n, name, date(2015, 1, 1), "5A", f"Phụ huynh {n}", None, None) for n, name in enumerate(names)]

    assert "<script>alert" not in preview(class_list(rows)).text
    register(class_list(rows))
    assert sorted(db.session.scalars(select(Attendee.name))) == sorted(names)
