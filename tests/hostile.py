"""Every form of the service with values that are right, and a festival with one of everything to send them to.

A test replaces one value of a form at a time by what strangers type (`nonsense.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from festival.accounts.models import Organization, StaffRole, User
from festival.accounts.staff import give_role
from festival.certificates import corrections, runs
from festival.certificates.issuing import issue
from festival.checkin.models import CheckpointKind
from festival.checkin.pairing import invite_phone
from festival.checkin.paper_codes import paper_code
from festival.checkin.scan_request import ScanRequest
from festival.checkin.scanning import record_scans
from festival.checkin.stamping import poster_code
from festival.core.clock import now, today
from festival.core.secrets import random_token
from festival.extensions import db
from festival.privacy.models import RequestKind
from festival.privacy.requests import ask
from festival.programme.editing import delete
from festival.programme.models import Festival
from festival.programme.uploads import keep_upload
from festival.registration.class_lists.checking import check
from festival.registration.class_lists.importing import sealed_list
from festival.registration.class_lists.reading import read_class_list
from festival.registration.helping.links import make_link
from festival.registration.helping.links import secret_of as helper_secret
from festival.registration.links import secret_of
from festival.registration.models import LinkKind
from festival.staffing.invitations import invite
from tests import factories
from tests.programme.messy_workbook import messy_workbook

FIRST_OF_ITS_KIND = (
    *("ticket_id", "registration_id", "link_id", "key_id", "picture_id", "slip_id", "message_id", "group_id"),
    *("membership_id", "invitation_id", "import_id"),
)
"""Variables of addresses for which the first one there is will do."""


@dataclass
class Form:
    """A form: where it is sent, its fields as a right answer fills them, and whether only staff may."""

    name: str
    address: str
    fields: dict[str, str]
    staff: bool = False


@dataclass
class House:
    """A festival with one of everything, and its forms."""

    festival: Festival
    secret: str
    attendee: int
    zone: int
    booth: int
    workshop: int
    session: int
    deletion: int
    checkpoint: int
    device: int
    certificate: int
    code: str
    design: int
    correction: int
    run: int
    token: str
    pairing: str
    poster: str
    scan: str
    helper: str
    sealed: str
    flood: int
    early: str
    early_person: int
    request: int
    invitation: str
    listed: str

    def paths(self) -> dict[str, str]:
        """A right value for each variable of an address."""
        return {
            "festival": self.festival.slug,
            "secret": self.secret,
            "attendee_id": str(self.attendee),
            "first_id": str(self.flood),
            "zone_id": str(self.zone),
            "booth_id": str(self.booth),
            "workshop_id": str(self.workshop),
            "session_id": str(self.session),
            "entry_id": str(self.deletion),
            "checkpoint_id": str(self.checkpoint),
            "device_id": str(self.device),
            "certificate_id": str(self.certificate),
            "design_id": str(self.design),
            "correction_id": str(self.correction),
            "run_id": str(self.run),
            "holder": str(self.attendee),
            "fact": "entrance",
            "slug": self.festival.slug,
            "request_id": str(self.request),
            "walk_in_id": str(uuid4()),
            "scan_id": self.scan,
            "what": "entrance",
            "code": self.pairing,
            "token": "a",
            "filename": "robots.txt",
            "organization_id": str(self.festival.organization_id),
            **dict.fromkeys(FIRST_OF_ITS_KIND, "1"),
        }


def build(festival: Festival, user: User) -> House:
    """One of everything in `festival`."""
    session = factories.make_session(festival)
    booth = factories.make_booth(festival)
    stamped = factories.make_booth(festival)
    stamping = factories.make_checkpoint(festival, CheckpointKind.BOOTH, name="A99", booth_id=stamped.id)
    household = factories.make_household(festival, members=2, sessions=(session,))
    deleted = delete(factories.make_booth(festival))
    assert deleted is not None
    gate = factories.make_checkpoint(festival)
    paired = factories.make_device(festival, checkpoints=[gate])
    person = household.attendees[0]

    scan = ScanRequest(uuid4(), gate.id, now(), attendee_id=person.id)
    record_scans(paired.device, [scan], now())
    certificate = issue(person).certificate
    assert certificate is not None
    corrections.ask(certificate, "Nguyễn Thị Thứ")
    (correction,) = corrections.corrections_of(certificate)
    _code, pairing = invite_phone(festival, "Cửa B", [gate], user.id)
    soon = today() + timedelta(days=3)
    later = factories.make_festival(organization_id=festival.organization_id, first_day=soon, last_day=soon)
    early = factories.make_household(later, members=2)
    asked = ask(household, RequestKind.SEE, "Xin cho xem.", "").request
    assert asked is not None
    organization = db.session.get(Organization, festival.organization_id)
    assert organization is not None
    give_role(user, organization, StaffRole.OWNER)
    _made, invitation = invite(organization, festival, StaffRole.ISSUER, "lan@phuong.example", "Lan", user.id)
    helper = make_link(festival, LinkKind.CLASSES, "Trường Lê Lợi", "Cô Hạnh", None)
    pupil = read_class_list("Họ và tên,Năm sinh,Phụ huynh\nĐỗ Khánh An,2015,Đỗ Thị Tư".encode())
    sealed = sealed_list(helper, check(helper, pupil).to_register)
    flood = [
        factories.make_household(festival, members=1, phone=f"+849{number:08}", origin="f" * 32) for number in range(10)
    ]
    db.session.commit()
    return House(
        festival=festival,
        secret=secret_of(household),
        attendee=person.id,
        zone=booth.zone_id or 0,
        booth=booth.id,
        workshop=session.workshop_id,
        session=session.id,
        deletion=deleted.id,
        checkpoint=gate.id,
        device=paired.device.id,
        certificate=certificate.id,
        code=certificate.code,
        design=certificate.design_id,
        correction=correction.id,
        run=runs.ask(certificate.design, None).id,
        token=paired.token,
        pairing=pairing,
        poster=poster_code(stamping.id),
        scan=str(scan.id),
        helper=helper_secret(helper),
        invitation=invitation,
        listed=keep_upload(user, festival, "danh-sach.xlsx", messy_workbook()).token,
        sealed=sealed,
        flood=flood[0].id,
        early=secret_of(early),
        early_person=early.attendees[1].id,
        request=asked.id,
    )


def forms(house: House) -> Iterator[Form]:
    """Every form that takes more than a button."""
    slug, secret = house.festival.slug, f"/r/{house.secret}"
    manage = f"/manage/{slug}"
    yield Form(
        "register",
        f"/{slug}/register",
        {
            "submission": random_token(),
            "step": "consents",
            "go": "",
            "contact_name": "Nguyễn Thị Hoa",
            "phone": "0912345678",
            "email": "hoa@example.vn",
            "ward": "",
            "coming": "y",
            "birth_year": "1980",
            "members-0-name": "Đỗ Minh",
            "members-0-birth_year": "2015",
            "members-0-relation": "child",
            f"session-{house.session}": "c",
            "guardian_name": "Nguyễn Thị Hoa",
            "consent_taking_part": "y",
            "consent_children": "y",
            "consent_childrens_own": "y",
        },
    )
    yield Form("sign-in", "/manage/sign-in", {"email": "x@festival.example", "password": "so-not-right", "next": "/"})
    member = {"name": "Đỗ Thị Mới", "birth_year": "2015", "relation": "child", "guardian_name": "Nguyễn Thị Hoa"}
    yield Form("add a person", f"{secret}/members", {**member, "go": ""})
    yield Form("correct a person", f"{secret}/members/{house.attendee}", {**member, "go": ""})
    yield Form(
        "move a ticket", f"/r/{house.early}/members/{house.early_person}/move", {**member, "consent_children": "y"}
    )
    found = {"go": "open", "find-phone": "0912345678", "find-code": "7KQ4M2XA"}
    yield Form("find tickets", f"/{slug}/my-tickets", found)
    yield Form("send the link", f"/{slug}/my-tickets", {"go": "send", "send-contact": "hoa@example.vn"})
    contact = {"name": "Nguyễn Thị Hoa", "phone": "0912345678", "email": "hoa@example.vn", "ward": ""}
    yield Form("correct the contact", f"{secret}/data/contact", contact)
    yield Form("ask about data", f"{secret}/data/request", {"kind": "see", "wish": "Xin cho xem."})
    helper = f"/helper/{house.helper}"
    helped = {
        "submission": random_token(),
        "go": "save",
        "contact_name": "Nguyễn Thị Tư",
        "phone": "0912345678",
        "ward": "",
        "coming": "y",
        "birth_year": "1948",
        "members-0-name": "Đỗ Minh",
        "members-0-birth_year": "2015",
        "members-0-relation": "grandchild",
        f"session-{house.session}": "c",
        "guardian_name": "Nguyễn Thị Tư",
        "recorded_by": "Chị Lan",
        "consent_taking_part": "y",
        "consent_children": "y",
        "consent_childrens_own": "y",
    }
    yield Form("help to register", helper, helped)
    word = {"sealed": house.sealed, "recorded_by": "Cô Hạnh", **{name: "y" for name in helped if "consent" in name}}
    yield Form("class list", f"{helper}/class-list/confirm", word)
    kinds = {"kind": "group", "group_name": "Tổ dân phố 12", "helper_name": "Chị Lan"}
    yield Form("new helper", f"/manage/{slug}/helpers/new", kinds, staff=True)
    released = {"up_to": "1", "keep": "1"}
    yield Form("release a flood", f"/manage/{slug}/floods/{house.flood}", released, staff=True)
    yield Form("sessions", f"{secret}/sessions", {f"session-{house.session}": str(house.attendee)})
    yield Form("wait", f"{secret}/sessions", {f"session-{house.session}": str(house.attendee), "wait-1": "y"})
    yield Form("answer an offer", f"{secret}/waiting/{house.session}", {"go": "leave"})
    yield Form("consents", f"{secret}/consents", {"photos": "y", "reminders": "y"})
    stamp = {"opening": "1.0.a.b", "go": "ticket", "ticket": "ABCD2345", "typed_number": "42", "number": "42"}
    yield Form("stamp", f"/s/{house.poster}", stamp)
    known = {"opening": "1.0.a.b", "go": f"one-{house.attendee}", "number": "42"}
    yield Form("stamp of a family", f"/s/{house.poster}", known)
    yield Form("pair", f"/door/pair/{house.pairing}", {"on_duty": "Chị Lan"})
    facts = {
        "name": "Ngày hội toàn dân học tập số",
        "organizer_name": "UBND phường",
        "ward_code": "",
        "first_day": house.festival.first_day.isoformat(),
        "last_day": house.festival.last_day.isoformat(),
        "opens_at": "07:30",
        "closes_at": "17:30",
        "venue": "Nhà văn hóa",
        "address": "1 Phố Huế",
        "capacity": "1500",
    }
    organization = {"organization_id": str(house.festival.organization_id)}
    yield Form("new festival", "/manage/new", facts | organization, staff=True)
    more = {
        "about": "Mang theo điện thoại.",
        "contact_phone": "0912345678",
        "contact_email": "phuong@example.vn",
        "registration_opens": "2026-01-01T08:00",
        "registration_closes": "2099-01-01T08:00",
        "keep_days": "60",
    }
    yield Form("edit festival", f"{manage}/edit", facts | more, staff=True)
    yield Form("next edition", f"{manage}/next-year", {"name": "Lần sau", "first_day": "2027-10-10"}, staff=True)
    zone = {"name": "Khu sân trước", "position": "1"}
    yield Form("new zone", f"{manage}/zones/new", zone, staff=True)
    yield Form("edit zone", f"{manage}/zones/{house.zone}", zone, staff=True)
    booth = {
        "code": "Z01",
        "name": "VNeID",
        "zone_id": str(house.zone),
        "topic": "Định danh",
        "host_name": "Công an",
        "description": "Mang theo điện thoại.",
        "skills": "Mở VNeID",
        "power_watts": "500",
        "tables": "2",
        "chairs": "4",
    }
    yield Form("new booth", f"{manage}/booths/new", booth, staff=True)
    yield Form("edit booth", f"{manage}/booths/{house.booth}", booth, staff=True)
    yield Form("edit booth seen", f"{manage}/booths/{house.booth}", booth | {"seen": "name:0"}, staff=True)
    yield Form("undo a deletion", f"{manage}/deleted/{house.deletion}", {"without_place": "1"}, staff=True)
    yield Form("delete booth", f"{manage}/booths/{house.booth}/delete", {"name": "another"}, staff=True)
    workshop = {
        "title": "VNeID",
        "audience": "Người cao tuổi",
        "host_name": "Công an",
        "description": "Thực hành.",
        "learn_more_url": "https://example.vn/a",
    }
    listed = f"{manage}/import/{house.listed}/list"
    columns = {"do": "columns", "kind-0": "booths", "column-0-1": "name", "kind-1": "other"}
    yield Form("columns of a list", listed, columns, staff=True)
    rows = {"do": "import", "use": "0-11", "type-0-11-name": "Y tế từ xa", "type-0-14-code": "C9"}
    yield Form("rows of a list", listed, rows, staff=True)
    yield Form("new workshop", f"{manage}/workshops/new", workshop, staff=True)
    yield Form("edit workshop", f"{manage}/workshops/{house.workshop}", workshop, staff=True)
    session = {
        "workshop_id": str(house.workshop),
        "room": "P101",
        "booth_id": "0",
        "day": house.festival.last_day.isoformat(),
        "start": "08:00",
        "end": "09:00",
        "capacity": "30",
        "tell": "y",
    }
    yield Form("new session", f"{manage}/sessions/new", session, staff=True)
    yield Form("edit session", f"{manage}/sessions/{house.session}", session, staff=True)
    moved = {key: session[key] for key in ("room", "day", "start", "tell")} | {"minutes": "45"}
    yield Form("move a session", f"{manage}/sessions/{house.session}/move", moved, staff=True)
    copies = {"days": session["day"], "start": "13:00", "times": "2", "every": "60", "rooms": "P102", "go": "make"}
    yield Form("copy a session", f"{manage}/sessions/{house.session}/copy", copies, staff=True)
    door, hours = f"{manage}/door", {"opens": "07:30", "closes": "17:30"}
    entrance = {"name": "Cổng sau", "re_entry": "y", **hours}
    yield Form("entrance", f"{door}/new/entrance", entrance, staff=True)
    yield Form("edit entrance", f"{door}/checkpoints/{house.checkpoint}", entrance, staff=True)
    letting_in = {"session_id": str(house.session), "walk_ins": "y", "opens_before": "30"}
    yield Form("checkpoint of a session", f"{door}/new/session", letting_in, staff=True)
    yield Form("checkpoint of a booth", f"{door}/new/booth", {"booth_id": str(house.booth), **hours}, staff=True)
    yield Form("volunteers", f"{door}/new/volunteers", {"name": "Bàn tình nguyện viên", **hours}, staff=True)
    prize = {"name": "Phần thưởng", "per": "household", "stock": "50", "stamps_needed": "5", **hours}
    yield Form("prize", f"{door}/new/prize", prize, staff=True)
    yield Form("walk-ins", f"{door}/walk-ins", {"allowed": "y"}, staff=True)
    phone = {"mode": "staff", "door": "Cửa C", "whole": "entrance", "checkpoints": str(house.checkpoint)}
    yield Form("invite a phone", f"{door}/pair", phone, staff=True)
    yield Form("rename a phone", f"{door}/devices/{house.device}", {"door": "Cửa D"}, staff=True)
    yield Form("blank slips", f"{manage}/door/slips", {"count": "3"}, staff=True)
    yield Form("take a scan back", f"{door}/conflicts/scans/{house.scan}/undo", {"reason": "Quét nhầm."}, staff=True)
    typed = {
        "checkpoint": str(house.checkpoint),
        "direction": "in",
        "day": house.festival.first_day.isoformat(),
        "lines": f"{paper_code(house.attendee)} 0001",
        "checked": "",
        "go": "record",
    }
    yield Form("typed list", f"{door}/paper/type", typed, staff=True)
    many = {
        "who": "seated",
        "session": str(house.session),
        "group_name": "",
        "language": "vi",
        "service": "y",
        "subject": "Đổi phòng",
        "body": "Mời {name} đến {place}.",
        "seen": "",
        "go": "preview",
    }
    yield Form("write to many", f"{manage}/messages/write", many, staff=True)
    asked = f"{manage}/privacy/requests/{house.request}"
    yield Form("answer a request", f"{asked}/answer", {"answer": "Đã nhận."}, staff=True)
    yield Form("finish a request", f"{asked}/done", {"outcome": "Đã xong."}, staff=True)
    yield Form("revoke", f"{manage}/certificates/{house.certificate}/revoke", {"reason": "Nhầm tên."}, staff=True)
    anew = {"name": "Nguyễn Thị Thử", "reason": "Sai dấu."}
    yield Form("replace", f"{manage}/certificates/{house.certificate}/replace", anew, staff=True)
    yield Form("publish the list", f"{manage}/certificates/list", {"public": "1"}, staff=True)
    yield Form("issue", f"{manage}/certificates/designs/{house.design}/issue", {"who": "all"}, staff=True)
    some = {"who": "chosen", "holder": str(house.attendee)}
    yield Form("issue to some", f"{manage}/certificates/designs/{house.design}/issue", some, staff=True)
    decided = {"decision": "refuse", "answer": "Giấy tờ ghi khác."}
    yield Form("decide", f"{manage}/certificates/corrections/{house.correction}", decided, staff=True)
    corrected = {"wanted_name": "Nguyễn Thị Thứ"}
    yield Form("correct a name", f"/r/{house.secret}/certificates/correct/{house.certificate}", corrected)
    yield Form("compare a name", f"/c/{house.code}/match", {"name": "Nguyễn Thị Thử"})
    passwords = {"password": "wrong", "new_password": "x" * 20, "new_password_confirm": "x" * 20}
    invited = {"name": "Lan", "email": "lan@phuong.example", "role": "issuer", "place": f"f{house.festival.id}"}
    yield Form("invite", "/manage/people/invite", invited, staff=True)
    ours, kept = f"/manage/organizations/{house.festival.organization_id}", {"name": "UBND phường", "kind": "ward"}
    yield Form("add an organization", f"{ours}/new", kept | {"ward_code": ""}, staff=True)
    yield Form("edit an organization", ours, kept | {"ward_code": ""}, staff=True)
    joining = {"name": "Trần Thị Lan", "password": "bồ câu vàng đậu mái", "again": "bồ câu vàng đậu mái"}
    yield Form("join", f"/invitations/{house.invitation}", joining)
    yield Form("password", "/manage/password", passwords, staff=True)
