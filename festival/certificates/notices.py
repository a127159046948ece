"""Telling families that their certificates are ready: by the worker, a little after they were issued.

A family of five that opens one after the other is told once, and an office that issues two thousand does not wait until
two thousand messages are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import joinedload

from festival.certificates.holders import household_of
from festival.certificates.models import Certificate
from festival.certificates.replacing import is_erased
from festival.extensions import db
from festival.messages import outbox
from festival.messages.models import Message
from festival.programme.models import Festival, FestivalStatus
from festival.registration.models import Attendee, Registration
from festival.registration.telling import Notice, addressed, tell

SETTLES = timedelta(minutes=2)
"""So long nothing more has been issued to a family before it is told."""

FORGETS = timedelta(days=3)
"""What was issued longer ago and was not told is not told any more."""

BATCH = 200
KIND = "certificate"


def tell_of_new(at: datetime) -> int:
    """Write to the families with new certificates; gives how many messages. Commits, batch by batch: the worker's."""
    written = 0
    after = 0
    while batch := _batch(at, after):
        households = _households([registration_id for registration_id, _newest, _festival in batch])
        messages: dict[int, list[outbox.Addressed]] = {}
        for registration_id, newest, festival_id in batch:
            messages.setdefault(festival_id, []).extend(_messages(households[registration_id], newest))
        written += sum(outbox.put_all(each, festival_id) for festival_id, each in messages.items())
        db.session.commit()
        after = batch[-1][0]
    db.session.commit()
    return written


def tell_of_revoked(certificate: Certificate) -> None:
    """Tell the household that one of its certificates was taken back; the reason it hears from the organizer. A booth
    is told by whoever handed it the paper."""
    household = household_of(certificate)
    if household is None or is_erased(certificate):
        return
    with force_locale(household.language):
        notice = Notice(
            kind="certificate_revoked",
            event=f"revoked:{certificate.id}",
            subject=_("A certificate was taken back: %(festival)s", festival=household.festival.name),
            paragraphs=[
                _(
                    "Certificate %(serial)s for %(name)s no longer counts. Please ask the organizer why.",
                    serial=certificate.serial,
                    name=certificate.name,
                )
            ],
            button=_("Our certificates"),
            short=_("One of your certificates was taken back. Please ask the organizer."),
        )
        tell(household, notice)


def _batch(at: datetime, after: int) -> Sequence[tuple[int, int, int]]:
    """Registrations with a valid certificate newer than their last message about one; with the newest one's id."""
    newest, issued = func.max(Certificate.id), func.max(Certificate.issued_at)
    family = func.coalesce(Attendee.registration_id, Certificate.registration_id)
    told = exists(
        select(Message.id).where(
            Message.registration_id == family, Message.kind == KIND, Message.created_at > Certificate.issued_at
        )
    )
    query = (
        select(family, newest, Certificate.festival_id)
        .outerjoin(Attendee, Attendee.id == Certificate.attendee_id)
        .join(Festival, Festival.id == Certificate.festival_id)
        .where(
            Certificate.issued_at > at - FORGETS,
            Certificate.revoked_at.is_(None),
            Certificate.replaced_at.is_(None),
            Festival.status != FestivalStatus.ARCHIVED,
            family > after,
            ~told,
        )
        .group_by(family, Certificate.festival_id)
        .having(issued <= at - SETTLES)
        .order_by(family)
        .limit(BATCH)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def _households(ids: Sequence[int]) -> dict[int, Registration]:
    query = select(Registration).where(Registration.id.in_(ids)).options(joinedload(Registration.festival))
    return {row.id: row for row in db.session.scalars(query)}


def _messages(household: Registration, newest: int) -> list[outbox.Addressed]:
    people = select(Attendee.id).where(Attendee.registration_id == household.id)
    names = db.session.scalars(
        select(Certificate.name)
        .where(
            or_(Certificate.attendee_id.in_(people), Certificate.registration_id == household.id),
            Certificate.revoked_at.is_(None),
            Certificate.replaced_at.is_(None),
        )
        .order_by(Certificate.attendee_id, Certificate.id)
    )
    with force_locale(household.language):
        notice = Notice(
            kind=KIND,
            event=f"certificate:{household.id}:{newest}",
            subject=_("Your certificates are ready: %(festival)s", festival=household.festival.name),
            paragraphs=[_("Thank you for coming. You can open and print the certificates on your page.")],
            listed=list(dict.fromkeys(names)),
            button=_("Our certificates"),
            short=_("Thank you for coming. Your certificates are ready:"),
        )
        return addressed(household, notice)
