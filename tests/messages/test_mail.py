"""What a mail looks like on the wire: names exact in headers and bodies, HTML escaped, the calendar beside it."""

from __future__ import annotations

from datetime import time
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parseaddr

import pytest
from icalendar import Calendar

from festival.extensions import db
from festival.messages import outbox
from festival.messages.delivery import deliver_due
from festival.messages.mail import find_message_number
from festival.messages.models import Message, MessageState
from festival.registration import notices
from festival.registration.links import address_of
from tests.hard_names import AS_TYPED, HARD_NAMES
from tests.messages.conftest import SENDER, plain, state_of

EVIL = "<script>alert(1)</script> & \"Hoa\" 'x' {{ 7*7 }}"


def named(mail: EmailMessage) -> str:
    """The recipient's name, read as RFC 2047 says. Python's newer parser puts spaces between encoded words."""
    raw = BytesParser(policy=compat32).parsebytes(mail.as_bytes())["To"]
    return parseaddr(str(make_header(decode_header(raw.rpartition("<")[0] + "<x@y.z>"))))[0]


def test_hard_names_come_back_exactly_in_headers_and_bodies(sink, festival):
    mails = [
        outbox.Addressed(
            outbox.Mail(f"thử:{n}", "hoa@festival.example", f"Vé của {name}", f"Kính gửi {name}", recipient_name=name)
        )
        for n, name in enumerate(AS_TYPED)
    ]
    outbox.put_all(mails, festival.id)
    db.session.commit()

    assert deliver_due() == len(HARD_NAMES)

    for name, mail in zip(HARD_NAMES, sink.mails, strict=True):
        assert named(mail) == name
        assert mail["Subject"] == f"Vé của {name}"
    for typed, mail in zip(AS_TYPED, sink.mails, strict=True):
        assert plain(mail).strip() == f"Kính gửi {typed}", "a body is passed on as it was given"


@pytest.mark.parametrize("name", HARD_NAMES)
def test_a_household_with_a_hard_name_is_told_by_that_name(sink, make_household, name):
    family = make_household(contact_name=name, members=1, email="hoa@festival.example")
    notices.confirmed(family)
    db.session.commit()

    deliver_due()

    mail = sink.mails[0]
    assert named(mail) == name
    assert f"Kính gửi {name}," in plain(mail)


def test_lines_on_the_wire_are_short_and_ascii(sink, festival):
    long = "Nghiêng " * 40
    outbox.put(outbox.Mail("thử:1", "hoa@festival.example", long, long, recipient_name=HARD_NAMES[20]), festival.id)
    db.session.commit()

    deliver_due()

    assert sink.mails[0]["Subject"] == long.strip()[:300].strip()
    raw = sink.mails[0].as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.splitlines())) <= 998


def test_html_shows_names_as_text_and_runs_nothing(sink, make_household):
    family = make_household(contact_name=EVIL, members=1, email="hoa@festival.example")
    family.attendees[0].name = EVIL
    notices.confirmed(family)
    db.session.commit()

    deliver_due()

    html = sink.mails[0].get_body(("html",)).get_content()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "{{ 7*7 }}" in html, "nothing that was typed is evaluated"
    assert EVIL in plain(sink.mails[0])


def test_a_confirmation_has_text_html_and_the_familys_calendar(sink, make_session, make_household):
    session = make_session(title="VNeID từ A đến Z", start=time(9), end=time(10))
    family = make_household(members=2, sessions=(session,), email="hoa@festival.example")
    notices.confirmed(family)
    db.session.commit()

    deliver_due()

    mail = sink.mails[0]
    assert [part.get_content_type() for part in mail.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert address_of(family) in mail.get_body(("html",)).get_content()
    assert "09:00–10:00 VNeID từ A đến Z" in plain(mail)
    (attachment,) = mail.iter_attachments()
    events = Calendar.from_ical(attachment.get_content()).walk("VEVENT")
    seated = [event for event in events if event["SUMMARY"] == "VNeID từ A đến Z"]
    assert [event["DTSTART"].dt for event in seated] == [session.starts_at]
    assert all(person.name in seated[0]["DESCRIPTION"] for person in family.attendees)


def test_every_mail_says_that_a_machine_wrote_it_and_keeps_its_id(sink, message):
    sink.answer = "451 later"
    deliver_due()
    sink.answer = "250 OK"
    message.send_after = message.created_at
    db.session.commit()

    deliver_due()

    mail = sink.mails[0]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert find_message_number(mail["Message-ID"]) == message.id
    assert mail["From"] == SENDER


def test_what_is_written_to_many_says_how_to_end_it(sink, festival):
    link = "http://festival.test/r/abc"
    for kind in ("reminder", "confirmation"):
        outbox.put(outbox.Mail(kind, "hoa@festival.example", "x", "y", kind=kind, fields={"link": link}), festival.id)
    db.session.commit()

    deliver_due()

    assert [mail["List-Unsubscribe"] for mail in sink.mails] == [f"<{link}/consents>", None]
    assert [mail["List-Id"] for mail in sink.mails] == [f"<festival-{festival.id}.festival.test>", None]


@pytest.mark.parametrize("address", ["không phải địa chỉ", "hoa@", "hoa", "hoa@nhà.example"])
def test_an_address_that_no_mail_can_go_to_fails_with_a_reason(sink, festival, address):
    row = outbox.put(outbox.Mail("thử:1", address, "x", "y"), festival.id)
    db.session.commit()

    deliver_due()

    assert state_of(row) is MessageState.FAILED
    assert row.reason
    assert db.session.get(Message, row.id).attempts == 1


def test_a_message_id_that_we_did_not_make_is_not_ours(app):
    assert find_message_number("<message-1.0123456789abcdef@festival.example>") is None
