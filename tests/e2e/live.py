"""A running installation with the demo festival, and one example of everything that a page can show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from festival import create_app, demo
from festival.accounts.models import Membership, Organization, StaffRole, User
from festival.accounts.staff import give_role, make_user
from festival.checkin import slips, stamping, walk_ins
from festival.checkin.models import Admission, Checkpoint, CheckpointKind, Device, DeviceMode, PairingCode, Scan
from festival.checkin.pairing import invite_phone
from festival.checkin.walk_in_request import read_walk_in
from festival.core.clock import now, today
from festival.extensions import db
from festival.mailings import writing
from festival.mailings.audience import Audience
from festival.messages.models import Message, MessageState
from festival.privacy import requests
from festival.privacy.models import RequestKind, SubjectRequest
from festival.programme.editing import delete
from festival.programme.models import Booth, Festival, FestivalStatus, Session, Zone
from festival.programme.uploads import keep_upload
from festival.registration import changing, notices, waiting_list
from festival.registration.coming_back import renew_link
from festival.registration.helping.links import end_link, make_link
from festival.registration.helping.links import secret_of as helper_secret
from festival.registration.links import secret_of
from festival.registration.models import Attendee, LinkKind
from festival.registration.ticket_code import CodeKind, encode
from festival.signature_settings import SignatureSettings
from festival.staffing.invitations import invite, withdraw
from tests import factories
from tests.checkin.conftest import qr_of, tickets_of
from tests.conftest import PASSWORD, hash_cheaply, make_settings
from tests.e2e.live_certificates import certificates, signing_keys
from tests.e2e.server import serving
from tests.postgres import _free_port
from tests.programme.messy_workbook import messy_workbook
from tests.programme.workbooks import FACTS, make_workbook
from tests.tables import make_tables

TOKENS = SignatureSettings(pkcs11_modules=("/usr/lib/softhsm/libsofthsm2.so",))
"""A driver that may be used, so that there is the form for it; it need not be installed."""

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
    other_tokens: dict[str, str]

    def at(self, path: str) -> str:
        """The whole address of a path with {names}."""
        return self.address + path.format_map(self.places)


@contextmanager
def running(folder: Path) -> Iterator[Live]:
    """The installation in `folder`, served until the block ends. Set up as in earnest: CSRF and limits are on."""
    address = f"http://127.0.0.1:{_free_port()}"
    app = create_app(make_settings(folder, public_url=address, testing=False, development=True, signatures=TOKENS))
    hash_cheaply(app)
    with app.app_context():
        make_tables()
        festival = demo.make_demo(households=40)
        organization = db.session.get_one(Organization, festival.organization_id)
        for role, email in EMAILS.items():
            give_role(make_user(email, "Cán bộ thử", PASSWORD), organization, role)
        db.session.commit()
        places, token, others = _places(festival, organization), _phone(festival), _facing_visitors(festival)
        db.session.commit()
        db.session.remove()
    with serving(app):
        yield Live(app, address, places, token, others)


def _phone(festival: Festival) -> str:
    entrance = db.session.scalars(
        select(Checkpoint).where(Checkpoint.festival_id == festival.id, Checkpoint.kind == CheckpointKind.ENTRANCE)
    ).all()
    return factories.make_device(festival, name="Cửa chính", checkpoints=list(entrance)).token


def _facing_visitors(festival: Festival) -> dict[str, str]:
    """The tokens of a kiosk and of a booth's screen."""
    tokens = {}
    for mode, place in ((DeviceMode.KIOSK, _entrance(festival)), (DeviceMode.SCREEN, _stamping(festival))):
        paired = factories.make_device(festival, name=mode.value, checkpoints=[place])
        paired.device.mode = mode
        tokens[mode.value] = paired.token
    return tokens


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
    soon = factories.make_festival(
        slug="sap-toi",
        first_day=today() + timedelta(days=3),
        last_day=today() + timedelta(days=3),
        organization_id=organization.id,
    )
    early = factories.make_household(soon, members=2, phone="+84912000003")
    return {
        "festival": festival.slug,
        "empty": empty.slug,
        "booth": _first(festival, Booth).code,
        "booth_id": str(_first(festival, Booth).id),
        "zone_id": str(_first(festival, Zone).id),
        "workshop_id": str(session.workshop_id),
        "checkpoint_id": str(_entrance(festival).id),
        "stamping_id": str(_stamping(festival).id),
        "poster": stamping.poster_code(_stamping(festival).id),
        "device_id": str(_device(festival).id),
        "session_id": str(session.id),
        "family": secret_of(family),
        "registration_id": str(family.id),
        "ticket": qr_of(tickets_of(family)[0], festival).rpartition("/")[2],
        "short_code": tickets_of(family)[0].short_code,
        "cancelled": secret_of(gone),
        "cancelled_id": str(gone.id),
        "cancelled_ticket": qr_of(tickets_of(gone)[0], festival).rpartition("/")[2],
        "member": str(family.attendees[1].id),
        "early": secret_of(early),
        "early_member": str(early.attendees[1].id),
        **_asked_about_data(festival),
        **_messages(festival),
        **certificates(festival),
        **signing_keys(festival),
        **_looked_at_afterwards(festival),
        **_without_tickets(festival),
        **_helpers(festival),
        **_lines(festival),
        **_staff(organization),
        "deletion": _deletion(festival),
        **_organizers_work(festival, empty),
    }


def _deletion(festival: Festival) -> str:
    """The entry of the audit log by which a booth was deleted."""
    entry = delete(factories.make_booth(festival, code="Z99", name="Gian đặt nhầm"))
    assert entry is not None
    return str(entry.id)


def _staff(organization: Organization) -> dict[str, str]:
    """An invitation that waits, one that was withdrawn, and somebody's role."""
    _made, waiting = invite(organization, None, StaffRole.ISSUER, "lan@festival.example", "Trần Thị Lan", None)
    gone, withdrawn = invite(organization, None, StaffRole.OBSERVER, "tu@festival.example", "Đỗ Văn Tư", None)
    withdraw(gone)
    role = db.session.scalar(select(Membership.id).where(Membership.role == StaffRole.DOOR_MANAGER))
    places = {"membership_id": str(role), "organization_id": str(organization.id)}
    return places | {"invitation": waiting, "used_invitation": withdrawn}


def _lines(festival: Festival) -> dict[str, str]:
    """A full session in some days, a household that was offered the seats of another one, and one that waits."""
    later = {"day": today() + timedelta(days=2), "start": time(9), "end": time(10)}
    session = factories.make_session(festival, capacity=3, title="An toàn trên mạng", **later)
    seated, offered, large = (
        factories.make_household(
            festival, members=members, phone=f"+8491200002{members}", sessions=(session,), waits=frozenset({session.id})
        )
        for members in (3, 2, 4)
    )
    changing.cancel(seated)
    assert waiting_list.wishes_of(offered)[0].offered_until
    return {
        "line": str(session.id),
        "offered": secret_of(offered),
        "waiting": secret_of(large),
        "waiting_id": str(large.id),
    }


def _messages(festival: Festival) -> dict[str, str]:
    """A mail that came back, and a message to many that waits for its minute."""
    family = factories.make_household(festival, members=2, phone="+84912000006", email="hoa@festival.example")
    notices.confirmed(family)
    db.session.flush()
    row = db.session.scalars(select(Message).where(Message.registration_id == family.id)).one()
    row.state, row.reason = MessageState.BOUNCED, "550 5.1.1 <hoa@festival.example>: no such user"
    text = writing.Text("Đổi phòng", "Mời {name} đến {place}.\n\nVé: {link}")
    group = writing.write(festival, Audience(service=True), text, None)
    return {"message_id": str(row.id), "group_message_id": str(group.id)}


def _asked_about_data(festival: Festival) -> dict[str, str]:
    """A household that has asked twice about its data, one of it done, one overdue; and one that renewed its link."""
    household = factories.make_household(festival, members=2, phone="+84912000004")
    organizer = db.session.scalars(select(User).where(User.email == EMAILS[StaffRole.OWNER])).one()
    kinds = (RequestKind.CORRECT, RequestKind.SEE)
    first, second = (requests.ask(household, kind, "Tên cháu viết sai.\nXin sửa.", "").request for kind in kinds)
    assert isinstance(first, SubjectRequest)
    assert isinstance(second, SubjectRequest)
    first.received_at = now() - timedelta(days=30)
    requests.finish(second, "Đã sửa.", organizer)
    renewed = factories.make_household(festival, members=1, phone="+84912000005")
    old = secret_of(renewed)
    renew_link(renewed)
    return {"asking": secret_of(household), "request_id": str(first.id), "done_id": str(second.id), "renewed": old}


def _looked_at_afterwards(festival: Festival) -> dict[str, str]:
    """Somebody whom two doors without a network let in, and whose ticket did not count at the second one."""
    place = _entrance(festival)
    person = db.session.scalars(
        select(Attendee).join(Admission).where(Admission.checkpoint_id == place.id).order_by(Attendee.id)
    ).first()
    assert person is not None
    kept = [
        Scan(
            id=uuid4(),
            festival_id=festival.id,
            checkpoint_id=place.id,
            device_id=_device(festival).id,
            attendee_id=person.id,
            scanned_at=at,
            raw_scanned_at=at - timedelta(minutes=9),
            offline=True,
            shown="admitted",
            verdict=verdict,
            passed=True,
            answer={},
        )
        for verdict, at in (("admitted", now() - timedelta(minutes=2)), ("revoked", now() - timedelta(minutes=1)))
    ]
    db.session.add_all(kept)
    db.session.flush()
    return {"scan_id": str(kept[0].id), "scanned_person": str(person.id)}


def _without_tickets(festival: Festival) -> dict[str, str]:
    """A walk-in, and blank slips that were printed."""
    walk_in = {
        "id": str(uuid4()),
        "scan": str(uuid4()),
        "checkpoint": _entrance(festival).id,
        "name": "Nguyễn Hoàng Phương Thảo Nguyên",
        "birth_year": 1958,
        "language": "vi",
        "consents": ["taking_part"],
        "made_at": now().isoformat(),
    }
    phone = factories.make_device(festival, name="Bàn khách lẻ", checkpoints=[_entrance(festival)]).device
    walk_ins.register(phone, [read_walk_in(walk_in)], now())
    batch = slips.make_printed(festival, 4)
    days = (festival.last_day - festival.first_day).days + 1
    blank = encode(CodeKind.SLIP, festival.id, batch.first, festival.first_day, days, festival.sealed_private_key)
    return {"walk_in": walk_in["id"], "slip_id": str(batch.first), "blank_slip": blank}


def _helpers(festival: Festival) -> dict[str, str]:
    """Links of a volunteer, of a school, and one that was ended; and a flood from one address."""
    made = {
        "helper": make_link(festival, LinkKind.GROUP, "Tổ dân phố 12", "Chị Lan", None),
        "school": make_link(festival, LinkKind.CLASSES, "Trường THCS Lê Lợi", "Cô Hạnh", None),
        "ended_helper": make_link(festival, LinkKind.GROUP, "Tổ dân phố 3", "Anh Nam", None),
    }
    end_link(made["ended_helper"])
    link = made["helper"]
    factories.make_household(festival, members=2, helper_link_id=link.id, group_name=link.group_name, phone="")
    flood = [
        factories.make_household(
            festival, members=1, contact_name=f"Máy số {number}", phone=f"+8498{number:07}", origin="f" * 32
        )
        for number in range(12)
    ]
    return {
        **{name: helper_secret(one) for name, one in made.items()},
        **{f"{name}_id": str(one.id) for name, one in made.items()},
        "flood": str(flood[0].id),
    }


def _organizers_work(festival: Festival, empty: Festival) -> dict[str, str]:
    """Uploads that wait for a word, and pairing codes: one fresh, one too old."""
    organizer = db.session.scalars(select(User).where(User.email == EMAILS[StaffRole.OWNER])).one()
    wrong = make_workbook(lambda book: book["Lớp học"].append(("Lớp lạ", "", "", "", "mai", "9h", "", -3, "")))
    unnamed = make_workbook(lambda book: book["Thông tin chung"].delete_rows(1, len(FACTS) // 2))
    listed = db.session.scalars(select(Festival).where(Festival.slug == "da-dong")).one()
    checkpoints = list(db.session.scalars(select(Checkpoint).where(Checkpoint.festival_id == festival.id).limit(2)))
    _code, fresh = invite_phone(festival, "Cửa A", checkpoints, organizer.id)
    old, expired = invite_phone(festival, "Cửa B", checkpoints, organizer.id)
    assert isinstance(old, PairingCode)
    old.expires_at = now() - timedelta(hours=1)
    return {
        "upload": keep_upload(organizer, festival, "chuong-trinh.xlsx", make_workbook()).token,
        "wrong_upload": keep_upload(organizer, empty, "co-loi.xlsx", wrong).token,
        "list_upload": keep_upload(organizer, listed, "danh-sach.xlsx", messy_workbook()).token,
        "new_upload": keep_upload(organizer, None, "thieu-ngay.xlsx", unnamed).token,
        "pairing": fresh,
        "expired_pairing": expired,
    }


def _entrance(festival: Festival) -> Checkpoint:
    here = (Checkpoint.festival_id == festival.id, Checkpoint.kind == CheckpointKind.ENTRANCE)
    return db.session.scalars(select(Checkpoint).where(*here).order_by(Checkpoint.id)).first()


def _stamping(festival: Festival) -> Checkpoint:
    here = (Checkpoint.festival_id == festival.id, Checkpoint.kind == CheckpointKind.BOOTH)
    return db.session.scalars(select(Checkpoint).where(*here).order_by(Checkpoint.id)).first()


def _device(festival: Festival) -> Device:
    return db.session.scalars(select(Device).where(Device.festival_id == festival.id).order_by(Device.id)).first()


def _first(festival: Festival, part: type[Booth] | type[Zone]) -> Booth | Zone:
    return db.session.scalars(select(part).where(part.festival_id == festival.id).order_by(part.id)).first()
