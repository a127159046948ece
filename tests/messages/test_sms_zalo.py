"""Zalo: its templates, its refusals, and a refresh token that is good once, with two workers and with crashes."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import update

from festival.core.clock import now
from festival.core.secrets import unseal
from festival.extensions import db
from festival.messages import delivery, outbox
from festival.messages.delivery import deliver_due
from festival.messages.models import GatewayKeys, MessageState
from festival.messages.sms import zalo_keys
from festival.messages.sms.zalo_keys import KeyState, current_keys, put_in
from festival.sms_settings import SmsSettings, ZaloSettings
from tests.messages.conftest import make_due, state_of
from tests.messages.gateways import Zalo, served


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    """The clock of the delivery shows a time of the day, whenever the test runs."""
    monkeypatch.setattr(delivery, "is_quiet", lambda _at: False)


@pytest.fixture
def zalo(settings_of):
    one = Zalo()
    with served(one.answer) as address:
        one.settings = ZaloSettings(
            app_id="app-1",
            secret_key="secret-1",
            templates={"confirmation": "201"},
            send_url=f"{address}/message/template",
            token_url=f"{address}/v4/oa/access_token",
        )
        settings_of(sms=SmsSettings(gateway="zalo", zalo=one.settings, timeout=5))
        put_in("first-refresh-token")
        db.session.commit()
        yield one


@pytest.fixture
def text(festival):
    row = outbox.put(
        outbox.TextMessage(
            "thử:sms", "+84912345678", "…", kind="confirmation", fields={"name": "Đỗ Thị Ước", "link": "http://x/r/1"}
        ),
        festival.id,
    )
    db.session.commit()
    return row


def content() -> dict:
    db.session.expire_all()
    return json.loads(unseal(db.session.get(GatewayKeys, "zalo").sealed))


def end_access_token() -> None:
    db.session.execute(update(GatewayKeys).values(expires_at=now()))
    db.session.commit()


def test_the_template_of_the_kind_is_sent_with_its_words(zalo, text):
    assert deliver_due() == 1

    assert state_of(text) is MessageState.SENT
    assert zalo.sent == [
        {
            "phone": "84912345678",
            "template_id": "201",
            "template_data": {"name": "Đỗ Thị Ước", "link": "http://x/r/1"},
            "tracking_id": f"festival-{text.id}",
        }
    ]


def test_a_kind_without_a_template_is_refused_with_words(zalo, text):
    text.kind = "offer"
    db.session.commit()

    deliver_due()

    assert state_of(text) is MessageState.FAILED
    assert text.reason == "no template for “offer”"


def test_one_renewal_serves_many_messages(zalo, text, festival):
    deliver_due()
    make_due(text)
    outbox.put(outbox.TextMessage("thử:2", "+84912345679", "…", kind="confirmation"), festival.id)
    db.session.commit()

    deliver_due()

    assert len(zalo.sent) == 2
    assert zalo.renewals == 1


def test_the_new_refresh_token_is_stored_before_anything_is_sent_with_it(zalo, text):
    zalo.status = 500

    deliver_due()

    assert content()["refresh_token"] == zalo.refresh_token != "first-refresh-token"


def test_an_access_token_that_zalo_takes_no_more_is_renewed_at_once(zalo, text):
    current_keys(zalo.settings, 5)
    zalo.access_token = "another one, made elsewhere"

    assert deliver_due() == 1
    assert zalo.renewals == 2


@pytest.mark.parametrize(
    ("error", "state", "counts"),
    [
        (-100, MessageState.QUEUED, True),
        (-108, MessageState.FAILED, True),
        (-112, MessageState.FAILED, True),
        (-118, MessageState.FAILED, True),
        (-115, MessageState.QUEUED, False),
        (-131, MessageState.QUEUED, False),
        (-133, MessageState.QUEUED, False),
        (-144, MessageState.QUEUED, False),
        (-147, MessageState.QUEUED, False),
    ],
)
def test_each_refusal_has_its_meaning(zalo, text, error, state, counts):
    zalo.error = error

    deliver_due()

    assert state_of(text) is state
    assert text.attempts == (1 if counts else 0)
    assert text.reason == f"Zalo {error}: as documented"


def test_a_number_that_is_none_is_refused_for_good(zalo, text):
    text.recipient = "+8491"
    db.session.commit()

    deliver_due()

    assert state_of(text) is MessageState.FAILED
    assert "-108" in text.reason


def test_too_many_calls_wait_as_asked(zalo, text):
    zalo.status = 429

    deliver_due()

    db.session.refresh(text)
    assert timedelta(seconds=60) < text.send_after - now() <= timedelta(seconds=90)
    assert text.attempts == 0


def test_without_keys_messages_wait_and_say_what_is_missing(zalo, text):
    db.session.delete(db.session.get(GatewayKeys, "zalo"))
    db.session.commit()

    assert deliver_due() == 0

    assert state_of(text) is MessageState.QUEUED
    assert text.reason == "no refresh token has been put in yet"


def test_a_used_refresh_token_is_void_and_is_not_tried_again(zalo, text):
    zalo.refresh_token = "used up by somebody else"

    deliver_due()
    zalo.refresh_token = "first-refresh-token"
    deliver_due()

    assert zalo.renewals == 0, "what was refused once is left alone until the operator puts in another one"
    assert state_of(text) is MessageState.QUEUED
    assert "-14014" in text.reason


def test_a_new_token_of_the_operator_mends_it(app, zalo, text):
    zalo.refresh_token = "from Zalo"
    deliver_due()

    done = app.test_cli_runner().invoke(args=["festival", "zalo-keys"], input="from Zalo\n")
    make_due(text)

    assert done.exit_code == 0
    assert "from Zalo" not in done.output
    assert deliver_due() == 1


def test_two_workers_that_renew_at_once_use_the_token_once(app, zalo, monkeypatch):
    both_have_read, found = threading.Barrier(2), []

    def read(sealed: bytes) -> bytes:
        both_have_read.wait()
        return unseal(sealed)

    def renew() -> None:
        with app.app_context():
            found.append(current_keys(zalo.settings, 5).state)

    monkeypatch.setattr(zalo_keys, "unseal", read)

    workers = [threading.Thread(target=renew) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    monkeypatch.undo()
    assert sorted(state.value for state in found) == ["busy", "ready"]
    assert zalo.renewals == 1
    assert current_keys(zalo.settings, 5).state is KeyState.READY


def test_a_worker_that_died_before_it_asked_costs_nothing(zalo, monkeypatch):
    monkeypatch.setattr(zalo_keys, "_renew", lambda *_about: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        current_keys(zalo.settings, 5)
    monkeypatch.undo()

    assert current_keys(zalo.settings, 5).state is KeyState.BUSY, "it might still be at it"
    monkeypatch.setattr(zalo_keys, "PATIENCE", timedelta(0))
    assert current_keys(zalo.settings, 5).state is KeyState.READY


def test_an_answer_that_was_lost_makes_the_keys_void_and_the_list_says_so(zalo, text, monkeypatch):
    zalo.loses_answers = True
    assert current_keys(zalo.settings, 5).state is KeyState.TROUBLE
    zalo.loses_answers = False
    monkeypatch.setattr(zalo_keys, "PATIENCE", timedelta(0))

    deliver_due()

    assert content()["void"]
    assert state_of(text) is MessageState.QUEUED
    assert "Zalo refuses the refresh token" in text.reason


def test_a_key_server_in_trouble_spends_nothing(zalo, monkeypatch):
    zalo.token_status = 503
    assert current_keys(zalo.settings, 5).state is KeyState.TROUBLE
    zalo.token_status = 200
    monkeypatch.setattr(zalo_keys, "PATIENCE", timedelta(0))

    assert current_keys(zalo.settings, 5).state is KeyState.READY


def test_keys_are_not_readable_in_the_database(zalo):
    current_keys(zalo.settings, 5)

    sealed = db.session.get(GatewayKeys, "zalo").sealed
    assert zalo.access_token.encode() not in sealed
    assert zalo.refresh_token.encode() not in sealed


def test_an_access_token_is_renewed_before_it_ends(zalo):
    current_keys(zalo.settings, 5)
    end_access_token()

    assert current_keys(zalo.settings, 5).access_token == zalo.access_token
    assert zalo.renewals == 2
