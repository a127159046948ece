"""A phone that is paired again, or is given other checkpoints, still brings what it made before.

What it made as it was then counts as made by it as it was then: from that pairing on, at the checkpoints of that time,
under that door's name. Who it was is known from the token in its cookie, or an organizer says so; nothing that the
phone merely claims counts. It is believed for a day after the change, and answered with the verdict only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select

from festival.checkin import leases
from festival.checkin.judging import told_moment
from festival.checkin.models import Checkpoint, Device, DeviceMode, FormerCheckpoint, device_checkpoints
from festival.checkin.pairing import HANDS_IN, KnownDevice, find_known
from festival.checkin.scan_request import ScanRequest, Unreadable
from festival.extensions import db

MOST_PAIRINGS = 20
"""A phone is not paired more often in a day."""


@dataclass
class Stint:
    """What one phone made as one door: `places` are those of its scans in the call.

    `device` is the phone as it was then. `past`: it is no longer that, or no longer at these checkpoints.
    """

    device: KnownDevice
    past: bool
    places: list[int] = field(default_factory=list)


def predecessors(device: KnownDevice, at: datetime) -> list[KnownDevice]:
    """What the phone was before it was paired again, the latest first; none when that was more than a day ago."""
    found: list[KnownDevice] = []
    before = device.replaces_id if at - device.paired_at < HANDS_IN else None
    while before is not None and len(found) < MOST_PAIRINGS:
        known = find_known(before)
        if known is None or known.festival_id != device.festival_id:
            break
        found.append(known)
        before = known.replaces_id
    return [known for known in found if known.mode is not DeviceMode.SCREEN]


def stints_of(device: KnownDevice, scans: Sequence[ScanRequest | Unreadable], at: datetime) -> list[Stint]:
    """These scans of one call by what the phone was when it made them; most calls are of one stint, today's.

    What no earlier stint can have made is today's, and judged as such.
    """
    today = Stint(device, past=False)
    if not any(isinstance(scan, ScanRequest) and scan.offline for scan in scans):
        today.places = list(range(len(scans)))
        return [today]
    earlier = predecessors(device, at)
    had = _checkpoints_had([device, *earlier], at)
    stints = {0: today}
    for place, scan in enumerate(scans):
        then = _device_then(device, earlier, had, scan, at)
        key = 0 if then is None else then.id
        stints.setdefault(key, Stint(then or device, past=True)).places.append(place)
    return [stint for stint in stints.values() if stint.places]


def _device_then(
    device: KnownDevice,
    earlier: Sequence[KnownDevice],
    had: Mapping[tuple[int, int], datetime | None],
    scan: ScanRequest | Unreadable,
    at: datetime,
) -> KnownDevice | None:
    """What the phone was when it made the scan, if that was not what it is today."""
    if isinstance(scan, Unreadable) or not scan.offline:
        return None
    told = told_moment(scan, at)
    then = next((known for known in (device, *earlier) if known.paired_at <= told), earlier[-1] if earlier else device)
    key = (then.id, scan.checkpoint_id)
    if key not in had:
        return None
    until = had[key]
    if until is None:
        return None if then is device else then
    return then if told < until else None


def _checkpoints_had(devices: Sequence[KnownDevice], at: datetime) -> dict[tuple[int, int], datetime | None]:
    """By device and checkpoint: until when it scanned there, None for to the end; without what was long ago."""
    ids = [device.id for device in devices]
    former = select(FormerCheckpoint.device_id, FormerCheckpoint.checkpoint_id, FormerCheckpoint.until).where(
        FormerCheckpoint.device_id.in_(ids), FormerCheckpoint.until > at - HANDS_IN
    )
    had: dict[tuple[int, int], datetime | None] = {(row[0], row[1]): row[2] for row in db.session.execute(former)}
    if len(ids) > 1:
        links = select(device_checkpoints).where(device_checkpoints.c.device_id.in_(ids))
        had |= {(row.device_id, row.checkpoint_id): None for row in db.session.execute(links)}
    return had


def change_checkpoints(device: Device, wanted: Collection[Checkpoint], at: datetime) -> bool:
    """Let a phone scan for these checkpoints of its festival from now on; whether that changes anything.

    It learns so at its next contact; what it made before at those that it gives up still counts. The caller commits.
    """
    leases.take_turn(device.id)
    db.session.refresh(device, ["checkpoints"])
    chosen = [checkpoint for checkpoint in wanted if checkpoint.festival_id == device.festival_id]
    given_up = [checkpoint.id for checkpoint in device.checkpoints if checkpoint not in chosen]
    if not given_up and len(chosen) == len(device.checkpoints):
        return False
    leases.give_back(device, only=given_up)
    db.session.execute(
        delete(FormerCheckpoint).where(
            FormerCheckpoint.device_id == device.id,
            FormerCheckpoint.checkpoint_id.in_([*given_up, *(checkpoint.id for checkpoint in chosen)]),
        )
    )
    db.session.add_all(
        FormerCheckpoint(device_id=device.id, checkpoint_id=checkpoint_id, until=at) for checkpoint_id in given_up
    )
    device.checkpoints = chosen
    db.session.flush()
    return True
