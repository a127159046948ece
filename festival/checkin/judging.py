"""Judging scans: what each means, whose ticket it is, and what `decide` says to it. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from festival.checkin.decision import History, Record, Signature, TicketFacts, Verdict, decide
from festival.checkin.facts import KnownTicket, Person, Post, Scene, Way, load_scene
from festival.checkin.scan_request import MAX_ID, ScanRequest
from festival.core.secrets import read_code
from festival.registration import ticket_code
from festival.registration.models import TicketKind
from festival.registration.ticket_code import TicketCode

Pair = tuple[int, int]
"""An attendee at a checkpoint."""


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


@dataclass(frozen=True)
class Meaning:
    """What a scan says before any belief in it: how its ticket is named, and the QR's code where there is one."""

    way: Way | None
    key: int | str | None = None
    code: TicketCode | None = None


def read_meaning(scan: ScanRequest, festival_id: int) -> Meaning:
    """How the ticket of a scan is to be looked up in this festival; `way` is None when there is nothing to look up."""
    if scan.code is not None:
        return Meaning(Way.CODE, read_code(scan.code))
    if scan.attendee_id is not None:
        return Meaning(Way.ATTENDEE, scan.attendee_id)
    code = ticket_code.decode(scan.ticket or "")
    if code is None or code.festival_id != festival_id or code.ticket_id > MAX_ID:
        return Meaning(None, None, code)
    return Meaning(Way.ID, code.ticket_id, code)


def look_at(device_id: int, scans: Sequence[ScanRequest], meanings: Mapping[UUID, Meaning]) -> Scene:
    """All that is known about these scans' checkpoints and tickets."""
    wanted: dict[Way, set[int | str]] = {}
    for meaning in meanings.values():
        if meaning.way is not None and meaning.key is not None:
            wanted.setdefault(meaning.way, set()).add(meaning.key)
    return load_scene(device_id, {scan.checkpoint_id for scan in scans}, wanted)


def judge_all(
    scans: Sequence[ScanRequest], meanings: Mapping[UUID, Meaning], scene: Scene, at: datetime
) -> list[Judged | StrangeMembers]:
    """Judge scans at the checkpoints of the scene, as they arrive at the moment `at`.

    What was scanned online counts from `at`; what was scanned offline counts from its own time, never from the future.
    """
    by_key = _index(scene)
    judged: list[Judged | StrangeMembers] = []
    for scan in scans:
        post, meaning = scene.posts[scan.checkpoint_id], meanings[scan.id]
        signature = _signature(meaning.code, post)
        # Of a forged ticket nothing is used: nothing is told about the person it names.
        ticket = by_key.get((meaning.way, meaning.key)) if signature is not Signature.BAD else None
        if ticket is not None and not ticket.people.keys() >= set(scan.members):
            judged.append(StrangeMembers(scan.id))
            continue
        facts = TicketFacts(
            festival_id=meaning.code.festival_id if meaning.code else post.festival_id if ticket else None,
            signature=signature,
            record=Record.FOUND if ticket else Record.ABSENT,
            revoked=ticket is not None and ticket.revoked,
            # The festival's own days, not the paper's: a storm may have moved them.
            valid_from=post.first_day,
            valid_days=(post.last_day - post.first_day).days + 1,
        )
        moment = min(scan.scanned_at, at) if scan.offline else at
        judged.append(_judge(scan, post, moment, ticket, facts))
    return judged


def _index(scene: Scene) -> dict[tuple[Way | None, int | str | None], KnownTicket]:
    """The scene's tickets by every name that they may be called by."""
    index: dict[tuple[Way | None, int | str | None], KnownTicket] = {}
    for ticket in scene.tickets.values():
        index[Way.ID, ticket.id] = index[Way.CODE, ticket.short_code] = ticket
        if ticket.kind is TicketKind.TICKET:
            index |= {(Way.ATTENDEE, attendee_id): ticket for attendee_id in ticket.people}
    return index


def _signature(code: TicketCode | None, post: Post) -> Signature:
    if code is None or code.festival_id != post.festival_id:
        return Signature.NONE
    return Signature.GOOD if ticket_code.verify(code, post.public_key) else Signature.BAD


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
