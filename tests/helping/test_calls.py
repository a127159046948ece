"""What a helper's device sends: each household answered by itself, once, also after a lost answer."""

from __future__ import annotations

from datetime import time, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from festival.core.clock import now, today
from festival.extensions import db, limiter
from festival.registration.helping.device import COOKIE
from festival.registration.models import BookingState, Registration
from tests.helping.conftest import household
from tests.invariants import broken
from tests.nonsense import VALUES


def entry(name: str = "Nguyễn Thị Tư", *, gone_home: bool = True, **more: object) -> dict:
    fields = {**household(contact_name=name), **more}
    return {"id": str(uuid4()), "gone_home": gone_home, "fields": fields}


@pytest.fixture
def send(helper, address):
    return lambda *entries, **how: helper.post(
        f"{address}/api/registrations", json={"registrations": list(entries)}, **how
    )


def registrations() -> int:
    return db.session.scalar(select(func.count(Registration.id)))


def test_many_are_answered_in_their_order(send):
    answers = send(*(entry(f"Nguyễn Thị {name}") for name in ("Một", "Hai", "Ba"))).json["answers"]

    assert [answer["outcome"] for answer in answers] == ["done"] * 3
    assert [answer["people"][0]["name"] for answer in answers] == ["Nguyễn Thị Một", "Nguyễn Thị Hai", "Nguyễn Thị Ba"]
    assert all(len(answer["people"][0]["code"]) == 8 for answer in answers)
    assert registrations() == 3


def test_the_same_one_again_is_answered_with_what_it_made(send):
    one = entry()

    first, again = send(one).json["answers"][0], send(one, one).json["answers"]

    assert [answer["outcome"] for answer in again] == ["repeated", "repeated"]
    assert all(answer["people"] == first["people"] for answer in again)
    assert registrations() == 1


def test_one_that_makes_no_sense_stands_in_nobodys_way(send):
    wrong = entry("")

    answers = send(entry(), wrong, {"id": "x"}, "nonsense", entry("Đỗ Văn Sáu")).json["answers"]

    assert [answer["outcome"] for answer in answers] == ["done", "invalid", "invalid", "invalid", "done"]
    assert answers[1]["id"] == wrong["id"]
    assert "contact_name" in answers[1]["errors"]
    assert registrations() == 2


def test_one_that_the_server_fails_on_stands_in_nobodys_way(app, send, monkeypatch):
    from festival.registration.helping import calls

    real = calls.write_down

    def fail(festival, told, **how):
        if told.contact_name == "Độc":
            raise RuntimeError("a bug")
        return real(festival, told, **how)

    monkeypatch.setattr(calls, "write_down", fail)
    monkeypatch.setattr(app, "testing", False)
    answers = send(entry(), entry("Độc"), entry("Đỗ Văn Sáu")).json["answers"]

    assert [answer["outcome"] for answer in answers] == ["done", "failed", "done"]
    assert registrations() == 2


def test_written_down_without_a_network_a_full_session_is_waited_for_and_an_impossible_one_left_out(
    send, make_session, make_household
):
    full = make_session(capacity=1, title="Lớp đã đầy", start=time(14), end=time(15))
    begun = make_session(title="Đã bắt đầu", day=today() - timedelta(days=1))
    make_household(members=1, sessions=(full,))

    (answer,) = send(entry(**{f"session-{full.id}": ["c"], f"session-{begun.id}": ["c"]})).json["answers"]

    assert answer["outcome"] == "done"
    assert [seat["state"] for seat in answer["people"][0]["seats"]] == [BookingState.WAITLISTED.value]
    assert "Đã bắt đầu" in answer["words"][0]
    assert broken() == []


def test_while_they_sit_there_an_impossible_wish_is_said_and_nothing_registered(send, make_session):
    one, other = make_session(title="Buổi A"), make_session(title="Buổi B")
    wishes = {f"session-{one.id}": ["c"], f"session-{other.id}": ["c"]}

    (answer,) = send(entry(gone_home=False, **wishes)).json["answers"]

    assert answer["outcome"] == "seats_refused"
    assert "Buổi B" in answer["words"][0]
    assert registrations() == 0


def test_when_the_venue_is_full_the_device_is_told(client, make_festival, make_helper):
    from festival.registration.helping.links import secret_of

    address = f"/helper/{secret_of(make_helper(festival=make_festival(capacity=1)))}/api/registrations"

    answers = client.post(address, json={"registrations": [entry(), entry("Đỗ Văn Sáu")]}).json["answers"]

    assert [answer["outcome"] for answer in answers] == ["done", "venue_full"]


def test_what_another_site_sends_is_refused(send):
    assert send(entry(), headers={"Origin": "https://evil.example"}).status_code == 403
    assert registrations() == 0


def test_a_form_is_no_call(helper, address):
    assert helper.post(f"{address}/api/registrations", data=household()).status_code == 415


@pytest.mark.parametrize("body", [{}, {"registrations": []}, {"registrations": "x"}])
def test_nothing_sent_is_422(helper, address, body):
    assert helper.post(f"{address}/api/registrations", json=body).status_code == 422


def test_more_than_fifty_are_too_many(send):
    assert send(*({} for _ in range(51))).status_code == 413


def test_an_ended_link_takes_for_a_day_what_its_devices_hold_and_tells_nothing(link, send):
    link.ended_at = now() + timedelta(seconds=2)  # after the device has got its cookie, which counts in seconds
    db.session.commit()

    answer = send(entry()).json

    assert answer["ended"] is True
    assert answer["answers"][0]["outcome"] == "kept"
    assert "people" not in answer["answers"][0]
    assert registrations() == 1


def test_a_device_that_never_had_the_link_hands_nothing_in(app, link, address):
    link.ended_at = now() - timedelta(minutes=1)
    db.session.commit()

    stranger = app.test_client()
    assert stranger.post(f"{address}/api/registrations", json={"registrations": [entry()]}).status_code == 410
    stranger.set_cookie(COOKIE, "made.up.cookie", path="/helper")
    assert stranger.post(f"{address}/api/registrations", json={"registrations": [entry()]}).status_code == 410
    assert registrations() == 0


def test_after_a_day_an_ended_link_takes_nothing(link, send):
    link.ended_at = now() - timedelta(hours=25)
    db.session.commit()

    answer = send(entry())

    assert (answer.status_code, answer.json) == (410, {"reason": "ended"})
    assert registrations() == 0


@pytest.fixture
def limits_on():
    limiter.enabled = True
    yield
    limiter.reset()
    limiter.enabled = False


def test_a_link_in_the_wrong_hands_fills_no_festival(limits_on, send):
    statuses = [send(*({} for _ in range(50))).status_code for _ in range(9)]

    assert statuses == [200] * 8 + [429]


def test_whatever_a_device_sends_is_answered(send):
    odd = [value for value in VALUES.values() if isinstance(value, str)]
    odd += [None, True, 0, -1, 2**70, 1.5, [], [[]], {}, "\ud800", ["\ud800"], {"a": "b"}]
    for field in (
        "contact_name",
        "birth_year",
        "phone",
        "ward",
        "coming",
        "session-1",
        "members-0-name",
        "guardian_name",
    ):
        answers = send(*(entry(**{field: value}) for value in odd[:40])).json["answers"]
        assert len(answers) == len(odd[:40])
        assert {answer["outcome"] for answer in answers} <= {"done", "invalid"}
    for value in odd:
        odd_id, odd_fields = {"id": value, "fields": household()}, {"id": str(uuid4()), "fields": value}
        assert send(odd_id, odd_fields).status_code == 200, value
    assert broken() == []
