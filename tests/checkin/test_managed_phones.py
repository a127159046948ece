"""The phones of a festival in /manage: how they are, other names and checkpoints, pairing them again, revoking."""

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
from festival.checkin.models import Checkpoint, Device, DeviceMode, PairingCode
from festival.checkin.pairing import DEVICE_COOKIE
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival
from tests import factories
from tests.conftest import plain


@pytest.fixture
def entrance(festival: Festival) -> Checkpoint:
    return factories.make_checkpoint(festival)


@pytest.fixture
def base(festival: Festival) -> str:
    """The address of the door's pages."""
    return f"/manage/{festival.slug}/door"


def test_the_organizer_sees_which_phone_is_silent_holds_scans_or_has_a_wrong_clock(
    sign_in: Callable[..., FlaskClient], make_device: Callable[..., factories.PairedDevice], base: str
) -> None:
    paired = make_device(name="Cửa A")
    paired.device.last_seen_at = now() - timedelta(minutes=14, seconds=30)
    paired.device.waiting = 3
    paired.device.clock_offset_ms = -5 * 60_000
    well = make_device(name="Cửa B", checkpoints=paired.device.checkpoints)
    well.device.last_seen_at = now()
    well.device.clock_offset_ms = 119_000
    db.session.commit()

    words = plain(sign_in(StaffRole.DOOR_MANAGER).get(f"{base}?lang=en").text)

    assert "14 minutes ago" in words
    assert "3 scans wait to be sent" in words
    assert words.count("clock wrong by") == 1
    assert "clock wrong by 5 minutes" in words
    assert "just now" in words


def test_revoking_asks_first_and_says_what_it_means(
    sign_in: Callable[..., FlaskClient], make_device: Callable[..., factories.PairedDevice], base: str
) -> None:
    paired = make_device(name="Cửa A")
    paired.device.last_seen_at, paired.device.waiting = now(), 3
    db.session.commit()
    browser = sign_in(StaffRole.DOOR_MANAGER)

    words = plain(browser.get(f"{base}/devices/{paired.device.id}/revoke?lang=en").text)

    assert "At its next contact it wipes itself" in words
    assert "3 scans had not been sent" in words
    assert paired.device.revoked_at is None
    for _ in range(2):  # tapped twice
        browser.post(f"{base}/devices/{paired.device.id}/revoke")
    assert paired.device.revoked_at is not None
    assert db.session.scalars(select(AuditEntry.action)).all() == ["device.revoked"]


def test_a_door_gets_another_name(
    sign_in: Callable[..., FlaskClient], make_device: Callable[..., factories.PairedDevice], base: str
) -> None:
    paired = make_device(name="Cửa A")
    at = f"{base}/devices/{paired.device.id}"
    browser = sign_in(StaffRole.DOOR_MANAGER)

    same = {"checkpoints": paired.device.checkpoints[0].id}
    assert browser.post(at, data={"door": " ", **same}).status_code == 422
    browser.post(at, data={"door": " Cửa  sau ", **same})

    db.session.refresh(paired.device)
    assert paired.device.name == "Cửa sau"
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject, entry.before) == ("device.renamed", "Cửa sau", {"name": "Cửa A"})


def test_a_phone_gets_other_checkpoints_without_being_paired_again(
    sign_in: Callable[..., FlaskClient],
    make_device: Callable[..., factories.PairedDevice],
    festival: Festival,
    base: str,
) -> None:
    paired = make_device(name="Cửa A")
    first, back = paired.device.checkpoints[0], factories.make_checkpoint(festival, name="Cổng sau")
    at = f"{base}/devices/{paired.device.id}"
    browser = sign_in(StaffRole.DOOR_MANAGER)
    page = browser.get(f"{at}?lang=en").text
    ticked = re.findall(r'<input[^>]*name="checkpoints" value="(\d+)"[^>]* checked>', page)
    assert ticked == [str(first.id)]
    assert browser.post(at, data={"door": "Cửa A"}).status_code == 422

    assert browser.post(at, data={"door": "Cửa A", "checkpoints": back.id}).status_code == 302

    db.session.expire_all()
    assert db.session.get_one(Device, paired.device.id).checkpoints == [back]
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject) == ("device.checkpoints", "Cửa A")
    assert (entry.before, entry.after) == ({"checkpoints": [first.name]}, {"checkpoints": ["Cổng sau"]})


def test_a_kiosk_keeps_having_one_place_and_a_revoked_phone_only_a_name(
    sign_in: Callable[..., FlaskClient], festival: Festival, base: str
) -> None:
    front, back = (factories.make_checkpoint(festival, name=name) for name in ("Cổng trước", "Cổng sau"))
    kiosk = factories.make_device(festival, name="Bàn A", checkpoints=[front], mode=DeviceMode.KIOSK).device
    browser = sign_in()
    at = f"{base}/devices/{kiosk.id}"
    both = {"door": "Bàn A", "checkpoints": [front.id, back.id], "mode": "staff"}
    assert browser.post(at, data=both).status_code == 422
    pairing.revoke(kiosk)
    db.session.commit()
    assert 'name="checkpoints"' not in browser.get(at).text.split("<form")[1]

    browser.post(at, data={"door": "Bàn B", "checkpoints": back.id})

    db.session.expire_all()
    kept = db.session.get_one(Device, kiosk.id)
    assert (kept.name, kept.checkpoints) == ("Bàn B", [front])


def test_a_phone_that_has_lost_its_pairing_is_paired_again_by_one_button(
    sign_in: Callable[..., FlaskClient], make_device: Callable[..., factories.PairedDevice], app: Flask, base: str
) -> None:
    lost = make_device(name="Cửa A").device
    browser = sign_in(StaffRole.DOOR_MANAGER)
    page = browser.get(f"{base}/devices/{lost.id}?lang=en").text
    form = page[page.index('action="') :]
    again = dict(re.findall(r'type="hidden" name="(mode|door|replaces|checkpoints)" value="([^"]*)"', form))
    assert again == {
        "mode": "staff", "door": "Cửa A", "replaces": str(lost.id), "checkpoints": str(lost.checkpoints[0].id)
    }  # fmt: skip

    shown = browser.post(f"{base}/pair?lang=en", data=again).text
    address = re.search(r"/door/pair/[^<\s]+", shown)
    assert address
    app.test_client().post(address[0], data={"on_duty": "Chị Lan"})

    db.session.expire_all()
    old, new = db.session.scalars(select(Device).order_by(Device.id)).all()
    assert (new.name, new.checkpoints, new.replaces_id) == ("Cửa A", old.checkpoints, old.id)
    assert (old.revoked_at is None, new.revoked_at) == (False, None)


@pytest.mark.parametrize("number", ["9999", "x", "-1", "9" * 30, "²"])
def test_a_phone_that_is_not_there_is_replaced_by_none(
    sign_in: Callable[..., FlaskClient], entrance: Checkpoint, base: str, number: str
) -> None:
    chosen = {"mode": "staff", "door": "Cửa A", "checkpoints": entrance.id, "replaces": number}

    assert sign_in().post(f"{base}/pair", data=chosen).status_code == 200
    assert db.session.scalars(select(PairingCode.replaces_id)).all() == [None]


def test_phones_of_another_festival_are_not_there(
    sign_in: Callable[..., FlaskClient], make_festival: Callable[..., Festival], base: str
) -> None:
    theirs = factories.make_device(make_festival())
    browser = sign_in()

    for path in (f"devices/{theirs.device.id}", f"devices/{theirs.device.id}/revoke"):
        assert browser.get(f"{base}/{path}").status_code == 404
        assert browser.post(f"{base}/{path}", data={"door": "Cửa A"}).status_code == 404
    assert theirs.device.revoked_at is None


def test_a_code_cannot_name_checkpoints_of_another_festival(
    sign_in: Callable[..., FlaskClient], festival: Festival, make_festival: Callable[..., Festival]
) -> None:
    elsewhere = factories.make_checkpoint(make_festival())
    factories.make_checkpoint(festival)
    browser = sign_in()

    response = browser.post(f"/manage/{festival.slug}/door/pair", data={"door": "Cửa A", "checkpoints": [elsewhere.id]})

    assert response.status_code == 422


def test_a_checkpoint_with_scans_cannot_be_removed(
    sign_in: Callable[..., FlaskClient],
    festival: Festival,
    make_device: Callable[..., factories.PairedDevice],
    app: Flask,
) -> None:
    paired = make_device()
    place = paired.device.checkpoints[0]
    unused = factories.make_checkpoint(festival, name="Cổng sau")
    phone = app.test_client()
    phone.set_cookie(DEVICE_COOKIE, paired.token, path="/door")
    scan = {
        "id": "6a5c1d52-51b5-4c0e-9d3c-0a1b2c3d4e5f",
        "checkpoint": place.id,
        "code": "ABCD2345",
        "scanned_at": now().isoformat(),
    }
    phone.post("/door/api/scans", json={"scans": [scan]})
    browser = sign_in()

    for each in (place, unused):
        browser.post(f"/manage/{festival.slug}/door/checkpoints/{each.id}/remove")

    assert db.session.scalars(select(Checkpoint.name)).all() == ["Cổng chính"]
