"""Seats and places that a phone may give away without asking: taken beforehand, given back when they are not needed.

A lease at a session's checkpoint holds seats of the session, one at an entrance places of the venue. They are taken by
the same statements that residents' seats are, so everything together never exceeds a capacity. The caller commits.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from festival.checkin.models import Checkpoint, CheckpointKind, Device, DeviceMode, Lease
from festival.core.clock import local
from festival.extensions import db
from festival.programme.models import FestivalStatus
from festival.registration.booking import free_places, free_seats, take_places, take_seats
from festival.registration.waiting_list import offer_freed

SEATS = 2
"""Seats of one session that one phone holds: two walk-ins between two contacts, and few seats are ever kept away."""
PLACES = 10
"""Places of the venue that one phone at an entrance holds."""


def left(device: Device) -> dict[int, int]:
    """By checkpoint: how many the device may still give away by itself."""
    return {lease.checkpoint_id: lease.granted - lease.used for lease in _leases_of(device)}


def top_up(device: Device, at: datetime) -> dict[int, int]:
    """Grant what is missing up to the measure, as far as there is room, and take back what is over; gives `left`.

    Called at each contact. Sessions count on their own day until they end, entrances while the festival is not over.
    """
    known = {lease.checkpoint_id: lease for lease in _leases_of(device)}
    for checkpoint in sorted(device.checkpoints, key=lambda one: one.id):
        wanted = _measure(device, checkpoint, at)
        lease = known.get(checkpoint.id)
        missing = wanted - (lease.granted - lease.used if lease else 0)
        if missing > 0:
            _grant(device, checkpoint, lease, missing)
        elif missing < 0 and lease is not None and wanted == 0:
            _take_back(lease)
    db.session.flush()
    return left(device)


def take_turn(device_id: int) -> None:
    """Two calls of one phone take turns: its row is locked before its leases, as by the roster's call that fills them
    up, and before the sessions that they are of."""
    db.session.execute(select(Device.id).where(Device.id == device_id).with_for_update(key_share=True))


def use(device_id: int, checkpoint_id: int) -> bool:
    """Use one of the device's lease, if there is one left; one statement, so that none is used twice."""
    take_turn(device_id)
    used = db.session.execute(
        update(Lease)
        .where(Lease.device_id == device_id, Lease.checkpoint_id == checkpoint_id, Lease.used < Lease.granted)
        .values(used=Lease.used + 1)
        .execution_options(synchronize_session=False)
        .returning(Lease.id)
    )
    return used.first() is not None


def give_back(device: Device, only: Collection[int] | None = None) -> None:
    """Give back all that the device holds and has not used, or only what it holds at these checkpoints."""
    for lease in _leases_of(device):
        if only is None or lease.checkpoint_id in only:
            _take_back(lease)


def _leases_of(device: Device) -> Sequence[Lease]:
    """In the order of their checkpoints, locked on PostgreSQL: two contacts of one phone take turns."""
    return db.session.scalars(
        select(Lease)
        .where(Lease.device_id == device.id)
        .order_by(Lease.checkpoint_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _measure(device: Device, checkpoint: Checkpoint, at: datetime) -> int:
    if device.revoked_at is not None or device.mode is not DeviceMode.STAFF:
        return 0
    if checkpoint.kind is CheckpointKind.SESSION and checkpoint.session is not None:
        session = checkpoint.session
        same_day = local(session.starts_at).date() == local(at).date()
        return SEATS if checkpoint.walk_ins and same_day and at < session.ends_at else 0
    if checkpoint.kind is CheckpointKind.ENTRANCE:
        festival = checkpoint.festival
        open_to_residents = festival.status in (FestivalStatus.PUBLISHED, FestivalStatus.LIVE)
        near = festival.starts - timedelta(hours=12) <= at < festival.ends
        return PLACES if open_to_residents and near else 0
    return 0


def _grant(device: Device, checkpoint: Checkpoint, lease: Lease | None, count: int) -> None:
    """One after the other: what is left may be less than what is wanted."""
    granted = 0
    for _ in range(count):
        session = checkpoint.session
        if not (take_seats(session, 1) if session is not None else take_places(checkpoint.festival, 1)):
            break
        granted += 1
    if not granted:
        return
    if lease is None:
        db.session.add(Lease(device_id=device.id, checkpoint_id=checkpoint.id, granted=granted, used=0))
    else:
        lease.granted += granted


def _take_back(lease: Lease) -> None:
    unused = lease.granted - lease.used
    if not unused:
        return
    checkpoint = db.session.get_one(Checkpoint, lease.checkpoint_id)
    lease.granted = lease.used
    if checkpoint.session_id is not None:
        free_seats(checkpoint.session_id, unused)
        offer_freed([checkpoint.session_id])
    else:
        free_places(checkpoint.festival_id, unused)
