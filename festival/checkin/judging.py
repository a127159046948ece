"""Judging scans: what each means, whose ticket it is, and what `decide` says to it. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from festival.checkin.decision import CheckpointFacts, History, Record, Signature, TicketFacts, Verdict, decide
from festival.checkin.facts import KnownTicket, Person, Post, Scene, Way, Whose, history_at, load_scene
from festival.checkin.more_facts import add_more_facts
from festival.checkin.scan_request import MAX_ID, ScanRequest
from festival.core.secrets import read_code
from festival.registration import ticket_code
from festival.registration.models import TicketKind
from festival.registration.ticket_code import CodeKind, TicketCode

Pair = tuple[int, int]
"""An attendee at a checkpoint."""

WENT_THROUGH = {"in": Verdict.ADMITTED, "out": Verdict.EXITED}


@dataclass
class Line:
    """One person's part in a scan (a pass has several), or with no person: what is said about the ticket alone.

    `clear` is the verdict as if nobody had scanned this person here before. `scan_id` names the row that is kept.
    """

    facts: TicketFacts
    person: Person | None
    history: History
    verdict: Verdict
    clear: Verdict
    scan_id: UUID


@dataclass
class Judged:
    """A scan on its way: judged here, then admitted and kept.

    `choose`: a household pass whose people are still to be chosen.
    """

    request: ScanRequest
    post: Post
    place: CheckpointFacts
    moment: datetime
    ticket: KnownTicket | None
    lines: list[Line]
    choose: bool = False

    def passed(self, line: Line) -> bool:
        """Whether the person went through: as the door showed it where it acted on that, else as the server says."""
        through = WENT_THROUGH[self.request.direction]
        if self.request.offline and self.request.shown is not None:
            return self.request.shown == through.value
        return line.verdict is through

    def admissible(self) -> list[tuple[Pair, Line]]:
        """The people whose first coming in here this may be.

        Of a phone that could not ask, also those whom somebody else has let in meanwhile: the earliest counts.
        """
        if self.choose or self.request.direction != "in":
            return []
        return [
            ((line.person.owners.get(self.post.id, line.person.attendee_id), self.post.id), line)
            for line in self.lines
            if line.person is not None and line.clear is Verdict.ADMITTED and self._comes_in(line)
        ]

    def _comes_in(self, line: Line) -> bool:
        if self.request.offline:
            return self.request.shown in (None, Verdict.ADMITTED.value)
        return line.verdict is Verdict.ADMITTED


@dataclass(frozen=True)
class Senseless:
    """A scan that cannot be: `field` says what is wrong with it (people not of its pass, no way out here)."""

    id: UUID
    field: str


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
    return Meaning(Way.SLIP if code.kind is CodeKind.SLIP else Way.ID, code.ticket_id, code)


def look_at(whose: Whose, scans: Sequence[ScanRequest], meanings: Mapping[UUID, Meaning]) -> Scene:
    """All that is known about these scans' checkpoints and tickets."""
    wanted: dict[Way, set[int | str]] = {}
    for meaning in meanings.values():
        if meaning.way is not None and meaning.key is not None:
            wanted.setdefault(meaning.way, set()).add(meaning.key)
    scene = load_scene(whose, {scan.checkpoint_id for scan in scans}, wanted)
    add_more_facts(scene, whose)
    return scene


def moment_of(scan: ScanRequest, paired_at: datetime | None, latest: datetime) -> datetime:
    """The moment a scan counts from, by the server's clock.

    One that was answered at once counts from its arrival (`latest`). Another one from its device's time, corrected by
    what the device has measured; a time before its pairing or after its arrival is certainly wrong and is moved there.
    """
    if not scan.offline:
        return latest
    told = told_moment(scan, latest)
    return min(told if paired_at is None else max(told, paired_at), latest)


def told_moment(scan: ScanRequest, latest: datetime) -> datetime:
    """The moment of a scan as its device tells it, corrected by what the device has measured; not yet believed."""
    try:
        return scan.scanned_at + timedelta(milliseconds=scan.clock_offset_ms or 0)
    except OverflowError:
        return latest


def judge_all(
    scans: Sequence[tuple[ScanRequest, datetime]], meanings: Mapping[UUID, Meaning], scene: Scene
) -> list[Judged | Senseless]:
    """Judge scans at the checkpoints of the scene, each at the moment it counts from."""
    by_key = _index(scene)
    judged: list[Judged | Senseless] = []
    for scan, moment in scans:
        post, meaning = scene.posts[scan.checkpoint_id], meanings[scan.id]
        place = post.facts_at(moment, late=scan.offline)
        if scan.direction == "out" and not place.has_a_way_out:
            judged.append(Senseless(scan.id, "direction"))
            continue
        signature = _signature(meaning.code, post)
        # Of a forged ticket nothing is used: nothing is told about the person it names.
        ticket = by_key.get((meaning.way, meaning.key)) if signature is not Signature.BAD else None
        if ticket is not None and not ticket.people.keys() >= set(scan.members):
            judged.append(Senseless(scan.id, "members"))
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
        judged.append(_judge(Judged(scan, post, place, moment, ticket, []), facts))
    return judged


def _index(scene: Scene) -> dict[tuple[Way | None, int | str | None], KnownTicket]:
    """The scene's tickets by every name that they may be called by."""
    index: dict[tuple[Way | None, int | str | None], KnownTicket] = {}
    for ticket in scene.tickets.values():
        index[Way.ID, ticket.id] = index[Way.CODE, ticket.short_code] = ticket
        if ticket.slip_id is not None:
            index[Way.SLIP, ticket.slip_id] = ticket
        if ticket.kind is TicketKind.TICKET:
            index |= {(Way.ATTENDEE, attendee_id): ticket for attendee_id in ticket.people}
    return index


def _signature(code: TicketCode | None, post: Post) -> Signature:
    if code is None or code.festival_id != post.festival_id:
        return Signature.NONE
    return Signature.GOOD if ticket_code.verify(code, post.public_key) else Signature.BAD


def _judge(one: Judged, facts: TicketFacts) -> Judged:
    scan, ticket = one.request, one.ticket
    if ticket is None:
        one.lines = [_line(one, facts, None, scan.id)]
        return one
    if scan.members:
        people = [ticket.people[member] for member in scan.members]
    elif ticket.kind is TicketKind.HOUSEHOLD:
        people = [person for person in ticket.people.values() if not person.cancelled]
        whole = _line(one, _facts_of_pass(facts, ticket, one.post, bool(people)), None, scan.id)
        if whole.verdict is not WENT_THROUGH[scan.direction]:
            one.lines = [whole]
            return one
    else:
        people = list(ticket.people.values())
    several = len(people) > 1
    one.lines = [
        _line(
            one,
            _facts_of(facts, ticket, person, one.post),
            person,
            uuid5(scan.id, str(person.attendee_id)) if several else scan.id,
        )
        for person in people
    ]
    # A phone that could not ask has let in everybody: there is nobody to choose any more.
    if several and not scan.members and not scan.offline:
        one.choose = any(line.verdict is not Verdict.ALREADY_ADMITTED for line in one.lines)
    return one


def _facts_of(facts: TicketFacts, ticket: KnownTicket, person: Person, post: Post) -> TicketFacts:
    booked = person.bookings.get(post.session_id) if post.session_id is not None else None
    return replace(
        facts,
        cancelled=ticket.registration_cancelled or person.cancelled,
        booking=booked.state if booked else None,
        stamps=person.stamps.get(post.id, 0),
    )


def _facts_of_pass(facts: TicketFacts, ticket: KnownTicket, post: Post, anybody: bool) -> TicketFacts:
    """The pass itself, judged as if everybody had booked: only what stands against all of its people counts."""
    cancelled = ticket.registration_cancelled or not anybody
    return replace(facts, cancelled=cancelled, booking="confirmed", stamps=post.stamps_needed)


def _line(one: Judged, facts: TicketFacts, person: Person | None, scan_id: UUID) -> Line:
    history = _history(person, one) if person else History()
    direction = one.request.direction
    place = _place_for(person, one)
    clear = decide(facts, place, History(), one.moment, direction)
    verdict = decide(facts, place, history, one.moment, direction)
    return Line(facts, person, history, verdict, clear, scan_id)


def _place_for(person: Person | None, one: Judged) -> CheckpointFacts:
    """The place as this person finds it: of a stock that has run out, what the person was given is still there."""
    if person is None or one.place.stock_left is None or one.post.id not in person.admissions:
        return one.place
    return replace(one.place, stock_left=one.place.stock_left + 1)


def _history(person: Person, one: Judged) -> History:
    if (passages := person.passages.get(one.post.id)) is not None:
        return history_at(one.moment, passages)
    known = person.admissions.get(one.post.id)
    return known.history if known else History()
