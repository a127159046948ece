"""Places where scans happen, the phones that make them, and what came of each scan."""

from __future__ import annotations

from festival.checkin.models.devices import (
    Device,
    DeviceMode,
    FormerCheckpoint,
    PairingCode,
    device_checkpoints,
    pairing_code_checkpoints,
)
from festival.checkin.models.places import OPENS_BEFORE, Checkpoint, CheckpointKind
from festival.checkin.models.scans import Admission, DoorBooking, Scan, ScanSource, ShownSkill
from festival.checkin.models.supplies import CapacityWarning, Lease, Slip

__all__ = [
    "OPENS_BEFORE",
    "Admission",
    "CapacityWarning",
    "Checkpoint",
    "CheckpointKind",
    "Device",
    "DeviceMode",
    "DoorBooking",
    "FormerCheckpoint",
    "Lease",
    "PairingCode",
    "Scan",
    "ScanSource",
    "ShownSkill",
    "Slip",
    "device_checkpoints",
    "pairing_code_checkpoints",
]
