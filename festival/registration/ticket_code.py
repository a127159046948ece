"""The text in a ticket's QR: what it says, signed with the festival's key. `static/door/ticket-code.js` reads it too.

`HTTPS://<HOST>/Q/<BASE32>` in capitals, so that the QR is in alphanumeric mode. The bytes, big-endian: version and kind
(4 bits each) · key id (1) · festival id (3) · ticket id, or number of a blank slip (5) · first valid day, counted from
1 January 2020 (2) · number of valid days (1) · Ed25519 signature over what stands before it (64). No personal data.
"""

from __future__ import annotations

import base64
import enum
import struct
from dataclasses import dataclass
from datetime import date, timedelta

from festival.core.signing import is_signed, sign
from festival.registration.models import TicketKind

VERSION = 1
KEY_ID = 1
EPOCH = date(2020, 1, 1)
HEAD = 13
LENGTH = HEAD + 64
CODE_LENGTH = 124
"""Characters of Base32 without padding."""


class CodeKind(enum.Enum):
    """What the number in a QR names: a person's ticket, a household's pass, or a slip made before its owner came."""

    TICKET = "ticket"
    HOUSEHOLD = "household"
    SLIP = "slip"


_KINDS = (CodeKind.TICKET, CodeKind.HOUSEHOLD, CodeKind.SLIP)


@dataclass(frozen=True)
class TicketCode:
    """What a QR says; `ticket_id` of a slip is the slip's own number. Whether it is true, `verify` tells."""

    kind: CodeKind
    festival_id: int
    ticket_id: int
    first_day: date
    days: int
    signed: bytes
    signature: bytes


def encode(
    kind: TicketKind | CodeKind, festival_id: int, ticket_id: int, first_day: date, days: int, sealed_private_key: bytes
) -> str:
    """The part after `/Q/`: 124 capitals and digits."""
    head = struct.pack(">BB", VERSION << 4 | _KINDS.index(CodeKind(kind.value)), KEY_ID)
    head += festival_id.to_bytes(3, "big") + ticket_id.to_bytes(5, "big")
    head += struct.pack(">HB", (first_day - EPOCH).days, days)
    return base64.b32encode(head + sign(head, sealed_private_key)).decode().rstrip("=")


def decode(text: str) -> TicketCode | None:
    """What a scanned text or the part after `/Q/` says, before any belief in it; None when it is no ticket of ours."""
    code = text.strip()[:400].upper().rpartition("/Q/")[2]
    if len(code) != CODE_LENGTH:
        return None
    try:
        raw = base64.b32decode(code + "=" * (-len(code) % 8))
    except ValueError:  # not Base32, or not even ASCII
        return None
    if raw[0] >> 4 != VERSION or raw[0] & 15 >= len(_KINDS) or raw[1] != KEY_ID:
        return None
    first, days = struct.unpack(">HB", raw[10:13])
    return TicketCode(
        kind=_KINDS[raw[0] & 15],
        festival_id=int.from_bytes(raw[2:5], "big"),
        ticket_id=int.from_bytes(raw[5:10], "big"),
        first_day=EPOCH + timedelta(days=first),
        days=days,
        signed=raw[:HEAD],
        signature=raw[HEAD:LENGTH],
    )


def verify(code: TicketCode, public_key: bytes) -> bool:
    """Whether the festival with that key has issued it."""
    return is_signed(code.signed, code.signature, public_key)
