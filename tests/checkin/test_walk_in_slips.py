"""The slip that a walk-in was given is their ticket: once, and no slip of another phone or festival."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from festival.checkin import slips
from festival.checkin.models import Device, DeviceMode, Slip
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Attendee, Registration
from tests.checkin.conftest import Door
from tests.checkin.rosters import ask, sync
from tests.checkin.test_walk_ins import by_itself, count, send, walk_in

Make = Callable[..., Registration]


def carry_slips(door: Door) -> list[dict[str, Any]]:
    device = db.session.get_one(Device, door.paired.device.id)
    slips.top_up(device, now())
    db.session.commit()
    return slips.for_device(device)


def test_the_slip_that_was_given_out_is_the_ticket(door: Door) -> None:
    given = carry_slips(door)[0]

    (answer,) = send(door, by_itself(door, slip=given["id"]))

    assert answer["short_code"] == given["short_code"]
    assert db.session.get_one(Slip, given["id"]).ticket_id is not None
    assert door.scan(given["ticket"])["verdict"] == "already_admitted"
    assert door.scan(code=given["short_code"])["verdict"] == "already_admitted"


def test_a_printed_slip_is_named_by_its_code(door: Door, festival: Festival) -> None:
    printed = db.session.get_one(Slip, slips.make_printed(festival, 1).first)
    db.session.commit()

    answer = walk_in(door, slip=f"{printed.short_code[:4].lower()} {printed.short_code[4:]}")

    assert answer["short_code"] == printed.short_code


@pytest.mark.parametrize("mode", [DeviceMode.STAFF, DeviceMode.KIOSK])
def test_other_phones_are_told_which_slip_the_ticket_came_from(
    door: Door, make_door: Callable[..., Door], festival: Festival, make_household: Make, mode: DeviceMode
) -> None:
    make_household(members=1)
    printed = db.session.get_one(Slip, slips.make_printed(festival, 1).first)
    other = make_door("Cửa B", checkpoint=door.checkpoint, mode=mode)
    _people, since = sync(other)
    with_slip = walk_in(door, slip=printed.short_code)["attendee"]
    without = walk_in(door)["attendee"]

    whole, changes = sync(other)[0], {person["attendee"]: person for person in ask(other, since)["people"]}

    for told in (whole, changes):
        assert told[with_slip]["slip"] == printed.id
        assert "slip" not in told[without]
    assert [person.get("slip") for person in whole.values()].count(printed.id) == 1


def test_a_slip_is_used_once(door: Door) -> None:
    given = carry_slips(door)[0]
    send(door, by_itself(door, slip=given["id"]))

    answer = walk_in(door, slip=given["id"])

    assert (answer["outcome"], answer["field"]) == ("invalid", "slip")
    assert count(Attendee) == 1


def test_who_is_inside_with_a_slip_that_is_not_theirs_gets_a_new_ticket(door: Door) -> None:
    given = carry_slips(door)[0]
    send(door, by_itself(door, slip=given["id"]))

    (answer,) = send(door, by_itself(door, slip=given["id"]))

    assert (answer["outcome"], answer["field"]) == ("registered", "slip")
    assert answer["short_code"] != given["short_code"]
    assert count(Attendee) == 2


def test_a_slip_of_another_phone_or_festival_is_no_slip_here(
    door: Door, make_door: Callable[..., Door], make_festival: Callable[..., Festival]
) -> None:
    others = carry_slips(make_door("Cửa B", checkpoint=door.checkpoint))[0]
    elsewhere = slips.make_printed(make_festival(), 1).first
    db.session.commit()

    for strange in (others["id"], elsewhere, 10**6, others["short_code"]):
        assert walk_in(door, slip=strange)["field"] == "slip"
    assert count(Attendee) == 0
