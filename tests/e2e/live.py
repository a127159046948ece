"""A running installation with the demo festival, and one example of everything that a page can show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import exists, select

from festival import create_app, demo
from festival.accounts.models import Organization, StaffRole, User
from festival.accounts.staff import give_role, make_user
from festival.certificates.issuing import find_certificate, issue, revoke
from festival.certificates.models import Certificate
from festival.checkin.models import Admission, Checkpoint, CheckpointKind, PairingCode
from festival.checkin.pairing import invite_phone
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Booth, Festival, FestivalStatus, Session, Zone
from festival.programme.uploads import keep_upload
from festival.registration import changing
from festival.registration.links import secret_of
from festival.registration.models import Attendee, Registration
from tests import factories
from tests.checkin.conftest import qr_of, tickets_of
from tests.conftest import PASSWORD, make_settings
from tests.e2e.server import serving
from tests.postgres import _free_port
from tests.programme.workbooks import FACTS, make_workbook

EMAILS = {
    StaffRole.OWNER: "organizer@festival.example",
    StaffRole.DOOR_MANAGER: "door@festival.example",
}


@dataclass(frozen=True)
class Live:
    """Where it runs, and the values for the {names} in the addresses of `tests/e2e/pages.py`."""

    app: Flask
    address: str
    places: dict[str, str]
    device_token: str

    def at(self, path: str) -> str:
        """The whole address of a path with {names}."""
        return self.address + path.format_map(self.places)


@contextmanager
def running(folder: Path) -> Iterator[Live]:
    """The installation in `folder`, served until the block ends. Set up as in earnest: CSRF and limits are on."""
    address = f"http://127.0.0.1:{_free_port()}"
    app = create_app(make_settings(folder, public_url=address, testing=False, development=True))
    with app.app_context():
        upgrade()
        festival = demo.make_demo(households=40)
        organization = db.session.get_one(Organization, festival.organization_id)
        for role, email in EMAILS.items():
            give_role(make_user(email, "Cán bộ thử", PASSWORD), organization, role)
        db.session.commit()
        places, token = _places(festival, organization), _phone(festival)
        db.session.commit()
        db.session.remove()
    with serving(app):
        yield Live(app, address, places, token)


def _phone(festival: Festival) -> str:
    entrance = db.session.scalars(
        select(Checkpoint).where(Checkpoint.festival_id == festival.id, Checkpoint.kind == CheckpointKind.ENTRANCE)
    ).all()
    return factories.make_device(festival, name="Cửa chính", checkpoints=list(entrance)).token


def _places(festival: Festival, organization: Organization) -> dict[str, str]:
    empty = factories.make_festival(slug="ban-nhap", status=FestivalStatus.DRAFT, organization_id=organization.id)
    day_ago, day_ahead = now() - timedelta(days=1), now() + timedelta(days=1)
    factories.make_festival(slug="da-dong", registration_closes=day_ago, organization_id=organization.id)
    factories.make_festival(slug="chua-mo", registration_opens=day_ahead, organization_id=organization.id)
    session = db.session.scalars(select(Session).where(Session.festival_id == festival.id).order_by(Session.id)).first()
    assert session is not None
    family = factories.make_household(festival, members=4, phone="+84912000001", sessions=(session,))
    gone = factories.make_household(festival, members=2, phone="+84912000002")
    changing.cancel(gone)
    return {
        "festival": festival.slug,
        "empty": empty.slug,
        "booth": _first(festival, Booth).code,
        "booth_id": str(_first(festival, Booth).id),
        "zone_id": str(_first(festival, Zone).id),
        "workshop_id": str(session.workshop_id),
        "session_id": str(session.id),
        "family": secret_of(family),
        "registration_id": str(family.id),
        "ticket": qr_of(tickets_of(family)[0], festival).rpartition("/")[2],
        "short_code": tickets_of(family)[0].short_code,
        "cancelled": secret_of(gone),
        "cancelled_id": str(gone.id),
        "cancelled_ticket": qr_of(tickets_of(gone)[0], festival).rpartition("/")[2],
        "member": str(family.attendees[1].id),
        **_certificates(festival),
        **_organizers_work(festival, empty),
    }


def _certificates(festival: Festival) -> dict[str, str]:
    """A household inside with one certificate, one earned and one revoked."""
    inside = select(Admission.id).join(Checkpoint).where(Admission.attendee_id == Attendee.id)
    here = exists(inside.where(Checkpoint.kind == CheckpointKind.ENTRANCE))
    families = db.session.scalars(
        select(Registration).join(Attendee).where(Attendee.festival_id == festival.id, here).distinct()
    ).all()
    large = next(family for family in families if len(family.attendees) > 2 and not _has_certificate(family))
    first, second, third = large.attendees[:3]
    issue(first)
    issue(second)
    db.session.flush()
    valid, revoked = find_certificate(first), find_certificate(second)
    assert isinstance(valid, Certificate)
    assert isinstance(revoked, Certificate)
    revoke(revoked, "Sai tên")
    return {
        "insiders": secret_of(large),
        "insiders_id": str(large.id),
        "revoked_person": str(second.id),
        "earned_person": str(third.id),
        "certificate": valid.code,
        "certificate_id": str(valid.id),
        "revoked_certificate": revoked.code,
        "revoked_certificate_id": str(revoked.id),
    }


def _has_certificate(family: Registration) -> bool:
    return any(find_certificate(attendee) for attendee in family.attendees)


def _organizers_work(festival: Festival, empty: Festival) -> dict[str, str]:
    """Uploads that wait for a word, and pairing codes: one fresh, one too old."""
    organizer = db.session.scalars(select(User).where(User.email == EMAILS[StaffRole.OWNER])).one()
    wrong = make_workbook(lambda book: book["Lớp học"].append(("Lớp lạ", "", "", "", "mai", "9h", "", -3, "")))
    unnamed = make_workbook(lambda book: book["Thông tin chung"].delete_rows(1, len(FACTS) // 2))
    checkpoints = list(db.session.scalars(select(Checkpoint).where(Checkpoint.festival_id == festival.id).limit(2)))
    _code, fresh = invite_phone(festival, "Cửa A", checkpoints, organizer.id)
    old, expired = invite_phone(festival, "Cửa B", checkpoints, organizer.id)
    assert isinstance(old, PairingCode)
    old.expires_at = now() - timedelta(hours=1)
    return {
        "upload": keep_upload(organizer, festival, "chuong-trinh.xlsx", make_workbook()).token,
        "wrong_upload": keep_upload(organizer, empty, "co-loi.xlsx", wrong).token,
        "new_upload": keep_upload(organizer, None, "thieu-ngay.xlsx", unnamed).token,
        "pairing": fresh,
        "expired_pairing": expired,
    }


def _first(festival: Festival, part: type[Booth] | type[Zone]) -> Booth | Zone:
    return db.session.scalars(select(part).where(part.festival_id == festival.id).order_by(part.id)).first()
