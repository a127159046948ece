"""People without a ticket: registered at the door and let in, in one transaction, also long after they came.

Their place in the venue is one that the phone holds (`leases.py`) or a free one. Two transactions never wait for each
other in a circle: the phone's leases are taken first, then the venue, then what scans take (`scanning.py`).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from festival.checkin import leases, scanning, slips
from festival.checkin.answers import Answer
from festival.checkin.decision import Verdict
from festival.checkin.judging import moment_of
from festival.checkin.models import CheckpointKind, Device, Scan
from festival.checkin.scan_request import Unreadable
from festival.checkin.walk_in_request import WalkInRequest
from festival.extensions import db
from festival.programme.models import Ward
from festival.registration.booking import take_places
from festival.registration.models import Registration, Relation, Ticket
from festival.registration.signing_up import Household, Member, SignUpOutcome
from festival.registration.tickets import qr_text
from festival.registration.walking_in import register_walk_in, submission_of


class WalkInOutcome(enum.Enum):
    """What came of a walk-in. REPEATED: the same one again, here is what it made. FULL: the venue has no place.
    CLOSED: the festival is not open to residents. INVALID: a field makes no sense."""

    REGISTERED = "registered"
    REPEATED = "repeated"
    FULL = "full"
    CLOSED = "closed"
    INVALID = "invalid"


_OUTCOMES = {
    SignUpOutcome.DONE: WalkInOutcome.REGISTERED,
    SignUpOutcome.REPEATED: WalkInOutcome.REPEATED,
    SignUpOutcome.CLOSED: WalkInOutcome.CLOSED,
    SignUpOutcome.VENUE_FULL: WalkInOutcome.FULL,
}
_VERDICTS = {WalkInOutcome.FULL: Verdict.FULL, WalkInOutcome.CLOSED: Verdict.CLOSED}


@dataclass(frozen=True)
class WalkIn:
    """What came of one walk-in: the registration where there is one, or `field` that makes no sense.

    `registration` with `field` "slip": registered, but the slip was not to be had, the ticket is a new one.
    """

    id: str | None
    outcome: WalkInOutcome
    request: WalkInRequest | None = None
    registration: Registration | None = None
    field: str | None = None

    @property
    def ticket(self) -> Ticket | None:
        """The person's ticket."""
        tickets = self.registration.tickets if self.registration else []
        return next((ticket for ticket in tickets if ticket.attendee_id is not None), None)


def register(
    device: Device, requests: Sequence[WalkInRequest | Unreadable], at: datetime, sent_by: Device | None = None
) -> list[dict[str, Any]]:
    """Register the people who came to `device`, and let them in; the answers are in the same order, as JSON objects.

    Each is judged by itself, and one that is sent again gets what it made. When a phone has let somebody in and there
    is no place for them any more, the entry itself is kept as a scan of nobody: the door manager sees it as doubtful.
    With `sent_by`, `device` is what that phone was before (`paired_again.py`). The caller commits.
    """
    holder = sent_by or device
    if holder.revoked_at is not None:  # nobody waits for its answers any more
        requests = [_made_offline(each) for each in requests]
    leases.take_turn(holder.id)
    known_wards = _known_wards(requests)
    turned_away = _turned_away_before(device, requests)
    done = [_register(device, each, at, known_wards, turned_away, sent_by) for each in requests]
    admitted = _admit(device, done, at, sent_by)
    for each in done:
        _keep_doubtful(device, each, at)
    if holder.revoked_at is not None:
        return [{"id": each.id, "kept": True} for each in done]
    return [_answer(each, admitted) for each in done]


def _made_offline(request: WalkInRequest | Unreadable) -> WalkInRequest | Unreadable:
    if isinstance(request, Unreadable):
        return request
    return replace(request, scan=replace(request.scan, offline=True))


def _known_wards(requests: Sequence[WalkInRequest | Unreadable]) -> set[str]:
    codes = {each.ward_code for each in requests if isinstance(each, WalkInRequest) and each.ward_code}
    return set(db.session.scalars(select(Ward.code).where(Ward.code.in_(codes)))) if codes else set()


def _turned_away_before(device: Device, requests: Sequence[WalkInRequest | Unreadable]) -> dict[UUID, str]:
    """By scan: the verdict of those walk-ins of this phone that came before and found no place."""
    ids = [each.scan.id for each in requests if isinstance(each, WalkInRequest)]
    rows = db.session.execute(
        select(Scan.id, Scan.verdict).where(
            Scan.id.in_(ids), Scan.device_id == device.id, Scan.attendee_id.is_(None), Scan.ticket_id.is_(None)
        )
    )
    return {row.id: row.verdict for row in rows}


def _register(
    device: Device,
    request: WalkInRequest | Unreadable,
    at: datetime,
    known_wards: set[str],
    turned_away: Mapping[UUID, str],
    sent_by: Device | None,
) -> WalkIn:
    if isinstance(request, Unreadable):
        return WalkIn(request.id, WalkInOutcome.INVALID, field=request.field)
    name = str(request.id)
    if field := _wrong_here(device, request, at, known_wards, sent_by):
        return WalkIn(name, WalkInOutcome.INVALID, request, field=field)
    if before := turned_away.get(request.scan.id):
        outcome = WalkInOutcome.CLOSED if before == Verdict.CLOSED.value else WalkInOutcome.FULL
        return WalkIn(name, outcome, request)
    savepoint = db.session.begin_nested()
    result = register_walk_in(
        device.festival,
        _household(device, request),
        moment_of(request.scan, device.paired_at, at),
        lambda: _take_place(sent_by or device, request),
    )
    walk_in = WalkIn(name, _OUTCOMES[result.outcome], request, result.registration)
    if walk_in.outcome is WalkInOutcome.REGISTERED and not _give_slip(device, walk_in):
        if not request.scan.offline:
            savepoint.rollback()
            return WalkIn(name, WalkInOutcome.INVALID, request, field="slip")
        walk_in = replace(walk_in, field="slip")  # they are inside: better a new ticket than none
    savepoint.commit()
    return walk_in


def _wrong_here(
    device: Device, request: WalkInRequest, at: datetime, known_wards: set[str], sent_by: Device | None
) -> str | None:
    """The field that makes no sense for this phone, or None."""
    if sent_by is None and request.scan.checkpoint_id not in {checkpoint.id for checkpoint in device.checkpoints}:
        return "checkpoint"
    if request.ward_code is not None and request.ward_code not in known_wards:
        return "ward"
    if device.revoked_at is not None and moment_of(request.scan, device.paired_at, at) > device.revoked_at:
        return "made_at"
    return None


def _household(device: Device, request: WalkInRequest) -> Household:
    """The one person, who is the contact too; of a child it is the guardian."""
    child = request.guardian_name is not None
    return Household(
        submission=submission_of(request.id),
        contact_name=request.guardian_name or request.name,
        phone=request.phone,
        members=[Member(request.name, request.birth_year, Relation.OTHER if child else Relation.SELF)],
        ward_code=request.ward_code,
        guardian_name=request.guardian_name,
        language=request.language,
        consents=request.consents,
        walk_in=True,
        recorded_by=", ".join(filter(None, (device.on_duty, device.name))),
    )


def _take_place(device: Device, request: WalkInRequest) -> bool:
    """A place of the venue: the one that the phone gave away by itself, else a free one, else one that it holds."""
    entrances = [checkpoint.id for checkpoint in device.checkpoints if checkpoint.kind is CheckpointKind.ENTRANCE]
    entrances.sort(key=lambda entrance: entrance != request.scan.checkpoint_id)
    given_away = request.scan.offline and request.scan.checkpoint_id in entrances

    def held() -> bool:
        return any(leases.use(device.id, entrance) for entrance in entrances)

    return (given_away and held()) or take_places(device.festival, 1) or (not given_away and held())


def _give_slip(device: Device, walk_in: WalkIn) -> bool:
    request, ticket = walk_in.request, walk_in.ticket
    if request is None or ticket is None or (request.slip is None and request.slip_code is None):
        return True
    return slips.give(device, ticket, request.slip, request.slip_code)


def _admit(device: Device, done: Sequence[WalkIn], at: datetime, sent_by: Device | None) -> dict[str, Answer]:
    """Let in those who are registered, each by the scan that the phone has named; gives the answers by walk-in."""
    people = [
        (each, replace(each.request.scan, attendee_id=each.ticket.attendee_id))
        for each in done
        if each.request is not None and each.ticket is not None
    ]
    if not people:
        return {}
    answers = scanning.record_scans(device, [scan for _, scan in people], at, sent_by)
    return {str(each.id): answer for (each, _), answer in zip(people, answers, strict=True)}


def _keep_doubtful(device: Device, walk_in: WalkIn, at: datetime) -> None:
    """Keep that somebody went in whom there was no place for, with the name, so that nothing is lost."""
    request, verdict = walk_in.request, _VERDICTS.get(walk_in.outcome)
    if request is None or verdict is None:
        return
    scan = request.scan
    if not scan.offline or scan.shown != Verdict.ADMITTED.value:
        return
    try:
        with db.session.begin_nested():
            db.session.add(
                Scan(
                    id=scan.id,
                    festival_id=device.festival_id,
                    checkpoint_id=scan.checkpoint_id,
                    device_id=device.id,
                    scanned_at=moment_of(scan, device.paired_at, at),
                    raw_scanned_at=scan.scanned_at,
                    clock_offset_ms=scan.clock_offset_ms,
                    received_at=at,
                    offline=True,
                    shown=scan.shown,
                    verdict=verdict.value,
                    passed=True,
                    answer={"id": str(scan.id), "verdict": verdict.value, "name": request.name},
                )
            )
    except IntegrityError:
        return  # kept before


def _answer(walk_in: WalkIn, admitted: Mapping[str, Answer]) -> dict[str, Any]:
    """The JSON object for the phone: the outcome; for who is registered also the ticket and the scan's answer."""
    body: dict[str, Any] = {"id": walk_in.id, "outcome": walk_in.outcome.value}
    if walk_in.field is not None:
        body["field"] = walk_in.field
    registration, ticket = walk_in.registration, walk_in.ticket
    if registration is None or ticket is None:
        return body
    public_url = current_app.extensions["settings"].public_url
    said = admitted[str(walk_in.id)].body
    return {
        **{name: value for name, value in said.items() if name not in ("id", "refused")},
        **body,
        "attendee": ticket.attendee_id,
        "ticket": qr_text(ticket, registration.festival, public_url),
        "short_code": ticket.short_code,
    }
