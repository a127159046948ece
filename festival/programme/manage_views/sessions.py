"""Sessions: when and where a workshop is held, and for how many."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from festival.core.forms import choices
from festival.core.paging import asked_id, page_of
from festival.extensions import db
from festival.messages.outbox import wake_worker
from festival.programme.editing import EditOutcome, subject_of
from festival.programme.finding import booth_choices, sessions_of, workshop_choices
from festival.programme.forms import FIRST_YEAR, LAST_YEAR, ButtonForm, SessionForm, shown_session
from festival.programme.manage_views import bp, complain, get_part
from festival.programme.manage_views.deleting import deletion
from festival.programme.models import Festival, Session
from festival.programme.planning import Review, change_session, lock_timetable, review_change

USUAL_SEATS = 30


@bp.get("/<festival>/sessions")
def sessions(festival: Festival) -> ResponseReturnValue:
    """All sessions by time, to be searched and narrowed to a day."""
    words, day = request.args.get("q", ""), asked_day()
    return render_template(
        "programme/manage/sessions.html",
        festival=festival,
        page=page_of(sessions_of(festival, words, day), request.args.get("page")),
        words=words,
        day=day,
        workshops=workshop_choices(festival),
    )


def asked_day() -> date | None:
    """The day that the address asks for, if it is one in this century."""
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


@bp.route("/<festival>/sessions/new", methods=["GET", "POST"])
def session_new(festival: Festival) -> ResponseReturnValue:
    """A new session; `?workshop=` chooses what is taught, `?after=` takes room, day and length of another session."""
    start, end = festival.opens_at, _an_hour_after(festival.opens_at)
    offered: dict[str, Any] = {"day": festival.first_day, "start": start, "end": end, "capacity": USUAL_SEATS}
    offered["workshop_id"] = request.args.get("workshop", 0, type=asked_id)
    if after := request.args.get("after", type=asked_id):
        earlier = shown_session(get_part(festival, Session, after))
        offered |= {**earlier, "start": earlier["end"], "end": _an_hour_after(earlier["end"])}
    return _edit(festival, Session(festival_id=festival.id), offered)


def _an_hour_after(clock: time) -> time:
    return clock.replace(hour=clock.hour + 1) if clock.hour < 23 else time(23, 59)


@bp.route("/<festival>/sessions/<int:session_id>", methods=["GET", "POST"])
def session_edit(festival: Festival, session_id: int) -> ResponseReturnValue:
    """A known session."""
    session = get_part(festival, Session, session_id)
    return _edit(festival, session, shown_session(session))


def _edit(festival: Festival, session: Session, offered: dict[str, Any]) -> ResponseReturnValue:
    form = SessionForm(data=offered)
    form.workshop_id.choices = choices([(0, _("Choose a workshop")), *workshop_choices(festival)])
    form.booth_id.choices = choices([(0, _("Not at a booth")), *booth_choices(festival)])
    review = Review()
    if form.validate_on_submit():
        lock_timetable(festival)
        review = review_change(festival, session, form.values())
        if review.allows(request.form.get("confirm", ""), "tell" in request.form) and _saved(session, form):
            db.session.commit()
            wake_worker()
            flash(_("%(name)s is saved.", name=subject_of(session)), "success")
            if "again" in request.form:
                return redirect(url_for(".session_new", festival=festival.slug, after=session.id))
            return redirect(url_for(".sessions", festival=festival.slug))
    page = render_template(
        "programme/manage/session.html",
        festival=festival,
        session=session,
        form=form,
        review=review,
        button=ButtonForm(),
    )
    return page, 422 if form.is_submitted() else 200


def _saved(session: Session, form: SessionForm) -> bool:
    """Whether it is saved; or else the form says why not."""
    match change_session(session, form.values()):
        case EditOutcome.SAVED:
            return True
        case EditOutcome.TOO_SMALL:
            words = ngettext(
                "%(num)d seat is taken or offered. It needs at least as many seats.",
                "%(num)d seats are taken or offered. It needs at least as many seats.",
                session.seats_taken,
            )
            complain(form.capacity, words)
        case _:
            complain(form.room, _("This workshop begins in this room at this time already."))
    return False


@bp.route("/<festival>/sessions/<int:session_id>/delete", methods=["GET", "POST"])
def session_delete(festival: Festival, session_id: int) -> ResponseReturnValue:
    """Delete a session that nobody has booked, once the title of its workshop is typed."""
    session = get_part(festival, Session, session_id)
    words = _("%(name)s cannot be deleted: people have booked it or were scanned there.", name=subject_of(session))
    return deletion(festival, session, words)
