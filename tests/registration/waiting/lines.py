"""Who waits and who was offered what, for the tests of the waiting list; and a clock that they set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from types import ModuleType

import pytest
from sqlalchemy import select

from festival.core.clock import at_local, today
from festival.extensions import db
from festival.messages.models import Message
from festival.programme.models import Festival, Session
from festival.registration import answering, booking, changing, models, newcomers, signing_up, waiting_list
from festival.registration.changing import ChangeResult, change_sessions
from festival.registration.models import Attendee, Booking, BookingState, Registration
from tests import factories

READERS: tuple[ModuleType, ...] = (answering, booking, changing, models, newcomers, signing_up, waiting_list)
"""The modules that ask what time it is when somebody waits."""

MAIL = {"email": "gia.dinh@festival.example"}
"""A household that a message reaches."""


class Clock:
    """Stands at ten in the morning three days before the session until a test moves it."""

    def __init__(self) -> None:
        self.at = at_local(today(), factories.time(10))

    def forward(self, **much: float) -> datetime:
        self.at += timedelta(**much)
        return self.at


def set_clock(patch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in READERS:
        patch.setattr(module, "now", lambda: clock.at)
    return clock


def register(festival: Festival, session: Session | None = None, members: int = 1, **values: object) -> Registration:
    """A household that wants seats in `session`, or waits."""
    wanted = (session,) if session else ()
    waits = frozenset(each.id for each in wanted)
    household = factories.make_household(festival, members=members, sessions=wanted, waits=waits, **values)
    db.session.expire_all()  # a request of the test reads in the same session
    return household


def states(household: Registration, session: Session) -> list[str]:
    """How each member stands with the session, in the order of the members; "" for not at all."""
    db.session.expire_all()
    known = {
        row.attendee_id: row.state.value
        for row in db.session.scalars(select(Booking).where(Booking.session_id == session.id))
        if row.state is not BookingState.CANCELLED
    }
    people = db.session.scalars(
        select(Attendee).where(Attendee.registration_id == household.id).order_by(Attendee.id)
    ).all()
    return [known.get(person.id, "") for person in people]


def wish(household: Registration, session: Session, members: Sequence[int]) -> ChangeResult:
    """Let exactly these members (by place) have or wait for the session, and nothing else; committed if it is done."""
    people = changing.coming(household)
    wishes = {people[place].id: frozenset({session.id}) for place in members}
    result = change_sessions(household, wishes, frozenset({session.id}))
    db.session.commit() if result is changing.DONE else db.session.rollback()
    return result


def line(session: Session) -> list[int]:
    """The registrations that wait, the first one first."""
    return [entry.registration_id for entry in waiting_list.line_of(session.id)]


def told(kind: str) -> list[int]:
    """The registrations that were told something ("offered", "offer-ended"), in that order."""
    events = db.session.scalars(select(Message.event).where(Message.event.like(f"{kind}:%")).order_by(Message.id))
    return [int(event.split(":")[1]) for event in events]


def seats(session: Session) -> int:
    """How many seats are taken now."""
    db.session.expire_all()
    return session.seats_taken


def cancel(household: Registration) -> None:
    """The whole household does not come."""
    assert changing.cancel(household) is changing.DONE
    db.session.commit()
