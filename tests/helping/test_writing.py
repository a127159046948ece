"""A helper writes households down, many in a row: no phone is needed, consents are read out, each is told at once."""

from __future__ import annotations

import re

from sqlalchemy import func, select

from festival.consents import ledger
from festival.consents.models import Consent, Purpose
from festival.core.clock import today
from festival.extensions import db
from festival.registration.models import Attendee, Booking, BookingState, Registration
from tests import factories
from tests.conftest import plain
from tests.helping.conftest import household

CHILD = str(today().year - 9)


def registrations() -> list[Registration]:
    return list(db.session.scalars(select(Registration).order_by(Registration.id)))


def test_a_grandmother_without_a_phone_is_registered_and_her_code_is_shown(helper, link, address, make_session):
    session = make_session(title="VNeID")

    answer = helper.post(address, data=household(**{f"session-{session.id}": "c"}))

    page = plain(helper.get(answer.location).text)
    (one,) = registrations()
    code = one.tickets[1].short_code
    assert f"{code[:4]} {code[4:]}" in page
    assert "Nguyễn Thị Tư" in page
    assert "09:00 VNeID: đã giữ chỗ" in page
    assert (one.phone, one.recorded_by, one.group_name, one.helper_link_id) == ("", "Chị Lan", "Tổ dân phố 12", link.id)
    assert one.origin is None


def test_who_helped_stands_beside_the_consents(helper, address):
    helper.post(address, data=household(consent_photos="y"))

    (one,) = registrations()
    assert set(db.session.scalars(select(Consent.given_by))) == {"Nguyễn Thị Tư · Chị Lan"}
    answers = ledger.current(one.id)
    assert answers == {Purpose.TAKING_PART: True, Purpose.REMINDERS: False, Purpose.PHOTOS: True}


def test_without_the_spoken_consent_nobody_is_registered(helper, address):
    typed = household()
    del typed["consent_taking_part"]

    assert helper.post(address, data=typed).status_code == 422
    assert registrations() == []


def test_children_need_consent_and_somebody_who_looks_after_them(helper, address):
    child = {"members-0-name": "Đỗ Văn Bảo", "members-0-birth_year": CHILD, "members-0-relation": "grandchild"}
    without = household(**child)
    del without["consent_children"]

    assert helper.post(address, data=without).status_code == 422
    assert helper.post(address, data=household(**child)).status_code == 303
    guardian = db.session.scalar(select(Attendee.guardian_name).where(Attendee.birth_year == int(CHILD)))
    assert guardian == "Nguyễn Thị Tư"


def test_a_child_alone_needs_a_named_guardian(helper, address):
    alone = household(birth_year=CHILD)

    assert helper.post(address, data=alone).status_code == 422
    assert helper.post(address, data={**alone, "guardian_name": "Nguyễn Thị Lan"}).status_code == 303


def test_a_full_session_is_waited_for(helper, address, make_session, make_household):
    full = make_session(capacity=1, title="Lớp đã đầy")
    make_household(members=1, sessions=(full,))

    answer = helper.post(address, data=household(**{f"session-{full.id}": "c"}))

    assert "Lớp đã đầy: hết chỗ, đang chờ" in plain(helper.get(answer.location).text)
    states = db.session.scalars(select(Booking.state).order_by(Booking.id)).all()
    assert states == [BookingState.CONFIRMED, BookingState.WAITLISTED]


def test_what_cannot_be_is_said_while_they_sit_there(helper, address, make_session):
    one, other = make_session(title="Buổi A"), make_session(title="Buổi B")

    answer = helper.post(address, data=household(**{f"session-{s.id}": "c" for s in (one, other)}))

    assert answer.status_code == 409
    assert "trùng giờ" in plain(answer.text)
    assert 'value="Nguyễn Thị Tư"' in answer.text
    assert registrations() == []


def test_sent_twice_registers_once(helper, address):
    assert helper.post(address, data=household()).location == helper.post(address, data=household()).location
    assert len(registrations()) == 1


def test_the_mark_of_a_helped_registration_opens_nothing_in_the_public_form(client, festival, helper, address):
    helper.post(address, data=household())
    (one,) = registrations()

    answer = client.post(
        f"/{festival.slug}/register", data={"submission": one.submission, "step": "consents", "go": "send"}
    )

    assert "/r/" not in (answer.location or "")


def test_the_list_of_today_is_of_this_device_only(app, helper, address):
    helper.post(address, data=household())
    other = app.test_client()
    other.get(address)

    assert "Nguyễn Thị Tư" in helper.get(f"{address}/today").text
    assert "Nguyễn Thị Tư" in helper.get(f"{address}/slips").text
    for path in ("/today", "/slips", f"?made={registrations()[0].id}"):
        assert "Nguyễn Thị Tư" not in other.get(address + path).text


def test_after_a_day_the_list_names_nobody(helper, address):
    helper.post(address, data=household())
    (one,) = registrations()
    one.created_at = one.created_at - factories.timedelta(hours=25)
    db.session.commit()

    assert "Nguyễn Thị Tư" not in helper.get(f"{address}/today").text


def test_a_page_that_names_somebody_is_not_to_be_kept_on_the_device(helper, address):
    answer = helper.post(address, data=household())

    assert "X-Helper-Version" in helper.get(address).headers
    assert "X-Helper-Version" not in helper.get(answer.location).headers


def test_slips_hold_name_code_place_and_a_code_for_each_person(helper, address):
    helper.post(
        address,
        data=household(
            **{"members-0-name": "Đỗ Văn Năm", "members-0-birth_year": "1946", "members-0-relation": "spouse"}
        ),
    )

    page = helper.get(f"{address}/slips")

    (one,) = registrations()
    assert page.text.count('class="qr"') == 3  # the household's and one each
    for ticket in one.tickets:
        assert f"{ticket.short_code[:4]} {ticket.short_code[4:]}" in page.text
    assert "Nhà văn hóa phường" in page.text


def test_a_person_can_be_added_and_taken_out_without_javascript(helper, address):
    more = helper.post(address, data=household(go="add")).text
    less = helper.post(address, data=household(go="remove-0", **{"members-0-name": "Đỗ Văn Năm"})).text

    assert 'name="members-0-name"' in more
    assert not re.search(r'<fieldset[^>]*id="member-0"', less)
    assert db.session.scalar(select(func.count(Registration.id))) == 0


def test_a_closed_festival_registers_nobody(make_helper, make_festival, client):
    from festival.programme.models import FestivalStatus
    from festival.registration.helping.links import secret_of

    closed = make_helper(festival=make_festival(status=FestivalStatus.CLOSED))

    answer = client.post(f"/helper/{secret_of(closed)}", data=household())

    assert answer.status_code == 409
    assert registrations() == []
