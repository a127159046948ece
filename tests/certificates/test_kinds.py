"""What certificates of each kind are given for: workshops, volunteers, hosts, households."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from festival.certificates.criteria import Standing, earned_now, rule_of, standing_of, standings
from festival.certificates.models import CertificateKind
from festival.certificates.rules import Condition, Group, OfMembers
from festival.certificates.ways import way_of
from festival.checkin.models import CheckpointKind
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import BoothStatus
from tests import factories


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        (CertificateKind.PARTICIPATION, Group("all", (Condition("entrance"),))),
        (CertificateKind.COMPLETION, Group("all", (Condition("sessions"),))),
        (CertificateKind.VOLUNTEER, Group("all", (Condition("on_duty"),))),
        (CertificateKind.HOST, Group("all", (Condition("visitors"),))),
        (CertificateKind.HOUSEHOLD, OfMembers(Group("all", (Condition("entrance"),)))),
    ],
)
def test_a_design_without_a_rule_asks_for_what_it_says(world, kind, rule):
    assert rule_of(world.design({}, kind)) == rule


def test_a_workshops_completion_without_a_rule_needs_a_sitting_of_that_workshop(world):
    workshop = world.places["vneid-9"].session.workshop
    design = world.design({}, CertificateKind.COMPLETION, workshop_id=workshop.id)

    assert earned_now(design) == [world.people["learner"].id]


def test_hosts_are_thanked_whose_booth_is_approved_and_has_stamped_somebody(world):
    design = world.design({}, CertificateKind.HOST)
    quiet = factories.make_booth(world.festival, code="Z01")
    factories.make_checkpoint(world.festival, CheckpointKind.BOOTH, name="Z01", booth_id=quiet.id)
    stamped = [world.places[name].booth for name in ("A01", "A02", "A03")]
    stamped[2].status = BoothStatus.DECLINED
    db.session.commit()

    assert earned_now(design) == [stamped[0].id, stamped[1].id]
    assert list(standings([*stamped, quiet], design).values()) == [
        Standing.EARNED, Standing.EARNED, Standing.NOT_EARNED, Standing.NOT_EARNED
    ]  # fmt: skip


def test_a_household_every_member_of_which_has_done_it(world, make_household, admit):
    design = world.design({"every_member": {"need": "all", "of": [{"fact": "skills"}]}}, CertificateKind.HOUSEHOLD)
    family = make_household(members=2, phone="+84912345670")
    mother, child = family.attendees
    for one in (mother, child):
        with force_locale("en"):
            told = way_of(family, design).explanation
        assert told == (
            "0 of 2 done. Still to do: Nguyễn Thị Thử: Show 1 skill; Đỗ Văn Mẫu: Show 1 skill."
            if one is mother
            else "1 of 2 done. Still to do: Đỗ Văn Mẫu: Show 1 skill."
        )
        assert standing_of(family, design) is Standing.NOT_EARNED
        world.people["someone"] = one
        world.shows("someone", "A01", "Mở VNeID")

    assert standing_of(family, design) is Standing.EARNED
    assert earned_now(design) == [family.id]


def test_who_was_taken_off_is_not_waited_for(world, make_household, admit):
    design = world.design({}, CertificateKind.HOUSEHOLD)
    family = make_household(members=3, phone="+84912345670")
    admit(*family.attendees[:2])
    assert standing_of(family, design) is Standing.NOT_EARNED

    family.attendees[2].cancelled_at = now()
    db.session.commit()

    assert standing_of(family, design) is Standing.EARNED


def test_a_household_of_which_some_have_done_it(world):
    family = world.people["learner"].registration
    node = {"need": "all", "of": [{"fact": "sessions"}]}
    one, two = (world.design({"some_member": node, "at_least": least}, CertificateKind.HOUSEHOLD) for least in (1, 2))

    assert standings([family], one) == {family.id: Standing.EARNED}
    assert standings([family], two) == {family.id: Standing.NOT_EARNED}
    assert way_of(family, two).done == 1
