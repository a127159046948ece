"""Between 22:00 and 07:00 no phone rings for us, except for what cannot wait."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from festival.core.clock import at_local
from festival.extensions import db
from festival.messages import delivery, outbox
from festival.messages.delivery import HELD_AT_NIGHT, deliver_due
from festival.messages.models import GroupMessage, MessageState
from festival.messages.quiet_hours import is_quiet, not_at_night
from festival.sms_settings import HttpSettings, SmsSettings
from tests.messages.conftest import state_of
from tests.messages.gateways import served

DAY = date(2026, 10, 9)
NIGHT = at_local(DAY, time(23, 30))
MORNING = at_local(DAY + timedelta(days=1), time(7))


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [(time(21, 59), False), (time(22), True), (time(0), True), (time(6, 59), True), (time(7), False)],
)
def test_the_night_is_from_22_to_7_here(clock, quiet):
    assert is_quiet(at_local(DAY, clock)) is quiet


def test_what_comes_at_night_waits_for_the_next_morning():
    assert not_at_night(NIGHT) == MORNING
    assert not_at_night(at_local(DAY + timedelta(days=1), time(3))) == MORNING
    assert not_at_night(MORNING) == MORNING


@pytest.fixture
def at_night(monkeypatch, settings_of):
    """It is 23:30, and a gateway takes everything."""
    monkeypatch.setattr(delivery, "now", lambda: NIGHT)
    with served(lambda _asked: (200, {}, {})) as address:
        settings_of(sms=SmsSettings(gateway="http", http=HttpSettings(url=address)))
        yield


def text(festival, kind: str, good_until: datetime | None = None):
    message = outbox.TextMessage(
        f"thử:{kind}", "+84912345678", "…", kind=kind, send_after=NIGHT - timedelta(minutes=1), good_until=good_until
    )
    row = outbox.put(message, festival.id)
    db.session.commit()
    return row


def test_a_text_message_is_held_until_morning_and_no_attempt_counts(at_night, festival):
    row = text(festival, "confirmation")

    assert deliver_due() == 0

    assert state_of(row) is MessageState.QUEUED
    assert (row.send_after, row.attempts, row.reason) == (MORNING, 0, HELD_AT_NIGHT)


def test_an_offer_that_ends_before_eight_goes_out_at_night(at_night, festival):
    text(festival, "offer", good_until=MORNING + timedelta(minutes=59))

    assert deliver_due() == 1


def test_an_offer_that_can_be_answered_in_the_morning_waits(at_night, festival):
    text(festival, "offer", good_until=MORNING + timedelta(hours=2))

    assert deliver_due() == 0


def test_a_link_that_somebody_asks_for_now_comes_now(at_night, festival):
    text(festival, "link")

    assert deliver_due() == 1


def test_mail_about_the_household_goes_out_at_night_and_mail_to_many_does_not(sink, monkeypatch, festival):
    monkeypatch.setattr(delivery, "now", lambda: NIGHT)
    group = GroupMessage(festival_id=festival.id, chosen={}, subject="x", body="y", goes_out_at=NIGHT)
    db.session.add(group)
    db.session.flush()
    before = NIGHT - timedelta(minutes=1)
    mails = [
        outbox.Addressed(outbox.Mail("thử:1", "hoa@festival.example", "của gia đình", "y", send_after=before)),
        outbox.Addressed(
            outbox.Mail("thử:2", "hoa@festival.example", "cho mọi người", "y", send_after=before),
            group_message_id=group.id,
        ),
    ]
    outbox.put_all(mails, festival.id)
    db.session.commit()

    deliver_due()

    assert [mail["Subject"] for mail in sink.mails] == ["của gia đình"]
