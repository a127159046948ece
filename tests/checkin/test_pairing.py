"""Pairing phones: a code works once, for ten minutes; the token opens only what its phone may do."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from festival.accounts.models import AuditEntry, StaffRole
from festival.checkin import pairing
from festival.checkin.models import Checkpoint, CheckpointKind, Device, DeviceMode, PairingCode
from festival.checkin.pairing import DEVICE_COOKIE, PairingOutcome
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus
from tests import factories
from tests.conftest import plain


@pytest.fixture
def entrance(festival: Festival) -> Checkpoint:
    return factories.make_checkpoint(festival)


@pytest.fixture
def secret(festival: Festival, entrance: Checkpoint) -> str:
    """A fresh pairing code for door A."""
    _, text = pairing.invite_phone(festival, "Cửa A", [entrance], None)
    db.session.commit()
    return text


def test_a_code_pairs_one_phone(secret: str, entrance: Checkpoint) -> None:
    first = pairing.pair(secret, "Chị Lan")
    second = pairing.pair(secret, "Anh Bình")

    assert first.outcome is PairingOutcome.PAIRED
    assert first.device is not None
    assert (first.device.name, first.device.on_duty) == ("Cửa A", "Chị Lan")
    assert first.device.checkpoints == [entrance]
    assert (second.outcome, second.token) == (PairingOutcome.USED, None)


def test_looking_at_a_code_does_not_use_it_up(client: FlaskClient, secret: str) -> None:
    for _ in range(3):
        assert client.get(f"/door/pair/{secret}").status_code == 200

    assert pairing.pair(secret, "Chị Lan").outcome is PairingOutcome.PAIRED


def test_a_code_ends_after_ten_minutes(client: FlaskClient, secret: str) -> None:
    code = db.session.scalars(select(PairingCode)).one()
    assert timedelta(minutes=9) < code.expires_at - now() <= timedelta(minutes=10)
    code.expires_at = now() - timedelta(seconds=1)
    db.session.commit()

    assert pairing.pair(secret, "Chị Lan").outcome is PairingOutcome.EXPIRED
    assert client.get(f"/door/pair/{secret}").status_code == 410


def test_an_invented_code_is_unknown(client: FlaskClient, app: Flask) -> None:
    assert client.get("/door/pair/invented").status_code == 404
    assert client.post("/door/pair/invented", data={"on_duty": "Chị Lan"}).status_code == 404


def test_the_phone_gets_a_cookie_that_scripts_and_other_sites_cannot_use(
    client: FlaskClient, secret: str, festival: Festival
) -> None:
    response = client.post(f"/door/pair/{secret}", data={"on_duty": " Chị  Lan "})

    assert (response.status_code, response.location) == (302, "/door/")
    (cookie,) = [line for line in response.headers.getlist("Set-Cookie") if line.startswith(DEVICE_COOKIE)]
    assert {"HttpOnly", "SameSite=Strict", "Path=/door"} <= set(cookie.split("; "))
    page = plain(client.get("/door/?lang=en").text)
    assert "Cửa A" in page
    assert "Chị Lan" in page


def test_the_token_is_not_in_the_database(secret: str) -> None:
    paired = pairing.pair(secret, "Chị Lan")
    db.session.commit()

    device = db.session.scalars(select(Device)).one()
    assert paired.token
    assert paired.token not in (device.token_digest, device.name, device.on_duty)
    assert pairing.find_device(paired.token) is device
    assert pairing.find_device(paired.token + "x") is None
    assert pairing.find_device("") is None


def test_a_name_is_needed_and_kept_words_stay(client: FlaskClient, secret: str) -> None:
    response = client.post(f"/door/pair/{secret}?lang=en", data={"on_duty": "  "})

    assert response.status_code == 422
    assert "Write the name of the person on duty." in plain(response.text)
    assert pairing.look_at_code(secret).usable


def test_a_phone_that_is_not_paired_is_told_how(client: FlaskClient, app: Flask) -> None:
    response = client.get("/door/?lang=en")

    assert response.status_code == 200
    assert "This phone is not paired yet" in plain(response.text)


def test_a_phone_can_give_its_place_back(make_device: Callable[..., factories.PairedDevice], app: Flask) -> None:
    paired = make_device()
    browser = app.test_client()
    browser.set_cookie(DEVICE_COOKIE, paired.token, path="/door")

    assert browser.post("/door/api/unpair", json={}).status_code == 200
    assert paired.device.revoked_at is not None
    assert pairing.find_device(paired.token) is None


def test_a_phone_that_is_paired_anew_is_no_longer_its_old_door(
    make_device: Callable[..., factories.PairedDevice], secret: str, app: Flask
) -> None:
    old = make_device(name="Cửa cũ")
    browser = app.test_client()
    browser.set_cookie(DEVICE_COOKIE, old.token, path="/door")

    browser.post(f"/door/pair/{secret}", data={"on_duty": "Chị Lan"})

    assert pairing.find_device(old.token) is None
    assert db.session.scalars(select(Device.name).where(Device.revoked_at.is_(None))).all() == ["Cửa A"]


def test_a_festival_put_away_ends_its_phones(
    make_device: Callable[..., factories.PairedDevice], festival: Festival
) -> None:
    paired = make_device()
    festival.status = FestivalStatus.ARCHIVED
    db.session.commit()

    assert pairing.find_device(paired.token) is None


def test_a_door_manager_makes_checkpoints_and_a_code_and_revokes_a_phone(
    sign_in: Callable[..., FlaskClient],
    festival: Festival,
    make_session: Callable[..., factories.Session],
    make_device: Callable[..., factories.PairedDevice],
) -> None:
    make_session()
    make_session(start=factories.time(14), end=factories.time(15))
    factories.make_booth(festival)
    browser = sign_in(StaffRole.DOOR_MANAGER)
    base = f"/manage/{festival.slug}/door"

    assert "First make an entrance" in plain(browser.get(f"{base}?lang=en").text)
    browser.post(f"{base}/new/entrance", data={"name": "Cổng chính", "re_entry": "y"})
    for _ in range(2):  # the second time nothing is missing
        browser.post(f"{base}/sessions")
        browser.post(f"{base}/booths")
    places = db.session.scalars(select(Checkpoint).order_by(Checkpoint.id)).all()
    assert [place.kind.value for place in places] == ["entrance", "session", "session", "booth"]

    nobody = browser.post(f"{base}/pair?lang=en", data={"door": "Cửa A"})
    assert (nobody.status_code, "Choose at least one checkpoint." in plain(nobody.text)) == (422, True)
    shown = browser.post(f"{base}/pair?lang=en", data={"door": "Cửa A", "checkpoints": [places[0].id, places[1].id]})
    assert "<svg" in shown.text
    address = shown.text.partition('id="pairing-address">')[2].partition("<")[0]
    assert address.startswith("http://festival.test/door/pair/")
    assert pairing.look_at_code(address.rpartition("/")[2]).usable

    phone = make_device(checkpoints=[places[0]])
    browser.post(f"{base}/devices/{phone.device.id}/revoke")
    assert pairing.find_device(phone.token) is None
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"checkpoint.added", "device.invited", "device.revoked"} <= actions


@pytest.fixture
def base(festival: Festival) -> str:
    """The address of the door's pages."""
    return f"/manage/{festival.slug}/door"


def kinds(festival: Festival, make_session: Callable[..., factories.Session]) -> dict[str, Checkpoint]:
    """A checkpoint of each kind, by kind."""
    booth = factories.make_booth(festival)
    places = {
        CheckpointKind.ENTRANCE: {},
        CheckpointKind.SESSION: {"session_id": make_session().id},
        CheckpointKind.BOOTH: {"booth_id": booth.id},
        CheckpointKind.VOLUNTEERS: {},
        CheckpointKind.CUSTOM: {},
    }
    made = (factories.make_checkpoint(festival, kind, name=kind.value, **more) for kind, more in places.items())
    return {checkpoint.name: checkpoint for checkpoint in made}


@pytest.mark.parametrize(
    ("mode", "fitting"), [("staff", {*map(str, range(5))}), ("kiosk", {"0", "1"}), ("screen", {"2"})]
)
def test_a_device_is_offered_only_what_makes_sense_for_it(
    sign_in: Callable[..., FlaskClient],
    festival: Festival,
    make_session: Callable[..., factories.Session],
    base: str,
    mode: str,
    fitting: set[str],
) -> None:
    places = list(kinds(festival, make_session).values())
    browser = sign_in(StaffRole.DOOR_MANAGER)

    page = browser.get(f"{base}/pair?mode={mode}").text
    offered = {str(at) for at, one in enumerate(places) if f'name="checkpoints" value="{one.id}"' in page}
    assert offered == fitting
    for at, one in enumerate(places):
        status = browser.post(f"{base}/pair", data={"mode": mode, "door": "Cửa A", "checkpoints": one.id}).status_code
        assert status == (200 if str(at) in fitting else 422), (mode, one.name)


def test_a_kiosk_has_one_place(
    sign_in: Callable[..., FlaskClient],
    festival: Festival,
    make_session: Callable[..., factories.Session],
    base: str,
) -> None:
    places = kinds(festival, make_session)
    both = [places["entrance"].id, places["session"].id]
    browser = sign_in()

    refused = browser.post(f"{base}/pair?lang=en", data={"mode": "kiosk", "door": "Bàn A", "checkpoints": both})
    assert (refused.status_code, "Choose exactly one." in plain(refused.text)) == (422, True)
    whole = browser.post(f"{base}/pair", data={"mode": "kiosk", "door": "Bàn A", "whole": "entrance"})
    assert whole.status_code == 422
    assert browser.post(f"{base}/pair", data={"mode": "toaster", "door": "A", "checkpoints": both}).status_code == 422

    browser.post(f"{base}/pair", data={"mode": "kiosk", "door": "Bàn A", "checkpoints": both[:1]})
    code = db.session.scalars(select(PairingCode)).one()
    assert (code.mode, code.checkpoints) == (DeviceMode.KIOSK, [places["entrance"]])


def test_all_of_a_kind_is_one_tick(
    sign_in: Callable[..., FlaskClient], festival: Festival, make_session: Callable[..., factories.Session], base: str
) -> None:
    make_session()
    make_session()
    browser = sign_in()
    browser.post(f"{base}/sessions")

    browser.post(f"{base}/pair", data={"mode": "staff", "door": "Cửa A", "whole": "session"})

    assert len(db.session.scalars(select(PairingCode)).one().checkpoints) == 2


def test_another_phone_for_the_same_door_is_one_button(
    sign_in: Callable[..., FlaskClient], entrance: Checkpoint, base: str
) -> None:
    browser = sign_in()
    page = browser.post(f"{base}/pair", data={"mode": "staff", "door": "Cửa A", "checkpoints": entrance.id}).text
    again = dict(re.findall(r'type="hidden" name="(mode|door|checkpoints)" value="([^"]*)"', page))

    assert again == {"mode": "staff", "door": "Cửa A", "checkpoints": str(entrance.id)}
    assert browser.post(f"{base}/pair", data=again).status_code == 200
    first, second = db.session.scalars(select(PairingCode)).all()
    assert (first.door, first.checkpoints) == (second.door, second.checkpoints)


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (DeviceMode.STAFF, "This becomes a phone of the door"),
        (DeviceMode.KIOSK, "This becomes a kiosk"),
        (DeviceMode.SCREEN, "This becomes the booth's screen"),
    ],
)
def test_a_phone_is_told_what_it_will_be(
    client: FlaskClient, festival: Festival, entrance: Checkpoint, mode: DeviceMode, words: str
) -> None:
    _, secret = pairing.invite_phone(festival, "Cửa A", [entrance], None, mode)
    db.session.commit()

    assert words in plain(client.get(f"/door/pair/{secret}?lang=en").text).replace("&#39;", "'")
