"""What a paired phone may see: whom, and what of them. The less a phone needs, the less a stolen one can tell."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass

from sqlalchemy import select

from festival.checkin.decision import HAS_A_WAY_OUT
from festival.checkin.models import Checkpoint, CheckpointKind, Device, DeviceMode, FormerCheckpoint
from festival.extensions import db


class Reach(enum.Enum):
    """Whom a phone gets to know: everybody, those who have booked or wait where it stands, nobody."""

    ALL = "all"
    BOOKED = "booked"
    NONE = "none"


class Stamps(enum.Enum):
    """Whether a prize here asks for stamps, and whose count: the person's own or those of the whole household."""

    NONE = "none"
    PERSON = "person"
    HOUSEHOLD = "household"


_EVERYBODY = (CheckpointKind.ENTRANCE, CheckpointKind.VOLUNTEERS, CheckpointKind.CUSTOM)


@dataclass(frozen=True)
class Scope:
    """What one device may see. `ways_out`: those of its checkpoints that people also leave by."""

    reach: Reach
    device_id: int
    festival_id: int
    checkpoint_ids: tuple[int, ...]
    session_ids: tuple[int, ...]
    ways_out: tuple[int, ...]
    entrances: tuple[int, ...]
    stamps: Stamps
    given_names: bool

    @property
    def all_bookings(self) -> bool:
        """Whether it tells people where to go next; other phones know who has booked where they stand, if anything."""
        return self.reach is Reach.ALL and bool(self.entrances)

    @property
    def fingerprint(self) -> str:
        """Changes with anything that changes what the phone gets; 16 letters and digits."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


def scope_of(device: Device, *, over: bool) -> Scope:
    """The scope of a device with its checkpoints; when the festival is `over` nobody needs to be known any more."""
    places = device.checkpoints
    kinds = {place.kind for place in places}
    sessions = tuple(place.session_id for place in places if place.session_id is not None)
    reach = Reach.ALL if kinds & set(_EVERYBODY) else Reach.BOOKED if sessions else Reach.NONE
    prizes = [place for place in places if place.stamps_needed]
    shared = Stamps.HOUSEHOLD if all(place.per_household for place in prizes) else Stamps.PERSON
    return Scope(
        reach=Reach.NONE if over or device.mode is DeviceMode.SCREEN else reach,
        device_id=device.id,
        festival_id=device.festival_id,
        checkpoint_ids=tuple(place.id for place in places),
        session_ids=sessions,
        ways_out=tuple(place.id for place in places if place.kind.value in HAS_A_WAY_OUT),
        entrances=tuple(place.id for place in places if place.kind is CheckpointKind.ENTRANCE),
        stamps=shared if prizes else Stamps.NONE,
        given_names=device.mode is DeviceMode.KIOSK,
    )


def finds_people(device: Device, *, at_former: bool = False) -> bool:
    """Whether anybody is found by name on this device; else a person's number can only have been guessed.

    `at_former`: at the checkpoints, too, that it had before.
    """
    kinds = {place.kind for place in device.checkpoints}
    if at_former:
        had = select(FormerCheckpoint.checkpoint_id).where(FormerCheckpoint.device_id == device.id)
        kinds.update(db.session.scalars(select(Checkpoint.kind).where(Checkpoint.id.in_(had))))
    return device.mode is DeviceMode.STAFF and bool(kinds & {*_EVERYBODY, CheckpointKind.SESSION})
