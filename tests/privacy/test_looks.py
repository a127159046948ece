"""Who of the staff has seen whose data: every page of theirs counts, and the household reads it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from festival.accounts.models import AuditEntry, StaffRole
from festival.accounts.policy import POLICY, Caller
from festival.certificates.issuing import issue
from festival.certificates.models import Correction
from festival.checkin.models import Admission, CheckpointKind, Scan
from festival.core.clock import now
from festival.extensions import db
from festival.looking import LISTS, OF_ONE, SHOWS_NOBODY
from festival.messages import outbox
from festival.privacy.models import RequestKind, SubjectRequest
from festival.registration import looks
from festival.registration.links import secret_of
from tests import factories
from tests.conftest import plain


@pytest.fixture
def household(make_household):
    return make_household(members=2, phone="+84912345678")


@pytest.fixture
def desk(festival):
    return f"/manage/{festival.slug}"


def noted(action: str) -> list[AuditEntry]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))


def seen_households() -> list[int]:
    return [entry.after["registration"] for entry in noted(looks.SEEN)]


def test_every_page_of_the_staff_says_whether_it_shows_somebody(app):
    for rule in app.url_map.iter_rules():
        endpoint = rule.endpoint
        if endpoint not in POLICY or POLICY[endpoint].caller is not Caller.STAFF:
            continue
        known = endpoint in LISTS or endpoint.startswith(SHOWS_NOBODY) or rule.arguments & OF_ONE.keys()
        assert known, f"{endpoint} needs a row in festival/looking.py"
    assert POLICY.keys() >= LISTS


def addresses_of_one(festival, household) -> list[str]:
    message = outbox.put(outbox.Mail("thử:1", "hoa@festival.example", "Vé", "…"), festival.id, household.id)
    asked = SubjectRequest(festival_id=festival.id, registration_id=household.id, kind=RequestKind.SEE, wish="?")
    place = factories.make_checkpoint(festival, CheckpointKind.ENTRANCE, name="Cổng")
    person, at = household.attendees[0], now()
    scan = Scan(
        id=uuid4(), festival_id=festival.id, checkpoint_id=place.id, attendee_id=person.id, direction="in",
        scanned_at=at, received_at=at, verdict="admitted", answer={},
    )  # fmt: skip
    db.session.add_all([asked, scan])
    db.session.commit()
    device = factories.make_device(festival).device
    db.session.add(
        Admission(attendee_id=person.id, checkpoint_id=place.id, device_id=device.id, scan_id=scan.id, admitted_at=at)
    )
    db.session.commit()
    paper = issue(person).certificate
    correction = Correction(certificate_id=paper.id, wanted_name="Trần Văn Bình")
    db.session.add(correction)
    db.session.commit()
    return [
        f"certificates/{paper.id}",
        f"certificates/corrections/{correction.id}",
        f"registrations/{household.id}",
        f"messages/{message.id}",
        f"privacy/requests/{asked.id}",
        f"door/conflicts/people/{person.id}",
        f"door/conflicts/scans/{scan.id}/undo",
    ]


@pytest.mark.parametrize("place", range(7))
def test_a_page_about_one_household_is_a_look_at_it(place, festival, household, make_household, sign_in, desk):
    make_household(members=1)
    address = addresses_of_one(festival, household)[place]

    assert sign_in().get(f"{desk}/{address}").status_code == 200

    assert seen_households() == [household.id]
    assert noted(looks.LISTED) == []


def test_pages_within_ten_minutes_are_one_look(festival, household, sign_in, desk):
    browser = sign_in()
    addresses = addresses_of_one(festival, household)
    for address in addresses:
        browser.get(f"{desk}/{address}")
    (entry,) = noted(looks.SEEN)
    entry.at = now() - timedelta(minutes=11)
    db.session.commit()

    browser.get(f"{desk}/{addresses[0]}")

    assert seen_households() == [household.id] * 2


def test_who_is_found_by_a_search_has_been_looked_at_and_nobody_else(household, make_household, sign_in, desk):
    make_household(members=1, phone="+84977777777")

    assert household.contact_name in sign_in().get(f"{desk}/registrations?q=345678").text

    assert seen_households() == [household.id]
    assert noted(looks.LISTED) == []


def test_opening_lists_is_noted_once_a_day_and_told_to_all_who_may_stand_in_them(
    client, household, make_household, sign_in, desk
):
    browser = sign_in()
    for page in ("registrations", "door/conflicts", "messages", "registrations?page=2"):
        browser.get(f"{desk}/{page}")

    (entry,) = noted(looks.LISTED)
    assert seen_households() == []
    words = plain(client.get(f"/r/{secret_of(household)}/data").text)
    assert "Cán bộ thử: 1 ngày" in words
    entry.at = now() - timedelta(days=1)
    household.created_at = now() - timedelta(days=2)
    later = make_household(members=1)
    db.session.commit()

    browser.get(f"{desk}/registrations")

    assert "Cán bộ thử: 2 ngày" in plain(client.get(f"/r/{secret_of(household)}/data").text)
    assert "Cán bộ thử: 1 ngày" in plain(client.get(f"/r/{secret_of(later)}/data").text)
    file = client.get(f"/r/{secret_of(household)}/data.json").json
    assert [(one["who"], one["days"]) for one in file["list_looks"]] == [("Cán bộ thử", 2)]


def test_pages_without_people_and_refused_ones_are_no_looks(household, sign_in, desk):
    organizer, issuer = sign_in(), sign_in(StaffRole.ISSUER)
    for page in ("", "booths", "helpers", "floods", "privacy/register", "messages/write", "door"):
        assert organizer.get(f"{desk}/{page}").status_code == 200, page
    assert issuer.get(f"{desk}/messages").status_code == 403
    assert organizer.get(f"{desk}/registrations/987654").status_code == 404

    assert noted(looks.SEEN) == noted(looks.LISTED) == []
