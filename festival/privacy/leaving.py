"""A household has its data deleted: it comes no more, its seats are free, and nothing says who it was.

What counts people stays, as in the erasure of a whole festival (`blanking.py`): who was let in was let in.
"""

from __future__ import annotations

from sqlalchemy import select, text

from festival.checkin.models import Admission
from festival.core.clock import now
from festival.extensions import db
from festival.privacy.blanking import blank, of_household
from festival.privacy.models import RequestKind, SubjectRequest
from festival.registration.changing import coming, leave, take_turn
from festival.registration.models import Registration


def delete_household(registration: Registration) -> None:
    """Erase this household in the current transaction, whenever: the right to it has no closing hour.

    Before the end of the festival, those who were let in nowhere give their places and seats back. That it was asked
    for and done at once stays as a request without a name. Repeating it is impossible: the link is gone.
    """
    _write_over()
    take_turn(registration)
    if now() < registration.festival.ends:
        admitted = set(
            db.session.scalars(
                select(Admission.attendee_id).where(Admission.attendee_id.in_([a.id for a in registration.attendees]))
            )
        )
        leave(registration, [person for person in coming(registration) if person.id not in admitted])
    db.session.flush()
    at = now()
    db.session.add(
        SubjectRequest(
            festival_id=registration.festival_id,
            registration_id=registration.id,
            kind=RequestKind.DELETE,
            received_at=at,
            acknowledged_at=at,
            done_at=at,
        )
    )
    for request in db.session.scalars(
        select(SubjectRequest).where(
            SubjectRequest.registration_id == registration.id, SubjectRequest.done_at.is_(None)
        )
    ):
        request.acknowledged_at, request.done_at = request.acknowledged_at or at, at
    db.session.flush()
    blank(of_household(registration))
    db.session.expire_all()


def _write_over() -> None:
    """Let SQLite overwrite what this transaction blanks instead of leaving the words in free places of the file.

    PostgreSQL reuses such places by itself (autovacuum). The mode belongs to the connection and costs little.
    """
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("PRAGMA secure_delete = ON"))
