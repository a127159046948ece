"""The timetable of /manage: rooms beside times for one day, and putting its sessions elsewhere or there again."""

from __future__ import annotations

from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from festival.core.clock import local, today
from festival.core.forms import choices
from festival.extensions import db
from festival.messages.outbox import wake_worker
from festival.programme.editing import EditOutcome, subject_of
from festival.programme.finding import session_days, sessions_of
from festival.programme.manage_views import bp, complain, get_part
from festival.programme.manage_views.sessions import asked_day
from festival.programme.models import Festival, Session
from festival.programme.planning import (
    Review,
    change_session,
    copies_of,
    find_clashes,
    lock_timetable,
    make_copies,
    review_change,
)
from festival.programme.timetable_forms import CopyForm, MoveForm, shown_place
from festival.programme.timetable_grid import day_grid


@bp.get("/<festival>/timetable")
def timetable(festival: Festival) -> ResponseReturnValue:
    """One day's sessions by room and time; `?day=` chooses it, else today or the first with sessions."""
    taken = session_days(festival)
    days = {*festival.days, *taken}
    day = asked_day() or (today() if today() in taken else min(taken or days))
    sessions = db.session.scalars(sessions_of(festival, day=day).options(selectinload(Session.booth))).all()
    return render_template(
        "programme/manage/timetable.html",
        festival=festival,
        day_choices=[(one.isoformat(), _day_in_words(one)) for one in sorted(days | {day})],
        chosen=day,
        grid=day_grid(festival, day, sessions),
    )


@bp.route("/<festival>/sessions/<int:session_id>/move", methods=["GET", "POST"])
def session_move(festival: Festival, session_id: int) -> ResponseReturnValue:
    """Another time, length or room; `?start=2027-10-10T09:15&room=` is where a card was dragged to."""
    session = get_part(festival, Session, session_id)
    form = MoveForm(data=shown_place(session, request.args))
    review = Review()
    if form.validate_on_submit():
        lock_timetable(festival)
        review = review_change(festival, session, form.values())
        if review.allows(request.form.get("confirm", ""), "tell" in request.form):
            if change_session(session, form.values()) is EditOutcome.SAVED:
                db.session.commit()
                wake_worker()
                flash(_("%(name)s is saved.", name=subject_of(session)), "success")
                return redirect(_day_of(festival, session))
            complain(form.room, _("This workshop begins in this room at this time already."))
    page = render_template(
        "programme/manage/session_move.html", festival=festival, session=session, form=form, review=review
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/<festival>/sessions/<int:session_id>/copy", methods=["GET", "POST"])
def session_copy(festival: Festival, session_id: int) -> ResponseReturnValue:
    """The session again at other times, in other rooms or on other days: first shown, then made, all or none."""
    session = get_part(festival, Session, session_id)
    starts, length = local(session.starts_at), session.ends_at - session.starts_at
    offered = {
        "days": [starts.date().isoformat()],
        "start": local(session.ends_at).time().replace(tzinfo=None),
        "times": 1,
        "every": round(length / timedelta(minutes=1)),
        "rooms": session.room,
    }
    form = CopyForm(data=offered)
    days = sorted({*festival.days, starts.date()})
    form.days.choices = choices((day.isoformat(), _day_in_words(day)) for day in days)
    copies, review, status = [], Review(), 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        slots = form.slots_for(session)
        if slots is None:
            complain(form.times, _("The last one would not end before midnight."))
        elif not slots:
            complain(form.start, _("There the session stands already."))
        else:
            lock_timetable(festival)
            copies = copies_of(session, slots)
            review = Review(find_clashes(festival, copies))
            if request.form.get("go") != "make":
                status = 200
            elif review.allows(request.form.get("confirm", ""), tell=True):
                if make_copies(session, copies) is EditOutcome.SAVED:
                    db.session.commit()
                    made = ngettext("%(num)d session is made.", "%(num)d sessions are made.", len(copies))
                    flash(made, "success")
                    return redirect(_day_of(festival, session))
                complain(form.rooms, _("This workshop begins in this room at this time already."))
    page = render_template(
        "programme/manage/session_copy.html",
        festival=festival,
        session=session,
        form=form,
        review=review,
        copies=copies,
    )
    return page, status


def _day_of(festival: Festival, session: Session) -> str:
    return url_for(".timetable", festival=festival.slug, day=local(session.starts_at).date().isoformat())


def _day_in_words(day: date) -> str:
    return f"{format_date(day, 'EEEE')}, {day:%d/%m/%Y}"
