"""A festival's life: made as a draft, published when nothing is missing, taken back while nobody is registered."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlalchemy import func, select

from festival.accounts.audit import record, values_of
from festival.accounts.models import Organization
from festival.core.clock import now, today
from festival.core.signing import make_keys
from festival.extensions import db
from festival.programme.models import Booth, BoothStatus, Festival, FestivalStatus, Session, Ward, Workshop
from festival.programme.reading import FestivalFacts
from festival.programme.slugs import make_slug

NEEDED_FACTS = ("name", "organizer_name", "first_day", "opens_at", "closes_at", "venue", "capacity")
"""What a festival cannot be made without."""

USUAL_HOURS = (time(7, 30), time(17, 30))


def next_tenth_of_october(after: date | None = None) -> date:
    """The next national day of digital transformation (Quyết định 505/QĐ-TTg of 2022)."""
    start = after or today()
    this_year = date(start.year, 10, 10)
    return this_year if start <= this_year else date(start.year + 1, 10, 10)


def missing_facts(facts: FestivalFacts) -> tuple[str, ...]:
    """The fields without which no festival can be made of these facts."""
    return tuple(name for name in NEEDED_FACTS if getattr(facts, name) is None)


def make_festival(organization: Organization, facts: FestivalFacts, **more: Any) -> Festival:
    """A new draft with its own key pair and a slug made from its name; `missing_facts` must be empty.

    `more` are further columns of the festival.
    """
    if missing_facts(facts) or facts.first_day is None or facts.name is None:
        raise ValueError(f"a festival needs {', '.join(missing_facts(facts))}")
    ward = db.session.get(Ward, facts.ward_code) if facts.ward_code else None
    public_key, sealed_private_key = make_keys()
    values: dict[str, Any] = {
        "name": facts.name,
        "organizer_name": facts.organizer_name,
        "ward_code": ward.code if ward else None,
        "first_day": facts.first_day,
        "last_day": facts.last_day or facts.first_day,
        "opens_at": facts.opens_at,
        "closes_at": facts.closes_at,
        "venue": facts.venue,
        "address": facts.address or "",
        "capacity": facts.capacity,
    }
    festival = Festival(
        organization_id=organization.id,
        slug=make_slug(facts.name, facts.first_day.year, ward.name if ward else ""),
        public_key=public_key,
        sealed_private_key=sealed_private_key,
        **(values | more),
    )
    db.session.add(festival)
    db.session.flush()
    record("festival.created", festival.name, festival_id=festival.id, after=values_of(festival))
    return festival


class Item(enum.Enum):
    """One line of the checklist before publishing."""

    SOMETHING_TO_SEE = "something_to_see"
    DAY_TO_COME = "day_to_come"
    REGISTRATION_WINDOW = "registration_window"
    SESSIONS_IN_DAYS = "sessions_in_days"
    CONTACT = "contact"
    ADDRESS = "address"
    ABOUT = "about"
    EMPTY_WORKSHOPS = "empty_workshops"


@dataclass(frozen=True)
class Check:
    """Whether a line is done; one that is `needed` holds publishing up, the others are advice."""

    item: Item
    done: bool
    needed: bool = False
    count: int = 0


def checklist(festival: Festival) -> tuple[Check, ...]:
    """What is there and what is missing before residents may see the festival. A fixed number of statements."""

    def count(query: Any) -> int:
        return db.session.scalar(query) or 0

    booths = count(
        select(func.count(Booth.id)).where(Booth.festival_id == festival.id, Booth.status == BoothStatus.APPROVED)
    )
    sessions = count(select(func.count(Session.id)).where(Session.festival_id == festival.id))
    outside = count(
        select(func.count(Session.id)).where(
            Session.festival_id == festival.id,
            (Session.starts_at < festival.starts) | (Session.ends_at > festival.ends),
        )
    )
    unheld = count(
        select(func.count(Workshop.id)).where(
            Workshop.festival_id == festival.id, ~select(Session.id).where(Session.workshop_id == Workshop.id).exists()
        )
    )
    closes = festival.registration_closes or festival.ends
    opens = festival.registration_opens or min(now(), closes)
    return (
        Check(Item.SOMETHING_TO_SEE, booths + sessions > 0, needed=True, count=booths + sessions),
        Check(Item.DAY_TO_COME, festival.ends > now(), needed=True),
        Check(Item.REGISTRATION_WINDOW, opens < closes <= festival.ends and closes > now(), needed=True),
        Check(Item.SESSIONS_IN_DAYS, outside == 0, count=outside),
        Check(Item.EMPTY_WORKSHOPS, unheld == 0, count=unheld),
        Check(Item.CONTACT, bool(festival.contact_phone or festival.contact_email)),
        Check(Item.ADDRESS, bool(festival.address)),
        Check(Item.ABOUT, bool(festival.about)),
    )


class PublishOutcome(enum.Enum):
    """What came of publishing or taking back."""

    DONE = "done"
    INCOMPLETE = "incomplete"
    """The checklist has needed lines that are not done."""
    WRONG_STATUS = "wrong_status"
    """The festival is not in the status from which this can be done."""
    PEOPLE_REGISTERED = "people_registered"
    """Residents hold tickets; they must not lose the page of their festival."""


def publish(festival: Festival) -> PublishOutcome:
    """Show a draft to everybody."""
    if festival.status is not FestivalStatus.DRAFT:
        return PublishOutcome.WRONG_STATUS
    if any(check.needed and not check.done for check in checklist(festival)):
        return PublishOutcome.INCOMPLETE
    _turn(festival, FestivalStatus.PUBLISHED, "festival.published")
    return PublishOutcome.DONE


def unpublish(festival: Festival) -> PublishOutcome:
    """Make a published festival a draft again."""
    if festival.status is not FestivalStatus.PUBLISHED:
        return PublishOutcome.WRONG_STATUS
    # Taking a place asks for the status in the same statement, so after this nobody can take one.
    db.session.execute(select(Festival.id).where(Festival.id == festival.id).with_for_update())
    db.session.refresh(festival, ["places_taken"])
    if festival.places_taken:
        return PublishOutcome.PEOPLE_REGISTERED
    _turn(festival, FestivalStatus.DRAFT, "festival.unpublished")
    return PublishOutcome.DONE


def _turn(festival: Festival, status: FestivalStatus, action: str) -> None:
    before = values_of(festival)
    festival.status = status
    db.session.flush()
    record(action, festival.name, festival_id=festival.id, before=before, after=values_of(festival))
