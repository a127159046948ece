"""Judging scans: what each means, whose ticket it is, and what `decide` says to it. Nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from festival.checkin.decision import History, Record, Signature, TicketFacts, Verdict, decide
from festival.checkin.facts import KnownTicket, Person, Post, load_by_attendee, load_by_code, load_by_id
from festival.checkin.scan_request import MAX_ID, ScanRequest
from festival.core.secrets import read_code
from festival.registration import ticket_code
from festival.registration.models import TicketKind
from festival.registration.ticket_code import TicketCode

Pair = tuple[int, int]
"""An attendee at a checkpoint."""

Key = TypeVar("Key", int, str)
Load = Callable[[int, Collection[Key], Collection[int]], Mapping[Key, KnownTicket]]


@dataclass
class Line:
    """One person's part in a scan (a pass has several), or with no person: what is said about the ticket alone."""

    facts: TicketFacts
    person: Person | None
    history: History
    verdict: Verdict


@dataclass
class Judged:
    """A scan on its way: judged here, then admitted and kept.

    `choose`: a household pass whose people are still to be chosen. `admitted`: new admissions and their ids.
    """

    request: ScanRequest
    post: Post
    moment: datetime
    ticket: KnownTicket | None
    lines: list[Line]
    choose: bool = False
    admitted: dict[Pair, int] = field(default_factory=dict)

    def admissible(self) -> list[tuple[Pair, Line]]:
        """The people to let in."""
        if self.choose:
            return []
        return [
            ((line.person.attendee_id, self.post.id), line)
            for line in self.lines
            if line.person is not None and line.verdict is Verdict.ADMITTED
        ]


@dataclass(frozen=True)
class StrangeMembers:
    """A scan that names people who are not of its pass."""

    id: UUID


def judge_all(scans: Sequence[ScanRequest], posts: Mapping[int, Post], at: datetime) -> list[Judged | StrangeMembers]:
    """Judge scans, all of one festival, at the checkpoints `posts`, as they arrive at the moment `at`.

    What was scanned online counts from `at`; what was scanned offline counts from its own time, never from the future.
    """
    codes = {scan.id: ticket_code.decode(scan.ticket) for scan in scans if scan.ticket is not None}
    signatures = {
        scan.id: _signature(code, posts[scan.checkpoint_id]) for scan in scans if (code := codes.get(scan.id))
    }
    found = _look_up(scans, posts, codes, signatures)
    judged: list[Judged | StrangeMembers] = []
    for scan in scans:
        post, code, ticket = posts[scan.checkpoint_id], codes.get(scan.id), found.get(scan.id)
        if ticket is not None and not ticket.people.keys() >= set(scan.members):
            judged.append(StrangeMembers(scan.id))
            continue
        facts = TicketFacts(
            festival_id=code.festival_id if code else post.festival_id if ticket else None,
            signature=signatures.get(scan.id, Signature.NONE),
            record=Record.FOUND if ticket else Record.ABSENT,
            revoked=ticket is not None and ticket.revoked,
            # The festival's own days, not the paper's: a storm may have moved them.
            valid_from=post.first_day,
            valid_days=(post.last_day - post.first_day).days + 1,
        )
        moment = min(scan.scanned_at, at) if scan.offline else at
        judged.append(_judge(scan, post, moment, ticket, facts))
    return judged


def _signature(code: TicketCode, post: Post) -> Signature:
    if code.festival_id != post.festival_id:
        return Signature.NONE
    return Signature.GOOD if ticket_code.verify(code, post.public_key) else Signature.BAD


def _look_up(
    scans: Sequence[ScanRequest],
    posts: Mapping[int, Post],
    codes: Mapping[UUID, TicketCode | None],
    signatures: Mapping[UUID, Signature],
) -> dict[UUID, KnownTicket]:
    """The tickets meant by the scans. A forged one is not looked up: nothing is told about the person it names."""
    if not scans:
        return {}
    festival_id = posts[scans[0].checkpoint_id].festival_id
    places = {scan.checkpoint_id for scan in scans}

    def load(wanted: dict[UUID, Key], by: Load[Key]) -> dict[UUID, KnownTicket]:
        known = by(festival_id, set(wanted.values()), places) if wanted else {}
        return {scan_id: known[key] for scan_id, key in wanted.items() if key in known}

    by_id = {
        scan_id: code.ticket_id
        for scan_id, code in codes.items()
        if code is not None and signatures[scan_id] is Signature.GOOD and code.ticket_id <= MAX_ID
    }
    by_code = {scan.id: read_code(scan.code) for scan in scans if scan.code is not None}
    by_attendee = {scan.id: scan.attendee_id for scan in scans if scan.attendee_id is not None}
    return load(by_id, load_by_id) | load(by_code, load_by_code) | load(by_attendee, load_by_attendee)


def _judge(scan: ScanRequest, post: Post, moment: datetime, ticket: KnownTicket | None, facts: TicketFacts) -> Judged:
    judged = Judged(scan, post, moment, ticket, [])
    if ticket is None:
        judged.lines = [_line(facts, None, post, moment)]
        return judged
    if scan.members:
        people = [ticket.people[member] for member in scan.members]
    elif ticket.kind is TicketKind.HOUSEHOLD:
        people = [person for person in ticket.people.values() if not person.cancelled]
        whole = _line(_facts_of_pass(facts, ticket, bool(people)), None, post, moment)
        if whole.verdict is not Verdict.ADMITTED:
            judged.lines = [whole]
            return judged
    else:
        people = list(ticket.people.values())
    judged.lines = [_line(_facts_of(facts, ticket, person, post), person, post, moment) for person in people]
    if len(people) > 1 and not scan.members:
        judged.choose = any(line.verdict is not Verdict.ALREADY_ADMITTED for line in judged.lines)
    return judged


def _facts_of(facts: TicketFacts, ticket: KnownTicket, person: Person, post: Post) -> TicketFacts:
    booked = person.bookings.get(post.session_id) if post.session_id is not None else None
    return replace(
        facts,
        cancelled=ticket.registration_cancelled or person.cancelled,
        booking=booked.state if booked else None,
    )


def _facts_of_pass(facts: TicketFacts, ticket: KnownTicket, anybody: bool) -> TicketFacts:
    """The pass itself, judged as if everybody had booked: only what stands against all of its people counts."""
    return replace(facts, cancelled=ticket.registration_cancelled or not anybody, booking="confirmed")


def _line(facts: TicketFacts, person: Person | None, post: Post, moment: datetime) -> Line:
    known = person.admissions.get(post.id) if person else None
    history = known.history if known else History()
    return Line(facts, person, history, decide(facts, post.facts, history, moment))
