"""What a household waits for or was offered: shown on its page, and answered there. Works without JavaScript."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import select

from festival.core.clock import local, now
from festival.extensions import begin_writing, db, limiter
from festival.household.forms import ConfirmForm
from festival.messages.outbox import wake_worker
from festival.programme.models import Session
from festival.registration import answering
from festival.registration.answering import Answer, AnswerOutcome
from festival.registration.models import BookingState, Registration
from festival.registration.opening import opened
from festival.registration.telling import can_text
from festival.registration.waiting_list import Wish, offer_freed, sessions_due, wishes_of

bp = Blueprint("household_waiting", __name__)


def wishes_now(registration: Registration) -> Sequence[Wish]:
    """What the household waits for and was offered at this moment: an offer whose time is up is taken back first.

    Most households wait for nothing, and then nothing is asked.
    """
    in_line = (BookingState.WAITLISTED, BookingState.OFFERED)
    sessions = {
        booking.session_id
        for attendee in registration.attendees
        for booking in attendee.bookings
        if booking.state in in_line
    }
    if not sessions:
        return ()
    if due := sessions_due(sessions):
        begin_writing()
        offer_freed(due)
        db.session.commit()
        wake_worker()
    return wishes_of(registration)


def is_told(registration: Registration) -> bool:
    """Whether an offer reaches the household by message, so that its page may promise it."""
    return bool(registration.email) or can_text(registration, "offer")


def deadline_words(until: datetime) -> str:
    """ "14:30 today", "09:00 tomorrow", "19:00 on Friday, 09/10/2026"."""
    moment, today = local(until), local(now()).date()
    clock = f"{moment:%H:%M}"
    if moment.date() == today:
        return str(_("%(clock)s today", clock=clock))
    if moment.date() == today + timedelta(days=1):
        return str(_("%(clock)s tomorrow", clock=clock))
    weekday = format_date(moment.date(), "EEEE")
    return str(_("%(clock)s on %(weekday)s, %(day)s", clock=clock, weekday=weekday, day=f"{moment:%d/%m/%Y}"))


@bp.route("/r/<secret>/waiting/<int:session_id>", methods=["GET", "POST"])
@limiter.limit("300 per minute")
def answer(secret: str, session_id: int) -> ResponseReturnValue:
    """Say yes or no to seats that are kept for the household, or leave the line."""
    registration = opened(secret)
    session = db.session.scalar(
        select(Session).where(Session.id == session_id, Session.festival_id == registration.festival_id)
    ) or abort(404)
    form = ConfirmForm()
    if form.validate_on_submit():
        steps = {"accept": answering.accept, "decline": answering.decline, "leave": answering.leave}
        step = steps.get(request.form.get("go", "")) or abort(400)
        result = step(registration, session)
        db.session.commit()
        wake_worker()
        flash(*_words(result, session))
        return redirect(url_for("household.show", secret=secret), code=303)
    wish = next((each for each in wishes_now(registration) if each.session.id == session.id), None)
    if wish is None:
        flash(_("You neither wait for “%(title)s” nor is a seat kept for you.", title=session.workshop.title), "info")
        return redirect(url_for("household.show", secret=secret), code=303)
    return render_template(
        "household/answer.html",
        festival=registration.festival,
        secret=secret,
        wish=wish,
        told=is_told(registration),
        deadline_words=deadline_words,
        form=form,
    )


def _words(result: Answer, session: Session) -> tuple[str, str]:
    title = session.workshop.title
    if result.outcome is AnswerOutcome.OVERLAPS and result.conflicting is not None:
        words = _(
            "%(who)s sits in “%(other)s” at that time. Give that up under “Change workshops” first, then say yes.",
            who=result.who,
            other=result.conflicting.workshop.title,
        )
        return words, "warning"
    return {
        AnswerOutcome.ACCEPTED: (_("“%(title)s”: the seats are yours.", title=title), "success"),
        AnswerOutcome.DECLINED: (_("“%(title)s”: thank you, the next family is asked.", title=title), "success"),
        AnswerOutcome.LEFT: (_("“%(title)s”: you do not wait for it any more.", title=title), "success"),
        AnswerOutcome.TOO_LATE: (
            _("“%(title)s”: the time to answer is over, the seats are free for the next family.", title=title),
            "warning",
        ),
        AnswerOutcome.OFFERED: (
            _("“%(title)s”: seats have just become free for you. Please say yes or no.", title=title),
            "warning",
        ),
    }[result.outcome]
