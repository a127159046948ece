"""What a household is told by message, and when: each event once, in its own language, as rows in the outbox.

The caller commits, and wakes the worker afterwards. A household that cannot be reached is told nothing here: its page
says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import delete

from festival.core.clock import local, now
from festival.extensions import db
from festival.messages.models import Message, MessageState
from festival.programme.models import Session
from festival.programme.timetable import place
from festival.registration.calendar import Sitting, household_calendar, sittings_of
from festival.registration.models import Registration
from festival.registration.telling import Notice, can_reach, tell

SETTLES = timedelta(minutes=5)
"""So long a household has left its page alone before it is told what it changed: five changes are one mail."""


def confirmed(registration: Registration, sittings: Sequence[Sitting] | None = None) -> None:
    """The household is registered: when, where, who, which sessions (read where the caller does not know), its link."""
    if not can_reach(registration, "confirmation"):
        return
    festival = registration.festival
    if sittings is None:
        sittings = sittings_of([registration.id], waiting=True)[registration.id]
    with force_locale(registration.language):
        notice = Notice(
            kind="confirmation",
            event=f"registered:{registration.id}",
            subject=_("Your tickets: %(festival)s", festival=festival.name),
            paragraphs=[_("Your family is registered for %(festival)s.", festival=festival.name), *keep_the_link()],
            facts=[
                *when_and_where(registration),
                (_("Members"), ", ".join(_coming(registration))),
            ],
            listed=lines_of(sittings),
            button=_("Our tickets"),
            short=_(
                "Your family is registered for %(day)s. Your tickets, keep this link to yourselves:",
                day=f"{local(festival.starts):%d/%m}",
            ),
            calendar=household_calendar(registration, sittings).decode(),
        )
        tell(registration, notice)


def changed(registration: Registration, what: str) -> None:
    """Something about the registration has changed; `what` is a sentence in the household's language."""
    with force_locale(registration.language):
        sittings = sittings_of([registration.id], waiting=True)[registration.id]
        notice = Notice(
            kind="change",
            event=f"changed:{registration.id}:{now().timestamp():.6f}",
            subject=_("Changed: %(festival)s", festival=registration.festival.name),
            paragraphs=[what],
            facts=when_and_where(registration),
            listed=lines_of(sittings),
            button=_("Our tickets"),
            short=_("Your registration has changed. How it is now:"),
            calendar=household_calendar(registration, sittings).decode(),
            fields={"what": what},
        )
        tell(registration, notice)


def changed_here(registration: Registration) -> None:
    """The household has changed something on its page: told by mail only, once it has left it at that for a while."""
    _forget_unsent_changes(registration)
    with force_locale(registration.language):
        sittings = sittings_of([registration.id], waiting=True)[registration.id]
        notice = Notice(
            kind="change",
            event=f"changed-here:{registration.id}:{now().timestamp():.6f}",
            subject=_("Changed: %(festival)s", festival=registration.festival.name),
            paragraphs=[_("Your registration was changed on your page. This is how it is now.")],
            facts=[*when_and_where(registration), (_("Members"), ", ".join(_coming(registration)))],
            listed=lines_of(sittings),
            button=_("Our tickets"),
            calendar=household_calendar(registration, sittings).decode(),
            send_after=now() + SETTLES,
        )
        tell(registration, notice)


def _forget_unsent_changes(registration: Registration) -> None:
    """What was to be told of an earlier change is overtaken."""
    db.session.execute(
        delete(Message).where(
            Message.registration_id == registration.id,
            Message.event.startswith("changed-here:"),
            Message.state == MessageState.QUEUED,
            Message.claimed_by.is_(None),
        )
    )


def cancelled(registration: Registration) -> None:
    """The household does not come any more, or was taken off the list."""
    _forget_unsent_changes(registration)
    with force_locale(registration.language):
        notice = Notice(
            kind="cancellation",
            event=f"cancelled:{registration.id}",
            subject=_("Cancelled: %(festival)s", festival=registration.festival.name),
            paragraphs=[_("Your registration is cancelled. The places are free for other families.")],
            short=_(
                "Your registration for %(day)s is cancelled. The places are free for other families.",
                day=f"{local(registration.festival.starts):%d/%m}",
            ),
        )
        tell(registration, notice)


def offered(registration: Registration, session: Session, seats: int, until: datetime) -> None:
    """Seats have become free for a household that waited: until when it may take them."""
    title, deadline = session.workshop.title, f"{local(until):%H:%M %d/%m/%Y}"
    with force_locale(registration.language):
        notice = Notice(
            kind="offer",
            event=f"offered:{registration.id}:{session.id}:{until.timestamp():.0f}",
            subject=_("A place is free: “%(title)s”", title=title),
            paragraphs=[
                _("A place is free for your family: “%(title)s”.", title=title),
                _("Please say yes or no by %(moment)s.", moment=deadline),
            ],
            facts=[
                (_("Seats"), str(seats)),
                (_("Time"), _hours(session)),
                (_("Where"), place(session)),
            ],
            button=_("Say yes or no"),
            short=_(
                "Answer by %(moment)s: a place is free in %(title)s.", moment=f"{local(until):%H:%M %d/%m}", title=title
            ),
            fields={"session": title, "seats": str(seats), "until": deadline, "time": _hours(session)},
            good_until=until,
        )
        tell(registration, notice)


def offer_ended(registration: Registration, session: Session) -> None:
    """The time to accept an offer is over: the seats are free for the next family."""
    title = session.workshop.title
    with force_locale(registration.language):
        notice = Notice(
            kind="offer_ended",
            event=f"offer-ended:{registration.id}:{session.id}:{now().timestamp():.0f}",
            subject=_("No longer kept for you: “%(title)s”", title=title),
            paragraphs=[
                _(
                    "We heard nothing from you in time, so the place in “%(title)s” is free for the next family.",
                    title=title,
                ),
                _("If you still want it, ask for it again on your page."),
            ],
            button=_("Our tickets"),
            short=_("We heard nothing, so the place is free for the next family: %(title)s.", title=title),
            fields={"session": title},
        )
        tell(registration, notice)


def link_again(registration: Registration) -> None:
    """The household has asked for its link."""
    with force_locale(registration.language):
        notice = Notice(
            kind="link",
            event=f"link:{registration.id}:{now().timestamp():.6f}",
            subject=_("Your link: %(festival)s", festival=registration.festival.name),
            paragraphs=keep_the_link(),
            button=_("Our tickets"),
            small_print=_("You get this because somebody asked for the link. If it was not you, nothing has happened."),
            short=_("Your tickets, keep this link to yourselves:"),
        )
        tell(registration, notice)


def keep_the_link() -> list[str]:
    """The sentence that stands before every household's link."""
    return [_("Your tickets, changes and certificates are here. Keep this link to yourselves:")]


def when_and_where(registration: Registration) -> list[tuple[str, str]]:
    """The festival's days, hours and place."""
    festival = registration.festival
    days = f"{local(festival.starts):%d/%m/%Y}"
    if festival.last_day != festival.first_day:
        days = f"{days} – {festival.last_day:%d/%m/%Y}"
    return [
        (_("Day"), days),
        (_("Hours"), f"{festival.opens_at:%H:%M} – {festival.closes_at:%H:%M}"),
        (_("Place"), ", ".join(filter(None, (festival.venue, festival.address)))),
    ]


def lines_of(sittings: Iterable[Sitting]) -> Sequence[str]:
    """One line a session: when, what, where, who."""
    return [_line(one) for one in sittings]


def _line(one: Sitting) -> str:
    where = place(one.session)
    line = f"{_hours(one.session)} {one.session.workshop.title}" + (f" ({where})" if where else "")
    line = f"{line}: {', '.join(one.names)}"
    return line if one.sure else _("%(session)s (on the waiting list)", session=line)


def _hours(session: Session) -> str:
    return f"{local(session.starts_at):%d/%m %H:%M}–{local(session.ends_at):%H:%M}"


def _coming(registration: Registration) -> list[str]:
    return [attendee.name for attendee in registration.attendees if attendee.cancelled_at is None]
