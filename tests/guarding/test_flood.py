"""A scripted flood takes what the limits allow and no more, is shown as one, and goes by one press; families stay."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from festival.accounts.models import AuditEntry
from festival.core.clock import now
from festival.core.secrets import random_token
from festival.extensions import db, limiter
from festival.messages.models import Message
from festival.registration.guarding import limits, proof
from festival.registration.guarding.forgetting import forget_old_origins
from festival.registration.models import Attendee, Booking, BookingState, Registration
from festival.reports import floods
from tests.conftest import plain
from tests.guarding.conftest import release
from tests.invariants import broken

FLOOD = {"REMOTE_ADDR": "203.0.113.9"}
CONSENTS = {"consent_taking_part": "y"}


@pytest.fixture(autouse=True)
def limits_on():
    """As in earnest."""
    limiter.enabled = True
    yield
    limiter.reset()
    limiter.enabled = False


def typed(number: int, **more: object) -> dict:
    submission = random_token()
    return {
        "submission": submission,
        "opened": proof.opening(submission),
        "step": "consents",
        "go": "send",
        "contact_name": f"Máy Số {number}",
        "phone": f"09{number:08}",
        "coming": "y",
        "birth_year": "1990",
        **CONSENTS,
        **more,
    }


@pytest.fixture
def send(app, festival):
    """A script that keeps no cookies; it answers a challenge if it `works`."""

    def post(number: int, address: str = FLOOD["REMOTE_ADDR"], works: bool = False, **more: object):
        fields, base = typed(number, **more), {"REMOTE_ADDR": address}
        answer = app.test_client().post(f"/{festival.slug}/register", data=fields, environ_base=base)
        token = re.search(r'data-proof="([^"]+)" data-bits="(\d+)"', answer.text)
        if works and token:
            fields |= {"proof_token": token[1], "proof_answer": _number(token[1], int(token[2]))}
            answer = app.test_client().post(f"/{festival.slug}/register", data=fields, environ_base=base)
        return answer

    return post


def _number(token: str, bits: int) -> str:
    for number in range(2**26):
        digest = hashlib.sha256(f"{token}:{number}".encode()).digest()
        if int.from_bytes(digest) >> (256 - bits) == 0:
            return str(number)
    raise AssertionError


@pytest.fixture
def easy(monkeypatch):
    """Proofs that cost a test nothing."""
    monkeypatch.setattr(proof, "LEAST_BITS", 4)
    monkeypatch.setattr(proof, "MOST_BITS", 6)


def registered() -> int:
    return db.session.scalar(select(func.count(Registration.id)).where(Registration.cancelled_at.is_(None)))


def age(minutes: int = 30) -> None:
    """All registrations are so much older."""
    for one in db.session.scalars(select(Registration)):
        one.created_at -= timedelta(minutes=minutes)
    db.session.commit()


def test_a_flood_of_500_takes_what_the_limits_allow_and_is_released_together(
    festival, send, easy, make_session, client, sign_in
):
    session = make_session(capacity=200)
    wish = {f"session-{session.id}": "c"}
    families = []
    for number in range(500):
        send(number, works=True, **wish)
        if number % 100 == 50:  # a family at home, meanwhile
            families.append(send(1_000 + number, f"198.51.100.{number // 10}", **wish).location)
            assert client.get(f"/{festival.slug}/").status_code == 200

    assert registered() == 150 + len(families)
    (cluster,) = floods.find_clusters(festival)
    assert len(cluster.suspects) == 150

    browser = sign_in()
    page = plain(browser.get(f"/manage/{festival.slug}/floods").text)
    assert "150 lượt đăng ký" in page
    answer = release(browser, festival, cluster.first.id, up_to=str(cluster.last.id))

    assert answer.status_code == 303
    assert registered() == len(families) == 5
    db.session.refresh(session)
    db.session.refresh(festival)
    assert (session.seats_taken, festival.places_taken) == (5, 5)
    for family in families:
        assert client.get(family).status_code == 200
    assert floods.find_clusters(festival) == []
    assert broken() == []


def test_a_script_without_the_proof_stops_early(send):
    statuses = [send(number).status_code for number in range(limits.MANY_FROM_AN_ADDRESS + 20)]

    # Nobody types that fast: the first ten pass, then each one is asked.
    assert statuses.count(303) == registered() == limits.ODD_FROM_AN_ADDRESS
    assert set(statuses[limits.ODD_FROM_AN_ADDRESS :]) == {403}


def test_a_house_of_families_behind_one_address_is_let_through(send, monkeypatch):
    monkeypatch.setattr(limits, "TYPED_IN_SECONDS", 0)

    assert [send(number).status_code for number in range(limits.MANY_FROM_AN_ADDRESS)] == [303] * 30


def test_who_is_asked_for_a_proof_loses_nothing_and_may_wait_instead(send, app, festival, monkeypatch):
    for number in range(limits.ODD_FROM_AN_ADDRESS):
        send(number)
    fields = typed(77)
    url = f"/{festival.slug}/register"

    asked = app.test_client().post(url, data=fields, environ_base=FLOOD)
    token = re.search(r'data-proof="([^"]+)"', asked.text)[1]
    at_once = app.test_client().post(url, data={**fields, "proof_token": token}, environ_base=FLOOD)
    later = now() + timedelta(seconds=proof.MOST_WAIT)
    monkeypatch.setattr(proof, "now", lambda: later)
    waited = app.test_client().post(url, data={**fields, "proof_token": token}, environ_base=FLOOD)

    assert 'value="Máy Số 77"' in asked.text
    assert "giây" in plain(asked.text)
    assert (asked.status_code, at_once.status_code, waited.status_code) == (403, 403, 303)


def test_a_proof_serves_one_form_only(app, monkeypatch):
    one = proof.challenge("a" * 40, 0)
    answer = _number(one.token, one.bits)

    assert proof.is_met("a" * 40, one.token, answer)
    assert not proof.is_met("b" * 40, one.token, answer)
    assert not proof.is_met("a" * 40, one.token, "")
    assert not proof.is_met("a" * 40, one.token + "x", answer)
    later = now() + timedelta(hours=2)
    monkeypatch.setattr(proof, "now", lambda: later)
    assert not proof.is_met("a" * 40, one.token, answer)


def test_challenges_grow_with_the_flood(app):
    first, hundredth = proof.challenge("a" * 40, 0), proof.challenge("a" * 40, 100)

    assert (first.seconds, first.bits) == (30, 15)
    assert (hundredth.seconds, hundredth.bits) == (330, 17)


def test_a_field_that_people_do_not_see_asks_for_a_proof(send):
    assert send(1, nickname="http://spam.example").status_code == 403
    assert send(2, nickname="").status_code == 303


def test_the_form_has_the_trap_hidden_from_people_and_readers(client, festival):
    page = client.get(f"/{festival.slug}/register").text

    assert re.search(r'<div class="not-for-people" aria-hidden="true">.*name="nickname" tabindex="-1"', page)
    assert re.search(r'name="opened" value="[^"]+"', page)


def test_one_phone_number_registers_four_times_an_hour_from_one_address(send):
    answers = [send(number, "198.51.100.7", phone="0912345678") for number in range(5)]

    assert [answer.status_code for answer in answers] == [303] * 4 + [403]
    assert "thử lại sau một giờ" in plain(answers[-1].text)


def test_what_others_did_with_a_number_is_not_counted_by_asking_for_it(send):
    for number in range(4):
        send(number, "198.51.100.7", phone="0912345678")

    assert send(4, "203.0.113.9", phone="0912345678").status_code == 303


def test_one_browser_registers_thirty_times_an_hour(app, festival, monkeypatch):
    monkeypatch.setattr(limits, "TYPED_IN_SECONDS", 0)
    browser = app.test_client()
    browser.get(f"/{festival.slug}/register")

    statuses = [
        browser.post(
            f"/{festival.slug}/register", data=typed(n), environ_base={"REMOTE_ADDR": f"198.51.100.{n}"}
        ).status_code
        for n in range(31)
    ]

    assert statuses == [303] * 30 + [403]


def test_the_same_form_sent_again_beyond_the_limit_still_leads_to_its_tickets(app, festival, send):
    fields = typed(1, phone="0912345678")
    url = f"/{festival.slug}/register"
    first = app.test_client().post(url, data=fields, environ_base=FLOOD)
    for number in range(2, 6):
        send(number, phone="0912345678")

    assert app.test_client().post(url, data=fields, environ_base=FLOOD).location == first.location


def test_what_is_kept_of_an_address_is_a_digest_of_this_festival_and_gone_after_two_weeks(
    festival, make_festival, send
):
    send(1)
    kept = db.session.scalar(select(Registration.origin))
    assert kept
    assert "203" not in kept
    from festival.registration.guarding.sender import Sender

    by = Sender(FLOOD["REMOTE_ADDR"])
    assert by.origin(festival.id) == kept != by.origin(make_festival().id)

    age(minutes=15 * 24 * 60)
    forget_old_origins()
    db.session.expire_all()
    assert db.session.scalar(select(Registration.origin)) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.9", "203.0.113.9", True),
        ("203.0.113.9", "203.0.113.10", False),
    ],
)
def test_a_households_whole_network_is_one_address(one, other, same):
    from festival.registration.guarding.sender import network_of

    assert (network_of(one) == network_of(other)) is same


def test_those_who_came_back_were_let_in_or_were_helped_are_never_released(
    festival, flood, make_device, make_session, sign_in
):
    from festival.registration.helping.links import make_link
    from festival.registration.models import LinkKind

    people = flood()
    people[3].confirmed_at = now()
    link = make_link(festival, LinkKind.GROUP, "Tổ 12", "Chị Lan", None)
    people[5].helper_link_id = link.id
    db.session.commit()
    _admit(make_device(), people[7])

    (cluster,) = floods.find_clusters(festival)
    released = floods.release(festival, cluster, (), cluster.last.id)

    assert len(released.registrations) == 17
    assert cluster.kept == 2
    left = db.session.scalars(select(Registration.id).where(Registration.cancelled_at.is_(None))).all()
    assert sorted(left) == sorted(people[place].id for place in (3, 5, 7))
    assert broken() == []


def _admit(paired, registration: Registration) -> None:
    from uuid import uuid4

    from festival.checkin.scan_request import ScanRequest
    from festival.checkin.scanning import record_scans

    device, person = paired.device, registration.attendees[0]
    record_scans(device, [ScanRequest(uuid4(), device.checkpoints[0].id, now(), attendee_id=person.id)], now())
    db.session.commit()


def test_who_is_ticked_stays_and_who_came_meanwhile_was_not_looked_at(festival, flood, sign_in):
    people = flood()
    late = flood(1)[0]
    browser = sign_in()

    release(browser, festival, people[0].id, up_to=str(people[-1].id), keep=[str(people[2].id), str(people[4].id)])

    left = db.session.scalars(select(Registration.id).where(Registration.cancelled_at.is_(None))).all()
    assert sorted(left) == sorted([people[2].id, people[4].id, late.id])


def test_freed_seats_go_to_who_waits(festival, flood, make_session, make_household):
    session = make_session(capacity=20)
    flood(sessions=(session,))
    waiting = make_household(members=2, sessions=(session,), waits=frozenset({session.id}))

    (cluster,) = floods.find_clusters(festival)
    floods.release(festival, cluster, (), cluster.last.id)

    states = db.session.scalars(
        select(Booking.state)
        .join(Attendee, Attendee.id == Booking.attendee_id)
        .where(Attendee.registration_id == waiting.id)
    ).all()
    assert set(states) == {BookingState.OFFERED}
    assert broken() == []


def test_the_audit_log_lists_what_was_released(festival, flood, sign_in):
    people = flood()
    browser = sign_in()

    for _ in range(2):  # a second press finds nothing
        release(browser, festival, people[0].id, up_to=str(people[-1].id))

    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "flood.released"))
    assert entry.after["households"] == 20
    assert entry.after["registrations"].split(", ") == [str(one.id) for one in people]


def test_who_left_an_address_is_told_that_nothing_is_kept_any_more(festival, flood):
    flood(email="ai.do@example.vn")

    (cluster,) = floods.find_clusters(festival)
    floods.release(festival, cluster, (), cluster.last.id)

    told = db.session.scalars(select(Message.event).where(Message.event.startswith("cancelled:"))).all()
    assert len(told) == 20


def test_a_few_of_one_house_and_those_far_apart_are_no_flood(festival, flood):
    flood(floods.LEAST - 1, origin="a" * 32)
    spread = flood(12, origin="b" * 32)
    for place, one in enumerate(spread):
        one.created_at = now() - timedelta(hours=place)
    db.session.commit()

    assert floods.find_clusters(festival) == []


def test_two_floods_are_two(festival, flood):
    flood(12, origin="a" * 32)
    flood(15, origin="b" * 32)

    assert sorted(len(cluster.suspects) for cluster in floods.find_clusters(festival)) == [12, 15]
