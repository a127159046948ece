"""A festival with everything in it that may name somebody, and ways to look for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from festival.accounts.models import StaffRole
from festival.certificates.corrections import AskOutcome, corrections_of, refuse
from festival.certificates.corrections import ask as ask_correction
from festival.certificates.handing_out import note_file
from festival.certificates.issuing import issue
from festival.certificates.models import Certificate, CertificateKind, Design, FileSource
from festival.certificates.replacing import replace as replace_certificate
from festival.checkin.pairing import DEVICE_COOKIE
from festival.consents.models import Purpose
from festival.core.clock import now, today
from festival.core.text import fold, name_key
from festival.extensions import db
from festival.messages.models import GroupMessage
from festival.privacy.models import RequestKind
from festival.privacy.requests import ask
from festival.programme.models import Festival
from festival.registration import notices
from festival.registration.links import secret_of
from festival.registration.models import HelperLink, Registration, Relation, TicketKind
from festival.registration.signing_up import Member, sign_up
from festival.registration.ticket_code import encode
from tests import factories

Tables = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Peopled:
    """A festival with a family in it, and every word that must be nowhere after its erasure."""

    festival: Festival
    family: Registration
    secret: str
    ticket: str
    certificate: Certificate
    words: tuple[str, ...]


def rows() -> Tables:
    """Everything in the database."""
    tables = {}
    for table in db.metadata.sorted_tables:
        found = db.session.execute(table.select().order_by(*table.primary_key)).mappings()
        tables[table.name] = [dict(row) for row in found]
    db.session.rollback()
    return tables


def places_of(word: str) -> set[str]:
    """The tables and columns in which `word` stands anywhere."""
    return {
        f"{table}.{column}"
        for table, found in rows().items()
        for row in found
        for column, value in row.items()
        if word in (json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value))
    }


def words_in_the_file(peopled: Peopled) -> set[str]:
    """Which of the words stand anywhere in SQLite's file. PostgreSQL has none, and reuses old places by itself."""
    path = Path(str(db.engine.url.database))
    files = [path, path.with_name(f"{path.name}-wal")]
    content = b"".join(file.read_bytes() for file in files if file.is_file())
    return {word for word in peopled.words if word.encode() in content}


@pytest.fixture
def people(
    app: Flask, make_festival: Callable[..., Festival], sign_in: Callable[..., FlaskClient]
) -> Callable[..., Peopled]:
    """A festival that is on, in which a family registered, came, was scanned, asked for help and left."""
    manage = sign_in(StaffRole.OWNER)

    def make(mark: str = "Khuyết", phone: str = "+84987654321") -> Peopled:
        festival = make_festival()
        session = factories.make_session(festival)
        contact, child, guardian = f"Trịnh Thị {mark} Ngà", f"Đặng {mark} Ước", f"Lò Văn {mark} Ưng"
        wanted = frozenset({session.id})
        members = [Member(contact, 1961, Relation.SELF), Member(child, today().year - 9, Relation.GRANDCHILD, wanted)]
        household = factories.household_of(
            contact_name=contact,
            phone=phone,
            email=f"{fold(mark)}@nha.example",
            guardian_name=guardian,
            consents={Purpose.TAKING_PART: True, Purpose.PHOTOS: False},
            recorded_by=f"Tổ trưởng {mark}",
        )
        family = sign_up(festival, replace(household, members=members)).registration
        helper = HelperLink(
            festival_id=festival.id, group_name="Tổ 1", helper_name=f"Bí thư {mark}", public_id=f"h{festival.id}"
        )
        db.session.add(helper)
        db.session.flush()
        family.helper_link_id, family.group_name = helper.id, f"Tổ dân phố {mark}"
        family.origin, family.helped_on = fold(mark) + "0" * 20, fold(mark) + "1" * 20
        ask(family, RequestKind.CORRECT, f"Cháu tên là {mark} Ướt", "http://festival.test")
        at_once = now()
        db.session.add(
            GroupMessage(
                festival_id=festival.id,
                chosen={"name": f"lọc {mark}"},
                subject=f"Gửi {mark}",
                body=f"Chào {mark}",
                short_text=f"Ngắn {mark}",
                goes_out_at=at_once,
                written_at=at_once,
            )
        )
        notices.confirmed(family)
        paired = factories.make_device(festival)
        paired.device.on_duty = on_duty = f"Tình nguyện viên {mark}"
        db.session.commit()
        door = app.test_client()
        door.set_cookie(DEVICE_COOKIE, paired.token, path="/door")
        scan = {"checkpoint": paired.device.checkpoints[0].id, "direction": "in", "offline": False}
        scan |= {"scanned_at": now().isoformat(), "members": [each.id for each in family.attendees]}
        whole = next(each for each in family.tickets if each.kind is TicketKind.HOUSEHOLD)
        code = encode(whole.kind, festival.id, whole.id, festival.first_day, 2, festival.sealed_private_key)
        sent = [scan | {"id": str(uuid4()), "ticket": f"HTTPS://FESTIVAL.TEST/Q/{code}"} for _ in range(2)]
        answers = door.post("/door/api/scans", json={"scans": sent}).json["answers"]
        assert {answer["verdict"] for answer in answers} == {"admitted", "already_admitted"}
        certificates = [issue(attendee).certificate for attendee in family.attendees]
        db.session.commit()
        at = f"/manage/{festival.slug}"
        revoke = {"reason": f"{child} có hai tờ"}
        assert manage.post(f"{at}/certificates/{certificates[1].id}/revoke", data=revoke).status_code == 302
        assert manage.post(f"{at}/door/devices/{paired.device.id}/revoke").status_code in (302, 303)
        own_words = _family_certificate(festival, family, mark)
        db.session.expire_all()
        names = (contact, child, guardian, on_duty, household.recorded_by, helper.helper_name, family.group_name)
        names += (f"lọc {mark}", f"Gửi {mark}", f"Chào {mark}", f"Ngắn {mark}", f"tên là {mark} Ướt")
        names += (family.origin, family.helped_on, *own_words)
        keys = [key(name) for name in (contact, child) for key in (fold, name_key)]
        words = (*names, *keys, phone[3:], str(family.email), family.public_id, family.submission, revoke["reason"])
        return Peopled(festival, family, secret_of(family), code, certificates[0], words)

    return make


def _family_certificate(festival: Festival, family: Registration, mark: str) -> tuple[str, ...]:
    """The whole family's: replaced once, its name asked about, a signed file kept of it. Gives the words in it."""
    design = Design(festival_id=festival.id, kind=CertificateKind.HOUSEHOLD, name="Gia đình số", look={}, rule={})
    db.session.add(design)
    db.session.flush()
    first = issue(family, design).certificate
    assert first is not None
    first.details = {"skills": [f"gọi video với bà {mark}"]}
    new = replace_certificate(first, f"in nhầm {mark}").certificate
    assert new is not None
    assert ask_correction(new, f"Nhà Bà {mark}") is AskOutcome.ASKED
    refuse(corrections_of(new)[0], f"giấy tờ ghi {mark}")
    note_file(new, b"%PDF- signed", FileSource.SIGNED, keep=True)
    db.session.commit()
    return f"gọi video với bà {mark}", f"in nhầm {mark}", f"Nhà Bà {mark}", f"giấy tờ ghi {mark}"


@pytest.fixture
def peopled(people: Callable[..., Peopled]) -> Peopled:
    return people()


def put_back(festival: Festival, days: int) -> None:
    """Let the festival have ended so many days ago."""
    festival.first_day = festival.last_day = today() - timedelta(days=days)
    db.session.commit()
