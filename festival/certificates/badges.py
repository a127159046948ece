"""Who gets a badge, which booths get a sign, whose tickets are printed: rows as what stands on paper."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from festival.certificates.labels import Sign, Slip
from festival.extensions import db
from festival.programme.models import Booth, BoothStatus, Festival, Ward
from festival.registration.models import Attendee, Registration, Ticket, TicketKind
from festival.registration.tickets import qr_text

IN_A_FILE = 1_000
"""People in one file: a few seconds, and a pile that a printer takes."""
BATCH = 200


class Whose(enum.Enum):
    """Whose badges: everybody's who has registered, or those of the booths' hosts."""

    PEOPLE = "people"
    HOSTS = "hosts"


@dataclass(frozen=True)
class Counts:
    """How many papers there are to print."""

    people: int
    groups: tuple[str, ...]
    booths: int

    @property
    def parts(self) -> int:
        """Into how many files the people go."""
        return -(-self.people // IN_A_FILE)


def counts(festival: Festival) -> Counts:
    """What there is to print. Three statements."""
    people = db.session.scalar(select(func.count()).select_from(_people(festival, "").subquery())) or 0
    groups = db.session.scalars(
        select(Registration.group_name)
        .where(Registration.festival_id == festival.id, Registration.group_name != "")
        .group_by(Registration.group_name)
        .order_by(Registration.group_name)
        .limit(500)
    )
    booths = db.session.scalar(select(func.count()).select_from(_booths(festival).subquery())) or 0
    return Counts(people, tuple(groups), booths)


def _people(festival: Festival, group: str) -> Select[Ticket]:
    """Tickets of people in the order of piles: by ward, group and name."""
    query = (
        select(Ticket)
        .join(Attendee, Attendee.id == Ticket.attendee_id)
        .join(Registration, Registration.id == Ticket.registration_id)
        .outerjoin(Ward, Ward.code == Registration.ward_code)
        .where(
            Ticket.festival_id == festival.id,
            Ticket.kind == TicketKind.TICKET,
            Ticket.revoked_at.is_(None),
            Attendee.cancelled_at.is_(None),
            Registration.cancelled_at.is_(None),
        )
        .order_by(Ward.folded.is_(None), Ward.folded, Registration.group_name, Attendee.name_key, Ticket.id)
    )
    return query.where(Registration.group_name == group) if group else query


def _booths(festival: Festival) -> Select[Booth]:
    return select(Booth).where(Booth.festival_id == festival.id, Booth.status == BoothStatus.APPROVED)


def _tickets(festival: Festival, group: str, part: int) -> Iterator[Ticket]:
    first = (part - 1) * IN_A_FILE
    ids = db.session.scalars(
        _people(festival, group).with_only_columns(Ticket.id, maintain_column_froms=True).offset(first).limit(IN_A_FILE)
    ).all()
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        query = select(Ticket).where(Ticket.id.in_(batch)).options(
            joinedload(Ticket.attendee), joinedload(Ticket.registration).joinedload(Registration.ward)
        )  # fmt: skip
        rows = {ticket.id: ticket for ticket in db.session.scalars(query)}
        yield from (rows[number] for number in batch)


def people_badges(festival: Festival, group: str = "", part: int = 1) -> Iterator[Slip]:
    """Badges of those who have registered, with the code that opens doors for them."""
    for ticket in _tickets(festival, group, part):
        registration = ticket.registration
        where = (registration.group_name, registration.ward.name if registration.ward else "")
        yield _slip(ticket, festival, (", ".join(filter(None, where)), festival.name))


def host_badges(festival: Festival) -> Iterator[Slip]:
    """Badges of the booths' hosts, by their booths."""
    for booth in db.session.scalars(_booths(festival).order_by(Booth.code)):
        yield Slip(booth.host_name or booth.name, (f"Gian {booth.code} · {booth.name}", booth.topic, festival.name))


def ticket_slips(festival: Festival, group: str = "", part: int = 1) -> Iterator[Slip]:
    """Ticket slips, as helpers hand them out."""
    first, last = festival.first_day, festival.last_day
    days = f"{first:%d/%m/%Y}" if first == last else f"{first:%d/%m} – {last:%d/%m/%Y}"
    hours = f"{festival.opens_at:%H:%M} – {festival.closes_at:%H:%M}"
    for ticket in _tickets(festival, group, part):
        registration = ticket.registration
        where = (registration.group_name, registration.ward.name if registration.ward else "")
        lines = (festival.name, days, hours, festival.venue, ", ".join(filter(None, where)))
        yield _slip(ticket, festival, lines)


def _slip(ticket: Ticket, festival: Festival, lines: tuple[str, ...]) -> Slip:
    public_url = current_app.extensions["settings"].public_url
    code = f"{ticket.short_code[:4]}-{ticket.short_code[4:]}"
    name = ticket.attendee.name if ticket.attendee else ""
    return Slip(name, lines, qr_text(ticket, festival, public_url), code)


def booth_signs(festival: Festival) -> Iterator[Sign]:
    """A sign for each booth, whose code opens the booth's page."""
    public_url = current_app.extensions["settings"].public_url
    for booth in db.session.scalars(_booths(festival).options(joinedload(Booth.zone)).order_by(Booth.code)):
        path = url_for("programme.booth", festival=festival.slug, code=booth.code)
        zone = booth.zone.name if booth.zone else ""
        lines = (booth.topic, booth.host_name, zone)
        yield Sign(booth.code, booth.name, lines, f"{public_url}{path}", f"{festival.name} · Quét mã để xem gian này")
