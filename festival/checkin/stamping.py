"""The codes by which visitors stamp themselves: on a booth's screen, changing every 30 seconds, and on its poster.

The QR's text is `HTTPS://<HOST>/S/<CODE>` in capitals. A screen's code is Base32 of 20 bytes, big-endian: checkpoint id
(4) · number of its 30 seconds since 1970 (4) · HMAC-SHA-256 under the checkpoint's key (first 12). A poster's is Base32
of 15 bytes: checkpoint id (4) · HMAC (11) under a key that no screen has; it counts only with the two-digit number of
the day. `static/door/stamp-code.js` makes the first too; both are run over `tests/vectors/stamp_codes.json`.
"""

from __future__ import annotations

import base64
import enum
import hmac
import secrets
import struct
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from limits import parse
from sqlalchemy import select

from festival.checkin.models import Checkpoint, CheckpointKind
from festival.core.secrets import mark
from festival.extensions import db, limiter
from festival.programme.models import Festival

WINDOW = 30
"""Seconds for which a screen shows one code."""
AHEAD = 5
"""Seconds by which a screen's clock may be before ours."""
GRACE = timedelta(minutes=3)
"""How long after it was opened a stamp's page may be used: time to find grandmother's name."""
POSTER_GRACE = timedelta(hours=1)

WRONG_NUMBERS = parse("5 per 10 minutes")
"""Tries of the number of the day, by household and booth."""

_SCREEN_MARK = 12
_POSTER_MARK = 11
_SCREEN_LENGTH = 32
_POSTER_LENGTH = 24
_LARGEST_ID = 2**31 - 1


class CodeKind(enum.Enum):
    """Where a code stands."""

    SCREEN = "screen"
    POSTER = "poster"


class CodeState(enum.Enum):
    """What a code is worth at a moment."""

    FRESH = "fresh"
    """From a screen, just now."""
    NEEDS_NUMBER = "needs_number"
    """From a poster: somebody at the booth has to tell the number of the day."""
    OLD = "old"
    """Was genuine on a screen once, or will be."""
    FORGED = "forged"


@dataclass(frozen=True)
class StampCode:
    """What a code says, before any belief in it. `window` is 0 for a poster's."""

    kind: CodeKind
    checkpoint_id: int
    window: int
    mark: bytes
    text: str


def key_of(checkpoint_id: int) -> bytes:
    """The key (32 bytes) that a booth's own screen makes codes with."""
    return mark("stamp", str(checkpoint_id))


def window_of(at: datetime) -> int:
    """The number of the 30 seconds that `at` lies in."""
    return int(at.timestamp()) // WINDOW


def screen_code(key: bytes, checkpoint_id: int, window: int) -> str:
    """32 capitals and digits: what the booth's screen shows in that window."""
    head = struct.pack(">II", checkpoint_id, window)
    return _base32(head + _mac(key, b"stamp" + head)[:_SCREEN_MARK])


def poster_code(checkpoint_id: int) -> str:
    """24 capitals and digits: what the booth's poster shows, for good."""
    return _base32(struct.pack(">I", checkpoint_id) + mark("stamp-poster", str(checkpoint_id))[:_POSTER_MARK])


def number_of_the_day(key: bytes, day: date) -> str:
    """The two digits, 10 to 99, that the booth tells those who read its poster on that local day."""
    return str(10 + int.from_bytes(_mac(key, f"day:{day.isoformat()}".encode())[:4], "big") % 90)


def numbers_of(checkpoint_id: int, festival: Festival) -> dict[str, str]:
    """The number of each day of the festival, by the day in ISO form: for a phone or screen of the booth's staff."""
    key = key_of(checkpoint_id)
    return {day.isoformat(): number_of_the_day(key, day) for day in festival.days}


def qr_text_of(code: str, public_url: str) -> str:
    """What the QR says."""
    return f"{public_url.upper()}/S/{code}"


def read_stamp_code(text: str) -> StampCode | None:
    """What the part after `/S/` says; None when it is no code of ours."""
    code = text.strip()[:100].upper()
    if len(code) not in (_SCREEN_LENGTH, _POSTER_LENGTH):
        return None
    try:
        raw = base64.b32decode(code)
    except ValueError:  # not Base32, or not even ASCII
        return None
    checkpoint_id = int.from_bytes(raw[:4], "big")
    if not 0 < checkpoint_id <= _LARGEST_ID:
        return None
    if len(code) == _POSTER_LENGTH:
        return StampCode(CodeKind.POSTER, checkpoint_id, 0, raw[4:], code)
    return StampCode(CodeKind.SCREEN, checkpoint_id, int.from_bytes(raw[4:8], "big"), raw[8:], code)


def judge_code(code: StampCode, at: datetime) -> CodeState:
    """What `code` is worth at `at`: a screen's counts in its 30 seconds and the next 30."""
    if code.kind is CodeKind.POSTER:
        genuine = hmac.compare_digest(poster_code(code.checkpoint_id), code.text)
        return CodeState.NEEDS_NUMBER if genuine else CodeState.FORGED
    if not hmac.compare_digest(screen_code(key_of(code.checkpoint_id), code.checkpoint_id, code.window), code.text):
        return CodeState.FORGED
    begins = code.window * WINDOW
    return CodeState.FRESH if begins - AHEAD <= at.timestamp() < begins + 2 * WINDOW else CodeState.OLD


def find_place(code: StampCode) -> Checkpoint | None:
    """The booth's checkpoint that a genuine code belongs to; None when it is gone or its festival is not public."""
    place = db.session.scalar(
        select(Checkpoint).where(Checkpoint.id == code.checkpoint_id, Checkpoint.kind == CheckpointKind.BOOTH)
    )
    return place if place is not None and place.festival.public else None


# --- a page that was opened in time ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opening:
    """That a code was opened at a moment, kept in the page's form: signed, so that the form may be sent a little later.

    `proven`: the number of the day was told already.
    """

    code: str
    opened_ms: int
    proven: bool
    nonce: str

    @property
    def text(self) -> str:
        """As the form carries it."""
        return f"{self._said}.{mark('stamp-opening', f'{self.code}.{self._said}').hex()[:32]}"

    @property
    def _said(self) -> str:
        return f"{self.opened_ms}.{int(self.proven)}.{self.nonce}"

    def scan_id(self, attendee_id: int) -> UUID:
        """The id of the scan that stamps this person: the same however often the form is sent."""
        return UUID(bytes=mark("stamp-scan", f"{self.text}:{attendee_id}")[:16], version=4)


def open_code(code: StampCode, at: datetime) -> Opening:
    """A new opening, for a code that is fresh or on a poster."""
    return Opening(code.text, int(at.timestamp() * 1000), False, secrets.token_hex(8))


def prove(opening: Opening) -> Opening:
    """The same opening, after the right number was told."""
    return Opening(opening.code, opening.opened_ms, True, opening.nonce)


def read_opening(code: StampCode, sent: str, at: datetime) -> Opening | None:
    """The opening that a form brings back; None when we did not make it for this code or it is too old."""
    parts = sent[:120].split(".")
    if len(parts) != 4 or not (parts[0].isascii() and parts[0].isdigit() and len(parts[0]) < 16):
        return None
    opening = Opening(code.text, int(parts[0]), parts[1] == "1", parts[2])
    if not hmac.compare_digest(opening.text.encode(), sent.encode()):
        return None
    age = timedelta(milliseconds=at.timestamp() * 1000 - opening.opened_ms)
    return opening if age <= (GRACE if code.kind is CodeKind.SCREEN else POSTER_GRACE) else None


class NumberOutcome(enum.Enum):
    """What came of a number that was typed."""

    RIGHT = "right"
    WRONG = "wrong"
    TOO_MANY = "too_many"


def try_number(code: StampCode, typed: str, day: date, who: str) -> NumberOutcome:
    """Compare a typed number with that of the day; `who` (a household, or what stands for one) may be wrong five times
    in ten minutes at this booth."""
    key = f"stamp:{code.checkpoint_id}:{who}"
    if limiter.enabled and not limiter.limiter.hit(WRONG_NUMBERS, key):
        return NumberOutcome.TOO_MANY
    right = number_of_the_day(key_of(code.checkpoint_id), day)
    if not hmac.compare_digest(right.encode(), "".join(typed.split())[:10].encode()):
        return NumberOutcome.WRONG
    if limiter.enabled:
        limiter.limiter.clear(WRONG_NUMBERS, key)
    return NumberOutcome.RIGHT


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode()
