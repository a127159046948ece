"""Pairing phones: a code good once and for ten minutes becomes a device with a token of its own."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import selectinload

from festival.checkin import leases
from festival.checkin.models import Checkpoint, Device, DeviceMode, PairingCode
from festival.core.clock import now
from festival.core.prepared import Prepared
from festival.core.secrets import digest, random_token
from festival.extensions import db, stop_reading
from festival.programme.models import Festival, FestivalStatus

DEVICE_COOKIE = "festival_door"
"""HttpOnly, SameSite=Strict, path /door: docs/decisions/device-token-in-a-cookie.md."""

CODE_LASTS = timedelta(minutes=10)
COOKIE_LASTS = timedelta(days=30)
SEEN_EVERY = timedelta(seconds=60)
HANDS_IN = timedelta(days=1)
CLOCK_MOVED_MS = 2_000


class PairingOutcome(enum.Enum):
    """What became of a phone that came with a pairing code."""

    PAIRED = "paired"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used"


@dataclass(frozen=True)
class Invitation:
    """A pairing code as the phone is shown it before it pairs."""

    outcome: PairingOutcome
    code: PairingCode | None = None

    @property
    def usable(self) -> bool:
        return self.outcome is PairingOutcome.PAIRED


@dataclass(frozen=True)
class Pairing:
    """The result of pairing; `token` is shown to nobody but the phone, and only now."""

    outcome: PairingOutcome
    device: Device | None = None
    token: str | None = None


def invite_phone(
    festival: Festival,
    door: str,
    checkpoints: Sequence[Checkpoint],
    invited_by: int | None,
    mode: DeviceMode = DeviceMode.STAFF,
    replaces: Device | None = None,
) -> tuple[PairingCode, str]:
    """A new code that lets one phone be `door` at these checkpoints, and its secret text for the QR.

    With `replaces` the organizer says which phone it was before, because its pairing got lost.
    """
    secret = random_token()
    code = PairingCode(
        festival_id=festival.id,
        code_digest=digest(secret),
        door=door,
        mode=mode,
        created_by=invited_by,
        expires_at=now() + CODE_LASTS,
        replaces_id=replaces.id if replaces is not None and replaces.festival_id == festival.id else None,
        checkpoints=[checkpoint for checkpoint in checkpoints if checkpoint.festival_id == festival.id],
    )
    db.session.add(code)
    db.session.flush()
    return code, secret


def look_at_code(secret: str) -> Invitation:
    """What a pairing code stands for, without using it up: link previews of messengers look too."""
    code = db.session.scalar(select(PairingCode).where(PairingCode.code_digest == digest(secret[:200])))
    if code is None:
        return Invitation(PairingOutcome.UNKNOWN)
    if code.used_at is not None:
        return Invitation(PairingOutcome.USED, code)
    if code.expires_at <= now():
        return Invitation(PairingOutcome.EXPIRED, code)
    return Invitation(PairingOutcome.PAIRED, code)


def pair(secret: str, on_duty: str, before: KnownDevice | None = None) -> Pairing:
    """Make a device of the phone that holds this code. Two phones with one code: exactly one is paired.

    `before` is what the phone is so far, by its token: that ends now. Where it was of the same festival, or else where
    the organizer has said what the phone was, the new device takes its place (`paired_again.py`).
    """
    at = now()
    claimed = db.session.scalar(
        update(PairingCode)
        .where(
            PairingCode.code_digest == digest(secret[:200]),
            PairingCode.used_at.is_(None),
            PairingCode.expires_at > at,
        )
        .values(used_at=at)
        .returning(PairingCode.id)
        .execution_options(synchronize_session=False)
    )
    if claimed is None:
        refused = look_at_code(secret).outcome
        return Pairing(PairingOutcome.USED if refused is PairingOutcome.PAIRED else refused)
    code = db.session.get_one(PairingCode, claimed, populate_existing=True)
    replaces_id = before.id if before is not None and before.festival_id == code.festival_id else code.replaces_id
    for old in {before.id if before is not None else None, replaces_id} - {None}:
        revoke(db.session.get_one(Device, old), at)
    token = random_token()
    device = Device(
        festival_id=code.festival_id,
        name=code.door,
        mode=code.mode,
        on_duty=on_duty,
        token_digest=digest(token),
        paired_at=at,
        last_seen_at=at,
        replaces_id=replaces_id,
        checkpoints=list(code.checkpoints),
    )
    db.session.add(device)
    db.session.flush()
    return Pairing(PairingOutcome.PAIRED, device, token)


class KnownDevice(NamedTuple):
    """A phone as its token tells it: all that a scan needs. `get_row` gives the row itself."""

    id: int
    festival_id: int
    mode: DeviceMode
    paired_at: datetime
    last_seen_at: datetime | None
    waiting: int
    clock_offset_ms: int | None
    revoked_at: datetime | None
    replaces_id: int | None


# Built once: it runs before every scan.
_DEVICE_OF_TOKEN = Prepared(
    select(*(getattr(Device, name) for name in KnownDevice._fields))
    .join(Festival, Festival.id == Device.festival_id)
    .where(Device.token_digest == bindparam("token_digest"), Festival.status != FestivalStatus.ARCHIVED)
)


def recognize(token: str) -> KnownDevice | None:
    """The phone that holds this token, revoked or not, unless its festival was put away."""
    if not token:
        return None
    rows = _DEVICE_OF_TOKEN.rows(token_digest=digest(token[:200]))
    return KnownDevice._make(rows[0]) if rows else None


def find_known(device_id: int) -> KnownDevice | None:
    """The phone of that number, working or not."""
    row = db.session.execute(
        select(*(getattr(Device, name) for name in KnownDevice._fields)).where(Device.id == device_id)
    )
    return next((KnownDevice._make(one) for one in row), None)


def get_row(known: KnownDevice) -> Device:
    """The row of a phone that was recognized."""
    return db.session.get_one(Device, known.id)


def find_device(token: str) -> Device | None:
    """The paired phone that holds this token, unless it was revoked or its festival was put away."""
    known = recognize(token)
    return get_row(known) if known is not None and known.revoked_at is None else None


def may_hand_in(device: KnownDevice) -> bool:
    """Whether a revoked phone may still send the scans it made before: for a day."""
    return device.revoked_at is not None and now() - device.revoked_at < HANDS_IN


def note_seen(device: Device | KnownDevice, at: datetime, waiting: int = 0, clock_offset_ms: int | None = None) -> None:
    """Keep when the phone was last heard of, to the minute: a write for each scan would cost more than it tells.

    With `waiting` (scans it has not sent yet) or a clock that has moved, it is kept at once.
    """
    moved = clock_offset_ms is not None and abs(clock_offset_ms - (device.clock_offset_ms or 0)) > CLOCK_MOVED_MS
    late = device.last_seen_at is None or at - device.last_seen_at >= SEEN_EVERY
    if late or moved or waiting != device.waiting:
        told = {} if clock_offset_ms is None else {"clock_offset_ms": clock_offset_ms}
        stop_reading()
        noted = update(Device).where(Device.id == device.id).values(last_seen_at=at, waiting=waiting, **told)
        db.session.execute(noted)


def revoke(device: Device, at: datetime | None = None) -> None:
    """From now on this phone's token opens nothing; what it holds of seats is given back. What it scanned stays."""
    if device.revoked_at is None:
        device.revoked_at = at or now()
        leases.give_back(device)


def devices_of(festival: Festival) -> Sequence[Device]:
    """All phones of the festival with what they scan for, working ones first, each group by name."""
    query = (
        select(Device)
        .where(Device.festival_id == festival.id)
        .options(selectinload(Device.checkpoints))
        .order_by(Device.revoked_at.is_not(None), Device.name, Device.id)
    )
    return db.session.scalars(query).all()


def get_device(festival: Festival, device_id: int) -> Device | None:
    """That phone of this festival, or None."""
    return db.session.scalar(select(Device).where(Device.id == device_id, Device.festival_id == festival.id))


def forget_old_codes(festival: Festival) -> None:
    """Remove codes that have been of no use for a day, with what hangs on them."""
    old = select(PairingCode).where(
        PairingCode.festival_id == festival.id, PairingCode.expires_at < now() - timedelta(days=1)
    )
    for code in db.session.scalars(old):
        db.session.delete(code)
