"""The passport: stamps by zone, what was shown, what is missing for a prize."""

from __future__ import annotations

from uuid import uuid4

import pytest

from festival.checkin.models import Admission, CheckpointKind, ShownSkill
from festival.core.clock import now
from festival.extensions import db
from festival.household.passport import passports_of
from festival.household.remembered import COOKIE
from festival.registration.links import secret_of
from tests import factories
from tests.household.conftest import NOON


def stamp(attendee, place, at=NOON):
    db.session.add(Admission(attendee_id=attendee.id, checkpoint_id=place.id, scan_id=uuid4(), admitted_at=at))
    db.session.commit()


@pytest.fixture
def make_prize(festival):
    def make(**values):
        return factories.make_checkpoint(festival, CheckpointKind.CUSTOM, **{"name": "Quà", **values})

    return make


def test_the_passport_shows_stamps_by_zone_and_what_was_shown(household, place, festival):
    other = factories.make_booth(festival, code="B01")
    factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=other.id)
    person = household.attendees[0]
    stamp(person, place)
    skill = ShownSkill(
        attendee_id=person.id, checkpoint_id=place.id, skill="Quét mã QR", scan_id=uuid4(), shown_at=NOON
    )
    db.session.add(skill)
    db.session.commit()

    first, second, _third = passports_of(household)

    assert (first.stamps, first.places, second.stamps) == (1, 2, 0)
    booths = {booth.code: booth for zone in first.zones for booth in zone.booths}
    assert booths["A05"].skills == ("Quét mã QR",)
    assert booths["A05"].stamped_at == NOON
    assert booths["B01"].stamped_at is None


def test_a_prize_says_how_many_stamps_are_there_and_how_many_are_left(household, place, make_prize):
    make_prize(stamps_needed=2, stock=20, stock_taken=8)
    stamp(household.attendees[0], place)

    prize = passports_of(household)[0].prizes[0]

    assert (prize.have, prize.needed, prize.left, prize.earned, prize.given_at) == (1, 2, 12, False, None)


def test_a_family_prize_counts_the_booths_of_all_of_them(household, place, festival, make_prize):
    gift = make_prize(stamps_needed=2, per_household=True)
    booth = factories.make_booth(festival)
    other = factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=booth.id)
    one, two, three = household.attendees
    for attendee, where in ((one, place), (two, place), (two, other)):
        stamp(attendee, where)
    stamp(one, gift)

    prize = passports_of(household)[2].prizes[0]

    assert (prize.have, prize.earned, prize.given_at) == (2, True, NOON)
    assert passports_of(household, [three])[0].attendee is three


def test_without_stamping_booths_there_is_no_passport_and_no_cookie(client, make_household):
    household = make_household(members=1)

    answer = client.get(f"/r/{secret_of(household)}")

    assert passports_of(household) == []
    assert "passport" not in answer.text
    assert not any(line.startswith(COOKIE) for line in answer.headers.getlist("Set-Cookie"))


def test_the_passport_stands_on_the_familys_page(client, household, place, make_prize):
    make_prize(name="Túi vải", stamps_needed=1, stock=5)
    stamp(household.attendees[0], place, now())

    page = client.get(f"/r/{secret_of(household)}")

    assert page.text.count('class="passport"') == 3
    assert page.text.count("stamp-cell--stamped") == 1
    assert "Túi vải" in page.text
    assert page.headers["Cache-Control"] == "no-store"
