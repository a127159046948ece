"""Small makers of the things of the domain, committed, with sensible values for all that a test does not name."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TypeVar

from festival.accounts.models import Organization
from festival.checkin.models import Checkpoint, CheckpointKind, Device, DeviceMode
from festival.core.clock import at_local, now, today
from festival.core.secrets import digest, random_token
from festival.core.signing import make_keys
from festival.extensions import db
from festival.programme.models import Booth, Festival, FestivalStatus, Session, Ward, Workshop, Zone
from festival.registration.models import Registration, Relation
from festival.registration.signing_up import Household, Member, SignUpOutcome, sign_up

Row = TypeVar("Row")

_count = itertools.count(1)


def make_ward(code: str = "00256", name: str = "Phường Hai Bà Trưng") -> Ward:
    ward = Ward(
        code=code,
        name=name,
        folded="phuong hai ba trung thanh pho ha noi",
        kind="phường",
        province_code="01",
        province_name="Thành phố Hà Nội",
        as_of=date(2026, 9, 1),
    )
    return _kept(ward)


def make_organization(name: str = "UBND phường Thử Nghiệm") -> Organization:
    return _kept(Organization(name=name))


def make_festival(**values: object) -> Festival:
    public_key, sealed = make_keys()
    number = next(_count)
    defaults: dict[str, object] = {
        "slug": f"ngay-hoi-{number}",
        "name": "Ngày hội toàn dân học tập số",
        "organizer_name": "UBND phường Thử Nghiệm",
        "first_day": today(),
        "last_day": today() + timedelta(days=1),
        "opens_at": time(0, 1),
        "closes_at": time(23, 59),
        "venue": "Nhà văn hóa phường",
        "capacity": 1500,
        "status": FestivalStatus.PUBLISHED,
        "public_key": public_key,
        "sealed_private_key": sealed,
    }
    if "organization_id" not in values:
        defaults["organization_id"] = make_organization(f"UBND phường số {number}").id
    return _kept(Festival(**{**defaults, **values}))


def make_workshop(festival: Festival, **values: object) -> Workshop:
    defaults: dict[str, object] = {"title": f"VNeID từ A đến Z, bài {next(_count)}", "audience": "Mọi người"}
    return _kept(Workshop(festival_id=festival.id, **{**defaults, **values}))


def make_session(
    festival: Festival,
    *,
    day: date | None = None,
    start: time = time(9),
    end: time = time(10),
    capacity: int = 20,
    title: str | None = None,
    **values: object,
) -> Session:
    day = day or today() + timedelta(days=1)
    workshop = values.pop("workshop", None) or make_workshop(festival, **({"title": title} if title else {}))
    session = Session(
        festival_id=festival.id,
        workshop=workshop,
        starts_at=at_local(day, start),
        ends_at=at_local(day, end),
        capacity=capacity,
        **{"room": f"Phòng {next(_count)}", **values},
    )
    return _kept(session)


def make_booth(festival: Festival, **values: object) -> Booth:
    number = next(_count)
    zone = values.pop("zone", None) or _kept(Zone(festival_id=festival.id, name=f"Khu {number}"))
    defaults: dict[str, object] = {"code": f"A{number:02}", "name": f"Gian hàng {number}", "topic": "Định danh số"}
    return _kept(Booth(festival_id=festival.id, zone=zone, **{**defaults, **values}))


def household_of(members: int = 2, sessions: tuple[Session, ...] = (), **values: object) -> Household:
    """A household as typed: the first member is the contact; all of them want `sessions`."""
    names = ["Nguyễn Thị Thử", "Đỗ Văn Mẫu", "Đỗ Thị Ví Dụ", "Đỗ Minh Họa", *(f"Đỗ Văn Số {n}" for n in range(5, 40))]
    wanted = frozenset(session.id for session in sessions)
    defaults: dict[str, object] = {
        "submission": random_token(),
        "contact_name": names[0],
        "phone": "+84912345678",
        "members": [
            Member(name, 1985 + place, Relation.OTHER if place else Relation.SELF, wanted)
            for place, name in enumerate(names[:members])
        ],
    }
    return Household(**{**defaults, **values})  # type: ignore[arg-type]


def make_household(festival: Festival, **values: object) -> Registration:
    result = sign_up(festival, household_of(**values))  # type: ignore[arg-type]
    assert result.outcome is SignUpOutcome.DONE, result
    registration = result.registration
    # Read before the commit: to read them later would begin a transaction, and on SQLite keep others from writing.
    assert registration is not None
    assert registration.attendees
    assert registration.tickets
    db.session.commit()
    return registration


def make_checkpoint(festival: Festival, kind: CheckpointKind = CheckpointKind.ENTRANCE, **values: object) -> Checkpoint:
    return _kept(Checkpoint(festival_id=festival.id, kind=kind, **{"name": "Cổng chính", **values}))


@dataclass(frozen=True)
class PairedDevice:
    """A phone and the token it carries."""

    device: Device
    token: str


def make_device(
    festival: Festival,
    *,
    name: str = "Cửa A",
    checkpoints: list[Checkpoint] | None = None,
    mode: DeviceMode = DeviceMode.STAFF,
) -> PairedDevice:
    token = random_token()
    device = Device(
        festival_id=festival.id,
        name=name,
        mode=mode,
        on_duty="Tình nguyện viên",
        token_digest=digest(token),
        paired_at=now() - timedelta(days=1),
    )
    device.checkpoints = checkpoints if checkpoints is not None else [make_checkpoint(festival)]
    return PairedDevice(_kept(device), token)


def _kept(row: Row) -> Row:
    db.session.add(row)
    db.session.commit()
    return row
