"""A festival in which people have done different things: what the tests of criteria are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from uuid import uuid4

from festival.certificates.models import CertificateKind, Design
from festival.checkin.models import Admission, Checkpoint, CheckpointKind, ShownSkill
from festival.core.clock import now, today
from festival.extensions import db
from festival.registration.models import Attendee
from tests import factories


@dataclass(frozen=True)
class World:
    """A festival with an entrance, three sessions, three booths and a table for volunteers, and who has done what."""

    festival: factories.Festival
    places: dict[str, Checkpoint]
    people: dict[str, Attendee]

    def admit(self, who: str, *where: str) -> None:
        for name in where:
            self.admit_at(self.people[who].id, self.places[name].id)
        db.session.commit()

    def admit_at(self, attendee_id: int, checkpoint_id: int) -> None:
        db.session.add(
            Admission(attendee_id=attendee_id, checkpoint_id=checkpoint_id, scan_id=uuid4(), admitted_at=now())
        )

    def shows(self, who: str, where: str, skill: str) -> None:
        place = self.places[where]
        db.session.add(
            ShownSkill(
                attendee_id=self.people[who].id, checkpoint_id=place.id, skill=skill, scan_id=uuid4(), shown_at=now()
            )
        )
        db.session.commit()

    def design(
        self, rule: object = None, kind: CertificateKind = CertificateKind.PARTICIPATION, **more: object
    ) -> Design:
        design = Design(
            festival_id=self.festival.id,
            kind=kind,
            name="Chứng nhận",
            look={},
            rule=rule if rule is not None else {},
            **more,
        )
        db.session.add(design)
        db.session.commit()
        return design


def build(festival: factories.Festival) -> World:
    tomorrow = today() + timedelta(days=1)
    vneid = factories.make_workshop(festival, title="VNeID")
    sessions = {
        "vneid-9": factories.make_session(festival, workshop=vneid, day=tomorrow, room="P1"),
        "vneid-11": factories.make_session(
            festival, workshop=vneid, day=tomorrow, start=time(11), end=time(12, 30), room="P1"
        ),
        "banking-14": factories.make_session(
            festival, title="Thanh toán số", day=tomorrow, start=time(14), end=time(15), room="P2"
        ),
    }  # fmt: skip
    booths = {
        "A01": factories.make_booth(
            festival, code="A01", name="Công an", topic="Định danh", skills="Mở VNeID\nĐổi mật khẩu"
        ),
        "A02": factories.make_booth(festival, code="A02", name="Ngân hàng", topic="Thanh toán", skills="Trả bằng QR"),
        "A03": factories.make_booth(festival, code="A03", name="Đoàn", topic="Thanh toán", skills=""),
    }  # fmt: skip
    places = {"gate": factories.make_checkpoint(festival)}
    for name, session in sessions.items():
        places[name] = factories.make_checkpoint(festival, CheckpointKind.SESSION, name=name, session_id=session.id)
    for name, booth in booths.items():
        places[name] = factories.make_checkpoint(festival, CheckpointKind.BOOTH, name=name, booth_id=booth.id)
    places["table"] = factories.make_checkpoint(festival, CheckpointKind.VOLUNTEERS, name="Bàn")
    names = ("nobody", "visitor", "learner", "collector", "helper")
    people = dict(zip(names, factories.make_household(festival, members=5).attendees, strict=True))
    world = World(festival, places, people)
    world.admit("visitor", "gate")
    world.admit("learner", "gate", "vneid-9", "banking-14")
    world.admit("collector", "gate", "A01", "A02", "A03")
    world.shows("collector", "A01", "Mở VNeID")
    world.shows("collector", "A02", "Trả bằng QR")
    world.admit("helper", "table")
    return world
