"""Who is told by which way, in which language, and what stands in the text message."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from festival.core.clock import now
from festival.extensions import db
from festival.messages.models import Channel, Message
from festival.messages.sms.lengths import MOST_PARTS, parts
from festival.registration import notices
from festival.registration.links import address_of
from festival.sms_settings import HttpSettings, SmsSettings, ZaloSettings


@pytest.fixture
def by_phone(settings_of):
    """The app has a gateway that takes any text."""
    settings_of(
        public_url="https://ngay-hoi-phuong-hai-ba-trung.example.vn",
        sms=SmsSettings(gateway="http", http=HttpSettings(url="https://sms.example/")),
    )


def written() -> list[tuple[str, Channel]]:
    db.session.flush()
    return [(row.kind, row.channel) for row in db.session.scalars(select(Message).order_by(Message.id))]


def last() -> Message:
    db.session.flush()
    return db.session.scalars(select(Message).order_by(Message.id.desc())).first()


def test_without_an_address_the_phone_is_told(by_phone, make_household):
    notices.confirmed(make_household(members=1))

    assert written() == [("confirmation", Channel.SMS)]


def test_with_an_address_the_phone_is_left_in_peace(by_phone, make_household):
    notices.confirmed(make_household(members=1, email="hoa@festival.example"))

    assert written() == [("confirmation", Channel.EMAIL)]


def test_an_offer_goes_by_both_ways_and_each_once(by_phone, make_household, make_session):
    family, session, until = make_household(email="hoa@festival.example"), make_session(), now() + timedelta(hours=3)

    for _again in range(2):
        notices.offered(family, session, 2, until)

    assert written() == [("offer", Channel.EMAIL), ("offer", Channel.SMS)]
    assert last().good_until == until


def test_a_landline_gets_no_text_message(by_phone, make_household):
    notices.confirmed(make_household(members=1, phone="+842438252525"))

    assert written() == []


def test_without_a_gateway_nobody_is_written_to_by_phone(make_household):
    notices.confirmed(make_household(members=1))

    assert written() == []


def test_zalo_is_asked_only_for_kinds_that_have_a_template(settings_of, make_household):
    zalo = ZaloSettings(app_id="1", secret_key="2", templates={"cancellation": "9"})
    settings_of(sms=SmsSettings(gateway="zalo", zalo=zalo))
    family = make_household(members=1)

    notices.confirmed(family)
    notices.cancelled(family)

    assert written() == [("cancellation", Channel.SMS)]
    assert last().fields["name"] == family.contact_name


def test_a_text_message_of_any_kind_fits_two_parts_with_its_link(by_phone, make_household, make_session, language):
    family = make_household(members=2, language=language)
    session = make_session(title="Bảo vệ thông tin cá nhân và phòng tránh lừa đảo trên mạng cho người cao tuổi")
    until = now() + timedelta(hours=30)

    notices.confirmed(family)
    notices.changed(family, "Gia đình có thêm một người.")
    notices.offered(family, session, 2, until)
    notices.offer_ended(family, session)
    notices.link_again(family)
    notices.cancelled(family)

    db.session.flush()
    rows = db.session.scalars(select(Message).order_by(Message.id)).all()
    assert [row.kind for row in rows] == ["confirmation", "change", "offer", "offer_ended", "link", "cancellation"]
    for row in rows:
        assert parts(row.body) <= MOST_PARTS, row.body
        assert row.body.endswith(address_of(family)) or row.kind == "cancellation"
        assert row.language == language


@pytest.fixture(params=["vi", "en"])
def language(request) -> str:
    return str(request.param)


def test_a_household_is_written_to_in_its_language(make_household, language):
    notices.cancelled(make_household(members=1, email="hoa@festival.example", language=language))

    assert last().subject.startswith({"vi": "Đã hủy", "en": "Cancelled"}[language])
    assert last().body.startswith({"vi": "Kính gửi", "en": "Dear"}[language])
