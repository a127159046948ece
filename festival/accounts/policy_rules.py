"""What a row of the policy table can say: how somebody gets in, and as what."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from festival.accounts.models import StaffRole


class Caller(enum.Enum):
    """How somebody gets in."""

    ANYONE = "anyone"
    SECRET_LINK = "secret_link"
    """Whoever has the address: the view looks the secret up and answers 404 for a wrong one."""
    SECRET_CALL = "secret_call"
    """As SECRET_LINK, for a call with JSON."""
    DEVICE = "device"
    """A paired phone; `g.device` is it."""
    UPLOAD = "upload"
    """A paired phone, or one revoked less than a day ago: it may still hand in what it has, and is told nothing."""
    SCANNER = "scanner"
    """As UPLOAD, but the view recognizes the phone: in the statement that reads the scan's ticket, where it can."""
    STAFF = "staff"
    """A signed-in member of staff with one of the row's roles, in the festival of the address where there is one."""


@dataclass(frozen=True)
class Rule:
    """One row of the table."""

    caller: Caller
    roles: frozenset[StaffRole] = frozenset()
    whole: bool = False
    """The role has to count in the whole organization: what is done touches more than the festival at hand."""


def staff(*roles: StaffRole) -> Rule:
    """A row for members of staff. Owners may do everything in their organization."""
    return Rule(Caller.STAFF, frozenset(roles) | {StaffRole.OWNER})


ANYONE = Rule(Caller.ANYONE)
SECRET_LINK = Rule(Caller.SECRET_LINK)
SECRET_CALL = Rule(Caller.SECRET_CALL)
DEVICE = Rule(Caller.DEVICE)
UPLOAD = Rule(Caller.UPLOAD)
SCANNER = Rule(Caller.SCANNER)
OWNER = staff()
ORGANIZER = staff(StaffRole.ORGANIZER)
DOOR = staff(StaffRole.ORGANIZER, StaffRole.DOOR_MANAGER)
ISSUER = staff(StaffRole.ORGANIZER, StaffRole.ISSUER)
WHOLE_ORGANIZER = replace(ORGANIZER, whole=True)
WHOLE_ISSUER = replace(ISSUER, whole=True)
READER = staff(StaffRole.ORGANIZER, StaffRole.DOOR_MANAGER, StaffRole.ISSUER, StaffRole.OBSERVER)
