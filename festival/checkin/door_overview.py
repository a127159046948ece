"""What the organizer sees of the door: checkpoints by kind with their figures, phones with how fresh they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import Select, func, select

from festival.checkin.checkpoints import sorted_checkpoints
from festival.checkin.headcount import SILENT_AFTER, is_open
from festival.checkin.models import (
    Admission,
    Checkpoint,
    CheckpointKind,
    Device,
    Lease,
    Scan,
    device_checkpoints,
)
from festival.checkin.pairing import devices_of
from festival.core.clock import at_local, local
from festival.core.text import fold
from festival.extensions import db
from festival.programme.models import Festival

CLOCK_TOLERANCE = timedelta(minutes=2)


@dataclass(frozen=True)
class CheckpointRow:
    """A checkpoint with what an organizer wants to see beside it.

    `admitted`: people let in so far. `inside`: people of an entrance who are in the house now. `held`: seats or places
    that phones may still give away by themselves. `phones`: how many scan for it.
    """

    checkpoint: Checkpoint
    admitted: int
    inside: int
    held: int
    phones: int

    @property
    def stock_left(self) -> int | None:
        """What can still be given out; None without a limit."""
        stock = self.checkpoint.stock
        return None if stock is None else stock - self.checkpoint.stock_taken


@dataclass(frozen=True)
class Group:
    """The checkpoints of one kind, in their order."""

    kind: CheckpointKind
    rows: Sequence[CheckpointRow]

    @property
    def admitted(self) -> int:
        """Admissions at all of them."""
        return sum(row.admitted for row in self.rows)


@dataclass(frozen=True)
class DeviceRow:
    """A phone; `minutes` since its last contact (None: never), `clock_off` whole minutes its clock is wrong by.

    `silent`: while the festival is open, a phone at work was not heard of for longer than it should be.
    """

    device: Device
    minutes: int | None
    clock_off: int
    silent: bool


def groups_of(festival: Festival, at: datetime, words: str = "") -> list[Group]:
    """The festival's checkpoints whose name has `words` anywhere, marks or not; kinds without any are left out.

    A fixed number of statements, however many checkpoints there are.
    """
    admitted, inside = _counts(_admitted(festival)), _counts(_inside(festival, at))
    held, phones = _counts(_held(festival)), _counts(_phones(festival))
    key = fold(words[:100])
    groups: dict[CheckpointKind, list[CheckpointRow]] = {}
    for checkpoint in sorted_checkpoints(festival):
        if key in fold(checkpoint.name):
            groups.setdefault(checkpoint.kind, []).append(
                CheckpointRow(
                    checkpoint,
                    admitted=admitted.get(checkpoint.id, 0),
                    inside=inside.get(checkpoint.id, 0),
                    held=held.get(checkpoint.id, 0),
                    phones=phones.get(checkpoint.id, 0),
                )
            )
    return [Group(kind, rows) for kind, rows in groups.items()]


def _counts(query: Select[int, int]) -> dict[int, int]:
    return {checkpoint: int(number) for checkpoint, number in db.session.execute(query)}


def _admitted(festival: Festival) -> Select[int, int]:
    return (
        select(Admission.checkpoint_id, func.count())
        .join(Checkpoint, Checkpoint.id == Admission.checkpoint_id)
        .where(Checkpoint.festival_id == festival.id)
        .group_by(Admission.checkpoint_id)
    )


def _inside(festival: Festival, at: datetime) -> Select[int, int]:
    """By entrance: people whose last way through any entrance today was in, through this one; the sum is that of
    `headcount`."""
    newest = (Scan.scanned_at.desc(), Scan.direction, Scan.id)
    ways = (
        select(
            Scan.checkpoint_id,
            Scan.direction,
            func.row_number().over(partition_by=Scan.attendee_id, order_by=newest).label("place"),
        )
        .join(Checkpoint, Checkpoint.id == Scan.checkpoint_id)
        .where(
            Checkpoint.festival_id == festival.id,
            Checkpoint.kind == CheckpointKind.ENTRANCE,
            Scan.attendee_id.is_not(None),
            Scan.passed,
            Scan.undone_at.is_(None),
            Scan.scanned_at >= at_local(local(at).date(), time()),
            Scan.scanned_at <= at,
        )
        .subquery()
    )
    return (
        select(ways.c.checkpoint_id, func.count())
        .where(ways.c.place == 1, ways.c.direction == "in")
        .group_by(ways.c.checkpoint_id)
    )


def _held(festival: Festival) -> Select[int, int]:
    return (
        select(Lease.checkpoint_id, func.sum(Lease.granted - Lease.used))
        .join(Checkpoint, Checkpoint.id == Lease.checkpoint_id)
        .where(Checkpoint.festival_id == festival.id)
        .group_by(Lease.checkpoint_id)
    )


def _phones(festival: Festival) -> Select[int, int]:
    return (
        select(device_checkpoints.c.checkpoint_id, func.count())
        .join(Device, Device.id == device_checkpoints.c.device_id)
        .where(Device.festival_id == festival.id, Device.revoked_at.is_(None))
        .group_by(device_checkpoints.c.checkpoint_id)
    )


def phones_of(festival: Festival, at: datetime) -> list[DeviceRow]:
    """All phones of the festival, working ones first, each group by name."""
    return [phone_row(device, at) for device in devices_of(festival)]


def phone_row(device: Device, at: datetime) -> DeviceRow:
    """A phone with how fresh it is at the moment `at`; a clock within the tolerance counts as right."""
    ago = None if device.last_seen_at is None else max(timedelta(), at - device.last_seen_at)
    off = timedelta(milliseconds=abs(device.clock_offset_ms or 0))
    at_work = device.revoked_at is None and is_open(device.festival, at)
    return DeviceRow(
        device,
        minutes=None if ago is None else int(ago.total_seconds()) // 60,
        clock_off=int(off.total_seconds()) // 60 if off > CLOCK_TOLERANCE else 0,
        silent=at_work and (ago is None or ago > SILENT_AFTER),
    )
