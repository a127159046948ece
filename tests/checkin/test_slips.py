"""Blank slips: on phones, on paper, and what any camera shows of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from festival.accounts.models import StaffRole
from festival.checkin import slips
from festival.checkin.models import CheckpointKind, Device, DeviceMode, Slip
from festival.checkin.pairing import revoke
from festival.core.clock import now, today
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration import ticket_code
from festival.registration.models import Ticket
from festival.registration.ticket_code import CodeKind
from tests.checkin.conftest import Door
from tests.checkin.test_walk_ins import walk_in, walk_in_of
from tests.conftest import plain
from tests.factories import make_booth, make_checkpoint


def device_of(door: Door) -> Device:
    return db.session.get_one(Device, door.paired.device.id)


def printed(festival: Festival, count: int = 1) -> slips.Batch:
    batch = slips.make_printed(festival, count)
    db.session.commit()
    return batch


def code_of(slip: Slip, festival: Festival) -> str:
    """The part of the slip's QR after /Q/."""
    return ticket_code.encode(CodeKind.SLIP, festival.id, slip.id, festival.first_day, 2, festival.sealed_private_key)


# --- on the phone ---------------------------------------------------------------------------------------------------


def test_a_phone_at_an_entrance_carries_ten_unused_slips(door: Door) -> None:
    given = [slips.top_up(device_of(door), now()) for _ in range(2)]

    mine = slips.for_device(device_of(door))
    assert given == [slips.ON_PHONE] * 2
    assert len(mine) == len({slip["short_code"] for slip in mine}) == slips.ON_PHONE


def test_what_is_used_is_made_up_for(door: Door) -> None:
    slips.top_up(device_of(door), now())
    db.session.commit()
    first = slips.for_device(device_of(door))[0]
    walk_in(door, slip=first["id"])

    slips.top_up(device_of(door), now())

    mine = slips.for_device(device_of(door))
    assert len(mine) == slips.ON_PHONE
    assert first not in mine


def test_the_qr_of_a_slip_is_signed_and_says_what_it_is(door: Door, festival: Festival) -> None:
    slips.top_up(device_of(door), now())

    mine = slips.for_device(device_of(door))[0]

    said = ticket_code.decode(mine["ticket"])
    assert said is not None
    assert (said.kind, said.festival_id, said.ticket_id) == (CodeKind.SLIP, festival.id, mine["id"])
    assert ticket_code.verify(said, festival.public_key)


@pytest.mark.parametrize("mode", [DeviceMode.KIOSK, DeviceMode.SCREEN])
def test_a_phone_that_faces_visitors_carries_none(door: Door, mode: DeviceMode) -> None:
    device_of(door).mode = mode

    assert slips.top_up(device_of(door), now()) == 0


def test_a_phone_at_a_booth_only_carries_none(make_door: Callable[..., Door], festival: Festival) -> None:
    booth = make_booth(festival)
    stand = make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=booth.id)

    assert slips.top_up(device_of(make_door(checkpoint=stand)), now()) == 0


def test_a_revoked_phone_gets_no_more(door: Door) -> None:
    revoke(device_of(door))

    assert slips.top_up(device_of(door), now()) == 0


def test_after_the_festival_no_slips_are_made(door: Door, festival: Festival) -> None:
    assert slips.top_up(device_of(door), festival.ends + timedelta(minutes=1)) == 0


def test_slips_are_told_to_their_own_phone_only(door: Door, make_door: Callable[..., Door]) -> None:
    slips.top_up(device_of(door), now())

    assert slips.for_device(device_of(make_door("Cửa B", checkpoint=door.checkpoint))) == []


# --- in the door ----------------------------------------------------------------------------------------------------


def test_a_slip_that_nobody_has_opens_nothing(door: Door, festival: Festival) -> None:
    slip = db.session.get_one(Slip, printed(festival).first)

    assert door.scan(code_of(slip, festival))["verdict"] == "unknown"
    assert door.scan(code=slip.short_code)["verdict"] == "unknown"


# --- what any camera shows ------------------------------------------------------------------------------------------


def test_an_unused_slip_says_that_nobody_has_it(client: Any, festival: Festival) -> None:
    slip = db.session.get_one(Slip, printed(festival).first)

    answer = client.get(f"/q/{code_of(slip, festival)}?lang=en")

    assert answer.status_code == 200
    assert "This slip has not been given out yet." in plain(answer.text)
    assert "This ticket is valid" not in plain(answer.text)


def test_a_used_slip_is_shown_as_the_ticket_that_it_is(client: Any, door: Door, festival: Festival) -> None:
    slip = db.session.get_one(Slip, printed(festival).first)
    walk_in(door, slip=slip.short_code, name="Nguyễn Thị Hoa")

    answer = plain(client.get(f"/q/{code_of(slip, festival)}?lang=en").text)

    assert "This ticket is valid" in answer
    assert "N***** T** Hoa" in answer


def test_a_slip_of_nowhere_or_forged_is_no_ticket(
    client: Any, festival: Festival, make_festival: Callable[..., Festival]
) -> None:
    slip, other = db.session.get_one(Slip, printed(festival).first), make_festival()
    missing = ticket_code.encode(CodeKind.SLIP, festival.id, 10**9, today(), 2, festival.sealed_private_key)
    forged = ticket_code.encode(CodeKind.SLIP, festival.id, slip.id, today(), 2, other.sealed_private_key)
    strange = ticket_code.encode(CodeKind.SLIP, other.id, slip.id, today(), 2, other.sealed_private_key)

    assert [client.get(f"/q/{code}").status_code for code in (missing, forged, strange)] == [404] * 3


# --- on paper -------------------------------------------------------------------------------------------------------


def test_the_door_manager_prints_blank_slips(sign_in: Callable[..., Any], festival: Festival) -> None:
    browser = sign_in(StaffRole.DOOR_MANAGER)

    sent = browser.post(f"/manage/{festival.slug}/door/slips", data={"count": "12"})
    sheet = browser.get(sent.headers["Location"])

    assert sent.status_code == 303
    assert sheet.text.count('class="sheet__slip"') == 12
    assert db.session.scalar(select(func.count()).where(Slip.device_id.is_(None))) == 12
    assert "12" in plain(browser.get(f"/manage/{festival.slug}/door/slips").text)


def test_what_was_given_out_is_not_printed_again(sign_in: Callable[..., Any], door: Door, festival: Festival) -> None:
    batch = printed(festival, 3)
    slip = db.session.get_one(Slip, batch.first)
    walk_in(door, slip=slip.short_code)
    browser = sign_in(StaffRole.DOOR_MANAGER)

    sheet = browser.get(f"/manage/{festival.slug}/door/slips/{batch.first}")

    assert sheet.text.count('class="sheet__slip"') == 2
    assert [(each.total, each.used) for each in slips.batches_of(festival)] == [(3, 1)]


@pytest.mark.parametrize("count", ["", "0", "101", "many", "9" * 30])
def test_no_number_of_slips_that_makes_no_sense(sign_in: Callable[..., Any], festival: Festival, count: str) -> None:
    answer = sign_in(StaffRole.DOOR_MANAGER).post(f"/manage/{festival.slug}/door/slips", data={"count": count})

    assert answer.status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Slip)) == 0


def test_slips_of_phones_and_of_other_festivals_are_not_printed(
    sign_in: Callable[..., Any], door: Door, festival: Festival, make_festival: Callable[..., Festival]
) -> None:
    slips.top_up(device_of(door), now())
    of_phone = slips.for_device(device_of(door))[0]["id"]
    elsewhere = printed(make_festival()).first
    db.session.commit()
    browser = sign_in(StaffRole.DOOR_MANAGER)

    for slip_id in (of_phone, elsewhere, 10**6):
        assert browser.get(f"/manage/{festival.slug}/door/slips/{slip_id}").status_code == 404


# --- the slip of a walk-in ------------------------------------------------------------------------------------------


def test_the_ticket_of_a_walk_in_is_printed_from_the_phone(door: Door) -> None:
    sent = walk_in_of(door)
    answer = door.browser.post("/door/api/walk-ins", json={"walk_ins": [sent]}).json["answers"][0]

    for paper in ("", "?paper=a6", "?paper=a4", "?paper=\x00x"):
        page = door.browser.get(f"/door/walk-ins/{sent['id']}/slip{paper}")
        assert page.status_code == 200
        assert sent["name"] in page.text
        assert f"{answer['short_code'][:4]} {answer['short_code'][4:]}" in page.text


def test_only_a_phone_of_that_festival_prints_it(
    door: Door, make_door: Callable[..., Door], make_festival: Callable[..., Festival], client: Any
) -> None:
    sent = walk_in_of(door)
    door.browser.post("/door/api/walk-ins", json={"walk_ins": [sent]})
    address, kiosk = f"/door/walk-ins/{sent['id']}/slip", make_door("Ki-ốt", checkpoint=door.checkpoint)
    device_of(kiosk).mode = DeviceMode.KIOSK
    db.session.commit()

    assert make_door(festival=make_festival()).browser.get(address).status_code == 404
    assert door.browser.get(f"/door/walk-ins/{uuid4()}/slip").status_code == 404
    assert kiosk.browser.get(address).status_code == 403
    assert client.get(address).status_code == 401


def test_a_ticket_whose_code_a_slip_has_by_chance_keeps_its_own(
    door: Door, festival: Festival, make_household: Callable[..., Any]
) -> None:
    slip = db.session.get_one(Slip, printed(festival).first)
    other = make_household().tickets[0]
    other.short_code = slip.short_code
    db.session.commit()

    answer = walk_in(door, slip=slip.short_code)

    assert answer["outcome"] == "registered"
    assert answer["short_code"] != slip.short_code
    assert db.session.get_one(Slip, slip.id).ticket_id == db.session.scalar(
        select(Ticket.id).where(Ticket.attendee_id == answer["attendee"])
    )
