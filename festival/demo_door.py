"""The demo's door: phones that have been scanning for three hours, with all that an organizer meets on such a day."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from festival.checkin.checkpoints import add_for_booths, add_for_sessions, save, sorted_checkpoints
from festival.checkin.models import Admission, Checkpoint, CheckpointKind, Device, DeviceMode, Scan, ShownSkill
from festival.core.clock import now
from festival.core.secrets import digest, random_token
from festival.extensions import db
from festival.programme.models import Booth, Festival
from festival.registration.models import Registration

SHARE_INSIDE = 0.4
WALK_IN_SESSIONS = 10
BOOTHS = 8
STAMPS_FOR_A_PRIZE = 5
SKILLS = {
    "A01": ("Mở VNeID và xem giấy tờ", "Kích hoạt định danh mức 2", "Đổi mật khẩu VNeID"),
    "A02": ("Khai báo tạm trú trên VNeID",),
    "A03": ("Nộp một hồ sơ trực tuyến", "Tra cứu hồ sơ đã nộp"),
    "A07": ("Trả tiền bằng mã QR", "Kiểm tra người nhận trước khi chuyển"),
    "B02": ("Nhận ra một cuộc gọi lừa đảo", "Chặn và báo một số lạ"),
    "C09": ("Gọi video cho người nhà",),
}


@dataclass
class _Day:
    """What has been scanned so far, as rows to be inserted at one go."""

    festival: Festival
    draw: random.Random
    end: datetime
    scans: list[dict[str, Any]] = field(default_factory=list)
    admissions: list[dict[str, Any]] = field(default_factory=list)
    skills: list[dict[str, Any]] = field(default_factory=list)

    def scan(self, place: Checkpoint, device: Device, attendee: int, at: datetime, **more: Any) -> uuid.UUID:
        """One scan of somebody who went through."""
        scan = {
            "id": uuid.UUID(int=self.draw.getrandbits(128), version=4),
            "festival_id": self.festival.id,
            "checkpoint_id": place.id,
            "device_id": device.id,
            "attendee_id": attendee,
            "direction": "in",
            "scanned_at": at,
            "raw_scanned_at": at,
            "clock_offset_ms": 0,
            "received_at": at,
            "offline": False,
            "shown": None,
            "verdict": "admitted",
            "passed": True,
            "skill": None,
            **more,
        }
        self.scans.append({**scan, "answer": {"verdict": scan["verdict"]}})
        return uuid.UUID(str(scan["id"]))

    def admit(self, place: Checkpoint, device: Device, attendee: int, at: datetime, **more: Any) -> None:
        """A first time at that place."""
        scan = self.scan(place, device, attendee, at, **more)
        self.admissions.append(
            {
                "attendee_id": attendee,
                "checkpoint_id": place.id,
                "device_id": device.id,
                "scan_id": scan,
                "admitted_at": at,
                "changed_at": at,
            }
        )
        if skill := more.get("skill"):
            self.skills.append(
                {
                    "attendee_id": attendee,
                    "checkpoint_id": place.id,
                    "skill": skill,
                    "scan_id": scan,
                    "shown_at": at,
                }
            )

    def later(self, at: datetime) -> datetime:
        """A moment between `at` and the end."""
        return at + (self.end - at) * self.draw.random()

    def keep(self) -> None:
        """Write it all."""
        for table, rows in ((Scan, self.scans), (Admission, self.admissions), (ShownSkill, self.skills)):
            if rows:
                db.session.execute(insert(table), rows)


def open_doors(festival: Festival, draw: random.Random) -> list[Registration]:
    """Make the demo's checkpoints and phones and let part of the households in; gives those, in the order they came."""
    _write_skills(festival)
    places = _make_places(festival)
    phones = _make_phones(festival, places)
    families = db.session.scalars(
        select(Registration).where(Registration.festival_id == festival.id).order_by(Registration.id)
    ).all()
    day = _Day(festival, draw, now())
    inside = [family for family in families if draw.random() < SHARE_INSIDE]
    for place, family in enumerate(inside):
        _visit(day, places, phones, [attendee.id for attendee in family.attendees], helps=place < BOOTHS)
    places.prize.stock_taken = sum(row["checkpoint_id"] == places.prize.id for row in day.admissions)
    day.keep()
    return inside


@dataclass(frozen=True)
class _Places:
    gate: Checkpoint
    volunteers: Checkpoint
    lunch: Checkpoint
    prize: Checkpoint
    booths: Sequence[Checkpoint]
    skills: dict[int, list[str]]
    """By checkpoint: what its booth lets visitors show."""


def _write_skills(festival: Festival) -> None:
    for booth in db.session.scalars(select(Booth).where(Booth.festival_id == festival.id, Booth.code.in_(SKILLS))):
        booth.skills = "\n".join(SKILLS[booth.code])


def _make_places(festival: Festival) -> _Places:
    def make(kind: CheckpointKind, **values: Any) -> Checkpoint:
        checkpoint = Checkpoint(festival_id=festival.id, kind=kind)
        save(checkpoint, values)
        return checkpoint

    gate = make(CheckpointKind.ENTRANCE, name="Cổng chính", re_entry=True)
    volunteers = make(CheckpointKind.VOLUNTEERS, name="Bàn tình nguyện viên")
    lunch = make(CheckpointKind.CUSTOM, name="Bữa trưa")
    prize = make(CheckpointKind.CUSTOM, name="Phần thưởng đủ dấu", stock=50, stamps_needed=STAMPS_FOR_A_PRIZE)
    add_for_sessions(festival)
    add_for_booths(festival)
    made = sorted_checkpoints(festival)
    for checkpoint in [one for one in made if one.kind is CheckpointKind.SESSION][:WALK_IN_SESSIONS]:
        checkpoint.walk_ins = True
    booths = [one for one in made if one.kind is CheckpointKind.BOOTH][:BOOTHS]
    skills = {one.id: one.booth.skill_list for one in booths if one.booth}
    return _Places(gate, volunteers, lunch, prize, booths, skills)


@dataclass(frozen=True)
class _Phones:
    gate: Sequence[Device]
    booths: Device
    table: Device


def _make_phones(festival: Festival, places: _Places) -> _Phones:
    """Door B has been out of reach for a while, and its clock is wrong."""
    at = now()

    def make(name: str, on_duty: str, checkpoints: Sequence[Checkpoint], **values: Any) -> Device:
        device = Device(
            festival_id=festival.id,
            name=name,
            on_duty=on_duty,
            token_digest=digest(random_token()),
            checkpoints=list(checkpoints),
            **{"paired_at": at - timedelta(hours=3), "last_seen_at": at, "clock_offset_ms": 0, **values},
        )
        db.session.add(device)
        return device

    door_a = make("Cửa A", "Chị Lan", [places.gate])
    silent = {"last_seen_at": at - timedelta(minutes=14), "waiting": 6, "clock_offset_ms": 245_000}
    door_b = make("Cửa B", "Anh Bình", [places.gate], **silent)
    booths = make("Gian hàng khu A", "Bạn Hà", places.booths)
    table = make("Bàn quà", "Cô Mai", [places.lunch, places.prize, places.volunteers])
    make("Bàn hướng dẫn", "Chú Tâm", [places.gate], mode=DeviceMode.KIOSK)
    if places.booths:
        make("Màn hình A01", "Gian A01", places.booths[:1], mode=DeviceMode.SCREEN)
    db.session.flush()
    return _Phones((door_a, door_b), booths, table)


def _visit(day: _Day, places: _Places, phones: _Phones, people: Sequence[int], *, helps: bool) -> None:
    """A household comes in together, its people collect stamps, eat, and some go home."""
    draw = day.draw
    came = day.end - timedelta(minutes=draw.uniform(2, 180))
    door = draw.choice(phones.gate)
    for attendee in people:
        day.admit(places.gate, door, attendee, came)
        stamps = draw.choice((0, 0, 1, 2, 3, 5, 6))
        for booth in draw.sample(list(places.booths), k=min(stamps, len(places.booths))):
            skill = draw.choice([None, *places.skills.get(booth.id, [])])
            day.admit(booth, phones.booths, attendee, day.later(came), skill=skill)
        if draw.random() < 0.3:
            day.admit(places.lunch, phones.table, attendee, day.later(came))
        if min(stamps, len(places.booths)) >= STAMPS_FOR_A_PRIZE and draw.random() < 0.2:
            day.admit(places.prize, phones.table, attendee, day.end)
    if helps:
        day.admit(places.volunteers, phones.table, people[0], came)
    if day.end - came > timedelta(minutes=60) and draw.random() < 0.3:
        _go_out(day, places.gate, phones, people, came)
    elif draw.random() < 0.03:  # a picture of the ticket, shown to a phone without a network
        twice = {"offline": True, "shown": "admitted", "verdict": "already_admitted", "received_at": day.end}
        day.scan(places.gate, phones.gate[1], people[0], day.later(came), **twice)


def _go_out(day: _Day, gate: Checkpoint, phones: _Phones, people: Sequence[int], came: datetime) -> None:
    """Home for lunch; one household in three comes back."""
    went = came + timedelta(minutes=40)
    for attendee in people:
        day.scan(gate, phones.gate[0], attendee, went, direction="out", verdict="exited")
    if day.draw.random() < 0.3:
        back = day.later(went)
        for attendee in people:
            day.scan(gate, phones.gate[0], attendee, back)
