"""A gateway over plain HTTP calls: what it is sent, and what its answers mean for the message."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from festival.config import SettingError, Settings
from festival.core.clock import now
from festival.extensions import db
from festival.messages import delivery, outbox
from festival.messages.delivery import deliver_due
from festival.messages.models import MessageState
from festival.sms_settings import HttpSettings, SmsSettings
from tests.messages.conftest import make_due, state_of
from tests.messages.gateways import served


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    """The clock of the delivery shows a time of the day, whenever the test runs."""
    monkeypatch.setattr(delivery, "is_quiet", lambda _at: False)


@pytest.fixture
def text(festival):
    row = outbox.put(outbox.TextMessage("thử:sms", "+84912345678", "Mời bà con đến {to} ngày hội"), festival.id)
    db.session.commit()
    return row


class Gateway:
    def __init__(self) -> None:
        self.asked = []
        self.reply = (200, {"code": 100}, {})

    def answer(self, asked):
        self.asked.append(asked)
        return self.reply


@pytest.fixture
def gateway(settings_of):
    """A gateway, and the app told to use it with whatever settings the test adds."""
    one = Gateway()
    with served(one.answer) as address:

        def use(timeout: float = 5.0, plain: bool = False, **more: object) -> Gateway:
            http = HttpSettings(url=f"{address}/send?v=2", header="Authorization: Bearer key-1", **more)
            settings_of(sms=SmsSettings(gateway="http", http=http, timeout=timeout, plain=plain))
            return one

        yield use


def test_it_is_told_number_and_text_as_json_with_our_key(gateway, text):
    body = {"to": "{to}", "msg": {"content": "{text}"}, "from": "UBND", "ref": "{id}", "unicode": 1}
    asked = gateway(body=body).asked

    assert deliver_due() == 1

    assert state_of(text) is MessageState.SENT
    assert asked[0]["headers"]["authorization"] == "Bearer key-1"
    assert asked[0]["body"] == {
        "to": "+84912345678",
        "msg": {"content": "Mời bà con đến {to} ngày hội"},
        "from": "UBND",
        "ref": f"festival-{text.id}",
        "unicode": 1,
    }


@pytest.mark.parametrize(("style", "number"), [("84", "84912345678"), ("0", "0912345678")])
def test_numbers_are_written_as_the_gateway_wants_them(gateway, text, style, number):
    asked = gateway(phone=style, form=True).asked

    deliver_due()

    assert asked[0]["body"] == {"to": number, "text": "Mời bà con đến {to} ngày hội"}


def test_a_get_carries_everything_in_the_address(gateway, text):
    asked = gateway(method="GET").asked

    deliver_due()

    assert asked[0]["query"] == {"v": "2", "to": "+84912345678", "text": "Mời bà con đến {to} ngày hội"}


def test_without_marks_where_the_setting_says_so(gateway, text):
    asked = gateway(plain=True).asked

    deliver_due()

    assert asked[0]["body"]["text"] == "Moi ba con den {to} ngay hoi"


@pytest.mark.parametrize(
    ("reply", "state", "counts"),
    [
        ((200, {"code": 100}, {}), MessageState.SENT, True),
        ((200, {"code": 99}, {}), MessageState.QUEUED, True),
        ((200, "not JSON", {}), MessageState.QUEUED, True),
        ((400, {"error": "invalid phone"}, {}), MessageState.FAILED, True),
        ((401, {}, {}), MessageState.QUEUED, False),
        ((402, {"error": "no credit"}, {}), MessageState.QUEUED, False),
        ((429, {}, {"Retry-After": "120"}), MessageState.QUEUED, False),
        ((500, {}, {}), MessageState.QUEUED, True),
        ((302, {}, {"Location": "http://127.0.0.1:1/"}), MessageState.QUEUED, True),
    ],
)
def test_each_answer_has_its_meaning(gateway, text, reply, state, counts):
    gateway(success="code=100").reply = reply

    deliver_due()

    assert state_of(text) is state
    assert text.attempts == (1 if counts else 0)
    assert text.claimed_by is None
    if state is not MessageState.SENT:
        assert text.reason


def test_our_key_is_not_carried_to_where_a_redirect_leads(gateway, text):
    one = gateway()
    one.reply = (302, {}, {"Location": "/elsewhere"})

    deliver_due()

    assert [asked["path"] for asked in one.asked] == ["/send"]


def test_too_many_waits_as_long_as_the_gateway_says(gateway, text):
    gateway().reply = (429, {}, {"Retry-After": "1200"})

    deliver_due()

    db.session.refresh(text)
    assert timedelta(minutes=19) < text.send_after - now() <= timedelta(minutes=20)


def test_a_silent_gateway_is_given_up_after_its_time_and_tried_again(settings_of, text):
    heard = threading.Event()

    def answer(_asked):
        heard.wait(10)
        return 200, {}, {}

    with served(answer) as address:
        settings_of(sms=SmsSettings(gateway="http", http=HttpSettings(url=address), timeout=0.3))
        deliver_due()
        heard.set()

    assert state_of(text) is MessageState.QUEUED
    assert text.attempts == 1
    assert "timed out" in text.reason


def test_nobody_at_the_address_is_tried_again(settings_of, text):
    settings_of(sms=SmsSettings(gateway="http", http=HttpSettings(url="http://127.0.0.1:1/"), timeout=1))

    deliver_due()

    assert state_of(text) is MessageState.QUEUED


def test_without_a_gateway_a_text_message_waits(settings_of, text):
    settings_of()

    assert deliver_due() == 0
    assert state_of(text) is MessageState.QUEUED


def test_it_is_sent_once(gateway, text):
    asked = gateway().asked

    deliver_due()
    make_due(text)
    deliver_due()

    assert len(asked) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"FESTIVAL_SMS": "pigeon"},
        {"FESTIVAL_SMS": "http"},
        {"FESTIVAL_SMS": "http", "FESTIVAL_SMS_URL": "http://sms.example/"},
        {"FESTIVAL_SMS": "http", "FESTIVAL_SMS_URL": "ftp://127.0.0.1/"},
        {"FESTIVAL_SMS": "http", "FESTIVAL_SMS_URL": "https://sms.example/", "FESTIVAL_SMS_BODY": "{to}"},
        {"FESTIVAL_SMS": "http", "FESTIVAL_SMS_URL": "https://sms.example/", "FESTIVAL_SMS_SUCCESS": "100"},
        {"FESTIVAL_SMS": "http", "FESTIVAL_SMS_URL": "https://sms.example/", "FESTIVAL_SMS_PHONE": "00"},
        {"FESTIVAL_SMS": "http", "FESTIVAL_SMS_URL": "https://sms.example/", "FESTIVAL_SMS_METHOD": "DELETE"},
        {"FESTIVAL_SMS": "http", "FESTIVAL_SMS_URL": "https://sms.example/", "FESTIVAL_SMS_HEADER": "key"},
        {"FESTIVAL_SMS": "http", "FESTIVAL_SMS_URL": "https://sms.example/", "FESTIVAL_SMS_TIMEOUT": "0"},
        {"FESTIVAL_SMS": "zalo"},
        {"FESTIVAL_MAIL_PER_MINUTE": "many"},
    ],
)
def test_settings_that_make_no_sense_stop_the_start(tmp_path, wrong):
    with pytest.raises(SettingError):
        Settings.from_environment({"FESTIVAL_DATA": str(tmp_path), **wrong})


def test_settings_are_read(tmp_path):
    settings = Settings.from_environment(
        {
            "FESTIVAL_DATA": str(tmp_path),
            "FESTIVAL_SMS": "zalo",
            "FESTIVAL_ZALO_APP_ID": "1",
            "FESTIVAL_ZALO_SECRET_KEY": "2",
            "FESTIVAL_ZALO_TEMPLATES": "confirmation=201, offer=202",
            "FESTIVAL_SMS_PLAIN": "1",
        }
    )

    assert settings.sms.zalo.templates == {"confirmation": "201", "offer": "202"}
    assert settings.sms.plain
