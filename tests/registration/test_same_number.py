"""The same phone number registering twice: a stranger learns nothing, the number's holder is led to the first one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from festival.core.clock import now
from festival.extensions import db
from festival.messages.models import Channel, Message
from festival.registration.links import address_of
from festival.registration.models import Registration
from festival.registration.same_number import tell_owners
from festival.sms_settings import SmsSettings
from tests import factories
from tests.registration.typed_forms import last_step

NUMBER = "+84912345678"
TYPED = "0912 345 678"


@pytest.fixture
def by_phone(app, monkeypatch):
    """An installation that can send text messages."""
    settings = app.extensions["settings"]
    monkeypatch.setitem(app.extensions, "settings", replace(settings, sms=SmsSettings(gateway="http")))


def told(channel: Channel) -> list[Message]:
    rows = db.session.scalars(select(Message).where(Message.event.like("same-number:%"), Message.channel == channel))
    return list(rows)


def without_chance(answer) -> str:
    """An answer without what is different in every one: secrets, codes, times."""
    text = re.sub(r"[\w-]{27,}|[A-Z2-9]{4} [A-Z2-9]{4}|/tickets/\d+|members/\d+", "·", answer.text)
    return re.sub(r'<path[^>]*d="[^"]*"', "·", text)


@pytest.mark.parametrize("known", [True, False])
def test_a_registration_with_a_known_number_is_taken_like_any_other(client, festival, send, make_household, known):
    make_household(members=3, phone=NUMBER if known else "+84912000000")

    answer = send(**last_step(phone=TYPED, submission="t" * 40))

    assert answer.status_code == 303
    assert db.session.scalars(select(Registration.phone)).all().count(NUMBER) == 1 + known


def test_every_byte_of_every_answer_is_the_same_for_a_known_number(app, make_festival):
    answers = []
    for number in (NUMBER, "+84912000000"):
        festival = make_festival(slug="ngay-hoi", name="Ngày hội")
        factories.make_household(festival, members=3, phone=number)
        db.session.commit()
        stranger = app.test_client()
        path = f"/{festival.slug}/register"
        steps = [
            stranger.post(path, data=last_step(phone=TYPED, step=step, go="next")) for step in ("family", "workshops")
        ]
        sent = stranger.post(path, data=last_step(phone=TYPED, submission="t" * 40))
        shown = stranger.get(sent.location)
        answers.append(
            [
                (
                    each.status_code,
                    without_chance(each),
                    sorted(each.headers.keys()),
                    len(each.headers.get("Location", "")),
                )
                for each in (*steps, sent, shown)
            ]
        )
        _forget(festival)

    assert answers[0] == answers[1]


def _forget(festival) -> None:
    festival.slug = f"{festival.slug}-{festival.id}"
    for registration in db.session.scalars(select(Registration)):
        registration.submission = f"{registration.id}".rjust(40, "x")
    db.session.commit()


def test_a_known_number_costs_the_same_statements(app, client, festival, send, make_household):
    def statements(**typed) -> list[str]:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_more) -> None:
            seen.append(statement)

        db.session.commit()
        event.listen(db.engine, "before_cursor_execute", note)
        assert send(**typed).status_code == 303
        event.remove(db.engine, "before_cursor_execute", note)
        return seen

    make_household(members=3, phone=NUMBER)
    statements(**last_step(phone="0912000001", submission="a" * 40))  # what is read once only is read now
    unknown = statements(**last_step(phone="0912000002", submission="b" * 40))

    assert statements(**last_step(phone=TYPED, submission="c" * 40)) == unknown


@pytest.mark.usefixtures("by_phone")
def test_whoever_holds_the_number_is_led_to_the_first_registration_once_a_day(make_household):
    first = make_household(members=2, phone=NUMBER, email="mot@example.vn")
    make_household(members=1, phone=NUMBER)
    make_household(members=1, phone=NUMBER)

    assert tell_owners(now()) == 1
    tell_owners(now())

    (message,) = told(Channel.SMS)
    assert message.recipient == NUMBER
    assert address_of(first) in message.body
    assert told(Channel.EMAIL) == []


@pytest.mark.usefixtures("by_phone")
def test_who_registered_a_neighbours_number_first_hears_nothing_when_she_registers(make_household):
    make_household(members=1, phone=NUMBER, email="stranger@example.vn")
    make_household(members=2, phone=NUMBER, email="neighbour@example.vn")

    tell_owners(now())

    assert [message.recipient for message in told(Channel.SMS)] == [NUMBER]
    assert told(Channel.EMAIL) == []


def test_the_same_address_both_times_is_told_by_mail_too(make_household):
    first = make_household(members=2, phone=NUMBER, email="hoa@example.vn")
    make_household(members=1, phone=NUMBER, email="HOA@example.vn")

    tell_owners(now())

    (message,) = told(Channel.EMAIL)
    assert message.recipient == "hoa@example.vn"
    assert address_of(first) in message.body


@pytest.mark.usefixtures("by_phone")
@pytest.mark.parametrize(
    "change",
    [
        {"walk_in": True},
        {"cancelled_at": now()},
        {"created_at": now() - timedelta(hours=3)},
    ],
    ids=["walk-in", "cancelled", "long ago"],
)
def test_nobody_is_told_of_what_is_no_second_registration(make_household, change):
    make_household(members=1, phone=NUMBER)
    later = make_household(members=1, phone=NUMBER)
    for name, value in change.items():
        setattr(later, name, value)
    db.session.commit()

    assert tell_owners(now()) == 0
    assert told(Channel.SMS) == []


@pytest.mark.usefixtures("by_phone")
def test_families_without_a_number_have_none_in_common(make_household):
    for _family in range(2):
        make_household(members=1, phone="")

    assert tell_owners(now()) == 0


@pytest.mark.usefixtures("by_phone")
def test_another_festival_is_another_registration(make_festival, make_household):
    make_household(members=1, phone=NUMBER)
    factories.make_household(make_festival(), members=1, phone=NUMBER)

    assert tell_owners(now()) == 0
