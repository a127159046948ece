"""To whom an organizer writes: a filter over the households, and how many of them can be reached by which way."""

from __future__ import annotations

import enum
from dataclasses import asdict, dataclass
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, exists, false, func, not_, select

from festival.checkin.models import Admission, Checkpoint, CheckpointKind
from festival.consents import ledger
from festival.consents.models import Purpose
from festival.extensions import db
from festival.messages.sms import gateway_of
from festival.programme.models import Festival
from festival.registration.models import Attendee, Booking, BookingState, Registration


class Who(enum.Enum):
    """Which households: all; those with somebody in a session, or waiting for it; those of whom nobody has come yet."""

    EVERYBODY = "everybody"
    SEATED = "seated"
    WAITING = "waiting"
    NOT_ADMITTED = "not_admitted"


@dataclass(frozen=True)
class Audience:
    """The filter. `service`: it concerns taking part, so it also goes to those who did not agree to reminders."""

    who: Who = Who.EVERYBODY
    session_id: int | None = None
    group_name: str = ""
    language: str = ""
    service: bool = False

    def as_json(self) -> dict[str, Any]:
        """As it is stored with the message."""
        return asdict(self) | {"who": self.who.value}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Audience:
        """What `as_json` gave."""
        return cls(**{**stored, "who": Who(stored["who"])})


@dataclass(frozen=True)
class Reach:
    """How many households the filter finds, and how many of them are told by mail, by phone, or not at all.

    `not_agreed` are left out because they did not agree to reminders.
    """

    households: int
    by_mail: int
    by_phone: int
    not_agreed: int

    @property
    def unreachable(self) -> int:
        """They have neither an address nor a mobile phone that we could write to."""
        return self.households - self.by_mail - self.by_phone


HAS_ADDRESS = and_(Registration.email.is_not(None), Registration.email != "")
HAS_MOBILE = and_(Registration.phone != "", ~Registration.phone.startswith("+842"))


def households_of(festival: Festival, audience: Audience) -> Select[Registration]:
    """The households that are written to, in the order of their registration."""
    return select(Registration).where(*_found(festival, audience), _allowed(audience)).order_by(Registration.id)


def takes_free_text() -> bool:
    """Whether a gateway is set up that sends any text (Zalo sends only what it has approved)."""
    gateway = gateway_of(current_app.extensions["settings"].sms)
    return gateway is not None and gateway.free_text


def reach_of(festival: Festival, audience: Audience, with_short_text: bool) -> Reach:
    """Count them. One statement."""
    allowed = _allowed(audience)
    phone = and_(allowed, not_(HAS_ADDRESS), HAS_MOBILE) if with_short_text and takes_free_text() else false()
    row = db.session.execute(
        select(
            func.count().filter(allowed),
            func.count().filter(and_(allowed, HAS_ADDRESS)),
            func.count().filter(phone),
            func.count(),
        )
        .select_from(Registration)
        .where(*_found(festival, audience))
    ).one()
    return Reach(households=row[0], by_mail=row[1], by_phone=row[2], not_agreed=row[3] - row[0])


def group_names(festival: Festival) -> list[str]:
    """The residential groups and classes that households belong to."""
    names = select(Registration.group_name).where(
        Registration.festival_id == festival.id, Registration.group_name != ""
    )
    return sorted(db.session.scalars(names.distinct()))


def _allowed(audience: Audience) -> ColumnElement[bool]:
    return Registration.id.is_not(None) if audience.service else ledger.agreed(Purpose.REMINDERS, Registration.id)


def _found(festival: Festival, audience: Audience) -> list[ColumnElement[bool]]:
    rules: list[ColumnElement[bool]] = [
        Registration.festival_id == festival.id,
        Registration.cancelled_at.is_(None),
    ]
    if audience.group_name:
        rules.append(Registration.group_name == audience.group_name)
    if audience.language:
        rules.append(Registration.language == audience.language)
    match audience.who:
        case Who.SEATED:
            rules.append(_booked(audience.session_id, BookingState.CONFIRMED))
        case Who.WAITING:
            rules.append(_booked(audience.session_id, BookingState.WAITLISTED, BookingState.OFFERED))
        case Who.NOT_ADMITTED:
            rules.append(not_(_admitted()))
    return rules


def _booked(session_id: int | None, *states: BookingState) -> ColumnElement[bool]:
    return exists(
        select(Booking.id)
        .join(Attendee, Attendee.id == Booking.attendee_id)
        .where(
            Attendee.registration_id == Registration.id,
            Attendee.cancelled_at.is_(None),
            Booking.session_id == session_id,
            Booking.state.in_(states),
        )
    )


def _admitted() -> ColumnElement[bool]:
    return exists(
        select(Admission.id)
        .join(Attendee, Attendee.id == Admission.attendee_id)
        .join(Checkpoint, Checkpoint.id == Admission.checkpoint_id)
        .where(Attendee.registration_id == Registration.id, Checkpoint.kind == CheckpointKind.ENTRANCE)
    )
