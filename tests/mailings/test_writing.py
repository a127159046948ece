"""Writing to many: whom it finds, what stands in it, a minute to undo, and nothing after that."""

from __future__ import annotations

import threading
from datetime import time, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from festival.accounts.models import AuditEntry
from festival.checkin.scan_request import ScanRequest
from festival.checkin.scanning import record_scans
from festival.consents.models import Purpose
from festival.core.clock import at_local, now, today
from festival.extensions import db
from festival.mailings import writing
from festival.mailings.audience import Audience, Who, households_of, reach_of
from festival.mailings.writing import Text, WithdrawOutcome, withdraw, write, write_due_groups
from festival.messages.models import Channel, GroupMessage, Message, MessageState
from festival.registration import changing
from festival.registration.links import address_of, secret_of
from festival.registration.models import Booking, BookingState
from festival.sms_settings import HttpSettings, SmsSettings, ZaloSettings
from tests.conftest import plain
from tests.factories import make_checkpoint

ALL = Audience(service=True)
HELLO = Text("Gửi {name}", "Mời {name} đến {place} ngày {day}.\n\nXem {link}", "Gửi {name}: xem {link}")


@pytest.fixture(autouse=True)
def by_day(monkeypatch):
    """What is written goes out in a minute, whenever the test runs."""
    monkeypatch.setattr(writing, "not_at_night", lambda at: at)


def found(festival, audience: Audience) -> list[int]:
    return [row.id for row in db.session.scalars(households_of(festival, audience))]


def messages() -> list[Message]:
    db.session.expire_all()
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def later(seconds: int = 61):
    return now() + timedelta(seconds=seconds)


def test_everybody_means_who_agreed_or_with_a_word_about_the_service_all(festival, make_household, agreeing):
    yes, no = agreeing(), make_household(members=1, consents={Purpose.REMINDERS: False})

    assert found(festival, Audience()) == [yes.id]
    assert found(festival, ALL) == [yes.id, no.id]
    assert reach_of(festival, Audience(), with_short_text=False).not_agreed == 1


def test_who_has_cancelled_is_not_written_to(festival, agreeing):
    changing.cancel(agreeing())
    db.session.commit()

    assert found(festival, ALL) == []


def test_a_sessions_people_and_those_who_wait_for_it(festival, agreeing, make_session):
    session = make_session()
    seated, waiting, other = agreeing(sessions=(session,)), agreeing(), agreeing()
    db.session.add(Booking(session_id=session.id, attendee_id=waiting.attendees[0].id, state=BookingState.WAITLISTED))
    db.session.commit()

    assert found(festival, Audience(who=Who.SEATED, session_id=session.id)) == [seated.id]
    assert found(festival, Audience(who=Who.WAITING, session_id=session.id)) == [waiting.id]
    assert other.id in found(festival, Audience())


def test_who_has_come_is_left_out_of_those_not_yet_here(festival, agreeing, make_device):
    here, away = agreeing(members=2), agreeing()
    gate = make_checkpoint(festival)
    device = make_device(checkpoints=[gate]).device
    scan = ScanRequest(uuid4(), gate.id, now(), attendee_id=here.attendees[1].id)
    record_scans(device, [scan], now())
    db.session.commit()

    assert found(festival, Audience(who=Who.NOT_ADMITTED)) == [away.id]


def test_a_residential_group_and_a_language(festival, agreeing):
    group, english = agreeing(), agreeing(language="en")
    group.group_name = "Tổ 5"
    db.session.commit()

    assert found(festival, Audience(group_name="Tổ 5")) == [group.id]
    assert found(festival, Audience(language="en")) == [english.id]


def test_the_reach_is_counted_by_way(festival, settings_of, agreeing):
    agreeing()
    agreeing(email=None)
    agreeing(email=None, phone="+842438252525")
    settings_of(sms=SmsSettings(gateway="http", http=HttpSettings(url="https://sms.example/")))

    reach = reach_of(festival, Audience(), with_short_text=True)
    assert (reach.households, reach.by_mail, reach.by_phone, reach.unreachable) == (3, 1, 1, 1)
    assert reach_of(festival, Audience(), with_short_text=False).by_phone == 0
    settings_of(sms=SmsSettings(gateway="zalo", zalo=ZaloSettings(app_id="1", secret_key="2", templates={"x": "1"})))
    assert reach_of(festival, Audience(), with_short_text=True).by_phone == 0, "Zalo takes no free text"


def test_after_a_minute_each_household_is_written_to_once_with_its_own_words(festival, settings_of, agreeing):
    settings_of(sms=SmsSettings(gateway="http", http=HttpSettings(url="https://sms.example/")))
    hoa, nam = agreeing(contact_name="Hoa"), agreeing(contact_name="Nam", email=None)
    group = write(festival, Audience(), HELLO, None)
    db.session.commit()

    assert write_due_groups(later(59)) == 0
    assert write_due_groups(later()) == 2
    assert write_due_groups(later()) == 0

    mail, text = messages()
    assert (mail.subject, mail.channel, mail.kind) == ("Gửi Hoa", Channel.EMAIL, "group")
    assert f"Mời Hoa đến {festival.venue} ngày" in mail.body
    assert f"Xem {address_of(hoa)}" in mail.body
    assert text.body == f"Gửi Nam: xem {address_of(nam)}"
    assert (group.households, group.written_at is not None) == (2, True)


def test_nothing_that_a_family_typed_is_taken_for_a_placeholder(festival, agreeing):
    agreeing(contact_name="{link} {x.__class__} %(y)s {{7*7}}")
    write(festival, Audience(), HELLO, None)
    db.session.commit()

    write_due_groups(later())

    assert messages()[0].subject == "Gửi {link} {x.__class__} %(y)s {{7*7}}"


def test_undone_within_the_minute_nobody_gets_it(festival, agreeing):
    agreeing()
    group = write(festival, Audience(), HELLO, None)
    db.session.commit()

    assert withdraw(group) is WithdrawOutcome.ALL
    db.session.commit()

    assert write_due_groups(later()) == 0
    assert messages() == []


def test_stopped_later_only_the_rest_is_withdrawn(festival, agreeing):
    for _number in range(3):
        agreeing()
    group = write(festival, Audience(), HELLO, None)
    db.session.commit()
    write_due_groups(later())
    messages()[0].state = MessageState.SENT
    db.session.commit()

    assert withdraw(group) is WithdrawOutcome.REST
    db.session.commit()

    assert [row.state for row in messages()] == [MessageState.SENT, *[MessageState.WITHDRAWN] * 2]
    assert withdraw(group) is WithdrawOutcome.NOTHING


def test_a_worker_in_the_middle_writes_nothing_after_the_undo(festival, agreeing, monkeypatch):
    monkeypatch.setattr(writing, "BATCH", 1)
    for _number in range(3):
        agreeing()
    group = write(festival, Audience(), HELLO, None)
    db.session.commit()
    writing._write_batch(group.id, 0)
    withdraw(group)
    db.session.commit()

    assert write_due_groups(later()) == 0
    assert [row.state for row in messages()] == [MessageState.WITHDRAWN]


def test_of_a_worker_and_an_undo_at_the_same_moment_one_is_first(app, festival, agreeing):
    for _number in range(5):
        agreeing()
    group_id = write(festival, Audience(), HELLO, None).id
    db.session.commit()
    together = threading.Barrier(2)

    def stop() -> None:
        with app.app_context():
            together.wait()
            withdraw(db.session.get_one(GroupMessage, group_id))
            db.session.commit()

    thread = threading.Thread(target=stop)
    thread.start()
    db.session.commit()
    together.wait()
    write_due_groups(later())
    thread.join()

    db.session.rollback()
    assert {row.state for row in messages()} <= {MessageState.WITHDRAWN}, "written before it, or not at all"


def test_a_worker_that_died_in_the_middle_goes_on_where_it_was(festival, agreeing, monkeypatch):
    monkeypatch.setattr(writing, "BATCH", 2)
    for _number in range(5):
        agreeing()
    group = write(festival, Audience(), HELLO, None)
    db.session.commit()
    writing._write_batch(group.id, 0)
    db.session.rollback()

    assert write_due_groups(later()) == 3
    assert len({row.registration_id for row in messages()}) == len(messages()) == 5


def test_at_night_it_waits_for_the_morning(festival, agreeing, monkeypatch):
    monkeypatch.undo()
    night = at_local(today(), time(23))
    monkeypatch.setattr(writing, "now", lambda: night)
    agreeing()

    group = write(festival, Audience(), HELLO, None)

    assert group.goes_out_at == at_local(today() + timedelta(days=1), time(7))


FORM = {
    "who": "everybody",
    "session": "",
    "group_name": "",
    "language": "",
    "subject": "Gửi {name}",
    "body": "Mời {name}",
}


def seen_in(page: str) -> str:
    return page.split('name="seen"')[1].split('value="')[1].split('"')[0]


def test_the_preview_shows_a_real_familys_words_and_counts_and_sends_nothing(organizer, address, agreeing):
    family = agreeing(contact_name="Đỗ Thị Ước")

    page = organizer.post(f"{address}/write?lang=en", data={**FORM, "body": "Xem {link}", "go": "send"})

    words = plain(page.text)
    assert "Gửi Đỗ Thị Ước" in words
    assert "Send to 1 household" in words
    assert secret_of(family) not in page.text
    assert db.session.scalars(select(GroupMessage)).all() == []


def test_what_was_seen_is_sent_and_on_record_and_can_be_undone(organizer, address, agreeing):
    agreeing()
    seen = seen_in(organizer.post(f"{address}/write", data=FORM).text)

    page = organizer.post(f"{address}/write?lang=en", data={**FORM, "seen": seen, "go": "send"}, follow_redirects=True)

    assert "Until then nobody has got it." in page.text
    group = db.session.scalars(select(GroupMessage)).one()
    page = organizer.post(f"{address}/groups/{group.id}/undo?lang=en", follow_redirects=True)
    assert "Nobody has got it." in page.text
    assert group.subject in organizer.get(f"{address}?show=many").text
    changes = select(AuditEntry.action).where(AuditEntry.action.startswith("group_message.")).order_by(AuditEntry.id)
    assert db.session.scalars(changes).all() == ["group_message.written", "group_message.withdrawn"]


def test_what_was_changed_after_the_preview_is_shown_again_first(organizer, address, agreeing):
    agreeing()
    seen = seen_in(organizer.post(f"{address}/write", data=FORM).text)

    organizer.post(f"{address}/write", data={**FORM, "body": "khác", "seen": seen, "go": "send"})

    assert db.session.scalars(select(GroupMessage)).all() == []


@pytest.mark.parametrize("text", ["{ten}", "{name.__class__}", "{}", "{link!r}", "{0}", "{{x}}"])
def test_unknown_placeholders_are_refused_with_words(organizer, address, text):
    page = organizer.post(f"{address}/write?lang=en", data={**FORM, "body": f"Mời {text}"})

    assert page.status_code == 422
    assert "is not known. Possible are: {day}, {festival}, {link}, {name}, {place}." in plain(page.text)


@pytest.mark.parametrize("field", ["subject", "body"])
def test_an_empty_text_is_refused(organizer, address, field):
    assert organizer.post(f"{address}/write", data={**FORM, field: " "}).status_code == 422


def test_a_session_is_asked_for_where_it_decides(organizer, address, make_session):
    session = make_session()

    assert organizer.post(f"{address}/write", data={**FORM, "who": "seated"}).status_code == 422
    assert organizer.post(f"{address}/write", data={**FORM, "who": "seated", "session": session.id}).status_code == 200


def test_a_text_message_of_more_than_two_parts_is_refused(organizer, address, settings_of):
    settings_of(sms=SmsSettings(gateway="http", http=HttpSettings(url="https://sms.example/")))

    page = organizer.post(f"{address}/write?lang=en", data={**FORM, "short": "Mời bà con " * 13})

    assert page.status_code == 422
    assert "at most 2" in page.text


def test_without_a_gateway_the_form_asks_for_no_text_message(organizer, address):
    assert 'name="short"' not in organizer.get(f"{address}/write").text
