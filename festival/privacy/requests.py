"""What residents ask about their own data, and what the organizer answers. The caller commits."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from festival.accounts.audit import record
from festival.accounts.models import StaffRole, User
from festival.accounts.staff import working_for
from festival.core.clock import now, today
from festival.extensions import db
from festival.messages import outbox
from festival.privacy.clocks import clocks_of
from festival.privacy.models import RequestKind, SubjectRequest
from festival.privacy.words import kind_words
from festival.programme.models import Festival
from festival.registration import notices
from festival.registration.models import Registration

OPEN_AT_ONCE = 5
"""So many requests of one household may wait; more of them say nothing new."""

TOLD = (StaffRole.OWNER, StaffRole.ORGANIZER)


class AskOutcome(enum.Enum):
    """DONE, or TOO_MANY: five of the household's requests wait already."""

    DONE = "done"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class AskResult:
    """The outcome, and the request where it was taken."""

    outcome: AskOutcome
    request: SubjectRequest | None = None


def requests_of(registration: Registration) -> list[SubjectRequest]:
    """What this household has asked for, the newest first."""
    rows = select(SubjectRequest).where(SubjectRequest.registration_id == registration.id)
    return list(db.session.scalars(rows.order_by(SubjectRequest.received_at.desc(), SubjectRequest.id.desc())))


def ask(registration: Registration, kind: RequestKind, wish: str, public_url: str) -> AskResult:
    """Take a request down and tell the organizers by mail: they have two working days to answer."""
    waiting = select(func.count(SubjectRequest.id)).where(
        SubjectRequest.registration_id == registration.id, SubjectRequest.done_at.is_(None)
    )
    if (db.session.scalar(waiting) or 0) >= OPEN_AT_ONCE:
        return AskResult(AskOutcome.TOO_MANY)
    request = SubjectRequest(
        festival_id=registration.festival_id, registration_id=registration.id, kind=kind, wish=wish, received_at=now()
    )
    db.session.add(request)
    db.session.flush()
    _tell_organizers(registration.festival, request, public_url)
    return AskResult(AskOutcome.DONE, request)


def _tell_organizers(festival: Festival, request: SubjectRequest, public_url: str) -> None:
    """The mail names nobody: who asks, and for what, stands behind the sign-in."""
    clocks = clocks_of(request, today())
    responsible = working_for(festival.organization_id, festival.id, TOLD)
    for user in db.session.scalars(select(User).where(User.active, User.id.in_(responsible)).order_by(User.id)):
        with force_locale("vi"):
            lines = [
                _("Dear %(name)s,", name=user.name or user.email),
                "",
                _("A family of %(festival)s asks about its personal data.", festival=festival.name),
                _("To be answered by %(day)s at the latest.", day=f"{clocks.answer_by:%d/%m/%Y}"),
                _("To be done by %(day)s at the latest.", day=f"{clocks.done_by:%d/%m/%Y}"),
                "",
                f"{public_url}/manage/{festival.slug}/privacy/requests/{request.id}",
            ]
            subject = _("A request about personal data: %(festival)s", festival=festival.name)
        body = "\n".join(lines) + "\n"
        outbox.put(outbox.Mail(f"asked:{request.id}:{user.id}", user.email, subject, body), festival.id)


def requests_in(festival: Festival, *, done: bool) -> Select[SubjectRequest]:
    """Those that wait, the oldest first, or those that are done, the newest first."""
    query = select(SubjectRequest).where(SubjectRequest.festival_id == festival.id)
    if done:
        return query.where(SubjectRequest.done_at.is_not(None)).order_by(
            SubjectRequest.done_at.desc(), SubjectRequest.id.desc()
        )
    return query.where(SubjectRequest.done_at.is_(None)).order_by(SubjectRequest.received_at, SubjectRequest.id)


def any_in(festival: Festival) -> bool:
    """Whether anybody has ever asked."""
    asked = select(SubjectRequest.id).where(SubjectRequest.festival_id == festival.id)
    return db.session.scalar(asked.limit(1)) is not None


def find_request(festival: Festival, request_id: int) -> SubjectRequest | None:
    """One request of this festival."""
    request = db.session.get(SubjectRequest, request_id)
    return request if request is not None and request.festival_id == festival.id else None


def acknowledge(request: SubjectRequest, answer: str, user: User) -> bool:
    """Tell the family that the request has arrived, by when it will be done, and `answer` in the organizer's own words
    where there are some. False when it was answered before."""
    _take(request)
    if request.acknowledged_at is not None or request.done_at is not None:
        return False
    request.acknowledged_at, request.handled_by = now(), user.id
    record("privacy.request_answered", f"#{request.id}", festival_id=request.festival_id)
    if registration := _household_of(request):
        with force_locale(registration.language):
            what = _(
                "We have received what you asked about your data (%(kind)s). It will be done by %(day)s.",
                kind=kind_words(request.kind),
                day=f"{clocks_of(request, today()).done_by:%d/%m/%Y}",
            )
        notices.changed(registration, " ".join(filter(None, (what, answer))))
    return True


def put_off(request: SubjectRequest, why: str, user: User) -> bool:
    """Give the second clock as many days again, once, and tell the family why; that is an answer too. False when it
    was put off or done before, or has run out."""
    _take(request)
    if clocks_of(request, today()).may_put_off_to is None:
        return False
    request.put_off_at, request.put_off_why, request.handled_by = now(), why, user.id
    request.acknowledged_at = request.acknowledged_at or request.put_off_at
    record("privacy.request_put_off", f"#{request.id}", festival_id=request.festival_id)
    if registration := _household_of(request):
        with force_locale(registration.language):
            what = _(
                "What you asked about your data (%(kind)s) takes longer. It will be done by %(day)s. The reason:",
                kind=kind_words(request.kind),
                day=f"{clocks_of(request, today()).done_by:%d/%m/%Y}",
            )
        notices.changed(registration, f"{what} {why}")
    return True


def finish(request: SubjectRequest, outcome: str, user: User) -> bool:
    """Note what came of the request and tell the family; False when it was done before."""
    _take(request)
    if request.done_at is not None:
        return False
    request.done_at, request.outcome, request.handled_by = now(), outcome, user.id
    request.acknowledged_at = request.acknowledged_at or request.done_at
    record("privacy.request_done", f"#{request.id}", festival_id=request.festival_id)
    if registration := _household_of(request):
        with force_locale(registration.language):
            what = _("What you asked about your data (%(kind)s) is done:", kind=kind_words(request.kind))
        notices.changed(registration, f"{what} {outcome}")
    return True


def _take(request: SubjectRequest) -> None:
    """Of two organizers who press at once the second one finds it done."""
    db.session.refresh(request, with_for_update=True)


def _household_of(request: SubjectRequest) -> Registration | None:
    return db.session.get(Registration, request.registration_id) if request.registration_id is not None else None
