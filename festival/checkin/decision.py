"""The decision at the door: a pure function of what is known, with a twin in `static/door/decision.js`.

Both are run over `tests/vectors/scan_decisions.json`; a rule is changed in all three places together.
Nothing here reads a database, a clock or a request, so that a phone without a network decides alike.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from festival.core.clock import LOCAL

HAS_A_WAY_OUT = ("entrance", "volunteers")
"""The kinds of checkpoints that people leave by again."""


class Verdict(enum.Enum):
    """Every answer a scan can get. There is no "error": the door always learns what to do."""

    ADMITTED = "admitted"
    ALREADY_ADMITTED = "already_admitted"
    EXITED = "exited"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    WRONG_FESTIVAL = "wrong_festival"
    WRONG_DAY = "wrong_day"
    TOO_EARLY = "too_early"
    CLOSED = "closed"
    NOT_BOOKED = "not_booked"
    NOT_EARNED = "not_earned"
    WAITLISTED = "waitlisted"
    FULL = "full"
    UNKNOWN = "unknown"
    BAD_SIGNATURE = "bad_signature"


class Signature(enum.Enum):
    """What the signature in the QR says; a typed code or a name found by hand carries none."""

    GOOD = "good"
    BAD = "bad"
    NONE = "none"


class Record(enum.Enum):
    """Whether the list of tickets knows this one; `UNCHECKED` on a phone that has no list yet."""

    FOUND = "found"
    ABSENT = "absent"
    UNCHECKED = "unchecked"


@dataclass(frozen=True)
class TicketFacts:
    """One person's ticket as the door sees it.

    `festival_id` is None when nothing readable was shown. `booking` is the state of this person's booking
    for the checkpoint's session ("confirmed", "waitlisted", "offered", "cancelled") or None.
    `valid_from` and `valid_days` are local days: those in the QR, or the festival's own where it is known.
    `stamps` counts the booths that have stamped this person (or, where a household gets something once, the household).
    """

    festival_id: int | None
    signature: Signature = Signature.NONE
    record: Record = Record.FOUND
    revoked: bool = False
    cancelled: bool = False
    valid_from: date | None = None
    valid_days: int = 1
    booking: str | None = None
    stamps: int = 0


@dataclass(frozen=True)
class CheckpointFacts:
    """The place of the scan. `kind` is "entrance", "session", "booth", "volunteers" or "custom"; all times are aware.

    `opens_at` and `closes_at` are the checkpoint's own hours on the day of the scan, None where it has none;
    `starts_at` and `ends_at` belong to its session, which lets people in from `opens_before` minutes before. `over`
    says that the organizer has closed the whole festival. `seats_left` counts for walk-ins at a session, `stock_left`
    at a custom checkpoint (None: no limit); on a phone without a network, what it holds itself.
    """

    festival_id: int
    kind: str
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    opens_before: int = 30
    over: bool = False
    re_entry: bool = True
    walk_ins: bool = False
    seats_left: int | None = None
    stock_left: int | None = None
    stamps_needed: int = 0

    @property
    def has_a_way_out(self) -> bool:
        """Whether people are scanned on leaving here."""
        return self.kind in HAS_A_WAY_OUT

    @property
    def opening(self) -> datetime | None:
        """When it opens: its own hour, or for a session so many minutes before the start."""
        if self.opens_at is None and self.kind == "session" and self.starts_at is not None:
            return self.starts_at - timedelta(minutes=self.opens_before)
        return self.opens_at

    @property
    def closing(self) -> datetime | None:
        """When it closes: its own hour, or for a session the end."""
        if self.closes_at is None and self.kind == "session":
            return self.ends_at
        return self.closes_at


@dataclass(frozen=True)
class History:
    """What happened at this checkpoint before: when this person was let in (the last time), and at which door.

    `exited_at` is the moment of going out since then, None for somebody who is inside.
    """

    admitted_at: datetime | None = None
    door: str | None = None
    exited_at: datetime | None = None


def decide(
    ticket: TicketFacts, checkpoint: CheckpointFacts, history: History, now: datetime, direction: str = "in"
) -> Verdict:
    """Say what the door does with this ticket at this checkpoint at the moment `now` (aware).

    The first rule that applies answers, from what is wrong with the paper to what is wrong with the place.
    Another festival's ticket comes before its signature: its key is not known here. What happened after `now` counts
    as not having happened: scans of a phone without a network come late. Nobody is kept from going out.
    """
    if (refusal := _refuse_identity(ticket, checkpoint)) is not None:
        return refusal
    if direction == "out":
        return Verdict.EXITED
    if ticket.revoked:
        return Verdict.REVOKED
    if ticket.cancelled:
        return Verdict.CANCELLED
    if not _is_valid_day(ticket, now):
        return Verdict.WRONG_DAY
    if _is_in_already(checkpoint, history, now):
        return Verdict.ALREADY_ADMITTED
    if (refusal := _refuse_hours(checkpoint, now)) is not None:
        return refusal
    if checkpoint.kind == "session":
        return _decide_seat(ticket.booking, checkpoint)
    if checkpoint.kind == "custom":
        return _decide_gift(ticket, checkpoint)
    return Verdict.ADMITTED


def _is_in_already(checkpoint: CheckpointFacts, history: History, now: datetime) -> bool:
    if history.admitted_at is None or history.admitted_at > now:
        return False
    if not checkpoint.has_a_way_out:
        return True
    if history.admitted_at.astimezone(LOCAL).date() < now.astimezone(LOCAL).date():
        return False  # everybody has gone home overnight
    return not (checkpoint.re_entry and history.exited_at is not None and history.exited_at <= now)


def _refuse_identity(ticket: TicketFacts, checkpoint: CheckpointFacts) -> Verdict | None:
    if ticket.festival_id is None:
        return Verdict.UNKNOWN
    if ticket.festival_id != checkpoint.festival_id:
        return Verdict.WRONG_FESTIVAL
    if ticket.signature is Signature.BAD:
        return Verdict.BAD_SIGNATURE
    if ticket.record is Record.ABSENT:
        return Verdict.UNKNOWN
    return None


def _is_valid_day(ticket: TicketFacts, now: datetime) -> bool:
    if ticket.valid_from is None:
        return True
    day = now.astimezone(LOCAL).date()
    return ticket.valid_from <= day < ticket.valid_from + timedelta(days=ticket.valid_days)


def _refuse_hours(checkpoint: CheckpointFacts, now: datetime) -> Verdict | None:
    if checkpoint.over:
        return Verdict.CLOSED
    if checkpoint.opening is not None and now < checkpoint.opening:
        return Verdict.TOO_EARLY
    if checkpoint.closing is not None and now >= checkpoint.closing:
        return Verdict.CLOSED
    return None


def _decide_seat(booking: str | None, checkpoint: CheckpointFacts) -> Verdict:
    if booking == "confirmed":
        return Verdict.ADMITTED
    if checkpoint.walk_ins and (booking == "offered" or checkpoint.seats_left is None or checkpoint.seats_left > 0):
        return Verdict.ADMITTED
    if booking in ("waitlisted", "offered"):
        return Verdict.WAITLISTED
    return Verdict.FULL if checkpoint.walk_ins else Verdict.NOT_BOOKED


def _decide_gift(ticket: TicketFacts, checkpoint: CheckpointFacts) -> Verdict:
    if ticket.stamps < checkpoint.stamps_needed:
        return Verdict.NOT_EARNED
    if checkpoint.stock_left is not None and checkpoint.stock_left <= 0:
        return Verdict.FULL
    return Verdict.ADMITTED
