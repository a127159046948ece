"""The rows of a household that registers: itself, its people, their tickets, its consents. One statement each.

At a surge every family waits for every other one's statements, so these go to the driver as they are
(`core/prepared.py`); nothing is made of the rows in Python until somebody needs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from festival.consents import ledger
from festival.consents.models import Purpose
from festival.core.clock import now, today
from festival.core.prepared import PreparedRows
from festival.core.secrets import short_code
from festival.core.text import fold, name_key
from festival.extensions import Base, db
from festival.registration.links import new_public_id
from festival.registration.models import (
    GUARDIAN_BELOW_AGE,
    LONGEST_FOLDED,
    PHONE_END,
    Attendee,
    Registration,
    Ticket,
    TicketKind,
)

if TYPE_CHECKING:
    from festival.registration.signing_up import Household, Member

_registrations, _attendees, _tickets = (
    Base.metadata.tables[entity.__tablename__] for entity in (Registration, Attendee, Ticket)
)
_REGISTRATION = PreparedRows(
    _registrations,
    (
        "festival_id", "public_id", "link_version", "submission", "contact_name", "phone", "phone_end", "email",
        "ward_code", "language", "created_at", "walk_in", "helper_link_id", "recorded_by", "group_name", "origin",
        "helped_on", "changed_at",
    ),
    "id",
)  # fmt: skip
_PEOPLE = PreparedRows(
    _attendees,
    (
        "festival_id", "registration_id", "name", "folded_name", "name_key", "birth_year", "relation", "guardian_name",
        "changed_at",
    ),
    "id",
)  # fmt: skip
_TICKETS = PreparedRows(_tickets, ("festival_id", "kind", "registration_id", "attendee_id", "short_code", "changed_at"))


@dataclass(frozen=True)
class Written:
    """A household that has just been written: its id, the part of its link that finds it, its people's ids in the
    order of its members."""

    registration_id: int
    public_id: str
    attendee_ids: Sequence[int]


def write(festival_id: int, household: Household) -> Written:
    """Add everything that a household is, without places and seats. Raises one of `prepared.TAKEN` when the same
    submission has been registered, or a short code is another ticket's."""
    db.session.flush()  # what the session still holds comes first: the driver does not know of it
    at, public_id = now(), new_public_id()
    own = {
        "festival_id": festival_id,
        "public_id": public_id,
        "link_version": 1,
        "submission": household.submission,
        "contact_name": household.contact_name,
        "phone": household.phone,
        "phone_end": household.phone[-PHONE_END:],
        "email": household.email or None,
        "ward_code": household.ward_code or None,
        "language": household.language,
        "created_at": at,
        "walk_in": household.walk_in,
        "helper_link_id": household.helper_link_id,
        "recorded_by": household.recorded_by,
        "group_name": household.group_name,
        "origin": household.origin,
        "helped_on": household.helped_on,
        "changed_at": at,
    }
    ((registration_id,),) = _REGISTRATION.insert([own])
    common = {"festival_id": festival_id, "registration_id": registration_id, "changed_at": at}
    guardian = household.guardian_name or household.contact_name
    people = [common | person_values(member, guardian) for member in household.members]
    # Ids are given one after the other: the lowest is the first member's.
    ids = sorted(row.id for row in _PEOPLE.insert(people)) if people else []
    _TICKETS.insert([common | ticket_values(attendee_id, short_code()) for attendee_id in (None, *ids)])
    if household.consents:
        givers = _givers(household, household.consents)
        ledger.write(registration_id, household.consents, givers, household.language)
    return Written(registration_id, public_id, ids)


def person_values(member: Member, guardian: str) -> dict[str, Any]:
    """What is stored of one person. Who may still be a child has a guardian."""
    return {
        "name": member.name,
        # One character may fold to eighteen ("ﷺ"): what is too long is not refused, only not searched to its end.
        "folded_name": fold(member.name)[:LONGEST_FOLDED],
        "name_key": name_key(member.name)[:LONGEST_FOLDED],
        "birth_year": member.birth_year,
        "relation": member.relation,
        "guardian_name": guardian if today().year - member.birth_year < GUARDIAN_BELOW_AGE else None,
    }


def ticket_values(attendee_id: int | None, code: str) -> dict[str, Any]:
    """A person's ticket, or the household's pass when no person is given."""
    kind = TicketKind.HOUSEHOLD if attendee_id is None else TicketKind.TICKET
    return {"kind": kind, "attendee_id": attendee_id, "short_code": code}


def _givers(household: Household, purposes: Iterable[Purpose]) -> dict[Purpose, str]:
    """Who gave each consent: for the children that is the guardian, whoever typed it."""
    typed_by = (household.contact_name, household.recorded_by)
    guardian = {Purpose.CHILDREN: household.guardian_name}
    return {
        purpose: " · ".join(dict.fromkeys(filter(None, (guardian.get(purpose), *typed_by))))[:120]
        for purpose in purposes
    }
