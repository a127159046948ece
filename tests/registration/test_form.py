"""The registration form at /<festival>/register: three steps, no JavaScript, nothing typed is lost."""

from __future__ import annotations

import re
import unicodedata

import pytest
from sqlalchemy import func, select

from festival.consents import ledger
from festival.consents.models import Purpose
from festival.extensions import db
from festival.programme.models import FestivalStatus
from festival.registration.models import Attendee, Booking, Registration
from tests import factories
from tests.conftest import plain
from tests.registration.typed_forms import CHILD, family, last_step


def registrations() -> int:
    return db.session.scalar(select(func.count(Registration.id)))


def test_a_family_registers_and_sees_its_tickets(client, festival, send, make_session):
    session = make_session(title="Robot dò đường")

    answer = send(**last_step(**{f"session-{session.id}": ["c", "0"]}))

    assert answer.status_code == 303
    page = plain(client.get(answer.location).text)
    assert "Đỗ Văn Bảo" in page
    assert "Robot dò đường" in page
    assert "Xong rồi! Đây là vé của gia đình mình." in page
    db.session.refresh(session)
    assert session.seats_taken == 2
    child = db.session.scalar(select(Attendee).where(Attendee.birth_year == CHILD))
    assert child.guardian_name == "Nguyễn Thị Hoa"
    assert db.session.scalar(select(Registration.phone)) == "+84912345678"


def test_consents_are_unbundled_and_never_ticked_beforehand(send):
    page = send(**family(step="workshops")).text

    boxes = re.findall(r'<input[^>]+name="consent_\w+"[^>]*>', page)
    assert len(boxes) == 5
    assert not any("checked" in box for box in boxes)


def test_consents_are_kept_one_by_one_with_the_texts_version(send):
    send(**last_step(consent_photos="y"))

    answers = ledger.current(db.session.scalar(select(Registration.id)))
    assert answers == {
        Purpose.TAKING_PART: True,
        Purpose.CHILDREN: True,
        Purpose.CHILDRENS_OWN: True,
        Purpose.REMINDERS: False,
        Purpose.PHOTOS: True,
    }


def test_without_the_needed_consent_nothing_is_registered_and_the_page_says_so(send):
    typed = last_step()
    del typed["consent_children"]

    answer = send(**typed)

    assert answer.status_code == 422
    assert "Chưa đánh dấu ô này thì chưa đăng ký được." in plain(answer.text)
    assert registrations() == 0


def test_a_child_needs_an_adult_guardian(send):
    alone = last_step(**{"members-0-name": "", "members-0-birth_year": "", "birth_year": str(CHILD)})

    assert send(**alone).status_code == 422
    assert send(**{**alone, "guardian_name": "Nguyễn Thị Lan"}).status_code == 303


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("contact_name", "", "Xin cho biết họ tên."),
        ("contact_name", "x" * 10_000, "Dài quá: nhiều nhất 120 chữ."),
        ("phone", "", "Xin ghi số điện thoại"),
        ("phone", "12345", "Số điện thoại cần 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09."),
        ("email", "khong-phai", "Địa chỉ thư điện tử chưa đúng, ví dụ ten@example.vn."),
        ("birth_year", "", "Bà con sinh năm nào?"),
        ("birth_year", "58", "Năm sinh gồm bốn chữ số, ví dụ 1958."),
        ("birth_year", "2999", "Năm sinh gồm bốn chữ số, ví dụ 1958."),
        ("birth_year", "１９５８", "Năm sinh gồm bốn chữ số, ví dụ 1958."),
        ("members-0-name", "", "Xin ghi họ tên của người này."),
        ("members-0-birth_year", "", "Người này sinh năm nào?"),
        ("members-0-relation", "emperor", "Lựa chọn này không có trong danh sách."),
        ("ward", "99999", "Lựa chọn này không có trong danh sách."),
    ],
)
def test_a_wrong_field_is_named_in_words_and_what_was_typed_stays(send, field, value, words):
    answer = send(**family(**{field: value}))

    page = plain(answer.text)
    assert answer.status_code == 422
    assert words in page
    assert 'value="Đỗ Văn Bảo"' in answer.text or field == "members-0-name"
    assert registrations() == 0


def test_nobody_coming_is_asked_about(send):
    typed = family(**{"members-0-name": "", "members-0-birth_year": ""})
    del typed["coming"]

    assert "Ai sẽ đi?" in plain(send(**typed).text)


def test_more_than_twelve_people_are_asked_to_register_twice(send):
    many = {
        f"members-{i}-{k}": v
        for i in range(12)
        for k, v in (("name", f"Đỗ Văn {i}"), ("birth_year", "1990"), ("relation", "other"))
    }

    assert "nhiều nhất 12 người" in plain(send(**family(**many)).text)


def test_taking_a_person_out_moves_the_ticked_sessions_with_the_others(send, make_session):
    session = make_session()
    two = {"members-1-name": "Đỗ Thị Ước", "members-1-birth_year": "1985", "members-1-relation": "child"}

    page = send(**family(go="remove-0", **two, **{f"session-{session.id}": ["0", "1"]})).text

    assert "Đỗ Văn Bảo" not in page
    assert 'value="Đỗ Thị Ước"' in page
    assert re.findall(rf'name="session-{session.id}" value="(\w+)"', page) == ["0"]


def test_a_full_session_says_so_and_the_rest_of_the_form_is_kept(send, make_session, make_household):
    full = make_session(capacity=2, title="Lớp đã đầy")
    other = make_session(title="Lớp còn chỗ")
    make_household(members=2, sessions=(full,))

    answer = send(**last_step(**{f"session-{full.id}": "c", f"session-{other.id}": "0"}))

    assert answer.status_code == 409
    assert "“Lớp đã đầy” lúc 09:00 đã hết chỗ." in plain(answer.text)
    assert 'name="contact_name" value="Nguyễn Thị Hoa"' in answer.text
    assert re.search(rf'name="session-{other.id}" value="0" checked', answer.text)
    assert registrations() == 1
    db.session.refresh(other)
    assert other.seats_taken == 0


def test_overlapping_sessions_are_refused_by_name(send, make_session):
    first = make_session(title="Buổi A")
    second = make_session(title="Buổi B", start=factories.time(9, 30), end=factories.time(10, 30))

    for step, status in (("workshops", 422), ("consents", 409)):
        typed = last_step(**{f"session-{first.id}": "0", f"session-{second.id}": "0"}) | {"step": step}
        answer = send(**typed)
        assert answer.status_code == status
        assert "Đỗ Văn Bảo bị trùng giờ: lớp “Buổi B” lúc 09:30 trùng với lớp “Buổi A” lúc 09:00." in plain(answer.text)
    assert registrations() == 0


def test_sessions_that_touch_do_not_overlap(send, make_session):
    first, second = make_session(), make_session(start=factories.time(10), end=factories.time(11))

    assert send(**last_step(**{f"session-{s.id}": "0" for s in (first, second)})).status_code == 303


def test_sending_the_form_twice_registers_once(send):
    assert send(**last_step()).location == send(**last_step()).location
    assert registrations() == 1


def test_a_session_of_another_festival_is_ignored(send, make_festival, make_session):
    elsewhere = make_session(festival=make_festival())

    assert (
        send(**last_step(**{f"session-{elsewhere.id}": "c", "session-x": "c", "session-99999999": "c"})).status_code
        == 303
    )
    assert db.session.scalar(select(func.count(Booking.id))) == 0


def test_the_venue_never_holds_more_than_its_capacity(client, make_festival):
    small = make_festival(capacity=1)

    answer = client.post(f"/{small.slug}/register", data=last_step())

    assert answer.status_code == 409
    assert "Cả ngày hội chỉ còn 1 chỗ." in plain(answer.text)


@pytest.mark.parametrize("status", [FestivalStatus.CLOSED])
def test_a_closed_festival_takes_no_registrations(client, make_festival, status):
    festival = make_festival(status=status)

    assert "Đã hết hạn đăng ký" in plain(client.get(f"/{festival.slug}/register").text)
    assert client.post(f"/{festival.slug}/register", data=last_step()).status_code == 409
    assert registrations() == 0


HARD_NAMES = [
    "Nguyễn Thị Thuỳ Dương",
    unicodedata.normalize("NFD", "Đỗ Thị Ước"),
    "H'Bia Êban",
    "Y Moan Ênuôl",
    "K' Brêu",
    "Ân",
    "Lò Thị Páo-Mỷ",
    "<script>alert(1)</script>",
    "=cmd()",
    "../../etc/passwd",
    "Hoa 🌸",
    "N" * 120,
]


@pytest.mark.parametrize("name", HARD_NAMES)
def test_hard_names_are_kept_exactly_and_shown_harmlessly(client, send, name):
    answer = send(**last_step(contact_name=name))

    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "<script>alert" not in page
    assert db.session.scalar(select(Registration.contact_name)) == unicodedata.normalize("NFC", name)
